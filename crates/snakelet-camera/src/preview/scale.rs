//! Pictures made smaller: each pixel is a mean of the four that are nearest to its place.

use snakelet_pool::PixelFormat;

use crate::image::color::{grey_of, rgb_of};
use crate::image::pix::Pix;

/// The size of a picture that fits in a window and has at most so many pixels; none if there is no room at all.
/// The ratio of the sides is kept, and nothing becomes larger.
pub(super) fn size(
    (width, height): (u16, u16),
    (most_width, most_height): (u32, u32),
    room: usize,
) -> Option<(u16, u16)> {
    let (w, h) = (u64::from(width), u64::from(height));
    if w == 0 || h == 0 || room == 0 {
        return None;
    }
    let (most_width, most_height) = (u64::from(most_width.max(1)), u64::from(most_height.max(1)));
    // the side that has to shrink more decides
    let (mut to_w, mut to_h) = if w * most_height >= h * most_width {
        let to_w = w.min(most_width);
        (to_w, (h * to_w / w).max(1))
    } else {
        let to_h = h.min(most_height);
        ((w * to_h / h).max(1), to_h)
    };
    let room = room as u64;
    if to_w * to_h > room {
        to_w = (room * to_w / to_h).isqrt().clamp(1, to_w);
        to_h = (h * to_w / w).clamp(1, to_h);
        if to_w * to_h > room {
            (to_w, to_h) = (to_w.min(room), (room / to_w.min(room)).max(1).min(to_h));
        }
    }
    Some((to_w as u16, to_h as u16))
}

/// Where a pixel of the smaller picture lies in the larger one: the pixel before it, the one behind it, and how
/// near it is to the latter, in 256ths.
fn place(i: u16, from: i32, to: u16) -> (i32, i32, u32) {
    // the centres of both pictures' pixels are laid over each other
    let at = (2 * i64::from(i) + 1) * i64::from(from) * 128 / i64::from(to.max(1)) - 128;
    let at = at.clamp(0, i64::from(from - 1) * 256);
    let before = (at / 256) as i32;
    (before, (before + 1).min(from - 1), (at % 256) as u32)
}

/// Writes row `y` of a picture that was made `w` by `h` pixels, in grey or in 16 bits of colour.
pub(super) fn row(from: &Pix<'_>, (w, h): (u16, u16), y: u16, out: &mut [u8]) {
    let same = (i32::from(w), i32::from(h)) == (from.w, from.h);
    if same && !from.is_binary() {
        let cells = from.row(y.into());
        out.iter_mut().zip(cells).for_each(|(to, from)| *to = from.get());
        return;
    }
    let (above, below, down) = place(y, from.h, h);
    let mix =
        |a: u8, b: u8, part: u32| -> u32 { u32::from(a) * (256 - part) + u32::from(b) * part };
    let format = from.format;
    if format == PixelFormat::Rgb565 {
        for (x, pixel) in (0..w).zip(out.as_chunks_mut::<2>().0) {
            let (left, right, across) = place(x, from.w, w);
            let corners = [(left, above), (right, above), (left, below), (right, below)]
                .map(|(x, y)| rgb_of(format, from.get(x, y)));
            let channel = |i: usize| {
                let [a, b, c, d] = corners.map(|corner| corner.get(i).copied().unwrap_or(0));
                let mean = mix(a, b, across) * (256 - down) + mix(c, d, across) * down;
                (mean >> 16) as u8
            };
            *pixel = crate::image::color::rgb565(channel(0), channel(1), channel(2)).to_le_bytes();
        }
        return;
    }
    for (x, pixel) in (0..w).zip(out) {
        let (left, right, across) = place(x, from.w, w);
        let [a, b, c, d] = [(left, above), (right, above), (left, below), (right, below)]
            .map(|(x, y)| grey_of(format, from.get(x, y)));
        let mean = mix(a, b, across) * (256 - down) + mix(c, d, across) * down;
        *pixel = (mean >> 16) as u8;
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    #[test]
    fn sizes_fit() {
        assert_eq!(size((320, 240), (512, 512), 1 << 20), Some((320, 240)));
        assert_eq!(size((640, 480), (512, 512), 1 << 20), Some((512, 384)));
        assert_eq!(size((480, 640), (512, 512), 1 << 20), Some((384, 512)));
        assert_eq!(size((2592, 1944), (512, 512), 1 << 20), Some((512, 384)));
        assert_eq!(size((640, 480), (u32::MAX, u32::MAX), 307_199), Some((639, 479)));
        assert_eq!(size((640, 480), (0, 0), 10), Some((1, 1)));
        assert_eq!((size((0, 5), (9, 9), 9), size((5, 5), (9, 9), 0)), (None, None));
        for (w, h) in [(1, 65_535), (65_535, 1), (65_535, 65_535), (3, 2)] {
            for most in [1, 7, 512, u32::MAX] {
                for room in [1, 2, 3, 1000, usize::MAX] {
                    let (a, b) = size((w, h), (most, most), room).unwrap();
                    assert!(a >= 1 && b >= 1 && a <= w && b <= h);
                    assert!(u32::from(a.max(b)) <= most && usize::from(a) * usize::from(b) <= room);
                }
            }
        }
    }

    #[test]
    fn means_are_those_of_neighbours() {
        let cells = [0, 100, 200, 50, 10, 110, 210, 60].map(Cell::new);
        let from = Pix::new(PixelFormat::Grayscale, 4, 2, &cells);
        let mut out = [0; 4];
        row(&from, (4, 2), 1, &mut out);
        assert_eq!(out, [10, 110, 210, 60]);
        row(&from, (2, 1), 0, &mut out[..2]);
        assert_eq!(out[..2], [55, 130]);
        row(&from, (1, 1), 0, &mut out[..1]);
        assert_eq!(out[0], 155);
        let cells = [0x1F, 0x00, 0x00, 0xF8].map(Cell::new);
        let from = Pix::new(PixelFormat::Rgb565, 2, 1, &cells);
        let mut out = [0; 4];
        row(&from, (2, 1), 0, &mut out);
        assert_eq!(out, [0x1F, 0, 0, 0xF8]);
        row(&from, (1, 1), 0, &mut out[..2]);
        assert_eq!(u16::from_le_bytes([out[0], out[1]]), 15 << 11 | 15);
        let cells = [0b101, 0, 0, 0].map(Cell::new);
        row(&Pix::new(PixelFormat::Binary, 3, 1, &cells), (3, 1), 0, &mut out);
        assert_eq!(out[..3], [255, 0, 255]);
    }
}
