//! Depth, memory and time are bounded, and what is used does not grow with the module.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use proptest::prelude::*;
use snakelet_compiler::{Error, Fail, Options, Watch};
use support::{Full, Kept, Trickle, module, run};

/// A module that uses most of the language.
const SAMPLE: &str = r#"
import a.b as c
X = const(5)
def outer(x, *y, z=[1, 2, X], **k):
    """Text that is not kept."""
    def inner(w=x):
        nonlocal x
        x += w
        return [v for v in y if v > x], f"{w!r:>{x}} {w=}"
    try:
        with c as d, inner() as e:
            while d and not e:
                if d == (1, "two", 3.5, b"four", 10**30): break
                elif e: continue
                else: yield d
    except (ValueError, TypeError) as error:
        raise RuntimeError(error) from None
    finally:
        print({1: 2, **k}, {*y}, [*y], *y, **k)
    match y:
        case [1, {"k": v}, Point(x=0) | None as p]: return v, p
    return lambda q, r=1: (yield q + r)
@decorated
class C(Base, metaclass=Meta):
    value: int = 3
    async def m(self):
        async with self as s:
            async for i in s: await i
        return super().m()
"#;

#[test]
fn nesting_too_deep_is_an_error_and_not_a_crash() {
    let n = 100_000;
    let many = |text: &str| text.repeat(n);
    let texts = [
        many("("),
        many("(") + "1" + &many(")"),
        "x = ".to_owned() + &many("["),
        many("{1:"),
        many("f("),
        many("a["),
        many("-") + "1",
        many("not ") + "1",
        many("2 ** ") + "1",
        many("1 if 1 else ") + "1",
        many("lambda: ") + "1",
        many("(x := "),
        many("f'{") + "1",
        "f'".to_owned() + &many("{x:"),
        many("(yield "),
        "with ".to_owned() + &many("a, ") + "a: pass",
        "[x ".to_owned() + &many("for x in y ") + "]",
        "match x:\n case ".to_owned() + &many("["),
        (0..2000).map(|depth| " ".repeat(depth) + "if x:\n").collect(),
        (0..2000).map(|depth| " ".repeat(depth) + "class C:\n").collect(),
    ];
    for text in texts {
        let (outcome, _) = module(&text);
        let start = &text[..text.len().min(20)];
        assert_eq!(outcome.err(), Some(Error::Fail(Fail::Recursion)), "{start:?}");
    }
}

#[test]
fn chains_do_not_nest() {
    let n = 5_000;
    for link in [".b", "()", "[0]", " + x", " or x", "\n", "; x", " = x", ", x"] {
        assert!(module(&("x".to_owned() + &link.repeat(n))).0.is_ok(), "{link:?}");
    }
}

#[test]
fn what_the_format_cannot_hold_is_an_error() {
    let overflow = Some(Error::Fail(Fail::Overflow));
    let far = "while x:\n".to_owned() + &"    f(x)\n".repeat(10_000);
    assert_eq!(module(&far).0.err(), overflow);
    // the arguments of a call are put together where there are more than it can count
    let arguments = "f(".to_owned() + &"1,".repeat(300) + ")";
    assert_eq!(module(&arguments).0.err(), None);
    let locals: String = (0..70_000).map(|index| format!(" x{index} = 1\n")).collect();
    assert_eq!(module(&("def f():\n".to_owned() + &locals)).0.err(), overflow);
}

