//! Classes made by `class`, their instances, and the shapes that name the instances' attributes.

use snakelet_qstr::Qstr;

use crate::exception::classes;
use crate::native::{Attribute, NativeType};
use crate::object::value::{SWord, Value};
use crate::object::{
    ClassObj, DataObj, Instance, Kind, Shape, Slot, Storage, TupleObj, count_word, words_of,
};
use crate::protocol::object;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// Classes and attributes that are looked through without charging.
const FREE_CLASSES: usize = 8;
const FREE_ATTRIBUTES: usize = 16;

/// Most attribute places that a new instance gets because others of its class had them.
const MAX_HINT: usize = 32;

impl ClassObj {
    /// The method resolution order, this class first.
    #[inline(always)]
    pub(crate) fn mro_items(&self) -> &[Slot] {
        self.mro.get().cast::<TupleObj>().map_or(&[], TupleObj::items)
    }
}

impl Vm {
    /// Makes a class of its name, a tuple of bases, and the dict of its attributes.
    ///
    /// # Errors
    /// `TypeError` if the bases do not fit together.
    pub fn new_class(&mut self, name: Qstr, bases: Local, dict: Local) -> Res {
        let scope = self.scope();
        let mut native: Option<&'static NativeType> = None;
        let n = self.get(bases).cast::<TupleObj>().map_or(0, TupleObj::len);
        for i in 0..n {
            let base = self.tuple_item(bases, i);
            let value = self.get(base);
            let found = if let Some(ty) = value.as_native_type() {
                Some(ty)
            } else if let Some(c) = value.cast::<ClassObj>() {
                c.native_base.get().as_native_type()
            } else {
                return Err(self.type_error("type is not an acceptable base type"));
            };
            if let Some(ty) = found.filter(|ty| !core::ptr::eq(*ty, &object::OBJECT)) {
                if !ty.subclassable {
                    return Err(self.raise_parts(
                        &classes::TYPE_ERROR,
                        &[
                            Part::Text("type '"),
                            Part::Name(ty.name),
                            Part::Text("' is not an acceptable base type"),
                        ],
                    ));
                }
                native = match native {
                    Some(other) if other.is_subtype(ty) => Some(other),
                    Some(other) if !ty.is_subtype(other) => {
                        return Err(
                            self.type_error("multiple bases have instance lay-out conflict")
                        );
                    }
                    _ => Some(ty),
                };
            }
        }
        // `__new__` is a static method, and `__init_subclass__` a class method, whether they say so or not
        for (name, kind) in [
            (qstr!("__new__"), Kind::StaticMethod),
            (qstr!("__init_subclass__"), Kind::ClassMethod),
        ] {
            let found = self.dict_get_name(self.get(dict), Value::qstr(name));
            if let Some(function) =
                found.filter(|f| f.is_kind(Kind::Function) || f.is_kind(Kind::Closure))
            {
                let function = self.push(function);
                let wrapper = self.new_slots(kind, 0, &[function])?;
                self.dict_set_name(dict, name, wrapper)?;
            }
        }
        self.trim_table(dict);
        let new = self.allocate(Kind::Class, 0, words_of::<ClassObj>(0))?;
        new.set_word(1, Value::qstr(name).word());
        new.set_word(2, self.get(bases).word());
        new.set_word(4, self.get(dict).word());
        new.set_word(6, count_word(0));
        new.set_word(7, native.map_or(0, |ty| Value::from_ref(ty).word()));
        let class = new.local;
        let mro = self.linearise(class, bases)?;
        if let Some(c) = self.get(class).cast::<ClassObj>() {
            c.mro.set(self.get(mro));
        }
        let shape = self.new_shape(class, Local::NULL, Local::NULL, 0)?;
        let root = if native.is_some() {
            // attribute place 0 holds the built-in part
            self.shape_with(shape, Local::FALSE)?
        } else {
            shape
        };
        let hint = self.guess_size(dict) + usize::from(native.is_some());
        if let Some(c) = self.get(class).cast::<ClassObj>() {
            c.root_shape.set(self.get(root));
            c.size_hint.set_immediate(count_word(hint));
        }
        Ok(self.end_scope_with(scope, class))
    }

    /// How many attributes `__init__` stores in its first argument.
    fn guess_size(&self, dict: Local) -> usize {
        let init = self.dict_get_name(self.get(dict), Value::qstr(qstr!("__init__")));
        init.map_or(0, |f| crate::protocol::call::function::stores_on_self(self, f)).min(MAX_HINT)
    }

