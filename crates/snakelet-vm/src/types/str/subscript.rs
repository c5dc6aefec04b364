//! Characters and slices of texts.

use crate::exception::classes::{INDEX_ERROR, TYPE_ERROR};
use crate::name;
use crate::native::NativeFn;
use crate::native::leaf::{Answer, AnyText, AnyTextObj, Leaf, LeafArgs, Leave};
use crate::object::{Kind, SliceObj};
use crate::types::slice::Bounds;

use super::{Family, Unit};

/// `text[index]`; texts do not change.
pub(crate) static SUBSCRIPTS: &[NativeFn] =
    &[NativeFn::method::<AnyTextObj, 1>(name!("__getitem__"), 0, load)];

fn load<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let index = args.get::<0>();
    let (bytes, unit) = (text.bytes(cx), text.unit(cx));
    if let Some(slice) = index.cast::<SliceObj>() {
        let bounds = slice.bounds(cx, cx.vm().count_units(unit, bytes), 0)?;
        return part(cx, text, unit, bounds);
    }
    let is_str = text.family() == Family::Str;
    let Some(i) = index.as_small_int() else {
        let is_int = index.as_bool().is_some()
            || index.is_kind(Kind::BigInt)
            || index.is_kind(Kind::Instance);
        return Err(if is_int || !is_str {
            cx.subscript(0)
        } else {
            let text = "string indices must be integers, not %t";
            cx.raise_about(&TYPE_ERROR, text, [index; 2])
        });
    };
    let Some(at) = place(cx, bytes, unit, i)? else {
        let what = if is_str { "string index out of range" } else { "bytes index out of range" };
        return Err(cx.raise(&INDEX_ERROR, what));
    };
    match bytes.get(at) {
        Some(byte) if !is_str => Ok(cx.count(usize::from(*byte))),
        _ => cx.subtext(text, at, unit.next(bytes, at)),
    }
}

/// Where unit `i`, counted from the end if negative, begins.
fn place(cx: Leaf<'_>, text: &[u8], unit: Unit, i: isize) -> Result<Option<usize>, Leave> {
    let len = text.len();
    if unit == Unit::Byte {
        let at = if i < 0 { len.wrapping_add_signed(i) } else { i as usize };
        return Ok((at < len).then_some(at));
    }
    if i >= 0 {
        let at = cx.vm().offset_of_unit(unit, text, i as usize);
        return Ok((at < len).then_some(at));
    }
    let mut at = len;
    for _ in cx.vm().paced_to_end(0..i.unsigned_abs()) {
        if at == 0 {
            return Ok(None);
        }
        at = unit.previous(text, at);
    }
    cx.spend(0)?;
    Ok(Some(at))
}

/// The units of a slice.
fn part<'h>(cx: Leaf<'h>, text: AnyText<'h>, unit: Unit, bounds: Bounds) -> Answer<'h> {
    let bytes = text.bytes(cx);
    let start = cx.vm().offset_of_unit(unit, bytes, bounds.at(0));
    if bounds.step == 1 {
        let rest = bytes.get(start..).unwrap_or(&[]);
        let end = start + cx.vm().offset_of_unit(unit, rest, bounds.len);
        cx.vm().charge_bytes_later(end - start);
        return cx.subtext(text, start, end);
    }
    if unit == Unit::Byte {
        return cx.make_text(text.kind(), bounds.len, |out| {
            let mut at = start;
            for to in cx.vm().paced_to_end(out.iter_mut()) {
                *to = bytes.get(at).copied().unwrap_or(0);
                at = at.wrapping_add_signed(bounds.step);
            }
        });
    }
    cx.draw(text.kind(), &move |pen| {
        let mut at = start;
        for k in 0..bounds.len {
            pen.put(bytes.get(at..unit.next(bytes, at)).unwrap_or(&[]))?;
            if k + 1 == bounds.len {
                break;
            }
            for _ in cx.vm().paced_to_end(0..bounds.step.unsigned_abs()) {
                at = if bounds.step > 0 { unit.next(bytes, at) } else { unit.previous(bytes, at) };
            }
        }
        Ok(())
    })
}
