//! Arithmetic on words.

use snakelet_bytecode::opcode::BinaryOp;

use crate::object::value::{Word, raw};

/// The operator of an instruction.
#[inline(always)]
pub(super) fn binary_of(opcode: u8) -> BinaryOp {
    BinaryOp::from_index(opcode - 0xd7).unwrap_or(BinaryOp::Is)
}

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
    if b == 0 || !is_exact(a) || !is_exact(b) {
        return None;
    }
    raw::float_word(a as f64 / b as f64)
}

/// Two operands as floats, if at least one of them is a float in a word and the other an int that
/// is exact as a float.
#[inline(always)]
pub(super) fn mixed_numbers(a: Word, b: Word) -> Option<(f64, f64)> {
    if raw::is_float_word(a) {
        if raw::is_float_word(b) {
            Some((raw::to_float(a), raw::to_float(b)))
        } else if raw::is_int(b) && is_exact(raw::to_int(b)) {
            Some((raw::to_float(a), raw::to_int(b) as f64))
        } else {
            None
        }
    } else if raw::is_float_word(b) && raw::is_int(a) && is_exact(raw::to_int(a)) {
        Some((raw::to_int(a) as f64, raw::to_float(b)))
    } else {
        None
    }
}

/// Adds, subtracts, multiplies or divides a float in a word and an int, or floats that are zero.
#[inline(never)]
pub(super) fn quick_mixed(opcode: u8, a: Word, b: Word) -> Option<Word> {
    let (x, y) = mixed_numbers(a, b)?;
    raw::float_word(match opcode {
        0xe5 | 0xf2 => x + y,
        0xe6 | 0xf3 => x - y,
        0xe7 | 0xf4 => x * y,
        0xea | 0xf7 if y != 0.0 => x / y,
        _ => return None,
    })
}

/// Whether an int is exact as a float.
#[inline(always)]
const fn is_exact(i: isize) -> bool {
    i as i64 <= 1 << 53 && i as i64 >= -(1 << 53)
}
