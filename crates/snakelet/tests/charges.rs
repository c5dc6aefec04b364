//! Built-in functions are charged for their work: in proportion to what they look at, and with polls of
//! the host in between.

#![allow(clippy::expect_used, reason = "work that cannot be done fails its test")]

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU64, Ordering};

use snakelet::host::{Interrupt, Wish};
use snakelet::{Error, Interpreter};

/// Counts polls, and interrupts or stops at one of them.
struct Counting<'c> {
    polls: &'c Counter,
    at: u64,
    wish: Wish,
}

/// A counter that a hook can be sent with.
#[derive(Default)]
struct Counter(AtomicU64);

impl Counter {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Interrupt for Counting<'_> {
    fn poll(&mut self) -> Wish {
        let before = self.polls.0.fetch_add(1, Ordering::Relaxed);
        if before + 1 == self.at { self.wish } else { Wish::Continue }
    }
}

/// What a piece of work took.
#[derive(Debug)]
struct Cost {
    steps: u64,
    polls: u64,
}

const FUEL: u64 = 1 << 40;

/// Runs `setup`, and then `work`; `n` stands for a size in both.
fn cost(n: usize, setup: &str, work: &str) -> Cost {
    let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
    let polls = Counter::default();
    let mut hook = Counting { polls: &polls, at: 0, wish: Wish::Continue };
    let builder = Interpreter::builder(&mut memory).interrupt(&mut hook);
    let mut python = builder.compile_budget(16 << 20).build().expect("enough memory");
    python.set("n", n as i64).expect("a global");
    python.exec(setup).expect(setup);
    let before = polls.get();
    python.set_fuel(Some(FUEL));
    python.exec(work).expect(work);
    let left = python.fuel().expect("it is limited");
    Cost { steps: FUEL - left, polls: polls.get() - before }
}

/// Asserts that work on `n` things takes at least one step for `share` of them, that work on four times as
/// many takes four times as many, and that the host is polled on the way.
fn assert_proportional(n: usize, share: usize, setup: &str, work: &str) {
    let (few, many) = (cost(n, setup, work), cost(4 * n, setup, work));
    assert!(few.steps as usize >= n / share, "{work}: {few:?} for {n}");
    // what a native function has done before a large object was made for it, it does once more
    assert!(
        (3 * few.steps..=7 * few.steps).contains(&many.steps),
        "{work}: {few:?} for {n}, {many:?} for four times as many"
    );
}

/// As [`assert_proportional`], and asserts that the host is polled on the way.
fn assert_polled(n: usize, share: usize, setup: &str, work: &str) {
    assert_proportional(n, share, setup, work);
    let many = cost(4 * n, setup, work);
    assert!(many.polls >= many.steps / 40_000, "{work}: {many:?}");
    assert!(many.polls >= 2, "{work}: {many:?}");
}

#[test]
fn texts_are_charged_by_their_bytes() {
    let works = [
        ("t = '\u{e9}' * n", "len(t)"),
        ("t = '\u{e9}' * n", "t[n - 1]"),
        ("t = '\u{e9}' * n", "t[-n]"),
        ("t = '\u{e9}' * n", "t.find('a', 1)"),
        ("t = 'a' * n; u = 'a' * n", "t == u"),
        ("t = 'a' * n + 'b'; u = 'a' * n + 'c'", "t < u"),
        ("t = b'a' * n; u = bytearray(t)", "t == u"),
        ("t = b'a' * n; u = bytearray(t)", "u < t"),
        ("t = b'a' * n", "5 in t"),
        ("t = 'a' * n; u = 'a' * n", "t.startswith(u)"),
        ("t = 'a' * n; u = 'a' * n", "t.removesuffix(u)"),
        ("t = '9' * n + '.5'", "float(t)"),
        ("t = '0' * n", "int(t)"),
    ];
    for (setup, work) in works {
        assert_proportional(1 << 17, 64, setup, work);
    }
}

