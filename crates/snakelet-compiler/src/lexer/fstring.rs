//! The literal parts of formatted strings.
//!
//! The parser drives: it reads a literal part, then tokens as anywhere else for a field's
//! expression, and so on until the closing quotes. Since fields are read as tokens they may hold
//! anything, quotes of the same kind and further formatted strings included.

use super::string::is_utf8;
use super::{Lexer, Style, escape_braces};
use crate::Message;
use crate::memory::Buf;

/// What ended a literal part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `{`
    Field,
    /// `}` at the end of a field's format
    Close,
    /// The closing quotes
    End,
}

impl Lexer<'_, '_> {
    /// Where reading goes on after the current token.
    pub(crate) fn resume(&self) -> u32 {
        self.at.pos
    }

    /// Goes on at an offset inside or right after the current token.
    pub(crate) fn resume_after(&mut self, offset: u32) {
        self.at.pos = offset;
    }

    /// Appends the literal text from the current position on, in the manner of a format string:
    /// braces that stand for themselves are doubled. `nested` is true inside a field's format.
    pub(crate) fn literal(&mut self, style: Style, nested: bool, out: &mut Buf<'_, u8>) -> Part {
        let from = out.len();
        let part = loop {
            let pos = self.at.pos;
            match self.byte(pos) {
                Some(b'{') if !nested && self.byte(pos + 1) == Some(b'{') => {
                    out.extend(b"{{");
                    self.at.pos += 2;
                }
                Some(b'{') => {
                    self.at.pos += 1;
                    self.at.brackets = self.at.brackets.saturating_add(1);
                    break Part::Field;
                }
                Some(b'}') if nested => {
                    self.at.pos += 1;
                    self.at.brackets = self.at.brackets.saturating_sub(1);
                    break Part::Close;
                }
                Some(b'}') if self.byte(pos + 1) == Some(b'}') => {
                    out.extend(b"}}");
                    self.at.pos += 2;
                }
                Some(b'}') => {
                    self.error(pos, Message::MalformedFString);
                    return Part::End;
                }
                Some(b'\n' | b'\r') if !style.triple => {
                    self.error(style.body - 1, Message::UnterminatedString);
                    return Part::End;
                }
                Some(byte) if byte == style.quote && self.closes(pos, style) => {
                    if nested {
                        self.error(pos, Message::MalformedFString);
                    }
                    self.at.pos += if style.triple { 3 } else { 1 };
                    break Part::End;
                }
                Some(b'\\') => {
                    let from = out.len();
                    self.at.pos = self.character(pos, style, out);
                    escape_braces(out, from);
                    if style.raw && self.byte(self.at.pos) == Some(style.quote) {
                        // The backslash of a raw literal keeps the quote from closing it.
                        out.push(style.quote);
                        self.at.pos += 1;
                    }
                }
                Some(_) => self.at.pos = self.character(pos, style, out),
                None => {
                    self.error(style.body - 1, Message::UnterminatedString);
                    return Part::End;
                }
            }
        };
        if !is_utf8(out.get(from..).unwrap_or_default(), true, self.budget()) {
            self.error(style.body - 1, Message::NotUtf8);
        }
        part
    }
}
