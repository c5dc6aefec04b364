//! What hosts do with objects, and what they learn of exceptions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::error::Error as _;
use std::io;
use std::mem::MaybeUninit;

use snakelet::{
    Context, Error, Exception, FromPython, Handle, Interpreter, Place, ToPython, signature,
};

fn with_python(test: impl FnOnce(&mut Interpreter<'_>)) {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let mut python = Interpreter::builder(&mut memory).fuel(10_000_000).build().unwrap();
    test(&mut python);
    assert!(python.is_sound());
}

fn class<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Exception(e)) => e.class().to_string(),
        Err(e) => e.to_string(),
        Ok(_) => "none".to_string(),
    }
}

/// The exception of a script.
fn raised(python: &mut Interpreter<'_>, script: &str) -> Exception {
    match python.exec(script) {
        Err(Error::Exception(exception)) => exception,
        other => panic!("{script}: {other:?}"),
    }
}

#[test]
fn items_lengths_and_iteration() {
    with_python(|python| {
        python.exec("d = {'a': 1}\nl = [1, 2, 3]\nclass E:\n  def __len__(self): raise KeyError(5)\ne = E()").unwrap();
        let list: Handle = python.get("l").unwrap();
        let mut cx = python.context();
        assert_eq!(cx.get_item::<i64>("d", "a").unwrap(), 1);
        cx.set_item("d", "b", vec![2_i64]).unwrap();
        assert_eq!(cx.len("d").unwrap(), 2);
        assert!(cx.contains("d", "b").unwrap() && !cx.contains("d", "c").unwrap());
        cx.del_item("d", "a").unwrap();
        assert_eq!(cx.repr("d").unwrap(), "{'b': [2]}");
        assert_eq!(cx.get_item::<i64>(&list, -1).unwrap(), 3);
        cx.set_item(&list, 0, "text").unwrap();
        assert_eq!(cx.text(&list).unwrap(), "['text', 2, 3]");
        assert_eq!(class(cx.get_item::<i64>(&list, 3)), "IndexError");
        assert_eq!(class(cx.get_item::<i64>("d", "x")), "KeyError");
        assert_eq!(class(cx.del_item("d", "x")), "KeyError");
        assert_eq!(class(cx.get_item::<i64>(&list, 0)), "TypeError");
        assert_eq!(class(cx.set_item("len", 0, 0)), "TypeError");
        assert_eq!(class(cx.len("len")), "TypeError");
        assert_eq!(class(cx.len("e")), "KeyError");
        assert_eq!(class(cx.contains("len", 1)), "TypeError");
        assert_eq!(class(cx.len("missing")), "NameError");
        let mut sum = 0;
        cx.exec("def g():\n  for i in range(5): yield i\ng = g()").unwrap();
        cx.for_each("g", |_, i: i64| {
            sum += i;
            Ok::<(), Error>(())
        })
        .unwrap();
        assert_eq!(sum, 10);
        // an error ends it, and the object may change meanwhile
        let mut seen = 0;
        let end = cx.for_each(&list, |cx, _: Handle| {
            seen += 1;
            cx.exec("l.append(0)")?;
            if seen == 20 { Err(Error::from("enough")) } else { Ok(()) }
        });
        assert_eq!(end.unwrap_err().to_string(), "RuntimeError: enough");
        assert_eq!(class(cx.for_each("len", |_, _: Handle| Ok::<(), Error>(()))), "TypeError");
    });
}

#[test]
fn endless_iterations_end_with_the_fuel() {
    with_python(|python| {
        python.exec("def g():\n  while True: yield 1\ng = g()").unwrap();
        python.set_fuel(Some(10_000));
        let end = python.context().for_each("g", |_, _: i64| Ok::<(), Error>(()));
        assert!(matches!(end, Err(Error::Stopped)));
        python.set_fuel(None);
    });
}

#[test]
fn types_and_identity() {
    with_python(|python| {
        python.exec("class A: pass\nclass B(A): pass\nb = B()\nc = b\nn = 5").unwrap();
        let b_class: Handle = python.get("B").unwrap();
        let mut cx = python.context();
        assert!(cx.is_instance("b", "A").unwrap() && cx.is_instance("b", &b_class).unwrap());
        assert!(cx.is_instance("n", "int").unwrap() && cx.is_instance("n", "object").unwrap());
        assert!(!cx.is_instance("n", "A").unwrap() && !cx.is_instance("A", "A").unwrap());
        assert_eq!(class(cx.is_instance("b", "n")), "TypeError");
        assert_eq!(cx.type_name("b").unwrap(), "B");
        assert_eq!(cx.type_name("n").unwrap(), "int");
        assert!(cx.is_same("b", "c").unwrap() && !cx.is_same("b", "n").unwrap());
        assert!(cx.truth("n").unwrap() && !cx.truth("__debug__").is_ok_and(|t| !t));
        assert!(!cx.has_attribute("b", "x").unwrap());
        cx.set_attribute("b", "x", 3).unwrap();
        assert!(cx.has_attribute("c", "x").unwrap());
    });
}

