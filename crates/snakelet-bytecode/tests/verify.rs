//! The verifier on the official compiler's code, and on what is made of it.

mod support;

use snakelet_bytecode::mpy::{Function, Module};
use snakelet_bytecode::{Limits, Verified, VerifyError, verify};
use support::fixtures;

fn limits(module: &Module, function: &Function) -> Limits {
    Limits {
        strings: module.strings.len() as u32,
        objects: module.objects.len() as u32,
        children: function.children.len() as u32,
        small_int_bits: 63,
    }
}

fn verify_all(module: &Module) -> Result<Vec<Verified>, VerifyError> {
    let mut scratch = vec![0; 10_000];
    let functions = module.root.all();
    functions.iter().map(|f| verify(&f.data, &limits(module, f), &mut scratch)).collect()
}

#[test]
fn official_code_is_accepted() {
    for (name, bytes) in fixtures("mpy") {
        let module = Module::parse(&bytes).unwrap();
        verify_all(&module).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}
