//! What each native function and method of the interpreter costs: a table of the longest times between two polls
//! of the host, and of the time a step.
//!
//! Calls each with arguments that are small, large and hostile, and prints a line of tab-separated values for each
//! that took long: its name and the numbers of its arguments in `tests/natives/natives.py`, the longest time between
//! two polls and the whole time in milliseconds, the steps charged, and how much longer than a step of the loop a
//! step of it has taken. Fails if a gap is longer than 5 ms, or a step than 10 of the loop.
//!
//! `cargo run --release -p snakelet --example native_costs`
//!
//! This is a program and no test: times depend on the machine. Each is the least of some tries in time of this thread
//! alone. That natives poll while they work is tested without a clock in `tests/natives.rs`.

#![allow(unsafe_code)] // asks for the time of the thread
#![allow(clippy::expect_used, reason = "a measurement that cannot be made is none")]

#[path = "../tests/natives/driver.rs"]
mod driver;

use std::mem::MaybeUninit;
use std::time::Duration;

use driver::{Cost, cpu_time, drive};
use snakelet::Interpreter;

const MOST_GAP: Duration = Duration::from_millis(5);
const MOST_RATIO: f64 = 10.0;
/// Calls that took less are not compared: what surrounds them took as long.
const LEAST: Duration = Duration::from_millis(1);

fn main() -> std::process::ExitCode {
    let step = step_of_the_loop();
    println!("native\tgap\ttime\tsteps\tpolls\tratio");
    let ratio = |cost: &Cost| {
        let nanoseconds = cost.time.as_secs_f64() * 1e9 / cost.steps.max(1) as f64;
        if cost.time < LEAST { 0.0 } else { nanoseconds / step }
    };
    let is_outside = |cost: &Cost| cost.gap > MOST_GAP || ratio(cost) > MOST_RATIO;
    let mut failed = 0;
    let mut show = |cost: Cost| {
        if cost.time < LEAST {
            return;
        }
        let [gap, time] = [cost.gap, cost.time].map(|time| time.as_secs_f64() * 1e3);
        let (name, steps, polls, ratio) = (&cost.name, cost.steps, cost.polls, ratio(&cost));
        println!("{name}\t{gap:.2}\t{time:.2}\t{steps}\t{polls}\t{ratio:.1}");
        failed += u32::from(is_outside(&cost));
    };
    let natives = drive(&is_outside, &|_, _| true, &mut show);
    println!("{natives} natives, {failed} lines outside");
    if failed == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}

/// Nanoseconds of a step of the interpreter's loop: the least of some tries.
fn step_of_the_loop() -> f64 {
    let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let tries = (0..5).map(|_| {
        let begun = cpu_time();
        python.exec("def f():\n  for i in range(1000000): pass\nf()").expect("it works");
        cpu_time() - begun
    });
    tries.min().unwrap_or_default().as_secs_f64() * 1e3
}
