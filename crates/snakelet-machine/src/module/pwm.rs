//! `PWM`.

use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::{given, number, optional};
use super::try_board;
use crate::board::Part;
use crate::device::{Done, Errno, Pwm};

/// A channel as scripts have it.
struct PwmObject(u16);

impl NativeData for PwmObject {
    const TYPE: &'static NativeType = &PWM;
}

pub(super) static PWM: NativeType =
    NativeType::of(name!("PWM"), const { &TypeSlots::of::<PwmObject>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("deinit"), 1, 1, deinit),
            NativeFn::full_method(name!("duty_ns"), 1, 2, duty_ns),
            NativeFn::full_method(name!("duty_u16"), 1, 2, duty),
            NativeFn::full_method(name!("freq"), 1, 2, frequency),
            NativeFn::full_method(name!("init"), 1, 1, init).keywords(),
        ]);

static NEW: NativeFn = NativeFn::full(name!("PWM"), 1, 1, construct).keywords();

/// `PWM(dest, *, freq, duty_u16, duty_ns)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let dest = args.or_none(0);
    let channel = super::pin::by_pin(cx, dest, "invalid PWM", |board, is_it| {
        board.pwm.position(|part| is_it(part.id))
    })?;
    let channel = cx.new_data(&[], PwmObject(channel))?;
    setup(cx, channel, args.skip(1))?;
    Ok(channel)
}

fn with_channel<R>(
    cx: &mut Full<'_>,
    channel: u16,
    work: impl FnOnce(&mut Part<dyn Pwm>) -> Done<R>,
) -> Result<R, Raised> {
    try_board(cx, |board| work(board.pwm.get(channel.into()).ok_or(Errno::NO_DEVICE)?))
}

fn this<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<u16, Raised> {
    cx.with_data(this, |channel: &PwmObject| channel.0)
}

fn set_duty(part: &mut Part<dyn Pwm>, duty: u16) -> Done {
    part.device.set_duty(duty)?;
    part.note = duty;
    Ok(())
}

/// Of a time in nanoseconds, the part of a period that it is.
fn part_of(ns: u32, hertz: u32) -> u16 {
    let duty = u64::from(ns).saturating_mul(hertz.into()).saturating_mul(65_535) / 1_000_000_000;
    u16::try_from(duty).unwrap_or(u16::MAX)
}

fn setup<'s>(cx: &mut Full<'s>, channel: Held<'s>, args: FullArgs<'s>) -> Result<(), Raised> {
    static PARAMETERS: [Param; 3] = [
        Param::keyword(name!("freq")),
        Param::keyword(name!("duty_u16")),
        Param::keyword(name!("duty_ns")),
    ];
    let [freq, duty, ns] = args.parse(cx, &PARAMETERS)?;
    let freq = optional(cx, freq)?;
    let duty = match given(cx, duty) {
        Some(duty) => Some(number(cx, duty, 0, 65_535)? as u16),
        None => None,
    };
    let ns = optional(cx, ns)?;
    let channel = this(cx, channel)?;
    with_channel(cx, channel, |part| {
        if let Some(freq) = freq {
            part.device.set_frequency(freq)?;
        }
        let ns = ns.map(|ns| part_of(ns, part.device.frequency()));
        duty.or(ns).map_or(Ok(()), |duty| set_duty(part, duty))
    })
}

/// `init(*, freq, duty_u16, duty_ns)`
fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    setup(cx, args.or_none(0), args.skip(1))?;
    Ok(Held::NONE)
}

fn deinit<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = this(cx, args.or_none(0))?;
    with_channel(cx, channel, |part| part.device.stop())?;
    Ok(Held::NONE)
}

/// `freq([value])`
fn frequency<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = this(cx, args.or_none(0))?;
    let Some(value) = args.get(1) else {
        let hertz = with_channel(cx, channel, |part| Ok(part.device.frequency()))?;
        return cx.int(hertz.into());
    };
    let hertz = number(cx, value, 1, u32::MAX.into())? as u32;
    with_channel(cx, channel, |part| part.device.set_frequency(hertz))?;
    Ok(Held::NONE)
}

/// `duty_u16([value])`
fn duty<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = this(cx, args.or_none(0))?;
    let Some(value) = args.get(1) else {
        let duty = with_channel(cx, channel, |part| Ok(part.note))?;
        return cx.int(duty.into());
    };
    let duty = number(cx, value, 0, 65_535)? as u16;
    with_channel(cx, channel, |part| set_duty(part, duty))?;
    Ok(Held::NONE)
}

/// `duty_ns([value])`
fn duty_ns<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let channel = this(cx, args.or_none(0))?;
    let Some(value) = args.get(1) else {
        let ns = with_channel(cx, channel, |part| {
            let period = 1_000_000_000 / u64::from(part.device.frequency().max(1));
            // rounded, so that what was set is what is read
            Ok((u64::from(part.note) * period + 32_767) / 65_535)
        })?;
        return cx.uint(ns);
    };
    let ns = number(cx, value, 0, u32::MAX.into())? as u32;
    with_channel(cx, channel, |part| {
        let duty = part_of(ns, part.device.frequency());
        set_duty(part, duty)
    })?;
    Ok(Held::NONE)
}
