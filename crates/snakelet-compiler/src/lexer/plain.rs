//! The tokens that can be told by their own bytes: names, numbers, operators, and where a string
//! begins.

use crate::token::Tok;

/// An operator's or bracket's first byte, and what it is alone, doubled, before a `=`, and doubled
/// before a `=`; `End` where there is no such operator. The most frequent come first.
const OPERATORS: [(u8, [Tok; 4]); 23] = {
    const NO: Tok = Tok::End;
    [
        (b'(', [Tok::ParenOpen, NO, NO, NO]),
        (b')', [Tok::ParenClose, NO, NO, NO]),
        (b'.', [Tok::Period, NO, NO, NO]),
        (b',', [Tok::Comma, NO, NO, NO]),
        (b'=', [Tok::Assign, NO, Tok::Equal, NO]),
        (b':', [Tok::Colon, NO, Tok::Walrus, NO]),
        (b'[', [Tok::BracketOpen, NO, NO, NO]),
        (b']', [Tok::BracketClose, NO, NO, NO]),
        (b'+', [Tok::Plus, NO, Tok::PlusAssign, NO]),
        (b'-', [Tok::Minus, NO, Tok::MinusAssign, NO]),
        (b'*', [Tok::Star, Tok::DoubleStar, Tok::StarAssign, Tok::DoubleStarAssign]),
        (b'{', [Tok::BraceOpen, NO, NO, NO]),
        (b'}', [Tok::BraceClose, NO, NO, NO]),
        (b'<', [Tok::Less, Tok::ShiftLeft, Tok::LessEqual, Tok::ShiftLeftAssign]),
        (b'>', [Tok::More, Tok::ShiftRight, Tok::MoreEqual, Tok::ShiftRightAssign]),
        (b'%', [Tok::Percent, NO, Tok::PercentAssign, NO]),
        (b'/', [Tok::Slash, Tok::DoubleSlash, Tok::SlashAssign, Tok::DoubleSlashAssign]),
        (b'&', [Tok::Ampersand, NO, Tok::AmpersandAssign, NO]),
        (b'|', [Tok::Pipe, NO, Tok::PipeAssign, NO]),
        (b'^', [Tok::Caret, NO, Tok::CaretAssign, NO]),
        (b'!', [Tok::Bang, NO, Tok::NotEqual, NO]),
        (b'@', [Tok::At, NO, Tok::AtAssign, NO]),
        (b'~', [Tok::Tilde, NO, NO, NO]),
    ]
};

/// Finds the token that a text begins with, and its length; `End` if there is none.
pub(super) fn token(text: &[u8]) -> (Tok, usize) {
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    let first = byte(0);
    if is_name(first) && !first.is_ascii_digit() {
        let len = run(text, 0, is_name);
        let prefix = len <= 2 && is_prefix(text.get(..len).unwrap_or_default());
        if prefix && matches!(byte(len), b'\'' | b'"') {
            return (Tok::Quote, len + 1);
        }
        return (Tok::Name, len);
    }
    match first {
        b'0'..=b'9' => return number(text),
        b'.' if byte(1).is_ascii_digit() => return number(text),
        b'.' if byte(1) == b'.' && byte(2) == b'.' => return (Tok::Ellipsis, 3),
        b'-' if byte(1) == b'>' => return (Tok::Arrow, 2),
        b'\'' | b'"' => return (Tok::Quote, 1),
        b';' => return (Tok::Semicolon, 1),
        _ => {}
    }
    let Some((_, tokens)) = OPERATORS.iter().find(|(start, _)| *start == first) else {
        return (Tok::End, 0);
    };
    let doubled = usize::from(byte(1) == first && tokens[1] != Tok::End);
    let assigned = usize::from(byte(1 + doubled) == b'=' && tokens[2] != Tok::End);
    let kind = tokens.get(doubled + 2 * assigned).copied().unwrap_or(Tok::End);
    (kind, 1 + doubled + assigned)
}

fn number(text: &[u8]) -> (Tok, usize) {
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    if byte(0) == b'0' && matches!(byte(1) | 0x20, b'x' | b'o' | b'b') {
        return (Tok::Int, run(text, 2, |byte| byte == b'_' || byte.is_ascii_alphanumeric()));
    }
    let mut kind = Tok::Int;
    let mut at = run(text, 0, is_digit);
    if byte(at) == b'.' {
        kind = Tok::Float;
        at = run(text, at + 1, is_digit);
    }
    if byte(at) | 0x20 == b'e' {
        let sign = usize::from(matches!(byte(at + 1), b'+' | b'-'));
        if byte(at + 1 + sign).is_ascii_digit() {
            kind = Tok::Float;
            at = run(text, at + 1 + sign, is_digit);
        }
    }
    if byte(at) | 0x20 == b'j' {
        kind = Tok::Imag;
        at += 1;
    }
    (kind, at)
}

/// Where the bytes of a kind end that begin at `at`.
fn run(text: &[u8], mut at: usize, belongs: fn(u8) -> bool) -> usize {
    while text.get(at).is_some_and(|&byte| belongs(byte)) {
        at += 1;
    }
    at
}

fn is_digit(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_digit()
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte >= 0x80 || byte.is_ascii_alphanumeric()
}

/// Whether a string's quotes may follow: `r`, `u`, `b`, `f`, or `r` and one of `b` and `f`.
fn is_prefix(name: &[u8]) -> bool {
    match *name {
        [one] => matches!(one | 0x20, b'r' | b'u' | b'b' | b'f'),
        [one, two] => {
            matches!((one | 0x20, two | 0x20), (b'r', b'b' | b'f') | (b'b' | b'f', b'r'))
        }
        _ => false,
    }
}
