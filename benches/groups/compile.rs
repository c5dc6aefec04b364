//! `compile/ram/*`: the most bytes that a compilation has in use at one time. `compile/time/*`: how
//! long it takes. Over the files of `workloads/compile`, and over modules of more and more
//! functions of one kind, for which the memory must grow with the names alone.

use std::fmt::Write as _;

use benches::{Bench, Workload, workloads};
use criterion::{Criterion, Throughput};
use snakelet_vm::Input;

use crate::bytes::{self, Bytes};

/// Modules of 10, 100 and 1000 functions.
pub(crate) fn grown() -> impl Iterator<Item = Workload> {
    [10, 100, 1000].into_iter().map(|count| {
        let mut text = String::new();
        for i in 0..count {
            let _ = write!(
                text,
                "def f{i}(values, limit=10):\n    total = 0\n    for v in values:\n        \
                 if v < limit:\n            total += v * {i}\n    return [total, limit]\n"
            );
        }
        Workload { name: format!("functions_{count}"), text: text.into_bytes() }
    })
}

fn compile_once(bench: &mut Bench, workload: &Workload) -> usize {
    let scope = bench.vm.scope();
    bench.compile(&workload.text, Input::File);
    bench.vm.end_scope(scope);
    bench.vm.compile_peak()
}

pub(crate) fn ram(c: &mut Criterion<Bytes>) {
    let mut group = bytes::group(c, "compile/ram");
    for workload in workloads("compile").into_iter().chain(grown()) {
        let mut bench = Bench::new(8 << 20);
        group.bench_function(&workload.name, |b| {
            b.iter_custom(|count| bytes::sum(count, || compile_once(&mut bench, &workload)));
        });
    }
}

pub(crate) fn time(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile/time");
    for workload in workloads("compile").into_iter().chain(grown()) {
        let mut bench = Bench::new(8 << 20);
        group.throughput(Throughput::Bytes(workload.text.len() as u64));
        group.bench_function(&workload.name, |b| b.iter(|| compile_once(&mut bench, &workload)));
    }
}
