//! Division with a floor: the remainder has the divisor's sign.
//!
//! Knuth's algorithm D; a quotient limb is guessed with a reciprocal of the divisor's top limb
//! (Moeller and Granlund, *Improved division by invariant integers*, 2011), so that the machine's
//! slow double-word division is needed only once. The divisor is shifted while it is read, which
//! saves a copy of it.

use super::add::{increment, sub_from};
use super::{
    Error, Int, Limb, Meter, Poll, Wide, Written, cmp_magnitude, copy, pushed_out, trimmed,
};
use core::cmp::Ordering;

/// Limbs that [`divmod`] needs for quotient and remainder.
pub fn divmod_len(a: Int<'_>, b: Int<'_>) -> (usize, usize) {
    (a.magnitude.len().saturating_sub(b.magnitude.len()) + 2, modulo_len(a, b))
}

/// Limbs that [`modulo`] needs for its result (it works there, so they are more than it has).
pub fn modulo_len(a: Int<'_>, b: Int<'_>) -> usize {
    match b.magnitude {
        [] | [_] => 1,
        divisor => (a.magnitude.len() + 1).max(divisor.len()),
    }
}

/// Writes the floor of `a / b` and `a - b * floor(a / b)`.
///
/// # Errors
/// [`Error::ZeroDivision`]; [`Error::Space`] if a slice is shorter than [`divmod_len`];
/// [`Error::Stopped`] by `poll`.
pub fn divmod(
    quotient: &mut [Limb],
    remainder: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    poll: &mut Poll<'_>,
) -> Result<(Written, Written), Error> {
    let meter = &mut Meter::new(poll);
    let (mut quotient_len, remainder_len) =
        divide(Some(&mut *quotient), remainder, a.magnitude, b.magnitude, meter)?;
    let negative = a.negative != b.negative;
    if negative && remainder_len != 0 {
        quotient_len = increment(quotient, quotient_len)?;
    }
    let remainder = floor_remainder(remainder, remainder_len, a, b)?;
    Ok((Written { negative: negative && quotient_len != 0, len: quotient_len }, remainder))
}

/// Writes `a - b * floor(a / b)`.
///
/// # Errors
/// [`Error::ZeroDivision`]; [`Error::Space`] if `output` is shorter than [`modulo_len`];
/// [`Error::Stopped`] by `poll`.
pub fn modulo(
    output: &mut [Limb],
    a: Int<'_>,
    b: Int<'_>,
    poll: &mut Poll<'_>,
) -> Result<Written, Error> {
    let (_, len) = divide(None, output, a.magnitude, b.magnitude, &mut Meter::new(poll))?;
    floor_remainder(output, len, a, b)
}

/// Turns the remainder of the magnitudes into that of the floor division.
fn floor_remainder(
    remainder: &mut [Limb],
    len: usize,
    a: Int<'_>,
    b: Int<'_>,
) -> Result<Written, Error> {
    if len == 0 || a.negative == b.negative {
        return Ok(Written { negative: b.negative && len != 0, len });
    }
    let limbs = remainder.get_mut(..b.magnitude.len()).ok_or(Error::Space)?;
    if let Some(above) = limbs.get_mut(len..) {
        above.fill(0);
    }
    sub_from(limbs, b.magnitude);
    Ok(Written::normalised(b.negative, limbs))
}

/// Divides magnitudes, truncating; returns the lengths of quotient and remainder.
pub(super) fn divide(
    quotient: Option<&mut [Limb]>,
    remainder: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    meter: &mut Meter<'_, '_>,
) -> Result<(usize, usize), Error> {
    match *b {
        [] => return Err(Error::ZeroDivision),
        [divisor] => {
            let last = remainder.first_mut().ok_or(Error::Space)?;
            meter.charge(a.len())?;
            let (len, rest) = divide_by_limb(quotient, a, divisor)?;
            *last = rest;
            return Ok((len, usize::from(rest != 0)));
        }
        _ => {}
    }
    if cmp_magnitude(a, b) == Ordering::Less {
        copy(remainder, a)?;
        return Ok((0, a.len()));
    }
    divide_long(quotient, remainder, a, b, meter)
}

fn divide_by_limb(
    quotient: Option<&mut [Limb]>,
    a: &[Limb],
    divisor: Limb,
) -> Result<(usize, Limb), Error> {
    let divisor = Reciprocal::new(divisor);
    let Some(quotient) = quotient else {
        let rest = a.iter().rev().fold(0, |rest, &limb| divisor.step(rest, limb).1);
        return Ok((0, divisor.finish(rest)));
    };
    let output = quotient.get_mut(..a.len()).ok_or(Error::Space)?;
    let mut rest = 0;
    for (out, &limb) in output.iter_mut().zip(a).rev() {
        (*out, rest) = divisor.step(rest, limb);
    }
    Ok((trimmed(output).len(), divisor.finish(rest)))
}

