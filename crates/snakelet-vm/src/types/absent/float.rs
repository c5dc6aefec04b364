//! Without `float`: no value is a float.

use crate::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use crate::native::BinaryOp;
use crate::native::leaf::{Leaf, Leave, Obj};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

pub(crate) use crate::protocol::object::OBJECT as FLOAT;

/// The operators on two floats, of which a power of ints may be one.
#[inline(always)]
pub(crate) fn binary<'h>(
    cx: Leaf<'h>,
    _op: BinaryOp,
    _a: f64,
    _b: f64,
) -> Result<Option<Obj<'h>>, Leave> {
    supported(cx).map(|()| None)
}

/// Whether such objects can be made: none can.
#[inline(always)]
pub(crate) fn supported(cx: Leaf<'_>) -> Result<(), Leave> {
    Err(cx.raise(&VALUE_ERROR, "floats not supported"))
}

/// Quotient and remainder of two floats, of which there are none.
#[inline(always)]
pub(crate) fn floor_divmod(_a: f64, _b: f64) -> (f64, f64) {
    (0.0, 0.0)
}

impl Vm {
    /// The float that an object is: none is one.
    #[inline(always)]
    pub fn float_of(&mut self, object: Local) -> Result<f64, Raised> {
        Err(self.raise_about(&TYPE_ERROR, "can't convert %t to float", &[object]))
    }
}
