//! An interpreter, and the script that runs in it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use snakelet::host::{Clock, Console, Entropy};
use snakelet::{Error, Interpreter, Run, Step};

/// Bytes that are kept for the page until it asks for them; what a script prints beyond is left out.
const MOST_PRINTED: usize = 256 << 10;

/// What runs a line of the prompt: it prints the value of an expression.
const LINE: &str = "exec(compile(_line, '<stdin>', 'single'))";

/// A session: an interpreter that runs one program after the other.
pub(crate) struct Session {
    /// What goes on between the turns: it owns the interpreter.
    work: Pin<Box<dyn Future<Output = ()>>>,
    desk: Desk,
}

/// What follows a turn.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(crate) enum Next {
    /// Nothing runs.
    Ready,
    /// The script goes on.
    Turn,
    /// All its tasks wait for so long.
    Sleep(Duration),
}

impl Next {
    pub(crate) fn code(self) -> f64 {
        match self {
            Next::Ready => 0.0,
            Next::Turn => 1.0,
            Next::Sleep(time) => 2.0 + time.as_secs_f64() * 1e3,
        }
    }
}

/// What the session and its work hand to each other.
#[derive(Clone)]
struct Desk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    printed: Vec<u8>,
    /// Where what is printed goes while the session itself asks for something.
    aside: Option<Vec<u8>>,
    asked: Option<Asked>,
    next: Option<Next>,
    stops: bool,
    budget: u64,
    steps: u64,
    peak: usize,
}

/// What the work is to do.
enum Asked {
    Run(String, bool),
    /// To run this aside.
    Aside(&'static str, String),
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Console for Desk {
    fn write(&mut self, bytes: &[u8]) {
        let mut state = self.state();
        let to = match &mut state.aside {
            Some(aside) => aside,
            None => &mut state.printed,
        };
        let room = MOST_PRINTED.saturating_sub(to.len());
        to.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}

/// The page's clock.
struct PageClock;

impl Clock for PageClock {
    fn ticks_us(&mut self) -> u64 {
        now_us()
    }
    // the turns of a script that sleeps are made later
    fn sleep_us(&mut self, _us: u64) {}
}

#[cfg(target_arch = "wasm32")]
fn now_us() -> u64 {
    mod page {
        #[link(wasm_import_module = "page")]
        unsafe extern "C" {
            /// Milliseconds since the page began.
            pub(super) safe fn now() -> f64;
        }
    }
    (page::now() * 1e3) as u64
}

#[cfg(not(target_arch = "wasm32"))]
fn now_us() -> u64 {
    static BEGAN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    BEGAN.elapsed().as_micros() as u64
}

/// Random numbers that are good for games: of a generator that begins with the time.
struct Dice(u64);

impl Entropy for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            // xorshift64, Marsaglia 2003
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = (self.0 >> 32) as u8;
        }
    }
}

impl Session {
    /// Begins one in so much memory; `None` if that does not serve.
    pub(crate) fn new(bytes: usize, fuel: Option<u64>) -> Option<Self> {
        let desk = Desk(Arc::new(Mutex::new(State { budget: 1000, ..State::default() })));
        let builder = Interpreter::owned(bytes)
            .own_console(desk.clone())
            .own_clock(PageClock)
            .own_entropy(Dice(now_us() | 1))
            .keep_gc_settings(true)
            .platform("web");
        let mut python = builder.build().ok()?;
        python.set("_line", "").ok()?;
        let work = Box::pin(work(python, fuel, desk.clone()));
        Some(Session { work, desk })
    }

    /// Whether a line of the prompt goes on in the next one.
    pub(crate) fn needs_more(&self, text: &str) -> bool {
        snakelet::source::needs_more_input(text.as_bytes())
    }

    /// Starts a program; false if one runs.
    pub(crate) fn start(&mut self, text: String, is_line: bool) -> bool {
        let mut state = self.desk.state();
        let is_ready = state.next.is_none_or(|next| next == Next::Ready);
        if is_ready {
            state.asked = Some(Asked::Run(text, is_line));
            state.next = Some(Next::Turn);
            state.stops = false;
        }
        is_ready
    }

    /// Lets the script make a turn of about so many steps.
    pub(crate) fn turn(&mut self, budget: u64) -> Next {
        self.desk.state().budget = budget;
        self.poll();
        self.desk.state().next.unwrap_or(Next::Ready)
    }

