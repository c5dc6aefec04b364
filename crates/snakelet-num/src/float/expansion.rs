//! The exact decimal expansion of a binary float.
//!
//! Every finite binary float is a decimal number with finitely many digits: at most 309 before
//! the point and 1075 after it (for the middle between two of the smallest numbers). They are
//! kept nine to a word, most significant first:
//!
//! ```text
//! words   | .. | start ..  point-1 | point ..  end-1 | .. |
//!                integer part        fraction
//! ```

use super::power::power;
use core::cmp::Ordering;
use core::num::NonZeroU32;

/// Decimal digits in a word.
const DIGITS: i32 = 9;
const BASE: u32 = 1_000_000_000;

/// Words of the longest expansion: a spare one for rounding, two before the point, 120 after it.
const WORDS: usize = 123;
/// Words before the point where there is a fraction.
const POINT: usize = 3;

/// A decimal number that is exactly `mantissa * 2**exponent`, or was rounded from that.
pub(super) struct Expansion {
    words: [u32; WORDS],
    /// The first word that is not zero; `end` if there is none.
    start: usize,
    /// The first word of the fraction.
    point: usize,
    /// One past the last word; what follows is zero.
    end: usize,
}

impl Expansion {
    /// Takes a mantissa of at most 54 bits and an exponent from -1075 to 971.
    pub(super) fn new(mantissa: u64, exponent: i32) -> Self {
        let point = if exponent < 0 { POINT } else { WORDS };
        let mut expansion = Expansion { words: [0; WORDS], start: point, point, end: point };
        let (mut rest, mut index) = (mantissa, point);
        while rest != 0 && index > 0 {
            index -= 1;
            expansion.set(index, (rest % u64::from(BASE)) as u32);
            rest /= u64::from(BASE);
        }
        expansion.start = index;
        let (mut left, mut right) = (exponent.max(0), exponent.min(0).unsigned_abs());
        while left > 0 {
            let bits = left.min(29);
            expansion.double(bits);
            left -= bits;
        }
        while right > 0 && expansion.start < expansion.end {
            // As many factors of two as the base has.
            let bits = right.min(9);
            expansion.halve(bits);
            right -= bits;
        }
        expansion
    }

    fn set(&mut self, index: usize, word: u32) {
        if let Some(slot) = self.words.get_mut(index) {
            *slot = word;
        }
    }

    /// Multiplies by `2**bits`; there is no fraction.
    fn double(&mut self, bits: i32) {
        let mut carry = 0;
        for word in self.words.get_mut(self.start..self.end).unwrap_or_default().iter_mut().rev() {
            let value = (u64::from(*word) << bits) + carry;
            *word = (value % u64::from(BASE)) as u32;
            carry = value / u64::from(BASE);
        }
        if carry != 0 && self.start > 0 {
            self.start -= 1;
            self.set(self.start, carry as u32);
        }
    }

    /// Divides by `2**bits`.
    fn halve(&mut self, bits: u32) {
        let mut carry = 0;
        for word in self.words.get_mut(self.start..self.end).unwrap_or_default() {
            let lost = *word & ((1 << bits) - 1);
            *word = (*word >> bits) + carry;
            carry = lost * (BASE >> bits);
        }
        if carry != 0 {
            self.set(self.end, carry);
            self.end += 1;
        }
        self.skip_zeros();
    }

    fn skip_zeros(&mut self) {
        while self.start < self.end && self.words.get(self.start) == Some(&0) {
            self.start += 1;
        }
    }

    /// The word that holds the place `10**place`, and the place within it.
    fn locate(&self, place: i32) -> (Option<usize>, usize) {
        let index = self.point as i32 - 1 - place.div_euclid(DIGITS);
        (usize::try_from(index).ok(), place.rem_euclid(DIGITS) as usize)
    }

    /// The digit that counts `10**place`.
    pub(super) fn digit(&self, place: i32) -> u8 {
        let (index, within) = self.locate(place);
        let word = index.and_then(|index| self.words.get(index)).copied().unwrap_or(0);
        (word / small_power(within) % 10) as u8
    }

    /// The place of the first digit that is not zero; 0 if the number is zero.
    pub(super) fn top(&self) -> i32 {
        let Some(&word) = self.words.get(self.start..self.end).and_then(<[u32]>::first) else {
            return 0;
        };
        let digits = (1..DIGITS).take_while(|&n| word >= small_power(n as usize).get()).count();
        (self.point as i32 - 1 - self.start as i32) * DIGITS + digits as i32
    }

    /// A place below which all digits are zero.
    pub(super) fn bottom(&self) -> i32 {
        (self.point as i32 - self.end as i32) * DIGITS
    }

    /// How what stands below `10**place` compares with half of that.
    pub(super) fn compare_rest_with_half(&self, place: i32) -> Ordering {
        let order = self.digit(place - 1).cmp(&5);
        if order == Ordering::Equal && self.any_below(place - 1) {
            return Ordering::Greater;
        }
        order
    }

    fn any_below(&self, place: i32) -> bool {
        let (Some(index), within) = self.locate(place) else { return self.start < self.end };
        let word = self.words.get(index).copied().unwrap_or(0);
        let words = self.words.get(index + 1..self.end).unwrap_or_default();
        word % small_power(within) != 0 || words.iter().any(|&word| word != 0)
    }

    /// Rounds to a multiple of `10**place`, ties to even.
    pub(super) fn round(&mut self, place: i32) {
        let up = match self.compare_rest_with_half(place) {
            Ordering::Less => false,
            Ordering::Equal => !self.digit(place).is_multiple_of(2),
            Ordering::Greater => true,
        };
        let (Some(mut index), within) = self.locate(place) else {
            // Far above the number, which is less than half of such a step.
            self.end = self.start;
            return;
        };
        if index >= self.end {
            return;
        }
        let unit = small_power(within);
        let mut word = self.words.get(index).copied().unwrap_or(0);
        word -= word % unit;
        self.end = self.end.min(index + 1);
        if up {
            word += unit.get();
        }
        self.start = self.start.min(index);
        while word >= BASE && index > 0 {
            self.set(index, word - BASE);
            index -= 1;
            word = self.words.get(index).copied().unwrap_or(0) + 1;
            self.start = self.start.min(index);
        }
        self.set(index, word);
        self.skip_zeros();
    }
}

/// `10**exponent` for the exponents below [`DIGITS`].
fn small_power(exponent: usize) -> NonZeroU32 {
    NonZeroU32::try_from(power(exponent)).unwrap_or(NonZeroU32::MIN)
}
