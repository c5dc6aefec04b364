//! The quotient of two ints as a float, correctly rounded.

use snakelet_num::bigint::{self, Int, Small};

use super::arith::{IntOp, int_ref};
use crate::native::leaf::{Answer, Leaf};

/// Bits that a float holds.
const MANTISSA: usize = 53;
/// Two more binary places than the smallest float has.
const MOST_PLACES: i64 = 1074 + 2;

/// The quotient of two ints.
pub(super) fn true_divide<'h>(cx: Leaf<'h>, a: Int<'_>, b: Int<'_>) -> Answer<'h> {
    if b.is_zero() {
        return Err(cx.zero_division());
    }
    // without larger ints what lies between would not fit: rounded twice
    let exact = |int: Int<'_>| cfg!(not(feature = "bigint")) || int.bit_length() <= MANTISSA;
    if exact(a) && exact(b) {
        return cx.float(super::arith::to_f64(a) / super::arith::to_f64(b));
    }
    let negative = a.is_negative() != b.is_negative();
    // The quotient of integers gets 62 or 63 bits, or two more than the float next to it has. What is left
    // over sets the lowest one, so that it is rounded once.
    let shift = (b.bit_length() as i64 - a.bit_length() as i64 + 62).min(MOST_PLACES);
    let by = IntOp::Lshift(usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX));
    let (a, b) = (a.absolute(), b.absolute());
    let moved = if shift >= 0 { a } else { b };
    let moved = cx.int_op(by, moved, moved)?;
    let zero = Small::from(0isize);
    let moved = int_ref(moved.value());
    let moved = moved.as_ref().map_or(zero.int(), |moved| moved.int());
    let (a, b) = if shift >= 0 { (moved, b) } else { (a, moved) };
    let quotient = cx.int_op(IntOp::FloorDivide, a, b)?;
    let rest = cx.int_op(IntOp::Modulo, a, b)?;
    let sticky = u64::from(rest.as_small_int() != Some(0));
    let quotient = int_ref(quotient.value()).map_or(0, |q| bigint::to_u64_wrapping(q.int()));
    let (mut mantissa, mut exponent) = (quotient | sticky, -shift);
    if shift == MOST_PLACES && mantissa < 1 << (MANTISSA + 1) {
        // a float of less than full precision: to the nearest one, the even one of two
        mantissa = (mantissa + 1 + (mantissa >> 2 & 1)) >> 2;
        exponent += 2;
    }
    // beyond this any float is infinite
    let value = libm::ldexp(mantissa as f64, exponent.min(2000) as i32);
    cx.float(if negative { -value } else { value })
}
