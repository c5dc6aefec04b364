//! Bitwise operations on the two's complement form with endless sign bits.

use super::add::{decrement, increment};
use super::{Error, Int, Limb, Written, copy};

/// A bitwise operation on two integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitOp {
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
}

impl BitOp {
    fn apply(self, x: Limb, y: Limb) -> Limb {
        match self {
            BitOp::And => x & y,
            BitOp::Or => x | y,
            BitOp::Xor => x ^ y,
        }
    }
}

/// Reads a magnitude as two's complement limbs, endlessly.
struct Complement<'a> {
    limbs: core::slice::Iter<'a, Limb>,
    negative: bool,
    carry: bool,
}

impl<'a> Complement<'a> {
    fn new(int: Int<'a>) -> Self {
        Complement { limbs: int.magnitude.iter(), negative: int.negative, carry: int.negative }
    }

    #[inline]
    fn next(&mut self) -> Limb {
        let limb = self.limbs.next().copied().unwrap_or(0);
        if !self.negative {
            return limb;
        }
        let (limb, carry) = (!limb).overflowing_add(Limb::from(self.carry));
        self.carry = carry;
        limb
    }
}

/// Limbs that [`bitwise`] needs for its result.
pub fn bitwise_len(a: Int<'_>, b: Int<'_>) -> usize {
    a.magnitude.len().max(b.magnitude.len()) + 1
}

/// Writes `a op b`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`bitwise_len`].
pub fn bitwise(output: &mut [Limb], op: BitOp, a: Int<'_>, b: Int<'_>) -> Result<Written, Error> {
    let output = output.get_mut(..bitwise_len(a, b)).ok_or(Error::Space)?;
    let negative = op.apply(Limb::from(a.negative), Limb::from(b.negative)) != 0;
    let (mut x, mut y) = (Complement::new(a), Complement::new(b));
    let mut carry = negative;
    for out in output.iter_mut() {
        let limb = op.apply(x.next(), y.next());
        *out = if negative {
            let (limb, over) = (!limb).overflowing_add(Limb::from(carry));
            carry = over;
            limb
        } else {
            limb
        };
    }
    Ok(Written::normalised(negative, output))
}

/// Limbs that [`not`] needs for its result.
pub fn not_len(a: Int<'_>) -> usize {
    a.magnitude.len() + 1
}

/// Writes `~a`, which is `-a - 1`.
///
/// # Errors
/// [`Error::Space`] if `output` is shorter than [`not_len`].
pub fn not(output: &mut [Limb], a: Int<'_>) -> Result<Written, Error> {
    let copy = copy(output, a.magnitude)?;
    if a.negative {
        decrement(copy);
        return Ok(Written::normalised(false, copy));
    }
    Ok(Written { negative: true, len: increment(output, a.magnitude.len())? })
}
