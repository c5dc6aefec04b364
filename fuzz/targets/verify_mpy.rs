//! Verified bytecode does nothing that an interpreter which trusts it could not bear.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // the last quarter decides which way conditions go
    let (file, choices) = input.split_at(input.len() - input.len() / 4);
    if let Err(violation) = snakelet_bytecode::fuzzing::check_module(file, choices) {
        panic!("{violation:?}");
    }
});
