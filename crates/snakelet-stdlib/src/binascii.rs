//! `binascii`.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{Contents, Named, NativeFn, NativeModule, Param};
use snakelet_vm::{methods, name};

use crate::crc;

/// `binascii`.
pub static BINASCII: NativeModule = NativeModule::new(
    name!("binascii"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("hexlify"), 1, hexlify),
            NativeFn::leaf::<1>(name!("unhexlify"), 0, unhexlify),
            NativeFn::leaf::<1>(name!("a2b_base64"), 0, from_base64),
            NativeFn::named(
                const { &Named::new(NativeFn::leaf::<1>(name!("b2a_base64"), 1, to_base64), &NEWLINE) },
            ),
            NativeFn::leaf::<1>(name!("crc32"), 1, crc32),
        ],
        constants: &[],
    }],
);

static NEWLINE: [Param; 2] = [Param::required(name!("data")), Param::keyword(name!("newline"))];

/// Bytes between two looks at whether the script is to end.
const PAUSE: usize = 1024;

/// Charges for the work on the bytes of a round, if one has ended.
fn pause(cx: Leaf<'_>, done: usize) -> Result<(), Leave> {
    if done % PAUSE == PAUSE - 1 { cx.spend(PAUSE / 8) } else { Ok(()) }
}

/// Makes `bytes` of what `fill` writes, which goes in rounds: what it gives is passed on.
fn make<'h>(
    cx: Leaf<'h>,
    len: usize,
    fill: impl FnOnce(&[Cell<u8>]) -> Result<(), Leave>,
) -> Answer<'h> {
    let mut done = Ok(());
    let made = cx.bytes(len, |out| done = fill(Cell::from_mut(out).as_slice_of_cells()))?;
    done.map(|()| made)
}

fn set(out: &[Cell<u8>], at: usize, byte: u8) {
    if let Some(place) = out.get(at) {
        place.set(byte);
    }
}

fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// `hexlify(data[, sep])`
fn hexlify<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let data = cx.readable(args.get::<0>())?;
    let separator = match args.opt(1) {
        Some(given) => {
            let given = cx.readable(given)?;
            match (given.len(), given.get(0)) {
                (1, Some(byte)) => Some(byte),
                _ => return Err(cx.raise(&VALUE_ERROR, "sep must be length 1")),
            }
        }
        None => None,
    };
    let width = if separator.is_some() { 3 } else { 2 };
    let len = data.len().saturating_mul(width).saturating_sub(width - 2);
    make(cx, len, |out| {
        for (i, byte) in data.iter().enumerate() {
            pause(cx, i)?;
            set(out, i * width, hex_digit(byte >> 4));
            set(out, i * width + 1, hex_digit(byte & 15));
            // behind the last byte there is no room
            if let Some(separator) = separator {
                set(out, i * width + 2, separator);
            }
        }
        Ok(())
    })
}

/// `unhexlify(data)`
fn unhexlify<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let data = cx.readable(args.get::<0>())?;
    if data.len() % 2 != 0 {
        return Err(cx.raise(&VALUE_ERROR, "odd-length string"));
    }
    make(cx, data.len() / 2, |out| {
        let mut high = 0;
        for (i, byte) in data.iter().enumerate() {
            pause(cx, i)?;
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(cx.raise(&VALUE_ERROR, "non-hex digit found"));
            };
            if i % 2 == 0 {
                high = digit << 4;
            } else {
                set(out, i / 2, (high | digit) as u8);
            }
        }
        Ok(())
    })
}

/// The six bits of a digit of base 64.
fn sextet(byte: u8) -> Option<u32> {
    let base = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(base.into())
}

/// The digit of base 64 of six bits.
fn digit(bits: u32) -> u8 {
    match (bits & 63) as u8 {
        bits @ 0..=25 => b'A' + bits,
        bits @ 26..=51 => b'a' + bits - 26,
        bits @ 52..=61 => b'0' + bits - 52,
        62 => b'+',
        _ => b'/',
    }
}

/// Calls `each` with the bytes that a text in base 64 stands for, up to the padding: other characters are left out.
/// False if the last digits make no byte.
fn decode(cx: Leaf<'_>, data: Bytes<'_>, mut each: impl FnMut(u8)) -> Result<bool, Leave> {
    // the bits that are left of the last digits, and how many
    let (mut bits, mut left, mut is_padded) = (0u32, 0, false);
    for (i, byte) in data.iter().enumerate() {
        pause(cx, i)?;
        if byte == b'=' {
            if left == 2 || left == 4 && is_padded {
                return Ok(true);
            }
            is_padded = true;
        }
        let Some(six) = sextet(byte) else { continue };
        is_padded = false;
        bits = bits << 6 | six;
        left += 6;
        if left >= 8 {
            left -= 8;
            each((bits >> left) as u8);
        }
    }
    Ok(left == 0)
}

/// `a2b_base64(data)`
fn from_base64<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let data = cx.readable(args.get::<0>())?;
    let mut len = 0;
    if !decode(cx, data, |_| len += 1)? {
        return Err(cx.raise(&VALUE_ERROR, "incorrect padding"));
    }
    make(cx, len, |out| {
        let mut at = 0;
        let each = |byte| {
            set(out, at, byte);
            at += 1;
        };
        decode(cx, data, each).map(drop)
    })
}

/// `b2a_base64(data, *, newline=True)`
fn to_base64<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let data = cx.readable(args.get::<0>())?;
    let newline = args.opt(1).map_or(Ok(true), |newline| cx.truth(1, newline))?;
    let digits = data.len().div_ceil(3).saturating_mul(4);
    make(cx, digits.saturating_add(newline.into()), |out| {
        for (group, at) in (0..data.len()).step_by(3).enumerate() {
            pause(cx, group)?;
            let part = data.part(at, at + 3);
            let bits = (0..3).fold(0, |bits, i| bits << 8 | u32::from(part.get(i).unwrap_or(0)));
            for i in 0..4 {
                let byte = if i <= part.len() { digit(bits >> (18 - 6 * i)) } else { b'=' };
                set(out, group * 4 + i, byte);
            }
        }
        if newline {
            set(out, digits, b'\n');
        }
        Ok(())
    })
}

/// `crc32(data[, crc])`
fn crc32<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let data = cx.readable(args.get::<0>())?;
    let before = match args.opt(1) {
        Some(before) => u32_of(cx, before)?,
        None => 0,
    };
    let mut crc = !before;
    for at in (0..data.len()).step_by(PAUSE) {
        let piece = data.part(at, at + PAUSE);
        crc = piece.iter().fold(crc, crc::add);
        cx.spend(piece.len() / 8)?;
    }
    cx.uint((!crc).into())
}

/// The int that argument 1 is, modulo 2 to the 32nd.
fn u32_of(cx: Leaf<'_>, object: Obj<'_>) -> Result<u32, Leave> {
    match object.as_i64() {
        Some(int) => Ok(int as u32),
        None => Err(cx.index(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_for_their_bits() {
        for bits in 0..64 {
            assert_eq!(sextet(digit(bits)), Some(bits));
        }
        assert_eq!((0..=255).filter(|byte| sextet(*byte).is_some()).count(), 64);
    }
}
