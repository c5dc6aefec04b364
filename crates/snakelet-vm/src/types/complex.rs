//! `complex`.

use snakelet_num::float::{self, REPR_LEN};

use crate::exception::classes::{TYPE_ERROR, ZERO_DIVISION_ERROR};
use crate::native::args::Param;
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, BinaryOp, NativeFn, NativeType, UnaryOp, slots};
use crate::object::value::{SWord, Value};
use crate::object::{ComplexBox, Kind};
use crate::protocol::hash::float_hash;
use crate::types::float::f64_text;
use crate::types::number;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

/// `complex`.
pub static COMPLEX: NativeType = NativeType::new(name!("complex"), Kind::Complex)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .unary_leaf(unary)
            .binary_leaf(number::binary)
            .hash(hash)
            .truth(|_, value| parts(value) != Some((0.0, 0.0)))
    ))
    .methods(methods![
        NativeFn::method::<ComplexBox, 0>(name!("real"), 0, real).property(),
        NativeFn::method::<ComplexBox, 0>(name!("imag"), 0, imag).property(),
        NativeFn::method::<ComplexBox, 0>(name!("conjugate"), 0, conjugate),
    ]);

/// Real and imaginary part of a complex number.
pub type Parts = (f64, f64);

/// The parts of a value that is a complex number.
#[inline(always)]
pub(crate) fn parts(value: Value<'_>) -> Option<Parts> {
    value.cast::<ComplexBox>().map(|c| (c.re, c.im))
}

/// Whether such objects can be made.
#[inline(always)]
pub(crate) fn supported(_cx: Leaf<'_>) -> Result<(), Leave> {
    Ok(())
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let [real, imag] = args
        .parse(vm, const { &[Param::optional(name!("real")), Param::optional(name!("imag"))] })?;
    if vm.get(imag).is_null() {
        if vm.get(real).is_null() {
            return vm.new_complex(0.0, 0.0);
        }
        if parts(vm.get(real)).is_some() {
            return Ok(real);
        }
        let text = vm.native_part(real);
        if let Some(text) = vm.utf8_of(vm.get(text)) {
            let parts = float::parse_complex::<f64>(text.as_bytes(), &mut |n| vm.spend(n));
            let (re, im) = parts.map_err(|_| vm.no_number())?;
            return vm.new_complex(re, im);
        }
        let (re, im) = vm.complex_of(real)?;
        return vm.new_complex(re, im);
    }
    let (a, b) = if vm.get(real).is_null() { (0.0, 0.0) } else { part(vm, real)? };
    let (c, d) = part(vm, imag)?;
    // The imaginary part may be complex itself: it is multiplied by j.
    vm.new_complex(a - d, b + c)
}

/// One of two arguments of `complex()`.
fn part(vm: &mut Vm, object: Local) -> Result<Parts, Raised> {
    match parts(vm.get(object)) {
        Some(parts) => Ok(parts),
        None => vm.float_of(object).map(|f| (f, 0.0)),
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let (re, im) = parts(vm.get(object)).unwrap_or((0.0, 0.0));
    let mut buf = [0; REPR_LEN];
    let only_imaginary = re == 0.0 && !re.is_sign_negative();
    if !only_imaginary {
        vm.emit(out, b"(")?;
        let text = f64_text(re, false, &mut buf);
        vm.emit(out, text)?;
    }
    let text = f64_text(im, false, &mut buf);
    if !only_imaginary && text.first() != Some(&b'-') {
        vm.emit(out, b"+")?;
    }
    let text = f64_text(im, false, &mut buf);
    vm.emit(out, text)?;
    vm.emit(out, if only_imaginary { b"j" } else { b"j)" })
}

fn unary<'h>(cx: Leaf<'h>, op: UnaryOp, object: Obj<'h>) -> Result<Option<Obj<'h>>, Leave> {
    match (op, parts(object.value())) {
        (UnaryOp::Negative, Some((re, im))) => cx.complex((-re, -im)).map(Some),
        (UnaryOp::Positive, Some(_)) => Ok(Some(object)),
        _ => Ok(None),
    }
}

fn hash(vm: &mut Vm, object: Local) -> Result<SWord, Raised> {
    let (re, im) = parts(vm.get(object)).unwrap_or((0.0, 0.0));
    let im = float_hash(im).wrapping_mul(1_000_003);
    Ok(float_hash(re).wrapping_add(im))
}

/// The operators on two complex numbers.
pub(crate) fn binary<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    (a, b): Parts,
    (c, d): Parts,
) -> Result<Option<Obj<'h>>, Leave> {
    let result = match op {
        BinaryOp::Equal => return Ok(Some(Obj::bool(a == c && b == d))),
        BinaryOp::NotEqual => return Ok(Some(Obj::bool(a != c || b != d))),
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => simple(op, (a, b), (c, d)),
        BinaryOp::TrueDivide => {
            if c == 0.0 && d == 0.0 {
                return Err(cx.raise(&ZERO_DIVISION_ERROR, "complex divide by zero"));
            }
            divide((a, b), (c, d))
        }
        BinaryOp::FloorDivide => {
            return Err(cx.raise(&TYPE_ERROR, "can't truncate-divide a complex number"));
        }
        BinaryOp::Power => match power((a, b), (c, d)) {
            Some(result) => result,
            None => {
                return Err(cx.raise(&ZERO_DIVISION_ERROR, "0.0 to a complex power"));
            }
        },
        _ => return Ok(None),
    };
    cx.complex(result).map(Some)
}

