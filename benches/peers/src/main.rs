//! What an interpreter takes to start, in time and memory, and for two small programs: Snakelet beside others that a Rust
//! program can link. Each program's result is compared.
//!
//! Bytes are what the global allocator has given out when an interpreter is ready to run its first script.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// The system's allocator, with a count of the bytes that it has given out.
struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all requests are passed on as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The sum of 0 to 999,999.
const LOOP: i64 = 499_999_500_000;
/// The 24th Fibonacci number, by calls of functions.
const CALLS: i64 = 46_368;

const PYTHON: [&str; 2] = [
    "def f():\n    total = 0\n    for i in range(1000000):\n        total += i\n    return total\nresult = f()",
    "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nresult = fib(24)",
];
const LUA: [&str; 2] = [
    "local total = 0 for i = 0, 999999 do total = total + i end return total",
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(24)",
];
const RHAI: [&str; 2] = [
    "let total = 0; for i in 0..1000000 { total += i; } total",
    "fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } fib(24)",
];

trait Peer: Sized {
    const NAME: &'static str;
    fn start() -> Self;
    fn run(&mut self, program: usize) -> i64;
}

struct Snakelet(snakelet::Interpreter<'static>);

impl Peer for Snakelet {
    const NAME: &'static str = "snakelet, 16 KiB";
    fn start() -> Self {
        Snakelet(snakelet::Interpreter::owned(16 << 10).build().unwrap())
    }
    fn run(&mut self, program: usize) -> i64 {
        self.0.exec(PYTHON[program]).unwrap();
        self.0.get("result").unwrap()
    }
}

impl Peer for mlua::Lua {
    const NAME: &'static str = "mlua, Lua 5.4";
    fn start() -> Self {
        mlua::Lua::new()
    }
    fn run(&mut self, program: usize) -> i64 {
        self.load(LUA[program]).eval().unwrap()
    }
}

impl Peer for rhai::Engine {
    const NAME: &'static str = "rhai";
    fn start() -> Self {
        let mut engine = rhai::Engine::new();
        engine.set_max_expr_depths(0, 0);
        engine
    }
    fn run(&mut self, program: usize) -> i64 {
        self.eval(RHAI[program]).unwrap()
    }
}

/// The shortest of some times, in microseconds.
fn shortest(times: usize, mut work: impl FnMut()) -> f64 {
    let time = |work: &mut dyn FnMut()| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64() * 1e6
    };
    (0..times).map(|_| time(&mut work)).fold(f64::INFINITY, f64::min)
}

fn measure<P: Peer>() {
    let before = BYTES.load(Ordering::Relaxed);
    let mut peer = P::start();
    let bytes = BYTES.load(Ordering::Relaxed).saturating_sub(before);
    let start = shortest(200, || drop(black_box(P::start())));
    let [a_loop, calls] = [(0, LOOP), (1, CALLS)].map(|(program, expected)| {
        shortest(5, || assert_eq!(peer.run(program), expected, "{}", P::NAME)) / 1e3
    });
    println!("| {} | {start:.1} | {bytes} | {a_loop:.1} | {calls:.1} |", P::NAME);
}

fn main() {
    println!("| | start, us | bytes | loop, ms | calls, ms |\n|---|---|---|---|---|");
    measure::<Snakelet>();
    measure::<mlua::Lua>();
    measure::<rhai::Engine>();
}
