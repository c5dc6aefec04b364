//! `uctypes`: structures in the bytes of other objects, by descriptions in terms of C.
//!
//! An address is a number of a space of its own, see `memory`: behind it lie the bytes of an object that `addressof` was
//! asked about, and nothing else. An object may be made of any address; what is not there raises `OSError`
//! when it is read or written.

mod describe;
mod memory;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::{INDEX_ERROR, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Attribute, Full, FullArgs, Given, Held, Inside};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::pack::Order;
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{Raised, methods, name};

use describe::{Array, Description, Scalar, describe, small_int, structure_size};
use memory::Memory;
use snakelet_vm::address::{At, Place, find, part, show};

/// `uctypes`.
pub static UCTYPES: NativeModule = NativeModule::new(
    name!("uctypes"),
    &[
        Contents {
            functions: methods![
                NativeFn::full(name!("addressof"), 1, 1, address_of),
                NativeFn::full(name!("bytearray_at"), 2, 2, |cx, args| {
                    let (place, len) = memory_at(cx, args)?;
                    memory::new(cx, place, len)
                }),
                NativeFn::full(name!("bytes_at"), 2, 2, bytes_at),
                NativeFn::full(name!("sizeof"), 1, 2, sizeof),
            ],
            constants: describe::CONSTANTS,
        },
        Contents { functions: &[], constants: &[(name!("struct"), Constant::Type(&STRUCT))] },
    ],
);

/// The order of bytes, and whether fields are aligned, with MicroPython's numbers.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    Little = 0,
    Big = 1,
    Native = 2,
}

impl Layout {
    fn of<'s>(cx: &mut Full<'s>, given: Option<Held<'s>>) -> Result<Self, Raised> {
        let Some(given) = given else { return Ok(Layout::Native) };
        Ok(match cx.i64_of(given)? {
            0 => Layout::Little,
            1 => Layout::Big,
            _ => Layout::Native,
        })
    }

    fn order(self) -> Order {
        match self {
            Layout::Little => Order::Little,
            Layout::Big => Order::Big,
            Layout::Native => Order::NATIVE,
        }
    }
}

/// A structure. Value 0 of the object has the bytes, or is `None` where there are none; value 1 is the description.
struct Struct {
    place: At,
    layout: Layout,
    /// Bytes, if the description is one.
    size: Option<usize>,
}

impl NativeData for Struct {
    const TYPE: &'static NativeType = &STRUCT;
}

static STRUCT: NativeType = NativeType::of(
    name!("struct"),
    const {
        &TypeSlots::of::<Struct>().construct(&NEW).attributes(attribute).view::<Struct, _>(
            |seen, data| part(seen.writable(data.value(0))?, data.place.offset, data.size?),
        )
    },
)
.unhashable()
.methods(methods![
    NativeFn::full_method(name!("__getitem__"), 2, 2, |cx, args| item(cx, args, None)),
    NativeFn::full_method(name!("__hash__"), 1, 1, |cx, _| {
        Err(cx.raise(&TYPE_ERROR, "unhashable type: 'struct'"))
    }),
    NativeFn::full_method(name!("__int__"), 1, 1, |cx, args| {
        let this = This::of(cx, args.or_none(0))?;
        match describe(cx, this.description)? {
            Description::Pointer(_) => {
                let address = this.pointer(cx)?;
                cx.uint(address)
            }
            _ => Err(cx.raise(&TYPE_ERROR, "can't convert struct to int")),
        }
    }),
    NativeFn::full_method(name!("__repr__"), 1, 1, print),
    NativeFn::full_method(name!("__setitem__"), 3, 3, |cx, args| item(cx, args, args.get(2))),
]);

/// `struct(address, description[, layout])`
static NEW: NativeFn = NativeFn::full(name!("struct"), 2, 3, |cx, args| {
    let address = cx.u64_wrapping_of(args.or_none(0))?;
    let layout = Layout::of(cx, args.get(2))?;
    let place = find(cx, address)?;
    new(cx, place, args.or_none(1), layout)
});

fn new<'s>(
    cx: &mut Full<'s>,
    place: Place<'s>,
    description: Held<'s>,
    layout: Layout,
) -> Given<'s> {
    // what is no description is told when something is read
    let size = structure_size(cx, description, layout);
    let size = cx.catch(size, &TYPE_ERROR)?;
    cx.new_data(&[place.object, description], Struct { place: place.at, layout, size })
}

