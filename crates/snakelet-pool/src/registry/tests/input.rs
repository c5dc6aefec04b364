//! Pools, ranges, blocks and requests that must be refused, and what is left when they were.

use core::alloc::Layout;
use core::mem;
use std::string::ToString;

use super::*;
use crate::{BlockState, Flags, LendError, NoRoomReason, PoolError};

const BULK: Attributes = Attributes::empty();

mod foreign {
    //! A pool of a host.
    #![expect(unsafe_code, reason = "implements the contract of pools")]

    use core::alloc::Layout;
    use core::ops::Range;

    use crate::{Attributes, Block, BlockInfo, MemoryPool, PoolInfo, Reach, Stats};

    /// Says that it lies somewhere, and has no block to give.
    pub(super) struct Claim(pub(super) &'static str, pub(super) Range<usize>);

    // SAFETY: there are no blocks.
    unsafe impl MemoryPool for Claim {
        fn info(&self) -> PoolInfo<'_> {
            let (start, size) = (self.1.start, self.1.len());
            let (attributes, reach) = (Attributes::empty(), Reach::CPU);
            PoolInfo { name: self.0, attributes, reach, start, size, line: 1 }
        }

        fn allocate(&self, _: Layout, _: bool) -> Option<Block<'_>> {
            None
        }

        fn release<'b>(&self, block: Block<'b>) -> Result<(), Block<'b>> {
            Err(block)
        }

        fn resize(&self, _: &mut Block<'_>, _: usize) -> bool {
            false
        }

        /// Breaks its promise: as a pool does that another thread empties just then.
        fn largest(&self, _: usize) -> usize {
            self.1.len()
        }

        fn stats(&self) -> Stats {
            Stats { size: self.1.len(), free: self.1.len(), ..Stats::default() }
        }

        fn walk(&self, _: &mut dyn FnMut(BlockInfo)) {}
    }
}

use foreign::Claim;

/// A pool of 64 KiB of bulk memory.
fn with_one(test: impl for<'p> FnOnce(&'p Pool<'_>, Pools<'p>)) {
    with_pools(&[Spec::new("sram", 64 << 10, BULK)], |pools, registry| test(&pools[0], registry));
}

#[test]
fn a_pool_of_nothing_cannot_be_made_or_added() {
    let mut records = [Record::UNUSED];
    let made = SegregatedPool::with_records(
        &mut [],
        &mut records,
        PoolConfig::new(""),
        SingleThread::new(),
    );
    assert_eq!(made.err(), Some(PoolError::TooSmall { size: 0, line: 32 }));
    let empty = Claim("empty", 0x2000..0x2000);
    let mut pools = Pools::new();
    let error = pools.add(&empty).expect_err("nothing");
    assert_eq!(error, AddError::Empty { start: 0x2000, end: 0x2000 });
    assert_eq!(error.to_string(), "0x2000..0x2000 is empty");
    #[expect(clippy::reversed_empty_ranges, reason = "must be refused")]
    let backwards = pools.keep_out("heap", 0x3000..0x2000);
    assert_eq!(backwards, Err(AddError::Empty { start: 0x3000, end: 0x2000 }));
    assert_eq!(pools.iter().count() + pools.keep_outs().count(), 0);
}

#[test]
fn a_pool_that_overlaps_anything_is_refused() {
    let sram = Claim("sram", 0x2000..0x4000);
    // each touches a part of what is there, all of it, or contains it
    let others = [0x1000..0x2001, 0x3FFF..0x5000, 0x2000..0x4000, 0x2800..0x2900, 0x1000..0x9000];
    let others = others.map(|range| Claim("other", range));
    let neighbours = [Claim("before", 0x1000..0x2000), Claim("behind", 0x4000..0x5000)];
    for kept in [None, Some("heap"), Some("stream")] {
        let mut pools = Pools::new();
        let with = kept.unwrap_or("sram");
        match kept {
            Some(name) => pools.keep_out(name, 0x2000..0x4000).expect("a free range"),
            None => assert_eq!(pools.add(&sram).expect("a free range").index(), 0),
        }
        let count = pools.iter().count();
        for other in &others {
            let core::ops::Range { start, end } = other.1.clone();
            let overlap = AddError::Overlap { with, start, end };
            assert_eq!(pools.add(other), Err(overlap));
            assert_eq!(pools.keep_out("late", start..end), Err(overlap));
        }
        assert_eq!((pools.iter().count(), pools.keep_outs().count()), (count, 1 - count));
        for neighbour in &neighbours {
            pools.add(neighbour).expect("memory of its own");
        }
    }
    let mut pools = Pools::new();
    pools.keep_out("stream", 0x2000_0000..0x2010_0000).expect("a free range");
    let dram = Claim("dram", 0x200F_0000..0x2100_0000);
    let error = pools.add(&dram).expect_err("an overlap");
    assert_eq!(error.to_string(), "0x200f0000..0x21000000 overlaps 'stream'");
}

