//! Codes of different lengths.

/// Symbols of the larger code.
pub(super) const MOST_SYMBOLS: usize = 288;
/// Bits of the longest code words.
const LONGEST: usize = 15;

/// A code for at most `SYMBOLS` symbols. Words of up to `bits` bits are found in a table of `FAST` entries, one for each
/// sequence of so many bits; longer ones bit by bit.
pub(super) struct Code<const SYMBOLS: usize, const FAST: usize> {
    /// The symbol in the lower nine bits and the length of its word above; 0 for longer words.
    fast: [u16; FAST],
    /// How many words there are of each length.
    counts: [u16; LONGEST + 1],
    /// The symbols in the order of their words.
    symbols: [u16; SYMBOLS],
}

/// Bits of a symbol in an entry.
const SYMBOL_BITS: u32 = 9;

impl<const SYMBOLS: usize, const FAST: usize> Code<SYMBOLS, FAST> {
    const FAST_BITS: u32 = FAST.trailing_zeros();

    pub(super) const fn new() -> Self {
        Self { fast: [0; FAST], counts: [0; LONGEST + 1], symbols: [0; SYMBOLS] }
    }

    /// Makes the code whose words have these lengths, 0 for symbols that are not used; false if there is none.
    pub(super) fn build(&mut self, lengths: &[u8]) -> bool {
        self.counts = [0; LONGEST + 1];
        for length in lengths {
            if let Some(count) = self.counts.get_mut(usize::from(*length & 15)) {
                *count += 1;
            }
        }
        self.counts[0] = 0;
        // words of each length that are still free, and the place of its first symbol
        let mut free = 1i32;
        let mut places = [0u16; LONGEST + 2];
        for (i, count) in self.counts.iter().enumerate().skip(1) {
            free = 2 * free - i32::from(*count);
            if free < 0 {
                return false;
            }
            places[i + 1] = places[i] + count;
        }
        // a code of a single word is not complete, and that of none
        let used = places[LONGEST + 1];
        if free > 0 && (used > 1 || self.counts[1] != used) {
            return false;
        }
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length != 0) {
            let place = &mut places[usize::from(*length & 15)];
            if let Some(symbol_of) = self.symbols.get_mut(usize::from(*place)) {
                *symbol_of = symbol as u16;
            }
            *place += 1;
        }
        self.build_table();
        true
    }

    /// Fills the table of short words. Words begin with their highest bit, which lies in the lowest one of the stream.
    fn build_table(&mut self) {
        self.fast = [0; FAST];
        let (mut word, mut place) = (0u32, 0);
        for length in 1..=Self::FAST_BITS {
            for _ in 0..self.counts.get(length as usize).copied().unwrap_or(0) {
                let symbol = self.symbols.get(place).copied().unwrap_or(0);
                let first = (word.reverse_bits() >> (32 - length)) as usize;
                let mut at = first;
                while let Some(entry) = self.fast.get_mut(at) {
                    *entry = symbol | (length as u16) << SYMBOL_BITS;
                    at += 1 << length;
                }
                word += 1;
                place += 1;
            }
            word <<= 1;
        }
    }

    /// The symbol whose word these bits begin with, and the length of the word: `None` if it is longer than `available`
    /// bits, and symbol and length 0 if there is no such word.
    #[inline(always)]
    pub(super) fn decode(&self, bits: u32, available: u32) -> Option<(u16, u32)> {
        let entry = self.fast.get(bits as usize & (FAST - 1)).copied().unwrap_or(0);
        let length = u32::from(entry >> SYMBOL_BITS);
        if length != 0 {
            return (length <= available).then_some((entry & ((1 << SYMBOL_BITS) - 1), length));
        }
        self.decode_long(bits, available)
    }

    #[inline(never)]
    fn decode_long(&self, bits: u32, available: u32) -> Option<(u16, u32)> {
        let (mut word, mut first, mut place) = (0, 0, 0);
        for (i, count) in self.counts.iter().enumerate().skip(1) {
            let length = i as u32;
            if length > available {
                return None;
            }
            let count = i32::from(*count);
            word |= (bits >> (length - 1) & 1) as i32;
            if word - first < count {
                let symbol = self.symbols.get((place + word - first) as usize);
                return Some((symbol.copied().unwrap_or(0), length));
            }
            place += count;
            first = (first + count) << 1;
            word <<= 1;
        }
        Some((0, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_lengths_are_found() {
        // a word of each length, and two of the longest one
        let mut lengths = [0u8; 16];
        (0..15).for_each(|i| lengths[i] = i as u8 + 1);
        lengths[15] = 15;
        let mut code = Code::<16, 64>::new();
        assert!(code.build(&lengths));
        for (symbol, length) in lengths.iter().enumerate() {
            // so many ones, and a zero if it is not the last word
            let length = u32::from(*length);
            let bits = if symbol == 15 { (1 << 15) - 1 } else { (1 << (length - 1)) - 1 };
            assert_eq!(code.decode(bits, 15), Some((symbol as u16, length)));
            assert_eq!(code.decode(bits, length - 1), None);
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let mut code = Code::<16, 64>::new();
        assert!(!code.build(&[1, 1, 1]));
        assert!(!code.build(&[2, 2]));
        assert!(!code.build(&[2]));
        assert!(code.build(&[1]));
        assert_eq!(code.decode(1, 15), Some((0, 0)));
        assert!(code.build(&[]));
        assert_eq!(code.decode(0, 15), Some((0, 0)));
    }
}
