//! The cases by which OpenMV tests its allocator, under the names that they have there: what a user
//! relies on, over four pools with the sizes and attributes of the board that QEMU emulates.
//!
//! Three calls have no counterpart here. Zeroed memory is memory that is filled with zeros; a block
//! that cannot grow where it is moves by placing a new one; and a collection drops the leases that are
//! not persistent, which is what an interpreter does when it ends a script.

use super::*;
use crate::{Flags, NoRoomReason};

const BULK: u8 = 0;
const FAST: u8 = 1;
const DTCM: u8 = 2;

fn with_board(test: impl for<'p> FnOnce(Pools<'p>)) {
    let specs = [
        Spec::new("bulk", 8 << 20, Attributes::empty()),
        Spec::new("fast", 2 << 20, Attributes::FAST | Attributes::DTCM),
        Spec::new("dtcm", 256 << 10, Attributes::DTCM),
        Spec::new("itcm", 128 << 10, Attributes::ITCM),
    ];
    with_pools(&specs, |_, pools| test(pools));
}

fn free(pools: &Pools<'_>) -> usize {
    pools.stats(Some(id(BULK))).free
}

fn used_blocks(pools: &Pools<'_>) -> usize {
    pools.stats(None).used_blocks
}

fn place<'p>(pools: &Pools<'p>, request: Request) -> Lease<'p> {
    pools.place(&request).expect("room")
}

/// The name of the pool where a request is placed.
fn name_of<'p>(pools: &Pools<'p>, request: Request) -> &'p str {
    place(pools, request).pool().name
}

/// What a host holds for a script.
struct Held<'p>(Vec<(Lease<'p>, Flags)>);

impl<'p> Held<'p> {
    fn place(&mut self, pools: &Pools<'p>, size: usize, flags: Flags) {
        self.0.push((place(pools, Request::new(size).flags(flags)), flags));
    }

    fn collect(&mut self) {
        self.0.retain(|(_, flags)| flags.contains(Flags::PERSIST));
    }
}

/// Makes a lease longer, where it is or elsewhere.
fn grow<'p>(pools: &Pools<'p>, mut old: Lease<'p>, request: Request) -> Lease<'p> {
    if old.resize(request.size) {
        return old;
    }
    let new = place(pools, request);
    for (to, from) in new.as_cells().iter().zip(old.as_cells()) {
        to.set(from.get());
    }
    new
}

#[test]
fn malloc_free() {
    with_board(|pools| {
        let before = free(&pools);
        let lease = place(&pools, Request::new(256));
        assert_eq!(free(&pools), before - 256);
        drop(lease);
        assert_eq!(free(&pools), before);
    });
}

#[test]
fn calloc() {
    with_board(|pools| {
        // memory that was used before is not zero by itself
        place(&pools, Request::new(128)).as_mut_slice().fill(0xFF);
        let mut lease = place(&pools, Request::new(128));
        lease.as_mut_slice().fill(0);
        assert!(lease.as_cells().iter().all(|byte| byte.get() == 0));
    });
}