#[test]
fn every_budget_below_the_peak_is_a_memory_error() {
    let (outcome, whole) = run(&mut Trickle(SAMPLE.as_bytes(), 64), &mut Options::default());
    let peak = outcome.unwrap().report.peak_bytes;
    for budget in (0..peak).step_by(37).chain([peak - 1]) {
        let mut options = Options { budget, ..Options::default() };
        let (outcome, _) = run(&mut Trickle(SAMPLE.as_bytes(), 64), &mut options);
        match outcome {
            // With less to grow by, buffers may do with less.
            Ok(compiled) => assert!(compiled.report.peak_bytes <= budget),
            Err(error) => assert_eq!(error, Error::Fail(Fail::Memory), "{budget}"),
        }
    }
    let mut options = Options { budget: peak, ..Options::default() };
    let (outcome, again) = run(&mut Trickle(SAMPLE.as_bytes(), 64), &mut options);
    assert_eq!(outcome.unwrap().report.peak_bytes, peak);
    assert_eq!(whole, again);
}

/// Tokens of every kind, long ones among them, lie across the pieces of a text in all ways.
#[test]
fn a_text_in_pieces_is_the_same_as_in_one() {
    let long = "7".repeat(3000);
    let name = "n".repeat(255);
    let numbers = format!(
        "a = [1_0, .5, 1., 1.e5, 1e5, 1E+5, 1e-5, 0xfF, 0b1_0, 0o17, 1j, 1.5j, .5e3j, 0j, 1..real, 0x1.real, \
         {long}, 0x{long}, {long}.{long}e3, 1e{long}, {name}.{name}, rb'', Rb\"\", a//a, a**a, ...]\n\
         a >>= 1 # {long}\na **= {name}{space}-a if a!=a<=a else a@a\n",
        space = " ".repeat(5000),
    );
    for text in [SAMPLE, &numbers] {
        let (outcome, whole) = module(text);
        assert!(outcome.is_ok(), "{outcome:?}");
        for piece in [1, 2, 3, 7, 64] {
            let (outcome, pieces) =
                run(&mut Trickle(text.as_bytes(), piece), &mut Options::default());
            assert!(outcome.is_ok(), "{piece}: {outcome:?}");
            assert_eq!(whole, pieces, "{piece}");
        }
    }
}

#[test]
fn long_names_and_numbers_end_where_they_are_too_long_or_wrong() {
    let name = "n".repeat(256);
    assert_eq!(module(&name).0.err(), Some(Error::Fail(Fail::LongName)));
    for text in ["1".repeat(9000) + "z", "1e".to_owned() + &"1".repeat(9000) + "\u{e9}"] {
        assert!(matches!(module(&text).0, Err(Error::Fail(Fail::Syntax(_)))));
    }
}

#[test]
fn a_sink_that_fails_at_any_point_ends_the_compilation() {
    for room in 0.. {
        let mut sink = Kept { room: Some(room), ..Kept::default() };
        let mut text = SAMPLE.as_bytes();
        match snakelet_compiler::compile(&mut text, &mut Options::default(), &mut sink) {
            Ok(_) => break,
            Err(error) => assert_eq!(error, Error::Sink(Full)),
        }
    }
}

/// Stops a compilation after so many reports, and counts them and their steps.
#[derive(Default)]
struct Watcher {
    limit: Option<u32>,
    reports: Cell<u32>,
    steps: Cell<u64>,
    longest: Cell<u32>,
}

impl Watch for Watcher {
    fn work(&self, steps: u32) -> bool {
        self.reports.set(self.reports.get() + 1);
        self.steps.set(self.steps.get() + u64::from(steps));
        self.longest.set(self.longest.get().max(steps));
        self.limit.is_none_or(|limit| self.reports.get() <= limit)
    }
}

/// Compiles a text; the outcome and what its watcher has seen.
fn watched(text: &str, limit: Option<u32>) -> (Result<(), Fail>, Rc<Watcher>) {
    let watcher = Rc::new(Watcher { limit, ..Watcher::default() });
    let mut options = Options { watch: Some(watcher.clone()), ..Options::default() };
    let outcome = match run(&mut text.as_bytes(), &mut options).0 {
        Ok(_) => Ok(()),
        Err(Error::Fail(fail)) => Err(fail),
        Err(Error::Sink(_)) => Err(Fail::Memory),
    };
    (outcome, watcher)
}

