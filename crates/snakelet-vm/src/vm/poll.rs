//! Asking the host: its hook, and the deadline that it has set.

use core::cell::Cell;
use core::time::Duration;

use crate::vm::host::{Interrupt, Wish};

/// A clock: the time since any fixed moment.
pub type TimeSource = fn() -> Duration;

/// When scripts are to stop.
#[derive(Copy, Clone)]
struct Deadline {
    now: TimeSource,
    at: Duration,
}

/// What stopped a script.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum StopReason {
    /// The fuel is used up, or the host's hook has answered [`Wish::Stop`].
    #[default]
    Host,
    /// The deadline has passed.
    Deadline,
    /// As many bytes were allocated as the host allows.
    AllocationBudget,
}

/// What is asked whether a script may go on, and what it has answered.
pub(crate) struct Poller {
    /// The host's hook, out of its place while it is asked.
    hook: Cell<Option<&'static mut dyn Interrupt>>,
    deadline: Cell<Option<Deadline>>,
    /// How often the host was asked, wrapping.
    pub(crate) polls: Cell<u64>,
    /// What the host wishes, until that is done.
    pub(crate) wish: Cell<Wish>,
    /// Why it wishes a stop.
    pub(crate) reason: Cell<StopReason>,
}

impl Poller {
    pub(crate) fn new(hook: Option<&'static mut dyn Interrupt>) -> Self {
        Self {
            hook: Cell::new(hook),
            deadline: Cell::new(None),
            polls: Cell::new(0),
            wish: Cell::new(Wish::Continue),
            reason: Cell::new(StopReason::Host),
        }
    }

    /// Lets scripts run for `limit` from now on; `None` for as long as they like.
    pub(crate) fn set_deadline(&self, limit: Option<(TimeSource, Duration)>) {
        let deadline = limit.and_then(|(now, limit)| {
            // what lies beyond the end of time is no deadline
            Some(Deadline { now, at: now().checked_add(limit)? })
        });
        self.deadline.set(deadline);
    }

    pub(crate) fn has_deadline(&self) -> bool {
        self.deadline.get().is_some()
    }

    /// Asks the host whether the script may go on, and notes the answer.
    pub(crate) fn ask(&self) {
        self.polls.set(self.polls.get().wrapping_add(1));
        let mut hook = Hook { place: &self.hook, hook: self.hook.take() };
        if let Some(hook) = &mut hook.hook {
            self.wish.set(hook.poll());
            self.reason.set(StopReason::Host);
        }
        if self.wish.get() != Wish::Stop
            && let Some(Deadline { now, at }) = self.deadline.get()
            && now() >= at
        {
            self.wish.set(Wish::Stop);
            self.reason.set(StopReason::Deadline);
        }
    }

    /// Asks unless a stop is wished already; whether the script is to stop. An interrupt is kept.
    pub(crate) fn ask_for_stop(&self) -> bool {
        let before = self.wish.get();
        if before != Wish::Stop {
            self.ask();
            if self.wish.get() == Wish::Continue {
                self.wish.set(before);
            }
        }
        self.wish.get() == Wish::Stop
    }

    /// Takes over what another poller asks, and what it was answered.
    #[cfg(feature = "compiler")]
    pub(crate) fn take_over(&self, from: &Self) {
        if let Some(hook) = from.hook.take() {
            self.hook.set(Some(hook));
        }
        self.deadline.set(from.deadline.get());
        self.polls.set(self.polls.get().wrapping_add(from.polls.take()));
        if self.wish.get() == Wish::Continue {
            self.wish.set(from.wish.get());
            self.reason.set(from.reason.get());
        }
    }
}

/// The hook of the host, out of its place while it is called; it comes back even if it panics.
struct Hook<'v> {
    place: &'v Cell<Option<&'static mut dyn Interrupt>>,
    hook: Option<&'static mut dyn Interrupt>,
}

impl Drop for Hook<'_> {
    fn drop(&mut self) {
        self.place.set(self.hook.take());
    }
}
