//! Every workload compiles, and those of the interpreter give the right result.

use benches::{Bench, workloads};
use snakelet_vm::Input;

#[test]
fn interpreter_workloads_give_their_results() {
    let found = workloads("vm");
    assert!(!found.is_empty());
    for workload in found {
        println!("{}", workload.name);
        let mut bench = Bench::new(4 << 20);
        let run = bench.prepare(&workload);
        bench.run(run);
    }
}

#[test]
fn compiler_workloads_compile() {
    let found = workloads("compile");
    assert!(!found.is_empty());
    for workload in found {
        println!("{}", workload.name);
        Bench::new(4 << 20).compile(&workload.text, Input::File);
    }
}
