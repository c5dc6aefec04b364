//! `time`.

use snakelet_num::float;
use snakelet_vm::exception::classes::{OVERFLOW_ERROR, TYPE_ERROR};
use snakelet_vm::exception::errno;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Items, Leaf, LeafArgs, Obj};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{methods, name};

/// `time`.
pub static TIME: NativeModule = NativeModule::new(
    name!("time"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("gmtime"), 0, 1, gmtime),
            NativeFn::full(name!("localtime"), 0, 1, gmtime),
            NativeFn::full(name!("mktime"), 1, 1, mktime),
            NativeFn::full(name!("sleep"), 1, 1, sleep),
            NativeFn::full(name!("sleep_ms"), 1, 1, sleep_ms),
            NativeFn::full(name!("sleep_us"), 1, 1, sleep_us),
            NativeFn::leaf::<2>(name!("ticks_add"), 0, ticks_add),
            NativeFn::full(name!("ticks_cpu"), 0, 0, ticks_us),
            NativeFn::leaf::<2>(name!("ticks_diff"), 0, ticks_diff),
            NativeFn::full(name!("ticks_ms"), 0, 0, ticks_ms),
            NativeFn::full(name!("ticks_us"), 0, 0, ticks_us),
            NativeFn::full(name!("time"), 0, 0, time),
            NativeFn::full(name!("time_ns"), 0, 0, time_ns),
        ],
        constants: &[],
    }],
);

const DAY: i64 = 86_400;
/// Ticks count modulo this power of two, so that they are small ints.
const PERIOD: i64 = Obj::SMALL_INT_MAX as i64 / 2 + 1;

fn time<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let ns = cx.epoch_ns();
    cx.float(ns as f64 / 1e9)
}

fn time_ns<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let ns = cx.epoch_ns();
    cx.uint(ns)
}

fn ticks_ms<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let us = cx.ticks_us();
    cx.int((us / 1000) as i64 & (PERIOD - 1))
}

fn ticks_us<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    let us = cx.ticks_us();
    cx.int(us as i64 & (PERIOD - 1))
}

fn ticks_add<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let ticks = cx.i64(args.get::<0>(), 0)?;
    let delta = cx.i64(args.get::<1>(), 1)?;
    if delta >= PERIOD / 2 || delta <= -(PERIOD / 2) {
        return Err(cx.raise(&OVERFLOW_ERROR, "ticks interval overflow"));
    }
    cx.int(ticks.wrapping_add(delta) & (PERIOD - 1))
}

fn ticks_diff<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let end = cx.i64(args.get::<0>(), 0)?;
    let start = cx.i64(args.get::<1>(), 1)?;
    let distance = end.wrapping_sub(start).wrapping_add(PERIOD / 2) & (PERIOD - 1);
    cx.int(distance - PERIOD / 2)
}

fn sleep<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let given = args.or_none(0);
    let seconds = match cx.look(|cx| Ok(cx.get(given).as_float()))? {
        Some(f) => f,
        None => cx.i64_of(given)? as f64,
    };
    if seconds < 0.0 {
        return Err(cx.raise_os_error(errno::EINVAL));
    }
    cx.sleep_us((seconds * 1e6) as u64)?;
    Ok(Held::NONE)
}

fn sleep_ms<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let ms = cx.i64_of(args.or_none(0))?;
    cx.sleep_us(u64::try_from(ms).unwrap_or(0).saturating_mul(1000))?;
    Ok(Held::NONE)
}

fn sleep_us<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let us = cx.i64_of(args.or_none(0))?;
    cx.sleep_us(u64::try_from(us).unwrap_or(0))?;
    Ok(Held::NONE)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; months and days may overflow.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let months = year.wrapping_mul(12).wrapping_add(month - 1);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    // a year that begins in March ends with the leap day
    let (y, m) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let day_of_year = (153 * m + 2) / 5 + day.wrapping_sub(1);
    let leap_days = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    y.wrapping_mul(365).wrapping_add(leap_days).wrapping_add(day_of_year) - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let z = days.wrapping_add(719_468);
    let era = z.div_euclid(146_097);
    let d = z.rem_euclid(146_097);
    let y = (d - d / 1460 + d / 36_524 - d / 146_096) / 365;
    let day_of_year = d - (365 * y + y / 4 - y / 100);
    let m = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * m + 2) / 5 + 1;
    let (month, carry) = if m < 10 { (m + 3, 0) } else { (m - 9, 1) };
    (era * 400 + y + carry, month, day)
}

fn gmtime<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let seconds = match args.get(0) {
        Some(given) if !cx.is_none(given) => match cx.look(|cx| Ok(cx.get(given).as_float()))? {
            Some(f) => float::floor(f) as i64,
            None => cx.i64_of(given)?,
        },
        _ => (cx.epoch_ns() / 1_000_000_000) as i64,
    };
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    let fields = [
        year,
        month,
        day,
        second / 3600,
        second / 60 % 60,
        second % 60,
        (days + 3).rem_euclid(7),
        days - days_of(year, 1, 1) + 1,
        0,
    ];
    let mut items = [Held::NONE; 9];
    for (item, field) in items.iter_mut().zip(fields) {
        *item = cx.int(field)?;
    }
    cx.tuple(&items)
}

fn mktime<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let given = args.or_none(0);
    let n = cx.look(|cx| Ok(cx.get(given).items().map_or(0, Items::len)))?;
    if !(8..=9).contains(&n) {
        return Err(cx.raise(&TYPE_ERROR, "mktime needs a tuple of length 8 or 9"));
    }
    let mut fields = [0i64; 6];
    for (i, field) in fields.iter_mut().enumerate() {
        let item = cx.item_at(given, i)?;
        *field = cx.i64_of(item)?;
    }
    let [year, month, day, hour, minute, second] = fields;
    // far dates would overflow; no clock shows them
    let seconds = days_of(year.clamp(-100_000, 100_000), month.clamp(-1200, 1200), day)
        .wrapping_mul(DAY)
        .wrapping_add(hour.wrapping_mul(3600))
        .wrapping_add(minute.wrapping_mul(60))
        .wrapping_add(second);
    cx.int(seconds)
}
