//! Addresses, and what lies behind them.
//!
//! The address of an object is a number that the interpreter gives it, in a space of its own, when a script asks for it: by
//! `uctypes.addressof`, or by a pointer of Viper's. The last objects that were asked about are kept, so that pointers to
//! them can be followed; those before them are forgotten, and nothing lies at their addresses any more. So an
//! address that a script makes up, or has kept for too long, leads to bytes of a buffer or to an error.

use core::cell::Cell;

use crate::Raised;
use crate::exception::classes::RUNTIME_ERROR;
use crate::name;
#[cfg(feature = "viper")]
use crate::native::NativeFn;
#[cfg(feature = "viper")]
use crate::native::full::FullArgs;
use crate::native::full::{Full, Given, Held};
use crate::native::{NativeData, NativeType, TypeSlots};
use crate::protocol::buffer::Bytes;

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

/// Begins the space, if nobody has asked for an address before.
fn begin(cx: &mut Full<'_>) -> Result<(), Raised> {
    if cx.look(|cx| Ok(cx.state::<Space>().is_some()))? {
        return Ok(());
    }
    cx.set_state(Space {
        bases: [const { Cell::new(0) }; OBJECTS],
        lens: [const { Cell::new(0) }; OBJECTS],
        next: Cell::new(FIRST),
        slot: Cell::new(0),
    })
}

/// An address, and where it lies in the object that it belongs to.
#[derive(Copy, Clone)]
pub struct At {
    /// The address.
    pub address: u64,
    /// Bytes of the object before it.
    pub offset: usize,
}

/// A place in the bytes of an object, or, if that is `None`, nowhere.
#[derive(Copy, Clone)]
pub struct Place<'s> {
    /// The object.
    pub object: Held<'s>,
    /// Where in it.
    pub at: At,
}

/// What an address leads to.
///
/// # Errors
/// The host stops the script.
pub fn find<'s>(cx: &mut Full<'s>, address: u64) -> Result<Place<'s>, Raised> {
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
pub fn show<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<u64, Raised> {
    begin(cx)?;
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
            return Err(cx.raise(&RUNTIME_ERROR, "no addresses"));
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
pub fn part(cells: &[Cell<u8>], offset: usize, len: usize) -> Option<&[Cell<u8>]> {
    let rest = cells.get(offset..)?;
    rest.get(..len.min(rest.len()))
}

impl<'s> Place<'s> {
    /// The place so many bytes further on.
    #[must_use]
    pub fn plus(self, offset: i64) -> Self {
        let address = self.at.address.wrapping_add_signed(offset);
        match isize::try_from(offset).ok().and_then(|n| self.at.offset.checked_add_signed(n)) {
            Some(offset) => Place { at: At { address, offset }, ..self },
            None => Place { object: Held::NONE, at: At { address, offset: 0 } },
        }
    }

    /// Where `len` bytes lie in the object, from some on.
    ///
    /// # Errors
    /// `OSError` if not all of them do.
    pub fn range(
        self,
        cx: &mut Full<'s>,
        offset: i64,
        len: usize,
    ) -> Result<(usize, usize), Raised> {
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
    pub fn read(self, cx: &mut Full<'s>, offset: i64, len: usize) -> Result<[u8; 8], Raised> {
        let (start, end) = self.range(cx, offset, len)?;
        let mut raw = [0; 8];
        cx.with_bytes(self.object, |bytes| bytes.part(start, end).copy_to(&mut raw))?;
        Ok(raw)
    }

    /// Writes the first `len` of eight bytes.
    ///
    /// # Errors
    /// `OSError` where there are none, `TypeError` where they may not be written.
    pub fn write(
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
    pub fn copy(self, cx: &mut Full<'s>, len: usize) -> Given<'s> {
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

/// Loads and stores of Viper's pointers: `load(pointer, index)`, `store(value, pointer, index)`.
#[cfg(feature = "viper")]
macro_rules! accesses {
    ($($load:ident $store:ident $size:literal;)+) => {
        $(
            pub(crate) static $load: NativeFn =
                NativeFn::full(name!("load"), 2, 2, |cx, args| load(cx, args, $size));
            pub(crate) static $store: NativeFn =
                NativeFn::full(name!("store"), 3, 3, |cx, args| store(cx, args, $size));
        )+
    };
}

#[cfg(feature = "viper")]
accesses! {
    LOAD_8 STORE_8 1;
    LOAD_16 STORE_16 2;
    LOAD_32 STORE_32 4;
}

/// The address of a buffer.
#[cfg(feature = "viper")]
pub(crate) static ADDRESS: NativeFn = NativeFn::full(name!("address"), 1, 1, |cx, args| {
    let address = show(cx, args.or_none(0))?;
    cx.int(address as i64)
});

/// Where `size` bytes lie that a pointer and an index lead to.
#[cfg(feature = "viper")]
fn element<'s>(
    cx: &mut Full<'s>,
    pointer: Held<'s>,
    index: Held<'s>,
    size: usize,
) -> Result<Place<'s>, Raised> {
    let (pointer, index) = (cx.u64_wrapping_of(pointer)?, cx.u64_wrapping_of(index)?);
    let address = pointer.wrapping_add(index.wrapping_mul(size as u64));
    // an address is as large as a machine word
    find(cx, address as usize as u64)
}

#[cfg(feature = "viper")]
fn load<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, size: usize) -> Given<'s> {
    let place = element(cx, args.or_none(0), args.or_none(1), size)?;
    let mut raw = place.read(cx, 0, size)?;
    if cfg!(target_endian = "big") {
        raw.rotate_right(8 - size);
    }
    let value = u64::from_ne_bytes(raw);
    // as the register of a machine, which has a sign
    cx.int(value as usize as isize as i64)
}

#[cfg(feature = "viper")]
fn store<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, size: usize) -> Given<'s> {
    let value = cx.u64_wrapping_of(args.or_none(0))?;
    let place = element(cx, args.or_none(1), args.or_none(2), size)?;
    let mut raw = value.to_ne_bytes();
    if cfg!(target_endian = "big") {
        raw.rotate_left(8 - size);
    }
    place.write(cx, 0, raw, size)?;
    Ok(Held::NONE)
}
