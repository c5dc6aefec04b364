//! The fuel and the interruption of compilations, which run while the heap is in the compiler's hands.

use core::cell::Cell;

use snakelet_compiler::Watch;

use crate::Vm;
use crate::vm::host::Wish;
use crate::vm::poll::Poller;

/// Steps of a compilation between two polls of the host: fewer than elsewhere, since they are longer.
const WATCHED: u64 = 1024;

/// Watches a compilation: has the host's hook while the compiler works by itself.
pub(super) struct Watcher {
    poller: Poller,
    /// Steps that it may make.
    fuel: u64,
    /// Steps that it has made.
    done: Cell<u64>,
}

impl Watch for Watcher {
    fn work(&self, steps: u32) -> bool {
        let before = self.done.get();
        let done = before.saturating_add(u64::from(steps));
        self.done.set(done);
        if done / WATCHED != before / WATCHED && self.poller.wish.get() == Wish::Continue {
            self.poller.ask();
        }
        done < self.fuel && self.poller.wish.get() == Wish::Continue
    }
}

impl Vm {
    /// Makes a watcher, which has the hook until [`Vm::take_hook`].
    pub(super) fn begin_watch(&self) -> Watcher {
        let watcher = Watcher {
            poller: Poller::new(None),
            fuel: self.fuel().unwrap_or(u64::MAX),
            done: Cell::new(0),
        };
        self.lend_hook(&watcher);
        watcher
    }

    /// Lets the watcher ask the host.
    pub(super) fn lend_hook(&self, watcher: &Watcher) {
        let polls = self.rt.poller.polls.get();
        watcher.poller.take_over(&self.rt.poller);
        // counted once, here
        watcher.poller.polls.set(0);
        self.rt.poller.polls.set(polls);
    }

    /// Lets allocations ask the host.
    pub(super) fn take_hook(&self, watcher: &Watcher) {
        self.rt.poller.take_over(&watcher.poller);
    }

    /// Takes the hook back, and charges for the work that was watched.
    pub(super) fn end_watch(&mut self, watcher: &Watcher) {
        self.take_hook(watcher);
        self.rt.charge_watched(watcher.done.take());
    }
}
