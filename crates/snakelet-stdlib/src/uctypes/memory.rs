//! Addresses, and what lies behind them.
//!
//! The address of an object is a number that the module gives it, in a space of its own, when `addressof` is asked about
//! it. The last objects that were asked about are kept, so that pointers to them can be followed; those before them
//! are forgotten, and nothing lies at their addresses any more.

use core::cell::Cell;

use snakelet_vm::Raised;
use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::print::PrintKind;
use snakelet_vm::types::array::BYTEARRAY;
use snakelet_vm::{methods, name};

/// `EFAULT`: a bad address.
const BAD_ADDRESS: i32 = 14;

/// Objects that are kept.
const OBJECTS: usize = 32;

/// The first address that an object gets.
const FIRST: u64 = 0x1_0000;
/// No object lies beyond it; it fits an address of a small machine.
const LAST: u64 = 0x7fff_0000;
/// Bytes between two objects, so that what is read beyond one is not found in the other.
const GAP: u64 = 32;

/// The objects that addresses lead to, which are the values of the state.
struct Space {
    /// Where each begins.
    bases: [Cell<u64>; OBJECTS],
    /// How many bytes it had.
    lens: [Cell<u64>; OBJECTS],
    /// The address of the next one.
    next: Cell<u64>,
    /// Where it is noted, in place of an older one.
    slot: Cell<usize>,
}

impl NativeData for Space {
    const TYPE: &'static NativeType = &SPACE;
    const STATE_VALUES: usize = OBJECTS;
}

static SPACE: NativeType =
    NativeType::of(name!("addresses"), const { &TypeSlots::of::<Space>() }).sealed();

pub(super) fn init(cx: &mut Full<'_>) -> Result<(), Raised> {
    cx.set_state(Space {
        bases: [const { Cell::new(0) }; OBJECTS],
        lens: [const { Cell::new(0) }; OBJECTS],
        next: Cell::new(FIRST),
        slot: Cell::new(0),
    })
}

/// An address, and where it lies in the object that it belongs to.
#[derive(Copy, Clone)]
pub(super) struct At {
    pub(super) address: u64,
    pub(super) offset: usize,
}

/// A place in the bytes of an object, or, if that is `None`, nowhere.
#[derive(Copy, Clone)]
pub(super) struct Place<'s> {
    pub(super) object: Held<'s>,
    pub(super) at: At,
}

/// What an address leads to.
///
/// # Errors
/// The host stops the script.
pub(super) fn find<'s>(cx: &mut Full<'s>, address: u64) -> Result<Place<'s>, Raised> {
    let found = cx.look(|cx| {
        let Some(space) = cx.state::<Space>() else { return Ok(None) };
        let ranges = space.bases.iter().zip(&space.lens).enumerate();
        Ok(ranges
            .filter_map(|(slot, (base, len))| {
                let offset = address.checked_sub(base.get())?;
                (offset < len.get()).then_some((slot, offset))
            })
            .next())
    })?;
    cx.charge(4)?;
    let (object, offset) = match found {
        Some((slot, offset)) => (cx.state_value::<Space>(slot)?, offset as usize),
        None => (Held::NONE, 0),
    };
    Ok(Place { object, at: At { address, offset } })
}

/// The address of an object that shows bytes.
///
/// # Errors
/// `TypeError` if it shows none.
pub(super) fn show<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<u64, Raised> {
    let (first, len) = cx.with_bytes(object, |bytes| (bytes.as_ptr().addr(), bytes.len()))?;
    cx.charge(OBJECTS as u32)?;
    // the same bytes, also where another object shows a part of them, have the same address
    for slot in 0..OBJECTS {
        if len == 0 {
            break;
        }
        let known = cx.scope(|cx, _| {
            let other = cx.state_value::<Space>(slot)?;
            cx.look(|cx| {
                let bytes = cx.buffer(cx.get(other)).map_or(Bytes::NONE, |buffer| buffer.bytes);
                let offset = first.wrapping_sub(bytes.as_ptr().addr());
                let base = cx.state::<Space>().and_then(|space| {
                    let (base, len) = (space.bases.get(slot)?, space.lens.get(slot)?);
                    Some((base.get(), len.get()))
                });
                let Some((base, most)) = base else { return Ok(None) };
                let end = offset.checked_add(len);
                let fits = end.is_some_and(|end| end <= bytes.len() && end as u64 <= most);
                Ok(fits.then(|| base + offset as u64))
            })
        })?;
        if let Some(address) = known {
            return Ok(address);
        }
    }
    let noted = cx.look(|cx| {
        let Some(space) = cx.state::<Space>() else {
            return Err(cx.raise(&RUNTIME_ERROR, "module is not initialised"));
        };
        let len = len as u64;
        let next = space.next.get();
        // beyond the end it begins anew: those that are there are forgotten
        let is_full = len > LAST - FIRST || next > LAST - len.min(LAST);
        let base = if is_full { FIRST } else { next };
        space.next.set((base.saturating_add(len) | (GAP - 1)).saturating_add(GAP + 1).min(LAST));
        let slot = if is_full { 0 } else { space.slot.get() };
        if is_full {
            space.lens.iter().for_each(|len| len.set(0));
        }
        if let (Some(place), Some(bytes)) = (space.bases.get(slot), space.lens.get(slot)) {
            place.set(base);
            bytes.set(len);
        }
        space.slot.set((slot + 1) % OBJECTS);
        Ok((slot, base))
    })?;
    cx.set_state_value::<Space>(noted.0, object)?;
    Ok(noted.1)
}

