//! Attributes of classes, those written in Python and the native types.

use snakelet_qstr::Qstr;

use crate::native::{Attribute, Binding, NativeType};
use crate::object::value::Value;
use crate::object::{ClassObj, Kind, TupleObj};
use crate::protocol::attr::Attr;
use crate::protocol::object;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

impl Vm {
    pub(super) fn lookup_class(&mut self, class: Local, name: Qstr) -> Result<Attr, Raised> {
        if let Some(found) = self.class_lookup(self.get(class), name) {
            let found = self.push(found);
            return self.bind_to_class(found, class);
        }
        if let Some(value) = self.class_attribute(class, name)? {
            return Ok(Attr::Value(value));
        }
        let native =
            self.get(class).cast::<ClassObj>().and_then(|c| c.native_base.get().as_native_type());
        let ty = native.unwrap_or(&object::OBJECT);
        self.native_class_attribute(ty, class, name)
    }

    pub(super) fn bind_to_class(&mut self, found: Local, class: Local) -> Result<Attr, Raised> {
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
            return self.push_name(self.type_name(value)).map(Some);
        }
        if name == qstr!("__class__") {
            return Ok(Some(self.push(Value::from_ref(Self::type_of_kind(Kind::Class)))));
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
        let dict = self.new_dict(ty.methods.len() + ty.shared().len())?;
        for function in ty.all_methods() {
            let scope = self.scope();
            let value = self.push(Value::from_ref(function));
            let name = self.intern_name(function.name)?;
            self.dict_set_name(dict, name, value)?;
            self.end_scope(scope);
        }
        for (name, constant) in ty.constants() {
            let scope = self.scope();
            let value = self.constant(*constant)?;
            let name = self.intern_name(*name)?;
            self.dict_set_name(dict, name, value)?;
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
                    let object = self.push(Value::from_ref(&object::OBJECT));
                    return self.new_tuple(object, 1);
                }
                return Ok(self.push(bases));
            }
            let list = self.new_list_empty()?;
            let n = self.get(class).cast::<ClassObj>().map_or(0, |c| c.mro_items().len());
            self.charge_later(n);
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
            && !core::ptr::eq(ty, &object::OBJECT)
        {
            let base = self.push(Value::from_ref(ty.base.unwrap_or(&object::OBJECT)));
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
            if !core::ptr::eq(t, &object::OBJECT) {
                let item = self.push(Value::from_ref(t));
                self.list_append(list, item)?;
            }
            ty = t.base;
        }
        let object = self.push(Value::from_ref(&object::OBJECT));
        self.list_append(list, object)
    }

    pub(super) fn lookup_native_type(&mut self, class: Local, name: Qstr) -> Result<Attr, Raised> {
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
        let found = ty.find(self, name).or_else(|| object::inherited(self, ty, name));
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
}
