//! `find_edges`: where brightness changes.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::color::{grey_of, pixel_of};
use super::make::{self, pix};
use super::scratch::{Scratch, carve};
use crate::args::{given, int32_or, tuple};

/// Algorithms.
pub(super) const CANNY: i32 = 0;
pub(super) const SIMPLE: i32 = 1;

/// Marks of pixels that may be on an edge, and of those that are.
const MAYBE: u8 = 1;
const SURE: u8 = 2;

/// `find_edges(edge_type, threshold=(100, 200))`: edges become white, the rest black. Canny's algorithm follows
/// edges above the higher threshold down to the lower one; the simple one takes all above the higher one.
pub(super) fn find_edges<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::required(name!("edge_type")),
        Param::optional(name!("roi")),
        Param::optional(name!("threshold")),
    ];
    let this = args.or_none(0);
    let [kind, roi, threshold] = args.skip(1).parse(cx, &PARAMETERS)?;
    let kind = int32_or(cx, kind, CANNY)?;
    let part = super::arguments::roi(cx, this, roi)?;
    let [low, high] = match given(cx, threshold) {
        Some(threshold) => match tuple(cx, threshold)? {
            Some([a, b]) => [a.min(b), a.max(b)],
            None => return Err(cx.raise(&VALUE_ERROR, "expected two thresholds")),
        },
        None => [100, 200],
    };
    make::shape(cx, this)?;
    let (w, h) = (part.w as usize, part.h as usize);
    let all = w * h;
    // strengths with directions, and marks
    let mut room = Scratch::new(cx, 3 * all)?;
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        let (strengths, marks) = carve::<u16>(room.bytes(), all);
        let Some(marks) = marks.get_mut(..all) else { return Ok(()) };
        marks.fill(0);
        let grey = |x: i32, y: i32| {
            let x = (part.x + x).clamp(0, pix.w - 1);
            let y = (part.y + y).clamp(0, pix.h - 1);
            i32::from(grey_of(pix.format, pix.get(x, y)))
        };
        for (y, row) in (0..).zip(strengths.chunks_exact_mut(w)) {
            for (x, strength) in (0..).zip(row) {
                // Sobel's operator
                let at = |dx: i32, dy: i32| grey(x + dx, y + dy);
                let across =
                    at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
                let down =
                    at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
                let length = libm::sqrtf((across * across + down * down) as f32) as u16;
                // the direction in eighths of a turn: level, two slants, upright
                let (a, d) = (across.abs(), down.abs());
                let direction = if 5 * d < 2 * a {
                    0
                } else if 5 * a < 2 * d {
                    2
                } else if (across < 0) == (down < 0) {
                    1
                } else {
                    3
                };
                *strength = length << 2 | direction;
            }
            cx.spend(16 * w)?;
        }
        let strength = |x: i32, y: i32| {
            let inside = x >= 0 && y >= 0 && x < part.w && y < part.h;
            let at = (y * part.w + x) as usize;
            if inside { strengths.get(at).copied().unwrap_or(0) } else { 0 }
        };
        for (y, row) in (0..).zip(marks.chunks_exact_mut(w)) {
            for (x, mark) in (0..).zip(row) {
                let own = strength(x, y);
                let length = i32::from(own >> 2);
                let is_ridge = kind == SIMPLE || {
                    let (dx, dy) = [(1, 0), (1, 1), (0, 1), (1, -1)][usize::from(own & 3)];
                    let side = |dx: i32, dy: i32| i32::from(strength(x + dx, y + dy) >> 2);
                    length >= side(dx, dy) && length > side(-dx, -dy)
                };
                if is_ridge && length > high {
                    *mark = SURE;
                } else if is_ridge && kind != SIMPLE && length > low {
                    *mark = MAYBE;
                }
            }
            cx.spend(8 * w)?;
        }
        // what is connected with an edge is one: forth and back until nothing changes
        let mut is_new = kind != SIMPLE;
        while is_new {
            is_new = false;
            for pass in 0..2 {
                for i in 0..all {
                    let i = if pass == 0 { i } else { all - 1 - i };
                    if marks.get(i) != Some(&MAYBE) {
                        continue;
                    }
                    let (x, y) = ((i % w) as i32, (i / w) as i32);
                    let near = (-1..2).any(|dy| {
                        (-1..2).any(|dx: i32| {
                            let (x, y) = (x + dx, y + dy);
                            x >= 0
                                && y >= 0
                                && x < part.w
                                && y < part.h
                                && marks.get((y * part.w + x) as usize) == Some(&SURE)
                        })
                    });
                    if near && let Some(mark) = marks.get_mut(i) {
                        *mark = SURE;
                        is_new = true;
                    }
                }
                cx.spend(2 * all)?;
            }
        }
        let white = pixel_of(pix.format, [255; 3]);
        for (y, row) in (0..).zip(marks.chunks_exact(w)) {
            for (x, mark) in (0..).zip(row) {
                let value = if *mark == SURE { white } else { 0 };
                pix.set(part.x + x, part.y + y, value);
            }
            cx.spend(w)?;
        }
        Ok(())
    })?;
    Ok(this)
}
