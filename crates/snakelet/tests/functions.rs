//! Functions of the host: how arguments find their parameters, and what is read where it lies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use snakelet::{Context, Error, Handle, Interpreter, Kwargs, Rest, This, signature};

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 256 << 10]
}

fn with_python(test: impl FnOnce(&mut Interpreter<'_>)) {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).fuel(100_000_000).build().unwrap();
    test(&mut python);
    assert!(python.is_sound());
}

/// Checks that scripts raise these errors.
fn check_errors(python: &mut Interpreter<'_>, cases: &[(&str, &str)]) {
    for (script, message) in cases {
        let error = python.exec(script).expect_err(script);
        assert_eq!(error.to_string(), *message, "{script}");
    }
}

#[test]
fn arguments_go_by_place_and_by_name() {
    with_python(|python| {
        python
            .register(
                "f",
                signature(|a: i64, b: i64, c: &str| format!("{a} {b} {c}"))
                    .arg("a")
                    .default("b", 20)
                    .default("c", "x"),
            )
            .unwrap();
        for (call, result) in [
            ("f(1)", "1 20 x"),
            ("f(1, 2)", "1 2 x"),
            ("f(1, 2, 'y')", "1 2 y"),
            ("f(1, c='z')", "1 20 z"),
            ("f(c='z', b=5, a=4)", "4 5 z"),
            ("f(*[1], **{'c': 'w'})", "1 20 w"),
            ("f(**{'a': 1})", "1 20 x"),
        ] {
            assert_eq!(python.eval::<String>(call).unwrap(), result, "{call}");
        }
        check_errors(
            python,
            &[
                ("f()", "TypeError: f() missing argument 'a'"),
                ("f(b=1)", "TypeError: f() missing argument 'a'"),
                ("f(1, 2, 'x', 4)", "TypeError: f() takes 3 positional arguments but 4 were given"),
                ("f(1, a=2)", "TypeError: f() got multiple values for argument 'a'"),
                ("f(1, d=2)", "TypeError: f() got an unexpected keyword argument 'd'"),
                ("f(1, **{'d': 2})", "TypeError: f() got an unexpected keyword argument 'd'"),
                ("f('a')", "TypeError: can't convert str to int"),
                ("f(1, 2, 3)", "TypeError: expected str"),
            ],
        );
        assert_eq!(python.eval::<String>("f.__name__").unwrap(), "f");
    });
}

#[test]
fn functions_without_names_take_arguments_by_place() {
    with_python(|python| {
        python.register("add", |a: i64, b: i64| a + b).unwrap();
        python.register_with("add2", |_, (a, b): (i64, i64)| a + b).unwrap();
        check_errors(
            python,
            &[
                ("add(1)", "TypeError: add() takes 2 positional arguments but 1 were given"),
                ("add(1, 2, 3)", "TypeError: add() takes 2 positional arguments but 3 were given"),
                ("add(1, b=2)", "TypeError: add() takes 2 positional arguments but 1 were given"),
                ("add(1, 2, c=3)", "TypeError: add() doesn't take keyword arguments"),
                ("add2(1)", "TypeError: add2() takes 2 positional arguments but 1 were given"),
                ("add2(1, 2, c=3)", "TypeError: add2() doesn't take keyword arguments"),
            ],
        );
        // some parameters have names
        python.register("some", signature(|a: i64, b: i64| a - b).arg("a")).unwrap();
        assert_eq!(python.eval::<i64>("some(3, 2)").unwrap(), 1);
        check_errors(
            python,
            &[("some(3, b=2)", "TypeError: some() takes 2 positional arguments but 1 were given")],
        );
    });
}

#[test]
fn any_number_of_arguments() {
    with_python(|python| {
        let text = |all: &[(String, i64)]| {
            all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        };
        python
            .register(
                "f",
                signature(move |first: i64, rest: Rest<i64>, last: i64, all: Kwargs<i64>| {
                    format!("{first} {:?} {last} {}", rest.0, text(&all))
                })
                .default("first", -1)
                .default("last", 9),
            )
            .unwrap();
        for (call, result) in [
            ("f()", "-1 [] 9 "),
            ("f(1, 2, 3)", "1 [2, 3] 9 "),
            ("f(1, 2, last=3)", "1 [2] 3 "),
            ("f(b=1, last=2, a=3, first=4)", "4 [] 2 b=1 a=3"),
            ("f(*range(5), **{'x': 1})", "0 [1, 2, 3, 4] 9 x=1"),
        ] {
            assert_eq!(python.eval::<String>(call).unwrap(), result, "{call}");
        }
        python.register("bytes_of", |all: Rest<u8>| all.0.len()).unwrap();
        assert_eq!(python.eval::<usize>("bytes_of(1, 2, 255)").unwrap(), 3);
        python.register("any", |all: Kwargs| all.len()).unwrap();
        assert_eq!(python.eval::<usize>("any(a=1, b='x')").unwrap(), 2);
        python
            .register_with("sum2", |_, (a, rest): (i64, Rest<i64>)| a + rest.iter().sum::<i64>())
            .unwrap();
        assert_eq!(python.eval::<i64>("sum2(1, 2, 3)").unwrap(), 6);
        check_errors(
            python,
            &[
                ("f(1, 2, 'x')", "TypeError: can't convert str to int"),
                ("f(x='y')", "TypeError: can't convert str to int"),
                ("bytes_of(1, 256)", "OverflowError: int out of range"),
                ("any(1)", "TypeError: any() takes 0 positional arguments but 1 were given"),
            ],
        );
        python
            .register(
                "only",
                signature(|a: i64, b: i64| a + b).arg("a").keyword_only().default("b", 1),
            )
            .unwrap();
        assert_eq!(python.eval::<i64>("only(1) + only(1, b=5)").unwrap(), 8);
        check_errors(
            python,
            &[("only(1, 2)", "TypeError: only() takes 1 positional arguments but 2 were given")],
        );
    });
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    with_python(|python| {
        let faults = [
            python.register("f", signature(|_: i64| ()).arg("a").arg("b")),
            python.register("f", |_: Rest<i64>, _: Rest<i64>| ()),
            python.register("f", |_: Rest<i64>, _: i64| ()),
            python.register("f", signature(|_: i64, _: i64| ()).arg("a").arg("a")),
        ];
        for fault in faults {
            assert!(fault.unwrap_err().to_string().starts_with("ValueError: "));
        }
        // nothing has a receiver here
        python.register("f", |_: This| ()).unwrap();
        check_errors(python, &[("f()", "TypeError: f() has no receiver")]);
    });
}

#[test]
fn twelve_parameters() {
    with_python(|python| {
        #[expect(clippy::too_many_arguments, reason = "as many as there may be")]
        fn many(
            a: i8,
            b: i8,
            c: i8,
            d: i8,
            e: i8,
            f: i8,
            g: i8,
            h: i8,
            i: i8,
            j: i8,
            k: i8,
            l: i8,
        ) -> i8 {
            a + b + c + d + e + f + g + h + i + j + k + l
        }
        python.register("many", many).unwrap();
        assert_eq!(python.eval::<i64>("many(*range(12))").unwrap(), 66);
        python
            .register(
                "lent",
                |cx: &mut Context, a: i8, b: i8, c: i8, d: i8, e: i8, f: i8, g: i8| {
                    cx.eval::<i8>("1").map(|x| x + a + b + c + d + e + f + g)
                },
            )
            .unwrap();
        assert_eq!(python.eval::<i64>("lent(*range(7))").unwrap(), 22);
        let twelve = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assert_eq!(python.call::<i64>("max", twelve).unwrap(), 12);
        python.set("t", twelve).unwrap();
        let again = python.get::<(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8)>("t").unwrap();
        assert_eq!(again.11, 12);
    });
}

#[test]
fn functions_that_take_the_interpreter() {
    with_python(|python| {
        python
            .register(
                "apply",
                signature(|cx: &mut Context, f: Handle, n: i64| -> Result<Vec<i64>, Error> {
                    (0..n).map(|i| cx.call(&f, (i,))).collect()
                })
                .arg("f")
                .default("n", 3),
            )
            .unwrap();
        assert_eq!(python.eval::<Vec<i64>>("apply(lambda x: x * x)").unwrap(), [0, 1, 4]);
        assert_eq!(python.eval::<Vec<i64>>("apply(n=2, f=abs)").unwrap(), [0, 1]);
        check_errors(python, &[("apply(lambda x: 1 / x)", "ZeroDivisionError: divide by zero")]);
    });
}

#[test]
fn bytes_are_read_and_written_where_they_lie() {
    with_python(|python| {
        python
            .register("total", |bytes: &[u8]| bytes.iter().map(|b| u32::from(*b)).sum::<u32>())
            .unwrap();
        python.register("fill", |bytes: &mut [u8], with: u8| bytes.fill(with)).unwrap();
        python
            .register("copy", |to: &mut [u8], from: &[u8]| {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from;
                }
            })
            .unwrap();
        python.register("two", |a: &mut [u8], b: &mut [u8]| a.swap_with_slice(b)).unwrap();
        python.register("same", |a: &[u8], b: &[u8]| a == b).unwrap();
        python
            .exec(
                "
from array import array
assert total(b'\\x01\\x02') == 3
assert total(bytearray(b'\\x05\\x06')) == 11
assert total(memoryview(b'\\x01\\x02\\x03')[1:]) == 5
assert total(array('H', [0x0101, 1])) == 3
assert total(b'') == 0
b = bytearray(6)
fill(b, 7)
assert b == b'\\x07' * 6
fill(memoryview(b)[2:4], 1)
assert b == b'\\x07\\x07\\x01\\x01\\x07\\x07'
a = array('B', [1, 2])
copy(memoryview(b)[1:], a)
assert b == b'\\x07\\x01\\x02\\x01\\x07\\x07'
m = memoryview(b)
two(m[:2], m[2:4])
assert b == b'\\x02\\x01\\x07\\x01\\x07\\x07'
assert same(b, b) and same(b, m)
copy(m[0:0], m)
copy(m[2:2], m)
copy(m, m[2:2])
class Sub(bytearray): pass
s = Sub(b'abc')
fill(s, 65)
assert s == b'AAA'
",
            )
            .unwrap();
        check_errors(
            python,
            &[
                ("copy(b, b)", "ValueError: buffers overlap"),
                ("copy(m[1:3], m[2:4])", "ValueError: buffers overlap"),
                ("two(b, m)", "ValueError: buffers overlap"),
                ("two(m[:3], m[2:])", "ValueError: buffers overlap"),
                ("fill(b'abc', 1)", "TypeError: expected a buffer that may be written"),
                ("fill(memoryview(b'abc'), 1)", "TypeError: expected a buffer that may be written"),
                ("fill('abc', 1)", "TypeError: expected a buffer that may be written"),
                ("total('abc')", "TypeError: expected a buffer of bytes"),
                ("class T(str): pass\ntotal(T('abc'))", "TypeError: expected a buffer of bytes"),
                ("total(5)", "TypeError: expected a buffer of bytes"),
            ],
        );
        let mut cx = python.context();
        cx.with_bytes_mut("b", |bytes| bytes[0] = 200).unwrap();
        assert_eq!(cx.with_bytes("b", <[u8]>::to_vec).unwrap(), [200, 1, 7, 1, 7, 7]);
        assert!(cx.with_bytes_mut("total", |_| ()).is_err());
        assert!(cx.with_bytes("missing", |_| ()).is_err());
        // a panic while bytes are lent
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            python.context().with_bytes_mut("b", |_| panic!("while bytes are lent"))
        }));
        assert!(panicked.is_err());
        python.exec("fill(b, 0)").unwrap();
    });
}

