//! The time that scripts see.

use std::time::{Duration, Instant};

use snakelet::host::Clock;

/// The time that scripts see.
pub(crate) enum Time {
    /// That of the computer.
    Real(Instant),
    /// One that passes only when somebody looks at it or waits.
    Virtual(Steps),
}

/// A clock that moves on at each look.
#[derive(Default)]
pub(crate) struct Steps {
    now_us: u64,
}

/// Microseconds that pass from one look at a virtual clock to the next.
const STEP_US: u64 = 500;

impl Time {
    pub(crate) fn real() -> Self {
        Time::Real(Instant::now())
    }
}

impl Clock for Time {
    fn ticks_us(&mut self) -> u64 {
        match self {
            Time::Real(start) => u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            Time::Virtual(steps) => {
                steps.now_us = steps.now_us.saturating_add(STEP_US);
                steps.now_us
            }
        }
    }
    fn sleep_us(&mut self, us: u64) {
        match self {
            Time::Real(_) => std::thread::sleep(Duration::from_micros(us)),
            Time::Virtual(steps) => steps.now_us = steps.now_us.saturating_add(us),
        }
    }
}
