//! Taking texts apart.

use crate::name;
use crate::native::args::Param;
use crate::native::leaf::{Answer, AnyText, AnyTextObj, Gc, Leaf, LeafArgs, Leave, Obj};
use crate::native::{Named, NativeFn};
use crate::object::ListObj;
use crate::types::sort;
use crate::vm::stack::Local;

use super::search::seek;
use super::strip::is_space;

/// Appends a part of a text to a list.
#[inline(never)]
fn append<'h>(
    cx: Leaf<'h>,
    list: Gc<'h, ListObj>,
    text: AnyText<'h>,
    start: usize,
    end: usize,
) -> Result<(), Leave> {
    let part = cx.subtext(text, start, end)?;
    cx.spend(1)?;
    list.append(cx, part)
}

/// The first byte of a part that is (or is not) white space, from its front or its end: how many come
/// before.
fn run(cx: Leaf<'_>, part: &[u8], back: bool, space: bool) -> Result<usize, Leave> {
    let goes_on = |b: u8| is_space(b) == space;
    if !back {
        return cx.count_while(part, goes_on);
    }
    let len = cx.vm().paced_to_end(part.iter().rev()).take_while(|b| goes_on(**b)).count();
    cx.spend(0)?;
    Ok(len)
}

/// `split(sep=None, maxsplit=-1)` and `rsplit`.
fn split_from<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 0>,
    back: bool,
) -> Answer<'h> {
    let mut most = match args.opt(1) {
        Some(max) => usize::try_from(cx.int_arg(1, max)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let sep = match args.opt(0).filter(|sep| !sep.is_none()) {
        Some(sep) => Some(separator(cx, text, sep)?.bytes(cx)),
        None => None,
    };
    let bytes = text.bytes(cx);
    let list = cx.new_list(0)?;
    // what is left to split
    let (mut start, mut end) = (0, bytes.len());
    loop {
        let rest = bytes.get(start..end).unwrap_or(&[]);
        // what is passed over before the next part, how long that is, and what is passed over behind it
        let (before, len, behind) = match sep {
            None => {
                let before = run(cx, rest, back, true)?;
                let left = rest.len() - before;
                if left == 0 {
                    break;
                }
                let rest = if back { rest.get(..left) } else { rest.get(before..) };
                let len = if most == 0 { left } else { run(cx, rest.unwrap_or(&[]), back, false)? };
                (before, len, 0)
            }
            Some(sep) => {
                let found = if most == 0 { None } else { seek(cx, rest, sep, back)? };
                match found {
                    Some(at) if back => (0, rest.len() - at - sep.len(), sep.len()),
                    Some(at) => (0, at, sep.len()),
                    None => (0, rest.len(), 0),
                }
            }
        };
        let part = if back { end - before - len } else { start + before };
        append(cx, list, text, part, part + len)?;
        if sep.is_some() && behind == 0 {
            break;
        }
        if back {
            end = part - behind;
        } else {
            start = part + len + behind;
        }
        most = most.saturating_sub(1);
    }
    if back {
        sort::reverse(cx.vm(), list.items());
    }
    Ok(list.obj())
}

/// A separator, which must not be empty.
fn separator<'h>(cx: Leaf<'h>, text: AnyText<'h>, sep: Obj<'h>) -> Result<AnyText<'h>, Leave> {
    let sep = text.like(cx, sep)?;
    if sep.bytes(cx).is_empty() {
        return Err(cx.value_error("empty separator"));
    }
    Ok(sep)
}

/// The parameters of `split` and `rsplit`.
static SEPARATOR: [Param; 2] =
    [Param::optional(name!("sep")).or(Local::NONE), Param::optional(name!("maxsplit"))];

static KEEP_ENDS: [Param; 1] = [Param::optional(name!("keepends"))];

/// `split(sep=None, maxsplit=-1)`
pub(super) const SPLIT: NativeFn = NativeFn::named(
    const { &Named::new(NativeFn::method::<AnyTextObj, 0>(name!("split"), 2, split), &SEPARATOR) },
);

/// `rsplit(sep=None, maxsplit=-1)`
pub(super) const RSPLIT: NativeFn = NativeFn::named(
    const { &Named::new(NativeFn::method::<AnyTextObj, 0>(name!("rsplit"), 2, rsplit), &SEPARATOR) },
);

/// `splitlines(keepends=False)`
pub(super) const SPLITLINES: NativeFn = NativeFn::named(
    const {
        &Named::new(
            NativeFn::method::<AnyTextObj, 0>(name!("splitlines"), 1, splitlines),
            &KEEP_ENDS,
        )
    },
);

fn split<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    split_from(cx, text, args, false)
}

fn rsplit<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    split_from(cx, text, args, true)
}

fn splitlines<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let keep = match args.opt(0) {
        Some(keep) => cx.truth(0, keep)?,
        None => false,
    };
    let list = cx.new_list(0)?;
    let bytes = text.bytes(cx);
    let mut at = 0;
    while let Some(rest @ [_, ..]) = bytes.get(at..) {
        let line = cx.count_while(rest, |b| !matches!(b, b'\n' | b'\r'))?;
        let end = match rest.get(line..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        append(cx, list, text, at, at + line + if keep { end } else { 0 })?;
        at += line + end;
    }
    Ok(list.obj())
}

fn parts<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>, last: bool) -> Answer<'h> {
    let sep = separator(cx, text, args.get::<0>())?;
    let len = text.bytes(cx).len();
    let whole = text.obj();
    let parts = match seek(cx, text.bytes(cx), sep.bytes(cx), last)? {
        Some(at) => {
            let behind = at + sep.bytes(cx).len();
            [cx.subtext(text, 0, at)?, sep.obj(), cx.subtext(text, behind, len)?]
        }
        None => {
            let empty = cx.subtext(text, 0, 0)?;
            if last { [empty, empty, whole] } else { [whole, empty, empty] }
        }
    };
    let tuple = cx.new_tuple(parts.len())?;
    for (slot, part) in tuple.items().iter().zip(parts) {
        slot.set(part.value());
    }
    Ok(tuple.obj())
}

/// `partition(sep)`
pub(super) fn partition<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    parts(cx, text, args, false)
}

/// `rpartition(sep)`
pub(super) fn rpartition<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    parts(cx, text, args, true)
}
