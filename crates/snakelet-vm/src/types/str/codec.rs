//! Between `str` and `bytes`, and between bytes and hexadecimal digits.

use core::cell::Cell;

use snakelet_num::utf8;

use crate::exception::classes::{
    LOOKUP_ERROR, TYPE_ERROR, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR,
};
use crate::native::args::Param;
use crate::native::leaf::{Answer, AnyObj, AnyText, AnyTextObj, Leaf, LeafArgs, Leave, Obj};
use crate::native::{Named, NativeFn, Subscr};
use crate::object::Kind;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, name};

use super::render::hex_digits;
use super::search::PAUSE as PIECE;
use super::strip::is_space;
use super::unit::{Unit, code_point};

/// The encodings that there are.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    #[cfg(feature = "cpython")]
    Cp1252,
}

/// What the bytes from 0x80 on stand for in the code page 1252, where it differs from Latin-1; 0 for those that stand for
/// nothing.
#[cfg(feature = "cpython")]
static CP1252: [u16; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
    0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161,
    0x203a, 0x153, 0, 0x17e, 0x178,
];

/// What becomes of bytes that are no text.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Errors {
    Strict,
    Ignore,
    Replace,
}

fn encoding_of<'h>(cx: Leaf<'h>, name: Option<Obj<'h>>) -> Result<Encoding, Leave> {
    let Some(name) = name else { return Ok(Encoding::Utf8) };
    let Some(text) = cx.vm().str_of(name.value()) else { return Err(cx.no_conversion(name)) };
    const NAMES: &[(&str, Encoding)] = &[
        ("utf-8", Encoding::Utf8),
        ("utf8", Encoding::Utf8),
        ("ascii", Encoding::Ascii),
        ("us-ascii", Encoding::Ascii),
        ("latin-1", Encoding::Latin1),
        ("latin1", Encoding::Latin1),
        ("iso-8859-1", Encoding::Latin1),
        ("iso8859-1", Encoding::Latin1),
        #[cfg(feature = "cpython")]
        ("cp1252", Encoding::Cp1252),
        #[cfg(feature = "cpython")]
        ("windows-1252", Encoding::Cp1252),
    ];
    let same = |known: &&(&str, Encoding)| {
        let plain = |byte: &u8| if *byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
        known.0.len() == text.len() && known.0.bytes().eq(text.iter().map(plain))
    };
    match NAMES.iter().find(same) {
        Some((_, encoding)) => Ok(*encoding),
        None => Err(cx.raise_about(&LOOKUP_ERROR, "unknown encoding: %s", [name; 2])),
    }
}

fn errors_of<'h>(cx: Leaf<'h>, name: Option<Obj<'h>>) -> Errors {
    match name.and_then(|name| cx.vm().str_of(name.value())) {
        Some(b"ignore") => Errors::Ignore,
        Some(b"replace") => Errors::Replace,
        _ => Errors::Strict,
    }
}

/// `encode(encoding='utf-8', errors='strict')`
pub(super) const ENCODE: NativeFn = NativeFn::named(
    const { &Named::new(NativeFn::method::<AnyTextObj, 0>(name!("encode"), 2, encode), &PARAMETERS) },
);

/// The parameters of `encode` and `decode`.
static PARAMETERS: [Param; 2] =
    [Param::optional(name!("encoding")), Param::optional(name!("errors"))];

/// The bytes of a `str`.
///
/// # Errors
/// `LookupError` for an unknown encoding, `UnicodeError` for characters that it has not.
pub(crate) fn encode_with(vm: &mut Vm, text: Local, encoding: Local, errors: Local) -> Res {
    vm.call_native_with(&ENCODE, &[text, encoding, errors])
}

