//! Codes of different lengths.

use core::cell::Cell;

/// Symbols of the larger code.
pub(super) const MOST_SYMBOLS: usize = 288;
/// Bits of the longest code words.
const LONGEST: usize = 15;

/// Numbers of 16 bits in bytes.
#[derive(Copy, Clone)]
struct Numbers<'a>(&'a [Cell<u8>]);

impl Numbers<'_> {
    #[inline(always)]
    fn get(self, i: usize) -> u16 {
        match self.0.get(2 * i..2 * i + 2) {
            Some([low, high]) => u16::from_le_bytes([low.get(), high.get()]),
            _ => 0,
        }
    }

    fn set(self, i: usize, number: u16) {
        if let Some([low, high]) = self.0.get(2 * i..2 * i + 2) {
            let bytes = number.to_le_bytes();
            low.set(bytes[0]);
            high.set(bytes[1]);
        }
    }
}

/// A code for at most `SYMBOLS` symbols, in bytes that lie elsewhere. Words of up to some bits are found in a table of `FAST`
/// entries, one for each sequence of so many bits; longer ones bit by bit.
#[derive(Copy, Clone)]
pub(super) struct Code<'a, const SYMBOLS: usize, const FAST: usize> {
    /// The symbol in the lower nine bits and the length of its word above; 0 for longer words.
    fast: Numbers<'a>,
    /// How many words there are of each length.
    counts: Numbers<'a>,
    /// The symbols in the order of their words.
    symbols: Numbers<'a>,
}

/// Bits of a symbol in an entry.
const SYMBOL_BITS: u32 = 9;

impl<'a, const SYMBOLS: usize, const FAST: usize> Code<'a, SYMBOLS, FAST> {
    const FAST_BITS: u32 = FAST.trailing_zeros();
    /// Bytes that it takes.
    pub(super) const SIZE: usize = 2 * (FAST + LONGEST + 1 + SYMBOLS);

    /// The code that lies in the first bytes, and those that follow.
    #[inline(always)]
    pub(super) fn of(bytes: &'a [Cell<u8>]) -> (Self, &'a [Cell<u8>]) {
        let (fast, rest) = bytes.split_at_checked(2 * FAST).unwrap_or_default();
        let (counts, rest) = rest.split_at_checked(2 * (LONGEST + 1)).unwrap_or_default();
        let (symbols, rest) = rest.split_at_checked(2 * SYMBOLS).unwrap_or_default();
        (Self { fast: Numbers(fast), counts: Numbers(counts), symbols: Numbers(symbols) }, rest)
    }

    /// Makes the code whose words have these lengths, 0 for symbols that are not used; false if there is none.
    pub(super) fn build(self, lengths: &[Cell<u8>]) -> bool {
        (0..=LONGEST).for_each(|i| self.counts.set(i, 0));
        for length in lengths {
            let length = usize::from(length.get() & 15);
            self.counts.set(length, self.counts.get(length) + 1);
        }
        self.counts.set(0, 0);
        // words of each length that are still free, and the place of its first symbol
        let mut free = 1i32;
        let mut places = [0u16; LONGEST + 2];
        for i in 1..=LONGEST {
            let count = self.counts.get(i);
            free = 2 * free - i32::from(count);
            if free < 0 {
                return false;
            }
            places[i + 1] = places[i] + count;
        }
        // a code of a single word is not complete, and that of none
        let used = places[LONGEST + 1];
        if free > 0 && (used > 1 || self.counts.get(1) != used) {
            return false;
        }
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| length.get() != 0) {
            let place = &mut places[usize::from(length.get() & 15)];
            self.symbols.set(usize::from(*place), symbol as u16);
            *place += 1;
        }
        self.build_table();
        true
    }

    /// Fills the table of short words. Words begin with their highest bit, which lies in the lowest one of the stream.
    fn build_table(self) {
        (0..FAST).for_each(|i| self.fast.set(i, 0));
        let (mut word, mut place) = (0u32, 0);
        for length in 1..=Self::FAST_BITS {
            for _ in 0..self.counts.get(length as usize) {
                let entry = self.symbols.get(place) | (length as u16) << SYMBOL_BITS;
                let mut at = (word.reverse_bits() >> (32 - length)) as usize;
                while at < FAST {
                    self.fast.set(at, entry);
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
    pub(super) fn decode(self, bits: u32, available: u32) -> Option<(u16, u32)> {
        let entry = self.fast.get(bits as usize & (FAST - 1));
        let length = u32::from(entry >> SYMBOL_BITS);
        if length != 0 {
            return (length <= available).then_some((entry & ((1 << SYMBOL_BITS) - 1), length));
        }
        self.decode_long(bits, available)
    }

    #[inline(never)]
    fn decode_long(self, bits: u32, available: u32) -> Option<(u16, u32)> {
        let (mut word, mut first, mut place) = (0, 0, 0);
        for i in 1..=LONGEST {
            let length = i as u32;
            if length > available {
                return None;
            }
            let count = i32::from(self.counts.get(i));
            word |= (bits >> (length - 1) & 1) as i32;
            if word - first < count {
                return Some((self.symbols.get((place + word - first) as usize), length));
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
    use std::vec::Vec;

    use super::*;

    type Small<'a> = Code<'a, 16, 64>;

    fn cells(bytes: &[u8]) -> Vec<Cell<u8>> {
        bytes.iter().copied().map(Cell::new).collect()
    }

    #[test]
    fn words_of_all_lengths_are_found() {
        // a word of each length, and two of the longest one
        let mut lengths = [0u8; 16];
        (0..15).for_each(|i| lengths[i] = i as u8 + 1);
        lengths[15] = 15;
        let room = cells(&[0; Small::SIZE]);
        let code = Small::of(&room).0;
        assert!(code.build(&cells(&lengths)));
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
        let room = cells(&[0; Small::SIZE]);
        let code = Small::of(&room).0;
        assert!(!code.build(&cells(&[1, 1, 1])));
        assert!(!code.build(&cells(&[2, 2])));
        assert!(!code.build(&cells(&[2])));
        assert!(code.build(&cells(&[1])));
        assert_eq!(code.decode(1, 15), Some((0, 0)));
        assert!(code.build(&cells(&[])));
        assert_eq!(code.decode(0, 15), Some((0, 0)));
    }
}
