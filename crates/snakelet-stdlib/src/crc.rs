//! CRC-32 as Ethernet, zlib and gzip have it, with its bits in reverse.

/// What the polynomial makes of four bits: tables for more would be larger than the code.
const OF_NIBBLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        let (mut crc, mut bit) = (nibble as u32, 0);
        while bit < 4 {
            crc = if crc & 1 != 0 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[nibble] = crc;
        nibble += 1;
    }
    table
};

/// The sum with a byte more. It begins with all bits set, and is inverted in the end.
#[inline]
pub(crate) fn add(sum: u32, byte: u8) -> u32 {
    let mut sum = sum ^ u32::from(byte);
    for _ in 0..2 {
        sum = sum >> 4 ^ OF_NIBBLE[(sum & 15) as usize];
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_usual_crc() {
        let crc = b"123456789".iter().fold(!0u32, |crc, byte| add(crc, *byte));
        assert_eq!(!crc, 0xcbf4_3926);
    }
}
