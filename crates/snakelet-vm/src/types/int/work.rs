//! Fuel and interruption for long calculations, which run while the heap is borrowed.

use snakelet_num::bigint::Stop;

use crate::exception::classes::KEYBOARD_INTERRUPT;
use crate::vm::host::{Interrupt, Wish};
use crate::{POLL_INTERVAL, Raised, Vm};

/// Counts the steps of a calculation: holds the interpreter's fuel and poll hook meanwhile.
pub(crate) struct Work {
    hook: Option<&'static mut dyn Interrupt>,
    fuel: Option<u64>,
    done: u32,
    wish: Wish,
}

impl Work {
    /// Tells of `steps` more; to be called by the calculation's poll.
    pub(crate) fn spend(&mut self, steps: u32) -> Result<(), Stop> {
        self.done = self.done.saturating_add(steps);
        if self.done < POLL_INTERVAL {
            return Ok(());
        }
        let done = u64::from(core::mem::take(&mut self.done));
        if let Some(fuel) = &mut self.fuel {
            *fuel = fuel.saturating_sub(done);
            if *fuel == 0 {
                self.wish = Wish::Stop;
                return Err(Stop);
            }
        }
        if let Some(hook) = &mut self.hook {
            self.wish = hook.poll();
        }
        if self.wish == Wish::Continue { Ok(()) } else { Err(Stop) }
    }
}

impl Vm {
    /// Runs a calculation with a [`Work`] to which it reports.
    ///
    /// # Errors
    /// What it raises, or what the host wished while it ran.
    pub(crate) fn with_work<T>(
        &mut self,
        run: impl FnOnce(&mut Vm, &mut Work) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        let hook = self.rt.hosts.interrupt.take();
        let mut work = Work { hook, fuel: self.rt.fuel, done: 0, wish: Wish::Continue };
        let result = run(self, &mut work);
        self.rt.hosts.interrupt = work.hook;
        self.rt.fuel = work.fuel;
        match work.wish {
            Wish::Continue => {
                self.charge(work.done)?;
                result
            }
            Wish::Interrupt => Err(self.raise_no_args(&KEYBOARD_INTERRUPT)),
            Wish::Stop => Err(self.stop()),
        }
    }
}
