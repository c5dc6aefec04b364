//! Classes of the host: Python classes whose instances carry Rust data.
//!
//! Such a class derives from a native type with data ([`NativeData`]), so its instances have an object with
//! the data as built-in part. What the class can do is in its dict, as for every Python class.

#![allow(unsafe_code)] // lends data beside the interpreter

use core::ptr::NonNull;

use snakelet_qstr::Qstr;

use crate::native::{NativeData, data};
use crate::object::value::Value;
use crate::object::{DataObj, Kind};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

impl Vm {
    /// Makes a class whose instances carry data of type `T`, with the attributes in a dict.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_data_class<T: NativeData>(&mut self, name: Qstr, dict: Local) -> Res {
        let scope = self.scope();
        let base = self.push(Value::from_ref(T::TYPE));
        let bases = self.new_tuple_of(&[base])?;
        let class = self.new_class(name, bases, dict)?;
        Ok(self.end_scope_with(scope, class))
    }

    /// Makes an instance of such a class whose data is what `make` gives; `__init__` is not called. `make` may
    /// be called more than once, where memory is short.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if it is no class.
    pub fn new_data_instance<T: NativeData>(&mut self, class: Local, make: impl Fn() -> T) -> Res {
        let scope = self.scope();
        let instance = self.new_instance(class)?;
        let part = self.leaf_local(|cx| cx.new_data(&[], make()).map(crate::native::Data::obj))?;
        self.set_native_part(instance, part);
        Ok(self.end_scope_with(scope, instance))
    }

    /// The data of type `T` that an object, or the built-in part of an instance, carries.
    pub fn data<T: NativeData>(&self, object: Local) -> Option<&T> {
        data::data(self.data_object(object)?)
    }

    /// Calls `work` with the interpreter and the data of type `T` that an object, or the built-in part of an
    /// instance, carries; the object stays where it is from now on. `None` if it carries no such data.
    ///
    /// # Errors
    /// `RuntimeError` if the stack is full.
    pub fn with_data<T: NativeData, R>(
        &mut self,
        object: Local,
        work: impl FnOnce(&mut Vm, &T) -> R,
    ) -> Result<Option<R>, Raised> {
        const { assert!(!T::EXCLUSIVE, "exclusive data cannot be lent beside the interpreter") };
        let Some(part) = self.data_object(object) else { return Ok(None) };
        let Some(data) = data::data::<T>(part).map(NonNull::from) else { return Ok(None) };
        part.header.pin();
        let root = self.push(Value::from_ref(part));
        if root == Local::SINK {
            return Err(self.recursion_error());
        }
        // SAFETY: the data lies in an object that is pinned, so it does not move. The object is not freed, and
        // its data not dropped, as long as the local refers to it, which was made here and lies below those
        // that `work` makes; the data is only shared, also by others that get it meanwhile, since it is not
        // exclusive.
        let result = work(self, unsafe { data.as_ref() });
        Ok(Some(result))
    }

    /// Sets the state that a native module keeps, in place of one of the same type.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_module_state<T: NativeData>(&mut self, state: T) -> Result<(), Raised> {
        self.keep_state(state)
    }

    /// The state that a native module keeps, exclusively.
    pub fn module_state_mut<T: NativeData>(&mut self) -> Option<&mut T> {
        self.state_mut()
    }

    fn data_object(&self, object: Local) -> Option<&DataObj> {
        let value = self.get(object);
        self.native_part_of(value).unwrap_or(value).cast()
    }

    /// Makes a property of two functions; without `set` it can only be read.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_property(&mut self, get: Local, set: Option<Local>) -> Res {
        self.new_slots(Kind::Property, 0, &[get, set.unwrap_or(Local::NONE), Local::NONE])
    }

    /// Makes a static method of a function.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_static_method(&mut self, function: Local) -> Res {
        self.new_slots(Kind::StaticMethod, 0, &[function])
    }
}
