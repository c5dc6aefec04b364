//! `mem8`, `mem16` and `mem32`: words at the addresses that the host has declared.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::serve::WORDS;
use super::try_board;
use crate::Board;
use crate::device::{Done, Errno, Memory};

/// The number for an address that is none.
const BAD_ADDRESS: Errno = Errno(14);

/// Words of so many bytes.
struct Words(usize);

impl NativeData for Words {
    const TYPE: &'static NativeType = &MEM;
}

static MEM: NativeType =
    NativeType::of(name!("mem"), const { &TypeSlots::of::<Words>() }).sealed().methods(methods![
        NativeFn::full_method(name!("__getitem__"), 2, 2, get),
        NativeFn::full_method(name!("__setitem__"), 3, 3, set),
    ]);

pub(super) fn init(cx: &mut Full<'_>) -> Result<(), Raised> {
    for i in 0..3 {
        cx.scope(|cx, _| {
            let words = cx.new_data(&[], Words(1 << i))?;
            cx.set_state_value::<Board>(WORDS + i, words)
        })?;
    }
    Ok(())
}

/// `mem8`, `mem16` or `mem32`.
pub(super) fn words<'s, const WIDTH: usize>(cx: &mut Full<'s>) -> Given<'s> {
    cx.state_value::<Board>(WORDS + WIDTH.trailing_zeros() as usize)
}

fn access<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    work: impl FnOnce(&mut dyn Memory, usize, usize) -> Done<u32>,
) -> Result<u32, Raised> {
    let width = cx.with_data(args.or_none(0), |words: &Words| words.0)?;
    // addresses may be negative numbers in the reference
    let address = cx.u64_wrapping_of(args.or_none(1))? as usize;
    if !address.is_multiple_of(width) {
        return Err(cx.raise(&VALUE_ERROR, "address is not aligned"));
    }
    try_board(cx, |board| {
        let end = address.checked_add(width).ok_or(BAD_ADDRESS)?;
        let is_in = |range: &core::ops::Range<usize>| range.start <= address && end <= range.end;
        let part = board.memory.position(|part| is_in(&part.note));
        match part.and_then(|part| board.memory.get(part)) {
            Some(part) => work(&mut part.device, address, width),
            None => Err(BAD_ADDRESS),
        }
    })
}

fn get<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let value = access(cx, args, |memory, address, width| memory.read(address, width))?;
    cx.uint(value.into())
}

fn set<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let value = cx.u64_wrapping_of(args.or_none(2))? as u32;
    access(cx, args, |memory, address, width| {
        let mask = if width == 4 { u32::MAX } else { (1 << (8 * width)) - 1 };
        memory.write(address, width, value & mask).map(|()| 0)
    })?;
    Ok(Held::NONE)
}
