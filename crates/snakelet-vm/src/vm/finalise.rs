//! Finalisers: dead objects that have one wait in a list, whose room was made when they were
//! created, until it is safe to run code.

use crate::object::value::{Value, Word};
use crate::object::{Kind, ListObj, NativeObj};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

/// Arms the finaliser of an object and makes room for it in the list of those that wait.
pub(crate) fn register(vm: &mut Vm, object: Local) -> Result<(), Raised> {
    let scope = vm.scope();
    if vm.root(RootSlot::Finalisers).is_null() {
        let list = vm.new_list_empty()?;
        vm.set_root(RootSlot::Finalisers, list);
    }
    let list = vm.push_root(RootSlot::Finalisers);
    vm.rt.finalisable += 1;
    let wanted = vm.rt.finalisable;
    vm.list_reserve(list, wanted)?;
    vm.end_scope(scope);
    vm.arm_finaliser(object);
    Ok(())
}

/// Puts a dead object in the list. Called by the collector: allocates nothing.
#[expect(unsafe_code, reason = "the collector hands over words")]
pub(crate) fn queue(list: Word, object: Word) {
    // SAFETY: the list is a root, and the collector keeps the object alive.
    let (list, object) = unsafe { (Value::from_word(list), Value::from_word(object)) };
    if let Some(list) = list.cast::<ListObj>() {
        let n = list.len();
        if n < list.capacity() {
            list.set_len(n + 1);
            if let Some(slot) = list.items().get(n) {
                slot.set(object);
            }
        }
    }
}

impl Vm {
    /// Finalises the native objects that wait for it, and gives up the others.
    pub(crate) fn finalise_natives(&mut self) {
        loop {
            let scope = self.scope();
            let Some(object) = self.next_to_finalise() else { return };
            if !self.may_run_code(object) {
                self.finalise_native(object);
            }
            self.end_scope(scope);
        }
    }

    /// Takes an object out of the list of those that wait.
    fn next_to_finalise(&mut self) -> Option<Local> {
        let l = self.root(RootSlot::Finalisers).cast::<ListObj>()?;
        let last = l.len().checked_sub(1)?;
        let object = match l.items().get(last) {
            Some(slot) => self.push(slot.get()),
            None => Local::NULL,
        };
        l.set_len(last);
        self.rt.finalisable = self.rt.finalisable.saturating_sub(1);
        Some(object)
    }

    /// Whether the finaliser of a native object may run Python code.
    #[cfg(feature = "streams")]
    fn may_run_code(&self, object: Local) -> bool {
        core::ptr::eq(self.native_type_of(self.get(object)), &crate::native::full::WATCH)
    }
    /// Those of the interpreter's own types do not.
    #[cfg(not(feature = "streams"))]
    fn may_run_code(&self, _: Local) -> bool {
        false
    }

    fn finalise_native(&mut self, object: Local) {
        if let Some(o) = self.get(object).cast::<NativeObj>()
            && let Some(ty) = o.class.get().as_native_type()
            && let Some(finalise) = ty.slots.finalise()
        {
            finalise(self, object);
        }
    }

    /// Runs the finalisers of dead objects. What they raise is dropped. While one runs, others wait for its end.
    pub(crate) fn run_finalisers(&mut self) {
        if !self.rt.finalising {
            self.rt.finalising = true;
            self.run_waiting_finalisers();
            self.rt.finalising = false;
        }
    }

    fn run_waiting_finalisers(&mut self) {
        loop {
            let scope = self.scope();
            let Some(object) = self.next_to_finalise() else { return };
            let pending = self.push_root(RootSlot::Pending);
            if self.get(object).is_kind(Kind::Instance) {
                if let Some(method) = self.special(object, qstr!("__del__"))
                    && self.call_with(method, &[object]).is_err()
                    && self.is_stopped()
                {
                    return;
                }
            } else {
                // one that another crate has declared; what only lets go goes on after a stop
                let may_be_stopped = self.may_run_code(object);
                self.finalise_native(object);
                if may_be_stopped && self.is_stopped() {
                    return;
                }
            }
            self.set_root(RootSlot::Pending, pending);
            self.end_scope(scope);
        }
    }
}
