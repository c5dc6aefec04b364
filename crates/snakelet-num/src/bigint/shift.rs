//! Shifts; to the right with a floor, as if the number had two's complement form.

use super::add::increment;
use super::{Error, Int, LIMB_BITS, Limb, Written, pushed_out};

/// Limbs that [`shl`] needs for its result.
pub fn shl_len(a: Int<'_>, bits: usize) -> usize {
    match a.magnitude.len() {
        0 => 0,
        len => len.saturating_add(bits / LIMB_BITS).saturating_add(1),
    }
}

/// Writes `a << bits`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`shl_len`].
pub fn shl(output: &mut [Limb], a: Int<'_>, bits: usize) -> Result<Written, Error> {
    let len = shl_len(a, bits);
    let output = output.get_mut(..len).ok_or(Error::Space)?;
    let (zeros, shifted) = output.split_at_mut_checked(bits / LIMB_BITS).unwrap_or_default();
    zeros.fill(0);
    let shift = (bits % LIMB_BITS) as u32;
    let mut carry = 0;
    for (out, &limb) in shifted.iter_mut().zip(a.magnitude) {
        *out = (limb << shift) | carry;
        carry = pushed_out(limb, shift);
    }
    if let Some(top) = shifted.last_mut() {
        *top = carry;
    }
    Ok(Written::normalised(a.negative, output))
}

/// Limbs that [`shr`] needs for its result.
pub fn shr_len(a: Int<'_>, bits: usize) -> usize {
    a.magnitude.len().saturating_sub(bits / LIMB_BITS) + 1
}

/// Writes the floor of `a / 2**bits`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`shr_len`].
pub fn shr(output: &mut [Limb], a: Int<'_>, bits: usize) -> Result<Written, Error> {
    let (lost, kept) = a.magnitude.split_at_checked(bits / LIMB_BITS).unwrap_or((a.magnitude, &[]));
    let shift = (bits % LIMB_BITS) as u32;
    let target = output.get_mut(..kept.len()).ok_or(Error::Space)?;
    let mut carry = 0;
    for (out, &limb) in target.iter_mut().zip(kept).rev() {
        *out = (limb >> shift) | carry;
        carry = if shift == 0 { 0 } else { limb << (Limb::BITS - shift) };
    }
    let written = Written::normalised(a.negative, target);
    // What fell off makes a number below zero one smaller, thus its magnitude one larger.
    if !a.negative || (carry == 0 && lost.iter().all(|&limb| limb == 0)) {
        return Ok(written);
    }
    Ok(Written { negative: true, len: increment(output, written.len)? })
}
