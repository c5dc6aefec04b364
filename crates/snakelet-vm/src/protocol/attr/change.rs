//! Storing and deleting attributes.

use snakelet_qstr::Qstr;

#[cfg(feature = "cpython")]
use crate::exception::classes;
use crate::native::AttrOp;
use crate::object::value::Value;
use crate::object::{ClassObj, Kind, ModuleObj, PropertyObj};
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

/// Steps that it takes to forget what is known of attributes.
const FORGET_STEPS: usize = 16;

impl Vm {
    /// `obj.name = value`.
    ///
    /// # Errors
    /// `AttributeError`; what a property or `__setattr__` raises.
    pub fn set_attr(&mut self, object: Local, name: Qstr, value: Local) -> Result<(), Raised> {
        self.change_attr(object, name, AttrOp::Store(value))
    }

    /// `del obj.name`.
    ///
    /// # Errors
    /// `AttributeError`; what a property or `__delattr__` raises.
    pub fn del_attr(&mut self, object: Local, name: Qstr) -> Result<(), Raised> {
        self.change_attr(object, name, AttrOp::Delete)
    }

    fn change_attr(&mut self, object: Local, name: Qstr, op: AttrOp) -> Result<(), Raised> {
        let scope = self.scope();
        let done = match self.get(object).ref_kind() {
            Some(Kind::Instance) => self.change_instance(object, name, op)?,
            Some(Kind::Class) => {
                let dict = match self.get(object).cast::<ClassObj>() {
                    Some(c) => self.push(c.dict.get()),
                    None => Local::NULL,
                };
                self.rt.caches.forget_attrs();
                self.charge_later(FORGET_STEPS);
                self.change_dict(dict, name, op)?
            }
            Some(Kind::Module) => {
                let dict = match self.get(object).cast::<ModuleObj>() {
                    Some(m) => self.push(m.globals.get()),
                    None => Local::NULL,
                };
                self.change_dict(dict, name, op)?
            }
            Some(Kind::NativeModule) => match (self.get(object).as_native_module(), op) {
                // what it had before is there again
                (Some(m), AttrOp::Delete) => match self.module_overrides(m) {
                    Some(stored) => {
                        let stored = self.push(stored);
                        self.rt.caches.clear();
                        self.change_dict(stored, name, op)?
                    }
                    None => false,
                },
                // a built-in module takes new values, but no new names
                (Some(m), AttrOp::Store(value))
                    if m.name.is(self, qstr!("builtins")) || m.find(self, name).is_some() =>
                {
                    let module = self.intern_name(m.name)?;
                    self.set_module_attr(module, name, value)?;
                    true
                }
                _ => false,
            },
            #[cfg(feature = "cpython")]
            Some(Kind::Exception) => self.change_exception(object, name, op)?,
            _ => {
                let ty = self.native_type_of(self.get(object));
                match ty.slots.attr() {
                    Some(attr) => attr(self, object, name, op)?.is_some(),
                    None => false,
                }
            }
        };
        self.end_scope(scope);
        if done { Ok(()) } else { Err(self.no_attribute(object, name)) }
    }

    #[cfg(feature = "cpython")]
    fn change_exception(&mut self, object: Local, name: Qstr, op: AttrOp) -> Result<bool, Raised> {
        let ty = self.native_type_of(self.get(object));
        if let Some(attr) = ty.slots.attr()
            && attr(self, object, name, op)?.is_some()
        {
            return Ok(true);
        }
        Ok(classes::other_attribute(self, object, name, op)?.is_some())
    }

    fn change_dict(&mut self, dict: Local, name: Qstr, op: AttrOp) -> Result<bool, Raised> {
        match op {
            AttrOp::Store(value) => {
                self.dict_set_name(dict, name, value)?;
                Ok(true)
            }
            _ => {
                let key = self.push(Value::qstr(name));
                Ok(self.table_remove(dict, key)?.is_some())
            }
        }
    }

    fn change_instance(&mut self, object: Local, name: Qstr, op: AttrOp) -> Result<bool, Raised> {
        if let AttrOp::Store(value) = op
            && self.store_cached(self.get(object), name, self.get(value))
        {
            return Ok(true);
        }
        let hook = match op {
            AttrOp::Store(_) => qstr!("__setattr__"),
            _ => qstr!("__delattr__"),
        };
        if let Some(method) = self.special(object, hook) {
            let text = self.push(Value::qstr(name));
            match op {
                AttrOp::Store(value) => self.call_with(method, &[object, text, value])?,
                _ => self.call_with(method, &[object, text])?,
            };
            return Ok(true);
        }
        self.change_instance_directly(object, name, op)
    }

    /// Stores or deletes without asking `__setattr__` or `__delattr__`.
    pub(crate) fn change_instance_directly(
        &mut self,
        object: Local,
        name: Qstr,
        op: AttrOp,
    ) -> Result<bool, Raised> {
        let class = self.push_type_of(object);
        if let Some(found) = self.class_lookup(self.get(class), name) {
            let found = self.push(found);
            if let Some(p) = self.get(found).cast::<PropertyObj>() {
                let accessor = match op {
                    AttrOp::Store(_) => p.set.get(),
                    _ => p.delete.get(),
                };
                let accessor = self.push(accessor);
                if self.get(accessor).is_none() {
                    return Ok(false);
                }
                match op {
                    AttrOp::Store(value) => self.call_with(accessor, &[object, value])?,
                    _ => self.call_with(accessor, &[object])?,
                };
                return Ok(true);
            }
            let method = match op {
                AttrOp::Store(_) => qstr!("__set__"),
                _ => qstr!("__delete__"),
            };
            if let Some(method) = self.special(found, method) {
                match op {
                    AttrOp::Store(value) => self.call_with(method, &[found, object, value])?,
                    _ => self.call_with(method, &[found, object])?,
                };
                return Ok(true);
            }
        }
        let part = self.native_part(object);
        if part != object {
            let ty = self.native_type_of(self.get(part));
            if let Some(attr) = ty.slots.attr()
                && attr(self, part, name, op)?.is_some()
            {
                return Ok(true);
            }
        }
        match op {
            AttrOp::Store(value) => {
                self.instance_set(object, name, value)?;
                Ok(true)
            }
            _ => self.instance_delete(object, name),
        }
    }
}