#[test]
fn the_host_is_polled_while_texts_are_made() {
    let works = [
        ("t = ' ' * n", "t.split()"),
        ("t = ' ' * n", "t.rsplit()"),
        ("t = ' ' * n", "t.strip()"),
        ("t = 'a' * n", "t.upper()"),
        ("t = 'a' * n", "t.isalpha()"),
        ("t = 'a' * n", "t.splitlines()"),
        ("t = 'a' * n", "t[::-1]"),
        ("t = '\u{e9}' * n", "t[::-2]"),
        ("t = '\u{e9}' * n", "repr(t)"),
        ("t = 'a' * n", "ascii(t)"),
        ("t = b'a' * n", "t.hex()"),
        ("t = '61' * n", "bytes.fromhex(t)"),
        ("t = '\u{e9}' * n", "t.encode('ascii', 'ignore')"),
        ("t = 'a\\t' * n", "t.expandtabs()"),
        ("t = 'ab' * n", "t.count('b')"),
        ("t = 'a' * n; u = 'a' * (n // 2) + 'b'", "t.find('b')"),
        ("x = 1 << 4 * n", "hex(x)"),
        ("x = 1 << n", "bin(x)"),
        ("", "'{:{}}'.format(5, n)"),
        ("", "'{:.{}f}'.format(1.5, n)"),
        ("", "'%.*f' % (n, 1.5)"),
        ("t = ['a'] * n", "''.join(t)"),
    ];
    for (setup, work) in works {
        assert_polled(1 << 18, 64, setup, work);
    }
}

#[test]
fn names_of_any_length_are_hashed_in_bounded_time() {
    let attribute = "try: getattr(1, t, None)\nexcept RuntimeError: pass";
    for work in ["hash(t + t)", attribute, "{t: 1}[t]"] {
        let (long, longer) = (1 << 20, 1 << 22);
        let setup = "t = 'a' * n; u = t + 't'";
        let [few, many] = [long, longer].map(|n| cost(n, setup, &work.replace("t + t", "u")));
        assert!(many.steps < few.steps + few.steps / 4 + 100, "{work}: {few:?} {many:?}");
    }
}

/// What a script makes the interpreter read: texts of numbers, patterns of formats, sources.
#[test]
fn what_is_read_is_charged_by_its_bytes() {
    let works = [
        ("t = '0.' + '0' * n + '1'", "float(t)"),
        ("t = ' ' * n + '1'", "float(t)"),
        ("t = '1' + ' ' * n", "int(t)"),
        ("t = bytearray(b'0' * n + b'1')", "float(t)"),
        ("t = '1e' + '0' * n", "float(t)"),
        ("t = '1' * n + 'j'", "complex(t)"),
        ("t = '0_' * n + '7'", "int(t)"),
        ("t = '%' + '0' * n + 'd'", "t % 1"),
        ("t = '%' + ' +' * n + 'd'", "t % 1"),
        ("t = '%(' + 'k' * n + ')d'", "try: t % {}\nexcept RuntimeError: pass"),
        ("t = '{:' + '0' * n + '}'", "t.format(1)"),
        ("t = '{' + '0' * n + '}'", "t.format(1)"),
        ("t = '0' * n", "format(1, t)"),
        ("t = '{{' * n", "t.format()"),
        ("t = '%%' * n", "t % ()"),
        ("t = '0' * n", "eval(t)"),
        ("t = '1.' + '0' * n", "eval(t)"),
    ];
    for (setup, work) in works {
        assert_polled(1 << 18, 64, setup, work);
    }
}

/// Long rows that are copied, moved or looked through at once.
#[test]
fn the_host_is_polled_while_long_rows_are_copied() {
    let works = [
        ("t = 'a' * n", "t + t"),
        ("t = '\u{e9}' * n", "t + t"),
        ("t = '\u{e9}' * n", "t[1:]"),
        ("t = '\u{e9}' * n", "t.encode()"),
        ("t = b'a' * n", "t.decode()"),
        ("t = bytearray(n)", "bytes(t)"),
        ("t = bytearray(n)", "t[1:]"),
        ("t = bytearray(n)", "t + t"),
        ("t = bytearray(n)", "t.extend(t)"),
        ("t = bytearray(n)", "t[0:0] = t"),
        ("t = b'a' * n", "t in t"),
        ("t = '\u{e9}' * n", "'%s' % t"),
        ("t = 'a' * n", "f'{t}'"),
        ("import io; t = io.BytesIO(b'a' * n)", "t.getvalue()"),
    ];
    for (setup, work) in works {
        assert_polled(1 << 20, 128, setup, work);
    }
    // items take a word each, and on 32-bit targets there is no list of so many as bytes above
    for (setup, work) in [("t = [1] * n", "t.count(1)"), ("t = (1,) * n", "hash(t)")] {
        assert_polled(1 << 17, 128, setup, work);
    }
}

