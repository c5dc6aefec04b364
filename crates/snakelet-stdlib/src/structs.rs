//! `struct`.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::pack::{Order, code_size};
#[cfg(feature = "cpython")]
use snakelet_vm::native::{Constant, NativeType};
use snakelet_vm::native::{Contents, NativeFn, NativeModule, VARIADIC};
use snakelet_vm::{methods, name};

/// `struct`.
pub static STRUCT: NativeModule = NativeModule::new(
    name!("struct"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("calcsize"), 0, calcsize),
            NativeFn::leaf::<1>(name!("pack"), VARIADIC, pack),
            NativeFn::leaf::<3>(name!("pack_into"), VARIADIC, pack_into),
            NativeFn::leaf::<2>(name!("unpack"), 1, unpack_from),
            NativeFn::leaf::<2>(name!("unpack_from"), 1, unpack_from),
        ],
        constants: &[
            #[cfg(feature = "cpython")]
            (name!("error"), Constant::Type(&ERROR)),
        ],
    }],
);

/// What is raised for formats and values: `struct.error`, or its base.
#[cfg(feature = "cpython")]
static ERROR: NativeType = NativeType::derived(name!("error"), &VALUE_ERROR);
#[cfg(not(feature = "cpython"))]
use VALUE_ERROR as ERROR;

/// Bytes of a format between two looks at whether the script is to end.
const PAUSE: usize = 1024;

/// A part of a format: a code and how often it comes (for `s`, the length).
struct Item {
    code: u8,
    count: usize,
    /// Offset of the first of them in the structure.
    offset: usize,
    /// Bytes of each.
    size: usize,
}

impl Item {
    /// How many values it takes or gives.
    fn values(&self) -> usize {
        match self.code {
            b'x' => 0,
            b's' => 1,
            _ => self.count,
        }
    }
}

/// Reads a format, item by item.
#[derive(Copy, Clone)]
struct Format<'h> {
    text: &'h [u8],
    native: bool,
    order: Order,
    /// Where the next item goes, before it is aligned.
    offset: usize,
}

impl<'h> Format<'h> {
    /// The format that is the first argument.
    fn new(cx: Leaf<'h>, text: Obj<'h>) -> Result<Self, Leave> {
        let Some(text) = cx.as_text(text) else { return Err(cx.text(0)) };
        let (native, order) = match text.first() {
            Some(b'<') => (false, Order::Little),
            Some(b'>' | b'!') => (false, Order::Big),
            Some(b'=') => (false, Order::NATIVE),
            Some(b'@') => (true, Order::NATIVE),
            _ => return Ok(Self { text, native: true, order: Order::NATIVE, offset: 0 }),
        };
        let text = text.get(1..).unwrap_or(&[]);
        Ok(Self { text, native, order, offset: 0 })
    }

    #[inline(never)]
    fn next(&mut self, cx: Leaf<'h>) -> Result<Option<Item>, Leave> {
        let mut count = None;
        let code = loop {
            let Some((byte, rest)) = self.text.split_first() else {
                return if count.is_none() { Ok(None) } else { Err(bad_code(cx)) };
            };
            self.text = rest;
            if rest.len() % PAUSE == PAUSE - 1 {
                cx.spend(PAUSE / 16)?;
            }
            match *byte {
                b'0'..=b'9' => {
                    let n: usize = count.unwrap_or(0);
                    count = Some(n.saturating_mul(10).saturating_add((byte - b'0').into()));
                }
                b' ' | b'\t' | b'\n' if count.is_none() => {}
                code => break code,
            }
        };
        let count = count.unwrap_or(1);
        let size = match code {
            b'x' | b's' | b'c' | b'?' => Some(1),
            _ => code_size(code, self.native),
        };
        let Some(size) = size else { return Err(bad_code(cx)) };
        let unit = if self.native { size } else { 1 };
        let offset = self.offset.checked_next_multiple_of(unit);
        let end = offset.and_then(|at| at.checked_add(count.checked_mul(size)?));
        cx.charge(1);
        match (offset, end) {
            (Some(offset), Some(end)) if end <= isize::MAX as usize / 4 => {
                self.offset = end;
                Ok(Some(Item { code, count, offset, size }))
            }
            _ => Err(cx.no_room(usize::MAX)),
        }
    }

    /// Bytes of a structure, and how many values it has.
    #[inline(never)]
    fn measure(mut self, cx: Leaf<'h>) -> Result<(usize, usize), Leave> {
        let mut values = 0;
        while let Some(item) = self.next(cx)? {
            values += item.values();
        }
        Ok((self.offset, values))
    }
}

#[cold]
fn bad_code(cx: Leaf<'_>) -> Leave {
    cx.raise(&ERROR, "bad typecode")
}

fn calcsize<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let (size, _) = Format::new(cx, args.get::<0>())?.measure(cx)?;
    Ok(cx.count(size))
}

/// Where a structure of `size` bytes begins in a buffer of `len` bytes: argument 2 tells.
fn start_of<'h>(
    cx: Leaf<'h>,
    offset: Option<Obj<'h>>,
    len: usize,
    size: usize,
) -> Result<usize, Leave> {
    let offset = match offset {
        Some(offset) => offset.as_small_int().ok_or_else(|| cx.index(2))?,
        None => 0,
    };
    let start = if offset < 0 { offset.saturating_add(len as isize) } else { offset };
    match usize::try_from(start) {
        Ok(start) if start.checked_add(size).is_some_and(|end| end <= len) => Ok(start),
        _ => Err(cx.raise(&ERROR, "buffer too small")),
    }
}