    /// Looks an attribute up in a Python class and its Python bases, without binding it.
    pub(crate) fn class_lookup<'h>(&'h self, class: Value<'h>, name: Qstr) -> Option<Value<'h>> {
        let class = class.cast::<ClassObj>()?;
        self.mro_lookup(class.mro_items(), name)
    }

    #[inline(always)]
    pub(crate) fn mro_lookup<'h>(&'h self, mro: &'h [Slot], name: Qstr) -> Option<Value<'h>> {
        let name = Value::qstr(name);
        let mut looked = 0;
        let found = mro.iter().find_map(|c| {
            looked += 1;
            let class = c.get().cast::<ClassObj>()?;
            self.dict_get_name(class.dict.get(), name)
        });
        if looked > FREE_CLASSES {
            self.charge_later(looked);
        }
        found
    }

    /// The special method `name` of an object's Python class, or of its type if it has Rust data, unbound;
    /// `None` for objects of other native types and for methods that only such a native base has.
    pub(crate) fn special(&self, object: Local, name: Qstr) -> Option<Local> {
        let found = self.special_of(self.get(object), name)?;
        Some(self.push_here(found))
    }

    /// The same without a local.
    pub(crate) fn special_of<'h>(&'h self, value: Value<'h>, name: Qstr) -> Option<Value<'h>> {
        match value.cast::<Instance>() {
            Some(instance) => match self.class_lookup(instance.class(), name) {
                Some(found) => Some(found),
                None => self.data_special(self.native_part_of(value)?, name),
            },
            None => self.data_special(value, name),
        }
    }

    /// The special method `name` of an object with Rust data.
    fn data_special<'h>(&'h self, value: Value<'h>, name: Qstr) -> Option<Value<'h>> {
        let ty = value.cast::<DataObj>()?.class.get().as_native_type()?;
        match ty.find(self, name)? {
            Attribute::Function(f) => Some(Value::from_ref(f)),
            Attribute::Constant(_) => None,
        }
    }

    // --- shapes ----------------------------------------------------------------------------

    fn new_shape(&mut self, class: Local, parent: Local, name: Local, len: usize) -> Res {
        self.new_slots(Kind::Shape, len, &[class, parent, name, Local::NULL])
    }

    /// The shape with one attribute more.
    fn shape_with(&mut self, shape: Local, name: Local) -> Res {
        if let Some(s) = self.get(shape).cast::<Shape>() {
            let children = s.children.get();
            let is =
                |v: Value<'_>| v.cast::<Shape>().is_some_and(|c| c.name.get().is(self.get(name)));
            let found = if children.is_kind(Kind::Shape) {
                Some(children).filter(|c| is(*c))
            } else {
                let children = children.cast::<Storage>().map_or(&[][..], Storage::slots);
                self.charge_later(children.len() / 8);
                children.iter().map(Slot::get).find(|c| is(*c))
            };
            if let Some(found) = found {
                return Ok(self.push(found));
            }
        }
        let len = self.get(shape).cast::<Shape>().map_or(0, Shape::len);
        let class = match self.get(shape).cast::<Shape>() {
            Some(s) => self.push(s.class.get()),
            None => Local::NULL,
        };
        let new = self.new_shape(class, shape, name, len + 1)?;
        let children = match self.get(shape).cast::<Shape>() {
            Some(s) => self.push(s.children.get()),
            None => Local::NULL,
        };
        if self.get(children).is_null() {
            if let Some(s) = self.get(shape).cast::<Shape>() {
                s.children.set(self.get(new));
            }
        } else {
            self.add_child_shape(shape, children, new)?;
        }
        Ok(new)
    }

