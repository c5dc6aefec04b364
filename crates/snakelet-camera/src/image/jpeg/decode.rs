//! From a file to pixels: baseline and extended sequential pictures of 8 bits.

use core::cell::Cell;

use snakelet_vm::native::leaf::Leave;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::super::color::pixel_of;
use super::super::pix::Pix;
use super::tables::{SCALES, ZIGZAG};

/// Charges for work.
type Spend<'a> = &'a mut dyn FnMut(usize) -> Result<(), Leave>;

/// What stands at the head of a picture.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: usize,
    parts: [Component; 3],
    /// Where the segments behind the head of the frame are.
    start: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Component {
    id: u8,
    /// Blocks of a unit in a row and in a column, one or two of each.
    across: i32,
    down: i32,
    quantisation: usize,
    dc: usize,
    ac: usize,
}

/// Tables that a picture brings.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Tables {
    steps: [[f32; 64]; 4],
    /// First those of first coefficients, then those of the others.
    codes: [Codes; 8],
}

/// Codes by their lengths.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Codes {
    counts: [u16; 16],
    values: [u8; 256],
}

impl Tables {
    pub(super) const BYTES: usize = size_of::<Tables>();
}

/// The bytes of a file.
struct Bytes<'c> {
    cells: &'c [Cell<u8>],
    at: usize,
}

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.cells.get(self.at)?.get();
        self.at += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// The next mark with what belongs to it; its end.
    fn segment(&mut self) -> Option<(u8, usize)> {
        let mut byte = self.byte()?;
        while byte != 0xFF {
            byte = self.byte()?;
        }
        while byte == 0xFF {
            byte = self.byte()?;
        }
        // marks that stand alone
        if matches!(byte, 0x01 | 0xD0..=0xD9) {
            return Some((byte, self.at));
        }
        let start = self.at;
        Some((byte, start + usize::from(self.word()?)))
    }
}

/// Reads the head of a picture; none if there is none that can be decoded.
pub(super) fn head(cells: &[Cell<u8>], spend: Spend<'_>) -> Result<Option<Head>, Leave> {
    let mut bytes = Bytes { cells, at: 2 };
    loop {
        let before = bytes.at;
        let Some((mark, end)) = bytes.segment() else { return Ok(None) };
        match mark {
            0xC0 | 0xC1 => return Ok(frame(&mut bytes, end)),
            // progressive, lossless and arithmetic ones
            0xC2 | 0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD9 | 0xDA => {
                return Ok(None);
            }
            _ => bytes.at = end.max(bytes.at),
        }
        spend(1 + (bytes.at - before) / 64)?;
    }
}

fn frame(bytes: &mut Bytes<'_>, end: usize) -> Option<Head> {
    let mut head = Head { start: 2, ..Head::default() };
    if bytes.byte()? != 8 {
        return None;
    }
    (head.height, head.width) = (bytes.word()?, bytes.word()?);
    head.components = bytes.byte()?.into();
    let side = 1..=0x7FFF;
    if !side.contains(&head.width) || !side.contains(&head.height) {
        return None;
    }
    if !matches!(head.components, 1 | 3) {
        return None;
    }
    for part in head.parts.iter_mut().take(head.components) {
        part.id = bytes.byte()?;
        let factors = bytes.byte()?;
        (part.across, part.down) = ((factors >> 4).into(), (factors & 15).into());
        part.quantisation = usize::from(bytes.byte()? & 3);
        if !(1..=2).contains(&part.across) || !(1..=2).contains(&part.down) {
            return None;
        }
    }
    // the blocks of a picture of one component stand one by one
    if head.components == 1 {
        (head.parts[0].across, head.parts[0].down) = (1, 1);
    }
    (bytes.at <= end).then_some(head)
}

/// Decodes a picture; false if it is damaged before its first pixel. What is missing at the end stays grey.
pub(super) fn decode(
    cells: &[Cell<u8>],
    head: &Head,
    tables: &mut Tables,
    to: &Pix<'_>,
    spend: Spend<'_>,
) -> Result<bool, Leave> {
    let mut bytes = Bytes { cells, at: head.start };
    let (mut head, mut restart) = (*head, 0);
    loop {
        let before = bytes.at;
        let Some((mark, end)) = bytes.segment() else { return Ok(false) };
        let done = match mark {
            0xDB => quantisation(&mut bytes, end, tables),
            0xC4 => codes(&mut bytes, end, tables),
            0xDD => bytes.word().map(|every| restart = every),
            0xDA => {
                if scan(&mut bytes, &mut head).is_none() {
                    return Ok(false);
                }
                bytes.at = end.max(bytes.at);
                units(&bytes, &head, tables, restart.into(), to, spend)?;
                return Ok(true);
            }
            0xD9 => None,
            _ => Some(()),
        };
        if done.is_none() {
            return Ok(false);
        }
        bytes.at = end.max(bytes.at);
        spend(1 + (bytes.at - before) / 16)?;
    }
}

