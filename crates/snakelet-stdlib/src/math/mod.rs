//! `math`.

mod integer;
mod sums;

use snakelet_num::bigint::Round;
use snakelet_num::float;
use snakelet_vm::native::leaf::{Answer, IntOp, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{Constant, Contents, Named, NativeFn, NativeModule, Param, VARIADIC};
use snakelet_vm::{Qstr, methods, name, qstr};

/// `math`.
pub static MATH: NativeModule = NativeModule::new(
    name!("math"),
    &[Contents {
        functions: methods![
            NativeFn::float(name!("sqrt"), float::sqrt),
            NativeFn::float(name!("cbrt"), cbrt),
            NativeFn::float(name!("exp"), libm::exp),
            NativeFn::float(name!("expm1"), libm::expm1),
            NativeFn::leaf::<1>(name!("log"), 1, log),
            NativeFn::float(name!("log1p"), libm::log1p),
            NativeFn::leaf::<1>(name!("log2"), 0, log2),
            NativeFn::leaf::<1>(name!("log10"), 0, log10),
            NativeFn::float(name!("cosh"), libm::cosh),
            NativeFn::float(name!("sinh"), libm::sinh),
            NativeFn::float(name!("tanh"), libm::tanh),
            NativeFn::float(name!("acosh"), libm::acosh),
            NativeFn::float(name!("asinh"), libm::asinh),
            NativeFn::float(name!("atanh"), libm::atanh),
            NativeFn::float(name!("cos"), libm::cos),
            NativeFn::float(name!("sin"), libm::sin),
            NativeFn::float(name!("tan"), libm::tan),
            NativeFn::float(name!("acos"), libm::acos),
            NativeFn::float(name!("asin"), libm::asin),
            NativeFn::float(name!("atan"), libm::atan),
            NativeFn::float(name!("fabs"), libm::fabs),
            NativeFn::float(name!("erf"), libm::erf),
            NativeFn::float(name!("erfc"), libm::erfc),
            NativeFn::float(name!("gamma"), libm::tgamma),
            NativeFn::float(name!("lgamma"), libm::lgamma),
            NativeFn::leaf::<2>(name!("pow"), 0, pow),
            NativeFn::leaf::<2>(name!("atan2"), 0, atan2),
            NativeFn::leaf::<2>(name!("copysign"), 0, copysign),
            NativeFn::leaf::<2>(name!("fmod"), 0, fmod),
            NativeFn::leaf::<2>(name!("remainder"), 0, remainder),
            NativeFn::leaf::<2>(name!("nextafter"), 0, nextafter),
            NativeFn::float(name!("ulp"), ulp),
            NativeFn::leaf::<1>(name!("ceil"), 0, ceil),
            NativeFn::leaf::<1>(name!("floor"), 0, floor),
            NativeFn::leaf::<1>(name!("trunc"), 0, trunc),
            NativeFn::leaf::<1>(name!("isfinite"), 0, isfinite),
            NativeFn::leaf::<1>(name!("isinf"), 0, isinf),
            NativeFn::leaf::<1>(name!("isnan"), 0, isnan),
            NativeFn::named(
                const { &Named::new(NativeFn::leaf::<2>(name!("isclose"), 0, isclose), &TOLERANCES,) },
            ),
            NativeFn::leaf::<2>(name!("ldexp"), 0, ldexp),
            NativeFn::leaf::<1>(name!("frexp"), 0, frexp),
            NativeFn::leaf::<1>(name!("modf"), 0, modf),
            NativeFn::leaf::<1>(name!("radians"), 0, radians),
            NativeFn::leaf::<1>(name!("degrees"), 0, degrees),
            NativeFn::full(name!("factorial"), 1, 1, integer::factorial),
            NativeFn::full(name!("gcd"), 0, VARIADIC, integer::gcd),
            NativeFn::full(name!("lcm"), 0, VARIADIC, integer::lcm),
            NativeFn::full(name!("isqrt"), 1, 1, integer::isqrt),
            NativeFn::full(name!("comb"), 2, 2, integer::comb),
            NativeFn::full(name!("perm"), 1, 2, integer::perm),
            NativeFn::full(name!("prod"), 1, 1, sums::prod).keywords(),
            NativeFn::full(name!("fsum"), 1, 1, sums::fsum),
            NativeFn::leaf::<0>(name!("hypot"), VARIADIC, sums::hypot),
            NativeFn::full(name!("dist"), 2, 2, sums::dist),
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

/// A function of two numbers; what is no number or infinite without reason is out of its domain.
#[inline(never)]
fn function_2<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>, f: fn(f64, f64) -> f64) -> Answer<'h> {
    let x = cx.real(args.get::<0>(), 0)?;
    let y = cx.real(args.get::<1>(), 1)?;
    cx.in_domain(f(x, y), x, y)
}

macro_rules! functions_2 {
    ($($name:ident: $f:expr;)*) => {$(
        fn $name<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
            function_2(cx, args, $f)
        }
    )*};
}

functions_2! {
    pow: libm::pow;
    atan2: libm::atan2;
    copysign: libm::copysign;
    fmod: float::fmod;
    remainder: libm::remainder;
    nextafter: libm::nextafter;
}

/// The cube root: a power that is off by little, and a step of Newton's method. The library's own is exact to the last
/// bit, in ten times the code.
fn cbrt(x: f64) -> f64 {
    let root = libm::pow(libm::fabs(x), 1.0 / 3.0);
    if x == 0.0 || !root.is_finite() {
        return x;
    }
    let quotient = libm::fabs(x) / (root * root);
    libm::copysign(root - (root - quotient) / 3.0, x)
}

fn ulp(x: f64) -> f64 {
    let x = x.abs();
    let next = libm::nextafter(x, f64::INFINITY);
    if next.is_finite() {
        next - x
    } else if x.is_finite() {
        x - libm::nextafter(x, 0.0)
    } else {
        x
    }
}

fn radians<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.float(cx.real(args.get::<0>(), 0)? * (core::f64::consts::PI / 180.0))
}

fn degrees<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.float(cx.real(args.get::<0>(), 0)? * (180.0 / core::f64::consts::PI))
}