/// Divides `limbs` in place by a divisor that is not zero and returns the remainder.
pub(super) fn divide_in_place(limbs: &mut [Limb], divisor: Limb) -> Limb {
    let divisor = Reciprocal::new(divisor);
    let mut rest = 0;
    for limb in limbs.iter_mut().rev() {
        (*limb, rest) = divisor.step(rest, *limb);
    }
    divisor.finish(rest)
}

/// Knuth's algorithm D: `b` has at least two limbs and is not above `a`.
fn divide_long(
    mut quotient: Option<&mut [Limb]>,
    remainder: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    meter: &mut Meter<'_, '_>,
) -> Result<(usize, usize), Error> {
    let [.., third, second, top] = *b else { return divide_two(quotient, remainder, a, b, meter) };
    let shift = top.leading_zeros();
    let high = (top << shift) | pushed_out(second, shift);
    let next = (second << shift) | pushed_out(third, shift);
    divide_normalised(&mut quotient, remainder, a, b, (high, next, shift), meter)
}

fn divide_two(
    mut quotient: Option<&mut [Limb]>,
    remainder: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    meter: &mut Meter<'_, '_>,
) -> Result<(usize, usize), Error> {
    let [second, top] = *b else { return Err(Error::ZeroDivision) };
    let shift = top.leading_zeros();
    let high = (top << shift) | pushed_out(second, shift);
    divide_normalised(&mut quotient, remainder, a, b, (high, second << shift, shift), meter)
}

/// The main loop of algorithm D; `(high, next, shift)` are the two top limbs of the divisor
/// shifted to the left until its top bit is set, and that shift.
fn divide_normalised(
    quotient: &mut Option<&mut [Limb]>,
    remainder: &mut [Limb],
    a: &[Limb],
    b: &[Limb],
    (high, next, shift): (Limb, Limb, u32),
    meter: &mut Meter<'_, '_>,
) -> Result<(usize, usize), Error> {
    let work = remainder.get_mut(..=a.len()).ok_or(Error::Space)?;
    let mut carry = 0;
    for (out, &limb) in work.iter_mut().zip(a) {
        *out = (limb << shift) | carry;
        carry = pushed_out(limb, shift);
    }
    if let Some(top) = work.last_mut() {
        *top = carry;
    }
    let steps = a.len() - b.len() + 1;
    if let Some(quotient) = quotient {
        *quotient = core::mem::take(quotient).get_mut(..steps).ok_or(Error::Space)?;
    }
    let divisor = Reciprocal::of_normalised(high);
    for step in (0..steps).rev() {
        meter.charge(b.len())?;
        let window = work.get_mut(step..=step + b.len()).ok_or(Error::Space)?;
        let [.., u0, u1, u2] = *window else { return Err(Error::Space) };
        let mut digit = divisor.guess(u2, u1, u0, next);
        let borrow = subtract_product(window, b, digit, shift);
        if borrow {
            digit = digit.wrapping_sub(1);
            add_back(window, b, shift);
        }
        if let Some(out) = quotient.as_mut().and_then(|quotient| quotient.get_mut(step)) {
            *out = digit;
        }
    }
    let rest = work.get_mut(..b.len()).ok_or(Error::Space)?;
    let mut carry = 0;
    for limb in rest.iter_mut().rev() {
        let low = if shift == 0 { 0 } else { *limb << (Limb::BITS - shift) };
        *limb = (*limb >> shift) | carry;
        carry = low;
    }
    let quotient_len = quotient.as_ref().map_or(0, |quotient| trimmed(quotient).len());
    Ok((quotient_len, trimmed(rest).len()))
}

/// Subtracts `(b << shift) * digit`; says whether the result is below zero.
fn subtract_product(window: &mut [Limb], b: &[Limb], digit: Limb, shift: u32) -> bool {
    let [low @ .., top] = window else { return false };
    let (mut carry, mut pushed) = (0, 0);
    // To subtract is to add to the complement: that is one instruction a limb on some machines.
    for (limb, &y) in low.iter_mut().zip(b) {
        let shifted = (y << shift) | pushed;
        pushed = pushed_out(y, shift);
        let sum = Wide::from(shifted) * Wide::from(digit) + Wide::from(!*limb) + Wide::from(carry);
        *limb = !(sum as Limb);
        carry = (sum >> Limb::BITS) as Limb;
    }
    let (sum, over) = (!*top).overflowing_add(carry);
    *top = !sum;
    over
}