#[test]
fn a_watcher_can_stop_a_compilation_at_any_report() {
    let text = functions(40);
    let (outcome, watcher) = watched(&text, None);
    assert_eq!(outcome, Ok(()));
    let reports = watcher.reports.get();
    assert!(reports > 10, "{reports} reports");
    // the last report comes when all is done
    for limit in 0..reports - 1 {
        assert_eq!(watched(&text, Some(limit)).0, Err(Fail::Stopped), "after {limit} reports");
    }
}

#[test]
fn long_tokens_lines_and_functions_are_reported_in_proportion() {
    let constants = |n: usize| (0..n).map(|i| format!("{i}.5,")).collect::<String>();
    type Make<'f> = &'f dyn Fn(usize) -> String;
    let texts: [(&str, Make<'_>, usize); 7] = [
        ("a comment", &|n| "#".repeat(n), 1 << 20),
        ("a string", &|n| format!("x = '{}'", "a".repeat(n)), 1 << 20),
        ("an escaped string", &|n| format!("x = '{}'", "\\n".repeat(n)), 1 << 18),
        ("a number", &|n| format!("x = {}.5", "9".repeat(n)), 1 << 18),
        ("blank lines", &|n| "\n".repeat(n), 1 << 18),
        ("a list", &|n| format!("x = [{}]", constants(n)), 1 << 12),
        ("a sum", &|n| format!("x = 0{}", "+a".repeat(n)), 1 << 14),
    ];
    for (name, text, n) in texts {
        let (outcome, few) = watched(&text(n), None);
        assert_eq!(outcome, Ok(()), "{name}");
        let (outcome, many) = watched(&text(4 * n), None);
        assert_eq!(outcome, Ok(()), "{name}");
        let (few_steps, many_steps) = (few.steps.get(), many.steps.get());
        assert!(few_steps as usize >= n / 64, "{name}: {few_steps} steps for {n}");
        assert!(
            (3 * few_steps..6 * few_steps).contains(&many_steps),
            "{name}: {few_steps} steps, {many_steps} for four times as much"
        );
        // what is reported at once is no more than one pass over a token
        assert!(many.longest.get() as usize <= 4096 + n, "{name}: {}", many.longest.get());
        assert_eq!(watched(&text(4 * n), Some(1)).0, Err(Fail::Stopped), "{name}");
    }
}

#[test]
fn long_folding_is_reported() {
    let digits = "9".repeat(1000);
    let text = format!("x = {}", vec![digits; 200].join(" * "));
    let (outcome, watcher) = watched(&text, None);
    assert_eq!(outcome, Ok(()));
    assert!(watcher.steps.get() > 500_000, "{} steps", watcher.steps.get());
    assert!(watcher.longest.get() < 30_000, "{} steps at once", watcher.longest.get());
}

/// Names whose hashes, FNV-1a, agree in the bits by which an index of this many is looked up.
fn colliding(count: usize) -> Vec<String> {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = |name: &str| name.bytes().fold(0x811c_9dc5, fold);
    let mask = (count * 2).next_power_of_two() as u32 - 1;
    let names = (0u32..).map(|i| format!("n{i}"));
    names.filter(|name| hash(name) & mask == 7).take(count).collect()
}

#[test]
fn names_that_collide_are_reported() {
    let count = 1000;
    let function = |names: &[String]| {
        let body = names.iter().map(|name| format!(" {name} = 1\n"));
        format!("def f():\n{}", body.collect::<String>())
    };
    let plain: Vec<_> = (0..count).map(|i| format!("n{}", 1_000_000 + i)).collect();
    let (outcome, usual) = watched(&function(&plain), None);
    assert_eq!(outcome, Ok(()));
    let text = function(&colliding(count));
    let (outcome, work) = watched(&text, None);
    assert_eq!(outcome, Ok(()));
    let (usual, steps) = (usual.steps.get(), work.steps.get());
    assert!(steps > 5 * usual, "{steps} steps, {usual} where names do not collide");
    assert_eq!(watched(&text, Some(work.reports.get() / 2)).0, Err(Fail::Stopped));
}

/// A module of so many functions of one kind.
fn functions(count: usize) -> String {
    let mut text = String::new();
    for index in 0..count {
        text += &format!(
            "def function_{index}(first, second=None):\n    \
             if first > second and not first.closed:\n        \
             return [item.name for item in second if item != first]\n    \
             try:\n        first.update(second, key={index})\n    \
             except (ValueError, KeyError) as error:\n        print('failed', error)\n\n"
        );
    }
    text
}

#[test]
fn memory_does_not_grow_with_the_module() {
    let peak = |count: usize| {
        let text = functions(count);
        let (outcome, _) = run(&mut Trickle(text.as_bytes(), 64), &mut Options::default());
        outcome.unwrap().report.peak_bytes
    };
    let (ten, hundred, thousand) = (peak(10), peak(100), peak(1000));
    // What grows is the module's own code, which makes the functions and stores them under their
    // names: about 12 bytes a function, a line entry of 2 or 3, this sink's handle of 8; buffers
    // have up to a quarter to spare.
    assert!(hundred - ten < 90 * 30, "{ten} {hundred}");
    assert!(thousand - hundred < 900 * 30, "{hundred} {thousand}");
}

#[test]
fn a_text_read_in_small_pieces_compiles_to_the_same() {
    for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n"), functions(20)] {
        let (whole, expected) = run(&mut text.as_bytes(), &mut Options::default());
        assert!(whole.is_ok(), "{whole:?}");
        for step in [1, 2, 3, 7, 64] {
            let (pieces, kept) = run(&mut Trickle(text.as_bytes(), step), &mut Options::default());
            assert!(pieces.is_ok());
            assert_eq!(expected, kept, "{step} bytes at a time");
        }
    }
}

