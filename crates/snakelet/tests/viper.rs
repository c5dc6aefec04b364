//! Functions with Viper's types: numbers of a machine word, pointers into buffers, and errors of types.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::mem::MaybeUninit;

use snakelet::Interpreter;

/// Runs scripts plainly, and with a collection and moves at each allocation.
fn each_way(test: impl Fn(&mut Interpreter<'_>)) {
    for stress in [false, true] {
        let mut memory = vec![MaybeUninit::uninit(); 1 << 20];
        let mut python = Interpreter::builder(&mut memory).fuel(200_000_000).build().unwrap();
        python.set_stress(stress);
        test(&mut python);
        assert!(python.is_sound());
    }
}

fn run(script: &str) {
    each_way(|python| {
        if let Err(error) = python.exec(script) {
            panic!("{error:?}\n{script}");
        }
    });
}

fn error_of(python: &mut Interpreter<'_>, script: &str) -> String {
    python.exec(script).unwrap_err().to_string()
}

#[test]
fn numbers_are_cut_to_a_machine_word() {
    run(r#"
import sys
most = sys.maxsize
least = -most - 1
bits = most.bit_length() + 1
all = 2 * most + 1

@micropython.viper
def add(a: int, b: int) -> int:
    return a + b

@micropython.viper
def arithmetic(a: int, b: int):
    return (a + b, a - b, a * b, a & b, a | b, a ^ b, -a, ~a, +a)

@micropython.viper
def unsigned(a: uint, b: uint):
    return (a + b, a - b, a * b, a & b, a | b, a ^ b, -a, ~a)

@micropython.viper
def divide(a: int, b: int):
    return (a // b, a % b)

@micropython.viper
def shift(a: int, b: int):
    return (a << b, a >> b)

@micropython.viper
def shift_unsigned(a: uint, b: uint):
    return (a << b, a >> b)

def signed(n):
    n &= all
    return n - all - 1 if n > most else n

values = [0, 1, -1, 7, -13, 1000, most, least, most // 3, least // 5, 1 << 30, -(1 << 31)]
for a in values:
    for b in values:
        both = (a + b, a - b, a * b, a & b, a | b, a ^ b, -a, ~a, a)
        assert arithmetic(a, b) == tuple([signed(n) for n in both]), (a, b)
        assert add(a, b) == signed(a + b)
        a1, b1 = a & all, b & all
        both = (a1 + b1, a1 - b1, a1 * b1, a1 & b1, a1 | b1, a1 ^ b1, -a1, ~a1)
        assert unsigned(a, b) == tuple([n & all for n in both]), (a, b)
        if b:
            assert divide(a, b) == (signed(a // b), signed(a % b)), (a, b)
    for b in (0, 1, 5, 20, bits - 2, bits - 1):
        assert shift(a, b) == (signed(a << b), a >> b), (a, b)
        assert shift_unsigned(a, b) == ((a << b) & all, (a & all) >> b), (a, b)
    for b in (bits, bits + 1, most, -1):
        assert shift(a, b) == (0, -1 if a < 0 else 0), (a, b)
        assert shift_unsigned(a, b) == (0, 0), (a, b)

# what comes in is cut as well, also what is far larger
assert add(1 << 100, all) == -1
assert add(True, 2) == 3
for bad in ("1", 1.5, None, [], object()):
    try:
        add(bad, 1)
        assert False
    except TypeError:
        pass
try:
    divide(1, 0)
    assert False
except ZeroDivisionError:
    pass
"#);
}

#[test]
fn comparisons_go_by_the_type() {
    run(r#"
@micropython.viper
def signed(a: int, b: int):
    return (a < b, a > b, a == b, a <= b, a >= b, a != b)

@micropython.viper
def unsigned(a: uint, b: uint):
    return (a < b, a > b, a == b, a <= b, a >= b, a != b)

@micropython.viper
def between(a: int, b: int, c: int) -> bool:
    return a < b < c

assert signed(-1, 1) == (True, False, False, True, False, True)
assert unsigned(-1, 1) == (False, True, False, False, True, True)
assert unsigned(-1, -1) == (False, False, True, True, True, False)
assert between(1, 2, 3) is True and between(2, 1, 3) is False and between(1, 3, 2) is False
"#);
}

#[test]
fn objects_and_numbers_convert() {
    run(r#"
import sys

@micropython.viper
def casts(x):
    n = int(x)
    u = uint(n)
    b = bool(n)
    return (n, u, b, int(b), bool(x), int(u), int(None), object(n))

all = 2 * sys.maxsize + 1
assert casts(5) == (5, 5, True, 1, True, 5, 0, 5)
assert casts(-1) == (-1, all, True, 1, True, -1, 0, -1)
assert casts(0) == (0, 0, False, 0, False, 0, 0, 0)

@micropython.viper
def truth(x: bool) -> bool:
    return x

assert truth([]) is False and truth("a") is True

@micropython.viper
def nothing() -> int:
    pass

@micropython.viper
def untrue() -> bool:
    return None

assert nothing() == 0 and untrue() is False

@micropython.viper
def defaults(a: int = 1, *, b: uint = -1, c=None):
    return (a, b, c)

assert defaults() == (1, all, None)
assert defaults(2, b=3, c="x") == (2, 3, "x")

@micropython.viper
def mixed(x, n: int):
    d = {n: x}
    l = [n + 1, x]
    l.append(n)
    x[n] = n * 2
    total = 0
    for i in range(n):
        if i == 3:
            continue
        total += i
    else:
        total += 100
    return (d, l, f"{n}", total, x[n] if n else n, n and x, n or x)

assert mixed([0] * 9, 5)[1:5] == ([6, [0, 0, 0, 0, 0, 10, 0, 0, 0], 5], "5", 107, 10)

@micropython.viper
def closes_over(n: int):
    def inner():
        return n + 1
    return inner

assert closes_over(True)() == 2

@micropython.viper
def caught(x):
    n = 1
    try:
        n = 2
        x()
    except TypeError as e:
        n = n + 10
        return (n, str(e) != "")
    finally:
        n = n + 100
    return (n, None)

assert caught(1) == (12, True) and caught(list) == (102, None)

class C:
    @micropython.viper
    def method(self, n: int) -> int:
        self.n = n
        return n * 2

c = C()
assert c.method(4) == 8 and c.n == 4
"#);
}

#[test]
fn pointers_lead_into_buffers() {
    run(r#"
import array, struct, uctypes

@micropython.viper
def fill(dest: ptr8, value: int, n: int):
    for i in range(n):
        dest[i] = value + i

@micropython.viper
def total(source: ptr8, n: int) -> int:
    sum = 0
    i = 0
    while i < n:
        sum += source[i]
        i += 1
    return sum

@micropython.viper
def address(x: ptr) -> ptr:
    return x

@micropython.viper
def words(p: ptr16, q: ptr32, n: int):
    p[n] = 0x12345
    q[1] = -2
    return (p[n], q[1], p[0])

b = bytearray(8)
fill(b, 250, 8)
assert b == b"\xfa\xfb\xfc\xfd\xfe\xff\x00\x01", b
assert total(b, 8) == sum(b) and total(b"\x01\x02\x03", 3) == 6
assert total(memoryview(b)[2:4], 2) == b[2] + b[3]

at = address(b)
assert type(at) is int and at == uctypes.addressof(b) == address(at)
fill(at + 3, 1, 2)
assert b[3:5] == b"\x01\x02"

b = bytearray(12)
result = words(b, b, 1)
assert result == (0x2345, 0xfffffffe if struct.calcsize("P") == 8 else -2, 0), result
assert struct.unpack("<HHi", b) == (0, 0x2345, -2)

a = array.array("i", [1, -1])
@micropython.viper
def first(p: ptr32) -> int:
    return p[0]
assert first(a) == 1 and first(address(a)) == 1

@micropython.viper
def exchange(b: ptr8, i: int):
    b[0] += b[i]
    b[i] = True
exchange(a, 4)
assert a[0] & 0xff == 0 and a[1] & 0xff == 1

# the buffer stays while somebody may have its address
at = address(bytearray(b"kept"))
for i in range(20):
    bytearray(1000)
assert total(at, 4) == sum(b"kept")
"#);
}

#[test]
fn other_addresses_are_refused() {
    run(r#"
import sys

@micropython.viper
def load(p: ptr8, i: int) -> int:
    return p[i]

@micropython.viper
def load_word(p: ptr32, i: int) -> int:
    return p[i]

@micropython.viper
def store(p: ptr32, i: int, value: int):
    p[i] = value

@micropython.viper
def address(x: ptr) -> ptr:
    return x

def refused(f, *args, error=OSError):
    try:
        f(*args)
        return False
    except error:
        return True

b = bytearray(8)
for at in (0, 1, 0x1000, -1, 0x7fffffff, 1 << 60):
    assert refused(load, at, 0) and refused(store, at, 0, 1), at
assert load(b, 7) == 0 and refused(load, b, 8) and refused(load, b, -1)
far = sys.maxsize // 2 + 1
assert refused(load, b, far) and refused(load, b, -far)
assert load_word(b, 1) == 0 and refused(load_word, b, 2) and refused(load_word, address(b) + 5, 0)
assert refused(store, b, 2, 1)
# what cannot be written is not
assert refused(store, b"12345678", 0, 1, error=TypeError) and load(b"1", 0) == 49
for wrong in (1.5, None, [], object):
    assert refused(load, wrong, 0, error=TypeError)

# a buffer that has become smaller
b = bytearray(100)
at = address(b)
b[50:] = b""
assert load(at, 49) == 0 and refused(load, at, 50)

# an address that is too old
at = address(bytearray(10))
held = [bytearray(10) for i in range(40)]
for other in held:
    address(other)
assert refused(load, at, 0)
"#);
}

#[test]
fn types_that_do_not_fit_are_errors_of_syntax() {
    each_way(|python| {
        let viper = |text: &str| format!("@micropython.viper\n{text}");
        for (body, message) in [
            ("def f(a: 1): pass", "SyntaxError: annotation must be an identifier"),
            ("def f() -> None: pass", "SyntaxError: annotation must be an identifier"),
            ("def f(a: float): pass", "ViperTypeError: unknown type 'float'"),
            ("def f():\n  print(x)\n  x = 1", "ViperTypeError: local 'x' used before type known"),
            (
                "def f():\n  x = 1\n  x = []",
                "ViperTypeError: local 'x' has type 'int' but source is 'object'",
            ),
            (
                "def f(x: ptr8):\n  while x: pass",
                "ViperTypeError: can't implicitly convert 'ptr8' to 'bool'",
            ),
            ("def f() -> int: return []", "ViperTypeError: return expected 'int' but got 'object'"),
            ("def f(x: int): return x", "ViperTypeError: return expected 'object' but got 'int'"),
            ("def f(x: ptr): ~x", "ViperTypeError: can't do unary op of 'ptr'"),
            ("def f(x: int): y = not x", "ViperTypeError: 'not' not implemented"),
            (
                "def f(x: int, y): x + y",
                "ViperTypeError: can't do binary op between 'int' and 'object'",
            ),
            ("def f(x: int, y: uint): x < y", "ViperTypeError: comparison of int and uint"),
            ("def f(x: uint): x // x", "ViperTypeError: div/mod not implemented for uint"),
            ("def f(x: int): x ** x", "ViperTypeError: binary op __pow__ not implemented"),
            ("def f(x: int): x[0]", "ViperTypeError: can't load from 'int'"),
            ("def f(x: ptr8, y): x[y]", "ViperTypeError: can't load with 'object' index"),
            ("def f(x: ptr): x[0] = 1", "ViperTypeError: can't store to 'ptr'"),
            ("def f(x: ptr8): x[0] = 'a'", "ViperTypeError: can't store 'object'"),
            ("def f(x: ptr8, y): x[y] = 1", "ViperTypeError: can't store with 'object' index"),
            ("def f(): raise 1", "ViperTypeError: must raise an object"),
            ("def f():\n  try: f()\n  except: raise", "NotImplementedError: native raise"),
            ("def f(): yield", "NotImplementedError: native yield"),
            ("def f(): print(ptr8(1))", "NotImplementedError: conversion to object"),
            ("def f(): print(int)", "NotImplementedError: conversion to object"),
            ("def f(): x = uint", "NotImplementedError: casting"),
            ("def f(): int()", "NotImplementedError: casting"),
            ("def f(x): int(x, 16)", "NotImplementedError: casting"),
            ("def f(): uint(int)", "NotImplementedError: casting"),
            ("def f(x): return uint if x else x", "NotImplementedError: casting"),
            ("def f(x): y = uint if x else x", "NotImplementedError: casting"),
            ("def f(x): y = x if x else int", "NotImplementedError: casting"),
            ("def f(x):\n  for i in range(int): pass", "NotImplementedError: casting"),
            ("def f(x):\n  with int: pass", "NotImplementedError: conversion to object"),
            ("def f(x):\n  for i in bool: pass", "NotImplementedError: conversion to object"),
            ("def f(x):\n  match int:\n    case 1: pass", "NotImplementedError: casting"),
        ] {
            assert_eq!(error_of(python, &viper(body)), message, "{body}");
        }
        python.exec("assert issubclass(ViperTypeError, SyntaxError)").unwrap();
        // the line of the statement, in the function
        let error = python.exec(&viper("def f():\n  a = 1\n  return a")).unwrap_err();
        let frame = error.exception().unwrap().traceback().last().unwrap().clone();
        assert_eq!((frame.line, frame.function.as_str()), (4, "f"));
        // what is inside, or has another order, has no types
        python
            .exec(&viper(
                "def f():\n  def g(x: int): return not x\n  return [not i for i in (0, g(1))]",
            ))
            .unwrap();
        python.exec("@micropython.native\ndef f(x: ptr): return not x\nassert f(0)").unwrap();
        let machine_code = error_of(python, "@micropython.asm_thumb\ndef f(): pass");
        assert_eq!(machine_code, "SyntaxError: invalid micropython decorator");
    });
}
