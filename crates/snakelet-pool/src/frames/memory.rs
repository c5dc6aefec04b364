//! The memory that the frames lie in, and how it is handed in and out.
//!
//! ```text
//! base          base + stride        base + 2 * stride
//! | slot 0 |pad | slot 1        |pad | slot 2        |
//! |<------>| capacity
//! ```
//!
//! The address and the sizes change only while every slot is parked. A producer reads them after it
//! made a slot FILL, so it sees those that were published before that slot was opened.
#![expect(unsafe_code, reason = "publishing memory is a promise about it")]

use core::ptr::{self, NonNull};
use core::sync::atomic::Ordering::{AcqRel, Relaxed, Release};

use super::Frames;
use super::mode::Mode;
use super::word::Word;
use crate::sync::{AtomicPtr, AtomicU32, AtomicUsize};

/// Where the slots lie.
pub(super) struct Memory {
    base: AtomicPtr<u8>,
    stride: AtomicUsize,
    capacity: AtomicUsize,
    /// Whether somebody may park and publish.
    claimed: AtomicU32,
}

impl Memory {
    /// No memory, claimed by nobody.
    pub(super) const fn new() -> Self {
        Self {
            base: AtomicPtr::new(ptr::null_mut()),
            stride: AtomicUsize::new(0),
            capacity: AtomicUsize::new(0),
            claimed: AtomicU32::new(0),
        }
    }

    /// The address of a slot; None before anything is published.
    pub(super) fn address(&self, index: usize) -> Option<NonNull<u8>> {
        let base = NonNull::new(self.base.load(Relaxed))?;
        let offset = self.stride.load(Relaxed).wrapping_mul(index);
        NonNull::new(base.as_ptr().wrapping_add(offset))
    }

    /// The bytes of one slot.
    pub(super) fn capacity(&self) -> usize {
        self.capacity.load(Relaxed)
    }
}

impl Frames<'_> {
    /// Claims the right to [`park`](Self::park) and [`publish`](Self::publish); false if somebody
    /// has it.
    pub(crate) fn claim(&self) -> bool {
        Word::compare_exchange(&self.memory.claimed, 0, 1, AcqRel, Relaxed).is_ok()
    }

    /// Gives the claim back. Only who has it may call this.
    pub(crate) fn unclaim(&self) {
        self.memory.claimed.store(0, Release);
    }

    /// Takes all slots away from both sides, so that their memory can be given back.
    ///
    /// No frame begins from now on. Frames that wait are dropped, and the names of all frames are
    /// out of date; the caller sees to it that nobody reads one any more. Only who has the claim
    /// may call this.
    ///
    /// # Errors
    ///
    /// The number of slots that are being filled. Their memory, and so all of it, is in use still.
    /// The other slots are parked. Park again when the producer has completed or abandoned them.
    pub(crate) fn park(&self) -> Result<(), usize> {
        self.slots().park()
    }

    /// Publishes memory for frames and opens `count` slots in it.
    ///
    /// # Safety
    ///
    /// - The caller has the claim, and every slot is parked: nothing was published yet, or the last
    ///   [`park`](Self::park) since then gave `Ok`.
    /// - For each index below `count`, `capacity` bytes at `base + stride * index` are initialised,
    ///   are valid for reads and writes through `base`, and `stride` is `capacity` or more. This
    ///   holds until a later `park` gives `Ok`, or else for `'m`.
    /// - As long as this holds, nobody else accesses those bytes, except that bytes of a frame
    ///   may be read while [`is_current`](Self::is_current) tells that the consumer has it.
    pub(crate) unsafe fn publish(
        &self,
        base: NonNull<u8>,
        stride: usize,
        capacity: usize,
        count: usize,
        mode: Mode,
    ) {
        self.memory.base.store(base.as_ptr(), Relaxed);
        self.memory.stride.store(stride, Relaxed);
        self.memory.capacity.store(capacity, Relaxed);
        self.slots().open(count, mode);
    }
}
