//! Positions in texts: Python counts code points in a `str`, and bytes elsewhere.

use crate::Vm;
use crate::object::StrObj;
use crate::object::value::Value;

/// What positions in a text count.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes: in `bytes`, and in a `str` that is ASCII.
    Byte,
    /// Code points.
    Char,
}

const fn is_first(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Bytes that are counted at a time: so many that a byte holds their number.
const PIECE: usize = 255;

/// How many code points begin in a piece of text.
fn firsts(piece: &[u8]) -> usize {
    // the processor adds many bytes at once
    piece.iter().fold(0u8, |n, byte| n.wrapping_add(u8::from(is_first(*byte)))).into()
}

impl Unit {
    /// Length in units.
    pub(crate) fn count(self, text: &[u8]) -> usize {
        match self {
            Unit::Byte => text.len(),
            Unit::Char => text.chunks(PIECE).map(firsts).sum(),
        }
    }
    /// Where unit `index` begins; the length if there are not that many.
    pub(crate) fn offset(self, text: &[u8], index: usize) -> usize {
        match self {
            Unit::Byte => index.min(text.len()),
            Unit::Char => {
                let (mut at, mut left) = (0, index);
                for piece in text.chunks(PIECE) {
                    let n = firsts(piece);
                    if n > left {
                        let mut firsts = piece.iter().enumerate().filter(|(_, b)| is_first(**b));
                        return at + firsts.nth(left).map_or(piece.len(), |(at, _)| at);
                    }
                    left -= n;
                    at += piece.len();
                }
                at
            }
        }
    }
    /// The number of the unit that begins at `offset`.
    pub(crate) fn index(self, text: &[u8], offset: usize) -> usize {
        self.count(text.get(..offset).unwrap_or(text))
    }
    /// Where the unit after the one at `offset` begins.
    pub(crate) fn next(self, text: &[u8], offset: usize) -> usize {
        match self {
            Unit::Byte => offset + 1,
            Unit::Char => {
                let rest = text.get(offset + 1..).unwrap_or(&[]);
                offset + 1 + rest.iter().take_while(|b| !is_first(**b)).count()
            }
        }
    }
    /// Where the unit before the one at `offset` begins; `offset` is not 0.
    pub(crate) fn previous(self, text: &[u8], offset: usize) -> usize {
        let before = text.get(..offset).unwrap_or(text);
        match self {
            Unit::Byte => before.len().saturating_sub(1),
            Unit::Char => before.iter().rposition(|b| is_first(*b)).unwrap_or(0),
        }
    }
}

impl Vm {
    /// As [`Unit::count`], and charges for what is looked at.
    pub(crate) fn count_units(&self, unit: Unit, text: &[u8]) -> usize {
        if unit == Unit::Char {
            self.charge_bytes_later(text.len());
        }
        unit.count(text)
    }

    /// As [`Unit::offset`], and charges for what is looked at.
    pub(crate) fn offset_of_unit(&self, unit: Unit, text: &[u8], index: usize) -> usize {
        let at = unit.offset(text, index);
        if unit == Unit::Char {
            self.charge_bytes_later(at);
        }
        at
    }

    /// What positions in a value count.
    pub(crate) fn unit_of(&self, value: Value<'_>) -> Unit {
        let bytes = match value.cast::<StrObj>() {
            Some(s) => !s.is_str() || s.is_ascii(),
            None => self.str_of(value).is_none_or(<[u8]>::is_ascii),
        };
        if bytes { Unit::Byte } else { Unit::Char }
    }
}

/// The code point that an int is.
pub(crate) fn code_point(code: isize) -> Option<u32> {
    u32::try_from(code).ok().filter(|code| *code < 0x11_0000)
}
