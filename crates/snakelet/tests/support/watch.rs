//! A hook that notes the longest time between two polls, and asks for a stop at a moment. Time is that of the
//! thread, so that what else runs on the machine does not count.

use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::time::Duration;

use snakelet::host::{Interrupt, Wish};

/// What the hook notes. Until it begins it wants no stop.
pub(crate) struct Watch(Mutex<State>);

#[derive(Copy, Clone)]
pub(crate) struct State {
    /// When the host wants a stop.
    pub stop_at: Duration,
    /// The last poll, and the longest time between two until then.
    pub last: Duration,
    pub longest: Duration,
    #[allow(dead_code, reason = "not everyone counts")]
    pub polls: u64,
}

impl State {
    const fn new(stop_at: Duration, last: Duration) -> Self {
        State { stop_at, last, longest: Duration::ZERO, polls: 0 }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Watch(Mutex::new(State::new(Duration::MAX, Duration::ZERO)))
    }
}

impl Watch {
    /// Notes a poll, or the end of the work; what it has found.
    pub(crate) fn look(&self) -> State {
        let mut state = self.0.lock().expect("nobody panics");
        let now = cpu_time();
        state.longest = state.longest.max(now.saturating_sub(state.last));
        state.last = now;
        state.polls += 1;
        *state
    }

    /// Begins anew; the time now.
    pub(crate) fn begin(&self, stop_at: Duration) -> Duration {
        let last = cpu_time();
        *self.0.lock().expect("nobody panics") = State::new(stop_at, last);
        last
    }
}

impl Interrupt for &Watch {
    fn poll(&mut self) -> Wish {
        let state = self.look();
        if state.last >= state.stop_at { Wish::Stop } else { Wish::Continue }
    }
}

/// The time that this thread has run.
#[cfg(unix)]
pub(crate) fn cpu_time() -> Duration {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: it fills the time, which is whole numbers that may be zero, or leaves it as it is.
    let time = unsafe {
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, time.as_mut_ptr());
        time.assume_init()
    };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
pub(crate) fn cpu_time() -> Duration {
    snakelet::desktop::monotonic()
}