#[test]
fn maps_sets_and_nested_values_go_both_ways() {
    with_python(|python| {
        macro_rules! check {
            ($($ty:ty: $value:expr, $repr:literal;)*) => {$(
                let value: $ty = $value;
                python.set("value", value.clone()).unwrap();
                assert_eq!(python.eval::<String>("repr(value)").unwrap(), $repr);
                assert_eq!(python.get::<$ty>("value").unwrap(), value);
            )*};
        }
        let s = str::to_string;
        check! {
            BTreeMap<String, i64>: [(s("a"), 1), (s("b"), 2)].into(), "{'a': 1, 'b': 2}";
            BTreeMap<i64, Vec<Option<i64>>>: [(1, vec![Some(2), None])].into(), "{1: [2, None]}";
            HashMap<String, BTreeMap<String, f64>>: [(s("x"), [(s("y"), 0.5)].into())].into(), "{'x': {'y': 0.5}}";
            BTreeMap<(i64, i64), bool>: [((1, 2), true)].into(), "{(1, 2): True}";
            BTreeSet<i64>: [1].into(), "{1}";
            HashSet<String>: [s("a")].into(), "{'a'}";
            [i64; 3]: [1, 2, 3], "[1, 2, 3]";
            [[u8; 2]; 2]: [[1, 2], [3, 4]], "[b'\\x01\\x02', b'\\x03\\x04']";
            char: 'ü', "'ü'";
            Vec<(String, BTreeSet<i64>)>: vec![(s("k"), [7].into())], "[('k', {7})]";
            BTreeMap<String, i64>: BTreeMap::new(), "{}";
            BTreeSet<i64>: BTreeSet::new(), "set()";
        }
        python.exec("from collections import OrderedDict\nclass D(dict): pass").unwrap();
        for dict in ["OrderedDict(a=1)", "D(a=1)", "dict(a=1)"] {
            let map: BTreeMap<String, i64> = python.eval(dict).unwrap();
            assert_eq!(map, [(s("a"), 1)].into());
        }
        assert_eq!(python.eval::<BTreeSet<i64>>("frozenset([1, 2])").unwrap().len(), 2);
        let class = |result: Result<(), Error>| {
            result.unwrap_err().exception().unwrap().class().to_string()
        };
        assert_eq!(class(python.eval::<BTreeMap<String, i64>>("[1]").map(drop)), "TypeError");
        assert_eq!(class(python.eval::<BTreeMap<String, i64>>("{1: 1}").map(drop)), "TypeError");
        assert_eq!(
            class(python.eval::<BTreeMap<String, u8>>("{'a': 256}").map(drop)),
            "OverflowError"
        );
        assert_eq!(class(python.eval::<BTreeSet<i64>>("[1]").map(drop)), "TypeError");
        assert_eq!(class(python.eval::<[i64; 2]>("[1]").map(drop)), "ValueError");
        assert_eq!(class(python.eval::<char>("'ab'").map(drop)), "TypeError");
        assert_eq!(class(python.eval::<char>("''").map(drop)), "TypeError");
        assert_eq!(class(python.set("x", BTreeMap::from([(vec![1_i64], 1_i64)]))), "TypeError");
        // numbers are checked, never cut
        assert_eq!(class(python.eval::<f32>("1e300").map(drop)), "OverflowError");
        assert_eq!(class(python.eval::<f32>("-1e39").map(drop)), "OverflowError");
        assert_eq!(python.eval::<f32>("float('inf')").unwrap(), f32::INFINITY);
        assert_eq!(python.eval::<f32>("3.4e38").unwrap(), 3.4e38);
        assert!(python.eval::<f32>("float('nan')").unwrap().is_nan());
    });
}