/// Pieces that, put together, are nearly Python.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "if",
        "x",
        "1",
        "'s'",
        "f'{",
        "}'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "=",
        "+",
        "*",
        "**",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "def f",
        "class C",
        "return",
        "yield",
        "await",
        "async",
        "for",
        "in",
        "while",
        "try",
        "except",
        "finally",
        "else",
        "with",
        "as",
        "lambda",
        "not",
        "is",
        "global x",
        "nonlocal x",
        "import",
        "from",
        ".",
        "...",
        "match x:",
        "case",
        "|",
        "@",
        ":=",
        "->",
        "\\\n",
        "\t",
        "\"\"\"",
        "break",
        "continue",
        "del",
        "assert",
        "raise",
        "None",
        "const",
        "super()",
        "1.5",
        "0x",
        "1j",
        "b''",
        "#",
        ";",
        "!",
        "\r",
        "pass",
        "/",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn arbitrary_text_is_compiled_or_refused(text in ".*") {
        let _ = module(&text);
    }

    #[test]
    fn arbitrary_bytes_are_compiled_or_refused(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = run(&mut &text[..], &mut Options::default());
    }

    #[test]
    fn near_python_is_compiled_or_refused_alike_however_it_is_read(text in pieces()) {
        let (whole, kept) = run(&mut text.as_bytes(), &mut Options::default());
        let (pieces, again) = run(&mut Trickle(text.as_bytes(), 1), &mut Options::default());
        prop_assert_eq!(whole.as_ref().err(), pieces.as_ref().err());
        prop_assert_eq!(kept, again);
    }

    #[test]
    fn a_changed_program_is_compiled_or_refused(at in 0..SAMPLE.len(), len in 0usize..20, with in pieces()) {
        let end = (at + len).min(SAMPLE.len());
        let text = format!("{}{}{}", &SAMPLE[..at], with, &SAMPLE[end..]);
        let _ = module(&text);
    }
}
