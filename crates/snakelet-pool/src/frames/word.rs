//! The shared word that the algorithms of this crate are written over.
//!
//! Each algorithm exists once, generic over [`Word`]. A program runs it over the processor's atomic
//! words; the tests run the same code over the words of a model checker, and over words that are
//! wrong on purpose.

use core::sync::atomic::Ordering;

use crate::sync::AtomicU32;

/// A word of 32 bits that several threads and interrupts share.
pub(crate) trait Word {
    /// Reads the word.
    fn load(&self, order: Ordering) -> u32;

    /// Replaces the word.
    fn store(&self, value: u32, order: Ordering);

    /// Replaces the word by `new` if it is `current`; gives what it was, `Ok` if it was `current`.
    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32>;

    /// Adds one to a word that only one side writes.
    ///
    /// This is a load and a store, which an interrupt on any processor can do. When two threads
    /// break the rule that one side owns the word, an increment may be lost and nothing else
    /// happens.
    fn increment(&self) {
        self.add(1);
    }

    /// Adds to a word that only one side writes; see [`Word::increment`].
    fn add(&self, more: u32) {
        self.store(self.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }
}

// Inlined always, because the order of an access turns into an instruction only where it is known.
impl Word for AtomicU32 {
    #[inline(always)]
    fn load(&self, order: Ordering) -> u32 {
        AtomicU32::load(self, order)
    }

    #[inline(always)]
    fn store(&self, value: u32, order: Ordering) {
        AtomicU32::store(self, value, order);
    }

    #[inline(always)]
    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        AtomicU32::compare_exchange(self, current, new, success, failure)
    }
}
