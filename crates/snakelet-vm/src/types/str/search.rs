//! Finding texts in texts.

use crate::native::leaf::{Answer, AnyText, Leaf, LeafArgs, Leave, Obj};
use crate::object::TupleObj;
use crate::protocol::buffer::PIECE;

use super::{Family, Unit};

/// Bytes after which a search charges for itself, and the host can be polled.
pub(super) const PAUSE: usize = 4096;

/// Bytes that are looked at in a step.
const BYTES_A_STEP: usize = 32;

/// The first place of a byte, a word at a time.
#[inline(never)]
pub(super) fn place_of(byte: u8, text: &[u8]) -> Option<usize> {
    const WORD: usize = size_of::<usize>();
    const ONES: usize = usize::MAX / 0xff;
    let wanted = ONES * usize::from(byte);
    let (words, _) = text.as_chunks::<WORD>();
    let has_byte = |word: &[u8; WORD]| {
        // a byte that is equal becomes zero, and borrows from its highest bit
        let differing = usize::from_ne_bytes(*word) ^ wanted;
        differing.wrapping_sub(ONES) & !differing & (ONES << 7) != 0
    };
    let skipped = WORD * words.iter().take_while(|word| !has_byte(word)).count();
    let rest = text.get(skipped..)?;
    rest.iter().position(|b| *b == byte).map(|at| skipped + at)
}

/// The first or the last place of `needle` in `text`.
///
/// # Errors
/// The script is to end.
pub(super) fn seek(
    cx: Leaf<'_>,
    text: &[u8],
    needle: &[u8],
    last: bool,
) -> Result<Option<usize>, Leave> {
    let Some((first, rest)) = needle.split_first() else {
        return Ok(Some(if last { text.len() } else { 0 }));
    };
    // the places where it can still begin
    let (mut low, mut high) = (0, (text.len() + 1).saturating_sub(needle.len()));
    let mut work = 0;
    let mut found = None;
    while low < high && found.is_none() {
        let window = if last {
            high.saturating_sub(PAUSE).max(low)..high
        } else {
            low..high.min(low.saturating_add(PAUSE))
        };
        let places = text.get(window.clone()).unwrap_or(&[]);
        let place =
            if last { places.iter().rposition(|b| b == first) } else { place_of(*first, places) };
        let looked = match place {
            Some(n) if last => places.len() - n,
            Some(n) => n + 1,
            None => places.len(),
        };
        work += looked;
        if let Some(n) = place {
            let at = window.start + n;
            let behind = text.get(at + 1..).unwrap_or(&[]);
            let (same, looked) = begins_with(cx, behind, rest)?;
            work += looked;
            found = same.then_some(at);
        }
        if last {
            high -= looked;
        } else {
            low += looked;
        }
        if work >= PAUSE {
            cx.spend(work / BYTES_A_STEP)?;
            work = 0;
        }
    }
    cx.vm().charge_bytes_later(work);
    Ok(found)
}

/// Whether a text begins with another one, and how many bytes were looked at that are not charged yet.
fn begins_with(cx: Leaf<'_>, text: &[u8], start: &[u8]) -> Result<(bool, usize), Leave> {
    let (mut text, mut start) = (text, start);
    while let Some((piece, text_after)) = text.split_at_checked(PIECE)
        && let Some((wanted, start_after)) = start.split_at_checked(PIECE)
        && piece == wanted
    {
        cx.spend(PIECE / BYTES_A_STEP)?;
        (text, start) = (text_after, start_after);
    }
    let same = text.iter().zip(start).take_while(|(a, b)| a == b).count();
    Ok((same == start.len(), same))
}

/// What is searched for: a text like the receiver, or in bytes a number, for which there is room in
/// `byte`.
pub(super) fn needle<'a, 'h: 'a>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    arg: Obj<'h>,
    byte: &'a mut u8,
) -> Result<&'a [u8], Leave> {
    if let Some(i) = arg.as_small_int()
        && text.family() == Family::Bytes
    {
        let Ok(value) = u8::try_from(i) else {
            return Err(cx.value_error("bytes value out of range"));
        };
        *byte = value;
        return Ok(core::slice::from_ref(byte));
    }
    text.bytes_like(cx, arg)
}

/// A part of a text, between the arguments `start` and `end` of a method.
struct Part<'h> {
    bytes: &'h [u8],
    /// Where it begins.
    start: usize,
    unit: Unit,
}

/// The part of a text that a method looks at; `None` if its start lies behind the text or behind its end.
#[inline(never)]
fn part_of<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
) -> Result<Option<Part<'h>>, Leave> {
    let (bytes, unit) = (text.bytes(cx), text.unit(cx));
    if args.len() == 1 {
        return Ok(Some(Part { bytes, start: 0, unit }));
    }
    let len = cx.vm().count_units(unit, bytes);
    let mut places = [0, usize::MAX];
    for (i, place) in places.iter_mut().enumerate() {
        let Some(arg) = args.opt(1 + i).filter(|arg| !arg.is_none()) else { continue };
        let index = cx.int_arg(1 + i, arg)?;
        *place = if index < 0 { len.saturating_add_signed(index) } else { index as usize };
    }
    let [start, end] = places;
    if start > len || start > end {
        return Ok(None);
    }
    let at = |index| cx.vm().offset_of_unit(unit, bytes, index);
    let (start, end) = (at(start), at(end));
    Ok(Some(Part { bytes: bytes.get(start..end).unwrap_or(&[]), start, unit }))
}