/// Adds `b << shift` once to a window that went below zero.
fn add_back(window: &mut [Limb], b: &[Limb], shift: u32) {
    let [low @ .., top] = window else { return };
    let (mut carry, mut pushed) = (0, 0);
    for (limb, &y) in low.iter_mut().zip(b) {
        let shifted = (y << shift) | pushed;
        pushed = pushed_out(y, shift);
        let sum = Wide::from(*limb) + Wide::from(shifted) + Wide::from(carry);
        *limb = sum as Limb;
        carry = (sum >> Limb::BITS) as Limb;
    }
    *top = top.wrapping_add(carry);
}

/// A divisor of one limb with its reciprocal.
struct Reciprocal {
    /// The divisor shifted to the left until its top bit is set.
    divisor: Limb,
    /// That shift.
    shift: u32,
    /// `floor((B * B - 1) / divisor) - B`, where B is one above the largest limb.
    inverse: Limb,
}

/// `floor((B * B - 1) / divisor) - B` for a divisor whose top bit is set, by two divisions of machine words:
/// a long division by halves of limbs.
fn inverse(divisor: Limb) -> Limb {
    const HALF: u32 = Limb::BITS / 2;
    const LOW: Limb = Limb::MAX >> HALF;
    let (top, low) = (divisor >> HALF, divisor & LOW);
    let mut quotient = 0;
    let mut rest = !divisor;
    for _ in 0..2 {
        // the next half of the dividend has all bits set
        let mut digit = rest.checked_div(top).unwrap_or(0);
        let mut left = rest.wrapping_sub(digit.wrapping_mul(top));
        while digit > LOW || digit.wrapping_mul(low) > (left << HALF | LOW) {
            digit -= 1;
            left = left.wrapping_add(top);
            if left > LOW {
                break;
            }
        }
        rest = (rest << HALF | LOW).wrapping_sub(digit.wrapping_mul(divisor));
        quotient = quotient << HALF | digit;
    }
    quotient
}

impl Reciprocal {
    /// Takes a divisor that is not zero.
    fn new(divisor: Limb) -> Self {
        let shift = divisor.leading_zeros();
        Reciprocal { shift, ..Self::of_normalised(divisor.wrapping_shl(shift)) }
    }

    /// Takes a divisor whose top bit is set.
    fn of_normalised(divisor: Limb) -> Self {
        Reciprocal { divisor, shift: 0, inverse: inverse(divisor) }
    }

    /// Quotient and remainder of `(high, low)`, where `high` is below the shifted divisor.
    #[inline]
    fn divide(&self, high: Limb, low: Limb) -> (Limb, Limb) {
        let product = (Wide::from(self.inverse) * Wide::from(high))
            .wrapping_add((Wide::from(high) << Limb::BITS) | Wide::from(low));
        let mut quotient = ((product >> Limb::BITS) as Limb).wrapping_add(1);
        let mut rest = low.wrapping_sub(quotient.wrapping_mul(self.divisor));
        if rest > product as Limb {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.divisor);
        }
        if rest >= self.divisor {
            quotient = quotient.wrapping_add(1);
            rest -= self.divisor;
        }
        (quotient, rest)
    }

    /// One step of a long division; the remainder is handed on in its shifted form.
    #[inline]
    fn step(&self, rest: Limb, limb: Limb) -> (Limb, Limb) {
        self.divide(rest | pushed_out(limb, self.shift), limb.wrapping_shl(self.shift))
    }

    /// The true remainder after the last step.
    fn finish(&self, rest: Limb) -> Limb {
        rest.wrapping_shr(self.shift)
    }

    /// Guesses the quotient limb of `(u2, u1, u0, ..)` by a divisor that begins with this one and
    /// `next`; the guess is right or one too large.
    fn guess(&self, u2: Limb, u1: Limb, u0: Limb, next: Limb) -> Limb {
        let (mut digit, rest) = if u2 < self.divisor {
            let (digit, rest) = self.divide(u2, u1);
            (digit, Some(rest))
        } else {
            (Limb::MAX, u1.checked_add(self.divisor))
        };
        let Some(mut rest) = rest else { return digit };
        while Wide::from(digit) * Wide::from(next)
            > ((Wide::from(rest) << Limb::BITS) | Wide::from(u0))
        {
            digit -= 1;
            match rest.checked_add(self.divisor) {
                Some(more) => rest = more,
                None => break,
            }
        }
        digit
    }
}
