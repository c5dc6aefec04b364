//! Brightness and contrast: gamma, equalised histograms, matrices of colours.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::color::{grey_of, pixel_of, rgb_of};
use super::make::pix;
use super::pix::Rect;
use super::scratch::Scratch;
use super::words;
use crate::args::{bool_or, float_or, given, items};

/// `gamma_corr(gamma=1, contrast=1, brightness=0)`
pub(super) fn gamma_corr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("gamma")),
        Param::optional(name!("contrast")),
        Param::optional(name!("brightness")),
    ];
    let this = args.or_none(0);
    let [gamma, contrast, brightness] = args.skip(1).parse(cx, &PARAMETERS)?;
    let gamma = float_or(cx, gamma, 1.0)?;
    let (contrast, brightness) = (float_or(cx, contrast, 1.0)?, float_or(cx, brightness, 0.0)?);
    let power = if gamma == 0.0 || gamma.is_nan() { 1.0 } else { 1.0 / gamma };
    let table: [u8; 256] = core::array::from_fn(|value| {
        let part = libm::powf(value as f32 / 255.0, power) * contrast + brightness;
        // out of range saturates
        (part * 255.0 + 0.5) as u8
    });
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?.joined();
        for y in 0..pix.h {
            if pix.format == PixelFormat::Grayscale {
                words::look_up(pix.row(y), pix.row(y), &table);
            } else {
                for x in 0..pix.w {
                    let rgb = rgb_of(pix.format, pix.get(x, y));
                    pix.set(x, y, pixel_of(pix.format, rgb.map(|c| table[usize::from(c)])));
                }
            }
            cx.spend(2 * pix.w as usize)?;
        }
        Ok(())
    })?;
    Ok(this)
}

/// Tiles in a row and in a column of the adaptive way.
const TILES: i32 = 8;

/// What brightness becomes, so that all degrees occur alike often.
type Curve = [u8; 256];

/// Makes a curve of how often each brightness occurs. With a limit, what occurs more often than so many times the
/// mean is spread over all.
fn curve(bins: &mut [u32; 256], limit: f32) -> Curve {
    let all: u32 = bins.iter().sum();
    if limit > 0.0 {
        let most = ((limit * all as f32 / 256.0) as u32).max(1);
        let mut over = 0;
        for bin in bins.iter_mut() {
            over += bin.saturating_sub(most);
            *bin = (*bin).min(most);
        }
        bins.iter_mut().for_each(|bin| *bin += over / 256);
    }
    let least = bins.iter().copied().find(|bin| *bin > 0).unwrap_or(0);
    let all: u32 = bins.iter().sum();
    let range = all.saturating_sub(least).max(1);
    let mut sum = 0;
    core::array::from_fn(|i| {
        sum += bins[i];
        (u64::from(sum.saturating_sub(least)) * 255 / u64::from(range)) as u8
    })
}

/// `histeq(adaptive=False, clip_limit=-1, mask=None)`
pub(super) fn histeq<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("adaptive")),
        Param::optional(name!("clip_limit")),
        Param::optional(name!("mask")),
    ];
    let this = args.or_none(0);
    let [adaptive, limit, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let tiles = if bool_or(cx, adaptive, false)? { TILES } else { 1 };
    let limit = float_or(cx, limit, -1.0)?;
    let mask = given(cx, mask);
    let mut room = Scratch::new(cx, (tiles * tiles) as usize * size_of::<Curve>())?;
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        let mask = mask.map(|mask| super::make::pix(*cx, cx.get(mask))).transpose()?;
        let curves = room.items::<Curve>();
        // a tile has a pixel at least
        let [tx, ty] = [pix.w, pix.h].map(|side| tiles.min(side));
        for (i, place) in (0..tx * ty).zip(curves.iter_mut()) {
            let (column, row) = (i % tx, i / tx);
            let (x, y) = (column * pix.w / tx, row * pix.h / ty);
            let (end_x, end_y) = ((column + 1) * pix.w / tx, (row + 1) * pix.h / ty);
            let tile = Rect { x, y, w: end_x - x, h: end_y - y };
            let mut bins = [0; 256];
            for y in tile.rows() {
                if pix.format == PixelFormat::Grayscale {
                    words::count(pix.span(y, tile.x, tile.w), &mut bins);
                } else {
                    let greys = tile.columns().map(|x| grey_of(pix.format, pix.get(x, y)));
                    greys.for_each(|grey| bins[usize::from(grey)] += 1);
                }
                cx.spend(tile.w as usize)?;
            }
            *place = curve(&mut bins, limit);
        }
        let whole = curves.first().filter(|_| tiles == 1);
        let equal = |grey: u8, x: i32, y: i32| {
            if let Some(curve) = whole {
                return curve[usize::from(grey)];
            }
            // between the four tiles whose middles are around
            let along = |at: i32, side: i32, tiles: i32| {
                let place = (2 * at + 1) * tiles * 128 / side - 128;
                let place = place.clamp(0, (tiles - 1) * 256);
                (place / 256, place % 256)
            };
            let ((column, fx), (row, fy)) = (along(x, pix.w, tx), along(y, pix.h, ty));
            let value = |column: i32, row: i32| {
                let i = row.min(ty - 1) * tx + column.min(tx - 1);
                let curve = curves.get(i as usize);
                i32::from(curve.map_or(grey, |curve| curve[usize::from(grey)]))
            };
            let upper = value(column, row) * (256 - fx) + value(column + 1, row) * fx;
            let lower = value(column, row + 1) * (256 - fx) + value(column + 1, row + 1) * fx;
            ((upper * (256 - fy) + lower * fy) >> 16) as u8
        };
        for y in 0..pix.h {
            if let (PixelFormat::Grayscale, Some(curve), None) = (pix.format, whole, &mask) {
                words::look_up(pix.row(y), pix.row(y), curve);
                cx.spend(pix.w as usize)?;
                continue;
            }
            for x in 0..pix.w {
                if mask.is_some_and(|mask| mask.get(x, y) == 0) {
                    continue;
                }
                let pixel = pix.get(x, y);
                let grey = grey_of(pix.format, pixel);
                let new = equal(grey, x, y);
                let value = if pix.format == PixelFormat::Rgb565 {
                    // colours get brighter by as much
                    let more = i16::from(new) - i16::from(grey);
                    let rgb = rgb_of(pix.format, pixel);
                    pixel_of(pix.format, rgb.map(|c| (i16::from(c) + more).clamp(0, 255) as u8))
                } else {
                    pixel_of(pix.format, [new; 3])
                };
                pix.set(x, y, value);
            }
            cx.spend(8 * pix.w as usize)?;
        }
        Ok(())
    })?;
    Ok(this)
}

