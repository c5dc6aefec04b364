//! Descriptions: ints for numbers, dicts for structures, tuples for pointers, arrays and structures inside others.

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::{RUNTIME_ERROR, TYPE_ERROR};
use snakelet_vm::native::full::{Full, Given, Held};
use snakelet_vm::native::leaf::{Items, Leaf, Leave, Obj};
use snakelet_vm::native::{Constant, Name};
use snakelet_vm::types::dict::DICT;
use snakelet_vm::types::tuple::TUPLE;
use snakelet_vm::{Raised, name};

use super::Layout;
use snakelet_vm::address::Place;

/// Bits of a description's number, from the top of 31: the type, and of bit fields length and place.
const TYPE_BITS: u32 = 4;
const AGGREGATE_BITS: u32 = 2;
const BIT_BITS: u32 = 5;
const OFFSET_BITS: u32 = 17;
const LENGTH_AT: u32 = OFFSET_BITS + BIT_BITS;

/// A type as it is joined with an offset: the highest of 31 bits is the sign.
const fn tag(kind: i32, bits: u32) -> Constant {
    Constant::Int((kind << (32 - bits)) >> 1)
}

const fn scalar(kind: i32) -> Constant {
    tag(kind, TYPE_BITS)
}

// kinds of numbers; the lowest bit says whether they have a sign
const UINT8: i32 = 0;
const BIT_FIELD: i32 = 8;
const FLOAT32: i32 = 14;
const FLOAT64: i32 = 15;

const LONG: i32 = if size_of::<usize>() == 8 { 6 } else { 4 };

/// What scripts describe with.
pub(super) static CONSTANTS: &[(Name, Constant)] = &[
    (name!("NATIVE"), Constant::Int(Layout::Native as i32)),
    (name!("LITTLE_ENDIAN"), Constant::Int(Layout::Little as i32)),
    (name!("BIG_ENDIAN"), Constant::Int(Layout::Big as i32)),
    (name!("VOID"), scalar(UINT8)),
    (name!("UINT8"), scalar(UINT8)),
    (name!("INT8"), scalar(1)),
    (name!("UINT16"), scalar(2)),
    (name!("INT16"), scalar(3)),
    (name!("UINT32"), scalar(4)),
    (name!("INT32"), scalar(5)),
    (name!("UINT64"), scalar(6)),
    (name!("INT64"), scalar(7)),
    (name!("BFUINT8"), scalar(BIT_FIELD)),
    (name!("BFINT8"), scalar(BIT_FIELD + 1)),
    (name!("BFUINT16"), scalar(BIT_FIELD + 2)),
    (name!("BFINT16"), scalar(BIT_FIELD + 3)),
    (name!("BFUINT32"), scalar(BIT_FIELD + 4)),
    (name!("BFINT32"), scalar(BIT_FIELD + 5)),
    (name!("FLOAT32"), scalar(FLOAT32)),
    (name!("FLOAT64"), scalar(FLOAT64)),
    (name!("BF_POS"), Constant::Int(OFFSET_BITS as i32)),
    (name!("BF_LEN"), Constant::Int(LENGTH_AT as i32)),
    (name!("SHORT"), scalar(3)),
    (name!("USHORT"), scalar(2)),
    (name!("INT"), scalar(5)),
    (name!("UINT"), scalar(4)),
    (name!("LONG"), scalar(LONG + 1)),
    (name!("ULONG"), scalar(LONG)),
    (name!("LONGLONG"), scalar(7)),
    (name!("ULONGLONG"), scalar(6)),
    (name!("PTR"), tag(1, AGGREGATE_BITS)),
    (name!("ARRAY"), tag(2, AGGREGATE_BITS)),
];

/// The type in a number, and what is left without it.
fn split(number: i64, bits: u32) -> (u32, u32) {
    let number = number as u32 & 0x7fff_ffff;
    (number >> (31 - bits), number & (0x7fff_ffff >> bits))
}

