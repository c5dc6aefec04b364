//! One interpreter and what is run in it.

use std::env;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use snakelet::source::{Source, SourceError};
use snakelet_vm::exception::classes::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use snakelet_vm::print::{Out, PrintKind};
use snakelet_vm::{Input, Local, NamesOf, Raised, Res, Vm};

use crate::host;
use crate::line::Line;
use crate::options::{Options, Program};
use crate::report::{Report, Style};

/// How a run ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Without an error.
    Done,
    /// With an exception, which was printed.
    Failed,
    /// With `KeyboardInterrupt`, which was printed.
    Interrupted,
    /// With `SystemExit` and this exit code.
    Exit(u8),
}

/// Exit code of a run that Ctrl-C ended, as shells have it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// The line that `--version` and the prompt show, in the form of MicroPython's, for which tools look.
pub(crate) fn banner() -> String {
    let [major, minor, micro] = snakelet_vm::COMPATIBLE;
    format!(
        "MicroPython v{major}.{minor}.{micro}; Snakelet v{} on {} [{}] version",
        env!("CARGO_PKG_VERSION"),
        env::consts::OS,
        env::consts::ARCH
    )
}

/// An interpreter set up as the command line says.
pub(crate) struct Session {
    vm: Vm,
    /// Interrupts what runs.
    pressed: Arc<AtomicBool>,
    /// The line to tools, if there is one.
    line: Option<Arc<Line>>,
    /// What was set up, for a fresh start.
    options: Options,
    report: Report,
    compile_only: bool,
    verbose: bool,
}

/// A script that is read as it is compiled.
struct FileSource(File);

impl Source for FileSource {
    fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError> {
        self.0.seek(SeekFrom::Start(u64::from(offset))).map_err(|_| SourceError)?;
        let mut done = 0;
        while let Some(rest) = buf.get_mut(done..).filter(|r| !r.is_empty()) {
            match self.0.read(rest).map_err(|_| SourceError)? {
                0 => break,
                n => done += n,
            }
        }
        Ok(done)
    }
}

/// What `sys.path` holds after its first entry when `MICROPYPATH` is not set.
const DEFAULT_PATH: &str = ".frozen:~/.micropython/lib:/usr/lib/micropython";

impl Session {
    /// Makes the interpreter; `None` if the heap is too small.
    pub(crate) fn new(options: &Options, line: Option<Arc<Line>>) -> Option<Self> {
        let (vm, pressed) = host::make(options.heap, line.clone())?;
        let style = match line {
            // what tools read of an error is MicroPython's text
            Some(_) => options.report.unwrap_or(Style::Tool),
            None => options.report.unwrap_or_else(Style::of_standard_error),
        };
        let mut session = Self {
            vm,
            pressed,
            line,
            options: options.clone(),
            report: Report::new(style),
            compile_only: options.compile_only,
            verbose: options.verbose > 0,
        };
        // a prompt is one long call
        session.vm.keep_gc_settings(true);
        session.set_up().ok()?;
        Some(session)
    }

    /// Gives up all that scripts have made, and starts afresh in the same memory.
    pub(crate) fn restart(&mut self) {
        let last = self.call(|vm| vm.run_at_exit().map(|()| Local::NONE));
        // a second attempt finds what the first one has freed
        if self.vm.reset().and_then(|()| self.set_up()).is_err() {
            let _ = self.vm.reset().and_then(|()| self.set_up());
        }
        let _ = last;
    }

    /// The line to tools, if there is one.
    pub(crate) fn line(&self) -> Option<&Arc<Line>> {
        self.line.as_ref()
    }

