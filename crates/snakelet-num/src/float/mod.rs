//! Floats from and to decimal text, exact and correctly rounded, for `f64` and `f32`.
//!
//! [`parse()`] reads what Python's `float()` accepts, [`Text`] is a float as Python prints it:
//! shortest that reads back ([`Text::repr`]) or with a precision ([`Text::with_precision`]). Beside them stand
//! functions for which a machine has instructions.

mod expansion;
mod parse;
mod power;
mod remainder;
mod shortest;
#[cfg(test)]
mod tests;
mod text;
mod unit;

pub use parse::{ParseError, parse, parse_complex};
pub use remainder::fmod;
pub use text::{REPR_LEN, Style, Text};
pub use unit::{ceil, floor, hypot, rint, sqrt, trunc};

/// The shape of a binary floating point format (IEEE 754).
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Bits of the significand, with the one that is not stored.
    mantissa_bits: u32,
    /// The exponent of the smallest number.
    min_exponent: i32,
    /// Bits of the whole.
    width: u32,
    /// Any decimal number of so many digits survives the way through a normal float.
    sure_digits: i32,
    /// So many digits tell any two floats apart.
    enough_digits: i32,
}

impl Format {
    fn sign(&self) -> u64 {
        1 << (self.width - 1)
    }

    fn infinity(&self) -> u64 {
        self.sign() - (1 << (self.mantissa_bits - 1))
    }

    fn nan(&self) -> u64 {
        self.infinity() | 1 << (self.mantissa_bits - 2)
    }

    fn exponent_of_one(&self) -> i32 {
        1 - self.mantissa_bits as i32
    }

    /// The bits of `mantissa * 2**exponent`: a full mantissa, or the smallest exponent. A mantissa
    /// that was rounded up to one bit more is right as well: it counts into the exponent.
    fn assemble(&self, mantissa: u64, exponent: i32) -> u64 {
        let steps = exponent.saturating_sub(self.min_exponent).max(0) as u64;
        ((steps << (self.mantissa_bits - 1)) + mantissa).min(self.infinity())
    }

    /// Takes the bits of a number apart; infinity and NaN have the exponent above all others.
    fn decompose(&self, bits: u64) -> Float {
        let stored = self.mantissa_bits - 1;
        let fraction = bits & ((1 << stored) - 1);
        let biased = ((bits & !self.sign()) >> stored) as i32;
        let (mantissa, steps) =
            if biased == 0 { (fraction, 0) } else { (fraction | 1 << stored, biased - 1) };
        Float { negative: bits & self.sign() != 0, mantissa, exponent: steps + self.min_exponent }
    }
}

/// A binary floating point type: `f64` or `f32`.
pub trait Binary: Copy + Into<f64> + sealed::Sealed {
    /// Its shape.
    const FORMAT: Format;
    /// Its bits, in the low ones of 64.
    fn to_bits64(self) -> u64;
    /// The number of these bits.
    fn from_bits64(bits: u64) -> Self;
}

impl Binary for f64 {
    const FORMAT: Format = Format {
        mantissa_bits: 53,
        min_exponent: -1074,
        width: 64,
        sure_digits: 15,
        enough_digits: 17,
    };

    fn to_bits64(self) -> u64 {
        self.to_bits()
    }

    fn from_bits64(bits: u64) -> Self {
        f64::from_bits(bits)
    }
}

impl Binary for f32 {
    const FORMAT: Format = Format {
        mantissa_bits: 24,
        min_exponent: -149,
        width: 32,
        sure_digits: 6,
        enough_digits: 9,
    };

    fn to_bits64(self) -> u64 {
        u64::from(self.to_bits())
    }

    fn from_bits64(bits: u64) -> Self {
        f32::from_bits(bits as u32)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for f32 {}
}

/// A finite float: `mantissa * 2**exponent` with a sign.
#[derive(Clone, Copy, Debug)]
struct Float {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

impl Float {
    /// Whether the next smaller float is closer than the next larger one.
    fn is_power_of_two(&self, format: &Format) -> bool {
        self.mantissa == 1 << (format.mantissa_bits - 1) && self.exponent > format.min_exponent
    }
}
