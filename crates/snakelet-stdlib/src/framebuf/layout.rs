//! How pixels lie in bytes.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;

/// How pixels are packed, with MicroPython's numbers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Format {
    /// One bit a pixel; a byte has eight rows, the topmost one in the lowest bit.
    MonoVertical = 0,
    /// 16 bits a pixel, in the machine's order of bytes.
    Rgb565 = 1,
    /// Four bits a pixel, the left one in the upper half of a byte.
    Gray4 = 2,
    /// One bit a pixel, the leftmost one in the highest bit.
    MonoHighFirst = 3,
    /// One bit a pixel, the leftmost one in the lowest bit.
    MonoLowFirst = 4,
    /// Two bits a pixel, the leftmost one in the lowest bits.
    Gray2 = 5,
    /// A byte a pixel.
    Gray8 = 6,
}

impl Format {
    /// The format of a number.
    pub(super) fn of(number: i64) -> Option<Self> {
        use Format::*;
        [MonoVertical, Rgb565, Gray4, MonoHighFirst, MonoLowFirst, Gray2, Gray8]
            .into_iter()
            .find(|format| *format as i64 == number)
    }

    /// Bits of a pixel, as a power of two.
    const fn bits(self) -> u32 {
        match self {
            Format::MonoVertical | Format::MonoHighFirst | Format::MonoLowFirst => 0,
            Format::Gray2 => 1,
            Format::Gray4 => 2,
            Format::Gray8 => 3,
            Format::Rgb565 => 4,
        }
    }

    /// Whether pixels further to the right lie in lower bits of a byte.
    const fn is_high_first(self) -> bool {
        matches!(self, Format::MonoHighFirst | Format::Gray4)
    }
}

/// The size of a picture, and where its pixels lie: the rest says in numbers what the format means, so that finding a
/// pixel needs no decisions.
#[derive(Copy, Clone)]
pub(super) struct Layout {
    width: u16,
    height: u16,
    format: Format,
    /// Rows lie together by a power of two of them, in the bits of the same bytes.
    rows: u8,
    /// Pixels of a row in a byte, as a power of two.
    in_byte: u8,
    /// What flips the order of pixels in a byte.
    flip: u8,
    /// Bytes from one row, or from several that lie together, to what follows. They begin with a byte.
    stride: u32,
    /// The bits of a pixel.
    mask: u16,
}

impl Layout {
    /// No pixels.
    pub(super) const NONE: Self = Self::with(0, 0, 0, Format::Gray8);

    const fn with(width: u16, height: u16, stride: u32, format: Format) -> Self {
        let is_vertical = matches!(format, Format::MonoVertical);
        let bits = format.bits();
        Self {
            width,
            height,
            format,
            rows: if is_vertical { 3 } else { 0 },
            in_byte: if is_vertical || bits > 3 { 0 } else { 3 - bits as u8 },
            flip: if format.is_high_first() { 8 - (1 << bits) } else { 0 },
            stride,
            mask: if bits > 3 { u16::MAX } else { (1 << (1 << bits)) - 1 },
        }
    }

    /// Describes pixels. Numbers are from 1 to 65,535, and the stride, in pixels, is not less than the width.
    pub(super) fn new(width: usize, height: usize, stride: usize, format: Format) -> Self {
        let stride = match format {
            Format::MonoVertical => stride,
            _ => (stride << format.bits()).div_ceil(8),
        };
        Self::with(width as u16, height as u16, stride as u32, format)
    }

    /// Width and height.
    pub(super) fn size(self) -> (i64, i64) {
        (self.width.into(), self.height.into())
    }

    /// How many bytes it needs: of the last row no more than the width.
    pub(super) fn bytes(self) -> usize {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let last = match self.format {
            Format::MonoVertical => width,
            format => (width << format.bits()).div_ceil(8),
        };
        let before = (height >> self.rows) + usize::from(height & ((1 << self.rows) - 1) != 0) - 1;
        before.saturating_mul(self.stride as usize).saturating_add(last)
    }

    /// A place, if it lies in the picture.
    #[inline(always)]
    pub(super) fn inside(self, x: i64, y: i64) -> Option<(usize, usize)> {
        let (width, height) = self.size();
        ((0..width).contains(&x) && (0..height).contains(&y)).then_some((x as usize, y as usize))
    }

