//! The types of numbers and the built-in functions on them.

use snakelet_num::bigint::Round;
use snakelet_num::float::{self, Style, Text};

use crate::exception::classes::TYPE_ERROR;
use crate::native::{BinaryOp, Constant, Contents};
use crate::object::value::Value;
use crate::types::complex::{self, COMPLEX};
use crate::types::float::{FLOAT, floor_divmod};
use crate::types::int::arith::{IntOp, int_ref, operand, word};
use crate::types::int::{INT, power};
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("abs", 1, 1, abs),
        function!("bin", 1, 1, bin),
        function!("divmod", 2, 2, divmod),
        function!("hex", 1, 1, hex),
        function!("oct", 1, 1, oct),
        function!("pow", 2, 3, pow),
        function!("round", 1, 2, round),
    ],
    constants: &[
        (name!("int"), Constant::Type(&INT)),
        (name!("bool"), Constant::Type(&crate::types::bool::BOOL)),
        (name!("float"), Constant::Type(&FLOAT)),
        (name!("complex"), Constant::Type(&COMPLEX)),
    ],
};

fn abs(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    if let Some((re, im)) = complex::parts(vm.get(object)) {
        return vm.new_float(libm::hypot(re, im));
    }
    if let Some(method) = vm.special(object, qstr!("__abs__")) {
        return vm.call_with(method, &[object]);
    }
    let object = vm.native_part(object);
    let value = vm.get(object);
    if let Some(i) = word(value) {
        return vm.new_int_64((i as i64).wrapping_abs());
    }
    if let Some(f) = value.as_float() {
        return vm.new_float(f.abs());
    }
    if int_ref(value).is_some() {
        return vm.int_abs(object);
    }
    Err(vm.raise_parts(
        &TYPE_ERROR,
        &[
            Part::Text("unsupported type for "),
            Part::Name(crate::name!("__abs__")),
            Part::Text(": '"),
            Part::TypeOf(args.get(0)),
            Part::Text("'"),
        ],
    ))
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

fn divmod(vm: &mut Vm, args: Args) -> Res {
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
    let (left, right) = (vm.native_part(left), vm.native_part(right));
    let (a, b) = (vm.get(left), vm.get(right));
    let (a_int, b_int) = (int_ref(a).is_some(), int_ref(b).is_some());
    if a_int && b_int {
        let quotient = vm.int_op(IntOp::FloorDivide, left, right)?;
        let rest = vm.int_op(IntOp::Modulo, left, right)?;
        return vm.new_tuple_of(&[quotient, rest]);
    }
    let real = |value: Value<'_>, is_int: bool, local: Local| match value.as_float() {
        Some(f) => Some(f),
        None if is_int => Some(vm.int_to_f64(local)),
        None => None,
    };
    if let (Some(a), Some(b)) = (real(a, a_int, left), real(b, b_int, right)) {
        if b == 0.0 {
            return Err(vm.zero_division());
        }
        let (quotient, rest) = floor_divmod(a, b);
        let quotient = vm.new_float(quotient)?;
        let rest = vm.new_float(rest)?;
        return vm.new_tuple_of(&[quotient, rest]);
    }
    Err(vm.raise_parts(
        &TYPE_ERROR,
        &[
            Part::Text("unsupported types for "),
            Part::Name(crate::name!("__divmod__")),
            Part::Text(": '"),
            Part::TypeOf(args.get(0)),
            Part::Text("', '"),
            Part::TypeOf(args.get(1)),
            Part::Text("'"),
        ],
    ))
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

fn round(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    if let Some(method) = vm.special(object, qstr!("__round__")) {
        return match args.opt(1) {
            Some(digits) => vm.call_with(method, &[object, digits]),
            None => vm.call_with(method, &[object]),
        };
    }
    let object = vm.native_part(object);
    let digits = match args.opt(1) {
        Some(digits) if !vm.get(digits).is_none() => Some(vm.index_of(digits)?),
        _ => None,
    };
    if int_ref(vm.get(object)).is_some() {
        return round_int(vm, object, digits.unwrap_or(0));
    }
    let f = vm.float_of(object)?;
    match digits {
        None => vm.int_from_f64(libm::rint(f), Round::Zero),
        Some(digits) if digits < 0 && f.is_finite() && libm::trunc(f) == f => {
            let int = vm.int_from_f64(f, Round::Zero)?;
            let rounded = round_int(vm, int, digits)?;
            let rounded = vm.int_to_f64(rounded);
            vm.new_float(rounded.copysign(f))
        }
        Some(digits) => vm.new_float(round_f64(f, digits)),
    }
}

/// Rounds an int to a multiple of a power of ten, ties to even.
fn round_int(vm: &mut Vm, int: Local, digits: isize) -> Res {
    if digits >= 0 {
        return vm.int_of(int);
    }
    // A power of ten has more than three bits a digit: beyond twice the int all is rounded off.
    let digits = digits.unsigned_abs();
    if digits > operand(vm, int).int().bit_length() / 3 + 2 {
        return vm.new_int(0);
    }
    let ten = vm.push(Value::tiny_int(10));
    let digits = vm.new_uint_64(digits as u64)?;
    let unit = vm.binary_op(BinaryOp::Power, ten, digits)?;
    let rest = vm.int_op(IntOp::Modulo, int, unit)?;
    let down = vm.int_op(IntOp::Subtract, int, rest)?;
    let twice = vm.int_op(IntOp::Add, rest, rest)?;
    let order = operand(vm, twice).int().cmp(&operand(vm, unit).int());
    let up = match order {
        core::cmp::Ordering::Less => false,
        core::cmp::Ordering::Greater => true,
        core::cmp::Ordering::Equal => {
            let count = vm.int_op(IntOp::FloorDivide, down, unit)?;
            snakelet_num::bigint::to_u64_wrapping(operand(vm, count).int()) & 1 != 0
        }
    };
    if up { vm.int_op(IntOp::Add, down, unit) } else { Ok(down) }
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
    float::parse(buf.get(..len).unwrap_or(&[])).unwrap_or(f)
}

/// Rounds a float that is no whole number to a multiple of a power of ten, ties to even: since it
/// has a fraction, there are none.
fn round_before_point(f: f64, digits: usize) -> f64 {
    let whole = f.abs() as u64;
    let unit = u32::try_from(digits).ok().and_then(|digits| 10u64.checked_pow(digits));
    let rounded = match unit {
        Some(unit) if whole % unit >= unit / 2 => whole - whole % unit + unit,
        Some(unit) => whole - whole % unit,
        None => 0,
    };
    (rounded as f64).copysign(f)
}
