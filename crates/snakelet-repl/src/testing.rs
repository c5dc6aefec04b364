//! The check that the fuzz target and the tests share: a prompt bears whatever bytes come.

extern crate std;

use std::vec;
use std::vec::Vec;

use crate::{Action, EachName, Host, Names, Program, Repl};

/// A host whose programs print nothing and have no errors.
struct Sink {
    received: Vec<u8>,
    room: usize,
    written: Vec<u8>,
}

impl Host for Sink {
    fn write(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }
    fn receive(&mut self, byte: u8) -> bool {
        let fits = self.received.len() < self.room;
        if fits {
            self.received.push(byte);
        }
        fits
    }
    fn forget(&mut self) {
        self.received.clear();
    }
    fn goes_on(&mut self, text: &[u8]) -> bool {
        !text.ends_with(b"\n") && text.contains(&b':')
    }
    fn names(&mut self, _: Names<'_>, each: EachName<'_>) {
        for name in ["_a", "a", "aé", "aè", "ab", "abc", "日本"] {
            each(name, &mut |_| {});
        }
    }
}

/// Feeds bytes to a prompt with buffers of some lengths, and looks that statements are text, that no buffer
/// holds more than it can, that little is written for a byte, and that the prompt answers afterwards.
///
/// # Panics
/// If one of these does not hold.
pub fn check(bytes: &[u8], line: usize, history: usize, colour: bool) {
    let (mut text, mut memory) = (vec![0; line], vec![0; history]);
    let mut repl = Repl::new(&mut text, &mut memory);
    #[cfg(feature = "colour")]
    repl.set_colour(colour);
    let _ = colour;
    let mut sink = Sink { received: Vec::new(), room: 64, written: Vec::new() };
    repl.start(&mut sink);
    let mut last = None;
    for byte in bytes.iter().chain(b"\x04\x03\x02\x04\x03\x02\x01\x01x\x04") {
        sink.written.clear();
        match repl.push(*byte, &mut sink) {
            Action::Wait => {}
            Action::Restart => repl.start(&mut sink),
            Action::Run(program) => {
                if program == Program::Typed {
                    assert!(repl.typed().len() <= line, "a statement is longer than its buffer");
                    assert!(core::str::from_utf8(repl.typed()).is_ok(), "a statement is no text");
                }
                last = (program == Program::Received).then(|| sink.received.clone());
                repl.ran(&mut sink);
                repl.reported(&mut sink);
            }
        }
        // each character may have its colour, and a line of names stands between
        assert!(sink.written.len() <= 16 * line + 256, "a byte is answered by {:?}", sink.written);
        assert!(repl.history().len() <= history, "the history is longer than its buffer");
    }
    assert_eq!(last.as_deref(), Some(&b"x"[..]), "the prompt does not answer");
}
