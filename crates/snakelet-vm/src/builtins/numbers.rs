//! The types of numbers and the built-in functions on them.

use snakelet_num::bigint::{self, Round, Small};
use snakelet_num::float::{self, Style, Text, hypot};

use crate::exception::classes::TYPE_ERROR;
use crate::native::leaf::{Answer, Leaf, LeafArgs, Obj};
use crate::native::{BinaryOp, Constant, Contents, NativeFn};
use crate::object::Kind;
use crate::object::value::Value;
use crate::types::complex;
use crate::types::float::floor_divmod;
use crate::types::int::arith::{IntOp, int_ref};
use crate::types::int::{INT, power, proper};
use crate::types::number;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        NativeFn::leaf::<1>(name!("abs"), 0, abs),
        function!("bin", 1, 1, bin),
        function!("hex", 1, 1, hex),
        function!("oct", 1, 1, oct),
        function!("pow", 2, 3, pow),
        NativeFn::leaf::<1>(name!("round"), 1, round),
    ],
    constants: &[
        (name!("divmod"), Constant::Function(&DIVMOD)),
        (name!("int"), Constant::Type(&INT)),
        (name!("bool"), Constant::Type(&crate::types::bool::BOOL)),
        #[cfg(feature = "float")]
        (name!("float"), Constant::Type(&crate::types::float::FLOAT)),
        #[cfg(feature = "complex")]
        (name!("complex"), Constant::Type(&complex::COMPLEX)),
    ],
};

static DIVMOD: NativeFn = NativeFn::leaf::<2>(name!("divmod"), 0, divmod);

fn abs<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let value = args.get::<0>().value();
    if let Some(f) = value.as_float() {
        return cx.float(f.abs());
    }
    if let Some((re, im)) = complex::parts(value) {
        return cx.float(hypot(re, im));
    }
    if int_ref(value).is_some() {
        return cx.int_abs(proper(args.get::<0>()));
    }
    Err(cx.special(qstr!("__abs__"), "unsupported type for __abs__: '%t'"))
}

fn in_base(vm: &mut Vm, args: Args, base: u8) -> Res {
    let int = vm.int_of(args.get(0))?;
    let out = vm.new_text()?;
    vm.emit_number(out, int, base, true)?;
    vm.finish_text(out)
}

fn bin(vm: &mut Vm, args: Args) -> Res {
    in_base(vm, args, 2)
}

fn oct(vm: &mut Vm, args: Args) -> Res {
    in_base(vm, args, 8)
}

fn hex(vm: &mut Vm, args: Args) -> Res {
    in_base(vm, args, 16)
}

fn divmod<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let (left, right) = (args.get::<0>(), args.get::<1>());
    let (l, r) = (left.value(), right.value());
    if int_ref(l).is_some() && int_ref(r).is_some() {
        let quotient = cx.arith(IntOp::FloorDivide, left, right)?;
        return cx.pair(quotient, cx.arith(IntOp::Modulo, left, right)?);
    }
    let (Some(a), Some(b)) = (number::real(l), number::real(r)) else {
        return Err(cx.full(divmod_of));
    };
    if b == 0.0 {
        return Err(cx.zero_division());
    }
    let (quotient, rest) = floor_divmod(a, b);
    cx.pair(cx.float(quotient)?, cx.float(rest)?)
}

fn divmod_of(vm: &mut Vm, args: Args) -> Res {
    let (left, right) = (args.get(0), args.get(1));
    for (name, object, other) in
        [(qstr!("__divmod__"), left, right), (qstr!("__rdivmod__"), right, left)]
    {
        if let Some(method) = vm.special(object, name) {
            let result = vm.call_with(method, &[object, other])?;
            if !vm.get(result).is(Value::NOT_IMPLEMENTED) {
                return Ok(result);
            }
        }
    }
    let is_real = |part: Local| number::is_real(vm.get(part));
    let (l, r) = (vm.native_part(left), vm.native_part(right));
    if (l != left || r != right) && is_real(l) && is_real(r) {
        let divmod = vm.push(Value::from_ref(&DIVMOD));
        return vm.call_with(divmod, &[l, r]);
    }
    let text = "unsupported types for __divmod__: '%t', '%t'";
    Err(vm.raise_about(&TYPE_ERROR, text, &[left, right]))
}

