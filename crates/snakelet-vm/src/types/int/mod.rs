//! `int`, and what `bool` shares with it.

pub(crate) mod arith;
pub(crate) mod bytes;
pub(crate) mod convert;
mod divide;
pub(crate) mod power;
mod text;

use crate::native::leaf::{Answer, IntObj, Leaf, LeafArgs, Leave, Obj, Wide};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeFn, NativeType, UnaryOp, slots};
use crate::object::{BigInt, Kind};
use crate::vm::stack::Local;
use crate::{Raised, Vm, method, methods, name};
use arith::{IntOp, IntRef, int_ref, word};

/// `int`.
pub static INT: NativeType =
    NativeType::new(name!("int"), Kind::BigInt).slots(slots!(BEHAVIOUR)).methods(methods![
        method!("from_bytes", 2, 3, bytes::from_bytes).class_method().keywords(),
        method!("to_bytes", 1, 3, bytes::to_bytes).keywords(),
        NativeFn::method::<IntObj, 0>(name!("bit_length"), 0, bit_length),
        NativeFn::method::<IntObj, 0>(name!("bit_count"), 0, bit_count),
        NativeFn::method::<IntObj, 0>(name!("conjugate"), 0, itself),
        NativeFn::method::<IntObj, 0>(name!("real"), 0, itself).property(),
        NativeFn::method::<IntObj, 0>(name!("numerator"), 0, itself).property(),
        NativeFn::method::<IntObj, 0>(name!("imag"), 0, zero).property(),
        NativeFn::method::<IntObj, 0>(name!("denominator"), 0, one).property(),
    ]);

/// That of ints, and with exceptions of `bool`.
pub(super) const BEHAVIOUR: Behaviour = Behaviour::NONE
    .make(convert::make)
    .print(print)
    .unary_leaf(unary)
    .binary_leaf(arith::binary)
    .truth(|_, value| word(value) != Some(0));

fn print(vm: &mut Vm, int: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    match vm.get(int).as_small_int() {
        Some(i) => vm.emit_int(out, i),
        None => vm.emit_number(out, int, 10, false),
    }
}

fn unary<'h>(cx: Leaf<'h>, op: UnaryOp, int: Obj<'h>) -> Result<Option<Obj<'h>>, Leave> {
    if let Some(i) = word(int.value()) {
        let i = i as Wide;
        return match op {
            UnaryOp::Positive => cx.wide(i).map(Some),
            UnaryOp::Negative => cx.wide(-i).map(Some),
            UnaryOp::Invert => cx.wide(!i).map(Some),
            UnaryOp::Not => Ok(None),
        };
    }
    let Some(big) = int.cast::<BigInt>() else { return Ok(None) };
    match op {
        UnaryOp::Positive => Ok(Some(int)),
        UnaryOp::Negative => cx.int_of(big.int().negated()).map(Some),
        UnaryOp::Invert => cx.int_op(IntOp::Invert, big.int(), big.int()).map(Some),
        UnaryOp::Not => Ok(None),
    }
}

/// The receiver of a method, if it is an int.
fn receiver<'h>(cx: Leaf<'h>, this: Obj<'h>) -> Result<IntRef<'h>, Leave> {
    int_ref(this.value()).ok_or_else(|| cx.wrong_receiver())
}

fn bit_length<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    Ok(cx.count(receiver(cx, this)?.int().bit_length()))
}

fn bit_count<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let int = receiver(cx, this)?;
    let limbs = int.int().magnitude();
    cx.vm().charge_bytes_later(size_of_val(limbs));
    Ok(cx.count(limbs.iter().map(|limb| limb.count_ones() as usize).sum()))
}

/// The same as an int proper.
pub(crate) fn proper<'h>(int: Obj<'h>) -> Obj<'h> {
    match int.as_bool() {
        Some(b) => Obj::small_int(b.into()).unwrap_or(int),
        None => int,
    }
}

fn itself<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    receiver(cx, this)?;
    Ok(proper(this))
}

fn zero<'h>(cx: Leaf<'h>, _: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    Ok(cx.count(0))
}

fn one<'h>(cx: Leaf<'h>, _: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    Ok(cx.count(1))
}
