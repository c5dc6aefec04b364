//! From bytes to keys: the sequences that terminals send, and characters of several bytes.

use super::buffer::is_continuation;
use crate::control;

/// What a person has pressed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A character, whose bytes [`Keys::text`] gives.
    Character,
    /// A control character that is no other key.
    Control(u8),
    /// The end of a line.
    Enter,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    KillWordLeft,
    KillWordRight,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum State {
    Plain,
    /// After ESC.
    Escape,
    /// After ESC `[`, or `O`: the numbers so far, of which the first and the last count.
    Sequence {
        first: u8,
        last: u8,
    },
}

#[derive(Debug)]
pub(super) struct Keys {
    state: State,
    /// A character that is not complete, or the one that came last.
    text: [u8; 4],
    len: u8,
    /// Bytes of the character that are still to come.
    missing: u8,
    /// The byte that ended the last line; the other one of `\r` and `\n` right behind it belongs to it.
    ended_by: u8,
}

impl Keys {
    pub(super) const fn new() -> Self {
        Self { state: State::Plain, text: [0; 4], len: 0, missing: 0, ended_by: 0 }
    }

    /// The character that came last.
    pub(super) fn text(&self) -> &[u8] {
        self.text.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Goes on with a byte; the key if that completes one.
    pub(super) fn push(&mut self, byte: u8) -> Option<Key> {
        if byte >= 0x80 {
            self.state = State::Plain;
            self.ended_by = 0;
            return self.push_text(byte);
        }
        self.missing = 0;
        // a control character is never a part of a sequence: the sequence was not completed
        if byte < b' ' {
            self.state = State::Plain;
            return self.control(byte);
        }
        match self.state {
            State::Plain => {
                self.ended_by = 0;
                if byte == control::DELETE {
                    return Some(Key::Backspace);
                }
                self.text = [byte, 0, 0, 0];
                self.len = 1;
                Some(Key::Character)
            }
            State::Escape => {
                self.state = State::Plain;
                match byte {
                    b'[' | b'O' => {
                        self.state = State::Sequence { first: 0, last: 0 };
                        None
                    }
                    b'b' => Some(Key::WordLeft),
                    b'f' => Some(Key::WordRight),
                    b'd' => Some(Key::KillWordRight),
                    control::DELETE => Some(Key::KillWordLeft),
                    _ => None,
                }
            }
            State::Sequence { first, last } => self.sequence(first, last, byte),
        }
    }

    fn control(&mut self, byte: u8) -> Option<Key> {
        let before = core::mem::replace(&mut self.ended_by, 0);
        match byte {
            control::ESCAPE => {
                self.state = State::Escape;
                None
            }
            b'\r' | b'\n' if before == 0 || before == byte => {
                self.ended_by = byte;
                Some(Key::Enter)
            }
            b'\r' | b'\n' => None,
            control::BACKSPACE => Some(Key::Backspace),
            _ => Some(Key::Control(byte)),
        }
    }

    fn sequence(&mut self, first: u8, last: u8, byte: u8) -> Option<Key> {
        let mut next = State::Plain;
        let mut key = None;
        match byte {
            b'0'..=b'9' => {
                let last = last.saturating_mul(10).saturating_add(byte - b'0');
                next = State::Sequence { first, last };
            }
            // the first number says which key, or is 1; the last one which others are held
            b';' => next = State::Sequence { first: last, last: 0 },
            b' '..=b'?' => next = State::Sequence { first, last },
            b'A' => key = Some(Key::Up),
            b'B' => key = Some(Key::Down),
            b'C' if last > 1 => key = Some(Key::WordRight),
            b'D' if last > 1 => key = Some(Key::WordLeft),
            b'C' => key = Some(Key::Right),
            b'D' => key = Some(Key::Left),
            b'H' => key = Some(Key::Home),
            b'F' => key = Some(Key::End),
            b'~' => {
                key = match if first == 0 { last } else { first } {
                    1 | 7 => Some(Key::Home),
                    4 | 8 => Some(Key::End),
                    3 => Some(Key::Delete),
                    _ => None,
                };
            }
            _ => {}
        }
        self.state = next;
        key
    }

    /// Collects a character of several bytes; what is not UTF-8 is dropped.
    fn push_text(&mut self, byte: u8) -> Option<Key> {
        if !is_continuation(byte) {
            self.text = [byte, 0, 0, 0];
            self.len = 1;
            self.missing = match byte {
                0xC2..=0xDF => 1,
                0xE0..=0xEF => 2,
                0xF0..=0xF4 => 3,
                _ => 0,
            };
            return None;
        }
        self.missing = self.missing.checked_sub(1)?;
        *self.text.get_mut(usize::from(self.len))? = byte;
        self.len += 1;
        if self.missing > 0 {
            return None;
        }
        // the second byte may not fit the first one
        core::str::from_utf8(self.text()).is_ok().then_some(Key::Character)
    }
}
