//! The pixels of an image, row by row.

use core::cell::Cell;

use snakelet_pool::PixelFormat;

/// A part of a picture: a rectangle that lies inside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) w: i32,
    pub(crate) h: i32,
}

impl Rect {
    /// The part that two rectangles have in common; none if there is none.
    pub(crate) fn clipped(self, other: Rect) -> Option<Rect> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let end = |start: i32, len: i32| start.saturating_add(len.max(0));
        let w = end(self.x, self.w).min(end(other.x, other.w)).saturating_sub(x);
        let h = end(self.y, self.h).min(end(other.y, other.h)).saturating_sub(y);
        (w > 0 && h > 0).then_some(Rect { x, y, w, h })
    }

    /// The rows.
    pub(crate) fn rows(self) -> core::ops::Range<i32> {
        self.y..self.y + self.h
    }

    /// The columns.
    pub(crate) fn columns(self) -> core::ops::Range<i32> {
        self.x..self.x + self.w
    }
}

/// Bytes that are worked on at a time where that is up to us.
const BLOCK: usize = 1 << 12;

/// The pixels of an image in a format that is worked on: a bit, a byte or two bytes each.
#[derive(Clone, Copy)]
pub(crate) struct Pix<'h> {
    pub(crate) w: i32,
    pub(crate) h: i32,
    pub(crate) format: PixelFormat,
    stride: usize,
    cells: &'h [Cell<u8>],
}

impl<'h> Pix<'h> {
    /// Pixels of a picture; there are as many bytes as the format needs, or rows are missing at its end.
    pub(crate) fn new(format: PixelFormat, w: u16, h: u16, cells: &'h [Cell<u8>]) -> Self {
        let (stride, w, h) = (format.row_bytes(w), w.into(), h.into());
        Pix { w, h, format, stride, cells }
    }

    /// All of the picture.
    pub(crate) const fn rect(&self) -> Rect {
        Rect { x: 0, y: 0, w: self.w, h: self.h }
    }

    /// The same pixels with as many rows as make [`BLOCK`] bytes side by side, for work that does not depend on where
    /// they end.
    pub(crate) fn joined(self) -> Self {
        // behind rows of bits there may be some that are no pixels
        let most = if self.is_binary() { 1 } else { BLOCK / self.stride.max(1) };
        let divides = |n: &i32| self.h % n == 0;
        let n = (1..=self.h.min(most as i32)).rev().find(divides).unwrap_or(1);
        Pix { w: self.w * n, h: self.h / n, stride: self.stride * n as usize, ..self }
    }

    /// A row's bytes; none outside of the picture.
    #[inline]
    pub(crate) fn row(&self, y: i32) -> &'h [Cell<u8>] {
        if y < 0 || y >= self.h {
            return &[];
        }
        // width and height fit 15 bits
        let start = (y as usize).wrapping_mul(self.stride);
        self.cells.get(start..start.wrapping_add(self.stride)).unwrap_or(&[])
    }

    /// A part of a row in a format of whole bytes.
    #[inline]
    pub(crate) fn span(&self, y: i32, x: i32, w: i32) -> &'h [Cell<u8>] {
        let size = if self.is_color() { 2 } else { 1 };
        let (start, len) = (x as usize * size, w as usize * size);
        self.row(y).get(start..start.wrapping_add(len)).unwrap_or(&[])
    }

    /// Whether pixels have colours.
    #[inline]
    pub(crate) const fn is_color(&self) -> bool {
        matches!(self.format, PixelFormat::Rgb565)
    }

    /// Whether pixels are bits.
    #[inline]
    pub(crate) const fn is_binary(&self) -> bool {
        matches!(self.format, PixelFormat::Binary)
    }

    /// Whether a place is in the picture.
    #[inline]
    pub(crate) const fn contains(&self, x: i32, y: i32) -> bool {
        x >= 0 && y >= 0 && x < self.w && y < self.h
    }

    /// A pixel as it is stored; 0 outside of the picture.
    #[inline]
    pub(crate) fn get(&self, x: i32, y: i32) -> u16 {
        if !self.contains(x, y) {
            return 0;
        }
        get_in(self.format, self.row(y), x)
    }

    /// Changes a pixel; nothing outside of the picture.
    #[inline]
    pub(crate) fn set(&self, x: i32, y: i32, value: u16) {
        if self.contains(x, y) {
            set_in(self.format, self.row(y), x, value);
        }
    }

    /// Calls `each` with the first column and the length of each stretch of a row that is worked on: where a mask is
    /// not black, or all of the stretch from column `x` on if there is no mask.
    #[inline]
    pub(crate) fn stretches(
        mask: Option<&Pix<'_>>,
        y: i32,
        x: i32,
        w: i32,
        mut each: impl FnMut(i32, i32),
    ) {
        let (mut start, end) = (x, x + w);
        while start < end {
            let mut next = end;
            if let Some(mask) = mask {
                let is = |x: &i32| mask.get(*x, y) != 0;
                start = (start..end).find(is).unwrap_or(end);
                next = (start..end).find(|x| !is(x)).unwrap_or(end);
            }
            if start < next {
                each(start, next - start);
            }
            start = next;
        }
    }

    /// Fills a part of a row that lies in the picture.
    pub(crate) fn fill(&self, y: i32, x: i32, w: i32, value: u16) {
        match self.format {
            PixelFormat::Binary => (x..x + w).for_each(|x| self.set(x, y, value)),
            PixelFormat::Rgb565 => {
                self.span(y, x, w).as_chunks().0.iter().for_each(|two| put2(two, value));
            }
            _ => self.span(y, x, w).iter().for_each(|cell| cell.set(value as u8)),
        }
    }
}

