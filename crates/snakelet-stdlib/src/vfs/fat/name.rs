//! Names: short ones of eight and three characters, and long ones of UTF-16.

use snakelet_vm::exception::errno;

/// UTF-16 units of the longest long name.
pub(super) const LONGEST: usize = 255;
/// Units in one entry of a directory.
pub(super) const UNITS: usize = 13;
/// Bytes of a long name as UTF-8, at most.
pub(crate) const NAME_BYTES: usize = LONGEST * 3;

/// Says that the letters of the name, or of what stands behind its point, are small.
const SMALL_NAME: u8 = 0x08;
const SMALL_SUFFIX: u8 = 0x10;

/// A name of eight and three characters, padded with spaces.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Short {
    pub(super) bytes: [u8; 11],
    /// Which letters are small.
    pub(super) small: u8,
}

impl Short {
    /// The sum that entries of the long name have.
    pub(super) fn sum(&self) -> u8 {
        self.bytes.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
    }

    /// Writes it as text.
    pub(super) fn write(&self, out: &mut Text) {
        let (name, suffix) = self.bytes.split_at_checked(8).unwrap_or((&self.bytes, &[]));
        for (i, (part, small)) in [(name, SMALL_NAME), (suffix, SMALL_SUFFIX)].iter().enumerate() {
            let len = part.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
            if i == 1 && len > 0 {
                out.push('.');
            }
            for (k, byte) in part.iter().take(len).enumerate() {
                // the first byte of a deleted entry stands for itself
                let byte = if i == 0 && k == 0 && *byte == 0x05 { 0xe5 } else { *byte };
                let byte = if self.small & small != 0 { byte.to_ascii_lowercase() } else { byte };
                out.push(if byte.is_ascii() { char::from(byte) } else { '_' });
            }
        }
    }
}

/// A text of a limited length.
#[derive(Copy, Clone)]
pub(crate) struct Text {
    bytes: [u8; NAME_BYTES],
    len: usize,
}

impl Text {
    pub(crate) const EMPTY: Self = Self { bytes: [0; NAME_BYTES], len: 0 };

    pub(super) fn push(&mut self, c: char) {
        let mut utf8 = [0; 4];
        let c = c.encode_utf8(&mut utf8).as_bytes();
        if let Some(room) = self.bytes.get_mut(self.len..self.len + c.len()) {
            room.copy_from_slice(c);
            self.len += c.len();
        }
    }
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

/// A name that is looked for or made.
pub(super) struct Name<'n> {
    pub(super) text: &'n str,
}

/// Whether a character may be part of a long name.
fn is_allowed(c: char) -> bool {
    c >= ' ' && !matches!(c, '"' | '*' | '/' | ':' | '<' | '>' | '?' | '\\' | '|' | '\u{7f}')
}

/// Whether it may be part of a short one, as it is or as a capital.
fn is_short(c: char) -> bool {
    c.is_ascii() && is_allowed(c) && !matches!(c, '+' | ',' | ';' | '=' | '[' | ']' | '.' | ' ')
}

impl<'n> Name<'n> {
    /// A name, without the points and spaces that end it.
    ///
    /// # Errors
    /// `EINVAL`.
    pub(super) fn new(text: &'n str) -> Result<Self, i32> {
        let text = text.trim_end_matches(['.', ' ']);
        let units = text.encode_utf16().count();
        if text.is_empty() || units > LONGEST || !text.chars().all(is_allowed) {
            return Err(errno::EINVAL);
        }
        Ok(Self { text })
    }

    /// Whether it is this name: letters of ASCII are the same as their capitals.
    pub(super) fn is(&self, other: &str) -> bool {
        self.text.eq_ignore_ascii_case(other)
    }

    /// The name and what stands behind its last point.
    fn parts(&self) -> (&'n str, &'n str) {
        match self.text.rsplit_once('.') {
            Some((name, suffix)) if !name.is_empty() => (name, suffix),
            _ => (self.text, ""),
        }
    }

    /// The short name that says all, if there is one.
    pub(super) fn short(&self) -> Option<Short> {
        let (name, suffix) = self.parts();
        let mut short = Short { bytes: [b' '; 11], small: 0 };
        for (part, start, most, small) in [(name, 0, 8, SMALL_NAME), (suffix, 8, 3, SMALL_SUFFIX)] {
            let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
            let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
            if part.len() > most || !part.chars().all(is_short) || lower && upper {
                return None;
            }
            if lower {
                short.small |= small;
            }
            let room = short.bytes.get_mut(start..).unwrap_or_default();
            for (to, from) in room.iter_mut().zip(part.bytes()) {
                *to = from.to_ascii_uppercase();
            }
        }
        // a point at the end would be lost
        (!self.text.ends_with('.')).then_some(short)
    }

    /// A short name that stands for a long one: number `n` of those that begin alike.
    pub(super) fn alias(&self, n: u32) -> Short {
        let (name, suffix) = self.parts();
        let mut short = Short { bytes: [b' '; 11], small: 0 };
        let convert = |c: char| if is_short(c) { c.to_ascii_uppercase() as u8 } else { b'_' };
        let wanted = |c: &char| !matches!(c, ' ' | '.');
        let mut tail = [0; 8];
        let mut digits = 0;
        let mut left = n;
        loop {
            if let Some(digit) = tail.get_mut(digits) {
                *digit = b'0' + (left % 10) as u8;
            }
            (digits, left) = (digits + 1, left / 10);
            if left == 0 || digits == 6 {
                break;
            }
        }
        let room = 7 - digits;
        let mut len = 0;
        for (to, c) in short.bytes.iter_mut().take(room).zip(name.chars().filter(wanted)) {
            *to = convert(c);
            len += 1;
        }
        let tail = tail.iter().take(digits).rev();
        let rest = short.bytes.get_mut(len..8).unwrap_or_default();
        for (to, byte) in rest.iter_mut().zip([b'~'].iter().chain(tail)) {
            *to = *byte;
        }
        let rest = short.bytes.get_mut(8..).unwrap_or_default();
        for (to, c) in rest.iter_mut().zip(suffix.chars().filter(wanted)) {
            *to = convert(c);
        }
        short
    }

    /// Entries that a long name takes beside the short one.
    pub(super) fn long_entries(&self) -> usize {
        self.text.encode_utf16().count().div_ceil(UNITS)
    }
}

/// Where the units of a long name lie in an entry.
pub(super) const PLACES: [usize; UNITS] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
