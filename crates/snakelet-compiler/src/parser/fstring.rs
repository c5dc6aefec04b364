//! Strings: adjacent literals, and formatted ones.
//!
//! As in MicroPython a formatted string becomes a call of `str.format`: `f"{a!r:>{w}}"` is
//! `"{!r:>{}}".format(a, w)`.

use super::Parser;
use crate::Message;
use crate::ast::{Ex, Headed, Kind, ListBuilder};
use crate::fold::NO_TEXT;
use crate::lexer::{Part, Style, escape_braces};
use crate::memory::Arena;
use crate::token::{Span, Tok};

impl<'b> Parser<'_, 'b> {
    /// One or more adjacent literals.
    pub(super) fn strings<'a>(&mut self, arena: &'a Arena<'b>) -> Ex<'a> {
        let pos = self.lexer.start();
        let bytes = self.kind() == Tok::Bytes;
        let from = self.scratch.len();
        let mut verbatim = None;
        if self.kind() == Tok::Str
            && let Some(span) = self.lexer.verbatim()
        {
            verbatim = Some(span);
            self.advance();
        }
        if let Some(span) = verbatim {
            if !matches!(self.kind(), Tok::Str | Tok::Bytes | Tok::FString) {
                return self.node(arena, pos, Kind::StrSpan(span));
            }
            let text = self.lexer.text(span);
            self.scratch.extend(text);
        }
        let mut arguments = ListBuilder::new();
        let mut format = false;
        while matches!(self.kind(), Tok::Str | Tok::Bytes | Tok::FString) {
            if (self.kind() == Tok::Bytes) != bytes {
                self.lexer.unexpected(Message::MixedStrings);
                break;
            }
            if self.kind() == Tok::FString {
                if !format {
                    format = true;
                    escape_braces(&mut self.scratch, from);
                }
                self.enter();
                self.formatted(arena, &mut arguments);
                self.leave();
            } else {
                let at = self.scratch.len();
                self.lexer.decode(&mut self.scratch);
                if format {
                    escape_braces(&mut self.scratch, at);
                }
                self.advance();
            }
        }
        let text = arena.slice(self.scratch.get(from..).unwrap_or_default());
        let text = arena.alloc(text).unwrap_or(&NO_TEXT);
        self.scratch.truncate(from);
        let literal = if bytes { Kind::Bytes(text) } else { Kind::Str(text) };
        let literal = self.node(arena, pos, literal);
        if !format {
            return literal;
        }
        self.node(arena, pos, Kind::Format(Headed::new(literal, arguments.finish())))
    }

    /// A formatted literal; its format goes to the scratch text, its fields to `arguments`.
    fn formatted<'a>(&mut self, arena: &'a Arena<'b>, arguments: &mut ListBuilder<'a>) {
        let start = self.lexer.start();
        let style = self.lexer.style(start);
        let outer = core::mem::take(&mut self.lexer.at.brackets);
        while self.lexer.literal(style, false, &mut self.scratch) == Part::Field {
            self.field(arena, style, arguments);
        }
        self.lexer.at.brackets = outer;
        self.advance()
    }

    /// Goes to the end of a formatted literal, of which the opening quotes are the current token.
    pub(crate) fn skip_formatted(&mut self) {
        let style = self.lexer.style(self.lexer.start());
        let from = self.scratch.len();
        let outer = core::mem::take(&mut self.lexer.at.brackets);
        let mut depth = 0u32;
        loop {
            let part = self.lexer.literal(style, depth > 0, &mut self.scratch);
            self.scratch.truncate(from);
            match part {
                Part::Field => depth += 1,
                Part::Close => depth -= 1,
                Part::End => break,
            }
        }
        self.lexer.at.brackets = outer;
    }

    /// A field after its opening brace, and the closing one.
    fn field<'a>(&mut self, arena: &'a Arena<'b>, style: Style, arguments: &mut ListBuilder<'a>) {
        let from = self.lexer.resume();
        self.advance();
        if !self.begins_expression() && self.kind() != Tok::Yield {
            return self.lexer.unexpected(Message::MalformedFString);
        }
        arguments.push(self.tests_or_yield(arena));
        let mut debug = false;
        if self.accept(Tok::Assign) {
            debug = true;
            let shown = Span { start: from, end: self.lexer.start() };
            let at = self.scratch.len();
            let text = self.lexer.text(shown);
            self.scratch.extend(text);
            escape_braces(&mut self.scratch, at);
        }
        self.scratch.push(b'{');
        if self.accept(Tok::Bang) {
            let conversion = self.lexer.text(self.lexer.at.token.span);
            match conversion {
                [letter @ (b'r' | b's' | b'a')] if self.kind() == Tok::Name => {
                    self.scratch.extend(&[b'!', *letter]);
                }
                _ => return self.lexer.unexpected(Message::MalformedFString),
            }
            self.advance();
        } else if debug && self.kind() == Tok::BraceClose {
            self.scratch.extend(b"!r");
        }
        match self.kind() {
            Tok::BraceClose => {}
            Tok::Colon | Tok::Walrus => {
                self.scratch.push(b':');
                self.lexer.resume_after(self.lexer.start() + 1);
                while self.lexer.literal(style, true, &mut self.scratch) == Part::Field {
                    self.enter();
                    self.field(arena, style, arguments);
                    self.leave();
                }
            }
            _ => return self.lexer.unexpected(Message::MalformedFString),
        }
        self.scratch.push(b'}')
    }
}