#[test]
fn realloc() {
    with_board(|pools| {
        for blocked in [false, true] {
            let mut lease = place(&pools, Request::new(64));
            lease.as_mut_slice().fill(0xAB);
            let blocker = blocked.then(|| place(&pools, Request::new(64)));
            let address = lease.address();
            let lease = grow(&pools, lease, Request::new(256));
            assert_eq!(lease.address() != address, blocked);
            assert!(lease.len() >= 256);
            assert!(lease.as_cells()[..64].iter().all(|byte| byte.get() == 0xAB));
            drop(blocker);
        }
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn multi_alloc_free() {
    with_board(|pools| {
        let before = free(&pools);
        let mut leases: Vec<_> =
            (0..10).map(|i| place(&pools, Request::new(100 + i * 50))).collect();
        assert_eq!(used_blocks(&pools), 10);
        while let Some(lease) = leases.pop() {
            drop(lease);
        }
        assert_eq!(free(&pools), before);
        assert_eq!(pools.stats(Some(id(BULK))).largest_run, before);
    });
}

#[test]
fn persist_survives_collect() {
    with_board(|pools| {
        let before = free(&pools);
        let mut held = Held(Vec::new());
        held.place(&pools, 512, Flags::PERSIST);
        held.0[0].0.as_mut_slice().fill(0xCD);
        held.place(&pools, 256, Flags::empty());
        held.collect();
        assert_eq!(free(&pools), before - 512);
        assert!(held.0[0].0.as_cells().iter().all(|byte| byte.get() == 0xCD));
        held.0.clear();
        assert_eq!(free(&pools), before);
    });
}

#[test]
fn collect_frees_all() {
    with_board(|pools| {
        let before = free(&pools);
        let mut held = Held(Vec::new());
        for _ in 0..5 {
            held.place(&pools, 200, Flags::empty());
        }
        assert!(free(&pools) < before);
        held.collect();
        assert_eq!(free(&pools), before);
    });
}

#[test]
fn collect_mixed() {
    with_board(|pools| {
        let before = free(&pools);
        let mut held = Held(Vec::new());
        let none = Flags::empty();
        for (size, flags) in
            [(128, Flags::PERSIST), (256, none), (128, Flags::PERSIST), (256, none), (256, none)]
        {
            held.place(&pools, size, flags);
        }
        held.collect();
        assert_eq!(free(&pools), before - 256);
        let stats = pools.stats(None);
        assert_eq!((stats.persistent, stats.persistent_blocks), (256, 2));
        held.0.clear();
        assert_eq!(free(&pools), before);
    });
}

/// OpenMV counts persistent blocks apart; here `used_blocks` has all of them.
#[test]
fn stats() {
    with_board(|pools| {
        assert_eq!(used_blocks(&pools), 0);
        let leases = [100, 200, 300].map(|size| place(&pools, Request::new(size)));
        assert_eq!(used_blocks(&pools), 3);
        drop(leases);
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn collect_stats() {
    with_board(|pools| {
        let mut held = Held(Vec::new());
        held.place(&pools, 100, Flags::empty());
        held.place(&pools, 200, Flags::empty());
        assert_eq!(used_blocks(&pools), 2);
        held.collect();
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn fast_pool() {
    with_board(|pools| {
        assert_eq!(name_of(&pools, Request::new(64).want(Attributes::FAST)), "fast");
    });
}

#[test]
fn cache_align() {
    with_board(|pools| {
        let lease = place(&pools, Request::new(100).flags(Flags::CACHE));
        assert_eq!((lease.address() % 32, lease.len()), (0, 128));
    });
}

#[test]
fn avail() {
    with_board(|pools| {
        let bulk = pools.get(id(BULK)).expect("a pool");
        let avail = bulk.largest(1);
        let lease = place(&pools, Request::new(avail));
        assert_eq!(bulk.largest(1), 0);
        drop(lease);
        assert_eq!(bulk.largest(1), avail);
    });
}

#[test]
fn avail_fragmented() {
    with_board(|pools| {
        let bulk = pools.get(id(BULK)).expect("a pool");
        let whole = bulk.largest(1);
        let eighth = whole / 8;
        let [a, b, c, d, e] =
            [1, 2, 1, 2, 1].map(|eighths| place(&pools, Request::new(eighths * eighth)));
        drop((b, d));
        let largest = bulk.largest(1);
        // the last eighth was never taken, so that the two holes are the longest runs
        assert_eq!(largest, 2 * eighth);
        assert_eq!(bulk.stats().free, 5 * eighth);
        let f = place(&pools, Request::new(largest));
        drop((a, c, e, f));
        assert_eq!(bulk.largest(1), whole);
    });
}

/// There is no null pointer to release: the like of it is a lease whose block was taken out.
#[test]
fn free_null() {
    with_board(|pools| {
        let bulk = pools.get(id(BULK)).expect("a pool");
        drop(None::<Lease<'_>>);
        let block = place(&pools, Request::new(64)).into_block().expect("a block");
        assert_eq!(used_blocks(&pools), 1, "the lease did not give it back");
        bulk.release(block).expect("its own block");
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn malloc_zero() {
    with_board(|pools| {
        assert_eq!(refused(pools.place(&Request::new(0))).reason, NoRoomReason::Size);
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn pool_generic_alloc() {
    with_board(|pools| assert_eq!(name_of(&pools, Request::new(64)), "bulk"));
}

#[test]
fn pool_fast_exact() {
    with_board(|pools| {
        let lease = place(&pools, Request::new(64).want(Attributes::FAST));
        assert!(lease.pool().attributes.contains(Attributes::FAST));
    });
}

/// Where there is a pool with just this attribute it comes before one that has others as well, and
/// where there is none that one will do.
#[test]
fn pool_dtcm_partial() {
    with_board(|mut pools| {
        let request = Request::new(64).want(Attributes::DTCM);
        assert_eq!(name_of(&pools, request), "dtcm");
        pools.remove(id(DTCM)).expect("nothing is in use");
        assert_eq!(name_of(&pools, request), "fast");
    });
}

#[test]
fn pool_fast_dtcm_exact() {
    with_board(|pools| {
        let dtcm = place(&pools, Request::new(64).want(Attributes::DTCM));
        assert_eq!(dtcm.pool().attributes, Attributes::DTCM);
        let both = Attributes::FAST | Attributes::DTCM;
        assert_eq!(place(&pools, Request::new(64).want(both)).pool().attributes, both);
    });
}

#[test]
fn fast_fallback() {
    with_board(|pools| {
        let size = pools.stats(Some(id(FAST))).size + 1;
        assert_eq!(name_of(&pools, Request::new(size).want(Attributes::FAST)), "bulk");
    });
}

#[test]
fn pool_dtcm_fallback_fast() {
    with_board(|pools| {
        let size = pools.stats(Some(id(DTCM))).size + 1;
        assert_eq!(name_of(&pools, Request::new(size).want(Attributes::DTCM)), "fast");
    });
}

#[test]
fn pool_fast_fallback_generic() {
    with_board(|pools| {
        let special = pools.iter().filter(|(_, pool)| !pool.info().attributes.is_empty());
        let size = special.map(|(_, pool)| pool.info().size).max().expect("a pool") + 1;
        for want in [Attributes::FAST, Attributes::DTCM, Attributes::ITCM, Attributes::all()] {
            assert_eq!(name_of(&pools, Request::new(size).want(want)), "bulk");
        }
    });
}

#[test]
fn pool_dtcm_strict() {
    with_board(|pools| {
        let request = Request::new(64).want(Attributes::DTCM).flags(Flags::STRICT);
        assert_eq!(name_of(&pools, request), "dtcm");
    });
}

/// OpenMV insists on a pool with just the wanted attributes, so there a byte more than `dtcm` has is
/// refused. Here a pool that has others as well satisfies the request, as the user asked for memory with
/// this attribute, and what none of them has room for is refused.
#[test]
fn pool_dtcm_strict_fail() {
    with_board(|pools| {
        let strict = |size| Request::new(size).want(Attributes::DTCM).flags(Flags::STRICT);
        let [dtcm, fast] = [DTCM, FAST].map(|index| pools.stats(Some(id(index))).size);
        assert_eq!(name_of(&pools, strict(dtcm + 1)), "fast");
        let error = refused(pools.place(&strict(fast + 1)));
        assert_eq!((error.reason, error.pool), (NoRoomReason::Full, "fast"));
        assert_eq!((error.candidates, error.largest), (2, fast));
        assert_eq!(used_blocks(&pools), 0);
    });
}

#[test]
fn realloc_aligned() {
    with_board(|pools| {
        let lease = place(&pools, Request::new(128).flags(Flags::CACHE));
        let blocker = place(&pools, Request::new(64));
        let address = lease.address();
        let moved = grow(&pools, lease, Request::new(256).flags(Flags::CACHE));
        assert_ne!(moved.address(), address);
        assert_eq!(moved.address() % 32, 0);
        drop((moved, blocker));
        assert_eq!(used_blocks(&pools), 0);
    });
}