/// Bytes `offset..offset + len` of those that an object lends, cut to what there is.
pub(super) fn part(cells: &[Cell<u8>], offset: usize, len: usize) -> Option<&[Cell<u8>]> {
    let rest = cells.get(offset..)?;
    rest.get(..len.min(rest.len()))
}

impl<'s> Place<'s> {
    /// The place so many bytes further on.
    pub(super) fn plus(self, offset: i64) -> Self {
        let address = self.at.address.wrapping_add_signed(offset);
        match isize::try_from(offset).ok().and_then(|n| self.at.offset.checked_add_signed(n)) {
            Some(offset) => Place { at: At { address, offset }, ..self },
            None => Place { object: Held::NONE, at: At { address, offset: 0 } },
        }
    }

    /// Where `len` bytes lie in the object, from some on.
    fn range(self, cx: &mut Full<'s>, offset: i64, len: usize) -> Result<(usize, usize), Raised> {
        let object = self.object;
        let all = cx.look(|cx| {
            let buffer = cx.buffer(cx.get(object));
            Ok(buffer.map_or(0, |buffer| buffer.bytes.len()))
        })?;
        let start = isize::try_from(offset).ok();
        let start = start.and_then(|n| self.at.offset.checked_add_signed(n));
        match start.and_then(|start| Some((start, start.checked_add(len)?))) {
            Some((start, end)) if end <= all && !cx.is_none(object) => Ok((start, end)),
            _ => Err(cx.raise_os_error(BAD_ADDRESS)),
        }
    }

    /// Reads at most eight bytes.
    ///
    /// # Errors
    /// `OSError` where there are none.
    pub(super) fn read(
        self,
        cx: &mut Full<'s>,
        offset: i64,
        len: usize,
    ) -> Result<[u8; 8], Raised> {
        let (start, end) = self.range(cx, offset, len)?;
        let mut raw = [0; 8];
        cx.with_bytes(self.object, |bytes| bytes.part(start, end).copy_to(&mut raw))?;
        Ok(raw)
    }

    /// Writes the first `len` of eight bytes.
    ///
    /// # Errors
    /// `OSError` where there are none, `TypeError` where they may not be written.
    pub(super) fn write(
        self,
        cx: &mut Full<'s>,
        offset: i64,
        raw: [u8; 8],
        len: usize,
    ) -> Result<(), Raised> {
        let (start, end) = self.range(cx, offset, len)?;
        let object = self.object;
        cx.look(|cx| {
            let cells = cx.writable(cx.get(object))?.get(start..end).unwrap_or_default();
            cells.iter().zip(raw).for_each(|(cell, byte)| cell.set(byte));
            Ok(())
        })
    }

    /// Makes `bytes` of what lies there.
    ///
    /// # Errors
    /// `OSError` if not all of it is there.
    pub(super) fn copy(self, cx: &mut Full<'s>, len: usize) -> Given<'s> {
        if len == 0 {
            return cx.bytes(&[]);
        }
        let (start, end) = self.range(cx, 0, len)?;
        let object = self.object;
        cx.make(|cx| {
            let bytes = cx.readable(cx.get(object))?.part(start, end);
            let mut done = Ok(());
            let made = cx.bytes(bytes.len(), |out| {
                done = cx.copy(bytes, Cell::from_mut(out).as_slice_of_cells());
            })?;
            done.map(|()| made)
        })
    }
}

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
