//! Scripts as futures, and functions of the host whose results come later.

#![allow(clippy::expect_used, reason = "a test says what is wrong and stops")]

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use snakelet::host::Clock;
use snakelet::{Error, Exception, Interpreter};

fn python() -> Interpreter<'static> {
    Interpreter::owned(256 << 10).fuel(10_000_000).build().expect("enough memory")
}

/// Counts how often it is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// An executor for one future: polls it as long as it is woken. `None` if it sleeps.
fn run<T>(mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut seen = 0;
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(result);
        }
        let now = woken.0.load(Ordering::Relaxed);
        if now == seen {
            return None;
        }
        seen = now;
    }
}

/// Values that are there when the host has put them in.
#[derive(Clone, Default)]
struct Mail(Arc<Mutex<(Vec<i64>, Vec<Waker>)>>);

impl Mail {
    fn put(&self, value: i64) {
        let mut state = self.0.lock().expect("nobody panics");
        state.0.push(value);
        state.1.drain(..).for_each(Waker::wake);
    }

    fn take(&self) -> impl Future<Output = i64> + Send + use<> {
        let mail = self.clone();
        poll_fn(move |task| {
            let mut state = mail.0.lock().expect("nobody panics");
            if state.0.is_empty() {
                state.1.push(task.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(state.0.remove(0))
        })
    }
}

#[test]
fn a_script_is_a_future() {
    let mut python = python();
    let mut turns = 0;
    {
        let mut future = pin!(
            python.start("x = sum(range(10))\nfor i in range(1000): x += 1").unwrap().drive(100)
        );
        let mut counted = pin!(poll_fn(|task| {
            turns += 1;
            future.as_mut().poll(task)
        }));
        run(counted.as_mut()).expect("it never sleeps").unwrap();
    }
    assert_eq!(python.get::<i64>("x").unwrap(), 1045);
    assert!((9..=13).contains(&turns), "{turns}");
}

#[test]
fn a_call_has_a_result_and_arguments() {
    let mut python = python();
    python.exec("def twice(x): return double(x) + 1").unwrap();
    python.register_async("double", async |x: i64| x * 2).unwrap();
    let future = python.start_call::<i64>("twice", (21,)).unwrap().drive(100);
    assert_eq!(run(pin!(future)).unwrap().unwrap(), 43);
    let future = python.start_call::<i64>("twice", ("a",)).unwrap().drive(100);
    let error = run(pin!(future)).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "TypeError: can't convert str to int");
    python.register_async_in("robot", "name", async || String::from("R2")).unwrap();
    let code = "import robot\ntry: robot.name(1)\nexcept TypeError: name = robot.name()";
    run(pin!(python.start(code).unwrap().drive(100))).unwrap().unwrap();
    assert_eq!(python.get::<String>("name").unwrap(), "R2");
}

#[test]
fn a_call_waits_until_its_result_is_there() {
    let (mut python, mail) = (python(), Mail::default());
    let own = mail.clone();
    python.register_async("read", move || own.take()).unwrap();
    {
        let mut future = pin!(python.start("x = [read(), read()]").unwrap().drive(1000));
        assert!(run(future.as_mut()).is_none());
        mail.put(7);
        assert!(run(future.as_mut()).is_none());
        mail.put(8);
        run(future.as_mut()).unwrap().unwrap();
        // what is over is pending for ever
        assert!(run(future.as_mut()).is_none());
    }
    assert_eq!(python.get::<Vec<i64>>("x").unwrap(), [7, 8]);
}

#[test]
fn errors_are_raised_in_the_script() {
    let mut python = python();
    python
        .register_async("fail", async |errno: i32| Err::<(), _>(Exception::os_error(errno, "")))
        .unwrap();
    let code = "try: fail(5)\nexcept OSError as e: x = e.errno\nfail(2)";
    let error = run(pin!(python.start(code).unwrap().drive(1000))).unwrap().unwrap_err();
    assert_eq!(error.exception().and_then(Exception::errno), Some(2));
    assert_eq!(python.get::<i64>("x").unwrap(), 5);
}

const TASKS: &str = "
import asyncio
log = []
async def reader(i):
    try:
        log.append((i, await read(i)))
    except ValueError as e:
        log.append((i, str(e)))
async def main():
    await asyncio.gather(*[reader(i) for i in range(3)])
asyncio.run(main())
";

#[test]
fn each_task_waits_for_a_call_of_its_own() {
    let (mut python, mails) = (python(), [0; 3].map(|_| Mail::default()));
    let own = mails.clone();
    python
        .register_async("read", move |i: usize| {
            let mail = own[i].take();
            async move {
                let value = mail.await;
                if value < 0 { Err("negative") } else { Ok(value) }
                    .map_err(|text| Exception::new("ValueError", text))
            }
        })
        .unwrap();
    {
        let mut future =
            pin!(python.start(TASKS).unwrap().drive(1000).sleeping(|_| std::future::pending()));
        assert!(run(future.as_mut()).is_none());
        for (i, value) in [(2, 20), (0, -1), (1, 10)] {
            mails[i].put(value);
            assert_eq!(run(future.as_mut()).is_some(), i == 1);
        }
    }
    let log = python.eval::<String>("str(log)").unwrap();
    assert_eq!(log, "[(2, 20), (0, 'negative'), (1, 10)]");
}

/// A clock that a test sets.
#[derive(Clone, Default)]
struct Still(Arc<AtomicUsize>);

impl Clock for Still {
    fn ticks_us(&mut self) -> u64 {
        self.0.load(Ordering::Relaxed) as u64
    }
    fn sleep_us(&mut self, _us: u64) {}
}

#[test]
fn the_host_sleeps_until_there_is_something_to_do() {
    let clock = Still::default();
    let builder = Interpreter::owned(256 << 10).own_clock(clock.clone());
    let mut python = builder.build().unwrap();
    let code = "import asyncio\nasync def main():\n  for i in range(3): await asyncio.sleep_ms(20)\nasyncio.run(main())";
    let mut moments = Vec::new();
    {
        let future = python.start(code).unwrap().drive(1000).sleeping(|until: Option<Duration>| {
            let until = until.expect("a task sleeps");
            moments.push(until.as_millis());
            clock.0.store(until.as_micros() as usize, Ordering::Relaxed);
            std::future::ready(())
        });
        run(pin!(future)).unwrap().unwrap();
    }
    assert_eq!(moments, [20, 40, 60]);
}

#[test]
fn scripts_go_on_side_by_side() {
    let (mut one, mut other, mail) = (python(), python(), Mail::default());
    let own = mail.clone();
    one.register_async("receive", move || own.take()).unwrap();
    other.register("send", move |x| mail.put(x)).unwrap();
    {
        let mut receiver = pin!(one.start("x = receive() + receive()").unwrap().drive(10));
        let mut sender =
            pin!(other.start("for i in range(1000): pass\nsend(1)\nsend(2)").unwrap().drive(10));
        let mut ended = [false; 2];
        let both = poll_fn(|task| {
            for (future, ended) in [receiver.as_mut(), sender.as_mut()].into_iter().zip(&mut ended)
            {
                if !*ended && let Poll::Ready(result) = future.poll(task) {
                    result.unwrap();
                    *ended = true;
                }
            }
            if ended == [true; 2] { Poll::Ready(()) } else { Poll::Pending }
        });
        run(pin!(both)).unwrap();
    }
    assert_eq!(one.get::<i64>("x").unwrap(), 3);
}

/// Counts those that are there.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn a_future_that_is_dropped_drops_what_its_calls_wait_for() {
    let mut python = python();
    let count = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&count);
    python
        .register_async("read", move |_: usize| {
            let counted = Counted::new(&own);
            async move {
                std::future::pending::<()>().await;
                drop(counted);
            }
        })
        .unwrap();
    for code in [TASKS, "try: read(1)\nfinally: print(1)", TASKS] {
        {
            let mut future =
                pin!(python.start(code).unwrap().drive(1000).sleeping(|_| std::future::pending()));
            assert!(run(future.as_mut()).is_none());
            assert_eq!(count.load(Ordering::Relaxed), if code == TASKS { 3 } else { 1 });
        }
        assert_eq!(count.load(Ordering::Relaxed), 0);
        python.exec("x = 1").unwrap();
    }
}

