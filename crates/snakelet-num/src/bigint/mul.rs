//! Multiplication.
//!
//! Schoolbook only: scripts for small machines rarely multiply numbers of more than a few dozen
//! limbs, where it is the fastest, and it needs no scratch memory.

use super::{Error, Int, Limb, Meter, Poll, Wide, Written};

/// Limbs that [`mul`] needs for its result.
pub fn mul_len(a: Int<'_>, b: Int<'_>) -> usize {
    a.magnitude.len().saturating_add(b.magnitude.len())
}

/// Writes `a * b`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`mul_len`], [`Error::Stopped`] by `poll`.
pub fn mul(
    output: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let len = mul_magnitude(output, a.magnitude, b.magnitude, &mut Meter::new(poll))?;
    Ok(Written { negative: a.negative != b.negative && len != 0, len })
}

/// Multiplies two normalised magnitudes and returns the normalised length of the product.
pub(super) fn mul_magnitude(
    output: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    meter: &mut Meter<'_, '_>,
) -> Result<usize, Error> {
    // The longer one goes into the inner loop.
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return Ok(0);
    }
    let output = output.get_mut(..long.len() + short.len()).ok_or(Error::Space)?;
    // The first row has nothing to be added to; each one makes the limb above it for the next.
    if let (Some(low), Some(&first)) = (output.get_mut(..long.len()), short.first()) {
        meter.charge(long.len())?;
        let carry = write_product(low, long, first);
        if let Some(top) = output.get_mut(long.len()) {
            *top = carry;
        }
    }
    for (row, &y) in short.iter().enumerate().skip(1) {
        meter.charge(long.len())?;
        let row = output.get_mut(row..=row + long.len()).ok_or(Error::Space)?;
        if let [low @ .., top] = row {
            *top = add_product(low, long, y);
        }
    }
    Ok(match output {
        [low @ .., 0] => low.len(),
        _ => output.len(),
    })
}

/// Writes the lowest limbs of `a * y` and returns the carry.
fn write_product(limbs: &mut [Limb], a: &[Limb], y: Limb) -> Limb {
    let mut carry = 0;
    for (limb, &x) in limbs.iter_mut().zip(a) {
        let product = Wide::from(x) * Wide::from(y) + Wide::from(carry);
        *limb = product as Limb;
        carry = (product >> Limb::BITS) as Limb;
    }
    carry
}

/// Adds `a * y` to as many limbs and returns the carry.
fn add_product(limbs: &mut [Limb], a: &[Limb], y: Limb) -> Limb {
    let mut carry = 0;
    for (limb, &x) in limbs.iter_mut().zip(a) {
        let sum = Wide::from(x) * Wide::from(y) + Wide::from(*limb) + Wide::from(carry);
        *limb = sum as Limb;
        carry = (sum >> Limb::BITS) as Limb;
    }
    carry
}

/// Replaces `limbs` by `limbs * factor + carry` and returns what does not fit.
pub(super) fn mul_add_small(limbs: &mut [Limb], factor: Limb, mut carry: Limb) -> Limb {
    for limb in limbs {
        let product = Wide::from(*limb) * Wide::from(factor) + Wide::from(carry);
        *limb = product as Limb;
        carry = (product >> Limb::BITS) as Limb;
    }
    carry
}