    /// Stops the script.
    pub(crate) fn stop(&mut self) {
        self.desk.state().stops = true;
        self.poll();
    }

    /// What was printed since the last time.
    pub(crate) fn printed(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.desk.state().printed)
    }

    /// How the heap looks.
    pub(crate) fn heap(&mut self) -> Vec<u8> {
        self.aside("import micropython\nmicropython.mem_info(1)", String::new())
    }

    /// Names that begin so, behind the last dot.
    pub(crate) fn names(&mut self, front: &str) -> String {
        let (object, name) = front.rsplit_once('.').unwrap_or(("", front));
        // only names are looked up: nothing that the text says is run
        if !object.split('.').all(|part| part.chars().all(|c| c.is_alphanumeric() || c == '_')) {
            return String::new();
        }
        let of = match object {
            "" => "dir() + dir(__import__('builtins'))".into(),
            _ => format!("dir({object})"),
        };
        let code = format!("try: print('\\n'.join(sorted({of})))\nexcept Exception: pass");
        let all = String::from_utf8_lossy(&self.aside("", code)).into_owned();
        let mut found = String::new();
        let is_hidden = |word: &str| word.starts_with('_') && !name.starts_with('_');
        for word in all.lines().filter(|word| word.starts_with(name) && !is_hidden(word)) {
            found.push_str(word);
            found.push('\n');
        }
        found
    }

    /// Steps of the script, and the most bytes that were in use.
    pub(crate) fn used(&self) -> (u64, usize) {
        let state = self.desk.state();
        (state.steps, state.peak)
    }

    /// Runs something beside the script, and gives what it has printed.
    fn aside(&mut self, code: &'static str, more: String) -> Vec<u8> {
        {
            let mut state = self.desk.state();
            if state.asked.is_some() {
                return Vec::new();
            }
            state.asked = Some(Asked::Aside(code, more));
            state.aside = Some(Vec::new());
        }
        self.poll();
        self.desk.state().aside.take().unwrap_or_default()
    }

    fn poll(&mut self) {
        let mut task = Context::from_waker(Waker::noop());
        // it goes on for ever
        let _ = self.work.as_mut().poll(&mut task);
    }
}

