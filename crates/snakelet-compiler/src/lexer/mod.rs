//! Tokens from text: `logos` finds the plain ones, this layer adds indentation, implicit joining of
//! lines inside brackets, strings, and the window through which the text is read.
//!
//! One token is looked ahead. Spans are offsets into the text; the text behind them is at hand from
//! the last [`Lexer::rebase`] on, which the parser calls where a statement begins and no tree that
//! refers to older text is alive. Any point that was at a statement's start can be returned to
//! with [`Lexer::restore`].

mod fstring;
mod indent;
mod string;
mod window;

use logos::Logos;

use crate::memory::{Budget, Buf};
use crate::token::{Span, Tok, Token};
use crate::{Fail, Message, Source, SyntaxError};

pub(crate) use fstring::Part;
pub(crate) use string::{Style, escape_braces};
use window::Window;

/// A place in the text with its line and column, both from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    offset: u32,
    line: u32,
    column: u32,
}

/// Everything that changes while lexing, apart from the window's contents and the indents below
/// the current one, which do not change while a block is walked.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) token: Token,
    pub(crate) last_end: u32,
    pos: u32,
    mark: Mark,
    depth: u16,
    dents: i32,
    pub(crate) brackets: u16,
    /// How many `try` statements were passed.
    pub(crate) tries: u32,
}

/// Reads tokens.
pub(crate) struct Lexer<'s, 'b> {
    window: Window<'s, 'b>,
    pub(crate) at: State,
    /// A place after the mark whose line was asked for last.
    recent: Mark,
    indents: Buf<'b, u16>,
}

/// Bytes that are looked at before that is reported, and in a step.
const REPORTED: u32 = 4096;
const BYTES_A_STEP: usize = 4;

impl<'s, 'b> Lexer<'s, 'b> {
    /// Makes a lexer and reads the first token; `indented` lets the text begin with blanks.
    pub(crate) fn new(source: &'s mut dyn Source, budget: &'b Budget, indented: bool) -> Self {
        let mark = Mark { offset: 0, line: 1, column: 1 };
        let token = Token { kind: Tok::Newline, span: Span::default() };
        let at =
            State { token, last_end: 0, pos: 0, mark, depth: 1, dents: 0, brackets: 0, tries: 0 };
        let mut lexer = Lexer {
            window: Window::new(source, budget),
            at,
            recent: mark,
            indents: Buf::new(budget),
        };
        lexer.indents.push(0);
        if lexer.byte(0) == Some(0xef) && lexer.byte(1) == Some(0xbb) && lexer.byte(2) == Some(0xbf)
        {
            lexer.at.pos = 3;
        }
        if indented {
            while matches!(lexer.byte(lexer.at.pos), Some(b' ' | b'\t')) {
                lexer.at.pos += 1;
            }
        } else {
            lexer.start_line();
        }
        lexer.advance();
        lexer
    }

    pub(crate) fn kind(&self) -> Tok {
        self.at.token.kind
    }

    pub(crate) fn start(&self) -> u32 {
        self.at.token.span.start
    }

    /// The text behind a span; empty if it is no longer at hand.
    pub(crate) fn text(&self, span: Span) -> &[u8] {
        self.window.get(span)
    }

    /// Forgets the text before the current token.
    pub(crate) fn rebase(&mut self) {
        let start = self.start();
        self.at.mark = self.locate(start);
        self.recent = self.at.mark;
        self.window.forget(start);
    }

    /// Returns to a point where a statement began, or to one since.
    pub(crate) fn restore(&mut self, state: State) {
        if self.budget().failed() {
            return;
        }
        self.at = state;
        self.recent = state.mark;
        self.window.seek(state.mark.offset);
        // What was read by then is to be at hand again.
        self.byte(state.pos);
    }

    /// Finds line and column of an offset that is at hand.
    pub(crate) fn locate(&mut self, offset: u32) -> Mark {
        let mut mark = if self.recent.offset <= offset { self.recent } else { self.at.mark };
        let text = self.window.get(Span { start: mark.offset, end: offset });
        self.budget().work(text.len() / BYTES_A_STEP);
        let mut previous = 0;
        for &byte in text {
            if byte == b'\n' && previous == b'\r' {
                mark.column = 1;
            } else if byte == b'\n' || byte == b'\r' {
                mark.line = mark.line.saturating_add(1);
                mark.column = 1;
            } else {
                mark.column = mark.column.saturating_add(1);
            }
            previous = byte;
        }
        mark.offset = mark.offset.saturating_add(text.len() as u32);
        self.recent = mark;
        mark
    }

    pub(crate) fn line(&mut self, offset: u32) -> u32 {
        self.locate(offset).line
    }

