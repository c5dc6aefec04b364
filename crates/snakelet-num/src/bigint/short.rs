//! Without `bigint`: the operations on integers of at most 64 bits and a sign. A larger result, or operand, is
//! [`Error::Overflow`].

use super::convert::{SMALL_LIMBS, low_u64};
use super::{BitOp, Error, Int, LIMB_BITS, Limb, Poll, Written};
use core::cmp::Ordering;

/// A sign and a magnitude.
type Word = (bool, u64);

/// The value of an operand.
#[inline(never)]
fn word(a: Int<'_>) -> Result<Word, Error> {
    if a.bit_length() > 64 {
        return Err(Error::Overflow);
    }
    Ok((a.negative, low_u64(a)))
}

/// Writes a result.
#[inline(never)]
fn write(output: &mut [Limb], negative: bool, magnitude: u64) -> Result<Written, Error> {
    let mut rest = magnitude;
    let mut len = 0;
    while rest != 0 {
        *output.get_mut(len).ok_or(Error::Space)? = rest as Limb;
        rest = rest.checked_shr(LIMB_BITS as u32).unwrap_or(0);
        len += 1;
    }
    Ok(Written { negative: negative && len != 0, len })
}

/// Limbs that [`add`] and [`sub`] need for their result.
pub fn add_len(_a: Int<'_>, _b: Int<'_>) -> usize {
    SMALL_LIMBS
}

/// Writes `a + b`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`add_len`].
pub fn add(output: &mut [Limb], a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    let (negative, magnitude) = sum(word(a)?, word(b)?)?;
    write(output, negative, magnitude)
}

fn sum((a_negative, a): Word, (b_negative, b): Word) -> Result<Word, Error> {
    if a_negative == b_negative {
        return Ok((a_negative, a.checked_add(b).ok_or(Error::Overflow)?));
    }
    Ok(match a.cmp(&b) {
        Ordering::Less => (b_negative, b - a),
        _ => (a_negative, a - b),
    })
}

/// Writes `a - b`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`add_len`].
pub fn sub(output: &mut [Limb], a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    add(output, a, b.negated())
}

/// Limbs that [`mul`] needs for its result.
pub fn mul_len(_a: Int<'_>, _b: Int<'_>) -> usize {
    SMALL_LIMBS
}

/// Writes `a * b`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`mul_len`].
pub fn mul(
    output: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    _poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let ((a_negative, a), (b_negative, b)) = (word(a)?, word(b)?);
    write(output, a_negative != b_negative, a.checked_mul(b).ok_or(Error::Overflow)?)
}

/// Limbs that [`divmod`] needs for quotient and remainder.
pub fn divmod_len(_a: Int<'_>, _b: Int<'_>) -> (usize, usize) {
    (SMALL_LIMBS, SMALL_LIMBS)
}

/// Limbs that [`modulo`] needs for its result.
pub fn modulo_len(_a: Int<'_>, _b: Int<'_>) -> usize {
    SMALL_LIMBS
}

/// Quotient and remainder of a division with a floor.
fn divide((a_negative, a): Word, (b_negative, b): Word) -> Result<(Word, Word), Error> {
    let quotient = a.checked_div(b).ok_or(Error::ZeroDivision)?;
    let rest = a - quotient * b;
    let negative = a_negative != b_negative;
    Ok(if negative && rest != 0 {
        // a divisor of 1 leaves no rest, so that one more is no overflow
        ((true, quotient + 1), (b_negative, b - rest))
    } else {
        ((negative, quotient), (b_negative, rest))
    })
}

/// Writes the floor of `a / b` and `a - b * floor(a / b)`.
///
/// # Errors
/// [`Error::ZeroDivision`], [`Error::Overflow`]; [`Error::Space`] if a slice is shorter than [`divmod_len`].
pub fn divmod(
    quotient: &mut [Limb],
    remainder: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    _poll: &mut Poll<'_>,
) -> Result<(Written, Written), Error> {
    let (first, second) = divide(word(a)?, word(b)?)?;
    Ok((write(quotient, first.0, first.1)?, write(remainder, second.0, second.1)?))
}

/// Writes `a - b * floor(a / b)`.
///
/// # Errors
/// [`Error::ZeroDivision`], [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`modulo_len`].
pub fn modulo(
    output: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    _poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let (_, (negative, rest)) = divide(word(a)?, word(b)?)?;
    write(output, negative, rest)
}

/// Limbs that [`bitwise`] needs for its result.
pub fn bitwise_len(_a: Int<'_>, _b: Int<'_>) -> usize {
    SMALL_LIMBS
}