/// A number in a structure: where it lies, and how.
#[derive(Copy, Clone)]
pub(super) struct Scalar {
    kind: u32,
    offset: i64,
    /// Its lowest bit, and how many, of a bit field.
    bits: Option<(u32, u32)>,
}

impl Scalar {
    /// What a number describes.
    pub(super) fn of(number: i64) -> Self {
        let (kind, rest) = split(number, TYPE_BITS);
        let is_bit_field = (BIT_FIELD as u32..FLOAT32 as u32).contains(&kind);
        let part = |at| rest >> at & ((1 << BIT_BITS) - 1);
        let bits = is_bit_field.then(|| (part(OFFSET_BITS), part(LENGTH_AT)));
        let offset = if is_bit_field { rest & ((1 << OFFSET_BITS) - 1) } else { rest };
        Self { kind, offset: offset.into(), bits }
    }

    /// Whether it is an unsigned byte.
    pub(super) fn is_byte(self) -> bool {
        self.kind == UINT8 as u32
    }

    /// Item `i` of an array of such numbers.
    pub(super) fn at(self, i: i64) -> Self {
        Self { offset: i.saturating_mul(self.size() as i64), ..self }
    }

    /// Bytes.
    fn size(self) -> usize {
        match self.kind as i32 {
            FLOAT32 => 4,
            FLOAT64 => 8,
            kind => 1 << ((kind & 7) >> 1),
        }
    }

    /// The type code of `struct`.
    fn code(self) -> u8 {
        *b"BbHhIiQqBbHhIifd".get(self.kind as usize & 15).unwrap_or(&b'B')
    }

    /// Its bytes among those of an object, in which the structure begins at a place.
    fn range(self, start: usize) -> Option<core::ops::Range<usize>> {
        let first = start.checked_add_signed(isize::try_from(self.offset).ok()?)?;
        Some(first..first.checked_add(self.size())?)
    }

    /// Reads it of such an object, if it is there.
    ///
    /// # Errors
    /// Room is asked for.
    pub(super) fn read_at<'h>(
        self,
        cx: Leaf<'h>,
        object: Obj<'h>,
        start: usize,
        layout: Layout,
    ) -> Result<Option<Obj<'h>>, Leave> {
        let (Some(buffer), Some(range)) = (cx.buffer(object), self.range(start)) else {
            return Ok(None);
        };
        let bytes = buffer.bytes.part(range.start, range.end);
        if self.bits.is_some() || bytes.len() < self.size() {
            return Ok(None);
        }
        cx.unpack(self.code(), self.size(), layout.order(), bytes).map(Some)
    }

    /// Writes a number of a machine word there; whether that could be done.
    pub(super) fn write_at<'h>(
        self,
        cx: Leaf<'h>,
        object: Obj<'h>,
        start: usize,
        layout: Layout,
        value: Obj<'h>,
    ) -> bool {
        let is_float = matches!(self.kind as i32, FLOAT32 | FLOAT64);
        let place = || cx.buffer(object)?.cells?.get(self.range(start)?);
        let (Some(number), Some(cells)) = (value.as_small_int(), place()) else { return false };
        if self.bits.is_some() || is_float {
            return false;
        }
        let raw = layout.order().split(number as i64 as u64, self.size());
        cells.iter().zip(raw).for_each(|(cell, byte)| cell.set(byte));
        true
    }

    /// Reads it from a structure that begins at a place.
    pub(super) fn read<'s>(self, cx: &mut Full<'s>, place: Place<'s>, layout: Layout) -> Given<'s> {
        let raw = place.read(cx, self.offset, self.size())?;
        let bytes = raw.get(..self.size()).unwrap_or_default();
        if let Some((first, len)) = self.bits {
            let value = layout.order().join(Bytes::from(bytes));
            return cx.uint(value >> first & ((1 << len) - 1));
        }
        cx.make(|cx| cx.unpack(self.code(), self.size(), layout.order(), Bytes::from(bytes)))
    }

    /// Writes it.
    pub(super) fn write<'s>(
        self,
        cx: &mut Full<'s>,
        place: Place<'s>,
        layout: Layout,
        value: Held<'s>,
    ) -> Result<(), Raised> {
        let raw = match self.kind as i32 {
            FLOAT32 => (cx.float_of(value)? as f32).to_bits().into(),
            FLOAT64 => cx.float_of(value)?.to_bits(),
            _ => cx.u64_wrapping_of(value)?,
        };
        let raw = match self.bits {
            Some((first, len)) => {
                let mask = ((1u64 << len) - 1) << first;
                let old = place.read(cx, self.offset, self.size())?;
                let old = old.get(..self.size()).unwrap_or_default();
                layout.order().join(Bytes::from(old)) & !mask | raw << first & mask
            }
            None => raw,
        };
        place.write(cx, self.offset, layout.order().split(raw, self.size()), self.size())
    }
}

