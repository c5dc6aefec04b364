//! `pool/{allocate,release,resize,place}/{empty,fragmented,full}/{snakelet,rlsf}`: time of one operation
//! in a pool of 1 MiB, where rlsf has such an operation.

use std::alloc::Layout;
use std::time::{Duration, Instant};

use benches::pool::{Allocator, Rlsf, Snakelet, Step, fragmented, full};
use criterion::{Criterion, Throughput};
use snakelet_pool::{Attributes, PoolConfig, Pools, Request, SegregatedPool, SingleThread};

const BYTES: usize = 1 << 20;
const SEED: u64 = 1;

/// What is allocated and released in each iteration: small enough for a pool that is almost full.
const SIZES: [usize; 8] = [24, 200, 64, 128, 33, 256, 96, 160];

/// The states of memory with their names.
fn states() -> [(&'static str, Vec<Step>); 3] {
    [("empty", Vec::new()), ("fragmented", fragmented(BYTES, SEED)), ("full", full(BYTES, SEED))]
}

fn prepared<A: Allocator>(steps: &[Step]) -> A {
    let mut allocator = A::with(BYTES);
    for step in steps {
        let served = step.replay(&mut allocator);
        assert!(served || matches!(step, Step::Try(_)), "{step}");
    }
    allocator
}

pub(crate) fn pool(c: &mut Criterion) {
    for (state, steps) in states() {
        time::<Snakelet>(c, state, &steps);
        time::<Rlsf>(c, state, &steps);
        resize(c, state, &steps);
        place(c, state, &steps);
    }
}

/// Times allocations, then releases.
fn time<A: Allocator>(c: &mut Criterion, state: &str, steps: &[Step]) {
    let layouts = SIZES.map(|size| Layout::from_size_align(size, 8).unwrap_or(Layout::new::<u8>()));
    for (index, operation) in ["allocate", "release"].into_iter().enumerate() {
        let mut allocator: A = prepared(steps);
        let blocks = allocator.len();
        let mut group = c.benchmark_group(format!("pool/{operation}/{state}"));
        group.throughput(Throughput::Elements(SIZES.len() as u64));
        group.bench_function(A::NAME, |b| {
            b.iter_custom(|count| {
                let mut times = [Duration::ZERO; 2];
                for _ in 0..count {
                    let start = Instant::now();
                    let served = layouts.iter().filter(|layout| allocator.allocate(**layout));
                    let served = served.count();
                    let middle = Instant::now();
                    // the first, then the others from the last one on
                    let released = layouts.iter().filter(|_| allocator.release(blocks)).count();
                    let end = Instant::now();
                    assert_eq!((served, released), (SIZES.len(), SIZES.len()));
                    times[0] += middle - start;
                    times[1] += end - middle;
                }
                times[index]
            });
        });
        assert_eq!(allocator.len(), blocks);
    }
}

/// Times making blocks shorter and longer again.
fn resize(c: &mut Criterion, state: &str, steps: &[Step]) {
    let mut allocator: Snakelet = prepared(steps);
    let blocks = allocator.len();
    let long = Layout::new::<[u8; 256]>();
    assert!(SIZES.iter().all(|_| allocator.allocate(long)));
    let blocks = blocks..allocator.len();
    let mut group = c.benchmark_group(format!("pool/resize/{state}"));
    group.throughput(Throughput::Elements(2 * SIZES.len() as u64));
    group.bench_function(Snakelet::NAME, |b| {
        b.iter(|| {
            let mut resize = |len| blocks.clone().all(|block| allocator.resize(block, len));
            assert!(resize(64) && resize(256));
        });
    });
    assert!(blocks.clone().all(|block| allocator.block_len(block) == 256));
}

/// Times the placement among four pools, of which the first is in that state.
fn place(c: &mut Criterion, state: &str, steps: &[Step]) {
    let allocator: Snakelet = prepared(steps);
    let mut memories = [vec![0; 64 << 10], vec![0; 64 << 10], vec![0; 64 << 10]];
    let attributes = [Attributes::FAST, Attributes::DTCM, Attributes::TRANSIENT];
    let others: Vec<_> = (memories.iter_mut().zip(attributes))
        .filter_map(|(memory, attributes)| {
            let config = PoolConfig::new("other").attributes(attributes);
            SegregatedPool::new(memory, config, SingleThread::new()).ok()
        })
        .collect();
    let mut pools = Pools::new();
    assert!(pools.add(allocator.pool()).is_ok());
    assert!(others.len() == 3 && others.iter().all(|pool| pools.add(pool).is_ok()));

    let used = allocator.stats().used;
    let mut leases = Vec::with_capacity(SIZES.len());
    let mut group = c.benchmark_group(format!("pool/place/{state}"));
    group.throughput(Throughput::Elements(SIZES.len() as u64));
    group.bench_function(Snakelet::NAME, |b| {
        b.iter_custom(|count| {
            let mut time = Duration::ZERO;
            for _ in 0..count {
                let start = Instant::now();
                leases
                    .extend(SIZES.iter().filter_map(|size| pools.place(&Request::new(*size)).ok()));
                time += start.elapsed();
                assert_eq!(leases.len(), SIZES.len());
                leases.clear();
            }
            time
        });
    });
    assert_eq!(allocator.stats().used, used);
}
