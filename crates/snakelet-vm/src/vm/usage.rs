//! What a call of the host uses.

use snakelet_gc::Heap;

use core::time::Duration;

use crate::Vm;
use crate::vm::poll::{StopReason, TimeSource};

/// What a script has used.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Steps made.
    pub steps: u64,
    /// The most bytes of the heap that were in use at a time, dead objects included.
    pub peak_bytes: usize,
    /// Bytes allocated in the heap, however soon they were given back.
    pub allocated_bytes: u64,
    /// How often the host was asked whether the script may go on.
    pub polls: u64,
}

/// What was counted when an account was begun.
#[derive(Copy, Clone, Default)]
pub(crate) struct Account {
    steps: u64,
    polls: u64,
}

impl Vm {
    /// Begins to count what is used from nothing.
    pub fn begin_usage(&mut self) {
        self.rt.account = Account { steps: self.steps(), polls: self.rt.poller.polls.get() };
        self.heap.get_mut().begin_account();
        if self.rt.poller.has_deadline() {
            // what is short asks the host as well
            self.poll_soon();
        }
    }

    /// What was used since [`Vm::begin_usage`].
    pub fn usage(&self) -> Usage {
        Usage {
            steps: self.steps().wrapping_sub(self.rt.account.steps),
            peak_bytes: self.heap.ask(Heap::account_peak_bytes),
            allocated_bytes: self.heap.ask(Heap::account_bytes),
            polls: self.rt.poller.polls.get().wrapping_sub(self.rt.account.polls),
        }
    }

    /// Lets scripts run until so much time has passed by a clock; `None` lets them run for as long as they
    /// like. They stop as they do when the fuel is used up.
    pub fn set_deadline(&mut self, limit: Option<(TimeSource, Duration)>) {
        self.rt.poller.set_deadline(limit);
        self.poll_soon();
    }

    /// Lets scripts allocate so many bytes from now on, all objects taken together, those that were given back
    /// too; `None` sets no limit. Scripts that would allocate more stop as they do when the fuel is used up.
    pub fn set_allocation_budget(&mut self, bytes: Option<u64>) {
        self.heap.get_mut().set_budget(bytes);
    }

    /// The bytes that scripts may still allocate, if they are limited.
    pub fn allocation_budget(&self) -> Option<u64> {
        self.heap.ask(Heap::budget)
    }

    /// What stopped the script that was stopped last.
    pub fn stop_reason(&self) -> StopReason {
        self.rt.stop_reason
    }
}
