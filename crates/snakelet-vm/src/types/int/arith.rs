//! Arithmetic of ints of any size.
//!
//! Results of a few limbs are computed on the native stack; longer ones right in the object that
//! they become.

use core::cmp::Ordering;

use snakelet_num::bigint::{self, BitOp, Error, Int, Limb, Small, Written};

use crate::exception::classes::{OVERFLOW_ERROR, ZERO_DIVISION_ERROR};
use crate::native::BinaryOp;
use crate::object::BigInt;
use crate::object::value::{SWord, Value};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Limbs of a result that is computed on the native stack.
const STACK_LIMBS: usize = 512 / Limb::BITS as usize;

/// An int as an operand.
pub(crate) enum IntRef<'h> {
    /// One that fits a word, or a bool.
    Small(Small),
    /// One in the heap.
    Big(&'h BigInt),
}

impl IntRef<'_> {
    #[inline(always)]
    pub(crate) fn int(&self) -> Int<'_> {
        match self {
            IntRef::Small(small) => small.int(),
            IntRef::Big(big) => big.int(),
        }
    }
}

/// The int that a value is, if it is an int or a bool.
#[inline(never)]
pub(crate) fn int_ref(value: Value<'_>) -> Option<IntRef<'_>> {
    if let Some(i) = word(value) {
        return Some(IntRef::Small(Small::from(i)));
    }
    value.cast::<BigInt>().map(IntRef::Big)
}

/// The int in a local; zero if it is none.
#[inline(never)]
pub(crate) fn operand(vm: &Vm, local: Local) -> IntRef<'_> {
    int_ref(vm.get(local)).unwrap_or(IntRef::Small(Small::from(0isize)))
}

/// The int that a value is, if it fits a word.
#[inline(always)]
pub(crate) fn word(value: Value<'_>) -> Option<SWord> {
    match value.as_small_int() {
        Some(i) => Some(i),
        None => value.as_bool().map(SWord::from),
    }
}

/// An operation on ints whose result is an int.
#[derive(Copy, Clone)]
pub(crate) enum IntOp {
    Add,
    Subtract,
    Multiply,
    FloorDivide,
    Modulo,
    Bits(BitOp),
    Lshift(usize),
    Rshift(usize),
    Invert,
    Negative,
}

impl IntOp {
    /// Limbs that the calculation needs.
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
            IntOp::Negative => a.magnitude().len(),
        }
    }

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
            IntOp::Negative => {
                let limbs = a.magnitude();
                out.get_mut(..limbs.len()).ok_or(Error::Space)?.copy_from_slice(limbs);
                Ok(Written { negative: a.negated().is_negative(), len: limbs.len() })
            }
        }
    }
}

impl Vm {
    /// Computes with one or two ints (`left` twice for a unary operation).
    ///
    /// # Errors
    /// `ZeroDivisionError`, `MemoryError`, a stop while it runs.
    pub(crate) fn int_op(&mut self, op: IntOp, left: Local, right: Local) -> Res {
        let need = {
            let (a, b) = (operand(self, left), operand(self, right));
            let (a, b) = (a.int(), b.int());
            let need = op.limbs(a, b);
            if need <= STACK_LIMBS {
                let mut limbs = [0; STACK_LIMBS];
                return match op.compute(&mut limbs, a, b, &mut |_| Ok(())) {
                    Ok(written) => self.new_int_of(written.int(&limbs)),
                    Err(error) => Err(self.int_error(error)),
                };
            }
            need
        };
        self.new_int_by(need, |vm, limbs| {
            let (a, b) = (operand(vm, left), operand(vm, right));
            op.compute(limbs, a.int(), b.int(), &mut |n| vm.spend(n))
        })
    }

    /// Makes an int of one that does not lie in the heap.
    pub(crate) fn new_int_of(&mut self, int: Int<'_>) -> Res {
        match bigint::to_i64(int) {
            Some(i) => self.new_int_64(i),
            None => self.new_big(int),
        }
    }

    /// Makes an int that `compute` writes into as many limbs as it needs.
    pub(crate) fn new_int_by(
        &mut self,
        limbs: usize,
        compute: impl FnOnce(&Vm, &mut [Limb]) -> Result<Written, Error>,
    ) -> Res {
        if limbs <= STACK_LIMBS {
            let mut out = [0; STACK_LIMBS];
            let result = compute(self, &mut out);
            self.end_calculation()?;
            return match result {
                Ok(written) => self.new_int_of(written.int(&out)),
                Err(error) => Err(self.int_error(error)),
            };
        }
        let mut failed = None;
        let made = self.new_big_with(limbs, |vm, out| match compute(vm, out) {
            Ok(written) => (written.negative, written.len),
            Err(error) => {
                failed = Some(error);
                (false, 0)
            }
        })?;
        self.end_calculation()?;
        match failed {
            None => Ok(made),
            Some(error) => Err(self.int_error(error)),
        }
    }

