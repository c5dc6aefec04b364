//! The heap agrees with a model of it after every operation.
#![no_main]

libfuzzer_sys::fuzz_target!(|operations: &[u8]| snakelet_gc::testing::run_ops(operations));
