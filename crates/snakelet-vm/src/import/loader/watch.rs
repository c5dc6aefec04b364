//! The fuel and the interruption of compilations, which run while the heap is in the compiler's hands.

use core::cell::Cell;

use snakelet_compiler::Watch;

use crate::Vm;
use crate::vm::host::Wish;
use crate::vm::poll::Poller;

/// Steps of a compilation between two polls of the host: fewer than elsewhere, since they are longer.
const WATCHED: u64 = 1024;

/// Watches a compilation: has the host's hook meanwhile.
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
    /// Makes a watcher, which has the hook until [`Vm::end_watch`].
    pub(super) fn begin_watch(&self) -> Watcher {
        Watcher {
            poller: self.rt.poller.split(),
            fuel: self.fuel().unwrap_or(u64::MAX),
            done: Cell::new(0),
        }
    }

    /// Takes the hook back, and charges for the work that was watched.
    pub(super) fn end_watch(&mut self, watcher: &Watcher) {
        self.rt.poller.merge(&watcher.poller);
        self.charge_later(usize::try_from(watcher.done.take()).unwrap_or(usize::MAX));
    }
}
