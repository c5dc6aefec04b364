//! String literals: their ends, and the text that they stand for.

use super::{Lexer, REPORTED};
use crate::Message;
use crate::memory::{Budget, Buf, PIECE};
use crate::token::{Span, Tok};

/// How a literal is written.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) raw: bool,
    pub(crate) bytes: bool,
    format: bool,
    pub(super) quote: u8,
    pub(super) triple: bool,
    /// Offset of the first character after the opening quotes.
    pub(crate) body: u32,
}

impl Lexer<'_, '_> {
    /// Reads the rest of a literal whose prefix and first quote were found.
    pub(super) fn string(&mut self, start: u32) {
        let style = self.style(start);
        self.at.pos = style.body;
        if style.format {
            self.set(Tok::FString, start, style.body);
            return;
        }
        let mut pos = style.body;
        while self.pace(pos) {
            match self.byte(pos) {
                Some(b'\\') => pos += 1,
                Some(b'\n' | b'\r') if !style.triple => {
                    return self.error(start, Message::UnterminatedString);
                }
                Some(byte) if byte == style.quote && self.closes(pos, style) => break,
                Some(_) => {}
                None => return self.error(start, Message::UnterminatedString),
            }
            if self.byte(pos) == Some(b'\r') && self.byte(pos + 1) == Some(b'\n') {
                pos += 1;
            }
            if self.byte(pos).is_none() {
                return self.error(start, Message::UnterminatedString);
            }
            pos += 1;
        }
        let end = pos + if style.triple { 3 } else { 1 };
        self.at.pos = end;
        self.set(if style.bytes { Tok::Bytes } else { Tok::Str }, start, end);
    }

    /// Whether the quote at `pos` ends the literal.
    pub(super) fn closes(&mut self, pos: u32, style: Style) -> bool {
        !style.triple
            || (self.byte(pos + 1) == Some(style.quote) && self.byte(pos + 2) == Some(style.quote))
    }

    /// Reads a literal's prefix and opening quotes.
    pub(crate) fn style(&mut self, start: u32) -> Style {
        let mut style = Style {
            raw: false,
            bytes: false,
            format: false,
            quote: b'"',
            triple: false,
            body: start,
        };
        while let Some(byte) = self.byte(style.body) {
            style.body += 1;
            match byte {
                b'r' | b'R' => style.raw = true,
                b'b' | b'B' => style.bytes = true,
                b'f' | b'F' => style.format = true,
                b'\'' | b'"' => {
                    style.quote = byte;
                    break;
                }
                _ => {}
            }
        }
        if self.byte(style.body) == Some(style.quote)
            && self.byte(style.body + 1) == Some(style.quote)
        {
            style.triple = true;
            style.body += 2;
        }
        style
    }

    /// The part of the current literal that stands for itself, if nothing in it needs decoding.
    pub(crate) fn verbatim(&mut self) -> Option<Span> {
        let span = self.at.token.span;
        let style = self.style(span.start);
        let quotes = if style.triple { 3 } else { 1 };
        let body = Span { start: style.body, end: span.end.saturating_sub(quotes) };
        let budget = self.budget();
        let decoded = |byte: &u8| *byte == b'\r' || (!style.raw && *byte == b'\\');
        let text = self.text(body);
        let plain = text
            .chunks(PIECE)
            .all(|piece| budget.passed(piece.len()) && !piece.iter().any(decoded));
        if plain && !is_utf8(text, false, budget) {
            self.error(span.start, Message::NotUtf8);
        }
        plain.then_some(body)
    }

    /// Appends what the current literal stands for.
    pub(crate) fn decode(&mut self, out: &mut Buf<'_, u8>) {
        let span = self.at.token.span;
        let style = self.style(span.start);
        let end = span.end.saturating_sub(if style.triple { 3 } else { 1 });
        let from = out.len();
        let mut pos = style.body;
        let most = end.saturating_sub(pos) as usize;
        // what is long is not moved again and again as it grows
        if most > PIECE && !out.reserve(most) {
            return;
        }
        while pos < end {
            pos = self.character(pos, style, out);
        }
        let text = out.get(from..).unwrap_or_default();
        if !style.bytes && !is_utf8(text, true, self.budget()) {
            self.error(span.start, Message::NotUtf8)
        }
    }

    /// Appends one character or escape and returns the offset of the next.
    pub(super) fn character(&mut self, pos: u32, style: Style, out: &mut Buf<'_, u8>) -> u32 {
        if !self.pace(pos) {
            return u32::MAX;
        }
        if pos.is_multiple_of(REPORTED) {
            // each character takes longer than a byte that is passed
            self.budget().work(REPORTED as usize / 8);
            out.move_on(2 * REPORTED as usize);
        }
        let Some(byte) = self.byte(pos) else { return u32::MAX };
        if byte == b'\r' {
            out.push(b'\n');
            return pos + 1 + u32::from(self.byte(pos + 1) == Some(b'\n'));
        }
        if byte != b'\\' {
            out.push(byte);
            return pos + 1;
        }
        if style.raw {
            out.push(byte);
            return if self.byte(pos + 1) == Some(b'\\') {
                out.push(b'\\');
                pos + 2
            } else {
                pos + 1
            };
        }
        self.escape(pos, style, out)
    }