/// The sum or difference of two complex numbers, or their product for all other operators.
#[inline(always)]
pub(crate) fn simple(op: BinaryOp, (a, b): Parts, (c, d): Parts) -> Parts {
    match op {
        BinaryOp::Add => (a + c, b + d),
        BinaryOp::Subtract => (a - c, b - d),
        _ => (a * c - b * d, a * d + b * c),
    }
}

/// Divides without overflow of what is in between (Smith's method).
fn divide((a, b): Parts, (c, d): Parts) -> Parts {
    if c.abs() >= d.abs() {
        let ratio = d / c;
        let by = c + d * ratio;
        ((a + b * ratio) / by, (b - a * ratio) / by)
    } else {
        let ratio = c / d;
        let by = c * ratio + d;
        ((a * ratio + b) / by, (b * ratio - a) / by)
    }
}

/// `None` if zero is raised to a power that is complex or below zero.
fn power((a, b): Parts, (c, d): Parts) -> Option<Parts> {
    if c == 0.0 && d == 0.0 {
        return Some((1.0, 0.0));
    }
    if a == 0.0 && b == 0.0 {
        return if d != 0.0 || c < 0.0 { None } else { Some((0.0, 0.0)) };
    }
    let (size, angle) = (float::hypot(a, b), libm::atan2(b, a));
    let mut length = libm::pow(size, c);
    let mut turn = angle * c;
    if d != 0.0 {
        length *= libm::exp(-d * angle);
        turn += d * libm::log(size);
    }
    Some((length * libm::cos(turn), length * libm::sin(turn)))
}

fn real<'h>(cx: Leaf<'h>, this: Gc<'h, ComplexBox>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.float(this.re)
}

fn imag<'h>(cx: Leaf<'h>, this: Gc<'h, ComplexBox>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.float(this.im)
}

fn conjugate<'h>(cx: Leaf<'h>, this: Gc<'h, ComplexBox>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.complex((this.re, -this.im))
}

impl Vm {
    /// The complex number that a number is, or that an object's `__complex__` gives.
    ///
    /// # Errors
    /// `TypeError` if it is no number; what `__complex__` raises.
    pub(crate) fn complex_of(&mut self, object: Local) -> Result<Parts, Raised> {
        let part = self.native_part(object);
        if let Some(parts) = parts(self.get(part)) {
            return Ok(parts);
        }
        if let Some(method) = self.special(object, qstr!("__complex__")) {
            let result = self.call_with(method, &[object])?;
            return match parts(self.get(result)) {
                Some(parts) => Ok(parts),
                None => Err(self.type_error("__complex__ should return a complex")),
            };
        }
        let is_number = number::real(self.get(object)).is_some();
        if is_number || self.special(object, qstr!("__float__")).is_some() || part != object {
            return self.float_of(object).map(|f| (f, 0.0));
        }
        Err(self.raise_about(&TYPE_ERROR, "can't convert %t to complex", &[object]))
    }
}