#[test]
fn exceptions_of_classes_that_a_script_defines() {
    with_python(|python| {
        python
            .exec(
                "
class TooHot(Exception): pass
class Detailed(Exception):
    def __init__(self, text):
        super().__init__(text)
        self.size = len(text)
class NoException: pass
",
            )
            .unwrap();
        let hot: Handle = python.get("TooHot").unwrap();
        let none: Handle = python.get("NoException").unwrap();
        let number: Handle = python.eval("5").unwrap();
        python.register("by_handle", move || Err::<(), _>(Exception::of(&hot, "90"))).unwrap();
        python
            .register("by_name", |name: &str| match name {
                "Detailed" => Err::<(), _>(Exception::new("Detailed", "four")),
                "NoException" => Err(Exception::new("NoException", "x")),
                _ => Err(Exception::new("Unknown", "x")),
            })
            .unwrap();
        python
            .register("no_class", move |n: i64| {
                Err::<(), _>(Exception::of(if n == 0 { &none } else { &number }, ""))
            })
            .unwrap();
        python
            .exec(
                "
try: by_handle()
except TooHot as e: assert e.args == ('90',)
try: by_name('Detailed')
except Detailed as e: assert e.size == 4
",
            )
            .unwrap();
        let exception = raised(python, "by_handle()");
        assert_eq!(
            (exception.class(), exception.base(), exception.message()),
            ("TooHot", "Exception", "90")
        );
        assert!(exception.is("TooHot") && exception.is("Exception") && !exception.is("ValueError"));
        assert_eq!(class(python.exec("by_name('NoException')")), "RuntimeError");
        assert_eq!(class(python.exec("by_name('')")), "RuntimeError");
        assert_eq!(class(python.exec("no_class(0)")), "TypeError");
        assert_eq!(class(python.exec("no_class(1)")), "TypeError");
        // what its __init__ raises
        python.exec("class Detailed(Exception):\n  def __init__(self): 1/0").unwrap();
        assert_eq!(class(python.exec("by_name('Detailed')")), "TypeError");
        let mut cx = python.context();
        let object = exception.object().unwrap();
        assert!(cx.is_instance(object, "TooHot").unwrap());
    });
}

#[test]
fn system_errors_have_their_numbers() {
    with_python(|python| {
        python.register("read", |path: String| Ok::<_, Error>(std::fs::read(path)?)).unwrap();
        python.register("fail", || Err::<(), _>(io::Error::from(io::ErrorKind::TimedOut))).unwrap();
        python.register("plain", || Err::<(), _>(Exception::os_error(28, ""))).unwrap();
        python
            .exec(
                "
def number(f):
    try: f()
    except OSError as e: return e.errno
assert number(lambda: read('/no/such/file')) == 2
assert number(fail) == 110
assert number(plain) == 28
",
            )
            .unwrap();
        let exception = raised(python, "read('/no/such/file')");
        assert_eq!(exception.errno(), Some(2));
        assert!(exception.message().contains("ENOENT"), "{exception}");
        assert_eq!(raised(python, "raise OSError(5)").errno(), Some(5));
        assert_eq!(raised(python, "raise OSError('text')").errno(), None);
        assert_eq!(raised(python, "raise ValueError(5)").errno(), None);
        assert_eq!(raised(python, "raise OSError(1 << 70)").errno(), None);
    });
}

#[test]
fn exit_codes() {
    with_python(|python| {
        for (script, code) in [
            ("raise SystemExit", Some(0)),
            ("raise SystemExit(None)", Some(0)),
            ("raise SystemExit(3)", Some(3)),
            ("import sys\nsys.exit(-1)", Some(-1)),
            ("raise SystemExit('text')", Some(1)),
            ("raise SystemExit(1 << 40)", Some(1)),
            ("class Quit(SystemExit): pass\nraise Quit(4)", Some(4)),
            ("raise ValueError(3)", None),
        ] {
            assert_eq!(raised(python, script).exit_code(), code, "{script}");
        }
    });
}

