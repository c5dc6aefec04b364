//! Programs made at random: each is valid, uses much of the language, and may run for ever, fill the memory or nest
//! too deep.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// Where choices come from.
pub(super) trait Choices {
    /// A number below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize;
}

/// Numbers of a generator that is seeded.
#[cfg(test)]
pub(super) struct Seeded(u64);

#[cfg(test)]
impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }
}

#[cfg(test)]
impl Choices for Seeded {
    // splitmix64
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % n.max(1) as u64) as usize
    }
}

/// Bytes of a fuzzer; where they end, zeros.
impl Choices for &[u8] {
    fn below(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.split_first() else { return 0 };
        *self = rest;
        usize::from(*first) % n.max(1)
    }
}

/// Names of variables, which hold anything.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Expressions without parts.
const ATOMS: [&str; 24] = [
    "0",
    "1",
    "-7",
    "1000",
    "2.5",
    "1e300",
    "1 << 70",
    "''",
    "'text'",
    "'\u{e9}t\u{e9}'",
    "b'bytes'",
    "None",
    "True",
    "()",
    "[]",
    "{}",
    "set()",
    "range(50)",
    "bytearray(40)",
    "int",
    "ValueError",
    "a",
    "b",
    "c",
];

/// Expressions of one part, of which `{}` takes the place.
const UNARY: [&str; 40] = [
    "-{}",
    "not {}",
    "~{}",
    "({},)",
    "[{}] * 20",
    "{{{}: 1}}",
    "{{1: {}}}",
    "len({})",
    "str({})",
    "repr({})",
    "hash({})",
    "list({})",
    "tuple({})",
    "dict({})",
    "sorted({})",
    "sum({})",
    "max({})",
    "iter({})",
    "next({})",
    "abs({})",
    "bool({})",
    "int({})",
    "float({})",
    "bytes({})",
    "frozenset({})",
    "reversed({})",
    "type({})",
    "{}[0]",
    "{}[1:]",
    "{}[::-1]",
    "{}()",
    "{}.x",
    "{}.append(1)",
    "{}.pop()",
    "{}.keys()",
    "{}.upper()",
    "[x for x in {}]",
    "(x for x in {})",
    "{{x: x for x in {}}}",
    "enumerate({})",
];

/// Expressions of two parts.
const BINARY: [&str; 28] = [
    "{} + {}",
    "{} - {}",
    "{} * {}",
    "{} / {}",
    "{} // {}",
    "{} % {}",
    "{} & {}",
    "{} | {}",
    "{} ^ {}",
    "{} << 9 | {}",
    "{} == {}",
    "{} < {}",
    "{} in {}",
    "{} is {}",
    "{} and {}",
    "{} or {}",
    "{} if b else {}",
    "[{}, {}]",
    "({}, {})",
    "{{{}: {}}}",
    "{{{}, {}}}",
    "isinstance({}, {})",
    "getattr({}, 'y', {})",
    "'%s %r' % ({}, {})",
    "list(map(lambda x: {}, [{}]))",
    "sorted([{}, {}], key=str)",
    "pow({}, 3, {})",
    "list(zip({}, {}))",
];

/// Statements without parts.
const SIMPLE: [&str; 22] = [
    "pass",
    "gc.collect()",
    "gc.disable()",
    "gc.enable()",
    "gc.threshold(2000)",
    "micropython.heap_lock()",
    "micropython.heap_unlock()",
    "micropython.schedule(f, a)",
    "del a",
    "global_count += 1",
    "exec('a = 1')",
    "exec('def f(x=0): return x')",
    "import math, collections, io",
    "from struct import pack, unpack",
    "raise ValueError(a)",
    "raise",
    "assert a",
    "a, *b = 'xyz'",
    "a = b = c",
    "b = [b]",
    "c = (c, c)",
    "from missing import x",
];

/// Makes a program.
pub(super) fn program(choices: &mut dyn Choices) -> String {
    let mut maker = Maker { choices, out: String::new(), left: 60 };
    maker.out.push_str(
        "import gc, micropython\nglobal_count = 0\na, b, c = 1, [1, 2, 3], 'text'\nd = {1: 2}\n",
    );
    maker.out.push_str("e = f = None\n");
    let rounds = maker.pick(&["range(1)", "range(30)", "range(3000)", "iter(int, 1)"]);
    maker.line(0, &format!("for n in {rounds}:"));
    for _ in 0..2 + maker.below(5) {
        // most statements are of the wrong types: they do not end the program
        maker.line(1, "try:");
        maker.statement(2);
        let handler = maker.pick(&["except Exception: pass", "except: pass", "finally: d[n] = a"]);
        maker.line(1, handler);
    }
    maker.out
}

struct Maker<'c> {
    choices: &'c mut dyn Choices,
    out: String,
    /// Statements that may still be made.
    left: usize,
}