#[test]
fn what_the_host_is_told_of_an_error_is_bounded() {
    let mut memory = vec![MaybeUninit::uninit(); 16 << 20];
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let error = python.exec("raise ValueError('\u{e9}' * 1000001)").expect_err("it raises");
    let message = error.exception().expect("an exception").message().to_owned();
    assert_eq!(message, "\u{e9}".repeat(32 << 10));
    let error = python.exec("raise ValueError('short')").expect_err("it raises");
    assert_eq!(error.exception().expect("an exception").message(), "short");
}

#[test]
fn containers_are_charged_by_their_items() {
    let works = [
        ("t = [1] * n", "list(t)"),
        ("t = [1] * n", "tuple(t)"),
        ("t = [1] * n", "t.copy()"),
        ("t = [1] * n", "t + t"),
        ("t = [1] * n", "t.extend(t)"),
        ("t = [1] * n", "t[::2]"),
        ("t = [1] * n", "t.insert(0, 1)"),
        ("t = [1] * n", "del t[0]"),
        ("t = [1] * n", "t.remove(1)"),
        ("t = [1] * n", "t.reverse()"),
        ("t = [2]", "t * n"),
        ("t = (1, 2)", "t * n"),
        ("t = {i: i for i in range(n)}", "t.copy()"),
        ("t = set(range(n))", "t.copy()"),
        ("t = set(range(n))", "frozenset(t)"),
        ("t = [1.0] * n\nimport math", "math.dist(t, t)"),
        ("t = [1.0] * n\nimport math", "math.fsum(t)"),
        ("", "bytes(n)"),
        ("", "bytearray(n)"),
        ("import struct", "struct.pack('%dx' % n)"),
        ("t = b'ab'", "bytearray(t) * n"),
        ("t = tuple(type('X', (), {}) for i in range(n // 64))", "isinstance(1, t)"),
    ];
    // a dict has at most some 60,000 entries where words have 32 bits
    let n = if cfg!(target_pointer_width = "64") { 1 << 17 } else { 1 << 13 };
    for (setup, work) in works {
        assert_proportional(n, 128, setup, work);
    }
}

#[test]
fn sorts_poll_and_leave_a_whole_list_when_they_are_stopped() {
    let lists = [
        "[(i * 7919) % 1000003 for i in range(200000)]",
        "[str((i * 7919) % 1000003) for i in range(50000)]",
        "[(i * 7919) % 1000003 + 0.5 for i in range(50000)]",
        "[7] * 200000",
        "list(range(200000, 0, -1))",
    ];
    for list in lists {
        for key in ["", "key=lambda x: x", "reverse=True"] {
            let setup = format!("t = {list}\ns = list(t)");
            let work = format!("t.sort({key})");
            let whole = cost(0, &setup, &work);
            assert!(whole.polls > 50, "{list} {key}: {whole:?}");
            let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
            let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
            python.exec(&setup).expect("the list");
            python.set_fuel(Some(whole.steps / 3));
            assert!(matches!(python.exec(&work), Err(Error::Stopped)), "{list} {key}");
            python.set_fuel(None);
            assert!(python.is_sound());
            let same = "sorted(t) == sorted(s)";
            assert!(python.eval::<bool>(same).expect("it is usable"), "{list} {key}");
        }
    }
}

