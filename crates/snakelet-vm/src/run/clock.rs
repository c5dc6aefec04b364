//! The host's clock, and waiting for it.

use crate::{Raised, Vm};

/// Longest wait between two looks at the host's wishes.
const NAP_US: u64 = 10_000;

/// Longest time for which a thread that waits for what others do leaves them to it.
#[cfg(all(feature = "idle", feature = "thread"))]
pub(super) const LOOK_US: u64 = 1000;

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

    /// Lets some time pass, at most up to a moment, and then does what waits for it. False without a clock.
    pub(crate) fn nap(&mut self, until: Option<u64>) -> Result<bool, Raised> {
        let now = self.clock_us();
        let left = until.map_or(NAP_US, |until| until.saturating_sub(now));
        let left = left.min(self.served_in(now));
        let clock = self.rt.hosts.clock.as_mut();
        let can_wait = clock.map(|clock| clock.sleep_us(left.min(NAP_US))).is_some();
        self.ask_host()?;
        self.run_scheduled()?;
        Ok(can_wait)
    }

    /// How many microseconds may pass before the states of modules want to call back.
    fn served_in(&self, now: u64) -> u64 {
        // a callback that is late is called at the next look, and no wait is so short that nothing passes
        self.rt.serve_by.saturating_sub(now).max(1)
    }

    /// Waits, and runs scheduled callbacks meanwhile.
    pub(crate) fn sleep_us(&mut self, us: u64) -> Result<(), Raised> {
        #[cfg(feature = "thread")]
        if self.may_switch() {
            self.rt.stepping.wish = Some(crate::vm::stepping::LeaveWish::Sleep(us));
            return Err(Raised::new());
        }
        self.block_us(us)
    }

    /// The same; no other thread runs meanwhile.
    pub(crate) fn block_us(&mut self, us: u64) -> Result<(), Raised> {
        let start = self.clock_us();
        loop {
            self.ask_host()?;
            self.run_scheduled()?;
            let now = self.clock_us();
            let left = us.saturating_sub(now.wrapping_sub(start));
            let nap = left.min(NAP_US).min(self.served_in(now));
            match &mut self.rt.hosts.clock {
                Some(clock) if left > 0 => clock.sleep_us(nap),
                _ => return Ok(()),
            }
        }
    }
}
