//! `get_similarity`: how alike two images are, by the structural similarity index (SSIM) of blocks.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::color::grey_of;
use super::file;
use super::make::pix;
use crate::args::bool_or;

/// The side of a block.
const BLOCK: i32 = 8;

/// `get_similarity(image, dssim=False)`: mean, deviation, least and greatest index of all blocks.
pub(super) fn get_similarity<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::required(name!("image")), Param::keyword(name!("dssim"))];
    let this = args.or_none(0);
    let [other, dssim] = args.skip(1).parse(cx, &PARAMETERS)?;
    let dssim = bool_or(cx, dssim, false)?;
    let other = file::picture(cx, other.unwrap_or(Held::NONE))?;
    let figures = cx.look(|cx| {
        let (a, b) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(other))?);
        if (a.w, a.h) != (b.w, b.h) {
            return Err(cx.raise(&VALUE_ERROR, "images are not of one size"));
        }
        let (mut sum, mut squares, mut least, mut greatest, mut count) =
            (0.0, 0.0, f32::INFINITY, f32::NEG_INFINITY, 0.0);
        let mut y = 0;
        while y < a.h {
            let mut x = 0;
            while x < a.w {
                let (mut sa, mut sb, mut saa, mut sbb, mut sab, mut n) =
                    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
                for v in y..(y + BLOCK).min(a.h) {
                    for u in x..(x + BLOCK).min(a.w) {
                        let p = f32::from(grey_of(a.format, a.get(u, v)));
                        let q = f32::from(grey_of(b.format, b.get(u, v)));
                        sa += p;
                        sb += q;
                        saa += p * p;
                        sbb += q * q;
                        sab += p * q;
                        n += 1.0;
                    }
                }
                let (ma, mb) = (sa / n, sb / n);
                let (va, vb, cov) = (saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb);
                // the constants for 8 bits
                let (c1, c2) = (6.5025, 58.5225);
                let index = (2.0 * ma * mb + c1) * (2.0 * cov + c2)
                    / ((ma * ma + mb * mb + c1) * (va + vb + c2));
                let index: f32 = if dssim { (1.0 - index) / 2.0 } else { index };
                sum += index;
                squares += index * index;
                least = least.min(index);
                greatest = greatest.max(index);
                count += 1.0;
                x += BLOCK;
            }
            cx.spend((a.w as usize).saturating_mul(8 * BLOCK as usize))?;
            y += BLOCK;
        }
        let mean = sum / count;
        let deviation = libm::sqrtf((squares / count - mean * mean).max(0.0));
        Ok([mean, deviation, least, greatest])
    })?;
    let names = const { &[name!("mean"), name!("stdev"), name!("min"), name!("max")] };
    let mut items = [Held::NONE; 4];
    for (item, figure) in items.iter_mut().zip(figures) {
        *item = cx.float(figure.into())?;
    }
    cx.named_tuple(names, &items)
}
