//! Pulses: measuring and making them.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::args::number;
use super::pin::{pin_of, with_pin};
use super::{done, with_wires};
use crate::device::Errno;

/// `time_pulse_us(pin, pulse_level, timeout_us=1000000)`: -2 if it did not begin in time, -1 if it did not end.
pub(super) fn time_pulse_us<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = pin_of(cx, args.or_none(0))?;
    let level = cx.truth(args.or_none(1))?;
    let timeout = match args.get(2) {
        Some(timeout) => number(cx, timeout, 0, u32::MAX.into())? as u64,
        None => 1_000_000,
    };
    let mut start = cx.ticks_us();
    for (waits_for, failure) in [(level, -2), (!level, -1)] {
        // without a clock, the looks are counted
        let mut looks = 0_u64;
        let begin = start;
        while with_pin(cx, pin, |pin| pin.read())? != waits_for {
            cx.charge(1)?;
            start = cx.ticks_us();
            looks += 1;
            if start.saturating_sub(begin) >= timeout || (start == 0 && looks >= timeout) {
                return cx.int(failure);
            }
        }
        if waits_for == level {
            start = cx.ticks_us();
        } else {
            let now = cx.ticks_us();
            return cx.uint(now.saturating_sub(begin));
        }
    }
    cx.int(-1)
}

/// `bitstream(pin, encoding, timing, data)`: encoding 0 is that of lights such as WS2812, which `timing` describes by four
/// times in nanoseconds.
pub(super) fn bitstream<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let pin = pin_of(cx, args.or_none(0))?;
    let encoding = cx.i64_of(args.or_none(1))?;
    if encoding != 0 || cx.len(args.or_none(2))? != 4 {
        return Err(cx.raise(&VALUE_ERROR, "invalid encoding"));
    }
    let mut timing = [0; 4];
    for (i, time) in timing.iter_mut().enumerate() {
        *time = cx.scope(|cx, outer| {
            let item = cx.item_at(outer.held(args.or_none(2)), i)?;
            Ok(number(cx, item, 0, u32::MAX.into())? as u32)
        })?;
    }
    let n = with_wires(cx, |cx, taken| {
        let (result, n) = cx.lend_all(&[args.or_none(3)], |bytes| {
            let bytes = bytes.first().copied().unwrap_or_default();
            let sent = match taken.pins.get(pin.into()) {
                Some(part) => part.device.send_bits(timing, bytes),
                None => Err(Errno::NO_DEVICE),
            };
            (sent, bytes.len())
        })?;
        done(cx, result)?;
        Ok(n)
    })?;
    cx.charge(u32::try_from(n).unwrap_or(u32::MAX))?;
    Ok(Held::NONE)
}
