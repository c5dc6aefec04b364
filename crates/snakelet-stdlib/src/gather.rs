//! Bytes of an unknown number that a full native puts together: a text in the making, or output for a stream.

use core::cell::Cell;

use snakelet_vm::Raised;
use snakelet_vm::buffer::Bytes;
use snakelet_vm::native::full::{Full, Given, Held, Variable};
use snakelet_vm::native::leaf::{Answer, Leaf};

/// Bytes that lie on the machine's stack before they go further.
const PIECE: usize = 128;

/// Where bytes go when the piece is full.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum To {
    /// To a `bytearray` that grows, in the variable.
    Store,
    /// To the stream in the variable.
    Stream,
}

/// Puts bytes together. The variable that its functions take is always the same one, `None` at first for a store.
pub(crate) struct Gather {
    piece: [u8; PIECE],
    len: usize,
    /// Bytes in the store.
    stored: usize,
    to: To,
}

impl Gather {
    pub(crate) const fn new(to: To) -> Self {
        Self { piece: [0; PIECE], len: 0, stored: 0, to }
    }

    /// Forgets what was put, and keeps the store for what follows.
    pub(crate) fn clear(&mut self) {
        (self.len, self.stored) = (0, 0);
    }

    /// Adds bytes.
    pub(crate) fn put<'s>(
        &mut self,
        cx: &mut Full<'s>,
        variable: Variable<'s>,
        bytes: &[u8],
    ) -> Result<(), Raised> {
        let mut rest = bytes;
        loop {
            let room = self.piece.get_mut(self.len..).unwrap_or_default();
            let n = room.len().min(rest.len());
            Bytes::from(rest).copy_to(room);
            self.len += n;
            rest = rest.get(n..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            self.flush(cx, variable)?;
        }
    }

    /// Adds what `convert` makes of bytes `start..end` of a `str`, `bytes` or other buffer: it is called with the byte and the
    /// room, which is for [`LONGEST`](Self::LONGEST) bytes at least, and gives how many it wrote.
    pub(crate) fn put_part<'s>(
        &mut self,
        cx: &mut Full<'s>,
        variable: Variable<'s>,
        text: Held<'s>,
        (start, end): (usize, usize),
        convert: fn(u8, &mut [u8]) -> usize,
    ) -> Result<(), Raised> {
        let mut at = start;
        loop {
            let (piece, mut len) = (&mut self.piece, self.len);
            let ended = cx.with_bytes(text, |bytes| {
                while len + Self::LONGEST <= PIECE {
                    let Some(byte) = bytes.get(at).filter(|_| at < end) else { return true };
                    len += convert(byte, piece.get_mut(len..).unwrap_or_default());
                    at += 1;
                }
                false
            })?;
            self.len = len;
            if ended {
                return Ok(());
            }
            self.flush(cx, variable)?;
        }
    }

    /// The most bytes that a byte is converted to.
    pub(crate) const LONGEST: usize = 6;

    /// Hands on what lies in the piece. A character is not divided between two writes to a stream, since streams of
    /// scripts may want texts.
    pub(crate) fn flush<'s>(
        &mut self,
        cx: &mut Full<'s>,
        variable: Variable<'s>,
    ) -> Result<(), Raised> {
        cx.charge(4)?;
        let piece = self.piece.get(..self.len).unwrap_or_default();
        if self.to == To::Stream {
            let whole = whole_characters(piece);
            let part = piece.get(..whole).unwrap_or_default();
            cx.scope(|cx, outer| cx.write_stream(outer.variable(variable).held(), part))?;
            self.piece.copy_within(whole..self.len, 0);
            self.len -= whole;
            return Ok(());
        }
        let (stored, end) = (self.stored, self.stored + self.len);
        let room =
            cx.look(|cx| Ok(cx.buffer(cx.get(variable.held())).map_or(0, |b| b.bytes.len())))?;
        if end > room {
            let grown = end.max(room / 2 * 3).max(4 * PIECE);
            cx.update(variable, |cx, old| {
                let new = cx.bytearray(grown)?;
                if let Some(old) = cx.buffer(old) {
                    cx.copy(old.bytes.part(0, stored), cx.writable(new)?)?;
                }
                Ok(new)
            })?;
        }
        cx.look(|cx| {
            let cells = cx.writable(cx.get(variable.held()))?;
            cx.copy(piece.into(), cells.get(stored..).unwrap_or_default())
        })?;
        (self.stored, self.len) = (end, 0);
        Ok(())
    }

    /// Makes a `str` of what was put.
    pub(crate) fn finish<'s>(&mut self, cx: &mut Full<'s>, variable: Variable<'s>) -> Given<'s> {
        self.finish_as(cx, variable, |cx, bytes| cx.str_of(bytes.len(), |out| copy(cx, bytes, out)))
    }

    /// Makes a `bytes` of what was put.
    #[cfg(any(feature = "deflate", feature = "re", feature = "websocket"))]
    pub(crate) fn finish_bytes<'s>(
        &mut self,
        cx: &mut Full<'s>,
        variable: Variable<'s>,
    ) -> Given<'s> {
        self.finish_as(cx, variable, |cx, bytes| cx.bytes(bytes.len(), |out| copy(cx, bytes, out)))
    }

    fn finish_as<'s>(
        &mut self,
        cx: &mut Full<'s>,
        variable: Variable<'s>,
        make: for<'h> fn(Leaf<'h>, Bytes<'_>) -> Answer<'h>,
    ) -> Given<'s> {
        if self.stored > 0 {
            self.flush(cx, variable)?;
        }
        let piece = self.piece.get(..self.len).unwrap_or_default();
        let stored = self.stored;
        cx.make(|cx| {
            let bytes = match stored {
                0 => Bytes::from(piece),
                _ => cx.readable(cx.get(variable.held()))?.part(0, stored),
            };
            make(*cx, bytes)
        })
    }
}

/// Copies bytes to a text. Of a script that is to end, the text is dropped.
fn copy(cx: Leaf<'_>, bytes: Bytes<'_>, out: &mut [u8]) {
    let _ = cx.copy(bytes, Cell::from_mut(out).as_slice_of_cells());
}

/// Bytes up to the beginning of a character of UTF-8 that has not all of its bytes yet.
fn whole_characters(bytes: &[u8]) -> usize {
    let back = bytes.iter().rev().take(3).position(|byte| *byte & 0xc0 != 0x80);
    let Some(start) = back.and_then(|back| bytes.len().checked_sub(back + 1)) else {
        return bytes.len();
    };
    let wanted = match bytes.get(start) {
        Some(0xc0..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..) => 4,
        _ => 1,
    };
    if start > 0 && bytes.len() - start < wanted { start } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::whole_characters;

    #[test]
    fn characters_are_not_divided() {
        let text = "a\u{e9}\u{20ac}\u{1f40d}".as_bytes();
        let whole = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10];
        for (n, whole) in whole.into_iter().enumerate() {
            assert_eq!(whole_characters(&text[..n]), whole, "{n}");
        }
        // what is no text is not held back for ever
        assert_eq!(whole_characters(b"\x80\x80\x80\x80"), 4);
        assert_eq!(whole_characters(b"\xe2\x82"), 2);
    }
}
