//! Whose turn it is: the one word that writer and reader share.
//!
//! ```text
//!           begin_write             complete           begin_read
//!   EMPTY --------------> WRITING -----------> READY -------------> READING
//!     ^ ^                    |  ^                |                     |
//!     | +-- clear (abandon) -+  +-- withdraw ----+                     |
//!     +----------------------------- clear (done) ---------------------+
//! ```
//!
//! The word is `size << 2 | tag`. The size is that of the READY frame, so a single load tells
//! whether there is a frame and how large it is.
//!
//! Invariant: WRITING and READING are reached by compare-and-swap only, so one side at a time has
//! the memory, and whoever has it is the only one to change the word.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use crate::frames::word::Word;

const EMPTY: u32 = 0;
const WRITING: u32 = 1;
const READY: u32 = 2;
const READING: u32 = 3;
const TAG: u32 = 3;

/// The largest size that the word can tell.
pub(super) const MAX_SIZE: usize = (u32::MAX >> 2) as usize;

/// The state of a stream buffer.
pub(super) struct State<W>(pub(super) W);

impl<W: Word> State<W> {
    /// Takes the memory for writing if there is no frame.
    pub(super) fn begin_write(&self) -> bool {
        self.0.compare_exchange(EMPTY, WRITING, AcqRel, Relaxed).is_ok()
    }

    /// Takes the memory for writing if there is a frame that nobody reads.
    pub(super) fn withdraw(&self) -> bool {
        let word = self.0.load(Relaxed);
        word & TAG == READY && self.0.compare_exchange(word, WRITING, AcqRel, Relaxed).is_ok()
    }

    /// Takes the memory for reading if there is a frame, and gives its size.
    pub(super) fn begin_read(&self) -> Option<u32> {
        let word = self.0.load(Relaxed);
        let taken = word & TAG == READY
            && self.0.compare_exchange(word, word | READING, AcqRel, Relaxed).is_ok();
        taken.then_some(word >> 2)
    }

    /// The size of the frame that waits for the reader.
    pub(super) fn size(&self) -> Option<u32> {
        let word = self.0.load(Acquire);
        (word & TAG == READY).then_some(word >> 2)
    }

    /// Gives the memory away with a frame in it. Only who has it may call this.
    pub(super) fn complete(&self, size: u32) {
        self.0.store(size << 2 | READY, Release);
    }

    /// Gives the memory away without a frame. Only who has it may call this.
    pub(super) fn clear(&self) {
        self.0.store(EMPTY, Release);
    }
}
