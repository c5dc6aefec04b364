//! What tests of waiting need: memory, and a clock that goes only when somebody waits.

use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use snakelet::host::Clock;

pub(crate) fn memory(size: usize) -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); size]
}

/// The time that was waited for, in microseconds.
#[derive(Clone, Default)]
pub(crate) struct Still(pub(crate) Arc<AtomicU64>);

impl Clock for Still {
    fn ticks_us(&mut self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
    fn sleep_us(&mut self, us: u64) {
        self.0.fetch_add(us, Ordering::Relaxed);
    }
}
