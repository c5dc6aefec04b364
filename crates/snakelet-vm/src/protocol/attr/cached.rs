//! What the attribute cache may keep of a lookup or a store.

use snakelet_qstr::Qstr;

use crate::native::{Attribute, Binding, Constant};
use crate::object::value::Value;
use crate::object::{Instance, Kind};
use crate::protocol::attr::{Attr, Cachable};
use crate::vm::cache::Found;
use crate::vm::stack::Local;
use crate::{Vm, qstr};

impl Vm {
    /// What later lookups in objects of the same shape or native type will find, if that is
    /// certain: `key` identifies the shape or type.
    pub(crate) fn cachable_attr(&self, object: Value<'_>, name: Qstr) -> Option<(usize, Cachable)> {
        if let Some(i) = object.cast::<Instance>() {
            let shape = i.store().shape.get();
            let s = shape.cast::<crate::object::Shape>()?;
            if let Some(at) = self.find_in_shape(s, Value::qstr(name)) {
                // a store by this entry asks neither `__setattr__` nor a descriptor
                let class = i.class();
                let descriptor = self
                    .class_lookup(class, name)
                    .is_some_and(|v| matches!(v.ref_kind(), Some(Kind::Property | Kind::Instance)));
                let hook = self.class_lookup(class, qstr!("__setattr__")).is_some();
                if descriptor || hook {
                    return None;
                }
                return Some((shape.word(), Cachable { found: Found::Slot, what: at }));
            }
            let value = self.class_lookup(i.class(), name)?;
            let found = match value.ref_kind() {
                Some(Kind::Function | Kind::Closure | Kind::HostFn) => Found::Method,
                Some(kind) if is_bound_anew(kind) => return None,
                _ => Found::Value,
            };
            return Some((shape.word(), Cachable { found, what: value.word() }));
        }
        if let Some(m) = object.as_native_module() {
            let what = match m.find(self, name)? {
                Constant::Function(f) => Value::from_ref(f),
                Constant::Type(t) => Value::from_ref(t),
                Constant::Module(m) => Value::from_ref(m),
                _ => return None,
            };
            if self.module_override(m, name).is_some() {
                return None;
            }
            return Some((object.word(), Cachable { found: Found::Value, what: what.word() }));
        }
        if object.is_kind(Kind::Class) {
            let value = self.class_lookup(object, name)?;
            return match value.ref_kind() {
                Some(kind) if is_bound_anew(kind) => None,
                _ => {
                    let what = value.word();
                    Some((object.word(), Cachable { found: Found::Value, what }))
                }
            };
        }
        let ty = match object.ref_kind() {
            Some(
                Kind::Class
                | Kind::NativeType
                | Kind::Module
                | Kind::NativeModule
                | Kind::Super
                | Kind::Native
                | Kind::Data
                | Kind::Exception
                | Kind::NamedTuple,
            ) => return None,
            _ => self.native_type_of(object),
        };
        match ty.find(self, name) {
            Some(Attribute::Function(f)) if f.binding == Binding::Method => {
                let key = Value::from_ref(ty).word();
                let what = Value::from_ref(f).word();
                Some((key, Cachable { found: Found::Method, what }))
            }
            _ => None,
        }
    }

    /// The slot of an instance that the cache knows for a name.
    #[inline(always)]
    pub(crate) fn cached_slot<'h>(
        &'h self,
        object: Value<'h>,
        name: Qstr,
    ) -> Option<&'h crate::object::Slot> {
        let i = object.cast::<Instance>()?;
        let store = i.store();
        let e = self.rt.caches.attr(store.shape.word(), Value::qstr(name).word())?;
        if e.found == Found::Slot { store.slots().get(e.what) } else { None }
    }

    /// What the cache knows of an attribute of an instance.
    pub(super) fn cached_attr(&self, object: Local, name: Qstr) -> Option<Attr> {
        let store = self.get(object).cast::<Instance>()?.store();
        let e = self.rt.caches.attr(store.shape.word(), Value::qstr(name).word())?;
        match e.found {
            Found::Slot => Some(Attr::Value(self.push(store.slots().get(e.what)?.get()))),
            Found::Method => Some(Attr::Method(self.rt.stack.push(e.what), object)),
            _ => None,
        }
    }

    /// Enters what a lookup will find in the cache.
    pub(crate) fn fill_attr_cache(&mut self, object: Local, name: Qstr) {
        if let Some((key, entry)) = self.cachable_attr(self.get(object), name) {
            self.rt.caches.set_attr(key, Value::qstr(name).word(), entry.found, entry.what);
        }
    }

    /// Enters in the cache what a store just did: the attribute's place, and, if the object got its
    /// last attribute by it, the step from the shape before.
    pub(crate) fn note_stored(&mut self, object: Local, name: Qstr) {
        let key = Value::qstr(name);
        let Some((shape, entry)) = self.cachable_attr(self.get(object), name) else { return };
        let found = entry.found;
        self.rt.caches.set_attr(shape, key.word(), found, entry.what);
        let before = self.get(object).cast::<Instance>().and_then(|i| {
            let shape = i.shape()?;
            let last = shape.name.get().is(key) && found == Found::Slot;
            if last { Some(shape.parent.word()) } else { None }
        });
        if let Some(before) = before {
            self.rt.caches.set_attr(before, key.word(), Found::Add, shape);
        }
    }
}

/// Whether what a class holds under a name is bound (or called) at every lookup, so that the
/// outcome is not always the same.
fn is_bound_anew(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::StaticMethod | Kind::ClassMethod | Kind::Property | Kind::Instance | Kind::NativeFn
    )
}
