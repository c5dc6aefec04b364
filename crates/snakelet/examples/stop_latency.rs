//! How long a script that is asked to stop goes on, and how long the host is not asked meanwhile.
//!
//! Each line of work runs to its end once, or for two seconds; then it is run again and again, and asked to stop at a
//! moment chosen at random. Prints a line of tab-separated values for each: its name, the longest time between two polls,
//! and the longest and the mean time from the wish to the return of `exec`, in milliseconds of processor time.
//!
//! `cargo run --release -p snakelet --example stop_latency [TIMES [NAME|FILE [MILLISECONDS]]]`: all lines of work, the one with
//! the name, or those of a file with lines `name|preparation|work`, in which `\n` stands for the end of a line. It is asked to
//! stop within the first milliseconds that are named, or at any moment.

#![allow(unsafe_code)] // asks for the time of the thread
#![allow(clippy::expect_used, reason = "a measurement that cannot be made is none")]

#[path = "../tests/support/watch.rs"]
mod watch;

use std::mem::MaybeUninit;
use std::time::Duration;

use snakelet::Interpreter;
use watch::{Watch, cpu_time};

/// Bytes of memory of each interpreter.
const MEMORY: usize = 64 << 20;
/// Bytes of the thread's stack.
const STACK: usize = 2 << 20;
/// How long a line of work runs at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// Name, preparation and work.
const LINES: &[(&str, &str, &str)] = &[
    ("loop", "", "for i in range(3000000): pass"),
    ("small objects", "", "x = [[i] for i in range(400000)]"),
    (
        "linked list",
        "x = None\nfor i in range(700000): x = (x, i)",
        "import gc\nfor i in range(9): gc.collect()",
    ),
    (
        "list of lists",
        "x = [[i] for i in range(500000)]",
        "import gc\nfor i in range(9): gc.collect()",
    ),
    ("one long list", "x = [None] * 5000000", "import gc\nfor i in range(9): gc.collect()"),
    (
        "full heap",
        "x = []\ntry:\n  while True: x.append([])\nexcept MemoryError: pass\ndel x[-9:]",
        "for i in range(40): y = []",
    ),
    (
        "finalisers",
        "class D:\n  def __del__(s): pass\nx = [D() for i in range(80000)]",
        "x = None; import gc; gc.collect()",
    ),
    (
        "names in a deep stack",
        "def f(n, *a): return f(n - 1, *a) if n else gc.collect()\nimport gc\nnames = dir(str) + dir(list)",
        "try: f(500, *names)\nexcept RuntimeError: pass\nf(200, *names)",
    ),
    (
        "many strings",
        "x = {}\nfor i in range(200000): x['k%d' % i] = i",
        "import gc\nfor i in range(9): gc.collect()",
    ),
    (
        "attributes",
        "class C: pass\nx = [C() for i in range(100)]",
        "for i in range(4000): setattr(x[i % 100], 'n%d' % i, i)",
    ),
    ("classes", "", "class C: pass\nfor i in range(2000): C = type('C', (C,), {})"),
    ("sort", "import random\nx = [random.getrandbits(30) for i in range(200000)]", "x.sort()"),
    ("sort by key", "x = list(range(100000))", "x.sort(key=lambda n: -n)"),
    ("large buffers", "", "for i in range(20): x = bytearray(20000000); x = None"),
    ("repeated list", "", "for i in range(20): x = [0] * 3000000; x = None"),
    ("repeated text", "", "for i in range(20): x = 'abc' * 6000000; x = None"),
    ("wide text", "", "for i in range(20): x = '\u{e9}' * 8000000; x = None"),
    ("text literal", "s = 'x = \"' + 'a' * 15000000 + '\"'", "exec(s)"),
    ("insert at the front", "x = [1] * 2000000", "for i in range(100): x.insert(0, 1)"),
    ("join", "x = ['abc'] * 1000000", "for i in range(10): ''.join(x)"),
    ("split", "x = 'ab ' * 2000000", "for i in range(3): x.split()"),
    ("replace", "x = 'ab ' * 2000000", "for i in range(10): x.replace('b', 'cd')"),
    ("search", "x = 'a' * 5000000; y = 'a' * 30000 + 'b'", "y in x"),
    ("width", "", "for i in range(9): '{:15000000}'.format(7)"),
    ("precision", "", "for i in range(9): '%.9000000f' % 1.5"),
    ("repr", "x = [12345] * 900000", "for i in range(9): repr(x)"),
    ("product", "x = (1 << 2000000) - 1", "x * x"),
    ("power", "", "pow(3, 1 << 20000, (1 << 20000) + 1)"),
    ("decimal digits", "x = 1 << 800000", "str(x)"),
    ("hexadecimal digits", "x = 1 << 30000000", "for i in range(3): hex(x)"),
    ("float of a text", "x = '1' * 3000000", "for i in range(30): float(x + '.5')"),
    (
        "keys that collide",
        "class K:\n  def __hash__(s): return 1",
        "x = {K(): 1 for i in range(6000)}",
    ),
    ("growing dict", "", "x = {}\nfor i in range(600000): x[i] = i"),
    ("growing set", "", "x = set()\nfor i in range(600000): x.add(i)"),
    ("comparison", "x = [1] * 2000000; y = [1] * 2000000", "for i in range(20): x == y"),
    ("long source", "s = 'x = 1\\n' * 100000", "compile(s, 's', 'exec')"),
    ("long expression", "s = 'x = 0' + ' + a' * 100000", "compile(s, 's', 'exec')"),
    (
        "constants",
        "s = 'x = [' + ''.join('%d.5, ' % i for i in range(50000)) + ']'",
        "compile(s, 's', 'exec')",
    ),
    (
        "fragments",
        "x = [bytearray(4000) for i in range(12000)]\nfor i in range(0, 12000, 2): x[i] = None",
        "y = bytearray(9000000)",
    ),
    ("sleep", "import time", "time.sleep(1)"),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let times = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100);
    let chosen = arguments.next().unwrap_or_default();
    let within =
        arguments.next().and_then(|n| n.parse().ok()).map_or(PATIENCE, Duration::from_millis);
    let lines: Vec<[String; 3]> = match std::fs::read_to_string(&chosen) {
        Ok(text) => text.lines().filter_map(parse_line).collect(),
        Err(_) => LINES
            .iter()
            .filter(|line| chosen.is_empty() || chosen == line.0)
            .map(|line| [line.0, line.1, line.2].map(String::from))
            .collect(),
    };
    let measure = move || {
        println!("work\tlongest gap\tlongest stop\tmean stop");
        let mut worst = (0.0, 0.0);
        for [name, setup, work] in &lines {
            let (gap, longest, mean) = measure(setup, work, times, within);
            println!("{name}\t{gap:.2}\t{longest:.2}\t{mean:.2}");
            worst = (f64::max(worst.0, gap), f64::max(worst.1, longest));
        }
        println!("worst\t{:.2}\t{:.2}", worst.0, worst.1);
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(measure).expect("a thread");
    thread.join().expect("no panic");
}

