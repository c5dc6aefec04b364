//! Errors say where they are and what is wrong.

mod support;

use snakelet_compiler::Message::{self, *};
use snakelet_compiler::{Error, ErrorKind, Fail, Mode, Options, SourceError, SyntaxError};
use support::{error, module, run};

#[track_caller]
fn all(cases: &[(&str, u32, u32, Message)]) {
    for &(text, line, column, message) in cases {
        assert_eq!(error(text), Some((line, column, message)), "{text:?}");
    }
}

#[test]
fn expressions() {
    all(&[
        ("x = ", 1, 5, ExpectedExpression),
        ("x = 1 +\ny", 1, 8, ExpectedExpression),
        ("f(1, 2", 1, 7, ExpectedClosing),
        ("\n\nprint((1, 2]", 3, 12, ExpectedClosing),
        ("a = [1, 2\nb = 3", 2, 1, ExpectedClosing),
        ("x = 1 if 2", 1, 11, ExpectedElse),
        ("x = a not b", 1, 11, ExpectedIn),
        ("x = a.1", 1, 6, ExpectedNewline),
        ("x = a.(b)", 1, 7, ExpectedName),
        ("{1: 2, 3}", 1, 8, DictItem),
        ("{1, 2: 3}", 1, 5, SetItem),
        ("(*a)", 1, 2, StarTarget),
        ("lambda x, x: 0", 1, 11, ArgumentReused),
        ("lambda *: 0, 1)", 1, 15, ExpectedNewline),
        ("x = 1abc", 1, 5, InvalidNumber),
        ("x = 0xg", 1, 5, InvalidNumber),
        ("x = 1__0", 1, 5, InvalidNumber),
        ("x = 012", 1, 5, InvalidNumber),
        ("x = ?", 1, 5, InvalidCharacter),
        ("x = $", 1, 5, InvalidCharacter),
    ]);
}

#[test]
fn calls() {
    all(&[
        ("f(a=1, b)", 1, 8, PositionalAfterKeyword),
        ("f(**a, b)", 1, 8, PositionalAfterDouble),
        ("f(**a, *b)", 1, 8, StarAfterDouble),
        ("f(a=1, *b)", 1, 8, StarAfterKeyword),
        ("f(a.b=1)", 1, 3, KeywordName),
        ("f(1=2)", 1, 3, KeywordName),
    ]);
}

#[test]
fn strings() {
    all(&[
        ("x = 'abc", 1, 5, UnterminatedString),
        ("x = 'abc\ny'", 1, 5, UnterminatedString),
        ("\nx = '''abc\n\n", 2, 5, UnterminatedString),
        ("x = 'a\\x4'", 1, 7, InvalidEscape),
        ("x = '\\U00110000'", 1, 6, InvalidEscape),
        ("x = b'\\777'", 1, 7, InvalidEscape),
        ("x = '\\N{DASH}'", 1, 6, UnicodeName),
        ("x = 'a' b'b'", 1, 9, MixedStrings),
        ("x = f'{'", 1, 8, UnterminatedString),
        ("x = f'{}'", 1, 8, MalformedFString),
        ("x = f'}'", 1, 7, MalformedFString),
        ("x = f'{a!x}'", 1, 10, MalformedFString),
        ("x = f'{a b}'", 1, 10, MalformedFString),
        ("x = f'{a:{b}'", 1, 13, MalformedFString),
    ]);
}

#[test]
fn indentation() {
    all(&[
        ("  x = 1", 1, 3, UnexpectedIndent),
        ("x = 1\n  y = 2", 2, 3, UnexpectedIndent),
        ("if x:\n    y\n  z", 3, 3, UnindentMismatch),
        ("if x:\ny", 2, 1, ExpectedIndent),
        ("def f():\n", 2, 1, ExpectedIndent),
        ("class C:\n\n# nothing\nx = 1", 4, 1, ExpectedIndent),
        ("while x:\n\ty\n        z\n   w", 4, 4, UnindentMismatch),
    ]);
    let (outcome, _) = module("if x:\ny");
    let Err(Error::Fail(Fail::Syntax(error))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.kind(), ErrorKind::Indentation);
}

#[test]
fn statements() {
    all(&[
        ("if x\n  y", 1, 5, ExpectedColon),
        ("for x on y: z", 1, 7, ExpectedIn),
        ("from x.y z", 1, 10, ExpectedImport),
        ("import 1", 1, 8, ExpectedName),
        ("import a as b.c", 1, 14, ExpectedNewline),
        ("from a import (b", 1, 17, ExpectedClosing),
        ("try:\n  x\ny", 3, 1, ExpectedExcept),
        ("try:\n  x\nexcept:\n  y\nexcept z:\n  y", 5, 1, ExceptOrder),
        ("@a\nx = 1", 2, 1, ExpectedDefinition),
        ("async x", 1, 7, ExpectedStatement),
        ("x y", 1, 3, ExpectedNewline),
        ("pass pass", 1, 6, ExpectedNewline),
        ("else: x", 1, 1, ExpectedExpression),
        ("@micropython.asm_thumb\ndef f(): pass", 1, 2, Decorator),
        ("def f(a=1, b): pass", 1, 12, DefaultOrder),
        ("def f(a, a): pass", 1, 10, ArgumentReused),
        ("def f(**a, b): pass", 1, 12, InvalidSyntax),
        ("def f(*a, *b): pass", 1, 11, InvalidSyntax),
        ("def f(/, a): pass", 1, 7, InvalidSyntax),
        ("def f(a, /, b, /): pass", 1, 16, InvalidSyntax),
        ("match x:\n  y = 1\n", 2, 3, ExpectedCase),
        ("match x:\n  case 1 + y: pass", 2, 8, ExpectedPattern),
        ("match x:\n  case [a, a]: pass", 2, 12, PatternTwice),
        ("match x:\n  case a | 1: pass", 2, 12, PatternBinds),
        ("match x:\n  case [*a, *b]: pass", 2, 13, MultipleStars),
    ]);
}