/// Leaves the turn to the page.
async fn leave() {
    let mut left = false;
    poll_fn(|_| if std::mem::replace(&mut left, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

/// Does what is asked for, for ever.
async fn work(mut python: Interpreter<'static>, fuel: Option<u64>, desk: Desk) {
    loop {
        let asked = desk.state().asked.take();
        match asked {
            Some(Asked::Run(text, is_line)) => {
                python.set_fuel(fuel);
                let result = run(&mut python, text, is_line, &desk).await;
                if let Err(error) = result {
                    report(&desk, &error);
                }
                let usage = python.usage();
                let mut state = desk.state();
                (state.steps, state.peak) = (usage.steps, usage.peak_bytes);
                state.next = Some(Next::Ready);
            }
            Some(Asked::Aside(code, more)) => {
                python.set_fuel(Some(1_000_000));
                // what cannot be looked at is not shown
                let _ = python.exec(code).and_then(|()| python.exec(&more));
            }
            None => {}
        }
        leave().await;
    }
}

/// Runs a program or a line of the prompt to its end.
async fn run(
    python: &mut Interpreter<'static>,
    text: String,
    is_line: bool,
    desk: &Desk,
) -> Result<(), Error> {
    if is_line {
        python.set("_line", text)?;
        return drive(python.start_named(LINE.as_bytes(), "<stdin>")?, desk).await;
    }
    drive(python.start_named(text.as_bytes(), "main.py")?, desk).await
}

/// Runs a script, a turn after the other.
async fn drive(mut run: Run<'_, 'static>, desk: &Desk) -> Result<(), Error> {
    loop {
        let budget = desk.state().budget;
        let next;
        run = match run.step(budget)? {
            Step::Done(()) => return Ok(()),
            Step::Suspended(run) => {
                next = Next::Turn;
                run
            }
            Step::Pending(call) => {
                next = Next::Turn;
                call.raise("nothing answers here")
            }
            Step::Idle { run, until } => {
                let now = Duration::from_micros(now_us());
                next = Next::Sleep(until.map_or(Duration::ZERO, |until| until.saturating_sub(now)));
                run
            }
        };
        let usage = run.usage();
        {
            let mut state = desk.state();
            state.next = Some(next);
            (state.steps, state.peak) = (usage.steps, usage.peak_bytes);
        }
        loop {
            leave().await;
            let mut state = desk.state();
            if std::mem::take(&mut state.stops) {
                return Err(Error::Stopped);
            }
            let Some(asked) = state.asked.take() else { break };
            drop(state);
            if let Asked::Aside(code, more) = asked {
                let mut cx = run.context();
                // what cannot be looked at is not shown
                let _ = cx.exec(code).and_then(|()| cx.exec(&more));
            }
        }
    }
}

/// Prints an error as the command line does.
fn report(desk: &Desk, error: &Error) {
    let text = match error.exception() {
        Some(exception) if exception.exit_code().is_some() => return,
        Some(exception) => exception.report().to_string(),
        None => error.to_string(),
    };
    let mut console = desk.clone();
    console.write(text.as_bytes());
    console.write(b"\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program to its end, or for so many turns; what it has printed.
    fn run(session: &mut Session, text: &str, is_line: bool, turns: usize) -> String {
        assert!(session.start(text.into(), is_line));
        for _ in 0..turns {
            if session.turn(1000) == Next::Ready {
                break;
            }
        }
        String::from_utf8(session.printed()).unwrap()
    }

    #[test]
    fn programs_and_lines_run_one_after_the_other() {
        let mut session = Session::new(128 << 10, None).unwrap();
        assert_eq!(run(&mut session, "x = 6\nprint(x * 7)", false, 9), "42\n");
        assert_eq!(run(&mut session, "x + 1", true, 9), "7\n");
        assert_eq!(run(&mut session, "None", true, 9), "");
        assert!(session.needs_more("if x:") && !session.needs_more("x"));
        assert_eq!(run(&mut session, "if x: 'yes'\n", true, 9), "'yes'\n");
        let error = run(&mut session, "def f(): return [][0]\nf()", false, 9);
        assert_eq!(
            error,
            "Traceback (most recent call last):\n  File \"main.py\", line 2, in <module>\n  \
             File \"main.py\", line 1, in f\nIndexError: list index out of range\n"
        );
        assert_eq!(run(&mut session, "import sys\nsys.exit(3)", false, 9), "");
        assert_eq!(session.names("x"), "x\n");
        assert_eq!(session.names("pri"), "print\n");
        assert!(session.names("sys.imp").contains("implementation\n"));
        assert_eq!(session.names("print(1).a"), "");
    }

    #[test]
    fn a_script_that_goes_on_is_stopped_and_looked_at() {
        let mut session = Session::new(128 << 10, None).unwrap();
        assert_eq!(run(&mut session, "n = 0\nwhile True: n += 1", false, 20), "");
        assert!(!session.start("1".into(), true));
        let heap = String::from_utf8(session.heap()).unwrap();
        assert!(heap.contains("GC memory layout"), "{heap}");
        let (steps, peak) = session.used();
        assert!(steps > 10_000 && peak > 0);
        session.stop();
        assert_eq!(session.turn(1000), Next::Ready);
        assert_eq!(session.printed(), b"stopped by the host\n");
        assert_eq!(run(&mut session, "print(n > 100)", false, 9), "True\n");
    }

    #[test]
    fn limits_hold() {
        let mut session = Session::new(64 << 10, Some(100_000)).unwrap();
        assert_eq!(run(&mut session, "while True: pass", false, 999), "stopped by the host\n");
        let memory = run(&mut session, "x = []\nwhile True: x.append(bytes(1000))", false, 999);
        assert!(
            memory.ends_with("MemoryError: memory allocation failed, allocating 1000 bytes\n")
                || memory.contains("MemoryError"),
            "{memory}"
        );
        let long = run(&mut session, "while True: print('x' * 1000)", false, 9999);
        assert!(long.len() <= MOST_PRINTED);
        assert!(Session::new(100, None).is_none());
    }

    #[test]
    fn tasks_sleep_between_the_turns() {
        let mut session = Session::new(256 << 10, None).unwrap();
        let text =
            "import asyncio\nasync def main(): await asyncio.sleep(3600)\nasyncio.run(main())";
        assert!(session.start(text.into(), false));
        let next = (0..99).map(|_| session.turn(1000)).find(|next| *next != Next::Turn);
        let Some(Next::Sleep(time)) = next else { panic!("{next:?}") };
        assert!(time > Duration::from_secs(3500) && Next::Sleep(time).code() > 3_500_000.0);
    }
}
