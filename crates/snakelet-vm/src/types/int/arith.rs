//! Arithmetic of ints of any size.
//!
//! Results of a few limbs are computed on the native stack; longer ones right in the object that
//! they become.

use core::cmp::Ordering;

use snakelet_num::bigint::{self, BitOp, Error, Int, Limb, Written};

use crate::exception::classes::{OVERFLOW_ERROR, VALUE_ERROR};
use crate::native::BinaryOp;
use crate::native::leaf::{Answer, Leaf, Leave, Obj, Wide};
use crate::object::BigInt;
use crate::object::value::{SWord, Value};
use crate::types::number;
use crate::vm::stack::Local;
use crate::{Res, Vm};

/// An int as an operand.
pub(crate) enum IntRef<'h> {
    /// One that fits a word, or a bool: whether it is below zero, and its only limb.
    Small(bool, Limb),
    /// One in the heap.
    Big(&'h BigInt),
}

impl IntRef<'_> {
    /// The operand.
    #[inline(always)]
    pub(crate) fn int(&self) -> Int<'_> {
        match self {
            IntRef::Small(_, 0) => Int::ZERO,
            IntRef::Small(negative, limb) => {
                Int::of_trimmed(*negative, core::slice::from_ref(limb))
            }
            IntRef::Big(big) => big.int(),
        }
    }
}

/// The int that a value is, if it is an int or a bool.
#[inline(always)]
fn decode(value: Value<'_>) -> Option<IntRef<'_>> {
    match value.as_small_int() {
        Some(i) => Some(IntRef::Small(i < 0, i.unsigned_abs() as Limb)),
        None => match value.cast::<BigInt>() {
            Some(big) => Some(IntRef::Big(big)),
            None => value.as_bool().map(|b| IntRef::Small(false, b.into())),
        },
    }
}

/// The int that a value is, if it is an int or a bool.
#[inline(never)]
pub(crate) fn int_ref(value: Value<'_>) -> Option<IntRef<'_>> {
    decode(value)
}

/// The int in a local; zero if it is none.
#[inline(never)]
pub(crate) fn operand(vm: &Vm, local: Local) -> IntRef<'_> {
    decode(vm.get(local)).unwrap_or(IntRef::Small(false, 0))
}

/// The int that a value is, if it fits a word.
#[inline(always)]
pub(crate) fn word(value: Value<'_>) -> Option<SWord> {
    match value.as_small_int() {
        Some(i) => Some(i),
        None => value.as_bool().map(SWord::from),
    }
}

/// The float next to an int; infinite if it is too large for one.
pub(crate) fn to_f64(int: Int<'_>) -> f64 {
    let infinite = if int.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
    bigint::to_f64(int).unwrap_or(infinite)
}

/// An operation on ints whose result is an int.
#[derive(Copy, Clone)]
pub enum IntOp {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a // b`
    FloorDivide,
    /// `a % b`
    Modulo,
    /// `a & b` and the like.
    Bits(BitOp),
    /// `a << bits`
    Lshift(usize),
    /// `a >> bits`
    Rshift(usize),
    /// `~a`
    Invert,
}

impl IntOp {
    /// Limbs that the calculation needs.
    #[inline(always)]
    fn limbs(self, a: Int<'_>, b: Int<'_>) -> usize {
        match self {
            IntOp::Add | IntOp::Subtract => bigint::add_len(a, b),
            IntOp::Multiply => bigint::mul_len(a, b),
            IntOp::FloorDivide => {
                let (quotient, remainder) = bigint::divmod_len(a, b);
                quotient + remainder
            }
            IntOp::Modulo => bigint::modulo_len(a, b),
            IntOp::Bits(_) => bigint::bitwise_len(a, b),
            IntOp::Lshift(bits) => bigint::shl_len(a, bits),
            IntOp::Rshift(bits) => bigint::shr_len(a, bits),
            IntOp::Invert => bigint::not_len(a),
        }
    }

    #[inline(always)]
    fn compute(
        self,
        out: &mut [Limb],
        a: Int<'_>,
        b: Int<'_>,
        poll: &mut bigint::Poll<'_>,
    ) -> Result<Written, Error> {
        match self {
            IntOp::Add => bigint::add(out, a, b),
            IntOp::Subtract => bigint::sub(out, a, b),
            IntOp::Multiply => bigint::mul(out, a, b, poll),
            IntOp::FloorDivide => {
                let (quotient, _) = bigint::divmod_len(a, b);
                let (quotient, remainder) =
                    out.split_at_mut_checked(quotient).ok_or(Error::Space)?;
                Ok(bigint::divmod(quotient, remainder, a, b, poll)?.0)
            }
            IntOp::Modulo => bigint::modulo(out, a, b, poll),
            IntOp::Bits(op) => bigint::bitwise(out, op, a, b),
            IntOp::Lshift(bits) => bigint::shl(out, a, bits),
            IntOp::Rshift(bits) => bigint::shr(out, a, bits),
            IntOp::Invert => bigint::not(out, a),
        }
    }
}

impl<'h> Leaf<'h> {
    /// Computes with one or two ints (the same twice for a unary operation).
    ///
    /// # Errors
    /// `ZeroDivisionError`, a stop while it runs.
    #[inline(never)]
    pub(crate) fn int_op(self, op: IntOp, a: Int<'_>, b: Int<'_>) -> Answer<'h> {
        self.int_with(op.limbs(a, b), |out| op.compute(out, a, b, &mut |n| self.vm().spend(n)))
    }

    /// Computes with one or two ints (the same twice for a unary operation); what is no int counts as zero.
    ///
    /// # Errors
    /// `ZeroDivisionError`, room is asked for, a stop while it runs.
    #[inline(never)]
    pub fn arith(self, op: IntOp, left: Obj<'h>, right: Obj<'h>) -> Answer<'h> {
        let decode = |obj: Obj<'h>| decode(obj.value()).unwrap_or(IntRef::Small(false, 0));
        self.int_op(op, decode(left).int(), decode(right).int())
    }

    /// Raises the error for an int that does not fit a machine word.
    #[cold]
    #[inline(never)]
    pub fn word_overflow(self) -> Leave {
        self.raise(&OVERFLOW_ERROR, super::convert::WORD_OVERFLOW)
    }

    /// The absolute value of an int or bool, or the same if it is not below zero.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn int_abs(self, int: Obj<'h>) -> Answer<'h> {
        match int_ref(int.value()) {
            Some(i) if i.int().is_negative() => self.int_of(i.int().negated()),
            _ => Ok(int),
        }
    }
}

