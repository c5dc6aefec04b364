//! The quotient of two ints as a float, correctly rounded.

use snakelet_num::bigint;

use super::arith::{IntOp, operand, word};
use crate::vm::stack::Local;
use crate::{Res, Vm};

/// Bits that a float holds.
const MANTISSA: i64 = 53;
/// The exponent of the smallest float.
const MIN_EXPONENT: i64 = -1074;

/// `left / right`.
pub(super) fn true_divide(vm: &mut Vm, left: Local, right: Local) -> Res {
    let exact = |i: isize| i.unsigned_abs() as u64 <= 1 << MANTISSA;
    if let (Some(a), Some(b)) = (word(vm.get(left)), word(vm.get(right)))
        && exact(a)
        && exact(b)
    {
        return if b == 0 { Err(vm.zero_division()) } else { vm.new_float(a as f64 / b as f64) };
    }
    let (a, b) = (operand(vm, left), operand(vm, right));
    let (a, b) = (a.int(), b.int());
    if b.is_zero() {
        return Err(vm.zero_division());
    }
    let negative = a.is_negative() != b.is_negative();
    // The quotient of integers gets 62 or 63 bits; what is left over is a bit below them.
    let shift = b.bit_length() as i64 - a.bit_length() as i64 + 62;
    let scope = vm.scope();
    let by = IntOp::Lshift(usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX));
    let (dividend, divisor) = if shift >= 0 {
        (vm.int_op(by, left, left)?, right)
    } else {
        (left, vm.int_op(by, right, right)?)
    };
    let dividend = vm.int_abs(dividend)?;
    let divisor = vm.int_abs(divisor)?;
    let quotient = vm.int_op(IntOp::FloorDivide, dividend, divisor)?;
    let rest = vm.int_op(IntOp::Modulo, dividend, divisor)?;
    let sticky = word(vm.get(rest)) != Some(0);
    let quotient = bigint::to_u64_wrapping(operand(vm, quotient).int());
    vm.end_scope(scope);
    let value = scale(quotient, sticky, -shift);
    vm.new_float(if negative { -value } else { value })
}

/// Rounds `mantissa * 2**exponent`, or what is a little more if `sticky`.
fn scale(mantissa: u64, sticky: bool, exponent: i64) -> f64 {
    let bits = i64::from(u64::BITS - mantissa.leading_zeros());
    let unit = (bits + exponent - MANTISSA).max(MIN_EXPONENT);
    let drop = unit - exponent;
    if drop > bits {
        return 0.0;
    }
    let drop = drop.max(0);
    let kept = mantissa.checked_shr(drop as u32).unwrap_or(0);
    let rest = mantissa - kept.checked_shl(drop as u32).unwrap_or(0);
    let half = if drop == 0 { 0 } else { 1u64 << (drop - 1) };
    let up = drop > 0 && (rest > half || rest == half && (sticky || kept & 1 != 0));
    let kept = kept + u64::from(up);
    let exponent = exponent + drop;
    if exponent > 1023 {
        return if kept == 0 { 0.0 } else { f64::INFINITY };
    }
    // Both factors are exact, and so is their product.
    libm::ldexp(kept as f64, exponent as i32)
}
