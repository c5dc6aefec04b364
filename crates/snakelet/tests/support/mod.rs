//! An interpreter for each script, in memory that is used again.

#![allow(unsafe_code)] // hands memory and services to the interpreter
#![allow(clippy::expect_used, reason = "a test program of its own says what is wrong and stops")]

use std::mem::MaybeUninit;
use std::path::Path;
use std::ptr::NonNull;

use snakelet::desktop::{StdClock, StdEntropy, StdFiles};
use snakelet::host::Console;
use snakelet::vm::print::Out;
use snakelet::vm::{Config, Hosts, Input, Local, Raised, Vm};

/// Bytes of machine stack that a runner's thread needs.
pub(crate) const MACHINE_STACK: usize = 64 << 20;
/// Slots of the interpreter's stack.
const STACK_SLOTS: usize = 16 << 10;
/// Bytes of the heap.
const HEAP: usize = 2 << 20;
/// In stress mode every allocation walks the heap, so it is smaller.
const STRESS_HEAP: usize = 512 << 10;
/// Steps after which a script counts as hanging.
const FUEL: u64 = 2_000_000_000;

/// How a script is run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it is.
    Plain,
    /// With a collection at each allocation.
    Stress,
    /// With an allocation that fails.
    Fail(u64),
    /// With each allocation failing in turn.
    FailAll,
}

/// How a script ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What it printed.
    pub(crate) output: Vec<u8>,
    /// The exception that ended it.
    pub(crate) errors: Vec<u8>,
    /// Whether the allocation that was to fail was reached.
    pub(crate) struck: bool,
    /// What is wrong with the interpreter afterwards.
    pub(crate) damage: Option<String>,
}

/// Keeps what a script prints.
#[derive(Default)]
struct Capture {
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Console for Capture {
    fn write(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }
    fn write_error(&mut self, bytes: &[u8]) {
        self.errors.extend_from_slice(bytes);
    }
}

/// Memory for one interpreter at a time.
pub(crate) struct Runner {
    memory: Vec<MaybeUninit<u8>>,
}

impl Runner {
    pub(crate) fn new() -> Self {
        Self { memory: vec![MaybeUninit::uninit(); HEAP + STACK_SLOTS * size_of::<usize>()] }
    }

    /// Runs a script in a new interpreter.
    pub(crate) fn run(&mut self, path: &Path, source: &[u8], mode: Mode) -> Outcome {
        let heap = if mode == Mode::Stress { STRESS_HEAP } else { HEAP };
        let bytes = (heap + STACK_SLOTS * size_of::<usize>()).min(self.memory.len());
        let memory = &mut self.memory[..bytes];
        let console = NonNull::from(Box::leak(Box::<Capture>::default()));
        let clock = NonNull::from(Box::leak(Box::<StdClock>::default()));
        let files = NonNull::from(Box::leak(Box::<StdFiles>::default()));
        let entropy = NonNull::from(Box::leak(Box::<StdEntropy>::default()));
        // SAFETY: the services are given up below, after the last use of the interpreter.
        let hosts = unsafe {
            Hosts {
                console: Some(&mut *console.as_ptr()),
                clock: Some(&mut *clock.as_ptr()),
                files: Some(&mut *files.as_ptr()),
                entropy: Some(&mut *entropy.as_ptr()),
                ..Hosts::default()
            }
        };
        let config = Config { stack_slots: STACK_SLOTS, hosts, ..Config::default() };
        // SAFETY: the interpreter is dropped before the memory is used again.
        let mut vm = unsafe { Vm::new(NonNull::from(memory), config) }.expect("enough memory");
        let mut outcome = Outcome::default();
        vm.set_fuel(Some(FUEL));
        match mode {
            Mode::Stress => vm.heap_mut().set_stress(true),
            Mode::Fail(nth) => vm.heap_mut().fail_after(Some(nth)),
            Mode::Plain | Mode::FailAll => {}
        }
        if let Err(raised) = run(&mut vm, path, source) {
            outcome.struck = !vm.heap().fails_later();
            vm.heap_mut().fail_after(None);
            show(&mut vm, raised);
        }
        outcome.struck |= !vm.heap().fails_later();
        vm.heap_mut().fail_after(None);
        outcome.damage = damage(&mut vm);
        let _ = vm;
        // SAFETY: made by `Box::leak` above, and the interpreter is gone.
        unsafe {
            let console = Box::from_raw(console.as_ptr());
            outcome.output = console.output;
            outcome.errors = console.errors;
            drop(Box::from_raw(clock.as_ptr()));
            drop(Box::from_raw(files.as_ptr()));
            drop(Box::from_raw(entropy.as_ptr()));
        }
        outcome
    }
}

fn run(vm: &mut Vm, path: &Path, source: &[u8]) -> Result<(), Raised> {
    let folder = path.parent().map_or(String::new(), |p| p.to_string_lossy().into_owned());
    let name = path.file_name().map_or(String::new(), |p| p.to_string_lossy().into_owned());
    vm.set_path([folder.as_str(), ".frozen"])?;
    vm.set_argv([name.as_str()])?;
    let function = vm.compile_text(source, name.as_bytes(), Input::File)?;
    let main = vm.main_dict();
    match vm.run_module(function, main, Local::NULL) {
        Ok(_) => Ok(()),
        Err(raised) => Err(raised),
    }
}

/// Prints the exception that ended a script.
fn show(vm: &mut Vm, raised: Raised) {
    let Ok(exception) = vm.take_raised(raised) else {
        vm.clear_stop();
        let _ = vm.emit(Out::Error, b"stopped: it does not end\n");
        return;
    };
    if let Err(raised) = vm.print_exception(exception, Out::Error) {
        let _ = vm.take_raised(raised);
        let _ = vm.emit(Out::Error, b"an exception that cannot be printed\n");
    }
}

/// Whether the heap is sound and the interpreter still works.
fn damage(vm: &mut Vm) -> Option<String> {
    if let Err(e) = vm.check_heap() {
        return Some(format!("heap check: {e:?}"));
    }
    vm.collect();
    if let Err(e) = vm.check_heap() {
        return Some(format!("heap check after a collection: {e:?}"));
    }
    vm.set_fuel(Some(FUEL));
    let probe = b"(lambda a, b: [a + b, 'text' * 2])(20, 22)";
    let scope = vm.scope();
    let result = vm.compile_text(probe, b"<probe>", Input::Eval).and_then(|f| {
        let globals = vm.new_dict(0)?;
        let list = vm.run_module(f, globals, Local::NULL)?;
        Ok(vm.list_item(list, 0).as_small_int())
    });
    let answer = result.ok().flatten();
    vm.end_scope(scope);
    (answer != Some(42)).then(|| format!("the interpreter answers {answer:?}"))
}
