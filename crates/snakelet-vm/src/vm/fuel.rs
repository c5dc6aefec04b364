//! Time: the steps that a script may make, and the polls of the host between them.
//!
//! The interpreter loop counts `ticks` down at each backward jump and call, native code by
//! [`Vm::charge`]. At zero the steps made are settled with what the host granted, and the host is
//! asked whether the script may go on.
//!
//! Code that borrows the heap, or cannot be left in the middle, uses [`Vm::charge_later`]: the host is
//! asked as often, but what it wishes waits for the next poll. Such code is charged in the amount of its
//! work (`debt`), and ends early where that is more than linear ([`Vm::is_ending`]).

use snakelet_num::bigint::Stop;

use crate::object::value::raw;
use crate::vm::host::Wish;
use crate::vm::poll::StopReason;
use crate::vm::{RootSlot, Runtime};
use crate::{Raised, Vm};

/// At most so many steps are made between two polls of the host: fewer on a microcontroller, where a step takes
/// microseconds.
pub const POLL_INTERVAL: u32 = if cfg!(target_os = "none") { 768 } else { 4096 };

/// The same when the step of a run is over and native code keeps the run from being left.
const OVERDUE_INTERVAL: u32 = 16;

impl Vm {
    /// Grants the script so many steps from now on; `None` sets no limit.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        // what was done before is not charged to it
        self.settle();
        self.rt.fuel = fuel;
        self.grant();
    }

    /// The fuel left, if it is limited.
    pub fn fuel(&self) -> Option<u64> {
        let begun = self.steps_begun();
        self.rt.fuel.map(|fuel| fuel.saturating_sub(begun))
    }

    /// Steps made since they were settled last.
    fn steps_begun(&self) -> u64 {
        let begun = self.rt.granted.saturating_sub(self.rt.ticks.get());
        u64::from(begun).saturating_add(self.rt.debt.get())
    }

    /// Steps made so far, wrapping.
    pub(crate) fn steps(&self) -> u64 {
        self.rt.steps.wrapping_add(self.steps_begun())
    }

    /// Charges `work` steps of native code, and polls the host when it is time.
    ///
    /// # Errors
    /// A stop by the budget or the host, or `KeyboardInterrupt`.
    #[inline]
    pub fn charge(&mut self, work: u32) -> Result<(), Raised> {
        match self.rt.ticks.get().checked_sub(work) {
            Some(left) if left > 0 => {
                self.rt.ticks.set(left);
                Ok(())
            }
            _ => self.poll_in_native(work),
        }
    }

    /// Charges `work` steps of code that cannot be left in the middle, as while the heap is borrowed.
    /// The host is asked when it is time; what it wishes is done at the next poll, which comes with
    /// the next step.
    // many functions do it, so a microcontroller has it once
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub fn charge_later(&self, work: usize) {
        self.rt.charge_later(work);
    }

    /// Whether the script is to end at the next poll: code that cannot be left in the middle, but has
    /// much left to do, need not do it.
    #[inline]
    pub(crate) fn is_ending(&self) -> bool {
        self.rt.debt.get() > 0 && self.has_to_end()
    }

    #[cold]
    #[inline(never)]
    fn has_to_end(&self) -> bool {
        self.rt.poller.wish.get() != Wish::Continue
            || self.fuel() == Some(0) && self.rt.access != Some(self.rt.stack.depth())
    }

    /// Charges a calculation for steps that it has made, of which a few take as long as one of the loop.
    ///
    /// # Errors
    /// The calculation is to end; [`Vm::end_calculation`] tells why.
    pub(crate) fn spend(&self, steps: u32) -> Result<(), Stop> {
        const A_STEP: u32 = if usize::BITS == 64 { 4 } else { 1 };
        self.charge_later((steps / A_STEP) as usize);
        if self.is_ending() { Err(Stop) } else { Ok(()) }
    }

    /// Polls if a calculation had to end, whose result is to be dropped then.
    ///
    /// # Errors
    /// As for [`Vm::charge`].
    pub(crate) fn end_calculation(&mut self) -> Result<(), Raised> {
        if self.is_ending() { self.poll(0) } else { Ok(()) }
    }

    /// Raises what ends the script, where work was broken off because it is to end.
    #[cold]
    #[inline(never)]
    pub(crate) fn ending(&mut self) -> Raised {
        match self.poll(0) {
            Err(raised) => raised,
            Ok(()) => self.stop(),
        }
    }

    /// Polls the host; `work` steps were made beyond the ticks left.
    #[cold]
    #[inline(never)]
    pub(crate) fn poll(&mut self, work: u32) -> Result<(), Raised> {
        let beyond = work.saturating_sub(self.rt.ticks.get());
        let done = u64::from(self.rt.granted) + u64::from(beyond);
        let done = done.saturating_add(self.rt.debt.take());
        self.rt.steps = self.rt.steps.wrapping_add(done);
        self.rt.stepping.spend(done);
        if let Some(fuel) = self.rt.fuel {
            let left = fuel.saturating_sub(done);
            self.rt.fuel = Some(left);
            if left == 0 {
                self.grant();
                return Err(self.stop());
            }
        }
        self.grant();
        if self.rt.stack.overflowed.replace(false) {
            return Err(self.recursion_error());
        }
        self.ask_host()
    }

    /// Polls the host from native code. What modules do between two instructions then has to wait, and so have the end of a
    /// run's step and other threads; where native code makes most of the steps, they would wait forever: so the next step is to poll again. That may be one of the
    /// native code's own, which is not to poll at each of them: half of the times it is left as it is.
    #[cold]
    #[inline(never)]
    fn poll_in_native(&mut self, work: u32) -> Result<(), Raised> {
        self.poll(work)?;
        // the golden ratio of 2^32 spreads the numbers of steps over all values
        let is_awaited = self.rt.serves || self.rt.stepping.left() == Some(0);
        #[cfg(feature = "thread")]
        let is_awaited = is_awaited || self.rt.threads.are_there();
        if is_awaited && (self.rt.steps as u32).wrapping_mul(0x9E37_79B9).cast_signed() < 0 {
            self.poll_soon();
        }
        Ok(())
    }

    /// Polls the host from the interpreter loop, where scheduled callbacks may run, and a run that
    /// is made in steps may be left.
    #[cold]
    #[inline(never)]
    pub(crate) fn poll_in_loop(&mut self) -> Result<(), Raised> {
        self.poll(0)?;
        self.run_finalisers();
        if self.is_stopped() {
            return Err(Raised::new());
        }
        self.run_scheduled()?;
        self.leave_if_due()?;
        #[cfg(feature = "thread")]
        self.switch_if_due()?;
        Ok(())
    }

    /// Settles the steps made since the last poll with the fuel.
    pub(crate) fn settle(&mut self) {
        self.rt.fuel = self.fuel();
        self.rt.steps = self.steps();
        self.rt.debt.set(0);
        self.grant();
    }

    /// Sets the steps until the next poll.
    fn grant(&mut self) {
        let fuel = self.rt.fuel.unwrap_or(u64::MAX).max(1);
        let step = match self.rt.stepping.left() {
            Some(0) => u64::from(OVERDUE_INTERVAL),
            Some(steps) => steps,
            None => u64::MAX,
        };
        self.rt.granted = fuel.min(step).min(u64::from(POLL_INTERVAL)) as u32;
        self.rt.ticks.set(self.rt.granted);
    }

    /// Lets the next step poll.
    pub(crate) fn poll_soon(&mut self) {
        self.rt.poll_soon();
    }

    /// Asks the host whether the script may go on.
    pub(crate) fn ask_host(&mut self) -> Result<(), Raised> {
        if self.rt.poller.wish.get() == Wish::Continue {
            self.rt.poller.ask();
        }
        match self.rt.poller.wish.replace(Wish::Continue) {
            Wish::Continue => Ok(()),
            Wish::Interrupt => Err(self.keyboard_interrupt()),
            Wish::Stop => Err(self.stop_for(self.rt.poller.reason.get())),
        }
    }

    /// Stops the script; no handler of its sees it.
    pub(crate) fn stop(&mut self) -> Raised {
        self.stop_for(StopReason::Host)
    }

    /// As [`Vm::stop`], and notes why.
    pub(crate) fn stop_for(&mut self, reason: StopReason) -> Raised {
        self.rt.stop_reason = reason;
        self.set_root_word(RootSlot::Pending, raw::STOP);
        Raised::new()
    }
}

