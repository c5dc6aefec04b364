//! Objects of native types without a layout of their own, and host functions.

use super::{Header, Slot, trailing};
use crate::object::value::Value;

/// An object of a native type; aux is the number of slots.
#[repr(C)]
pub(crate) struct NativeObj {
    pub(crate) header: Header,
    /// A static `NativeType`.
    pub(crate) class: Slot,
}

impl NativeObj {
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// The value in slot `i`; null if there are fewer slots.
    pub(crate) fn get(&self, i: usize) -> Value<'_> {
        self.slots().get(i).map_or(Value::NULL, Slot::get)
    }
    /// Stores a value in slot `i`.
    pub(crate) fn set(&self, i: usize, value: Value<'_>) {
        if let Some(slot) = self.slots().get(i) {
            slot.set(value);
        }
    }
}

/// An object of a native type with Rust data; aux is the number of values, behind which the data lies:
/// see [`crate::native::data`].
#[repr(C)]
pub(crate) struct DataObj {
    pub(crate) header: Header,
    /// A static `NativeType`.
    pub(crate) class: Slot,
}

impl DataObj {
    /// The values.
    pub(crate) fn values(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
}

/// A function that the host added.
#[repr(C)]
pub(crate) struct HostFnObj {
    pub(crate) header: Header,
    /// Interned name.
    pub(crate) name: Slot,
    /// Small int: number in the host's table. `None`: the host answers between two steps of a run.
    pub(crate) index: Slot,
}
