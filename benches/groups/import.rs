//! `import/ram/<form>/*`: bytes of heap that a module holds after it was run, loaded as source text,
//! as a copy of a `.mpy` file, and as one that lies in flash.

use benches::{Bench, workloads};
use criterion::Criterion;
use snakelet_vm::{Heap, Input, Local, Value};

use crate::bytes::{self, Bytes};
use crate::compile::grown;

/// Makes the function that runs a module.
type Load = dyn Fn(&mut Bench) -> Local;

fn held(load: &Load) -> usize {
    let mut bench = Bench::new(1 << 20);
    bench.vm.collect();
    let before = bench.vm.heap_figure(Heap::used_bytes);
    let scope = bench.vm.scope();
    let function = load(&mut bench);
    bench.run(function);
    bench.vm.set(function, Value::NULL);
    bench.vm.end_scope(scope);
    bench.vm.collect();
    bench.vm.heap_figure(Heap::used_bytes) - before
}

pub(crate) fn ram(c: &mut Criterion<Bytes>) {
    let mut group = bytes::group(c, "import/ram");
    for workload in workloads("compile").into_iter().chain(grown()) {
        let (text, mpy) = (workload.text.clone(), workload.compiled());
        let forms: [(&str, &Load); 3] = [
            ("text", &move |bench| bench.compile(&text, Input::File)),
            ("mpy", &move |bench| bench.load(|vm| vm.load_mpy_bytes(mpy))),
            ("in_place", &move |bench| bench.load(|vm| vm.load_mpy_static(mpy))),
        ];
        for (form, load) in forms {
            group.bench_function(format!("{form}/{}", workload.name), |b| {
                b.iter_custom(|count| bytes::sum(count, || held(load)));
            });
        }
    }
}
