//! Decimal text to the nearest float, ties to even.
//!
//! The first 19 digits times a power of ten, in 64-bit arithmetic with a known error, settle
//! nearly every number. Where the error bar covers the middle between two floats, the text is
//! compared digit by digit with the exact expansion of that middle, which is right for any number
//! of digits.

use super::expansion::Expansion;
use super::power::{power_of_ten, product};
use super::{Binary, Format};
use crate::bigint::{Meter, Poll, Stop};
use crate::scan::{count_leading, trim_space};
use core::cmp::Ordering;

/// Digits that the fast way looks at.
const FAST_DIGITS: u32 = 19;

/// Why a text gives no float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// It is none.
    Syntax,
    /// The poll ended the search.
    Stopped,
}

impl From<Stop> for ParseError {
    fn from(_: Stop) -> Self {
        ParseError::Stopped
    }
}

/// What is known of a row of digits with single underscores between them that was gone over once.
#[derive(Default)]
struct Digits {
    /// Bytes so far.
    bytes: usize,
    /// Bytes before the first digit that is not zero.
    first: usize,
    /// Digits so far.
    count: i64,
    /// Digits before the first that is not zero.
    zeros: i64,
    /// Digits up to the last that is not zero.
    used: i64,
    /// The value of the first that are not zero, and how many these are.
    mantissa: u64,
    taken: u32,
    after_digit: bool,
}

impl Digits {
    /// Takes the next byte; whether it is part of the row.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let is_digit = byte.is_ascii_digit();
        if !(is_digit || byte == b'_' && self.after_digit) {
            return false;
        }
        self.after_digit = is_digit;
        self.bytes += 1;
        if !is_digit {
            return true;
        }
        self.count += 1;
        if byte != b'0' {
            self.used = self.count;
        }
        if self.taken < FAST_DIGITS {
            self.mantissa = self.mantissa * 10 + u64::from(byte - b'0');
            if self.mantissa != 0 {
                self.taken += 1;
            } else {
                self.zeros = self.count;
                self.first = self.bytes;
            }
        }
        true
    }

    /// Takes digits from the front of a text.
    fn split<'t>(&mut self, text: &'t [u8], meter: &mut Meter<'_, '_>) -> Result<&'t [u8], Stop> {
        self.after_digit = false;
        let mut len = count_leading(text, meter, |byte| self.take(byte))?;
        if len > 0 && !self.after_digit {
            // an underscore with no digit behind it
            len -= 1;
        }
        Ok(text.get(len..).unwrap_or_default())
    }
}

/// An unsigned decimal number.
pub(super) struct Decimal<'t> {
    /// The text from the first digit that is not zero; underscores and the point are passed over.
    text: &'t [u8],
    digits: Digits,
    /// The place of the first digit.
    top: i64,
}

impl<'t> Decimal<'t> {
    /// A text whose digits were gone over; the first of them is just below `10**above`.
    fn new(text: &'t [u8], digits: Digits, above: i64) -> Self {
        let top = above - 1 - digits.zeros;
        Decimal { text: text.get(digits.first..).unwrap_or_default(), digits, top }
    }

    /// A few digits times a power of ten.
    pub(super) fn of_digits(text: &'t [u8], exponent: i32) -> Self {
        let mut digits = Digits::default();
        for &byte in text {
            digits.take(byte);
        }
        let above = digits.count + i64::from(exponent);
        Decimal::new(text, digits, above)
    }

    /// The bits of the nearest float.
    pub(super) fn nearest(&self, format: &Format) -> u64 {
        let Digits { mantissa, taken, .. } = self.digits;
        if mantissa == 0 || self.top < -330 {
            return 0;
        }
        if self.top > 310 {
            return format.infinity();
        }
        let truncated = self.digits.used - self.digits.zeros > i64::from(taken);
        self.scale(mantissa, self.top as i32 + 1 - taken as i32, truncated, format)
    }

    /// Rounds `mantissa * 10**exponent`, which is this number or (`truncated`) just below it.
    fn scale(&self, mantissa: u64, exponent: i32, truncated: bool, format: &Format) -> u64 {
        let zeros = mantissa.leading_zeros();
        let (power, power_exponent) = power_of_ten(exponent);
        let (mut high, low) = product(mantissa << zeros, power);
        let mut exponent = power_exponent + 64 - zeros as i32;
        if high >> 63 == 0 {
            high = (high << 1) | (low >> 63);
            exponent -= 1;
        }
        // The power is off by less than 2 units, doubled by the shift; what was cut off is less
        // than one part in 10**18.
        let error = if truncated { 5 + 19 } else { 5 };
        let drop = (64 - format.mantissa_bits as i32).max(format.min_exponent - exponent) as u32;
        let unit = exponent + drop as i32;
        let kept = high.checked_shr(drop).unwrap_or(0);
        let rest = high - kept.checked_shl(drop).unwrap_or(0);
        let half = 1u64.checked_shl(drop - 1).unwrap_or(u64::MAX);
        let up = if drop > 64 || rest.abs_diff(half) <= error {
            match self.compare(&Expansion::new(2 * kept + 1, unit - 1)) {
                Ordering::Less => false,
                Ordering::Equal => kept & 1 != 0,
                Ordering::Greater => true,
            }
        } else {
            rest > half
        };
        format.assemble(kept + u64::from(up), unit)
    }

