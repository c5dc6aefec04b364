//! Records requests, and replays them on one of two allocators, so that a profiler can count their
//! instructions.
//!
//! ```text
//! pool_trace record BYTES STEPS SEED           records steps in BYTES bytes of memory
//! pool_trace replay snakelet|rlsf BYTES        replays a recording from the standard input
//! pool_trace figures                           prints what each allocator cannot give
//! ```
//!
//! A recording has a line for each step: `allocate SIZE ALIGN`, `try SIZE ALIGN`, or `release BLOCK`, see
//! [`Step`]. A replay prints the numbers of the steps that it refuses. `benches/pool_instructions.py` replays under
//! callgrind, which writes a profile for each call of the functions `snakelet_allocate`,
//! `snakelet_release`, `rlsf_allocate` and `rlsf_release`, and makes a table.

use std::io::{self, Read};
use std::process::ExitCode;

use benches::pool::{Allocator, Recorder, Rlsf, Snakelet, Step, largest, refused_holes};

const USAGE: &str = "usage: pool_trace record BYTES STEPS SEED
       pool_trace replay snakelet|rlsf BYTES < RECORDING
       pool_trace figures";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match *args {
        ["record", bytes, steps, seed] => record(bytes, steps, seed),
        ["replay", "snakelet", bytes] => replay::<Snakelet>(bytes),
        ["replay", "rlsf", bytes] => replay::<Rlsf>(bytes),
        ["figures"] => {
            figures::<Snakelet>();
            figures::<Rlsf>();
            Some(())
        }
        _ => None,
    };
    if done.is_some() {
        return ExitCode::SUCCESS;
    }
    eprintln!("{USAGE}");
    ExitCode::FAILURE
}

/// Records steps; gives none if an argument is no number.
fn record(bytes: &str, steps: &str, seed: &str) -> Option<()> {
    let mut recorder = Recorder::new(bytes.parse().ok()?, seed.parse().ok()?);
    recorder.mix(steps.parse().ok()?);
    for step in recorder.into_steps() {
        println!("{step}");
    }
    Some(())
}

/// Replays steps; gives none if they are no recording.
fn replay<A: Allocator>(bytes: &str) -> Option<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).ok()?;
    let steps: Vec<Step> = text.lines().map(|line| line.parse().ok()).collect::<Option<_>>()?;
    let mut allocator = A::with(bytes.parse().ok()?);
    for (index, step) in steps.iter().enumerate() {
        if !step.replay(&mut allocator) {
            assert!(matches!(step, Step::Try(_)), "it was served when it was recorded: {step}");
            println!("{index}");
        }
    }
    Some(())
}

fn figures<A: Allocator>() {
    const HOLES: usize = 2000;
    let name = A::NAME;
    let refused = refused_holes::<A>(HOLES, 1);
    println!("{name}: {refused} of {HOLES} holes refuse the size that they were freed from");
    for kib in [160, 480, 4096] {
        let bytes = kib << 10;
        let percent = largest::<A>(bytes) as f64 * 100.0 / bytes as f64;
        println!("{name}: the largest block of {kib} KiB is {percent:.1} % of them");
    }
}