/// A pixel of two bytes.
#[inline(always)]
pub(crate) fn get2([low, high]: &[Cell<u8>; 2]) -> u16 {
    u16::from_le_bytes([low.get(), high.get()])
}

/// Changes a pixel of two bytes.
#[inline(always)]
pub(crate) fn put2([low, high]: &[Cell<u8>; 2], value: u16) {
    let bytes = value.to_le_bytes();
    low.set(bytes[0]);
    high.set(bytes[1]);
}

/// Pixel `x` of a row.
#[inline]
pub(crate) fn get_in(format: PixelFormat, row: &[Cell<u8>], x: i32) -> u16 {
    let x = x as usize;
    match format {
        PixelFormat::Binary => {
            row.get(x / 8).map_or(0, |cell| u16::from(cell.get() >> (x % 8) & 1))
        }
        PixelFormat::Rgb565 => match row.get(2 * x..) {
            Some([low, high, ..]) => u16::from_le_bytes([low.get(), high.get()]),
            _ => 0,
        },
        _ => row.get(x).map_or(0, |cell| cell.get().into()),
    }
}

/// Changes pixel `x` of a row.
#[inline]
pub(crate) fn set_in(format: PixelFormat, row: &[Cell<u8>], x: i32, value: u16) {
    let x = x as usize;
    match format {
        PixelFormat::Binary => {
            if let Some(cell) = row.get(x / 8) {
                let bit = 1 << (x % 8);
                cell.set(if value != 0 { cell.get() | bit } else { cell.get() & !bit });
            }
        }
        PixelFormat::Rgb565 => {
            if let Some([first, second, ..]) = row.get(2 * x..) {
                let [low, high] = value.to_le_bytes();
                first.set(low);
                second.set(high);
            }
        }
        _ => {
            if let Some(cell) = row.get(x) {
                cell.set(value as u8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_of_each_format_are_kept_apart() {
        for format in [PixelFormat::Binary, PixelFormat::Grayscale, PixelFormat::Rgb565] {
            let cells = [const { Cell::new(0) }; 2 * 37 * 3];
            let pix = Pix::new(format, 37, 3, &cells[..format.frame_bytes(37, 3).min(222)]);
            let value = |x: i32, y: i32| match format {
                PixelFormat::Binary => ((x * 7 + y) % 3 == 0).into(),
                PixelFormat::Grayscale => ((x + 40 * y) % 256) as u16,
                _ => (x * 1000 + y) as u16,
            };
            for y in 0..3 {
                (0..37).for_each(|x| pix.set(x, y, value(x, y)));
            }
            for y in 0..3 {
                assert!((0..37).all(|x| pix.get(x, y) == value(x, y)), "{format:?}");
            }
            for (x, y) in [(-1, 0), (0, -1), (37, 0), (0, 3), (i32::MIN, i32::MAX)] {
                pix.set(x, y, 1);
                assert_eq!(pix.get(x, y), 0);
            }
            pix.fill(1, 3, 30, 1);
            assert!((3..33).all(|x| pix.get(x, 1) == 1));
            assert_eq!((pix.get(2, 1), pix.get(33, 1)), (value(2, 1), value(33, 1)));
        }
    }

    #[test]
    fn rectangles_are_clipped() {
        let all = Rect { x: 0, y: 0, w: 10, h: 8 };
        let clip = |x, y, w, h| Rect { x, y, w, h }.clipped(all).map(|r| (r.x, r.y, r.w, r.h));
        assert_eq!(clip(-2, 3, 5, 100), Some((0, 3, 3, 5)));
        assert_eq!(clip(10, 0, 1, 1), None);
        assert_eq!(clip(0, 0, 0, 1), None);
        assert_eq!(clip(i32::MIN, i32::MIN, i32::MAX, i32::MAX), None);
        assert_eq!(clip(i32::MAX, 0, i32::MAX, 5), None);
        assert_eq!(clip(3, 3, i32::MAX, i32::MAX), Some((3, 3, 7, 5)));
    }
}
