//! Compression by runs of one byte, with the codes that every reader knows (RFC 1951, fixed codes).
//!
//! Rows of pictures are differences, which are often the same for long; a search for other repetitions would
//! take more memory and time than a camera has.

/// Compressed bytes are written to `out`; what has no room is counted.
pub(super) struct Deflate<'o> {
    out: &'o mut [u8],
    len: usize,
    bits: u32,
    count: u32,
    last: u8,
    /// How often the last byte was there again, and is not written yet.
    run: u32,
    /// Nothing was written yet, so that nothing can be repeated.
    is_new: bool,
    sums: (u32, u32),
}

/// The longest repetition.
const LONGEST: u32 = 258;

impl<'o> Deflate<'o> {
    /// Begins a stream with its head.
    pub(super) fn new(out: &'o mut [u8]) -> Self {
        let mut new =
            Deflate { out, len: 0, bits: 0, count: 0, last: 0, run: 0, is_new: true, sums: (1, 0) };
        // the least window; then the only block, of fixed codes
        new.raw(&[0x78, 0x01]);
        new.put(0b011, 3);
        new
    }

    fn raw(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(place) = self.out.get_mut(self.len) {
                *place = *byte;
            }
            self.len += 1;
        }
    }

    /// Writes bits, the lowest first.
    fn put(&mut self, bits: u32, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.raw(&[self.bits as u8]);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    /// Writes a code, the highest bit first.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 + symbol - 144, 9),
            256..=279 => self.code(symbol - 256, 7),
            _ => self.code(0xC0 + symbol - 280, 8),
        }
    }

    /// Writes a byte of the picture.
    pub(super) fn byte(&mut self, byte: u8) {
        let (a, b) = self.sums;
        let a = (a + u32::from(byte)) % 65521;
        self.sums = (a, (b + a) % 65521);
        if byte == self.last && !self.is_new {
            self.run += 1;
            if self.run == LONGEST {
                self.repeat();
            }
            return;
        }
        self.repeat();
        self.symbol(byte.into());
        (self.last, self.is_new) = (byte, false);
    }

    /// Writes the repetitions that are left.
    fn repeat(&mut self) {
        let run = core::mem::take(&mut self.run);
        if run < 3 {
            (0..run).for_each(|_| self.symbol(self.last.into()));
            return;
        }
        if run == LONGEST {
            self.symbol(285);
        } else {
            // four codes for each number of further bits
            let more = run - 3;
            let extra = if more < 8 { 0 } else { 29 - more.leading_zeros() };
            let symbol = 257 + 4 * extra + (more >> extra);
            self.symbol(symbol);
            self.put(more & ((1 << extra) - 1), extra);
        }
        // a distance of 1
        self.code(0, 5);
    }

    /// Ends the stream; how long it is, even if there was no room for it.
    pub(super) fn finish(mut self) -> usize {
        self.repeat();
        self.symbol(256);
        self.put(0, (8 - self.count % 8) % 8);
        let (a, b) = self.sums;
        self.raw(&(b << 16 | a).to_be_bytes());
        self.len
    }

    /// How much was written.
    pub(super) const fn len(&self) -> usize {
        self.len
    }
}