#[test]
fn the_same_pool_cannot_be_added_twice() {
    with_one(|pool, mut registry| {
        let core::ops::Range { start, end } = pool.info().range();
        let with = "sram";
        assert_eq!(registry.add(pool), Err(AddError::Overlap { with, start, end }));
    });
}

#[test]
fn a_ninth_pool_and_a_ninth_range_are_refused() {
    let claims: Vec<_> =
        (0..2 * MOST_POOLS + 1).map(|i| Claim("pool", i << 12..(i + 1) << 12)).collect();
    let mut pools = Pools::new();
    let (mine, others) = claims.split_at(MOST_POOLS + 1);
    for (index, claim) in mine[..MOST_POOLS].iter().enumerate() {
        assert_eq!(pools.add(claim).expect("a place").index(), index);
    }
    let error = pools.add(&mine[MOST_POOLS]).expect_err("no place");
    assert_eq!(error.to_string(), "a registry has room for 8");
    for claim in others {
        pools.keep_out("kept", claim.1.clone()).expect("a place");
    }
    let error = pools.keep_out("ninth", 1 << 30..1 << 31).expect_err("no place");
    assert_eq!(error, AddError::Full { most: MOST_KEEP_OUTS });
    // the place of one that is removed is taken again
    pools.remove(id(3)).expect("nothing is in use");
    assert!(pools.get(id(3)).is_none());
    assert_eq!(pools.add(&mine[MOST_POOLS]), Ok(id(3)));
}

#[test]
fn memory_at_the_end_of_the_address_space_is_compared_without_overflow() {
    let top = Claim("top", usize::MAX - 0xFFF..usize::MAX);
    let mut pools = Pools::new();
    pools.add(&top).expect("a free range");
    let within = usize::MAX - 1..usize::MAX;
    assert!(matches!(pools.keep_out("late", within), Err(AddError::Overlap { with: "top", .. })));
}

#[test]
fn a_pool_in_use_or_lent_is_not_removed() {
    with_pools(&[Spec::new("npu", 64 << 10, Attributes::TRANSIENT)], |pools, mut registry| {
        let wanted = Request::new(1000).want(Attributes::TRANSIENT);
        let lease = registry.place(&wanted).expect("room");
        let stats = registry.stats(None);
        let error = registry.remove(id(0)).expect_err("in use");
        assert_eq!(error.to_string(), "the pool has 1 blocks of 1024 bytes in use");
        let in_use = LendError::InUse { blocks: 1, bytes: 1024 };
        assert_eq!(pools[0].lend(), Err(in_use));
        assert_eq!(registry.stats(None), stats);
        drop(lease);
        pools[0].lend().expect("nothing is in use");
        let lent = RemoveError::InUse { blocks: 0, bytes: 64 << 10 };
        assert_eq!(registry.remove(id(0)), Err(lent));
        assert!(pools[0].reclaim());
        drop(registry.place(&wanted).expect("room"));
        assert_eq!(registry.remove(id(0)), Ok(()));
        assert_eq!(registry.remove(id(0)), Err(RemoveError::Unknown));
        assert_eq!(registry.remove(id(200)), Err(RemoveError::Unknown));
        assert_eq!(registry.stats(Some(id(0))), Stats::default());
    });
}

