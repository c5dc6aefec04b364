//! Big integers as a sign and a magnitude over limb slices that the caller supplies.
//!
//! A magnitude is a slice of [`Limb`]s, least significant first, without zero limbs at its top;
//! zero is the empty slice and never negative. An operand is an [`Int`]; a result goes into a
//! slice that the caller hands over, and [`Written`] says its sign and how many limbs of the
//! slice it takes. Beside each operation stands a `.._len` function with the length that its
//! output must have; a shorter slice is [`Error::Space`].
//!
//! Operations whose cost grows faster than their operands take a [`Poll`]: it is called with the
//! work done (in limb steps) since the last call and may end the operation. Less than
//! [`POLL_WORK`] steps are not reported. The algorithms are those of Knuth, *The Art of Computer
//! Programming*, volume 2, section 4.3.1.

mod add;
mod bitwise;
mod convert;
mod div;
mod mul;
mod pow;
mod shift;
#[cfg(any(test, not(feature = "bigint")))]
#[cfg_attr(feature = "bigint", allow(dead_code, unreachable_pub, reason = "here to be tested"))]
mod short;
#[cfg(test)]
#[cfg(feature = "bigint")]
mod tests;
mod text;

use core::cmp::Ordering;

#[cfg(feature = "bigint")]
pub use add::{add, add_len, sub};
pub use bitwise::BitOp;
#[cfg(feature = "bigint")]
pub use bitwise::{bitwise, bitwise_len, not, not_len};
pub use convert::{
    Endian, Round, SMALL_LIMBS, Small, cmp_f64, from_bytes, from_bytes_len, from_f64, from_f64_len,
    hash, hash_f64, to_bytes, to_f32, to_f64, to_i64, to_u64_wrapping,
};
#[cfg(feature = "bigint")]
pub use div::{divmod, divmod_len, modulo, modulo_len};
#[cfg(feature = "bigint")]
pub use mul::{mul, mul_len};
#[cfg(feature = "bigint")]
pub use pow::{pow, pow_len, pow_mod, pow_mod_len};
#[cfg(feature = "bigint")]
pub use shift::{shl, shl_len, shr, shr_len};
#[cfg(not(feature = "bigint"))]
pub use short::{
    add, add_len, bitwise, bitwise_len, divmod, divmod_len, modulo, modulo_len, mul, mul_len, not,
    not_len, pow, pow_len, pow_mod, pow_mod_len, shl, shl_len, shr, shr_len, sub,
};
pub use text::{Digits, DigitsError, text_len, text_scratch_len, to_text};

/// One digit of a magnitude: the machine's word.
#[cfg(target_pointer_width = "64")]
pub type Limb = u64;
/// One digit of a magnitude: the machine's word.
#[cfg(not(target_pointer_width = "64"))]
pub type Limb = u32;

/// Holds the product of two limbs.
#[cfg(target_pointer_width = "64")]
type Wide = u128;
/// Holds the product of two limbs.
#[cfg(not(target_pointer_width = "64"))]
type Wide = u64;

/// Bits in a [`Limb`].
pub const LIMB_BITS: usize = Limb::BITS as usize;

/// Steps of work after which a [`Poll`] is called.
pub const POLL_WORK: u32 = 64;

/// Why an operation gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An output or scratch slice is shorter than the operation's length function says.
    Space,
    /// The divisor or modulus is zero.
    ZeroDivision,
    /// The value does not fit into what it is converted to.
    Overflow,
    /// The poll ended the operation.
    Stopped,
}

/// What a [`Poll`] answers to end an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

impl From<Stop> for Error {
    fn from(_: Stop) -> Self {
        Error::Stopped
    }
}

/// Is told the work done since its last call and may end the operation.
pub type Poll<'p> = dyn FnMut(u32) -> Result<(), Stop> + 'p;

/// Collects work until a [`Poll`] is due.
pub(crate) struct Meter<'m, 'p> {
    poll: &'m mut Poll<'p>,
    owed: u32,
}

impl<'m, 'p> Meter<'m, 'p> {
    pub(crate) fn new(poll: &'m mut Poll<'p>) -> Self {
        Meter { poll, owed: 0 }
    }

