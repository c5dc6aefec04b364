//! The checksums behind compressed data.

use crate::crc;

/// A checksum in the making.
#[derive(Copy, Clone)]
pub(super) enum Checksum {
    /// None.
    None,
    /// Adler-32, of zlib's format.
    Adler(u32),
    /// CRC-32, of gzip's format, all bits inverted.
    Crc(u32),
}

/// Bytes whose sums fit 32 bits before they are reduced.
const ADLER_RUN: usize = 5552;
const ADLER_MODULUS: u32 = 65_521;

impl Checksum {
    pub(super) const ADLER: Self = Checksum::Adler(1);
    pub(super) const CRC: Self = Checksum::Crc(!0);

    /// Takes bytes into account.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Checksum::None => {}
            Checksum::Adler(sum) => {
                let (mut low, mut high) = (*sum & 0xffff, *sum >> 16);
                for run in bytes.chunks(ADLER_RUN) {
                    for byte in run {
                        low += u32::from(*byte);
                        high += low;
                    }
                    low %= ADLER_MODULUS;
                    high %= ADLER_MODULUS;
                }
                *sum = high << 16 | low;
            }
            Checksum::Crc(crc) => {
                *crc = bytes.iter().fold(*crc, |sum, byte| crc::add(sum, *byte));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_usual_ones() {
        let (mut adler, mut crc) = (Checksum::ADLER, Checksum::CRC);
        adler.update(b"123456789");
        crc.update(b"1234");
        crc.update(b"56789");
        assert!(matches!(adler, Checksum::Adler(0x091e_01de)));
        assert!(matches!(crc, Checksum::Crc(crc) if !crc == 0xcbf4_3926));
    }
}
