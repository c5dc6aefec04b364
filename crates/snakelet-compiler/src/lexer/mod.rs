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
use crate::{Fail, LONGEST_NAME, Message, Source, SyntaxError};

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
    /// See [`Options::cpython`](crate::Options::cpython).
    pub(crate) cpython: bool,
}

/// Bytes that are looked at before that is reported, and in a step.
const REPORTED: u32 = 4096;
/// Steps that a token takes with all that is made of it.
const TOKEN: usize = 2;
const BYTES_A_STEP: usize = if usize::BITS == 64 { 16 } else { 4 };

/// Classes of bytes; `_` is as good as a digit.
const DIGIT: u8 = 1;
const LETTER: u8 = 2;
const BEYOND_ASCII: u8 = 4;
const NEWLINE: u8 = 8;
const OTHER: u8 = 16;

/// The class of each byte.
static CLASSES: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' | b'_' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            0x80.. => BEYOND_ASCII,
            b'\n' | b'\r' => NEWLINE,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
};

impl<'s, 'b> Lexer<'s, 'b> {
    /// Makes a lexer and reads the first token; `indented` lets the text begin with blanks.
    pub(crate) fn new(
        source: &'s mut dyn Source,
        budget: &'b Budget,
        indented: bool,
        cpython: bool,
    ) -> Self {
        let mark = Mark { offset: 0, line: 1, column: 1 };
        let token = Token { kind: Tok::Newline, span: Span::default() };
        let at =
            State { token, last_end: 0, pos: 0, mark, depth: 1, dents: 0, brackets: 0, tries: 0 };
        let mut lexer = Lexer {
            window: Window::new(source, budget),
            at,
            recent: mark,
            indents: Buf::new(budget),
            cpython,
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

    /// Whether the text up to here ends with a line that is joined to one that does not come.
    pub(crate) fn is_joined_to_nothing(&mut self) -> bool {
        let end = self.start();
        let before = |lexer: &mut Self, n| end.checked_sub(n).and_then(|at| lexer.byte(at));
        before(self, 1) == Some(b'\n') && before(self, 2) == Some(b'\\')
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
        let mut previous = 0;
        for (at, &byte) in text.iter().enumerate() {
            if !self.pace(at as u32) {
                break;
            }
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
    #[inline]
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
        self.budget().work(TOKEN);
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
        let (mut kind, mut end) = self.plain(start);
        match kind {
            Tok::Quote => return self.string(start),
            Tok::ParenOpen | Tok::BracketOpen | Tok::BraceOpen => {
                self.at.brackets = self.at.brackets.saturating_add(1);
            }
            Tok::ParenClose | Tok::BracketClose | Tok::BraceClose => {
                self.at.brackets = self.at.brackets.saturating_sub(1);
            }
            Tok::Int => {
                (kind, end) = self.number(start);
                #[cfg(feature = "cpython")]
                if self.cpython && self.word_follows(start, &mut end) {
                    self.at.pos = end;
                    return self.set(kind, start, end);
                }
                if matches!(self.byte(end), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..)) {
                    return self.error(start, Message::InvalidNumber);
                }
            }
            Tok::Name => {
                let most = start.saturating_add(LONGEST_NAME as u32 + 1);
                end = self.run(end, most, DIGIT | LETTER | BEYOND_ASCII);
                let name = self.text(Span { start, end });
                if name.len() > LONGEST_NAME {
                    return self.fail(Fail::LongName);
                }
                if core::str::from_utf8(name).is_err() {
                    return self.error(start, Message::NotUtf8);
                }
                kind = Tok::of_name(name);
            }
            _ => {}
        }
        self.at.pos = end;
        self.set(kind, start, end);
    }

    fn set(&mut self, kind: Tok, start: u32, end: u32) {
        self.at.token = Token { kind, span: Span { start, end } };
    }

    /// Finds the plain token at `start` and its end; of a name or number no more than how it begins.
    fn plain(&mut self, start: u32) -> (Tok, u32) {
        // What is longest is a prefix of two letters with a quote, or an operator; a number is told from a
        // period by the byte behind it.
        const LONGEST: u32 = 3;
        self.byte(start.saturating_add(LONGEST));
        let rest = self.window.from(start);
        let mut tokens = Tok::lexer(rest.get(..LONGEST as usize).unwrap_or(rest));
        match tokens.next() {
            Some(Ok(kind)) => (kind, start + tokens.span().end as u32),
            _ => {
                self.error(start, Message::InvalidCharacter);
                (Tok::End, start)
            }
        }
    }

    /// Finds of which kind the number at `start` is, and its end.
    fn number(&mut self, start: u32) -> (Tok, u32) {
        let second = self.byte(start + 1);
        if self.byte(start) == Some(b'0')
            && matches!(second, Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'))
        {
            return (Tok::Int, self.run(start + 2, u32::MAX, DIGIT | LETTER));
        }
        let mut kind = Tok::Int;
        let mut end = self.run(start, u32::MAX, DIGIT);
        if self.byte(end) == Some(b'.') {
            kind = Tok::Float;
            end = self.run(end + 1, u32::MAX, DIGIT);
        }
        if let Some(b'e' | b'E') = self.byte(end) {
            let sign = matches!(self.byte(end + 1), Some(b'+' | b'-'));
            let digits = end + 1 + u32::from(sign);
            if self.byte(digits).is_some_and(|byte| byte.is_ascii_digit()) {
                kind = Tok::Float;
                end = self.run(digits, u32::MAX, DIGIT);
            }
        }
        if let Some(b'j' | b'J') = self.byte(end) {
            return (Tok::Imag, end + 1);
        }
        (kind, end)
    }

    /// Whether a word of the language follows the number at `start` without a blank. `end` is where the number ends; of
    /// one with hexadecimal digits where those end that may be letters of the word as well.
    #[cfg(feature = "cpython")]
    fn word_follows(&mut self, start: u32, end: &mut u32) -> bool {
        const WORDS: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"not", b"or"];
        let mut behind = *end;
        if self.byte(start) == Some(b'0')
            && matches!(self.byte(start + 1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'))
        {
            let radix = if matches!(self.byte(start + 1), Some(b'x' | b'X')) { 16 } else { 10 };
            behind = start + 2;
            while behind < *end && self.pace(behind) {
                match self.byte(behind) {
                    Some(byte) if byte == b'_' || char::from(byte).is_digit(radix) => behind += 1,
                    _ => break,
                }
            }
        }
        let follows = WORDS
            .iter()
            .any(|word| word.iter().zip(behind..).all(|(byte, at)| self.byte(at) == Some(*byte)));
        if follows {
            *end = behind;
        }
        follows
    }

    /// Passes bytes of some classes, up to `end` at most.
    fn run(&mut self, mut pos: u32, end: u32, classes: u8) -> u32 {
        loop {
            let most = end.saturating_sub(pos).min(REPORTED) as usize;
            let rest = self.window.from(pos);
            let rest = rest.get(..most).unwrap_or(rest);
            let mut passed = 0;
            for &byte in rest {
                if CLASSES[usize::from(byte)] & classes == 0 {
                    break;
                }
                passed += 1;
            }
            let more = passed == rest.len();
            pos += passed as u32;
            self.budget().work(passed / BYTES_A_STEP);
            if !more || pos >= end || self.budget().failed() || self.byte(pos).is_none() {
                return pos;
            }
        }
    }

    /// Skips blanks, comments and joined lines; answers whether a logical line ends here.
    fn skip_blanks(&mut self) -> bool {
        while self.pace(self.at.pos) {
            match self.byte(self.at.pos) {
                Some(b' ' | b'\t' | 0x0c | 0x0b) => self.at.pos += 1,
                Some(b'#') => {
                    if !self.skip_comment() {
                        return false;
                    }
                }
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

    /// Skips a comment; false if the compilation is to end, maybe before the comment does.
    fn skip_comment(&mut self) -> bool {
        self.at.pos = self.run(self.at.pos, u32::MAX, !NEWLINE);
        !self.budget().failed()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::rc::Rc;

    use super::*;
    use crate::Watch;

    struct Impatient;

    impl Watch for Impatient {
        fn work(&self, _: u32) -> bool {
            false
        }
    }

    #[test]
    fn nothing_is_passed_any_more_when_the_compilation_is_to_end() {
        for text in ["#".repeat(1 << 20), format!("x {}", "#".repeat(1 << 20)), " ".repeat(1 << 20)]
        {
            let budget = Budget::new(usize::MAX, None, Some(Rc::new(Impatient)));
            let mut bytes = text.as_bytes();
            let mut lexer = Lexer::new(&mut bytes, &budget, false, false);
            lexer.advance();
            assert!(lexer.kind() == Tok::End);
            assert!(lexer.at.pos <= 4 * REPORTED, "{}", lexer.at.pos);
        }
    }
}
