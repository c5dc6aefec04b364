//! The prompt bears whatever bytes come, and answers afterwards.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // the first two bytes are lengths of buffers, and whether there are colours
    if let [line, history, bytes @ ..] = input {
        snakelet_repl::testing::check(
            bytes,
            usize::from(line >> 1),
            usize::from(*history),
            line & 1 != 0,
        );
    }
});
