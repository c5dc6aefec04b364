//! Conversions to and from machine integers, floats and bytes, comparison and hash.

use super::add::increment;
use super::{Error, Int, LIMB_BITS, Limb, Written};
use core::cmp::Ordering;

/// Bytes of a limb.
const LIMB_BYTES: usize = LIMB_BITS / 8;

/// Limbs of a 64-bit integer.
pub const SMALL_LIMBS: usize = 64 / LIMB_BITS;

/// Limbs that hold the largest finite `f64`, with one more for rounding away from zero.
const F64_LIMBS: usize = 1024 / LIMB_BITS + 1;

/// A machine integer with the limbs that an [`Int`] needs.
#[derive(Clone, Copy, Debug)]
pub struct Small {
    negative: bool,
    /// Limbs in use.
    len: u8,
    limbs: [Limb; SMALL_LIMBS],
}

impl Small {
    /// The integer as an operand.
    #[inline]
    pub fn int(&self) -> Int<'_> {
        Int::of_trimmed(self.negative, self.limbs.get(..usize::from(self.len)).unwrap_or_default())
    }

    #[inline]
    fn new(negative: bool, magnitude: u64) -> Self {
        let mut limbs = [0; SMALL_LIMBS];
        for (index, limb) in limbs.iter_mut().enumerate() {
            *limb = (magnitude >> (index * LIMB_BITS)) as Limb;
        }
        let bits = (u64::BITS - magnitude.leading_zeros()) as usize;
        let negative = negative && magnitude != 0;
        Small { negative, len: bits.div_ceil(LIMB_BITS) as u8, limbs }
    }
}

impl From<isize> for Small {
    /// As an integer of one limb, for which no 64-bit numbers need be shifted.
    #[inline(always)]
    fn from(value: isize) -> Self {
        let mut limbs = [0; SMALL_LIMBS];
        limbs[0] = value.unsigned_abs() as Limb;
        Small { negative: value < 0, len: u8::from(value != 0), limbs }
    }
}

impl From<i64> for Small {
    #[inline]
    fn from(value: i64) -> Self {
        Small::new(value < 0, value.unsigned_abs())
    }
}

impl From<u64> for Small {
    fn from(value: u64) -> Self {
        Small::new(false, value)
    }
}

