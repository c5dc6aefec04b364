//! Bytecode that is believed: only without the verifier, and only where the host has promised that it may be.

#![allow(unsafe_code, reason = "the promise")]
#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]

use std::mem::MaybeUninit;

use snakelet::{Error, Interpreter};

const SOURCE: &[u8] = b"
class Box:
    def __init__(self, *items):
        self.items = items
    def total(self):
        def add(a, b=0):
            try:
                return a + b
            finally:
                counts.append(a)
        counts = []
        total = 0
        for item in self.items:
            total = add(item, b=total)
        return total, counts
print(Box(1, 2, 3).total(), [x * x for x in range(4)], *(y for y in 'ab'))
";
const PRINTED: &[u8] = b"(6, [1, 2, 3]) [0, 1, 4, 9] a b\n";

struct Output(Vec<u8>);

impl snakelet::host::Console for Output {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    fn read(&mut self, _buf: &mut [u8]) -> usize {
        0
    }
}

/// Runs bytecode; gives what it printed.
fn run(mpy: &[u8], trusted: bool) -> Result<Vec<u8>, Error> {
    let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
    let mut output = Output(Vec::new());
    let mut builder = Interpreter::builder(&mut memory).console(&mut output).fuel(100_000);
    if trusted {
        // SAFETY: bytecode comes from the cross compiler, but for the test of what is verified all the same.
        builder = unsafe { builder.trust_bytecode() };
    }
    let result = builder.build()?.load_mpy(mpy);
    result.map(|()| output.0)
}

fn compiled() -> Vec<u8> {
    let settings = snakelet_cross::Settings { name: "trust.py", ..Default::default() };
    snakelet_cross::compile(SOURCE, &settings).unwrap()
}

#[test]
fn the_promise_allows_to_run_bytecode() {
    assert_eq!(run(&compiled(), true).unwrap(), PRINTED);
}

#[test]
#[cfg(not(feature = "verify"))]
fn without_promise_nothing_is_believed() {
    let error = run(&compiled(), false).unwrap_err();
    assert!(error.to_string().contains("not verified"), "{error}");
}

#[test]
#[cfg(feature = "verify")]
fn where_there_is_a_verifier_the_promise_changes_nothing() {
    assert_eq!(run(&compiled(), false).unwrap(), PRINTED);
    let mut refused = 0;
    for at in 40..compiled().len() {
        let mut mpy = compiled();
        mpy[at] ^= 0x55;
        if let Err(error) = run(&mpy, true)
            && error.to_string().contains("incompatible .mpy file")
        {
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
}
