//! Tests of the registry over real pools.

mod collect;
mod input;
mod oracle;
mod threads;
mod umalloc;

use std::vec;
use std::vec::Vec;

use super::*;
use crate::{Attributes, PoolConfig, Reach, Record, SegregatedPool, SingleThread};

/// What most tests place blocks in.
type Pool<'m> = SegregatedPool<'m, SingleThread>;

/// An alignment that a layout can have, but no memory of a test.
const FAR: usize = 1 << (usize::BITS - 2);

/// What a pool of a test is like.
#[derive(Clone, Debug)]
struct Spec {
    name: &'static str,
    size: usize,
    attributes: Attributes,
    reach: Reach,
    line: usize,
    records: usize,
}

impl Spec {
    /// A pool of many records and lines of 32 bytes that the processor and DMA reach.
    fn new(name: &'static str, size: usize, attributes: Attributes) -> Self {
        Spec { name, size, attributes, reach: Reach::CPU | Reach::DMA, line: 32, records: 64 }
    }
}

/// Runs a test with pools of exactly the sizes that are asked for, and a registry that has them in
/// this order.
fn with_pools(specs: &[Spec], test: impl FnOnce(&[Pool<'_>], Pools<'_>)) {
    with_locked(specs, SingleThread::new, |pools, registry| test(pools, registry));
}

/// As [`with_pools`], with another lock.
fn with_locked<L: crate::Lock>(
    specs: &[Spec],
    lock: impl Fn() -> L,
    test: impl for<'p> FnOnce(&'p [SegregatedPool<'_, L>], Pools<'p>),
) {
    let mut memories: Vec<_> = specs.iter().map(|spec| vec![0; spec.size + spec.line]).collect();
    let mut records: Vec<_> = specs.iter().map(|s| vec![Record::UNUSED; s.records]).collect();
    let pools: Vec<_> = (specs.iter().zip(&mut memories).zip(&mut records))
        .map(|((spec, memory), records)| {
            let Spec { name, size, attributes, reach, line, .. } = *spec;
            let skipped = memory.as_ptr().addr().wrapping_neg() % line;
            let config = PoolConfig::new(name).attributes(attributes).reach(reach).line(line);
            SegregatedPool::with_records(&mut memory[skipped..][..size], records, config, lock())
                .expect("a pool")
        })
        .collect();
    let mut registry = Pools::new();
    for pool in &pools {
        registry.add(pool).expect("memory of its own");
    }
    test(&pools, registry);
    for pool in &pools {
        pool.verify().expect("consistent records");
    }
}

/// The number of a pool in a test.
fn id(index: u8) -> PoolId {
    PoolId(index)
}

/// Why a request is refused.
fn refused<'p>(placed: Result<Lease<'p>, NoRoom<'p>>) -> NoRoom<'p> {
    placed.expect_err("no room")
}

#[test]
fn a_registry_shows_what_lies_where() {
    with_pools(&[Spec::new("sram", 4096, Attributes::FAST)], |pools, mut registry| {
        registry.keep_out("heap", 16..32).expect("nothing lies there");
        let block = registry.place(&Request::new(100).want(Attributes::FAST)).expect("room");
        let shown = std::format!("{registry:?} {:?}", pools[0]);
        for part in ["\"sram\": Stats", "used: 128", "\"heap\": 16..32", "Attributes(FAST)"] {
            assert!(shown.contains(part), "{shown}");
        }
        drop(block);
    });
}