/// The integer if it fits.
pub fn to_i64(a: Int<'_>) -> Option<i64> {
    if a.bit_length() > 64 {
        return None;
    }
    let magnitude = low_u64(a);
    if a.negative { 0i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// The lowest 64 bits of the integer's two's complement form.
pub fn to_u64_wrapping(a: Int<'_>) -> u64 {
    let magnitude = low_u64(a);
    if a.negative { magnitude.wrapping_neg() } else { magnitude }
}

#[allow(clippy::unnecessary_cast, reason = "a limb is a u32 on other targets")]
pub(super) fn low_u64(a: Int<'_>) -> u64 {
    let low = a.magnitude.iter().take(SMALL_LIMBS).enumerate();
    low.fold(0, |value, (index, &limb)| value | (limb as u64) << (index * LIMB_BITS))
}

/// The top 64 bits of the magnitude, the lowest of them set also if any bit below them is, and
/// by how much they are shifted to the right.
#[allow(clippy::unnecessary_cast, reason = "a limb is a u32 on other targets")]
fn top_bits(a: Int<'_>) -> (u64, usize) {
    let shift = a.bit_length().saturating_sub(64);
    let (lost, kept) = a.magnitude.split_at_checked(shift / LIMB_BITS).unwrap_or_default();
    let bits = shift % LIMB_BITS;
    let mut top = 0u64;
    for (index, &limb) in kept.iter().enumerate() {
        let position = index * LIMB_BITS;
        top |= match position.checked_sub(bits) {
            Some(left) => (limb as u64).checked_shl(left as u32).unwrap_or(0),
            None => (limb as u64) >> (bits - position),
        };
    }
    let part = kept.first().is_some_and(|&limb| limb & ((1 << bits) - 1) != 0);
    let sticky = part || lost.iter().any(|&limb| limb != 0);
    (top | u64::from(sticky), shift)
}

/// The nearest `f64`, ties to even; `None` if that is infinite.
pub fn to_f64(a: Int<'_>) -> Option<f64> {
    let (top, shift) = top_bits(a);
    if shift > 1023 {
        return None;
    }
    let value = top as f64 * f64::from_bits((shift as u64 + 1023) << 52);
    value.is_finite().then_some(if a.negative { -value } else { value })
}

/// The nearest `f32`, ties to even; `None` if that is infinite.
pub fn to_f32(a: Int<'_>) -> Option<f32> {
    let (top, shift) = top_bits(a);
    if shift > 127 {
        return None;
    }
    let value = top as f32 * f32::from_bits((shift as u32 + 127) << 23);
    value.is_finite().then_some(if a.negative { -value } else { value })
}

/// Which way a float's fraction is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Toward zero, as Python's `int()`.
    Zero,
    /// Down, as `math.floor()`.
    Floor,
    /// Up, as `math.ceil()`.
    Ceil,
}

/// Limbs that [`from_f64`] needs for its result.
pub fn from_f64_len(value: f64) -> usize {
    let (_, exponent) = decompose(value);
    let bits = usize::try_from(exponent + 53).unwrap_or(0);
    bits / LIMB_BITS + 2
}

/// Writes the integer next to a float.
///
/// # Errors
/// [`Error::Overflow`] for infinities and NaN; [`Error::Space`] if `output` is shorter than
/// [`from_f64_len`].
pub fn from_f64(output: &mut [Limb], value: f64, round: Round) -> Result<Written, Error> {
    if !value.is_finite() {
        return Err(Error::Overflow);
    }
    let (mantissa, exponent) = decompose(value);
    let negative = value < 0.0;
    let left = usize::try_from(exponent).unwrap_or(0);
    let right = exponent.min(0).unsigned_abs();
    let whole = mantissa.checked_shr(right).unwrap_or(0);
    let exact = whole.checked_shl(right) == Some(mantissa) || mantissa == 0;
    let small = Small::new(negative, whole);
    let written = super::shl(output, small.int(), left)?;
    let away = if negative { Round::Floor } else { Round::Ceil };
    if exact || round != away {
        return Ok(written);
    }
    Ok(Written { negative, len: increment(output, written.len)? })
}

/// The magnitude of a finite float as `mantissa * 2**exponent`.
fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    }
}

/// Compares an integer with a float exactly; `None` if the float is NaN.
pub fn cmp_f64(a: Int<'_>, value: f64) -> Option<Ordering> {
    if value.is_nan() {
        return None;
    }
    let mut limbs = [0; F64_LIMBS + 1];
    let toward_zero = match from_f64(&mut limbs, value, Round::Zero) {
        Ok(written) => written.int(&limbs),
        Err(_) if value < 0.0 => return Some(Ordering::Greater),
        Err(_) => return Some(Ordering::Less),
    };
    let order = a.cmp(&toward_zero);
    let (mantissa, exponent) = decompose(value);
    let right = exponent.min(0).unsigned_abs();
    let fraction = match right {
        0..=63 => mantissa & ((1 << right) - 1),
        _ => mantissa,
    };
    if order != Ordering::Equal || fraction == 0 {
        return Some(order);
    }
    Some(if value < 0.0 { Ordering::Greater } else { Ordering::Less })
}

/// Bits of the prime that hashes are reduced by (`2**61 - 1` or `2**31 - 1`, as in CPython).
const HASH_BITS: u32 = if usize::BITS == 64 { 61 } else { 31 };
const HASH_PRIME: usize = (1 << HASH_BITS) - 1;

/// The hash of an integer: its value modulo a prime with its sign, and never -1.
///
/// Integers and floats that are equal have the same hash ([`hash_f64`]).
pub fn hash(a: Int<'_>) -> isize {
    let limbs = a.magnitude.iter().rev();
    let value =
        limbs.fold(0, |value, &limb| hash_reduce(hash_shift(value, Limb::BITS) + fold(limb)));
    hash_finish(value, a.negative)
}

/// The hash of a float; that of an integer if it equals one.
pub fn hash_f64(value: f64) -> isize {
    if value.is_nan() {
        return 0;
    }
    if value.is_infinite() {
        return if value < 0.0 { -314_159 } else { 314_159 };
    }
    let (mantissa, exponent) = decompose(value);
    let high = (mantissa >> HASH_BITS) as usize;
    let reduced = hash_reduce((mantissa as usize & HASH_PRIME) + high);
    // The prime is one less than a power of two, so that halving is a rotation as well.
    let shift = exponent.rem_euclid(HASH_BITS as i32) as u32;
    hash_finish(hash_shift(reduced, shift), value < 0.0)
}

