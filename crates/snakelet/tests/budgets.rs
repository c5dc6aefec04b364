//! Deadlines, budgets of allocation, and what is reported of both.

#![allow(clippy::panic, reason = "a script that ends otherwise fails its test")]

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use snakelet::host::{Interrupt, Wish};
use snakelet::{Context, Error, Interpreter, Step, desktop};

thread_local! {
    static TIME: Cell<u64> = const { Cell::new(0) };
}

/// A clock that goes on by a millisecond whenever somebody looks at it.
fn ticking() -> Duration {
    TIME.set(TIME.get() + 1);
    Duration::from_millis(TIME.get())
}

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 4 << 20]
}

/// Scripts that go on for ever unless they are stopped, and would like to go on then.
const ENDLESS: &[&str] = &[
    "while True: pass",
    "while True:\n  try:\n    while True: pass\n  except: pass\n  finally: caught.append(1)",
    "def f(): return f()\nwhile True:\n  try: f()\n  except RuntimeError: pass",
    "while True: sorted(range(5000, 0, -1), key=lambda n: -n)",
    "while True: [1] * 10000",
    "while True: 'abc' in 'ab' * 20000",
    "while True: exec('x = 1\\n' * 100)",
    "class A:\n  def __del__(self):\n    while True: pass\nwhile True: A()",
    "def g():\n  try:\n    while True: yield 1\n  finally: caught.append(1)\nfor x in g(): pass",
    "class C:\n  def __enter__(s): pass\n  def __exit__(s, *e): caught.append(1)\nwith C():\n  while True: pass",
    "import time\nwhile True: time.sleep(0.001)",
    "L = []\nwhile True:\n  try:\n    while True: L.append([])\n  except MemoryError: pass",
];

#[test]
fn a_deadline_stops_whatever_a_script_does() {
    let mut memory = memory();
    for script in ENDLESS {
        let builder =
            Interpreter::builder(&mut memory).deadline(ticking, Duration::from_millis(20));
        let mut python = builder.build().expect("enough memory");
        python.exec("caught = []").expect("there is time");
        let error = python.exec(script).expect_err(script);
        assert!(matches!(error, Error::Deadline), "{script}: {error}");
        // it has passed for later calls, too
        let error = python.exec("x = 1\nfor i in range(9): pass").expect_err(script);
        assert!(matches!(error, Error::Deadline), "{script}: {error}");
        python.clear_deadline();
        assert_eq!(python.eval::<i64>("len(caught)").expect("it is usable"), 0, "{script}");
        python.set_deadline(ticking, Duration::from_millis(20));
        assert!(matches!(python.exec(script), Err(Error::Deadline)), "{script}");
        assert!(python.is_sound(), "{script}");
    }
}

#[test]
fn a_deadline_by_the_clock_of_the_system_stops_a_script() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python.set_deadline(desktop::monotonic, Duration::from_secs(3600));
    python.exec("for i in range(100000): pass").expect("there is time");
    python.set_deadline(desktop::monotonic, Duration::from_millis(1));
    assert!(matches!(python.exec("while True: pass"), Err(Error::Deadline)));
    // no moment is as late as this
    python.set_deadline(ticking, Duration::MAX);
    python.exec("for i in range(100000): pass").expect("there is time");
}

#[test]
fn a_deadline_ends_compilations_and_runs_in_steps() {
    let mut memory = memory();
    let builder = Interpreter::builder(&mut memory).compile_budget(16 << 20);
    let mut python = builder.build().expect("enough memory");
    let source = "x = 1\n".repeat(50_000);
    python.set_deadline(ticking, Duration::from_millis(20));
    assert!(matches!(python.exec(&source), Err(Error::Deadline)));
    python.clear_deadline();
    let mut run = python.start("while True: pass").expect("a script");
    run.set_deadline(ticking, Duration::from_millis(20));
    let mut steps = 0;
    let error = loop {
        match run.step(1000) {
            Ok(Step::Suspended(next) | Step::Idle { run: next, .. }) => run = next,
            Ok(_) => panic!("it goes on"),
            Err(error) => break error,
        }
        steps += 1;
    };
    assert!(matches!(error, Error::Deadline) && steps > 5, "{steps} {error}");
}

#[test]
fn a_function_of_the_host_learns_what_has_stopped_the_script_that_it_calls() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let inner = |cx: &mut Context<'_>, (text,): (String,)| {
        let error = cx.exec(&text).expect_err("it is stopped");
        assert!(matches!(error, Error::Deadline | Error::AllocationBudget), "{error}");
    };
    python.register_with("inner", inner).expect("a function");
    python.set_deadline(ticking, Duration::from_millis(20));
    let script = "try: inner('while True: pass')\nexcept: x = 1\nfinally: x = 1";
    assert!(matches!(python.exec(script), Err(Error::Deadline)));
    python.clear_deadline();
    python.set_allocation_budget(Some(100_000));
    let script = "try: inner('while True: [1] * 1000')\nexcept: x = 1\nfinally: x = 1";
    assert!(matches!(python.exec(script), Err(Error::AllocationBudget)));
    python.set_allocation_budget(None);
    assert!(python.get::<i64>("x").is_err());
}

/// Bytes that small objects may take beyond the budget.
const SLACK: u64 = 16 << 10;