/// Multiplies colours by three rows of numbers, with what is added to each in the fourth column.
fn multiply<'s>(cx: &mut Full<'s>, this: Held<'s>, matrix: &[[f32; 4]; 3]) -> Result<(), Raised> {
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        for y in 0..pix.h {
            for x in 0..pix.w {
                let rgb = rgb_of(pix.format, pix.get(x, y)).map(f32::from);
                let new = matrix.map(|[r, g, b, more]| {
                    (r * rgb[0] + g * rgb[1] + b * rgb[2] + more + 0.5) as u8
                });
                pix.set(x, y, pixel_of(pix.format, new));
            }
            cx.spend(8 * pix.w as usize)?;
        }
        Ok(())
    })
}

/// `ccm(matrix)`: 9 or 12 numbers, in a list or in rows.
pub(super) fn ccm<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (this, given) = (args.or_none(0), args.or_none(1));
    let mut matrix = [[0.0; 4]; 3];
    let len = items(cx, given)?;
    for (i, row) in matrix.iter_mut().enumerate() {
        let (list, start, len) = match len {
            Some(3) => {
                let row = cx.item_at(given, i)?;
                (row, 0, items(cx, row)?.unwrap_or(0))
            }
            Some(9) => (given, 3 * i, 3),
            Some(12) => (given, 4 * i, 4),
            _ => (given, 0, 0),
        };
        if !matches!(len, 3 | 4) {
            return Err(cx.raise(&VALUE_ERROR, "expected 3 rows of 3 or 4 numbers"));
        }
        for (j, number) in row.iter_mut().enumerate().take(len) {
            *number = cx.scope(|cx, outer| {
                let item = cx.item_at(outer.held(list), start + j)?;
                Ok(cx.float_of(item)? as f32)
            })?;
        }
    }
    multiply(cx, this, &matrix)?;
    Ok(this)
}

/// `awb(max=False)`: makes the means of all channels alike, or their greatest values.
pub(super) fn awb<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 1] = [Param::optional(name!("max"))];
    let this = args.or_none(0);
    let [max] = args.skip(1).parse(cx, &PARAMETERS)?;
    let max = bool_or(cx, max, false)?;
    let figures = cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        if pix.format != PixelFormat::Rgb565 {
            return Ok(None);
        }
        let mut figures = [0u64; 3];
        for y in 0..pix.h {
            for x in 0..pix.w {
                for (figure, c) in figures.iter_mut().zip(rgb_of(pix.format, pix.get(x, y))) {
                    let c = u64::from(c);
                    *figure = if max { c.max(*figure) } else { *figure + c };
                }
            }
            cx.spend(4 * pix.w as usize)?;
        }
        Ok(Some(figures))
    })?;
    // without colours there is nothing to balance
    let Some(figures) = figures else { return Ok(this) };
    let aim = if max {
        figures.iter().copied().max().unwrap_or(0)
    } else {
        figures.iter().sum::<u64>() / 3
    };
    let factor = |i: usize| if figures[i] > 0 { aim as f32 / figures[i] as f32 } else { 1.0 };
    let matrix =
        [[factor(0), 0.0, 0.0, 0.0], [0.0, factor(1), 0.0, 0.0], [0.0, 0.0, factor(2), 0.0]];
    multiply(cx, this, &matrix)?;
    Ok(this)
}
