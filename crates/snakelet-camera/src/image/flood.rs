//! `flood_fill`: what is connected with a pixel and much like it.

use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::arguments;
use super::color::rgb_of;
use super::make::{self, pix as pixels};
use super::pix::Pix;
use super::scratch::Scratch;
use crate::args::{bool_or, float_or, given, numbers};

/// A bit for each pixel that was reached.
struct Reached<'b> {
    bits: &'b mut [u8],
    w: i32,
    h: i32,
}

impl Reached<'_> {
    fn get(&self, x: i32, y: i32) -> bool {
        if x < 0 || y < 0 || x >= self.w || y >= self.h {
            return false;
        }
        let at = (y * self.w + x) as usize;
        self.bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 != 0)
    }

    fn set(&mut self, x: i32, y: i32) {
        let at = (y * self.w + x) as usize;
        if let Some(byte) = self.bits.get_mut(at / 8) {
            *byte |= 1 << (at % 8);
        }
    }
}

/// How far colours may be apart.
struct Bounds {
    seed: [u8; 3],
    from_seed: i32,
    from_neighbour: i32,
}

fn apart(a: [u8; 3], b: [u8; 3]) -> i32 {
    let each = a.into_iter().zip(b).map(|(a, b)| i32::from(a.abs_diff(b)));
    each.max().unwrap_or(0)
}

/// Reaches a pixel if it is like the seed and like a neighbour that was reached.
fn step(
    pix: &Pix<'_>,
    mask: Option<Pix<'_>>,
    reached: &mut Reached<'_>,
    bounds: &Bounds,
    [x, y]: [i32; 2],
) -> bool {
    if reached.get(x, y) {
        return false;
    }
    let around = [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]];
    if !around.iter().any(|[x, y]| reached.get(*x, *y)) {
        return false;
    }
    let color = |x, y| rgb_of(pix.format, pix.get(x, y));
    let own = color(x, y);
    if mask.is_some_and(|mask| mask.get(x, y) == 0) || apart(own, bounds.seed) > bounds.from_seed {
        return false;
    }
    let is_like = around.iter().any(|[nx, ny]| {
        reached.get(*nx, *ny) && apart(own, color(*nx, *ny)) <= bounds.from_neighbour
    });
    if is_like {
        reached.set(x, y);
    }
    is_like
}

/// `flood_fill(x, y, seed_threshold=0.05, floating_threshold=0.05, color=None, invert=False,
/// clear_background=False, mask=None)`
pub(super) fn flood_fill<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 6] = [
        Param::optional(name!("seed_threshold")),
        Param::optional(name!("floating_threshold")),
        Param::optional(name!("color")),
        Param::optional(name!("invert")),
        Param::optional(name!("clear_background")),
        Param::optional(name!("mask")),
    ];
    let this = args.or_none(0);
    let ([x, y], rest) = numbers(cx, args)?;
    let [from_seed, from_neighbour, color, invert, clear, mask] = rest.parse(cx, &PARAMETERS)?;
    let bound = |part: f32| (part.clamp(0.0, 1.0) * 255.0) as i32;
    let (from_seed, from_neighbour) =
        (bound(float_or(cx, from_seed, 0.05)?), bound(float_or(cx, from_neighbour, 0.05)?));
    let (w, h, format, _) = make::shape(cx, this)?;
    let color = arguments::color(cx, color, format)?;
    let (invert, clear) = (bool_or(cx, invert, false)?, bool_or(cx, clear, false)?);
    let mask = given(cx, mask);
    let (w, h) = (i32::from(w), i32::from(h));
    if x < 0 || y < 0 || x >= w || y >= h {
        return Ok(this);
    }
    let mut room = Scratch::new(cx, ((w * h) as usize).div_ceil(8))?;
    cx.look(|cx| {
        let pix = pixels(*cx, cx.get(this))?;
        let mask = mask.map(|mask| pixels(*cx, cx.get(mask))).transpose()?;
        let bits = room.bytes();
        bits.fill(0);
        let mut reached = Reached { bits, w, h };
        let seed = rgb_of(pix.format, pix.get(x, y));
        let bounds = Bounds { seed, from_seed, from_neighbour };
        reached.set(x, y);
        // forth and back over all rows around what was reached, until nothing is new; no stack is needed
        let (mut top, mut bottom) = (y, y);
        loop {
            let mut is_new = false;
            for down in [true, false] {
                let mut row = if down { (top - 1).max(0) } else { bottom };
                // what is reached on the way moves the ends
                while (top - 1).max(0) <= row && row <= (bottom + 1).min(h - 1) {
                    let mut in_row = false;
                    for x in (0..w).chain((0..w).rev()) {
                        in_row |= step(&pix, mask, &mut reached, &bounds, [x, row]);
                    }
                    if in_row {
                        (top, bottom, is_new) = (top.min(row), bottom.max(row), true);
                    }
                    cx.spend(4 * w as usize)?;
                    row += if down { 1 } else { -1 };
                }
            }
            if !is_new {
                break;
            }
        }
        for y in 0..h {
            for x in 0..w {
                if reached.get(x, y) != invert {
                    pix.set(x, y, color);
                } else if clear {
                    pix.set(x, y, 0);
                }
            }
            cx.spend(w as usize)?;
        }
        Ok(())
    })?;
    Ok(this)
}
