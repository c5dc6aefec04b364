//! `math`.

mod integer;
mod sums;

use snakelet_num::bigint::{self, Round};

use crate::native::args::Param;
use crate::native::{Constant, Contents, NativeModule};
use crate::types::int::arith::{IntOp, int_ref, operand};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

/// `math`.
pub static MATH: NativeModule = NativeModule::new(
    name!("math"),
    &[Contents {
        functions: methods![
            function!("sqrt", 1, 1, sqrt),
            function!("cbrt", 1, 1, cbrt),
            function!("exp", 1, 1, exp),
            function!("expm1", 1, 1, expm1),
            function!("log", 1, 2, log),
            function!("log1p", 1, 1, log1p),
            function!("log2", 1, 1, log2),
            function!("log10", 1, 1, log10),
            function!("cosh", 1, 1, cosh),
            function!("sinh", 1, 1, sinh),
            function!("tanh", 1, 1, tanh),
            function!("acosh", 1, 1, acosh),
            function!("asinh", 1, 1, asinh),
            function!("atanh", 1, 1, atanh),
            function!("cos", 1, 1, cos),
            function!("sin", 1, 1, sin),
            function!("tan", 1, 1, tan),
            function!("acos", 1, 1, acos),
            function!("asin", 1, 1, asin),
            function!("atan", 1, 1, atan),
            function!("fabs", 1, 1, fabs),
            function!("erf", 1, 1, erf),
            function!("erfc", 1, 1, erfc),
            function!("gamma", 1, 1, gamma),
            function!("lgamma", 1, 1, lgamma),
            function!("pow", 2, 2, pow),
            function!("atan2", 2, 2, atan2),
            function!("copysign", 2, 2, copysign),
            function!("fmod", 2, 2, fmod),
            function!("remainder", 2, 2, remainder),
            function!("nextafter", 2, 2, nextafter),
            function!("ulp", 1, 1, ulp),
            function!("ceil", 1, 1, ceil),
            function!("floor", 1, 1, floor),
            function!("trunc", 1, 1, trunc),
            function!("isfinite", 1, 1, isfinite),
            function!("isinf", 1, 1, isinf),
            function!("isnan", 1, 1, isnan),
            function!("isclose", 2, 2, isclose).keywords(),
            function!("ldexp", 2, 2, ldexp),
            function!("frexp", 1, 1, frexp),
            function!("modf", 1, 1, modf),
            function!("radians", 1, 1, radians),
            function!("degrees", 1, 1, degrees),
            function!("factorial", 1, 1, integer::factorial),
            function!("gcd", 0, crate::native::VARIADIC, integer::gcd),
            function!("lcm", 0, crate::native::VARIADIC, integer::lcm),
            function!("isqrt", 1, 1, integer::isqrt),
            function!("comb", 2, 2, integer::comb),
            function!("perm", 1, 2, integer::perm),
            function!("prod", 1, 1, sums::prod).keywords(),
            function!("fsum", 1, 1, sums::fsum),
            function!("hypot", 0, crate::native::VARIADIC, sums::hypot),
            function!("dist", 2, 2, sums::dist),
        ],
        constants: &[
            (name!("e"), Constant::Float(&core::f64::consts::E)),
            (name!("pi"), Constant::Float(&core::f64::consts::PI)),
            (name!("tau"), Constant::Float(&core::f64::consts::TAU)),
            (name!("inf"), Constant::Float(&f64::INFINITY)),
            (name!("nan"), Constant::Float(&f64::NAN)),
        ],
    }],
);

fn domain_error(vm: &mut Vm) -> Raised {
    vm.value_error("math domain error")
}

/// A function of one number; what is no number or infinite without reason is out of its domain.
#[inline(never)]
fn function_1(vm: &mut Vm, args: Args, f: fn(f64) -> f64) -> Res {
    let x = vm.float_of(args.get(0))?;
    let y = f(x);
    if y.is_nan() && !x.is_nan() || y.is_infinite() && !x.is_infinite() {
        return Err(domain_error(vm));
    }
    vm.new_float(y)
}

