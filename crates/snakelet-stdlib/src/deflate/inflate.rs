//! Decompression (RFC 1951), in pieces of any size.
//!
//! No byte of the input is taken before it is needed, so that what lies behind the compressed data is left.

use core::cell::Cell;

use super::huffman::{Code, MOST_SYMBOLS};

/// What a piece of the work has come to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Status {
    /// The input is used up.
    NeedsInput,
    /// There is no room for more output.
    IsFull,
    /// The data has ended.
    Done,
    /// The data is no compressed data, or needs a larger window.
    Wrong,
}

/// What comes next in the stream of bits.
#[derive(Copy, Clone)]
enum State {
    BlockHeader,
    /// The length of bytes that are not compressed, in two halves of 16 bits.
    StoredLength,
    StoredCheck(u32),
    Stored(u32),
    CodeSizes,
    /// Lengths of the code that codes lengths.
    CodeLengths(usize),
    /// Lengths of words, from this symbol on.
    Lengths(usize),
    /// More bits of a repetition of lengths.
    Repeat(usize, u16),
    Symbol,
    /// More bits of a length.
    Length(u16),
    Distance(u32),
    DistanceBits(u32, u16),
    Copy(u32, u32),
    Done,
    Wrong,
}

type Literals<'a> = Code<'a, MOST_SYMBOLS, 512>;
type Distances<'a> = Code<'a, 32, 64>;

/// Lengths of the words of both codes.
const LENGTHS: usize = MOST_SYMBOLS + 32;

/// Bytes of the tables that a decompression needs beside the window.
pub(super) const TABLES: usize = Literals::SIZE + Distances::SIZE + LENGTHS;

/// The tables.
#[derive(Copy, Clone)]
struct Tables<'a> {
    literals: Literals<'a>,
    distances: Distances<'a>,
    lengths: &'a [Cell<u8>],
}

impl<'a> Tables<'a> {
    fn of(bytes: &'a [Cell<u8>]) -> Self {
        let (literals, rest) = Literals::of(bytes);
        let (distances, lengths) = Distances::of(rest);
        Self { literals, distances, lengths }
    }

    fn forget_lengths(self) {
        self.lengths.iter().for_each(|length| length.set(0));
    }

    /// Makes the codes that are always the same.
    fn build_fixed(self) {
        for (symbol, length) in self.lengths.iter().enumerate() {
            length.set(match symbol {
                0..=143 | 280..=287 => 8,
                144..=255 => 9,
                256..=279 => 7,
                _ => 5,
            });
        }
        let (literals, distances) = self.lengths.split_at_checked(288).unwrap_or_default();
        self.literals.build(literals);
        self.distances.build(distances);
    }
}

/// A decompression. Its tables lie in bytes of their own, since they are more than there may be of the machine's stack.
pub(super) struct Inflate {
    state: State,
    is_last: bool,
    /// Bits that were taken from the input, the next one lowest.
    hold: u32,
    bits: u32,
    /// Bytes in the window, and where the next one goes.
    filled: u32,
    at: u32,
    literal_count: u16,
    length_count: u16,
    code_count: u8,
}

/// The order in which lengths of the code for lengths come.
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The shortest length of a symbol from 257 on, and its bits.
fn length_of(symbol: u16) -> Option<(u32, u32)> {
    match symbol - 257 {
        i @ 0..=7 => Some((u32::from(i) + 3, 0)),
        28 => Some((258, 0)),
        i @ 8..=27 => {
            let bits = u32::from(i / 4 - 1);
            Some((((u32::from(i % 4) + 4) << bits) + 3, bits))
        }
        _ => None,
    }
}

/// The shortest distance of a symbol, and its bits.
fn distance_of(symbol: u16) -> Option<(u32, u32)> {
    match symbol {
        0..=1 => Some((u32::from(symbol) + 1, 0)),
        2..=29 => {
            let bits = u32::from(symbol / 2 - 1);
            Some((((u32::from(symbol % 2) + 2) << bits) + 1, bits))
        }
        _ => None,
    }
}

