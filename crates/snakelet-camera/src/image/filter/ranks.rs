//! Filters that choose among neighbours by how they are ordered or how often they occur.

use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::{After, Window, filter, parameters, size};
use crate::args::float_or;

/// How often each value occurs around a pixel, while it is moved along a row.
struct Counts {
    bins: [u16; 256],
}

impl Counts {
    fn column(&mut self, window: &Window<'_>, x: usize, add: bool) {
        for i in 0..window.side() {
            if let Some(value) = window.row(i).get(x) {
                let bin = &mut self.bins[usize::from(*value)];
                *bin = if add { bin.wrapping_add(1) } else { bin.wrapping_sub(1) };
            }
        }
    }

    /// Calls `value` for each pixel of a row.
    fn along(window: &Window<'_>, out: &mut [u8], mut value: impl FnMut(&Self, usize) -> u8) {
        let mut counts = Counts { bins: [0; 256] };
        let side = window.side();
        (0..side - 1).for_each(|x| counts.column(window, x, true));
        for (x, out) in out.iter_mut().enumerate() {
            counts.column(window, x + side - 1, true);
            *out = value(&counts, x);
            counts.column(window, x, false);
        }
    }
}

/// `median(size, percentile=0.5, threshold=False, offset=0, invert=False, mask=None)`
pub(in crate::image) fn median<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 6] = parameters([Param::optional(name!("percentile"))]);
    let this = args.or_none(0);
    let [size, part, threshold, offset, invert, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let part = float_or(cx, part, 0.5)?.clamp(0.0, 1.0);
    let side = 2 * size + 1;
    let before = (part * (side * side - 1) as f32) as u32;
    filter(cx, this, size, after, 0, 16 + 4 * side, |window, _, out, _| {
        // the value moves little from pixel to pixel, and with it how many lie below
        let (mut at, mut below) = (0usize, 0u32);
        let mut left: Option<usize> = None;
        Counts::along(window, out, |counts, x| {
            if let Some(gone) = left {
                for i in 0..side {
                    let row = window.row(i);
                    let is_below = |x: usize| row.get(x).is_some_and(|v| usize::from(*v) < at);
                    below -= u32::from(is_below(gone));
                    below += u32::from(is_below(x + side - 1));
                }
            }
            left = Some(x);
            while below > before && at > 0 {
                at -= 1;
                below -= u32::from(counts.bins[at & 255]);
            }
            while at < 255 && below + u32::from(counts.bins[at & 255]) <= before {
                below += u32::from(counts.bins[at & 255]);
                at += 1;
            }
            at as u8
        });
    })
}

/// `mode(size, threshold=False, offset=0, invert=False, mask=None)`: what occurs most often.
pub(in crate::image) fn mode<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = parameters([]);
    let this = args.or_none(0);
    let [size, threshold, offset, invert, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let side = 2 * size + 1;
    filter(cx, this, size, after, 0, 2 * side * side, |window, _, out, _| {
        Counts::along(window, out, |counts, x| {
            let mut best = (0, window.middle().get(x).copied().unwrap_or(0));
            for i in 0..side {
                for value in window.row(i).get(x..x + side).unwrap_or(&[]) {
                    let count = counts.bins[usize::from(*value)];
                    if count > best.0 {
                        best = (count, *value);
                    }
                }
            }
            best.1
        });
    })
}

/// `midpoint(size, bias=0.5, threshold=False, offset=0, invert=False, mask=None)`: between the least and the
/// greatest.
pub(in crate::image) fn midpoint<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 6] = parameters([Param::optional(name!("bias"))]);
    let this = args.or_none(0);
    let [size, bias, threshold, offset, invert, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let size = self::size(cx, size)?;
    let after = After::read(cx, threshold, offset, invert, mask)?;
    let bias = (float_or(cx, bias, 0.5)?.clamp(0.0, 1.0) * 256.0) as u32;
    let side = 2 * size + 1;
    filter(cx, this, size, after, 0, side * side, |window, _, out, _| {
        for (x, out) in out.iter_mut().enumerate() {
            let (mut least, mut greatest) = (u8::MAX, 0);
            for i in 0..side {
                for value in window.row(i).get(x..x + side).unwrap_or(&[]) {
                    least = least.min(*value);
                    greatest = greatest.max(*value);
                }
            }
            let sum = u32::from(least) * (256 - bias) + u32::from(greatest) * bias;
            *out = (sum >> 8) as u8;
        }
    })
}