#[test]
fn targets() {
    all(&[
        ("1 = x", 1, 1, CannotAssign),
        ("f() = x", 1, 1, CannotAssign),
        ("a, b + c = x", 1, 4, CannotAssign),
        ("() = x", 1, 1, CannotAssign),
        ("a, b += x", 1, 1, CannotAssign),
        ("*a, *b = x", 1, 5, MultipleStars),
        ("for 1 in x: pass", 1, 5, CannotAssign),
        ("with x as 1: pass", 1, 11, CannotAssign),
        ("[x for f() in y]", 1, 8, CannotAssign),
        ("(1 := x)", 1, 2, CannotAssign),
        ("del f()", 1, 5, CannotDelete),
        ("del a, 1", 1, 8, CannotDelete),
        ("x = const(y)", 1, 5, NotConstant),
        ("x = const(1, 2)", 1, 5, NotConstant),
        ("x = const(1)\nx = 2", 2, 1, CannotAssign),
    ]);
}

#[test]
fn scopes() {
    all(&[
        ("break", 1, 1, OutsideLoop),
        ("def f():\n  for x in y:\n    def g():\n      continue", 4, 7, OutsideLoop),
        ("while x: pass\nelse: continue", 2, 7, OutsideLoop),
        ("return 1", 1, 1, ReturnOutside),
        ("class C:\n  return 1", 2, 3, ReturnOutside),
        ("x = yield", 1, 5, YieldOutside),
        ("await x", 1, 1, AwaitOutside),
        ("def f():\n  async for x in y: pass", 2, 3, AsyncOutside),
        ("def f():\n  from x import *", 2, 3, ImportStar),
        ("nonlocal x", 1, 1, NonlocalOuter),
        ("class C:\n  nonlocal x", 2, 3, NonlocalUnbound),
        ("def f():\n  nonlocal x", 2, 3, NonlocalUnbound),
        ("def f():\n  x = 1\n  global x", 3, 3, GlobalRedefined),
        ("def f():\n  x = 1\n  def g():\n    y = x\n    nonlocal x", 5, 5, NonlocalRedefined),
        ("def f(x):\n  def g():\n    nonlocal x, y", 3, 5, NonlocalUnbound),
        ("class C:\n  def f(): super()", 2, 12, SuperSelf),
    ]);
}

#[test]
fn the_first_error_of_the_text_is_told_even_if_a_later_walk_would_find_another_before_it() {
    // The first walk finds what is not Python at all.
    assert_eq!(error("return 1\nx = ("), Some((2, 6, ExpectedExpression)));
}

#[test]
fn dead_code_is_parsed_and_no_more() {
    assert!(module("if 0:\n  return 1\n  break\n  yield\n").0.is_ok());
    assert!(error("if 0:\n  x = = 1\n").is_some());
}

#[test]
fn a_column_counts_bytes_and_a_line_ends_in_any_way() {
    assert_eq!(error("x = 'é' ?"), Some((1, 10, InvalidCharacter)));
    assert_eq!(error("x = 1\r\ny = 2\ry = ?"), Some((3, 5, InvalidCharacter)));
    assert_eq!(error("x = (1,\n  \\\n  ?)"), Some((3, 3, InvalidCharacter)));
}

#[test]
fn text_must_be_utf8() {
    for text in [&b"x = '\xff'"[..], b"\xc3 = 1", b"x = f'\xff{1}'"] {
        let (outcome, _) = run(&mut &text[..], &mut Options::default());
        let Err(Error::Fail(Fail::Syntax(SyntaxError { message, .. }))) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(message, NotUtf8);
    }
    let comment = b"# \xff\nx = 1";
    assert!(run(&mut &comment[..], &mut Options::default()).0.is_ok());
}

#[test]
fn a_source_that_cannot_be_read_is_told() {
    struct Broken;
    impl snakelet_compiler::Source for Broken {
        fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError> {
            if offset > 10 {
                return Err(SourceError);
            }
            buf[..2].copy_from_slice(b"x\n");
            Ok(2)
        }
    }
    let (outcome, _) = run(&mut Broken, &mut Options::default());
    assert_eq!(outcome.err(), Some(Error::Fail(Fail::Source(SourceError))));
}

#[test]
fn an_expression_or_one_statement_is_all_there_may_be() {
    let mode = |text: &str, mode| {
        run(&mut text.as_bytes(), &mut Options { mode, ..Options::default() }).0.is_ok()
    };
    assert!(mode("1 + 2", Mode::Eval) && mode("  1, 2 \n\n", Mode::Eval));
    assert!(!mode("x = 1", Mode::Eval) && !mode("", Mode::Eval) && !mode("1\n2", Mode::Eval));
    assert!(mode("x = 1", Mode::Single) && mode("if x:\n  y\n", Mode::Single));
    assert!(mode("", Mode::Single) && !mode("x\ny", Mode::Single));
}
