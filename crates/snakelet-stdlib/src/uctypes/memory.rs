//! Bytes at an address, as scripts see them.

use snakelet_vm::Raised;
use snakelet_vm::address::{At, Place, part};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::print::PrintKind;
use snakelet_vm::types::array::BYTEARRAY;
use snakelet_vm::{methods, name};

/// Bytes at an address, which scripts use as a `bytearray` that cannot grow. Value 0 of the object has them.
pub(super) struct Memory {
    at: At,
    len: usize,
}

impl Memory {
    /// Where they begin.
    pub(super) fn address(&self) -> u64 {
        self.at.address
    }
}

impl NativeData for Memory {
    const TYPE: &'static NativeType = &MEMORY;
}

static MEMORY: NativeType = NativeType::of(
    name!("bytearray"),
    const {
        &TypeSlots::of::<Memory>().view::<Memory, _>(|seen, data| {
            part(seen.writable(data.value(0))?, data.at.offset, data.len)
        })
    },
)
.unhashable()
.sealed()
.methods(methods![
    NativeFn::full_method(name!("__getitem__"), 2, 2, |cx, args| {
        let all = view(cx, args)?;
        let found = cx.item(all, args.or_none(1))?;
        // a slice of a bytearray is a copy
        if cx.look(|cx| Ok(cx.buffer(cx.get(found)).is_some()))? {
            return as_bytearray(cx, found);
        }
        Ok(found)
    }),
    NativeFn::full_method(name!("__iter__"), 1, 1, |cx, args| {
        let all = view(cx, args)?;
        cx.iter(all)
    }),
    NativeFn::on::<Memory, 0, _>(name!("__len__"), 0, |cx, memory, _| Ok(cx.count(memory.len))),
    NativeFn::full_method(name!("__repr__"), 1, 1, |cx, args| {
        let all = view(cx, args)?;
        let copy = as_bytearray(cx, all)?;
        cx.text_of(copy, PrintKind::Repr)
    }),
    NativeFn::full_method(name!("__setitem__"), 3, 3, |cx, args| {
        let all = view(cx, args)?;
        cx.set_item(all, args.or_none(1), args.or_none(2))?;
        Ok(Held::NONE)
    }),
    NativeFn::full_method(name!("__eq__"), 2, 2, |cx, args| {
        let all = view(cx, args)?;
        let is_equal = cx.equal(all, args.or_none(1))?;
        Ok(Held::bool(is_equal))
    }),
    NativeFn::full_method(name!("decode"), 1, 3, |cx, args| {
        let all = view(cx, args)?;
        let copy = as_bytearray(cx, all)?;
        let mut more = [Held::NONE; 2];
        let n = args.len().saturating_sub(1).min(2);
        for (i, place) in more.iter_mut().enumerate() {
            *place = args.or_none(i + 1);
        }
        cx.call_method(copy, name!("decode"), more.get(..n).unwrap_or_default())
    }),
]);

/// A `memoryview` of the bytes.
fn view<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let (at, len) = cx.with_data(this, |memory: &Memory| (memory.at, memory.len))?;
    let object = cx.make(|cx| {
        Ok(cx.data::<Memory>(cx.get(this)).map_or(Obj::NONE, |memory| memory.value(0)))
    })?;
    Place { object, at }.range(cx, 0, len)?;
    cx.make(|cx| cx.memoryview(cx.get(object), at.offset, len))
}

fn as_bytearray<'s>(cx: &mut Full<'s>, bytes: Held<'s>) -> Given<'s> {
    match cx.builtin(name!("bytearray"))? {
        Some(class) => cx.call(class, &[bytes]),
        None => Ok(bytes),
    }
}

/// Makes an object for so many bytes at a place.
pub(super) fn new<'s>(cx: &mut Full<'s>, place: Place<'s>, len: usize) -> Given<'s> {
    cx.new_data(&[place.object], Memory { at: place.at, len })
}

/// Whether an object is a `bytearray`, or bytes at an address.
pub(super) fn is_bytes<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<bool, Raised> {
    let is_memory = cx.look(|cx| Ok(cx.data::<Memory>(cx.get(object)).is_some()))?;
    Ok(is_memory || cx.is_instance(object, &BYTEARRAY))
}