/// The logarithm of argument `i`, a number above zero, which may be an int beyond the range of floats,
/// by the function `f` for floats; `two` is that of two.
#[inline(never)]
fn logarithm<'h>(
    cx: Leaf<'h>,
    object: Obj<'h>,
    i: usize,
    f: fn(f64) -> f64,
    two: f64,
) -> Result<f64, Leave> {
    let x = cx.real(object, i)?;
    if x <= 0.0 {
        return Err(cx.domain_error());
    }
    if x.is_infinite()
        && let Some(int) = object.as_int()
    {
        let shift = int.int().bit_length().saturating_sub(64);
        let top = cx.arith(IntOp::Rshift(shift), object, object)?;
        let top = cx.real(top, i)?;
        return Ok(f(top) + shift as f64 * two);
    }
    Ok(f(x))
}

fn log<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let ln = |object, i| logarithm(cx, object, i, libm::log, core::f64::consts::LN_2);
    let x = ln(args.get::<0>(), 0)?;
    let Some(base) = args.opt(1) else { return cx.float(x) };
    let base = ln(base, 1)?;
    if base == 0.0 {
        return Err(cx.zero_division());
    }
    cx.float(x / base)
}

fn log2<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.float(logarithm(cx, args.get::<0>(), 0, libm::log2, 1.0)?)
}

fn log10<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.float(logarithm(cx, args.get::<0>(), 0, libm::log10, core::f64::consts::LOG10_2)?)
}

/// An int next to a number; ints stay as they are.
fn rounded<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>, special: Qstr, round: Round) -> Answer<'h> {
    let object = args.get::<0>();
    if let Some(f) = object.as_float() {
        return cx.int_from_f64(f, round);
    }
    if let Some(int) = object.proper_int() {
        return Ok(int);
    }
    // of an object of another type this raises the error
    Err(cx.special(special, ""))
}

fn ceil<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    rounded(cx, args, qstr!("__ceil__"), Round::Ceil)
}

fn floor<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    rounded(cx, args, qstr!("__floor__"), Round::Floor)
}

fn trunc<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    rounded(cx, args, qstr!("__trunc__"), Round::Zero)
}

fn isfinite<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    Ok(Obj::bool(cx.real(args.get::<0>(), 0)?.is_finite()))
}

fn isinf<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    Ok(Obj::bool(cx.real(args.get::<0>(), 0)?.is_infinite()))
}

fn isnan<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    Ok(Obj::bool(cx.real(args.get::<0>(), 0)?.is_nan()))
}

static TOLERANCES: [Param; 4] = [
    Param::required(name!("a")),
    Param::required(name!("b")),
    Param::keyword(name!("rel_tol")),
    Param::keyword(name!("abs_tol")),
];

/// `isclose(a, b, *, rel_tol=1e-9, abs_tol=0.0)`
fn isclose<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let a = cx.real(args.get::<0>(), 0)?;
    let b = cx.real(args.get::<1>(), 1)?;
    let tolerance = |i, default| args.opt(i).map_or(Ok(default), |given| cx.real(given, i));
    let (relative, absolute) = (tolerance(2, 1e-9)?, tolerance(3, 0.0)?);
    if relative < 0.0 || absolute < 0.0 {
        return Err(cx.domain_error());
    }
    let difference = (a - b).abs();
    let close = |tolerance: f64| difference <= tolerance.abs();
    let near = close(absolute) || close(relative * a) || close(relative * b);
    Ok(Obj::bool(a == b || !difference.is_infinite() && near))
}

fn ldexp<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let x = cx.real(args.get::<0>(), 0)?;
    let Some(exponent) = args.get::<1>().as_small_int() else { return Err(cx.index(1)) };
    // Beyond this any float becomes zero or infinite.
    cx.float(libm::ldexp(x, exponent.clamp(-10_000, 10_000) as i32))
}

fn frexp<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let x = cx.real(args.get::<0>(), 0)?;
    let (mantissa, exponent) = if x.is_finite() { libm::frexp(x) } else { (x, 0) };
    cx.pair(cx.float(mantissa)?, cx.int(exponent.into())?)
}

fn modf<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let x = cx.real(args.get::<0>(), 0)?;
    let whole = float::trunc(x);
    let fraction = if x.is_infinite() { 0.0 } else { x - whole };
    let fraction = if x.is_nan() { x } else { fraction.copysign(x) };
    cx.pair(cx.float(fraction)?, cx.float(whole)?)
}
