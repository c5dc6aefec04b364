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

/// The size of a picture, and where its pixels lie.
#[derive(Copy, Clone)]
pub(super) struct Layout {
    width: u16,
    height: u16,
    /// Pixels from a row to the next one; of [`Format::MonoVertical`] bytes from eight rows to the next ones. Rows
    /// begin with a byte.
    stride: u32,
    format: Format,
}

impl Layout {
    /// No pixels.
    pub(super) const NONE: Self = Self { width: 0, height: 0, stride: 0, format: Format::Gray8 };

    /// Describes pixels. Numbers are from 1 to 65,535, and the stride is not less than the width.
    pub(super) fn new(width: usize, height: usize, stride: usize, format: Format) -> Self {
        let stride = match format {
            Format::MonoVertical => stride,
            _ => stride.next_multiple_of(8 >> format.bits().min(3)),
        };
        Self { width: width as u16, height: height as u16, stride: stride as u32, format }
    }

    /// Width and height.
    pub(super) fn size(self) -> (i64, i64) {
        (self.width.into(), self.height.into())
    }

    /// How many bytes it needs: of the last row no more than the width.
    pub(super) fn bytes(self) -> usize {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let stride = self.stride as usize;
        if self.format == Format::MonoVertical {
            return (height.div_ceil(8) - 1).saturating_mul(stride).saturating_add(width);
        }
        let row = |pixels: usize| (pixels << self.format.bits()).div_ceil(8);
        row(stride).saturating_mul(height - 1).saturating_add(row(width))
    }

    /// A place, if it lies in the picture.
    #[inline(always)]
    pub(super) fn inside(self, x: i64, y: i64) -> Option<(usize, usize)> {
        let (width, height) = self.size();
        ((0..width).contains(&x) && (0..height).contains(&y)).then_some((x as usize, y as usize))
    }

    /// The byte in which a pixel begins, and its lowest bit there.
    #[inline(always)]
    fn locate(self, x: usize, y: usize) -> (usize, u32) {
        let stride = self.stride as usize;
        if self.format == Format::MonoVertical {
            return ((y >> 3) * stride + x, y as u32 & 7);
        }
        let pixel = y * stride + x;
        let (bits, x) = (self.format.bits(), x as u32);
        if bits >= 3 {
            return (pixel << (bits - 3), 0);
        }
        let in_byte = x & ((8 >> bits) - 1);
        let shift = in_byte << bits;
        let shift = if self.format.is_high_first() { 8 - (1 << bits) - shift } else { shift };
        (pixel >> (3 - bits), shift)
    }

    /// The bits of a colour.
    #[inline(always)]
    fn value(self, color: u32) -> u32 {
        match self.format.bits() {
            0 => u32::from(color != 0),
            bits => color & ((1 << (1 << bits)) - 1),
        }
    }

    /// The colour of a pixel, 0 beyond the bytes.
    #[inline(always)]
    pub(super) fn get(self, bytes: Bytes<'_>, x: usize, y: usize) -> u32 {
        let (at, shift) = self.locate(x, y);
        let byte = bytes.get(at).unwrap_or(0);
        if self.format == Format::Rgb565 {
            return u16::from_ne_bytes([byte, bytes.get(at + 1).unwrap_or(0)]).into();
        }
        u32::from(byte) >> shift & self.value(u32::MAX)
    }

    /// Changes a pixel.
    #[inline(always)]
    pub(super) fn set(self, cells: &[Cell<u8>], x: usize, y: usize, color: u32) {
        let (at, shift) = self.locate(x, y);
        if self.format == Format::Rgb565 {
            let bytes = (color as u16).to_ne_bytes();
            if let Some([first, second]) = cells.get(at..at + 2) {
                first.set(bytes[0]);
                second.set(bytes[1]);
            }
            return;
        }
        if let Some(cell) = cells.get(at) {
            let mask = (self.value(u32::MAX) << shift) as u8;
            cell.set(cell.get() & !mask | (self.value(color) << shift) as u8);
        }
    }

    /// Fills a part of a row - of [`Format::MonoVertical`] of `rows` rows that lie in the same bytes - that lies in
    /// the picture.
    pub(super) fn fill(
        self,
        cells: &[Cell<u8>],
        (x, y): (usize, usize),
        (width, rows): (usize, usize),
        color: u32,
    ) {
        let value = self.value(color);
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
                let all = (0xff / self.value(u32::MAX) * value) as u8;
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
                layout.set(&cells, x, y, (x * 5 + y * 3) as u32);
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
                    layout.fill(&filled, (x, y), (width, 1), 2);
                    (x..x + width).for_each(|x| layout.set(&set, x, y, 2));
                }
                assert_eq!(filled, set, "{format:?} {x} {width}");
            }
        }
    }
}
