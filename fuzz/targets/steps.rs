//! Any text ends in steps as it ends in one go, and leaves a sound heap when it is given up.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| snakelet::fuzzing::steps(data));
