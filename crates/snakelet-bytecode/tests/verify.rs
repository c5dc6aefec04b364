//! The verifier on the official compiler's code, and on what is made of it.

#![expect(clippy::unwrap_used, reason = "part of the tests")]

mod support;

use proptest::prelude::*;
use snakelet_bytecode::fuzzing::{check_module, run, verify_with_enough};
use snakelet_bytecode::mpy::{Function, Module};
use snakelet_bytecode::{Limits, Prelude, measure, verify};
use support::fixtures;

fn modules() -> Vec<(String, Module)> {
    fixtures("mpy")
        .into_iter()
        .map(|(name, bytes)| (name, Module::parse(&bytes).unwrap()))
        .collect()
}

fn limits(module: &Module, function: &Function) -> Limits {
    Limits {
        strings: module.strings.len() as u32,
        objects: module.objects.len() as u32,
        children: function.children.len() as u32,
        small_int_bits: 63,
    }
}

#[test]
fn official_code_is_accepted() {
    for (name, module) in modules() {
        for function in module.root.all() {
            let limits = limits(&module, function);
            let verified = verify_with_enough(&function.data, &limits);
            let verified = verified.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let signature = Prelude::decode(&function.data).unwrap().signature;
            assert!(verified.n_locals <= signature.n_state, "{name}");
            assert!(verified.n_exc <= signature.n_exc_stack, "{name}");
        }
    }
}

#[test]
fn what_functions_say_of_themselves_is_enough() {
    for (name, module) in modules() {
        for function in module.root.all() {
            let limits = limits(&module, function);
            let verified = verify_with_enough(&function.data, &limits).unwrap();
            let prelude = Prelude::decode(&function.data).unwrap();
            let measured = measure(&prelude, &limits).unwrap();
            assert!(measured.n_stack >= verified.n_stack, "{name}: {measured:?} {verified:?}");
            assert!(measured.n_exc >= verified.n_exc, "{name}: {measured:?} {verified:?}");
            assert_eq!(
                (measured.n_locals, measured.n_free),
                (verified.n_locals, verified.n_free),
                "{name}"
            );
        }
    }
}

#[test]
fn too_little_scratch_memory_is_told_apart_and_enough_changes_nothing() {
    use snakelet_bytecode::verify::Fault;
    for (name, module) in modules() {
        for function in module.root.all() {
            let limits = limits(&module, function);
            let full = verify_with_enough(&function.data, &limits);
            for words in 0..200 {
                match verify(&function.data, &limits, &mut vec![7; words]) {
                    Err(error) => assert_eq!(error.fault, Fault::Scratch, "{name}, {words} words"),
                    accepted => assert_eq!(accepted, full, "{name}, {words} words"),
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn official_code_runs_as_verified(choices in prop::collection::vec(any::<u8>(), 0..300)) {
        for (name, module) in modules() {
            for function in module.root.all() {
                let verified = verify_with_enough(&function.data, &limits(&module, function));
                let end = run(&function.data, &verified.unwrap(), &choices);
                prop_assert!(end.is_ok(), "{}: {:?}", name, end);
            }
        }
    }

    #[test]
    fn changed_code_is_refused_or_runs_as_verified(
        file: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        choices in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let fixtures = fixtures("mpy");
        let mut bytes = file.get(&fixtures).1.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        let checked = check_module(&bytes, &choices);
        prop_assert!(checked.is_ok(), "{:?}", checked);
    }
}