/// What an array or a pointer has: numbers, or what another description says.
type Item<'s> = Result<Scalar, Held<'s>>;

/// An array.
pub(super) struct Array<'s> {
    pub(super) item: Item<'s>,
    pub(super) len: usize,
}

/// What a tuple describes.
pub(super) enum Description<'s> {
    Structure(Held<'s>),
    Pointer(Item<'s>),
    Array(Array<'s>),
}

pub(super) fn syntax_error(cx: &mut Full<'_>) -> Raised {
    cx.raise(&TYPE_ERROR, "syntax error in uctypes descriptor")
}

pub(super) fn is_dict<'s>(cx: &Full<'s>, object: Held<'s>) -> bool {
    cx.is_instance(object, &DICT)
}

pub(super) fn is_tuple<'s>(cx: &Full<'s>, object: Held<'s>) -> bool {
    cx.is_instance(object, &TUPLE)
}

/// The int that an object is, if it fits a word.
pub(super) fn small_int<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<Option<i64>, Raised> {
    cx.look(|cx| Ok(cx.get(object).as_small_int().map(|i| i as i64)))
}

/// Number `i` of a tuple.
fn number_at<'s>(cx: &mut Full<'s>, tuple: Held<'s>, i: usize) -> Result<i64, Raised> {
    let found = cx.look(|cx| {
        let items = cx.get(tuple).items();
        Ok(items.and_then(|items| items.get(i)).and_then(|item| item.as_small_int()))
    })?;
    found.map(|i| i as i64).ok_or_else(|| syntax_error(cx))
}

/// Where what a tuple describes lies in the structure.
pub(super) fn offset_of<'s>(cx: &mut Full<'s>, tuple: Held<'s>) -> Result<i64, Raised> {
    let (_, offset) = split(number_at(cx, tuple, 0)?, AGGREGATE_BITS);
    Ok(offset.into())
}

/// Item `index` of the array of numbers that a tuple describes, if it describes one that has it.
pub(super) fn number_of_array(tuple: Obj<'_>, index: Obj<'_>) -> Option<Scalar> {
    let items = tuple.tuple_items().filter(|items| items.len() == 2)?;
    let (kind, _) = split(items.get(0)?.as_small_int()? as i64, AGGREGATE_BITS);
    let number = items.get(1)?.as_small_int()? as i64;
    let (_, len) = split(number, TYPE_BITS);
    let index = index.as_small_int()? as i64;
    (kind == 2 && (0..len.into()).contains(&index)).then(|| Scalar::of(number).at(index))
}

