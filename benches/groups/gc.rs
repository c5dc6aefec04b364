//! `gc/collect/*`: time of a collection of a heap half full of small live objects, by its size.
//! `gc/alloc/*`: time of a thousand allocations, collections included.

use benches::Bench;
use criterion::{BenchmarkId, Criterion, Throughput};
use snakelet_vm::Local;

const KIB: usize = 1024;

/// Fills half of the heap with instances, lists, tuples and dicts that refer to each other.
const FILL: &[u8] = b"
import gc
class Node:
    def __init__(self, link):
        self.link = link
        self.data = [1, 2, (3, link)]
keep = None
while gc.mem_free() > gc.mem_alloc():
    keep = Node({'next': keep})
";

pub(crate) fn collect(c: &mut Criterion) {
    let mut group = c.benchmark_group("gc/collect");
    for size in [64 * KIB, 256 * KIB, 1024 * KIB, 16 * 1024 * KIB] {
        let mut bench = Bench::new(size);
        bench.exec(FILL);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{}K", size / KIB)), |b| {
            b.iter(|| bench.vm.collect());
        });
        assert!(bench.vm.check_heap().is_ok());
    }
}

pub(crate) fn alloc(c: &mut Criterion) {
    const COUNT: u64 = 1000;
    let mut group = c.benchmark_group("gc/alloc");
    group.throughput(Throughput::Elements(COUNT));
    for len in [1, 10, 100] {
        let mut bench = Bench::new(1024 * KIB);
        bench.exec(FILL);
        let items = vec![Local::NONE; len];
        group.bench_function(BenchmarkId::new("tuple", len), |b| {
            b.iter(|| {
                for _ in 0..COUNT {
                    let scope = bench.vm.scope();
                    assert!(bench.vm.new_tuple_of(&items).is_ok());
                    bench.vm.end_scope(scope);
                }
            });
        });
    }
}
