//! Runs every script of `tests/scripts/<topic>/*.py` as a test of its own: what it prints must be
//! what its `.exp` file holds. `verify_scripts.py` makes and checks those files with CPython.
//!
//! Environment:
//! - `SNAKELET_STRESS=1` collects, and moves whatever can be moved, at every allocation.
//! - `SNAKELET_STEPS=7` makes each script's run in steps of that budget.
//! - `SNAKELET_FAIL_NTH=all` lets the n-th allocation of a script fail, for growing n until the
//!   script no longer notices; a number lets just that one fail. A script must then print what is
//!   expected or stop with `MemoryError`, and the interpreter must go on working.
//! - `SNAKELET_IN_PLACE=1`, together with any of these, runs what the cross compiler makes of the
//!   scripts, where it lies, instead of their text.
//!
//! Arguments are those of Rust's test programs, as far as they make sense here.

#![allow(clippy::expect_used, reason = "a test program of its own says what is wrong and stops")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use support::{Mode, Program, Runner, Script};

/// What the command line asks for.
#[derive(Default)]
struct Request {
    filters: Vec<String>,
    skips: Vec<String>,
    exact: bool,
    list: bool,
    quiet: bool,
    threads: Option<usize>,
}

impl Request {
    fn parse() -> Self {
        let mut request = Self::default();
        let mut args = env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--exact" => request.exact = true,
                "--list" => request.list = true,
                "-q" | "--quiet" => request.quiet = true,
                "--skip" => request.skips.extend(args.next()),
                "--test-threads" => request.threads = args.next().and_then(|n| n.parse().ok()),
                _ if arg.starts_with("--test-threads=") => {
                    request.threads = arg.split('=').nth(1).and_then(|n| n.parse().ok());
                }
                "--format" | "--color" | "--logfile" | "-Z" => drop(args.next()),
                _ if arg.starts_with('-') => {}
                _ => request.filters.push(arg),
            }
        }
        request
    }

    fn wants(&self, name: &str) -> bool {
        let matches = |f: &String| if self.exact { name == f } else { name.contains(f.as_str()) };
        (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skips.iter().any(matches)
    }
}

/// Runs one script; what went wrong, if anything.
fn check(runner: &mut Runner, script: &Script, mode: Mode) -> Result<(), String> {
    let source = fs::read(&script.path).map_err(|e| e.to_string())?;
    let expected = fs::read(script.path.with_extension("exp"))
        .map_err(|e| format!("no expected output: {e}"))?;
    let program = if env::var("SNAKELET_IN_PLACE").is_ok_and(|on| on != "0") {
        let name = script.path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into());
        Program::Mpy(support::compiled(&source, &name)?)
    } else {
        Program::Text(&source)
    };
    match mode {
        Mode::Plain | Mode::Stress | Mode::Steps(_) => {
            let outcome = runner.run(script.path.as_path(), program, mode);
            outcome.check(&expected)
        }
        Mode::Fail(nth) => fail_at(runner, script, &source, program, &expected, nth).map(drop),
        Mode::FailAll => {
            let mut nth = 0;
            // each allocation at first, then an ever thinner sample of them
            while fail_at(runner, script, &source, program, &expected, nth)? {
                nth += 1 + nth / 16;
            }
            Ok(())
        }
    }
}

/// Lets allocation `nth` fail; whether the script got that far.
fn fail_at(
    runner: &mut Runner,
    script: &Script,
    source: &[u8],
    program: Program<'_>,
    expected: &[u8],
    nth: u64,
) -> Result<bool, String> {
    let outcome = runner.run(script.path.as_path(), program, Mode::Fail(nth));
    let at = |message: String| format!("when allocation {nth} fails: {message}");
    if let Some(damage) = &outcome.damage {
        return Err(at(damage.clone()));
    }
    if !outcome.struck {
        outcome.check(expected).map_err(at)?;
        return Ok(false);
    }
    // a handler of the script may have caught the error and said so
    let told = |bytes: &[u8]| bytes.windows(11).any(|w| w == b"MemoryError");
    if outcome.output != expected && !told(&outcome.errors) && !told(&outcome.output) {
        let soft = source.windows(14).any(|w| w == b"# hides errors");
        if !soft {
            return outcome.check(expected).map_err(at).map(|()| true);
        }
    }
    Ok(true)
}

fn mode() -> Mode {
    if let Ok(nth) = env::var("SNAKELET_FAIL_NTH") {
        return nth.parse().map_or(Mode::FailAll, Mode::Fail);
    }
    if let Some(budget) = env::var("SNAKELET_STEPS").ok().and_then(|n| n.parse().ok()) {
        return Mode::Steps(budget);
    }
    match env::var("SNAKELET_STRESS") {
        Ok(on) if on != "0" => Mode::Stress,
        _ => Mode::Plain,
    }
}

fn main() -> ExitCode {
    let request = Request::parse();
    let start = Instant::now();
    let scripts = support::scripts();
    let all = scripts.len();
    let scripts: Vec<Script> = scripts.into_iter().filter(|s| request.wants(&s.name)).collect();
    if request.list {
        for script in &scripts {
            println!("{}: test", script.name);
        }
        return ExitCode::SUCCESS;
    }
    support::enter_scratch();

    println!("\nrunning {} tests", scripts.len());
    let mode = mode();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(BTreeMap::new());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..request.threads.unwrap_or(cores).clamp(1, scripts.len().max(1)) {
            let work = || {
                let mut runner = Runner::new();
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result =
                        catch_unwind(AssertUnwindSafe(|| check(&mut runner, script, mode)))
                            .unwrap_or_else(|_| {
                                runner = Runner::new();
                                Err("panicked".to_string())
                            });
                    let word = if result.is_ok() { "ok" } else { "FAILED" };
                    if !request.quiet {
                        println!("test {} ... {word}", script.name);
                    }
                    if let Err(message) = result {
                        let mut failures = failures.lock().unwrap_or_else(|e| e.into_inner());
                        failures.insert(script.name.clone(), message);
                    }
                }
            };
            let builder = thread::Builder::new().stack_size(support::MACHINE_STACK);
            builder.spawn_scoped(scope, work).expect("a thread can be started");
        }
    });

    let failures = failures.into_inner().unwrap_or_else(|e| e.into_inner());
    if !failures.is_empty() {
        println!("\nfailures:");
        for (name, message) in &failures {
            println!("\n---- {name} ----\n{}", message.trim_end());
        }
        println!("\nfailures:");
        for name in failures.keys() {
            println!("    {name}");
        }
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out; \
         finished in {:.2}s\n",
        if failures.is_empty() { "ok" } else { "FAILED" },
        scripts.len() - failures.len(),
        failures.len(),
        all - scripts.len(),
        start.elapsed().as_secs_f64(),
    );
    ExitCode::from(u8::from(!failures.is_empty()))
}
