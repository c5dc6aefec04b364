//! `asyncio` and the host: who waits, and how calls are answered that tasks wait for.

#![allow(clippy::panic, reason = "a step that leads elsewhere fails its test")]

#[path = "support/still.rs"]
mod still;

use std::sync::atomic::Ordering;

use snakelet::{Error, Exception, Handle, Interpreter, Step, Ticket};
use still::{Still, memory};

const TICKER: &str = "
import asyncio
seen = []
async def tick(name, ms, n):
    for i in range(n):
        await asyncio.sleep_ms(ms)
        seen.append(name + str(i))
async def main():
    await asyncio.gather(tick('a', 30, 3), tick('b', 50, 2))
asyncio.run(main())
";

const SEEN: [&str; 5] = ["a0", "b0", "a1", "a2", "b1"];

#[test]
fn a_stepping_host_does_the_waiting() {
    let clock = Still::default();
    let mut own = clock.clone();
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).clock(&mut own).build().unwrap();
    let mut run = python.start(TICKER).unwrap();
    let mut moments = Vec::new();
    loop {
        match run.step(1000).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) => run = next,
            Step::Idle { run: next, until } => {
                let until = until.expect("tasks sleep");
                moments.push(until.as_millis());
                clock.0.store(u64::try_from(until.as_micros()).unwrap(), Ordering::Relaxed);
                run = next;
            }
            Step::Pending(_) => panic!("nothing of the host was called"),
        }
    }
    assert_eq!(moments, [30, 50, 60, 90, 100]);
    assert_eq!(python.get::<Vec<String>>("seen").unwrap(), SEEN);
}

#[test]
fn a_step_before_the_time_does_no_harm() {
    let clock = Still::default();
    let mut own = clock.clone();
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).clock(&mut own).build().unwrap();
    let mut run = python.start(TICKER).unwrap();
    let mut idle = 0;
    loop {
        match run.step(1000).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) => run = next,
            Step::Idle { run: next, .. } => {
                idle += 1;
                clock.0.fetch_add(1000, Ordering::Relaxed);
                run = next;
                run.collect();
            }
            Step::Pending(_) => panic!("nothing of the host was called"),
        }
    }
    assert_eq!(idle, 100);
    assert_eq!(python.get::<Vec<String>>("seen").unwrap(), SEEN);
}

#[test]
fn without_steps_the_clock_waits() {
    let clock = Still::default();
    let mut own = clock.clone();
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).clock(&mut own).build().unwrap();
    python.exec(TICKER).unwrap();
    assert_eq!(python.get::<Vec<String>>("seen").unwrap(), SEEN);
    assert_eq!(clock.0.load(Ordering::Relaxed), 100_000);
}

#[test]
fn without_a_clock_nobody_sleeps() {
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).fuel(1_000_000).build().unwrap();
    python.exec(TICKER).unwrap();
    assert_eq!(python.get::<Vec<String>>("seen").unwrap(), SEEN);
}

#[test]
fn waiting_for_nothing_is_stopped() {
    const FOREVER: &str = "import asyncio\nasyncio.run(asyncio.Event().wait())";
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).fuel(100_000).build().unwrap();
    assert!(matches!(python.exec(FOREVER), Err(Error::Stopped)));
    python.set_fuel(Some(100_000));
    let mut run = python.start(FOREVER).unwrap();
    for _ in 0..10 {
        match run.step(1000).unwrap() {
            Step::Suspended(next) | Step::Idle { run: next, until: None } => run = next,
            _ => panic!("there is nothing to wait for"),
        }
    }
    drop(run);
    python.set_fuel(Some(100_000));
    python.exec("async def main(): return 1\nassert asyncio.run(main()) == 1").unwrap();
}

/// Three tasks, each with a call of its own.
const READERS: &str = "
import asyncio
log = []
async def reader(i):
    try:
        log.append((i, await read(i)))
    except OSError as error:
        log.append((i, error.errno))
async def ticker():
    for i in range(5):
        log.append((-1, i))
        await asyncio.sleep_ms(1)
