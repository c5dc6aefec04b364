//! Objects to JSON.

use snakelet_num::utf8;
use snakelet_vm::Raised;
use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, Held, Outer, Variable};
use snakelet_vm::native::leaf::{Leaf, Leave, Obj};
use snakelet_vm::print::PrintKind;
use snakelet_vm::types::dict::DICT;
use snakelet_vm::types::list::LIST;
use snakelet_vm::types::str::STR;
use snakelet_vm::types::tuple::TUPLE;

use crate::gather::Gather;

/// Containers that may be open inside one another: one that contains itself ends with an exception before the
/// memory does.
const DEEPEST: usize = 1000;

/// All bytes of a text.
const WHOLE: (usize, usize) = (0, usize::MAX);

/// What stands between two items, and between a key and its value.
#[derive(Copy, Clone)]
pub(super) struct Separators<'s> {
    pub(super) item: Held<'s>,
    pub(super) key: Held<'s>,
}

/// What is known of an object that is written.
enum Shape {
    /// Written so.
    Word(&'static [u8]),
    /// An int of one word.
    Int(isize),
    /// A `str` or `bytes`.
    Text,
    /// A list or tuple.
    Sequence,
    Dict,
    /// Something that JSON does not know: its `repr()` is written.
    Other,
}

/// The places of a call.
#[derive(Copy, Clone)]
struct Places<'s> {
    /// Where the output goes.
    output: Variable<'s>,
    separators: Option<Separators<'s>>,
    /// What is written next.
    value: Variable<'s>,
    /// The iterator of the innermost container that is open.
    iterator: Variable<'s>,
    /// That container if it is a dict, else `None`.
    dict: Variable<'s>,
    /// What the three last ones are further out: a chain of tuples.
    chain: Variable<'s>,
}

impl<'s> Places<'s> {
    /// The same in a scope inside.
    fn inside<'t>(self, outer: Outer<'s, 't>) -> Places<'t> {
        Places {
            output: outer.variable(self.output),
            separators: self.separators.map(|separators| Separators {
                item: outer.held(separators.item),
                key: outer.held(separators.key),
            }),
            value: outer.variable(self.value),
            iterator: outer.variable(self.iterator),
            dict: outer.variable(self.dict),
            chain: outer.variable(self.chain),
        }
    }
}

/// Writes an object.
///
/// # Errors
/// Nesting that is too deep; what the stream or `__repr__` raises.
pub(super) fn write<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    output: Variable<'s>,
    object: Held<'s>,
    separators: Option<Separators<'s>>,
) -> Result<(), Raised> {
    let places = Places {
        output,
        separators,
        value: cx.variable(object),
        iterator: cx.variable(Held::NONE),
        dict: cx.variable(Held::NONE),
        chain: cx.variable(Held::NONE),
    };
    let mut depth = 0;
    loop {
        let opened = cx.scope(|cx, outer| value(cx, out, places.inside(outer), depth))?;
        depth += usize::from(opened);
        let mut is_first = opened;
        loop {
            if depth == 0 {
                return Ok(());
            }
            if cx.scope(|cx, outer| next(cx, out, places.inside(outer), is_first))? {
                break;
            }
            depth -= 1;
            is_first = false;
        }
    }
}

/// Writes the value if it is no container, or the beginning of it; whether it is one.
fn value<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    places: Places<'s>,
    depth: usize,
) -> Result<bool, Raised> {
    let value = places.value.held();
    let shape = shape_of(cx, value)?;
    let is_dict = match shape {
        Shape::Sequence => false,
        Shape::Dict => true,
        _ => return scalar(cx, out, places.output, value, shape, false).map(|()| false),
    };
    if depth == DEEPEST {
        return Err(cx.raise(&RUNTIME_ERROR, "maximum recursion depth exceeded"));
    }
    // what opens and closes it; the items of a container are charged one by one
    cx.charge(12)?;
    let link = [places.chain.held(), places.iterator.held(), places.dict.held()];
    let link = cx.tuple(&link)?;
    let first = cx.iter(value)?;
    cx.set(places.chain, link);
    cx.set(places.iterator, first);
    cx.set(places.dict, if is_dict { value } else { Held::NONE });
    out.put(cx, places.output, if is_dict { b"{" } else { b"[" })?;
    Ok(true)
}

/// Finds the next value in the container that is open, and writes what stands before it; or the end of the container.
fn next<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    places: Places<'s>,
    is_first: bool,
) -> Result<bool, Raised> {
    cx.charge(2)?;
    let dict = places.dict.held();
    let is_dict = !cx.is_none(dict);
    let Some(item) = cx.next(places.iterator.held())? else {
        out.put(cx, places.output, if is_dict { b"}" } else { b"]" })?;
        let link = places.chain.held();
        let (iterator, dict) = (cx.item_at(link, 1)?, cx.item_at(link, 2)?);
        let further = cx.item_at(link, 0)?;
        cx.set(places.iterator, iterator);
        cx.set(places.dict, dict);
        cx.set(places.chain, further);
        return Ok(false);
    };
    if !is_first {
        let own = places.separators.map(|separators| separators.item);
        separator(cx, out, places.output, own, b", ")?;
    }
    if is_dict {
        let found = cx.item(dict, item)?;
        cx.set(places.value, found);
        let shape = shape_of(cx, item)?;
        scalar(cx, out, places.output, item, shape, true)?;
        let own = places.separators.map(|separators| separators.key);
        separator(cx, out, places.output, own, b": ")?;
    } else {
        cx.set(places.value, item);
    }
    Ok(true)
}

