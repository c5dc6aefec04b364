//! expect: E0499
//! The interpreter is used while a run of it stands between two steps.
use std::mem::MaybeUninit;

use snakelet::Interpreter;

fn main() {
    let mut memory = vec![MaybeUninit::uninit(); 65536];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let run = python.start("x = 1").unwrap();
    python.collect();
    let _ = run.step(5);
}
