//! Arithmetic on words.

#![allow(unsafe_code)] // rule 2 of the interpreter loop: words on the stack are live values

use core::num::NonZeroU8;

use crate::native::BinaryOp;
use crate::native::leaf::{Leaf, Obj};
use crate::object::value::{Value, Word, raw};
use crate::object::{FloatBox, Kind};
use crate::types::{complex, number};

use super::Run;
use super::dispatch::operator as o;
use super::words::object;

#[inline(always)]
pub(super) fn floor_div(a: isize, b: isize) -> Option<Word> {
    let q = a.checked_div(b)?;
    let q = if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q };
    if raw::fits_int(q) { Some(raw::int(q)) } else { None }
}

#[inline(always)]
pub(super) fn floor_mod(a: isize, b: isize) -> Option<Word> {
    let m = a.checked_rem(b)?;
    Some(raw::int(if m != 0 && (m < 0) != (b < 0) { m + b } else { m }))
}

#[inline(always)]
pub(super) fn shift_left(a: isize, by: isize) -> Option<Word> {
    if !(0..isize::BITS as isize - 2).contains(&by) {
        return None;
    }
    let shifted = a << by;
    if shifted >> by == a && raw::fits_int(shifted) { Some(raw::int(shifted)) } else { None }
}

/// A shift by no negative count.
#[inline(always)]
pub(super) fn shift_right(a: isize, by: isize) -> Option<Word> {
    if by < 0 { None } else { Some(raw::int(a >> by.min(isize::BITS as isize - 1))) }
}

/// The quotient of two ints that are exact as floats.
#[inline(always)]
pub(super) fn true_div(a: isize, b: isize) -> Option<Word> {
    if !raw::HAS_FLOATS || b == 0 || !is_exact(a) || !is_exact(b) {
        return None;
    }
    raw::float_word(a as f64 / b as f64)
}

/// The float that a word holds or, where no word does, refers to.
#[inline(always)]
fn float_of(word: Word) -> Option<f64> {
    if raw::is_float_word(word) {
        Some(raw::to_float(word))
    } else if raw::HAS_FLOATS && raw::FLOATS_ARE_BOXED && raw::has_kind(word, Kind::Float) {
        // SAFETY: the header says what it is.
        Some(unsafe { object::<FloatBox>(word) }.get())
    } else {
        None
    }
}

/// A float, or an int that is one exactly.
#[inline(always)]
fn as_float(word: Word) -> Option<f64> {
    if raw::is_int(word) {
        let i = raw::to_int(word);
        if is_exact(i) { Some(i as f64) } else { None }
    } else {
        float_of(word)
    }
}

/// How two numbers compare: bits of which one is set.
pub(super) mod order {
    pub(in crate::run) const LESS: u8 = 1;
    pub(in crate::run) const EQUAL: u8 = 2;
    pub(in crate::run) const MORE: u8 = 4;
    /// One of them is not a number.
    pub(in crate::run) const NONE: u8 = 8;
}

/// Compares two numbers that are floats, or ints that are floats exactly.
#[inline(never)]
pub(super) fn order_of_floats(a: Word, b: Word) -> Option<NonZeroU8> {
    if !raw::HAS_FLOATS {
        return None;
    }
    let (x, y) = (as_float(a)?, as_float(b)?);
    NonZeroU8::new(if x < y {
        order::LESS
    } else if x > y {
        order::MORE
    } else if x == y {
        order::EQUAL
    } else {
        order::NONE
    })
}

/// Two floats of a target that boxes them.
#[inline(always)]
pub(super) fn both_boxed(a: Word, b: Word) -> Option<(f64, f64)> {
    if raw::FLOATS_ARE_BOXED && raw::has_kind(a, Kind::Float) && raw::has_kind(b, Kind::Float) {
        // SAFETY: the headers say what they are.
        Some(unsafe { (object::<FloatBox>(a).get(), object::<FloatBox>(b).get()) })
    } else {
        None
    }
}

impl Run<'_, '_> {
    /// Boxes a float, if that needs no collection.
    #[inline(always)]
    pub(super) fn boxed(&mut self, value: f64) -> Option<Word> {
        let at = self.vm.heap.get_mut().allocate_block(Kind::Float as Word)?;
        // SAFETY: a fresh object of one block, which a float fits.
        unsafe { at.cast::<u8>().add(FloatBox::OFFSET).cast::<f64>().write(value) };
        Some(at.as_ptr().expose_provenance())
    }

    /// Adds, subtracts, multiplies or divides floats, or ints that are floats exactly, if the
    /// result can be had without a collection; complex numbers as well.
    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    pub(super) fn float_op(&mut self, opcode: u32, a: Word, b: Word) -> Option<Word> {
        let opcode = opcode as u8;
        if !raw::HAS_FLOATS {
            return None;
        }
        if raw::both_int(a, b) && !matches!(opcode, o::INPLACE_TRUE_DIVIDE | o::TRUE_DIVIDE) {
            return None;
        }
        let (Some(x), Some(y)) = (as_float(a), as_float(b)) else {
            return self.complex_op(opcode, a, b);
        };
        let result = match opcode {
            o::INPLACE_ADD | o::ADD => x + y,
            o::INPLACE_SUBTRACT | o::SUBTRACT => x - y,
            o::INPLACE_MULTIPLY | o::MULTIPLY => x * y,
            o::INPLACE_TRUE_DIVIDE | o::TRUE_DIVIDE if y != 0.0 => x / y,
            _ => return None,
        };
        if !raw::FLOATS_ARE_BOXED {
            return raw::float_word(result);
        }
        self.boxed(result)
    }

    /// Adds, subtracts or multiplies two numbers of which one is complex, if that needs no collection.
    #[inline(never)]
    fn complex_op(&self, opcode: u8, a: Word, b: Word) -> Option<Word> {
        if !raw::has_kind(a, Kind::Complex) && !raw::has_kind(b, Kind::Complex) {
            return None;
        }
        let op = match opcode {
            o::INPLACE_ADD | o::ADD => BinaryOp::Add,
            o::INPLACE_SUBTRACT | o::SUBTRACT => BinaryOp::Subtract,
            o::INPLACE_MULTIPLY | o::MULTIPLY => BinaryOp::Multiply,
            _ => return None,
        };
        // SAFETY: the words are on the stack, so what they refer to is live.
        let (left, right) = unsafe { (Value::from_word(a), Value::from_word(b)) };
        let parts = complex::simple(op, number::parts(left)?, number::parts(right)?);
        // that it asks for room is forgotten: the general way asks again
        Leaf::new(self.vm).complex(parts).ok().map(Obj::word)
    }
}

const _: () = assert!(size_of::<FloatBox>() <= snakelet_gc::BLOCK);

/// Whether an int is exact as a float.
#[inline(always)]
const fn is_exact(i: isize) -> bool {
    i as i64 <= 1 << 53 && i as i64 >= -(1 << 53)
}
