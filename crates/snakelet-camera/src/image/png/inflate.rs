//! Decompression (RFC 1951), byte by byte.

/// The longest code.
const LONGEST: usize = 15;

/// Codes by their lengths: how many there are of each, and what they stand for in order.
struct Codes<const N: usize> {
    counts: [u16; LONGEST + 1],
    symbols: [u16; N],
}

impl<const N: usize> Codes<N> {
    const NONE: Self = Codes { counts: [0; LONGEST + 1], symbols: [0; N] };

    /// Works the codes out from the lengths that symbols have.
    fn set(&mut self, lengths: &[u8]) {
        self.counts = [0; LONGEST + 1];
        for length in lengths {
            self.counts[usize::from(length & 15)] += 1;
        }
        self.counts[0] = 0;
        let mut places = [0u16; LONGEST + 1];
        for i in 1..LONGEST {
            places[i + 1] = places[i] + self.counts[i];
        }
        for (symbol, length) in (0..).zip(lengths) {
            let place = &mut places[usize::from(length & 15)];
            if *length > 0 {
                if let Some(entry) = self.symbols.get_mut(usize::from(*place)) {
                    *entry = symbol;
                }
                *place += 1;
            }
        }
    }
}

/// What a stream is in the middle of.
enum State {
    /// Between two blocks.
    Head,
    /// So many bytes follow as they are.
    Stored(u32),
    Codes,
    /// A repetition: bytes that are left, and how far back they lie.
    Copy(u32, u32),
    End,
}

/// Decompresses what `next` gives, byte by byte.
pub(super) struct Inflate<'w, N> {
    next: N,
    bits: u32,
    count: u32,
    window: &'w mut [u8],
    at: usize,
    /// Bytes that the window holds.
    filled: usize,
    state: State,
    is_last: bool,
    literals: Codes<288>,
    distances: Codes<32>,
}

/// Bytes that repetitions may lie back.
pub(super) const WINDOW: usize = 1 << 15;

impl<'w, N: FnMut() -> Option<u8>> Inflate<'w, N> {
    /// Begins a stream; the window is a power of two long.
    pub(super) fn new(next: N, window: &'w mut [u8]) -> Self {
        Inflate {
            next,
            bits: 0,
            count: 0,
            window,
            at: 0,
            filled: 0,
            state: State::Head,
            is_last: false,
            literals: Codes::NONE,
            distances: Codes::NONE,
        }
    }

    fn bits(&mut self, count: u32) -> Option<u32> {
        while self.count < count {
            self.bits |= u32::from((self.next)()?) << self.count;
            self.count += 8;
        }
        let bits = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.count -= count;
        Some(bits)
    }

    /// The next byte; none at the end and where the stream is damaged.
    pub(super) fn byte(&mut self) -> Option<u8> {
        loop {
            match self.state {
                State::End => return None,
                State::Head if self.is_last => self.state = State::End,
                State::Head => self.block()?,
                State::Stored(0) | State::Copy(0, _) => {
                    self.state = match self.state {
                        State::Copy(..) => State::Codes,
                        _ => State::Head,
                    };
                }
                State::Stored(left) => {
                    self.state = State::Stored(left - 1);
                    let byte = self.bits(8)? as u8;
                    return Some(self.keep(byte));
                }
                State::Copy(left, distance) => {
                    self.state = State::Copy(left - 1, distance);
                    let mask = self.window.len().wrapping_sub(1);
                    let from = self.at.wrapping_sub(distance as usize) & mask;
                    let byte = self.window.get(from).copied()?;
                    return Some(self.keep(byte));
                }
                State::Codes => {
                    let symbol = self.literal()?;
                    match symbol {
                        0..=255 => return Some(self.keep(symbol as u8)),
                        256 => self.state = State::Head,
                        _ => self.repetition(symbol)?,
                    }
                }
            }
        }
    }

    fn keep(&mut self, byte: u8) -> u8 {
        if let Some(place) = self.window.get_mut(self.at) {
            *place = byte;
        }
        self.at = (self.at + 1) & self.window.len().wrapping_sub(1);
        self.filled = (self.filled + 1).min(self.window.len());
        byte
    }

    fn literal(&mut self) -> Option<u16> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0u32);
        for length in 1..=LONGEST {
            code |= self.bits(1)?;
            let count = u32::from(self.literals.counts[length]);
            if code < first + count {
                return self.literals.symbols.get((index + code - first) as usize).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }

    fn distance(&mut self) -> Option<u16> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0u32);
        for length in 1..=LONGEST {
            code |= self.bits(1)?;
            let count = u32::from(self.distances.counts[length]);
            if code < first + count {
                return self.distances.symbols.get((index + code - first) as usize).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }

    fn repetition(&mut self, symbol: u16) -> Option<()> {
        let symbol = u32::from(symbol) - 257;
        let len = match symbol {
            0..=7 => 3 + symbol,
            8..=27 => {
                let extra = symbol / 4 - 1;
                3 + ((4 + symbol % 4) << extra) + self.bits(extra)?
            }
            28 => 258,
            _ => return None,
        };
        let symbol = u32::from(self.distance()?);
        let distance = match symbol {
            0..=3 => 1 + symbol,
            4..=29 => {
                let extra = symbol / 2 - 1;
                1 + ((2 + symbol % 2) << extra) + self.bits(extra)?
            }
            _ => return None,
        };
        if distance as usize > self.filled {
            return None;
        }
        self.state = State::Copy(len, distance);
        Some(())
    }

    /// Begins a block.
    fn block(&mut self) -> Option<()> {
        self.is_last = self.bits(1)? == 1;
        match self.bits(2)? {
            0 => {
                self.bits(self.count % 8)?;
                let len = self.bits(16)?;
                if self.bits(16)? != len ^ 0xFFFF {
                    return None;
                }
                self.state = State::Stored(len);
            }
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                self.literals.set(&lengths);
                self.distances.set(&[5; 30]);
                self.state = State::Codes;
            }
            2 => {
                self.tables()?;
                self.state = State::Codes;
            }
            _ => return None,
        }
        Some(())
    }

    /// Reads the codes of a block, whose lengths are written in codes.
    fn tables(&mut self) -> Option<()> {
        const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = self.bits(5)? as usize + 257;
        let distances = self.bits(5)? as usize + 1;
        let count = self.bits(4)? as usize + 4;
        let mut lengths = [0; 320];
        for place in ORDER.iter().take(count) {
            lengths[usize::from(*place)] = self.bits(3)? as u8;
        }
        self.literals.set(&lengths[..19]);
        lengths = [0; 320];
        let (all, mut i) = (literals + distances, 0);
        while i < all {
            let symbol = self.literal()?;
            let (value, times) = match symbol {
                0..=15 => (symbol as u8, 1),
                16 => (*lengths.get(i.checked_sub(1)?)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                _ => (0, 11 + self.bits(7)?),
            };
            for _ in 0..times {
                *lengths.get_mut(i)? = value;
                i += 1;
            }
        }
        self.literals.set(lengths.get(..literals.min(288))?);
        self.distances.set(lengths.get(literals..(literals + distances.min(32)))?);
        Some(())
    }
}
