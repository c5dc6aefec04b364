//! The slots and their states, apart from the memory that the frames lie in.
//!
//! A slot is in one of four states, and its word tells which: `generation << 2 | tag`.
//!
//! ```text
//!                     begin (generation raised)
//!             FREE ---------------------------------> FILL
//!              ^ ^                                   /    \
//!      release | | flush, newer frame     complete  /      \ abandon
//!              | +-------------------- READY <-----+        +-----> FREE
//!              |                       /   \
//!             HELD <-------- acquire -+     +- begin (Newest, generation raised) -> FILL
//! ```
//!
//! A *parked* slot is HELD with a generation that no [`FrameRef`](super::FrameRef) has, so neither
//! side can take it. All slots are parked at first, those beyond the count always are, and
//! [`Slots::park`] and [`Slots::open`] lead in and out. There are no queues: the order of the
//! frames follows from a sequence number that each gets at its completion.
//!
//! # Invariants
//!
//! - A slot becomes FILL only by a compare-and-swap from FREE or READY, and HELD only by one from
//!   READY, or by parking. So of many threads that try, one gets it, and nobody gets a slot that is
//!   FILL or HELD.
//! - Whoever made a slot FILL is the only one to change its word until it is READY or FREE.
//! - The generation rises whenever a slot becomes FILL, is parked or opened. So a word that was
//!   read before and is still the same tells that the slot's sequence number is the same too.
//! - Each change of a word releases and each compare-and-swap acquires, so what was written into a
//!   slot's memory in one state is seen by whoever has it in the next.

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use super::counters::{Base, Tally};
use super::frame::{FrameInfo, FrameMeta, FrameRef};
use super::mode::Mode;
use super::word::Word;
use crate::sync::AtomicU32;

/// The tag of a slot that nobody uses.
pub(super) const FREE: u32 = 0;
/// The tag of a slot that the producer fills.
pub(super) const FILL: u32 = 1;
/// The tag of a slot with a complete frame that waits.
pub(super) const READY: u32 = 2;
/// The tag of a slot with a frame that the consumer has, and of a parked slot.
pub(super) const HELD: u32 = 3;

/// The bit of [`Meta::overflow`] that the consumer sets for a frame that it has disowned.
const DISOWNED: u32 = 2;

/// The bits of the tag.
const TAG: u32 = 3;
/// The lowest bit of the generation.
const GENERATION: u32 = 4;

/// The tag in a slot's word.
pub(super) const fn tag(word: u32) -> u32 {
    word & TAG
}

/// The word with another tag, in the same generation.
const fn with_tag(word: u32, tag: u32) -> u32 {
    (word & !TAG) | tag
}

/// The word with a tag, in the next generation.
const fn next_generation(word: u32, tag: u32) -> u32 {
    with_tag(word.wrapping_add(GENERATION), tag)
}

/// Whether a sequence number is before another one; both wrap.
pub(super) const fn is_before(sequence: u32, other: u32) -> bool {
    sequence.wrapping_sub(other).cast_signed() < 0
}

/// One slot for a frame, as an element of [`Frames`](super::Frames).
///
/// It is written out in the type of a [`Frames`](super::Frames) to say how many there are; a
/// program makes none itself. The type parameters are the words that it consists of, for model
/// checking.
///
/// ```
/// use snakelet_pool::frames::{Frames, Slot};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// assert_eq!(FRAMES.max_count(), 3);
/// ```
pub struct Slot<W = AtomicU32, O = W> {
    /// Generation and tag.
    pub(super) state: W,
    /// The number of the frame, written while the slot is FILL.
    pub(super) sequence: W,
    /// The frame's [`FrameMeta`], written while the slot is FILL.
    pub(super) meta: Meta<O>,
}

/// A [`FrameMeta`] in atomic words.
pub(super) struct Meta<O> {
    pub(super) time_low: O,
    pub(super) time_high: O,
    pub(super) bytes: O,
    /// Whether it is too long, written while the slot is FILL; and whether it is disowned, set while it is HELD.
    pub(super) overflow: O,
}

/// What belongs to all slots together.
pub(super) struct Header<W = AtomicU32, O = W> {
    /// Slots that are open and the mode: `mode << 16 | count`.
    pub(super) setup: W,
    /// Producer: the number that the next complete frame gets.
    pub(super) sequence: O,
    /// Producer: where the search for a free slot starts in a queue.
    pub(super) put: O,
    /// Consumer: the number after that of the last frame taken.
    pub(super) expected: O,
    /// Consumer: the slot that is expected to have it.
    pub(super) got: O,
    pub(super) tally: Tally<O>,
}

