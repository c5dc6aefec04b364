//! Characters of a text.

/// The character at a place and how many bytes it has, if there is one: in `bytes` each byte is one.
#[inline]
pub(super) fn decode(bytes: &[u8], at: usize, is_text: bool) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    if first < 0x80 || !is_text { Some((first.into(), 1)) } else { Some(long(bytes, at, first)) }
}

/// A character of several bytes. What is no UTF-8 is taken for a character of one byte.
#[inline(never)]
fn long(bytes: &[u8], at: usize, first: u8) -> (u32, usize) {
    let (width, bits) = match first {
        0xc0..=0xdf => (2, first & 0x1f),
        0xe0..=0xef => (3, first & 0x0f),
        0xf0..=0xf7 => (4, first & 0x07),
        _ => return (first.into(), 1),
    };
    let Some(rest) = bytes.get(at + 1..at + width) else { return (first.into(), 1) };
    (rest.iter().fold(bits.into(), |c, byte| c << 6 | u32::from(byte & 0x3f)), width)
}

/// How many characters of a text begin in these bytes.
pub(super) fn count(bytes: &[u8], is_text: bool) -> usize {
    if !is_text {
        return bytes.len();
    }
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_the_text() {
        let text = "a\u{e9}\u{20ac}\u{1f40d}";
        let mut at = 0;
        for c in text.chars() {
            assert_eq!(decode(text.as_bytes(), at, true), Some((c as u32, c.len_utf8())));
            at += c.len_utf8();
        }
        assert_eq!(decode(text.as_bytes(), at, true), None);
        assert_eq!(decode(text.as_bytes(), 1, false), Some((0xc3, 1)));
        assert_eq!(decode(b"\xf0\x9f", 0, true), Some((0xf0, 1)));
        assert_eq!((count(text.as_bytes(), true), count(text.as_bytes(), false)), (4, 10));
    }
}
