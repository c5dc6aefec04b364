//! Runs every script of `tests/scripts/<topic>/*.py` as a test of its own: what it prints must be
//! what its `.exp` file holds. `verify_scripts.py` makes and checks those files with CPython.
//!
//! Environment:
//! - `SNAKELET_STRESS=1` collects, and moves whatever can be moved, at every allocation.
//! - `SNAKELET_FAIL_NTH=all` lets the n-th allocation of a script fail, for growing n until the
//!   script no longer notices; a number lets just that one fail. A script must then print what is
//!   expected or stop with `MemoryError`, and the interpreter must go on working.
//!
//! Arguments are those of Rust's test programs, as far as they make sense here.

#![allow(clippy::expect_used, reason = "a test program of its own says what is wrong and stops")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use support::{Mode, Outcome, Runner};

/// A script and where its expected output is.
struct Script {
    name: String,
    path: PathBuf,
}

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

/// Runs one script; what went wrong, if anything.
fn check(runner: &mut Runner, script: &Script, mode: Mode) -> Result<(), String> {
    let source = fs::read(&script.path).map_err(|e| e.to_string())?;
    let expected = fs::read(script.path.with_extension("exp"))
        .map_err(|e| format!("no expected output: {e}"))?;
    match mode {
        Mode::Plain | Mode::Stress => {
            let outcome = runner.run(script.path.as_path(), &source, mode);
            outcome.check(&expected)
        }
        Mode::Fail(nth) => fail_at(runner, script, &source, &expected, nth).map(drop),
        Mode::FailAll => {
            let mut nth = 0;
            // each allocation at first, then an ever thinner sample of them
            while fail_at(runner, script, &source, &expected, nth)? {
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
    expected: &[u8],
    nth: u64,
) -> Result<bool, String> {
    let outcome = runner.run(script.path.as_path(), source, Mode::Fail(nth));
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

impl Outcome {
    /// Whether the script ended well with the expected output.
    fn check(&self, expected: &[u8]) -> Result<(), String> {
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

fn mode() -> Mode {
    if let Ok(nth) = env::var("SNAKELET_FAIL_NTH") {
        return nth.parse().map_or(Mode::FailAll, Mode::Fail);
    }
    match env::var("SNAKELET_STRESS") {
        Ok(on) if on != "0" => Mode::Stress,
        _ => Mode::Plain,
    }
}

fn main() -> ExitCode {
    let request = Request::parse();
    let start = Instant::now();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = find(&root.join("tests/scripts"), &[]);
    scripts.extend(find(&root.join("../../examples"), &["scripts"]));
    let all = scripts.len();
    let scripts: Vec<Script> = scripts.into_iter().filter(|s| request.wants(&s.name)).collect();
    if request.list {
        for script in &scripts {
            println!("{}: test", script.name);
        }
        return ExitCode::SUCCESS;
    }
    // scripts that write files do it there
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scripts");
    fs::create_dir_all(&scratch).expect("the scratch folder can be made");
    env::set_current_dir(&scratch).expect("the scratch folder can be entered");

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
