//! Random operations on frames, compared step by step with lists that say the same in plain words.

use std::vec;
use std::vec::Vec;

use proptest::collection;
use proptest::prelude::*;

use super::tests::{CAPACITY, STRIDE, publish, value, with_frames};
use super::*;

/// One operation; a number chooses among what is there at that time.
#[derive(Clone, Debug)]
enum Operation {
    Begin,
    Complete(usize),
    Abandon(usize),
    Acquire,
    Release(usize),
    Flush,
    Park,
    Publish(usize, Mode),
    ResetCounters,
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::Newest),
        Just(Mode::Fifo { full: Full::Flush }),
        Just(Mode::Fifo { full: Full::Stop }),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        20 => Just(Operation::Begin),
        18 => (0_usize..8).prop_map(Operation::Complete),
        2 => (0_usize..8).prop_map(Operation::Abandon),
        10 => Just(Operation::Acquire),
        // fewer than are acquired, so that some are held for long
        8 => (0_usize..8).prop_map(Operation::Release),
        1 => Just(Operation::Flush),
        1 => Just(Operation::Park),
        2 => (1_usize..=8, mode()).prop_map(|(count, mode)| Operation::Publish(count, mode)),
        1 => Just(Operation::ResetCounters),
    ]
}

/// What the frames should be like: a list a state.
struct Lists {
    mode: Mode,
    /// Slots that are open; zero while they are parked.
    count: usize,
    free: usize,
    filling: usize,
    /// The numbers of the frames that wait, in their order.
    ready: Vec<u32>,
    sequence: u32,
    counters: Counters,
}

impl Lists {
    fn begin(&mut self) -> bool {
        if self.count == 0 {
            return false;
        }
        if self.free == 0 {
            match self.mode {
                Mode::Newest if !self.ready.is_empty() => self.drop_oldest(1),
                Mode::Fifo { full: Full::Flush } => self.drop_oldest(self.ready.len()),
                _ => {}
            }
        }
        if self.free == 0 {
            self.counters.overrun += 1;
            return false;
        }
        self.free -= 1;
        self.filling += 1;
        true
    }

    fn complete(&mut self) {
        self.filling -= 1;
        self.ready.push(self.sequence);
        self.sequence += 1;
        self.counters.captured += 1;
    }

    fn acquire(&mut self) -> Option<u32> {
        if self.count == 0 || self.ready.is_empty() {
            return None;
        }
        if self.mode == Mode::Newest {
            self.drop_oldest(self.ready.len() - 1);
        }
        self.counters.delivered += 1;
        Some(self.ready.remove(0))
    }

    fn drop_oldest(&mut self, count: usize) {
        self.ready.drain(..count);
        self.free += count;
        self.counters.dropped += count as u32;
    }

    fn park(&mut self) -> Result<(), usize> {
        self.drop_oldest(self.ready.len());
        (self.count, self.free) = (0, 0);
        if self.filling == 0 { Ok(()) } else { Err(self.filling) }
    }
}

/// Runs the operations on frames and lists, and compares both after each.
fn run(operations: &[Operation]) {
    let mut memory = vec![0_u8; STRIDE * 8];
    let start = Mode::Newest;
    with_frames::<8>(3, start, |frames| {
        let counters = Counters::default();
        let mut lists = Lists {
            mode: start,
            count: 3,
            free: 3,
            filling: 0,
            ready: vec![],
            sequence: 0,
            counters,
        };
        let mut filling: Vec<Filling<'_>> = vec![];
        let mut held: Vec<(FrameRef, u32)> = vec![];
        let mut stale: Vec<FrameRef> = vec![];
        let mut parked = false;
        for operation in operations {
            match *operation {
                Operation::Begin => {
                    let begun = frames.begin();
                    assert_eq!(begun.is_some(), lists.begin());
                    filling.extend(begun);
                }
                Operation::Complete(choice) if !filling.is_empty() => {
                    let mut filling = filling.remove(choice % filling.len());
                    filling.bytes().fill(lists.sequence as u8);
                    let time_us = u64::from(lists.sequence) << 20;
                    filling.complete(FrameMeta { time_us, bytes: 1, overflow: choice > 3 });
                    lists.complete();
                }
                Operation::Abandon(choice) if !filling.is_empty() => {
                    drop(filling.remove(choice % filling.len()));
                    lists.filling -= 1;
                    lists.free += 1;
                    lists.counters.errors += 1;
                }
                Operation::Acquire => {
                    let frame = frames.acquire();
                    let number = lists.acquire();
                    assert_eq!(frame.is_some(), number.is_some());
                    held.extend(frame.zip(number));
                }
                Operation::Release(choice) if !held.is_empty() => {
                    let (frame, _) = held.remove(choice % held.len());
                    assert!(frames.release(frame));
                    lists.free += 1;
                    stale.push(frame);
                }
                Operation::Flush if lists.count > 0 => {
                    frames.flush();
                    lists.drop_oldest(lists.ready.len());
                }
                Operation::Park => {
                    let outcome = frames.park();
                    assert_eq!(outcome, lists.park());
                    parked = outcome.is_ok();
                    stale.extend(held.drain(..).map(|(frame, _)| frame));
                }
                Operation::Publish(count, mode) if parked => {
                    publish(frames, &mut memory, count, mode);
                    (lists.mode, lists.count, lists.free) = (mode, count, count);
                    parked = false;
                }
                Operation::ResetCounters => {
                    frames.reset_counters();
                    let captured = lists.ready.len() as u32;
                    lists.counters = Counters { captured, ..Counters::default() };
                }
                _ => {}
            }
            compare(frames, &lists, &held, &stale);
        }
    });
}

fn compare(frames: &Frames<'_>, lists: &Lists, held: &[(FrameRef, u32)], stale: &[FrameRef]) {
    assert_eq!(frames.counters(), lists.counters);
    assert_eq!((frames.count(), frames.queued()), (lists.count, lists.ready.len()));
    for &(frame, number) in held {
        let info = frames.meta(frame).unwrap();
        assert_eq!((info.sequence, info.time_us), (number, u64::from(number) << 20));
        assert_eq!((value(frames, frame), frames.capacity()), (number as u8, CAPACITY));
    }
    for &frame in stale {
        assert!(!frames.is_current(frame) && !frames.release(frame));
        assert_eq!((frames.meta(frame), frames.address(frame)), (None, None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 2000 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn frames_are_like_lists(
        operations in collection::vec(operation(), 0..if cfg!(miri) { 60 } else { 400 }),
    ) {
        run(&operations);
    }
}