/// A function of two numbers, likewise.
#[inline(never)]
fn function_2(vm: &mut Vm, args: Args, f: fn(f64, f64) -> f64) -> Res {
    let x = vm.float_of(args.get(0))?;
    let y = vm.float_of(args.get(1))?;
    let z = f(x, y);
    if z.is_nan() && !x.is_nan() && !y.is_nan()
        || z.is_infinite() && !x.is_infinite() && !y.is_infinite()
    {
        return Err(domain_error(vm));
    }
    vm.new_float(z)
}

macro_rules! functions {
    ($wrap:ident: $($name:ident)*) => {$(
        fn $name(vm: &mut Vm, args: Args) -> Res {
            $wrap(vm, args, libm::$name)
        }
    )*};
}

functions! { function_1:
    sqrt cbrt exp expm1 log1p cosh sinh tanh acosh asinh atanh
    cos sin tan acos asin atan fabs erf erfc lgamma
}
functions! { function_2: pow atan2 copysign remainder nextafter }

fn fmod(vm: &mut Vm, args: Args) -> Res {
    function_2(vm, args, snakelet_num::float::fmod)
}

fn gamma(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |x| if x == f64::NEG_INFINITY { f64::NAN } else { libm::tgamma(x) })
}

fn ulp(vm: &mut Vm, args: Args) -> Res {
    function_1(vm, args, |x| {
        let x = x.abs();
        let next = libm::nextafter(x, f64::INFINITY);
        if next.is_finite() {
            next - x
        } else if x.is_finite() {
            x - libm::nextafter(x, 0.0)
        } else {
            x
        }
    })
}

fn radians(vm: &mut Vm, args: Args) -> Res {
    let x = vm.float_of(args.get(0))?;
    vm.new_float(x * (core::f64::consts::PI / 180.0))
}

fn degrees(vm: &mut Vm, args: Args) -> Res {
    let x = vm.float_of(args.get(0))?;
    vm.new_float(x * (180.0 / core::f64::consts::PI))
}

/// The logarithm of a number above zero, which may be an int beyond the range of floats, by the
/// function `f` for floats; `two` is that of two.
fn logarithm(vm: &mut Vm, object: Local, f: fn(f64) -> f64, two: f64) -> Result<f64, Raised> {
    let x = vm.float_of(object)?;
    if x <= 0.0 {
        return Err(domain_error(vm));
    }
    if x.is_infinite() && int_ref(vm.get(object)).is_some() {
        let scope = vm.scope();
        let shift = operand(vm, object).int().bit_length().saturating_sub(64);
        let top = vm.int_op(IntOp::Rshift(shift), object, object)?;
        let top = vm.int_to_f64(top);
        vm.end_scope(scope);
        return Ok(f(top) + shift as f64 * two);
    }
    Ok(f(x))
}

fn log(vm: &mut Vm, args: Args) -> Res {
    let x = logarithm(vm, args.get(0), libm::log, core::f64::consts::LN_2)?;
    let Some(base) = args.opt(1) else { return vm.new_float(x) };
    let base = logarithm(vm, base, libm::log, core::f64::consts::LN_2)?;
    if base == 0.0 {
        return Err(vm.zero_division());
    }
    vm.new_float(x / base)
}

fn log2(vm: &mut Vm, args: Args) -> Res {
    let y = logarithm(vm, args.get(0), libm::log2, 1.0)?;
    vm.new_float(y)
}

fn log10(vm: &mut Vm, args: Args) -> Res {
    let y = logarithm(vm, args.get(0), libm::log10, core::f64::consts::LOG10_2)?;
    vm.new_float(y)
}