/// A structure that is looked at.
#[derive(Copy, Clone)]
struct This<'s> {
    place: Place<'s>,
    description: Held<'s>,
    layout: Layout,
}

impl<'s> This<'s> {
    fn of(cx: &mut Full<'s>, object: Held<'s>) -> Result<Self, Raised> {
        let (at, layout) = cx.with_data(object, |data: &Struct| (data.place, data.layout))?;
        let bytes = cx.make(|cx| {
            Ok(cx.data::<Struct>(cx.get(object)).map_or(Obj::NONE, |data| data.value(0)))
        })?;
        let description = cx.make(|cx| {
            Ok(cx.data::<Struct>(cx.get(object)).map_or(Obj::NONE, |data| data.value(1)))
        })?;
        Ok(This { place: Place { object: bytes, at }, description, layout })
    }

    /// The address that lies there, of a structure that is a pointer.
    fn pointer(self, cx: &mut Full<'s>) -> Result<u64, Raised> {
        let raw = self.place.read(cx, 0, size_of_pointer())?;
        Ok(Order::NATIVE.join(Bytes::from(raw.get(..size_of_pointer()).unwrap_or_default())))
    }
}

/// Bytes of an address.
const fn size_of_pointer() -> usize {
    size_of::<usize>()
}

/// Reads a number, or sets it, that `find` finds by the description of a structure; `None`, Rust's, if there is more to do.
fn quickly<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    value: Option<Held<'s>>,
    find: impl for<'h> Fn(Inside<'h, 's>, Obj<'h>) -> Option<Scalar>,
) -> Result<Option<Held<'s>>, Raised> {
    let mut is_done = false;
    let found = cx.make(|cx| {
        let Some(data) = cx.data::<Struct>(cx.get(object)) else { return Ok(Obj::NONE) };
        let Some(scalar) = find(cx, data.value(1)) else { return Ok(Obj::NONE) };
        let (bytes, start) = (data.value(0), data.place.offset);
        if let Some(value) = value.map(|value| cx.get(value)) {
            is_done = scalar.write_at(*cx, bytes, start, data.layout, value);
            return Ok(value);
        }
        let found = scalar.read_at(*cx, bytes, start, data.layout)?;
        is_done = found.is_some();
        Ok(found.unwrap_or(Obj::NONE))
    })?;
    Ok(is_done.then_some(found))
}

/// Reads a field, or sets it.
fn attribute<'s>(
    cx: &mut Full<'s>,
    Attribute { object, name, value }: Attribute<'s>,
) -> Result<Option<Held<'s>>, Raised> {
    // most fields are numbers, and there is nothing to be asked of Python then
    let found = quickly(cx, object, value, |cx, description| {
        let field = cx.dict_item(description, cx.get(name)).and_then(Obj::as_small_int);
        field.map(|number| Scalar::of(number as i64))
    })?;
    if found.is_some() {
        return Ok(found);
    }
    let this = This::of(cx, object)?;
    if !describe::is_dict(cx, this.description) {
        return Err(cx.raise(&TYPE_ERROR, "struct: no fields"));
    }
    let field = cx.item(this.description, name)?;
    if let Some(number) = small_int(cx, field)? {
        let scalar = Scalar::of(number);
        return match value {
            None => scalar.read(cx, this.place, this.layout).map(Some),
            Some(value) => {
                scalar.write(cx, this.place, this.layout, value)?;
                Ok(Some(value))
            }
        };
    }
    let description = describe(cx, field)?;
    if value.is_some() {
        return Err(describe::syntax_error(cx));
    }
    let offset = describe::offset_of(cx, field)?;
    let place = this.place.plus(offset);
    let found = match description {
        Description::Structure(inner) => new(cx, place, inner, this.layout)?,
        Description::Array(Array { item: Ok(scalar), len }) if scalar.is_byte() => {
            memory::new(cx, place, len)?
        }
        _ => new(cx, place, field, this.layout)?,
    };
    Ok(Some(found))
}

