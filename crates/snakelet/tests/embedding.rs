//! The interpreter as a host sees it.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use snakelet::host::{Console, FsError, Interrupt, Wish};
use snakelet::{Error, Exception, Frame, Handle, Interpreter};

const SIZE: usize = 256 << 10;

fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); SIZE]
}

/// The class of the exception that something ended with.
fn class<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Exception(e)) => e.class().to_string(),
        Err(e) => e.to_string(),
        Ok(_) => "none".to_string(),
    }
}

#[test]
fn values_of_all_types_go_in_and_come_out_the_same() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    macro_rules! check {
        ($($ty:ty: $($value:expr),*;)*) => {$($(
            let value: $ty = $value;
            python.set("value", value.clone()).unwrap();
            assert_eq!(python.get::<$ty>("value").unwrap(), value);
        )*)*};
    }
    check! {
        i64: 0, -1, i64::MAX, i64::MIN, 1 << 62, -(1 << 62) - 1;
        u64: 0, u64::MAX, 1 << 63;
        i32: i32::MIN, i32::MAX;
        u8: 0, 255;
        usize: usize::MAX;
        f64: 0.0, -0.0, 1.5e300, 5e-324, f64::INFINITY;
        bool: true, false;
        String: "".to_string(), "text".to_string(), "Grüße \u{1f40d}".to_string();
        Vec<u8>: vec![], vec![0, 255, 7];
        Vec<i64>: vec![], vec![1, -2, 1 << 40];
        Vec<Option<String>>: vec![None, Some("x".to_string())];
        Option<bool>: None, Some(true);
        (i64, String, (f64,)): (1, "two".to_string(), (3.5,));
        Vec<(String, Vec<i64>)>: vec![("a".to_string(), vec![1, 2])];
    }
    assert_eq!(python.eval::<String>("repr(value)").unwrap(), "[('a', [1, 2])]");
    python.set("data", &b"ab\0"[..]).unwrap();
    assert_eq!(python.eval::<String>("repr(data)").unwrap(), "b'ab\\x00'");
    assert_eq!(python.eval::<Vec<i64>>("range(3)").unwrap(), [0, 1, 2]);
    assert_eq!(python.eval::<f64>("7").unwrap(), 7.0);
}

#[test]
fn values_that_do_not_convert_are_errors() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    assert_eq!(class(python.eval::<i64>("'x'")), "TypeError");
    assert_eq!(class(python.eval::<String>("5")), "TypeError");
    assert_eq!(class(python.eval::<u8>("256")), "OverflowError");
    assert_eq!(class(python.eval::<u8>("-1")), "OverflowError");
    assert_eq!(class(python.eval::<i64>("1 << 63")), "OverflowError");
    assert_eq!(class(python.eval::<u64>("-1")), "OverflowError");
    assert_eq!(class(python.eval::<u64>("1 << 64")), "OverflowError");
    assert_eq!(class(python.eval::<bool>("1")), "TypeError");
    assert_eq!(class(python.eval::<(i64, i64)>("(1, 2, 3)")), "ValueError");
    assert_eq!(class(python.eval::<Vec<i64>>("5")), "TypeError");
    assert_eq!(class(python.eval::<Vec<u8>>("[1]")), "TypeError");
    assert_eq!(python.eval::<i64>("1 + 1").unwrap(), 2);
}

