//! However a call of the host ends, the next one finds the interpreter as this one has found it; and a heap that is
//! full leaves the host able to look and to free.

#![allow(clippy::panic, clippy::unreachable, reason = "a test fails by panicking")]

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use snakelet::host::{Interrupt, Wish};
use snakelet::{Context, Error, Handle, Interpreter, Step};

fn memory(bytes: usize) -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); bytes]
}

/// What a script can leave behind, for a call that ends in any way.
const CHANGES: &str = "
import gc, micropython
gc.disable()
gc.threshold(100)
micropython.heap_lock()
micropython.heap_lock()
";

/// Asserts that the interpreter is as it was built: it allocates and collects.
fn assert_as_before(python: &mut Interpreter<'_>, why: &str) {
    let work = "
import gc, micropython
assert gc.isenabled() and gc.threshold() == -1
assert micropython.heap_locked() == 0
for i in range(20000): x = [i]
";
    python.exec(work).unwrap_or_else(|error| panic!("after {why}: {error}"));
    assert!(python.is_sound(), "after {why}");
}

#[test]
fn locks_and_switches_end_with_the_call_however_it_ends() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python.register("panics", || -> i64 { panic!("on purpose") }).expect("a function");
    let ends = ["pass", "raise ValueError", "while True: pass", "panics()", "1 + '1'"];
    for end in ends {
        python.set_fuel(Some(100_000));
        let script = format!("{CHANGES}{end}");
        let _ = catch_unwind(AssertUnwindSafe(|| python.exec(&script)));
        python.set_fuel(None);
        assert_as_before(&mut python, end);
    }
    for end in ends {
        let script = format!("{CHANGES}{end}");
        python.exec(&format!("def work():\n{}", script.replace('\n', "\n    "))).expect("no code");
        python.set_fuel(Some(100_000));
        let _ = catch_unwind(AssertUnwindSafe(|| python.call::<()>("work", ())));
        python.set_fuel(None);
        assert_as_before(&mut python, end);
    }
}

#[test]
fn a_prompt_keeps_what_is_set_in_the_collector_but_no_lock() {
    let mut memory = memory(64 << 10);
    let builder = Interpreter::builder(&mut memory).keep_gc_settings(true);
    let mut python = builder.build().expect("enough memory");
    python.exec(CHANGES).expect("it works");
    let state: (bool, i64, i64) = python
        .eval("(__import__('gc').isenabled(), gc.threshold(), micropython.heap_locked())")
        .expect("the heap is not locked");
    // a threshold is kept in blocks
    assert_eq!(state, (false, 96, 0));
}

#[test]
fn a_script_in_steps_keeps_its_lock_and_calls_between_them_do_not_have_it() {
    let mut memory = memory(64 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let script = "
import micropython
locked = []
micropython.heap_lock()
for i in range(300): pass
n = micropython.heap_locked()
micropython.heap_unlock()
";
    let mut run = python.start(script).expect("a script");
    let mut steps = 0;
    loop {
        match run.step(20).expect("it works") {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(_) => unreachable!(),
        }
        run.context().exec("x = [1] * 100").expect("the heap is not locked here");
        steps += 1;
    }
    assert!(steps > 10, "{steps}");
    assert_eq!(python.get::<i64>("n").expect("a number"), 1);
    let run = python.start("import micropython\nmicropython.heap_lock()\nwhile True: pass");
    let Ok(Step::Suspended(run)) = run.expect("a script").step(100) else { panic!("it goes on") };
    drop(run);
    let run = python.start("x = [1] * 100").expect("a script");
    assert!(matches!(run.step(1000), Ok(Step::Done(()))));
    assert_as_before(&mut python, "a run that was given up");
}

#[test]
fn a_panic_that_a_function_of_the_host_catches_leaves_its_caller_as_it_was() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python.register("panics", || -> i64 { panic!("on purpose") }).expect("a function");
    let catch = |cx: &mut Context<'_>, (function,): (Handle,)| {
        let result = catch_unwind(AssertUnwindSafe(|| cx.call::<i64>(&function, ())));
        result.is_err()
    };
    python.register_with("catch", catch).expect("a function");
    let script = "
def deep(n):
    return sorted([n], key=lambda n: deep(n - 1))[0] if n else panics()
def outer(a, b):
    c = a + b
    for i in range(100):
        assert catch(lambda: deep(i % 5))
    return (a, b, c, [a, b, c])
assert outer(1, 2) == (1, 2, 3, [1, 2, 3])
";
    for _ in 0..10 {
        python.exec(script).expect("it works");
        assert!(python.is_sound());
    }
    assert_as_before(&mut python, "panics that were caught");
}

/// Answers `wish` at each poll while it is switched on.
struct Switch {
    on: Arc<AtomicBool>,
    wish: Wish,
}

impl Interrupt for Switch {
    fn poll(&mut self) -> Wish {
        if self.on.load(Ordering::Relaxed) { self.wish } else { Wish::Continue }
    }
}

