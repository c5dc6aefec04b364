//! Taking characters off the ends of texts.

use crate::native::leaf::{Answer, AnyText, Leaf, LeafArgs, Leave};

use super::{Family, Unit};

/// Whether a byte is white space.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether a unit of a text is one of those to be taken off: white space unless they are given.
fn contains(chars: Option<&[u8]>, part: &[u8]) -> bool {
    match (chars, part) {
        (None, [byte]) => is_space(*byte),
        (Some(chars), [byte]) => chars.contains(byte),
        (Some(chars), part) => chars.windows(part.len().max(1)).any(|w| w == part),
        (None, _) => false,
    }
}

/// How many bytes are taken off one end of a text.
fn taken(
    cx: Leaf<'_>,
    text: &[u8],
    chars: Option<&[u8]>,
    unit: Unit,
    at_end: bool,
) -> Result<usize, Leave> {
    // each unit is searched for among all characters
    let work = 1 + chars.map_or(0, <[u8]>::len) / 32;
    let mut rest = text;
    while !rest.is_empty() {
        let at = if at_end { unit.previous(rest, rest.len()) } else { unit.next(rest, 0) };
        let (front, back) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        let (one, others) = if at_end { (back, front) } else { (front, back) };
        if !contains(chars, one) {
            break;
        }
        rest = others;
        cx.spend(work)?;
    }
    Ok(text.len() - rest.len())
}

fn strip_sides<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 0>,
    left: bool,
    right: bool,
) -> Answer<'h> {
    let chars = match args.opt(0).filter(|chars| !chars.is_none()) {
        Some(chars) => Some(text.bytes_like(cx, chars)?),
        None => None,
    };
    let unit = match chars {
        Some(chars) if text.family() == Family::Str && !chars.is_ascii() => Unit::Char,
        _ => Unit::Byte,
    };
    let bytes = text.bytes(cx);
    let start = if left { taken(cx, bytes, chars, unit, false)? } else { 0 };
    let rest = bytes.get(start..).unwrap_or(&[]);
    let end = if right { taken(cx, rest, chars, unit, true)? } else { 0 };
    cx.subtext(text, start, bytes.len() - end)
}

/// `strip([chars])`
pub(super) fn strip<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    strip_sides(cx, text, args, true, true)
}

/// `lstrip([chars])`
pub(super) fn lstrip<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    strip_sides(cx, text, args, true, false)
}

/// `rstrip([chars])`
pub(super) fn rstrip<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    strip_sides(cx, text, args, false, true)
}

fn without<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>, at_end: bool) -> Answer<'h> {
    let affix = text.bytes_like(cx, args.get::<0>())?;
    let bytes = text.bytes(cx);
    cx.vm().charge_bytes_later(affix.len().min(bytes.len()));
    let has_affix = if at_end { bytes.ends_with(affix) } else { bytes.starts_with(affix) };
    let len = if has_affix { bytes.len() - affix.len() } else { bytes.len() };
    let start = if at_end { 0 } else { bytes.len() - len };
    cx.subtext(text, start, start + len)
}

/// `removeprefix(prefix)`
pub(super) fn removeprefix<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    without(cx, text, args, false)
}

/// `removesuffix(suffix)`
pub(super) fn removesuffix<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    without(cx, text, args, true)
}