async def main():
    tasks = [asyncio.create_task(reader(i)) for i in range(4)]
    timer = asyncio.create_task(ticker())
    try:
        await asyncio.wait_for_ms(tasks[3], 2)
    except asyncio.TimeoutError:
        log.append((3, -2))
    await asyncio.gather(timer, *tasks[:3])
asyncio.run(main())
";

#[test]
fn each_task_can_wait_for_a_call_of_its_own() {
    let mut own = Still::default();
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).clock(&mut own).build().unwrap();
    python.register_pending("read").unwrap();
    let mut run = python.start(READERS).unwrap();
    let mut tickets: Vec<Option<Ticket>> = Vec::new();
    let mut idle = 0;
    loop {
        match run.step(50).unwrap() {
            Step::Done(()) => break,
            Step::Suspended(next) => run = next,
            Step::Pending(mut call) => {
                let (i,) = call.arguments::<(usize,)>().unwrap();
                assert_eq!(i, tickets.len());
                let (ticket, next) = call.later();
                tickets.push(ticket);
                run = next;
            }
            Step::Idle { run: next, .. } => {
                run = next;
                idle += 1;
                own_time(&mut run);
                // in another order than they were made
                match idle {
                    3 => run.answer(tickets[2].take().unwrap(), Ok("two")).unwrap(),
                    5 => {
                        let error = Exception::os_error(5, "");
                        run.answer(tickets[0].take().unwrap(), Err::<(), _>(error.into())).unwrap();
                    }
                    12 => {
                        run.answer(tickets[1].take().unwrap(), Ok(1)).unwrap();
                        // nobody waits for it any more
                        run.answer(tickets[3].take().unwrap(), Ok(3)).unwrap();
                    }
                    _ => {}
                }
            }
        }
    }
    let log = python.eval::<String>("str([x for x in log if x[0] >= 0])").unwrap();
    assert_eq!(log, "[(2, 'two'), (0, 5), (3, -2), (1, 1)]");
    assert_eq!(python.eval::<usize>("len([x for x in log if x[0] < 0])").unwrap(), 5);
}

/// Lets the clock of a run go on a little.
fn own_time<T>(run: &mut snakelet::Run<'_, '_, T>) {
    let waited = run.context().exec("import time; time.sleep_us(300)");
    assert!(waited.is_ok());
}

#[test]
fn ten_thousand_tasks() {
    let mut memory = memory(16 << 20);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .exec(
            "
import asyncio
async def one(i):
    for _ in range(3):
        await asyncio.sleep_ms(i % 7)
    return i
async def main():
    tasks = [asyncio.create_task(one(i)) for i in range(10000)]
    for task in tasks[::3]:
        task.cancel()
    return sum(x for x in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(x, int))
total = asyncio.run(main())
",
        )
        .unwrap();
    let expected: i64 = (0..10_000).filter(|i| i % 3 != 0).sum();
    assert_eq!(python.get::<i64>("total").unwrap(), expected);
}

#[test]
fn memory_runs_out_among_tasks() {
    let mut memory = memory(96 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let many = "
import asyncio
async def one():
    await asyncio.sleep_ms(1)
async def main():
    tasks = []
    while True:
        tasks.append(asyncio.create_task(one()))
asyncio.run(main())
";
    // the heap stays full of tasks, and the second call gets what is kept for one: the last needs a little as well
    let spare = python.eval::<Handle>("bytearray(1000)").unwrap();
    for _ in 0..3 {
        let error = python.exec(many).unwrap_err();
        assert!(error.to_string().starts_with("MemoryError"), "{error}");
    }
    drop(spare);
    python.exec("tasks = None; asyncio.new_event_loop()").unwrap();
    python.exec("async def two(): return 2\nassert asyncio.run(two()) == 2").unwrap();
}

#[test]
fn it_costs_no_heap_until_it_is_imported() {
    let mut memory = memory(512 << 10);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.collect();
    let before = python.memory().used;
    python.exec("import asyncio").unwrap();
    python.collect();
    let core = python.memory().used - before;
    python.exec("asyncio.gather, asyncio.Event").unwrap();
    assert!(core < 8 << 10, "{core} bytes");
}
