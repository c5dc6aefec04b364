//! Powers of ints.

use snakelet_num::bigint::{self, Error};

use super::arith::{IntOp, operand, word};
use crate::exception::classes::TYPE_ERROR;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// `left ** right`.
pub(super) fn power(vm: &mut Vm, left: Local, right: Local) -> Res {
    if operand(vm, right).int().is_negative() {
        let (a, b) = (vm.int_to_f64(left), vm.int_to_f64(right));
        return match crate::types::float::binary_f64(vm, crate::native::BinaryOp::Power, a, b)? {
            Some(result) => Ok(result),
            None => vm.new_float(0.0),
        };
    }
    let (base, exponent) = (operand(vm, left), operand(vm, right));
    let (base, exponent) = (base.int(), exponent.int());
    // These stay small however large the exponent is.
    if base.bit_length() <= 1 && !exponent.is_zero() {
        let odd = bigint::to_u64_wrapping(exponent) & 1 != 0;
        let minus = base.is_negative() && odd;
        let result = if base.is_zero() { 0 } else { 1 };
        return vm.new_int(if minus { -result } else { result });
    }
    let exponent = bigint::to_i64(exponent).and_then(|e| u32::try_from(e).ok());
    let need = exponent.and_then(|exponent| bigint::pow_len(base, exponent));
    let (Some(exponent), Some(need)) = (exponent, need) else { return Err(vm.memory_error()) };
    let Some(both) = need.checked_mul(2) else { return Err(vm.memory_error()) };
    vm.new_int_by(both, |vm, limbs| {
        let (output, scratch) = limbs.split_at_mut_checked(need).ok_or(Error::Space)?;
        let base = operand(vm, left);
        bigint::pow(output, scratch, base.int(), exponent, &mut |n| vm.spend(n))
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
        exponent = vm.int_op(IntOp::Negative, exponent, exponent)?;
    }
    let (output, scratch) = {
        let (base, modulus) = (operand(vm, base), operand(vm, modulus));
        bigint::pow_mod_len(base.int(), modulus.int())
    };
    vm.new_int_by(output.saturating_add(scratch), |vm, limbs| {
        let (output, scratch) = limbs.split_at_mut_checked(output).ok_or(Error::Space)?;
        let (base, exponent) = (operand(vm, base), operand(vm, exponent));
        let modulus = operand(vm, modulus);
        let poll = &mut |n| vm.spend(n);
        bigint::pow_mod(output, scratch, base.int(), exponent.int(), modulus.int(), poll)
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
    let product = vm.int_op(IntOp::Multiply, quotient, new)?;
    let difference = vm.int_op(IntOp::Subtract, old, product)?;
    vm.set(old, vm.get(new));
    vm.set(new, vm.get(difference));
    Ok(())
}
