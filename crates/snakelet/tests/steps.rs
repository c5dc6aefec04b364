//! Scripts that run a step at a time.

#![allow(clippy::panic, reason = "a step that leads elsewhere fails its test")]

use std::cell::RefCell;
use std::fs;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::thread;

use snakelet::host::{Interrupt, Wish};
use snakelet::{
    Error, Exception, FromPython, FrozenModule, Handle, Interpreter, PendingCall, Run, Step,
};

#[expect(dead_code, reason = "the scripts' own test uses the rest")]
mod support;

const SIZE: usize = 256 << 10;

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); SIZE]
}

/// Runs to the end, in steps of `budget`; the result and the number of steps.
fn finish<T: FromPython>(mut run: Run<'_, '_, T>, budget: u64) -> (Result<T, Error>, u32) {
    let mut steps = 1;
    loop {
        match run.step(budget) {
            Ok(Step::Done(value)) => return (Ok(value), steps),
            Ok(Step::Suspended(next) | Step::Idle { run: next, .. }) => run = next,
            Ok(Step::Pending(call)) => run = call.raise("nothing answers"),
            Err(error) => return (Err(error), steps),
        }
        steps += 1;
    }
}

/// Runs to the first call of the host.
fn to_call<'i, 'm, T: FromPython>(mut run: Run<'i, 'm, T>) -> PendingCall<'i, 'm, T> {
    loop {
        match run.step(3) {
            Ok(Step::Pending(call)) => return call,
            Ok(Step::Suspended(next) | Step::Idle { run: next, .. }) => run = next,
            Ok(Step::Done(_)) => panic!("it ended before the call"),
            Err(error) => panic!("{error}"),
        }
    }
}

/// The message of the error that something ended with.
fn message<T>(result: Result<T, Error>) -> String {
    result.err().map_or(String::new(), |e| e.to_string())
}

#[test]
fn every_script_prints_the_same_in_small_steps() {
    let work = || {
        support::enter_scratch();
        let mut runner = support::Runner::new();
        let mut wrong = Vec::new();
        for script in support::scripts() {
            let source = fs::read(&script.path).unwrap();
            let expected = fs::read(script.path.with_extension("exp")).unwrap();
            for budget in [7, 1] {
                let outcome = runner.run(
                    &script.path,
                    support::Program::Text(&source),
                    support::Mode::Steps(budget),
                );
                if let Err(message) = outcome.check(&expected) {
                    wrong.push(format!("{} by {budget}: {message}", script.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    };
    let builder = thread::Builder::new().stack_size(support::MACHINE_STACK);
    builder.spawn(work).unwrap().join().unwrap();
}

#[test]
fn the_host_has_control_between_steps() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec("def double(x): return 2 * x").unwrap();
    let mut run = python.start("for i in range(1000):\n  done = i\nlast = True").unwrap();
    assert_eq!(
        run.context().get::<i64>("done").unwrap_err().to_string(),
        "NameError: name 'done' isn't defined"
    );
    let mut seen = Vec::new();
    let () = loop {
        match run.step(100).unwrap() {
            Step::Done(value) => break value,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(_) => panic!("nothing of the host was called"),
        }
        let done: i64 = run.context().get("done").unwrap();
        seen.push(done);
        assert_eq!(run.context().call::<i64>("double", (done,)).unwrap(), 2 * done);
        run.context().exec("garbage = [bytearray(100) for _ in range(10)]").unwrap();
        run.collect();
        assert!(run.memory().free > 0);
    };
    assert_eq!(seen.len(), 10);
    assert!(seen.windows(2).all(|w| w[1] - w[0] == 100), "{seen:?}");
    assert!(python.get::<bool>("last").unwrap());
}

#[test]
fn calls_give_values_and_errors() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec("def total(n):\n  t = 0\n  for i in range(n): t += i\n  return t").unwrap();
    let (result, steps) = finish(python.start_call::<i64>("total", (1000,)).unwrap(), 10);
    assert_eq!((result.unwrap(), steps), (499_500, 101));
    // built-in functions cannot be left
    let (result, steps) = finish(python.start_call::<i64>("sum", (vec![1, 2, 3],)).unwrap(), 1);
    assert_eq!((result.unwrap(), steps), (6, 1));
    let (result, _) = finish(python.start_call::<String>("total", (5,)).unwrap(), 1);
    assert_eq!(message(result), "TypeError: expected str");
    let (result, _) = finish(python.start_call::<()>("total", ("x",)).unwrap(), 1);
    assert!(message(result).starts_with("TypeError"));
    assert!(message(python.start("x = (").map(drop)).starts_with("SyntaxError"));
    assert_eq!(
        message(python.start_call::<()>("nobody", ()).map(drop)),
        "NameError: name 'nobody' isn't defined"
    );
    assert_eq!(python.call::<i64>("total", (4,)).unwrap(), 6);
}

#[test]
fn exceptions_pass_resumed_frames_with_their_places() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let source = "
def items():
    try:
        for i in range(3):
            yield i
        raise KeyError('end')
    finally:
        log.append('closed')
log = []
try:
    for i in items():
        for _ in range(5): pass
        log.append(i)
except KeyError as e:
    log.append(repr(e))
def fall():
    for _ in range(5): pass
    return 1 // 0
fall()
";
    let (result, _) = finish(python.start_named(source.as_bytes(), "falls.py").unwrap(), 1);
    let Err(Error::Exception(e)) = result else { panic!("it raises") };
    assert_eq!(e.class(), "ZeroDivisionError");
    let places: Vec<_> = e.traceback().iter().map(|f| (f.line, f.function.as_str())).collect();
    assert_eq!(places, [(19, "<module>"), (18, "fall")]);
    assert_eq!(
        python.eval::<String>("str(log)").unwrap(),
        "[0, 1, 2, 'closed', \"KeyError('end',)\"]"
    );
}

#[test]
fn a_pending_call_goes_on_with_the_value_of_the_host() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    python.register_pending_in("board", "wait").unwrap();
    let source = "
import board
class Sensor:
    get = read
def values():
    for name in ('a', 'b'):
        yield read(name, len(name))
seen = [v for v in values()]
seen.append(board.wait(*[3.5]))
seen.append(Sensor.get('c'))
";
    let mut run = python.start(source).unwrap();
    let mut asked = Vec::new();
    loop {
        match run.step(5).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(mut call) => {
                call.context().exec("'on top'").unwrap();
                run = if call.function() == "wait" {
                    assert_eq!(call.arguments::<(f64,)>().unwrap(), (3.5,));
                    call.resume(())
                } else if let Ok((name, n)) = call.arguments::<(String, i64)>() {
                    asked.push(name);
                    call.resume(n * 10)
                } else {
                    assert_eq!(call.arguments::<(String,)>().unwrap().0, "c");
                    call.resume("text")
                };
            }
        }
    }
    assert_eq!(asked, ["a", "b"]);
    assert_eq!(python.eval::<String>("str(seen)").unwrap(), "[10, 10, None, 'text']");
}

