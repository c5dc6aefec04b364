use core::alloc::Layout;
use std::string::ToString;
use std::sync::Mutex;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::testing::shadow::{self, Op};

/// A pool with 16 records and lines of 32 bytes over `size` bytes.
fn with_pool(size: usize, test: impl FnOnce(&SegregatedPool<'_, SingleThread>)) {
    let mut memory = vec![0; size + 32];
    let skipped = memory.as_ptr().addr().wrapping_neg() % 32;
    let mut records = [Record::UNUSED; 16];
    let (region, config) = (&mut memory[skipped..][..size], PoolConfig::new("test"));
    let pool = SegregatedPool::with_records(region, &mut records, config, SingleThread::new());
    test(&pool.expect("a pool"));
}

fn bytes(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a small layout")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 700 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 700 cases of 480 steps on three pools: 1,008,000 steps.
    #[test]
    fn pools_agree_with_a_naive_model(
        bits in prop::collection::vec(any::<u64>(), if cfg!(miri) { 40 } else { 480 })
    ) {
        let ops: Vec<Op> = bits.into_iter().map(Op::from_bits).collect();
        shadow::run(&ops);
    }
}

#[test]
fn a_fresh_pool_gives_all_of_its_memory_in_one_block() {
    with_pool(160 << 10, |pool| {
        assert_eq!(pool.largest(32), 160 << 10);
        let block = pool.allocate(bytes(160 << 10, 32), false).expect("the whole pool");
        assert_eq!(pool.largest(1), 0);
        pool.release(block).expect("its own block");
    });
}

#[test]
fn a_hole_serves_its_own_size_again() {
    with_pool(64 << 10, |pool| {
        // a hole of each size between two fences
        for lines in 1..if cfg!(miri) { 40 } else { 200 } {
            let size = lines * 32;
            let hole = pool.allocate(bytes(size, 32), false).expect("room");
            let fence = pool.allocate(bytes(32, 32), false).expect("room");
            let rest = pool.allocate(bytes(pool.largest(32), 32), false).expect("the rest");
            let address = hole.address();
            pool.release(hole).expect("its own block");
            let again = pool.allocate(bytes(size, 32), false).expect("the hole");
            assert_eq!(again.address(), address);
            for block in [again, fence, rest] {
                pool.release(block).expect("its own block");
            }
        }
    });
}

#[test]
fn impossible_requests_are_refused() {
    with_pool(4096, |pool| {
        for (size, align) in
            [(0, 1), (4097, 1), (isize::MAX as usize, 1), (32, 1 << (usize::BITS - 2))]
        {
            let layout = Layout::from_size_align(size, align).expect("a layout");
            assert!(pool.allocate(layout, false).is_none(), "{size} {align}");
        }
        for align in [0, 3, usize::MAX] {
            assert_eq!(pool.largest(align), 0);
        }
        let mut block = pool.allocate(bytes(64, 1), false).expect("room");
        for len in [0, 4097, usize::MAX] {
            assert!(!pool.resize(&mut block, len), "{len}");
        }
        assert_eq!(block.len(), 64);
        pool.release(block).expect("its own block");
    });
}

#[test]
fn regions_and_records_that_cannot_be_a_pool_are_refused() {
    let make = |size: usize, records: usize, line: usize| {
        let mut memory = vec![0; size + line];
        let mut records = vec![Record::UNUSED; records];
        let region = &mut memory[..size];
        let config = PoolConfig::new("test").line(line);
        SegregatedPool::with_records(region, &mut records, config, SingleThread::new())
            .map(|pool| pool.stats().size)
    };
    assert_eq!(make(0, 1, 32), Err(PoolError::TooSmall { size: 0, line: 32 }));
    assert!(matches!(make(31, 1, 32), Err(PoolError::TooSmall { .. })));
    assert_eq!(make(4096, 0, 32), Err(PoolError::NoRecords));
    assert_eq!(make(4096, 1, 0), Err(PoolError::Line { line: 0 }));
    assert_eq!(make(4096, 1, 48), Err(PoolError::Line { line: 48 }));
    assert_eq!(make(4096, 1, 1 << 17), Err(PoolError::Line { line: 1 << 17 }));
    if cfg!(not(miri)) {
        assert_eq!(make(4096, 70_000, 1), Ok(4096));
    }
    let mut small = [0; 64];
    let pool = SegregatedPool::new(&mut small, PoolConfig::new("small"), SingleThread::new());
    let error = pool.expect_err("no room");
    assert_eq!(error.to_string(), "a pool needs one line of 32 bytes, the region has 0 for blocks");
}

#[test]
fn a_pool_of_one_record_gives_its_whole_memory_only() {
    let mut memory = [0u8; 4096];
    let mut records = [Record::UNUSED];
    let config = PoolConfig::new("one").line(1);
    let pool = SegregatedPool::with_records(&mut memory, &mut records, config, SingleThread::new())
        .expect("a pool");
    assert!(pool.allocate(bytes(100, 1), false).is_none());
    assert_eq!(pool.largest(1), 4096);
    let mut block = pool.allocate(bytes(4096, 1), true).expect("the whole pool");
    // there is no record for the tail, so the block keeps it
    assert!(pool.resize(&mut block, 100));
    assert_eq!(block.len(), 4096);
    pool.release(block).expect("its own block");
    assert_eq!(pool.stats().spare_records, 0);
}

#[test]
fn records_in_the_head_of_the_region_leave_the_rest() {
    let mut memory = vec![0; 1 << 20];
    let pool = SegregatedPool::new(&mut memory, PoolConfig::new("large"), SingleThread::new())
        .expect("a pool");
    let Stats { size, spare_records, .. } = pool.stats();
    assert!(size > (1 << 20) * 99 / 100, "{size}");
    assert_eq!(spare_records, 63);
}

#[test]
fn blocks_can_be_taken_and_released_during_a_walk() {
    with_pool(4096, |pool| {
        let mut blocks: Vec<_> =
            (0..8).map(|_| pool.allocate(bytes(256, 1), false).expect("room")).collect();
        let mut shown = 0;
        pool.walk(&mut |info| {
            shown += info.len;
            if let Some(block) = blocks.pop() {
                pool.release(block).expect("its own block");
            }
            let taken = pool.allocate(bytes(32, 1), false).expect("room");
            pool.release(taken).expect("its own block");
        });
        assert_eq!(shown, 4096);
    });
}

#[test]
fn a_forgotten_block_stays_in_use_and_nothing_else_is_lost() {
    with_pool(4096, |pool| {
        let _ = pool.allocate(bytes(1000, 1), false);
        let stats = pool.stats();
        assert_eq!((stats.used, stats.used_blocks, stats.free), (1024, 1, 3072));
        assert_eq!(pool.largest(1), 3072);
    });
}

#[test]
fn threads_share_a_pool_with_a_mutex() {
    let mut memory = vec![0; 64 << 10];
    let config = PoolConfig::new("shared");
    let pool = SegregatedPool::new(&mut memory, config, Mutex::new(())).expect("a pool");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..if cfg!(miri) { 10 } else { 2000 } {
                    let layout = bytes(1 + (thread * 37 + round * 91) % 3000, 64);
                    let Some(mut block) = pool.allocate(layout, false) else { continue };
                    block.as_mut_slice().fill(thread as u8);
                    assert!(block.as_mut_slice().iter().all(|byte| *byte == thread as u8));
                    pool.release(block).expect("its own block");
                }
            });
        }
    });
    pool.verify().expect("consistent records");
    assert_eq!(pool.stats().used, 0);
}

