//! Counts of what became of the frames.

use core::sync::atomic::Ordering::Relaxed;

use super::word::Word;

/// What became of the frames since the start or the last
/// [`Frames::reset_counters`](super::Frames::reset_counters).
///
/// While neither side is at work, `captured` is `delivered`, `dropped` and
/// [`Frames::queued`](super::Frames::queued) together. All counts wrap at 2^32. They are exact as
/// long as one thread or interrupt produces and one consumes; with more of them an increment may be
/// lost.
///
/// ```
/// use snakelet_pool::frames::{Counters, Frames, Slot};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// assert_eq!(FRAMES.counters(), Counters::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were completed.
    pub captured: u32,
    /// Frames that the consumer took.
    pub delivered: u32,
    /// Frames that were completed and that the consumer never got.
    pub dropped: u32,
    /// Frames that could not begin, because no slot was to be had.
    pub overrun: u32,
    /// Frames that began and were abandoned.
    pub errors: u32,
}

/// The counting words. Each is written by one side only.
///
/// The words never go back: a reset keeps their values of that moment, so that it does not write
/// where the producer may be writing.
pub(super) struct Tally<O> {
    /// Producer: frames completed.
    pub(super) captured: O,
    /// Producer: frames that found no slot.
    pub(super) overrun: O,
    /// Producer: frames abandoned.
    pub(super) errors: O,
    /// Producer: frames that were overwritten or flushed because no slot was free.
    pub(super) displaced: O,
    /// Consumer: frames taken.
    pub(super) delivered: O,
    /// Consumer: frames passed over for a newer one, flushed or parked.
    pub(super) skipped: O,
    /// Consumer: the counts at the last reset.
    pub(super) base: Base<O>,
}

/// The counts at the last reset.
pub(super) struct Base<O> {
    pub(super) overrun: O,
    pub(super) errors: O,
    pub(super) delivered: O,
    pub(super) dropped: O,
}

impl<O: Word> Tally<O> {
    /// The counts since the last reset.
    pub(super) fn read(&self) -> Counters {
        let (delivered, dropped) =
            (self.base.delivered.load(Relaxed), self.base.dropped.load(Relaxed));
        Counters {
            // a frame that waited during the reset counts as captured after it, so that the sum
            // in the documentation of `Counters` holds
            captured: self.captured.load(Relaxed).wrapping_sub(delivered).wrapping_sub(dropped),
            delivered: self.delivered.load(Relaxed).wrapping_sub(delivered),
            dropped: self.dropped().wrapping_sub(dropped),
            overrun: self.overrun.load(Relaxed).wrapping_sub(self.base.overrun.load(Relaxed)),
            errors: self.errors.load(Relaxed).wrapping_sub(self.base.errors.load(Relaxed)),
        }
    }

    /// Frames that were completed, and abandoned, since the program began.
    pub(super) fn ended(&self) -> (u32, u32) {
        (self.captured.load(Relaxed), self.errors.load(Relaxed))
    }

    /// Makes all counts start anew.
    pub(super) fn reset(&self) {
        self.base.overrun.store(self.overrun.load(Relaxed), Relaxed);
        self.base.errors.store(self.errors.load(Relaxed), Relaxed);
        self.base.delivered.store(self.delivered.load(Relaxed), Relaxed);
        self.base.dropped.store(self.dropped(), Relaxed);
    }

    /// Frames dropped by either side since the start.
    fn dropped(&self) -> u32 {
        self.displaced.load(Relaxed).wrapping_add(self.skipped.load(Relaxed))
    }
}
