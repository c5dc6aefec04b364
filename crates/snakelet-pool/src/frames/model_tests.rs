//! The hand-over of frames under the model checker, and that the checker would notice faults.
//!
//! The words of the slots and of the setup are the checker's. Counters and cursors are ordinary ones.
//! One side alone writes each of them, and what the other side reads there is but a hint where to look
//! first, so their interleavings cannot matter; and without them all interleavings of a small case can
//! be run.

use core::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::Arc;
use std::vec::Vec;

use shuttle::thread;

use super::counters::{Base, Tally};
use super::frame::{FrameMeta, FrameRef};
use super::mode::{Full, Mode};
use super::model::*;
use super::slots::{HELD, Header, Meta, Slot, Slots};
use super::word::Word;
use crate::sync::AtomicU32;

const STOP: Mode = Mode::Fifo { full: Full::Stop };
const FLUSH: Mode = Mode::Fifo { full: Full::Flush };

/// Frames whose pixels are one word a slot.
struct Stage<const FAULT: u8> {
    header: Header<Checked<FAULT>, AtomicU32>,
    slots: Vec<Slot<Checked<FAULT>, AtomicU32>>,
    pixels: Vec<Checked>,
    /// Odd while the memory is away.
    epoch: Checked,
}

impl<const FAULT: u8> Stage<FAULT> {
    fn new(slots: usize) -> Self {
        let zero = || AtomicU32::new(0);
        let slot = || Slot {
            state: Checked::new(HELD),
            sequence: Checked::new(0),
            meta: Meta { time_low: zero(), time_high: zero(), bytes: zero(), overflow: zero() },
        };
        let header = Header {
            setup: Checked::new(0),
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
        };
        Self {
            header,
            slots: (0..slots).map(|_| slot()).collect(),
            pixels: (0..slots).map(|_| Checked::new(u32::MAX)).collect(),
            epoch: Checked::new(0),
        }
    }

    fn slots(&self) -> Slots<'_, Checked<FAULT>, AtomicU32> {
        Slots { header: &self.header, slots: &self.slots }
    }

    /// Fills a slot with the number that its frame gets.
    fn produce(&self) {
        let Some(index) = self.slots().begin() else { return };
        let number = self.header.sequence.load(Relaxed);
        self.pixels[index].store(number, SeqCst);
        self.slots().complete(index, FrameMeta::default());
    }

    /// The same where memory may be exchanged: it must stay while the slot is being filled.
    fn produce_in_epoch(&self) {
        let Some(index) = self.slots().begin() else { return };
        let epoch = self.epoch.load(SeqCst);
        assert_eq!(epoch % 2, 0, "filled while the memory is away");
        let number = self.header.sequence.load(Relaxed);
        self.pixels[index].store(number, SeqCst);
        assert_eq!(self.epoch.load(SeqCst), epoch, "memory exchanged under a frame");
        self.slots().complete(index, FrameMeta::default());
    }

    /// Asserts that the frame is whole and gives its number.
    fn check(&self, frame: FrameRef) -> u32 {
        let number = self.slots().info(frame).expect("a current frame").sequence;
        let pixel = self.pixels[usize::from(frame.slot())].load(SeqCst);
        assert_eq!(pixel, number, "a held frame was written");
        number
    }

    /// Asserts that each frame was counted once; for when both sides are at rest.
    fn check_counters(&self, delivered: u32) {
        let counters = self.header.tally.read();
        let queued = self.slots().queued() as u32;
        assert_eq!(counters.delivered, delivered);
        assert_eq!(counters.captured, delivered + counters.dropped + queued);
        assert_eq!(counters.captured, self.header.sequence.load(Relaxed));
    }
}

/// What the consumer does with the frames it gets.
#[derive(Clone, Copy, PartialEq)]
enum Consumer {
    /// Has one frame at a time.
    OneByOne,
    /// Keeps the first one and has others one at a time.
    KeepsFirst,
}

/// A producer of `frames` frames beside a consumer that asks `asks` times.
fn play<const FAULT: u8>(count: usize, mode: Mode, frames: u32, asks: u32, consumer: Consumer) {
    let stage = Arc::new(Stage::<FAULT>::new(count));
    stage.slots().open(count, mode);
    let producer = thread::spawn({
        let stage = stage.clone();
        move || (0..frames).for_each(|_| stage.produce())
    });
    let slots = stage.slots();
    let (mut kept, mut held, mut stale) = (None::<FrameRef>, None::<FrameRef>, Vec::new());
    let (mut last, mut delivered) = (None::<u32>, 0);
    for _ in 0..asks {
        if let Some(frame) = held.take() {
            stage.check(frame);
            assert!(slots.release(frame), "the frame was held");
            stale.push(frame);
        }
        let Some(frame) = slots.acquire() else { continue };
        delivered += 1;
        let number = stage.check(frame);
        assert!(last.is_none_or(|last| number > last), "{number} after {last:?}");
        if mode == STOP {
            assert_eq!(number, last.map_or(0, |last| last + 1), "a frame was passed over");
        }
        assert!(stale.iter().all(|&old| !slots.is_current(old)), "a stale name is current");
        last = Some(number);
        if consumer == Consumer::KeepsFirst && kept.is_none() {
            kept = Some(frame);
        } else {
            held = Some(frame);
        }
    }
    producer.join().unwrap();
    for frame in kept.into_iter().chain(held) {
        stage.check(frame);
    }
    stage.check_counters(delivered);
}