#[test]
fn causes_contexts_and_columns() {
    with_python(|python| {
        let exception = raised(
            python,
            "
try:
    try:
        [][1]
    except IndexError as e:
        raise KeyError('k') from e
except KeyError:
    raise ValueError('v')
",
        );
        assert!(exception.cause().is_none());
        let key = exception.context().unwrap();
        assert_eq!(key.class(), "KeyError");
        assert_eq!(key.cause().unwrap().class(), "IndexError");
        assert!(key.context().is_none());
        let sources = std::iter::successors(exception.source(), |e| (*e).source()).count();
        assert_eq!(sources, 2);
        assert_eq!(
            exception.report().to_string(),
            "Traceback (most recent call last):
  File \"<string>\", line 4, in <module>
IndexError: list index out of range

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File \"<string>\", line 6, in <module>
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"<string>\", line 8, in <module>
ValueError: v"
        );
        let exception =
            raised(python, "try: 1/0\nexcept ZeroDivisionError: raise ValueError from None");
        assert!(exception.cause().is_none() && exception.context().is_none());
        // chains that go in a circle, or are long, end
        let exception = raised(
            python,
            "e = ValueError(1)\nf = KeyError(2)\ne.__cause__ = f\nf.__cause__ = e\nraise e",
        );
        let causes = std::iter::successors(exception.cause(), |e| (*e).cause()).count();
        assert!(causes > 0 && causes < 20);
        python
            .exec(
                "e = None\nfor i in range(1000):\n  n = ValueError(i)\n  n.__cause__ = e\n  e = n",
            )
            .unwrap();
        assert!(raised(python, "raise e").report().to_string().len() < 5000);
        python.exec("class Odd(Exception):\n  def __str__(self): raise KeyError\no = Odd()\nv = ValueError('v')\nv.__cause__ = o").unwrap();
        assert_eq!(raised(python, "raise v").cause().unwrap().message(), "");
        python.exec("v.__cause__ = 5").unwrap();
        assert_eq!(raised(python, "raise v").class(), "ValueError");

        let exception = raised(python, "x = 1\ny = (1 +* 2)\n");
        let place = exception.traceback().last().unwrap();
        assert_eq!((place.line, place.column), (2, Some(9)));
        assert_eq!(place.function, "");
        let text = exception.report().to_string();
        assert!(text.starts_with("Traceback (most recent call last):\n  File \"<string>\", line 2, column 9\nSyntaxError"), "{text}");
        let place = raised(python, "1/0").traceback().last().unwrap().clone();
        assert_eq!(place.column, None);
    });
}

#[test]
fn exceptions_that_pass_through_the_host_keep_what_they_are() {
    with_python(|python| {
        python
            .register("pass_on", |cx: &mut Context, f: Handle| cx.call::<Handle>(&f, ()))
            .unwrap();
        python
            .exec(
                "
class Own(Exception): pass
one = Own('x')
def fail():
    raise one from KeyError(1)
try: pass_on(fail)
except Own as e: assert e is one and type(e.__cause__) is KeyError
",
            )
            .unwrap();
    });
}

/// Keeps the place that a conversion was given.
struct Kept;

thread_local!(static PLACE: std::cell::Cell<Option<Place>> = const { std::cell::Cell::new(None) });

impl FromPython for Kept {
    fn from_python(_: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        PLACE.set(Some(value));
        Ok(Kept)
    }
}

/// Converts, and is made of, the place that was kept.
struct Used(Option<i64>);

impl FromPython for Used {
    fn from_python(context: &mut Context<'_>, _: Place) -> Result<Self, Error> {
        Option::from_python(context, PLACE.get().unwrap()).map(Used)
    }
}

impl ToPython for Used {
    fn to_python(&self, _: &mut Context<'_>) -> Result<Place, Error> {
        Ok(PLACE.get().unwrap())
    }
}

#[test]
fn places_that_conversions_keep_are_of_no_use_elsewhere() {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.register("keep", |_: Kept| ()).unwrap();
    // deep in a large stack
    python.exec("def f(n):\n  return f(n - 1) if n else keep(5)\nf(300)").unwrap();

    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let mut other = Interpreter::builder(&mut memory).stack_slots(128).build().unwrap();
    other.register("use", |used: Used| used.0).unwrap();
    other.register("give", || Used(None)).unwrap();
    assert_eq!(other.eval::<Option<i64>>("use(7)").unwrap(), None);
    assert_eq!(other.eval::<Option<i64>>("give()").unwrap(), None);
    other.set("x", Used(None)).unwrap();
    assert_eq!(other.eval::<(Option<i64>, i64)>("x, len([give(), x])").unwrap(), (None, 2));
    other.class::<Kept>("Holder", |c| c.constant("VALUE", Used(None))).unwrap();
    assert_eq!(other.eval::<Option<i64>>("Holder.VALUE").unwrap(), None);
    other.register("of", signature(|x: Option<i64>| x).default("x", Used(None))).unwrap();
    assert_eq!(other.eval::<Option<i64>>("of()").unwrap(), None);
    assert!(other.is_sound());
}
