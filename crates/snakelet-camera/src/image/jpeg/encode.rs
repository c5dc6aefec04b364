//! From pixels to a file.

use snakelet_pool::PixelFormat;
use snakelet_vm::native::leaf::Leave;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::super::color::rgb888;
use super::super::pix::{Pix, get2};
use super::tables::{AC_COUNTS, AC_VALUES, DC_COUNTS, DC_VALUES, QUANTISATION, SCALES, ZIGZAG};

/// What is worked out before the first pixel, for brightness and for colours.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Tables {
    /// What coefficients are multiplied by, in the order of the file.
    factors: [[f32; 64]; 2],
    /// Codes with their lengths in the lowest byte, by what they stand for.
    ac: [[u32; 256]; 2],
    dc: [[u32; 12]; 2],
    /// The steps of quantisation, in the order of the file.
    steps: [[u8; 64]; 2],
}

impl Tables {
    /// Bytes of the tables.
    pub(super) const BYTES: usize = size_of::<Tables>();

    /// Works out the tables for a quality of 1 to 100, in the first of the places.
    pub(super) fn fill(places: &mut [Tables], quality: u32) {
        let Some(tables) = places.first_mut() else { return };
        let scale = if quality < 50 { 5000 / quality.max(1) } else { 200 - 2 * quality.min(100) };
        for kind in 0..2 {
            let (factors, steps) = (&mut tables.factors[kind], &mut tables.steps[kind]);
            for ((factor, step), place) in factors.iter_mut().zip(steps).zip(ZIGZAG) {
                let place = usize::from(place & 63);
                let wanted = (u32::from(QUANTISATION[kind][place]) * scale + 50) / 100;
                *step = wanted.clamp(1, 255) as u8;
                let scales = SCALES[place / 8] * SCALES[place % 8];
                *factor = 1.0 / (f32::from(*step) * scales * 8.0);
            }
            codes(&DC_COUNTS[kind], &DC_VALUES, &mut tables.dc[kind]);
            codes(&AC_COUNTS[kind], &AC_VALUES[kind], &mut tables.ac[kind]);
        }
    }
}

/// Counts codes up, length by length.
fn codes(counts: &[u8; 16], values: &[u8], table: &mut [u32]) {
    let (mut code, mut values) = (0, values.iter());
    for (length, count) in (1..).zip(counts) {
        for value in values.by_ref().take((*count).into()) {
            if let Some(entry) = table.get_mut(usize::from(*value)) {
                *entry = code << 8 | length;
            }
            code += 1;
        }
        code <<= 1;
    }
}

/// Writes bits, the highest first, with a zero byte behind each 0xFF.
struct Bits<'b> {
    out: &'b mut [u8],
    len: usize,
    bits: u32,
    count: u32,
}

impl Bits<'_> {
    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.out.get_mut(self.len) {
            *place = byte;
        }
        self.len += 1;
    }

    fn bytes(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.byte(*byte));
    }

    /// Whether there was room for all of it.
    const fn fits(&self) -> bool {
        self.len <= self.out.len()
    }

    /// Writes up to 16 bits: with fewer than 8 that wait, they fit a word.
    #[inline]
    fn put(&mut self, code: u32, length: u32) {
        self.bits = self.bits << length | code;
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.byte(byte);
            if byte == 0xFF {
                self.byte(0);
            }
        }
    }

    /// Writes the code of a table, and behind it so many bits.
    #[inline]
    fn code(&mut self, entry: u32, extra: u32, length: u32) {
        self.put(entry >> 8, entry & 0xFF);
        self.put(extra, length);
    }

    /// A segment's mark and length.
    fn segment(&mut self, mark: u8, len: u16) {
        self.bytes(&[0xFF, mark]);
        self.bytes(&len.to_be_bytes());
    }
}