fn encode<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let encoding = encoding_of(cx, args.opt(0))?;
    let errors = errors_of(cx, args.opt(1));
    let text = text.bytes(cx);
    let is_utf8 = encoding == Encoding::Utf8;
    if text.is_ascii() || is_utf8 && !cx.vm().has_surrogate(text) {
        return cx.make_text(Kind::Bytes, text.len(), |out| {
            let _ = cx.vm().copy_bytes(text.into(), Cell::from_mut(out).as_slice_of_cells());
        });
    }
    if is_utf8 && errors == Errors::Strict {
        return Err(cx.raise(&UNICODE_ENCODE_ERROR, super::SURROGATES));
    }
    if is_utf8 {
        return cx.draw(Kind::Bytes, &move |pen| {
            let mut rest = text;
            while !rest.is_empty() {
                let piece = rest.get(..PIECE).unwrap_or(rest);
                // a piece that ends within a surrogate does not show it
                let at = utf8::surrogate(piece).unwrap_or(piece.len());
                let cut = usize::from(at == PIECE && piece.last() == Some(&0xed));
                let (valid, behind) = rest.split_at_checked(at - cut).unwrap_or((rest, &[]));
                pen.put(valid)?;
                rest = behind;
                if at < piece.len() {
                    rest = behind.get(3..).unwrap_or_default();
                    pen.put(if errors == Errors::Replace { b"?" } else { b"" })?;
                }
            }
            Ok(())
        });
    }
    #[cfg(feature = "cpython")]
    if encoding == Encoding::Cp1252 {
        return encode_cp1252(cx, text, errors);
    }
    cx.draw(Kind::Bytes, &move |pen| {
        // the upper bits of a character of two bytes whose second byte comes next
        let mut upper = None;
        for byte in cx.vm().paced_to_end(text.iter()) {
            match byte {
                0..=0x7f => pen.put(core::slice::from_ref(byte))?,
                0x80..=0xbf => {
                    if let Some(upper) = upper.take() {
                        pen.put(&[upper | byte & 0x3f])?;
                    }
                }
                0xc2 | 0xc3 if encoding == Encoding::Latin1 => upper = Some(byte << 6),
                _ => match errors {
                    Errors::Strict => return Err(cx.raise_no_args(&UNICODE_ENCODE_ERROR)),
                    Errors::Ignore => {}
                    Errors::Replace => pen.put(b"?")?,
                },
            }
        }
        Ok(())
    })
}

/// The bytes of a text in the code page 1252.
#[cfg(feature = "cpython")]
fn encode_cp1252<'h>(cx: Leaf<'h>, text: &'h [u8], errors: Errors) -> Answer<'h> {
    cx.draw(Kind::Bytes, &move |pen| {
        let mut rest = text;
        while let Some((code, len)) = utf8::decode(rest) {
            rest = rest.get(len..).unwrap_or(&[]);
            let place = CP1252.iter().position(|known| u32::from(*known) == code && code != 0);
            match (u8::try_from(code), place) {
                (Ok(byte), _) if !(0x80..0xa0).contains(&byte) => pen.put(&[byte])?,
                (_, Some(place)) => pen.put(&[0x80 | place as u8])?,
                _ => match errors {
                    Errors::Strict => return Err(cx.raise_no_args(&UNICODE_ENCODE_ERROR)),
                    Errors::Ignore => {}
                    Errors::Replace => pen.put(b"?")?,
                },
            }
        }
        Ok(())
    })
}

/// `decode(encoding='utf-8', errors='strict')` of any buffer
pub(crate) const DECODE: NativeFn = NativeFn::named(
    const { &Named::new(NativeFn::method::<AnyObj, 0>(name!("decode"), 2, decode), &PARAMETERS) },
);

/// The `str` of a buffer's bytes.
///
/// # Errors
/// `TypeError` if it is no buffer, `LookupError` for an unknown encoding, `UnicodeError`.
pub(crate) fn decode_with(vm: &mut Vm, object: Local, encoding: Local, errors: Local) -> Res {
    vm.call_native_with(&DECODE, &[object, encoding, errors])
}