#[test]
fn calls_pass_arguments_and_give_results() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec("def join(*args): return '-'.join(str(a) for a in args)").unwrap();
    let joined: String = python.call("join", (1, "two", 3.5, None::<i64>, [4, 5])).unwrap();
    assert_eq!(joined, "1-two-3.5-None-[4, 5]");
    assert_eq!(python.call::<i64>("max", (3, 9, 4)).unwrap(), 9);
    let values: Vec<i64> = (0..40).collect();
    assert_eq!(python.call::<i64>("max", &values[..]).unwrap(), 39);
    assert_eq!(python.call::<String>("join", &values[..0]).unwrap(), "");
    assert_eq!(
        python.call::<i64>("max", &["ten"; 9][..]).unwrap_err().to_string(),
        "TypeError: can't convert str to int"
    );
    let many = vec![1; 1_000_000];
    assert_eq!(class(python.call::<i64>("max", &many[..])), "RuntimeError");
    assert_eq!(python.call::<i64>("sum", (many,)).unwrap_err().to_string(), "MemoryError");
    assert_eq!(class(python.call::<()>("missing", ())), "NameError");
    assert_eq!(class(python.call::<()>("len", ())), "TypeError");
}

#[test]
fn functions_of_the_host_take_typed_arguments() {
    let mut memory = memory();
    let count = AtomicU32::new(0);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .register("mix", |a: i64, b: &str, c: &[u8], d: Option<f64>| {
            count.fetch_add(1, Ordering::Relaxed);
            format!("{a} {b} {} {d:?}", c.len())
        })
        .unwrap();
    python.register("nothing", || ()).unwrap();
    python.register_in("robot", "total", |parts: Vec<u32>| parts.iter().sum::<u32>()).unwrap();
    python.register_in("robot", "twice", |x: f64| x * 2.0).unwrap();
    let text: String = python.eval("mix(1, 'b', b'ccc', None)").unwrap();
    assert_eq!(text, "1 b 3 None");
    assert_eq!(python.eval::<Option<i64>>("nothing()").unwrap(), None);
    python.exec("import robot\nfrom robot import twice").unwrap();
    assert_eq!(python.eval::<f64>("twice(robot.total([1, 2, 3]))").unwrap(), 12.0);
    for wrong in ["mix()", "mix(1, 2, b'', 0)", "mix(1, 'b', 'c', 0)", "nothing(1)", "nothing(a=1)"]
    {
        assert_eq!(class(python.eval::<()>(wrong)), "TypeError", "{wrong}");
    }
    assert_eq!(class(python.eval::<()>("robot.total([-1])")), "OverflowError");
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[test]
fn errors_of_the_host_become_exceptions_and_come_back() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .register("read", |pin: u8| match pin {
            0 => Ok(1),
            1 => Err(Error::from("broken")),
            2 => Err(Exception::new("OSError", "no such pin").into()),
            _ => Err(Exception::new("NoSuchClass", "what").into()),
        })
        .unwrap();
    let script = "
def attempt(pin):
    try:
        return read(pin)
    except OSError as e:
        return 'caught ' + str(e)
";
    python.exec(script).unwrap();
    assert_eq!(python.call::<String>("attempt", (2,)).unwrap(), "caught no such pin");
    let error = python.call::<()>("attempt", (1,)).unwrap_err();
    assert_eq!(error.to_string(), "RuntimeError: broken");
    assert_eq!(class(python.call::<()>("attempt", (3,))), "RuntimeError");
    assert_eq!(python.call::<i64>("attempt", (0,)).unwrap(), 1);
}

#[test]
fn exceptions_tell_class_message_and_places() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let script = "
class BadPin(ValueError): pass
def inner(n):
    raise BadPin('pin %d' % n)
def outer():
    inner(7)
";
    python.exec_named(script.as_bytes(), "robot.py").unwrap();
    let error = python.call::<()>("outer", ()).unwrap_err();
    let exception = error.exception().unwrap();
    assert_eq!((exception.class(), exception.base()), ("BadPin", "ValueError"));
    assert_eq!(exception.message(), "pin 7");
    let frame = |line, function: &str| Frame {
        column: None,
        file: "robot.py".to_string(),
        line,
        function: function.to_string(),
    };
    assert_eq!(exception.traceback(), [frame(6, "outer"), frame(4, "inner")]);
    assert_eq!(error.to_string(), "BadPin: pin 7");
    let object = exception.object().unwrap().clone();
    assert_eq!(python.context().attribute::<(String,)>(&object, "args").unwrap().0, "pin 7");

    let error = python.exec_named(b"x = 1\ny = (2", "typo.py").unwrap_err();
    let exception = error.exception().unwrap();
    assert_eq!(exception.class(), "SyntaxError");
    assert_eq!(exception.traceback()[0].file, "typo.py");
}

