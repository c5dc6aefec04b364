//! The shortest decimal number that reads back as a float, and of those the nearest to it.
//!
//! The interval of decimals that read back is scaled to 18 or 19 digits in 64-bit arithmetic and
//! its bounds are divided by ten while a number remains between them. Where the arithmetic's error
//! leaves a doubt (about one number in a hundred), candidates are taken from the exact expansion
//! and read back.

use super::expansion::Expansion;
use super::parse::Decimal;
use super::power::{power, power_of_ten, product};
use super::{Float, Format};
use core::cmp::Ordering;
use core::num::NonZeroU64;

/// Bound of the error of a scaled number, in units of its lowest bit.
const ERROR: u64 = 3;

/// A decimal number `digits * 10**exponent`; its last digit is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    pub(super) digits: u64,
    pub(super) exponent: i32,
}

/// Finds it for a float that is neither zero nor special.
pub(super) fn shortest(float: &Float, format: &Format) -> Short {
    fast(float, format).unwrap_or_else(|| exact(float, format))
}

fn fast(float: &Float, format: &Format) -> Option<Short> {
    let zeros = float.mantissa.leading_zeros();
    let exponent = float.exponent + 1 - zeros as i32;
    // 10**17 at least and below 2 * 10**18 when scaled.
    let scale = 17 - (((exponent + 62) * 78_913) >> 18);
    let (ten, ten_exponent) = power_of_ten(scale);
    let shift = -(exponent + ten_exponent + 64);
    let scaled = |bits: u64| product(bits, ten).0;
    let value = scaled(float.mantissa << (zeros - 1));
    // Below a power of two the floats are twice as close.
    let half = zeros - 2;
    let low = value - scaled(1 << (half - u32::from(float.is_power_of_two(format))));
    let high = value + scaled(1 << half);

    let shift = u32::try_from(shift).ok().filter(|&shift| shift < 8)?;
    let whole = (1 << shift) - 1;
    let (mut first, mut last) = ((low - ERROR + whole) >> shift, (high + ERROR) >> shift);
    let mut dropped = 0;
    while first.div_ceil(10) <= last / 10 {
        (first, last) = (first.div_ceil(10), last / 10);
        dropped += 1;
    }
    let step = NonZeroU64::new(power(dropped).get().checked_mul(1 << shift)?)?;
    let (mut digits, rest) = (value / step, value % step);
    let step = step.get();
    if 2 * rest > step + 2 * ERROR {
        digits += 1;
    } else if 2 * rest + 2 * ERROR >= step {
        return None;
    }
    let inside = low + ERROR..high - ERROR;
    inside.contains(&(digits * step)).then_some(Short { digits, exponent: dropped as i32 - scale })
}

pub(super) fn exact(float: &Float, format: &Format) -> Short {
    let expansion = Expansion::new(float.mantissa, float.exponent);
    let top = expansion.top();
    // So many digits survive the way from text to a normal float and back: a shorter number that
    // reads back is the float rounded to them.
    let normal = float.mantissa >> (format.mantissa_bits - 1) != 0;
    let mut count = if normal { format.sure_digits } else { 1 };
    loop {
        let place = top + 1 - count;
        let leading = (place..=top).rev();
        let digits = leading.fold(0, |value, at| value * 10 + u64::from(expansion.digit(at)));
        let up = match expansion.compare_rest_with_half(place) {
            Ordering::Less => 0,
            Ordering::Equal => digits & 1,
            Ordering::Greater => 1,
        };
        for digits in [digits + up, digits + 1 - up] {
            if count >= format.enough_digits || reads_back(digits, place, float, format) {
                return without_zeros(digits, place);
            }
        }
        count += 1;
    }
}

fn reads_back(mut digits: u64, exponent: i32, float: &Float, format: &Format) -> bool {
    let mut text = [b'0'; 20];
    for byte in text.iter_mut().rev() {
        *byte += (digits % 10) as u8;
        digits /= 10;
    }
    Decimal::of_digits(&text, exponent).nearest(format)
        == format.assemble(float.mantissa, float.exponent)
}

fn without_zeros(mut digits: u64, mut exponent: i32) -> Short {
    while digits != 0 && digits.is_multiple_of(10) {
        digits /= 10;
        exponent += 1;
    }
    Short { digits, exponent }
}
