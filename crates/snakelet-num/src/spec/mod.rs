//! Python's format specification `[[fill]align][sign][#][0][width][,|_][.precision][type]`.
//!
//! [`FormatSpec::parse`] reads it, the `put_..` methods render a value with it into a
//! [`Put`](crate::sink::Put). `str.format`, `format()`, f-strings and, through
//! [`percent`](crate::percent), the `%` operator share it.

mod render;
#[cfg(test)]
mod tests;

pub(crate) use render::Groups;
pub use render::Unit;

use crate::bigint::{Meter, Poll, Stop};
use crate::scan::count_leading;

/// Where a value stands within its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Center,
    /// `=`: the fill goes between sign and digits.
    AfterSign,
}

/// What stands before a number that is not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// `-`: nothing.
    #[default]
    Minus,
    /// `+`
    Plus,
    /// A space.
    Space,
}

/// A format specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// The code point that fills up to the width.
    pub fill: u32,
    /// `None` is the value's own: numbers right, all else left.
    pub align: Option<Align>,
    /// What stands before a number that is not negative.
    pub sign: Sign,
    /// `#`: a prefix that tells the base, a point even without digits after it.
    pub alternate: bool,
    /// The least number of characters.
    pub width: usize,
    /// The least number of digits of an integer (a `%` directive's precision).
    pub min_digits: usize,
    /// `,` or `_` between groups of digits.
    pub separator: Option<u8>,
    /// Digits of a float, or the largest number of characters of a string.
    pub precision: Option<u32>,
    /// The type's letter, or `%`; `None` if there is none.
    pub kind: Option<u8>,
    /// Characters of the longest number that `f` writes with all digits, sign and decimals included. What is longer is
    /// written as `g` does, with one digit more than the precision says: MicroPython has room for 32 of them. A
    /// specification that was parsed sets no limit, as in Python.
    pub longest_fixed: usize,
}

impl Default for FormatSpec {
    fn default() -> Self {
        FormatSpec {
            fill: b' ' as u32,
            align: None,
            sign: Sign::Minus,
            alternate: false,
            width: 0,
            min_digits: 0,
            separator: None,
            precision: None,
            kind: None,
            longest_fixed: usize::MAX,
        }
    }
}

/// Why a format specification cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecError {
    /// It is not of the form that specifications have, or has what its type does not take.
    Invalid,
    /// A sign for a string.
    SignForStr,
    /// A sign for a character.
    SignForChar,
    /// `=` for a string.
    AlignForStr,
    /// The type is none of the value's. The message goes on with the letter and the value's type.
    UnknownCode(u8),
    /// The poll ended the search.
    Stopped,
}

impl From<Stop> for SpecError {
    fn from(_: Stop) -> Self {
        SpecError::Stopped
    }
}

impl SpecError {
    /// The message of Python's `ValueError`, for [`UnknownCode`](Self::UnknownCode) its beginning.
    pub fn message(self) -> &'static str {
        match self {
            SpecError::Invalid | SpecError::Stopped => "invalid format specifier",
            SpecError::SignForStr => "sign not allowed in string format specifier",
            SpecError::SignForChar => "sign not allowed with integer format specifier 'c'",
            SpecError::AlignForStr => "'=' alignment not allowed in string format specifier",
            SpecError::UnknownCode(_) => "unknown format code",
        }
    }
}

/// Why a value was not rendered: the specification, or the sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderError<E> {
    /// The specification does not suit the value.
    Spec(SpecError),
    /// The sink refused.
    Sink(E),
}

impl<E> From<SpecError> for RenderError<E> {
    fn from(error: SpecError) -> Self {
        RenderError::Spec(error)
    }
}