#[test]
fn a_message_that_cannot_be_made_is_empty() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    let script = "
class Nasty(Exception):
    def __str__(self):
        raise KeyError('no text')
raise Nasty
";
    let error = python.exec(script).unwrap_err();
    assert_eq!(error.to_string(), "Nasty");
    assert_eq!(python.eval::<i64>("1").unwrap(), 1);
}

#[test]
fn host_calls_python_calls_host() {
    let mut memory = memory();
    let depth = AtomicU32::new(0);
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python
        .register_with("apply", |cx, (f, n): (Handle, i64)| -> Result<i64, Error> {
            depth.fetch_add(1, Ordering::Relaxed);
            let result: i64 = cx.call(&f, (n,))?;
            depth.fetch_sub(1, Ordering::Relaxed);
            Ok(result + 1)
        })
        .unwrap();
    python.exec("def down(n): return apply(down, n - 1) if n else 0").unwrap();
    assert_eq!(python.call::<i64>("down", (20,)).unwrap(), 20);
    assert_eq!(depth.load(Ordering::Relaxed), 0);
    // without end: an error, not an overflow of the machine's stack
    assert_eq!(class(python.call::<i64>("down", (1_000_000,))), "RecursionError");
    // an exception passes through the host's function as the same object
    let script = "
kept = KeyError('k')
def fail(n):
    raise kept
def test():
    try:
        apply(fail, 1)
    except KeyError as e:
        return e is kept
";
    python.exec(script).unwrap();
    assert!(python.call::<bool>("test", ()).unwrap());
}

#[test]
fn handles_keep_values_through_collections_that_move_everything() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.set_stress(true);
    let handles: Vec<Handle> =
        (0..20).map(|i| python.eval(&format!("['item', {i}, {{'k': {i}}}]")).unwrap()).collect();
    python.exec("[str(i) * 3 for i in range(50)]").unwrap();
    for (i, handle) in handles.iter().enumerate() {
        let text = python.context().repr(handle).unwrap();
        assert_eq!(text, format!("['item', {i}, {{'k': {i}}}]"));
    }
    assert!(python.is_sound());
    let kept = handles[3].clone();
    drop(handles);
    python.collect();
    assert_eq!(python.context().call_method::<i64>(&kept, "index", (3,)).unwrap(), 1);
}

#[test]
fn dropped_handles_give_their_values_up() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.eval::<()>("0").unwrap();
    python.collect();
    let before = python.memory().used;
    let handle: Handle = python.eval("bytearray(50000)").unwrap();
    python.collect();
    assert!(python.memory().used > before + 50_000);
    drop(handle);
    python.collect();
    assert!(python.memory().used < before + 1000);
    for _ in 0..10_000 {
        drop(python.eval::<Handle>("[1]").unwrap());
    }
    python.collect();
    assert!(python.memory().used < before + 1000);
}

#[test]
fn a_handle_of_another_interpreter_is_an_error() {
    let (mut one, mut two) = (memory(), memory());
    let mut first = Interpreter::builder(&mut one).build().unwrap();
    let mut second = Interpreter::builder(&mut two).build().unwrap();
    let handle: Handle = first.eval("[1, 2]").unwrap();
    second.eval::<Handle>("'its own'").unwrap();
    assert!(matches!(second.set("x", &handle), Err(Error::ForeignHandle)));
    assert!(matches!(second.call::<()>(&handle, ()), Err(Error::ForeignHandle)));
    assert!(matches!(second.call::<()>("len", (&handle,)), Err(Error::ForeignHandle)));
    drop(first);
    assert!(matches!(second.set("x", &handle), Err(Error::ForeignHandle)));
}

