//! PNG: pictures of 8 bits a channel are written, all that are not interlaced are read.

mod decode;
mod deflate;
mod encode;
mod inflate;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::MEMORY_ERROR;
use snakelet_vm::native::full::{Full, Given, Held};

use super::file;
use super::jpeg::fill;
use super::make::{self, Place, image, pix};
use super::scratch::Scratch;

/// Makes a compressed image.
pub(super) fn encode<'s>(cx: &mut Full<'s>, source: Held<'s>, place: Place) -> Given<'s> {
    let (w, h, format, _) = make::shape(cx, source)?;
    let most = encode::most(w.into(), h.into(), format);
    let mut room = most.min(2048 + most / 4);
    loop {
        let mut out = Scratch::new(cx, room)?;
        let len = cx.look(|cx| {
            let pix = pix(*cx, cx.get(source))?;
            encode::encode(&pix, out.bytes(), |work| cx.spend(work))
        })?;
        if let Some(len) = len {
            let new = make::sized(cx, (w, h, PixelFormat::Png), len as u32, place)?;
            fill(cx, new, out.bytes())?;
            return Ok(new);
        }
        if room >= most {
            return Err(cx.raise_no_args(&MEMORY_ERROR));
        }
        room = most.min(2 * room);
    }
}

/// The size that stands in a compressed image; none if it is none.
pub(super) fn size<'s>(
    cx: &mut Full<'s>,
    compressed: Held<'s>,
) -> Result<Option<(u16, u16)>, Raised> {
    cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        Ok(decode::head(cells).map(|head| (head.width, head.height)))
    })
}

/// What a compressed image shows: grey, or colours.
pub(super) fn decode<'s>(cx: &mut Full<'s>, compressed: Held<'s>) -> Given<'s> {
    let head = cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        Ok(decode::head(cells))
    })?;
    let Some(head) = head else { return Err(file::unknown(cx)) };
    let format = if head.is_grey() { PixelFormat::Grayscale } else { PixelFormat::Rgb565 };
    let new = make::new(cx, head.width.into(), head.height.into(), format, Place::Auto)?;
    let mut room = Scratch::new(cx, decode::room(&head))?;
    let done = cx.look(|cx| {
        let cells = make::bytes(*cx, image(*cx, cx.get(compressed))?)?;
        let to = pix(*cx, cx.get(new))?;
        decode::decode(cells, &head, room.bytes(), &to, &mut |work| cx.spend(work))
    })?;
    if done { Ok(new) } else { Err(file::unknown(cx)) }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::super::pix::Pix;
    use super::*;
    use snakelet_vm::native::leaf::Leave;

    fn free(_: usize) -> Result<(), Leave> {
        Ok(())
    }

    #[test]
    fn pictures_come_back_as_they_were() {
        for (format, w, h) in [
            (PixelFormat::Grayscale, 61, 40),
            (PixelFormat::Rgb565, 33, 17),
            (PixelFormat::Binary, 70, 20),
            (PixelFormat::Rgb565, 1, 1),
        ] {
            let cells: [Cell<u8>; 4096] = core::array::from_fn(|_| Cell::new(0));
            let back: [Cell<u8>; 4096] = core::array::from_fn(|_| Cell::new(0));
            let from = Pix::new(format, w, h, &cells);
            for y in 0..i32::from(h) {
                for x in 0..i32::from(w) {
                    let value = if y % 3 == 0 { x * 77 + y * y * 5 } else { y * 3 };
                    let bits = if format == PixelFormat::Grayscale { 0xFF } else { 0xFFFF };
                    let value = ((value * 259) & bits) as u16;
                    let bit = u16::from(x % 5 < 2);
                    from.set(x, y, if format == PixelFormat::Binary { bit } else { value });
                }
            }
            let mut out = [0; 8192];
            let len = encode::encode(&from, &mut out, free).ok().flatten().unwrap_or(0);
            assert!(len > 60 && len <= encode::most(w.into(), h.into(), format), "{len}");
            let bytes: [Cell<u8>; 8192] = core::array::from_fn(|i| Cell::new(out[i]));
            let bytes = &bytes[..len];
            let head = decode::head(bytes).unwrap_or_default();
            assert_eq!((head.width, head.height), (w, h));
            let mut room = [0; 48 << 10];
            let shown = if format == PixelFormat::Rgb565 { format } else { PixelFormat::Grayscale };
            let to = Pix::new(shown, w, h, &back);
            let done = decode::decode(bytes, &head, &mut room, &to, &mut free);
            assert!(matches!(done, Ok(true)));
            for y in 0..i32::from(h) {
                for x in 0..i32::from(w) {
                    let expected = super::super::color::convert(format, shown, from.get(x, y));
                    assert_eq!(to.get(x, y), expected, "{format:?} {x} {y}");
                }
            }
            // what is damaged is refused or shows something, and never more
            for at in (0..len).step_by(3) {
                let before = bytes[at].get();
                bytes[at].set(before ^ 0x5A);
                if let Some(head) =
                    decode::head(bytes).filter(|head| head.width <= 64 && head.height < 64)
                {
                    let to = Pix::new(shown, w, h, &back);
                    let room = room.get_mut(..decode::room(&head)).unwrap_or(&mut []);
                    let _ = decode::decode(bytes, &head, room, &to, &mut free);
                }
                bytes[at].set(before);
            }
        }
    }
}
