//! What the benchmark groups share: interpreters to measure, and workloads found by folder.
//!
//! A workload is a Python file under `workloads/<group>/`; the file's name is the last part of
//! the benchmark's id. Those of `vm` define `run()` and `RESULT`, which is what `run()` must
//! return.

pub mod pool;

use std::fs;
use std::mem::MaybeUninit;
use std::path::Path;
use std::ptr::NonNull;

use snakelet::host::Hosts;
use snakelet_cross::Settings;
use snakelet_vm::{Config, Input, Local, Res, Vm};

/// A Python file to measure with.
pub struct Workload {
    /// Name without `.py`.
    pub name: String,
    /// The source text.
    pub text: Vec<u8>,
}

impl Workload {
    /// The workload as a `.mpy` file, which is never freed.
    ///
    /// # Panics
    /// If it does not compile.
    #[must_use]
    #[expect(clippy::expect_used, reason = "workloads compile")]
    pub fn compiled(&self) -> &'static [u8] {
        let settings = Settings { name: "workload", ..Settings::default() };
        snakelet_cross::compile(&self.text, &settings).expect("the workload compiles").leak()
    }
}

/// The workloads of a group, by name.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
#[expect(clippy::expect_used, reason = "a benchmark without its workloads is of no use")]
pub fn workloads(group: &str) -> Vec<Workload> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads").join(group);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of workloads") {
        let path = entry.expect("an entry of the folder").path();
        if path.extension().is_some_and(|e| e == "py") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push(Workload { name, text: fs::read(&path).expect("a workload") });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// An interpreter with memory of its own.
pub struct Bench {
    /// The interpreter.
    pub vm: Vm,
    /// Behind it, so that it is dropped later.
    _memory: Vec<MaybeUninit<u8>>,
}

impl Bench {
    /// Makes an interpreter with so many bytes of memory.
    ///
    /// # Panics
    /// If the memory is too small.
    #[must_use]
    #[expect(unsafe_code, reason = "hands memory to the interpreter")]
    #[expect(clippy::expect_used, reason = "all sizes here suffice")]
    pub fn new(bytes: usize) -> Self {
        let mut memory = vec![MaybeUninit::uninit(); bytes];
        let config = Config { hosts: Hosts::default(), ..Config::default() };
        // SAFETY: the memory is used by this interpreter alone, and dropped after it.
        let vm = unsafe { snakelet::new_vm(NonNull::from(&mut memory[..]), config) };
        Bench { vm: vm.expect("enough memory"), _memory: memory }
    }

    /// Compiles a text, to be run with [`Bench::run`].
    ///
    /// # Panics
    /// If it does not compile.
    #[expect(clippy::expect_used, reason = "workloads compile")]
    pub fn compile(&mut self, text: &[u8], input: Input) -> Local {
        self.vm.compile_text(text, b"workload", input).expect("the workload compiles")
    }

    /// Loads what was compiled before, to be run with [`Bench::run`].
    ///
    /// # Panics
    /// If that fails.
    #[expect(clippy::expect_used, reason = "workloads load")]
    pub fn load(&mut self, load: impl FnOnce(&mut Vm) -> Res) -> Local {
        load(&mut self.vm).expect("the workload loads")
    }

    /// Runs compiled text in `__main__` and gives its value.
    ///
    /// # Panics
    /// If it raises.
    #[expect(clippy::expect_used, reason = "workloads do not raise")]
    pub fn run(&mut self, function: Local) -> Local {
        let main = self.vm.main_dict();
        self.vm.run_module(function, main, Local::NULL).expect("the workload succeeds")
    }

    /// Compiles and runs a text.
    ///
    /// # Panics
    /// If it does not compile, or raises.
    pub fn exec(&mut self, text: &[u8]) {
        let scope = self.vm.scope();
        let function = self.compile(text, Input::File);
        self.run(function);
        self.vm.end_scope(scope);
    }

    /// Runs the definitions of a workload of group `vm`, checks its result once, and gives what
    /// calls its `run()`.
    ///
    /// # Panics
    /// If the result is wrong.
    pub fn prepare(&mut self, workload: &Workload) -> Local {
        self.exec(&workload.text);
        self.exec(b"assert run() == RESULT, run()");
        self.compile(b"run()", Input::Eval)
    }
}
