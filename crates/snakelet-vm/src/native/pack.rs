//! Numbers in binary form, by the type codes of `struct` and `array`.

use snakelet_num::bigint;

use crate::native::leaf::{Answer, Leaf, Leave, Obj};
use crate::object::BigInt;
#[cfg(feature = "cpython")]
use crate::object::value::SWord;
use crate::protocol::buffer::Bytes;

/// Bytes of a number of a type code, by the machine's conventions (as `@`) or the fixed ones (as
/// `<` and `>`); `None` for a code that is none of a number's.
pub const fn code_size(code: u8, native: bool) -> Option<usize> {
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
pub enum Order {
    /// The least significant first.
    Little,
    /// The most significant first.
    Big,
}

impl Order {
    /// The machine's.
    pub const NATIVE: Order = if cfg!(target_endian = "big") { Order::Big } else { Order::Little };

    /// The number that at most eight bytes form.
    pub fn join(self, bytes: Bytes<'_>) -> u64 {
        let mut raw = [0; 8];
        let n = bytes.copy_to(&mut raw);
        if self == Order::Little {
            return u64::from_le_bytes(raw);
        }
        u64::from_be_bytes(raw).wrapping_shr(64 - 8 * n as u32)
    }

    /// The bytes that a number of `size` bytes is written as, in the first places.
    pub fn split(self, raw: u64, size: usize) -> [u8; 8] {
        match self {
            Order::Little => raw.to_le_bytes(),
            // what is wanted comes first
            Order::Big => raw.wrapping_shl(64 - 8 * size.min(8) as u32).to_be_bytes(),
        }
    }
}

impl<'h> Leaf<'h> {
    /// Makes the number that `size` bytes stand for.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn unpack(self, code: u8, size: usize, order: Order, bytes: Bytes<'_>) -> Answer<'h> {
        let raw = order.join(bytes);
        match code {
            b'e' => self.float(half_to_f64(raw as u16)),
            b'f' => self.float(f32::from_bits(raw as u32).into()),
            b'd' => self.float(f64::from_bits(raw)),
            _ if is_signed(code) => {
                let unused = 64 - 8 * size.min(8) as u32;
                let number = raw.wrapping_shl(unused).cast_signed() >> unused;
                self.wide(number.into())
            }
            _ => self.uint(raw),
        }
    }

    /// Whether an int can be written in `size` bytes by a type code of ints without being cut.
    #[cfg(feature = "cpython")]
    pub fn fits(self, code: u8, size: usize, number: Obj<'h>) -> bool {
        let bits = 8 * size.clamp(1, 8);
        let value = self.vm().native_part_of(number.value()).unwrap_or(number.value());
        if matches!(code, b'e' | b'f' | b'd') {
            return true;
        }
        let (len, is_negative, least) = match (value.as_small_int(), value.cast::<BigInt>()) {
            (Some(small), _) => {
                let least = small as i64 == i64::MIN >> (64 - bits);
                ((SWord::BITS - small.unsigned_abs().leading_zeros()) as usize, small < 0, least)
            }
            (None, Some(big)) => {
                let raw = bigint::to_u64_wrapping(big.int()) as i64;
                (big.int().bit_length(), big.int().is_negative(), raw == i64::MIN >> (64 - bits))
            }
            (None, None) => return true,
        };
        if is_signed(code) {
            len < bits || is_negative && least && len == bits
        } else {
            !is_negative && len <= bits
        }
    }

    /// The bits for a type code of a number, which is argument `i`; ints are cut to what fits.
    ///
    /// # Errors
    /// A number is asked for in place of the argument.
    pub fn pack(self, code: u8, number: Obj<'h>, i: usize) -> Result<u64, Leave> {
        let value = self.vm().native_part_of(number.value()).unwrap_or(number.value());
        let small = value.as_small_int();
        if matches!(code, b'e' | b'f' | b'd') {
            let Some(f) = value.as_float().or(small.map(|i| i as f64)) else {
                return Err(self.number(i));
            };
            return Ok(match code {
                b'e' => u64::from(f64_to_half(f)),
                b'f' => u64::from((f as f32).to_bits()),
                _ => f.to_bits(),
            });
        }
        match (small, value.cast::<BigInt>()) {
            (Some(small), _) => Ok(small as i64 as u64),
            (None, Some(big)) => Ok(bigint::to_u64_wrapping(big.int())),
            (None, None) => Err(self.index(i)),
        }
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
        assert_eq!(Order::Big.join(Bytes::from(&[1, 2, 3][..])), 0x01_0203);
        assert_eq!(Order::Little.join(Bytes::from(&[1, 2, 3][..])), 0x03_0201);
        assert_eq!(&Order::Big.split(0x0102, 2)[..2], &[1, 2]);
        assert_eq!(&Order::Little.split(0x0102, 2)[..2], &[2, 1]);
    }
}