fn pow(vm: &mut Vm, args: Args) -> Res {
    let modulus = args.get(2);
    if vm.get(modulus).is_null() || vm.get(modulus).is_none() {
        return vm.binary_op(BinaryOp::Power, args.get(0), args.get(1));
    }
    let base = vm.native_part(args.get(0));
    let exponent = vm.native_part(args.get(1));
    let modulus = vm.native_part(modulus);
    power::power_modulo(vm, base, exponent, modulus)
}

fn round<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let object = args.get::<0>();
    if object.is_kind(Kind::Instance) {
        return Err(cx.special(qstr!("__round__"), ""));
    }
    let digits = match args.opt(1) {
        None => None,
        Some(digits) if digits.is_none() => None,
        Some(digits) => Some(digits.as_small_int().ok_or_else(|| cx.index(1))?),
    };
    let Some(f) = object.as_float() else {
        return match digits {
            _ if int_ref(object.value()).is_none() => Err(cx.number(0)),
            Some(digits) if digits < 0 => round_int(cx, object, digits.unsigned_abs()),
            _ => Ok(proper(object)),
        };
    };
    match digits {
        None => cx.int_from_f64(float::rint(f), Round::Zero),
        Some(digits) if digits < 0 && f.is_finite() && float::trunc(f) == f => {
            let int = cx.int_from_f64(f, Round::Zero)?;
            let rounded = round_int(cx, int, digits.unsigned_abs())?;
            cx.float(number::real(rounded.value()).unwrap_or(0.0).copysign(f))
        }
        Some(digits) => cx.float(round_f64(f, digits)),
    }
}

/// Rounds an int to a multiple of a power of ten, ties to even.
fn round_int<'h>(cx: Leaf<'h>, int: Obj<'h>, digits: usize) -> Answer<'h> {
    let bits = |obj: Obj<'h>| int_ref(obj.value()).map_or(0, |int| int.int().bit_length());
    // A power of ten has more than three bits a digit: beyond twice the int all is rounded off.
    if digits > bits(int) / 3 + 2 {
        return Ok(cx.count(0));
    }
    let ten = Small::from(10isize);
    let unit = power::power(cx, ten.int(), Small::from(digits as u64).int())?;
    let rest = cx.arith(IntOp::Modulo, int, unit)?;
    let down = cx.arith(IntOp::Subtract, int, rest)?;
    let twice = cx.arith(IntOp::Add, rest, rest)?;
    let over = cx.arith(IntOp::Subtract, twice, unit)?;
    let up = match int_ref(over.value()) {
        Some(over) if over.int().is_zero() => {
            let count = cx.arith(IntOp::FloorDivide, down, unit)?;
            int_ref(count.value()).is_some_and(|n| bigint::to_u64_wrapping(n.int()) & 1 != 0)
        }
        Some(over) => !over.int().is_negative(),
        None => false,
    };
    if up { cx.arith(IntOp::Add, down, unit) } else { Ok(down) }
}

/// Digits after the point that no float has more of and still differs when rounded to them.
const MAX_DIGITS: isize = 323;

/// Rounds a float to decimal digits after the point, correctly: by its decimal text.
fn round_f64(f: f64, digits: isize) -> f64 {
    if !f.is_finite() || digits > MAX_DIGITS {
        return f;
    }
    if digits < 0 {
        return round_before_point(f, digits.unsigned_abs());
    }
    // From here on floats are whole numbers.
    if f.abs() >= 9_007_199_254_740_992.0 {
        return f;
    }
    let mut buf = [0; 16 + MAX_DIGITS as usize + 3];
    let text = Text::with_precision(f, Style::Fixed, digits as u32, false);
    let len = text.write(&mut buf).unwrap_or(0);
    float::parse(buf.get(..len).unwrap_or(&[]), &mut |_| Ok(())).unwrap_or(f)
}

/// Rounds a float that is no whole number to a multiple of a power of ten, ties to even: since it
/// has a fraction, there are none.
fn round_before_point(f: f64, digits: usize) -> f64 {
    let whole = f.abs() as u64;
    let unit = u32::try_from(digits).ok().and_then(|digits| 10u64.checked_pow(digits));
    let rounded = match unit {
        Some(unit) => {
            let rest = whole.checked_rem(unit).unwrap_or(0);
            if rest >= unit / 2 { whole - rest + unit } else { whole - rest }
        }
        None => 0,
    };
    (rounded as f64).copysign(f)
}
