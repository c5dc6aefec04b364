//! Attributes: lookup, binding, storing and deleting.

use snakelet_qstr::Qstr;

use crate::cache::Found;
use crate::error::Part;
use crate::native::{AttrOp, Attribute, Binding, Constant, NativeFn, NativeType};
use crate::object::{
    BoundMethod, ClassObj, FunctionObj, Instance, Kind, ModuleObj, PropertyObj, SuperObj, TupleObj,
    Wrapper,
};
use crate::stack::Local;
use crate::types;
use crate::types::exception::ATTRIBUTE_ERROR;
use crate::value::Value;
use crate::vm::RootSlot;
use crate::{Args, Raised, Res, Vm, qstr};

/// What an attribute lookup found.
pub(crate) enum Attr {
    /// A value.
    Value(Local),
    /// A function that wants the receiver as its first argument.
    Method(Local, Local),
    /// Nothing.
    Absent,
}

/// The outcome of a lookup that every later one with the same key will have.
pub(crate) struct Cachable {
    pub(crate) found: Found,
    pub(crate) what: usize,
}

impl Vm {
    /// `obj.name`.
    ///
    /// # Errors
    /// `AttributeError`; what a property or `__getattr__` raises.
    pub fn get_attr(&mut self, object: Local, name: Qstr) -> Res {
        let found = self.lookup_attr(object, name)?;
        match self.take_attr(found)? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `obj.name`, or `None` if there is no such attribute.
    ///
    /// # Errors
    /// What a property or `__getattr__` raises; its `AttributeError` counts as absence.
    pub fn find_attr(&mut self, object: Local, name: Qstr) -> Result<Option<Local>, Raised> {
        let found = self.lookup_attr(object, name);
        match self.catch(found, &ATTRIBUTE_ERROR)? {
            Some(found) => self.take_attr(found),
            None => Ok(None),
        }
    }

    fn take_attr(&mut self, found: Attr) -> Result<Option<Local>, Raised> {
        match found {
            Attr::Value(value) => Ok(Some(value)),
            Attr::Method(function, receiver) => self.new_bound_method(function, receiver).map(Some),
            Attr::Absent => Ok(None),
        }
    }

    /// Raises the error for a missing attribute.
    pub(crate) fn no_attribute(&mut self, object: Local, name: Qstr) -> Raised {
        let value = self.get(object);
        if value.is_kind(Kind::Class) || value.is_kind(Kind::NativeType) {
            let class = self.type_name(value);
            return self.raise_parts(
                &ATTRIBUTE_ERROR,
                &[
                    Part::Text("type object '"),
                    Part::Name(class),
                    Part::Text("' has no attribute '"),
                    Part::Name(name),
                    Part::Text("'"),
                ],
            );
        }
        self.raise_parts(
            &ATTRIBUTE_ERROR,
            &[
                Part::Text("'"),
                Part::TypeOf(object),
                Part::Text("' object has no attribute '"),
                Part::Name(name),
                Part::Text("'"),
            ],
        )
    }

    /// Looks an attribute up without making a bound method.
    pub(crate) fn lookup_attr(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        match self.get(object).ref_kind() {
            Some(Kind::Instance) => self.lookup_instance(object, name),
            Some(Kind::Class) => self.lookup_class(object, name),
            Some(Kind::NativeType) => self.lookup_native_type(object, name),
            Some(Kind::Module) => self.lookup_module(object, name),
            Some(Kind::NativeModule) => self.lookup_native_module(object, name),
            Some(Kind::Super) => self.lookup_super(object, name),
            _ => self.lookup_native(object, name),
        }
    }

    /// What later lookups in objects of the same shape or native type will find, if that is
    /// certain: `key` identifies the shape or type.
    pub(crate) fn cachable_attr(&self, object: Value<'_>, name: Qstr) -> Option<(usize, Cachable)> {
        if let Some(i) = object.cast::<Instance>() {
            let shape = i.store().shape.get();
            let s = shape.cast::<crate::object::Shape>()?;
            if let Some(at) = crate::class::shape_find(s, Value::qstr(name)) {
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
                Some(Kind::Function | Kind::Closure) => Found::Method,
                Some(
                    Kind::StaticMethod
                    | Kind::ClassMethod
                    | Kind::Property
                    | Kind::Instance
                    | Kind::NativeFn,
                ) => return None,
                _ => Found::Value,
            };
            return Some((shape.word(), Cachable { found, what: value.word() }));
        }
        if let Some(m) = object.as_native_module() {
            let what = match m.find(name)? {
                Constant::Function(f) => Value::from_ref(f),
                Constant::Type(t) => Value::from_ref(t),
                Constant::Module(m) => Value::from_ref(m),
                _ => return None,
            };
            if self.module_override(m.name, name).is_some() {
                return None;
            }
            return Some((object.word(), Cachable { found: Found::Value, what: what.word() }));
        }
        if object.is_kind(Kind::Class) {
            let value = self.class_lookup(object, name)?;
            return match value.ref_kind() {
                Some(
                    Kind::StaticMethod
                    | Kind::ClassMethod
                    | Kind::Property
                    | Kind::Instance
                    | Kind::NativeFn,
                ) => None,
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
                | Kind::Exception
                | Kind::NamedTuple,
            ) => return None,
            _ => self.native_type_of(object),
        };
        match ty.find(name) {
            Some(Attribute::Function(f)) if f.binding == Binding::Method => {
                let key = Value::from_ref(ty).word();
                let what = Value::from_ref(f).word();
                Some((key, Cachable { found: Found::Method, what }))
            }
            _ => None,
        }
    }

    /// The slot of an instance that the cache knows for a name.
    fn cached_slot(&self, object: Local, name: Qstr) -> Option<&crate::object::Slot> {
        let i = self.get(object).cast::<Instance>()?;
        let store = i.store();
        let e = self.rt.caches.attr(store.shape.word(), Value::qstr(name).word())?;
        if e.found == Found::Slot { store.slots().get(e.what) } else { None }
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

    fn lookup_instance(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        if let Some(slot) = self.cached_slot(object, name) {
            return Ok(Attr::Value(self.push(slot.get())));
        }
        self.fill_attr_cache(object, name);
        if let Some(i) = self.get(object).cast::<Instance>() {
            if let Some(value) = self.instance_get(i, name) {
                return Ok(Attr::Value(self.push(value)));
            }
            let class = i.class();
            if let Some(found) = self.class_lookup(class, name) {
                let found = self.push(found);
                let class = self.push_type_of(object);
                return self.bind(found, object, class);
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
        let found = ty.find(name).or_else(|| types::object::inherited(ty, name));
        match found {
            Some(Attribute::Function(f)) if part == object || f.binding == Binding::Whole => {
                let function = self.push(Value::from_ref(f));
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
                let text = self.push(Value::qstr(name));
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
                Ok(Attr::Value(self.push(inner)))
            }
            Some(Kind::ClassMethod) => {
                let inner = value.cast::<Wrapper>().map_or(Value::NULL, |w| w.function.get());
                let inner = self.push(inner);
                Ok(Attr::Method(inner, class))
            }
            Some(Kind::Property) => {
                let getter = value.cast::<PropertyObj>().map_or(Value::NONE, |p| p.get.get());
                let getter = self.push(getter);
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

    /// Makes a local that holds the type of an object.
    pub(crate) fn push_type_of(&self, object: Local) -> Local {
        self.push(self.type_of(self.get(object)))
    }

    fn lookup_class(&mut self, class: Local, name: Qstr) -> Result<Attr, Raised> {
        if let Some(found) = self.class_lookup(self.get(class), name) {
            let found = self.push(found);
            return self.bind_to_class(found, class);
        }
        if let Some(value) = self.class_attribute(class, name)? {
            return Ok(Attr::Value(value));
        }
        let native =
            self.get(class).cast::<ClassObj>().and_then(|c| c.native_base.get().as_native_type());
        let ty = native.unwrap_or(&types::object::OBJECT);
        self.native_class_attribute(ty, class, name)
    }

    fn bind_to_class(&mut self, found: Local, class: Local) -> Result<Attr, Raised> {
        let value = self.get(found);
        match value.ref_kind() {
            Some(Kind::StaticMethod | Kind::ClassMethod) => self.bind(found, class, class),
            Some(Kind::NativeFn)
                if value.as_native_fn().is_some_and(|f| f.binding == Binding::Class) =>
            {
                Ok(Attr::Method(found, class))
            }
            Some(Kind::Instance) => match self.special(found, qstr!("__get__")) {
                Some(method) => {
                    self.call_with(method, &[found, Local::NONE, class]).map(Attr::Value)
                }
                None => Ok(Attr::Value(found)),
            },
            _ => Ok(Attr::Value(found)),
        }
    }

    /// Attributes that every class has.
    fn class_attribute(&mut self, class: Local, name: Qstr) -> Result<Option<Local>, Raised> {
        let value = self.get(class);
        if name == qstr!("__name__") || name == qstr!("__qualname__") {
            return Ok(Some(self.push(Value::qstr(self.type_name(value)))));
        }
        if name == qstr!("__class__") {
            return Ok(Some(self.push(Value::from_ref(&types::class::TYPE))));
        }
        if name == qstr!("__bases__") || name == qstr!("__mro__") {
            return self.bases_of(class, name == qstr!("__mro__")).map(Some);
        }
        if name == qstr!("__dict__") {
            return match value.cast::<ClassObj>() {
                Some(c) => {
                    let dict = self.push(c.dict.get());
                    let copy = self.copy_table(dict, Kind::Dict)?;
                    if let Some(h) = self.hash_obj(copy) {
                        h.set_fixed();
                    }
                    Ok(Some(copy))
                }
                None => match value.as_native_type() {
                    Some(ty) => self.native_type_dict(ty).map(Some),
                    None => Ok(None),
                },
            };
        }
        Ok(None)
    }

    /// Makes a dict of what a native type lists.
    fn native_type_dict(&mut self, ty: &'static NativeType) -> Res {
        let dict = self.new_dict(ty.methods.len())?;
        for function in ty.methods {
            let scope = self.scope();
            let value = self.push(Value::from_ref(function));
            self.dict_set_name(dict, function.name, value)?;
            self.end_scope(scope);
        }
        for (name, constant) in ty.constants {
            let scope = self.scope();
            let value = self.constant(*constant)?;
            self.dict_set_name(dict, *name, value)?;
            self.end_scope(scope);
        }
        if let Some(h) = self.hash_obj(dict) {
            h.set_fixed();
        }
        Ok(dict)
    }

    fn bases_of(&mut self, class: Local, whole_order: bool) -> Res {
        if let Some(c) = self.get(class).cast::<ClassObj>() {
            if !whole_order {
                let bases = c.bases.get();
                if bases.cast::<TupleObj>().is_some_and(|t| t.is_empty()) {
                    let object = self.push(Value::from_ref(&types::object::OBJECT));
                    return self.new_tuple(object, 1);
                }
                return Ok(self.push(bases));
            }
            let list = self.new_list_empty()?;
            let n = self.get(class).cast::<ClassObj>().map_or(0, |c| c.mro_items().len());
            for i in 0..n {
                let item =
                    match self.get(class).cast::<ClassObj>().and_then(|c| c.mro_items().get(i)) {
                        Some(slot) => self.push(slot.get()),
                        None => Local::NULL,
                    };
                self.list_append(list, item)?;
            }
            let native = self
                .get(class)
                .cast::<ClassObj>()
                .and_then(|c| c.native_base.get().as_native_type());
            self.append_native_order(list, native)?;
            return self.tuple_from_list(list);
        }
        let list = self.new_list_empty()?;
        let ty = self.get(class).as_native_type();
        if whole_order {
            self.append_native_order(list, ty)?;
        } else if let Some(ty) = ty
            && !core::ptr::eq(ty, &types::object::OBJECT)
        {
            let base = self.push(Value::from_ref(ty.base.unwrap_or(&types::object::OBJECT)));
            self.list_append(list, base)?;
        }
        self.tuple_from_list(list)
    }

    fn append_native_order(
        &mut self,
        list: Local,
        first: Option<&'static NativeType>,
    ) -> Result<(), Raised> {
        let mut ty = first;
        while let Some(t) = ty {
            if !core::ptr::eq(t, &types::object::OBJECT) {
                let item = self.push(Value::from_ref(t));
                self.list_append(list, item)?;
            }
            ty = t.base;
        }
        let object = self.push(Value::from_ref(&types::object::OBJECT));
        self.list_append(list, object)
    }

    fn lookup_native_type(&mut self, class: Local, name: Qstr) -> Result<Attr, Raised> {
        let Some(ty) = self.get(class).as_native_type() else { return Ok(Attr::Absent) };
        match self.native_class_attribute(ty, class, name)? {
            Attr::Absent => {}
            found => return Ok(found),
        }
        Ok(self.class_attribute(class, name)?.map_or(Attr::Absent, Attr::Value))
    }

    fn native_class_attribute(
        &mut self,
        ty: &'static NativeType,
        class: Local,
        name: Qstr,
    ) -> Result<Attr, Raised> {
        let found = ty.find(name).or_else(|| types::object::inherited(ty, name));
        match found {
            Some(Attribute::Function(f)) => {
                let function = self.push(Value::from_ref(f));
                if f.binding == Binding::Class {
                    Ok(Attr::Method(function, class))
                } else {
                    Ok(Attr::Value(function))
                }
            }
            Some(Attribute::Constant(c)) => self.constant(*c).map(Attr::Value),
            None => Ok(Attr::Absent),
        }
    }

    /// Makes a local of a constant of a table.
    pub(crate) fn constant(&mut self, constant: Constant) -> Res {
        match constant {
            Constant::Function(f) => Ok(self.push(Value::from_ref(f))),
            Constant::Type(t) => Ok(self.push(Value::from_ref(t))),
            Constant::Module(m) => Ok(self.push(Value::from_ref(m))),
            Constant::Int(i) => self.new_int_64(i64::from(i)),
            Constant::Float(f) => self.new_float(f),
            Constant::Name(q) => Ok(self.push(Value::qstr(q))),
            Constant::Bytes(b) => self.new_bytes(b),
            Constant::Computed(f) => f(self),
        }
    }

    fn lookup_module(&mut self, module: Local, name: Qstr) -> Result<Attr, Raised> {
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

    fn lookup_native_module(&mut self, module: Local, name: Qstr) -> Result<Attr, Raised> {
        let Some(m) = self.get(module).as_native_module() else { return Ok(Attr::Absent) };
        if let Some(value) = self.module_override(m.name, name) {
            return Ok(Attr::Value(self.push(value)));
        }
        if let Some(constant) = m.find(name) {
            return self.constant(constant).map(Attr::Value);
        }
        if name == qstr!("__name__") {
            return Ok(Attr::Value(self.push(Value::qstr(m.name))));
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
        let dict = self.new_dict(m.entries.len())?;
        let text = self.push(Value::qstr(m.name));
        self.dict_set_name(dict, qstr!("__name__"), text)?;
        for (name, constant) in m.all() {
            let scope = self.scope();
            let value = self.constant(*constant)?;
            self.dict_set_name(dict, *name, value)?;
            self.end_scope(scope);
        }
        Ok(dict)
    }

    /// A value that a script stored in a native module.
    pub(crate) fn module_override(&self, module: Qstr, name: Qstr) -> Option<Value<'_>> {
        let all = self.root(RootSlot::ModuleAttrs);
        let dict = self.dict_get_name(all, Value::qstr(module))?;
        self.dict_get_name(dict, Value::qstr(name))
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

    fn lookup_super(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        let Some(s) = self.get(object).cast::<SuperObj>() else { return Ok(Attr::Absent) };
        let class = self.push(s.class.get());
        let receiver = match self.get(object).cast::<SuperObj>() {
            Some(s) => self.push(s.receiver.get()),
            None => Local::NULL,
        };
        self.lookup_super_of(class, receiver, name)
    }

    /// Looks `name` up in the successors of `class` in the order of the receiver's class.
    pub(crate) fn lookup_super_of(
        &mut self,
        class: Local,
        receiver: Local,
        name: Qstr,
    ) -> Result<Attr, Raised> {
        // the receiver may be a class, in class methods
        let own = match self.get(receiver).ref_kind() {
            Some(Kind::Class) => self.push_copy(receiver),
            _ => self.push_type_of(receiver),
        };
        let found = self.get(own).cast::<ClassObj>().and_then(|c| {
            let mro = c.mro_items();
            let at = mro.iter().position(|s| s.get().is(self.get(class)))?;
            self.mro_lookup(mro.get(at + 1..)?, name)
        });
        if let Some(found) = found {
            let found = self.push(found);
            if self.get(receiver).is_kind(Kind::Class) {
                return self.bind_to_class(found, own);
            }
            return self.bind(found, receiver, own);
        }
        let native = self
            .get(own)
            .cast::<ClassObj>()
            .and_then(|c| c.native_base.get().as_native_type())
            .unwrap_or(&types::object::OBJECT);
        let attribute = native.find(name).or_else(|| types::object::inherited(native, name));
        match attribute {
            Some(Attribute::Function(f)) => {
                let function = self.push(Value::from_ref(f));
                self.bind(function, receiver, own)
            }
            Some(Attribute::Constant(c)) => self.constant(*c).map(Attr::Value),
            None => {
                let part = self.native_part(receiver);
                if part == receiver {
                    return Ok(Attr::Absent);
                }
                self.lookup_native(part, name)
            }
        }
    }

    /// Attributes of objects of native types.
    fn lookup_native(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        let ty = self.native_type_of(self.get(object));
        if let Some(attr) = ty.slots.attr
            && let Some(value) = attr(self, object, name, AttrOp::Load)?
        {
            return Ok(Attr::Value(value));
        }
        let found = ty.find(name).or_else(|| types::object::inherited(ty, name));
        match found {
            Some(Attribute::Function(f)) => {
                let function = self.push(Value::from_ref(f));
                let class = self.push_type_of(object);
                return self.bind(function, object, class);
            }
            Some(Attribute::Constant(c)) => return self.constant(*c).map(Attr::Value),
            None => {}
        }
        if name == qstr!("__class__") {
            return Ok(Attr::Value(self.push_type_of(object)));
        }
        Ok(Attr::Absent)
    }

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
                // a built-in module takes new values, but no new names
                (Some(m), AttrOp::Store(value))
                    if m.name == qstr!("builtins") || m.find(name).is_some() =>
                {
                    self.set_module_attr(m.name, name, value)?;
                    true
                }
                _ => false,
            },
            _ => {
                let ty = self.native_type_of(self.get(object));
                match ty.slots.attr {
                    Some(attr) => attr(self, object, name, op)?.is_some(),
                    None => false,
                }
            }
        };
        self.end_scope(scope);
        if done { Ok(()) } else { Err(self.no_attribute(object, name)) }
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
            && let Some(slot) = self.cached_slot(object, name)
        {
            slot.set(self.get(value));
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
            if let Some(attr) = ty.slots.attr
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

    /// The name of a callable, for messages.
    pub(crate) fn callable_name(&self, callable: Value<'_>) -> Qstr {
        if let Some(f) = callable.as_native_fn() {
            return NativeFn::name(f);
        }
        if let Some(m) = callable.cast::<BoundMethod>() {
            return self.callable_name(m.function.get());
        }
        match callable.cast::<FunctionObj>() {
            Some(f) => crate::function::name_of(f),
            None => Qstr::EMPTY,
        }
    }

    /// Raises the error for a native method called on an object of another type.
    pub fn wrong_receiver(&mut self) -> Raised {
        self.type_error("wrong type of receiver")
    }

    /// Calls method `name` of an object.
    ///
    /// # Errors
    /// `AttributeError` if there is none; what it raises.
    pub fn call_method(&mut self, object: Local, name: Qstr, args: &[Local]) -> Res {
        match self.lookup_attr(object, name)? {
            Attr::Absent => Err(self.no_attribute(object, name)),
            Attr::Value(function) => self.call_with(function, args),
            Attr::Method(function, receiver) => {
                let first = self.push_copy(function);
                self.push_copy(receiver);
                for arg in args {
                    self.push_copy(*arg);
                }
                self.call(first, Args::new(first.offset(1), args.len() + 1, 0))
            }
        }
    }
}

impl NativeFn {
    pub(crate) fn name(f: &NativeFn) -> Qstr {
        f.name
    }
}