#[test]
fn work_ends_where_the_fuel_does_and_leaves_objects_in_order() {
    let bytes = "a = bytearray(bytes(range(250)) * (n // 250))";
    let list = "a = list(range(n))";
    let deque = "from collections import deque\na = deque(range(n), n)";
    let items = "sorted(a) == list(range(n))";
    let text = "a = 'ab' * (n // 2)";
    // what is prepared, the work, and what holds wherever it has ended
    let works = [
        (text, "a.upper()", "len(a) == n"),
        (text, "a.islower()", "len(a) == n"),
        ("a = 'A' + 'b' * n", "a.istitle()", "len(a) == n + 1"),
        (text, "a.expandtabs()", "len(a) == n"),
        (text, "a.split()", "len(a) == n"),
        (text, "a.rsplit()", "len(a) == n"),
        (text, "a.splitlines()", "len(a) == n"),
        (text, "a.format()", "len(a) == n"),
        (text, "a[::-1]", "len(a) == n"),
        (text, "bytes.fromhex(a)", "len(a) == n"),
        ("a = '\u{e9}b' * (n // 2)", "a[-n + 1]", "len(a) == n"),
        ("a = b'ab' * (n // 2)", "a.decode('ascii')", "len(a) == n"),
        ("a = bytearray(b'abc')", "a * (n * 4)", "a == b'abc'"),
        ("a = bytearray(b'abc')", "a *= n * 4", "a == b'abc'"),
        (bytes, "a[::2]", "len(a) == n"),
        (bytes, "a[::2] = bytes(n // 2)", "len(a) == n"),
        (bytes, "del a[::2]", "len(a) >= n // 2 and bytes(a[-1:]) == b'\\xf9'"),
        (bytes, "a.reverse()", "sum(a) == sum(range(250)) * (n // 250)"),
        ("import array\na = array.array('i', range(n))", "a.reverse()", items),
        ("a = memoryview(bytes(n))", "a.tolist()", "len(a) == n"),
        (deque, "a.rotate(n // 2)", items),
        (deque, "a.remove(0)", items),
        (deque, "a.copy()", items),
        (list, "del a[::2]", "all(a[i - 1] < a[i] for i in range(1, len(a)))"),
        (list, "a * 2", items),
        (list, "a *= 2", items),
        (list, "a.extend(a)", items),
        (list, "tuple(a)", items),
        (list, "a[::2]", items),
    ];
    let n = 400_000;
    for (setup, work, check) in works {
        let whole = cost(n, setup, work);
        let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
        let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
        python.set("n", n as i64).expect("a global");
        python.exec(setup).expect(setup);
        python.set_fuel(Some(whole.steps / 50));
        assert!(matches!(python.exec(work), Err(Error::Stopped)), "{work}");
        // room for a result is charged at once; what a deletion leaves is moved in any case
        let steps = python.usage().steps;
        let is_less = steps < whole.steps / 20 * 19 || work.starts_with("del");
        assert!(is_less, "{work}: {steps} steps of {whole:?}");
        python.set_fuel(None);
        assert!(python.is_sound(), "{work}");
        assert!(python.eval::<bool>(check).expect(check), "{work}: {check}");
    }
}

#[test]
fn comparing_long_strings_ends_a_sort() {
    let setup = "a = 'a' * 1000000\nt = [a + str(i % 3) for i in range(20)] * 500";
    let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python.exec(setup).expect("the list");
    python.set_fuel(Some(1_000_000));
    assert!(matches!(python.exec("t.sort()"), Err(Error::Stopped)));
    python.set_fuel(None);
    assert_eq!(python.eval::<i64>("len(t)").expect("it is usable"), 10_000);
}

#[test]
fn entries_are_taken_off_both_ends_in_linear_time() {
    let works = [
        ("t = {i: i for i in range(n)}", "while t: t.popitem()"),
        ("t = set(range(n))", "while t: t.pop()"),
        ("t = {i: i for i in range(n)}", "while t: del t[next(iter(t))]"),
        (
            "from collections import OrderedDict\nt = OrderedDict((i, i) for i in range(n))",
            "while t: t.popitem(False)",
        ),
        (
            "t = {i: i for i in range(n)}",
            "while t:\n t.popitem()\n t[-1] = 1\n t.popitem()\n del t[next(iter(t))]",
        ),
    ];
    for (setup, work) in works {
        assert_proportional(1 << 12, 1, setup, work);
    }
    // what lies in the middle is charged when it is passed over
    let holes = "t = {i: i for i in range(n)}\nfor i in range(1, n - 1): del t[i]";
    assert_proportional(1 << 13, 16, holes, "for i in range(20):\n for k in t: pass");
}

#[test]
fn ends_of_tables_are_found_whatever_was_removed() {
    let mut memory = vec![MaybeUninit::uninit(); 8 << 20];
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    let work = "
import random
random.seed(7)
for size in (3, 9, 40, 600):
    d, model = {}, []
    for turn in range(4000):
        act = random.randrange(6)
        if act < 2 and len(model) < size:
            if turn not in d: model.append(turn)
            d[turn] = -turn
        elif act == 2 and model:
            assert d.popitem() == (model[-1], -model.pop())
        elif act == 3 and model:
            first = next(iter(d))
            assert first == model.pop(0)
            del d[first]
        elif act == 4 and model:
            key = model.pop(random.randrange(len(model)))
            assert d.pop(key) == -key
        elif act == 5 and turn % 50 == 0:
            d = d.copy()
        assert len(d) == len(model)
    assert list(d) == model
    assert list(d.values()) == [-k for k in model]
    s = set(model)
    while s: model.remove(s.pop())
    assert model == []
";
    python.exec(work).expect("a dict like its model");
    assert!(python.is_sound());
}

