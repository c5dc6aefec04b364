//! The prompt for people: what each key makes of a line, and that the terminal shows the line that will be run.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{Notes, feed, screen};
use crate::{Program, Repl};

/// Types bytes and enters the line; the statement that would be run.
fn line(bytes: &[u8]) -> String {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    repl.start(&mut notes);
    notes.written.clear();
    assert_eq!(feed(&mut repl, &mut notes, b"").run, []);
    assert_eq!(feed(&mut repl, &mut notes, bytes).run, [], "nothing was entered yet");
    let shown = notes.written.clone();
    let mut done = feed(&mut repl, &mut notes, b"\r");
    let (program, text) = done.run.pop().unwrap_or((Program::Typed, Vec::new()));
    assert_eq!(program, Program::Typed);
    let text = String::from_utf8(text).unwrap();
    let (rows, _) = screen(&shown);
    assert_eq!(rows, [&text[..]], "the terminal shows another line");
    text
}

#[test]
fn characters_are_inserted_at_the_cursor() {
    assert_eq!(line(b"abc"), "abc");
    assert_eq!(line(b"ac\x1b[Db"), "abc");
    assert_eq!(line("ö = '日本'".as_bytes()), "ö = '日本'");
}

#[test]
fn arrows_and_control_characters_move_by_characters() {
    assert_eq!(line(b"ac\x02b"), "abc");
    assert_eq!(line(b"abc\x02\x02\x06X"), "abXc");
    assert_eq!(line(b"abc\x1b[D\x1b[D\x1b[CX"), "abXc");
    assert_eq!(line(b"abc\x1bOD\x1bODX"), "aXbc");
    assert_eq!(line("aé日\x1b[D\x1b[DX".as_bytes()), "aXé日");
    // nowhere beyond the ends
    assert_eq!(line(b"a\x1b[D\x1b[D\x1b[Db\x1b[C\x1b[C\x1b[Cc"), "bac");
}

#[test]
fn home_and_end_have_many_names() {
    for home in [&b"\x01"[..], b"\x1b[H", b"\x1b[1~", b"\x1b[7~", b"\x1bOH"] {
        assert_eq!(line(&[b"bc", home, b"a"].concat()), "abc");
    }
    for end in [&b"\x05"[..], b"\x1b[F", b"\x1b[4~", b"\x1b[8~", b"\x1bOF"] {
        assert_eq!(line(&[b"ab\x01", end, b"c"].concat()), "abc");
    }
}

#[test]
fn characters_are_deleted_before_and_under_the_cursor() {
    assert_eq!(line(b"abx\x7fc"), "abc");
    assert_eq!(line(b"abx\x08c"), "abc");
    assert_eq!(line("aé\x7f日\x7fb".as_bytes()), "ab");
    assert_eq!(line(b"\x7fa"), "a");
    assert_eq!(line(b"xab\x01\x04"), "ab");
    assert_eq!(line(b"xab\x01\x1b[3~"), "ab");
    assert_eq!(line(b"ab\x04"), "ab", "nothing is under the cursor at the end");
}

#[test]
fn parts_of_the_line_are_killed() {
    assert_eq!(line(b"abcdef\x02\x02\x0b"), "abcd");
    assert_eq!(line(b"abcdef\x02\x02\x15"), "ef");
    assert_eq!(line(b"one two\x17"), "one ");
    assert_eq!(line(b"one two\x1b\x7f"), "one ");
    assert_eq!(line(b"one two\x01\x1bd"), " two");
    assert_eq!(line(b"f[ab, cd]\x17"), "f[ab, ");
}

#[test]
fn the_cursor_moves_by_words() {
    for left in [&b"\x1bb"[..], b"\x1b[1;5D", b"\x1b[1;3D", b"\x1b[5D"] {
        assert_eq!(line(&[b"ab cd", left, b"X"].concat()), "ab Xcd");
    }
    for right in [&b"\x1bf"[..], b"\x1b[1;5C", b"\x1b[1;3C", b"\x1b[5C"] {
        assert_eq!(line(&[b"ab cd\x01", right, b"X"].concat()), "abX cd");
    }
}

#[test]
fn unknown_sequences_and_broken_characters_are_ignored() {
    assert_eq!(line(b"a\x1b[15~b\x1b[200;1zc\x1bxd\x1b[?5he"), "abcde");
    assert_eq!(line(b"a\xff\x80\xc3b\xed\xa0\x80\xf8\x88c"), "abc");
    assert_eq!(line(b"a\x1b\x01b"), "ba", "a control character ends a sequence");
    assert_eq!(line(b"a\x1b[1\x01b"), "ba");
    assert_eq!(line(b"a\x00\x0e\x10\x12b"), "ab");
}

