//! What modules keep in an interpreter: Rust data of a type of the module's own.

use core::cell::Cell;

use crate::native::data::{self, Data, NativeData, Serve, data_mut};
use crate::native::full::{Full, Given, Held};
use crate::native::leaf::{Gc, Leaf, Obj};
use crate::object::DataObj;
use crate::object::value::Value;
use crate::vm::RootSlot;
use crate::{Raised, Vm};

impl<'h> Leaf<'h> {
    /// The state that a module keeps in this interpreter, which [`Full::set_state`](crate::native::full::Full::set_state)
    /// has set.
    pub fn state<T: NativeData>(self) -> Option<&'h T> {
        self.state_data::<T>().map(Data::data)
    }

    /// Value number `i` of those that the state of a module keeps ([`NativeData::STATE_VALUES`]); `None`, Python's,
    /// if it does not have it, and for one that was never set.
    pub fn state_value<T: NativeData>(self, i: usize) -> Obj<'h> {
        self.state_data::<T>().map_or(Obj::NONE, |state| state.value(i.saturating_add(1)))
    }
    /// Changes such a value, if the state has it.
    pub fn set_state_value<T: NativeData>(self, i: usize, value: Obj<'h>) {
        if let Some(state) = self.state_data::<T>() {
            state.set_value(i.saturating_add(1), value);
        }
    }

    /// The object that carries it. Its values from 1 on are the module's.
    fn state_data<T: NativeData>(self) -> Option<Data<'h, T>> {
        state_object::<T>(self.vm()).and_then(Data::<T>::of_object)
    }
}

impl<'s> Full<'s> {
    /// Value number `i` of those that the state of a module keeps ([`NativeData::STATE_VALUES`]); `None`, Python's,
    /// if it does not have it, and for one that was never set.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn state_value<T: NativeData>(&mut self, i: usize) -> Given<'s> {
        self.make(|cx| Ok(cx.state_value::<T>(i)))
    }
    /// Changes such a value, if the state has it.
    ///
    /// # Errors
    /// The host stops the script.
    pub fn set_state_value<T: NativeData>(
        &mut self,
        i: usize,
        value: Held<'s>,
    ) -> Result<(), Raised> {
        self.look(|cx| {
            cx.set_state_value::<T>(i, cx.get(value));
            Ok(())
        })
    }
}

/// The object that carries the state of type `T`.
fn state_object<T: NativeData>(vm: &Vm) -> Option<Gc<'_, DataObj>> {
    let mut link = Obj::of_value(vm.root(RootSlot::ModuleStates));
    while let Some(state) = link.and_then(Obj::cast::<DataObj>) {
        if Data::<T>::of_object(state).is_some() {
            return Some(state);
        }
        link = next_state(state);
    }
    None
}

/// The state behind another one: states are a chain, of which value 0 is the next one.
fn next_state(state: Gc<'_, DataObj>) -> Option<Obj<'_>> {
    state.object().values().first().and_then(|next| Obj::of_value(next.get()))
}

impl Vm {
    /// Puts the state of a module in front of those of others, in place of one of the same type.
    pub(crate) fn keep_state<T: NativeData>(&mut self, state: T) -> Result<(), Raised> {
        self.forget_state::<T>();
        let state = Cell::new(Some(state));
        let new = self.leaf_local(|cx| {
            let first = Obj::or_none(cx.vm().root(RootSlot::ModuleStates));
            let value = |i| Some(if i == 0 { first } else { Obj::NONE });
            cx.new_data_of(1 + T::STATE_VALUES, &value, &state)
        })?;
        self.set_root(RootSlot::ModuleStates, new);
        self.rt.serves |= T::SERVE.is_some();
        Ok(())
    }

    /// The state of a module, exclusively.
    pub(crate) fn state_mut<T: NativeData>(&mut self) -> Option<&mut T> {
        data_mut::<T>(self, |vm| state_object::<T>(vm).map(Gc::object))
    }

    /// Tells what memory beside the heap the states of modules have.
    pub(crate) fn report_states(&self, write: &mut dyn FnMut(&str)) {
        let mut link = Obj::of_value(self.root(RootSlot::ModuleStates));
        while let Some(state) = link.and_then(Obj::cast::<DataObj>) {
            data::report(state, write);
            link = next_state(state);
        }
    }

    /// What the state does that is number `i` in the chain: none if there are not so many.
    pub(crate) fn state_service(&self, i: usize) -> Option<Option<Serve>> {
        let mut link = Obj::of_value(self.root(RootSlot::ModuleStates));
        for _ in 0..i {
            link = next_state(link.and_then(Obj::cast::<DataObj>)?);
        }
        Some(data::serve(link.and_then(Obj::cast::<DataObj>)?))
    }

    fn forget_state<T: NativeData>(&mut self) {
        let scope = self.scope();
        let next = self.push(Value::NULL);
        let mut before = None;
        let mut link = Obj::of_value(self.root(RootSlot::ModuleStates));
        while let Some(state) = link.and_then(Obj::cast::<DataObj>) {
            link = next_state(state);
            if Data::<T>::of_object(state).is_some() {
                let rest = link.map_or(Value::NULL, Obj::value);
                match before {
                    Some(before) => set_next_state(before, rest),
                    None => {
                        self.set(next, rest);
                        self.set_root(RootSlot::ModuleStates, next);
                    }
                }
                break;
            }
            before = Some(state);
        }
        self.end_scope(scope);
    }
}

fn set_next_state(state: Gc<'_, DataObj>, next: Value<'_>) {
    if let Some(slot) = state.object().values().first() {
        slot.set(next);
    }
}
