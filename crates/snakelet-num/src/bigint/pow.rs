//! Powers by repeated squaring, from the exponent's top bit down.

use super::add::sub_from;
use super::div::divide;
use super::mul::mul_magnitude;
use super::{Error, Int, LIMB_BITS, Limb, Meter, Poll, Written, bit_length, copy};

/// Limbs that [`pow`] needs for its result, and as many again for its scratch; `None` if they
/// are more than a machine could have.
pub fn pow_len(base: Int<'_>, exponent: u32) -> Option<usize> {
    let bits = base.bit_length().checked_mul(exponent as usize)?;
    Some(bits / LIMB_BITS + 2)
}

/// Writes `base ** exponent`.
///
/// # Errors
/// [`Error::Space`] if `output` or `scratch` is shorter than [`pow_len`], [`Error::Stopped`] by
/// `poll`.
pub fn pow(
    output: &mut [Limb],
    scratch: &mut [Limb],
    base: Int<'_>,
    exponent: u32,
    poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let need = pow_len(base, exponent).ok_or(Error::Space)?;
    let output = output.get_mut(..need).ok_or(Error::Space)?;
    let scratch = scratch.get_mut(..need).ok_or(Error::Space)?;
    let meter = &mut Meter::new(poll);
    let (mut value, mut other) = (&mut *output, &mut *scratch);
    let mut in_output = true;
    let mut len = set_one(value)?;
    for bit in (0..u32::BITS - exponent.leading_zeros()).rev() {
        len = multiply(other, value, len, None, meter)?;
        core::mem::swap(&mut value, &mut other);
        in_output = !in_output;
        if exponent >> bit & 1 != 0 {
            len = multiply(other, value, len, Some(base.magnitude), meter)?;
            core::mem::swap(&mut value, &mut other);
            in_output = !in_output;
        }
    }
    if !in_output {
        copy(other, value)?;
    }
    Ok(Written { negative: base.negative && exponent & 1 != 0, len })
}

fn set_one(limbs: &mut [Limb]) -> Result<usize, Error> {
    *limbs.first_mut().ok_or(Error::Space)? = 1;
    Ok(1)
}

/// Multiplies the lowest `len` limbs of `value` by `factor`, or by themselves.
fn multiply(
    output: &mut [Limb],
    value: &[Limb],
    len: usize,
    factor: Option<&[Limb]>,
    meter: &mut Meter<'_, '_>,
) -> Result<usize, Error> {
    let value = value.get(..len).ok_or(Error::Space)?;
    mul_magnitude(output, value, factor.unwrap_or(value), meter)
}

/// Limbs that [`pow_mod`] needs for its result and for its scratch.
pub fn pow_mod_len(base: Int<'_>, modulus: Int<'_>) -> (usize, usize) {
    let len = modulus.magnitude.len();
    // The base's remainder, a product, and room to divide either.
    let product = len.saturating_mul(2).max(base.magnitude.len());
    (product.saturating_add(1), len.saturating_mul(3))
}

/// Writes `base ** exponent % modulus`, with the modulus's sign; the exponent is not negative.
///
/// # Errors
/// [`Error::ZeroDivision`]; [`Error::Overflow`] if the exponent is negative; [`Error::Space`] if a
/// slice is shorter than [`pow_mod_len`]; [`Error::Stopped`] by `poll`.
pub fn pow_mod(
    output: &mut [Limb],
    scratch: &mut [Limb],
    base: Int<'_>,
    exponent: Int<'_>,
    modulus: Int<'_>,
    poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    if exponent.negative {
        return Err(Error::Overflow);
    }
    let modulus_limbs = modulus.magnitude;
    let meter = &mut Meter::new(poll);
    let (reduced, product) =
        scratch.split_at_mut_checked(modulus_limbs.len()).ok_or(Error::Space)?;

    let (_, mut len) = divide(None, output, base.magnitude, modulus_limbs, meter)?;
    copy(reduced, output.get(..len).ok_or(Error::Space)?)?;
    if base.negative && len != 0 {
        reduced.iter_mut().skip(len).for_each(|limb| *limb = 0);
        sub_from(reduced, modulus_limbs);
        len = super::trimmed(reduced).len();
    }
    let reduced = reduced.get(..len).ok_or(Error::Space)?;

    let one = [1];
    let (_, mut len) = divide(None, output, &one, modulus_limbs, meter)?;
    for bit in (0..bit_length(exponent.magnitude)).rev() {
        meter.charge(1)?;
        len = multiply(product, output, len, None, meter)?;
        len = reduce(output, product, len, modulus_limbs, meter)?;
        let limb = exponent.magnitude.get(bit / LIMB_BITS).copied().unwrap_or(0);
        if limb >> (bit % LIMB_BITS) & 1 != 0 {
            len = multiply(product, output, len, Some(reduced), meter)?;
            len = reduce(output, product, len, modulus_limbs, meter)?;
        }
    }
    if !modulus.negative || len == 0 {
        return Ok(Written { negative: false, len });
    }
    let limbs = output.get_mut(..modulus_limbs.len()).ok_or(Error::Space)?;
    limbs.iter_mut().skip(len).for_each(|limb| *limb = 0);
    sub_from(limbs, modulus_limbs);
    Ok(Written::normalised(true, limbs))
}

/// Writes the lowest `len` limbs of `value` modulo `modulus`.
fn reduce(
    output: &mut [Limb],
    value: &[Limb],
    len: usize,
    modulus: &[Limb],
    meter: &mut Meter<'_, '_>,
) -> Result<usize, Error> {
    let value = value.get(..len).ok_or(Error::Space)?;
    Ok(divide(None, output, value, modulus, meter)?.1)
}
