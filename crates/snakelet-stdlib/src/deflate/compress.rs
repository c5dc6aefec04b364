//! Compression: a single block with the codes that are always the same, found greedily in a window of any size.
//!
//! Beside the window there is a table of as many bytes: of each sequence of three bytes it has the last places, four
//! for each remainder that such a sequence leaves. What it says is looked at before it is used, so it may be out of date.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;

/// Lengths that can be written.
const SHORTEST: usize = 3;
const LONGEST: usize = 258;
/// Places that are kept for a remainder.
const WAYS: usize = 4;
/// Bytes of a place.
const PLACE: usize = 2;
/// Bytes that a length and a distance take at most, with bits that were left before.
pub(super) const ROOM: usize = 8;

/// A compression.
pub(super) struct Compress {
    /// Bits that were not written yet, the first one lowest.
    hold: u32,
    bits: u32,
    /// Bytes that were seen, as far as they count: the window is full then.
    seen: usize,
    /// Where the next byte goes, modulo 2 to the 16th.
    at: usize,
}

/// What bits are written to.
pub(super) struct Output<'a> {
    pub(super) bytes: &'a mut [u8],
    pub(super) len: usize,
}

impl Output<'_> {
    fn has_room(&self) -> bool {
        self.len + ROOM <= self.bytes.len()
    }

    fn put(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }
}

impl Compress {
    /// Begins the block.
    pub(super) const fn new() -> Self {
        // the last block, with the usual codes
        Self { hold: 0b011, bits: 3, seen: 0, at: 0 }
    }

    fn write(&mut self, out: &mut Output<'_>, value: u32, bits: u32) {
        self.hold |= value << self.bits;
        self.bits += bits;
        while self.bits >= 8 {
            out.put(self.hold as u8);
            self.hold >>= 8;
            self.bits -= 8;
        }
    }

    /// Writes a word of a code, of which the highest bit comes first.
    fn write_word(&mut self, out: &mut Output<'_>, word: u32, bits: u32) {
        self.write(out, word.reverse_bits() >> (32 - bits), bits);
    }

    /// Writes a symbol: a byte, the end, or a length.
    fn write_symbol(&mut self, out: &mut Output<'_>, symbol: u32) {
        match symbol {
            0..=143 => self.write_word(out, 0x30 + symbol, 8),
            144..=255 => self.write_word(out, 0x190 + symbol - 144, 9),
            256..=279 => self.write_word(out, symbol - 256, 7),
            _ => self.write_word(out, 0xc0 + symbol - 280, 8),
        }
    }

    fn write_match(&mut self, out: &mut Output<'_>, length: u32, distance: u32) {
        let code = length - 3;
        match code {
            0..=7 => self.write_symbol(out, 257 + code),
            255 => self.write_symbol(out, 285),
            _ => {
                let bits = 29 - code.leading_zeros();
                self.write_symbol(out, 257 + 4 * (bits + 1) + (code >> bits & 3));
                self.write(out, code & ((1 << bits) - 1), bits);
            }
        }
        let code = distance - 1;
        if code < 2 {
            return self.write_word(out, code, 5);
        }
        let bits = 30 - code.leading_zeros();
        self.write_word(out, 2 * (bits + 1) + (code >> bits & 1), 5);
        self.write(out, code & ((1 << bits) - 1), bits);
    }

    /// Compresses bytes of the input from some on, while there is room: gives how many. All that was given so far can be
    /// decompressed when the block has ended.
    pub(super) fn run(
        &mut self,
        input: Bytes<'_>,
        window: &[Cell<u8>],
        table: &[Cell<u8>],
        out: &mut Output<'_>,
    ) -> usize {
        let mut done = 0;
        while done < input.len() && out.has_room() {
            let rest = input.part(done, input.len());
            let found = self.search(rest, window, table);
            let length = match found {
                Some((length, distance)) => {
                    self.write_match(out, length as u32, distance as u32);
                    length
                }
                None => {
                    self.write_symbol(out, rest.get(0).unwrap_or(0).into());
                    1
                }
            };
            for i in 0..length {
                self.note(rest.part(i, rest.len()), window, table);
            }
            done += length;
        }
        done
    }

    /// The longest of the places that begin like the input, and how far it lies back.
    fn search(
        &self,
        input: Bytes<'_>,
        window: &[Cell<u8>],
        table: &[Cell<u8>],
    ) -> Option<(usize, usize)> {
        let mut best = None;
        for place in bucket(table, input)?.chunks_exact(PLACE) {
            let [low, high] = place else { continue };
            let place = usize::from(u16::from_le_bytes([low.get(), high.get()]));
            let distance = self.at.wrapping_sub(place) & 0xffff;
            if distance == 0 || distance > self.seen {
                continue;
            }
            let length = self.length_of_match(input, window, distance);
            if length >= SHORTEST && best.is_none_or(|(longest, _)| length > longest) {
                best = Some((length, distance));
            }
        }
        best
    }

    /// How many bytes of the input are those that lie so far back.
    fn length_of_match(&self, input: Bytes<'_>, window: &[Cell<u8>], distance: usize) -> usize {
        let mask = window.len().wrapping_sub(1);
        let start = self.at.wrapping_sub(distance);
        let mut length = 0;
        while length < LONGEST.min(input.len()) {
            // what lies nearer than the length is the input itself
            let before = match length.checked_sub(distance) {
                Some(i) => input.get(i),
                None => window.get(start.wrapping_add(length) & mask).map(Cell::get),
            };
            if before != input.get(length) {
                break;
            }
            length += 1;
        }
        length
    }

