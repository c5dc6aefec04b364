//! Locks that keep a pool's records consistent when several threads use it.
#![expect(unsafe_code, reason = "a lock is a promise of exclusive access")]

use crate::sync::{AtomicBool, Ordering};

/// Runs a piece of code while no other code runs under the same lock.
///
/// The library brings [`SingleThread`], with the feature `critical-section` a `CriticalSection`, and
/// with the feature `std` the trait is implemented for `std::sync::Mutex<()>`.
///
/// # Safety
/// While `with` runs a closure, no other thread, and no interrupt handler, runs a closure under the
/// same lock. (The closures of this crate are short; they call neither `with` nor code of a host.)
///
/// ```
/// use core::sync::atomic::{AtomicBool, Ordering};
/// use snakelet_pool::{Lock, MemoryPool, PoolConfig, SegregatedPool};
///
/// /// Spins; for cores that share a pool while no interrupt handler uses it.
/// #[derive(Default)]
/// struct Spin(AtomicBool);
///
/// // SAFETY: only one at a time finds the flag unset, and it runs its closure before it unsets it.
/// unsafe impl Lock for Spin {
///     fn with<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
///         while self.0.swap(true, Ordering::Acquire) {
///             core::hint::spin_loop();
///         }
///         let result = work();
///         self.0.store(false, Ordering::Release);
///         Some(result)
///     }
/// }
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("shared"), Spin::default())?;
/// assert_eq!(pool.stats().used, 0);
/// # Ok::<(), snakelet_pool::PoolError>(())
/// ```
pub unsafe trait Lock: Sync {
    /// Runs `work` and gives its result; gives none, without running it, if the lock cannot be had.
    fn with<R>(&self, work: impl FnOnce() -> R) -> Option<R>;
}

/// A lock for pools that one thread uses, which costs almost nothing and never waits.
///
/// It is sound, but not useful, where threads meet: while one is inside, requests of others fail,
/// blocks that others release stay in use, and the statistics that others see are all 0.
///
/// ```
/// use snakelet_pool::{Lock, SingleThread};
///
/// let lock = SingleThread::new();
/// assert_eq!(lock.with(|| lock.with(|| 1)), Some(None));
/// assert_eq!(lock.with(|| 2), Some(2));
/// ```
#[derive(Debug, Default)]
pub struct SingleThread {
    taken: AtomicBool,
}

impl SingleThread {
    /// Makes a lock.
    pub const fn new() -> Self {
        SingleThread { taken: AtomicBool::new(false) }
    }

    /// Takes the lock; gives whether it was free. Each method of a pool calls this, and a processor
    /// that reserves addresses for a swap needs a loop, so it is in the program once.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn take(&self) -> bool {
        !self.taken.swap(true, Ordering::Acquire)
    }
}

/// Frees the lock, also when the closure panics.
struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

// SAFETY: of all that find `taken` unset only one sets it, and only that one runs its closure before
// it is unset.
unsafe impl Lock for SingleThread {
    fn with<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        if !self.take() {
            return None;
        }
        let _release = Release(&self.taken);
        Some(work())
    }
}

/// A critical section as a lock: for pools that several cores, or threads of an RTOS, use.
///
/// ```
/// use snakelet_pool::{CriticalSection, PoolConfig, SegregatedPool};
///
/// let mut memory = [0; 4096];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), CriticalSection)?;
/// # drop(pool);
/// # Ok::<(), snakelet_pool::PoolError>(())
/// ```
#[cfg(feature = "critical-section")]
#[derive(Clone, Copy, Debug, Default)]
pub struct CriticalSection;

// SAFETY: by the contract of the crate `critical-section`, no other thread, core or interrupt
// handler is inside a critical section while one runs.
#[cfg(feature = "critical-section")]
unsafe impl Lock for CriticalSection {
    fn with<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        Some(critical_section::with(|_| work()))
    }
}

/// As with the mutex itself, `with` within `with` waits forever.
// SAFETY: the closure runs while the mutex is held.
#[cfg(any(feature = "std", test))]
unsafe impl Lock for std::sync::Mutex<()> {
    fn with<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        let _guard = self.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(work())
    }
}
