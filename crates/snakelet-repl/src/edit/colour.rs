//! The colours of what is typed: a lexer that knows what is a word, a number, a string and a comment.

use crate::host::Host;

const KEYWORDS: [&[u8]; 35] = [
    b"False",
    b"None",
    b"True",
    b"and",
    b"as",
    b"assert",
    b"async",
    b"await",
    b"break",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"elif",
    b"else",
    b"except",
    b"finally",
    b"for",
    b"from",
    b"global",
    b"if",
    b"import",
    b"in",
    b"is",
    b"lambda",
    b"nonlocal",
    b"not",
    b"or",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
    b"yield",
];

const KEYWORD: &[u8] = b"\x1b[1;34m";
const STRING: &[u8] = b"\x1b[32m";
const NUMBER: &[u8] = b"\x1b[33m";
const COMMENT: &[u8] = b"\x1b[31m";
const DEFINED: &[u8] = b"\x1b[1m";
const PLAIN: &[u8] = b"\x1b[0m";

/// Shows what stands from `from` on in its colours; what stands before it tells whether that begins in a string.
pub(super) fn show<H: Host + ?Sized>(text: &[u8], from: usize, host: &mut H) {
    let (mut at, mut before) = (0, Before::Other);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (len, colour) = token(rest, &mut before);
        let len = len.clamp(1, rest.len());
        let shown = rest.get(from.saturating_sub(at).min(len)..len).unwrap_or_default();
        if !shown.is_empty() {
            if let Some(colour) = colour {
                host.write(colour);
            }
            host.write(shown);
            if colour.is_some() {
                host.write(PLAIN);
            }
        }
        at += len;
    }
}

/// What came before a token, with nothing but space between.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Before {
    /// `def` or `class`.
    Definition,
    Dot,
    Other,
}

/// The length of the token that a text begins with, and its colour.
fn token(text: &[u8], before: &mut Before) -> (usize, Option<&'static [u8]>) {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let run = |part: fn(&u8) -> bool| text.iter().take_while(|byte| part(byte)).count();
    let Some(first) = text.first() else { return (0, None) };
    if first.is_ascii_whitespace() {
        return (run(u8::is_ascii_whitespace), None);
    }
    let came = core::mem::replace(before, Before::Other);
    match first {
        b'#' => (run(|byte| *byte != b'\n'), Some(COMMENT)),
        b'0'..=b'9' => {
            (run(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')), Some(NUMBER))
        }
        b'"' | b'\'' => (string(text, 0), Some(STRING)),
        byte if is_part(byte) => {
            let len = text.iter().take_while(|byte| is_part(byte)).count();
            let word = text.get(..len).unwrap_or_default();
            if matches!(text.get(len), Some(b'"' | b'\'')) && is_prefix(word) {
                return (string(text, len), Some(STRING));
            }
            match came {
                Before::Definition => (len, Some(DEFINED)),
                Before::Dot => (len, None),
                Before::Other if !KEYWORDS.contains(&word) => (len, None),
                Before::Other => {
                    if matches!(word, b"def" | b"class") {
                        *before = Before::Definition;
                    }
                    (len, Some(KEYWORD))
                }
            }
        }
        b'.' => {
            *before = Before::Dot;
            (1, None)
        }
        _ => (1, None),
    }
}

/// Whether letters before a quote belong to the string.
fn is_prefix(word: &[u8]) -> bool {
    word.len() <= 2 && word.iter().all(|byte| b"bBfFrRtTuU".contains(byte))
}

/// The length of a string whose first quote is at `at`; it may go on beyond the text.
fn string(text: &[u8], at: usize) -> usize {
    let Some(quote) = text.get(at) else { return text.len() };
    let long = text.get(at..at + 3).is_some_and(|three| three.iter().all(|byte| byte == quote));
    let quotes = if long { 3 } else { 1 };
    let mut at = at + quotes;
    loop {
        match text.get(at) {
            None => return text.len(),
            Some(b'\n') if !long => return at,
            Some(b'\\') => at += 2,
            Some(byte)
                if byte == quote
                    && text
                        .get(at..at + quotes)
                        .is_some_and(|end| end.iter().all(|byte| byte == quote)) =>
            {
                return at + quotes;
            }
            Some(_) => at += 1,
        }
    }
}