impl Vm {
    /// Computes with one or two ints (`left` twice for a unary operation).
    ///
    /// # Errors
    /// `ZeroDivisionError`, `MemoryError`, a stop while it runs.
    #[inline(never)]
    pub(crate) fn int_op(&mut self, op: IntOp, left: Local, right: Local) -> Res {
        self.leaf_local(|cx| cx.arith(op, cx.local(left), cx.local(right)))
    }

    /// The absolute value of an int or bool.
    pub(crate) fn int_abs(&mut self, int: Local) -> Res {
        self.leaf_local(|cx| cx.int_abs(cx.local(int)))
    }
}

/// The operation of an operator on two ints, where it needs nothing of the operands' values.
#[inline(always)]
fn op_of(op: BinaryOp) -> Option<IntOp> {
    Some(match op {
        BinaryOp::Add => IntOp::Add,
        BinaryOp::Subtract => IntOp::Subtract,
        BinaryOp::Multiply => IntOp::Multiply,
        BinaryOp::FloorDivide => IntOp::FloorDivide,
        BinaryOp::Modulo => IntOp::Modulo,
        BinaryOp::And => IntOp::Bits(BitOp::And),
        BinaryOp::Or => IntOp::Bits(BitOp::Or),
        BinaryOp::Xor => IntOp::Bits(BitOp::Xor),
        _ => return None,
    })
}

