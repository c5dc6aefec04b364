//! An interpreter for each script, in memory that is used again.

#![allow(unsafe_code)] // hands memory and services to the interpreter
#![allow(clippy::expect_used, reason = "a test program of its own says what is wrong and stops")]

use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::{env, fs};

use snakelet::desktop::{StdClock, StdEntropy, StdEnvironment, StdFiles};
use snakelet::host::Console;
use snakelet_cross::Settings;
use snakelet_vm::print::{Out, PrintKind};
use snakelet_vm::{Config, Heap, Hosts, Input, Local, Raised, Stepped, Vm};

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

/// A script and where its expected output is.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// All scripts.
pub(crate) fn scripts() -> Vec<Script> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = find(&root.join("tests/scripts"), &[]);
    scripts.extend(find(&root.join("../../examples"), &["scripts"]));
    scripts
}

/// The scripts below a folder, by name. Helpers that scripts import lie in folders below the
/// topics.
fn find(folder: &Path, topics: &[&str]) -> Vec<Script> {
    let list = |dir: &Path| {
        let entries = fs::read_dir(dir).expect("the folder of scripts can be read");
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        paths.sort();
        paths
    };
    let mut scripts = Vec::new();
    let wanted =
        |p: &PathBuf| p.is_dir() && (topics.is_empty() || topics.iter().any(|t| p.ends_with(t)));
    for topic in list(folder).into_iter().filter(wanted) {
        for path in list(&topic) {
            if path.extension().is_some_and(|e| e == "py") {
                let name = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
                let name = name.to_string_lossy().replace('\\', "/");
                scripts.push(Script { name, path });
            }
        }
    }
    scripts
}

/// Goes to a folder for scripts that write files.
pub(crate) fn enter_scratch() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    fs::create_dir_all(&scratch).expect("the scratch folder can be made");
    env::set_current_dir(&scratch).expect("the scratch folder can be entered");
}

/// What is run.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Program<'a> {
    /// Source text.
    Text(&'a [u8]),
    /// A `.mpy` file, which is run where it lies.
    Mpy(&'static [u8]),
}

/// What the cross compiler makes of a script. It is not freed.
pub(crate) fn compiled(source: &[u8], name: &str) -> Result<&'static [u8], String> {
    let settings = Settings { name, cpython: true, ..Settings::default() };
    let mpy = snakelet_cross::compile(source, &settings).map_err(|error| error.to_string())?;
    Ok(mpy.leak())
}

/// How a script is run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it is.
    Plain,
    /// With a collection at each allocation.
    Stress,
    /// In steps of so many instructions, with a call on top of the suspended frames between them.
    Steps(u64),
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

impl Outcome {
    /// Whether the script ended well with the expected output.
    pub(crate) fn check(&self, expected: &[u8]) -> Result<(), String> {
        if let Some(damage) = &self.damage {
            return Err(damage.clone());
        }
        let errors = String::from_utf8_lossy(&self.errors);
        if self.output == expected {
            return if errors.is_empty() { Ok(()) } else { Err(errors.into_owned()) };
        }
        let output = String::from_utf8_lossy(&self.output).into_owned();
        let expected = String::from_utf8_lossy(expected).into_owned();
        let line = output.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
        Err(format!(
            "line {}: expected {:?}, got {:?}\n{errors}",
            line + 1,
            expected.lines().nth(line).unwrap_or("the end"),
            output.lines().nth(line).unwrap_or("the end"),
        ))
    }
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
    pub(crate) fn run(&mut self, path: &Path, program: Program<'_>, mode: Mode) -> Outcome {
        let heap = if mode == Mode::Stress { STRESS_HEAP } else { HEAP };
        let bytes = (heap + STACK_SLOTS * size_of::<usize>()).min(self.memory.len());
        let memory = &mut self.memory[..bytes];
        let console = NonNull::from(Box::leak(Box::<Capture>::default()));
        let clock = NonNull::from(Box::leak(Box::<StdClock>::default()));
        let files = NonNull::from(Box::leak(Box::<StdFiles>::default()));
        let entropy = NonNull::from(Box::leak(Box::<StdEntropy>::default()));
        let environment = NonNull::from(Box::leak(Box::<StdEnvironment>::default()));
        // SAFETY: the services are given up below, after the last use of the interpreter.
        let hosts = unsafe {
            Hosts {
                console: Some(&mut *console.as_ptr()),
                clock: Some(&mut *clock.as_ptr()),
                files: Some(&mut *files.as_ptr()),
                entropy: Some(&mut *entropy.as_ptr()),
                environment: Some(&mut *environment.as_ptr()),
                ..Hosts::default()
            }
        };
        let config = Config { stack_slots: STACK_SLOTS, hosts, ..Config::default() };
        // SAFETY: the interpreter is dropped before the memory is used again.
        let mut vm =
            unsafe { snakelet::new_vm(NonNull::from(memory), config) }.expect("enough memory");
        let mut outcome = Outcome::default();
        vm.set_fuel(Some(FUEL));
        match mode {
            Mode::Stress => vm.heap_mut().set_stress(true),
            Mode::Fail(nth) => vm.heap_mut().fail_after(Some(nth)),
            Mode::Plain | Mode::Steps(_) | Mode::FailAll => {}
        }
        if let Err(raised) = run(&mut vm, path, program, mode) {
            outcome.struck = !vm.heap_figure(Heap::fails_later);
            vm.heap_mut().fail_after(None);
            show(&mut vm, raised);
        }
        outcome.struck |= !vm.heap_figure(Heap::fails_later);
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
            drop(Box::from_raw(environment.as_ptr()));
        }
        outcome
    }
}

fn run(vm: &mut Vm, path: &Path, program: Program<'_>, mode: Mode) -> Result<(), Raised> {
    let folder = path.parent().map_or(String::new(), |p| p.to_string_lossy().into_owned());
    let name = path.file_name().map_or(String::new(), |p| p.to_string_lossy().into_owned());
    vm.set_path([folder.as_str(), ".frozen"])?;
    vm.set_argv([name.as_str()])?;
    let function = match program {
        Program::Text(source) => vm.compile_text(source, name.as_bytes(), Input::File)?,
        Program::Mpy(bytes) => vm.load_mpy_static(bytes)?,
    };
    let main = vm.main_dict();
    if let Mode::Steps(budget) = mode {
        let scope = vm.scope();
        vm.start_module(scope, function, main)?;
        return in_steps(vm, budget);
    }
    vm.run_module(function, main, Local::NULL).map(drop)
}

/// Slots of the stack for what is done between two steps.
const ROOM: usize = 64;

/// Makes the steps of a run to its end, with other work between them.
fn in_steps(vm: &mut Vm, budget: u64) -> Result<(), Raised> {
    let mut n: isize = 0;
    loop {
        match vm.step(budget)? {
            Stepped::Done(_, scope) => {
                vm.end_scope(scope);
                return Ok(());
            }
            Stepped::Suspended | Stepped::Idle(_) => {}
            Stepped::Pending => vm.answer(Local::NONE),
        }
        n += 1;
        // a script that has filled the stack leaves no room for other work
        if vm.locals_left() < ROOM {
            continue;
        }
        let scope = vm.scope();
        let number = vm.new_int(n)?;
        let text = vm.to_text(number, PrintKind::Str)?;
        assert!(vm.str_of(vm.value(text)).is_some());
        vm.end_scope(scope);
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
