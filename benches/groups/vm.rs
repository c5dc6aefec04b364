//! `vm/*`: time of the interpreter.

use benches::{Bench, workloads};
use criterion::Criterion;

pub(crate) fn vm(c: &mut Criterion) {
    let mut group = c.benchmark_group("vm");
    for workload in workloads("vm") {
        let mut bench = Bench::new(4 << 20);
        let run = bench.prepare(&workload);
        group.bench_function(&workload.name, |b| {
            b.iter(|| {
                let scope = bench.vm.scope();
                bench.run(run);
                bench.vm.end_scope(scope);
            });
        });
    }
}
