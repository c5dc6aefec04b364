//! `gc/collect/SHAPE/SIZE`: time of a full collection, by what lives and the size of the heap.
//! `gc/alloc/*`: time of a thousand allocations, collections included.
//! `gc/fragmentation`: the largest piece, in bytes, that a heap of 256 KiB gives when every second object was let go
//! of, half of which were asked for their identity.

use benches::Bench;
use criterion::{BenchmarkId, Criterion, Throughput};
use snakelet_vm::{Input, Local};

use crate::bytes::{self, Bytes};

const KIB: usize = 1024;

/// What lives, by name: nothing, instances with lists, tuples and dicts in half of the heap, a list linked by the last
/// items of tuples, and one by the first ones, which is the deepest that there is.
const SHAPES: &[(&str, &[u8])] = &[
    ("empty", b"pass"),
    ("live50", FILL),
    (
        "linked",
        b"
import gc
keep = None
while gc.mem_free() > gc.mem_alloc():
    keep = (1, keep)
",
    ),
    (
        "deep",
        b"
import gc
keep = None
while gc.mem_free() > gc.mem_alloc():
    keep = (keep, (keep, 1))
",
    ),
];

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

/// Fills nine tenths of the heap.
const FILL_90: &[u8] = b"
import gc
keep = None
while gc.mem_free() * 9 > gc.mem_alloc():
    keep = (1, keep)
";

/// Finds the largest piece that can be had.
const FRAGMENTS: &[u8] = b"
import gc
class Node:
    pass
slots = [None] * 3000
for i in range(len(slots)):
    slots[i] = Node()
    if i % 4 < 2:
        hash(slots[i])
for i in range(0, len(slots), 2):
    slots[i] = None
gc.collect()
low, high = 0, gc.mem_free()
while high - low > 16:
    middle = (low + high) // 2
    try:
        bytearray(middle)
        low = middle
    except MemoryError:
        high = middle
    gc.collect()
";

fn name(size: usize) -> String {
    if size < 1024 * KIB { format!("{}K", size / KIB) } else { format!("{}M", size / KIB / KIB) }
}

pub(crate) fn collect(c: &mut Criterion) {
    let mut group = c.benchmark_group("gc/collect");
    for (shape, script) in SHAPES {
        for size in [64 * KIB, 256 * KIB, 1024 * KIB, 16 * 1024 * KIB] {
            let mut bench = Bench::new(size);
            bench.exec(script);
            group.throughput(Throughput::Bytes(size as u64));
            group.bench_function(BenchmarkId::new(*shape, name(size)), |b| {
                b.iter(|| bench.vm.collect());
            });
            assert!(bench.vm.check_heap().is_ok());
        }
    }
}

pub(crate) fn alloc(c: &mut Criterion) {
    const COUNT: u64 = 1000;
    let mut group = c.benchmark_group("gc/alloc");
    group.throughput(Throughput::Elements(COUNT));
    let cases: [(&str, &[u8], &[usize]); 3] =
        [("small", FILL, &[1]), ("mixed", FILL, &[1, 10, 3, 100]), ("full90", FILL_90, &[1, 10])];
    for (case, script, lengths) in cases {
        let mut bench = Bench::new(1024 * KIB);
        bench.exec(script);
        let items = [Local::NONE; 100];
        group.bench_function(case, |b| {
            b.iter(|| {
                for len in lengths.iter().cycle().take(COUNT as usize) {
                    let scope = bench.vm.scope();
                    assert!(bench.vm.new_tuple_of(items.get(..*len).unwrap_or_default()).is_ok());
                    bench.vm.end_scope(scope);
                }
            });
        });
    }
}

/// The largest piece of a heap full of holes.
fn largest_piece() -> usize {
    let mut bench = Bench::new(256 * KIB);
    bench.exec(FRAGMENTS);
    let value = bench.compile(b"low", Input::Eval);
    let value = bench.run(value);
    bench.vm.i64_of(value).map_or(0, |piece| piece as usize)
}

pub(crate) fn fragmentation(c: &mut Criterion<Bytes>) {
    bytes::group(c, "gc").bench_function("fragmentation", |b| {
        b.iter_custom(|count| bytes::sum(count, largest_piece));
    });
}
