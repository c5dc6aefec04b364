//! Operators with texts on their left.

use core::cell::Cell;
use core::cmp::Ordering;

use crate::native::leaf::{Answer, AnyText, AnyTextObj, Leaf, LeafArgs, Leave, Obj};
use crate::native::{BinaryOp, NativeFn};
use crate::object::Kind;
use crate::protocol::buffer::Bytes;
use crate::vm::stack::Local;
use crate::{Raised, Vm, name};

use super::{Family, percent, search};

/// `item in text`.
pub(crate) static MEMBERSHIP: NativeFn =
    NativeFn::method::<AnyTextObj, 1>(name!("__contains__"), 0, contains);

fn contains<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let mut byte = 0;
    let needle = search::needle(cx, text, args.get::<0>(), &mut byte)?;
    let found = search::seek(cx, text.bytes(cx), needle, false)?;
    Ok(Obj::bool(found.is_some()))
}

/// The operators that run no Python code.
pub(crate) fn binary_leaf<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    use BinaryOp::{Add, Equal, Less, LessEqual, More, MoreEqual, Multiply};
    let Some(text) = AnyText::of(left) else { return Ok(None) };
    match op {
        Multiply => match right.as_small_int().or(right.as_bool().map(isize::from)) {
            Some(times) => repeat(cx, text, times).map(Some),
            None => Ok(None),
        },
        Equal | Less | LessEqual | More | MoreEqual => {
            if let Some(other) = operand(cx, text, right)
                && !right.is_kind(Kind::Array)
            {
                let order = compare(cx, text.bytes(cx).into(), other);
                return Ok(Vm::compare_result(op, order).map(Obj::bool));
            }
            if op == Equal || right.is_kind(Kind::Instance) || text.family() == Family::Bytes {
                return Ok(None);
            }
            Err(cx.no_conversion(right))
        }
        Add => match operand(cx, text, right) {
            Some(more) => concatenate(cx, text, right, more).map(Some),
            None if right.is_kind(Kind::Instance) => Ok(None),
            None => Err(cx.no_conversion(right)),
        },
        _ => Ok(None),
    }
}

/// The bytes of a right operand of the same sort.
fn operand<'h>(cx: Leaf<'h>, text: AnyText<'h>, right: Obj<'h>) -> Option<Bytes<'h>> {
    match AnyText::of(right) {
        Some(other) if other.family() == text.family() => Some(other.bytes(cx).into()),
        None if text.family() == Family::Bytes => cx.vm().buffer(right.value()).map(|b| b.bytes),
        _ => None,
    }
}

fn compare(cx: Leaf<'_>, left: Bytes<'_>, right: Bytes<'_>) -> Ordering {
    // texts that differ in length are compared too: what is to be known may be the order
    cx.vm().charge_bytes_later(left.len().min(right.len()));
    left.compare(right)
}

fn concatenate<'h>(cx: Leaf<'h>, text: AnyText<'h>, right: Obj<'h>, more: Bytes<'h>) -> Answer<'h> {
    let bytes = text.bytes(cx);
    if AnyText::of(right).is_some() {
        if more.is_empty() {
            return Ok(text.obj());
        }
        if bytes.is_empty() {
            return Ok(right);
        }
    }
    let len = bytes.len().saturating_add(more.len());
    cx.make_text(text.kind(), len, |out| {
        let out = Cell::from_mut(out).as_slice_of_cells();
        if let Some((head, tail)) = out.split_at_checked(bytes.len()) {
            // a text that is not complete is dropped
            let _ = cx.vm().copy_bytes(bytes.into(), head);
            let _ = cx.vm().copy_bytes(more, tail);
        }
    })
}

fn repeat<'h>(cx: Leaf<'h>, text: AnyText<'h>, times: isize) -> Answer<'h> {
    if times == 1 {
        return Ok(text.obj());
    }
    let times = usize::try_from(times).unwrap_or(0);
    let bytes = text.bytes(cx);
    cx.draw(text.kind(), &move |pen| pen.repeat(bytes, times))
}

/// The operators that may run Python code.
pub(crate) fn binary(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    match op {
        BinaryOp::Modulo => percent::format(vm, left, right).map(Some),
        BinaryOp::Multiply
            if matches!(vm.get(right).ref_kind(), Some(Kind::BigInt | Kind::Instance)) =>
        {
            let times = vm.index_of(right)?;
            vm.leaf_option(|cx| match AnyText::of(cx.local(left)) {
                Some(text) => repeat(cx, text, times).map(Some),
                None => Ok(None),
            })
        }
        _ => Ok(None),
    }
}