impl Slot {
    /// A parked slot.
    pub(super) const fn new() -> Self {
        const fn zero() -> AtomicU32 {
            AtomicU32::new(0)
        }
        Self {
            state: AtomicU32::new(HELD),
            sequence: zero(),
            meta: Meta { time_low: zero(), time_high: zero(), bytes: zero(), overflow: zero() },
        }
    }
}

impl Header {
    /// The header of slots that are all parked.
    pub(super) const fn new() -> Self {
        const fn zero() -> AtomicU32 {
            AtomicU32::new(0)
        }
        Self {
            setup: zero(),
            sequence: zero(),
            put: zero(),
            expected: zero(),
            got: zero(),
            tally: Tally {
                captured: zero(),
                overrun: zero(),
                errors: zero(),
                displaced: zero(),
                delivered: zero(),
                skipped: zero(),
                base: Base { overrun: zero(), errors: zero(), delivered: zero(), dropped: zero() },
            },
        }
    }
}

/// Slots with their header: what the algorithm works on. See [`super::order`] for `begin` and
/// `acquire`.
pub(super) struct Slots<'a, W = AtomicU32, O = W> {
    pub(super) header: &'a Header<W, O>,
    pub(super) slots: &'a [Slot<W, O>],
}

impl<W, O> Clone for Slots<'_, W, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W, O> Copy for Slots<'_, W, O> {}

impl<'a, W: Word, O: Word> Slots<'a, W, O> {
    /// The slots that are open, and the order of frames.
    ///
    /// A value that is out of date does no harm: a slot that is not open any more is parked, which
    /// its own word tells.
    pub(super) fn setup(self) -> (&'a [Slot<W, O>], Mode) {
        let setup = self.header.setup.load(Relaxed);
        let open = self.slots.get(..(setup & 0xFFFF) as usize).unwrap_or(self.slots);
        (open, Mode::from_bits(setup >> 16))
    }

    /// Makes a slot FILL that was FREE or READY when the word was read.
    pub(super) fn take(slot: &Slot<W, O>, word: u32) -> bool {
        let fill = next_generation(word, FILL);
        slot.state.compare_exchange(word, fill, AcqRel, Relaxed).is_ok()
    }

    /// Makes a slot HELD that was READY when the word was read.
    pub(super) fn hold(slot: &Slot<W, O>, word: u32) -> bool {
        slot.state.compare_exchange(word, with_tag(word, HELD), AcqRel, Relaxed).is_ok()
    }

    /// Makes a slot FREE that was READY or HELD when the word was read.
    pub(super) fn free(slot: &Slot<W, O>, word: u32) -> bool {
        slot.state.compare_exchange(word, with_tag(word, FREE), AcqRel, Relaxed).is_ok()
    }

    /// The name of the frame that a word, READY or HELD, stands for.
    pub(super) fn name(index: usize, word: u32) -> FrameRef {
        FrameRef::from_parts(index as u16, word >> 2)
    }

    /// Whether a slot is FILL.
    pub(super) fn is_filling(self, index: usize) -> bool {
        self.slots.get(index).is_some_and(|slot| tag(slot.state.load(Acquire)) == FILL)
    }

    /// Makes a slot READY that the caller made FILL.
    pub(super) fn complete(self, index: usize, meta: FrameMeta) {
        let Some(slot) = self.slots.get(index) else { return };
        let sequence = self.header.sequence.load(Relaxed);
        slot.sequence.store(sequence, Relaxed);
        slot.meta.time_low.store(meta.time_us as u32, Relaxed);
        slot.meta.time_high.store((meta.time_us >> 32) as u32, Relaxed);
        slot.meta.bytes.store(meta.bytes, Relaxed);
        slot.meta.overflow.store(meta.overflow.into(), Relaxed);
        self.header.tally.captured.increment();
        // the consumer looks for the newest frame in the slot before
        self.header.put.store(index.wrapping_add(1) as u32, Relaxed);
        self.header.sequence.store(sequence.wrapping_add(1), Relaxed);
        slot.state.store(with_tag(slot.state.load(Relaxed), READY), Release);
    }

    /// Makes a slot FREE that the caller made FILL.
    pub(super) fn abandon(self, index: usize) {
        let Some(slot) = self.slots.get(index) else { return };
        self.header.tally.errors.increment();
        slot.state.store(with_tag(slot.state.load(Relaxed), FREE), Release);
    }

    /// Whether the consumer has the frame.
    pub(super) fn is_current(self, frame: FrameRef) -> bool {
        self.held(frame).is_some()
    }