#[test]
fn an_allocation_budget_stops_a_script_that_allocates() {
    let mut memory = memory();
    let scripts = [
        "while True: [1] * 1000",
        "while True: bytearray(1000000)",
        "while True:\n  try:\n    while True: 'a' + str(i)\n  except: pass\n  finally: caught.append(1)",
        "L = []\nwhile True: L.append(1.5e300)",
        "n = 1\nwhile True: n *= 10",
        "def f(*a): return f(*a, 1)\nwhile True:\n  try: f()\n  except RuntimeError: pass",
        "while True: {str(i): i for i in range(100)}",
        "while True: exec('def f(): return [1, 2, 3]')",
        "while True:\n  try: raise ValueError(caught)\n  except ValueError: pass",
        "x = bytearray(3000000)",
    ];
    for script in scripts {
        let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
        python.exec("caught = []; i = 1").expect("no limit yet");
        let budget = 2_000_000;
        python.set_allocation_budget(Some(budget));
        let error = python.exec(script).expect_err(script);
        assert!(matches!(error, Error::AllocationBudget), "{script}: {error}");
        let usage = python.usage();
        let most = budget + SLACK;
        assert!(usage.allocated_bytes <= most, "{script}: {usage:?}");
        assert!(python.allocation_budget() <= Some(budget), "{script}");
        python.set_allocation_budget(None);
        assert_eq!(python.eval::<i64>("len(caught)").expect("it is usable"), 0, "{script}");
        assert!(python.is_sound(), "{script}");
    }
}

#[test]
fn a_budget_that_ends_anywhere_is_not_noticed_by_the_script() {
    let mut memory = memory();
    let script = "
class A:
    def __init__(self, x): self.x = x
    def __enter__(self): return self
    def __exit__(self, *e): e[0] and ends.append(e[0])
    def __repr__(self): return 'A(' + repr(self.x) + ')'
def g(n):
    try:
        for i in range(n): yield [A(i), str(i) + 'x', {i: A(i)}]
    finally: i < n - 1 and ends.append(i)
try:
    with A(1) as a:
        for x in g(40): repr(x)
        d = {str(i): [i] * i for i in range(40)}
        sorted(d, key=lambda k: d[k])
        import collections
        P = collections.namedtuple('P', 'a b')
        [P(i, (i, 2 ** 70)) for i in range(30)]
        '%s %r' % (d, a)
except BaseException as e:
    ends.append(e)
";
    let mut whole = 0;
    let mut budget = 0;
    let mut stopped = 0;
    while whole == 0 {
        let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
        python.exec("ends = []").expect("no limit yet");
        python.set_allocation_budget(Some(budget));
        match python.exec(script) {
            Ok(()) => whole = budget,
            Err(Error::AllocationBudget) => stopped += 1,
            Err(error) => panic!("{budget}: {error}"),
        }
        python.set_allocation_budget(None);
        assert_eq!(python.eval::<i64>("len(ends)").expect("it is usable"), 0, "{budget}");
        assert!(python.is_sound(), "{budget}");
        budget += 496;
    }
    assert!(stopped > 50, "{stopped}");
}

/// Counts polls.
struct Counting(Arc<AtomicU64>);

impl Interrupt for Counting {
    fn poll(&mut self) -> Wish {
        self.0.fetch_add(1, Ordering::Relaxed);
        Wish::Continue
    }
}

#[test]
fn what_a_call_has_used_is_reported() {
    let mut memory = memory();
    let polls = Arc::new(AtomicU64::new(0));
    let mut hook = Counting(Arc::clone(&polls));
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.build().expect("enough memory");
    for fuel in [None, Some(1 << 40)] {
        python.set_fuel(fuel);
        polls.store(0, Ordering::Relaxed);
        python.exec("for i in range(100000): pass").expect("it works");
        let loops = python.usage();
        assert!((100_000..110_000).contains(&loops.steps), "{loops:?}");
        assert_eq!(loops.polls, polls.load(Ordering::Relaxed));
        assert!(loops.polls >= 100_000 / 4096, "{loops:?}");
        assert!(loops.allocated_bytes < 10_000, "{loops:?}");
        if let Some(fuel) = fuel {
            assert_eq!(fuel - python.fuel().expect("it is limited"), loops.steps);
        }
        // other calls than those that run code are not counted from nothing
        assert_eq!(python.get::<i64>("i").expect("a number"), 99_999);
        assert!(python.usage().steps >= loops.steps);
    }
    python.exec("for i in range(100): bytearray(100000)").expect("it works");
    let usage = python.usage();
    assert!((10_000_000..10_200_000).contains(&usage.allocated_bytes), "{usage:?}");
    assert!((100_000..4 << 20).contains(&usage.peak_bytes), "{usage:?}");
    python.exec("x = 1").expect("it works");
    assert!(python.usage().peak_bytes < usage.peak_bytes, "{usage:?}");
    let mut run = python.start("for i in range(1000): [i]").expect("a script");
    while let Step::Suspended(next) = run.step(100).expect("it works") {
        run = next;
        assert!(run.usage().steps > 0);
    }
    let usage = python.usage();
    assert!((1000..1200).contains(&usage.steps), "{usage:?}");
    assert!(usage.allocated_bytes > 32_000, "{usage:?}");
}

/// Panics at one of its polls.
struct Panicking(u64);

impl Interrupt for Panicking {
    fn poll(&mut self) -> Wish {
        self.0 += 1;
        assert!(self.0 != 3, "on purpose");
        if self.0 > 5 { Wish::Stop } else { Wish::Continue }
    }
}

#[test]
fn a_hook_that_panics_while_source_is_compiled_is_asked_later() {
    let mut memory = memory();
    let mut hook = Panicking(0);
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.compile_budget(16 << 20).build().expect("enough memory");
    let source = "x = 1\n".repeat(5_000);
    let exec = std::panic::AssertUnwindSafe(|| python.exec(&source));
    std::panic::catch_unwind(exec).expect_err("the hook panics");
    assert!(python.is_sound());
    assert!(matches!(python.exec("while True: pass"), Err(Error::Stopped)));
}