/// Output, which goes to the window as well.
struct Sink<'a> {
    window: &'a [Cell<u8>],
    at: usize,
    out: &'a mut [u8],
    len: usize,
}

impl Sink<'_> {
    /// Adds a byte; false if there is no room.
    #[inline(always)]
    fn put(&mut self, byte: u8) -> bool {
        let Some(place) = self.out.get_mut(self.len) else { return false };
        *place = byte;
        self.len += 1;
        if let Some(cell) = self.window.get(self.at) {
            cell.set(byte);
        }
        self.at += 1;
        if self.at >= self.window.len() {
            self.at = 0;
        }
        true
    }

    /// Adds up to `length` bytes that lie `distance` before; gives how many.
    #[inline(always)]
    fn copy(&mut self, length: u32, distance: u32) -> u32 {
        let distance = distance as usize;
        let mut from = match self.at.checked_sub(distance) {
            Some(from) => from,
            None => (self.at + self.window.len()).saturating_sub(distance),
        };
        for done in 0..length {
            let byte = self.window.get(from).map_or(0, Cell::get);
            if !self.put(byte) {
                return done;
            }
            from += 1;
            if from >= self.window.len() {
                from = 0;
            }
        }
        length
    }
}

/// The bits of the input.
struct Source<'a> {
    hold: u32,
    bits: u32,
    input: &'a [u8],
    used: usize,
}

impl Source<'_> {
    /// Takes another byte; false if there is none.
    #[inline(always)]
    fn more(&mut self) -> bool {
        let Some(byte) = self.input.get(self.used) else { return false };
        self.hold |= u32::from(*byte) << self.bits;
        self.used += 1;
        self.bits += 8;
        true
    }

    /// The next `n` bits, at most 16, if they are there.
    #[inline(always)]
    fn take(&mut self, n: u32) -> Option<u32> {
        while self.bits < n {
            if !self.more() {
                return None;
            }
        }
        let bits = self.hold & ((1 << n) - 1);
        self.drop(n);
        Some(bits)
    }

    #[inline(always)]
    fn drop(&mut self, n: u32) {
        self.hold >>= n;
        self.bits -= n;
    }

    /// The next symbol of a code, if its word is there: `Some(None)` if there is no such word.
    #[inline(always)]
    fn symbol<const S: usize, const F: usize>(
        &mut self,
        code: Code<'_, S, F>,
    ) -> Option<Option<u16>> {
        loop {
            match code.decode(self.hold, self.bits) {
                Some((_, 0)) => return Some(None),
                Some((symbol, length)) => {
                    self.drop(length);
                    return Some(Some(symbol));
                }
                None => {
                    if !self.more() {
                        return None;
                    }
                }
            }
        }
    }
}

impl Inflate {
    pub(super) const fn new() -> Self {
        Self {
            state: State::BlockHeader,
            is_last: false,
            hold: 0,
            bits: 0,
            filled: 0,
            at: 0,
            literal_count: 0,
            length_count: 0,
            code_count: 0,
        }
    }

    /// Goes on with the data: gives what it has come to, how many bytes of the input were used, and how many of
    /// the output were written. The window and the tables are always the same ones, which may not be changed meanwhile: data would
    /// become something else.
    pub(super) fn run(
        &mut self,
        input: &[u8],
        window: &[Cell<u8>],
        tables: &[Cell<u8>],
        out: &mut [u8],
    ) -> (Status, usize, usize) {
        let tables = Tables::of(tables);
        let mut source = Source { hold: self.hold, bits: self.bits, input, used: 0 };
        let mut sink = Sink { window, at: self.at as usize, out, len: 0 };
        let mut state = self.state;
        let before = self.filled as usize;
        let status = loop {
            // a state that lacks input stays, and begins anew when there is some
            match self.step(tables, &mut state, &mut source, &mut sink, before) {
                Some(status) => break status,
                None => continue,
            }
        };
        self.state = state;
        (self.hold, self.bits) = (source.hold, source.bits);
        self.at = sink.at as u32;
        self.filled = before.saturating_add(sink.len).min(window.len()) as u32;
        (status, source.used, sink.len)
    }