/// An int next to a number; ints stay as they are.
fn rounded(vm: &mut Vm, args: Args, special: snakelet_qstr::Qstr, round: Round) -> Res {
    let object = args.get(0);
    if let Some(method) = vm.special(object, special) {
        return vm.call_with(method, &[object]);
    }
    let part = vm.native_part(object);
    if int_ref(vm.get(part)).is_some() {
        return vm.int_of(part);
    }
    let x = vm.float_of(object)?;
    vm.int_from_f64(x, round)
}

fn ceil(vm: &mut Vm, args: Args) -> Res {
    rounded(vm, args, qstr!("__ceil__"), Round::Ceil)
}

fn floor(vm: &mut Vm, args: Args) -> Res {
    rounded(vm, args, qstr!("__floor__"), Round::Floor)
}

fn trunc(vm: &mut Vm, args: Args) -> Res {
    rounded(vm, args, qstr!("__trunc__"), Round::Zero)
}

fn isfinite(vm: &mut Vm, args: Args) -> Res {
    Ok(Local::bool(vm.float_of(args.get(0))?.is_finite()))
}

fn isinf(vm: &mut Vm, args: Args) -> Res {
    Ok(Local::bool(vm.float_of(args.get(0))?.is_infinite()))
}

fn isnan(vm: &mut Vm, args: Args) -> Res {
    Ok(Local::bool(vm.float_of(args.get(0))?.is_nan()))
}

/// `isclose(a, b, *, rel_tol=1e-9, abs_tol=0.0)`
fn isclose(vm: &mut Vm, args: Args) -> Res {
    let [a, b, relative, absolute] = args.parse(
        vm,
        const {
            &[
                Param::required(qstr!("a")),
                Param::required(qstr!("b")),
                Param::keyword(qstr!("rel_tol"), Local::NULL),
                Param::keyword(qstr!("abs_tol"), Local::NULL),
            ]
        },
    )?;
    let (a, b) = (vm.float_of(a)?, vm.float_of(b)?);
    let relative = if vm.get(relative).is_null() { 1e-9 } else { vm.float_of(relative)? };
    let absolute = if vm.get(absolute).is_null() { 0.0 } else { vm.float_of(absolute)? };
    if relative < 0.0 || absolute < 0.0 {
        return Err(domain_error(vm));
    }
    let difference = (a - b).abs();
    let close = |tolerance: f64| difference <= tolerance.abs();
    let near = close(absolute) || close(relative * a) || close(relative * b);
    Ok(Local::bool(a == b || !difference.is_infinite() && near))
}

fn ldexp(vm: &mut Vm, args: Args) -> Res {
    let x = vm.float_of(args.get(0))?;
    let exponent = vm.index_of(args.get(1))?;
    // Beyond this any float becomes zero or infinite.
    vm.new_float(libm::ldexp(x, exponent.clamp(-10_000, 10_000) as i32))
}

fn frexp(vm: &mut Vm, args: Args) -> Res {
    let x = vm.float_of(args.get(0))?;
    let (mantissa, exponent) = if x.is_finite() { libm::frexp(x) } else { (x, 0) };
    let mantissa = vm.new_float(mantissa)?;
    let exponent = vm.new_int(exponent as isize)?;
    vm.new_tuple_of(&[mantissa, exponent])
}

fn modf(vm: &mut Vm, args: Args) -> Res {
    let x = vm.float_of(args.get(0))?;
    let whole = libm::trunc(x);
    let fraction = if x.is_infinite() { 0.0 } else { x - whole };
    let fraction = vm.new_float(if x.is_nan() { x } else { fraction.copysign(x) })?;
    let whole = vm.new_float(whole)?;
    vm.new_tuple_of(&[fraction, whole])
}

/// Whether an int is below zero.
fn is_negative(vm: &Vm, int: Local) -> bool {
    operand(vm, int).int().is_negative()
}

/// The int in a local as a machine int, if it fits.
fn small(vm: &Vm, int: Local) -> Option<i64> {
    bigint::to_i64(operand(vm, int).int())
}