#[test]
fn a_lock_that_is_taken_refuses_without_harm() {
    with_pool(4096, |pool| {
        let block = pool.allocate(bytes(64, 1), false).expect("room");
        let block = pool.lock.with(|| {
            assert!(pool.allocate(bytes(64, 1), false).is_none());
            assert_eq!(pool.largest(1), 0);
            assert_eq!(pool.stats(), Stats::default());
            pool.release(block).expect_err("busy")
        });
        pool.release(block.expect("the lock is free")).expect("its own block");
        assert_eq!(pool.stats().used, 0);
    });
}

/// Notes what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<(&'static str, usize)>>);

impl Cache for Notes {
    fn clean(&self, range: Range<usize>) {
        self.0.lock().expect("no panic").push(("clean", range.len()));
    }

    unsafe fn invalidate(&self, range: Range<usize>) {
        self.0.lock().expect("no panic").push(("invalidate", range.len()));
    }
}

#[test]
fn memory_that_is_lent_is_cleaned_before_and_invalidated_after() {
    let notes = Notes::default();
    let mut memory = vec![0; 64 << 10];
    let config = PoolConfig::new("npu").attributes(Attributes::TRANSIENT).cache(&notes);
    let pool = SegregatedPool::new(&mut memory, config, SingleThread::new()).expect("a pool");
    let size = pool.info().size;
    assert!(!pool.reclaim());
    assert_eq!(pool.lend().map(|range| range.len()), Ok(size));
    assert!(pool.reclaim());
    let notes = notes.0.lock().expect("no panic");
    assert_eq!(*notes, [("clean", size), ("invalidate", size)]);
}

#[test]
fn memory_is_initialised_when_the_pool_is_gone() {
    let mut memory = vec![1; 4096];
    let pool = SegregatedPool::new(&mut memory, PoolConfig::new("head"), SingleThread::new())
        .expect("a pool");
    let block = pool.allocate(bytes(100, 1), false).expect("room");
    pool.release(block).expect("its own block");
    // the records in the head are bytes again, each of which can be read
    assert!(memory.iter().map(|byte| usize::from(*byte)).sum::<usize>() > 0);
}

#[test]
fn a_block_of_a_pool_within_a_block_is_foreign() {
    with_pool(4096, |outer| {
        let mut whole = outer.allocate(bytes(4096, 1), false).expect("the whole pool");
        let mut records = [Record::UNUSED; 4];
        let config = PoolConfig::new("inner");
        let region = whole.as_mut_slice();
        let inner = SegregatedPool::with_records(region, &mut records, config, SingleThread::new())
            .expect("a pool");
        // the same address, length, record and generation as the block of the outer pool
        let mut block = inner.allocate(bytes(4096, 1), false).expect("the whole pool");
        assert!(!outer.resize(&mut block, 32));
        let block = outer.release(block).expect_err("a block of the inner pool");
        assert_eq!(outer.stats().used, 4096);
        inner.release(block).expect("its own block");
        outer.release(whole).expect("its own block");
    });
}