#[test]
fn keys_with_a_hash_of_their_own_are_rehashed_in_linear_time() {
    assert_proportional(1 << 13, 1, "", "t = {(i, -i): i for i in range(n)}\nassert len(t) == n");
    let removed = "
t = {(i, -i): i for i in range(n)}
for i in range(0, n, 3): del t[(i, -i)]
u = t.copy()
for i in range(n): t[(i, i)] = i
for i in range(1, n, 3): assert t[(i, -i)] == u[(i, -i)] == i and t[(i, i)] == i
for i in range(3, n, 3): assert (i, -i) not in t
";
    assert_proportional(1 << 12, 1, "", removed);
}

#[test]
fn classes_and_attributes_are_charged_by_what_is_searched() {
    let deep = "class C: pass\nfor i in range(n): C = type('C', (C,), {})\nc = C()";
    for work in [
        "for i in range(50): hasattr(c, 'x%d' % i)",
        "for i in range(50): isinstance(c, int)",
        "for i in range(50): C.__mro__",
    ] {
        let (few, many) = (cost(128, deep, work), cost(1024, deep, work));
        assert!(many.steps > 2 * few.steps, "{work}: {few:?}, {many:?}");
        assert!(many.steps > 1024 * 50 / 32, "{work}: {many:?}");
    }
    let wide = "class A: pass\na = A()\nfor i in range(n): setattr(a, 'k%d' % i, 1)";
    for work in ["for i in range(50): setattr(a, 'x%d' % i, 1)", "a.__dict__", "del a.k0"] {
        let (few, many) = (cost(128, wide, work), cost(1024, wide, work));
        assert!(many.steps > 2 * few.steps, "{work}: {few:?}, {many:?}");
    }
}

#[test]
fn collections_are_charged_by_the_heap() {
    let setup = "t = [[i] for i in range(n)]\nimport gc";
    let (few, many) = (cost(1 << 10, setup, "gc.collect()"), cost(1 << 18, setup, "gc.collect()"));
    assert!(many.steps > few.steps + (1 << 16), "{few:?}, {many:?}");
}

#[test]
fn compilations_are_charged_and_polled() {
    let works = [
        ("s = 'x = \"' + 'a' * n + '\"'", "compile(s, 'f', 'exec')"),
        ("s = '#' * n", "compile(s, 'f', 'exec')"),
        (
            "s = 'x = [' + ','.join('%d.5' % i for i in range(n // 64)) + ']'",
            "compile(s, 'f', 'exec')",
        ),
        ("s = '\\n'.join('a%d = %d' % (i, i) for i in range(n // 64))", "compile(s, 'f', 'exec')"),
        ("s = 'x = 0' + '+a' * (n // 64)", "compile(s, 'f', 'exec')"),
    ];
    for (setup, work) in works {
        assert_polled(1 << 18, 64, setup, work);
    }
}

#[test]
#[cfg_attr(not(target_pointer_width = "64"), ignore = "32-bit targets hold no such lists")]
fn lists_grow_in_linear_time() {
    // from some length on the length is no longer kept as that of shorter lists
    for work in ["t = []\nfor i in range(n): t.append(1)", "t = [1]\nfor i in range(n): t += [1]"] {
        assert_proportional(1 << 18, 1, "", work);
        assert_proportional(1 << 19, 1, "", work);
    }
}

#[test]
fn formats_of_structures_are_charged_by_their_length() {
    for work in ["struct.calcsize(t)", "struct.pack(t)"] {
        assert_polled(1 << 18, 32, "import struct\nt = ' ' * n", work);
    }
}

