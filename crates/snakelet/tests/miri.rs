//! A walk through the interpreter that is short enough for Miri, which looks for undefined behaviour: `.ci/run miri`
//! runs it there, and it runs natively as any other test.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, Ordering};

use snakelet::{Error, Handle, Interpreter};

const SIZE: usize = 48 << 10;

/// Runs a script in so much memory, perhaps with a collection and moves at each allocation.
fn run(script: &str, size: usize, stress: bool) {
    let mut memory = vec![MaybeUninit::uninit(); size];
    let mut python = Interpreter::builder(&mut memory).stack_slots(256).build().unwrap();
    python.set_stress(stress);
    let result = python.exec(script);
    assert!(result.is_ok(), "{result:?}");
    assert!(python.is_sound());
}

macro_rules! scripts {
    ($($name:ident: $script:literal;)*) => {$(
        #[test]
        fn $name() {
            run($script, SIZE, false);
        }
    )*};
}

scripts! {
    numbers: "
a, b = 3, 4.5
assert a + b == 7.5 and a * 7 // 2 == 10 and 2 ** 100 % 97 == 16 and -(1 << 70) >> 68 == -4
assert int(str(3 ** 50)) == 3 ** 50 and '%d %x %.2f' % (7, 255, 1.5) == '7 ff 1.50'
assert (1 + 2j) * 1j == -2 + 1j and float('1e5') == 100000.0
";
    containers: "
l = [i * i for i in range(8)]
l.append(9); l.insert(0, 5); l[1:3] = [7, 7, 7]; del l[0]; l.sort(reverse=True)
d = {str(i): i for i in range(12)}
d.pop('3'); d['x'] = l; d.update(y=1)
s = {1, 2, 'a', (1, 2)} | {3}
t = tuple(l) + (1,)
assert len(d) == 13 and 'a' in s and t[-1] == 1 and sorted(d)[0] == '0' and l[::-1][0] == l[-1]
b = bytearray(b'abc'); b += b'def'; m = memoryview(b)[1:3]; m[0] = 65
assert bytes(b) == b'aAcdef' and '-'.join(['a', 'b']).split('-') == ['a', 'b']
";
    classes_and_errors: "
class A:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return self.x == other.x
    def __hash__(self): return hash(self.x)
    def twice(self): return self.x * 2
class B(A):
    def __init__(self, x):
        super().__init__(x)
        self.y = [x]
    @property
    def both(self): return self.x, self.y
assert B(3).both == (3, [3]) and B(2).twice() == 4 and {A(1): 5}[A(1)] == 5
def f():
    try:
        raise ValueError('a', 1)
    finally:
        f.done = 1
try:
    f.done = 0
except AttributeError:
    pass
try:
    [][1]
except IndexError as e:
    assert str(e)
try:
    1 // 0
except (KeyError, ZeroDivisionError) as e:
    pass
";
    generators: "
def count(n):
    for i in range(n):
        got = yield i
        if got: return got
def outer():
    x = yield from count(3)
    yield x
g = outer()
assert next(g) == 0 and g.send('end') == 'end'
assert list(map(lambda a: a + 1, count(3))) == [1, 2, 3] and sum(x for x in count(4)) == 6
g = count(5); next(g); g.close()
def deep(n): return n and deep(n - 1)
assert deep(20) == 0
";
}

#[test]
fn objects_move_at_each_allocation() {
    // each one costs a walk through the heap
    run(
        "d = {'a': [1.5, 1 << 70]}\ndef f(x): yield [x, d]\nassert next(f('x' * 9))[1] is d\n",
        10 << 10,
        true,
    );
}

#[test]
fn an_interpreter_owns_what_it_uses() {
    struct Counter(u64);
    impl snakelet::host::Clock for Counter {
        fn ticks_us(&mut self) -> u64 {
            self.0 += 1000;
            self.0
        }
        fn sleep_us(&mut self, _us: u64) {}
    }
    drop(Interpreter::owned(SIZE).own_clock(Counter(0)));
    let mut python =
        Interpreter::owned(SIZE).own_clock(Counter(0)).stack_slots(256).build().unwrap();
    python.register_async("double", async |x: i64| x * 2).unwrap();
    let mut run =
        std::pin::pin!(python.start("import time\nx = double(time.ticks_us())").unwrap().drive(9));
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    while run.as_mut().poll(&mut task).map(Result::unwrap).is_pending() {}
}

#[test]
fn the_host_calls_and_is_called() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let mut memory = vec![MaybeUninit::uninit(); SIZE];
    let mut python = Interpreter::builder(&mut memory).stack_slots(512).build().unwrap();
    python
        .register("add", |a: i64, text: &str| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            a + text.len() as i64
        })
        .unwrap();
    python.exec("def f(x): return [add(x, 'abc'), {'a': x}]").unwrap();
    let kept: Handle = python.call("f", (5,)).unwrap();
    python.collect();
    assert_eq!(python.context().repr(&kept).unwrap(), "[8, {'a': 5}]");
    drop(kept);
    assert!(matches!(python.exec("f('a', 'b', 'c')"), Err(Error::Exception(_))));
    python.set_fuel(Some(200));
    assert!(matches!(python.exec("while True: pass"), Err(Error::Stopped)));
    assert!(python.is_sound() && CALLS.load(Ordering::Relaxed) == 1);
}
