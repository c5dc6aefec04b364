//! Attributes of modules, and what a script stores in a native one.

use snakelet_qstr::Qstr;

use crate::builtins::BUILTINS;
use crate::exception::classes;
use crate::object::ModuleObj;
use crate::object::value::Value;
use crate::protocol::attr::Attr;
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
    pub(super) fn lookup_module(&mut self, module: Local, name: Qstr) -> Result<Attr, Raised> {
        if let Some(m) = self.get(module).cast::<ModuleObj>() {
            let globals = m.globals.get();
            if let Some(value) = self.dict_get_name(globals, Value::qstr(name)) {
                return Ok(Attr::Value(self.push(value)));
            }
            if name == qstr!("__dict__") {
                return Ok(Attr::Value(self.push(globals)));
            }
            if name == qstr!("__class__") {
                return Ok(Attr::Value(self.push_type_of(module)));
            }
            let hook = self.dict_get_name(globals, Value::qstr(qstr!("__getattr__")));
            if let Some(hook) = hook {
                let hook = self.push(hook);
                let text = self.push(Value::qstr(name));
                return self.call_with(hook, &[text]).map(Attr::Value);
            }
        }
        Ok(Attr::Absent)
    }

    pub(super) fn lookup_native_module(
        &mut self,
        module: Local,
        name: Qstr,
    ) -> Result<Attr, Raised> {
        let Some(m) = self.get(module).as_native_module() else { return Ok(Attr::Absent) };
        if let Some(value) = self.module_override(m, name) {
            return Ok(Attr::Value(self.push(value)));
        }
        if let Some(constant) = m.find(self, name) {
            return self.constant(constant).map(Attr::Value);
        }
        if core::ptr::eq(m, &BUILTINS)
            && let Some(class) = classes::find(self, name)
        {
            return Ok(Attr::Value(self.push(Value::from_ref(class))));
        }
        if name == qstr!("__name__") {
            return self.push_name(m.name).map(Attr::Value);
        }
        if name == qstr!("__class__") {
            return Ok(Attr::Value(self.push_type_of(module)));
        }
        if name == qstr!("__dict__") {
            return self.native_module_dict(m).map(Attr::Value);
        }
        Ok(Attr::Absent)
    }

    fn native_module_dict(&mut self, m: &'static crate::native::NativeModule) -> Res {
        let dict = self.new_dict(0)?;
        let text = self.push_name(m.name)?;
        self.dict_set_name(dict, qstr!("__name__"), text)?;
        m.for_each(&mut |name, constant| {
            let scope = self.scope();
            let value = self.constant(constant)?;
            let name = self.intern_name(name)?;
            self.dict_set_name(dict, name, value)?;
            self.end_scope(scope);
            Ok(())
        })?;
        if let Some(stored) = self.module_overrides(m).map(|stored| self.push(stored)) {
            self.dict_update(dict, stored)?;
        }
        Ok(dict)
    }

    /// A dict of what scripts and the host have stored in a native module.
    pub(crate) fn module_overrides(
        &self,
        module: &'static crate::native::NativeModule,
    ) -> Option<Value<'_>> {
        let all = self.root(RootSlot::ModuleAttrs);
        if all.is_null() {
            return None;
        }
        self.dict_get_name(all, Value::qstr(self.known_name(module.name)?))
    }

    /// A value that a script or the host stored in a native module.
    pub(crate) fn module_override(
        &self,
        module: &'static crate::native::NativeModule,
        name: Qstr,
    ) -> Option<Value<'_>> {
        self.dict_get_name(self.module_overrides(module)?, Value::qstr(name))
    }

    /// Stores a value in a native module: later reads give it.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn set_module_attr(
        &mut self,
        module: Qstr,
        name: Qstr,
        value: Local,
    ) -> Result<(), Raised> {
        let scope = self.scope();
        if self.root(RootSlot::ModuleAttrs).is_null() {
            let all = self.new_dict(1)?;
            self.set_root(RootSlot::ModuleAttrs, all);
        }
        let all = self.push_root(RootSlot::ModuleAttrs);
        let dict = match self.dict_get_name(self.get(all), Value::qstr(module)) {
            Some(dict) => self.push(dict),
            None => {
                let dict = self.new_dict(1)?;
                self.dict_set_name(all, module, dict)?;
                if module == qstr!("builtins") {
                    self.set_root(RootSlot::Builtins, dict);
                }
                dict
            }
        };
        self.dict_set_name(dict, name, value)?;
        self.rt.caches.clear();
        self.end_scope(scope);
        Ok(())
    }
}
