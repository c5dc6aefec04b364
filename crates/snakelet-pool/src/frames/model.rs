//! Words of the model checker, right ones and ones that are wrong on purpose, and its start.
//!
//! The checker runs a test again and again, each time with another interleaving of its threads at
//! their accesses to these words. It takes all accesses as sequentially consistent; weaker orders
//! are left to Miri.

use core::cell::Cell;
use core::sync::atomic::Ordering;
use std::boxed::Box;
use std::panic::{self, AssertUnwindSafe};
use std::string::String;
use std::sync::Once;

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::sync::atomic::AtomicU32;
use shuttle::{Config, FailurePersistence, Runner, current};

use super::slots::{FILL, FREE, HELD, READY, tag};
use super::word::Word;

/// No fault.
pub(crate) const NONE: u8 = 0;
/// The consumer holds a slot by a mere store.
pub(crate) const NO_EXCHANGE_IN_ACQUIRE: u8 = 1;
/// The producer takes a slot by a mere store.
pub(crate) const NO_EXCHANGE_IN_TAKE: u8 = 2;
/// A slot that is filled anew stays in its generation.
pub(crate) const SAME_GENERATION: u8 = 3;
/// The producer takes held slots for free ones.
pub(crate) const TAKES_HELD: u8 = 4;

/// A word whose accesses the model checker interleaves, with a fault.
pub(crate) struct Checked<const FAULT: u8 = NONE>(AtomicU32);

impl<const FAULT: u8> Checked<FAULT> {
    pub(crate) fn new(value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    /// Whether this is a thread that the test spawned; the consumer is the one that starts.
    fn is_producer() -> bool {
        usize::from(current::me()) != 0
    }
}

impl<const FAULT: u8> Word for Checked<FAULT> {
    fn load(&self, order: Ordering) -> u32 {
        let word = self.0.load(order);
        if FAULT == TAKES_HELD && tag(word) == HELD && Self::is_producer() {
            return (word & !HELD) | FREE;
        }
        word
    }

    fn store(&self, value: u32, order: Ordering) {
        self.0.store(value, order);
    }

    fn compare_exchange(
        &self,
        current: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        let stores = match FAULT {
            NO_EXCHANGE_IN_ACQUIRE => (tag(current), tag(new)) == (READY, HELD),
            NO_EXCHANGE_IN_TAKE => tag(new) == FILL,
            _ => false,
        };
        if stores {
            self.0.store(new, success);
            return Ok(current);
        }
        let new = match tag(new) {
            FILL if FAULT == SAME_GENERATION => (current & !HELD) | FILL,
            _ => new,
        };
        let exchanged = self.0.compare_exchange(current, new, success, failure);
        if FAULT == TAKES_HELD && tag(new) == FILL && exchanged == Err(current | HELD) {
            return self.0.compare_exchange(current | HELD, new, success, failure);
        }
        exchanged
    }
}

/// Which interleavings are run.
#[derive(Clone, Copy)]
pub(crate) enum Schedules {
    /// All of them; more than the number is a failure.
    All(usize),
    /// So many by chance, then as many with few changes of thread at unlikely places.
    Some(usize),
}

/// Runs the test and gives the number of interleavings.
pub(crate) fn explore(
    schedules: Schedules,
    test: impl Fn() + Clone + Send + Sync + 'static,
) -> usize {
    const SEED: u64 = 0x5EED;
    let run = |scheduler: Box<dyn Scheduler + Send>| {
        let mut config = Config::new();
        config.silence_warnings = true;
        if SILENT.get() {
            config.failure_persistence = FailurePersistence::None;
        }
        Runner::new(scheduler, config).run(test.clone())
    };
    match schedules {
        Schedules::All(most) => {
            let count = run(Box::new(DfsScheduler::new(Some(most), false)));
            assert!(count < most, "more than {most} interleavings");
            count
        }
        Schedules::Some(count) => {
            run(Box::new(RandomScheduler::new_from_seed(SEED, count)))
                + run(Box::new(PctScheduler::new_from_seed(SEED, 4, count)))
        }
    }
}

std::thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Asserts that the test fails in some interleaving, with one of these messages; prints neither.
pub(crate) fn assert_fails(
    messages: &[&str],
    schedules: Schedules,
    test: impl Fn() + Clone + Send + Sync + 'static,
) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // let the checker put its own hook, which prints the interleaving, below this one
        explore(Schedules::Some(1), || {});
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                before(info);
            }
        }));
    });
    SILENT.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| explore(schedules, test)));
    SILENT.set(false);
    let panic = outcome.expect_err("no interleaving shows the fault");
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.expect("a panic with a text");
    assert!(messages.iter().any(|message| text.contains(message)), "another fault: {text}");
}
