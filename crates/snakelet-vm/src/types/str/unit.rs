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

impl Unit {
    /// Length in units.
    pub(crate) fn count(self, text: &[u8]) -> usize {
        match self {
            Unit::Byte => text.len(),
            Unit::Char => text.iter().filter(|b| is_first(**b)).count(),
        }
    }
    /// Where unit `index` begins; the length if there are not that many.
    pub(crate) fn offset(self, text: &[u8], index: usize) -> usize {
        match self {
            Unit::Byte => index.min(text.len()),
            Unit::Char => {
                let mut firsts = text.iter().enumerate().filter(|(_, b)| is_first(**b));
                firsts.nth(index).map_or(text.len(), |(at, _)| at)
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
    /// What positions in a value count.
    pub(crate) fn unit_of(&self, value: Value<'_>) -> Unit {
        let bytes = match value.cast::<StrObj>() {
            Some(s) => !s.is_str() || s.is_ascii(),
            None => self.str_of(value).is_none_or(str::is_ascii),
        };
        if bytes { Unit::Byte } else { Unit::Char }
    }
}

/// The code point at the front of UTF-8 text and its length in bytes; `None` at the end.
pub(crate) fn first_char(text: &[u8]) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    let len = 1 + text.get(1..)?.iter().take(3).take_while(|b| !is_first(**b)).count();
    let c = core::str::from_utf8(text.get(..len)?).ok()?.chars().next()?;
    Some((c, len))
}
