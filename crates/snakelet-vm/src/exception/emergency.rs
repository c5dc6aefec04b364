//! Exceptions when there is no memory to make one: a spare exception object takes the class that
//! is to be raised. It is the same object each time, so what a script keeps of it changes when
//! memory runs out again.

use snakelet_gc::Heap;

use crate::exception::classes::MEMORY_ERROR;
use crate::native::NativeType;
use crate::object::value::Value;
use crate::object::{ExceptionObj, ListObj, TupleObj};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Places that the spare traceback has room for, in items of its list.
const PLACES: usize = 3 * 4;

impl Vm {
    /// Whether what was raised says that the heap is locked, so that an exception has to do with
    /// the memory set aside. When the heap is full instead, `MemoryError` takes its place: what it
    /// would say, or the value that it carries, must not get lost unnoticed.
    pub(crate) fn is_locked_out(&self) -> bool {
        let pending = self.root(RootSlot::Pending);
        self.heap.ask(Heap::lock_depth) > 0
            && !pending.is_null()
            && pending.is(self.root(RootSlot::MemoryError))
    }

    /// Whether the heap is locked, but a script has asked that exceptions have their arguments nevertheless.
    pub(crate) fn has_emergency_room(&self) -> bool {
        self.is_locked_out() && !self.root(RootSlot::EmergencyArgs).is_null()
    }

    /// Makes a message while the heap is locked for everything else.
    ///
    /// # Errors
    /// `MemoryError`, or what printing an object raises.
    #[cold]
    pub(crate) fn in_emergency(&mut self, make: impl FnOnce(&mut Vm) -> Res) -> Res {
        let depth = self.heap.get_mut().lock_depth();
        self.heap.get_mut().set_lock(0);
        let made = make(self);
        self.heap.get_mut().set_lock(depth);
        made
    }

    /// Sets room aside for an argument and a traceback of the spare exception.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn reserve_for_emergency(&mut self) -> Result<(), Raised> {
        let scope = self.scope();
        if self.root(RootSlot::EmergencyArgs).is_null() {
            let args = self.new_tuple(Local::NONE, 1)?;
            self.set_root(RootSlot::EmergencyArgs, args);
        }
        if self.root(RootSlot::EmergencyPlaces).is_null() {
            let places = self.new_list_empty()?;
            self.list_reserve(places, PLACES)?;
            self.set_root(RootSlot::EmergencyPlaces, places);
        }
        self.end_scope(scope);
        Ok(())
    }

    /// The tuple of an exception's arguments, which lie on the stack. Without memory it is the
    /// one that was set aside, or empty.
    ///
    /// # Errors
    /// A stop by the host.
    pub(crate) fn exception_args(&mut self, first: Local, n: usize) -> Res {
        match self.new_tuple(first, n) {
            Err(_) if self.is_locked_out() => {}
            result => return result,
        }
        self.forget_raised();
        let spare = self.push_root(RootSlot::EmergencyArgs);
        match self.get(spare).cast::<TupleObj>().and_then(|t| t.items().first()) {
            Some(slot) if n == 1 => {
                slot.set(self.get(first));
                Ok(spare)
            }
            _ => self.new_tuple(Local::NULL, 0),
        }
    }

    /// Gives the spare exception a class and arguments, after making one has failed.
    pub(crate) fn emergency_exception(
        &mut self,
        class: &'static NativeType,
        args: Local,
        raised: Raised,
    ) -> Res {
        if !self.is_locked_out() || class.is_subtype(&MEMORY_ERROR) {
            return Err(raised);
        }
        let spare = self.push_root(RootSlot::Emergency);
        let Some(e) = self.get(spare).cast::<ExceptionObj>() else { return Err(raised) };
        let places = self.root(RootSlot::EmergencyPlaces);
        if let Some(list) = places.cast::<ListObj>() {
            list.set_len(0);
        }
        e.class.set(Value::from_ref(class));
        e.args.set(self.get(args));
        e.traceback.set(places);
        e.cause.set(Value::NULL);
        e.context.set(Value::NULL);
        #[cfg(feature = "cpython")]
        e.attributes.set(Value::NULL);
        self.forget_raised();
        Ok(spare)
    }
}