    /// The flag that interrupts what runs.
    pub(crate) fn pressed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.pressed)
    }

    /// Whether a script or the environment has set `MICROPYINSPECT`.
    pub(crate) fn asks_for_prompt(&mut self) -> bool {
        let mut asks = env::var("MICROPYINSPECT").is_ok_and(|value| !value.is_empty());
        let call = b"bool(__import__('os').getenv('MICROPYINSPECT'))";
        self.vm.host_call(|vm| {
            let answer = vm
                .compile_text(call, b"<stdin>", Input::Eval)
                .and_then(|function| run_main(vm, function));
            match answer {
                Ok(answer) => asks = vm.value(answer).as_bool() == Some(true),
                Err(raised) => {
                    let _ = vm.take_raised(raised);
                    vm.clear_stop();
                }
            }
        });
        asks
    }

    /// `sys.ps1` or `sys.ps2`; nothing if that is no text.
    pub(crate) fn prompt(&mut self, first: bool) -> String {
        let mut prompt = String::new();
        self.vm.host_call(|vm| {
            let name: &[u8] = if first { b"ps1" } else { b"ps2" };
            let value = vm
                .import_module(b"sys")
                .and_then(|module| vm.intern(name).and_then(|name| vm.get_attr(module, name)));
            match value {
                Ok(value) => prompt.push_str(&String::from_utf8_lossy(
                    vm.str_of(vm.value(value)).unwrap_or_default(),
                )),
                Err(raised) => drop(vm.take_raised(raised)),
            }
        });
        prompt
    }

    /// Calls `each` with names, for one that is being typed.
    pub(crate) fn names(&mut self, of: NamesOf<'_>, each: &mut dyn FnMut(&str)) {
        self.vm.host_call(|vm| {
            if let Err(raised) = vm.for_names(of, each) {
                let _ = vm.take_raised(raised);
                vm.clear_stop();
            }
        });
    }

    /// Fills `sys.path` and `sys.argv`.
    fn set_up(&mut self) -> Result<(), Raised> {
        let options = self.options.clone();
        self.vm.set_opt_level(options.optimisation);
        self.vm.set_verbose(options.verbose);
        let given = env::var("MICROPYPATH").unwrap_or_else(|_| DEFAULT_PATH.to_string());
        let given = given.strip_prefix(':').unwrap_or(&given);
        let home = env::var("HOME").ok();
        let mut path = vec![String::new()];
        if !given.is_empty() {
            path.extend(given.split(':').map(|entry| match (entry.strip_prefix("~/"), &home) {
                (Some(rest), Some(home)) => format!("{home}/{rest}"),
                _ => entry.to_string(),
            }));
        }
        self.vm.set_path(path)?;
        self.vm.set_argv(&options.argv)?;
        if let Ok(path) = env::current_exe() {
            self.set_in_sys("executable", &path.to_string_lossy())?;
        }
        if options.program == Program::Input {
            set_file(&mut self.vm, "<stdin>")?;
        }
        Ok(())
    }

    fn set_in_sys(&mut self, name: &str, text: &str) -> Result<(), Raised> {
        let scope = self.vm.scope();
        let text = self.vm.new_str(text.as_bytes())?;
        let name = self.vm.intern(name.as_bytes())?;
        self.vm.set_in_module(b"sys", name, text)?;
        self.vm.end_scope(scope);
        Ok(())
    }

    /// Sets the first entry of `sys.path`: the folder of the script.
    pub(crate) fn set_first_path(&mut self, folder: &str) {
        let vm = &mut self.vm;
        let scope = vm.scope();
        if let (Ok(path), Ok(folder)) = (vm.sys_path(), vm.new_str(folder.as_bytes())) {
            vm.list_set(path, 0, vm.value(folder));
        }
        vm.end_scope(scope);
    }

    /// Compiles a module and runs it as `__main__`.
    fn run_source(&mut self, source: &mut dyn Source, name: &str) -> End {
        let compile_only = self.compile_only;
        self.call(|vm| {
            set_file(vm, name)?;
            let function = vm.compile_source(source, name.as_bytes(), Input::File)?;
            if compile_only { Ok(Local::NONE) } else { run_main(vm, function) }
        })
    }

    /// Does a piece of work from which nothing is left behind but what it has done, and tells how it ended.
    fn call(&mut self, work: impl FnOnce(&mut Vm) -> Res) -> End {
        self.call_and(work, &mut || {})
    }

    /// As `call`, with something to do between the work and the report of its error.
    fn call_and(&mut self, work: impl FnOnce(&mut Vm) -> Res, between: &mut dyn FnMut()) -> End {
        let report = &self.report;
        let end = self.vm.host_call(|vm| {
            let result = work(vm);
            vm.flush();
            between();
            end(vm, result, report)
        });
        self.vm.flush();
        end
    }

    /// Runs a file: Python source, or bytecode if its name ends in `.mpy`.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(crate) fn run_file(&mut self, path: &str) -> io::Result<End> {
        let mut file = File::open(path)?;
        if file.metadata()?.is_dir() {
            const EISDIR: i32 = 21;
            return Err(io::Error::from_raw_os_error(EISDIR));
        }
        if !path.ends_with(".mpy") {
            return Ok(self.run_source(&mut FileSource(file), path));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(self.call(|vm| {
            set_file(vm, path)?;
            let function = vm.load_mpy_bytes(&bytes)?;
            run_main(vm, function)
        }))
    }

    /// Runs a text as a module.
    pub(crate) fn run_text(&mut self, text: &[u8], name: &str) -> End {
        self.report.set_typed(text);
        let mut source = text;
        self.run_source(&mut source, name)
    }

    /// Runs a statement or the text of a module that came from a prompt; `between` is called when it has ended, and
    /// its error was not reported yet.
    pub(crate) fn run_typed(
        &mut self,
        text: &[u8],
        input: Input,
        between: &mut dyn FnMut(),
    ) -> End {
        self.report.set_typed(text);
        self.pressed.store(false, Ordering::Relaxed);
        self.call_and(
            |vm| {
                let function = vm.compile_text(text, b"<stdin>", input)?;
                run_main(vm, function)
            },
            between,
        )
    }

    /// Reports an exception that kept a text from being run.
    pub(crate) fn refuse(&mut self, exception: &str, between: &mut dyn FnMut()) -> End {
        self.call_and(
            |vm| match vm.builtin_exception(exception) {
                Some(class) => Err(vm.raise_no_args(class)),
                None => Ok(Local::NONE),
            },
            between,
        )
    }

    /// Imports a module as `__main__`; of a package, its `__main__` module too.
    pub(crate) fn run_import(&mut self, name: &str) -> End {
        self.call(|vm| vm.import_main(name.as_bytes()))
    }

    /// Calls what `sys.atexit` was given, and tells the process's exit code.
    pub(crate) fn finish(mut self, end: End) -> u8 {
        let last = self.call(|vm| vm.run_at_exit().map(|()| Local::NONE));
        if self.verbose {
            self.vm.set_verbose(0);
            let call = b"__import__('micropython').mem_info()";
            self.call(|vm| {
                let function = vm.compile_text(call, b"<stdin>", Input::Eval)?;
                run_main(vm, function)
            });
        }
        self.vm.flush();
        match (end, last) {
            (End::Exit(code), _) | (End::Done, End::Exit(code)) => code,
            (End::Interrupted, _) | (End::Done, End::Interrupted) => INTERRUPTED,
            (End::Done, End::Done) => 0,
            _ => 1,
        }
    }
}