    /// Takes a step; `None` if another one can follow.
    #[inline(always)]
    fn step(
        &mut self,
        tables: Tables<'_>,
        state: &mut State,
        source: &mut Source<'_>,
        sink: &mut Sink<'_>,
        before: usize,
    ) -> Option<Status> {
        // what gives `None` lacks input
        let wanting = Some(Status::NeedsInput);
        let next = match *state {
            State::Symbol => match self.literal(tables, source, sink) {
                Ok(next) => next,
                Err(status) => return Some(status),
            },
            State::Length(symbol) => {
                let Some((least, bits)) = length_of(symbol) else {
                    *state = State::Wrong;
                    return None;
                };
                let Some(more) = source.take(bits) else { return wanting };
                State::Distance(least + more)
            }
            State::Distance(length) => match source.symbol(tables.distances) {
                None => return wanting,
                Some(None) => State::Wrong,
                Some(Some(symbol)) => State::DistanceBits(length, symbol),
            },
            State::DistanceBits(length, symbol) => {
                let Some((least, bits)) = distance_of(symbol) else {
                    *state = State::Wrong;
                    return None;
                };
                let Some(more) = source.take(bits) else { return wanting };
                let distance = least + more;
                let known = before.saturating_add(sink.len).min(sink.window.len());
                if distance as usize > known { State::Wrong } else { State::Copy(length, distance) }
            }
            State::Copy(length, distance) => {
                let done = sink.copy(length, distance);
                if done < length {
                    *state = State::Copy(length - done, distance);
                    return Some(Status::IsFull);
                }
                State::Symbol
            }
            State::Done => return Some(Status::Done),
            State::Wrong => return Some(Status::Wrong),
            rare => match self.rare(tables, rare, source, sink) {
                Ok(next) => next,
                Err((next, status)) => {
                    *state = next;
                    return Some(status);
                }
            },
        };
        *state = next;
        None
    }

