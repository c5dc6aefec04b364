//! `Signal`: a pin that may be inverted.

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::pin::{PIN, PinObject};

/// A signal. Value 0 of the object is the pin, or whatever has `value()`.
struct SignalObject {
    invert: bool,
}

impl NativeData for SignalObject {
    const TYPE: &'static NativeType = &SIGNAL;
}

pub(super) static SIGNAL: NativeType =
    NativeType::of(name!("Signal"), const { &TypeSlots::of::<SignalObject>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("__call__"), 1, 2, value),
            NativeFn::full_method(name!("off"), 1, 1, |cx, args| set(cx, args.or_none(0), false)),
            NativeFn::full_method(name!("on"), 1, 1, |cx, args| set(cx, args.or_none(0), true)),
            NativeFn::full_method(name!("value"), 1, 2, value),
        ]);

static NEW: NativeFn =
    NativeFn::full(name!("Signal"), 1, snakelet_vm::native::VARIADIC, construct).keywords();

/// `Signal(pin, invert=False)`, or `Signal(pin arguments..., *, invert=False)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = args.or_none(0);
    let invert = args.keyword(cx, name!("invert"));
    let is_pin = cx.is_instance(first, &PIN);
    let has_value = !is_pin
        && cx.scope(|cx, outer| {
            Ok(cx.find_attribute(outer.held(first), name!("value"))?.is_some())
        })?;
    let invert = match invert.or(if is_pin || has_value { args.get(1) } else { None }) {
        Some(invert) => cx.truth(invert)?,
        None => false,
    };
    let pin = if is_pin || has_value {
        first
    } else {
        let others = super::pin::construct_without(cx, args)?;
        cx.new_data(&[], PinObject(others))?
    };
    cx.new_data(&[pin], SignalObject { invert })
}

fn parts<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<(Held<'s>, bool), Raised> {
    let invert = cx.with_data(this, |signal: &SignalObject| signal.invert)?;
    let pin = cx.make(|cx| {
        Ok(cx.data::<SignalObject>(cx.get(this)).map_or(Obj::NONE, |data| data.value(0)))
    })?;
    Ok((pin, invert))
}

fn set<'s>(cx: &mut Full<'s>, this: Held<'s>, on: bool) -> Given<'s> {
    let (pin, invert) = parts(cx, this)?;
    if cx.is_instance(pin, &PIN) {
        let i = super::pin::pin_of(cx, pin)?;
        super::pin::with_pin(cx, i, |pin| pin.write(on != invert))?;
    } else {
        let level = cx.int((on != invert).into())?;
        cx.call_method(pin, name!("value"), &[level])?;
    }
    Ok(Held::NONE)
}

/// `value([x])`
fn value<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    if let Some(on) = args.get(1) {
        let on = cx.truth(on)?;
        return set(cx, args.or_none(0), on);
    }
    let (pin, invert) = parts(cx, args.or_none(0))?;
    let level = cx.call_method(pin, name!("value"), &[])?;
    let level = cx.truth(level)?;
    cx.int((level != invert).into())
}
