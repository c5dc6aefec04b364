//! Integers from text in any base, and to text in the bases that Python prints.

use super::div::divide_in_place;
use super::mul::mul_add_small;
use super::{Error, Int, LIMB_BITS, Limb, Meter, Poll, Stop, Written, copy};
use crate::scan::{count_leading, trim_space};
use core::num::NonZeroUsize;

/// Decimal digits that a limb always holds, and the power of ten for them.
const DECIMAL_CHUNK: (u32, Limb) =
    if LIMB_BITS == 64 { (19, 10_000_000_000_000_000_000u64 as Limb) } else { (9, 1_000_000_000) };

/// Binary, octal and hexadecimal digits that take as long as a step of the other work.
const DIGITS_A_STEP: usize = 4;

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigitsError {
    /// The base is neither 0 nor 2 to 36.
    Base,
    /// No digits, a character that is none of the base's, or an underscore out of place.
    Syntax,
    /// The poll ended the search.
    Stopped,
}

impl From<Stop> for DigitsError {
    fn from(_: Stop) -> Self {
        DigitsError::Stopped
    }
}

/// The digits of an integer in a text that was found to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits<'t> {
    negative: bool,
    base: u8,
    /// Digits from the first that is not zero, and single underscores between them.
    text: &'t [u8],
    /// Digits without the underscores.
    count: usize,
}

impl<'t> Digits<'t> {
    /// Reads what Python's `int(text, base)` accepts: white space around, a sign, a prefix (`0x`,
    /// `0o`, `0b`, if it is the base's or the base is 0), digits with single underscores between.
    /// With base 0 and no prefix the base is 10, and only zero may begin with a zero.
    ///
    /// # Errors
    /// [`DigitsError`], [`DigitsError::Stopped`] by `poll`.
    pub fn parse(text: &'t [u8], base: u8, poll: &mut Poll<'_>) -> Result<Self, DigitsError> {
        if base == 1 || base > 36 {
            return Err(DigitsError::Base);
        }
        let meter = &mut Meter::new(poll);
        let mut text = trim_space(text, meter)?;
        let mut negative = false;
        if let [sign @ (b'+' | b'-'), rest @ ..] = text {
            negative = *sign == b'-';
            text = rest;
        }
        let (base, prefixed, text) = split_prefix(text, base);
        // An underscore may stand between prefix and digits.
        let text = match text {
            [b'_', rest @ ..] if prefixed => rest,
            _ => text,
        };
        let guessed = base == 0;
        let base = if guessed { 10 } else { base };
        let (count, zeros) = count_digits(text, base, meter)?;
        if guessed && zeros > 0 && count > 0 {
            return Err(DigitsError::Syntax);
        }
        Ok(Digits { negative, base, text: text.get(zeros..).unwrap_or_default(), count })
    }

    /// The value if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        let mut value = 0u64;
        for digit in self.values() {
            value = value.checked_mul(u64::from(self.base))?.checked_add(u64::from(digit))?;
        }
        if self.negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
    }

    /// Limbs that [`write`](Self::write) needs for its result.
    pub fn limbs(&self) -> usize {
        // A decimal digit has less than 10/3 bits.
        let bits = match self.base {
            10 => (self.count / 3).saturating_mul(10).saturating_add(10),
            base => self.count.saturating_mul((u8::BITS - (base - 1).leading_zeros()) as usize),
        };
        bits / LIMB_BITS + 1
    }

    /// Writes the integer.
    ///
    /// # Errors
    /// [`Error::Space`] if `output` is shorter than [`limbs`](Self::limbs), [`Error::Stopped`] by
    /// `poll`.
    pub fn write(&self, output: &mut [Limb], poll: &mut Poll<'_>) -> Result<Written, Error> {
        let meter = &mut Meter::new(poll);
        let base = Limb::from(self.base);
        let (mut len, mut value, mut factor) = (0, 0, 1 as Limb);
        let mut digits = self.values();
        loop {
            let digit = digits.next();
            let full = factor.checked_mul(base);
            if let (Some(digit), Some(more)) = (digit, full) {
                value = value * base + Limb::from(digit);
                factor = more;
                continue;
            }
            meter.charge(len)?;
            let carry = mul_add_small(output.get_mut(..len).ok_or(Error::Space)?, factor, value);
            if carry != 0 {
                *output.get_mut(len).ok_or(Error::Space)? = carry;
                len += 1;
            }
            let Some(digit) = digit else { break };
            (value, factor) = (Limb::from(digit), base);
        }
        Ok(Written { negative: self.negative && len != 0, len })
    }

    fn values(&self) -> impl Iterator<Item = u8> + use<'t> {
        self.text.iter().filter_map(|&byte| digit_value(byte))
    }
}

