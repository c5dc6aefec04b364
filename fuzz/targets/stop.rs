//! A program made of the input is left when the host stops it, whenever that is, and leaves nothing behind.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| snakelet::fuzzing::stop(data));