fn fold(limb: Limb) -> usize {
    let limb = limb as usize;
    (limb & HASH_PRIME) + (limb >> HASH_BITS)
}

/// Multiplies by a power of two modulo the prime: a rotation.
fn hash_shift(value: usize, bits: u32) -> usize {
    let bits = bits % HASH_BITS;
    ((value << bits) & HASH_PRIME) | (value >> (HASH_BITS - bits))
}

fn hash_reduce(value: usize) -> usize {
    let value = (value & HASH_PRIME) + (value >> HASH_BITS);
    if value >= HASH_PRIME { value - HASH_PRIME } else { value }
}

fn hash_finish(value: usize, negative: bool) -> isize {
    match (value as isize, negative) {
        (1, true) => -2,
        (value, true) => -value,
        (value, false) => value,
    }
}

/// The order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// Fills `output` with the integer's bytes, in two's complement form if `signed`.
///
/// # Errors
/// [`Error::Overflow`] if the integer needs more bytes, or is negative and not `signed`.
pub fn to_bytes(output: &mut [u8], a: Int<'_>, endian: Endian, signed: bool) -> Result<(), Error> {
    let room = output.len().saturating_mul(8);
    let bits = a.bit_length();
    // The lowest number, 2**(room - 1), is the one of full length that fits below zero.
    let lowest = a.negative && signed && bits == room && is_power_of_two(a);
    if (a.negative && !signed) || bits + usize::from(signed && !a.is_zero()) > room && !lowest {
        return Err(Error::Overflow);
    }
    let bytes = a.magnitude.iter().flat_map(|limb| limb.to_le_bytes());
    let mut carry = true;
    let bytes = bytes.chain(core::iter::repeat(0)).map(|byte| {
        if !a.negative {
            return byte;
        }
        let (byte, over) = (!byte).overflowing_add(u8::from(carry));
        carry = over;
        byte
    });
    let len = output.len();
    for (place, byte) in (0..len).zip(bytes) {
        let place = if endian == Endian::Big { len - 1 - place } else { place };
        if let Some(out) = output.get_mut(place) {
            *out = byte;
        }
    }
    Ok(())
}

fn is_power_of_two(a: Int<'_>) -> bool {
    match a.magnitude {
        [] => false,
        [low @ .., top] => top.is_power_of_two() && low.iter().all(|&limb| limb == 0),
    }
}

/// Limbs that [`from_bytes`] needs for its result.
pub fn from_bytes_len(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(LIMB_BITS / 8) + 1
}

/// Writes the integer that bytes hold, in two's complement form if `signed`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`from_bytes_len`].
pub fn from_bytes(
    output: &mut [Limb],
    bytes: &[u8],
    endian: Endian,
    signed: bool,
) -> Result<Written, Error> {
    let output = output.get_mut(..from_bytes_len(bytes)).ok_or(Error::Space)?;
    let first = match endian {
        Endian::Little => bytes.last(),
        Endian::Big => bytes.first(),
    };
    let negative = signed && first.is_some_and(|&byte| byte >= 0x80);
    let mut carry = true;
    for (index, limb) in output.iter_mut().enumerate() {
        let start = index * LIMB_BYTES;
        let end = (start + LIMB_BYTES).min(bytes.len());
        let mut value = match endian {
            Endian::Little => {
                let part = bytes.get(start..end).unwrap_or_default();
                part.iter().rev().fold(0, |value, &byte| value << 8 | Limb::from(byte))
            }
            Endian::Big => {
                let ends = (bytes.len() - end)..(bytes.len() - start.min(bytes.len()));
                let part = bytes.get(ends).unwrap_or_default();
                part.iter().fold(0, |value, &byte| value << 8 | Limb::from(byte))
            }
        };
        if negative {
            // the bits that no byte gives stay zero
            let free = (LIMB_BYTES - end.saturating_sub(start)) as u32 * 8;
            let mask = Limb::MAX.checked_shr(free).unwrap_or(0);
            (value, carry) = (!value & mask).overflowing_add(Limb::from(carry));
        }
        *limb = value;
    }
    Ok(Written::normalised(negative, output))
}
