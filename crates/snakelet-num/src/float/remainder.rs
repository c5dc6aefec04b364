//! The remainder of a division of floats.

/// Bits of a fraction.
const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
/// A mantissa of 53 bits can be moved up by so many.
const STEP: u32 = 64 - f64::MANTISSA_DIGITS;

/// The remainder of `x / y` rounded towards zero, exactly; NaN where there is none.
///
/// Long division takes 11 bits of the quotient at a time.
pub fn fmod(x: f64, y: f64) -> f64 {
    let (a, b) = (x.abs().to_bits(), y.abs().to_bits());
    if b == 0 || y.is_nan() || !x.is_finite() {
        return f64::NAN;
    }
    if a < b {
        return x;
    }
    let ((a, exponent_a), (b, exponent_b)) = (parts(a), parts(b));
    let mut rest = a.checked_rem(b).unwrap_or(0);
    let mut left = exponent_a - exponent_b;
    while left > 0 && rest != 0 {
        let step = left.min(STEP);
        rest = (rest << step).checked_rem(b).unwrap_or(0);
        left -= step;
    }
    // the exponent is that of `y`, less what the first bit misses
    let missing = rest.leading_zeros().saturating_sub(STEP);
    let bits = match exponent_b.checked_sub(missing) {
        _ if rest == 0 => 0,
        // the first bit counts as one more
        Some(exponent) if exponent > 0 => (rest << missing) + (u64::from(exponent - 1) << FRACTION),
        _ => rest << (exponent_b - 1),
    };
    f64::from_bits(bits).copysign(x)
}

/// Mantissa and exponent of the bits of a positive finite number; the exponent is 1 for the
/// smallest ones, and also where the mantissa's first bit is missing.
fn parts(bits: u64) -> (u64, u32) {
    let fraction = bits & ((1 << FRACTION) - 1);
    match (bits >> FRACTION) as u32 {
        0 => (fraction, 1),
        exponent => (fraction | 1 << FRACTION, exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::fmod;
    use proptest::prelude::*;

    fn same(x: f64, y: f64) -> bool {
        let (ours, theirs) = (fmod(x, y), x % y);
        ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan()
    }

    #[test]
    fn special_operands_give_what_c_gives() {
        let all = [0.0, -0.0, 1.0, -2.5, 1e300, 5e-324, 2.3e-308, f64::INFINITY, f64::NAN, 1e-310];
        for x in all {
            for y in all {
                assert!(same(x, y) && same(-x, y), "{x} {y}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_remainder_is_exact(x in any::<u64>(), y in any::<u64>()) {
            prop_assert!(same(f64::from_bits(x), f64::from_bits(y)));
        }

        #[test]
        fn the_remainder_of_near_numbers_is_exact(x in any::<f64>(), scale in 0.001..1000.0) {
            prop_assert!(same(x, x / scale));
        }
    }
}
