//! The built-in types, a file each, and which type a value has.
//!
//! In the place of a type that a feature leaves out there is a file of the same name in `absent`: it says that no
//! value is of that type, so that what could only happen to one is left out of the program as well.

#[cfg(feature = "bytearray")]
pub mod array;
#[cfg(not(feature = "bytearray"))]
#[path = "absent/array.rs"]
pub mod array;
pub mod attrtuple;
pub mod bool;
pub mod bytes;
pub mod class;
#[cfg(feature = "complex")]
pub mod complex;
#[cfg(not(feature = "complex"))]
#[path = "absent/complex.rs"]
pub mod complex;
#[cfg(feature = "deque")]
pub mod deque;
#[cfg(not(feature = "deque"))]
#[path = "absent/deque.rs"]
pub mod deque;
pub mod dict;
#[cfg(feature = "float")]
pub mod float;
#[cfg(not(feature = "float"))]
#[path = "absent/float.rs"]
pub mod float;
pub mod function;
pub mod int;
pub mod iter;
pub(crate) mod iterate;
pub mod list;
#[cfg(feature = "bytearray")]
pub mod memoryview;
#[cfg(not(feature = "bytearray"))]
#[path = "absent/memoryview.rs"]
pub mod memoryview;
pub mod module;
#[cfg(feature = "namedtuple")]
pub mod namedtuple;
#[cfg(not(feature = "namedtuple"))]
#[path = "absent/namedtuple.rs"]
pub mod namedtuple;
pub(crate) mod number;
pub mod property;
pub mod range;
pub(crate) mod sequence;
pub mod set;
pub mod singleton;
pub mod slice;
pub(crate) mod sort;
pub mod str;
pub(crate) mod table;
pub mod tuple;

#[cfg(feature = "bytearray")]
pub use array::ARRAY;
pub use attrtuple::ATTR_TUPLE;
#[cfg(feature = "deque")]
pub use deque::DEQUE;
pub use dict::ORDERED_DICT;
#[cfg(feature = "namedtuple")]
pub use namedtuple::NAMEDTUPLE;
use snakelet_qstr::Qstr;

use crate::exception::classes;
use crate::native::{Name, NativeType};
use crate::object::value::{Value, raw};
use crate::object::{ClassObj, DataObj, ExceptionObj, Instance, Kind, NativeObj, TupleObj};
use crate::protocol::object;
use crate::vm::stack::Local;
use crate::{Vm, native};

impl Vm {
    /// The native type whose behaviour a value has: its own, or, for an instance of a Python
    /// class, the native type that the class derives from.
    #[inline]
    pub fn native_type_of(&self, value: Value<'_>) -> &'static NativeType {
        let word = value.word();
        if raw::is_int(word) {
            return &int::INT;
        }
        if raw::is_qstr(word) {
            return &str::STR;
        }
        if raw::is_float_word(word) {
            return &float::FLOAT;
        }
        match value.ref_kind() {
            None => singleton::type_of_immediate(value),
            Some(Kind::Exception) => value
                .cast::<ExceptionObj>()
                .and_then(|e| e.class.get().as_native_type())
                .unwrap_or(&classes::BASE_EXCEPTION),
            Some(Kind::Native) => value
                .cast::<NativeObj>()
                .and_then(|o| o.class.get().as_native_type())
                .unwrap_or(&object::OBJECT),
            Some(Kind::Data) => value
                .cast::<DataObj>()
                .and_then(|o| o.class.get().as_native_type())
                .unwrap_or(&object::OBJECT),
            Some(Kind::Instance) => value
                .cast::<Instance>()
                .and_then(|i| i.class().cast::<ClassObj>())
                .and_then(|c| c.native_base.get().as_native_type())
                .unwrap_or(&object::OBJECT),
            Some(kind) => Self::type_of_kind(kind),
        }
    }

    /// What `type()` gives.
    pub fn type_of<'h>(&'h self, value: Value<'h>) -> Value<'h> {
        match value.ref_kind() {
            Some(Kind::Instance) => value.cast::<Instance>().map_or(Value::NULL, Instance::class),
            Some(Kind::NamedTuple) => {
                let class = value.cast::<TupleObj>().and_then(TupleObj::class);
                class.map_or(Value::NULL, crate::object::Slot::get)
            }
            _ => Value::from_ref(self.native_type_of(value)),
        }
    }

    /// The name of a type, native or not.
    pub fn type_name(&self, class: Value<'_>) -> Name {
        if let Some(ty) = class.as_native_type() {
            return ty.name;
        }
        let name = class.cast::<ClassObj>().and_then(|c| c.name.get().as_qstr());
        Name::of_qstr(name.unwrap_or(Qstr::EMPTY))
    }

    /// The name of an object's type.
    pub fn type_name_of(&self, object: Local) -> Name {
        self.type_name(self.type_of(self.get(object)))
    }

    /// Whether `class` is `parent` or derives from it.
    pub fn is_subclass(&self, class: Value<'_>, parent: Value<'_>) -> bool {
        if class.is(parent) || parent.is(Value::from_ref(&object::OBJECT)) {
            return true;
        }
        if let Some(c) = class.cast::<ClassObj>() {
            let mro = c.mro_items();
            let found = mro.iter().position(|s| s.get().is(parent));
            self.charge_later(found.unwrap_or(mro.len()) / 16);
            if found.is_some() {
                return true;
            }
            return match (c.native_base.get().as_native_type(), parent.as_native_type()) {
                (Some(base), Some(p)) => base.is_subtype(p),
                _ => false,
            };
        }
        match (class.as_native_type(), parent.as_native_type()) {
            (Some(c), Some(p)) => c.is_subtype(p),
            _ => false,
        }
    }

    /// Whether a value is an instance of a native type or of a class derived from it.
    pub fn is_instance_of(&self, value: Value<'_>, class: &'static native::NativeType) -> bool {
        self.is_subclass(self.type_of(value), Value::from_ref(class))
    }

    /// Whether a value is an exception of a class.
    pub(crate) fn is_exception_of(
        &self,
        value: Value<'_>,
        class: &'static native::NativeType,
    ) -> bool {
        self.native_type_of(value).is_subtype(class)
    }

    /// The built-in part of an instance of a Python class that derives from a native type; any
    /// other object itself.
    pub fn native_part(&self, object: Local) -> Local {
        if self.get(object).is_kind(Kind::Instance) { self.instance_part(object) } else { object }
    }

    #[inline(never)]
    fn instance_part(&self, object: Local) -> Local {
        match self.native_part_of(self.get(object)) {
            Some(part) => self.push_here(part),
            None => object,
        }
    }

    /// The built-in part of an instance, if it has one.
    pub(crate) fn native_part_of<'h>(&'h self, value: Value<'h>) -> Option<Value<'h>> {
        let instance = value.cast::<Instance>()?;
        let class = instance.class().cast::<ClassObj>()?;
        if class.native_base.get().is_null() {
            return None;
        }
        instance.store().slots().first().map(crate::object::Slot::get).filter(|v| !v.is_null())
    }
}