    pub(crate) fn charge(&mut self, work: usize) -> Result<(), Stop> {
        let work = u32::try_from(work).unwrap_or(u32::MAX);
        self.owed = self.owed.saturating_add(work);
        if self.owed < POLL_WORK {
            return Ok(());
        }
        let owed = core::mem::take(&mut self.owed);
        (self.poll)(owed)
    }
}

/// An integer operand: a sign and a normalised magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Int<'a> {
    negative: bool,
    magnitude: &'a [Limb],
}

impl<'a> Int<'a> {
    /// Zero.
    pub const ZERO: Int<'static> = Int { negative: false, magnitude: &[] };

    /// Views limbs as an integer; zero limbs at the top are left out, and zero gets no sign.
    pub fn new(negative: bool, limbs: &'a [Limb]) -> Self {
        let magnitude = trimmed(limbs);
        Int { negative: negative && !magnitude.is_empty(), magnitude }
    }

    /// Views limbs of which the last is not zero as an integer; there is one if it is negative.
    #[inline]
    pub fn of_trimmed(negative: bool, magnitude: &'a [Limb]) -> Self {
        debug_assert!(magnitude.last() != Some(&0) && !(negative && magnitude.is_empty()));
        Int { negative, magnitude }
    }

    /// Whether the integer is below zero.
    pub fn is_negative(self) -> bool {
        self.negative
    }

    /// Whether the integer is zero.
    pub fn is_zero(self) -> bool {
        self.magnitude.is_empty()
    }

    /// The limbs of the absolute value, least significant first, the last one not zero.
    pub fn magnitude(self) -> &'a [Limb] {
        self.magnitude
    }

    /// Bits of the absolute value; 0 for zero.
    pub fn bit_length(self) -> usize {
        bit_length(self.magnitude)
    }

    /// The integer without its sign.
    #[inline]
    pub fn absolute(self) -> Self {
        Int { negative: false, ..self }
    }

    /// The integer with the opposite sign.
    pub fn negated(self) -> Self {
        Int { negative: !self.negative && !self.magnitude.is_empty(), ..self }
    }
}

impl Ord for Int<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => cmp_magnitude(self.magnitude, other.magnitude),
            (true, true) => cmp_magnitude(other.magnitude, self.magnitude),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Int<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What an operation wrote into its output slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether the result is below zero.
    pub negative: bool,
    /// Limbs of the output that the result takes; the rest of the slice is unspecified.
    pub len: usize,
}

impl Written {
    /// The result, seen in the slice that was the operation's output.
    pub fn int(self, output: &[Limb]) -> Int<'_> {
        Int::new(self.negative, output.get(..self.len).unwrap_or(output))
    }

    /// A result of this sign in the lowest limbs of `output`.
    fn normalised(negative: bool, output: &[Limb]) -> Self {
        let len = trimmed(output).len();
        Written { negative: negative && len != 0, len }
    }
}

/// Copies limbs to the front of `output`, and gives that part of it.
fn copy<'o>(output: &'o mut [Limb], from: &[Limb]) -> Result<&'o mut [Limb], Error> {
    let output = output.get_mut(..from.len()).ok_or(Error::Space)?;
    output.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    Ok(output)
}

/// The slice without zero limbs at its top.
#[inline]
fn trimmed(limbs: &[Limb]) -> &[Limb] {
    let mut rest = limbs;
    while let [low @ .., 0] = rest {
        rest = low;
    }
    rest
}

fn bit_length(magnitude: &[Limb]) -> usize {
    match magnitude {
        [] => 0,
        [low @ .., top] => (low.len() + 1) * LIMB_BITS - top.leading_zeros() as usize,
    }
}

fn cmp_magnitude(a: &[Limb], b: &[Limb]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// The bits of `limb` that a shift to the left by `shift` (below [`LIMB_BITS`]) pushes out.
fn pushed_out(limb: Limb, shift: u32) -> Limb {
    (limb >> 1) >> (Limb::BITS - 1 - shift)
}