    /// What an error at an offset says.
    pub(crate) fn syntax_error(&mut self, offset: u32, message: Message) -> SyntaxError {
        let mark = self.locate(offset);
        SyntaxError { line: mark.line, column: mark.column, message }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn error(&mut self, offset: u32, message: Message) {
        // only the first failure is reported: where a later one lies need not be found
        let failure = match self.budget().failed() {
            false => Fail::Syntax(self.syntax_error(offset, message)),
            true => self.budget().failure(),
        };
        self.fail(failure);
    }

    /// An error at the current token.
    #[cold]
    #[inline(never)]
    pub(crate) fn unexpected(&mut self, message: Message) {
        let message = match self.kind() {
            Tok::Indent => Message::UnexpectedIndent,
            _ => message,
        };
        self.error(self.start(), message);
    }

    /// Ends the compilation, and with it the text.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&mut self, failure: Fail) {
        self.budget().fail(failure);
        self.at.token.kind = Tok::End;
    }

    pub(crate) fn budget(&self) -> &'b Budget {
        self.indents.budget()
    }

    /// Returns one byte; nothing at the end of the text.
    pub(crate) fn byte(&mut self, offset: u32) -> Option<u8> {
        self.window.byte(offset)
    }

    /// Reports the bytes that are gone over in a loop; to be called with each of their offsets.
    /// Answers whether the loop goes on.
    #[inline]
    fn pace(&self, offset: u32) -> bool {
        if offset % REPORTED != REPORTED - 1 {
            return true;
        }
        self.budget().work(REPORTED as usize / BYTES_A_STEP);
        !self.budget().failed()
    }

    /// Moves to the next token, which is the end of the text when something went wrong.
    #[inline(never)]
    pub(crate) fn advance(&mut self) {
        self.budget().work(1);
        self.at.last_end = self.at.token.span.end;
        if !self.budget().failed() {
            self.read();
        }
        if self.budget().failed() {
            self.at.token.kind = Tok::End;
        }
    }

    /// Reads the next token.
    fn read(&mut self) {
        if self.at.dents != 0 {
            self.dent();
            return;
        }
        if self.skip_blanks() {
            return self.newline();
        }
        let start = self.at.pos;
        if self.byte(start).is_none() {
            self.set(Tok::End, start, start);
            return;
        }
        let (kind, len) = self.plain(start);
        let end = start + len;
        self.at.pos = end;
        match kind {
            Tok::Quote => return self.string(start),
            Tok::ParenOpen | Tok::BracketOpen | Tok::BraceOpen => {
                self.at.brackets = self.at.brackets.saturating_add(1);
            }
            Tok::ParenClose | Tok::BracketClose | Tok::BraceClose => {
                self.at.brackets = self.at.brackets.saturating_sub(1);
            }
            Tok::Int | Tok::Float | Tok::Imag => {
                if matches!(self.byte(end), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..)) {
                    return self.error(start, Message::InvalidNumber);
                }
            }
            Tok::Name => {
                let name = self.text(Span { start, end });
                if core::str::from_utf8(name).is_err() {
                    return self.error(start, Message::NotUtf8);
                }
                let kind = Tok::of_name(name);
                self.set(kind, start, end);
                return;
            }
            _ => {}
        }
        self.set(kind, start, end);
    }

    fn set(&mut self, kind: Tok, start: u32, end: u32) {
        self.at.token = Token { kind, span: Span { start, end } };
    }

    /// Finds the plain token at `start` and its length.
    fn plain(&mut self, start: u32) -> (Tok, u32) {
        // A token may depend on a few bytes after it: as long as it comes close to the window's end
        // the window grows and the token is read anew.
        const AHEAD: usize = 4;
        loop {
            let rest = self.window.from(start);
            let mut tokens = Tok::lexer(rest);
            let kind = tokens.next();
            let len = tokens.span().end;
            self.budget().work(len / BYTES_A_STEP);
            if len + AHEAD > rest.len() && self.window.grow() {
                continue;
            }
            return match kind {
                Some(Ok(kind)) => (kind, len as u32),
                _ => {
                    self.error(start, Message::InvalidCharacter);
                    (Tok::End, 0)
                }
            };
        }
    }

    /// Skips blanks, comments and joined lines; answers whether a logical line ends here.
    fn skip_blanks(&mut self) -> bool {
        while self.pace(self.at.pos) {
            match self.byte(self.at.pos) {
                Some(b' ' | b'\t' | 0x0c | 0x0b) => self.at.pos += 1,
                Some(b'#') => self.skip_comment(),
                Some(b'\n' | b'\r') => {
                    if self.at.brackets == 0 {
                        return true;
                    }
                    self.at.pos += 1;
                }
                Some(b'\\') => match self.byte(self.at.pos + 1) {
                    Some(b'\n') => self.at.pos += 2,
                    Some(b'\r') => {
                        self.at.pos += 2;
                        if self.byte(self.at.pos) == Some(b'\n') {
                            self.at.pos += 1;
                        }
                    }
                    _ => {
                        self.error(self.at.pos, Message::InvalidCharacter);
                        return false;
                    }
                },
                None => {
                    // A text that does not end in a newline ends as if it did.
                    return self.at.brackets == 0
                        && !matches!(self.kind(), Tok::Newline | Tok::Dedent | Tok::End);
                }
                Some(_) => return false,
            }
        }
        false
    }

    fn skip_comment(&mut self) {
        while !matches!(self.byte(self.at.pos), None | Some(b'\n' | b'\r')) {
            self.at.pos += 1;
            if !self.pace(self.at.pos) {
                break;
            }
        }
    }
}
