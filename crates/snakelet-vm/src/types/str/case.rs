//! Upper and lower case, and what sorts of characters a text has: of ASCII, as MicroPython.

use crate::native::leaf::{Answer, AnyText, Leaf, LeafArgs, Obj};

/// Which letters become upper case; all others become lower case.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Upper {
    None,
    All,
    /// Those before which there is none.
    OfWords,
    /// The first character, if it is one.
    First,
    /// Those that are lower case.
    Others,
}

/// Makes a text of the same length, with letters of other cases.
#[inline(never)]
fn mapped<'h>(cx: Leaf<'h>, text: AnyText<'h>, upper: Upper) -> Answer<'h> {
    const CASE: u8 = b'a' ^ b'A';
    let bytes = text.bytes(cx);
    cx.make_text(text.kind(), bytes.len(), |out| {
        // whether a letter becomes upper case where it does not depend on itself
        let mut next = upper != Upper::None;
        for (to, from) in cx.vm().paced_to_end(out.iter_mut().zip(bytes)) {
            let is_letter = from.is_ascii_alphabetic();
            let upper_case = if upper == Upper::Others { from & CASE != 0 } else { next };
            *to = match (is_letter, upper_case) {
                (false, _) => *from,
                (true, false) => from | CASE,
                (true, true) => from & !CASE,
            };
            next = match upper {
                Upper::OfWords => !is_letter,
                Upper::First => false,
                _ => next,
            };
        }
    })
}

/// `lower()`, `casefold()`
pub(super) fn lower<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    mapped(cx, text, Upper::None)
}

/// `upper()`
pub(super) fn upper<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    mapped(cx, text, Upper::All)
}

/// `title()`
pub(super) fn title<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    mapped(cx, text, Upper::OfWords)
}

/// `capitalize()`
pub(super) fn capitalize<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    mapped(cx, text, Upper::First)
}

/// `swapcase()`
pub(super) fn swapcase<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    mapped(cx, text, Upper::Others)
}

/// The sorts of bytes, as bits; each byte is of one sort.
mod sort {
    pub(super) const UPPER: u32 = 1;
    pub(super) const LOWER: u32 = 1 << 1;
    pub(super) const DIGIT: u32 = 1 << 2;
    pub(super) const UNDERSCORE: u32 = 1 << 3;
    /// The space that can be printed.
    pub(super) const BLANK: u32 = 1 << 4;
    /// Other white space.
    pub(super) const BREAK: u32 = 1 << 5;
    /// Other control characters.
    pub(super) const CONTROL: u32 = 1 << 6;
    /// What is not ASCII.
    pub(super) const BEYOND: u32 = 1 << 7;
    pub(super) const OTHER: u32 = 1 << 8;

    pub(super) const LETTER: u32 = UPPER | LOWER;
    pub(super) const SPACE: u32 = BLANK | BREAK;
    pub(super) const ALL: u32 = (1 << 9) - 1;

    pub(super) fn of(byte: u8) -> u32 {
        match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b' ' => BLANK,
            b'_' => UNDERSCORE,
            b'\t'..=b'\r' => BREAK,
            0..=0x1f | 0x7f => CONTROL,
            0x80.. => BEYOND,
            _ => OTHER,
        }
    }
}

/// Whether all bytes are of the allowed sorts, and one at least is of the needed ones (if any are).
#[inline(never)]
fn test<'h>(cx: Leaf<'h>, text: AnyText<'h>, allowed: u32, needed: u32) -> Answer<'h> {
    let mut seen = 0;
    for byte in cx.vm().paced_to_end(text.bytes(cx).iter()) {
        seen |= sort::of(*byte);
        if seen & !allowed != 0 {
            return Ok(Obj::FALSE);
        }
    }
    cx.spend(0)?;
    Ok(Obj::bool(needed == 0 || seen & needed != 0))
}

/// `isspace()`
pub(super) fn isspace<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::SPACE, sort::SPACE)
}

/// `isalpha()`
pub(super) fn isalpha<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::LETTER, sort::LETTER)
}

/// `isdigit()`
pub(super) fn isdigit<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::DIGIT, sort::DIGIT)
}

/// `isalnum()`
pub(super) fn isalnum<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::LETTER | sort::DIGIT, sort::LETTER | sort::DIGIT)
}

/// `isupper()`
pub(super) fn isupper<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::ALL & !sort::LOWER, sort::UPPER)
}

/// `islower()`
pub(super) fn islower<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::ALL & !sort::UPPER, sort::LOWER)
}

/// `isascii()`
pub(super) fn isascii<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::ALL & !sort::BEYOND, 0)
}

/// `isidentifier()`
pub(super) fn isidentifier<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    if text.bytes(cx).first().is_some_and(u8::is_ascii_digit) {
        return Ok(Obj::FALSE);
    }
    let first = sort::LETTER | sort::UNDERSCORE | sort::BEYOND;
    test(cx, text, first | sort::DIGIT, first)
}

/// `isprintable()`
pub(super) fn isprintable<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    test(cx, text, sort::ALL & !(sort::BREAK | sort::CONTROL), 0)
}

/// `istitle()`
pub(super) fn istitle<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let mut before = false;
    let mut any = false;
    for byte in cx.vm().paced_to_end(text.bytes(cx).iter()) {
        let letter = byte.is_ascii_alphabetic();
        if letter && byte.is_ascii_uppercase() == before {
            return Ok(Obj::FALSE);
        }
        any |= letter;
        before = letter;
    }
    cx.spend(0)?;
    Ok(Obj::bool(any))
}
