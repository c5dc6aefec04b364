//! `time`.

use snakelet_num::float;

use crate::exception::classes::OVERFLOW_ERROR;
use crate::exception::errno;
use crate::native::leaf::{Answer, Leaf, LeafArgs, Wide};
use crate::native::{Contents, NativeFn, NativeModule};
use crate::object::value::{SWord, raw};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name};

/// `time`.
pub static TIME: NativeModule = NativeModule::new(
    name!("time"),
    &[Contents {
        functions: methods![
            function!("gmtime", 0, 1, gmtime),
            function!("localtime", 0, 1, gmtime),
            function!("mktime", 1, 1, mktime),
            function!("sleep", 1, 1, sleep),
            function!("sleep_ms", 1, 1, sleep_ms),
            function!("sleep_us", 1, 1, sleep_us),
            NativeFn::leaf::<2>(name!("ticks_add"), 0, ticks_add),
            function!("ticks_cpu", 0, 0, ticks_us),
            NativeFn::leaf::<2>(name!("ticks_diff"), 0, ticks_diff),
            function!("ticks_ms", 0, 0, ticks_ms),
            function!("ticks_us", 0, 0, ticks_us),
            function!("time", 0, 0, time),
            function!("time_ns", 0, 0, time_ns),
        ],
        constants: &[],
    }],
);

const DAY: i64 = 86_400;
/// Longest wait between two looks at the host's wishes.
const NAP_US: u64 = 10_000;
/// Ticks count modulo this power of two, so that they are small ints.
const PERIOD: SWord = raw::INT_MAX / 2 + 1;

impl Vm {
    /// Microseconds since a fixed moment; 0 without a clock.
    pub(crate) fn clock_us(&mut self) -> u64 {
        self.rt.hosts.clock.as_mut().map_or(0, |clock| clock.ticks_us())
    }

    /// Nanoseconds since 1970, or since the start if the date is not known.
    pub(crate) fn epoch_ns(&mut self) -> u64 {
        match &mut self.rt.hosts.clock {
            Some(clock) => clock.epoch_ns().unwrap_or_else(|| clock.ticks_us().wrapping_mul(1000)),
            None => 0,
        }
    }

    /// Waits, and runs scheduled callbacks meanwhile.
    fn sleep_for(&mut self, us: u64) -> Res {
        let start = self.clock_us();
        loop {
            self.ask_host()?;
            self.run_scheduled()?;
            let passed = self.clock_us().wrapping_sub(start);
            let left = us.saturating_sub(passed);
            match &mut self.rt.hosts.clock {
                Some(clock) if left > 0 => clock.sleep_us(left.min(NAP_US)),
                _ => return Ok(Local::NONE),
            }
        }
    }

    fn ticks(&mut self, count: u64) -> Res {
        self.new_int((count & (PERIOD as u64 - 1)) as SWord)
    }
}

fn time(vm: &mut Vm, _args: Args) -> Res {
    let ns = vm.epoch_ns();
    vm.new_float(ns as f64 / 1e9)
}

fn time_ns(vm: &mut Vm, _args: Args) -> Res {
    let ns = vm.epoch_ns();
    vm.new_uint_64(ns)
}

fn ticks_ms(vm: &mut Vm, _args: Args) -> Res {
    let us = vm.clock_us();
    vm.ticks(us / 1000)
}

fn ticks_us(vm: &mut Vm, _args: Args) -> Res {
    let us = vm.clock_us();
    vm.ticks(us)
}

fn ticks_add<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let ticks = cx.word(args.get::<0>(), 0)?;
    let delta = cx.word(args.get::<1>(), 1)?;
    if delta >= PERIOD / 2 || delta <= -(PERIOD / 2) {
        return Err(cx.raise(&OVERFLOW_ERROR, "ticks interval overflow"));
    }
    cx.int((ticks.wrapping_add(delta) & (PERIOD - 1)) as Wide)
}

fn ticks_diff<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let end = cx.word(args.get::<0>(), 0)?;
    let start = cx.word(args.get::<1>(), 1)?;
    let distance = end.wrapping_sub(start).wrapping_add(PERIOD / 2) & (PERIOD - 1);
    cx.int((distance - PERIOD / 2) as Wide)
}

fn sleep(vm: &mut Vm, args: Args) -> Res {
    let value = vm.get(args.get(0));
    let seconds = match value.as_float() {
        Some(f) => f,
        None => vm.index_of(args.get(0))? as f64,
    };
    if seconds < 0.0 {
        return Err(vm.os_error(errno::EINVAL));
    }
    vm.sleep_for((seconds * 1e6) as u64)
}

fn sleep_ms(vm: &mut Vm, args: Args) -> Res {
    let ms = vm.index_of(args.get(0))?;
    vm.sleep_for(u64::try_from(ms).unwrap_or(0).saturating_mul(1000))
}

fn sleep_us(vm: &mut Vm, args: Args) -> Res {
    let us = vm.index_of(args.get(0))?;
    vm.sleep_for(u64::try_from(us).unwrap_or(0))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; months and days may overflow.
pub(crate) fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let months = year.wrapping_mul(12).wrapping_add(month - 1);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    // a year that begins in March ends with the leap day
    let (y, m) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let day_of_year = (153 * m + 2) / 5 + day.wrapping_sub(1);
    let leap_days = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    y.wrapping_mul(365).wrapping_add(leap_days).wrapping_add(day_of_year) - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub(crate) fn date_of(days: i64) -> (i64, i64, i64) {
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

fn gmtime(vm: &mut Vm, args: Args) -> Res {
    let seconds = match args.opt(0) {
        Some(s) if !vm.get(s).is_none() => match vm.get(s).as_float() {
            Some(f) => float::floor(f) as i64,
            None => vm.i64_of(s)?,
        },
        _ => (vm.epoch_ns() / 1_000_000_000) as i64,
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
    let mut items = [Local::NULL; 9];
    for (item, field) in items.iter_mut().zip(fields) {
        *item = vm.new_int(field as SWord)?;
    }
    vm.new_tuple_of(&items)
}

fn mktime(vm: &mut Vm, args: Args) -> Res {
    let n = vm.sequence_len(args.get(0));
    if !(8..=9).contains(&n) {
        return Err(vm.type_error("mktime needs a tuple of length 8 or 9"));
    }
    let mut fields = [0i64; 6];
    for (i, field) in fields.iter_mut().enumerate() {
        let item = vm.push_sequence_item(args.get(0), i);
        *field = vm.i64_of(item)?;
    }
    let [year, month, day, hour, minute, second] = fields;
    // far dates would overflow; no clock shows them
    let seconds = days_of(year.clamp(-100_000, 100_000), month.clamp(-1200, 1200), day)
        .wrapping_mul(DAY)
        .wrapping_add(hour.wrapping_mul(3600))
        .wrapping_add(minute.wrapping_mul(60))
        .wrapping_add(second);
    vm.new_int_64(seconds)
}
