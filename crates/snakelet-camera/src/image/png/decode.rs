//! From a file to pixels.

use core::cell::Cell;

use snakelet_vm::native::leaf::Leave;

use super::super::color::rgb565;
use super::super::pix::Pix;
use super::encode::SIGNATURE;
use super::inflate::{Inflate, WINDOW};

/// What stands at the head of a picture.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    pub(super) width: u16,
    pub(super) height: u16,
    /// Bits of a channel.
    depth: u8,
    /// Bits: 1 a palette, 2 colours, 4 opacity.
    kind: u8,
}

impl Head {
    /// Whether the picture has no colours.
    pub(super) const fn is_grey(&self) -> bool {
        self.kind & 3 == 0
    }

    const fn channels(&self) -> usize {
        match self.kind {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        }
    }

    /// Bytes of a row, and of a whole pixel.
    fn row(&self) -> (usize, usize) {
        let bits = self.channels() * usize::from(self.depth);
        ((usize::from(self.width) * bits).div_ceil(8), bits.div_ceil(8))
    }
}

/// Bytes that decoding takes.
pub(super) fn room(head: &Head) -> usize {
    WINDOW + 2 * head.row().0
}

fn byte(cells: &[Cell<u8>], at: usize) -> Option<u8> {
    Some(cells.get(at)?.get())
}

fn word(cells: &[Cell<u8>], at: usize) -> Option<u32> {
    let bytes =
        [byte(cells, at)?, byte(cells, at + 1)?, byte(cells, at + 2)?, byte(cells, at + 3)?];
    Some(u32::from_be_bytes(bytes))
}

/// Reads the head; none if it is none that can be decoded.
pub(super) fn head(cells: &[Cell<u8>]) -> Option<Head> {
    let is = |at: usize, text: &[u8]| {
        (at..).zip(text).all(|(at, wanted)| byte(cells, at) == Some(*wanted))
    };
    if !is(0, &SIGNATURE) || !is(12, b"IHDR") {
        return None;
    }
    let side = |at| {
        word(cells, at)
            .and_then(|side| u16::try_from(side).ok())
            .filter(|side| (1..=0x7FFF).contains(side))
    };
    let (width, height) = (side(16)?, side(20)?);
    let (depth, kind) = (byte(cells, 24)?, byte(cells, 25)?);
    let known = match kind {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    };
    // neither interlaced nor of an unknown method
    let plain = byte(cells, 26)? == 0 && byte(cells, 27)? == 0 && byte(cells, 28)? == 0;
    (known && plain).then_some(Head { width, height, depth, kind })
}

/// The compressed bytes of all chunks of the picture.
struct Chunks<'c> {
    cells: &'c [Cell<u8>],
    at: usize,
    left: usize,
}

impl Chunks<'_> {
    fn byte(&mut self) -> Option<u8> {
        while self.left == 0 {
            // its checksum, and the head of the next one
            let len = word(self.cells, self.at + 4)? as usize;
            if word(self.cells, self.at + 8)? != u32::from_be_bytes(*b"IDAT") {
                return None;
            }
            self.at += 12;
            self.left = len;
        }
        self.left -= 1;
        self.at += 1;
        byte(self.cells, self.at - 1)
    }
}

/// Decodes a picture; false if it is damaged before its first row. Rows that are missing stay black.
pub(super) fn decode(
    cells: &[Cell<u8>],
    head: &Head,
    room: &mut [u8],
    to: &Pix<'_>,
    spend: &mut dyn FnMut(usize) -> Result<(), Leave>,
) -> Result<bool, Leave> {
    let mut palette = [0; 256];
    // the head ends at 33; chunks are looked for up to the first one of the picture
    let mut at = 33;
    loop {
        let (Some(len), Some(kind)) = (word(cells, at), word(cells, at + 4)) else {
            return Ok(false);
        };
        match &kind.to_be_bytes() {
            b"IDAT" => break,
            b"PLTE" => {
                let count = (len as usize / 3).min(256);
                for (i, entry) in palette.iter_mut().enumerate().take(count) {
                    let channel = |c| byte(cells, at + 8 + 3 * i + c).unwrap_or(0);
                    *entry = rgb565(channel(0), channel(1), channel(2));
                }
            }
            b"IEND" => return Ok(false),
            _ => {}
        }
        let Some(next) = at.checked_add(12).and_then(|at| at.checked_add(len as usize)) else {
            return Ok(false);
        };
        at = next;
        spend(8)?;
    }
    // as if a chunk had just ended before it
    let mut chunks = Chunks { cells, at: at - 4, left: 0 };
    // the head of the stream says nothing that is not known
    for _ in 0..2 {
        if chunks.byte().is_none() {
            return Ok(false);
        }
    }
    let (row_len, pixel_len) = head.row();
    let Some((window, rows)) = room.split_at_mut_checked(WINDOW) else { return Ok(false) };
    let Some((row, above)) = rows.split_at_mut_checked(row_len) else { return Ok(false) };
    let Some(above) = above.get_mut(..row_len) else { return Ok(false) };
    above.fill(0);
    let (mut row, mut above) = (row, above);
    let mut inflate = Inflate::new(|| chunks.byte(), window);
    for y in 0..to.h {
        let Some(filter) = inflate.byte() else { return Ok(y > 0) };
        for place in row.iter_mut() {
            let Some(byte) = inflate.byte() else { return Ok(y > 0) };
            *place = byte;
        }
        unfilter(filter, row, above, pixel_len);
        show(head, row, &palette, to, y);
        core::mem::swap(&mut row, &mut above);
        spend(row_len.saturating_mul(16))?;
    }
    Ok(true)
}

/// Adds what the bytes are differences to.
fn unfilter(filter: u8, row: &mut [u8], above: &[u8], pixel_len: usize) {
    for i in 0..row.len() {
        let left = i.checked_sub(pixel_len);
        let a = left.and_then(|left| row.get(left)).copied().unwrap_or(0);
        let b = above.get(i).copied().unwrap_or(0);
        let c = left.and_then(|left| above.get(left)).copied().unwrap_or(0);
        let other = match filter {
            1 => a,
            2 => b,
            3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
            4 => {
                let [a2, b2, c2] = [a, b, c].map(i16::from);
                let guess = a2 + b2 - c2;
                let (da, db, dc) = ((guess - a2).abs(), (guess - b2).abs(), (guess - c2).abs());
                if da <= db && da <= dc {
                    a
                } else if db <= dc {
                    b
                } else {
                    c
                }
            }
            _ => 0,
        };
        if let Some(byte) = row.get_mut(i) {
            *byte = byte.wrapping_add(other);
        }
    }
}

/// Writes the pixels of a row; of channels of 16 bits the higher eight.
fn show(head: &Head, row: &[u8], palette: &[u16; 256], to: &Pix<'_>, y: i32) {
    let (depth, channels) = (usize::from(head.depth), head.channels());
    let value = |i: usize| {
        let byte = row.get(i * depth / 8).copied().unwrap_or(0);
        if depth >= 8 { byte } else { byte >> (8 - depth - i * depth % 8) & ((1 << depth) - 1) }
    };
    for x in 0..to.w {
        let i = x as usize * channels;
        let pixel = match head.kind {
            3 => palette[usize::from(value(i))],
            0 if depth < 8 => {
                let most = (1u16 << depth) - 1;
                u16::from(value(i)) * 255 / most
            }
            0 | 4 => value(i).into(),
            _ => rgb565(value(i), value(i + 1), value(i + 2)),
        };
        to.set(x, y, pixel);
    }
}
