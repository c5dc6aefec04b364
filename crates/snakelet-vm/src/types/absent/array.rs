//! Without `bytearray`: only `bytes`, and native data with a buffer, have items that are bytes.

use core::cell::Cell;

use crate::exception::classes::TYPE_ERROR;
use crate::native::Maybe;
use crate::native::leaf::{Answer, Leaf, Leave, Obj};
use crate::protocol::buffer::Buffer;
use crate::types::slice::Bounds;
use crate::vm::stack::Local;
use crate::{Res, Vm};

pub(crate) use crate::protocol::object::{OBJECT as ARRAY, OBJECT as BYTEARRAY};

/// Byte `i` of a buffer; `None` beyond its end, and for objects without a buffer.
pub(crate) fn item<'h>(cx: Leaf<'h>, object: Obj<'h>, i: usize) -> Result<Option<Obj<'h>>, Leave> {
    let byte = cx.vm().buffer(object.value()).and_then(|buffer| buffer.bytes.get(i));
    Ok(byte.and_then(|byte| Obj::small_int(byte.into())))
}

/// Makes a local of byte `i` of a buffer; `None` beyond its end.
pub(crate) fn push_item(vm: &mut Vm, object: Local, i: usize) -> Maybe {
    vm.leaf_option(|cx| item(cx, cx.local(object), i))
}

/// A part of an array, of which there are none.
#[inline(always)]
pub(crate) fn part<'h>(cx: Leaf<'h>, _object: Obj<'h>, _bounds: Bounds) -> Answer<'h> {
    Err(cx.no_buffer())
}

/// What a method of `bytes` made for a `bytearray`, of which there are none.
#[inline(always)]
pub(crate) fn as_bytearrays(_vm: &mut Vm, made: Local) -> Res {
    Ok(made)
}
