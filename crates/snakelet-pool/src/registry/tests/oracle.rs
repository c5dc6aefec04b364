//! Placement against an oracle that follows the rules word for word, over random pools and requests.

use core::alloc::Layout;
use core::cmp::Reverse;

use proptest::prelude::*;

use super::*;
use crate::{Flags, MemoryPool, NoRoomReason};

/// A pool, what is taken from it beforehand, and whether it is lent if that is possible.
#[derive(Clone, Debug)]
struct Filled {
    spec: Spec,
    /// Sizes; every other block is released again, which leaves holes.
    blocks: Vec<usize>,
    lent: bool,
}

/// The pools in the order in which the rules prefer them.
fn preferred(pools: &[Pool<'_>], request: &Request) -> Vec<usize> {
    let has = |i: usize| pools[i].info().attributes;
    let (strict, want) = (request.flags.contains(Flags::STRICT), request.want);
    let all: Vec<usize> = (0..pools.len())
        .filter(|&i| {
            let transient = has(i).contains(Attributes::TRANSIENT);
            pools[i].info().reach.contains(request.reach) // P3
                && !(transient && request.flags.contains(Flags::PERSIST))
        })
        .collect();
    let longest_first = |mut of: Vec<usize>| {
        of.sort_by_key(|&i| Reverse(pools[i].largest(layout(&pools[i], request).align())));
        of
    };
    let those = |rule: &dyn Fn(Attributes) -> bool| {
        all.iter().copied().filter(|&i| rule(has(i))).collect::<Vec<_>>()
    };
    if request.flags.contains(Flags::ENOUGH) {
        // P8
        let mut order = longest_first(those(&|has| has.is_empty()));
        order.extend(longest_first(those(&|has| {
            !has.is_empty() && !has.contains(Attributes::TRANSIENT)
        })));
        order.retain(|&i| !strict || has(i).contains(want));
        return order;
    }
    if want.is_empty() {
        return longest_first(those(&|has| has.is_empty())); // P7
    }
    let mut order = those(&|has| has == want); // P4
    if strict {
        let mut others = those(&|has| has != want && has.contains(want)); // P5
        others.sort_by_key(|&i| (has(i) - want).bits().count_ones());
        order.extend(others);
    } else {
        let mut others = those(&|has| has != want && has.intersects(want)); // P6
        others.sort_by_key(|&i| Reverse((has(i) & want).bits().count_ones()));
        order.extend(others);
        order.extend(longest_first(those(&|has| has.is_empty()))); // P7
    }
    order
}

/// P2. Only for requests that do not overflow.
fn layout(pool: &Pool<'_>, request: &Request) -> Layout {
    try_layout(pool, request).expect("no overflow")
}

fn try_layout(pool: &Pool<'_>, request: &Request) -> Option<Layout> {
    let line = if request.flags.contains(Flags::CACHE) { pool.info().line } else { 1 };
    let size = request.size.checked_add(line - 1)? / line * line;
    Layout::from_size_align(size, request.align.max(line)).ok()
}

/// The number of the pool where the request belongs, or why it belongs nowhere.
fn oracle(pools: &[Pool<'_>], request: &Request) -> Result<usize, NoRoomReason> {
    if !request.align.is_power_of_two() {
        return Err(NoRoomReason::Align { align: request.align }); // P1
    }
    if request.size == 0 || pools.iter().any(|pool| try_layout(pool, request).is_none()) {
        return Err(NoRoomReason::Size); // P1
    }
    let order = preferred(pools, request);
    let takes = |i: usize| {
        let (pool, layout) = (&pools[i], layout(&pools[i], request));
        // a pool that has room can still be out of records
        let block = (largest(pool, request) >= layout.size())
            .then(|| pool.allocate(layout, false))
            .flatten();
        block.is_some_and(|block| pool.release(block).is_ok())
    };
    if let Some(&index) = order.iter().find(|&&i| takes(i)) {
        return Ok(index);
    }
    Err(match nearest(pools, request) {
        None => NoRoomReason::NoPool,
        Some(i) if largest(&pools[i], request) < layout(&pools[i], request).size() => {
            NoRoomReason::Full
        }
        Some(_) => NoRoomReason::NoRecord,
    })
}

fn largest(pool: &Pool<'_>, request: &Request) -> usize {
    pool.largest(layout(pool, request).align())
}

/// Of the pools that may serve the request, the first one that has the longest run.
fn nearest(pools: &[Pool<'_>], request: &Request) -> Option<usize> {
    let order = preferred(pools, request).into_iter();
    order.min_by_key(|&i| (Reverse(largest(&pools[i], request)), i))
}

/// Checks that the registry does what the oracle says, and the figures of an error.
fn check(pools: &[Pool<'_>], registry: &Pools<'_>, request: &Request) {
    let expected = oracle(pools, request);
    let used = registry.stats(None).used;
    let error = match (registry.place(request), expected) {
        (Ok(lease), Ok(index)) => {
            assert_eq!(lease.pool().start, pools[index].info().start);
            assert!(lease.len() >= request.size);
            let layout = layout(&pools[index], request);
            assert_eq!(lease.address() % layout.align(), 0);
            let persistent = pools[index].stats().persistent_blocks;
            assert_eq!(persistent, usize::from(request.flags.contains(Flags::PERSIST)));
            return;
        }
        (Err(error), Err(reason)) => {
            assert_eq!(error.reason, reason);
            error
        }
        (placed, expected) => panic!("{placed:?} is not {expected:?}"),
    };
    assert_eq!(registry.stats(None).used, used);
    assert_eq!((error.asked, error.reach, error.owner), (request.size, request.reach, "test"));
    let impossible = matches!(error.reason, NoRoomReason::Size | NoRoomReason::Align { .. });
    let nearest = if impossible { None } else { nearest(pools, request) };
    let figures = nearest.map_or(("", 0, 0, 0), |i| {
        let pool = &pools[i];
        let candidates = preferred(pools, request).len();
        (pool.info().name, pool.stats().free, largest(pool, request), candidates)
    });
    assert_eq!((error.pool, error.free, error.largest, error.candidates), figures);
}

fn attributes() -> impl Strategy<Value = Attributes> {
    // few bits, so that pools have them in common, and bulk memory often
    prop_oneof![
        2 => Just(Attributes::empty()),
        5 => (0..16u8).prop_map(|bits| {
            let transient = if bits & 8 != 0 { Attributes::TRANSIENT } else { Attributes::empty() };
            Attributes::from_bits_truncate(bits & 7) | transient
        }),
    ]
}

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![
        4 => Just(Reach::CPU),
        3 => Just(Reach::CPU | Reach::DMA),
        1 => Just(Reach::CPU | Reach::DMA | Reach::NPU),
        1 => Just(Reach::empty()),
    ]
}

fn filled() -> impl Strategy<Value = Filled> {
    let line = prop_oneof![Just(1usize), Just(4), Just(32), Just(64)];
    let records = prop_oneof![1 => 1..4usize, 3 => Just(32)];
    let blocks = prop::collection::vec(1..3000usize, 0..8);
    (64..16_384usize, attributes(), reach(), line, records, blocks, any::<bool>()).prop_map(
        |(size, attributes, reach, line, records, blocks, lent)| {
            let spec = Spec { name: "", size, attributes, reach, line, records };
            Filled { spec, blocks, lent }
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let size = prop_oneof![
        12 => 1..4000usize,
        6 => 4000..20_000usize,
        1 => Just(0),
        1 => prop::sample::select(vec![usize::MAX, isize::MAX as usize, isize::MAX as usize - 40]),
    ];
    let align = prop_oneof![
        10 => Just(1),
        10 => (0..13u32).prop_map(|bit| 1usize << bit),
        1 => prop::sample::select(vec![0, 3, FAR, FAR << 1, usize::MAX]),
    ];
    // reach is mostly what all have
    let reach = prop_oneof![2 => Just(Reach::CPU), 1 => reach()];
    (size, align, attributes(), reach, 0..16u8).prop_map(|(size, align, want, reach, flags)| {
        let flags = Flags::from_bits_truncate(flags);
        Request { size, align, want, reach, flags, owner: "test" }
    })
}

const NAMES: [&str; MOST_POOLS] = ["a", "b", "c", "d", "e", "f", "g", "h"];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 3 } else { 3000 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn requests_are_placed_as_the_rules_say(
        mut filled in prop::collection::vec(filled(), 1..=MOST_POOLS),
        requests in prop::collection::vec(request(), if cfg!(miri) { 4 } else { 30 }),
    ) {
        for (pool, name) in filled.iter_mut().zip(NAMES) {
            pool.spec.name = name;
        }
        let specs: Vec<_> = filled.iter().map(|pool| pool.spec.clone()).collect();
        with_pools(&specs, |pools, registry| {
            let mut held = Vec::new();
            for (pool, Filled { blocks, lent, .. }) in pools.iter().zip(&filled) {
                if *lent && pool.lend().is_ok() {
                    continue;
                }
                let taken: Vec<_> = (blocks.iter())
                    .filter_map(|size| {
                        let layout = Layout::from_size_align(*size, 1).ok()?;
                        Some(Lease::new(pool, pool.allocate(layout, false)?))
                    })
                    .collect();
                held.extend(taken.into_iter().step_by(2));
            }
            for request in &requests {
                check(pools, &registry, request);
            }
        });
    }
}
