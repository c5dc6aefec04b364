//! Texts in fields of a width.

use crate::exception::classes::TYPE_ERROR;
use crate::native::leaf::{Answer, AnyText, Leaf, LeafArgs, Leave, Obj};

/// How much is missing of the width that argument 0 says.
fn missing<'h>(cx: Leaf<'h>, text: AnyText<'h>, width: Obj<'h>) -> Result<usize, Leave> {
    let width = usize::try_from(cx.int_arg(0, width)?).unwrap_or(0);
    Ok(width.saturating_sub(cx.vm().count_units(text.unit(cx), text.bytes(cx))))
}

/// A text in a field in which so many of two halves of what is missing come before it.
fn aligned<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    args: LeafArgs<'h, 1>,
    halves: usize,
) -> Answer<'h> {
    let missing = missing(cx, text, args.get::<0>())?;
    let fill = match args.opt(1) {
        Some(fill) => {
            let fill = text.like(cx, fill)?;
            if cx.vm().count_units(fill.unit(cx), fill.bytes(cx)) != 1 {
                let text = "the fill character must be one character long";
                return Err(cx.raise(&TYPE_ERROR, text));
            }
            fill.bytes(cx)
        }
        None => b" ",
    };
    let before = match halves {
        0 => 0,
        1 => missing / 2,
        _ => missing,
    };
    padded(cx, text, fill, before, missing - before, 0)
}

/// The text with `before` and `after` fill characters around all of it but its first `front` bytes.
#[inline(never)]
fn padded<'h>(
    cx: Leaf<'h>,
    text: AnyText<'h>,
    fill: &[u8],
    before: usize,
    after: usize,
    front: usize,
) -> Answer<'h> {
    if before + after == 0 {
        return Ok(text.obj());
    }
    let (front, rest) = text.bytes(cx).split_at_checked(front).unwrap_or_default();
    cx.draw(text.kind(), &move |pen| {
        pen.put(front)?;
        pen.repeat(fill, before)?;
        pen.put(rest)?;
        pen.repeat(fill, after)
    })
}

/// `center(width[, fill])`
pub(super) fn center<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    aligned(cx, text, args, 1)
}

/// `ljust(width[, fill])`
pub(super) fn ljust<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    aligned(cx, text, args, 0)
}

/// `rjust(width[, fill])`
pub(super) fn rjust<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    aligned(cx, text, args, 2)
}

/// `zfill(width)`
pub(super) fn zfill<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let missing = missing(cx, text, args.get::<0>())?;
    let sign = usize::from(matches!(text.bytes(cx).first(), Some(b'+' | b'-')));
    padded(cx, text, b"0", missing, 0, sign)
}

/// `expandtabs(tabsize=8)`
pub(super) fn expandtabs<'h>(cx: Leaf<'h>, text: AnyText<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let size = match args.opt(0) {
        Some(size) => usize::try_from(cx.int_arg(0, size)?).unwrap_or(0),
        None => 8,
    };
    let unit = text.unit(cx);
    let bytes = text.bytes(cx);
    cx.draw(text.kind(), &move |pen| {
        let mut column = 0usize;
        let mut rest = bytes;
        while !rest.is_empty() {
            let len = cx.count_while(rest, |b| !matches!(b, b'\t' | b'\n' | b'\r'))?;
            let (plain, behind) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            let stop = behind.first();
            rest = behind.get(1..).unwrap_or(&[]);
            pen.put(plain)?;
            column = column.saturating_add(unit.count(plain));
            match stop {
                Some(b'\t') => {
                    let spaces = size - column.checked_rem(size).unwrap_or(0);
                    pen.repeat(b" ", spaces)?;
                    column = column.saturating_add(spaces);
                }
                Some(stop) => {
                    pen.put(core::slice::from_ref(stop))?;
                    column = 0;
                }
                None => {}
            }
        }
        Ok(())
    })
}
