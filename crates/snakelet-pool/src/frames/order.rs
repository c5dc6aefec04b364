//! Which slot is filled next, and which frame is delivered next.
//!
//! Both sides look over the slots while the other side may change any of them. A look gives a slot
//! and the word that it had; the compare-and-swap that takes the slot fails if anything about it
//! has changed since. What needs thought is the other slots, which were looked at earlier:
//!
//! - [`Slots::begin`] takes the oldest waiting frame. Only the producer makes frames, so no older
//!   one can appear.
//! - [`Slots::acquire`] looks first where the next frame most likely is: in a queue behind the last
//!   one taken, otherwise in the slot that was completed last. A frame there that follows the last
//!   one delivered, or is as new as any that the producer has completed, needs no comparison.
//! - Where the newest is wanted, a still newer one may have appeared, which the next call finds. An
//!   older one that the look missed is dropped after the newest is taken, for it was complete before
//!   the newest was, so the second look sees it.
//! - A queue must not pass over a frame that was completed, in a slot already looked at, before the
//!   one that was found. If the frame found is the one that follows the last delivered one, there is
//!   none. Else a second look that finds nothing older proves it: all frames older than the first
//!   find were complete before the second look began.
//!
//! Sequence numbers wrap, so the consumer compares their distances from the number that it expects
//! next, and the producer those from the number that it gives next. No waiting frame is before the
//! expected one, unless the consumer took none for 2^32 frames.

use core::sync::atomic::Ordering::{Acquire, Relaxed};

use super::frame::FrameRef;
use super::mode::{Full, Mode};
use super::slots::{FREE, Header, READY, Slot, Slots, is_before, tag};
use super::word::Word;

/// A slot with a frame that waits, and what it was like when it was looked at.
///
/// Frames have ranks, of which the least is next: in a queue how far a frame is from the expected
/// one, and where the newest is wanted the complement of that.
struct Found {
    index: usize,
    word: u32,
    rank: u32,
}

/// A look over the slots that is under way.
struct Look {
    /// The slot that was looked at last.
    index: usize,
    /// Slots that were not looked at.
    left: usize,
    /// The frame with the least rank of those seen.
    next: Option<Found>,
}

impl Look {
    /// A look over so many slots that has not begun.
    const fn all(count: usize) -> Self {
        Look { index: usize::MAX, left: count, next: None }
    }
}

/// The index after `index`, or zero behind the last of `count`.
const fn wrap(index: usize, count: usize) -> usize {
    if index.wrapping_add(1) < count { index.wrapping_add(1) } else { 0 }
}