impl Maker<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.choices.below(n)
    }

    fn pick(&mut self, of: &[&'static str]) -> &'static str {
        let n = self.below(of.len());
        of.get(n).copied().unwrap_or("0")
    }

    fn name(&mut self) -> &'static str {
        self.pick(&NAMES)
    }

    fn expression(&mut self, depth: usize) -> String {
        match self.below(if depth > 3 { 1 } else { 4 }) {
            0 => self.pick(&ATOMS).to_string(),
            1 => self.name().to_string(),
            2 => {
                let form = self.pick(&UNARY);
                let part = self.part(depth);
                fill(form, &[part])
            }
            _ => {
                let form = self.pick(&BINARY);
                let parts = [self.part(depth), self.part(depth)];
                fill(form, &parts)
            }
        }
    }

    fn part(&mut self, depth: usize) -> String {
        format!("({})", self.expression(depth + 1))
    }

    fn line(&mut self, indent: usize, text: &str) {
        for _ in 0..indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn block(&mut self, indent: usize) {
        self.statement(indent + 1);
        for _ in 0..self.below(3) {
            self.statement(indent + 1);
        }
    }

    fn statement(&mut self, indent: usize) {
        self.left = self.left.saturating_sub(1);
        let forms = if self.left == 0 || indent > 7 { 3 } else { 14 };
        let name = self.name();
        match self.below(forms) {
            0 | 1 => {
                let value = self.expression(0);
                self.line(indent, &format!("{name} = {value}"));
            }
            2 => {
                let text = self.pick(&SIMPLE);
                self.line(indent, text);
            }
            3 => {
                let condition = self.expression(1);
                self.line(indent, &format!("if {condition}:"));
                self.block(indent);
                self.line(indent, "else:");
                self.block(indent);
            }
            4 => {
                let times = [3, 30, 300, 3000].get(self.below(4)).copied().unwrap_or(3);
                self.line(indent, &format!("for {name} in range({times}):"));
                self.block(indent);
            }
            5 => {
                let items = self.expression(1);
                self.line(indent, &format!("for {name} in {items}:"));
                self.block(indent);
            }
            6 => {
                let condition = if self.below(2) == 0 { "True".into() } else { self.expression(1) };
                self.line(indent, &format!("while {condition}:"));
                self.block(indent);
            }
            7 | 8 => self.handlers(indent),
            9 => {
                let tail = self.pick(&["return a", "yield a", "return f(a)", "pass"]);
                self.line(indent, &format!("def {name}(a=1, *b, c=3, **d):"));
                self.block(indent);
                self.line(indent + 1, tail);
            }
            10 | 11 => self.class(indent, name),
            12 => {
                let value = self.expression(1);
                self.line(indent, &format!("with {value} as {name}:"));
                self.block(indent);
            }
            _ => {
                let value = self.expression(0);
                let form = self.pick(&[
                    "b.append({})",
                    "e = [e, [1] * 200, {}]",
                    "d[n] = bytearray(900), {}",
                    "d[str({})] = 1",
                    "print({})",
                    "e = [e, {}]",
                ]);
                self.line(indent, &fill(form, &[value]));
            }
        }
    }

    fn handlers(&mut self, indent: usize) {
        self.line(indent, "try:");
        self.block(indent);
        let which = self.below(3);
        if which != 1 {
            let class = self.pick(&["", " Exception as e", " (ValueError, (KeyError,))", " a"]);
            self.line(indent, &format!("except{class}:"));
            self.block(indent);
        }
        if which != 0 {
            self.line(indent, "finally:");
            self.block(indent);
        }
    }

    fn class(&mut self, indent: usize, name: &str) {
        let base = self.pick(&["", "(list)", "(Exception)", "(dict)", "(e)", "(int)"]);
        self.line(indent, &format!("class {name}{base}:"));
        for _ in 0..1 + self.below(3) {
            let method = self.pick(&[
                "__init__",
                "__del__",
                "__repr__",
                "__eq__",
                "__hash__",
                "__iter__",
                "__next__",
                "__call__",
                "__getattr__",
                "__enter__",
                "__exit__",
                "__add__",
                "__len__",
                "__contains__",
                "x",
            ]);
            self.line(indent + 1, &format!("def {method}(self, *a):"));
            self.line(indent + 2, "global global_count, b, c");
            self.block(indent + 1);
            let value = self.expression(1);
            self.line(indent + 2, &format!("return {value}"));
        }
        if self.below(2) == 0 {
            self.line(indent, &format!("{name} = {name}()"));
        }
    }
}

/// Puts parts where a form has `{}`; `{{` and `}}` stand for braces.
fn fill(form: &str, parts: &[String]) -> String {
    let mut parts = parts.iter();
    let pieces: Vec<&str> = form.split("{}").collect();
    let mut out = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        out.push_str(&piece.replace("{{", "{").replace("}}", "}"));
        if i + 1 < pieces.len() {
            out.push_str(parts.next().map_or("0", String::as_str));
        }
    }
    out
}
