//! Rows of pixels in another format.

use core::cell::Cell;

use snakelet_pool::PixelFormat;

use super::color::{convert, weighted};
use super::pix::put2;
use super::words;

/// How pixels of one format of whole bytes become pixels of another one.
pub(super) struct Recolor {
    kind: Kind,
    tables: [[u16; 256]; 2],
}

#[derive(Clone, Copy)]
enum Kind {
    /// Pixels are the same.
    Same,
    /// Brightness becomes a colour, by the first table.
    Grey,
    /// A colour becomes its brightness: the tables tell what the high and the low bits of a pixel add to it.
    Color,
}

impl Recolor {
    /// Prepares for two formats; none if pixels of one of them are bits.
    pub(super) fn new(from: PixelFormat, to: PixelFormat) -> Option<Self> {
        let kind = match (from, to) {
            (PixelFormat::Binary, _) | (_, PixelFormat::Binary) => return None,
            (PixelFormat::Grayscale, PixelFormat::Rgb565) => Kind::Grey,
            (PixelFormat::Rgb565, PixelFormat::Grayscale) => Kind::Color,
            _ => Kind::Same,
        };
        let mut tables = [[0; 256]; 2];
        let [first, second] = &mut tables;
        for ((value, first), second) in (0..).zip(first).zip(second) {
            match kind {
                Kind::Same => break,
                Kind::Grey => *first = convert(from, to, value),
                Kind::Color => (*first, *second) = (weighted(value << 8), weighted(value)),
            }
        }
        Some(Recolor { kind, tables })
    }

    /// Whether pixels stay what they are.
    pub(super) const fn is_same(&self) -> bool {
        matches!(self.kind, Kind::Same)
    }

    /// Makes a row of another one of as many pixels.
    pub(super) fn row(&self, to: &[Cell<u8>], from: &[Cell<u8>]) {
        let [first, second] = &self.tables;
        match self.kind {
            Kind::Same => words::copy(to, from),
            Kind::Grey => colors(to, from, first),
            Kind::Color => greys(to, from, first, second),
        }
    }
}

fn colors(to: &[Cell<u8>], from: &[Cell<u8>], table: &[u16; 256]) {
    for (two, grey) in to.as_chunks().0.iter().zip(from) {
        put2(two, table[usize::from(grey.get())]);
    }
}

/// Two pixels at a time, and one that may be left.
fn greys(to: &[Cell<u8>], from: &[Cell<u8>], high: &[u16; 256], low: &[u16; 256]) {
    let one = |to: &Cell<u8>, first: &Cell<u8>, second: &Cell<u8>| {
        let sum = low[usize::from(first.get())] + high[usize::from(second.get())];
        to.set((sum >> 7) as u8);
    };
    let ((pairs, last), (words, rest)) = (to.as_chunks(), from.as_chunks());
    for ([left, right], [a, b, c, d]) in pairs.iter().zip(words) {
        one(left, a, b);
        one(right, c, d);
    }
    if let ([last], [a, b]) = (last, rest) {
        one(last, a, b);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pix::{get_in, set_in};
    use super::*;

    #[test]
    fn rows_are_what_single_pixels_become() {
        let formats = [PixelFormat::Grayscale, PixelFormat::Rgb565];
        for (from, to) in formats.into_iter().flat_map(|from| formats.map(|to| (from, to))) {
            let recolor = Recolor::new(from, to);
            // all pixels, in rows of all lengths up to 40
            for (start, len) in (0..=u16::MAX).step_by(40).zip((1..=40).cycle()) {
                let row = [const { Cell::new(0) }; 80];
                let made = [const { Cell::new(0xA5) }; 84];
                let [source, target] = [(from, &row[..]), (to, &made[..])]
                    .map(|(format, row)| row.get(..format.row_bytes(len)).unwrap_or_default());
                let pixel = |x: i32| start.wrapping_add(x as u16);
                (0..i32::from(len)).for_each(|x| set_in(from, source, x, pixel(x)));
                if let Some(recolor) = &recolor {
                    recolor.row(target, source);
                }
                for x in 0..i32::from(len) {
                    let expected = convert(from, to, get_in(from, source, x));
                    assert_eq!(get_in(to, target, x), expected, "{from:?} {to:?} {start} {x}");
                }
                assert!(made[target.len()..].iter().all(|cell| cell.get() == 0xA5));
            }
        }
        assert!(Recolor::new(PixelFormat::Binary, PixelFormat::Grayscale).is_none());
    }
}
