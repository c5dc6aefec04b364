//! The encoding of 32-bit targets whose floats have double precision, and are boxed.
//!
//! | low bits | meaning |
//! |---|---|
//! | `0000` | null or reference |
//! | `1` | int, 31 bits |
//! | `10` | interned string |
//! | `100` | constant |

use crate::object::value::Word;

/// The precision of Python's floats.
pub(crate) type Float = f64;

/// A float as it is when it has the precision of Python's floats.
#[inline(always)]
pub(crate) const fn rounded(f: f64) -> f64 {
    f
}

/// Whether no word holds a float.
pub(crate) const FLOATS_ARE_BOXED: bool = true;

pub(crate) const INT_MASK: Word = 1;
pub(crate) const INT_TAG: Word = 1;
pub(crate) const INT_SHIFT: u32 = 1;
pub(crate) const QSTR_MASK: Word = 3;
pub(crate) const QSTR_TAG: Word = 2;
/// The values that the low three bits of an interned string have, as a set of bits.
pub(crate) const QSTR_LOW_BITS: u8 = 1 << 2 | 1 << 6;
pub(crate) const QSTR_SHIFT: u32 = 2;
/// The same of ints.
pub(crate) const INT_LOW_BITS: u8 = 1 << 1 | 1 << 3 | 1 << 5 | 1 << 7;
/// The same of constants.
pub(crate) const CONSTANT_LOW_BITS: u8 = 1 << 4;
/// The same of floats: of none in this encoding.
pub(crate) const FLOAT_LOW_BITS: u8 = 0;

pub(crate) const fn imm(n: Word) -> Word {
    (n << 3) | 4
}

/// Whether the word itself holds a float: never in this encoding.
#[inline(always)]
pub(crate) const fn is_float_word(_w: Word) -> bool {
    false
}

/// Whether the word holds a float other than zero: never in this encoding.
#[inline(always)]
pub(crate) const fn is_tagged_float(_w: Word) -> bool {
    false
}

/// The float in a word for which `is_tagged_float` holds.
#[inline(always)]
pub(crate) const fn tagged_float(_w: Word) -> f64 {
    0.0
}

/// The float in a word for which `is_float_word` holds.
#[inline(always)]
pub(crate) const fn to_float(_w: Word) -> f64 {
    0.0
}

/// The word that holds `f`: none in this encoding.
#[inline(always)]
pub(crate) const fn float_word(_f: f64) -> Option<Word> {
    None
}
