//! Text in memory that was lent: always whole characters of UTF-8.

use core::ops::Range;

/// The text. Positions are in bytes and lie between characters.
#[derive(Debug)]
pub(super) struct Buffer<'m> {
    bytes: &'m mut [u8],
    len: usize,
}

impl<'m> Buffer<'m> {
    pub(super) const fn new(bytes: &'m mut [u8]) -> Self {
        Self { bytes, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text of a range; what lies beyond the end is left out.
    pub(super) fn part(&self, range: Range<usize>) -> &[u8] {
        let end = range.end.min(self.len);
        self.bytes.get(range.start.min(end)..end).unwrap_or_default()
    }

    /// Inserts at a position; nothing, and `false`, if there is not room for all of it.
    pub(super) fn insert(&mut self, at: usize, new: &[u8]) -> bool {
        if at > self.len || new.len() > self.bytes.len() - self.len {
            return false;
        }
        self.bytes.copy_within(at..self.len, at + new.len());
        if let Some(place) = self.bytes.get_mut(at..at + new.len()) {
            place.copy_from_slice(new);
        }
        self.len += new.len();
        true
    }

    /// Removes a range.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        let end = range.end.min(self.len);
        let start = range.start.min(end);
        self.bytes.copy_within(end..self.len, start);
        self.len -= end - start;
    }

    /// The start of the character before a position, not before `start`.
    pub(super) fn before(&self, at: usize, start: usize) -> usize {
        let mut at = at;
        while at > start {
            at -= 1;
            if self.bytes.get(at).is_none_or(|byte| !is_continuation(*byte)) {
                break;
            }
        }
        at
    }

    /// The end of the character at a position.
    pub(super) fn after(&self, at: usize) -> usize {
        let mut at = at;
        while at < self.len {
            at += 1;
            if self.bytes.get(at).is_none_or(|byte| !is_continuation(*byte)) {
                break;
            }
        }
        at.min(self.len)
    }
}

/// Whether a byte is inside of a character.
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Columns that a text takes on a terminal.
pub(super) fn columns(text: &[u8]) -> usize {
    core::str::from_utf8(text).map_or(text.len(), |text| text.chars().map(width).sum())
}

/// The columns that a character takes on a terminal, after the blocks of the Unicode standard: none for marks that are put on the one before, two
/// for the scripts of East Asia and for pictures.
pub fn width(c: char) -> usize {
    match u32::from(c) {
        0..0x300 => 1,
        0x300..0x370 | 0x200B..=0x200F | 0x20D0..0x2100 | 0xFE00..0xFE10 => 0,
        0x1100..0x1160
        | 0x2E80..0xA4D0
        | 0xAC00..0xD7A4
        | 0xF900..0xFB00
        | 0xFE30..0xFE70
        | 0xFF00..0xFF61
        | 0x1F300..0x1FB00
        | 0x20000..0x40000 => 2,
        _ => 1,
    }
}
