//! Functions of floats that take less memory for code than those of `libm`, for errors of one or two
//! units in the last place.

use super::unit::{floor, sqrt};

/// The cube root.
pub fn cbrt(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    // what has less than full precision is scaled by the cube of a power of two
    let scale = (1u64 << 18) as f64;
    let subnormal = x.abs() < f64::MIN_POSITIVE;
    let size = if subnormal { x.abs() * (scale * scale * scale) } else { x.abs() };
    // A third of the exponent, and with it of the logarithm, gives the first five bits.
    let mut root = f64::from_bits(size.to_bits() / 3 + (1023 - 1023 / 3) * (1 << 52) - CBRT_BIAS);
    // Halley's method triples the right bits.
    for _ in 0..2 {
        let ratio = size / root / (root * root);
        root *= (1.0 + 2.0 * ratio) / (2.0 + ratio);
    }
    // The last step is made where the square is exact.
    root = f64::from_bits(root.to_bits() & !0x07ff_ffff);
    let quotient = size / (root * root);
    root += root * (quotient - root) / (2.0 * root + quotient);
    (if subnormal { root / scale } else { root }).copysign(x)
}

/// What makes the first guess of a cube root right on average: 0.05 of an exponent.
const CBRT_BIAS: u64 = (1 << 52) / 20;

/// The arc sine.
pub fn asin(x: f64) -> f64 {
    libm::atan2(x, sqrt((1.0 - x) * (1.0 + x)))
}

/// The arc cosine.
pub fn acos(x: f64) -> f64 {
    2.0 * libm::atan2(sqrt(1.0 - x), sqrt(1.0 + x))
}

/// The inverse of the hyperbolic cosine.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return f64::NAN;
    }
    // beyond this the square is infinite, and one makes no difference
    if x > 1e150 {
        return libm::log(x) + core::f64::consts::LN_2;
    }
    let above = x - 1.0;
    libm::log1p(above + sqrt(above * (x + 1.0)))
}

/// The inverse of the hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    let size = x.abs();
    let value = if size > 1e150 {
        libm::log(size) + core::f64::consts::LN_2
    } else {
        libm::log1p(size + size * size / (1.0 + sqrt(size * size + 1.0)))
    };
    value.copysign(x)
}

/// Lanczos' parameter `g`, less a half.
const G: f64 = 5.524_680_040_776_73;

/// Lanczos' approximation of the gamma function for this `g`, as a quotient of two polynomials (the
/// coefficients of the Boost library); the constant terms come first.
const LANCZOS: [(f64, f64); 13] = [
    (23_531_376_880.410_76, 0.0),
    (42_919_803_642.649_1, 39_916_800.0),
    (35_711_959_237.355_67, 120_543_840.0),
    (17_921_034_426.037_21, 150_917_976.0),
    (6_039_542_586.352_028, 105_258_076.0),
    (1_439_720_407.311_721_6, 45_995_730.0),
    (248_874_557.862_054_17, 13_339_535.0),
    (31_426_415.585_400_194, 2_637_558.0),
    (2_876_370.628_935_372_4, 357_423.0),
    (186_056.265_395_223_48, 32_670.0),
    (8_071.672_002_365_816, 1_925.0),
    (210.824_277_751_579_35, 66.0),
    (2.506_628_274_631_000_3, 1.0),
];

/// The quotient of the polynomials for `x` above zero.
fn lanczos(x: f64) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    let mut add = |(a, b): (f64, f64), by: f64| {
        top = top * by + a;
        bottom = bottom * by + b;
    };
    // large numbers are divided by, so that nothing overflows
    if x < 8.0 {
        LANCZOS.iter().rev().for_each(|pair| add(*pair, x));
    } else {
        LANCZOS.iter().for_each(|pair| add(*pair, 1.0 / x));
    }
    top / bottom
}

/// `sin(pi * x)` for `x` not below zero.
fn sin_pi(x: f64) -> f64 {
    let turn = x - 2.0 * floor(x / 2.0);
    let (sign, turn) = if turn >= 1.0 { (-1.0, turn - 1.0) } else { (1.0, turn) };
    // close to a whole number it is exact how far away that is
    sign * libm::sin(core::f64::consts::PI * if turn > 0.5 { 1.0 - turn } else { turn })
}

