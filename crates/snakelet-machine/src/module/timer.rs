//! `Timer`.

use core::cell::Cell;

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Constant, Contents, NativeData, NativeFn, NativeType, Param, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::{given, number, optional};
use super::serve::{TimerKey, free_timer, has_timer, start_timer, take_timer};

/// A timer as scripts have it.
struct TimerObject {
    id: i16,
    key: Cell<TimerKey>,
}

impl NativeData for TimerObject {
    const TYPE: &'static NativeType = &TIMER;
}

const ONE_SHOT: i64 = 0;
const PERIODIC: i64 = 1;

pub(super) static TIMER: NativeType =
    NativeType::of(name!("Timer"), const { &TypeSlots::of::<TimerObject>().construct(&NEW) })
        .sealed()
        .contents(&Contents {
            functions: &[],
            constants: &[
                (name!("ONE_SHOT"), Constant::Int(ONE_SHOT as i32)),
                (name!("PERIODIC"), Constant::Int(PERIODIC as i32)),
            ],
        })
        .methods(methods![
            NativeFn::full_method(name!("deinit"), 1, 1, deinit),
            NativeFn::full_method(name!("init"), 1, 1, init).keywords(),
        ]);

static NEW: NativeFn = NativeFn::full(name!("Timer"), 0, 1, construct).keywords();

/// `Timer(id=-1, *, mode=PERIODIC, freq=-1, period=-1, callback=None)`
fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let id = match args.get(0) {
        Some(id) => number(cx, id, -1, 255)? as i16,
        None => -1,
    };
    let key = take_timer(cx, id)?;
    let timer = match cx.new_data(&[], TimerObject { id, key: Cell::new(key) }) {
        Ok(timer) => timer,
        Err(raised) => {
            // nobody has it
            if id < 0 {
                free_timer(cx, key)?;
            }
            return Err(raised);
        }
    };
    if args.keywords() > 0 {
        start(cx, timer, args.skip(1))?;
    }
    Ok(timer)
}

fn start<'s>(cx: &mut Full<'s>, timer: Held<'s>, args: FullArgs<'s>) -> Result<(), Raised> {
    static PARAMETERS: [Param; 6] = [
        Param::keyword(name!("mode")),
        Param::keyword(name!("freq")),
        Param::keyword(name!("period")),
        Param::keyword(name!("callback")),
        Param::keyword(name!("tick_hz")),
        Param::keyword(name!("hard")),
    ];
    let [mode, freq, period, callback, tick_hz, _] = args.parse(cx, &PARAMETERS)?;
    let again = match given(cx, mode) {
        Some(mode) => number(cx, mode, ONE_SHOT, PERIODIC)? == PERIODIC,
        None => true,
    };
    let freq = match given(cx, freq) {
        Some(freq) => cx.float_of(freq)?,
        None => -1.0,
    };
    let tick_hz = u64::from(optional(cx, tick_hz)?.unwrap_or(1000).max(1));
    let period_us = if freq > 0.0 {
        (1e6 / freq) as u64
    } else {
        match optional(cx, period)? {
            Some(period) => u64::from(period) * 1_000_000 / tick_hz,
            None => return Err(cx.raise(&VALUE_ERROR, "freq or period is needed")),
        }
    };
    let (id, mut key) = cx.with_data(timer, |timer: &TimerObject| (timer.id, timer.key.get()))?;
    if !has_timer(cx, key)? {
        key = take_timer(cx, id)?;
        cx.with_data(timer, |timer: &TimerObject| timer.key.set(key))?;
    }
    let callback = given(cx, callback);
    start_timer(cx, timer, key, period_us, again, callback)
}

/// `init(*, mode=PERIODIC, freq=-1, period=-1, callback=None)`
fn init<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    start(cx, args.or_none(0), args.skip(1))?;
    Ok(Held::NONE)
}

fn deinit<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let key = cx.with_data(args.or_none(0), |timer: &TimerObject| timer.key.get())?;
    free_timer(cx, key)?;
    Ok(Held::NONE)
}