    fn compare(&self, exact: &Expansion) -> Ordering {
        let order = self.top.cmp(&i64::from(exact.top()));
        if order != Ordering::Equal {
            return order;
        }
        let used = usize::try_from(self.digits.used - self.digits.zeros).unwrap_or(0);
        let mut digits = self.text.iter().filter(|byte| byte.is_ascii_digit()).take(used);
        let mut place = exact.top();
        loop {
            let digit = digits.next();
            if place < exact.bottom() {
                // The last digit is not zero, so that what is left is more than nothing.
                return if digit.is_some() { Ordering::Greater } else { Ordering::Equal };
            }
            let order = digit.map_or(0, |digit| digit - b'0').cmp(&exact.digit(place));
            if order != Ordering::Equal {
                return order;
            }
            place = place.saturating_sub(1);
        }
    }
}

/// Takes a sign from the front; says whether it is a minus.
fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// Takes a word from the front, without regard to case.
fn strip_word<'t>(text: &'t [u8], word: &[u8]) -> Option<&'t [u8]> {
    let (front, rest) = text.split_at_checked(word.len())?;
    front.eq_ignore_ascii_case(word).then_some(rest)
}

/// Takes an unsigned decimal number from the front.
fn split_decimal<'t>(
    text: &'t [u8],
    meter: &mut Meter<'_, '_>,
) -> Result<(Decimal<'t>, &'t [u8]), ParseError> {
    let mut digits = Digits::default();
    let mut rest = digits.split(text, meter)?;
    let before = digits.count;
    if let [b'.', after @ ..] = rest {
        // The point counts as one of the bytes.
        digits.bytes += 1;
        if digits.mantissa == 0 {
            digits.first += 1;
        }
        rest = digits.split(after, meter)?;
    }
    if digits.count == 0 {
        return Err(ParseError::Syntax);
    }
    let mut exponent = 0;
    if let [b'e' | b'E', after @ ..] = rest {
        let (negative, after) = split_sign(after);
        let mut row = Digits::default();
        let after = row.split(after, meter)?;
        if row.count > 0 {
            // No text can be long enough to make up for one that is as large.
            let is_large = row.count - row.zeros > 17;
            exponent = if is_large { i64::MAX / 20 } else { row.mantissa as i64 };
            exponent = if negative { -exponent } else { exponent };
            rest = after;
        }
    }
    Ok((Decimal::new(text, digits, before + exponent), rest))
}

/// Takes a number, infinity or NaN with an optional sign from the front.
fn split_float<'t, F: Binary>(
    text: &'t [u8],
    meter: &mut Meter<'_, '_>,
) -> Result<(F, &'t [u8]), ParseError> {
    let (negative, text) = split_sign(text);
    let (bits, rest) = if let Some(rest) = strip_word(text, b"inf") {
        (F::FORMAT.infinity(), strip_word(rest, b"inity").unwrap_or(rest))
    } else if let Some(rest) = strip_word(text, b"nan") {
        (F::FORMAT.nan(), rest)
    } else {
        let (decimal, rest) = split_decimal(text, meter)?;
        (decimal.nearest(&F::FORMAT), rest)
    };
    Ok((F::from_bits64(bits | if negative { F::FORMAT.sign() } else { 0 }), rest))
}

/// Reads what Python's `float()` accepts.
///
/// # Errors
/// [`ParseError::Syntax`] if the text is no number, [`ParseError::Stopped`] by `poll`.
pub fn parse<F: Binary>(text: &[u8], poll: &mut Poll<'_>) -> Result<F, ParseError> {
    let meter = &mut Meter::new(poll);
    match split_float(trim_space(text, meter)?, meter)? {
        (value, []) => Ok(value),
        _ => Err(ParseError::Syntax),
    }
}

/// Reads what Python's `complex()` accepts: real and imaginary part.
///
/// # Errors
/// As for [`parse`].
pub fn parse_complex<F: Binary>(text: &[u8], poll: &mut Poll<'_>) -> Result<(F, F), ParseError> {
    let meter = &mut Meter::new(poll);
    let mut text = trim_space(text, meter)?;
    if let [b'(', inside @ .., b')'] = text {
        text = trim_space(inside, meter)?;
    }
    let zero = F::from_bits64(0);
    match split_part(text, meter)? {
        (value, false, []) => Ok((value, zero)),
        (value, true, []) => Ok((zero, value)),
        (real, false, rest @ [b'+' | b'-', ..]) => match split_part(rest, meter)? {
            (imaginary, true, []) => Ok((real, imaginary)),
            _ => Err(ParseError::Syntax),
        },
        _ => Err(ParseError::Syntax),
    }
}

/// Takes a float from the front, and says whether a `j` follows; `j` alone is `1j`.
fn split_part<'t, F: Binary>(
    text: &'t [u8],
    meter: &mut Meter<'_, '_>,
) -> Result<(F, bool, &'t [u8]), ParseError> {
    if let (negative, [b'j' | b'J', rest @ ..]) = split_sign(text) {
        let one =
            F::FORMAT.assemble(1 << (F::FORMAT.mantissa_bits - 1), F::FORMAT.exponent_of_one());
        let sign = if negative { F::FORMAT.sign() } else { 0 };
        return Ok((F::from_bits64(one | sign), true, rest));
    }
    let (value, rest) = split_float(text, meter)?;
    Ok(match rest {
        [b'j' | b'J', rest @ ..] => (value, true, rest),
        _ => (value, false, rest),
    })
}
