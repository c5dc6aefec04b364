//! Without `complex`: no value is a complex number.

use crate::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use crate::native::BinaryOp;
use crate::native::leaf::{Leaf, Leave, Obj};
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

pub(crate) use crate::protocol::object::OBJECT as COMPLEX;

/// Real and imaginary part of a complex number.
pub type Parts = (f64, f64);

/// The parts of a value that is a complex number.
#[inline(always)]
pub(crate) fn parts(_value: Value<'_>) -> Option<Parts> {
    None
}

/// The sum, difference or product of two complex numbers.
#[inline(always)]
pub(crate) fn simple(_op: BinaryOp, left: Parts, _right: Parts) -> Parts {
    left
}

/// The operators on two complex numbers, of which a power of floats may be one.
#[inline(always)]
pub(crate) fn binary<'h>(
    cx: Leaf<'h>,
    _op: BinaryOp,
    _left: Parts,
    _right: Parts,
) -> Result<Option<Obj<'h>>, Leave> {
    supported(cx).map(|()| None)
}

/// Whether such objects can be made: none can.
#[inline(always)]
pub(crate) fn supported(cx: Leaf<'_>) -> Result<(), Leave> {
    Err(cx.raise(&VALUE_ERROR, "complex values not supported"))
}

impl Vm {
    /// The complex number that an object is: none is one.
    #[inline(always)]
    pub(crate) fn complex_of(&mut self, object: Local) -> Result<Parts, Raised> {
        Err(self.raise_about(&TYPE_ERROR, "can't convert %t to complex", &[object]))
    }
}