#[test]
fn tab_completes_a_name() {
    assert_eq!(line(b"la\t"), "lar", "what all of the names begin with");
    assert_eq!(line(b"larg\t(1)"), "largest(1)");
    assert_eq!(line(b"x = pr\t"), "x = print");
    assert_eq!(line(b"a.b.\t"), "a.b.value", "names that begin with _ are left out");
    assert_eq!(line(b"a.b._\t"), "a.b.__init__");
    assert_eq!(line(b"c.d.\t"), "c.d.");
    assert_eq!(line(b"import mac\t"), "import machine");
    assert_eq!(line(b"imp\tmat\t"), "import math");
    assert_eq!(line("ä\t".as_bytes()), "äpfel");
    assert_eq!(line(b"x \ty"), "x     y", "behind a space it is four of them");
    assert_eq!(line(b"[la\x02\x02pr\t "), "[print la");
}

#[test]
fn tab_shows_what_a_name_could_become() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    repl.start(&mut notes);
    feed(&mut repl, &mut notes, b"(lar + 1\x1b[D\x1b[D\x1b[D\x1b[D\t");
    let (rows, column) = screen(&notes.written);
    assert_eq!(rows[1..], [">>> (lar + 1", "largest         larva", ">>> (lar + 1"]);
    assert_eq!(column, ">>> (lar".len());
}

#[test]
fn lines_come_back_from_the_history() {
    let (mut text, mut history) = ([0; 32], [0; 8]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    let mut enter = |bytes: &[u8]| feed(&mut repl, &mut notes, bytes).run.pop().map(|run| run.1);
    enter(b"a\r");
    enter(b"bb\r");
    enter(b"   \r");
    enter(b"bb\r");
    assert_eq!(enter(b"\x1b[A\x1b[A\r").unwrap(), b"a", "no line is there twice, and no blank one");
    assert_eq!(enter(b"\x10\x10\x0e\r").unwrap(), b"a");
    assert_eq!(enter(b"x\x1b[A\x1b[B\r"), None, "behind the newest is an empty line");
    assert_eq!(enter(b"\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\r").unwrap(), b"a");
    enter(b"1234567\r");
    assert_eq!(enter(b"\x1b[A\x1b[A\x1b[A\r").unwrap(), b"1234567", "the oldest make room");
    enter(b"123456789\r");
    assert_eq!(repl.history(), b"", "a line that does not fit");
}

#[test]
fn a_host_keeps_the_history() {
    let (mut text, mut history) = ([0; 32], [0; 64]);
    let mut repl = Repl::new(&mut text, &mut history);
    repl.load_history(b"one\r\ntwo\xff\nt\x1b[A\nthree");
    assert_eq!(repl.history(), b"one\nthree\n");
    let done = feed(&mut repl, &mut Notes::default(), b"\x1b[A\x1b[A\r");
    assert_eq!(done.run[0].1, b"one");
}

#[test]
fn blocks_are_indented_until_an_empty_line() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    let mut run = |bytes: &[u8]| {
        let done = feed(&mut repl, &mut notes, bytes).run;
        done.into_iter().map(|(_, text)| String::from_utf8(text).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(run(b"if 1:\rx\r\r\r"), ["if 1:\n    x\n    \n    \n"][..0], "two of them end it");
    assert_eq!(run(b"\r"), ["if 1:\n    x\n    \n    \n"]);
    assert_eq!(run(b"if 1:\rx\r\x7f\r"), ["if 1:\n    x\n"], "one key takes an indentation away");
    assert_eq!(run(b"if 1:\rif 2:\rx\r\x7f\x7f\r"), ["if 1:\n    if 2:\n        x\n"]);
    assert_eq!(run(b"if 1:\r  x\r\r"), ["if 1:\n  x\n"], "who types spaces indents");
    assert_eq!(run(b"if 1:\r\tx\r\r"), ["if 1:\n    x\n"], "and a tab is what is there");
    assert_eq!(run(b"f(\r1)\r"), ["f(\n1)"]);
}

#[test]
fn line_ends_of_two_characters_are_one() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let done = feed(&mut repl, &mut Notes::default(), b"a\r\nb\rc\r\r\nd\n");
    let texts: Vec<_> = done.run.iter().map(|run| run.1[0]).collect();
    assert_eq!(texts, b"abcd");
}

#[test]
fn ctrl_c_forgets_the_line_and_the_block() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    let done = feed(&mut repl, &mut notes, b"abc\x03if 1:\rx\x031\r");
    assert_eq!(done.run, [(Program::Typed, b"1".to_vec())]);
    let (rows, _) = screen(&notes.written);
    assert_eq!(rows[..4], ["abc", ">>> if 1:", "...     x", ">>> 1"]);
}

#[test]
fn ctrl_d_ends_a_block_and_an_empty_line_the_session() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    let done = feed(&mut repl, &mut notes, b"f(\r1\r\x04\x04");
    assert_eq!(done.run, [(Program::Typed, b"f(\n1\n".to_vec())]);
    assert_eq!(done.restarts, 1);
}