/// The gamma function; no number or infinite where it has no value.
pub fn gamma(x: f64) -> f64 {
    let size = x.abs();
    if !x.is_finite() || size < 1e-20 {
        return if x.is_finite() { 1.0 / x } else { x + f64::INFINITY };
    }
    if floor(x) == x && x <= 23.0 {
        // a factorial that is exact
        return if x < 0.0 { f64::NAN } else { (2..x as u32).fold(1.0, |f, i| f * f64::from(i)) };
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 } else { f64::INFINITY };
    }
    let base = size + G;
    // what the sum has lost by rounding
    let lost = if size > G { base - size - G } else { base - G - size };
    // the power may overflow where the result does not
    let power = libm::pow(base, size / 2.0 - 0.25);
    let factor = lanczos(size) / libm::exp(base);
    let value = (factor + factor * (lost * (G + 0.5) / base)) * power * power;
    if x < 0.0 { -core::f64::consts::PI / (sin_pi(size) * size) / value } else { value }
}

/// The logarithm of the gamma function's absolute value; infinite where it has no value.
pub fn lgamma(x: f64) -> f64 {
    let size = x.abs();
    if !x.is_finite() {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if floor(x) == x && x <= 2.0 {
        return if x <= 0.0 { f64::INFINITY } else { 0.0 };
    }
    if size < 1e-20 {
        return -libm::log(size);
    }
    let value = libm::log(lanczos(size)) - (G + 0.5) + (size - 0.5) * (libm::log(size + G) - 1.0);
    if x < 0.0 {
        let reflected = core::f64::consts::PI / (sin_pi(size).abs() * size);
        libm::log(reflected) - value
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    /// Asserts that two functions differ by so many units in the last place at most.
    fn compare(
        name: &str,
        f: fn(f64) -> f64,
        reference: fn(f64) -> f64,
        inputs: &[f64],
        units: f64,
    ) {
        for &x in inputs {
            let (ours, theirs) = (f(x), reference(x));
            let unit = f64::EPSILON * theirs.abs().max(f64::MIN_POSITIVE);
            let close = (ours - theirs).abs() <= units * unit || ours.to_bits() == theirs.to_bits();
            assert!(close || ours.is_nan() && theirs.is_nan(), "{name}({x}): {ours} for {theirs}");
        }
    }

    fn spread(from: f64, to: f64) -> Vec<f64> {
        (0..=2000).map(|i| from + (to - from) * f64::from(i) / 2000.0).collect()
    }

    #[test]
    fn agree_with_libm() {
        compare("asin", asin, libm::asin, &spread(-1.1, 1.1), 2.0);
        compare("acos", acos, libm::acos, &spread(-1.1, 1.1), 2.0);
        compare("acosh", acosh, libm::acosh, &spread(0.9, 50.0), 3.0);
        compare("asinh", asinh, libm::asinh, &spread(-50.0, 50.0), 3.0);
        compare("cbrt", cbrt, libm::cbrt, &spread(-3.0, 3.0), 1.0);
        compare("gamma", gamma, libm::tgamma, &spread(-5.3, 170.0), 30.0);
        compare("lgamma", lgamma, libm::lgamma, &spread(3.0, 1000.0), 10.0);
    }

    #[test]
    fn are_exact_where_the_result_is_simple() {
        for i in 1..1000 {
            let x = f64::from(i);
            assert_eq!(cbrt(x * x * x), x);
            assert_eq!(cbrt(-x * x * x), -x);
        }
        assert_eq!(
            (gamma(1.0), gamma(5.0), gamma(0.0), gamma(-0.0)),
            (1.0, 24.0, 1.0 / 0.0, -1.0 / 0.0)
        );
        assert_eq!((lgamma(1.0), lgamma(2.0), lgamma(-3.0)), (0.0, 0.0, f64::INFINITY));
        assert_eq!((acos(1.0), acosh(1.0), asinh(0.0), asin(0.0)), (0.0, 0.0, 0.0, 0.0));
        assert_eq!((acos(-1.0), asin(1.0)), (core::f64::consts::PI, core::f64::consts::FRAC_PI_2));
    }

    #[test]
    fn reach_the_ends_of_the_range() {
        let ends =
            [0.0, -0.0, f64::MAX, f64::MIN, 5e-324, -5e-324, 1e-310, f64::INFINITY, f64::NAN];
        compare("cbrt", cbrt, libm::cbrt, &ends, 1.0);
        compare("asinh", asinh, libm::asinh, &ends, 1.0);
        compare("acosh", acosh, libm::acosh, &ends, 1.0);
        compare("asin", asin, libm::asin, &ends, 1.0);
        compare("lgamma", lgamma, libm::lgamma, &[f64::INFINITY, 5e-324, 1e-310, 1e300, 0.0], 1.0);
        compare(
            "gamma",
            gamma,
            libm::tgamma,
            &[f64::INFINITY, f64::NEG_INFINITY, 1e-310, 171.7],
            1.0,
        );
    }
}