fn separator<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    output: Variable<'s>,
    own: Option<Held<'s>>,
    usual: &[u8],
) -> Result<(), Raised> {
    match own {
        Some(text) => out.put_part(cx, output, text, WHOLE, plain),
        None => out.put(cx, output, usual),
    }
}

fn shape_of<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<Shape, Raised> {
    let shape = cx.look(|cx| {
        let object = cx.get(object);
        Ok(match (object.as_small_int(), object.as_bool()) {
            _ if object.is_none() => Shape::Word(b"null"),
            (Some(i), _) => Shape::Int(i),
            (_, Some(true)) => Shape::Word(b"true"),
            (_, Some(false)) => Shape::Word(b"false"),
            _ if cx.as_text(object).is_some() => Shape::Text,
            _ if object.items().is_some() => Shape::Sequence,
            _ => Shape::Other,
        })
    })?;
    Ok(match shape {
        Shape::Other if cx.is_instance(object, &DICT) => Shape::Dict,
        Shape::Other if cx.is_instance(object, &LIST) => Shape::Sequence,
        Shape::Other if cx.is_instance(object, &TUPLE) => Shape::Sequence,
        shape => shape,
    })
}

/// Writes what is no container, or a key, which becomes a text whatever it is.
fn scalar<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    output: Variable<'s>,
    object: Held<'s>,
    shape: Shape,
    is_key: bool,
) -> Result<(), Raised> {
    let mut digits = [0; 21];
    let word = match shape {
        Shape::Word(word) => word,
        Shape::Int(i) => decimal(i, &mut digits),
        Shape::Text => return quoted(cx, out, output, object),
        _ => {
            let is_str = cx.is_instance(object, &STR);
            let kind = if is_str { PrintKind::Str } else { PrintKind::Repr };
            let text = cx.text_of(object, kind)?;
            return if is_key || is_str {
                quoted(cx, out, output, text)
            } else {
                out.put_part(cx, output, text, WHOLE, plain)
            };
        }
    };
    let quote: &[u8] = if is_key { b"\"" } else { b"" };
    for part in [quote, word, quote] {
        out.put(cx, output, part)?;
    }
    Ok(())
}

/// Writes a `str` or `bytes` as a text.
fn quoted<'s>(
    cx: &mut Full<'s>,
    out: &mut Gather,
    output: Variable<'s>,
    text: Held<'s>,
) -> Result<(), Raised> {
    out.put(cx, output, b"\"")?;
    let mut at = 0;
    // JSON is encoded, so that surrogates are escaped: three bytes of text each
    while let Some((place, code)) = cx.look(|cx| surrogate(*cx, cx.get(text), at))? {
        out.put_part(cx, output, text, (at, place), escaped)?;
        let mut escape = *b"\\u0000";
        for (i, to) in escape.iter_mut().skip(2).enumerate() {
            let digit = (code >> (12 - 4 * i)) & 15;
            *to = char::from_digit(digit, 16).map_or(b'0', |digit| digit as u8);
        }
        out.put(cx, output, &escape)?;
        at = place + 3;
    }
    out.put_part(cx, output, text, (at, WHOLE.1), escaped)?;
    out.put(cx, output, b"\"")
}

/// The first surrogate in a text from a place on, and where it is.
fn surrogate<'h>(cx: Leaf<'h>, text: Obj<'h>, from: usize) -> Result<Option<(usize, u32)>, Leave> {
    let bytes = cx.as_text(text).filter(|_| cx.is_str(text)).unwrap_or_default();
    let mut at = from;
    loop {
        at += cx.count_while(bytes.get(at..).unwrap_or_default(), |byte| byte != 0xed)?;
        match utf8::decode(bytes.get(at..).unwrap_or_default()) {
            Some((code, _)) if utf8::is_surrogate(code) => return Ok(Some((at, code))),
            Some((_, len)) => at += len,
            None => return Ok(None),
        }
    }
}

/// Writes a byte as it is.
fn plain(byte: u8, out: &mut [u8]) -> usize {
    Bytes::from(&[byte][..]).copy_to(out)
}

/// Writes a byte of a text as JSON has it: what is not ASCII stays as it is.
fn escaped(byte: u8, out: &mut [u8]) -> usize {
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        b' '.. => return plain(byte, out),
        _ => {
            let digit = byte & 15;
            let digit = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
            let code = [b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit];
            return Bytes::from(&code[..]).copy_to(out);
        }
    };
    Bytes::from(&[b'\\', letter][..]).copy_to(out)
}

/// A number in decimal, at the end of `digits`.
fn decimal(i: isize, digits: &mut [u8; 21]) -> &[u8] {
    let (mut n, mut at) = (i.unsigned_abs(), digits.len());
    let mut put = |digit| {
        at = at.saturating_sub(1);
        if let Some(place) = digits.get_mut(at) {
            *place = digit;
        }
    };
    loop {
        put(b'0' + (n % 10) as u8);
        n /= 10;
        if n == 0 {
            break;
        }
    }
    if i < 0 {
        put(b'-');
    }
    digits.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        for i in [0, 7, -1, 10, -305, isize::MAX, isize::MIN] {
            assert_eq!(decimal(i, &mut [0; 21]), std::format!("{i}").as_bytes());
        }
    }

    #[test]
    fn bytes_are_escaped_within_the_room_they_have() {
        for byte in 0..=255u8 {
            let mut out = [0; Gather::LONGEST];
            let n = escaped(byte, &mut out);
            assert!((1..=Gather::LONGEST).contains(&n));
            assert_eq!(n == 1, byte >= b' ' && byte != b'"' && byte != b'\\');
        }
        let mut out = [0; 6];
        assert_eq!(escaped(0x1f, &mut out), 6);
        assert_eq!(&out, b"\\u001f");
    }
}