#[test]
fn interpreters_share_nothing() {
    let (mut one, mut two) = (memory(), memory());
    let mut first = Interpreter::builder(&mut one).build().unwrap();
    let mut second = Interpreter::builder(&mut two).build().unwrap();
    first.exec("import sys\nx = 'first'\nsys.path.append('p')\nlong_interned_name = 1").unwrap();
    second.exec("x = 'second'").unwrap();
    assert_eq!(first.get::<String>("x").unwrap(), "first");
    assert_eq!(second.get::<String>("x").unwrap(), "second");
    assert_eq!(class(second.get::<i64>("long_interned_name")), "NameError");
    assert!(!second.eval::<bool>("'p' in __import__('sys').path").unwrap());
}

#[test]
fn an_interpreter_works_on_another_thread() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    python.exec("x = [1, 2]").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| python.exec("x.append(3)").unwrap()).join().unwrap();
    });
    assert_eq!(python.get::<Vec<i64>>("x").unwrap(), [1, 2, 3]);
}

#[test]
fn a_thousand_interpreters_follow_each_other_in_the_same_memory() {
    let mut memory = memory();
    let counter = AtomicU32::new(0);
    for i in 0..1000 {
        let mut python = Interpreter::builder(&mut memory).build().unwrap();
        python.register("count", || counter.fetch_add(1, Ordering::Relaxed)).unwrap();
        python.exec("class C: pass\nc = C(); c.x = {i: str(i) for i in range(20)}").unwrap();
        let n: i64 = python.eval("count() + len(c.x)").unwrap();
        assert_eq!(n, i + 20);
    }
}

#[test]
fn memory_that_does_not_serve_is_refused() {
    for size in [0, 1, 15, 100, 1000] {
        let mut memory = vec![MaybeUninit::uninit(); size];
        let made = Interpreter::builder(&mut memory).build();
        assert!(matches!(made, Err(Error::Memory)), "{size}");
    }
}

#[test]
fn more_regions_make_a_larger_heap() {
    let (mut one, mut two) = (memory(), memory());
    let mut small = Interpreter::builder(&mut one).build().unwrap();
    assert_eq!(class(small.exec("x = [bytes(100000) for _ in range(3)]")), "MemoryError");
    drop(small);
    let mut large = Interpreter::builder(&mut one).region(&mut two).build().unwrap();
    assert!(large.memory().total > SIZE);
    large.exec("x = [bytes(100000) for _ in range(3)]").unwrap();
}

#[test]
fn any_size_of_the_stack_serves_or_is_refused() {
    let mut memory = memory();
    let sizes = (0..usize::BITS)
        .map(|bit| 1usize << bit)
        .chain(0..160)
        .chain([usize::MAX, isize::MAX as usize]);
    for slots in sizes {
        match Interpreter::builder(&mut memory).stack_slots(slots).build() {
            Ok(mut python) => {
                // a stack that leaves next to nothing for the heap is the host's wish
                let result = python.exec("def f(n): return n and f(n - 1)\nf(100000)");
                let class = result.expect_err("it goes too deep").to_string();
                let expected = ["RecursionError", "MemoryError"];
                assert!(expected.iter().any(|name| class.starts_with(name)), "{slots}: {class}");
            }
            Err(error) => assert!(matches!(error, Error::Memory), "{slots}"),
        }
    }
}

#[test]
fn out_of_memory_is_an_exception_and_the_interpreter_goes_on() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().unwrap();
    for script in [
        "x = []\nwhile True: x.append('some text %d' % len(x))",
        "x = 'a'\nwhile True: x += x",
        "d = {}\nwhile True: d[len(d)] = d.copy()",
        "x = 10 ** 10 ** 8",
        "x = 'x' * 10 ** 12",
    ] {
        let class = class(python.exec(script));
        assert!(class == "MemoryError" || class == "OverflowError", "{script}: {class}");
        python.exec("x = d = None").unwrap();
        python.collect();
        assert_eq!(python.eval::<i64>("sum(range(100))").unwrap(), 4950);
        assert!(python.is_sound());
    }
}