/// Reads steps of quantisation, and multiplies them by the scales of the transform.
fn quantisation(bytes: &mut Bytes<'_>, end: usize, tables: &mut Tables) -> Option<()> {
    while bytes.at < end {
        let kind = bytes.byte()?;
        let steps = tables.steps.get_mut(usize::from(kind & 15))?;
        for place in ZIGZAG.map(|place| usize::from(place & 63)) {
            let step = if kind >> 4 == 0 { bytes.byte()?.into() } else { bytes.word()? };
            steps[place] = f32::from(step) * SCALES[place / 8] * SCALES[place % 8] / 8.0;
        }
    }
    Some(())
}

fn codes(bytes: &mut Bytes<'_>, end: usize, tables: &mut Tables) -> Option<()> {
    while bytes.at < end {
        let kind = usize::from(bytes.byte()?);
        let table = tables.codes.get_mut((kind >> 4 & 1) * 4 + (kind & 3))?;
        let mut all = 0;
        for count in &mut table.counts {
            *count = bytes.byte()?.into();
            all += usize::from(*count);
        }
        for value in table.values.get_mut(..all)? {
            *value = bytes.byte()?;
        }
    }
    Some(())
}

/// Reads which tables the components use.
fn scan(bytes: &mut Bytes<'_>, head: &mut Head) -> Option<()> {
    let count = usize::from(bytes.byte()?);
    if count != head.components {
        return None;
    }
    for _ in 0..count {
        let (id, tables) = (bytes.byte()?, usize::from(bytes.byte()?));
        let part = head.parts.iter_mut().take(count).find(|part| part.id == id)?;
        (part.dc, part.ac) = (tables >> 4 & 3, 4 + (tables & 3));
    }
    Some(())
}

/// The bits of a scan.
struct Bits<'b, 'c> {
    bytes: &'b mut Bytes<'c>,
    bits: u32,
    count: u32,
    /// A mark was met, or the end: zeros follow.
    ended: bool,
}

impl Bits<'_, '_> {
    fn bit(&mut self) -> u32 {
        if self.count == 0 {
            self.bits = self.next();
            self.count = 8;
        }
        self.count -= 1;
        self.bits >> self.count & 1
    }

    fn next(&mut self) -> u32 {
        if self.ended {
            return 0;
        }
        match self.bytes.byte() {
            Some(0xFF) => match self.bytes.byte() {
                Some(0) => 0xFF,
                _ => {
                    // the mark is found again
                    self.bytes.at = self.bytes.at.saturating_sub(2);
                    self.ended = true;
                    0
                }
            },
            Some(byte) => byte.into(),
            None => {
                self.ended = true;
                0
            }
        }
    }

