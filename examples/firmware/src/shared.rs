//! A value that two parts of the program reach.

use core::cell::UnsafeCell;

use snakelet_pool::{Lock, SingleThread};

/// A value that the program and an interrupt handler reach, one at a time.
pub struct Shared<T> {
    lock: SingleThread,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only accessed under the lock, and `T` may be used by any thread.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// Puts a value under the lock.
    pub const fn new(value: T) -> Self {
        Shared { lock: SingleThread::new(), value: UnsafeCell::new(value) }
    }

    /// Runs `work` on the value; gives none if the handler interrupted another `with`. The main
    /// program always gets it, since the handler has returned when the program runs.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        // SAFETY: the lock runs one closure at a time, so this is the only reference.
        self.lock.with(|| work(unsafe { &mut *self.value.get() }))
    }
}
