//! Decimal text to the nearest float, ties to even.
//!
//! The first 19 digits times a power of ten, in 64-bit arithmetic with a known error, settle
//! nearly every number. Where the error bar covers the middle between two floats, the text is
//! compared digit by digit with the exact expansion of that middle, which is right for any number
//! of digits.

use super::expansion::Expansion;
use super::power::{power_of_ten, product};
use super::{Binary, Format};
use crate::bigint::{digit_value, trim_space};
use core::cmp::Ordering;

/// Digits that the fast way looks at.
const FAST_DIGITS: u32 = 19;

/// Unsigned decimal digits, with underscores between them, and a power of ten.
pub(super) struct Decimal<'t> {
    pub(super) integer: &'t [u8],
    pub(super) fraction: &'t [u8],
    pub(super) exponent: i64,
}

impl<'t> Decimal<'t> {
    /// The digits from the first that is not zero, and its place.
    fn digits(&self) -> (impl Iterator<Item = u8> + use<'t>, i64) {
        let is_digit = |byte: &&u8| **byte != b'_';
        let before = self.integer.iter().filter(is_digit).count() as i64;
        let all = self.integer.iter().chain(self.fraction).filter(is_digit).map(|c| c - b'0');
        let zeros = all.clone().take_while(|&digit| digit == 0).count();
        (all.skip(zeros), self.exponent + before - 1 - zeros as i64)
    }

    /// The bits of the nearest float.
    pub(super) fn nearest(&self, format: &Format) -> u64 {
        let (digits, top) = self.digits();
        let (mut mantissa, mut taken, mut truncated) = (0u64, 0, false);
        for digit in digits {
            if taken < FAST_DIGITS {
                mantissa = mantissa * 10 + u64::from(digit);
                taken += 1;
            } else if digit != 0 {
                truncated = true;
                break;
            }
        }
        if mantissa == 0 || top < -330 {
            return 0;
        }
        if top > 310 {
            return format.infinity();
        }
        self.scale(mantissa, top as i32 + 1 - taken as i32, truncated, format)
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
        let (mut digits, top) = self.digits();
        let order = top.cmp(&i64::from(exact.top()));
        if order != Ordering::Equal {
            return order;
        }
        let mut place = exact.top();
        loop {
            let digit = digits.next();
            if digit.is_none() && place < exact.bottom() {
                return Ordering::Equal;
            }
            let order = digit.unwrap_or(0).cmp(&exact.digit(place));
            if order != Ordering::Equal {
                return order;
            }
            place = place.saturating_sub(1);
        }
    }
}

/// Takes digits with single underscores between them from the front.
fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let mut len = 0;
    loop {
        match text.get(len..) {
            Some([b'0'..=b'9', ..]) => len += 1,
            Some([b'_', b'0'..=b'9', ..]) if len > 0 => len += 1,
            _ => return text.split_at_checked(len).unwrap_or((text, &[])),
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
fn split_decimal(text: &[u8]) -> Option<(Decimal<'_>, &[u8])> {
    let (integer, mut rest) = split_digits(text);
    let mut fraction: &[u8] = &[];
    if let [b'.', after @ ..] = rest {
        (fraction, rest) = split_digits(after);
    }
    if integer.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent = 0;
    if let [b'e' | b'E', after @ ..] = rest {
        let (negative, after) = split_sign(after);
        let (digits, after) = split_digits(after);
        if !digits.is_empty() {
            for digit in digits.iter().filter_map(|&byte| digit_value(byte)) {
                // Saturates where no text can be long enough to make up for it.
                exponent = (exponent * 10 + i64::from(digit)).min(i64::MAX / 20);
            }
            exponent = if negative { -exponent } else { exponent };
            rest = after;
        }
    }
    Some((Decimal { integer, fraction, exponent }, rest))
}

/// Takes a number, infinity or NaN with an optional sign from the front.
fn split_float<F: Binary>(text: &[u8]) -> Option<(F, &[u8])> {
    let (negative, text) = split_sign(text);
    let (bits, rest) = if let Some(rest) = strip_word(text, b"inf") {
        (F::FORMAT.infinity(), strip_word(rest, b"inity").unwrap_or(rest))
    } else if let Some(rest) = strip_word(text, b"nan") {
        (F::FORMAT.nan(), rest)
    } else {
        let (decimal, rest) = split_decimal(text)?;
        (decimal.nearest(&F::FORMAT), rest)
    };
    Some((F::from_bits64(bits | if negative { F::FORMAT.sign() } else { 0 }), rest))
}

/// Reads what Python's `float()` accepts; `None` if the text is no number.
pub fn parse<F: Binary>(text: &[u8]) -> Option<F> {
    match split_float(trim_space(text))? {
        (value, []) => Some(value),
        _ => None,
    }
}

/// Reads what Python's `complex()` accepts: real and imaginary part; `None` if the text is none.
pub fn parse_complex<F: Binary>(text: &[u8]) -> Option<(F, F)> {
    let mut text = trim_space(text);
    if let [b'(', inside @ .., b')'] = text {
        text = trim_space(inside);
    }
    let zero = F::from_bits64(0);
    match split_part(text)? {
        (value, false, []) => Some((value, zero)),
        (value, true, []) => Some((zero, value)),
        (real, false, rest @ [b'+' | b'-', ..]) => match split_part(rest)? {
            (imaginary, true, []) => Some((real, imaginary)),
            _ => None,
        },
        _ => None,
    }
}

/// Takes a float from the front, and says whether a `j` follows; `j` alone is `1j`.
fn split_part<F: Binary>(text: &[u8]) -> Option<(F, bool, &[u8])> {
    if let (negative, [b'j' | b'J', rest @ ..]) = split_sign(text) {
        let one =
            F::FORMAT.assemble(1 << (F::FORMAT.mantissa_bits - 1), F::FORMAT.exponent_of_one());
        let sign = if negative { F::FORMAT.sign() } else { 0 };
        return Some((F::from_bits64(one | sign), true, rest));
    }
    let (value, rest) = split_float(text)?;
    Some(match rest {
        [b'j' | b'J', rest @ ..] => (value, true, rest),
        _ => (value, false, rest),
    })
}
