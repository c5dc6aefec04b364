//! Classes, instances, exceptions and descriptors.

use super::{Header, Slot, trailing};
use crate::object::value::Value;

/// A class. Aux holds `ClassFlags`.
#[repr(C)]
pub(crate) struct ClassObj {
    pub(crate) header: Header,
    /// Interned name.
    pub(crate) name: Slot,
    /// Tuple of the direct bases.
    pub(crate) bases: Slot,
    /// Tuple: the method resolution order, this class first, `object` last.
    pub(crate) mro: Slot,
    /// Dict of the attributes.
    pub(crate) dict: Slot,
    /// `Shape` of instances without attributes.
    pub(crate) root_shape: Slot,
    /// Small int: number of attribute places a new instance gets.
    pub(crate) size_hint: Slot,
    /// The native type whose behaviour instances inherit, or null.
    pub(crate) native_base: Slot,
}

/// The attribute names of a set of instances: the last name, linked to the shape without it.
/// Aux is the number of attributes.
#[repr(C)]
pub(crate) struct Shape {
    pub(crate) header: Header,
    /// The class of the instances.
    pub(crate) class: Slot,
    /// The shape with one attribute less, null for the root.
    pub(crate) parent: Slot,
    /// The name of the last attribute, null for the root.
    pub(crate) name: Slot,
    /// Shapes with one attribute more: null, one shape, or a `Storage` of them.
    pub(crate) children: Slot,
}

impl Shape {
    /// The number of attributes.
    pub(crate) fn len(&self) -> usize {
        self.header.aux()
    }
}

/// An instance; aux is the number of attribute places it was allocated with. If `shape` refers
/// to an `InstanceRest`, that holds shape and attributes.
#[repr(C)]
pub(crate) struct Instance {
    pub(crate) header: Header,
    /// A `Shape`, or an `InstanceRest`.
    pub(crate) shape: Slot,
}

impl Instance {
    /// The object that holds the attributes: this one, or its overflow.
    #[inline(always)]
    pub(crate) fn store(&self) -> &Instance {
        match self.shape.get().cast::<Instance>() {
            Some(rest) => rest,
            None => self,
        }
    }
    /// The shape, wherever it is kept.
    #[inline(always)]
    pub(crate) fn shape(&self) -> Option<&Shape> {
        self.store().shape.get().cast::<Shape>()
    }
    /// The attribute places of this object itself.
    #[inline(always)]
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// The class.
    #[inline(always)]
    pub(crate) fn class(&self) -> Value<'_> {
        self.shape().map_or(Value::NULL, |s| s.class.get())
    }
}

/// An exception, or the built-in part of one of a Python class. Aux bit 0: the context is not
/// to be shown.
#[repr(C)]
pub(crate) struct ExceptionObj {
    pub(crate) header: Header,
    /// Its native type.
    pub(crate) class: Slot,
    /// Tuple of the arguments.
    pub(crate) args: Slot,
    /// Null, or a list: file, line, function, file, line, ... innermost first.
    pub(crate) traceback: Slot,
    /// What `raise .. from` gave, or null.
    pub(crate) cause: Slot,
    /// The exception that was handled when this one was raised, or null.
    pub(crate) context: Slot,
    /// Null, or a dict of the attributes that were set of it.
    #[cfg(feature = "cpython")]
    pub(crate) attributes: Slot,
}

/// `property`.
#[repr(C)]
pub(crate) struct PropertyObj {
    pub(crate) header: Header,
    /// Getter or `None`.
    pub(crate) get: Slot,
    /// Setter or `None`.
    pub(crate) set: Slot,
    /// Deleter or `None`.
    pub(crate) delete: Slot,
}

/// `staticmethod` and `classmethod`.
#[repr(C)]
pub(crate) struct Wrapper {
    pub(crate) header: Header,
    /// The function inside.
    pub(crate) function: Slot,
}

/// `super`.
#[repr(C)]
pub(crate) struct SuperObj {
    pub(crate) header: Header,
    /// The class whose successors are searched.
    pub(crate) class: Slot,
    /// The receiver.
    pub(crate) receiver: Slot,
}
