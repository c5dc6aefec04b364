//! The fuel and the interruption of compilations, which run while the heap is in the compiler's hands.

use core::cell::Cell;

use snakelet_compiler::Watch;

use crate::Vm;
use crate::vm::host::{Interrupt, Wish};

/// Steps of a compilation between two polls of the host: fewer than elsewhere, since they are longer.
const WATCHED: u64 = 1024;

/// Watches a compilation: has the host's hook meanwhile.
pub(super) struct Watcher {
    hook: Cell<Option<&'static mut dyn Interrupt>>,
    /// Steps that it may make.
    fuel: u64,
    /// Steps that it has made.
    done: Cell<u64>,
    wish: Cell<Wish>,
}

impl Watch for Watcher {
    fn work(&self, steps: u32) -> bool {
        let before = self.done.get();
        let done = before.saturating_add(u64::from(steps));
        self.done.set(done);
        if done / WATCHED != before / WATCHED
            && let Some(hook) = self.hook.take()
        {
            self.wish.set(hook.poll());
            self.hook.set(Some(hook));
        }
        done < self.fuel && self.wish.get() == Wish::Continue
    }
}

impl Vm {
    /// Makes a watcher, which has the hook until [`Vm::end_watch`].
    pub(super) fn begin_watch(&self) -> Watcher {
        Watcher {
            hook: Cell::new(self.rt.interrupt.take()),
            fuel: self.fuel().unwrap_or(u64::MAX),
            done: Cell::new(0),
            wish: Cell::new(Wish::Continue),
        }
    }

    /// Takes the hook back, and charges for the work that was watched.
    pub(super) fn end_watch(&mut self, watcher: &Watcher) {
        self.rt.interrupt.set(watcher.hook.take());
        if self.rt.wish.get() == Wish::Continue {
            self.rt.wish.set(watcher.wish.get());
        }
        self.charge_later(usize::try_from(watcher.done.get()).unwrap_or(usize::MAX));
    }
}
