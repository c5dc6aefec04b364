//! What the attribute cache may keep of a lookup or a store.

use core::cell::Cell;

use snakelet_qstr::Qstr;

use crate::native::{Attribute, Binding, Constant};
use crate::object::value::Value;
use crate::object::{Instance, Kind, Shape, Slot};
use crate::protocol::attr::{Cachable, Held};
use crate::vm::cache::{AttrEntry, Found};
use crate::vm::stack::Local;
use crate::{Vm, qstr};

impl Vm {
    /// What an instance has under a name, by itself or by its class, and whether later lookups in objects of
    /// the same shape are certain to find the same.
    fn find_in_instance<'h>(&'h self, i: &'h Instance, name: Qstr) -> Option<(Held<'h>, bool)> {
        let store = i.store();
        let shape = store.shape.get().cast::<Shape>()?;
        let of_class = self.class_lookup(shape.class.get(), name);
        if let Some(at) = self.find_in_shape(shape, Value::qstr(name)) {
            // a store by an entry of the cache asks neither `__setattr__` nor a descriptor
            let is_certain = !of_class
                .is_some_and(|v| matches!(v.ref_kind(), Some(Kind::Property | Kind::Instance)))
                && self.class_lookup(shape.class.get(), qstr!("__setattr__")).is_none();
            return Some((Held::Itself(store.slots().get(at)?, at), is_certain));
        }
        let value = of_class?;
        Some((Held::Class(value), !value.ref_kind().is_some_and(is_bound_anew)))
    }

    /// What an instance has under a name; the cache knows it afterwards, if that is certain.
    pub(crate) fn look_in_instance<'h>(&'h self, i: &'h Instance, name: Qstr) -> Option<Held<'h>> {
        let (held, is_certain) = self.find_in_instance(i, name)?;
        if is_certain {
            let (found, what) = match held {
                Held::Itself(_, at) => (Found::Slot, at),
                Held::Class(value) => match value.ref_kind() {
                    Some(Kind::Function | Kind::Closure | Kind::HostFn) => {
                        (Found::Method, value.word())
                    }
                    _ => (Found::Value, value.word()),
                },
            };
            let shape = i.store().shape.word();
            self.rt.caches.set_attr(shape, Value::qstr(name).word(), found, what);
        }
        Some(held)
    }

    /// What later lookups in a module or class, or in objects of the same native type, will find, if that
    /// is certain: `key` identifies it, or the type. That of instances is entered when it is looked up.
    pub(crate) fn cachable_attr(&self, object: Value<'_>, name: Qstr) -> Option<(usize, Cachable)> {
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
        let key = self.native_key(object.word());
        if key == 0 {
            return None;
        }
        match self.native_type_of(object).find(self, name) {
            Some(Attribute::Function(f)) if f.binding == Binding::Method => {
                let what = Value::from_ref(f).word();
                Some((key, Cachable { found: Found::Method, what }))
            }
            _ => None,
        }
    }

    /// What the cache knows of a name in an instance whose attributes are in `store`.
    #[inline(always)]
    pub(super) fn cached(&self, store: &Instance, name: Qstr) -> Option<AttrEntry> {
        self.rt.caches.attr_anywhere(store.shape.word(), Value::qstr(name).word()).map(Cell::get)
    }

    /// The value of an instance's own attribute, if the cache knows it.
    #[inline(always)]
    pub(crate) fn cached_value<'h>(&'h self, object: Value<'h>, name: Qstr) -> Option<Value<'h>> {
        let store = object.cast::<Instance>()?.store();
        let e = self.cached(store, name)?;
        if e.found == Found::Slot { store.slots().get(e.what).map(Slot::get) } else { None }
    }

    /// Stores an attribute of an instance if the cache knows how; false if it does not.
    pub(crate) fn store_cached(&self, object: Value<'_>, name: Qstr, value: Value<'_>) -> bool {
        let Some(store) = object.cast::<Instance>().map(Instance::store) else { return false };
        let Some(e) = self.cached(store, name) else { return false };
        let (at, shape) = match e.found {
            Found::Slot => (e.what, None),
            Found::Add => match e.added(&self.rt.caches) {
                Some(shape) => (shape.len().wrapping_sub(1), Some(shape)),
                None => return false,
            },
            _ => return false,
        };
        let Some(slot) = store.slots().get(at) else { return false };
        slot.set(value);
        if let Some(shape) = shape {
            store.shape.set(Value::from_ref(shape));
        }
        true
    }

    /// Enters what a lookup will find in the cache.
    pub(crate) fn fill_attr_cache(&mut self, object: Local, name: Qstr) {
        if let Some((key, entry)) = self.cachable_attr(self.get(object), name) {
            self.rt.caches.set_attr(key, Value::qstr(name).word(), entry.found, entry.what);
        }
    }

    /// Enters in the cache what a store just did: if the object got its last attribute by it, the step from
    /// the shape before, else the attribute's place.
    pub(crate) fn note_stored(&mut self, object: Local, name: Qstr) {
        let Some(i) = self.get(object).cast::<Instance>() else { return };
        let Some(shape) = i.shape() else { return };
        let Some((Held::Itself(_, at), true)) = self.find_in_instance(i, name) else { return };
        let key = Value::qstr(name);
        let (caches, word) = (&self.rt.caches, Value::from_ref(shape).word());
        if shape.name.get().is(key) {
            caches.set_attr(shape.parent.word(), key.word(), Found::Add, word);
        } else {
            caches.set_attr(word, key.word(), Found::Slot, at);
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