#[test]
fn a_pending_call_goes_on_with_the_error_of_the_host() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    let source = "
def guarded():
    try:
        return read()
    except OSError as e:
        return 'caught ' + e.args[0]
    finally:
        after.append(1)
after = []
result = guarded()
read()
";
    let call = to_call(python.start(source).unwrap());
    let run = call.raise(Exception::new("OSError", "no sensor"));
    let call = to_call(run);
    let run = call.raise("late");
    let (result, _) = finish(run, 100);
    let Err(Error::Exception(e)) = result else { panic!("it raises") };
    assert_eq!(e.to_string(), "RuntimeError: late");
    assert_eq!(e.traceback()[0].line, 11);
    assert_eq!(python.get::<String>("result").unwrap(), "caught no sensor");
    assert_eq!(python.get::<Vec<i64>>("after").unwrap(), [1]);
}

#[test]
fn a_function_of_rust_may_answer_now_or_later() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    python
        .register("read", move |n: u32| -> Result<Poll<u32>, Error> {
            match n {
                0 => Err(Exception::new("ValueError", "no such channel").into()),
                n if n < 10 => Ok(Poll::Ready(n)),
                n => {
                    counter.store(n, Ordering::Relaxed);
                    Ok(Poll::Pending)
                }
            }
        })
        .unwrap();
    let call = to_call(python.start("a, b = read(5), read(50)").unwrap());
    assert_eq!(asked.load(Ordering::Relaxed), 50);
    assert_eq!(finish(call.resume(500), 100).1, 1);
    assert_eq!(python.eval::<(i64, i64)>("(a, b)").unwrap(), (5, 500));
    assert_eq!(message(python.exec("read(0)")), "ValueError: no such channel");
}

#[test]
fn the_host_is_not_waited_for_where_a_run_cannot_be_left() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    let refused = "RuntimeError: the host's answer can't be waited for here";
    // without steps
    assert_eq!(message(python.exec("read()")), refused);
    // in the callback of a built-in function, by an operator, as the whole run
    for source in
        ["sorted([2, 1], key=read)", "list(map(read, [1]))", "class A:\n  __add__ = read\nA() + 1"]
    {
        assert_eq!(message(finish(python.start(source).unwrap(), 5).0), refused, "{source}");
    }
    assert_eq!(message(finish(python.start_call::<()>("read", ()).unwrap(), 5).0), refused);
    // from a function of the host
    python.register_with("ask", |cx, (f,): (Handle,)| cx.call::<i64>(&f, ())).unwrap();
    assert_eq!(message(finish(python.start("ask(read)").unwrap(), 5).0), refused);
    // the script may handle it
    python.exec("try: read()\nexcept RuntimeError: handled = True").unwrap();
    assert!(python.get::<bool>("handled").unwrap());
}

