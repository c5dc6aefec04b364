//! Threads of scripts and the host: stops, steps, calls, panics, and memory that runs out.

#![allow(clippy::panic, reason = "a step that leads elsewhere fails its test")]

#[path = "support/still.rs"]
mod still;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use snakelet::{Error, Interpreter, Step};
use still::{Still, memory};

const SPIN: &str = "
import _thread
n = 0
def spin():
    global n
    while True:
        n += 1
for _ in range(3):
    _thread.start_new_thread(spin, ())
";

#[test]
fn a_stop_ends_all_threads() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).fuel(200_000).build().unwrap();
    python.exec(SPIN).unwrap();
    assert!(matches!(python.exec("while True: pass"), Err(Error::Stopped)));
    let n: i64 = python.get("n").unwrap();
    assert!(n > 0, "the threads had their turns");
    python.set_fuel(Some(100_000));
    python.exec("for _ in range(20000): pass").unwrap();
    assert_eq!(python.get::<i64>("n").unwrap(), n, "none is left");
    // in a thread that has the turn
    python.exec(SPIN).unwrap();
    python.set_fuel(Some(50_000));
    let waits = "lock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()";
    assert!(matches!(python.exec(waits), Err(Error::Stopped)));
    python.set_fuel(Some(100_000));
    python.exec("x = [i for i in range(100)]").unwrap();
}

#[test]
fn threads_go_on_in_the_next_call() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .exec("import _thread\ndone = False\ndef work():\n  global done\n  for i in range(9000): pass\n  done = True\n_thread.start_new_thread(work, ())")
        .unwrap();
    assert!(!python.get::<bool>("done").unwrap());
    python.collect();
    python.exec("while not done: pass").unwrap();
}

#[test]
fn errors_of_threads_stay_in_them() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .exec(
            "
import _thread
def fail(): raise ValueError('in a thread')
def leave(): raise SystemExit
for f in (fail, leave, 5, fail):
    _thread.start_new_thread(f, ())
_thread.start_new_thread(fail, (1, 2))
for _ in range(50000): pass
done = True
",
        )
        .unwrap();
    assert!(python.get::<bool>("done").unwrap());
}

const SLEEPERS: &str = "
import _thread, time
seen = []
def work(name, ms, n):
    for i in range(n):
        time.sleep_ms(ms)
        seen.append(name + str(i))
_thread.start_new_thread(work, ('a', 30, 3))
work('b', 50, 2)
";

#[test]
fn a_stepping_host_waits_for_threads() {
    for early in [false, true] {
        let clock = Still::default();
        let mut own = clock.clone();
        let mut memory = memory(256 << 10);
        let mut python = Interpreter::builder(&mut memory).clock(&mut own).build().unwrap();
        let mut run = python.start(SLEEPERS).unwrap();
        loop {
            match run.step(1000).unwrap() {
                Step::Done(()) => break,
                Step::Suspended(next) => run = next,
                Step::Idle { run: next, until } => {
                    let until = u64::try_from(until.unwrap().as_micros()).unwrap();
                    let now = clock.0.load(Ordering::Relaxed);
                    clock.0.store(if early { now + 1000 } else { until }, Ordering::Relaxed);
                    run = next;
                    run.collect();
                    assert_eq!(run.context().eval::<i64>("len(seen) * 0").unwrap(), 0);
                }
                Step::Pending(_) => panic!("nothing of the host was called"),
            }
        }
        let seen = python.get::<Vec<String>>("seen").unwrap();
        assert_eq!(seen, ["a0", "b0", "a1", "a2", "b1"]);
    }
}

