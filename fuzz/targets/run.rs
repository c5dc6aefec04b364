//! Any text runs to its end or its budget, and leaves a sound heap.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| snakelet::fuzzing::run(text));