impl<W: Word, O: Word> Slots<'_, W, O> {
    /// Producer: makes a slot FILL and gives its index, or counts an overrun.
    ///
    /// When nothing is open, there is no slot and no overrun either.
    pub(super) fn begin(self) -> Option<usize> {
        let (slots, mode) = self.setup();
        if slots.is_empty() {
            return None;
        }
        let taken = match mode {
            Mode::Newest => self.begin_newest(slots),
            Mode::Fifo { full } => Self::begin_next(self.header, slots, full),
        };
        if taken.is_none() {
            self.header.tally.overrun.increment();
        }
        taken
    }

    /// Takes a FREE slot, else the one with the oldest waiting frame.
    fn begin_newest(self, slots: &[Slot<W, O>]) -> Option<usize> {
        let next = self.header.sequence.load(Relaxed);
        // a turn fails only if the consumer takes the very frame that would be dropped; as many
        // turns as there are slots let it take all of them
        for _ in 0..slots.len().saturating_add(1) {
            let mut oldest: Option<(&Slot<W, O>, usize, u32)> = None;
            let mut most = 0;
            for (index, slot) in slots.iter().enumerate() {
                // the producer itself wrote the sequence numbers, so it need not acquire them
                let word = slot.state.load(Relaxed);
                if tag(word) == FREE {
                    if Self::take(slot, word) {
                        return Some(index);
                    }
                } else if tag(word) == READY {
                    let age = next.wrapping_sub(slot.sequence.load(Relaxed));
                    if age >= most {
                        most = age;
                        oldest = Some((slot, index, word));
                    }
                }
            }
            let (slot, index, word) = oldest?;
            if Self::take(slot, word) {
                self.header.tally.displaced.increment();
                return Some(index);
            }
        }
        None
    }

    /// Takes the next FREE slot; makes room first if the queue is full and is to be flushed then.
    #[inline(never)]
    fn begin_next(header: &Header<W, O>, slots: &[Slot<W, O>], full: Full) -> Option<usize> {
        let mut flushes = full == Full::Flush;
        loop {
            let taken = Self::begin_free(header, slots);
            if taken.is_some() || !flushes {
                return taken;
            }
            header.tally.displaced.add(Self::clear(slots));
            flushes = false;
        }
    }

    /// Takes the first FREE slot from the cursor on, passing over those that are in use.
    fn begin_free(header: &Header<W, O>, slots: &[Slot<W, O>]) -> Option<usize> {
        let mut index = header.put.load(Relaxed) as usize;
        for _ in 0..slots.len() {
            if index >= slots.len() {
                index = 0;
            }
            let slot = slots.get(index)?;
            let word = slot.state.load(Relaxed);
            if tag(word) == FREE && Self::take(slot, word) {
                header.put.store(index.wrapping_add(1) as u32, Relaxed);
                return Some(index);
            }
            index += 1;
        }
        None
    }

    /// Consumer: makes a READY slot HELD and names its frame.
    ///
    /// None while no frame waits. None is possible too when the producer replaces each frame in the
    /// very moment that it is about to be taken; then the next call gets one.
    pub(super) fn acquire(self) -> Option<FrameRef> {
        let (slots, mode) = self.setup();
        let header = self.header;
        let expected = header.expected.load(Relaxed);
        let (flip, enough, start) = match mode {
            Mode::Newest => (
                u32::MAX,
                expected.wrapping_sub(header.sequence.load(Relaxed)),
                header.put.load(Relaxed).wrapping_sub(1),
            ),
            Mode::Fifo { .. } => (0, 0, header.got.load(Relaxed)),
        };
        let mut index = start as usize;
        for left in (0..slots.len()).rev() {
            if index >= slots.len() {
                index = 0;
            }
            let slot = slots.get(index)?;
            let word = slot.state.load(Acquire);
            if tag(word) == READY {
                let sequence = slot.sequence.load(Relaxed);
                let rank = sequence.wrapping_sub(expected) ^ flip;
                if rank > enough {
                    let look = Look { index, left, next: Some(Found { index, word, rank }) };
                    return Self::compare(header, slots, flip, look);
                }
                if !Self::hold(slot, word) {
                    return Self::compare(header, slots, flip, Look::all(slots.len()));
                }
                Self::taken(header, index, sequence);
                // right after the last frame there is none between, as always in a queue
                if sequence != expected {
                    Self::drop_before(header, slots, sequence);
                }
                return Some(Self::name(index, word));
            }
            index += 1;
        }
        None
    }

    /// Goes on with a look over the slots and takes the frame with the least rank.
    ///
    /// A function of its own, for `acquire` to be short.
    #[inline(never)]
    fn compare(
        header: &Header<W, O>,
        slots: &[Slot<W, O>],
        flip: u32,
        mut look: Look,
    ) -> Option<FrameRef> {
        let expected = header.expected.load(Relaxed);
        // the rank up to which no older frame can have been missed
        let mut proven = flip;
        for _ in 0..slots.len().saturating_add(2) {
            while look.left > 0 {
                look.left -= 1;
                look.index = wrap(look.index, slots.len());
                let slot = slots.get(look.index)?;
                let word = slot.state.load(Acquire);
                if tag(word) == READY {
                    let rank = slot.sequence.load(Relaxed).wrapping_sub(expected) ^ flip;
                    if look.next.as_ref().is_none_or(|next| rank <= next.rank) {
                        look.next = Some(Found { index: look.index, word, rank });
                    }
                    if rank == 0 {
                        break;
                    }
                }
            }
            let Found { index, word, rank } = look.next?;
            if rank <= proven && Self::hold(slots.get(index)?, word) {
                let sequence = expected.wrapping_add(rank ^ flip);
                Self::taken(header, index, sequence);
                // in a queue there is none
                if flip != 0 {
                    Self::drop_before(header, slots, sequence);
                }
                return Some(Self::name(index, word));
            }
            proven = proven.max(rank);
            look = Look::all(slots.len());
        }
        None
    }

    /// Notes that a frame was taken.
    #[inline(always)]
    fn taken(header: &Header<W, O>, index: usize, sequence: u32) {
        header.expected.store(sequence.wrapping_add(1), Relaxed);
        header.got.store(index.wrapping_add(1) as u32, Relaxed);
        header.tally.delivered.increment();
    }

    /// Drops the waiting frames before a sequence number.
    #[inline(never)]
    fn drop_before(header: &Header<W, O>, slots: &[Slot<W, O>], sequence: u32) {
        for slot in slots {
            let word = slot.state.load(Acquire);
            if tag(word) == READY
                && is_before(slot.sequence.load(Relaxed), sequence)
                && Self::free(slot, word)
            {
                header.tally.skipped.increment();
            }
        }
    }
}