fn decode<'h>(cx: Leaf<'h>, object: Obj<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let bytes = cx.readable(object)?;
    if cx.vm().str_of(object.value()).is_some() {
        return Err(cx.raise(&TYPE_ERROR, "decoding str is not supported"));
    }
    let encoding = encoding_of(cx, args.opt(0))?;
    let errors = errors_of(cx, args.opt(1));
    if encoding == Encoding::Utf8 && errors == Errors::Strict {
        let text = cx.make_text(Kind::Str, bytes.len(), |out| {
            let _ = cx.vm().copy_bytes(bytes, Cell::from_mut(out).as_slice_of_cells());
        })?;
        let bytes = cx.vm().text_of(text.value());
        if cx.vm().unit_of(text.value()) == Unit::Char && cx.vm().has_surrogate(bytes) {
            return Err(cx.raise_no_args(&UNICODE_DECODE_ERROR));
        }
        return Ok(text);
    }
    let bytes = cx.bytes_of_buffer(object, bytes)?;
    cx.draw(Kind::Str, &move |pen| {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (valid, invalid) = match encoding {
                Encoding::Utf8 => match core::str::from_utf8(rest) {
                    Ok(text) => (text.len(), 0),
                    Err(error) => {
                        let valid = error.valid_up_to();
                        (valid, error.error_len().unwrap_or(rest.len() - valid))
                    }
                },
                _ => {
                    let valid = cx.count_while(rest, |b| b.is_ascii())?;
                    (valid, usize::from(valid < rest.len()))
                }
            };
            let (text, behind) = rest.split_at_checked(valid).unwrap_or((rest, &[]));
            pen.put(text)?;
            #[cfg(feature = "cpython")]
            if encoding == Encoding::Cp1252
                && let Some(code @ 1..) = behind.first().map(|byte| match byte {
                    0x80..=0x9f => CP1252.get(usize::from(byte & 0x1f)).copied().unwrap_or(0),
                    _ => u16::from(*byte),
                })
                && let Some(c) = char::from_u32(code.into())
            {
                pen.put(c.encode_utf8(&mut [0; 4]).as_bytes())?;
                rest = behind.get(1..).unwrap_or(&[]);
                continue;
            }
            if invalid > 0 {
                match errors {
                    _ if encoding == Encoding::Latin1 => {
                        let byte = behind.first().copied().unwrap_or(0);
                        pen.put(&[0xc0 | byte >> 6, 0x80 | byte & 0x3f])?;
                    }
                    Errors::Strict => return Err(cx.raise_no_args(&UNICODE_DECODE_ERROR)),
                    Errors::Ignore => {}
                    Errors::Replace => pen.put("\u{fffd}".as_bytes())?,
                }
            }
            rest = behind.get(invalid..).unwrap_or(&[]);
        }
        Ok(())
    })
}

/// `hex([sep])` of any buffer
pub(crate) const HEX: NativeFn = NativeFn::method::<AnyObj, 0>(name!("hex"), 1, hex);

fn hex<'h>(cx: Leaf<'h>, object: Obj<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let bytes = cx.readable(object)?;
    let bytes = cx.bytes_of_buffer(object, bytes)?;
    let sep = match args.opt(0) {
        None => &[][..],
        Some(sep) => match cx.vm().bytes_of(sep.value()) {
            Some(sep @ [0..=0x7f]) => sep,
            Some(_) => return Err(cx.value_error("sep must be length 1.")),
            None => return Err(cx.no_conversion(sep)),
        },
    };
    cx.draw(Kind::Str, &move |pen| {
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 {
                pen.put(sep)?;
            }
            pen.put(&hex_digits(*byte))?;
        }
        Ok(())
    })
}

/// `bytes.fromhex(text)`
pub(crate) const FROM_HEX: NativeFn =
    NativeFn::method::<AnyObj, 1>(name!("fromhex"), 0, fromhex).class_method();

