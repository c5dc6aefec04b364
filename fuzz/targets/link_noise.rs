//! A line that drops, repeats and changes bytes is survived, and what arrives is what was sent.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| snakelet_camera::link::testing::run(bytes));
