//! From pixels to a file.

use snakelet_pool::PixelFormat;
use snakelet_vm::native::leaf::Leave;

use super::super::color::{grey_of, rgb_of};
use super::super::pix::Pix;
use super::deflate::Deflate;

/// What every file begins with.
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Bytes of the file beside the compressed picture.
const AROUND: usize = 8 + 25 + 12 + 12;

/// How long a file may be at most.
pub(super) fn most(w: usize, h: usize, format: PixelFormat) -> usize {
    let row = 1 + w * if format == PixelFormat::Rgb565 { 3 } else { 1 };
    // a byte takes up to 9 bits
    AROUND + 16 + row.saturating_mul(h).saturating_mul(9) / 8
}

/// The checksum of a chunk (ISO 3309).
struct Crc(u32);

impl Crc {
    fn add(&mut self, bytes: &[u8]) {
        /// What four bits add.
        const TABLE: [u32; 16] = {
            let (mut table, mut i) = ([0; 16], 0);
            while i < 16 {
                let (mut value, mut bit) = (i as u32, 0);
                while bit < 4 {
                    value = if value & 1 != 0 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                    bit += 1;
                }
                table[i] = value;
                i += 1;
            }
            table
        };
        for byte in bytes {
            self.0 ^= u32::from(*byte);
            for _ in 0..2 {
                self.0 = self.0 >> 4 ^ TABLE[(self.0 & 15) as usize];
            }
        }
    }
}

/// Writes a chunk at a place; the place behind it.
fn chunk(out: &mut [u8], at: usize, kind: [u8; 4], data: &[u8]) -> Option<usize> {
    let place = out.get_mut(at..at.checked_add(8 + data.len())?)?;
    let (head, body) = place.split_at_mut_checked(8)?;
    head.get_mut(..4)?.copy_from_slice(&(data.len() as u32).to_be_bytes());
    head.get_mut(4..)?.copy_from_slice(&kind);
    body.copy_from_slice(data);
    seal(out, at, data.len())
}

/// Writes the checksum of a chunk whose kind and data are there; the place behind it.
fn seal(out: &mut [u8], at: usize, len: usize) -> Option<usize> {
    let mut crc = Crc(u32::MAX);
    crc.add(out.get(at + 4..at + 8 + len)?);
    let end = at + 12 + len;
    out.get_mut(end - 4..end)?.copy_from_slice(&(!crc.0).to_be_bytes());
    Some(end)
}

/// Encodes a picture; none if there was no room.
pub(super) fn encode(
    pix: &Pix<'_>,
    out: &mut [u8],
    spend: impl Fn(usize) -> Result<(), Leave>,
) -> Result<Option<usize>, Leave> {
    let is_color = pix.format == PixelFormat::Rgb565;
    let mut head = [0; 13];
    head[..4].copy_from_slice(&(pix.w as u32).to_be_bytes());
    head[4..8].copy_from_slice(&(pix.h as u32).to_be_bytes());
    (head[8], head[9]) = (8, if is_color { 2 } else { 0 });
    let Some(place) = out.get_mut(..8) else { return Ok(None) };
    place.copy_from_slice(&SIGNATURE);
    let Some(at) = chunk(out, 8, *b"IHDR", &head) else { return Ok(None) };
    let Some(body) = out.get_mut(at + 8..) else { return Ok(None) };
    let room = body.len();
    let mut deflate = Deflate::new(body);
    for y in 0..pix.h {
        // differences to the row above, to the left in the first one
        let above = (y > 0).then_some(y - 1);
        deflate.byte(if above.is_some() { 2 } else { 1 });
        let mut left = [0; 3];
        for x in 0..pix.w {
            let pixel = pix.get(x, y);
            let other = above.map(|above| pix.get(x, above));
            if is_color {
                let now = rgb_of(pix.format, pixel);
                let other = other.map_or(left, |pixel| rgb_of(pix.format, pixel));
                now.iter().zip(other).for_each(|(a, b)| deflate.byte(a.wrapping_sub(b)));
                left = now;
            } else {
                let now = grey_of(pix.format, pixel);
                let other = other.map_or(left[0], |pixel| grey_of(pix.format, pixel));
                deflate.byte(now.wrapping_sub(other));
                left[0] = now;
            }
        }
        if deflate.len() > room {
            return Ok(None);
        }
        spend((pix.w as usize).saturating_mul(8))?;
    }
    let len = deflate.finish();
    let Some(place) = out.get_mut(at..at + 8) else { return Ok(None) };
    place[..4].copy_from_slice(&(len as u32).to_be_bytes());
    place[4..].copy_from_slice(b"IDAT");
    spend(len / 2)?;
    Ok(seal(out, at, len).and_then(|at| chunk(out, at, *b"IEND", &[])))
}
