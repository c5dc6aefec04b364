//! What scripts can do with a type of another crate.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong and stops")]

use core::mem::MaybeUninit;

use extension::RINGBUFFER;
use snakelet::Interpreter;

fn run(source: &str) {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let builder = Interpreter::builder(&mut memory).modules(const { &[&RINGBUFFER] });
    let mut python = builder.build().unwrap();
    for stress in [false, true] {
        python.set_stress(stress);
        if let Err(error) = python.exec(source) {
            panic!("{error}");
        }
    }
    assert!(python.is_sound());
}

#[test]
fn rings_hold_the_last_bytes() {
    run("
from ringbuffer import Ring
r = Ring()
for i in range(100): r.push(i)
assert len(r) == 64 and list(r) == list(range(36, 100))
assert r[0] == 36 and r[-1] == 99 and r.pop() == 36 and len(r) == 63
assert 50 in r and 10 not in r and sum(r) == sum(range(37, 100))
");
}

#[test]
fn rings_are_emptied_by_with_and_true_while_they_hold_something() {
    run("
from ringbuffer import Ring
with Ring() as r:
    r.push(True)
    assert r and list(r) == [1]
assert not r and list(r) == []
");
}

#[test]
fn rings_are_buffers() {
    run("
from ringbuffer import Ring
r = Ring()
r.push(7)
m = memoryview(r)
assert len(m) == 64 and m[0] == 7
m[0] = 9
assert r[0] == 9 and bytes(r)[:2] == b'\\x09\\0'
del r
import gc
gc.collect()
assert m[0] == 9
");
}

#[test]
fn classes_derive_from_rings() {
    run("
from ringbuffer import Ring
class Log(Ring):
    def push(self, text):
        for c in text: super().push(ord(c))
log = Log()
log.push('ab')
assert list(log) == [97, 98] and len(log) == 2 and log[1] == 98 and isinstance(log, Ring)
");
}

#[test]
fn what_does_not_fit_is_an_error() {
    run("
from ringbuffer import Ring
r = Ring()
def fails(error, f, *a):
    try: f(*a)
    except error: return
    assert False, f
fails(ValueError, r.push, 256)
fails(ValueError, r.push, -1)
fails(TypeError, r.push, 'a')
fails(TypeError, r.push)
fails(TypeError, r.push, 1, 2)
fails(TypeError, Ring, 1)
fails(TypeError, Ring.push, [], 1)
fails(TypeError, Ring.push, iter(r), 1)
fails(IndexError, r.pop)
fails(IndexError, lambda: r[0])
fails(TypeError, lambda: r[0:1])
fails(TypeError, lambda: r + 1)
fails(TypeError, r)
fails(AttributeError, lambda: r.other)
class Index:
    def __index__(self): return 5
r.push(Index())
assert r[0] == 5 and repr(r).startswith('<Ring object at ') and type(r).__name__ == 'Ring'
");
}
