//! `RTC`.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::args::number;
use super::{done, with_board};
use crate::device::DateTime;

/// The clock as scripts have it.
struct RtcObject;

impl NativeData for RtcObject {
    const TYPE: &'static NativeType = &RTC;
}

pub(super) static RTC: NativeType =
    NativeType::of(name!("RTC"), const { &TypeSlots::of::<RtcObject>().construct(&NEW) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("datetime"), 1, 2, date_time),
            NativeFn::full_method(name!("init"), 2, 2, date_time),
        ]);

static NEW: NativeFn = NativeFn::full(name!("RTC"), 0, 1, |cx, _| cx.new_data(&[], RtcObject));

const DAY_US: i64 = 86_400_000_000;

/// Days since 1970-01-01, by the calendar that goes on for ever in both directions: years of 400 have the same number of
/// days, and those that begin in March end with the leap day.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

fn from_us(us: i64) -> DateTime {
    let (day, of_day) = (us.div_euclid(DAY_US), us.rem_euclid(DAY_US));
    let (year, month, of_month) = date(day);
    let seconds = of_day / 1_000_000;
    DateTime {
        year: year as u16,
        month: month as u8,
        day: of_month as u8,
        // the first day was a Thursday
        weekday: (day + 3).rem_euclid(7) as u8,
        hour: (seconds / 3600) as u8,
        minute: (seconds / 60 % 60) as u8,
        second: (seconds % 60) as u8,
        microsecond: (of_day % 1_000_000) as u32,
    }
}

fn to_us(at: &DateTime) -> i64 {
    let seconds = i64::from(at.hour) * 3600 + i64::from(at.minute) * 60 + i64::from(at.second);
    days(at.year.into(), at.month.into(), at.day.into()) * DAY_US
        + seconds * 1_000_000
        + i64::from(at.microsecond)
}

fn now(cx: &mut Full<'_>) -> Result<DateTime, Raised> {
    if let Some(now) = with_board(cx, |board| board.rtc.as_mut().map(|rtc| rtc.now()))? {
        return done(cx, now);
    }
    let host_us = (cx.epoch_ns() / 1000) as i64;
    let ahead = with_board(cx, |board| board.ahead_us)?;
    Ok(from_us(host_us.saturating_add(ahead)))
}

fn set(cx: &mut Full<'_>, to: DateTime) -> Result<(), Raised> {
    if let Some(result) = with_board(cx, |board| board.rtc.as_mut().map(|rtc| rtc.set(to)))? {
        return done(cx, result);
    }
    let host_us = (cx.epoch_ns() / 1000) as i64;
    with_board(cx, |board| board.ahead_us = to_us(&to).saturating_sub(host_us))
}

/// `datetime([(year, month, day, weekday, hours, minutes, seconds, subseconds)])`: the last ones are microseconds. The day
/// of the week follows from the others.
fn date_time<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    cx.with_data(args.or_none(0), |_: &RtcObject| ())?;
    if let Some(to) = args.get(1) {
        if cx.len(to)? != 8 {
            return Err(cx.raise(&VALUE_ERROR, "a date has 8 items"));
        }
        let mut item = |i, least, most| {
            cx.scope(|cx, outer| {
                let item = cx.item_at(outer.held(to), i)?;
                number(cx, item, least, most)
            })
        };
        let mut to = DateTime {
            year: item(0, 1970, 9999)? as u16,
            month: item(1, 1, 12)? as u8,
            day: item(2, 1, 31)? as u8,
            weekday: 0,
            hour: item(4, 0, 23)? as u8,
            minute: item(5, 0, 59)? as u8,
            second: item(6, 0, 59)? as u8,
            microsecond: item(7, 0, 999_999)? as u32,
        };
        let whole = from_us(to_us(&to));
        if whole.day != to.day {
            return Err(cx.raise(&VALUE_ERROR, "the month has no such day"));
        }
        to.weekday = whole.weekday;
        set(cx, to)?;
        return Ok(Held::NONE);
    }
    let now = now(cx)?;
    let numbers = [
        now.year.into(),
        now.month.into(),
        now.day.into(),
        now.weekday.into(),
        now.hour.into(),
        now.minute.into(),
        now.second.into(),
        i64::from(now.microsecond),
    ];
    let mut items = [Held::NONE; 8];
    for (item, number) in items.iter_mut().zip(numbers) {
        *item = cx.int(number)?;
    }
    cx.tuple(&items)
}

#[cfg(test)]
mod tests {
    use super::{date, days};

    #[test]
    fn dates_are_days_and_back() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert_eq!(days(2026, 11, 28), 20_785);
        let mut last = (1969, 12, 31);
        for day in 0..200_000 {
            let this = date(day);
            assert_eq!(days(this.0, this.1, this.2), day);
            assert!(this > last);
            last = this;
        }
    }
}
