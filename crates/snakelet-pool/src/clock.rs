//! Time, as the host tells it.

#[cfg(any(feature = "std", test))]
use std::time::Instant;

/// What tells the time to those who wait for frames.
///
/// ```
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use snakelet_pool::Clock;
///
/// /// A counter that a timer interrupt raises each millisecond.
/// static MILLIS: AtomicU32 = AtomicU32::new(0);
///
/// struct Ticks;
///
/// impl Clock for Ticks {
///     fn now_us(&self) -> u64 {
///         u64::from(MILLIS.load(Ordering::Relaxed)) * 1000
///     }
/// }
/// # MILLIS.store(3, Ordering::Relaxed);
/// # assert_eq!(Ticks.now_us(), 3000);
/// ```
pub trait Clock: Sync {
    /// Microseconds since some moment; never falls.
    fn now_us(&self) -> u64;

    /// Called again and again while somebody waits: a host may sleep or run other tasks, and a
    /// virtual clock moves on.
    fn idle(&self) {}
}

/// The computer's clock. Waiting leaves the processor to other threads.
///
/// ```
/// use snakelet_pool::{Clock, SystemClock};
///
/// let clock = SystemClock::new();
/// assert!(clock.now_us() <= clock.now_us());
/// ```
#[cfg(any(feature = "std", test))]
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

#[cfg(any(feature = "std", test))]
impl SystemClock {
    /// A clock that starts at 0.
    pub fn new() -> Self {
        SystemClock(Instant::now())
    }
}

#[cfg(any(feature = "std", test))]
impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(any(feature = "std", test))]
impl Clock for SystemClock {
    fn now_us(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn idle(&self) {
        std::thread::sleep(std::time::Duration::from_micros(100));
    }
}

/// A clock that moves on only when somebody waits, or when it is told to: for tests whose time is
/// part of what they check.
///
/// ```
/// use snakelet_pool::{Clock, VirtualClock};
///
/// let clock = VirtualClock::new(1000);
/// clock.idle();
/// clock.advance(500);
/// assert_eq!(clock.now_us(), 1500);
/// ```
#[cfg(any(feature = "std", test))]
#[derive(Debug)]
pub struct VirtualClock {
    now: std::sync::Mutex<u64>,
    step: u64,
}

#[cfg(any(feature = "std", test))]
impl VirtualClock {
    /// A clock at 0 that each wait moves on by `step` microseconds.
    pub const fn new(step: u64) -> Self {
        VirtualClock { now: std::sync::Mutex::new(0), step }
    }

    /// Moves the clock on.
    pub fn advance(&self, microseconds: u64) {
        let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.saturating_add(microseconds);
    }
}

#[cfg(any(feature = "std", test))]
impl Clock for VirtualClock {
    fn now_us(&self) -> u64 {
        *self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn idle(&self) {
        self.advance(self.step);
    }
}