    fn add_child_shape(&mut self, shape: Local, children: Local, new: Local) -> Result<(), Raised> {
        let free = self
            .get(children)
            .cast::<Storage>()
            .and_then(|l| l.slots().iter().position(|s| s.get().is_null()));
        if let Some(i) = free {
            if let Some(slot) = self.get(children).cast::<Storage>().and_then(|l| l.slots().get(i))
            {
                slot.set(self.get(new));
            }
            return Ok(());
        }
        let n = self.get(children).cast::<Storage>().map_or(0, |l| l.slots().len());
        let list = self.new_storage((n * 2).max(3))?;
        if let Some(to) = self.get(list).cast::<Storage>() {
            let mut at = 0;
            let old = self.get(children);
            match old.cast::<Storage>() {
                Some(from) => {
                    for (t, f) in to.slots().iter().zip(from.slots()) {
                        t.set(f.get());
                    }
                    at = n;
                }
                None => {
                    if let Some(first) = to.slots().first() {
                        first.set(old);
                        at = 1;
                    }
                }
            }
            if let Some(slot) = to.slots().get(at) {
                slot.set(self.get(new));
            }
        }
        if let Some(s) = self.get(shape).cast::<Shape>() {
            s.children.set(self.get(list));
        }
        Ok(())
    }

    /// The number of an attribute in a shape.
    pub(crate) fn find_in_shape(&self, shape: &Shape, name: Value<'_>) -> Option<usize> {
        let found = shape_find(shape, name);
        let looked = shape.len() - found.unwrap_or(0);
        if looked > FREE_ATTRIBUTES {
            self.charge_later(looked / 4);
        }
        found
    }

    // --- instances -------------------------------------------------------------------------

    /// Makes an instance of a Python class, without attributes; a native part is not made yet.
    pub(crate) fn new_instance(&mut self, class: Local) -> Res {
        let (shape, hint) = match self.get(class).cast::<ClassObj>() {
            Some(c) => (
                self.push(c.root_shape.get()),
                c.size_hint.get().as_small_int().unwrap_or(0) as usize,
            ),
            None => return Err(self.type_error("not a class")),
        };
        let block = snakelet_gc::BLOCK / size_of::<crate::object::value::Word>();
        let words = words_of::<Instance>(hint).next_multiple_of(block);
        let new = self.allocate(Kind::Instance, words - words_of::<Instance>(0), words)?;
        new.set_word(1, self.get(shape).word());
        self.set(shape, self.get(new.local));
        Ok(self.keep_only(shape))
    }

    /// Stores the built-in part of an instance whose class derives from a native type.
    pub(crate) fn set_native_part(&mut self, instance: Local, part: Local) {
        if let Some(i) = self.get(instance).cast::<Instance>()
            && let Some(slot) = i.store().slots().first()
        {
            slot.set(self.get(part));
        }
    }

