//! Thresholds: which pixels are meant.

use snakelet_pool::PixelFormat;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::arguments::{self, Threshold, Thresholds};
use super::color::{self, Lab};
use super::make::{self, Place, pix};
use super::pix::Pix;
use crate::args::{bool_or, given};

/// Tells pixels within thresholds.
pub(super) struct Selector {
    format: PixelFormat,
    lab: Lab,
}

impl Selector {
    pub(super) const fn new(format: PixelFormat) -> Self {
        Selector { format, lab: Lab::new() }
    }

    /// Whether a pixel lies within one of the thresholds.
    #[inline]
    pub(super) fn is_within(&mut self, thresholds: &[Threshold], pixel: u16) -> bool {
        let within = |(least, most): (i16, i16), value: i16| least <= value && value <= most;
        if self.format == PixelFormat::Rgb565 {
            let lab = self.lab.of(pixel).map(i16::from);
            let all = |threshold: &Threshold| {
                threshold.iter().zip(lab).all(|(bounds, value)| within(*bounds, value))
            };
            return thresholds.iter().any(all);
        }
        let value = if self.format == PixelFormat::Binary { pixel } else { pixel & 0xFF };
        thresholds.iter().any(|threshold| within(threshold[0], value as i16))
    }

    /// 255 for each grey, or bit, within the thresholds.
    pub(super) fn table(&mut self, thresholds: &Thresholds, invert: bool) -> [u8; 256] {
        let mut table = [0; 256];
        for (value, entry) in (0..).zip(&mut table) {
            *entry = if self.is_within(thresholds.all(), value) != invert { 255 } else { 0 };
        }
        table
    }
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
        let mut selector = Selector::new(from.format);
        let white = color::pixel_of(to.format, [255; 3]);
        if from.format == PixelFormat::Grayscale && to.format == from.format && mask.is_none() {
            let table = selector.table(&thresholds, invert);
            for y in 0..from.h {
                for (to, from) in to.row(y).iter().zip(from.row(y)) {
                    let value = from.get();
                    let within = table[usize::from(value)];
                    to.set(if zero { value & !within } else { within });
                }
                cx.spend(from.w as usize / 4)?;
            }
            return Ok(());
        }
        for y in 0..from.h {
            for x in 0..from.w {
                let pixel = from.get(x, y);
                let kept = color::convert(from.format, to.format, pixel);
                let value = if mask.is_some_and(|mask| mask.get(x, y) == 0) {
                    kept
                } else {
                    match (selector.is_within(thresholds.all(), pixel) != invert, zero) {
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
        let pix: Pix<'_> = pix(*cx, cx.get(this))?;
        for y in 0..pix.h {
            pix.row(y).iter().for_each(|cell| cell.set(!cell.get()));
            cx.spend(pix.w as usize / 8)?;
        }
        Ok(())
    })?;
    Ok(this)
}
