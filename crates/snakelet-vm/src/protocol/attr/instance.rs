//! Attributes of instances of Python classes, and how methods are bound to them.

use snakelet_qstr::Qstr;

use crate::exception::classes::ATTRIBUTE_ERROR;
use crate::native::{Attribute, Binding};
use crate::object::value::Value;
use crate::object::{Instance, Kind, PropertyObj, Slot, Wrapper};
use crate::protocol::attr::{Attr, Held};
use crate::protocol::object;
use crate::vm::cache::Found;
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

impl Vm {
    pub(super) fn lookup_instance(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        if let Some(i) = self.get(object).cast::<Instance>() {
            let store = i.store();
            if let Some(e) = self.cached(store, name) {
                match e.found {
                    Found::Slot => {
                        let value = store.slots().get(e.what).map_or(Value::NULL, Slot::get);
                        return Ok(Attr::Value(self.push_here(value)));
                    }
                    Found::Method => {
                        return Ok(Attr::Method(self.rt.stack.push(e.what), object));
                    }
                    Found::Value => return Ok(Attr::Value(self.rt.stack.push(e.what))),
                    Found::Add | Found::Init => {}
                }
            }
            match self.look_in_instance(i, name) {
                Some(Held::Itself(slot, _)) => return Ok(Attr::Value(self.push_here(slot.get()))),
                Some(Held::Class(found)) => {
                    let found = self.push_here(found);
                    let class = self.push_type_of(object);
                    return self.bind(found, object, class);
                }
                None => {}
            }
        }
        if name == qstr!("__class__") {
            return Ok(Attr::Value(self.push_type_of(object)));
        }
        if name == qstr!("__dict__") {
            return self.instance_dict(object).map(Attr::Value);
        }
        let part = self.native_part(object);
        let ty = self.native_type_of(self.get(object));
        let found = ty.find(self, name).or_else(|| object::inherited(self, ty, name));
        match found {
            Some(Attribute::Function(f)) if part == object || f.binding == Binding::Whole => {
                let function = self.push_here(Value::from_ref(f));
                let class = self.push_type_of(object);
                return self.bind(function, object, class);
            }
            _ if part != object => match self.lookup_native(part, name)? {
                Attr::Absent => {}
                found => return Ok(found),
            },
            _ => {}
        }
        match self.special(object, qstr!("__getattr__")) {
            Some(method) => {
                let scope = self.scope();
                let text = self.push_here(Value::qstr(name));
                let value = self.call_with(method, &[object, text])?;
                Ok(Attr::Value(self.end_scope_with(scope, value)))
            }
            None => Ok(Attr::Absent),
        }
    }

    /// Binds what was found in a class to an instance of it.
    pub(crate) fn bind(
        &mut self,
        found: Local,
        receiver: Local,
        class: Local,
    ) -> Result<Attr, Raised> {
        let value = self.get(found);
        match value.ref_kind() {
            Some(Kind::Function | Kind::Closure | Kind::HostFn) => {
                Ok(Attr::Method(found, receiver))
            }
            Some(Kind::NativeFn) => match value.as_native_fn().map(|f| f.binding) {
                Some(Binding::Method | Binding::Whole) => Ok(Attr::Method(found, receiver)),
                Some(Binding::Class) => Ok(Attr::Method(found, class)),
                Some(Binding::Property) => self.call_with(found, &[receiver]).map(Attr::Value),
                _ => Ok(Attr::Value(found)),
            },
            Some(Kind::StaticMethod) => {
                let inner = value.cast::<Wrapper>().map_or(Value::NULL, |w| w.function.get());
                Ok(Attr::Value(self.push_here(inner)))
            }
            Some(Kind::ClassMethod) => {
                let inner = value.cast::<Wrapper>().map_or(Value::NULL, |w| w.function.get());
                let inner = self.push_here(inner);
                Ok(Attr::Method(inner, class))
            }
            Some(Kind::Property) => {
                let getter = value.cast::<PropertyObj>().map_or(Value::NONE, |p| p.get.get());
                let getter = self.push_here(getter);
                if self.get(getter).is_none() {
                    return Err(self.raise_text(&ATTRIBUTE_ERROR, "unreadable attribute"));
                }
                self.call_with(getter, &[receiver]).map(Attr::Value)
            }
            Some(Kind::Instance) => match self.special(found, qstr!("__get__")) {
                Some(method) => self.call_with(method, &[found, receiver, class]).map(Attr::Value),
                None => Ok(Attr::Value(found)),
            },
            _ => Ok(Attr::Value(found)),
        }
    }
}
