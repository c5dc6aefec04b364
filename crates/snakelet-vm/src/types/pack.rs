//! Numbers in binary form, by the type codes of `struct` and `array`.

use snakelet_num::bigint;

use crate::object::BigInt;
use crate::object::value::SWord;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Bytes of a number of a type code, by the machine's conventions (as `@`) or the fixed ones (as
/// `<` and `>`); `None` for a code that is none of a number's.
pub(crate) const fn code_size(code: u8, native: bool) -> Option<usize> {
    Some(match code {
        b'b' | b'B' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if native => size_of::<usize>(),
        b'l' | b'L' => 4,
        b'q' | b'Q' | b'd' => 8,
        b'P' => size_of::<usize>(),
        _ => return None,
    })
}

/// Whether ints of a type code have a sign.
const fn is_signed(code: u8) -> bool {
    code.is_ascii_lowercase()
}

/// The order of the bytes of a number.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    /// The machine's.
    pub(crate) const NATIVE: Order =
        if cfg!(target_endian = "big") { Order::Big } else { Order::Little };

    /// The number that at most eight bytes form.
    pub(crate) fn join(self, bytes: impl DoubleEndedIterator<Item = u8>) -> u64 {
        let add = |n: u64, b: u8| n << 8 | u64::from(b);
        match self {
            Order::Big => bytes.fold(0, add),
            Order::Little => bytes.rev().fold(0, add),
        }
    }

    /// The bytes that a number of `size` bytes is written as, in the first places.
    pub(crate) fn split(self, raw: u64, size: usize) -> [u8; 8] {
        let mut bytes = raw.to_le_bytes();
        if self == Order::Big
            && let Some(part) = bytes.get_mut(..size)
        {
            part.reverse();
        }
        bytes
    }
}

impl Vm {
    /// Makes the number that `size` bytes with the bits `raw` stand for.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn unpack_number(&mut self, code: u8, size: usize, raw: u64) -> Res {
        match code {
            b'e' => self.new_float(half_to_f64(raw as u16)),
            b'f' => self.new_float(f32::from_bits(raw as u32).into()),
            b'd' => self.new_float(f64::from_bits(raw)),
            _ if is_signed(code) => {
                let unused = 64 - 8 * size as u32;
                let number = raw.wrapping_shl(unused).cast_signed() >> unused;
                self.new_int_64(number)
            }
            _ => self.new_uint_64(raw),
        }
    }

    /// The bits of a number for a type code; ints are cut to what fits.
    ///
    /// # Errors
    /// `TypeError` if it is no number of the sort that the code wants.
    pub(crate) fn pack_number(&mut self, code: u8, value: Local) -> Result<u64, Raised> {
        match code {
            b'e' => Ok(u64::from(f64_to_half(self.float_of(value)?))),
            b'f' => Ok(u64::from((self.float_of(value)? as f32).to_bits())),
            b'd' => Ok(self.float_of(value)?.to_bits()),
            _ => self.low_bits(value),
        }
    }

    /// The lowest 64 bits of an int.
    ///
    /// # Errors
    /// `TypeError`.
    pub(crate) fn low_bits(&mut self, value: Local) -> Result<u64, Raised> {
        let v = self.get(value);
        if let Some(i) = v.as_small_int() {
            return Ok(i as i64 as u64);
        }
        if let Some(big) = v.cast::<BigInt>() {
            return Ok(bigint::to_u64_wrapping(big.int()));
        }
        let part = self.native_part(value);
        if part != value {
            return self.low_bits(part);
        }
        self.index_of(value).map(|i: SWord| i as i64 as u64)
    }
}

/// The number that the bits of a half-precision float stand for.
fn half_to_f64(half: u16) -> f64 {
    let fraction = f64::from(half & 0x3ff);
    let magnitude = match half >> 10 & 0x1f {
        0 => fraction / f64::from(1 << 24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        // (1024 + fraction) * 2**(exponent - 25)
        exponent => {
            let power = f64::from_bits((u64::from(exponent) + 1023 - 25) << 52);
            (1024.0 + fraction) * power
        }
    };
    if half & 0x8000 != 0 { -magnitude } else { magnitude }
}

/// The bits of the nearest half-precision float, ties to even.
fn f64_to_half(value: f64) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
    if value.is_nan() {
        return sign | 0x7e00;
    }
    if exponent > 15 {
        return sign | 0x7c00;
    }
    if exponent < -25 {
        return sign;
    }
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    // numbers below 2**-14 have fewer digits
    let lost = 42 + (-14 - exponent).max(0) as u32;
    let kept = mantissa >> lost;
    let rest = mantissa & ((1 << lost) - 1);
    let half = 1 << (lost - 1);
    let up = rest > half || rest == half && kept & 1 != 0;
    let rounded = kept as u16 + u16::from(up);
    // a carry out of the digits goes into the exponent, as it should
    let base = if exponent < -14 { 0 } else { (exponent + 14) as u16 * 0x400 };
    sign | (base + rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_trip() {
        for half in 0..=u16::MAX {
            let value = half_to_f64(half);
            if !value.is_nan() {
                assert_eq!(f64_to_half(value), half, "{half:#x}");
            }
        }
    }

    #[test]
    fn halves_round_to_even_and_overflow_to_infinity() {
        assert_eq!(f64_to_half(1.0 + 1.0 / 2048.0), 0x3c00);
        assert_eq!(f64_to_half(1.0 + 3.0 / 2048.0), 0x3c02);
        assert_eq!(f64_to_half(65519.0), 0x7bff);
        assert_eq!(f64_to_half(65520.0), 0x7c00);
        assert_eq!(f64_to_half(1e-9), 0);
        assert_eq!(f64_to_half(-1e300), 0xfc00);
    }

    #[test]
    fn bytes_are_ordered() {
        assert_eq!(Order::Big.join([1, 2, 3].into_iter()), 0x01_0203);
        assert_eq!(Order::Little.join([1, 2, 3].into_iter()), 0x03_0201);
        assert_eq!(&Order::Big.split(0x0102, 2)[..2], &[1, 2]);
        assert_eq!(&Order::Little.split(0x0102, 2)[..2], &[2, 1]);
    }
}