#[test]
fn library_modules_are_charged_and_polled() {
    let works = [
        ("import json; t = 'a' * n", "json.dumps(t)"),
        ("import json; t = list(range(n))", "json.dumps(t)"),
        ("import json; t = '\"' + 'a' * n + '\"'", "json.loads(t)"),
        ("import json; t = '[' + '1,' * n + ']'", "json.loads(t)"),
        ("import json; t = '[' * n + ']' * n", "json.loads(t)"),
        ("import json; t = ' ' * n + '1'", "json.loads(t)"),
        ("import json; t = '1' * 1000 + ' ' * n", "json.loads(t)"),
        ("import binascii; t = b'a' * n", "binascii.hexlify(t)"),
        ("import binascii; t = b'a' * 2 * n", "binascii.unhexlify(t)"),
        ("import binascii; t = b'a' * n", "binascii.b2a_base64(t)"),
        ("import binascii; t = b'YWFh' * n", "binascii.a2b_base64(t)"),
        ("import binascii; t = b'a' * n", "binascii.crc32(t)"),
        ("import hashlib; t = b'a' * n", "hashlib.sha256(t)"),
        ("import cryptolib; t = b'a' * n; c = cryptolib.aes(b'k' * 16, 1)", "c.encrypt(t)"),
        (
            "import deflate, io; t = bytes(range(256)) * (n // 256)",
            "deflate.DeflateIO(io.BytesIO()).write(t)",
        ),
        (
            "import deflate, io; s = io.BytesIO(); d = deflate.DeflateIO(s, 1)\n\
             d.write(bytes(n)); d.close(); s.seek(0)",
            "deflate.DeflateIO(s, 1).read()",
        ),
        (
            "import framebuf; f = framebuf.FrameBuffer(bytearray(n), 256, n // 256, framebuf.GS8)",
            "f.fill(1); f.blit(f, 0, 0); f.scroll(1, 1)",
        ),
        (
            "import framebuf; f = framebuf.FrameBuffer(bytearray(n), n // 8, 8, framebuf.GS8)",
            "f.text('a' * n, 0, 0); f.poly(0, 0, b'abcd' * (n // 4), 1)",
        ),
        ("import uctypes; t = {i: i for i in range(n // 8)}", "uctypes.sizeof(t)"),
        (
            "import io, websocket; t = b'\\x82\\x7d' + b'a' * 125",
            "websocket.websocket(io.BytesIO(t * (n // 128))).read()",
        ),
        ("import heapq; t = list(range(n, 0, -1))", "heapq.heapify(t)"),
        ("import re; t = 'a' * n", "re.search('b', t)"),
        ("import re; t = 'a' * n", "re.search('(a*)*b', t)"),
        ("import re; t = 'a' * n", "re.match('a*', t)"),
        ("import re; t = 'a' * n", "re.sub('b', 'c', t)"),
        ("import re; t = 'a' * n", "re.sub('a', 'b', t)"),
        ("import re; t = 'a,' * n", "re.split(',', t)"),
        (
            "import re; r = re.compile('b'); t = 'a' * n",
            "r.search(t, n - 1); r.search('\u{e9}' * n, n - 1)",
        ),
    ];
    for (setup, work) in works {
        let n = 1 << 16;
        let (few, many) = (cost(n, setup, work), cost(4 * n, setup, work));
        assert!(few.steps as usize >= n / 64, "{work}: {few:?} for {n}");
        // a collection on the way takes as long for few as for many
        assert!(many.steps as usize >= 4 * n / 64, "{work}: {many:?} for {}", 4 * n);
        assert!(many.steps <= 7 * few.steps, "{work}: {few:?}, {many:?}");
        assert!(many.polls >= 2, "{work}: {many:?}");
    }
}

#[test]
fn long_work_is_ended_by_the_host() {
    let works = [
        (
            "s = 'x = [' + ','.join('%d.5' % i for i in range(50000)) + ']'",
            "compile(s, 'f', 'exec')",
        ),
        ("t = [(i * 7919) % 1000003 for i in range(300000)]", "t.sort()"),
        ("t = ' ' * 3000000", "t.split()"),
        ("x = 1 << 200000", "str(x)"),
        ("x = 1 << 300000", "x * x + x ** 3"),
    ];
    for (setup, work) in works {
        for (wish, end) in
            [(Wish::Interrupt, "KeyboardInterrupt"), (Wish::Stop, "stopped by the host")]
        {
            // the hook counts from the start: first it is seen what the preparation takes
            let polls = Counter::default();
            let mut memory = vec![MaybeUninit::uninit(); 64 << 20];
            let mut probe = Counting { polls: &polls, at: 0, wish };
            let mut python =
                Interpreter::builder(&mut memory).interrupt(&mut probe).build().expect("memory");
            python.exec(setup).expect("the preparation");
            let at = polls.get() + 5;
            drop(python);
            let polls = Counter::default();
            let mut hook = Counting { polls: &polls, at, wish };
            let mut python =
                Interpreter::builder(&mut memory).interrupt(&mut hook).build().expect("memory");
            python.exec(setup).expect("the preparation");
            let error = python.exec(work).expect_err(work).to_string();
            assert!(error.contains(end), "{work}: {error}");
            assert_eq!(polls.get(), at, "{work}: it ends with the poll");
            assert_eq!(python.eval::<i64>("sum([1, 2, 3])").expect("it is usable"), 6);
        }
    }
}

#[test]
fn short_texts_are_compiled_for_few_steps() {
    let pass = cost(0, "", "pass");
    assert!(pass.steps < 50, "{pass:?}");
}