#[test]
fn a_run_that_is_dropped_is_given_up() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).stack_slots(400).build().unwrap();
    python.register_pending("read").unwrap();
    let source = "
def inner():
    with manager:
        try:
            for i in range(100): yield read(i)
        finally:
            log.append('finally')
def outer(n):
    if n: return outer(n - 1)
    for i in generator: pass
class Manager:
    def __enter__(self): log.append('enter')
    def __exit__(self, *e): log.append('exit')
manager, log = Manager(), []
generator = inner()
outer(5)
";
    for _ in 0..100 {
        drop(to_call(python.start(source).unwrap()));
        assert_eq!(python.get::<Vec<String>>("log").unwrap(), ["enter"]);
        assert_eq!(python.eval::<Vec<i64>>("list(generator)").unwrap(), []);
        match python.start("while True: pass").unwrap().step(50).unwrap() {
            Step::Suspended(run) | Step::Idle { run, .. } => drop(run),
            _ => panic!("it does not end"),
        }
    }
    assert!(python.is_sound());
    python.exec("log.clear()").unwrap();
}

#[test]
fn a_run_that_is_leaked_does_no_harm() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let Step::Suspended(run) = python.start("for i in range(1000): pass").unwrap().step(5).unwrap()
    else {
        panic!("it does not end")
    };
    std::mem::forget(run);
    python.exec("x = [i for i in range(50)]").unwrap();
    let (result, _) = finish(python.start("y = sum(x)").unwrap(), 1);
    result.unwrap();
    assert_eq!(python.get::<i64>("y").unwrap(), 1225);
    assert!(python.is_sound());
}

#[test]
fn a_built_in_function_goes_on_until_it_is_done_or_the_fuel_ends() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let source = "
def key(x):
    for _ in range(100): pass
    return -x
result = sorted(range(20), key=key)
for _ in range(300): pass
";
    let mut run = python.start(source).unwrap();
    run.set_fuel(Some(100_000));
    let Step::Suspended(mut run) = run.step(10).unwrap() else { panic!("it is left at the loop") };
    assert_eq!(run.context().eval::<i64>("result[0]").unwrap(), 19);
    assert!(run.fuel().unwrap() < 98_000);
    let (result, _) = finish(run, 10);
    result.unwrap();
    let mut run = python.start(source).unwrap();
    run.set_fuel(Some(1000));
    assert!(matches!(finish(run, 10).0, Err(Error::Stopped)));
    python.set_fuel(None);
    python.exec("after = 1").unwrap();
}

#[test]
fn fuel_is_charged_over_all_steps() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let mut run = python.start("while True: pass").unwrap();
    // what compiling took is charged, too
    run.set_fuel(Some(1000));
    let (result, steps) = finish(run, 10);
    assert!(matches!(result, Err(Error::Stopped)));
    assert_eq!(steps, 100);
    assert_eq!(python.fuel(), Some(0));
}

/// Interrupts at every tenth poll.
struct Nagging {
    polls: u32,
}

impl Interrupt for Nagging {
    fn poll(&mut self) -> Wish {
        self.polls += 1;
        if self.polls.is_multiple_of(10) { Wish::Interrupt } else { Wish::Continue }
    }
}

#[test]
fn an_interrupt_is_raised_where_the_script_stands() {
    let mut memory = memory();
    let mut hook = Nagging { polls: 0 };
    let mut python = Interpreter::builder(&mut memory).interrupt(&mut hook).build().unwrap();
    let source = "
caught = 0
while caught < 3:
    try:
        while True: pass
    except KeyboardInterrupt:
        caught += 1
";
    let (result, steps) = finish(python.start(source).unwrap(), 4);
    result.unwrap();
    assert_eq!(python.get::<i64>("caught").unwrap(), 3);
    // a poll that is made while the script starts or an exception is caught belongs to no step
    assert!((26..=32).contains(&steps), "{steps}");
}

#[test]
fn steps_and_answers_survive_moving_objects() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    python.set_stress(true);
    let source = "
class Node:
    def __init__(self, value): self.value = [value, read(value)]
def nodes():
    for i in range(4): yield Node(i)
text = '-'.join([str(n.value) for n in nodes()])
";
    let mut run = python.start(source).unwrap();
    let trail = RefCell::new(Vec::new());
    loop {
        match run.step(1).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(mut call) => {
                let (n,) = call.arguments::<(i64,)>().unwrap();
                trail.borrow_mut().push(n);
                run = call.resume(vec![n; 3]);
            }
        }
        run.context().exec("junk = [str(i) for i in range(3)]").unwrap();
    }
    assert_eq!(trail.into_inner(), [0, 1, 2, 3]);
    assert_eq!(
        python.get::<String>("text").unwrap(),
        "[0, [0, 0, 0]]-[1, [1, 1, 1]]-[2, [2, 2, 2]]-[3, [3, 3, 3]]"
    );
    assert!(python.is_sound());
}