impl FormatSpec {
    /// Reads a specification; `text` is UTF-8. `numeric` says whether the value is a number, for
    /// which `0` before the width means fill after the sign.
    ///
    /// # Errors
    /// [`SpecError::Invalid`]; [`SpecError::Stopped`] by `poll`.
    pub fn parse(text: &[u8], numeric: bool, poll: &mut Poll<'_>) -> Result<Self, SpecError> {
        let meter = &mut Meter::new(poll);
        let mut spec = FormatSpec::default();
        let mut explicit_fill = false;
        let mut rest = text;
        let first_len = first_char_len(text);
        let fill_and_align = text
            .split_at_checked(first_len)
            .and_then(|(fill, rest)| Some((fill, align(*rest.first()?)?, rest.get(1..)?)));
        if let Some((fill, align, after)) = fill_and_align {
            let (fill, _) = crate::utf8::decode(fill).ok_or(SpecError::Invalid)?;
            spec.fill = fill;
            spec.align = Some(align);
            explicit_fill = true;
            rest = after;
        } else if let [first, after @ ..] = text
            && let Some(align) = align(*first)
        {
            spec.align = Some(align);
            rest = after;
        }
        if let [sign @ (b'+' | b'-' | b' '), after @ ..] = rest {
            spec.sign = match sign {
                b'+' => Sign::Plus,
                b' ' => Sign::Space,
                _ => Sign::Minus,
            };
            rest = after;
        }
        if let [b'#', after @ ..] = rest {
            spec.alternate = true;
            rest = after;
        }
        if let [b'0', ..] = rest {
            if !explicit_fill {
                spec.fill = b'0'.into();
            }
            if spec.align.is_none() && numeric {
                spec.align = Some(Align::AfterSign);
            }
        }
        if let Some((width, after)) = split_number(rest, meter)? {
            spec.width = width as usize;
            rest = after;
        }
        if let [separator @ (b',' | b'_'), after @ ..] = rest {
            spec.separator = Some(*separator);
            rest = after;
        }
        if let [b'.', after @ ..] = rest {
            let (precision, after) = split_number(after, meter)?.ok_or(SpecError::Invalid)?;
            spec.precision = Some(precision);
            rest = after;
        }
        if let [kind, after @ ..] = rest
            && (kind.is_ascii_alphabetic() || *kind == b'%')
        {
            spec.kind = Some(*kind);
            rest = after;
        }
        if rest.is_empty() { Ok(spec) } else { Err(SpecError::Invalid) }
    }

    /// The base in which the type prints integers; `None` if it does not.
    pub fn int_base(&self) -> Option<u8> {
        match self.kind {
            None | Some(b'd' | b'n') => Some(10),
            Some(b'b') => Some(2),
            Some(b'o') => Some(8),
            Some(b'x' | b'X') => Some(16),
            _ => None,
        }
    }

    /// Whether the type prints floats, and thus an integer as a float.
    pub fn is_float(&self) -> bool {
        matches!(self.kind, Some(b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%'))
    }
}

fn align(byte: u8) -> Option<Align> {
    match byte {
        b'<' => Some(Align::Left),
        b'>' => Some(Align::Right),
        b'^' => Some(Align::Center),
        b'=' => Some(Align::AfterSign),
        _ => None,
    }
}

/// Bytes of the character that a UTF-8 text begins with.
fn first_char_len(text: &[u8]) -> usize {
    match text {
        [] => 0,
        [_, rest @ ..] => 1 + rest.iter().take_while(|&&byte| byte & 0xc0 == 0x80).count(),
    }
}

/// Takes a decimal number from the front; `None` if there is none, an error if it is too large.
pub(crate) fn split_number<'t>(
    text: &'t [u8],
    meter: &mut Meter<'_, '_>,
) -> Result<Option<(u32, &'t [u8])>, SpecError> {
    // Python's limit is that of a C int.
    let mut value = Some(0u32);
    let len = count_leading(text, meter, |byte| {
        if byte.is_ascii_digit() {
            let ten = value.and_then(|value| value.checked_mul(10));
            let more = ten.and_then(|ten| ten.checked_add(u32::from(byte - b'0')));
            value = more.filter(|&value| value <= i32::MAX as u32);
        }
        byte.is_ascii_digit()
    })?;
    match text.split_at_checked(len) {
        Some(([_, ..], rest)) => Ok(Some((value.ok_or(SpecError::Invalid)?, rest))),
        _ => Ok(None),
    }
}