    /// Takes the first byte into the window, and notes its place.
    fn note(&mut self, input: Bytes<'_>, window: &[Cell<u8>], table: &[Cell<u8>]) {
        if let Some(bucket) = bucket(table, input) {
            // the oldest one goes
            for i in (PLACE..bucket.len()).rev() {
                if let (Some(to), Some(from)) = (bucket.get(i), bucket.get(i - PLACE)) {
                    to.set(from.get());
                }
            }
            let place = (self.at as u16).to_le_bytes();
            bucket.iter().zip(place).for_each(|(cell, byte)| cell.set(byte));
        }
        let mask = window.len().wrapping_sub(1);
        if let (Some(cell), Some(byte)) = (window.get(self.at & mask), input.get(0)) {
            cell.set(byte);
        }
        self.at = self.at.wrapping_add(1) & 0xffff;
        self.seen = (self.seen + 1).min(window.len());
    }

    /// Ends the block, and fills the last byte. There is room.
    pub(super) fn finish(&mut self, out: &mut Output<'_>) {
        self.write_symbol(out, 256);
        self.write(out, 0, 7);
        (self.hold, self.bits) = (0, 0);
    }
}

/// The places of the three bytes that the input begins with.
fn bucket<'a>(table: &'a [Cell<u8>], input: Bytes<'_>) -> Option<&'a [Cell<u8>]> {
    let (a, b, c) = (input.get(0)?, input.get(1)?, input.get(2)?);
    let key = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
    let buckets = table.len() / (WAYS * PLACE);
    let bits = buckets.checked_ilog2()?;
    let i = key.wrapping_mul(0x9e37_79b1).checked_shr(32 - bits).unwrap_or(0) as usize;
    let start = i * (WAYS * PLACE);
    table.get(start..start + WAYS * PLACE)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::super::inflate::{Inflate, Status, TABLES};
    use super::*;

    fn cells(n: usize) -> Vec<Cell<u8>> {
        (0..n).map(|_| Cell::new(0)).collect()
    }

    fn compress(data: &[u8], bits: u32, piece: usize) -> Vec<u8> {
        let (window, table) = (cells(1 << bits), cells(1 << bits));
        let mut compress = Compress::new();
        let mut all = Vec::new();
        let mut buf = [0; 20];
        for piece in data.chunks(piece) {
            let mut done = 0;
            while done < piece.len() {
                let mut out = Output { bytes: &mut buf, len: 0 };
                done += compress.run(Bytes::from(&piece[done..]), &window, &table, &mut out);
                let len = out.len;
                all.extend_from_slice(&buf[..len]);
            }
        }
        let mut out = Output { bytes: &mut buf, len: 0 };
        compress.finish(&mut out);
        let len = out.len;
        all.extend_from_slice(&buf[..len]);
        all
    }

    fn decompress(data: &[u8], bits: u32, piece: usize) -> (Status, Vec<u8>) {
        let window = cells(1 << bits);
        let tables = cells(TABLES);
        let mut inflate = Inflate::new();
        let (mut all, mut at, mut out) = (Vec::new(), 0, [0; 7]);
        loop {
            let input = &data[at..(at + piece).min(data.len())];
            let (status, used, len) = inflate.run(input, &window, &tables, &mut out);
            at += used;
            all.extend_from_slice(&out[..len]);
            let goes_on = status == Status::IsFull
                || status == Status::NeedsInput && (used > 0 || !input.is_empty());
            if !goes_on {
                return (status, all);
            }
        }
    }

    fn samples() -> Vec<Vec<u8>> {
        let mut numbers = 1u32;
        let mut random = move || {
            numbers = numbers.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (numbers >> 24) as u8
        };
        let text = b"the quick brown fox jumps over the lazy dog and the other fox; ".repeat(40);
        let noise: Vec<u8> = (0..3000).map(|_| random()).collect();
        let few: Vec<u8> = (0..5000).map(|_| random() & 3).collect();
        [Vec::new(), b"a".to_vec(), std::vec![7; 70_000], text, noise, few].into()
    }

    #[test]
    fn what_was_compressed_is_there_again() {
        for data in samples() {
            for bits in [5, 8, 11, 15] {
                for piece in [1, 13, usize::MAX] {
                    let packed = compress(&data, bits, piece);
                    let (status, unpacked) = decompress(&packed, bits, piece.min(64));
                    assert_eq!(status, Status::Done, "{} bytes, {bits} {piece}", data.len());
                    assert!(unpacked == data, "{} bytes, {bits} {piece}", data.len());
                }
            }
        }
    }

    #[test]
    fn what_repeats_becomes_short() {
        let text = b"the quick brown fox jumps over the lazy dog; ".repeat(100);
        assert!(compress(&text, 8, usize::MAX).len() < text.len() / 20);
        assert!(compress(&std::vec![7; 70_000], 5, usize::MAX).len() < 700);
    }

    #[test]
    fn damaged_data_ends() {
        for data in samples() {
            let packed = compress(&data, 8, usize::MAX);
            for (i, bit) in (0..packed.len().min(200)).flat_map(|i| [(i, 0), (i, 3), (i, 7)]) {
                let mut packed = packed.clone();
                packed[i] ^= 1 << bit;
                // whatever it gives
                let (_, unpacked) = decompress(&packed, 8, 5);
                assert!(unpacked.len() <= 258 * 8 * packed.len());
            }
        }
    }
}