#[test]
fn requests_go_elsewhere_while_a_pool_is_lent() {
    let transient = Attributes::FAST | Attributes::TRANSIENT;
    let specs = [Spec::new("npu", 64 << 10, transient), Spec::new("dram", 64 << 10, BULK)];
    with_pools(&specs, |pools, registry| {
        let name = || {
            let request = Request::new(1000).want(Attributes::FAST);
            registry.place(&request).expect("room").pool().name
        };
        assert_eq!(name(), "npu");
        let range = pools[0].lend().expect("nothing is in use");
        assert_eq!(range, pools[0].info().range());
        assert_eq!(name(), "dram");
        assert!(registry.stats(None).lent);
        let strict = Request::new(1000).want(transient).flags(Flags::STRICT);
        let error = refused(registry.place(&strict));
        assert_eq!(error.to_string(), "pool 'npu': asked 1000, free 65536, largest 0");
        assert!(pools[0].reclaim());
        assert_eq!(name(), "npu");
    });
}

#[test]
fn what_is_persistent_is_not_placed_where_memory_is_lent() {
    with_pools(&[Spec::new("npu", 64 << 10, Attributes::TRANSIENT)], |_, registry| {
        for flags in [Flags::PERSIST, Flags::ENOUGH, Flags::ENOUGH | Flags::PERSIST] {
            let wanted = Request::new(1000).want(Attributes::TRANSIENT).flags(flags);
            assert_eq!(refused(registry.place(&wanted)).reason, NoRoomReason::NoPool);
        }
    });
}

#[test]
fn a_lease_with_a_block_of_another_pool_gives_nothing_back() {
    let specs = [Spec::new("a", 4096, BULK), Spec::new("b", 4096, BULK)];
    with_pools(&specs, |pools, registry| {
        let [a, b] = pools else { panic!("two pools") };
        let layout = Layout::new::<[u8; 100]>();
        let (own, other) = (b.allocate(layout, false), a.allocate(layout, false));
        let own = Lease::new(b, own.expect("room"));
        let mut wrong = Lease::new(b, other.expect("room"));
        assert!(!wrong.resize(2000));
        wrong.invalidate();
        drop(wrong);
        assert_eq!(registry.stats(Some(id(0))).used_blocks, 1);
        assert_eq!(registry.stats(Some(id(1))).used_blocks, 1);
        drop(own);
        assert_eq!(registry.stats(Some(id(1))).used_blocks, 0);
    });
}

#[test]
fn sizes_and_alignments_that_cannot_be_are_refused() {
    with_one(|_, registry| {
        let (most, far_most) = (isize::MAX as usize, usize::MAX);
        let align = |align| NoRoomReason::Align { align };
        for (size, alignment, reason) in [
            (0, 1, NoRoomReason::Size),
            (0, 3, align(3)),
            (1, 0, align(0)),
            (1, 3, align(3)),
            (far_most, far_most, align(far_most)),
            (far_most, 1, NoRoomReason::Size),
            (most, 2, NoRoomReason::Size),
            (most, 1, NoRoomReason::Full),
            (1, FAR, NoRoomReason::Full),
            (1, FAR << 1, NoRoomReason::Size),
        ] {
            let request = Request::new(size).align(alignment);
            assert_eq!(refused(registry.place(&request)).reason, reason, "{size} {alignment}");
            assert_eq!(refused(registry.reserve(id(0), &request)).reason, reason);
        }
        // only rounding it up to the line makes this one too large
        let request = Request::new(most).flags(Flags::CACHE);
        assert_eq!(refused(registry.place(&request)).reason, NoRoomReason::Size);
        let mut lease = registry.place(&Request::new(64)).expect("room");
        for len in [0, most, far_most] {
            assert!(!lease.resize(len));
        }
        assert_eq!((lease.len(), registry.stats(None).used), (64, 64));
    });
}

#[test]
fn impossible_sizes_are_told_without_any_pool() {
    let pools = Pools::new();
    let reason = |request: &Request| refused(pools.place(request)).reason;
    assert_eq!(reason(&Request::new(usize::MAX)), NoRoomReason::Size);
    assert_eq!(reason(&Request::new(1).align(3)), NoRoomReason::Align { align: 3 });
    assert_eq!(reason(&Request::new(1)), NoRoomReason::NoPool);
}