#[test]
fn what_is_longer_than_the_buffer_rings() {
    let (mut text, mut history) = ([0; 4], [0; 4]);
    let mut repl = Repl::new(&mut text, &mut history);
    let mut notes = Notes::default();
    let done = feed(&mut repl, &mut notes, "abcd\x08é€1\r".as_bytes());
    assert_eq!(done.run[0].1, b"abc1");
    assert!(notes.written.contains(&7));
    // a block for which there is no room is given up, and the prompt is there again
    let done = feed(&mut repl, &mut notes, b"f((1\r1\r");
    assert_eq!(done.run[0].1, b"1");
}

#[test]
fn without_memory_nothing_is_typed() {
    let mut repl = Repl::new(&mut [], &mut []);
    let done = feed(&mut repl, &mut Notes::default(), b"a\tb\x1b[A\x1b[3~\x17\r\x01x\x04");
    assert_eq!(done.run, [(Program::Received, b"x".to_vec())]);
}

#[cfg(feature = "colour")]
#[test]
fn colours_leave_the_line_as_it_is() {
    let (mut text, mut history) = ([0; 128], [0; 128]);
    let mut repl = Repl::new(&mut text, &mut history);
    repl.set_colour(true);
    let mut notes = Notes::default();
    repl.start(&mut notes);
    notes.written.clear();
    feed(&mut repl, &mut notes, b"def f(): return x'a\\'b' # 1\x01\x06\x06\x04\x1b[C\x1b[3~\x1b[D");
    let (rows, column) = screen(&notes.written);
    assert_eq!(rows[0], "de (): return x'a\\'b' # 1");
    assert_eq!(column, 2);
    let shown = String::from_utf8(notes.written.clone()).unwrap();
    for part in
        ["\x1b[1;34mdef\x1b[0m", "\x1b[1mf\x1b[0m", "\x1b[32m'a\\'b'\x1b[0m", "\x1b[31m# 1\x1b[0m"]
    {
        assert!(shown.contains(part), "{part:?}");
    }
    notes.written.clear();
    feed(&mut repl, &mut notes, b"\x03f('''if\ra 1''' in 2");
    let shown = String::from_utf8(notes.written.clone()).unwrap();
    let last =
        shown.rsplit_once("... ").unwrap().1.rsplit_once('\x08').map_or("", |(_, rest)| rest);
    let _ = last;
    assert!(shown.contains("\x1b[32ma 1'''\x1b[0m \x1b[1;34min\x1b[0m"), "{shown:?}");
}

/// Bytes as a wild person, a tool and a broken line would send them.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let key = prop_oneof![
        3 => vec(any::<u8>(), 1..4),
        3 => "[ -~]{1,6}".prop_map(String::into_bytes),
        1 => "\\PC{1,3}".prop_map(String::into_bytes),
        2 => (0..0x20_u8).prop_map(|byte| vec![byte]),
        2 => prop_oneof![
            Just("\x1b[A"), Just("\x1b[B"), Just("\x1b[C"), Just("\x1b[D"), Just("\x1b[3~"), Just("\x1b[1;5C"),
            Just("\x1b[1;5D"), Just("\x1b\x7f"), Just("\x1bd"), Just("if x:\r"), Just("f("), Just("lar\t"),
            Just("\x01\x05A\x01"), Just("\x02"), Just("\r")
        ].prop_map(|keys| keys.as_bytes().to_vec()),
    ];
    vec(key, 0..60).prop_map(|keys| keys.concat())
}

proptest! {
    /// Whatever comes, nothing panics, statements are text, and buffers are not exceeded.
    #[test]
    fn any_bytes_are_borne(bytes in input(), len in 0_usize..48, old in 0_usize..48, colour in any::<bool>()) {
        crate::testing::check(&bytes, len, old, colour);
    }

    /// The terminal shows the line that is run, and its cursor is where the next character goes.
    #[test]
    fn the_terminal_shows_the_line(keys in vec(prop_oneof![
        Just("a"), Just("b c"), Just("1"), Just("\x02"), Just("\x06"), Just("\x7f"), Just("\x04"), Just("\x17"),
        Just("\x1bb"), Just("\x1bf"), Just("\x1bd"), Just("\x01"), Just("\x05"), Just("\x0b"), Just("\x15"),
        Just("\x10"), Just("\x0e"), Just("'é'"),
    ], 1..40), colour in any::<bool>()) {
        let (mut text, mut history) = ([0; 256], [0; 64]);
        let mut repl = Repl::new(&mut text, &mut history);
        #[cfg(feature = "colour")]
        repl.set_colour(colour);
        let _ = colour;
        repl.load_history(b"old line\nx\nnewer\n");
        let mut notes = Notes::default();
        // so that CTRL-D and others are keys of the line
        feed(&mut repl, &mut notes, b".");
        for key in keys {
            if repl.typed().is_empty() {
                continue;
            }
            feed(&mut repl, &mut notes, key.as_bytes());
        }
        feed(&mut repl, &mut notes, b"|");
        let (rows, column) = screen(&notes.written);
        let typed = String::from_utf8(repl.typed().to_vec()).unwrap();
        assert_eq!(&rows[0], &typed);
        let cursor = typed.chars().position(|c| c == '|').unwrap();
        assert_eq!(column, cursor + 1);
    }
}