fn find_or<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
    last: bool,
    must: bool,
) -> Answer<'h> {
    let mut byte = 0;
    let needle = needle(cx, text, args.get::<0>(), &mut byte)?;
    if let Some(part) = part_of(cx, text, args)?
        && let Some(at) = seek(cx, part.bytes, needle, last)?
    {
        let before = text.bytes(cx).get(..part.start + at).unwrap_or(&[]);
        return Ok(cx.count(cx.vm().count_units(part.unit, before)));
    }
    if must {
        return Err(cx.value_error("substring not found"));
    }
    Ok(Obj::small_int(-1).unwrap_or(Obj::NONE))
}

/// `find(sub[, start[, end]])`
pub(super) fn find<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    find_or(cx, text, args, false, false)
}

/// `rfind(sub[, start[, end]])`
pub(super) fn rfind<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    find_or(cx, text, args, true, false)
}

/// `index(sub[, start[, end]])`
pub(super) fn index<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    find_or(cx, text, args, false, true)
}

/// `rindex(sub[, start[, end]])`
pub(super) fn rindex<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    find_or(cx, text, args, true, true)
}

/// `count(sub[, start[, end]])`
pub(super) fn count<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let mut byte = 0;
    let needle = needle(cx, text, args.get::<0>(), &mut byte)?;
    let Some(part) = part_of(cx, text, args)? else { return Ok(cx.count(0)) };
    if needle.is_empty() {
        return Ok(cx.count(cx.vm().count_units(part.unit, part.bytes) + 1));
    }
    let mut n = 0;
    let mut rest = part.bytes;
    while let Some(at) = seek(cx, rest, needle, false)? {
        n += 1;
        rest = rest.get(at + needle.len()..).unwrap_or(&[]);
        cx.spend(1)?;
    }
    Ok(cx.count(n))
}

/// `replace(old, new[, count])`
pub(super) fn replace<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let old = text.bytes_like(cx, args.get::<0>())?;
    let new = text.bytes_like(cx, args.get::<1>())?;
    let most = match args.opt(2) {
        Some(n) => usize::try_from(cx.int_arg(2, n)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let (bytes, unit) = (text.bytes(cx), text.unit(cx));
    let Some(first) = seek(cx, bytes, old, false)?.filter(|_| most > 0) else {
        return Ok(text.obj());
    };
    cx.draw(text.kind(), &move |pen| {
        let (mut rest, mut at) = (bytes, first);
        for done in 1.. {
            let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            pen.put(before)?;
            pen.put(new)?;
            rest = behind.get(old.len()..).unwrap_or(&[]);
            if done == most || old.is_empty() && rest.is_empty() {
                break;
            }
            // nothing is found again behind the next character
            let skipped = if old.is_empty() { unit.next(rest, 0) } else { 0 };
            let further = rest.get(skipped..).unwrap_or(&[]);
            let Some(next) = seek(cx, further, old, false)? else { break };
            at = skipped + next;
        }
        pen.put(rest)
    })
}

fn has_affix<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
    at_end: bool,
) -> Answer<'h> {
    let Some(part) = part_of(cx, text, args)? else { return Ok(Obj::FALSE) };
    let is_affix = |affix: Obj<'h>| {
        let affix = text.bytes_like(cx, affix)?;
        cx.spend(1 + affix.len().min(part.bytes.len()) / BYTES_A_STEP)?;
        Ok(if at_end { part.bytes.ends_with(affix) } else { part.bytes.starts_with(affix) })
    };
    let affix = args.get::<0>();
    let Some(choices) = affix.cast::<TupleObj>() else { return is_affix(affix).map(Obj::bool) };
    for choice in choices.object().items() {
        if is_affix(Obj::or_none(choice.get()))? {
            return Ok(Obj::TRUE);
        }
    }
    Ok(Obj::FALSE)
}

/// `startswith(prefix[, start[, end]])`
pub(super) fn startswith<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    has_affix(cx, text, args, false)
}

/// `endswith(suffix[, start[, end]])`
pub(super) fn endswith<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    has_affix(cx, text, args, true)
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        let mut text = [b'a'; 40];
        assert_eq!(place_of(b'b', &text), None);
        assert_eq!(place_of(0, &[]), None);
        for at in (0..text.len()).rev() {
            for byte in [0, 1, 0x7f, 0x80, 0x81, 0xff] {
                text[at] = byte;
                assert_eq!(place_of(byte, &text), Some(at));
            }
            // a neighbour that differs by one does not hide it, nor is it taken for it
            text[at] = b'b' ^ 1;
            assert_eq!(place_of(b'b', &text), text.iter().position(|b| *b == b'b'));
            text[at] = b'b';
        }
    }
}
