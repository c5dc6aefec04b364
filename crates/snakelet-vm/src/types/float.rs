//! `float`.

use core::cmp::Ordering;

use snakelet_num::bigint::{self, Round};
use snakelet_num::float::{self, REPR_LEN, Text};

use crate::native::print::{Out, PrintKind};
use crate::native::{BinaryOp, NativeType, TypeSlots, UnaryOp};
use crate::object::Kind;
use crate::object::value::raw;
use crate::types::int::arith::{int_ref, operand, ordered, word};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `float`.
pub static FLOAT: NativeType = NativeType::new(name!("float"), Kind::Float)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .unary(unary)
                .binary(binary)
                .truth(|_, value| value.as_float() != Some(0.0))
        },
    )
    .methods(methods![
        method!("is_integer", 1, 1, is_integer),
        method!("as_integer_ratio", 1, 1, as_integer_ratio),
        method!("conjugate", 1, 1, itself),
        method!("real", 1, 1, itself).property(),
        method!("imag", 1, 1, zero).property(),
    ]);

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    let Some(object) = args.opt(0) else { return vm.new_float(0.0) };
    if vm.get(object).as_float().is_some() {
        return Ok(object);
    }
    if let Some(text) = vm.number_text(object)? {
        let bytes = vm.bytes_of(vm.get(text)).unwrap_or(&[]);
        vm.charge_bytes_later(2 * bytes.len());
        return match float::parse::<f64>(bytes) {
            Some(f) => vm.new_float(f),
            None => Err(vm.value_error("invalid syntax for number")),
        };
    }
    let f = vm.float_of(object)?;
    vm.new_float(f)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let f = vm.get(object).as_float().unwrap_or(0.0);
    let mut buf = [0; REPR_LEN];
    let text = f64_text(f, true, &mut buf);
    vm.emit(out, text)
}

/// The shortest text that reads back as a float; with `point_zero` a whole number ends in `.0`.
pub(crate) fn f64_text(f: f64, point_zero: bool, buf: &mut [u8; REPR_LEN]) -> &[u8] {
    let len = Text::repr(f as raw::Float, point_zero).write(buf).unwrap_or(0);
    buf.get(..len).unwrap_or(&[])
}

fn unary(vm: &mut Vm, op: UnaryOp, object: Local) -> Result<Option<Local>, Raised> {
    match (op, vm.get(object).as_float()) {
        (UnaryOp::Negative, Some(f)) => vm.new_float(-f).map(Some),
        (UnaryOp::Positive, _) => Ok(Some(object)),
        _ => Ok(None),
    }
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    let (l, r) = (vm.get(left), vm.get(right));
    let Some(a) = l.as_float() else { return Ok(None) };
    if let Some(b) = r.as_float() {
        return binary_f64(vm, op, a, b);
    }
    if int_ref(r).is_some() {
        if Vm::compare_result(op, Ordering::Equal).is_some() {
            let order = bigint::cmp_f64(operand(vm, right).int(), a).map(Ordering::reverse);
            return Ok(Some(Local::bool(ordered(op, order))));
        }
        let b = vm.int_to_f64(right);
        return binary_f64(vm, op, a, b);
    }
    match crate::types::complex::parts(r) {
        Some(b) => crate::types::complex::binary_parts(vm, op, (a, 0.0), b),
        None => Ok(None),
    }
}

/// The operators on two floats.
#[inline]
pub(crate) fn binary_f64(
    vm: &mut Vm,
    op: BinaryOp,
    a: f64,
    b: f64,
) -> Result<Option<Local>, Raised> {
    let result = match crate::protocol::plain(op) {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Less => return Ok(Some(Local::bool(a < b))),
        BinaryOp::More => return Ok(Some(Local::bool(a > b))),
        BinaryOp::Equal => return Ok(Some(Local::bool(a == b))),
        BinaryOp::NotEqual => return Ok(Some(Local::bool(a != b))),
        BinaryOp::LessEqual => return Ok(Some(Local::bool(a <= b))),
        BinaryOp::MoreEqual => return Ok(Some(Local::bool(a >= b))),
        BinaryOp::TrueDivide | BinaryOp::FloorDivide | BinaryOp::Modulo if b == 0.0 => {
            return Err(vm.zero_division());
        }
        BinaryOp::TrueDivide => a / b,
        BinaryOp::FloorDivide => floor_divmod(a, b).0,
        BinaryOp::Modulo => floor_divmod(a, b).1,
        BinaryOp::Power => {
            if a == 0.0 && b < 0.0 && b.is_finite() {
                return Err(vm.zero_division());
            }
            if a < 0.0 && a.is_finite() && b.is_finite() && libm::floor(b) != b {
                return crate::types::complex::binary_parts(vm, op, (a, 0.0), (b, 0.0));
            }
            libm::pow(a, b)
        }
        _ => return Ok(None),
    };
    vm.new_float(result).map(Some)
}

/// Quotient and remainder of a division with a floor; the remainder has the divisor's sign.
pub(crate) fn floor_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = snakelet_num::float::fmod(a, b);
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = rest.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (quotient.copysign(a / b), rest);
    }
    let floor = libm::floor(quotient);
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

fn receiver(vm: &mut Vm, args: Args) -> Result<f64, Raised> {
    match vm.get(args.get(0)).as_float() {
        Some(f) => Ok(f),
        None => Err(vm.wrong_receiver()),
    }
}

fn is_integer(vm: &mut Vm, args: Args) -> Res {
    let f = receiver(vm, args)?;
    Ok(Local::bool(f.is_finite() && libm::trunc(f) == f))
}

fn itself(vm: &mut Vm, args: Args) -> Res {
    let f = receiver(vm, args)?;
    vm.new_float(f)
}

fn zero(vm: &mut Vm, _args: Args) -> Res {
    vm.new_float(0.0)
}

fn as_integer_ratio(vm: &mut Vm, args: Args) -> Res {
    let f = receiver(vm, args)?;
    let (mut mantissa, mut exponent) = if f.is_finite() { libm::frexp(f) } else { (f, 0) };
    while mantissa.is_finite() && libm::trunc(mantissa) != mantissa {
        mantissa *= 2.0;
        exponent -= 1;
    }
    let first = vm.int_from_f64(mantissa, Round::Zero)?;
    let one = vm.new_int(1)?;
    let by = crate::types::int::arith::IntOp::Lshift(exponent.unsigned_abs() as usize);
    let (top, bottom) = if exponent < 0 {
        (first, vm.int_op(by, one, one)?)
    } else {
        (vm.int_op(by, first, first)?, one)
    };
    vm.new_tuple_of(&[top, bottom])
}

impl Vm {
    /// The float that a number is, or that an object's `__float__` gives.
    ///
    /// # Errors
    /// `TypeError` if it is no number; what `__float__` raises.
    pub fn float_of(&mut self, object: Local) -> Result<f64, Raised> {
        let value = self.get(object);
        if let Some(f) = value.as_float() {
            return Ok(f);
        }
        if let Some(i) = word(value) {
            return Ok(i as f64);
        }
        if int_ref(value).is_some() {
            return Ok(self.int_to_f64(object));
        }
        let scope = self.scope();
        let found = if let Some(method) = self.special(object, qstr!("__float__")) {
            let result = self.call_with(method, &[object])?;
            self.get(result).as_float()
        } else {
            let part = self.native_part(object);
            let value = self.get(part);
            value.as_float().or_else(|| int_ref(value).map(|_| self.int_to_f64(part)))
        };
        self.end_scope(scope);
        match found {
            Some(f) => Ok(f),
            None => Err(self.cannot_convert(object, " to float")),
        }
    }
}
