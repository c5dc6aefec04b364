//! Checks for generated input: each function is the whole of a fuzz target.

#![allow(unsafe_code)] // makes interpreters

use core::mem::MaybeUninit;
use core::ptr::NonNull;
use std::vec;

use snakelet_vm::{Config, Input, Local, Raised, Vm};

/// Memory of an interpreter: small, so that it runs out now and then.
const MEMORY: usize = 192 << 10;
/// Steps after which a script is stopped.
const FUEL: u64 = 50_000;

/// Runs `work` with a fresh interpreter and checks the heap afterwards.
fn with_interpreter(work: impl FnOnce(&mut Vm) -> Result<(), Raised>) {
    let mut memory = vec![MaybeUninit::<u8>::uninit(); MEMORY];
    let config = Config { compile_budget: MEMORY, ..Config::default() };
    // SAFETY: the interpreter is gone before the memory.
    let vm = unsafe { Vm::new(NonNull::from(memory.as_mut_slice()), config) };
    let Some(mut vm) = vm else { return };
    vm.set_fuel(Some(FUEL));
    if let Err(raised) = work(&mut vm) {
        match vm.take_raised(raised) {
            Ok(_) => {}
            Err(_) => vm.clear_stop(),
        }
    }
    assert!(vm.check_heap().is_ok());
    vm.collect();
    assert!(vm.check_heap().is_ok());
}

/// Compiles a text.
///
/// # Panics
/// If the heap is not sound afterwards.
pub fn compile(text: &[u8]) {
    with_interpreter(|vm| vm.compile_text(text, b"<fuzz>", Input::File).map(|_| ()));
}

/// Runs a text, with limited memory and for a limited time; then what the interpreter can still
/// do shows that it goes on working.
///
/// # Panics
/// If the interpreter is of no more use afterwards.
pub fn run(text: &[u8]) {
    with_interpreter(|vm| {
        let main = vm.main_dict();
        let function = vm.compile_text(text, b"<fuzz>", Input::File)?;
        vm.run_module(function, main, Local::NULL).map(|_| ())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of programs, to be put together in any order.
    const PIECES: [&str; 32] = [
        "x",
        "y",
        " = ",
        "1",
        "2.5",
        "'a'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ":",
        "\n",
        "\n    ",
        "def f(x):",
        "class A:",
        "for x in ",
        "while ",
        "if ",
        "else:",
        "try:",
        "except:",
        "return ",
        "yield ",
        "lambda x: ",
        "range(9)",
        "x + y",
        "-",
        "f",
        "...",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_compile_or_are_refused(text in prop::collection::vec(any::<u8>(), 0..200)) {
            compile(&text);
        }

        #[test]
        fn any_program_ends_and_leaves_a_sound_heap(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40),
        ) {
            run(pieces.concat().as_bytes());
        }
    }

    #[test]
    fn a_script_without_end_is_stopped() {
        run(b"while True:\n    try:\n        x = [0] * 100\n    except:\n        pass\n");
    }

    #[test]
    fn a_script_that_takes_all_memory_leaves_a_sound_heap() {
        run(b"a = []\nwhile True: a.append([a])\n");
    }
}