/// Encodes a picture; none if there was no room. `factors` say how many samples of brightness there are for one
/// of colour, in a row and in a column.
pub(super) fn encode(
    pix: &Pix<'_>,
    tables: &Tables,
    factors: [i32; 2],
    out: &mut [u8],
    spend: impl Fn(usize) -> Result<(), Leave>,
) -> Result<Option<usize>, Leave> {
    let is_color = pix.format == PixelFormat::Rgb565;
    let mut bits = Bits { out, len: 0, bits: 0, count: 0 };
    head(&mut bits, pix, tables, factors, is_color);
    let [sx, sy] = factors;
    let (mut last, mut y) = ([0; 3], 0);
    while y < pix.h {
        let mut x = 0;
        while x < pix.w {
            if is_color {
                unit(&mut bits, pix, tables, [x, y], factors, &mut last);
            } else {
                let mut block = [[0.0; 8]; 8];
                grey(pix, x, y, &mut block);
                write(&mut bits, tables, 0, &mut block, &mut last[0]);
            }
            x += 8 * sx;
        }
        if !bits.fits() {
            return Ok(None);
        }
        spend((pix.w as usize).saturating_mul(16 * sy as usize))?;
        y += 8 * sy;
    }
    // the last byte is filled with ones
    let missing = (8 - bits.count % 8) % 8;
    bits.put((1 << missing) - 1, missing);
    bits.bytes(&[0xFF, 0xD9]);
    Ok(bits.fits().then_some(bits.len))
}