fn fromhex<'h>(cx: Leaf<'h>, _class: Obj<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let object = args.get::<0>();
    let text = cx.bytes_of_buffer(object, cx.readable(object)?)?;
    cx.draw(Kind::Bytes, &move |pen| {
        let mut high: Option<u32> = None;
        for byte in cx.vm().paced_to_end(text.iter()) {
            match (high, char::from(*byte).to_digit(16)) {
                (None, None) if is_space(*byte) => {}
                (None, Some(digit)) => high = Some(digit),
                (Some(h), Some(digit)) => {
                    pen.put(&[(h << 4 | digit) as u8])?;
                    high = None;
                }
                _ => return Err(cx.value_error("non-hex digit")),
            }
        }
        match high {
            Some(_) => Err(cx.value_error("non-hex digit")),
            None => Ok(()),
        }
    })
}

/// `translate(table)`
pub(super) fn translate(vm: &mut Vm, args: Args) -> Res {
    let (text, table) = (args.get(0), args.get(1));
    let out = vm.new_text()?;
    let mut at = 0;
    while let Some((c, len)) = utf8::decode(vm.text(text).get(at..).unwrap_or(&[])) {
        let scope = vm.scope();
        let code = vm.new_int(c as isize)?;
        let found = vm.subscr(table, code, Subscr::Load);
        match vm.catch(found, &LOOKUP_ERROR)? {
            None => vm.emit_bytes_of(out, text, at, at + len)?,
            Some(to) if vm.get(to).is_none() => {}
            Some(to) if vm.str_of(vm.get(to)).is_some() => vm.emit_str(out, to)?,
            Some(to) => {
                let c = vm.index_of(to)?;
                let Some(c) = code_point(c) else {
                    return Err(vm.value_error("chr() arg not in range(0x110000)"));
                };
                vm.emit(out, utf8::encode(c, &mut [0; utf8::LONGEST]))?;
            }
        }
        vm.end_scope(scope);
        vm.charge(4)?;
        at += len;
    }
    vm.finish_text(out)
}

/// `str.maketrans(mapping)`, `str.maketrans(from, to[, deleted])`: a table for `translate`.
#[cfg(feature = "cpython")]
pub(super) fn maketrans(vm: &mut Vm, args: Args) -> Res {
    let table = vm.new_dict(0)?;
    if args.len() == 1 {
        let mut at = 0;
        if !matches!(vm.get(args.get(0)).ref_kind(), Some(Kind::Dict | Kind::OrderedDict)) {
            return Err(vm.type_error("maketrans() argument must be a dict"));
        }
        while let Some((key, value)) = vm.dict_entry(args.get(0), &mut at) {
            let scope = vm.scope();
            let key = match vm.str_of(vm.get(key)).map(utf8::decode) {
                None => key,
                Some(Some((c, len))) if len == vm.text(key).len() => vm.new_int(c as isize)?,
                Some(_) => return Err(vm.value_error("string keys must be of length 1")),
            };
            vm.table_set(table, key, value)?;
            vm.end_scope(scope);
            vm.charge(2)?;
        }
        return Ok(table);
    }
    if args.iter().any(|text| vm.str_of(vm.get(text)).is_none()) {
        return Err(vm.type_error("maketrans() arguments must be strings"));
    }
    let (mut from, mut to) = (0, 0);
    loop {
        let scope = vm.scope();
        let next = |text, at| utf8::decode(vm.text(text).get(at..).unwrap_or(&[]));
        let (key, value) = match (next(args.get(0), from), next(args.get(1), to)) {
            (Some(key), Some(value)) => (key, value),
            (None, None) => break,
            _ => return Err(vm.value_error("the first two arguments must have equal length")),
        };
        (from, to) = (from + key.1, to + value.1);
        let key = vm.new_int(key.0 as isize)?;
        let value = vm.new_int(value.0 as isize)?;
        vm.table_set(table, key, value)?;
        vm.end_scope(scope);
        vm.charge(2)?;
    }
    let Some(deleted) = args.opt(2) else { return Ok(table) };
    let mut at = 0;
    while let Some((c, len)) = utf8::decode(vm.text(deleted).get(at..).unwrap_or(&[])) {
        let scope = vm.scope();
        let key = vm.new_int(c as isize)?;
        vm.table_set(table, key, Local::NONE)?;
        vm.end_scope(scope);
        vm.charge(2)?;
        at += len;
    }
    Ok(table)
}