/// Writes `a op b`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`bitwise_len`].
pub fn bitwise(output: &mut [Limb], op: BitOp, a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    let ((a_negative, a), (b_negative, b)) = (word(a)?, word(b)?);
    // the lowest 64 bits in two's complement form; all above them are the sign
    let low = |negative: bool, magnitude: u64| {
        if negative { magnitude.wrapping_neg() } else { magnitude }
    };
    let (a, b) = (low(a_negative, a), low(b_negative, b));
    let (negative, bits) = match op {
        BitOp::And => (a_negative & b_negative, a & b),
        BitOp::Or => (a_negative | b_negative, a | b),
        BitOp::Xor => (a_negative ^ b_negative, a ^ b),
    };
    if negative && bits == 0 {
        return Err(Error::Overflow);
    }
    write(output, negative, low(negative, bits))
}

/// Limbs that [`not`] needs for its result.
pub fn not_len(_a: Int<'_>) -> usize {
    SMALL_LIMBS
}

/// Writes `~a`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`not_len`].
pub fn not(output: &mut [Limb], a: Int<'_>) -> Result<Written, Error> {
    let (negative, magnitude) = sum(word(a)?, (false, 1))?;
    write(output, !negative, magnitude)
}

/// Limbs that [`shl`] needs for its result.
pub fn shl_len(_a: Int<'_>, _bits: usize) -> usize {
    SMALL_LIMBS
}

/// Writes `a << bits`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`shl_len`].
pub fn shl(output: &mut [Limb], a: Int<'_>, bits: usize) -> Result<Written, Error> {
    let (negative, magnitude) = word(a)?;
    if magnitude != 0 && bits > magnitude.leading_zeros() as usize {
        return Err(Error::Overflow);
    }
    write(output, negative, magnitude.checked_shl(bits as u32).unwrap_or(0))
}

/// Limbs that [`shr`] needs for its result.
pub fn shr_len(_a: Int<'_>, _bits: usize) -> usize {
    SMALL_LIMBS
}

/// Writes the floor of `a / 2**bits`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`shr_len`].
pub fn shr(output: &mut [Limb], a: Int<'_>, bits: usize) -> Result<Written, Error> {
    let (negative, magnitude) = word(a)?;
    let bits = u32::try_from(bits).unwrap_or(u32::MAX);
    let kept = magnitude.checked_shr(bits).unwrap_or(0);
    let lost = kept.checked_shl(bits) != Some(magnitude) && magnitude != 0;
    write(output, negative, kept + u64::from(negative && lost))
}

/// Limbs that [`pow`] needs for its result, and as many again for its scratch.
pub fn pow_len(_base: Int<'_>, _exponent: u32) -> Option<usize> {
    Some(SMALL_LIMBS)
}

/// Writes `base ** exponent`.
///
/// # Errors
/// [`Error::Overflow`]; [`Error::Space`] if `output` is shorter than [`pow_len`].
pub fn pow(
    output: &mut [Limb],
    _scratch: &mut [Limb],
    base: Int<'_>,
    exponent: u32,
    _poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let (negative, magnitude) = word(base)?;
    let power = magnitude.checked_pow(exponent).ok_or(Error::Overflow)?;
    write(output, negative && !exponent.is_multiple_of(2), power)
}

/// Limbs that [`pow_mod`] needs for its result and for its scratch.
pub fn pow_mod_len(_base: Int<'_>, _modulus: Int<'_>) -> (usize, usize) {
    (SMALL_LIMBS, 0)
}

/// Writes `base ** exponent % modulus`, with the modulus's sign; the exponent is not negative.
///
/// # Errors
/// [`Error::ZeroDivision`]; [`Error::Overflow`], also if the exponent is negative; [`Error::Space`] if `output` is
/// shorter than [`pow_mod_len`].
pub fn pow_mod(
    output: &mut [Limb],
    _scratch: &mut [Limb],
    base: Int<'_>,
    exponent: Int<'_>,
    modulus: Int<'_>,
    _poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let (negative, by) = word(modulus)?;
    let (below, exponent) = word(exponent)?;
    if below {
        return Err(Error::Overflow);
    }
    let (_, (_, mut square)) = divide(word(base)?, (false, by))?;
    let (_, (_, mut power)) = divide((false, 1), (false, by))?;
    let mut rest = exponent;
    while rest != 0 {
        if !rest.is_multiple_of(2) {
            power = multiply_modulo(power, square, by);
        }
        square = multiply_modulo(square, square, by);
        rest /= 2;
    }
    match power {
        0 => write(output, false, 0),
        _ if negative => write(output, true, by - power),
        _ => write(output, false, power),
    }
}

