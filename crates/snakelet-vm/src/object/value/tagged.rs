//! The encoding with floats in the word: of 64-bit targets, and of 32-bit targets whose floats have
//! single precision (feature `f32`).
//!
//! | low bits | meaning |
//! |---|---|
//! | `0000` | null or reference |
//! | `01` | int, 62 or 30 bits |
//! | `011`, `100` | float: the bits rotated left by 4, so that the low bits are the sign and the upper three of the exponent |
//! | `010` | interned string |
//! | `110` | constant |
//!
//! The three top exponent bits are `011` or `100` for magnitudes of 2^-255 to 2^256 (2^-31 to 2^32
//! in single precision): those floats need no allocation and lose no precision ("Float
//! Self-Tagging", Melançon, Serrano, Feeley, 2025). Zeros are constants; what remains (very large,
//! very small, infinities and NaN) is boxed.

#![allow(clippy::unnecessary_cast, reason = "what a cast changes depends on the target")]

use crate::object::value::Word;
use crate::object::value::raw::HAS_FLOATS;

/// The precision of Python's floats.
#[cfg(target_pointer_width = "64")]
pub(crate) type Float = f64;
#[cfg(target_pointer_width = "32")]
pub(crate) type Float = f32;

/// A float as it is when it has the precision of Python's floats.
#[inline(always)]
pub(crate) const fn rounded(f: f64) -> f64 {
    f as Float as f64
}

/// Whether no word holds a float.
pub(crate) const FLOATS_ARE_BOXED: bool = false;

pub(crate) const INT_MASK: Word = 3;
pub(crate) const INT_TAG: Word = 1;
pub(crate) const INT_SHIFT: u32 = 2;
pub(crate) const QSTR_MASK: Word = 7;
pub(crate) const QSTR_TAG: Word = 2;
/// The values that the low three bits of an interned string have, as a set of bits.
pub(crate) const QSTR_LOW_BITS: u8 = 1 << 2;
pub(crate) const QSTR_SHIFT: u32 = 3;
/// The same of ints.
pub(crate) const INT_LOW_BITS: u8 = 1 << 1 | 1 << 5;
/// The same of constants.
pub(crate) const CONSTANT_LOW_BITS: u8 = 1 << 6;
/// The same of floats; zeros are constants.
pub(crate) const FLOAT_LOW_BITS: u8 = 1 << 3 | 1 << 4 | CONSTANT_LOW_BITS;

const POS_ZERO: Word = imm(6);
const NEG_ZERO: Word = imm(7);

pub(crate) const fn imm(n: Word) -> Word {
    (n << 3) | 6
}

/// Whether the word itself holds a float.
#[inline(always)]
pub(crate) const fn is_float_word(w: Word) -> bool {
    is_tagged_float(w) || HAS_FLOATS && (w == POS_ZERO || w == NEG_ZERO)
}

/// Whether the word holds a float other than zero.
#[inline(always)]
pub(crate) const fn is_tagged_float(w: Word) -> bool {
    HAS_FLOATS && w.wrapping_add(1) & 6 == 4
}

/// The float in a word for which `is_tagged_float` holds.
#[inline(always)]
pub(crate) const fn tagged_float(w: Word) -> f64 {
    #[cfg(target_pointer_width = "64")]
    let bits = w as u64;
    #[cfg(target_pointer_width = "32")]
    let bits = w as u32;
    Float::from_bits(bits.rotate_right(4)) as f64
}

/// The float in a word for which `is_float_word` holds.
#[inline(always)]
pub(crate) const fn to_float(w: Word) -> f64 {
    if is_tagged_float(w) {
        tagged_float(w)
    } else if w == NEG_ZERO {
        -0.0
    } else {
        0.0
    }
}

/// The word that holds `f`, if its exponent allows.
#[inline(always)]
pub(crate) const fn float_word(f: f64) -> Option<Word> {
    let bits = (f as Float).to_bits();
    let w = bits.rotate_left(4) as Word;
    if is_tagged_float(w) {
        Some(w)
    } else if bits == 0 {
        Some(POS_ZERO)
    } else if bits == (-0.0 as Float).to_bits() {
        Some(NEG_ZERO)
    } else {
        None
    }
}
