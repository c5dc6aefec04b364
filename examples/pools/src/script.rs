//! A script that runs while the cameras do.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use snakelet::{Interpreter, Memory};

use crate::failure::{Result, ensure, failed};

const SCRIPT: &str = include_str!("script.py");

/// What the script did.
pub(crate) struct Ran {
    pub(crate) result: String,
    pub(crate) rounds: u64,
    /// Bytes of the array that it kept.
    pub(crate) kept: usize,
    pub(crate) memory: Memory,
}

/// Runs the script over all parts of the heap until `done` is set.
pub(crate) fn run<'m>(heap: Vec<&'m mut [MaybeUninit<u8>]>, done: &'m AtomicBool) -> Result<Ran> {
    let kept = heap.iter().map(|part| part.len()).max().unwrap_or(0) / 4;
    let mut parts = heap.into_iter();
    let first = parts.next().ok_or_else(|| failed("the board has no heap"))?;
    let builder = Interpreter::builder(first);
    let mut python = parts.fold(builder, |builder, part| builder.region(part)).build()?;
    python.register("going", || !done.load(Ordering::Relaxed))?;
    python.set("room", kept)?;
    python.exec(SCRIPT)?;
    let (result, rounds): (String, u64) = (python.get("result")?, python.get("rounds")?);
    ensure(result == "95 primes below 500, the last one 499", || result.clone())?;
    let held: usize = python.eval("len(notes)")?;
    ensure(held == kept, || format!("the script kept {kept} bytes, not {held}"))?;
    Ok(Ran { result, rounds, kept, memory: python.memory() })
}

impl From<snakelet::Error> for crate::failure::Failure {
    fn from(error: snakelet::Error) -> Self {
        failed(format!("python: {error}"))
    }
}