    /// The slot of a frame that the consumer has.
    ///
    /// A parked slot has nobody's frame: none is open after parking, and opening raises the
    /// generation of those that are.
    fn held(self, frame: FrameRef) -> Option<&'a Slot<W, O>> {
        let slot = self.setup().0.get(usize::from(frame.slot()))?;
        (slot.state.load(Acquire) == frame.word()).then_some(slot)
    }

    /// Gives the frame back; false if the consumer does not have it.
    pub(super) fn release(self, frame: FrameRef) -> bool {
        let slot = self.setup().0.get(usize::from(frame.slot()));
        slot.is_some_and(|slot| Self::free(slot, frame.word()))
    }

    /// Marks a frame that the consumer has as one that nobody looks at any more.
    pub(super) fn disown(self, frame: FrameRef) {
        if let Some(slot) = self.held(frame) {
            let overflow = slot.meta.overflow.load(Relaxed);
            slot.meta.overflow.store(overflow | DISOWNED, Relaxed);
        }
    }

    /// How many frames the consumer has. The slots are open.
    pub(super) fn count_held(self) -> usize {
        let held = |slot: &&Slot<W, O>| tag(slot.state.load(Acquire)) == HELD;
        self.setup().0.iter().filter(held).count()
    }

    /// A frame that is disowned. The slots are open.
    pub(super) fn disowned(self) -> Option<FrameRef> {
        self.setup().0.iter().enumerate().find_map(|(index, slot)| {
            let word = slot.state.load(Acquire);
            let found = tag(word) == HELD && slot.meta.overflow.load(Relaxed) & DISOWNED != 0;
            found.then(|| Self::name(index, word))
        })
    }

    /// What is known about a frame that the consumer has.
    pub(super) fn info(self, frame: FrameRef) -> Option<FrameInfo> {
        let slot = self.held(frame)?;
        let time_high = u64::from(slot.meta.time_high.load(Relaxed));
        Some(FrameInfo {
            sequence: slot.sequence.load(Relaxed),
            time_us: time_high << 32 | u64::from(slot.meta.time_low.load(Relaxed)),
            bytes: slot.meta.bytes.load(Relaxed),
            overflow: slot.meta.overflow.load(Relaxed) & !DISOWNED != 0,
        })
    }

    /// Makes all READY slots FREE and gives their number.
    #[inline(never)]
    pub(super) fn clear(slots: &[Slot<W, O>]) -> u32 {
        let mut cleared = 0;
        for slot in slots {
            let word = slot.state.load(Acquire);
            if tag(word) == READY && Self::free(slot, word) {
                cleared += 1;
            }
        }
        cleared
    }

    /// Drops the frames that wait.
    pub(super) fn flush(self) {
        self.header.tally.skipped.add(Self::clear(self.setup().0));
    }

    /// How many frames wait.
    pub(super) fn queued(self) -> usize {
        self.slots.iter().filter(|slot| tag(slot.state.load(Acquire)) == READY).count()
    }

    /// How many frames have begun and not ended.
    pub(super) fn filling(self) -> usize {
        self.slots.iter().filter(|slot| tag(slot.state.load(Acquire)) == FILL).count()
    }

    /// Parks every slot that is not FILL; gives the number of those that are as the error.
    ///
    /// Nothing begins afterwards: a `begin` that is under way either made its slot FILL before this
    /// came to it, and then it is counted in the error, or does not get it.
    pub(super) fn park(self) -> Result<(), usize> {
        self.header.setup.store(0, Relaxed);
        let mut filling = 0;
        for slot in self.slots {
            let mut word = slot.state.load(Acquire);
            // each turn of this loop means that another side has just changed the word, which it
            // can do a few times only, since no slot is open
            while tag(word) != FILL {
                let parked = next_generation(word, HELD);
                match slot.state.compare_exchange(word, parked, AcqRel, Acquire) {
                    Ok(_) => break,
                    Err(now) => word = now,
                }
            }
            match tag(word) {
                FILL => filling += 1,
                READY => self.header.tally.skipped.increment(),
                _ => {}
            }
        }
        if filling == 0 { Ok(()) } else { Err(filling) }
    }

    /// Opens the first `count` slots. All must be parked; no more are opened than there are.
    pub(super) fn open(self, count: usize, mode: Mode) {
        let count = count.min(self.slots.len()).min(0xFFFF);
        // nothing is being completed, so this number is at rest
        self.header.expected.store(self.header.sequence.load(Relaxed), Relaxed);
        self.header.got.store(self.header.put.load(Relaxed), Relaxed);
        self.header.setup.store(mode.to_bits() << 16 | count as u32, Relaxed);
        for slot in self.slots.iter().take(count) {
            let parked = slot.state.load(Relaxed);
            slot.state.store(next_generation(parked, FREE), Release);
        }
    }
}