/// Sets `__file__` of `__main__`.
fn set_file(vm: &mut Vm, name: &str) -> Result<(), Raised> {
    let scope = vm.scope();
    let main = vm.main_dict();
    let key = vm.intern(b"__file__")?;
    let name = vm.new_str(name.as_bytes())?;
    vm.dict_set_name(main, key, name)?;
    vm.end_scope(scope);
    Ok(())
}

/// Runs a module as `__main__`.
fn run_main(vm: &mut Vm, function: Local) -> Res {
    let main = vm.main_dict();
    vm.run_module(function, main, Local::NULL)
}

/// Tells how a run ended, and prints the exception that ended it.
fn end(vm: &mut Vm, result: Res, report: &Report) -> End {
    let Err(raised) = result else { return End::Done };
    let Ok(exception) = vm.take_raised(raised) else {
        vm.clear_stop();
        return End::Failed;
    };
    if vm.is_instance_of(vm.value(exception), &SYSTEM_EXIT) {
        return End::Exit(exit_code(vm, exception));
    }
    if let Err(raised) = report.print(vm, exception) {
        // its message cannot be made; say at least what it was
        let _ = vm.take_raised(raised);
        let name = vm.type_name_of(exception);
        let _ = vm.emit_name(Out::Error, name);
        let _ = vm.emit(Out::Error, b"\n");
    }
    if vm.is_instance_of(vm.value(exception), &KEYBOARD_INTERRUPT) {
        return End::Interrupted;
    }
    End::Failed
}

/// `None` is 0, an int its low byte; anything else is printed, and is 1.
fn exit_code(vm: &mut Vm, exception: Local) -> u8 {
    let code = vm.intern(b"code").and_then(|name| vm.get_attr(vm.native_part(exception), name));
    let Ok(code) = code else { return 1 };
    let value = vm.value(code);
    if value.is_none() {
        return 0;
    }
    if let Some(n) = value.as_small_int() {
        return n as u8;
    }
    if value.as_bool().is_none() {
        let printed = vm.print(code, Out::Error, PrintKind::Str);
        if let Err(raised) = printed.and_then(|()| vm.emit(Out::Error, b"\n")) {
            let _ = vm.take_raised(raised);
        }
    }
    1
}
