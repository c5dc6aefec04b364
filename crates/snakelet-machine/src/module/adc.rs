//! `ADC`.

use snakelet_vm::native::full::{Full, FullArgs, Given};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::try_board;
use crate::device::Errno;

/// A channel as scripts have it.
struct AdcObject(u16);

impl NativeData for AdcObject {
    const TYPE: &'static NativeType = &ADC;
}

pub(super) static ADC: NativeType =
    NativeType::of(name!("ADC"), const { &TypeSlots::of::<AdcObject>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("read_u16"), 1, 1, read),
            NativeFn::full_method(name!("read_uv"), 1, 1, read_uv),
        ]);

static NEW: NativeFn = NativeFn::full(name!("ADC"), 1, 1, construct);

/// `ADC(id)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = super::pin::by_pin(cx, args.or_none(0), "invalid ADC", |board, is_it| {
        board.adc.position(|part| is_it(part.id))
    })?;
    cx.new_data(&[], AdcObject(channel))
}

/// What is measured, and the reference in microvolts.
fn measure<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<(u16, u32), Raised> {
    let channel = cx.with_data(args.or_none(0), |channel: &AdcObject| channel.0)?;
    try_board(cx, |board| {
        let part = board.adc.get(channel.into()).ok_or(Errno::NO_DEVICE)?;
        Ok((part.device.read()?, part.device.reference_uv()))
    })
}

/// `read_u16()`
fn read<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (value, _) = measure(cx, args)?;
    cx.int(value.into())
}

/// `read_uv()`
fn read_uv<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (value, reference) = measure(cx, args)?;
    if reference == 0 {
        return Err(cx.raise_os_error(Errno::UNSUPPORTED.0));
    }
    cx.uint(u64::from(value) * u64::from(reference) / 65_535)
}
