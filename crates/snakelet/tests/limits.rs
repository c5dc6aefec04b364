//! Scripts that try to outlive their fuel, or to bring the host down: each ends within its fuel, on a
//! thread whose stack has 2 MiB, and leaves the interpreter usable.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::mem::MaybeUninit;
use std::sync::mpsc;
use std::time::Duration;

use snakelet::{Error, Interpreter};

/// Steps that each script is granted.
const FUEL: u64 = 3_000_000;

/// How long the watchdog waits for a script whose fuel is used up within a second.
const PATIENCE: Duration = Duration::from_secs(100);

/// How a script ends.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Done,
    Stopped,
    Raised(String),
}

/// Runs `setup` without limit and then `work` with [`FUEL`]; gives how that ended.
fn end_of(setup: &str, work: &str) -> End {
    let (setup, work) = (setup.to_owned(), work.to_owned());
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
            let builder = Interpreter::builder(&mut memory).compile_budget(16 << 20);
            let mut python = builder.build().expect("enough memory");
            python.exec(&setup).expect("the preparation");
            python.set_fuel(Some(FUEL));
            let end = match python.exec(&work) {
                Ok(()) => End::Done,
                Err(Error::Stopped) => End::Stopped,
                Err(error) => End::Raised(error.to_string()),
            };
            // nothing is lost: the interpreter works as before
            python.set_fuel(None);
            assert_eq!(python.eval::<i64>("sum([1, 2, 3])").expect("it is usable"), 6);
            sender.send(end).expect("somebody waits");
        })
        .expect("a thread");
    receiver.recv_timeout(PATIENCE).expect("the script ends, and the interpreter is usable")
}

fn assert_recursion(end: End) {
    assert_eq!(end, End::Raised("RecursionError: maximum recursion depth exceeded".into()));
}

/// 2^60 tuples in one another, of 61 objects.
const DOUBLED: &str = "
t = (KeyError,)
for i in range(60):
    t = (t, t)
";

#[test]
fn tuples_of_exception_classes_nest_within_bounds() {
    let deep = "t = (KeyError,)\nfor i in range(300000): t = (t,)";
    assert_recursion(end_of(deep, "try: raise ValueError\nexcept t: pass"));
    assert_eq!(end_of(DOUBLED, "try: raise ValueError\nexcept t: pass"), End::Stopped);
    // a class that is found ends the search
    assert_eq!(end_of(DOUBLED, "try: raise KeyError\nexcept t: pass"), End::Done);
}

#[test]
fn objects_that_hold_another_one_twice_are_charged_for_each_visit() {
    for work in ["hash(t)", "{t: 1}", "{t}", "isinstance('a', t)", "issubclass(str, t)", "t in {}"]
    {
        assert_eq!(end_of(DOUBLED, work), End::Stopped, "{work}");
    }
    let named = "
from collections import namedtuple
N = namedtuple('N', 'a b')
x = 0
for i in range(60): x = N(x, x)
";
    assert_eq!(end_of(named, "hash(x)"), End::Stopped);
    let lists = "
a = []
b = []
for i in range(60): a = [a, a]; b = [b, b]
";
    assert_eq!(end_of(lists, "a == b"), End::Stopped);
    assert_eq!(end_of(lists, "a < b"), End::Stopped);
}

#[test]
fn python_functions_that_native_code_calls_are_charged() {
    let chain = "
class N:
    def __init__(self, child): self.child = child
    def __neg__(self): return -self.child or -self.child
    def __add__(self, other): return (self.child + other) or (self.child + other)
    def __contains__(self, item): return item in self.child or item in self.child
x = []
for i in range(60): x = N(x)
";
    for (leaf, work) in [("0", "-x"), ("0", "x + 0"), ("[]", "1 in x")] {
        let chain = chain.replace("x = []", &format!("x = {leaf}"));
        assert_eq!(end_of(&chain, work), End::Stopped, "{work}");
    }
}

#[test]
fn calls_of_instances_that_call_instances_end() {
    assert_recursion(end_of("class C: pass\nC.__call__ = C()", "C()()"));
}

#[test]
fn classes_with_many_bases_are_charged() {
    let wide = "t = tuple([type('X', (), {}) for i in range(3000)])";
    assert_eq!(end_of(wide, "type('C', t, {})"), End::Stopped);
    // a chain of classes takes time in proportion to what it holds
    let deep = "class C: pass\nfor i in range(1000): C = type('C', (C,), {})";
    assert_eq!(end_of("", deep), End::Done);
}

