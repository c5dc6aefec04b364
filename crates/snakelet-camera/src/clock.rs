//! `time.clock`: measures how many frames a second a loop comes to.

use core::cell::Cell;

use snakelet_vm::native::full::Held;
use snakelet_vm::native::{Contents, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{methods, name};

/// `clock`, to be a part of the host's module `time`.
pub static CLOCK: Contents = Contents {
    functions: methods![NativeFn::full(name!("clock"), 0, 0, |cx, _| {
        let now = cx.ticks_us();
        cx.new_data(&[], Clock::new(now))
    })],
    constants: &[],
};

struct Clock {
    /// When the frame that is measured has begun, in microseconds.
    began: Cell<u64>,
    /// Time of the frames that were counted.
    total: Cell<u64>,
    frames: Cell<u32>,
}

impl NativeData for Clock {
    const TYPE: &'static NativeType = &CLOCK_TYPE;
}

impl Clock {
    const fn new(now: u64) -> Self {
        Clock { began: Cell::new(now), total: Cell::new(0), frames: Cell::new(0) }
    }

    fn reset(&self, now: u64) {
        self.began.set(now);
        self.total.set(0);
        self.frames.set(0);
    }

    /// Counts the frame that has just ended; time and number of all.
    fn count(&self, now: u64) -> (f64, f64) {
        self.frames.set(self.frames.get().saturating_add(1));
        self.total.set(self.total.get().saturating_add(now.saturating_sub(self.began.get())));
        (self.total.get() as f64, f64::from(self.frames.get()))
    }

    fn per_second(&self, now: u64) -> f64 {
        let (total, frames) = self.count(now);
        if total > 0.0 { frames * 1e6 / total } else { 0.0 }
    }

    fn average_ms(&self, now: u64) -> f64 {
        let (total, frames) = self.count(now);
        total / frames / 1000.0
    }
}

static CLOCK_TYPE: NativeType =
    NativeType::of(name!("Clock"), const { &TypeSlots::of::<Clock>() }).sealed().methods(methods![
        NativeFn::full_method(name!("tick"), 1, 1, |cx, args| {
            let now = cx.ticks_us();
            cx.with_data(args.or_none(0), |clock: &Clock| clock.began.set(now))?;
            Ok(Held::NONE)
        }),
        NativeFn::full_method(name!("reset"), 1, 1, |cx, args| {
            let now = cx.ticks_us();
            cx.with_data(args.or_none(0), |clock: &Clock| clock.reset(now))?;
            Ok(Held::NONE)
        }),
        NativeFn::full_method(name!("fps"), 1, 1, |cx, args| {
            let now = cx.ticks_us();
            let fps = cx.with_data(args.or_none(0), |clock: &Clock| clock.per_second(now))?;
            cx.float(fps)
        }),
        NativeFn::full_method(name!("avg"), 1, 1, |cx, args| {
            let now = cx.ticks_us();
            let avg = cx.with_data(args.or_none(0), |clock: &Clock| clock.average_ms(now))?;
            cx.float(avg)
        }),
    ]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_counts_a_frame() {
        let clock = Clock::new(1_000_000);
        assert_eq!(clock.per_second(1_500_000), 2.0);
        clock.began.set(2_000_000);
        assert_eq!(clock.average_ms(2_250_000), 375.0);
        clock.reset(5);
        assert_eq!((clock.per_second(5), clock.frames.get()), (0.0, 1));
        // a clock that was set back
        assert_eq!(clock.per_second(0), 0.0);
    }
}
