//! Checks for generated input: each function is the whole of a fuzz target.

#![allow(unsafe_code)] // makes interpreters

mod programs;
mod stops;

use core::mem::MaybeUninit;
use core::ptr::NonNull;
use std::string::{String, ToString};
use std::vec;

use snakelet_vm::{Config, Input, Local, Raised, Stepped, Vm};

/// Memory of an interpreter: small, so that it runs out now and then.
const MEMORY: usize = 192 << 10;
/// Steps after which a script is stopped.
const FUEL: u64 = 50_000;

/// How a script ended: the class of the exception that ended it, if one did. `Err`: by a limit.
type Ending = Result<Option<String>, ()>;

/// Runs `work` with a fresh interpreter and checks the heap afterwards.
fn with_interpreter(work: impl FnOnce(&mut Vm) -> Result<(), Raised>) -> Ending {
    let mut memory = vec![MaybeUninit::<u8>::uninit(); MEMORY];
    let config = Config { compile_budget: MEMORY, ..Config::default() };
    // SAFETY: the interpreter is gone before the memory.
    let vm = unsafe { crate::new_vm(NonNull::from(memory.as_mut_slice()), config) };
    let Some(mut vm) = vm else { return Err(()) };
    vm.set_fuel(Some(FUEL));
    let mut ending = Ok(None);
    if let Err(raised) = work(&mut vm) {
        match vm.take_raised(raised) {
            Ok(exception) => {
                let class = vm.type_name_of(exception);
                ending = Ok(Some(vm.name_text(class).to_string()));
            }
            Err(_) => {
                vm.clear_stop();
                ending = Err(());
            }
        }
    }
    assert!(vm.check_heap().is_ok());
    vm.collect();
    assert!(vm.check_heap().is_ok());
    match ending {
        Ok(Some(class)) if class == "MemoryError" || class == "RuntimeError" => Err(()),
        ending => ending,
    }
}

/// Compiles a text.
///
/// # Panics
/// If the heap is not sound afterwards.
pub fn compile(text: &[u8]) {
    let _ = with_interpreter(|vm| vm.compile_text(text, b"<fuzz>", Input::File).map(|_| ()));
}

/// Runs a text, with limited memory and for a limited time; then what the interpreter can still
/// do shows that it goes on working.
///
/// # Panics
/// If the interpreter is of no more use afterwards.
pub fn run(text: &[u8]) {
    let _ = run_whole(text);
}

fn run_whole(text: &[u8]) -> Ending {
    with_interpreter(|vm| {
        let main = vm.main_dict();
        let function = vm.compile_text(text, b"<fuzz>", Input::File)?;
        vm.run_module(function, main, Local::NULL).map(|_| ())
    })
}

/// Runs a text as a whole, then in steps, with a collection and a call between them: it must end
/// in the same way. The first byte says how long the steps are; with an odd one the run is given
/// up halfway.
///
/// # Panics
/// If it ends otherwise, or the interpreter is of no more use afterwards.
pub fn steps(data: &[u8]) {
    let Some((length, text)) = data.split_first() else { return };
    let mut most = if length % 2 == 0 { u64::MAX } else { u64::from(*length) };
    let ending = with_interpreter(|vm| {
        let main = vm.main_dict();
        let function = vm.compile_text(text, b"<fuzz>", Input::File)?;
        let scope = vm.scope();
        vm.start_module(scope, function, main)?;
        loop {
            match vm.step(u64::from(*length))? {
                Stepped::Done(_, scope) => {
                    vm.end_scope(scope);
                    return Ok(());
                }
                Stepped::Pending => vm.answer(Local::NONE),
                Stepped::Suspended | Stepped::Idle(_) => {}
            }
            most -= 1;
            if most == 0 {
                vm.abandon_run();
                return Ok(());
            }
            let scope = vm.scope();
            let list = vm.new_list_empty()?;
            assert!(vm.truth(list).is_ok_and(|truth| !truth));
            vm.end_scope(scope);
            if most % 16 == 0 {
                vm.collect();
            }
        }
    });
    if length % 2 == 0
        && let (Ok(ending), Ok(whole)) = (ending, run_whole(text))
    {
        assert_eq!(ending, whole);
    }
}

/// Makes a program of the choices that the bytes stand for, runs it, and stops it at some moment.
///
/// # Panics
/// If it is not left then, or leaves the interpreter of no more use.
pub fn stop(data: &[u8]) {
    let mut memory = vec![MaybeUninit::<u8>::uninit(); stops::MEMORY];
    stops::stop(&mut memory, &mut { data });
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

        #[test]
        fn any_program_ends_alike_in_steps(
            length in any::<u8>(),
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40),
        ) {
            let mut data = vec![length];
            data.extend_from_slice(pieces.concat().as_bytes());
            steps(&data);
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

    #[test]
    fn a_script_ends_alike_in_steps_of_any_length() {
        let script = b"
class A:
    def __init__(self, x): self.x = x
    def __getattr__(self, name): return name * 2
    def __enter__(self): return self
    def __exit__(self, *e): return e[0] is KeyError
def inner(n):
    try:
        for i in range(n): yield [A(i).x, A(i).yy]
    finally:
        log.append(n)
def outer(n):
    yield (yield from inner(n))
    with A(1): raise KeyError(n)
    return n
log = []
for n in range(4):
    for v in outer(n): log.append(v)
assert sorted([3, 1, 2], key=lambda x: -x) == [3, 2, 1] and len(log) == 14
raise ValueError(log)
";
        for length in 0..=255 {
            let mut data = vec![length];
            data.extend_from_slice(script);
            steps(&data);
        }
        assert_eq!(run_whole(script), Ok(Some("ValueError".to_string())));
    }
}