/// A producer beside a consumer that exchanges the memory a few times, for one with another number
/// of slots.
fn reconfigure(counts: [usize; 2], mode: Mode, frames: u32, rounds: usize) {
    let stage = Arc::new(Stage::<NONE>::new(counts[0].max(counts[1])));
    stage.slots().open(counts[0], mode);
    let producer = thread::spawn({
        let stage = stage.clone();
        move || (0..frames).for_each(|_| stage.produce_in_epoch())
    });
    let slots = stage.slots();
    let mut delivered = 0;
    let mut held = None;
    for round in 1..=rounds {
        if let Some(frame) = slots.acquire() {
            delivered += 1;
            stage.check(frame);
            held = Some(frame);
        }
        match slots.park() {
            Ok(()) => {
                stage.epoch.increment();
                assert!(held.is_none_or(|frame| !slots.is_current(frame)));
                stage.epoch.increment();
                slots.open(counts[round % 2], mode);
                assert!(held.is_none_or(|frame| !slots.is_current(frame)));
            }
            Err(filling) => {
                assert_eq!(filling, 1, "there is one producer");
                assert!(slots.acquire().is_none(), "a parked frame is delivered");
            }
        }
    }
    producer.join().unwrap();
    stage.check_counters(delivered);
    assert_eq!(slots.park(), Ok(()));
    stage.check_counters(delivered);
    assert_eq!(slots.begin(), None);
}

/// Runs a case and asserts that it was worth it.
fn check(schedules: Schedules, test: impl Fn() + Clone + Send + Sync + 'static) {
    let count = explore(schedules, test);
    std::println!("{count} interleavings");
    assert!(count > 10_000, "only {count} interleavings");
}

/// The interleavings of a case that has too many to run them all: 10,000 by chance and as many
/// with few changes of thread.
const MANY: Schedules = Schedules::Some(10_000);

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn one_slot_in_all_interleavings() {
    check(Schedules::All(2_000_000), || {
        play::<NONE>(1, Mode::Newest, 2, 2, Consumer::OneByOne);
    });
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn two_slots_in_all_interleavings() {
    check(Schedules::All(2_000_000), || {
        play::<NONE>(2, Mode::Newest, 2, 1, Consumer::OneByOne);
    });
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_queue_of_two_in_all_interleavings() {
    check(Schedules::All(2_000_000), || play::<NONE>(2, STOP, 2, 1, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn one_slot() {
    check(MANY, || play::<NONE>(1, Mode::Newest, 6, 6, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn two_slots() {
    check(MANY, || play::<NONE>(2, Mode::Newest, 6, 5, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn three_slots() {
    check(MANY, || play::<NONE>(3, Mode::Newest, 8, 6, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn three_slots_with_a_kept_frame() {
    check(MANY, || play::<NONE>(3, Mode::Newest, 8, 6, Consumer::KeepsFirst));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_queue_of_four() {
    check(MANY, || play::<NONE>(4, STOP, 8, 6, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_queue_of_four_with_a_kept_frame() {
    check(MANY, || play::<NONE>(4, STOP, 10, 9, Consumer::KeepsFirst));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_flushed_queue_of_four() {
    check(MANY, || play::<NONE>(4, FLUSH, 10, 6, Consumer::OneByOne));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_flushed_queue_of_three_with_a_kept_frame() {
    check(MANY, || play::<NONE>(3, FLUSH, 10, 8, Consumer::KeepsFirst));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn up_to_eight_slots() {
    for count in [5, 8] {
        for mode in [Mode::Newest, STOP, FLUSH] {
            check(MANY, move || play::<NONE>(count, mode, 12, 5, Consumer::KeepsFirst));
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn memory_exchanged_in_all_interleavings() {
    check(Schedules::All(2_000_000), || reconfigure([1, 1], Mode::Newest, 2, 1));
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn memory_exchanged() {
    check(MANY, || reconfigure([1, 3], Mode::Newest, 6, 3));
    check(MANY, || reconfigure([2, 1], Mode::Newest, 6, 3));
    check(MANY, || reconfigure([4, 2], FLUSH, 6, 3));
    check(MANY, || reconfigure([3, 4], STOP, 6, 3));
}

/// The frame of a consumer was taken from it.
const TAKEN: &[&str] = &["the frame was held", "a current frame", "a held frame was written"];

/// Asserts that a fault is noticed, and as one of these violations.
fn notices<const FAULT: u8>(messages: &[&str]) {
    assert_fails(messages, MANY, || {
        play::<FAULT>(1, Mode::Newest, 4, 4, Consumer::OneByOne);
        play::<FAULT>(2, Mode::Newest, 6, 5, Consumer::OneByOne);
    });
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_store_in_acquire_is_noticed() {
    notices::<NO_EXCHANGE_IN_ACQUIRE>(TAKEN);
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_store_in_take_is_noticed() {
    notices::<NO_EXCHANGE_IN_TAKE>(TAKEN);
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn a_generation_that_does_not_rise_is_noticed() {
    notices::<SAME_GENERATION>(&["a stale name is current"]);
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn taking_held_slots_is_noticed() {
    notices::<TAKES_HELD>(TAKEN);
}

#[test]
#[cfg_attr(miri, ignore = "a model checker inside of Miri takes hours")]
fn without_a_fault_nothing_is_noticed() {
    explore(MANY, || {
        play::<NONE>(1, Mode::Newest, 4, 4, Consumer::OneByOne);
        play::<NONE>(2, Mode::Newest, 6, 5, Consumer::OneByOne);
    });
}