#[test]
fn calls_of_threads_are_answered() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    python.register("double", |n: i64| 2 * n).unwrap();
    let mut run = python
        .start(
            "
import _thread, time
seen = []
def work(i):
    try:
        seen.append(double(read(i)))
    except OSError as error:
        seen.append(-i)
for i in range(6):
    _thread.start_new_thread(work, (i,))
while len(seen) < 6:
    time.sleep_ms(0)
",
        )
        .unwrap();
    loop {
        match run.step(20).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(mut call) => {
                let (i,) = call.arguments::<(i64,)>().unwrap();
                call.context().exec("garbage = [bytearray(50) for _ in range(20)]").unwrap();
                run = match i {
                    3 => call.raise(snakelet::Exception::os_error(5, "")),
                    _ => call.resume(i),
                };
                run.collect();
            }
        }
    }
    let mut seen = python.get::<Vec<i64>>("seen").unwrap();
    seen.sort_unstable();
    assert_eq!(seen, [-3, 0, 2, 4, 8, 10]);
}

#[test]
fn giving_up_a_run_gives_up_its_threads() {
    for steps in 0..40 {
        let mut memory = memory(256 << 10);
        let mut python = Interpreter::builder(&mut memory).build().unwrap();
        python.register_pending("read").unwrap();
        let script = [SPIN, "_thread.start_new_thread(read, ())\nread()\nspin()"].concat();
        let mut run = Some(python.start(&script).unwrap());
        for _ in 0..steps {
            run = match run.take().unwrap().step(300).unwrap() {
                Step::Suspended(next) | Step::Idle { run: next, .. } => Some(next),
                Step::Pending(call) if steps % 2 == 0 => Some(call.resume(1)),
                _ => None,
            };
            if run.is_none() {
                break;
            }
        }
        drop(run);
        python.collect();
        python.exec("n = 0\nfor _ in range(20000): pass").unwrap();
        assert_eq!(python.get::<i64>("n").unwrap(), 0);
    }
}

#[test]
fn a_panic_in_a_thread_leaves_nothing() {
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register("burst", || -> i64 { panic!("of the host") }).unwrap();
    for _ in 0..3 {
        let script = [SPIN, "_thread.start_new_thread(burst, ())\nspin()"].concat();
        let burst = catch_unwind(AssertUnwindSafe(|| python.exec(&script)));
        assert!(burst.is_err());
        python.exec("n = 0\nfor _ in range(20000): pass").unwrap();
        assert_eq!(python.get::<i64>("n").unwrap(), 0);
    }
    python.reset().unwrap();
    python.exec(SPIN).unwrap();
    python.reset().unwrap();
    python.exec("x = 1").unwrap();
}

#[test]
fn a_thread_needs_memory() {
    let mut memory = memory(64 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let script = "
import _thread
lock = _thread.allocate_lock()
ended = []
def work():
    with lock:
        ended.append(1)
lock.acquire()
n = 0
try:
    while True:
        _thread.start_new_thread(work, ())
        n += 1
except MemoryError:
    pass
lock.release()
while len(ended) < n:
    pass
_thread.stack_size(1 << 30)
try:
    _thread.start_new_thread(work, ())
except MemoryError:
    _thread.stack_size()
else:
    n = -1
";
    for _ in 0..3 {
        python.exec(script).unwrap();
        assert!(python.get::<i64>("n").unwrap() > 2);
    }
}

#[test]
fn an_interrupt_is_for_the_main_thread() {
    use snakelet::host::{Interrupt, Wish};
    struct Now(u32);
    impl Interrupt for Now {
        fn poll(&mut self) -> Wish {
            self.0 += 1;
            if self.0 == 20 { Wish::Interrupt } else { Wish::Continue }
        }
    }
    let mut hook = Now(0);
    let mut memory = memory(256 << 10);
    let mut python = Interpreter::builder(&mut memory).interrupt(&mut hook).build().unwrap();
    let script = [
        SPIN,
        "caught = False
lock = _thread.allocate_lock()
lock.acquire()
try:
    lock.acquire()
except KeyboardInterrupt:
    caught = True
",
    ]
    .concat();
    python.exec(&script).unwrap();
    assert!(python.get::<bool>("caught").unwrap());
}