    /// A row.
    #[inline(always)]
    pub(super) fn row(self, y: usize) -> Row {
        Row {
            start: (y >> self.rows) * self.stride as usize,
            bit: y as u32 & ((1 << self.rows) - 1),
            in_byte: self.in_byte.into(),
            low: (1 << self.in_byte) - 1,
            flip: self.flip.into(),
            mask: self.mask.into(),
            is_wide: self.format == Format::Rgb565,
        }
    }

    /// The byte in which a pixel begins, and its lowest bit there.
    fn locate(self, x: usize, y: usize) -> (usize, u32) {
        let row = self.row(y);
        if row.is_wide { row.locate::<true>(x) } else { row.locate::<false>(x) }
    }

    /// The bits of a colour.
    #[inline(always)]
    pub(super) fn value(self, color: u32) -> u32 {
        if self.mask == 1 { u32::from(color != 0) } else { color & u32::from(self.mask) }
    }

    /// The colour of a pixel, 0 beyond the bytes.
    #[inline(always)]
    pub(super) fn get(self, bytes: Bytes<'_>, x: usize, y: usize) -> u32 {
        let row = self.row(y);
        if row.is_wide { row.get::<true>(bytes, x) } else { row.get::<false>(bytes, x) }
    }

    /// Changes a pixel to the bits of a colour.
    #[inline(always)]
    pub(super) fn set(self, cells: &[Cell<u8>], x: usize, y: usize, value: u32) {
        let row = self.row(y);
        if row.is_wide {
            row.set::<true>(cells, x, value);
        } else {
            row.set::<false>(cells, x, value);
        }
    }

    /// Where a row begins, if pixels are whole bytes: then rows can be copied.
    pub(super) fn row_bytes(self, x: usize, y: usize, width: usize) -> Option<(usize, usize)> {
        let bits = self.format.bits().checked_sub(3)?;
        Some((self.locate(x, y).0, width << bits))
    }

    /// Whether pixels are those of another picture, bit by bit.
    pub(super) fn has_format_of(self, other: Self) -> bool {
        self.format == other.format
    }

    /// Fills a part of a row - of [`Format::MonoVertical`] of `rows` rows that lie in the same bytes - that lies in
    /// the picture.
    pub(super) fn fill(
        self,
        cells: &[Cell<u8>],
        (x, y): (usize, usize),
        (width, rows): (usize, usize),
        value: u32,
    ) {
        let (first, shift) = self.locate(x, y);
        let row = |len: usize| cells.get(first..(first + len).min(cells.len())).unwrap_or(&[]);
        match self.format {
            Format::Rgb565 => {
                let bytes = (value as u16).to_ne_bytes();
                for pixel in row(2 * width).chunks_exact(2) {
                    pixel.iter().zip(bytes).for_each(|(cell, byte)| cell.set(byte));
                }
            }
            Format::Gray8 => row(width).iter().for_each(|cell| cell.set(value as u8)),
            Format::MonoVertical => {
                let mask = (((1 << rows) - 1) << shift) as u8;
                let set = if value != 0 { mask } else { 0 };
                row(width).iter().for_each(|cell| cell.set(cell.get() & !mask | set));
            }
            _ => {
                let bits = self.format.bits();
                // pixels of the first byte that lie before, and of the last one that lie behind
                let in_byte = 8usize >> bits;
                let before = (x & (in_byte - 1)) << bits;
                let len = (before + (width << bits)).div_ceil(8);
                let behind = 8 * len - before - (width << bits);
                let all = (0xff / u32::from(self.mask).max(1) * value) as u8;
                let is_high_first = self.format.is_high_first();
                let cells = row(len);
                for (i, cell) in cells.iter().enumerate() {
                    let mut mask = 0xffu8;
                    let (left, right) =
                        (if i == 0 { before } else { 0 }, if i + 1 == len { behind } else { 0 });
                    if left | right != 0 {
                        mask = if is_high_first {
                            (0xff >> left) & (0xff << right) as u8
                        } else {
                            (0xff << left) as u8 & (0xff >> right)
                        };
                    }
                    cell.set(cell.get() & !mask | all & mask);
                }
            }
        }
    }