/// `unpack(format, buffer)`, `unpack_from(format, buffer, offset=0)`
fn unpack_from<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let mut format = Format::new(cx, args.get::<0>())?;
    let (size, values) = format.measure(cx)?;
    let bytes = cx.readable(args.get::<1>())?;
    let start = start_of(cx, args.opt(2), bytes.len(), size)?;
    let mut tuple = cx.begin_tuple(values)?;
    while let Some(item) = format.next(cx)? {
        for i in 0..item.values() {
            let at = start + item.offset + i * item.size;
            tuple.push(read(cx, bytes, at, &item, format.order)?);
            cx.charge(1);
        }
    }
    Ok(tuple.finish())
}

fn read<'h>(cx: Leaf<'h>, bytes: Bytes<'h>, at: usize, item: &Item, order: Order) -> Answer<'h> {
    let len = match item.code {
        b's' => item.count,
        _ => item.size,
    };
    let part = bytes.part(at, at + len);
    match item.code {
        b's' | b'c' => cx.bytes(len, |out| {
            // bytes that are not complete are dropped
            let _ = cx.copy(part, Cell::from_mut(out).as_slice_of_cells());
        }),
        b'?' => Ok(Obj::bool(order.join(part) != 0)),
        code => cx.unpack(code, len, order, part),
    }
}

/// `pack(format, *values)`
fn pack<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let format = Format::new(cx, args.get::<0>())?;
    let (size, values) = format.measure(cx)?;
    check_count(cx, values, args.rest(), 1)?;
    // the values go first: they may be refused, and those that are no numbers are asked for
    write_all(cx, format, &[], args.rest(), 1)?;
    cx.bytes(size, |out| {
        let cells = Cell::from_mut(out).as_slice_of_cells();
        let _ = write_all(cx, format, cells, args.rest(), 1);
    })
}

/// `pack_into(format, buffer, offset, *values)`
fn pack_into<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 3>) -> Answer<'h> {
    let format = Format::new(cx, args.get::<0>())?;
    let (size, values) = format.measure(cx)?;
    check_count(cx, values, args.rest(), 3)?;
    let cells = cx.writable(args.get::<1>())?;
    let start = start_of(cx, args.opt(2), cells.len(), size)?;
    // nothing is written unless all values can be
    write_all(cx, format, &[], args.rest(), 3)?;
    write_all(cx, format, cells.get(start..).unwrap_or(&[]), args.rest(), 3)?;
    Ok(Obj::NONE)
}

/// Raises unless the arguments from number `n` on are as many as the format has values.
#[cfg(feature = "cpython")]
fn check_count<'h>(
    cx: Leaf<'h>,
    values: usize,
    args: LeafArgs<'h, 0>,
    n: usize,
) -> Result<(), Leave> {
    if args.len().saturating_sub(n) == values {
        return Ok(());
    }
    Err(cx.raise(&ERROR, "pack expected another number of items for packing"))
}

#[cfg(not(feature = "cpython"))]
fn check_count<'h>(_: Leaf<'h>, _: usize, _: LeafArgs<'h, 0>, _: usize) -> Result<(), Leave> {
    Ok(())
}

/// Writes the values that are the arguments from number `n` on; ends early if there are too few.
#[inline(never)]
fn write_all<'h>(
    cx: Leaf<'h>,
    mut format: Format<'h>,
    cells: &[Cell<u8>],
    values: LeafArgs<'h, 0>,
    n: usize,
) -> Result<(), Leave> {
    let mut n = n;
    while let Some(item) = format.next(cx)? {
        if item.code == b'x' {
            put(cx, cells, item.offset, item.count, Bytes::NONE);
        }
        for i in 0..item.values() {
            let Some(value) = values.opt(n) else { return Ok(()) };
            let at = item.offset + i * item.size;
            write(cx, cells, at, &item, format.order, value, n)?;
            n += 1;
            cx.charge(1);
        }
    }
    Ok(())
}

fn write<'h>(
    cx: Leaf<'h>,
    cells: &[Cell<u8>],
    at: usize,
    item: &Item,
    order: Order,
    value: Obj<'h>,
    n: usize,
) -> Result<(), Leave> {
    let raw = match item.code {
        b's' | b'c' => {
            let len = if item.code == b's' { item.count } else { 1 };
            put(cx, cells, at, len, cx.readable(value)?);
            return Ok(());
        }
        b'?' => u64::from(cx.truth(n, value)?),
        code => {
            #[cfg(feature = "cpython")]
            if !cx.fits(code, item.size, value) {
                return Err(cx.raise(&ERROR, "argument out of range"));
            }
            cx.pack(code, value, n)?
        }
    };
    put(cx, cells, at, item.size, Bytes::from(&order.split(raw, item.size)[..]).part(0, item.size));
    Ok(())
}

/// Writes `len` bytes: those given, then zeros.
fn put(cx: Leaf<'_>, cells: &[Cell<u8>], at: usize, len: usize, bytes: Bytes<'_>) {
    if let Some(cells) = cells.get(at..at.saturating_add(len)) {
        cx.charge_bytes(len);
        bytes.copy_to_cells(cells);
        cells.iter().skip(bytes.len()).for_each(|cell| cell.set(0));
    }
}
