//! Arguments of the modules' functions.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::NativeType;
use snakelet_vm::native::full::{Full, FullArgs, Held};
use snakelet_vm::native::leaf::Items;
use snakelet_vm::types::ATTR_TUPLE;

use crate::text::Text;

/// Raises an exception with a text that is formatted.
#[cold]
#[inline(never)]
pub(crate) fn raise(
    cx: &mut Full<'_>,
    class: &'static NativeType,
    text: core::fmt::Arguments<'_>,
) -> Raised {
    cx.raise(class, Text::<192>::of(text).as_str())
}

/// A value that counts as given: `None`, Python's, does not.
pub(crate) fn given<'s>(cx: &Full<'s>, value: Option<Held<'s>>) -> Option<Held<'s>> {
    value.filter(|value| !cx.is_none(*value))
}

/// A whole number; floats are cut off.
pub(crate) fn int<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<i64, Raised> {
    match cx.look(|cx| Ok(cx.get(value).as_float()))? {
        // out of range saturates
        Some(float) => Ok(float as i64),
        None => cx.i64_of(value),
    }
}

/// A whole number that lies in 32 bits; what is greater is cut to them.
pub(crate) fn int32<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<i32, Raised> {
    let bounds = (i64::from(i32::MIN), i64::from(i32::MAX));
    Ok(int(cx, value)?.clamp(bounds.0, bounds.1) as i32)
}

/// The same of an argument that may be missing.
pub(crate) fn int32_or<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
    default: i32,
) -> Result<i32, Raised> {
    match given(cx, value) {
        Some(value) => int32(cx, value),
        None => Ok(default),
    }
}

/// A float that may be missing.
pub(crate) fn float_or<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
    default: f32,
) -> Result<f32, Raised> {
    match given(cx, value) {
        Some(value) => Ok(cx.float_of(value)? as f32),
        None => Ok(default),
    }
}

/// A truth value that may be missing.
pub(crate) fn bool_or<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
    default: bool,
) -> Result<bool, Raised> {
    match value {
        Some(value) => cx.truth(value),
        None => Ok(default),
    }
}

/// How many items a list or tuple has; none if it is something else.
pub(crate) fn items<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<Option<usize>, Raised> {
    if let Some(len) = cx.look(|cx| Ok(cx.get(value).items().map(Items::len)))? {
        return Ok(Some(len));
    }
    // one with names, such as an area that was found
    if cx.is_instance(value, &ATTR_TUPLE) { cx.len(value).map(Some) } else { Ok(None) }
}

/// The first numbers of a list or tuple; `None` if it has fewer.
pub(crate) fn tuple<'s, const N: usize>(
    cx: &mut Full<'s>,
    value: Held<'s>,
) -> Result<Option<[i32; N]>, Raised> {
    if items(cx, value)?.is_none_or(|len| len < N) {
        return Ok(None);
    }
    let mut numbers = [0; N];
    for (i, number) in numbers.iter_mut().enumerate() {
        *number = cx.scope(|cx, outer| {
            let item = cx.item_at(outer.held(value), i)?;
            int32(cx, item)
        })?;
    }
    Ok(Some(numbers))
}

/// The numbers that a method begins with behind its receiver, as one list or tuple or one by one, and the
/// arguments behind them.
pub(crate) fn numbers<'s, const N: usize>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
) -> Result<([i32; N], FullArgs<'s>), Raised> {
    let first = args.or_none(1);
    if items(cx, first)?.is_some() {
        return match tuple(cx, first)? {
            Some(numbers) => Ok((numbers, args.skip(2))),
            None => Err(raise(cx, &VALUE_ERROR, format_args!("expected {N} numbers"))),
        };
    }
    let mut numbers = [0; N];
    for (i, number) in numbers.iter_mut().enumerate() {
        let Some(value) = args.get(1 + i) else {
            return Err(raise(cx, &TYPE_ERROR, format_args!("expected {N} numbers")));
        };
        *number = int32(cx, value)?;
    }
    Ok((numbers, args.skip(1 + N)))
}
