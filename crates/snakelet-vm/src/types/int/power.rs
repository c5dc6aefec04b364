//! Powers of ints.

use snakelet_num::bigint::{self, Error, Int};

use super::arith::{IntOp, operand, to_f64, word};
use crate::exception::classes::TYPE_ERROR;
use crate::native::BinaryOp;
use crate::native::leaf::{Answer, Leaf};
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// `base ** exponent`.
pub(crate) fn power<'h>(cx: Leaf<'h>, base: Int<'_>, exponent: Int<'_>) -> Answer<'h> {
    if exponent.is_negative() {
        let power =
            crate::types::float::binary(cx, BinaryOp::Power, to_f64(base), to_f64(exponent))?;
        return power.map_or_else(|| cx.float(0.0), Ok);
    }
    // These stay small however large the exponent is.
    if base.bit_length() <= 1 && !exponent.is_zero() {
        let odd = bigint::to_u64_wrapping(exponent) & 1 != 0;
        let minus = base.is_negative() && odd;
        let result = if base.is_zero() { 0 } else { 1 };
        return cx.wide(if minus { -result } else { result });
    }
    let exponent = bigint::to_i64(exponent).and_then(|e| u32::try_from(e).ok());
    let need = exponent.and_then(|exponent| bigint::pow_len(base, exponent));
    let (Some(exponent), Some(need)) = (exponent, need) else {
        return Err(cx.int_error(Error::Space));
    };
    cx.int_by(need.saturating_mul(2), |limbs| {
        let (output, scratch) = limbs.split_at_mut_checked(need).ok_or(Error::Space)?;
        bigint::pow(output, scratch, base, exponent, &mut |n| cx.vm().spend(n))
    })
}

/// `pow(base, exponent, modulus)`.
pub(crate) fn power_modulo(vm: &mut Vm, base: Local, exponent: Local, modulus: Local) -> Res {
    for local in [base, exponent, modulus] {
        if super::arith::int_ref(vm.get(local)).is_none() {
            return Err(vm.raise_text(&TYPE_ERROR, "pow() with 3 arguments requires integers"));
        }
    }
    if operand(vm, modulus).int().is_zero() {
        return Err(vm.value_error("divide by zero"));
    }
    let (mut base, mut exponent) = (base, exponent);
    if operand(vm, exponent).int().is_negative() {
        base = inverse(vm, base, modulus)?;
        exponent = vm.int_abs(exponent)?;
    }
    vm.leaf_local(|cx| {
        let (base, exponent) = (operand(cx.vm(), base), operand(cx.vm(), exponent));
        let modulus = operand(cx.vm(), modulus);
        let (base, exponent, modulus) = (base.int(), exponent.int(), modulus.int());
        let (output, scratch) = bigint::pow_mod_len(base, modulus);
        cx.int_by(output.saturating_add(scratch), |limbs| {
            let (output, scratch) = limbs.split_at_mut_checked(output).ok_or(Error::Space)?;
            let poll = &mut |n| cx.vm().spend(n);
            bigint::pow_mod(output, scratch, base, exponent, modulus, poll)
        })
    })
}

/// The number that gives 1 when multiplied by `base` modulo `modulus`, by Euclid's algorithm.
fn inverse(vm: &mut Vm, base: Local, modulus: Local) -> Res {
    let rest = vm.int_abs(modulus)?;
    let rest = vm.push_copy(rest);
    let next = vm.int_op(IntOp::Modulo, base, rest)?;
    let (factor, next_factor) = (vm.push(Value::tiny_int(0)), vm.push(Value::tiny_int(1)));
    let scope = vm.scope();
    while word(vm.get(next)) != Some(0) {
        let quotient = vm.int_op(IntOp::FloorDivide, rest, next)?;
        step(vm, quotient, rest, next)?;
        step(vm, quotient, factor, next_factor)?;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    if word(vm.get(rest)) != Some(1) {
        return Err(vm.value_error("base is not invertible for the given modulus"));
    }
    Ok(factor)
}

/// Replaces `(old, new)` by `(new, old - quotient * new)`.
fn step(vm: &mut Vm, quotient: Local, old: Local, new: Local) -> Result<(), Raised> {
    let difference = vm.leaf_local(|cx| {
        let product = cx.arith(IntOp::Multiply, cx.local(quotient), cx.local(new))?;
        cx.arith(IntOp::Subtract, cx.local(old), product)
    })?;
    vm.set(old, vm.get(new));
    vm.set(new, vm.get(difference));
    Ok(())
}
