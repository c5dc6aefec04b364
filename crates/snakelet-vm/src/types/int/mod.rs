//! `int`, and what `bool` shares with it.

pub(crate) mod arith;
pub(crate) mod bytes;
pub(crate) mod convert;
mod divide;
pub(crate) mod power;
mod text;

use snakelet_num::bigint;

use crate::native::print::{Out, PrintKind};
use crate::native::{NativeType, TypeSlots, UnaryOp};
use crate::object::Kind;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};
use arith::{IntOp, int_ref, operand, word};

/// `int`.
pub static INT: NativeType = NativeType::new(name!("int"), Kind::BigInt)
    .slots(
        const {
            &TypeSlots::NONE
                .make(convert::make)
                .print(print)
                .unary(unary)
                .binary(arith::binary)
                .truth(|_, value| word(value) != Some(0))
        },
    )
    .methods(methods![
        method!("from_bytes", 2, 3, bytes::from_bytes).class_method().keywords(),
        method!("to_bytes", 1, 3, bytes::to_bytes).keywords(),
        method!("bit_length", 1, 1, bit_length),
        method!("bit_count", 1, 1, bit_count),
        method!("conjugate", 1, 1, itself),
        method!("real", 1, 1, itself).property(),
        method!("numerator", 1, 1, itself).property(),
        method!("imag", 1, 1, zero).property(),
        method!("denominator", 1, 1, one).property(),
    ]);

fn print(vm: &mut Vm, int: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    match vm.get(int).as_small_int() {
        Some(i) => vm.emit_int(out, i),
        None => vm.emit_number(out, int, 10, false),
    }
}

fn unary(vm: &mut Vm, op: UnaryOp, int: Local) -> Result<Option<Local>, Raised> {
    if let Some(i) = word(vm.get(int)) {
        let result = match op {
            UnaryOp::Positive => i,
            UnaryOp::Negative => -i,
            UnaryOp::Invert => !i,
            UnaryOp::Not => return Ok(None),
        };
        return vm.new_int(result).map(Some);
    }
    Ok(match op {
        UnaryOp::Positive => Some(int),
        UnaryOp::Negative => Some(vm.int_op(IntOp::Negative, int, int)?),
        UnaryOp::Invert => Some(vm.int_op(IntOp::Invert, int, int)?),
        UnaryOp::Not => None,
    })
}

/// The receiver of a method, if it is an int.
fn receiver(vm: &mut Vm, args: Args) -> Res {
    let this = args.get(0);
    if int_ref(vm.get(this)).is_some() { Ok(this) } else { Err(vm.wrong_receiver()) }
}

fn bit_length(vm: &mut Vm, args: Args) -> Res {
    let this = receiver(vm, args)?;
    let bits = operand(vm, this).int().bit_length();
    vm.new_uint_64(bits as u64)
}

fn bit_count(vm: &mut Vm, args: Args) -> Res {
    let this = receiver(vm, args)?;
    vm.charge_bytes_later(size_of_val(operand(vm, this).int().magnitude()));
    let ones = operand(vm, this).int().magnitude().iter().map(|l| u64::from(l.count_ones())).sum();
    vm.new_uint_64(ones)
}

fn itself(vm: &mut Vm, args: Args) -> Res {
    let this = receiver(vm, args)?;
    vm.int_of(this)
}

fn zero(vm: &mut Vm, _args: Args) -> Res {
    vm.new_int(0)
}

fn one(vm: &mut Vm, _args: Args) -> Res {
    vm.new_int(1)
}

impl Vm {
    /// The absolute value of an int or bool; the same local if that is what it holds.
    pub(crate) fn int_abs(&mut self, int: Local) -> Res {
        if operand(self, int).int().is_negative() {
            return self.int_op(IntOp::Negative, int, int);
        }
        Ok(int)
    }

    /// The float next to an int or bool; infinite if it is too large for one.
    pub(crate) fn int_to_f64(&self, int: Local) -> f64 {
        if let Some(i) = word(self.get(int)) {
            return i as f64;
        }
        let int = operand(self, int);
        let int = int.int();
        let infinite = if int.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
        bigint::to_f64(int).unwrap_or(infinite)
    }
}
