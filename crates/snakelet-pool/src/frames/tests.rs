//! What each call does, one side after the other, and both sides on real threads.
#![expect(unsafe_code, reason = "publishes memory, and reads frames that are held")]

use core::ptr::NonNull;
use core::slice;
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::thread;
use std::vec;
use std::vec::Vec;

use super::*;

const FIFO_STOP: Mode = Mode::Fifo { full: Full::Stop };
const FIFO_FLUSH: Mode = Mode::Fifo { full: Full::Flush };
pub(super) const STRIDE: usize = 32;
pub(super) const CAPACITY: usize = 24;

/// Runs a test on slots with memory that lives as long as the test.
pub(super) fn with_frames<const N: usize>(
    count: usize,
    mode: Mode,
    test: impl FnOnce(&Frames<'_>),
) {
    let mut memory = vec![0_u8; STRIDE * N];
    let frames = Frames::<[Slot; N]>::new();
    assert!(frames.claim());
    publish(&frames, &mut memory, count, mode);
    test(&frames);
}

/// Publishes memory that the caller keeps for as long as the frames.
pub(super) fn publish(frames: &Frames<'_>, memory: &mut [u8], count: usize, mode: Mode) {
    assert!(memory.len() >= STRIDE * count);
    let base = NonNull::new(memory.as_mut_ptr()).unwrap();
    // SAFETY: `with_frames` claimed the frames and its memory outlives them; the tests publish on
    // fresh frames or after a `park` that gave `Ok`, and nothing else accesses the memory.
    unsafe { frames.publish(base, STRIDE, CAPACITY, count, mode) };
}

/// Fills a slot with one byte; false if there is none.
fn produce(frames: &Frames<'_>, value: u8) -> bool {
    let Some(mut filling) = frames.begin() else { return false };
    filling.bytes().fill(value);
    filling.complete(FrameMeta { time_us: value.into(), bytes: CAPACITY as u32, overflow: false });
    true
}

/// The byte that a held frame is filled with.
pub(super) fn value(frames: &Frames<'_>, frame: FrameRef) -> u8 {
    let address = frames.address(frame).unwrap();
    // SAFETY: the frame is held, and the consumer is this thread.
    let bytes = unsafe { slice::from_raw_parts(address.as_ptr(), frames.capacity()) };
    assert!(bytes.iter().all(|&byte| byte == bytes[0]), "a torn frame: {bytes:?}");
    bytes[0]
}

/// Takes and gives back all frames that wait, and gives their bytes.
fn drain(frames: &Frames<'_>) -> Vec<u8> {
    let mut values = Vec::new();
    while let Some(frame) = frames.acquire() {
        values.push(value(frames, frame));
        assert!(frames.release(frame));
    }
    values
}

fn counters(captured: u32, delivered: u32, dropped: u32, overrun: u32, errors: u32) -> Counters {
    Counters { captured, delivered, dropped, overrun, errors }
}

#[test]
fn fresh_frames_give_nothing() {
    static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
    assert!(FRAMES.begin().is_none());
    assert!(FRAMES.acquire().is_none());
    assert_eq!((FRAMES.max_count(), FRAMES.count(), FRAMES.capacity()), (3, 0, 0));
    assert_eq!(FRAMES.counters(), Counters::default());
    // a parked slot is nobody's frame, even for a name that happens to fit
    assert!(!FRAMES.is_current(FrameRef::from_parts(0, 0)));
    assert!(!FRAMES.release(FrameRef::from_parts(0, 0)));
}

#[test]
fn types_have_their_size_and_cross_threads() {
    fn is_send<T: Send>() {}
    fn is_sync<T: Sync>() {}
    is_send::<Filling<'_>>();
    is_send::<Frames<'_, [Slot; 1]>>();
    is_sync::<Frames<'_, [Slot; 1]>>();
    assert_eq!((size_of::<Slot>(), size_of::<FrameRef>()), (24, 8));
    assert_eq!(size_of::<Frames<'_, [Slot; 3]>>() - size_of::<Frames<'_, [Slot; 2]>>(), 24);
}

#[test]
fn no_slots_at_all() {
    let frames = Frames::<[Slot; 0]>::default();
    assert!(frames.begin().is_none());
    assert_eq!(frames.park(), Ok(()));
}

#[test]
fn a_frame_goes_through() {
    with_frames::<1>(1, Mode::Newest, |frames| {
        let mut filling = frames.begin().unwrap();
        assert_eq!((filling.len(), filling.is_empty(), filling.slot()), (CAPACITY, false, 0));
        filling.bytes().fill(9);
        assert_eq!(filling.ptr().as_ptr(), filling.bytes().as_mut_ptr());
        filling.complete(FrameMeta { time_us: 1 << 40, bytes: 1000, overflow: true });
        assert_eq!(frames.queued(), 1);
        let frame = frames.acquire().unwrap();
        assert_eq!(value(frames, frame), 9);
        let info = FrameInfo { sequence: 0, time_us: 1 << 40, bytes: 24, overflow: true };
        assert_eq!(frames.meta(frame), Some(info));
        assert!(frames.is_current(frame));
        assert!(!produce(frames, 10), "the slot is held");
        assert!(frames.release(frame));
        assert!(!frames.is_current(frame) && !frames.release(frame));
        assert_eq!((frames.meta(frame), frames.address(frame)), (None, None));
        assert_eq!(frames.counters(), counters(1, 1, 0, 1, 0));
    });
}

#[test]
fn newest_wins() {
    with_frames::<3>(3, Mode::Newest, |frames| {
        for value in 1..=7 {
            assert!(produce(frames, value));
        }
        assert_eq!(drain(frames), [7]);
        assert_eq!(frames.counters(), counters(7, 1, 6, 0, 0));
    });
}

#[test]
fn newest_wins_beside_a_held_frame() {
    with_frames::<2>(2, Mode::Newest, |frames| {
        assert!(produce(frames, 1));
        let held = frames.acquire().unwrap();
        for value in 2..=4 {
            assert!(produce(frames, value));
        }
        assert_eq!(value(frames, held), 1);
        assert_eq!(drain(frames), [4]);
        assert!(frames.release(held));
    });
}

#[test]
fn a_queue_keeps_the_order_around_a_held_frame() {
    with_frames::<4>(4, FIFO_STOP, |frames| {
        for value in 1..=4 {
            assert!(produce(frames, value));
        }
        assert!(!produce(frames, 5));
        let held = frames.acquire().unwrap();
        let mut next = 2;
        for _ in 0..20 {
            // three slots are left, which take turns
            let frame = frames.acquire().unwrap();
            assert_eq!(value(frames, frame), next);
            assert!(frames.release(frame));
            assert!(produce(frames, next + 3));
            next += 1;
        }
        assert_eq!(value(frames, held), 1);
        assert!(frames.release(held));
        assert_eq!(drain(frames), [next, next + 1, next + 2]);
        assert_eq!(frames.counters(), counters(24, 24, 0, 1, 0));
    });
}

#[test]
fn a_full_queue_is_flushed() {
    with_frames::<4>(4, FIFO_FLUSH, |frames| {
        assert!(produce(frames, 1));
        let held = frames.acquire().unwrap();
        for value in 2..=4 {
            assert!(produce(frames, value));
        }
        assert!(produce(frames, 5), "after dropping three");
        assert_eq!(frames.queued(), 1);
        assert!(frames.is_current(held));
        assert!(produce(frames, 6));
        assert_eq!(drain(frames), [5, 6]);
        assert_eq!(frames.counters(), counters(6, 3, 3, 0, 0));
    });
}

#[test]
fn a_queue_with_all_frames_held_overruns() {
    with_frames::<2>(2, FIFO_FLUSH, |frames| {
        assert!(produce(frames, 1) && produce(frames, 2));
        let held = [frames.acquire().unwrap(), frames.acquire().unwrap()];
        assert!(!produce(frames, 3));
        assert!(held.iter().all(|&frame| frames.is_current(frame)));
        assert_eq!(frames.counters().overrun, 1);
    });
}

#[test]
fn abandoned_frames_count_as_errors() {
    with_frames::<1>(1, Mode::Newest, |frames| {
        drop(frames.begin());
        assert_eq!(frames.counters(), counters(0, 0, 0, 0, 1));
        assert!(produce(frames, 1), "the slot is free again");
    });
}

#[test]
fn what_has_begun_and_ended_is_counted_for_good() {
    with_frames::<3>(3, Mode::Newest, |frames| {
        let counts = || (frames.begun(), frames.completed());
        let filling = frames.begin();
        assert_eq!(counts(), (1, 0));
        drop(filling);
        assert_eq!(counts(), (1, 0));
        assert!(produce(frames, 1));
        assert_eq!(counts(), (2, 1));
        frames.reset_counters();
        assert!(produce(frames, 2));
        frames.flush();
        assert_eq!(counts(), (3, 2));
    });
}

#[test]
fn flush_spares_the_held_frame() {
    with_frames::<4>(4, FIFO_STOP, |frames| {
        assert!(produce(frames, 1));
        let held = frames.acquire().unwrap();
        assert!(produce(frames, 2) && produce(frames, 3));
        frames.flush();
        assert_eq!((frames.queued(), value(frames, held)), (0, 1));
        assert_eq!(frames.counters(), counters(3, 1, 2, 0, 0));
        assert!(produce(frames, 4));
        assert_eq!(drain(frames), [4]);
    });
}

#[test]
fn raw_fillings_come_back() {
    with_frames::<2>(2, Mode::Newest, |frames| {
        let raw = frames.begin().unwrap().into_raw();
        let raw = RawFilling::from_slot(raw.slot());
        // SAFETY: of these frames, by this thread, used once.
        let mut filling = unsafe { Filling::from_raw(frames, raw) }.unwrap();
        filling.bytes().fill(3);
        filling.complete(FrameMeta::default());
        // SAFETY: such a slot is not in use by a producer, so there is no second filling of it.
        assert!(unsafe { Filling::from_raw(frames, raw) }.is_none());
        // SAFETY: as there is no such slot, there is no second filling of it.
        assert!(unsafe { Filling::from_raw(frames, RawFilling::from_slot(2)) }.is_none());
        assert_eq!(drain(frames), [3]);
    });
}

#[test]
fn parking_waits_for_the_producer() {
    let mut memory = vec![0_u8; STRIDE * 4];
    with_frames::<4>(3, Mode::Newest, |frames| {
        let filling = frames.begin().unwrap();
        assert!(produce(frames, 1));
        let held = frames.acquire().unwrap();
        assert!(produce(frames, 2));
        assert_eq!(frames.park(), Err(1));
        assert_eq!((frames.count(), frames.queued()), (0, 0));
        assert!(!frames.is_current(held) && !frames.release(held));
        assert!(frames.begin().is_none() && frames.acquire().is_none());
        filling.complete(FrameMeta::default());
        assert_eq!((frames.queued(), frames.acquire()), (1, None));
        assert_eq!(frames.park(), Ok(()));
        assert_eq!(frames.counters(), counters(3, 1, 2, 0, 0));
        publish(frames, &mut memory, 4, FIFO_STOP);
        assert_eq!((frames.count(), frames.mode()), (4, FIFO_STOP));
        assert!(!frames.is_current(held));
        for value in 1..=4 {
            assert!(produce(frames, value));
        }
        assert_eq!(drain(frames), [1, 2, 3, 4]);
        assert_eq!(frames.park(), Ok(()));
        // fewer slots than before: the others stay parked
        publish(frames, &mut memory, 1, Mode::Newest);
        assert!(produce(frames, 5) && produce(frames, 6));
        assert_eq!(drain(frames), [6]);
        assert_eq!(frames.park(), Ok(()));
    });
}

#[test]
fn forgotten_fillings_keep_the_memory_in_use() {
    with_frames::<2>(2, Mode::Newest, |frames| {
        core::mem::forget(frames.begin());
        for _ in 0..3 {
            assert_eq!(frames.park(), Err(1));
        }
    });
}

#[test]
fn one_claim_at_a_time() {
    let frames = Frames::<[Slot; 1]>::new();
    assert!(frames.claim() && !frames.claim());
    frames.unclaim();
    assert!(frames.claim());
}

#[test]
fn counters_start_anew_with_what_waits() {
    with_frames::<4>(4, FIFO_STOP, |frames| {
        for value in 1..=5 {
            produce(frames, value);
        }
        assert_eq!(frames.acquire().map(|frame| value(frames, frame)), Some(1));
        drop(frames.begin());
        frames.reset_counters();
        assert_eq!(frames.counters(), counters(3, 0, 0, 0, 0));
        frames.flush();
        assert_eq!(frames.counters(), counters(3, 0, 3, 0, 0));
    });
}

#[test]
fn generations_and_sequences_wrap() {
    for mode in [Mode::Newest, FIFO_STOP] {
        with_frames::<2>(2, mode, |frames| {
            let last = (1 << 30) - 3;
            for slot in &frames.slots {
                slot.state.store(last << 2, Relaxed);
            }
            frames.header.sequence.store(u32::MAX - 2, Relaxed);
            frames.header.expected.store(u32::MAX - 2, Relaxed);
            let mut stale: Vec<FrameRef> = Vec::new();
            let mut generations = Vec::new();
            for round in 0..12 {
                assert!(produce(frames, round));
                let frame = frames.acquire().unwrap();
                assert_eq!(value(frames, frame), round);
                assert!(stale.iter().all(|&old| !frames.is_current(old)));
                let info = frames.meta(frame).unwrap();
                assert_eq!(info.sequence, (u32::MAX - 2).wrapping_add(round.into()));
                generations.push(frame.generation());
                assert!(frames.release(frame));
                stale.push(frame);
            }
            assert!(generations.contains(&((1 << 30) - 1)) && generations.contains(&0));
        });
    }
}

#[test]
fn newest_wins_over_the_wrap_of_the_sequence() {
    with_frames::<3>(3, Mode::Newest, |frames| {
        frames.header.sequence.store(u32::MAX - 1, Relaxed);
        frames.header.expected.store(u32::MAX - 1, Relaxed);
        for value in 1..=4 {
            assert!(produce(frames, value));
        }
        assert_eq!(drain(frames), [4]);
    });
}

#[test]
fn a_consumer_that_slept_for_a_whole_wrap_gets_frames_again() {
    with_frames::<3>(3, Mode::Newest, |frames| {
        // the two frames that wait are on both sides of the number that was expected
        frames.header.sequence.store(u32::MAX, Relaxed);
        assert!(produce(frames, 1) && produce(frames, 2));
        assert_eq!(drain(frames), [2, 1], "the newest, then one that should have been dropped");
        assert!(produce(frames, 3) && produce(frames, 4));
        assert_eq!(drain(frames), [4]);
    });
}

/// One thread fills, one reads, and a third one asks; under Miri this looks for data races.
fn on_threads<const N: usize>(mode: Mode) {
    let rounds: u8 = if cfg!(miri) { 40 } else { 250 };
    let done = AtomicBool::new(false);
    with_frames::<N>(N, mode, |frames| {
        thread::scope(|scope| {
            scope.spawn(|| {
                for value in 1..=rounds {
                    produce(frames, value);
                    thread::yield_now();
                }
                done.store(true, Release);
            });
            scope.spawn(|| {
                while frames.counters().captured < 5 && !done.load(Acquire) {
                    let _ = frames.is_current(FrameRef::from_parts(0, 3));
                    thread::yield_now();
                }
            });
            let mut last = 0;
            let mut held: Option<FrameRef> = None;
            while !done.load(Acquire) || frames.queued() > 0 {
                if let Some(frame) = held.take() {
                    assert!(frames.release(frame));
                }
                held = frames.acquire();
                if let Some(frame) = held {
                    let now = value(frames, frame);
                    assert!(now > last, "{now} after {last}");
                    last = now;
                } else {
                    thread::yield_now();
                }
            }
        });
        let Counters { captured, delivered, dropped, overrun, errors } = frames.counters();
        assert_eq!(captured + overrun, rounds.into());
        assert_eq!((captured, errors), (delivered + dropped, 0));
        assert_eq!(frames.park(), Ok(()));
    });
}

#[test]
fn threads_with_one_slot() {
    on_threads::<1>(Mode::Newest);
}

#[test]
fn threads_with_three_slots() {
    on_threads::<3>(Mode::Newest);
}

#[test]
fn threads_with_a_queue() {
    on_threads::<4>(FIFO_STOP);
}

#[test]
fn threads_with_a_flushed_queue() {
    on_threads::<4>(FIFO_FLUSH);
}

#[test]
fn many_producers_never_share_a_slot() {
    let rounds = if cfg!(miri) { 10 } else { 1000 };
    with_frames::<3>(3, Mode::Newest, |frames| {
        thread::scope(|scope| {
            for value in 1..=3 {
                scope.spawn(move || {
                    for _ in 0..rounds {
                        produce(frames, value);
                        // a torn frame would show here
                        drain(frames);
                    }
                });
            }
        });
        assert_eq!(frames.park(), Ok(()));
    });
}

#[test]
fn memory_is_exchanged_under_a_producer() {
    let rounds = if cfg!(miri) { 8 } else { 200 };
    let mut memory = [vec![0_u8; STRIDE * 3], vec![0_u8; STRIDE * 3]];
    with_frames::<3>(3, Mode::Newest, |frames| {
        thread::scope(|scope| {
            let producer = scope.spawn(|| {
                for value in 0..rounds {
                    produce(frames, value as u8);
                    thread::yield_now();
                }
            });
            for round in 0_usize.. {
                drain(frames);
                while frames.park().is_err() {
                    thread::yield_now();
                }
                // the memory published before is the caller's again
                memory[round % 2].fill(0);
                if producer.is_finished() {
                    break;
                }
                publish(frames, &mut memory[(round + 1) % 2], 1 + round % 3, Mode::Newest);
            }
        });
    });
}