#[test]
fn keys_that_collide_are_charged_for_each_look() {
    let same_hash = "
class K:
    def __hash__(self): return 1
";
    let work = "d = {}\nfor i in range(20000): d[K()] = 1";
    assert_eq!(end_of(same_hash, work), End::Stopped);
    // multiples of the prime that hashes of numbers are taken modulo
    let zeros = "
ks = [i * ((1 << 61) - 1) * ((1 << 31) - 1) * ((1 << 29) - 1) for i in range(1 << 15)]
";
    assert_eq!(end_of(zeros, "d = {k: 1 for k in ks}"), End::Stopped);
}

#[test]
fn tuples_of_small_numbers_are_different_keys() {
    let work = "
d = {(i, -i): i for i in range(20000)}
assert len(d) == 20000
";
    assert_eq!(end_of("", work), End::Done);
}

/// Programs that nest native code as deep as it goes.
const NESTED: &[(&str, &str)] = &[
    ("class A:\n  def __neg__(s): return -s", "-A()"),
    ("class A:\n  def __getattr__(s, n): return getattr(s, n + 'x')", "A().a"),
    ("class A:\n  def __repr__(s): return repr(s)", "repr(A())"),
    (
        "class A:\n  def __eq__(s, o): return s == o\n  def __hash__(s): return hash(s)",
        "A() == A()",
    ),
    ("class A:\n  def __iter__(s): return iter(s)", "list(A())"),
    ("class A:\n  def __call__(s): return max([1], key=lambda n: s())", "A()()"),
    ("def f(n): return sorted([n], key=f)", "f(1)"),
    ("def f(n): return list(map(f, [n]))", "f(1)"),
    ("def f(): exec('f()')", "f()"),
    ("def g():\n  for x in g(): yield x", "list(g())"),
    (
        "def f():\n  with C(): pass\nclass C:\n  def __enter__(s): f()\n  def __exit__(s, *a): f()",
        "f()",
    ),
    ("a = []\nfor i in range(100000): a = [a]", "repr(a)"),
    ("a = []\nb = []\nfor i in range(100000): a = [a]; b = [b]", "a == b"),
    ("a = ()\nfor i in range(100000): a = (a,)", "hash(a)"),
    ("e = None\nclass E(Exception):\n  def __str__(s): return str(s)", "str(E())"),
    ("", "eval('(' * 5000 + ')' * 5000)"),
    ("", "eval('[' * 90 + ']' * 90); eval('-' * 5000 + '1')"),
];

/// Runs a program on a thread with so much stack, where only the stack bounds the depth.
fn nest(stack: usize, setup: &'static str, work: &'static str) -> Result<(), String> {
    let thread = std::thread::Builder::new().stack_size(stack).spawn(move || {
        let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
        let builder = Interpreter::builder(&mut memory).native_depth(u16::MAX).stack_slots(1 << 20);
        let mut python = builder.build().expect("enough memory");
        python.exec(setup).expect("the preparation");
        let result = python.exec(work).map_err(|error| error.to_string());
        assert_eq!(python.eval::<i64>("6 * 7").expect("it is usable"), 42);
        assert!(python.is_sound());
        result
    });
    thread.expect("a thread").join().expect("no panic")
}

/// Whether functions take several times the machine's stack that they take otherwise, and so more than
/// is kept in reserve: a sanitizer lays guards around each variable.
fn has_large_frames() -> bool {
    std::env::var_os("SNAKELET_LARGE_FRAMES").is_some()
}

#[test]
fn native_code_nests_as_far_as_the_machine_stack_reaches() {
    if has_large_frames() {
        return;
    }
    for (setup, work) in NESTED {
        for stack in [1 << 20, 2 << 20] {
            let error = nest(stack, setup, work).expect_err(work);
            let expected =
                ["RecursionError", "RuntimeError: name too long", "SyntaxError", "MemoryError"];
            assert!(expected.iter().any(|class| error.starts_with(class)), "{work}: {error}");
        }
    }
}

#[test]
fn the_host_can_say_how_much_of_the_stack_a_call_may_take() {
    if has_large_frames() {
        return;
    }
    let mut memory = vec![MaybeUninit::uninit(); 16 << 20];
    let mut depth = |bytes: usize| {
        let builder = Interpreter::builder(&mut memory).native_depth(u16::MAX).machine_stack(bytes);
        let mut python = builder.build().expect("enough memory");
        let program = "
n = 0
class A:
    def __neg__(self):
        global n
        n += 1
        return -self
try:
    -A()
except RuntimeError:
    pass
";
        python.exec(program).expect("the error is handled");
        python.eval::<i64>("n").expect("a number")
    };
    let (little, more) = (depth(800 << 10), depth(1400 << 10));
    assert!(0 < little && little < more, "{little} {more}");
}