#[test]
fn a_stop_or_an_interrupt_that_comes_too_late_does_not_meet_the_next_call() {
    for wish in [Wish::Stop, Wish::Interrupt] {
        let on = Arc::new(AtomicBool::new(false));
        let mut hook = Switch { on: Arc::clone(&on), wish };
        let mut memory = memory(1 << 20);
        let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
        let mut python = builder.build().expect("enough memory");
        python.exec("t = 'ab' * 200000\nclass C: pass\nx = C()").expect("it works");
        on.store(true, Ordering::Relaxed);
        // the work is charged after it was done, by code that cannot be left
        let _ = python.eval::<i64>("hash(t)");
        let _ = python.get::<String>("t");
        let _ = python.set("u", "ab".repeat(100_000));
        on.store(false, Ordering::Relaxed);
        assert_as_before(&mut python, "a late wish");
    }
}

#[test]
fn a_callback_that_is_stopped_does_not_keep_others_from_running() {
    let mut memory = memory(64 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python.register("panics", || -> i64 { panic!("on purpose") }).expect("a function");
    for end in ["while True: pass", "panics()"] {
        python.set_fuel(Some(50_000));
        let script = format!(
            "
import micropython
def wait(x):
    {end}
micropython.schedule(wait, 0)
for i in range(100): pass
"
        );
        assert!(!matches!(catch_unwind(AssertUnwindSafe(|| python.exec(&script))), Ok(Ok(()))));
        python.set_fuel(None);
        let work = "
done = []
micropython.schedule(done.append, 1)
for i in range(100): pass
";
        python.exec(work).expect("it works");
        assert_eq!(python.eval::<i64>("len(done)").expect("a number"), 1, "{end}");
    }
}

/// Fills the heap with live data until nothing more can be made.
const FILL: &str = "
kept = 1
big = None
while True:
    try:
        while True: big = (big, kept)
    except MemoryError:
        pass
    big = [big]
";

#[test]
fn a_heap_full_of_live_data_leaves_the_host_able_to_look_and_free() {
    for bytes in [24 << 10, 64 << 10, 1 << 20] {
        let mut memory = memory(bytes);
        let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
        for round in 0..3 {
            let error = python.exec(FILL).expect_err("the heap is full");
            assert_eq!(error.exception().map(|e| e.class()), Some("MemoryError"), "{error}");
            assert_eq!(python.get::<i64>("kept").expect("it is there"), 1);
            let mut names = Vec::new();
            python.names(|name| names.push(name.to_owned()));
            assert!(names.iter().any(|name| name == "big"), "{names:?}");
            if round == 0 {
                let free = python.memory().free;
                python.exec("del big").unwrap_or_else(|e| panic!("{bytes}: {e}, {free} free"));
            } else {
                assert!(python.remove("big"));
                assert!(!python.remove("big"));
            }
            python.exec("x = [1] * 100").expect("there is room again");
            assert!(python.is_sound());
        }
    }
}

#[test]
fn a_call_that_takes_the_reserve_too_leaves_the_means_to_free() {
    let mut memory = memory(64 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python
        .exec("def fill():\n    global big\n    while True: big = [big]\nbig = 0")
        .expect("no code");
    for _ in 0..5 {
        python.call::<()>("fill", ()).expect_err("the heap is full");
    }
    assert!(python.remove("big"));
    assert!(python.collect() > 100);
    assert_as_before(&mut python, "a full heap");
}

#[test]
fn reset_starts_anew_in_the_same_memory() {
    let mut memory = memory(64 << 10);
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let fresh = (python.memory().used, python.memory().free);
    for round in 0..100 {
        python.register("twice", |n: i64| 2 * n).expect("a function");
        python.exec("import gc, math, micropython\nclass A: pass\na = A()").expect("it works");
        python.exec("def __del__(self): deleted(self)\nA.__del__ = __del__").expect("it works");
        python.exec("assert twice(2) == 4\na.b = [a]\nmicropython.opt_level(3)").expect("it works");
        let handle: Handle = python.get("a").expect("an object");
        match round % 3 {
            0 => drop(python.exec(FILL).expect_err("the heap is full")),
            1 => {
                let run = python.start("while True: pass").expect("a script");
                let Ok(Step::Suspended(run)) = run.step(100) else { panic!("it goes on") };
                // the run is never given up
                std::mem::forget(run);
            }
            _ => {}
        }
        python.reset().expect("there is room");
        assert_eq!((python.memory().used, python.memory().free), fresh, "round {round}");
        assert!(python.is_sound());
        for gone in ["twice", "a", "A", "gc"] {
            assert!(python.get::<Handle>(gone).is_err(), "{gone}");
        }
        let error = python.call::<()>(&handle, ()).expect_err("the object is gone");
        assert!(matches!(error, Error::ForeignHandle), "{error}");
        assert_as_before(&mut python, "a reset");
        python.reset().expect("there is room");
    }
}
