//! JPEG: baseline, with the example tables of the standard (ITU-T T.81).

mod decode;
mod encode;
mod tables;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::MEMORY_ERROR;
use snakelet_vm::native::full::{Full, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};

use super::file;
use super::make::{self, Place, image, pix};
use super::pix::Pix;
use super::scratch::Scratch;

/// How chroma is sampled: the factors of brightness, or 0 for what suits the quality.
pub(crate) const SUBSAMPLING_AUTO: i32 = 0;
pub(super) const SUBSAMPLING_444: i32 = 0x11;
pub(super) const SUBSAMPLING_422: i32 = 0x21;
pub(super) const SUBSAMPLING_420: i32 = 0x22;

/// Memory for the tables that pictures are compressed with.
pub(crate) struct Encoder(Scratch);

impl Encoder {
    /// Takes the memory.
    ///
    /// # Errors
    /// `MemoryError`.
    fn new(cx: &mut Full<'_>) -> Result<Self, Raised> {
        Scratch::new(cx, encode::Tables::BYTES).map(Encoder)
    }

    /// The same where a picture is not worth a collection: none if there is no room.
    pub(crate) fn spare(cx: &mut Full<'_>) -> Option<Self> {
        Scratch::spare(cx, encode::Tables::BYTES).map(Encoder)
    }

    /// Compresses a picture; gives how many bytes it takes, or none if there is no room for them.
    ///
    /// # Errors
    /// The script is to end.
    pub(crate) fn encode(
        &mut self,
        cx: Leaf<'_>,
        pix: &Pix<'_>,
        quality: u32,
        subsampling: i32,
        out: &mut [u8],
    ) -> Result<Option<usize>, Leave> {
        let tables = self.0.items::<encode::Tables>();
        encode::Tables::fill(tables, quality);
        let Some(tables) = tables.first() else { return Ok(None) };
        let factors = match subsampling {
            _ if pix.format != PixelFormat::Rgb565 => [1, 1],
            SUBSAMPLING_444 => [1, 1],
            SUBSAMPLING_422 => [2, 1],
            SUBSAMPLING_420 => [2, 2],
            _ if quality >= 60 => [1, 1],
            _ if quality >= 35 => [2, 1],
            _ => [2, 2],
        };
        encode::encode(pix, tables, factors, out, |work| cx.spend(work))
    }
}

/// Makes a compressed image.
pub(super) fn encode<'s>(
    cx: &mut Full<'s>,
    source: Held<'s>,
    quality: i32,
    subsampling: i32,
    place: Place,
) -> Given<'s> {
    let (w, h, _, bytes) = make::shape(cx, source)?;
    let quality = quality.clamp(1, 100) as u32;
    let mut encoder = Encoder::new(cx)?;
    // most pictures need less; what needs more is begun again with more room
    let mut room = 1024 + bytes as usize / 2;
    loop {
        let mut out = Scratch::new(cx, room)?;
        let len = cx.look(|cx| {
            let pix = pix(*cx, cx.get(source))?;
            encoder.encode(*cx, &pix, quality, subsampling, out.bytes())
        })?;
        if let Some(len) = len {
            let new = make::sized(cx, (w, h, PixelFormat::Jpeg), len as u32, place)?;
            fill(cx, new, out.bytes())?;
            return Ok(new);
        }
        // no picture takes more than its coefficients do
        if room > 4096 + 16 * bytes as usize {
            return Err(cx.raise_no_args(&MEMORY_ERROR));
        }
        room *= 2;
    }
}

/// Copies bytes into an image.
pub(super) fn fill<'s>(cx: &mut Full<'s>, new: Held<'s>, bytes: &[u8]) -> Result<(), Raised> {
    cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(new))?)?;
        for (cells, bytes) in cells.chunks(1 << 12).zip(bytes.chunks(1 << 12)) {
            cells.iter().zip(bytes).for_each(|(cell, byte)| cell.set(*byte));
            cx.spend(cells.len() / 16)?;
        }
        Ok(())
    })
}

/// The size that stands in a compressed image; none if it is none.
pub(super) fn size<'s>(
    cx: &mut Full<'s>,
    compressed: Held<'s>,
) -> Result<Option<(u16, u16)>, Raised> {
    cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        Ok(decode::head(cells, &mut |work| cx.spend(work))?.map(|head| (head.width, head.height)))
    })
}