/// Name, preparation and work of a line of a file.
fn parse_line(line: &str) -> Option<[String; 3]> {
    let mut parts = line.splitn(3, '|').map(|part| part.replace("\\n", "\n"));
    Some([parts.next()?, parts.next()?, parts.next()?])
}

/// The longest gap, and the longest and the mean time to a stop, of some tries that are stopped within a time.
fn measure(setup: &str, work: &str, times: u32, within: Duration) -> (f64, f64, f64) {
    let mut memory = vec![MaybeUninit::uninit(); MEMORY];
    let watch = Watch::default();
    let mut hook = &watch;
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.compile_budget(MEMORY).build().expect("enough memory");
    let mut run = |stop_after: Duration| {
        watch.begin(Duration::MAX);
        python.reset().expect("there is room");
        python.exec(setup).expect(setup);
        let begun = cpu_time();
        watch.begin(begun + stop_after);
        // an error is an end, too
        let _ = python.exec(work);
        let state = watch.look();
        (state.longest, state.last - begun, state.last.saturating_sub(state.stop_at))
    };
    let (gap, whole, _) = run(PATIENCE);
    let whole = whole.min(within).as_nanos() as u64;
    let (mut longest, mut sum, mut seed) = (0.0, 0.0, 1u64);
    for _ in 0..times {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_nanos((seed >> 11) % whole.max(1));
        let late = run(moment).2.as_secs_f64() * 1e3;
        longest = f64::max(longest, late);
        sum += late;
    }
    (gap.as_secs_f64() * 1e3, longest, sum / f64::from(times.max(1)))
}
