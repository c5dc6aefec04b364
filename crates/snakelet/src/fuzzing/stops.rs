//! Programs made at random, which the host stops at a moment made at random.

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::cell::Cell;
#[cfg(test)]
use std::vec;

use super::programs::{Choices, program};
use crate::{Error, Interpreter, Step};
use snakelet_vm::host::{Interrupt, Wish};

/// Memory of an interpreter.
pub(super) const MEMORY: usize = 256 << 10;
/// Steps after which a program is stopped if nothing else has done so.
const FUEL: u64 = 60_000;

/// Answers a wish at a poll, and at all later ones until it is called off.
struct Late<'c> {
    count: &'c Count,
    after: u64,
    wish: Wish,
}

/// Polls so far; none of them has an effect when it is called off.
#[derive(Default)]
struct Count {
    polls: AtomicU64,
    is_off: AtomicBool,
}

impl Interrupt for Late<'_> {
    fn poll(&mut self) -> Wish {
        let before = self.count.polls.fetch_add(1, Ordering::Relaxed);
        let is_off = self.count.is_off.load(Ordering::Relaxed);
        if before < self.after || is_off { Wish::Continue } else { self.wish }
    }
}

std::thread_local! {
    /// How often somebody has looked at the clock.
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

fn looks() -> Duration {
    LOOKS.set(LOOKS.get() + 1);
    Duration::from_secs(LOOKS.get())
}

/// How a program is stopped.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum By {
    Hook,
    Keyboard,
    Deadline,
    Fuel,
    Budget,
    /// It is given up between two steps.
    Drop,
}

/// Runs a program, stops it, and checks that it was left at once and has left nothing behind.
///
/// # Panics
/// If the interpreter is of no more use afterwards.
pub(super) fn stop(memory: &mut [MaybeUninit<u8>], choices: &mut dyn Choices) {
    let ways =
        [By::Hook, By::Hook, By::Hook, By::Keyboard, By::Deadline, By::Fuel, By::Budget, By::Drop];
    let by = ways.get(choices.below(ways.len())).copied().unwrap_or(By::Hook);
    let after = choices.below(64) as u64;
    let text = program(choices);
    let wish = match by {
        By::Hook => Wish::Stop,
        By::Keyboard => Wish::Interrupt,
        _ => Wish::Continue,
    };
    let count = Count::default();
    let mut hook = Late { count: &count, after, wish };
    let mut builder = Interpreter::builder(memory).interrupt(&mut hook).fuel(FUEL);
    match by {
        By::Fuel => builder = builder.fuel(997 * after),
        By::Budget => builder = builder.allocation_budget(1013 * after),
        By::Deadline => builder = builder.deadline(looks, Duration::from_secs(after)),
        _ => {}
    }
    let Ok(mut python) = builder.build() else { return };
    let result = match by {
        By::Drop => give_up(&mut python, &text, after),
        _ => python.exec(&text),
    };
    match &result {
        Err(Error::Deadline) => assert_eq!(by, By::Deadline, "{text}"),
        Err(Error::AllocationBudget) => assert_eq!(by, By::Budget, "{text}"),
        Err(Error::ForeignHandle | Error::Memory) => assert!(result.is_ok(), "{text}"),
        _ => {}
    }
    if by == By::Hook {
        // it is not asked again when it has asked for a stop
        let polls = count.polls.load(Ordering::Relaxed);
        assert!(polls <= after + 1, "{polls} polls, a stop after {after}: {text}");
    }
    drop(result);
    assert!(python.is_sound(), "{text}");
    count.is_off.store(true, Ordering::Relaxed);
    python.set_fuel(None);
    python.set_allocation_budget(None);
    python.clear_deadline();
    let usable = python.exec(PROBE);
    if let Err(error) = usable {
        // what lives may fill the heap; the host can free it
        let class = error.exception().map(|exception| exception.class());
        assert_eq!(class, Some("MemoryError"), "{error} after {text}");
        drop(error);
        assert!(python.reset().is_ok(), "{text}");
        assert!(python.exec(PROBE).is_ok(), "{text}");
    }
    python.collect();
    assert!(python.is_sound(), "{text}");
}

/// What an interpreter can do that is of use.
const PROBE: &str = "
import gc, micropython
assert gc.isenabled() and micropython.heap_locked() == 0
def probe(n): return [i * i for i in range(n)]
assert sum(probe(10)) == 285
";

/// Runs a program in some steps and gives it up.
fn give_up(python: &mut Interpreter<'_>, text: &str, steps: u64) -> Result<(), Error> {
    let mut run = python.start(text)?;
    for _ in 0..steps {
        match run.step(100)? {
            Step::Suspended(next) => run = next,
            _ => break,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::programs::Seeded;
    use super::*;

    /// Programs that are tried, unless this variable says how many.
    const PROGRAMS: u64 = 2_000;
    const VARIABLE: &str = "SNAKELET_PROGRAMS";

    #[test]
    fn a_program_that_is_stopped_anywhere_leaves_the_interpreter_usable() {
        let programs = std::env::var(VARIABLE).ok().and_then(|n| n.parse().ok());
        let mut memory = vec![MaybeUninit::uninit(); MEMORY];
        for seed in 0..programs.unwrap_or(PROGRAMS) {
            stop(&mut memory, &mut Seeded::new(seed));
        }
    }

    #[test]
    fn programs_made_at_random_are_programs() {
        let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
        let mut python = Interpreter::builder(&mut memory).build().unwrap();
        for seed in 0..1000 {
            let text = program(&mut Seeded::new(seed));
            let refused = python.start(&text).map(drop);
            let is_syntax = |e: &Error| e.exception().is_some_and(|e| e.class() == "SyntaxError");
            if let Err(error) = refused {
                assert!(!is_syntax(&error), "{error}: {text}");
            }
        }
    }
}