    fn escape(&mut self, pos: u32, style: Style, out: &mut Buf<'_, u8>) -> u32 {
        let Some(letter) = self.byte(pos + 1) else { return pos + 1 };
        let mut next = pos + 2;
        let plain = match letter {
            b'\n' => return next,
            b'\r' => return next + u32::from(self.byte(next) == Some(b'\n')),
            b'\\' | b'\'' | b'"' => letter,
            b'a' => 7,
            b'b' => 8,
            b't' => 9,
            b'n' => 10,
            b'v' => 11,
            b'f' => 12,
            b'r' => 13,
            b'0'..=b'7' => {
                let mut code = u32::from(letter - b'0');
                for _ in 0..2 {
                    match self.byte(next) {
                        Some(digit @ b'0'..=b'7') => code = code * 8 + u32::from(digit - b'0'),
                        _ => break,
                    }
                    next += 1;
                }
                self.code_point(code, pos, style, out);
                return next;
            }
            b'x' | b'u' | b'U' if letter == b'x' || !style.bytes => {
                let digits = match letter {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                let mut code = 0u32;
                for _ in 0..digits {
                    let digit = self.byte(next).and_then(|digit| (digit as char).to_digit(16));
                    let Some(digit) = digit else {
                        self.error(pos, Message::InvalidEscape);
                        break;
                    };
                    code = code << 4 | digit;
                    next += 1;
                }
                self.code_point(code, pos, style, out);
                return next;
            }
            #[cfg(feature = "unicode-names")]
            b'N' if !style.bytes && self.byte(next) == Some(b'{') => {
                return self.named_character(pos, next + 1, style, out);
            }
            #[cfg(not(feature = "unicode-names"))]
            b'N' if !style.bytes && self.byte(next) == Some(b'{') => {
                self.error(pos, Message::UnicodeName);
                return next;
            }
            _ => {
                // An unknown escape stands for itself, backslash included.
                out.push(b'\\');
                return pos + 1;
            }
        };
        out.push(plain);
        next
    }

    /// Appends the character whose name begins at `start`, in the escape at `pos`.
    #[cfg(feature = "unicode-names")]
    fn named_character(
        &mut self,
        pos: u32,
        start: u32,
        style: Style,
        out: &mut Buf<'_, u8>,
    ) -> u32 {
        // longer than any name
        let mut name = [0; 128];
        for (place, at) in name.iter_mut().zip(start..) {
            match self.byte(at) {
                Some(b'}') => {
                    let len = (at - start) as usize;
                    let text = name.get(..len).and_then(|name| core::str::from_utf8(name).ok());
                    match text.and_then(unicode_names2::character) {
                        Some(character) => self.code_point(character.into(), pos, style, out),
                        None => self.error(pos, Message::UnicodeName),
                    }
                    return at + 1;
                }
                Some(byte) => *place = byte,
                None => break,
            }
        }
        self.error(pos, Message::UnicodeName);
        start
    }

    fn code_point(&mut self, code: u32, pos: u32, style: Style, out: &mut Buf<'_, u8>) {
        if style.bytes {
            return match u8::try_from(code) {
                Ok(byte) => out.push(byte),
                Err(_) => self.error(pos, Message::InvalidEscape),
            };
        }
        if let Some(character) = char::from_u32(code) {
            let mut utf8 = [0; 4];
            return out.extend(character.encode_utf8(&mut utf8).as_bytes());
        }
        if code < 0x11_0000 {
            // A lone surrogate, in the three bytes that UTF-8 would have for it.
            let tail = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
            return out.extend(&[0xe0 | (code >> 12) as u8, tail(6), tail(0)]);
        }
        self.error(pos, Message::InvalidEscape);
    }
}

/// Whether text is UTF-8, but for lone surrogates where they are allowed; true as well if the
/// compilation ends meanwhile.
pub(super) fn is_utf8(mut text: &[u8], surrogates: bool, budget: &Budget) -> bool {
    while !text.is_empty() {
        let piece = text.get(..PIECE).unwrap_or(text);
        if !budget.passed(4 * piece.len()) {
            return true;
        }
        let valid = match core::str::from_utf8(piece) {
            Ok(_) => piece.len(),
            Err(error) => {
                let at = error.valid_up_to();
                match text.get(at..at + 3) {
                    Some([0xed, 0xa0..=0xbf, 0x80..=0xbf]) if surrogates => at + 3,
                    // a character lies across the end of the piece
                    _ if error.error_len().is_none() && piece.len() < text.len() => at,
                    _ => return false,
                }
            }
        };
        text = text.get(valid..).unwrap_or_default();
    }
    true
}

/// Doubles the braces in what was appended since `from`, as a format string wants them.
pub(crate) fn escape_braces(out: &mut Buf<'_, u8>, from: usize) {
    let budget = out.budget();
    let is_brace = |byte: &u8| matches!(byte, b'{' | b'}');
    let mut braces = 0;
    for piece in out.get(from..).unwrap_or_default().chunks(PIECE) {
        braces += piece.iter().filter(|byte| is_brace(byte)).count();
        if !budget.passed(16 * piece.len()) {
            return;
        }
    }
    let mut read = out.len();
    out.move_on(braces);
    for added in 0..braces {
        if added % PIECE == PIECE - 1 && !budget.passed(16 * PIECE) {
            return;
        }
        out.push(0);
    }
    let mut write = out.len();
    while read < write && read > from {
        if read.is_multiple_of(PIECE) && !budget.passed(16 * PIECE) {
            return;
        }
        read -= 1;
        write -= 1;
        let byte = out.get(read).copied().unwrap_or_default();
        if let Some(to) = out.get_mut(write) {
            *to = byte;
        }
        if is_brace(&byte) {
            write -= 1;
            if let Some(to) = out.get_mut(write) {
                *to = byte;
            }
        }
    }
}