#[test]
fn where_nothing_waits_the_script_is_told() {
    let mut python = python();
    python.register_async("read", async |_: i64| 1).unwrap();
    python.register_pending("ask").unwrap();
    let refused = "RuntimeError: the host's answer can't be waited for here";
    let error = python.exec("read(1)").unwrap_err();
    assert_eq!(error.to_string(), refused);
    // by a host that makes the steps itself
    let step = python.start("read(1)").unwrap().step(100);
    assert_eq!(step.err().unwrap().to_string(), refused);
    // inside of a built-in function that calls it
    let code = "try: sorted([1, 2], key=read)\nexcept RuntimeError as e: x = str(e)\ny = read(1)";
    run(pin!(python.start(code).unwrap().drive(100))).unwrap().unwrap();
    assert!(refused.ends_with(&python.get::<String>("x").unwrap()));
    assert_eq!(python.get::<i64>("y").unwrap(), 1);
    let error = run(pin!(python.start("ask()").unwrap().drive(100))).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "RuntimeError: nothing answers this call");
}

#[test]
fn fuel_bounds_a_future() {
    let mut python = python();
    let mut future = pin!(python.start("while True: pass").unwrap().drive(1000));
    assert!(matches!(run(future.as_mut()), Some(Err(Error::Stopped))));
}

#[test]
fn tokio_drives_scripts() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let began = tokio::time::Instant::now();
    let script = async {
        let mut python = python();
        python
            .register_async("pause", async |ms: u64| {
                tokio::time::sleep(Duration::from_millis(ms)).await
            })
            .unwrap();
        python.start("for i in range(3): pause(2)\nx = i").unwrap().drive(1000).await?;
        python.get::<i64>("x")
    };
    // a task that goes to another thread has to be `Send`
    let task = runtime.block_on(async { tokio::spawn(script).await.unwrap() });
    assert_eq!(task.unwrap(), 2);
    assert!(began.elapsed() >= Duration::from_millis(6));
}