    /// How many rows, of `most` from a row on, lie in the same bytes.
    pub(super) fn rows_at_once(self, y: usize, most: usize) -> usize {
        if self.format == Format::MonoVertical { most.min(8 - (y & 7)) } else { 1 }
    }
}

/// A row of a picture.
#[derive(Copy, Clone)]
pub(super) struct Row {
    /// Where it begins, and the bit that it has if several rows lie together.
    start: usize,
    bit: u32,
    /// See [`Layout`].
    in_byte: u32,
    low: u32,
    flip: u32,
    mask: u32,
    /// Whether a pixel has 16 bits.
    pub(super) is_wide: bool,
}

impl Row {
    /// The byte in which a pixel begins, and its lowest bit there.
    #[inline(always)]
    fn locate<const WIDE: bool>(self, x: usize) -> (usize, u32) {
        if WIDE {
            return (self.start + 2 * x, 0);
        }
        let shift = (x as u32 & self.low) << ((3 - self.in_byte) & 3) ^ self.flip;
        (self.start + (x >> self.in_byte), shift + self.bit)
    }

    /// The colour of a pixel, 0 beyond the bytes.
    #[inline(always)]
    pub(super) fn get<const WIDE: bool>(self, bytes: Bytes<'_>, x: usize) -> u32 {
        let (at, shift) = self.locate::<WIDE>(x);
        if WIDE {
            return match (bytes.get(at), bytes.get(at + 1)) {
                (Some(first), Some(second)) => u16::from_ne_bytes([first, second]).into(),
                _ => 0,
            };
        }
        u32::from(bytes.get(at).unwrap_or(0)) >> shift & self.mask
    }

    /// Changes a pixel to the bits of a colour.
    #[inline(always)]
    pub(super) fn set<const WIDE: bool>(self, cells: &[Cell<u8>], x: usize, value: u32) {
        let (at, shift) = self.locate::<WIDE>(x);
        if WIDE {
            let bytes = (value as u16).to_ne_bytes();
            if let Some([first, second]) = cells.get(at..at + 2) {
                first.set(bytes[0]);
                second.set(bytes[1]);
            }
        } else if let Some(cell) = cells.get(at) {
            let mask = (self.mask << shift) as u8;
            cell.set(cell.get() & !mask | (value << shift) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const FORMATS: [Format; 7] = [
        Format::MonoVertical,
        Format::Rgb565,
        Format::Gray4,
        Format::MonoHighFirst,
        Format::MonoLowFirst,
        Format::Gray2,
        Format::Gray8,
    ];

    fn buffer(len: usize) -> Vec<Cell<u8>> {
        (0..len).map(|i| Cell::new((i * 37) as u8)).collect()
    }

    #[test]
    fn pixels_are_apart_and_fit() {
        for format in FORMATS {
            let layout = Layout::new(13, 11, 14, format);
            let cells = buffer(layout.bytes());
            let color = |x: usize, y: usize| layout.value((x * 5 + y * 3) as u32);
            for (x, y) in (0..13).flat_map(|x| (0..11).map(move |y| (x, y))) {
                layout.set(&cells, x, y, color(x, y));
                let last = layout.locate(x, y).0 + usize::from(format == Format::Rgb565);
                assert!(last < cells.len(), "{format:?} {x} {y}");
            }
            for (x, y) in (0..13).flat_map(|x| (0..11).map(move |y| (x, y))) {
                assert_eq!(layout.get(Bytes::from(&cells[..]), x, y), color(x, y), "{format:?}");
            }
        }
    }

    #[test]
    fn rows_are_filled_as_pixel_by_pixel() {
        for format in FORMATS {
            let layout = Layout::new(21, 9, 23, format);
            for (x, width) in (0..21).flat_map(|x| (1..=21 - x).map(move |width| (x, width))) {
                let (filled, set) = (buffer(layout.bytes()), buffer(layout.bytes()));
                for y in [3, 8] {
                    layout.fill(&filled, (x, y), (width, 1), layout.value(2));
                    (x..x + width).for_each(|x| layout.set(&set, x, y, layout.value(2)));
                }
                assert_eq!(filled, set, "{format:?} {x} {width}");
            }
        }
    }
}
