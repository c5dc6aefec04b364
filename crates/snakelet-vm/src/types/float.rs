//! `float`.

use snakelet_num::bigint::Round;
use snakelet_num::float::{self, REPR_LEN, Text};

use crate::exception::classes::TYPE_ERROR;
use crate::native::leaf::{Answer, FloatObj, Leaf, LeafArgs, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, BinaryOp, NativeFn, NativeType, UnaryOp, slots};
use crate::object::Kind;
use crate::object::value::raw;
use crate::types::int::arith::{IntOp, word};
use crate::types::number;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

/// `float`.
pub static FLOAT: NativeType = NativeType::new(name!("float"), Kind::Float)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .unary_leaf(unary)
            .binary_leaf(number::binary)
            .truth(|_, value| value.as_float() != Some(0.0))
    ))
    .methods(methods![
        NativeFn::method::<FloatObj, 0>(name!("is_integer"), 0, is_integer),
        NativeFn::method::<FloatObj, 0>(name!("as_integer_ratio"), 0, as_integer_ratio),
        NativeFn::method::<FloatObj, 0>(name!("conjugate"), 0, itself),
        NativeFn::method::<FloatObj, 0>(name!("real"), 0, itself).property(),
        NativeFn::method::<FloatObj, 0>(name!("imag"), 0, zero).property(),
    ]);

/// Whether such objects can be made.
#[inline(always)]
pub(crate) fn supported(_cx: Leaf<'_>) -> Result<(), Leave> {
    Ok(())
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    let Some(object) = args.opt(0) else { return vm.new_float(0.0) };
    if vm.get(object).as_float().is_some() {
        return Ok(object);
    }
    if let Some(text) = vm.number_text(object)? {
        let bytes = vm.bytes_of(vm.get(text)).unwrap_or(&[]);
        let f = float::parse::<f64>(bytes, &mut |n| vm.spend(n));
        let f = f.map_err(|_| vm.no_number())?;
        return vm.new_float(f);
    }
    let f = vm.float_of(object)?;
    vm.new_float(f)
}

impl Vm {
    /// Raises the error for a text that shows no number, or what has ended the search for one.
    #[cold]
    pub(crate) fn no_number(&mut self) -> Raised {
        match self.end_calculation() {
            Ok(()) => self.value_error("invalid syntax for number"),
            Err(raised) => raised,
        }
    }
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

fn unary<'h>(cx: Leaf<'h>, op: UnaryOp, object: Obj<'h>) -> Result<Option<Obj<'h>>, Leave> {
    match (op, object.as_float()) {
        (UnaryOp::Negative, Some(f)) => cx.float(-f).map(Some),
        (UnaryOp::Positive, Some(_)) => Ok(Some(object)),
        _ => Ok(None),
    }
}

/// The operators on two floats, but for comparisons.
pub(crate) fn binary<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    a: f64,
    b: f64,
) -> Result<Option<Obj<'h>>, Leave> {
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::TrueDivide | BinaryOp::FloorDivide | BinaryOp::Modulo if b == 0.0 => {
            return Err(cx.zero_division());
        }
        BinaryOp::TrueDivide => a / b,
        BinaryOp::FloorDivide => floor_divmod(a, b).0,
        BinaryOp::Modulo => floor_divmod(a, b).1,
        BinaryOp::Power => {
            if a == 0.0 && b < 0.0 && b.is_finite() {
                return Err(cx.zero_division());
            }
            if a < 0.0 && a.is_finite() && b.is_finite() && float::floor(b) != b {
                return crate::types::complex::binary(cx, op, (a, 0.0), (b, 0.0));
            }
            libm::pow(a, b)
        }
        _ => return Ok(None),
    };
    cx.float(result).map(Some)
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
    let floor = float::floor(quotient);
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

/// The receiver of a method, if it is a float.
fn receiver<'h>(cx: Leaf<'h>, this: Obj<'h>) -> Result<f64, Leave> {
    this.as_float().ok_or_else(|| cx.wrong_receiver())
}

fn is_integer<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let f = receiver(cx, this)?;
    Ok(Obj::bool(f.is_finite() && float::trunc(f) == f))
}

fn itself<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    receiver(cx, this)?;
    Ok(this)
}

fn zero<'h>(cx: Leaf<'h>, _: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.float(0.0)
}

fn as_integer_ratio<'h>(cx: Leaf<'h>, this: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let f = receiver(cx, this)?;
    let (mut mantissa, mut exponent) = if f.is_finite() { libm::frexp(f) } else { (f, 0) };
    while mantissa.is_finite() && float::trunc(mantissa) != mantissa {
        mantissa *= 2.0;
        exponent -= 1;
    }
    let first = cx.int_from_f64(mantissa, Round::Zero)?;
    let one = cx.count(1);
    let by = IntOp::Lshift(exponent.unsigned_abs() as usize);
    if exponent < 0 {
        cx.pair(first, cx.arith(by, one, one)?)
    } else {
        cx.pair(cx.arith(by, first, first)?, one)
    }
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
        if let Some(f) = number::real(value) {
            return Ok(f);
        }
        let scope = self.scope();
        let found = if let Some(method) = self.special(object, qstr!("__float__")) {
            let result = self.call_with(method, &[object])?;
            self.get(result).as_float()
        } else {
            self.native_part_of(self.get(object)).and_then(number::real)
        };
        self.end_scope(scope);
        match found {
            Some(f) => Ok(f),
            None => Err(self.raise_about(&TYPE_ERROR, "can't convert %t to float", &[object])),
        }
    }
}
