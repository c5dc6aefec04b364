//! Logical lines and their indentation.

use super::Lexer;
use crate::token::Tok;
use crate::{Fail, Message};

const TAB: u32 = 8;

impl Lexer<'_, '_> {
    /// Ends a logical line: makes a newline token and finds the next line's indentation.
    pub(super) fn newline(&mut self) {
        let start = self.at.pos;
        self.set(Tok::Newline, start, start);
        self.start_line()
    }

    /// Skips empty lines and compares the indentation of the first other one with that of the line
    /// before; `dents` says how many indents (positive) or dedents are to be made.
    pub(super) fn start_line(&mut self) {
        let mut column = 0u32;
        while self.pace(self.at.pos) {
            match self.byte(self.at.pos) {
                Some(b' ' | 0x0b) => column += 1,
                Some(b'\t') => column = (column / TAB + 1) * TAB,
                Some(b'\n' | b'\r' | 0x0c) => column = 0,
                Some(b'#') => {
                    if !self.skip_comment() {
                        return;
                    }
                    continue;
                }
                Some(b'\\') if matches!(self.byte(self.at.pos + 1), Some(b'\n' | b'\r')) => {
                    self.at.pos += 1;
                }
                Some(_) => break,
                None => {
                    column = 0;
                    break;
                }
            }
            self.at.pos += 1;
        }
        let column = column.min(u16::MAX as u32) as u16;
        let mut depth = self.at.depth as usize;
        let top = |lexer: &Self, depth: usize| lexer.indents.get(depth - 1).copied().unwrap_or(0);
        if column > top(self, depth) {
            self.indents.truncate(depth);
            self.indents.push(column);
            depth += 1;
            self.at.dents = 1;
        } else {
            while depth > 1 && column < top(self, depth) {
                depth -= 1;
                self.at.dents -= 1;
            }
            if column != top(self, depth) {
                return self.error(self.at.pos, Message::UnindentMismatch);
            }
        }
        if depth > u16::MAX as usize {
            return self.fail(Fail::Recursion);
        }
        self.at.depth = depth as u16;
    }

    /// Makes one of the pending indents or dedents.
    pub(super) fn dent(&mut self) {
        let start = self.at.pos;
        if self.at.dents > 0 {
            self.at.dents -= 1;
            self.set(Tok::Indent, start, start);
        } else {
            self.at.dents += 1;
            self.set(Tok::Dedent, start, start);
        }
    }
}
