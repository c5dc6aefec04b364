//! Any text compiles or is refused, and what the compiler makes passes the verifier.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| snakelet::fuzzing::compile(text));