#[test]
fn fuel_stops_whatever_a_script_does() {
    let scripts = [
        "while True: pass",
        "while True:\n try:\n  while True: pass\n except BaseException: pass",
        "try:\n while True: pass\nfinally:\n while True: pass",
        "def f():\n try:\n  while True: yield 1\n finally:\n  while True: pass\nfor x in f(): pass",
        "class C:\n def __lt__(a, b):\n  while True: pass\nsorted([C(), C()])",
        "class C:\n def __del__(a):\n  while True: pass\nwhile True: C()",
        "max(iter(int, 1))",
        "sum(iter(int, 1))",
        "[0] * 1000 in [[1]] * 100 or max(map(lambda x: len([x] * 1000), iter(int, 1)))",
        "x = list(range(1000))\nwhile True: x.sort(reverse=True); x.sort()",
        "x = 'ab' * 2000\nwhile True: x.replace('a', 'xy').find('zz')",
        "x = 3 ** 2000\nwhile True: x * x % 7",
        "class M:\n def __enter__(s): return s\n def __exit__(s, *a):\n  return True\nwhile True:\n with M():\n  while True: pass",
        "def g():\n g()\nwhile True:\n try: g()\n except RuntimeError: pass",
        "exec('while True: pass')",
        "pow(7, 10 ** 300, 10 ** 200 + 1) if 0 else [pow(7, 10 ** 100, 10 ** 50 + 1) for _ in iter(int, 1)]",
    ];
    for script in scripts {
        let mut memory = memory();
        let mut python = Interpreter::builder(&mut memory).fuel(200_000).build().unwrap();
        let result = python.exec(script);
        assert!(matches!(result, Err(Error::Stopped)), "{script}: {result:?}");
        assert_eq!(python.fuel(), Some(0), "{script}");
        python.set_fuel(Some(100_000));
        assert_eq!(python.eval::<i64>("sum([x * x for x in range(10)])").unwrap(), 285);
        assert!(python.fuel().unwrap() < 100_000 && python.fuel().unwrap() > 90_000);
        assert!(python.is_sound());
    }
}

#[test]
fn fuel_stops_a_single_long_calculation() {
    for script in [
        "pow(7, 1 << 100000, (1 << 900) - 1)",
        "str(7 ** 20000)",
        "import math\nmath.factorial(10 ** 9)",
    ] {
        let mut memory = memory();
        let mut python = Interpreter::builder(&mut memory).fuel(30_000).build().unwrap();
        let result = python.exec(script);
        assert!(matches!(result, Err(Error::Stopped)), "{script}: {result:?}");
        assert!(python.is_sound());
    }
}

#[test]
fn a_function_of_the_host_cannot_hide_a_stop() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).fuel(100_000).build().unwrap();
    python
        .register_with("shield", |cx, (f,): (Handle,)| cx.call::<i64>(&f, ()).unwrap_or(0))
        .unwrap();
    let result = python.exec("def spin():\n while True: pass\nwhile True: shield(spin)");
    assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
}

/// Answers polls as it was told.
struct Hook {
    after: u32,
    wish: Wish,
}

impl Interrupt for Hook {
    fn poll(&mut self) -> Wish {
        self.after = self.after.saturating_sub(1);
        if self.after == 0 {
            self.after = 10;
            return self.wish;
        }
        Wish::Continue
    }
}

#[test]
fn an_interrupt_is_an_exception_that_a_script_may_handle() {
    let mut memory = memory();
    let mut hook = Hook { after: 10, wish: Wish::Interrupt };
    let mut python = Interpreter::builder(&mut memory).interrupt(&mut hook).build().unwrap();
    assert_eq!(class(python.exec("while True: pass")), "KeyboardInterrupt");
    let script = "
try:
    while True: pass
except KeyboardInterrupt:
    caught = True
";
    python.exec(script).unwrap();
    assert!(python.get::<bool>("caught").unwrap());
}

