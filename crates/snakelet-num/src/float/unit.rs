//! What a floating-point unit may have instructions for.
//!
//! On ARM they are used with the feature `fpv5-d16`: such a unit is no property of a target that stable
//! compilers tell about. Elsewhere `libm` knows what is there.

#[cfg(not(all(target_arch = "arm", feature = "fpv5-d16")))]
pub use libm::{ceil, floor, rint, sqrt, trunc};

#[cfg(all(target_arch = "arm", feature = "fpv5-d16"))]
pub use instructions::{ceil, floor, rint, sqrt, trunc};

#[cfg(all(target_arch = "arm", feature = "fpv5-d16"))]
mod instructions {
    #![expect(unsafe_code, reason = "names instructions")]

    macro_rules! instructions {
        ($($(#[$doc:meta])* $name:ident: $instruction:literal;)*) => {$(
            $(#[$doc])*
            #[inline(always)]
            pub fn $name(x: f64) -> f64 {
                let y;
                // SAFETY: the instruction reads and writes these registers and the unit's status only. For
                // a target without it the assembler refuses it, so that it is never run there.
                unsafe {
                    core::arch::asm!(
                        concat!($instruction, " {}, {}"),
                        out(dreg_low16) y,
                        in(dreg_low16) x,
                        options(pure, nomem, nostack),
                    );
                }
                y
            }
        )*};
    }

    instructions! {
        /// The square root.
        sqrt: "vsqrt.f64";
        /// The nearest whole number that is not above.
        floor: "vrintm.f64";
        /// The nearest whole number that is not below.
        ceil: "vrintp.f64";
        /// The whole number without the fraction.
        trunc: "vrintz.f64";
        /// The nearest whole number, the even one of two.
        rint: "vrintn.f64";
    }
}

/// The length of the vector `(x, y)`.
pub fn hypot(x: f64, y: f64) -> f64 {
    let (x, y) = (x.abs(), y.abs());
    if x.is_infinite() || y.is_infinite() {
        return f64::INFINITY;
    }
    let (long, short) = if x >= y { (x, y) } else { (y, x) };
    if long + short == long {
        return long;
    }
    // so that squares neither overflow nor lose bits at the lower end
    let scale = if long > POWER_510 {
        1.0 / POWER_700
    } else if short < 1.0 / POWER_450 {
        POWER_700
    } else {
        1.0
    };
    let (a, b) = (square(long * scale), square(short * scale));
    sqrt(b.1 + a.1 + b.0 + a.0) / scale
}

/// 2^450
const POWER_450: f64 = f64::from_bits((1023 + 450) << 52);
/// 2^510
const POWER_510: f64 = f64::from_bits((1023 + 510) << 52);
/// 2^700
const POWER_700: f64 = f64::from_bits((1023 + 700) << 52);

/// The square and its rounding error: the products of two halves are exact (Dekker, *A floating-point
/// technique for extending the available precision*, 1971).
fn square(x: f64) -> (f64, f64) {
    let product = x * x;
    let shifted = x * ((1 << 27) as f64 + 1.0);
    let high = shifted - (shifted - x);
    let low = x - high;
    (product, high * high - product + 2.0 * high * low + low * low)
}
