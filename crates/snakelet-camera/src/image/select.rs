//! Thresholds: which pixels are meant.

use snakelet_pool::PixelFormat;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::arguments::{self, Threshold};
use super::make::{self, Place, pix};
use super::pix::{get2, put2};
use super::{color, words};
use crate::args::{bool_or, given};

/// Tells selected pixels: those within one of the thresholds, or all others.
pub(super) struct Selector<'t> {
    format: PixelFormat,
    thresholds: &'t [Threshold],
    invert: bool,
    /// Colours in the upper halves, and in the lower ones whether they are selected.
    known: [u32; color::REMEMBERED],
}

impl<'t> Selector<'t> {
    pub(super) fn new(format: PixelFormat, thresholds: &'t [Threshold], invert: bool) -> Self {
        let mut new = Selector { format, thresholds, invert, known: [0; color::REMEMBERED] };
        // black is a colour of the first place alone
        new.known[0] = u32::from(new.find(0));
        new
    }

    /// Whether a pixel is selected.
    #[inline]
    pub(super) fn selects(&mut self, pixel: u16) -> bool {
        if self.format == PixelFormat::Rgb565 {
            self.selects_color(pixel)
        } else {
            self.find(pixel)
        }
    }

    /// The same for a pixel of 16 bits.
    #[inline]
    pub(super) fn selects_color(&mut self, pixel: u16) -> bool {
        let place = color::place(pixel);
        let mut entry = self.known[place];
        if entry >> 16 != u32::from(pixel) {
            entry = u32::from(pixel) << 16 | u32::from(self.find(pixel));
            self.known[place] = entry;
        }
        entry & 1 != 0
    }

    #[inline(never)]
    fn find(&self, pixel: u16) -> bool {
        let values = match self.format {
            PixelFormat::Rgb565 => color::lab(pixel).map(i16::from),
            _ => return is_within(self.thresholds, &[(pixel & 0xFF) as i16]) != self.invert,
        };
        is_within(self.thresholds, &values) != self.invert
    }

    /// 255 for each grey, or bit, that is selected.
    pub(super) fn table(&self) -> [u8; 256] {
        core::array::from_fn(|value| if self.find(value as u16) { 255 } else { 0 })
    }
}

/// Whether the values of channels lie within one of the thresholds.
pub(super) fn is_within(thresholds: &[Threshold], values: &[i16]) -> bool {
    let all = |threshold: &Threshold| {
        let mut bounds = threshold.iter().zip(values);
        bounds.all(|((least, most), value)| least <= value && value <= most)
    };
    thresholds.iter().any(all)
}

/// `binary(thresholds, invert=False, zero=False, mask=None, to_bitmap=False, copy=False)`: pixels within the
/// thresholds become white and others black; with `zero`, those within become black and others stay.
pub(super) fn binary<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 6] = [
        Param::required(name!("thresholds")),
        Param::optional(name!("invert")),
        Param::optional(name!("zero")),
        Param::keyword(name!("mask")),
        Param::keyword(name!("to_bitmap")),
        Param::keyword(name!("copy")),
    ];
    let this = args.or_none(0);
    let [thresholds, invert, zero, mask, to_bitmap, copy] = args.skip(1).parse(cx, &PARAMETERS)?;
    let thresholds = arguments::thresholds(cx, thresholds)?;
    let (invert, zero) = (bool_or(cx, invert, false)?, bool_or(cx, zero, false)?);
    let (to_bitmap, copy) = (bool_or(cx, to_bitmap, false)?, bool_or(cx, copy, false)?);
    let mask = given(cx, mask);
    let (w, h, format, _) = make::shape(cx, this)?;
    let target = if to_bitmap { PixelFormat::Binary } else { format };
    let to = if copy || to_bitmap {
        make::new(cx, w.into(), h.into(), target, Place::Auto)?
    } else {
        this
    };
    cx.look(|cx| {
        let (from, to) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(to))?);
        let mask = mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let mut selector = Selector::new(from.format, thresholds.all(), invert);
        let white = color::pixel_of(to.format, [255; 3]);
        let is_plain = to.format == from.format && mask.is_none();
        let (from, to) = if is_plain { (from.joined(), to.joined()) } else { (from, to) };
        let grey = (is_plain && from.format == PixelFormat::Grayscale).then(|| {
            let mut table = selector.table();
            if zero {
                let each = table.iter_mut().zip(0..=u8::MAX);
                each.for_each(|(entry, value)| *entry = value & !*entry);
            }
            table
        });
        for y in 0..from.h {
            if let Some(table) = &grey {
                words::look_up(to.row(y), from.row(y), table);
                cx.spend(from.w as usize / 4)?;
                continue;
            }
            if is_plain && from.is_color() {
                let (to, from) = (to.row(y).as_chunks().0, from.row(y).as_chunks().0);
                let (inside, outside) = if zero { (0, u16::MAX) } else { (white, 0) };
                for (to, from) in to.iter().zip(from) {
                    let pixel = get2(from);
                    let is = selector.selects_color(pixel);
                    put2(to, if is { inside } else { pixel & outside });
                }
                cx.spend(from.len())?;
                continue;
            }
            for x in 0..from.w {
                let pixel = from.get(x, y);
                let kept = color::convert(from.format, to.format, pixel);
                let value = if mask.is_some_and(|mask| mask.get(x, y) == 0) {
                    kept
                } else {
                    match (selector.selects(pixel), zero) {
                        (true, false) => white,
                        (true, true) | (false, false) => 0,
                        (false, true) => kept,
                    }
                };
                to.set(x, y, value);
            }
            cx.spend(4 * from.w as usize)?;
        }
        Ok(())
    })?;
    if copy {
        return Ok(to);
    }
    make::adopt(cx, this, to)?;
    Ok(this)
}

/// `invert()` or `negate()`: black becomes white.
pub(super) fn invert<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?.joined();
        for y in 0..pix.h {
            words::map(pix.row(y), pix.row(y), |word| !word);
            cx.spend(pix.w as usize / 8)?;
        }
        Ok(())
    })?;
    Ok(this)
}
