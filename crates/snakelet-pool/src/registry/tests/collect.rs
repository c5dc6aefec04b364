//! What a caller does when memory is short: collect, reserve early, look at the sums.

use core::cell::{Cell, RefCell};

use super::*;
use crate::{Flags, NoRoomReason};

fn specs() -> [Spec; 3] {
    [
        Spec::new("dram", 256 << 10, Attributes::empty()),
        Spec::new("sram", 64 << 10, Attributes::FAST),
        Spec::new("npu", 32 << 10, Attributes::FAST | Attributes::TRANSIENT),
    ]
}

#[test]
fn what_is_full_is_tried_once_more_after_a_collection() {
    with_pools(&specs(), |_, registry| {
        let whole = Request::new(256 << 10);
        let garbage = RefCell::new(Some(registry.place(&whole).expect("room")));
        let collections = Cell::new(0);
        let lease = registry.place_or_collect(&whole, || {
            collections.set(collections.get() + 1);
            garbage.take();
        });
        assert_eq!(lease.expect("room after the collection").len(), 256 << 10);
        assert_eq!(collections.get(), 1);
    });
}

#[test]
fn a_collection_that_frees_nothing_runs_once() {
    with_pools(&specs(), |_, registry| {
        let whole = Request::new(256 << 10);
        let _held = registry.place(&whole).expect("room");
        let mut collections = 0;
        let error = refused(registry.place_or_collect(&whole, || collections += 1));
        assert_eq!((error.reason, error.free, collections), (NoRoomReason::Full, 0, 1));
    });
}

#[test]
fn a_collection_gives_records_back() {
    let spec = Spec { records: 3, ..Spec::new("sram", 4096, Attributes::empty()) };
    with_pools(&[spec], |_, registry| {
        let request = Request::new(64);
        let _held = registry.place(&request).expect("room");
        let garbage = RefCell::new(Some(registry.place(&request).expect("room")));
        assert_eq!(refused(registry.place(&request)).reason, NoRoomReason::NoRecord);
        let placed = registry.place_or_collect(&request, || drop(garbage.take()));
        assert_eq!(placed.expect("a record").len(), 64);
    });
}

#[test]
fn what_can_be_placed_or_never_can_be_collects_nothing() {
    with_pools(&specs(), |_, registry| {
        let collections = Cell::new(0);
        let place = |request: &Request| {
            registry.place_or_collect(request, || collections.set(collections.get() + 1)).is_ok()
        };
        assert!(place(&Request::new(1000)));
        assert!(!place(&Request::new(0)));
        assert!(!place(&Request::new(1).align(3)));
        assert!(!place(&Request::new(usize::MAX)));
        assert!(!place(&Request::new(1).reach(Reach::NPU)));
        assert!(!place(&Request::new(1).want(Attributes::ITCM).flags(Flags::STRICT)));
        assert_eq!(collections.get(), 0);
    });
}

#[test]
fn a_reservation_is_in_its_pool_or_nowhere() {
    with_pools(&specs(), |_, registry| {
        let fast = Request::new(48 << 10).want(Attributes::FAST);
        let reserved = registry.reserve(id(1), &fast).expect("room");
        assert_eq!(reserved.pool().name, "sram");
        // there is room elsewhere, but not there
        let error = refused(registry.reserve(id(1), &fast));
        let figures = (error.pool, error.free, error.largest, error.candidates);
        assert_eq!(figures, ("sram", 16 << 10, 16 << 10, 1));
        assert_eq!(registry.place(&fast).expect("room").pool().name, "dram");
        // the rules hold there too
        let error = refused(registry.reserve(id(1), &Request::new(100)));
        assert_eq!(error.reason, NoRoomReason::NoPool, "bulk memory is not placed in fast memory");
        let persistent = fast.flags(Flags::PERSIST);
        assert_eq!(refused(registry.reserve(id(2), &persistent)).reason, NoRoomReason::NoPool);
        for unknown in [3, 7, 8, 31, 32, 255] {
            let error = refused(registry.reserve(id(unknown), &Request::new(100)));
            assert_eq!(error.reason, NoRoomReason::NoPool);
        }
    });
}

#[test]
fn sums_are_those_of_the_pools() {
    with_pools(&specs(), |pools, registry| {
        let _held = [
            registry.place(&Request::new(1000).flags(Flags::PERSIST)).expect("room"),
            registry.place(&Request::new(2000).want(Attributes::FAST)).expect("room"),
            registry.place(&Request::new(3000)).expect("room"),
        ];
        drop(registry.place(&Request::new(50_000).want(Attributes::FAST)).expect("room"));
        pools[2].lend().expect("nothing is in use");
        let sum = registry.stats(None);
        let [dram, sram, npu] = [0, 1, 2].map(|index| registry.stats(Some(id(index))));
        assert_eq!((dram.used, sram.used, npu.used), (1024 + 3008, 2016, 0));
        assert_eq!(sum.size, (256 + 64 + 32) << 10);
        assert_eq!(sum.used + sum.free, sum.size);
        assert_eq!((sum.used, sum.used_blocks), (dram.used + sram.used, 3));
        assert_eq!((sum.persistent, sum.persistent_blocks), (1024, 1));
        assert_eq!(sum.peak, dram.peak + sram.peak);
        assert_eq!(sram.peak, 2016 + 50_016);
        assert_eq!(sum.largest_run, dram.largest_run);
        assert_eq!(sum.free_runs, 3);
        assert_eq!(sum.spare_records, 3 * 64 - 6);
        assert!(sum.lent && npu.lent && !dram.lent);
        // the figures are those that each pool shows run by run
        let (mut blocks, mut bytes) = (0, 0);
        for (_, pool) in registry.iter() {
            pool.walk(&mut |info| {
                bytes += info.len;
                blocks += usize::from(info.state != crate::BlockState::Free);
            });
        }
        assert_eq!((blocks, bytes), (sum.used_blocks, sum.size));
    });
}