    /// Copies bytes that stand for themselves, up to the next length or the end of the block.
    #[inline(always)]
    fn literal(
        &self,
        tables: Tables<'_>,
        source: &mut Source<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<State, Status> {
        loop {
            // a symbol is not taken when there is no room for its byte
            if sink.len >= sink.out.len() {
                return Err(Status::IsFull);
            }
            match source.symbol(tables.literals) {
                None => return Err(Status::NeedsInput),
                Some(Some(byte @ 0..=255)) => {
                    sink.put(byte as u8);
                }
                Some(Some(256)) => {
                    return Ok(if self.is_last { State::Done } else { State::BlockHeader });
                }
                Some(Some(symbol)) => return Ok(State::Length(symbol)),
                Some(None) => return Ok(State::Wrong),
            }
        }
    }

    /// Steps between the blocks, and in their headers.
    #[inline(never)]
    fn rare(
        &mut self,
        tables: Tables<'_>,
        state: State,
        source: &mut Source<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<State, (State, Status)> {
        let wanting = (state, Status::NeedsInput);
        Ok(match state {
            State::BlockHeader => {
                let header = source.take(3).ok_or(wanting)?;
                self.is_last = header & 1 != 0;
                match header >> 1 {
                    0 => {
                        // what is left of the byte is skipped
                        source.drop(source.bits % 8);
                        State::StoredLength
                    }
                    1 => {
                        tables.build_fixed();
                        State::Symbol
                    }
                    2 => State::CodeSizes,
                    _ => State::Wrong,
                }
            }
            State::StoredLength => State::StoredCheck(source.take(16).ok_or(wanting)?),
            State::StoredCheck(length) => {
                let check = source.take(16).ok_or(wanting)?;
                if check == length ^ 0xffff { State::Stored(length) } else { State::Wrong }
            }
            State::Stored(0) => {
                if self.is_last {
                    State::Done
                } else {
                    State::BlockHeader
                }
            }
            State::Stored(left) => {
                if sink.len >= sink.out.len() {
                    return Err((state, Status::IsFull));
                }
                sink.put(source.take(8).ok_or(wanting)? as u8);
                State::Stored(left - 1)
            }
            State::CodeSizes => {
                let sizes = source.take(14).ok_or(wanting)?;
                self.literal_count = (sizes & 31) as u16 + 257;
                self.length_count = self.literal_count + (sizes >> 5 & 31) as u16 + 1;
                self.code_count = (sizes >> 10) as u8 + 4;
                tables.forget_lengths();
                if self.literal_count > 286 || self.length_count - self.literal_count > 30 {
                    State::Wrong
                } else {
                    State::CodeLengths(0)
                }
            }
            State::CodeLengths(i) if i < usize::from(self.code_count) => {
                let length = source.take(3).ok_or(wanting)? as u8;
                let place = ORDER.get(i).map(|place| usize::from(*place));
                if let Some(place) = place.and_then(|place| tables.lengths.get(place)) {
                    place.set(length);
                }
                State::CodeLengths(i + 1)
            }
            State::CodeLengths(_) => {
                // the code for lengths is needed while the others are not there yet
                let built = tables.literals.build(tables.lengths.get(..19).unwrap_or_default());
                tables.forget_lengths();
                if built { State::Lengths(0) } else { State::Wrong }
            }
            State::Lengths(i) if i < usize::from(self.length_count) => {
                match source.symbol(tables.literals).ok_or(wanting)? {
                    Some(length @ 0..=15) => {
                        if let Some(place) = tables.lengths.get(i) {
                            place.set(length as u8);
                        }
                        State::Lengths(i + 1)
                    }
                    Some(symbol) => State::Repeat(i, symbol),
                    None => State::Wrong,
                }
            }
            State::Lengths(_) => {
                let literals = usize::from(self.literal_count);
                let all = tables.lengths.get(..usize::from(self.length_count)).unwrap_or_default();
                let (literals, distances) = all.split_at_checked(literals).unwrap_or_default();
                // without an end the block would have none
                let has_end = literals.get(256).is_some_and(|length| length.get() != 0);
                if has_end && tables.literals.build(literals) && tables.distances.build(distances) {
                    State::Symbol
                } else {
                    State::Wrong
                }
            }
            State::Repeat(i, symbol) => {
                let (least, bits) = match symbol {
                    16 => (3, 2),
                    17 => (3, 3),
                    _ => (11, 7),
                };
                let before = i.checked_sub(1).and_then(|i| tables.lengths.get(i).map(Cell::get));
                let count = least + source.take(bits).ok_or(wanting)? as usize;
                let length = if symbol == 16 { before } else { Some(0) };
                let end = i + count;
                match (length, tables.lengths.get(i..end)) {
                    (Some(length), Some(places)) if end <= usize::from(self.length_count) => {
                        places.iter().for_each(|place| place.set(length));
                        State::Lengths(end)
                    }
                    _ => State::Wrong,
                }
            }
            other => other,
        })
    }

    /// A byte that follows the compressed data, if it is there.
    pub(super) fn trailing(&mut self, input: &[u8]) -> (Option<u8>, usize) {
        let mut source = Source { hold: self.hold, bits: self.bits, input, used: 0 };
        source.drop(source.bits % 8);
        let byte = source.take(8).map(|byte| byte as u8);
        (self.hold, self.bits) = (source.hold, source.bits);
        (byte, source.used)
    }
}
