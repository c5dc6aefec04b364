//! Programs of every kind that has once taken too long, or brought the host down: each ends as it should, on a thread
//! whose stack has 2 MiB, under a watchdog; and each ends at once when the host asks for it half-way.
//!
//! No clock is looked at: a program is done within its fuel, is stopped by it, or fails. That a step is not long is
//! measured by `examples/native_costs.rs` and `examples/stop_latency.rs`, that work is charged in proportion is tested in
//! `charges.rs`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "endings/programs.rs"]
mod programs;

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use snakelet::host::{Interrupt, Wish};
use snakelet::{Error, Interpreter};

use programs::{Ending, Program};

/// Steps that each program is granted.
const FUEL: u64 = 1_000_000;
/// Steps that may be charged at once, on average.
const MOST_STEPS_A_POLL: u64 = 80_000;
/// How long the watchdog waits for one program, which takes about a second in the slowest build.
const PATIENCE: Duration = Duration::from_secs(100);
/// Bytes of memory of each interpreter.
const MEMORY: usize = 32 << 20;

/// Counts polls, and asks for a stop from one of them on.
struct Counting<'c> {
    polls: &'c AtomicU64,
    stop_at: &'c AtomicU64,
}

impl Interrupt for Counting<'_> {
    fn poll(&mut self) -> Wish {
        let poll = self.polls.fetch_add(1, Ordering::Relaxed) + 1;
        if poll < self.stop_at.load(Ordering::Relaxed) { Wish::Continue } else { Wish::Stop }
    }
}

/// How a program has ended, with the steps and the polls that it has taken.
#[derive(Debug)]
struct Run {
    result: Result<(), Error>,
    steps: u64,
    polls: u64,
}

/// Runs a program; the host asks for a stop from so many polls on.
fn run(program: &Program, stop_at: u64) -> Run {
    let (polls, at) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let mut hook = Counting { polls: &polls, stop_at: &at };
    let mut memory = vec![MaybeUninit::uninit(); MEMORY];
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.compile_budget(16 << 20).build().expect("enough memory");
    python.exec(program.setup).expect(program.setup);
    python.set_fuel(Some(FUEL));
    polls.store(0, Ordering::Relaxed);
    at.store(stop_at, Ordering::Relaxed);
    let result = python.exec(program.work);
    let polls = polls.load(Ordering::Relaxed);
    let steps = FUEL - python.fuel().expect("it is limited");
    at.store(u64::MAX, Ordering::Relaxed);
    python.set_fuel(None);
    assert_eq!(python.eval::<i64>("sum([1, 2, 3])").expect("it is usable"), 6);
    assert!(python.is_sound(), "{}", program.work);
    Run { result, steps, polls }
}

/// Runs a program to its end, and once more to the middle; tells what was wrong with that.
fn wrong_with(program: &Program) -> Option<String> {
    let whole = run(program, u64::MAX);
    let is_right = match (program.ending, &whole.result) {
        (Ending::Done, result) => result.is_ok(),
        (Ending::OutOfFuel, Err(Error::Stopped)) => whole.steps == FUEL,
        (Ending::Raises(text), Err(error)) => error.to_string().starts_with(text),
        _ => false,
    };
    if !is_right || whole.polls < whole.steps / MOST_STEPS_A_POLL {
        return Some(format!("{whole:?}"));
    }
    if whole.polls < 2 {
        return None;
    }
    let stop_at = whole.polls / 2;
    let half = run(program, stop_at);
    // what is under way may ask once more whether it is to end
    let is_prompt = half.polls <= stop_at + 1 && half.steps <= whole.steps + 8192;
    let is_stopped = matches!(half.result, Err(Error::Stopped));
    (!is_prompt || !is_stopped).then(|| format!("asked to stop at poll {stop_at}: {half:?}"))
}

/// Runs all programs, each under the watchdog.
fn check(programs: &'static [Program]) {
    let (sender, receiver) = mpsc::channel();
    let work = move || {
        for program in programs {
            sender.send(wrong_with(program)).expect("somebody waits");
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    let mut wrong = Vec::new();
    for Program { setup, work, .. } in programs {
        match receiver.recv_timeout(PATIENCE) {
            Ok(None) => {}
            Ok(Some(what)) => wrong.push(format!("{setup}\n{work}\n  {what}")),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{setup}\n{work}\n  does not end"),
            // the thread has panicked, which tells more
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn structures_that_hold_an_object_twice() {
    check(programs::DOUBLED);
}

#[test]
fn structures_that_are_deep() {
    check(programs::DEEP);
}

#[test]
fn keys_that_collide() {
    check(programs::COLLIDING);
}

#[test]
fn texts_and_buffers() {
    check(programs::TEXTS);
}

#[test]
fn numbers() {
    check(programs::NUMBERS);
}

#[test]
fn containers() {
    check(programs::CONTAINERS);
}

#[test]
fn classes_and_attributes() {
    check(programs::CLASSES);
}

#[test]
fn sources() {
    check(programs::SOURCES);
}

#[test]
fn full_heaps_and_collections() {
    check(programs::MEMORY);
}