    /// A number of so many bits.
    fn value(&mut self, size: u32) -> i32 {
        let mut bits = 0;
        for _ in 0..size {
            bits = bits << 1 | self.bit() as i32;
        }
        // numbers that begin with a zero are below it
        if size > 0 && bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits }
    }

    /// What the next code stands for.
    fn symbol(&mut self, codes: &Codes) -> u8 {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in codes.counts.map(u32::from) {
            code |= self.bit();
            if code < first + count && code >= first {
                let place = (index + code - first) as usize;
                return codes.values.get(place).copied().unwrap_or(0);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        self.ended = true;
        0
    }
}

/// Decodes all units, row by row.
fn units(
    bytes: &Bytes<'_>,
    head: &Head,
    tables: &Tables,
    restart: u32,
    to: &Pix<'_>,
    spend: Spend<'_>,
) -> Result<(), Leave> {
    let parts = head.parts.get(..head.components).unwrap_or(&[]);
    let across = parts.iter().map(|part| part.across).max().unwrap_or(1);
    let down = parts.iter().map(|part| part.down).max().unwrap_or(1);
    let mut bytes = Bytes { ..*bytes };
    let mut bits = Bits { bytes: &mut bytes, bits: 0, count: 0, ended: false };
    let (mut last, mut left) = ([0; 3], restart);
    let mut y = 0;
    while y < to.h {
        let mut x = 0;
        while x < to.w {
            if restart > 0 && left == 0 {
                left = restart;
                last = [0; 3];
                (bits.count, bits.ended) = (0, false);
                match bits.bytes.segment() {
                    Some((0xD0..=0xD7, _)) => {}
                    _ => return Ok(()),
                }
            }
            left = left.wrapping_sub(1);
            // brightness has up to 4 blocks, colours one each, or as many where they are not sampled down
            let mut samples = [[[0i16; 64]; 4]; 3];
            for ((part, blocks), last) in parts.iter().zip(&mut samples).zip(&mut last) {
                for block in blocks.iter_mut().take((part.across * part.down) as usize) {
                    self::block(&mut bits, tables, part, last, block);
                }
            }
            if bits.ended && bits.bytes.at >= bits.bytes.cells.len() {
                return Ok(());
            }
            show(to, [x, y], [across, down], parts, &samples);
            x += 8 * across;
        }
        spend((to.w as usize).saturating_mul(32 * down as usize))?;
        y += 8 * down;
    }
    Ok(())
}

/// Writes the pixels of a unit.
fn show(
    to: &Pix<'_>,
    [x, y]: [i32; 2],
    [across, down]: [i32; 2],
    parts: &[Component],
    samples: &[[[i16; 64]; 4]; 3],
) {
    let sample = |i: usize, dx: i32, dy: i32| {
        let part = parts.get(i).copied().unwrap_or_default();
        let (dx, dy) = (dx * part.across / across, dy * part.down / down);
        let block = (dy / 8 * part.across + dx / 8) as usize & 3;
        i32::from(samples[i][block][((dy % 8) * 8 + dx % 8) as usize & 63])
    };
    for dy in 0..(8 * down).min(to.h - y) {
        for dx in 0..(8 * across).min(to.w - x) {
            let luma = sample(0, dx, dy) + 128;
            let rgb = if parts.len() == 1 {
                [luma; 3]
            } else {
                let (b, r) = (sample(1, dx, dy), sample(2, dx, dy));
                let half = 1 << 15;
                [
                    luma + ((91_881 * r + half) >> 16),
                    luma - ((22_554 * b + 46_802 * r + half) >> 16),
                    luma + ((116_130 * b + half) >> 16),
                ]
            };
            let rgb = rgb.map(|channel| channel.clamp(0, 255) as u8);
            let pixel = if parts.len() == 1 { rgb[0].into() } else { pixel_of(to.format, rgb) };
            to.set(x + dx, y + dy, pixel);
        }
    }
}

/// Decodes a block.
fn block(
    bits: &mut Bits<'_, '_>,
    tables: &Tables,
    part: &Component,
    last: &mut i32,
    samples: &mut [i16; 64],
) {
    let steps = &tables.steps[part.quantisation & 3];
    let mut values = [0.0; 64];
    let size = bits.symbol(&tables.codes[part.dc & 7]).min(15);
    *last = last.wrapping_add(bits.value(size.into())).clamp(-32768, 32767);
    values[0] = *last as f32 * steps[0];
    let mut i = 1;
    while i < 64 {
        let symbol = bits.symbol(&tables.codes[part.ac & 7]);
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run < 15 {
                break;
            }
            i += 16;
            continue;
        }
        i += run;
        let value = bits.value(size);
        if let Some(place) = ZIGZAG.get(i) {
            let place = usize::from(place & 63);
            values[place] = value as f32 * steps[place];
        }
        i += 1;
    }
    for i in 0..8 {
        transform(&mut values, i, 8);
    }
    for i in 0..8 {
        transform(&mut values, 8 * i, 1);
    }
    for (sample, value) in samples.iter_mut().zip(values) {
        // out of range saturates
        *sample = (value + if value < 0.0 { -0.5 } else { 0.5 }) as i16;
    }
}

/// Transforms 8 values, `step` apart, back: the flow of the forward algorithm the other way round.
#[inline]
fn transform(block: &mut [f32; 64], start: usize, step: usize) {
    use core::f32::consts::SQRT_2;
    let at = |i: usize| (start + i * step) & 63;
    let v: [f32; 8] = core::array::from_fn(|i| block[at(i)]);
    // the even ones
    let (a, b) = (v[0] + v[4], v[0] - v[4]);
    let c = v[2] + v[6];
    let d = (v[2] - v[6]) * SQRT_2 - c;
    let (e0, e3, e1, e2) = (a + c, a - c, b + d, b - d);
    // the odd ones
    let (z13, z10) = (v[5] + v[3], v[5] - v[3]);
    let (z11, z12) = (v[1] + v[7], v[1] - v[7]);
    let o7 = z11 + z13;
    let turn = (z10 + z12) * 1.847_759_1;
    let o6 = turn - 2.613_125_9 * z10 - o7;
    let o5 = (z11 - z13) * SQRT_2 - o6;
    let o4 = turn - 1.082_392_2 * z12 - o5;
    block[at(0)] = e0 + o7;
    block[at(7)] = e0 - o7;
    block[at(1)] = e1 + o6;
    block[at(6)] = e1 - o6;
    block[at(2)] = e2 + o5;
    block[at(5)] = e2 - o5;
    block[at(3)] = e3 + o4;
    block[at(4)] = e3 - o4;
}