    /// Stores an attribute in the instance itself.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn instance_set(
        &mut self,
        instance: Local,
        name: Qstr,
        value: Local,
    ) -> Result<(), Raised> {
        let Some(i) = self.get(instance).cast::<Instance>() else { return Ok(()) };
        let Some(shape) = i.shape() else { return Ok(()) };
        if let Some(at) = self.find_in_shape(shape, Value::qstr(name)) {
            if let Some(slot) = i.store().slots().get(at) {
                slot.set(self.get(value));
            }
            return Ok(());
        }
        let scope = self.scope();
        let old = self.push(Value::from_ref(shape));
        let name = self.push(Value::qstr(name));
        let new = self.shape_with(old, name)?;
        let at = self.get(old).cast::<Shape>().map_or(0, Shape::len);
        let room = self.get(instance).cast::<Instance>().map_or(0, |i| i.store().slots().len());
        if at >= room {
            self.grow_instance(instance, (at + at / 2).max(at + 2))?;
        }
        if let Some(i) = self.get(instance).cast::<Instance>() {
            let store = i.store();
            if let Some(slot) = store.slots().get(at) {
                slot.set(self.get(value));
                store.shape.set(self.get(new));
            }
            if let Some(class) = i.class().cast::<ClassObj>() {
                let hint = class.size_hint.get().as_small_int().unwrap_or(0) as usize;
                class.size_hint.set_immediate(count_word(hint.max((at + 1).min(MAX_HINT))));
            }
        }
        self.end_scope(scope);
        Ok(())
    }

    /// Moves shape and attributes to an overflow object of `capacity` places.
    fn grow_instance(&mut self, instance: Local, capacity: usize) -> Result<(), Raised> {
        let rest =
            self.allocate(Kind::InstanceRest, capacity, words_of::<Instance>(capacity))?.local;
        if let (Some(i), Some(new)) =
            (self.get(instance).cast::<Instance>(), self.get(rest).cast::<Instance>())
        {
            let old = i.store();
            for (to, from) in new.slots().iter().zip(old.slots()) {
                to.set(from.get());
            }
            new.shape.set(old.shape.get());
            i.shape.set(self.get(rest));
        }
        Ok(())
    }

    /// Deletes an attribute of the instance itself; false if there is none.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn instance_delete(&mut self, instance: Local, name: Qstr) -> Result<bool, Raised> {
        let Some(i) = self.get(instance).cast::<Instance>() else { return Ok(false) };
        let Some(at) = i.shape().and_then(|s| self.find_in_shape(s, Value::qstr(name))) else {
            return Ok(false);
        };
        let scope = self.scope();
        // the names behind the deleted one, in order, are added anew to the shape before it
        let names = self.new_list_empty()?;
        let mut shape = match self.get(instance).cast::<Instance>().and_then(Instance::shape) {
            Some(s) => self.push(Value::from_ref(s)),
            None => Local::NULL,
        };
        while let Some(s) = self.get(shape).cast::<Shape>() {
            let done = s.len() == at + 1;
            let name = self.push(s.name.get());
            shape = self.push(match self.get(shape).cast::<Shape>() {
                Some(s) => s.parent.get(),
                None => Value::NULL,
            });
            if done {
                break;
            }
            self.list_append(names, name)?;
            self.charge(1)?;
        }
        let n = self.list_len(names);
        for i in (0..n).rev() {
            let name = self.push(self.list_item(names, i));
            shape = self.shape_with(shape, name)?;
            self.charge(1)?;
        }
        if let Some(i) = self.get(instance).cast::<Instance>() {
            let store = i.store();
            let slots = store.slots();
            let len = at + 1 + n;
            for k in at..len {
                let next = slots.get(k + 1).filter(|_| k + 1 < len);
                if let Some(slot) = slots.get(k) {
                    slot.set(next.map_or(Value::NULL, Slot::get));
                }
            }
            store.shape.set(self.get(shape));
        }
        self.end_scope(scope);
        Ok(true)
    }

    /// Makes a dict of an instance's attributes.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn instance_dict(&mut self, instance: Local) -> Res {
        let dict = self.new_dict(0)?;
        let n =
            self.get(instance).cast::<Instance>().and_then(Instance::shape).map_or(0, Shape::len);
        for at in 0..n {
            // the chain of names is followed from its end
            self.charge(1 + (n - at) as u32 / 4)?;
            let scope = self.scope();
            let found = self.get(instance).cast::<Instance>().and_then(|i| {
                let mut shape = i.shape()?;
                while shape.len() > at + 1 {
                    shape = shape.parent.get().cast::<Shape>()?;
                }
                let name = shape.name.get().as_qstr()?;
                let value = i.store().slots().get(at)?.get();
                Some((name, self.push(value)))
            });
            if let Some((name, value)) = found {
                self.dict_set_name(dict, name, value)?;
            }
            self.end_scope(scope);
        }
        Ok(dict)
    }
}

/// The number of an attribute in a shape.
#[inline(always)]
fn shape_find(shape: &Shape, name: Value<'_>) -> Option<usize> {
    let mut shape = shape;
    loop {
        if shape.name.get().is(name) {
            return Some(shape.len() - 1);
        }
        shape = shape.parent.get().cast::<Shape>()?;
    }
}

/// `hash()` of an instance: by `__hash__`, by the native part, or by identity.
pub(crate) fn hash_instance(vm: &mut Vm, object: Local) -> Result<SWord, Raised> {
    let scope = vm.scope();
    if let Some(method) = vm.special(object, qstr!("__hash__")) {
        if !vm.get(method).is_none() {
            let result = vm.call_with(method, &[object])?;
            let value = vm.get(result);
            let is_int = value.as_small_int().is_some()
                || value.as_bool().is_some()
                || value.is_kind(Kind::BigInt);
            if !is_int {
                return Err(vm.type_error("__hash__ method should return an integer"));
            }
            let hash = vm.hash(result)?;
            vm.end_scope(scope);
            return Ok(hash);
        }
    } else if vm.special(object, qstr!("__eq__")).is_none() {
        let part = vm.native_part(object);
        let hash = if part == object || vm.get(part).is_kind(Kind::Exception) {
            vm.identity_hash(object)
        } else {
            vm.hash(part)
        };
        vm.end_scope(scope);
        return hash;
    }
    vm.end_scope(scope);
    Err(vm.raise_parts(
        &classes::TYPE_ERROR,
        &[Part::Text("unsupported type for __hash__: '"), Part::TypeOf(object), Part::Text("'")],
    ))
}