/// What a tuple describes.
///
/// # Errors
/// `TypeError`: nothing.
pub(super) fn describe<'s>(cx: &mut Full<'s>, tuple: Held<'s>) -> Result<Description<'s>, Raised> {
    if !is_tuple(cx, tuple) {
        return Err(syntax_error(cx));
    }
    let len = cx.look(|cx| Ok(cx.get(tuple).items().map_or(0, Items::len)))?;
    let (kind, _) = split(number_at(cx, tuple, 0)?, AGGREGATE_BITS);
    match (kind, len) {
        (0, 2) => Ok(Description::Structure(cx.item_at(tuple, 1)?)),
        (1, 2) => {
            let target = cx.item_at(tuple, 1)?;
            let number = small_int(cx, target)?;
            Ok(Description::Pointer(number.map(Scalar::of).ok_or(target)))
        }
        (2, 2 | 3) => {
            let number = number_at(cx, tuple, 1)?;
            let (_, items) = split(number, TYPE_BITS);
            let item = if len == 2 { Ok(Scalar::of(number)) } else { Err(cx.item_at(tuple, 2)?) };
            Ok(Description::Array(Array { item, len: items as usize }))
        }
        _ => Err(syntax_error(cx)),
    }
}

/// Structures inside one another: more are a description that contains itself.
const DEEPEST: usize = 16;

/// Bytes of what is described, and of the largest number in it.
#[derive(Copy, Clone, Default)]
struct Size {
    bytes: u64,
    unit: u64,
}

impl Size {
    fn of(scalar: Scalar) -> Self {
        let bytes = scalar.size() as u64;
        Self { bytes, unit: bytes }
    }
}

/// Bytes of what is described.
///
/// # Errors
/// `TypeError` for what is no description, `RuntimeError` for one that is too deep.
pub(super) fn structure_size<'s>(
    cx: &mut Full<'s>,
    description: Held<'s>,
    layout: Layout,
) -> Result<usize, Raised> {
    let size = measure(cx, description, layout, 0)?;
    Ok(usize::try_from(size.bytes).unwrap_or(usize::MAX))
}

fn measure<'s>(
    cx: &mut Full<'s>,
    description: Held<'s>,
    layout: Layout,
    depth: usize,
) -> Result<Size, Raised> {
    if depth == DEEPEST {
        return Err(cx.raise(&RUNTIME_ERROR, "maximum recursion depth exceeded"));
    }
    cx.charge(4)?;
    if is_tuple(cx, description) {
        return measure_tuple(cx, description, layout, depth);
    }
    if small_int(cx, description)?.is_some() {
        // a number that was read of a structure looks the same
        return Err(cx.raise(&TYPE_ERROR, "can't unambiguously get sizeof scalar"));
    }
    if !is_dict(cx, description) {
        return Err(syntax_error(cx));
    }
    let mut whole = Size::default();
    let fields = cx.call_method(description, name!("values"), &[])?;
    cx.for_each(fields, |cx, _, field| {
        let (offset, size) = match small_int(cx, field)? {
            Some(number) => {
                let scalar = Scalar::of(number);
                (scalar.offset, Size::of(scalar))
            }
            None if is_tuple(cx, field) => {
                (offset_of(cx, field)?, measure_tuple(cx, field, layout, depth)?)
            }
            None => return Err(syntax_error(cx)),
        };
        whole.unit = whole.unit.max(size.unit);
        whole.bytes = whole.bytes.max(size.bytes.saturating_add(offset as u64));
        Ok(())
    })?;
    if layout == Layout::Native && whole.unit > 1 {
        let end = whole.bytes.checked_next_multiple_of(whole.unit);
        whole.bytes = end.unwrap_or(u64::MAX);
    }
    Ok(whole)
}

fn measure_tuple<'s>(
    cx: &mut Full<'s>,
    tuple: Held<'s>,
    layout: Layout,
    depth: usize,
) -> Result<Size, Raised> {
    match describe(cx, tuple)? {
        Description::Structure(inner) => measure(cx, inner, layout, depth + 1),
        Description::Pointer(_) => {
            let bytes = super::size_of_pointer() as u64;
            Ok(Size { bytes, unit: bytes })
        }
        Description::Array(Array { item, len }) => {
            let item = match item {
                Ok(scalar) => Size::of(scalar),
                Err(inner) => measure(cx, inner, layout, depth + 1)?,
            };
            Ok(Size { bytes: item.bytes.saturating_mul(len as u64), ..item })
        }
    }
}
