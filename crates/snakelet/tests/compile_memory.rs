//! What a compilation takes from the global allocator stays within its budget, whatever the source is.

#![allow(unsafe_code)] // an allocator that counts
#![allow(clippy::expect_used, reason = "a compilation that cannot be tried fails the test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use snakelet::{Error, Interpreter};

/// The system's allocator, with what is in use and the most that was.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: contract of this function.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: contract of this function.
        unsafe { System.dealloc(block, layout) }
    }
    // what is asked for counts, not that a block may be there twice while it moves
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        let live = LIVE.fetch_add(new_size, Ordering::Relaxed) + new_size;
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: contract of this function.
        unsafe { System.realloc(block, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a compilation may take beside its budget: records of it of a fixed size, and a message.
const SLACK: usize = 4 << 10;

/// Sources that want much of one kind of thing.
fn sources() -> Vec<(&'static str, String)> {
    let many = |n: usize, line: &dyn Fn(usize) -> String| (0..n).map(line).collect::<String>();
    let indented = |n: usize| many(n, &|i| format!("{}if x:\n", " ".repeat(i)));
    vec![
        ("statements", "x = 1\n".repeat(20_000)),
        ("an expression", format!("x = 0{}", " + a".repeat(50_000))),
        ("a list", format!("x = [{}]", "1.5, ".repeat(50_000))),
        ("calls", format!("f({})", "a, ".repeat(50_000))),
        ("names", many(20_000, &|i| format!("a{i} = 1\n"))),
        ("constants", many(20_000, &|i| format!("x = '{i} {i}'\n"))),
        ("a tuple of constants", format!("x = ({})", many(20_000, &|i| format!("{i}, ")))),
        ("a text", format!("x = '{}'", "a".repeat(2_000_000))),
        ("texts in a row", format!("x = ({})", "'abc' ".repeat(50_000))),
        ("a comment", format!("#{}", "a".repeat(2_000_000))),
        ("a number", format!("x = {}", "9".repeat(500_000))),
        ("a float", format!("x = {}.5", "9".repeat(500_000))),
        ("a shift", "x = 1 << 10000000".into()),
        ("a power", "x = 9 ** 1000000".into()),
        ("a product", format!("x = {}", ["9".repeat(300).as_str(); 300].join(" * "))),
        ("a repeated text", "x = 'abc' * 1000000".into()),
        ("functions", many(5_000, &|i| format!("def f{i}(a, b): return a + b\n"))),
        ("functions in one another", many(50, &|i| format!("{}def f(a):\n", " ".repeat(i)))),
        ("blocks in one another", indented(90)),
        ("brackets", format!("x = {}{}", "[".repeat(90), "]".repeat(90))),
        ("local variables", {
            format!("def f():\n{}", many(20_000, &|i| format!("  a{i} = 1\n")))
        }),
        ("cells", {
            let names = many(2_000, &|i| format!("a{i}, "));
            format!(
                "def f():\n{} return lambda: [{names}]",
                many(2_000, &|i| format!(" a{i} = 1\n"))
            )
        }),
        ("parameters", format!("def f({}): pass", many(20_000, &|i| format!("a{i}, ")))),
        ("cases", format!("match x:\n{}", many(10_000, &|i| format!(" case {i}: pass\n")))),
        ("an f-string", format!("x = f'{}'", "{a}".repeat(20_000))),
        ("jumps", format!("while x:\n{}", "  if x: break\n".repeat(20_000))),
        ("decorators", format!("{}def f(): pass", "@a\n".repeat(20_000))),
        (
            "imports",
            format!(
                "from a import {}",
                many(20_000, &|i| format!("a{i},"))[..].trim_end_matches(',')
            ),
        ),
        ("a lambda", format!("x = {}1", "lambda: ".repeat(90))),
        ("comparisons", format!("x = a{}", " < a".repeat(50_000))),
        ("targets", format!("{}1", "x = ".repeat(50_000))),
        ("handlers", format!("try: pass\n{}", "except a: pass\n".repeat(20_000))),
        ("global names", format!("def f():\n  global {}a", many(20_000, &|i| format!("a{i}, ")))),
    ]
}

/// Compiles a text with this budget, or the default one; what it took at most, and whether that was enough.
fn take(memory: &mut [MaybeUninit<u8>], budget: Option<usize>, source: &str) -> (usize, bool) {
    let mut builder = Interpreter::builder(memory);
    if let Some(budget) = budget {
        builder = builder.compile_budget(budget);
    }
    let mut python = builder.build().expect("enough memory");
    python.exec("pass").expect("the memory serves");
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = python.start(source).map(drop);
    let taken = PEAK.load(Ordering::Relaxed) - before;
    let out_of_memory = |e: &Error| e.exception().is_some_and(|e| e.class() == "MemoryError");
    let enough = !matches!(&result, Err(error) if out_of_memory(error));
    drop(result);
    python.exec("x = [1, 2, 3]").expect("it is usable");
    (taken, enough)
}

// one test, since the allocator counts for the whole process
#[test]
fn compilations_stay_within_their_budget() {
    let mut memory = vec![MaybeUninit::uninit(); 8 << 20];
    let quarter = memory.len() / 4;
    let mut refused = 0;
    for (what, source) in sources() {
        let (_, _) = take(&mut memory, None, "pass");
        for budget in [Some(20 << 10), Some(300 << 10), None] {
            let (taken, enough) = take(&mut memory, budget, &source);
            let most = budget.unwrap_or(quarter) + SLACK;
            assert!(taken <= most, "{what} took {taken} of {budget:?}");
            refused += usize::from(!enough);
        }
    }
    assert!(refused > 10, "{refused}");
    // long texts in one statement take memory in proportion to their lengths, whatever these are
    for first in (1000..26_000).step_by(830) {
        for second in [first / 9, first / 4, first / 3, first / 2, 5000] {
            let [a, b] = ["a".repeat(first), "b".repeat(second)];
            let source = format!("x = [b'{a}', '{b}', b'{b}']");
            let (taken, enough) = take(&mut memory, None, &source);
            assert!(enough, "{first} and {second} bytes");
            assert!(taken <= 8 * source.len() + (16 << 10), "{first} and {second}: {taken}");
        }
    }
    // a small heap has a budget that serves
    let mut memory = vec![MaybeUninit::uninit(); 8 << 10];
    let (taken, enough) = take(&mut memory, None, "def f(a): return [a + 1 for a in a]");
    assert!(enough && taken > 0);
    let (taken, _) = take(&mut memory, None, &"x = [1.5, 'a b']\n".repeat(10_000));
    assert!(taken <= (16 << 10) + SLACK, "{taken}");
}