#[test]
fn a_dict_that_changes_while_it_is_converted() {
    /// Runs Python code while it is converted.
    struct Meddler(#[expect(dead_code, reason = "what matters is how it was made")] i64);
    impl snakelet::FromPython for Meddler {
        fn from_python(cx: &mut Context<'_>, value: snakelet::Place) -> Result<Self, Error> {
            let n = i64::from_python(cx, value)?;
            cx.exec("d[len(d)] = 1\nimport gc\ngc.collect()")?;
            Ok(Meddler(n))
        }
    }
    with_python(|python| {
        python.exec("d = {0: 0, 1: 1, 2: 2}").unwrap();
        let map: BTreeMap<i64, Meddler> = python.get("d").unwrap();
        assert_eq!(map.len(), 3);
        python.exec("class Clearing(dict): pass\nd = {i: i for i in range(50)}").unwrap();
        assert_eq!(python.get::<BTreeMap<i64, Meddler>>("d").unwrap().len(), 50);
    });
}

#[test]
fn functions_extend_modules() {
    with_python(|python| {
        python.register_in("time", "lunch", || 12).unwrap();
        python.register_in("math", "floor", |x: f64| x as i64 + 100).unwrap();
        python.set_in("robot", "NAME", "r2").unwrap();
        python.register_in("robot", "go", || 1).unwrap();
        python.register_pending_in("time", "later").unwrap();
        python
            .exec(
                "
import time, math, robot
assert time.lunch() == 12 and time.sleep and time.later
assert math.floor(1.5) == 101 and math.ceil(1.5) == 2
assert robot.NAME == 'r2' and robot.go() == 1
assert 'lunch' in dir(time) and 'sleep' in dir(time)
from time import lunch, sleep
assert lunch() == 12
",
            )
            .unwrap();
        // after it was imported, too
        python.register_in("time", "dinner", || 18).unwrap();
        python.exec("assert time.dinner() == 18").unwrap();
        python.exec("import sys\nsys.modules['odd'] = 5").unwrap();
        let error = python.register_in("odd", "f", || ()).unwrap_err();
        assert_eq!(error.to_string(), "TypeError: not a module of Python");
        python.reset().unwrap();
        assert!(python.exec("import time\ntime.lunch()").is_err());
    });
}

#[test]
fn conversions_are_charged_and_what_is_used_up_can_be_read() {
    with_python(|python| {
        python.register("numbers", |all: Vec<i64>| all.len()).unwrap();
        python.register("map", |all: BTreeMap<i64, i64>| all.len()).unwrap();
        python.register("members", |all: BTreeSet<i64>| all.len()).unwrap();
        python.register("make", |n: i64| (0..n).collect::<Vec<i64>>()).unwrap();
        python
            .register("make_map", |n: i64| (0..n).map(|i| (i, i)).collect::<BTreeMap<_, _>>())
            .unwrap();
        python.exec("l = list(range(2000))\nd = {i: i for i in l}\ns = set(l)").unwrap();
        for call in ["numbers(l)", "map(d)", "members(s)", "make(2000)", "make_map(2000)"] {
            python.set_fuel(Some(1_000_000));
            python.exec(call).unwrap();
            let used = 1_000_000 - python.fuel().unwrap();
            assert!(used >= 2000, "{call} takes {used} steps");
            python.set_fuel(Some(1500));
            let forever = format!("while True: {call}");
            assert!(matches!(python.exec(&forever), Err(Error::Stopped)));
            // what the host does itself needs no fuel
            assert_eq!(python.get::<BTreeMap<i64, i64>>("d").unwrap().len(), 2000);
            assert_eq!(python.get::<Vec<i64>>("l").unwrap().len(), 2000);
        }
        python.set_fuel(None);
        python.exec("x = 1").unwrap();
    });
}

#[test]
fn what_the_host_reads_and_writes_needs_no_fuel() {
    with_python(|python| {
        python.exec("def items():\n for i in range(4000): yield i").unwrap();
        python.exec("class Many:\n def __iter__(self): return items()\nmany = Many()").unwrap();
        python.set_fuel(Some(0));
        let text = "\u{e9}a".repeat(4_000);
        python.set("text", text.as_str()).unwrap();
        assert_eq!(python.get::<String>("text").unwrap(), text);
        let numbers: Vec<i64> = (0..4_000).collect();
        python.set("numbers", &numbers[..]).unwrap();
        assert_eq!(python.get::<Vec<i64>>("numbers").unwrap(), numbers);
        // but scripts do
        assert!(matches!(python.get::<Vec<i64>>("many"), Err(Error::Stopped)));
        for call in ["hash(text)", "text.upper()", "numbers.copy()"] {
            assert!(matches!(python.exec(call), Err(Error::Stopped)), "{call}");
        }
        python.set_fuel(None);
        assert_eq!(python.eval::<i64>("len(text) + len(numbers)").unwrap(), 12_000);
    });
}

#[test]
fn messages_name_the_function_that_was_called() {
    with_python(|python| {
        python
            .exec(
                "def area(w, h=1): pass\n\
                 class A:\n  def move(self): pass\n\
                 def outer(z):\n  def inner(a): return a + z\n  return inner\n",
            )
            .unwrap();
        let wrong = |name: &str, takes: u8, given: u8| {
            format!("TypeError: {name}() takes {takes} positional arguments but {given} were given")
        };
        check_errors(
            python,
            &[
                ("area()", &wrong("area", 1, 0)),
                ("area(1, 2, 3)", &wrong("area", 2, 3)),
                ("area(*[1] * 9)", &wrong("area", 2, 9)),
                ("A().move(5)", &wrong("move", 1, 2)),
                ("A.move()", &wrong("move", 1, 0)),
                ("(lambda x: x)()", &wrong("<lambda>", 1, 0)),
                // cells that a closure brings along are no arguments
                ("outer(1)()", &wrong("inner", 1, 0)),
                ("outer(1)(2, 3)", &wrong("inner", 1, 2)),
                ("area(h=2)", "TypeError: function missing required positional argument #1"),
            ],
        );
    });
}

#[test]
fn text_that_rust_cannot_have_is_refused() {
    with_python(|python| {
        python.register("length", |text: &str| text.len()).unwrap();
        python.register("owned", |text: String| text).unwrap();
        python.register("letter", |letter: char| letter).unwrap();
        let refused = "UnicodeError: surrogates not allowed";
        check_errors(
            python,
            &[
                ("length('\\ud800')", refused),
                ("owned('a\\udfff')", refused),
                ("letter('\\ud800')", refused),
                ("length(b'')", "TypeError: expected str"),
                (
                    "length(**{'\\ud800': ''})",
                    "TypeError: length() takes 1 positional arguments but 0 were given",
                ),
            ],
        );
        assert_eq!(
            python.eval::<Vec<usize>>("[length('\\U0001f600'), len('\\ud800')]").unwrap(),
            [4, 1]
        );
        assert!(python.eval::<String>("'\\ud800'").is_err());
        assert_eq!(
            python.exec("raise ValueError('\\ud800')").unwrap_err().to_string(),
            "ValueError: ���"
        );
        python
            .exec("class C: pass\nsetattr(C, '\\ud800', 1)\nx = {'\\ud800': 2}\ndel x['\\ud800']")
            .unwrap();
    });
}