#[test]
fn a_stop_by_the_hook_passes_every_handler() {
    let mut memory = memory();
    let mut hook = Hook { after: 10, wish: Wish::Stop };
    let mut python = Interpreter::builder(&mut memory).interrupt(&mut hook).build().unwrap();
    let script = "
log = []
try:
    while True: pass
except:
    log.append('except')
finally:
    log.append('finally')
";
    assert!(matches!(python.exec(script), Err(Error::Stopped)));
    assert_eq!(python.eval::<i64>("len(log)").unwrap(), 0);
}

#[test]
fn a_flag_set_by_another_thread_interrupts() {
    struct Flag(Arc<AtomicBool>);
    impl Interrupt for Flag {
        fn poll(&mut self) -> Wish {
            if self.0.swap(false, Ordering::Relaxed) { Wish::Interrupt } else { Wish::Continue }
        }
    }
    let flag = Arc::new(AtomicBool::new(false));
    let mut hook = Flag(Arc::clone(&flag));
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).interrupt(&mut hook).build().unwrap();
    let running = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !running.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            flag.store(true, Ordering::Relaxed);
        });
        running.store(true, Ordering::Relaxed);
        assert_eq!(class(python.exec("while True: pass")), "KeyboardInterrupt");
    });
}

#[test]
fn output_goes_to_the_console_of_the_host() {
    #[derive(Default)]
    struct Screen {
        text: RefCell<String>,
        flushed: bool,
    }
    impl Console for Screen {
        fn write(&mut self, bytes: &[u8]) {
            self.text.get_mut().push_str(&String::from_utf8_lossy(bytes));
            self.flushed = false;
        }
        fn flush(&mut self) -> Result<(), FsError> {
            self.flushed = true;
            Ok(())
        }
    }
    let mut screen = Screen::default();
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).console(&mut screen).build().unwrap();
    python.exec("print('hello', 1, 2.5, [None])").unwrap();
    drop(python);
    assert_eq!(screen.text.into_inner(), "hello 1 2.5 [None]\n");
    assert!(screen.flushed);
}

#[test]
fn output_is_flushed_by_each_print_and_may_be_lost() {
    /// Counts flushes, of which each tenth fails.
    #[derive(Default)]
    struct Disk {
        flushes: u32,
    }
    impl Console for Disk {
        fn write(&mut self, _: &[u8]) {}
        fn flush(&mut self) -> Result<(), FsError> {
            const ENOSPC: i32 = 28;
            self.flushes += 1;
            if self.flushes.is_multiple_of(10) { Err(FsError(ENOSPC)) } else { Ok(()) }
        }
    }
    let mut disk = Disk::default();
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).console(&mut disk).build().unwrap();
    for print in ["print(n, n)", "sys.stdout.write(str(n))", "print(n, file=sys.stdout)"] {
        let script = format!(
            "import sys\nlost = 0\nfor n in range(100):\n  try:\n    {print}\n  except OSError as e:\n    lost += e.errno"
        );
        python.exec(&script).unwrap();
        // the end of the host's call is one of them
        assert_eq!(python.get::<u32>("lost").unwrap() / 28, 10, "{print}");
    }
    drop(python);
    assert!((303..330).contains(&disk.flushes));
}