    #[cold]
    pub(crate) fn int_error(&mut self, error: Error) -> Raised {
        match error {
            Error::ZeroDivision => self.zero_division(),
            Error::Overflow => self.raise_text(&OVERFLOW_ERROR, "int too big to convert"),
            _ => self.memory_error(),
        }
    }

    /// Raises the error for dividing by zero.
    #[cold]
    pub(crate) fn zero_division(&mut self) -> Raised {
        self.raise_text(&ZERO_DIVISION_ERROR, "divide by zero")
    }
}

/// The operation of an operator on two ints, where it needs nothing of the operands' values.
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
pub(super) fn binary(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    let op = crate::protocol::plain(op);
    let (l, r) = (vm.get(left), vm.get(right));
    if let (Some(a), Some(b)) = (word(l), word(r)) {
        if let (Some(a), Some(b)) = (l.as_bool(), r.as_bool()) {
            match op {
                BinaryOp::And => return Ok(Some(Local::bool(a & b))),
                BinaryOp::Or => return Ok(Some(Local::bool(a | b))),
                BinaryOp::Xor => return Ok(Some(Local::bool(a ^ b))),
                _ => {}
            }
        }
        if let Some(order) = Vm::compare_result(op, a.cmp(&b)) {
            return Ok(Some(Local::bool(order)));
        }
        if let Some(result) = in_words(op, a, b) {
            return vm.new_int(result).map(Some);
        }
    } else if let Some(f) = r.as_float() {
        return with_float(vm, op, left, f);
    } else if let Some((re, im)) = crate::types::complex::parts(r) {
        let a = vm.int_to_f64(left);
        return crate::types::complex::binary_parts(vm, op, (a, 0.0), (re, im));
    }
    let (Some(a), Some(b)) = (int_ref(l), int_ref(r)) else { return Ok(None) };
    if let Some(order) = Vm::compare_result(op, a.int().cmp(&b.int())) {
        let bytes = |int: Int<'_>| size_of_val(int.magnitude());
        vm.charge_bytes_later(bytes(a.int()).min(bytes(b.int())));
        return Ok(Some(Local::bool(order)));
    }
    match op {
        BinaryOp::TrueDivide => super::divide::true_divide(vm, left, right).map(Some),
        BinaryOp::Power => super::power::power(vm, left, right).map(Some),
        BinaryOp::Lshift | BinaryOp::Rshift => shift(vm, op, left, right).map(Some),
        _ => match op_of(op) {
            Some(op) => vm.int_op(op, left, right).map(Some),
            None => Ok(None),
        },
    }
}

/// The operators whose operands and result fit a word.
#[inline]
fn in_words(op: BinaryOp, a: SWord, b: SWord) -> Option<SWord> {
    match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::FloorDivide => {
            let quotient = a.checked_div(b)?;
            let exact = quotient.wrapping_mul(b) == a;
            Some(if !exact && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
        }
        BinaryOp::Modulo => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        BinaryOp::Rshift if b >= 0 => Some(a >> b.min(SWord::BITS as SWord - 1)),
        BinaryOp::Lshift if b >= 0 && b < SWord::BITS as SWord => {
            let shifted = a.wrapping_shl(b as u32);
            if shifted >> b == a { Some(shifted) } else { None }
        }
        BinaryOp::Power => a.checked_pow(u32::try_from(b).ok()?),
        _ => None,
    }
}

/// The operators with an int on the left and a float on the right.
fn with_float(vm: &mut Vm, op: BinaryOp, left: Local, right: f64) -> Result<Option<Local>, Raised> {
    if Vm::compare_result(op, Ordering::Equal).is_some() {
        let order = bigint::cmp_f64(operand(vm, left).int(), right);
        return Ok(Some(Local::bool(ordered(op, order))));
    }
    let left = vm.int_to_f64(left);
    crate::types::float::binary_f64(vm, op, left, right)
}

/// Answers a comparison by an ordering that a NaN lacks.
pub(crate) fn ordered(op: BinaryOp, order: Option<Ordering>) -> bool {
    match order {
        Some(order) => Vm::compare_result(op, order).unwrap_or(false),
        None => op == BinaryOp::NotEqual,
    }
}

fn shift(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Res {
    let by = operand(vm, right);
    if by.int().is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    let Some(by) = bigint::to_i64(by.int()).and_then(|by| usize::try_from(by).ok()) else {
        return Err(vm.word_overflow());
    };
    let op = if op == BinaryOp::Lshift { IntOp::Lshift(by) } else { IntOp::Rshift(by) };
    vm.int_op(op, left, left)
}