/// `a * b % modulus`, where both are below the modulus, by doubling: products do not fit a word.
fn multiply_modulo(a: u64, b: u64, modulus: u64) -> u64 {
    let add = |x: u64, y: u64| if x >= modulus - y { x - (modulus - y) } else { x + y };
    let (mut product, mut term, mut rest) = (0, a, b);
    while rest != 0 {
        if !rest.is_multiple_of(2) {
            product = add(product, term);
        }
        term = add(term, term);
        rest /= 2;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bigint::{self, Small};
    use proptest::prelude::*;

    fn value(written: Result<Written, Error>, limbs: &[Limb]) -> Option<i128> {
        let int = written.ok()?.int(limbs);
        let magnitude = i128::from(low_u64(int));
        Some(if int.is_negative() { -magnitude } else { magnitude })
    }

    /// What fits 64 bits and a sign.
    fn fits(value: i128) -> Option<i128> {
        (value.unsigned_abs() <= u64::MAX.into()).then_some(value)
    }

    fn operand() -> impl Strategy<Value = i64> {
        prop_oneof![
            any::<i64>(),
            -20..20i64,
            (0..63u32, -2..3i64).prop_map(|(bits, more)| (1 << bits) + more)
        ]
    }

    proptest! {
        #[test]
        fn operations_are_those_of_wider_integers(
            a in operand(), b in operand(), bits in 0..130usize, exponent in 0..70u32,
        ) {
            let (x, y) = (Small::from(a), Small::from(b));
            let (x, y) = (x.int(), y.int());
            let (a, b) = (i128::from(a), i128::from(b));
            let poll: &mut bigint::Poll<'_> = &mut |_| Ok(());
            let (mut out, mut rest) = ([0; SMALL_LIMBS], [0; SMALL_LIMBS]);
            let done = add(&mut out, x, y);
            prop_assert_eq!(value(done, &out), fits(a + b));
            let done = sub(&mut out, x, y);
            prop_assert_eq!(value(done, &out), fits(a - b));
            let done = mul(&mut out, x, y, poll);
            prop_assert_eq!(value(done, &out), fits(a * b));
            let done = not(&mut out, x);
            prop_assert_eq!(value(done, &out), fits(!a));
            for (op, wide) in [(BitOp::And, a & b), (BitOp::Or, a | b), (BitOp::Xor, a ^ b)] {
                let done = bitwise(&mut out, op, x, y);
                prop_assert_eq!(value(done, &out), fits(wide));
            }
            let done = shr(&mut out, x, bits);
            prop_assert_eq!(value(done, &out), fits(a >> bits.min(127)));
            let done = shl(&mut out, x, bits);
            let shifted = if bits < 64 { Some(a << bits) } else { Some(0).filter(|_| a == 0) };
            prop_assert_eq!(value(done, &out), shifted.and_then(fits));
            let done = pow(&mut out, &mut [], x, exponent, poll);
            prop_assert_eq!(value(done, &out), a.checked_pow(exponent).and_then(fits));
            if b == 0 {
                prop_assert_eq!(modulo(&mut out, x, y, poll), Err(Error::ZeroDivision));
                return Ok(());
            }
            let floor = a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0);
            match divmod(&mut out, &mut rest, x, y, poll) {
                Ok((quotient, remainder)) => {
                    prop_assert_eq!(value(Ok(quotient), &out), Some(floor));
                    prop_assert_eq!(value(Ok(remainder), &rest), Some(a - b * floor));
                }
                Err(error) => prop_assert!(false, "{error:?}"),
            }
            let done = modulo(&mut out, x, y, poll);
            prop_assert_eq!(value(done, &out), Some(a - b * floor));
        }

        #[test]
        fn powers_have_the_sign_of_the_modulus(
            a in operand(), exponent in 0..1000u64, b in operand().prop_filter("not zero", |b| *b != 0),
        ) {
            let (x, y, e) = (Small::from(a), Small::from(b), Small::from(exponent));
            let mut expected = 1i128;
            let wide = i128::from(b);
            for _ in 0..exponent {
                expected = expected * i128::from(a).rem_euclid(wide) % wide;
            }
            expected = expected.rem_euclid(wide);
            if b < 0 && expected != 0 {
                expected += wide;
            }
            let mut out = [0; SMALL_LIMBS];
            let done = pow_mod(&mut out, &mut [], x.int(), e.int(), y.int(), &mut |_| Ok(()));
            prop_assert_eq!(value(done, &out), Some(expected));
        }
    }

    #[test]
    fn larger_operands_are_refused() {
        let limbs = [1; SMALL_LIMBS + 1];
        let large = Int::new(false, &limbs);
        let one = Small::from(1i64);
        let mut out = [0; 4];
        assert_eq!(add(&mut out, large, one.int()), Err(Error::Overflow));
        assert_eq!(shr(&mut out, large, 64), Err(Error::Overflow));
    }
}