fn head(bits: &mut Bits<'_>, pix: &Pix<'_>, tables: &Tables, [sx, sy]: [i32; 2], is_color: bool) {
    let kinds = if is_color { 2u8 } else { 1 };
    let components = if is_color { 3u8 } else { 1 };
    bits.bytes(&[0xFF, 0xD8]);
    bits.segment(0xE0, 16);
    bits.bytes(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (kind, steps) in (0..kinds).zip(&tables.steps) {
        bits.segment(0xDB, 67);
        bits.byte(kind);
        bits.bytes(steps);
    }
    bits.segment(0xC0, 8 + 3 * u16::from(components));
    bits.byte(8);
    bits.bytes(&(pix.h as u16).to_be_bytes());
    bits.bytes(&(pix.w as u16).to_be_bytes());
    bits.byte(components);
    for component in 0..components {
        let sampling = if component == 0 { (sx << 4 | sy) as u8 } else { 0x11 };
        bits.bytes(&[component + 1, sampling, component.min(1)]);
    }
    for kind in 0..kinds {
        let i = usize::from(kind);
        for (class, counts, values) in
            [(0, &DC_COUNTS[i], &DC_VALUES[..]), (0x10, &AC_COUNTS[i], &AC_VALUES[i][..])]
        {
            bits.segment(0xC4, 19 + values.len() as u16);
            bits.byte(class | kind);
            bits.bytes(counts);
            bits.bytes(values);
        }
    }
    bits.segment(0xDA, 6 + 2 * u16::from(components));
    bits.byte(components);
    for component in 0..components {
        bits.bytes(&[component + 1, 0x11 * component.min(1)]);
    }
    bits.bytes(&[0, 63, 0]);
}

/// Eight rows of eight values.
type Block = [[f32; 8]; 8];

/// Reads 8 by 8 pixels of brightness; those at the edges are repeated.
fn grey(pix: &Pix<'_>, x: i32, y: i32, block: &mut Block) {
    for (from, row) in (y..).zip(block) {
        let from = from.min(pix.h - 1);
        let sample = |grey: u16| (i32::from(grey) - 128) as f32;
        // a whole row of the block lies in the picture
        if let ([cells], _) = pix.span(from, x, 8).as_chunks::<8>()
            && !pix.is_binary()
        {
            for (sample_at, cell) in row.iter_mut().zip(cells) {
                *sample_at = sample(cell.get().into());
            }
            continue;
        }
        for (at, place) in (x..).zip(row) {
            let pixel = pix.get(at.min(pix.w - 1), from);
            *place = sample(if pix.is_binary() { 255 * pixel } else { pixel });
        }
    }
}

/// Writes the blocks of a unit: of brightness one or more, of both colours one.
fn unit(
    bits: &mut Bits<'_>,
    pix: &Pix<'_>,
    tables: &Tables,
    [x, y]: [i32; 2],
    [sx, sy]: [i32; 2],
    last: &mut [i32; 3],
) {
    let (mut blue, mut red) = ([[0.0; 8]; 8], [[0.0; 8]; 8]);
    let share = 1.0 / (sx * sy) as f32;
    // one or two samples of brightness for one of colour
    let (half_x, half_y) = (sx as usize / 2, sy as usize / 2);
    for by in 0..sy {
        for bx in 0..sx {
            let mut luma = [[0.0; 8]; 8];
            for (dy, row) in (8 * by..).zip(&mut luma) {
                let from = (y + dy).min(pix.h - 1);
                let (left, place) = (x + 8 * bx, dy as usize >> half_y & 7);
                let (blue, red) = (&mut blue[place], &mut red[place]);
                let whole = pix.span(from, left, 8).as_chunks::<2>().0;
                for (dx, sample) in row.iter_mut().enumerate() {
                    let pixel = match whole.get(dx) {
                        Some(two) => get2(two),
                        None => pix.get((left + dx as i32).min(pix.w - 1), from),
                    };
                    let [r, g, b] = rgb888(pixel).map(f32::from);
                    let bright = 0.299 * r + 0.587 * g + 0.114 * b;
                    *sample = bright - 128.0;
                    let place = (8 * bx as usize + dx) >> half_x & 7;
                    blue[place] += (b - bright) * (0.564 * share);
                    red[place] += (r - bright) * (0.713 * share);
                }
            }
            write(bits, tables, 0, &mut luma, &mut last[0]);
        }
    }
    write(bits, tables, 1, &mut blue, &mut last[1]);
    write(bits, tables, 1, &mut red, &mut last[2]);
}

/// Transforms 8 values: the algorithm of Arai, Agui and Nakajima, whose scales are left in.
#[inline(always)]
fn transform(v: [f32; 8]) -> [f32; 8] {
    let (s07, d07) = (v[0] + v[7], v[0] - v[7]);
    let (s16, d16) = (v[1] + v[6], v[1] - v[6]);
    let (s25, d25) = (v[2] + v[5], v[2] - v[5]);
    let (s34, d34) = (v[3] + v[4], v[3] - v[4]);
    // the even ones
    let (a, b, c, d) = (s07 + s34, s07 - s34, s16 + s25, s16 - s25);
    let e = (b + d) * core::f32::consts::FRAC_1_SQRT_2;
    // the odd ones
    let (p, q, r) = (d34 + d25, d25 + d16, d16 + d07);
    let turn = (p - r) * 0.382_683_43;
    let (z2, z4) = (p * 0.541_196_1 + turn, r * 1.306_563 + turn);
    let z3 = q * core::f32::consts::FRAC_1_SQRT_2;
    let (z11, z13) = (d07 + z3, d07 - z3);
    [a + c, z11 + z4, b + e, z13 - z2, a - c, z13 + z2, b - e, z11 - z4]
}

/// Transforms a block and writes its coefficients.
fn write(bits: &mut Bits<'_>, tables: &Tables, kind: usize, block: &mut Block, last: &mut i32) {
    block.iter_mut().for_each(|row| *row = transform(*row));
    for i in 0..8 {
        let column = transform(core::array::from_fn(|row| block[row][i]));
        block.iter_mut().zip(column).for_each(|(row, value)| row[i] = value);
    }
    let block = block.as_flattened();
    let kind = kind & 1;
    let (dc, ac, factors) = (&tables.dc[kind], &tables.ac[kind], &tables.factors[kind]);
    let mut run = 0;
    for (i, (place, factor)) in ZIGZAG.iter().zip(factors).enumerate() {
        let value = block.get(usize::from(*place)).copied().unwrap_or(0.0) * factor;
        // most are rounded to nothing
        if i > 0 && value.abs() < 0.5 {
            run += 1;
            continue;
        }
        let value = if value < 0.0 { (value - 0.5) as i32 } else { (value + 0.5) as i32 };
        if i == 0 {
            let (extra, size) = size_of_value(value - *last);
            *last = value;
            bits.code(dc.get(size as usize).copied().unwrap_or(0), extra, size);
        } else {
            while run > 15 {
                bits.code(ac[0xF0], 0, 0);
                run -= 16;
            }
            let (extra, size) = size_of_value(value);
            bits.code(ac[(run << 4 | size as usize) & 0xFF], extra, size);
            run = 0;
        }
    }
    if run > 0 {
        bits.code(ac[0], 0, 0);
    }
}

/// The bits of a value and how many there are; what is below zero is less by one. Values fit ten bits, and the
/// differences of first ones eleven.
#[inline]
fn size_of_value(value: i32) -> (u32, u32) {
    let value = value.clamp(-2047, 2047);
    let size = 32 - value.unsigned_abs().leading_zeros();
    let bits = if value < 0 { value - 1 } else { value };
    (bits as u32 & ((1 << size) - 1), size)
}