/// What a compressed image shows: grey, or colours.
pub(super) fn decode<'s>(cx: &mut Full<'s>, compressed: Held<'s>) -> Given<'s> {
    let head = cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        decode::head(cells, &mut |work| cx.spend(work))
    })?;
    let Some(head) = head else { return Err(file::unknown(cx)) };
    let format = if head.components == 1 { PixelFormat::Grayscale } else { PixelFormat::Rgb565 };
    let new = make::new(cx, head.width.into(), head.height.into(), format, Place::Auto)?;
    let mut tables = Scratch::new(cx, decode::Tables::BYTES)?;
    tables.bytes().fill(0);
    let done = cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        let to = pix(*cx, cx.get(new))?;
        let Some(tables) = tables.items::<decode::Tables>().first_mut() else {
            return Ok(false);
        };
        decode::decode(cells, &head, tables, &to, &mut |work| cx.spend(work))
    })?;
    if done { Ok(new) } else { Err(file::unknown(cx)) }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::super::scratch::carve;
    use super::*;

    fn free(_: usize) -> Result<(), Leave> {
        Ok(())
    }

    /// Encodes and decodes a picture; how far channels are apart at most, and how long it was.
    fn apart(format: PixelFormat, quality: u32, factors: [i32; 2], w: u16, h: u16) -> (i32, usize) {
        #[repr(align(16))]
        struct Room([u8; 16384]);
        let cells: [Cell<u8>; 8192] = core::array::from_fn(|_| Cell::new(0));
        let back: [Cell<u8>; 8192] = core::array::from_fn(|_| Cell::new(0));
        let from = Pix::new(format, w, h, &cells);
        for y in 0..i32::from(h) {
            for x in 0..i32::from(w) {
                let grey = (x * 3 + y * 2) as u8;
                let rgb = [grey, 255 - grey, (x * 2) as u8];
                from.set(x, y, super::super::color::pixel_of(format, rgb));
            }
        }
        let mut memory = Room([0; 16384]);
        encode::Tables::fill(carve(&mut memory.0, 1).0, quality);
        let mut bytes = [0; 12000];
        let tables: &[encode::Tables] = carve(&mut memory.0, 1).0;
        let len = encode::encode(&from, &tables[0], factors, &mut bytes, free).ok().flatten();
        let len = len.unwrap_or(0);
        assert!(len > 100, "{len}");
        let bytes: [Cell<u8>; 12000] = core::array::from_fn(|i| Cell::new(bytes[i]));
        let head = decode::head(&bytes[..len], &mut free).ok().flatten();
        let head = head.unwrap_or_default();
        assert_eq!((head.width, head.height), (w, h));
        let mut memory = Room([0; 16384]);
        let tables = carve(&mut memory.0, 1).0;
        let to = Pix::new(format, w, h, &back);
        let done = decode::decode(&bytes[..len], &head, &mut tables[0], &to, &mut free);
        assert!(matches!(done, Ok(true)));
        let mut most = 0;
        for y in 0..i32::from(h) {
            for x in 0..i32::from(w) {
                let rgb = |pix: &Pix<'_>| super::super::color::rgb_of(format, pix.get(x, y));
                for (a, b) in rgb(&from).into_iter().zip(rgb(&to)) {
                    most = most.max((i32::from(a) - i32::from(b)).abs());
                }
            }
        }
        // what is cut off is refused or shows a part, and never more
        for cut in (0..len).step_by(7) {
            if let Ok(Some(head)) = decode::head(&bytes[..cut], &mut free) {
                memory.0.fill(0);
                let tables = carve(&mut memory.0, 1).0;
                let _ = decode::decode(&bytes[..cut], &head, &mut tables[0], &to, &mut free);
            }
        }
        (most, len)
    }

    #[test]
    fn pictures_come_back() {
        let (most, len) = apart(PixelFormat::Grayscale, 90, [1, 1], 61, 35);
        assert!(most <= 8 && len < 2000, "{most} {len}");
        for (factors, bound) in [([1, 1], 28), ([2, 1], 48), ([2, 2], 60)] {
            let (most, len) = apart(PixelFormat::Rgb565, 95, factors, 45, 37);
            assert!(most <= bound && len < 4000, "{factors:?} {most} {len}");
        }
        assert!(apart(PixelFormat::Grayscale, 10, [1, 1], 64, 64).1 < 900);
    }
}
