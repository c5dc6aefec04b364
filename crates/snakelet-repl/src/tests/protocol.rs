//! The modes for tools, and paste mode.

use super::{Done, Notes, feed};
use crate::{Program, Repl};

/// Feeds bytes to a prompt that has just been started; what was written behind its start, and what was done.
fn converse(bytes: &[u8], room: Option<usize>) -> (String, Done) {
    let (mut line, mut history) = ([0; 64], [0; 64]);
    let mut repl = Repl::new(&mut line, &mut history);
    let mut notes = Notes { room, ..Notes::default() };
    repl.start(&mut notes);
    notes.written.clear();
    let done = feed(&mut repl, &mut notes, bytes);
    (String::from_utf8(notes.written).unwrap(), done)
}

const RAW: &str = "\r\nraw REPL; CTRL-B to exit\r\n>";

fn received(text: &[u8]) -> Vec<(Program, Vec<u8>)> {
    vec![(Program::Received, text.to_vec())]
}

#[test]
fn a_program_in_raw_mode_is_answered_by_ok_and_two_ends() {
    let (shown, done) = converse(b"\x01print(1)\x04", None);
    assert_eq!(shown, format!("{RAW}OK\x04\x04>"));
    assert_eq!(done.run, received(b"print(1)"));
}

#[test]
fn ctrl_c_forgets_and_ctrl_a_begins_anew() {
    let (shown, done) = converse(b"\x01a\x03b\x01c\x04", None);
    assert_eq!(shown, format!("{RAW}raw REPL; CTRL-B to exit\r\n>OK\x04\x04>"));
    assert_eq!(done.run, received(b"c"));
}

#[test]
fn ctrl_d_without_a_program_restarts_in_the_same_mode() {
    let (shown, done) = converse(b"\x01\x04", None);
    assert_eq!(shown, format!("{RAW}OK\r\nraw REPL; CTRL-B to exit\r\n>"));
    assert_eq!((done.restarts, done.run.len()), (1, 0));
}

#[test]
fn ctrl_b_leaves_raw_mode() {
    let (shown, done) = converse(b"\x01abc\x02\x01\x04", None);
    assert!(shown.starts_with(&format!("{RAW}\r\nbanner\r\n")), "{shown:?}");
    assert_eq!((done.restarts, done.run.len()), (1, 0));
}

#[test]
fn bytes_of_a_program_are_kept_as_they_are() {
    let (_, done) = converse(b"\x01a\r\n\xff\x00\x05A\x1b[A\x04", None);
    assert_eq!(done.run, received(b"a\r\n\xff\x00\x05A\x1b[A"));
    // what only looks like a command
    assert_eq!(converse(b"\x01\x05\x04", None).1.run, received(b"\x05"));
    assert_eq!(converse(b"\x01\x05A\x04", None).1.run, received(b"\x05A"));
    assert_eq!(converse(b"\x01\x05Ab\x04", None).1.run, received(b"\x05Ab"));
}

/// As `converse`, with bytes that are no text.
fn written(bytes: &[u8], room: Option<usize>) -> (Vec<u8>, Done) {
    let mut repl = Repl::new(&mut [], &mut []);
    let mut notes = Notes { room, ..Notes::default() };
    let done = feed(&mut repl, &mut notes, bytes);
    (notes.written, done)
}

#[test]
fn raw_paste_mode_gives_windows_and_confirms_the_end() {
    // the example of MicroPython's description of the protocol
    let (shown, done) = written(b"\x01\x05A\x01print(123)\x04", None);
    let expected = b"\r\nraw REPL; CTRL-B to exit\r\n>R\x01\x80\x00\x01\x04\x04\x04>";
    assert_eq!(shown, expected);
    assert_eq!(done.run, received(b"print(123)"));
}

#[test]
fn a_window_more_is_granted_for_each_one_that_was_used() {
    let program = [b'x'; 300];
    let (shown, done) = written(&[b"\x01\x05A\x01", &program[..], b"\x04"].concat(), None);
    let windows = b"R\x01\x80\x00\x01\x01\x01\x04\x04\x04>";
    assert!(shown.ends_with(windows), "{shown:?}");
    assert_eq!(done.run, received(&program));
}

#[test]
fn raw_paste_mode_is_cancelled_by_ctrl_c() {
    let (shown, done) = written(b"\x01\x05A\x01while 1:\x03", None);
    assert!(shown.ends_with(b"R\x01\x80\x00\x01\x04\x04\x04>"), "{shown:?}");
    assert_eq!(done.run[0].0, Program::Cancelled);
}

#[test]
fn other_commands_are_refused() {
    let (shown, _) = written(b"\x01\x05B\x01", None);
    assert!(shown.ends_with(b">R\x00>"), "{shown:?}");
}

#[test]
fn a_program_that_is_too_long_is_swallowed_and_refused() {
    let (shown, done) = written(b"\x01abcdef\x04gh\x04", Some(3));
    assert!(shown.ends_with(b">OK\x04\x04>OK\x04\x04>"), "{shown:?}");
    assert_eq!(done.run[0].0, Program::TooLong);
    assert_eq!(done.run[1], (Program::Received, b"gh".to_vec()));
    // the end is announced at once, and the tool's own end is awaited
    let (shown, done) = written(b"\x01\x05A\x01abcdef\x04gh\x04", Some(3));
    assert!(shown.ends_with(b"\x01\x04\x04\x04>OK\x04\x04>"), "{shown:?}");
    assert_eq!(done.run[0].0, Program::TooLong);
    assert_eq!(done.run[1], (Program::Received, b"gh".to_vec()));
}

#[cfg(feature = "edit")]
#[test]
fn paste_mode_shows_what_comes_and_runs_it_as_a_module() {
    let (shown, done) = converse(b"\x05if x:\r\n  y\r\x04", None);
    let expected = "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== if x:\r\n===   y\r\n=== \r\n>>> ";
    assert_eq!(shown, expected);
    assert_eq!(done.run, received(b"if x:\n  y\n"));
    let (shown, done) = converse(b"\x05abc\x03", None);
    assert!(shown.ends_with("=== abc\r\n>>> "), "{shown:?}");
    assert_eq!(done.run, []);
    assert_eq!(converse(b"\x05abcdef\x04", Some(3)).1.run[0].0, Program::TooLong);
}

#[cfg(not(feature = "edit"))]
#[test]
fn without_keys_a_line_takes_control_characters_alone() {
    let (shown, done) = converse(b"print(1)\r\x03\x05\x1b[A\x04", None);
    assert_eq!(shown, "\r\nbanner\r\n");
    assert_eq!((done.restarts, done.run.len()), (1, 0));
}
