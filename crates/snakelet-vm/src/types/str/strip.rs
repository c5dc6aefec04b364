//! Taking characters off the ends of texts.

use crate::{Args, Res, Vm};

use super::{Family, Text, Unit};

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

fn strip_sides(vm: &mut Vm, args: Args, left: bool, right: bool) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let chars = match args.opt(1) {
        Some(chars) if !vm.get(chars).is_none() => Some(vm.text_like(text, chars)?),
        _ => None,
    };
    let bytes = vm.text(text.local);
    let len = bytes.len();
    let chars = chars.map(|c| vm.text(c));
    let unit = if chars.is_some_and(|c| !c.is_ascii()) && text.family == Family::Str {
        Unit::Char
    } else {
        Unit::Byte
    };
    // each unit is searched for among all characters
    let work = 1 + chars.map_or(0, <[u8]>::len) / 32;
    let is_in = |part: &[u8]| {
        vm.charge_later(work);
        if work > 1 && vm.is_ending() {
            return false;
        }
        contains(chars, part)
    };
    let (mut start, mut end) = (0, len);
    while left && start < end {
        let next = unit.next(bytes, start);
        if !bytes.get(start..next).is_some_and(is_in) {
            break;
        }
        start = next;
    }
    while right && start < end {
        let before = unit.previous(bytes, end);
        if !bytes.get(before..end).is_some_and(is_in) {
            break;
        }
        end = before;
    }
    vm.end_calculation()?;
    keep(vm, text, start, end)
}

/// The part of a text that is left.
fn keep(vm: &mut Vm, text: Text, start: usize, end: usize) -> Res {
    if end - start == vm.text(text.local).len() {
        return Ok(text.local);
    }
    vm.subtext(text.local, start, end)
}

/// `strip([chars])`
pub(crate) fn strip(vm: &mut Vm, args: Args) -> Res {
    strip_sides(vm, args, true, true)
}

/// `lstrip([chars])`
pub(crate) fn lstrip(vm: &mut Vm, args: Args) -> Res {
    strip_sides(vm, args, true, false)
}

/// `rstrip([chars])`
pub(crate) fn rstrip(vm: &mut Vm, args: Args) -> Res {
    strip_sides(vm, args, false, true)
}

/// `removeprefix(prefix)`
pub(crate) fn removeprefix(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let affix = vm.text_like(text, args.get(1))?;
    let (bytes, affix) = (vm.text(text.local), vm.text(affix));
    let (start, end) = (affix.len(), bytes.len());
    vm.charge_bytes_later(start);
    if bytes.starts_with(affix) { keep(vm, text, start, end) } else { Ok(text.local) }
}

/// `removesuffix(suffix)`
pub(crate) fn removesuffix(vm: &mut Vm, args: Args) -> Res {
    let text = vm.text_receiver(args.get(0))?;
    let affix = vm.text_like(text, args.get(1))?;
    let (bytes, affix) = (vm.text(text.local), vm.text(affix));
    vm.charge_bytes_later(affix.len());
    if !bytes.ends_with(affix) {
        return Ok(text.local);
    }
    let end = bytes.len() - affix.len();
    keep(vm, text, 0, end)
}