/// The value of a digit or letter in the largest base.
fn digit_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'z' => Some(byte - b'a' + 10),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Takes the prefix off if it belongs to the base; says the base (0 if there is no prefix to
/// tell it), whether there was one, and what follows.
fn split_prefix(text: &[u8], base: u8) -> (u8, bool, &[u8]) {
    if let [b'0', letter, rest @ ..] = text {
        let named = match letter | 0x20 {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        };
        if named != 0 && (base == 0 || base == named) {
            return (named, true, rest);
        }
    }
    (base, false, text)
}

/// Checks that a text is digits with single underscores between them; counts the digits from the first that
/// is not zero, and the bytes before it.
fn count_digits(
    text: &[u8],
    base: u8,
    meter: &mut Meter<'_, '_>,
) -> Result<(usize, usize), DigitsError> {
    let (mut count, mut before) = (0, 0);
    let mut after_digit = false;
    let len = count_leading(text, meter, |byte| {
        let is_digit = byte != b'_';
        let fits = if is_digit {
            digit_value(byte).is_some_and(|value| value < base)
        } else {
            after_digit
        };
        after_digit = is_digit;
        if count > 0 || !matches!(byte, b'0' | b'_') {
            count += usize::from(is_digit);
        } else {
            before += 1;
        }
        fits
    })?;
    if len == text.len() && after_digit { Ok((count, before)) } else { Err(DigitsError::Syntax) }
}

/// Bytes that [`to_text`] may need; `base` is 2, 8, 10 or 16.
pub fn text_len(a: Int<'_>, base: u8) -> usize {
    let bits = a.bit_length();
    let digits = match bits_per_digit(base) {
        // 28 / 93 is just above the decimal logarithm of 2.
        None => bits / 93 * 28 + bits % 93 * 28 / 93,
        Some(per_digit) => bits / per_digit,
    };
    digits + 2
}

/// Limbs of scratch that [`to_text`] needs.
pub fn text_scratch_len(a: Int<'_>, base: u8) -> usize {
    if bits_per_digit(base).is_none() && a.magnitude.len() > 1 { a.magnitude.len() } else { 0 }
}

fn bits_per_digit(base: u8) -> Option<NonZeroUsize> {
    match base {
        2 => NonZeroUsize::new(1),
        8 => NonZeroUsize::new(3),
        16 => NonZeroUsize::new(4),
        _ => None,
    }
}

/// Writes the integer as text in base 2, 8 or 16 (lower case, without a prefix), or otherwise 10;
/// returns the number of bytes.
///
/// # Errors
/// [`Error::Space`] if a slice is shorter than [`text_len`] or [`text_scratch_len`],
/// [`Error::Stopped`] by `poll`.
pub fn to_text(
    output: &mut [u8],
    scratch: &mut [Limb],
    a: Int<'_>,
    base: u8,
    poll: &mut Poll<'_>,
) -> Result<usize, Error> {
    let mut text = Backward { output, free: 0 };
    text.free = text.output.len();
    match bits_per_digit(base) {
        Some(per_digit) => write_bits(&mut text, a, per_digit, &mut Meter::new(poll))?,
        None => write_decimal(&mut text, scratch, a, &mut Meter::new(poll))?,
    }
    if a.negative {
        text.push(b'-')?;
    }
    let Backward { output, free } = text;
    let len = output.len().checked_sub(free).ok_or(Error::Space)?;
    output.copy_within(free.., 0);
    Ok(len)
}

/// A buffer that is filled from its end, as digits come.
struct Backward<'o> {
    output: &'o mut [u8],
    /// Bytes at the beginning that are not used yet.
    free: usize,
}

impl Backward<'_> {
    #[inline]
    fn push(&mut self, byte: u8) -> Result<(), Error> {
        let free = self.free.checked_sub(1).ok_or(Error::Space)?;
        *self.output.get_mut(free).ok_or(Error::Space)? = byte;
        self.free = free;
        Ok(())
    }
}

fn write_bits(
    text: &mut Backward<'_>,
    a: Int<'_>,
    per_digit: NonZeroUsize,
    meter: &mut Meter<'_, '_>,
) -> Result<(), Error> {
    let digits = a.bit_length().saturating_sub(1) / per_digit + 1;
    let per_digit = per_digit.get();
    let limb_at = |index: usize| a.magnitude.get(index).copied().unwrap_or(0);
    for digit in 0..digits {
        if digit % DIGITS_A_STEP == 0 {
            meter.charge(1)?;
        }
        let (index, shift) = (digit * per_digit / LIMB_BITS, digit * per_digit % LIMB_BITS);
        let mut value = limb_at(index) >> shift;
        if shift + per_digit > LIMB_BITS {
            value |= limb_at(index + 1) << (LIMB_BITS - shift);
        }
        let value = value as u8 & ((1 << per_digit) - 1);
        text.push(if value < 10 { b'0' + value } else { b'a' - 10 + value })?;
    }
    Ok(())
}

fn write_decimal(
    text: &mut Backward<'_>,
    scratch: &mut [Limb],
    a: Int<'_>,
    meter: &mut Meter<'_, '_>,
) -> Result<(), Error> {
    let last = if let [limb] = *a.magnitude {
        limb
    } else {
        let (digits, power) = DECIMAL_CHUNK;
        let mut limbs = copy(scratch, a.magnitude)?;
        while limbs.len() > 1 {
            meter.charge(limbs.len())?;
            let mut rest = divide_in_place(limbs, power);
            for _ in 0..digits {
                text.push(b'0' + (rest % 10) as u8)?;
                rest /= 10;
            }
            // The power is smaller than a limb's range: one limb at most becomes zero.
            if let [low @ .., 0] = limbs {
                limbs = low;
            }
        }
        limbs.first().copied().unwrap_or(0)
    };
    let mut rest = last;
    while rest != 0 || text.free == text.output.len() {
        text.push(b'0' + (rest % 10) as u8)?;
        rest /= 10;
    }
    Ok(())
}
