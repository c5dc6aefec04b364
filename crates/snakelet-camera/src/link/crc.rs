//! The checksums of headers and of data: neither is reflected, and both begin with all bits set.

const POLYNOMIAL_16: u16 = 0xF94F;
const POLYNOMIAL_32: u32 = 0xFA56_7D89;

/// What each byte does to the checksum of data.
///
/// Headers are short, so theirs is computed bit by bit.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let (mut crc, mut bit) = ((byte as u32) << 24, 0);
        while bit < 8 {
            crc = crc << 1 ^ if crc >> 31 != 0 { POLYNOMIAL_32 } else { 0 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The checksum of a header.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(u16::MAX, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            crc << 1 ^ if crc >> 15 != 0 { POLYNOMIAL_16 } else { 0 }
        })
    })
}

/// The checksum of data.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        let [first, ..] = crc.to_be_bytes();
        crc << 8 ^ TABLE.get(usize::from(first ^ byte)).copied().unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The remainder of a division of polynomials, with a bit more than the result has.
    fn remainder(bytes: &[u8], width: u32, polynomial: u64) -> u64 {
        let mut crc = (1 << width) - 1;
        for byte in bytes {
            for bit in (0..8).rev() {
                let top = crc >> (width - 1) & 1 ^ u64::from(byte >> bit & 1);
                crc = ((crc << 1) ^ (top * polynomial)) & ((1 << width) - 1);
            }
        }
        crc
    }

    #[test]
    fn sums_are_those_of_the_client() {
        // as OpenMV's client 1.0.7 computes them
        assert_eq!((crc16(b"123456789"), crc32(b"123456789")), (0xE541, 0x41B4_03D3));
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        let mut state = 1_u32;
        let bytes: [u8; 300] = core::array::from_fn(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        for len in [0, 1, 2, 8, 10, 255, 300] {
            let bytes = &bytes[..len];
            assert_eq!(u64::from(crc16(bytes)), remainder(bytes, 16, 0xF94F));
            assert_eq!(u64::from(crc32(bytes)), remainder(bytes, 32, 0xFA56_7D89));
        }
    }
}