/// The operators with an int or bool on the left.
#[cfg_attr(target_os = "none", expect(unsafe_code, reason = "names the section of the function"))]
#[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
pub(super) fn binary<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    let op = crate::protocol::plain(op);
    if let (Some(a), Some(b)) = (left.as_small_int(), right.as_small_int())
        && let Some(result) = in_words(op, a, b)
    {
        return cx.wide(result).map(Some);
    }
    let (l, r) = (left.value(), right.value());
    let (Some(a), Some(b)) = (decode(l), decode(r)) else {
        return number::binary(cx, op, left, right);
    };
    match op_of(op) {
        Some(IntOp::Bits(bits)) if left.as_bool().is_some() && right.as_bool().is_some() => {
            let (a, b) = (left.is(Obj::TRUE), right.is(Obj::TRUE));
            Ok(Some(Obj::bool(match bits {
                BitOp::And => a & b,
                BitOp::Or => a | b,
                BitOp::Xor => a ^ b,
            })))
        }
        Some(op) => cx.int_op(op, a.int(), b.int()).map(Some),
        None => other(cx, op, a.int(), b.int()),
    }
}

/// The operators that need more than their operands' limbs.
#[inline(never)]
fn other<'h>(cx: Leaf<'h>, op: BinaryOp, a: Int<'_>, b: Int<'_>) -> Result<Option<Obj<'h>>, Leave> {
    match op {
        BinaryOp::TrueDivide if cfg!(feature = "float") => {
            super::divide::true_divide(cx, a, b).map(Some)
        }
        BinaryOp::Power => super::power::power(cx, a, b).map(Some),
        BinaryOp::Lshift | BinaryOp::Rshift => shift(cx, op, a, b).map(Some),
        _ => {
            let Some(order) = Vm::compare_result(op, a.cmp(&b)) else { return Ok(None) };
            let bytes = |int: Int<'_>| size_of_val(int.magnitude());
            cx.vm().charge_bytes_later(bytes(a).min(bytes(b)));
            Ok(Some(Obj::bool(order)))
        }
    }
}

/// The operators whose operands fit a word, where the result fits two.
#[inline(always)]
fn in_words(op: BinaryOp, a: SWord, b: SWord) -> Option<Wide> {
    let (x, y) = (a as Wide, b as Wide);
    Some(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::And => x & y,
        BinaryOp::Or => x | y,
        BinaryOp::Xor => x ^ y,
        BinaryOp::FloorDivide => {
            let quotient = a.checked_div(b)?;
            let exact = quotient.wrapping_mul(b) == a;
            (if !exact && (a < 0) != (b < 0) { quotient - 1 } else { quotient }) as Wide
        }
        BinaryOp::Modulo => {
            let rest = a.checked_rem(b)?;
            (if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }) as Wide
        }
        BinaryOp::Rshift if b >= 0 => (a >> b.min(SWord::BITS as SWord - 1)) as Wide,
        // an int in a word leaves at least one bit of two words free
        BinaryOp::Lshift if b >= 0 && b < SWord::BITS as SWord => x << b,
        BinaryOp::Power => a.checked_pow(u32::try_from(b).ok()?)? as Wide,
        _ => return None,
    })
}

/// Answers a comparison by an ordering that a NaN lacks.
pub(crate) fn ordered(op: BinaryOp, order: Option<Ordering>) -> bool {
    match order {
        Some(order) => Vm::compare_result(op, order).unwrap_or(false),
        None => op == BinaryOp::NotEqual,
    }
}

fn shift<'h>(cx: Leaf<'h>, op: BinaryOp, a: Int<'_>, by: Int<'_>) -> Answer<'h> {
    if by.is_negative() {
        return Err(cx.raise(&VALUE_ERROR, "negative shift count"));
    }
    let Some(by) = bigint::to_i64(by).and_then(|by| usize::try_from(by).ok()) else {
        return Err(cx.word_overflow());
    };
    let op = if op == BinaryOp::Lshift { IntOp::Lshift(by) } else { IntOp::Rshift(by) };
    cx.int_op(op, a, a)
}