/// Waits on its way, once: until the test comes, and until the test has seen what it wants.
struct Slow {
    barrier: std::sync::Barrier,
    invalidated: Mutex<usize>,
}

impl Cache for Slow {
    fn clean(&self, _: Range<usize>) {}

    unsafe fn invalidate(&self, _: Range<usize>) {
        let mut invalidated = self.invalidated.lock().expect("no panic");
        *invalidated += 1;
        if *invalidated == 1 {
            drop(invalidated);
            self.barrier.wait();
            self.barrier.wait();
        }
    }
}

#[test]
fn memory_is_taken_back_by_one_thread_at_a_time() {
    let cache = Slow { barrier: std::sync::Barrier::new(2), invalidated: Mutex::new(0) };
    let mut memory = vec![0; 4096];
    let config = PoolConfig::new("npu").attributes(Attributes::TRANSIENT).cache(&cache);
    let pool = SegregatedPool::new(&mut memory, config, Mutex::new(())).expect("a pool");
    pool.lend().expect("nothing is in use");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| pool.reclaim());
        cache.barrier.wait();
        let second = pool.reclaim();
        let largest = pool.largest(1);
        cache.barrier.wait();
        assert!(first.join().expect("no panic"));
        assert_eq!((second, largest), (false, 0));
    });
    assert!(pool.largest(1) > 0);
    assert_eq!(*cache.invalidated.lock().expect("no panic"), 1);
}

#[test]
fn a_promise_holds_while_runs_become_longer() {
    // blocks of two lines, of which every second one is free; one free run is three lines longer
    const BLOCKS: usize = 7;
    for longer in (1..BLOCKS).step_by(2) {
        for first in 0..BLOCKS {
            with_pool(16 << 10, |pool| {
                let mut blocks: Vec<_> = (0..BLOCKS)
                    .map(|index| 64 + if index == longer { 96 } else { 0 })
                    .map(|size| pool.allocate(bytes(size, 1), false))
                    .collect();
                let rest = pool.allocate(bytes(pool.largest(1), 1), false).expect("the rest");
                for block in blocks.iter_mut().skip(1).step_by(2) {
                    pool.release(block.take().expect("not released")).expect("its own block");
                }
                let promises = [64, 128, 256].map(|align| (align, pool.largest(align)));
                // the other ones are released in turn, from any of them on
                for index in (first..BLOCKS).chain(0..first) {
                    let Some(block) = blocks[index].take() else { continue };
                    pool.release(block).expect("its own block");
                    for (align, size) in promises.into_iter().filter(|promise| promise.1 > 0) {
                        let block = pool
                            .with(|runs| runs.search(size as u32 / 32, align / 32 - 1).is_some());
                        assert_eq!(block, Some(true), "{size} {align} of {longer} from {first} on");
                    }
                }
                pool.release(rest).expect("its own block");
                pool.verify().expect("consistent records");
                assert_eq!(pool.stats().used, 0);
            });
        }
    }
}

#[test]
fn a_small_block_is_taken_from_a_run_that_was_released_meanwhile() {
    with_pool(4096, |pool| {
        let hole = pool.allocate(bytes(64, 1), false).expect("room");
        let fence = pool.allocate(bytes(32, 1), false).expect("room");
        let address = hole.address();
        pool.release(hole).expect("its own block");
        // what a thread does that has seen no run of two lines before
        let block = pool.allocate_small_elsewhere(2, false).expect("the hole");
        assert_eq!((block.address(), block.len()), (address, 64));
        pool.verify().expect("consistent records");
        for block in [block, fence] {
            pool.release(block).expect("its own block");
        }
    });
}

#[test]
fn what_a_search_overlooks_can_be_had_when_it_was_asked_for() {
    with_pool(16 << 10, |pool| {
        // up to the line before a multiple of 1024, three lines there, a fence, and another line
        let start = pool.info().start;
        let multiple = (start + 1024).next_multiple_of(1024);
        let [before, hole, fence, other] = [multiple - 32 - start, 96, 32, 32]
            .map(|size| pool.allocate(bytes(size, 1), false).expect("room"));
        assert_eq!(hole.address(), multiple - 32);
        let rest = pool.allocate(bytes(pool.largest(1), 1), false).expect("the rest");
        for block in [hole, other] {
            pool.release(block).expect("its own block");
        }
        let aligned = bytes(32, 1024);
        assert!(pool.allocate(aligned, false).is_none());
        assert_eq!(pool.largest(1024), 64);
        let block = pool.allocate(aligned, false).expect("what was found");
        assert_eq!(block.address(), multiple);
        // and again, since it was released last
        pool.release(block).expect("its own block");
        let block = pool.allocate(aligned, false).expect("what was released");
        for block in [block, before, fence, rest] {
            pool.release(block).expect("its own block");
        }
    });
}
