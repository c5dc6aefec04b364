//! Memory pools agree with a model of them after every operation.
#![no_main]

use snakelet_pool::testing::shadow::{Op, run};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (steps, _) = bytes.as_chunks::<8>();
    let ops: Vec<Op> = steps.iter().map(|bits| Op::from_bits(u64::from_le_bytes(*bits))).collect();
    run(&ops);
});