#[test]
fn input_that_is_no_program_is_an_exception() {
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).desktop().build().unwrap();
    assert_eq!(class(python.exec("def f(:")), "SyntaxError");
    assert_eq!(class(python.exec("if 1:\nx")), "IndentationError");
    for text in [&b"x = '\xff'"[..], b"\xff\xfe = 1", b"\xc3", b"# \x80\nx = 1\n\xf0\x9f"] {
        let class = class(python.exec_named(text, "bytes"));
        assert!(class == "UnicodeError" || class == "SyntaxError", "{text:?}: {class}");
    }
    assert_eq!(class(python.exec_file("/no/such/file.py")), "FileNotFoundError");
    assert_eq!(class(python.exec_file("/")), "IsADirectoryError");
    for junk in [&b""[..], b"M", b"M\x06", b"M\x05\x00\x1f", b"M\x06\x00\x1f\xff\xff\xff", b"junk"]
    {
        let class = class(python.load_mpy(junk));
        assert!(class == "ValueError" || class == "EOFError", "{junk:?}: {class}");
    }
    assert_eq!(class(python.import::<()>("no_such_module")), "ModuleNotFoundError");
    assert_eq!(python.eval::<i64>("1").unwrap(), 1);
}

#[test]
fn truncated_and_damaged_bytecode_does_no_harm() {
    let good = include_bytes!("../../snakelet-bytecode/tests/fixtures/control.mpy");
    for n in 0..good.len() {
        let mut memory = memory();
        let mut python = Interpreter::builder(&mut memory).fuel(1_000_000).build().unwrap();
        assert!(python.load_mpy(&good[..n]).is_err());
        let mut bad = good.to_vec();
        bad[n] ^= 1 << (n % 8);
        let _ = python.load_mpy(&bad);
        assert!(python.is_sound());
        python.set_fuel(None);
        assert_eq!(python.eval::<i64>("40 + 2").unwrap(), 42);
    }
}

#[test]
fn modules_are_imported_from_frozen_ones() {
    static MODULES: &[snakelet::FrozenModule] = &[snakelet::FrozenModule {
        name: "robot.py",
        data: b"wheels = 4\ndef go(n): return n * wheels\n",
    }];
    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).frozen(MODULES).build().unwrap();
    let robot: Handle = python.import("robot").unwrap();
    assert_eq!(python.context().call_method::<i64>(&robot, "go", (3,)).unwrap(), 12);
    python.context().set_attribute(&robot, "wheels", 6).unwrap();
    assert_eq!(python.context().attribute::<i64>(&robot, "wheels").unwrap(), 6);
}

#[test]
fn the_error_is_a_small_type() {
    assert!(size_of::<Error>() <= 2 * size_of::<usize>());
    assert!(size_of::<Handle>() == size_of::<usize>());
    fn is_send<T: Send>() {}
    is_send::<Interpreter<'_>>();
    is_send::<Error>();
    is_send::<Handle>();
}

#[test]
fn a_panic_of_the_host_that_is_caught_leaves_the_interpreter_usable() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let mut memory = memory();
    let mut python = Interpreter::builder(&mut memory).build().expect("enough memory");
    python
        .register("explode", |harmless: bool| {
            assert!(harmless, "on purpose");
            harmless
        })
        .expect("a new name");
    let script = "
def generator():
    yield explode(False)
def nested(n):
    try:
        return max([n], key=lambda n: nested(n - 1) if n else list(generator()))
    finally:
        global seen
        seen = True
";
    python.exec(script).expect("a small program");
    std::panic::set_hook(Box::new(|_| {}));
    for round in 0..200 {
        let panicked = match round % 3 {
            0 => catch_unwind(AssertUnwindSafe(|| drop(python.exec("nested(5)")))),
            1 => catch_unwind(AssertUnwindSafe(|| drop(python.eval::<i64>("explode(False)")))),
            _ => catch_unwind(AssertUnwindSafe(|| {
                let run = python.start("nested(3)").expect("it compiles");
                drop(run.step(1_000_000));
            })),
        };
        assert!(panicked.is_err());
        assert_eq!(python.eval::<i64>("sum(range(10))").expect("usable"), 45, "{round}");
    }
    let _ = std::panic::take_hook();
    python.exec("assert 'seen' not in globals()").expect("no handler has run");
    assert!(python.is_sound());
}