#[test]
fn runs_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let run = python.start("x = 0\nfor i in range(100): x += i").unwrap();
    is_send(&run);
    let Step::Suspended(run) = run.step(10).unwrap() else { panic!("it does not end") };
    thread::scope(|scope| {
        scope.spawn(move || finish(run, 10).0.unwrap());
    });
    assert_eq!(python.get::<i64>("x").unwrap(), 4950);
}

#[test]
fn generators_can_be_left_however_they_are_resumed() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register_pending("read").unwrap();
    let source = "
def task(n):
    total = 0
    while True:
        for i in range(n): total += i
        total += yield read(total)
def outer():
    return (yield from task(20))
seen = []
tasks = [task(10), outer()]
for t in tasks: seen.append(next(t))
for t in tasks: seen.append(t.send(1))
";
    let mut run = python.start(source).unwrap();
    let (mut steps, mut asked) = (0, Vec::new());
    loop {
        steps += 1;
        match run.step(5).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(mut call) => {
                let (total,) = call.arguments::<(i64,)>().unwrap();
                asked.push(total);
                run = call.resume(-total);
            }
        }
    }
    assert_eq!(asked, [45, 190, 91, 381]);
    assert_eq!(python.get::<Vec<i64>>("seen").unwrap(), [-45, -190, -91, -381]);
    assert!(steps >= 12, "{steps}");
}

#[test]
fn modules_can_be_left_while_they_are_imported() {
    static MODULES: &[FrozenModule] = &[
        FrozenModule {
            name: "pack/__init__.py",
            data: b"for i in range(20): loaded = i\nfrom . import inner\n",
        },
        FrozenModule {
            name: "pack/inner.py",
            data: b"import pack\nvalue = read(__name__)\nfor i in range(20): pass\n",
        },
        FrozenModule { name: "bad.py", data: b"for i in range(20): pass\nimport worse\n" },
        FrozenModule { name: "worse.py", data: b"for i in range(20): pass\nraise KeyError(1)\n" },
        FrozenModule {
            name: "once.py",
            data: b"import sys\ncount = 1\nfor i in range(20): pass\ndel sys.modules['once']\n",
        },
    ];
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).frozen(MODULES).build().unwrap();
    python.set_path([".frozen"]).unwrap();
    python.register_pending_in("builtins_of_host", "read").unwrap();
    let source = "
import builtins, sys
from builtins_of_host import read
builtins.read = read
import pack.inner
from pack.inner import value
try:
    import bad
except KeyError:
    gone = 'bad' not in sys.modules and 'worse' not in sys.modules
import once
first = once
import once
";
    let mut run = python.start(source).unwrap();
    let (mut steps, mut calls) = (0, 0);
    loop {
        steps += 1;
        match run.step(5).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) | Step::Idle { run: next, .. } => run = next,
            Step::Pending(mut call) => {
                calls += 1;
                assert_eq!(call.arguments::<(String,)>().unwrap().0, "pack.inner");
                run = call.resume(7);
            }
        }
    }
    assert_eq!(calls, 1);
    assert!(steps > 15, "{steps}");
    assert_eq!(python.eval::<(i64, i64)>("(pack.inner.value, value)").unwrap(), (7, 7));
    assert!(python.eval::<bool>("gone and once is not first and once.count == 1").unwrap());
    // a run that is given up takes the modules along that it was importing
    let call = to_call(python.start("del sys.modules['pack.inner']\nimport pack.inner").unwrap());
    drop(call);
    assert!(!python.eval::<bool>("'pack.inner' in sys.modules").unwrap());
}

#[test]
fn a_step_ends_in_a_loop_whose_native_code_makes_nearly_all_steps() {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    for work in [
        "print('x' * 400)",
        "sorted(range(40))",
        "repr([1] * 50)",
        "bytes(900)",
        "''.join(['ab'] * 99)",
    ] {
        let mut python = Interpreter::builder(&mut memory).fuel(1_000_000).build().unwrap();
        for budget in [1, 7, 20] {
            python.set_fuel(Some(1_000_000));
            let mut run = python.start(&format!("while True: {work}")).unwrap();
            for _ in 0..20 {
                let before = run.fuel().unwrap();
                run = match run.step(budget) {
                    Ok(Step::Suspended(next)) => next,
                    _ => panic!("{work} with {budget} has no end"),
                };
                let made = before - run.fuel().unwrap();
                assert!(made < 20_000, "{work} with {budget} makes {made} steps");
            }
        }
    }
}
