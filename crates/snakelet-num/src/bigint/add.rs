//! Addition and subtraction.

use super::{Error, Int, Limb, Wide, Written, cmp_magnitude};
use core::cmp::Ordering;

/// Limbs that [`add`] and [`sub`] need for their result.
pub fn add_len(a: Int<'_>, b: Int<'_>) -> usize {
    a.magnitude.len().max(b.magnitude.len()) + 1
}

/// Writes `a + b`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`add_len`].
pub fn add(output: &mut [Limb], a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    if a.negative == b.negative {
        return add_magnitude(output, a.magnitude, b.magnitude, a.negative);
    }
    match cmp_magnitude(a.magnitude, b.magnitude) {
        Ordering::Less => sub_magnitude(output, b.magnitude, a.magnitude, b.negative),
        _ => sub_magnitude(output, a.magnitude, b.magnitude, a.negative),
    }
}

/// Writes `a - b`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`add_len`].
pub fn sub(output: &mut [Limb], a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    add(output, a, b.negated())
}

fn add_magnitude(
    output: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    negative: bool,
) -> Result<Written, Error> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high, parts) = split(output, long, short)?;
    let [out_low, out_high, out_top] = parts;
    let mut carry = 0;
    for ((out, &x), &y) in out_low.iter_mut().zip(low).zip(short) {
        let sum = Wide::from(x) + Wide::from(y) + Wide::from(carry);
        *out = sum as Limb;
        carry = (sum >> Limb::BITS) as Limb;
    }
    for (out, &x) in out_high.iter_mut().zip(high) {
        let (sum, over) = x.overflowing_add(carry);
        *out = sum;
        carry = Limb::from(over);
    }
    out_top.fill(carry);
    let len = long.len() + usize::from(carry != 0);
    Ok(Written { negative: negative && len != 0, len })
}

/// Writes `a - b`, where `a` is not below `b`.
fn sub_magnitude(
    output: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    negative: bool,
) -> Result<Written, Error> {
    let (low, high, parts) = split(output, a, b)?;
    let [out_low, out_high, out_top] = parts;
    let mut borrow = false;
    for ((out, &x), &y) in out_low.iter_mut().zip(low).zip(b) {
        let (less, first) = x.overflowing_sub(y);
        let (less, second) = less.overflowing_sub(Limb::from(borrow));
        *out = less;
        borrow = first | second;
    }
    for (out, &x) in out_high.iter_mut().zip(high) {
        let (less, under) = x.overflowing_sub(Limb::from(borrow));
        *out = less;
        borrow = under;
    }
    out_top.fill(0);
    Ok(Written::normalised(negative, output.get(..a.len()).unwrap_or(&[])))
}

/// Output for the short operand's length, for the rest of the long one, and one limb more.
type Parts<'o> = [&'o mut [Limb]; 3];

/// Splits the long operand and the output where the short operand ends.
fn split<'o, 'a>(
    output: &'o mut [Limb],
    long: &'a [Limb],
    short: &[Limb],
) -> Result<(&'a [Limb], &'a [Limb], Parts<'o>), Error> {
    let output = output.get_mut(..=long.len()).ok_or(Error::Space)?;
    let (low, high) = long.split_at_checked(short.len()).ok_or(Error::Space)?;
    let (out_low, rest) = output.split_at_mut_checked(low.len()).ok_or(Error::Space)?;
    let (out_high, out_top) = rest.split_at_mut_checked(high.len()).ok_or(Error::Space)?;
    Ok((low, high, [out_low, out_high, out_top]))
}

/// Adds one to the lowest `len` limbs and returns the new length.
pub(super) fn increment(limbs: &mut [Limb], len: usize) -> Result<usize, Error> {
    for limb in limbs.get_mut(..len).ok_or(Error::Space)? {
        let (sum, over) = limb.overflowing_add(1);
        *limb = sum;
        if !over {
            return Ok(len);
        }
    }
    *limbs.get_mut(len).ok_or(Error::Space)? = 1;
    Ok(len + 1)
}

/// Subtracts one from the limbs, which are not zero.
pub(super) fn decrement(limbs: &mut [Limb]) {
    for limb in limbs {
        let (less, under) = limb.overflowing_sub(1);
        *limb = less;
        if !under {
            return;
        }
    }
}

/// Replaces `limbs` by `from - limbs`, where `from` has the same length and is not below them.
pub(super) fn sub_from(limbs: &mut [Limb], from: &[Limb]) {
    let mut borrow = false;
    for (limb, &x) in limbs.iter_mut().zip(from) {
        let (less, first) = x.overflowing_sub(*limb);
        let (less, second) = less.overflowing_sub(Limb::from(borrow));
        *limb = less;
        borrow = first | second;
    }
}