/// Reads an item of an array or behind a pointer, or sets that of an array.
fn item<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, value: Option<Held<'s>>) -> Given<'s> {
    let found = quickly(cx, args.or_none(0), value, |cx, description| {
        describe::number_of_array(description, cx.get(args.or_none(1)))
    })?;
    if let Some(found) = found {
        return Ok(found);
    }
    let this = This::of(cx, args.or_none(0))?;
    let index = cx.i64_of(args.or_none(1))?;
    if describe::is_dict(cx, this.description) {
        return Err(cx.raise(&TYPE_ERROR, "struct: can't index"));
    }
    let (place, array) = match describe(cx, this.description)? {
        Description::Array(array) => {
            if usize::try_from(index).map_or(true, |index| index >= array.len) {
                return Err(cx.raise(&INDEX_ERROR, "struct: index out of range"));
            }
            (this.place, array.item)
        }
        Description::Pointer(target) => {
            let address = this.pointer(cx)?;
            (find(cx, address)?, target)
        }
        Description::Structure(_) => return Err(cx.raise(&TYPE_ERROR, "struct: can't index")),
    };
    match (array, value) {
        (Ok(scalar), None) => scalar.at(index).read(cx, place, this.layout),
        (Ok(scalar), Some(value)) => {
            scalar.at(index).write(cx, place, this.layout, value)?;
            Ok(Held::NONE)
        }
        (Err(inner), None) => {
            let size = structure_size(cx, inner, this.layout)? as i64;
            new(cx, place.plus(size.saturating_mul(index)), inner, this.layout)
        }
        (Err(_), Some(_)) => Err(cx.raise(&TYPE_ERROR, "struct: can't assign to an aggregate")),
    }
}

fn print<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = This::of(cx, args.or_none(0))?;
    let kind = if describe::is_dict(cx, this.description) {
        "STRUCT"
    } else if !describe::is_tuple(cx, this.description) {
        "ERROR"
    } else {
        match describe(cx, this.description)? {
            Description::Pointer(_) => "PTR",
            Description::Array(_) => "ARRAY",
            Description::Structure(_) => "unk",
        }
    };
    let address = this.place.at.address;
    let digits = (64 - address.leading_zeros()).div_ceil(4).max(1);
    let digits = (0..digits).rev().map(|i| {
        let digit = (address >> (4 * i)) as u8 & 15;
        if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }
    });
    let mut text = [0; 40];
    let parts = b"<struct ".iter().chain(kind.as_bytes()).chain(b" ").copied();
    let mut len = 0;
    for (place, byte) in text.iter_mut().zip(parts.chain(digits).chain(*b">")) {
        *place = byte;
        len += 1;
    }
    let text = core::str::from_utf8(text.get(..len).unwrap_or_default()).unwrap_or_default();
    cx.str(text)
}

/// `sizeof(description[, layout])`
fn sizeof<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let object = args.or_none(0);
    let known = cx.look(|cx| {
        let object = cx.get(object);
        Ok(cx.data::<Struct>(object).map(|data| data.layout))
    })?;
    let (description, layout) = match known {
        Some(layout) => {
            if args.len() > 1 {
                return Err(cx.raise(&TYPE_ERROR, "a structure has its layout"));
            }
            (This::of(cx, object)?.description, layout)
        }
        None if memory::is_bytes(cx, object)? => {
            let len = cx.with_bytes(object, |bytes| bytes.len())?;
            return cx.count(len);
        }
        None => (object, Layout::of(cx, args.get(1))?),
    };
    let size = structure_size(cx, description, layout)?;
    cx.count(size)
}

/// `addressof(object)`
fn address_of<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let object = args.or_none(0);
    let known = cx.look(|cx| {
        let object = cx.get(object);
        let structure = cx.data::<Struct>(object).map(|data| data.place.address);
        Ok(structure.or_else(|| cx.data::<Memory>(object).map(|data| data.address())))
    })?;
    let address = match known {
        Some(address) => address,
        None => show(cx, object)?,
    };
    cx.uint(address)
}

/// The place and the length that two arguments say.
fn memory_at<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<(Place<'s>, usize), Raised> {
    let address = cx.u64_wrapping_of(args.or_none(0))?;
    let len = cx.i64_of(args.or_none(1))?;
    let place = find(cx, address)?;
    if len < 0 {
        return Err(cx.raise(&VALUE_ERROR, "negative length"));
    }
    Ok((place, usize::try_from(len).unwrap_or(usize::MAX)))
}

/// `bytes_at(address, size)`
fn bytes_at<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (place, len) = memory_at(cx, args)?;
    place.copy(cx, len)
}