#[test]
fn a_forgotten_lease_costs_its_own_memory_only() {
    with_one(|pool, mut registry| {
        let forgotten = registry.place(&Request::new(1024)).expect("room");
        let range = forgotten.range();
        mem::forget(forgotten);
        let rest = registry.place(&Request::new(63 << 10)).expect("the rest");
        assert!(rest.address() >= range.end || rest.range().end <= range.start);
        drop(rest);
        let in_use = RemoveError::InUse { blocks: 1, bytes: 1024 };
        assert_eq!(registry.remove(id(0)), Err(in_use));
        let mut shown = Vec::new();
        pool.walk(&mut |info| shown.push((info.len, info.state)));
        assert_eq!(shown, [(1024, BlockState::Used), (63 << 10, BlockState::Free)]);
    });
}

#[test]
fn errors_tell_what_a_person_needs() {
    with_pools(&[Spec::new("dram", 1_000_032, BULK)], |_, registry| {
        let place = |size| registry.place(&Request::new(size)).expect("room");
        let (first, _fence, last) = (place(385_600), place(32), place(614_400));
        drop((first, last));
        let request = Request::new(1_843_200).owner("frame buffer");
        let error = refused(registry.place(&request));
        assert_eq!(error.to_string(), "pool 'dram': asked 1843200, free 1000000, largest 614400");
        assert_eq!((error.reason, error.owner), (NoRoomReason::Full, "frame buffer"));
        let reach = Request::new(100).reach(Reach::CPU | Reach::NPU);
        let error = refused(registry.place(&reach));
        assert_eq!(error.to_string(), "no pool for this: asked 100, reach CPU | NPU");
        assert_eq!((error.reason, error.candidates), (NoRoomReason::NoPool, 0));
        let error = refused(registry.place(&Request::new(0)));
        assert_eq!(error.to_string(), "a block cannot have 0 bytes");
        let error = refused(registry.place(&Request::new(1).align(48)));
        assert_eq!(error.to_string(), "an alignment is a power of two, not 48");
    });
}

#[test]
fn a_pool_without_records_says_so() {
    // one record is left, and the last cut takes it
    let spec = Spec { records: 3, ..Spec::new("sram", 4096, BULK) };
    with_pools(&[spec], |_, registry| {
        let _first = registry.place(&Request::new(64)).expect("room");
        let _second = registry.place(&Request::new(64)).expect("room");
        let error = refused(registry.place(&Request::new(64)));
        assert_eq!(error.reason, NoRoomReason::NoRecord);
        assert_eq!(
            error.to_string(),
            "pool 'sram': asked 64, free 3968, largest 3968, no record left"
        );
        assert_eq!(registry.place(&Request::new(3968)).expect("the whole run").len(), 3968);
    });
}

#[test]
fn one_record_is_not_enough_for_a_block_in_the_middle() {
    let spec = Spec { records: 3, ..Spec::new("sram", 4096, BULK) };
    with_pools(&[spec], |pools, registry| {
        // so that neither the start of the free run nor a block at its end is at a multiple of 64
        let even = pools[0].info().start.is_multiple_of(64);
        let (fence, size) = if even { (32, 96) } else { (64, 64) };
        let _fence = registry.place(&Request::new(fence)).expect("room");
        assert_eq!(registry.stats(None).spare_records, 1);
        let error = refused(registry.place(&Request::new(size).align(64)));
        assert!(error.largest >= size);
        assert_eq!(error.reason, NoRoomReason::NoRecord);
    });
}

#[test]
fn a_pool_that_breaks_its_promise_is_passed_over() {
    let claim = Claim("claim", usize::MAX - (1 << 20)..usize::MAX);
    with_one(|pool, _| {
        let mut registry = Pools::new();
        registry.add(&claim).expect("a free range");
        registry.add(pool).expect("a free range");
        assert_eq!(registry.place(&Request::new(100)).expect("room").pool().name, "sram");
        assert_eq!(refused(registry.reserve(id(0), &Request::new(100))).pool, "claim");
    });
}
