//! Which slot is filled next, and which frame is delivered next.
//!
//! Both sides look over the slots while the other side may change any of them. A look gives a slot
//! and the word that it had; the compare-and-swap that takes the slot fails if anything about it
//! has changed since. What needs thought is the other slots, which were looked at earlier:
//!
//! - [`Slots::begin`] takes the oldest waiting frame. Only the producer makes frames, so no older
//!   one can appear.
//! - `acquire_newest` takes the newest frame seen. A newer one may have appeared, which the next
//!   call finds. An older one that this look missed is dropped after the newest is taken, for it
//!   was complete before the newest was, so the second look sees it.
//! - `acquire_next` must not pass over a frame that was completed, in a slot already looked at,
//!   before the one that it found. If the frame found is the one that follows the last delivered
//!   one, there is none. Else a second look that finds nothing older proves it: all frames older
//!   than the first find were complete before the second look began.
//!
//! Sequence numbers wrap, so the consumer compares their distances from the number that it expects
//! next, and the producer those from the number that it gives next. No waiting frame is before the
//! expected one, unless the consumer took none for 2^32 frames.

use core::sync::atomic::Ordering::{Acquire, Relaxed};

use super::frame::FrameRef;
use super::mode::{Full, Mode};
use super::slots::{FREE, READY, Slot, Slots, is_before, tag};
use super::word::Word;

/// A slot that can be taken, and what it was like when it was looked at.
struct Found<'a, W, O> {
    slot: &'a Slot<W, O>,
    index: usize,
    word: u32,
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
            Mode::Fifo { full } => self.begin_next(slots, full),
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
            let mut oldest: Option<Found<'_, W, O>> = None;
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
                        oldest = Some(Found { slot, index, word });
                    }
                }
            }
            let Found { slot, index, word } = oldest?;
            if Self::take(slot, word) {
                self.header.tally.displaced.increment();
                return Some(index);
            }
        }
        None
    }

    /// Takes the next FREE slot; makes room first if the queue is full and is to be flushed then.
    fn begin_next(self, slots: &[Slot<W, O>], full: Full) -> Option<usize> {
        self.begin_free(slots).or_else(|| {
            if full == Full::Stop {
                return None;
            }
            self.header.tally.displaced.add(Self::clear(slots));
            self.begin_free(slots)
        })
    }

    /// Takes the first FREE slot from the cursor on, passing over those that are in use.
    fn begin_free(self, slots: &[Slot<W, O>]) -> Option<usize> {
        let mut index = self.header.put.load(Relaxed) as usize;
        for _ in 0..slots.len() {
            if index >= slots.len() {
                index = 0;
            }
            let slot = slots.get(index)?;
            let word = slot.state.load(Relaxed);
            if tag(word) == FREE && Self::take(slot, word) {
                self.header.put.store(wrap(index, slots.len()) as u32, Relaxed);
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
        let frame = match mode {
            Mode::Newest => self.acquire_newest(slots),
            Mode::Fifo { .. } => self.acquire_next(slots),
        };
        if frame.is_some() {
            self.header.tally.delivered.increment();
        }
        frame
    }

    /// Takes the newest frame and drops the older ones.
    fn acquire_newest(self, slots: &[Slot<W, O>]) -> Option<FrameRef> {
        let expected = self.header.expected.load(Relaxed);
        for _ in 0..slots.len().saturating_add(1) {
            let mut newest: Option<Found<'_, W, O>> = None;
            let mut most = 0;
            for (index, slot) in slots.iter().enumerate() {
                let word = slot.state.load(Acquire);
                if tag(word) == READY {
                    let ahead = slot.sequence.load(Relaxed).wrapping_sub(expected);
                    if ahead >= most {
                        most = ahead;
                        newest = Some(Found { slot, index, word });
                    }
                }
            }
            let Found { slot, index, word } = newest?;
            let sequence = expected.wrapping_add(most);
            if Self::hold(slot, word) {
                self.header.expected.store(sequence.wrapping_add(1), Relaxed);
                // right after the last frame there is none between
                if most != 0 {
                    self.drop_before(slots, sequence);
                }
                return Some(Self::name(index, word));
            }
        }
        None
    }

    /// Drops the waiting frames before a sequence number.
    fn drop_before(self, slots: &[Slot<W, O>], sequence: u32) {
        for slot in slots {
            let word = slot.state.load(Acquire);
            if tag(word) == READY
                && is_before(slot.sequence.load(Relaxed), sequence)
                && Self::free(slot, word)
            {
                self.header.tally.skipped.increment();
            }
        }
    }

    /// Takes the frame that comes first in the order of completion.
    fn acquire_next(self, slots: &[Slot<W, O>]) -> Option<FrameRef> {
        let expected = self.header.expected.load(Relaxed);
        let mut seen: Option<u32> = None;
        for _ in 0..slots.len().saturating_add(2) {
            let (Found { slot, index, word }, distance) = self.find_next(slots, expected)?;
            let proven = distance == 0 || seen.is_some_and(|seen| distance <= seen);
            if proven && Self::hold(slot, word) {
                self.header
                    .expected
                    .store(expected.wrapping_add(distance).wrapping_add(1), Relaxed);
                self.header.got.store(wrap(index, slots.len()) as u32, Relaxed);
                return Some(Self::name(index, word));
            }
            seen = Some(distance);
        }
        None
    }

    /// Looks for the waiting frame nearest to the expected one, from the cursor on, and gives its
    /// distance too.
    fn find_next<'s>(
        self,
        slots: &'s [Slot<W, O>],
        expected: u32,
    ) -> Option<(Found<'s, W, O>, u32)> {
        let mut nearest: Option<Found<'s, W, O>> = None;
        let mut least = u32::MAX;
        let mut index = self.header.got.load(Relaxed) as usize;
        for _ in 0..slots.len() {
            if index >= slots.len() {
                index = 0;
            }
            let slot = slots.get(index)?;
            let word = slot.state.load(Acquire);
            if tag(word) == READY {
                let distance = slot.sequence.load(Relaxed).wrapping_sub(expected);
                if distance <= least {
                    least = distance;
                    nearest = Some(Found { slot, index, word });
                }
                if distance == 0 {
                    break;
                }
            }
            index += 1;
        }
        nearest.map(|found| (found, least))
    }
}
