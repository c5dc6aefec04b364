//! The text of a `str`: UTF-8 in which surrogates may stand like other code points, in three bytes each
//! (generalised UTF-8, of which WTF-8 is the part without pairs of them). Python counts a pair as two.

/// The first and the last surrogate.
const SURROGATES: core::ops::RangeInclusive<u32> = 0xd800..=0xdfff;

/// Bytes of the longest code point.
pub const LONGEST: usize = 4;

/// Whether a code point is a surrogate, which UTF-8 has no bytes for.
#[must_use]
pub fn is_surrogate(code: u32) -> bool {
    SURROGATES.contains(&code)
}

/// The bytes of a code point; those of U+FFFD for what is no code point.
#[must_use]
pub fn encode(code: u32, bytes: &mut [u8; LONGEST]) -> &[u8] {
    if is_surrogate(code) {
        let tail = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
        *bytes = [0xe0 | (code >> 12) as u8, tail(6), tail(0), 0];
        return bytes.get(..3).unwrap_or_default();
    }
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(bytes).as_bytes()
}

/// The code point at the front of text, and how many bytes it has; `None` at the end. Of bytes that are no text the
/// result is some number.
#[must_use]
pub fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let (&first, rest) = text.split_first()?;
    let (mut code, more) = match first {
        0xf0.. => (u32::from(first & 7), 3),
        0xe0.. => (u32::from(first & 15), 2),
        0xc0.. => (u32::from(first & 31), 1),
        _ => return Some((first.into(), 1)),
    };
    let mut len = 1;
    for byte in rest.iter().take(more).take_while(|byte| **byte & 0xc0 == 0x80) {
        code = code << 6 | u32::from(byte & 0x3f);
        len += 1;
    }
    Some((code, len))
}

/// Where the first bytes that are no text begin, and how many are known to be wrong: none where text is cut off.
#[must_use]
pub fn flaw(text: &[u8]) -> Option<(usize, Option<usize>)> {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Err(error) = core::str::from_utf8(rest) else { return None };
        at += error.valid_up_to();
        match text.get(at..).unwrap_or_default() {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => at += 3,
            [0xed, 0xa0..=0xbf] => return Some((at, None)),
            _ => return Some((at, error.error_len())),
        }
    }
}

/// Where the first surrogate in text begins.
#[must_use]
pub fn surrogate(text: &[u8]) -> Option<usize> {
    text.windows(2).position(|pair| matches!(pair, [0xed, 0xa0..=0xff]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn each_code_point_has_its_own_bytes() {
        let mut all = Vec::new();
        for code in (0..0x11_0000).step_by(7).chain(0xd7f0..0xe010) {
            let mut bytes = [0; LONGEST];
            let bytes = encode(code, &mut bytes);
            assert_eq!(decode(bytes), Some((code, bytes.len())));
            assert_eq!(flaw(bytes), None);
            assert_eq!(surrogate(bytes).is_some(), char::from_u32(code).is_none());
            all.extend_from_slice(bytes);
        }
        assert_eq!(flaw(&all), None);
    }

    #[test]
    fn what_no_code_point_has_is_found() {
        for (text, at) in [
            (&b"\xff"[..], 0),
            (b"a\xed\xa0\x80\xed\xa0", 4),
            (b"\xed\xa0\x80\xed", 3),
            (b"\xed\xa0x", 0),
            (b"ab\xc0\x80", 2),
            (b"\xf4\x90\x80\x80", 0),
            (b"\xed\xbf\xbf\x80", 3),
        ] {
            assert_eq!(flaw(text).map(|flaw| flaw.0), Some(at), "{text:x?}");
        }
        assert_eq!(flaw(b"\xed\xa0"), Some((0, None)));
    }
}
