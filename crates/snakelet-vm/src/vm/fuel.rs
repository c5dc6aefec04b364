//! Time: the steps that a script may make, and the polls of the host between them.
//!
//! The interpreter loop counts `ticks` down at each backward jump and call, native code by
//! [`Vm::charge`]. At zero the steps made are settled with what the host granted, and the host is
//! asked whether the script may go on.

use crate::object::value::raw;
use crate::vm::RootSlot;
use crate::vm::host::Wish;
use crate::{Raised, Vm};

/// At most so many steps are made between two polls of the host.
pub const POLL_INTERVAL: u32 = 4096;

/// The same when the step of a run is over and native code keeps the run from being left.
const OVERDUE_INTERVAL: u32 = 16;

impl Vm {
    /// Grants the script so many steps from now on; `None` sets no limit.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.rt.fuel = fuel;
        self.grant();
    }

    /// The fuel left, if it is limited.
    pub fn fuel(&self) -> Option<u64> {
        let begun = self.rt.granted.saturating_sub(self.rt.ticks.get());
        let begun = u64::from(begun) + u64::from(self.rt.debt.get());
        self.rt.fuel.map(|fuel| fuel.saturating_sub(begun))
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
            _ => self.poll(work),
        }
    }

    /// Charges `work` steps of code that cannot be left in the middle. If that is more than is left until
    /// the next poll, the next step polls.
    #[inline]
    pub(crate) fn charge_later(&self, work: u32) {
        let ticks = self.rt.ticks.get();
        let left = ticks.saturating_sub(work).max(1);
        self.rt.ticks.set(left);
        let rest = work.saturating_sub(ticks.saturating_sub(left));
        self.rt.debt.set(self.rt.debt.get().saturating_add(rest));
    }

    /// Polls the host; `work` steps were made beyond the ticks left.
    #[cold]
    #[inline(never)]
    pub(crate) fn poll(&mut self, work: u32) -> Result<(), Raised> {
        let beyond = work.saturating_sub(self.rt.ticks.get());
        let done = u64::from(self.rt.granted) + u64::from(beyond) + u64::from(self.rt.debt.take());
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
        self.leave_if_due()
    }

    /// Settles the steps made since the last poll with the fuel.
    pub(crate) fn settle(&mut self) {
        self.rt.fuel = self.fuel();
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
        let skipped = self.rt.ticks.get().saturating_sub(1);
        self.rt.granted = self.rt.granted.saturating_sub(skipped);
        self.rt.ticks.set(self.rt.ticks.get() - skipped);
    }

    /// Asks the host whether the script may go on.
    pub(crate) fn ask_host(&mut self) -> Result<(), Raised> {
        let wish = match &mut self.rt.hosts.interrupt {
            Some(hook) => hook.poll(),
            None => Wish::Continue,
        };
        match wish {
            Wish::Continue => Ok(()),
            Wish::Interrupt => Err(self.keyboard_interrupt()),
            Wish::Stop => Err(self.stop()),
        }
    }

    /// Stops the script; no handler of its sees it.
    pub(crate) fn stop(&mut self) -> Raised {
        self.set_root_word(RootSlot::Pending, raw::STOP);
        Raised::new()
    }
}
