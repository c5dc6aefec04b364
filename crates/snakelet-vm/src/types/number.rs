//! What the types of numbers share: operators on numbers of different types.

use core::cmp::Ordering;

use snakelet_num::bigint;

use crate::Vm;
use crate::native::BinaryOp;
use crate::native::leaf::{Leaf, Leave, Obj};
use crate::object::value::{Value, raw};
use crate::types::complex::{self, Parts};
use crate::types::float;
use crate::types::int::arith::{int_ref, ordered, to_f64};

/// The float that a value is, or that is next to an int.
#[inline(never)]
pub(crate) fn real(value: Value<'_>) -> Option<f64> {
    if !raw::HAS_FLOATS {
        return None;
    }
    match (value.as_float(), value.as_small_int()) {
        (Some(f), _) => Some(f),
        (None, Some(i)) => Some(i as f64),
        _ => int_ref(value).map(|int| to_f64(int.int())),
    }
}

/// Whether a value is an int, a bool or a float.
pub(crate) fn is_real(value: Value<'_>) -> bool {
    value.as_float().is_some() || int_ref(value).is_some()
}

/// The parts of a value that is a number of any type.
pub(crate) fn parts(value: Value<'_>) -> Option<Parts> {
    match complex::parts(value) {
        Some(parts) => Some(parts),
        None => real(value).map(|f| (f, 0.0)),
    }
}

impl<'h> Leaf<'h> {
    /// The float that argument `i` is, or that is next to it if it is an int; asked for if it is
    /// something else.
    ///
    /// # Errors
    /// Asks for a float in its place.
    pub fn real(self, object: Obj<'h>, i: usize) -> Result<f64, Leave> {
        real(object.value()).ok_or_else(|| self.number(i))
    }
    /// The same as a complex number.
    ///
    /// # Errors
    /// Asks for a complex number in its place.
    pub fn complex_parts(self, object: Obj<'h>, i: usize) -> Result<Parts, Leave> {
        parts(object.value()).ok_or_else(|| self.complex_number(i))
    }
}

/// The operators on two numbers of which one is no int.
pub(crate) fn binary<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    let op = crate::protocol::plain(op);
    let (l, r) = (left.value(), right.value());
    let (a, b) = match (complex::parts(l), complex::parts(r)) {
        (Some(a), Some(b)) => return complex::binary(cx, op, a, b),
        (None, None) => match (real(l), real(r)) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(None),
        },
        _ => {
            return match (parts(l), parts(r)) {
                (Some(a), Some(b)) => complex::binary(cx, op, a, b),
                _ => Ok(None),
            };
        }
    };
    if Vm::compare_result(op, Ordering::Equal).is_some() {
        // an int may lie between two floats
        let order = match (int_ref(l), int_ref(r)) {
            (Some(int), _) => bigint::cmp_f64(int.int(), b),
            (_, Some(int)) => bigint::cmp_f64(int.int(), a).map(Ordering::reverse),
            _ => a.partial_cmp(&b),
        };
        return Ok(Some(Obj::bool(ordered(op, order))));
    }
    float::binary(cx, op, a, b)
}