impl Runtime {
    fn poll_soon(&mut self) {
        let skipped = self.ticks.get().saturating_sub(1);
        self.granted = self.granted.saturating_sub(skipped);
        self.ticks.set(self.ticks.get() - skipped);
    }

    /// Asks the host on behalf of work that cannot be left in the middle, but given up: whether it is to be. What
    /// the host wishes is done with the next step at the latest.
    pub(crate) fn wants_stop(&mut self) -> bool {
        let stop = self.poller.ask_for_stop();
        if self.poller.wish.get() != Wish::Continue {
            self.poll_soon();
        }
        stop
    }

    /// See [`Vm::charge_later`].
    #[inline]
    pub(crate) fn charge_later(&self, work: usize) {
        match (self.ticks.get() as usize).checked_sub(work) {
            Some(left) if left > 0 => self.ticks.set(left as u32),
            _ => self.owe(work),
        }
    }

    /// Charges for work that the host was asked about meanwhile.
    #[cfg(feature = "compiler")]
    pub(crate) fn charge_watched(&self, work: u64) {
        match u64::from(self.ticks.get()).checked_sub(work) {
            Some(left) if left > 0 => self.ticks.set(left as u32),
            _ => {
                self.add_debt(work);
            }
        }
    }

    /// Lets the next step poll, and notes what was done beyond the ticks left; gives how much is noted.
    fn add_debt(&self, work: u64) -> u64 {
        let skipped = self.ticks.replace(1).saturating_sub(1);
        let now = self.debt.get().saturating_add(work).saturating_sub(u64::from(skipped));
        self.debt.set(now);
        now
    }

    /// Notes what was done beyond the ticks left, and asks the host when it is time.
    #[cold]
    #[inline(never)]
    fn owe(&self, work: usize) {
        let before = self.debt.get();
        let now = self.add_debt(work as u64);
        let interval = u64::from(POLL_INTERVAL);
        if now / interval != before / interval && self.poller.wish.get() == Wish::Continue {
            self.poller.ask();
        }
    }
}
