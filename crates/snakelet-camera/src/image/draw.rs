//! Lines and figures.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};

use super::arguments::{self, near};
use super::make::{self, pix};
use super::pix::{Pix, Rect};
use crate::args::{bool_or, given, int32_or, items, numbers, tuple};

/// Lines are at most so thick.
const THICKEST: i32 = 256;

/// What figures are drawn with.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    color: u16,
    thickness: i32,
}

impl Pen {
    /// A pen of this colour and thickness.
    pub(super) const fn of(color: u16, thickness: i32) -> Self {
        Pen { color, thickness }
    }

    pub(super) const fn color(self) -> u16 {
        self.color
    }
}

/// Reads colour and thickness.
pub(super) fn pen<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    color: Option<Held<'s>>,
    thickness: Option<Held<'s>>,
) -> Result<Pen, Raised> {
    let (_, _, format, _) = make::shape(cx, this)?;
    let color = arguments::color(cx, color, format)?;
    Ok(Pen { color, thickness: int32_or(cx, thickness, 1)?.clamp(0, THICKEST) })
}

/// Draws on an image.
pub(super) fn with<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    mut work: impl for<'h> FnMut(Leaf<'h>, Pix<'h>) -> Result<(), Leave>,
) -> Given<'s> {
    cx.look(|cx| work(*cx, pix(*cx, cx.get(this))?))?;
    Ok(this)
}

/// `clear(mask=None)`: makes pixels black, those where the mask is white if there is one.
pub(super) fn clear<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 1] = [Param::optional(name!("mask"))];
    let this = args.or_none(0);
    let [mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let mask = given(cx, mask);
    cx.look(|cx| {
        let to = pix(*cx, cx.get(this))?;
        let mask = mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        for y in 0..to.h {
            match mask {
                None => to.row(y).iter().for_each(|cell| cell.set(0)),
                Some(mask) => {
                    let masked = (0..to.w).filter(|x| mask.get(*x, y) != 0);
                    masked.for_each(|x| to.set(x, y, 0));
                }
            }
            cx.spend(to.w as usize / 8)?;
        }
        Ok(())
    })?;
    Ok(this)
}

/// `draw_line(x0, y0, x1, y1, color=None, thickness=1)`
pub(super) fn line<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::optional(name!("color")), Param::optional(name!("thickness"))];
    let this = args.or_none(0);
    let (ends, rest) = numbers::<4>(cx, args)?;
    let [color, thickness] = rest.parse(cx, &PARAMETERS)?;
    let pen = pen(cx, this, color, thickness)?;
    with(cx, this, |cx, pix| draw_line(cx, pix, ends, pen))
}

/// Draws a line by Bresenham's algorithm, with a square at each place if it is thick.
pub(super) fn draw_line(cx: Leaf<'_>, pix: Pix<'_>, ends: [i32; 4], pen: Pen) -> Result<(), Leave> {
    let [mut x, mut y, x1, y1] = ends.map(near);
    let (dx, dy) = ((x1 - x).abs(), -(y1 - y).abs());
    let (step_x, step_y) = ((x1 - x).signum(), (y1 - y).signum());
    let mut error = dx + dy;
    loop {
        dot(pix, x, y, pen);
        if x == x1 && y == y1 {
            return Ok(());
        }
        let twice = 2 * error;
        if twice >= dy {
            error += dy;
            x += step_x;
        }
        if twice <= dx {
            error += dx;
            y += step_y;
        }
        cx.spend(pen.thickness as usize)?;
    }
}

fn dot(pix: Pix<'_>, x: i32, y: i32, Pen { color, thickness }: Pen) {
    match thickness {
        0 => {}
        1 => pix.set(x, y, color),
        _ => {
            let (x, y) = (x - (thickness - 1) / 2, y - (thickness - 1) / 2);
            fill(pix, Rect { x, y, w: thickness, h: thickness }, color);
        }
    }
}

/// Fills the part of a rectangle that lies in the picture.
fn fill(pix: Pix<'_>, part: Rect, color: u16) {
    if let Some(part) = part.clipped(pix.rect()) {
        part.rows().for_each(|y| pix.fill(y, part.x, part.w, color));
    }
}

/// `draw_rectangle(x, y, w, h, color=None, thickness=1, fill=False)`
pub(super) fn rectangle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let (rect, rest) = numbers(cx, args)?;
    let (pen, filled) = figure(cx, this, rest)?;
    with(cx, this, |cx, pix| draw_rectangle(cx, pix, rect, pen, filled))
}

/// Draws the sides of a rectangle, or all of it.
pub(super) fn draw_rectangle(
    cx: Leaf<'_>,
    pix: Pix<'_>,
    [x, y, w, h]: [i32; 4],
    pen: Pen,
    filled: bool,
) -> Result<(), Leave> {
    if w <= 0 || h <= 0 {
        return Ok(());
    }
    let (x, y) = (near(x), near(y));
    cx.spend((pix.h as usize).saturating_mul(4))?;
    if filled {
        cx.spend((pix.w as usize).saturating_mul(pix.h as usize) / 8)?;
        fill(pix, Rect { x, y, w, h }, pen.color);
        return Ok(());
    }
    let t = pen.thickness;
    let (before, far_x, far_y) = ((t - 1) / 2, x.saturating_add(w - 1), y.saturating_add(h - 1));
    let (left, top) = (x - before, y - before);
    let (w, h) = (w.saturating_add(t - 1), h.saturating_add(t - 1));
    for part in [
        Rect { x: left, y: top, w, h: t },
        Rect { x: left, y: far_y.saturating_sub(before), w, h: t },
        Rect { x: left, y: top, w: t, h },
        Rect { x: far_x.saturating_sub(before), y: top, w: t, h },
    ] {
        fill(pix, part, pen.color);
    }
    Ok(())
}

/// Colour, thickness, and whether a figure is filled.
fn figure<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    rest: FullArgs<'s>,
) -> Result<(Pen, bool), Raised> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("color")),
        Param::optional(name!("thickness")),
        Param::optional(name!("fill")),
    ];
    let [color, thickness, fill] = rest.parse(cx, &PARAMETERS)?;
    Ok((pen(cx, this, color, thickness)?, bool_or(cx, fill, false)?))
}

/// `draw_circle(x, y, radius, color=None, thickness=1, fill=False)`
pub(super) fn circle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let (circle, rest) = numbers(cx, args)?;
    let (pen, filled) = figure(cx, this, rest)?;
    with(cx, this, |cx, pix| draw_circle(cx, pix, circle, pen, filled))
}

/// Draws a circle: centre and radius.
pub(super) fn draw_circle(
    cx: Leaf<'_>,
    pix: Pix<'_>,
    circle: [i32; 3],
    pen: Pen,
    filled: bool,
) -> Result<(), Leave> {
    let [x, y, radius] = circle.map(near);
    if radius < 0 {
        return Ok(());
    }
    // the ring lies between two radii, of which the inner one is left out
    let outer = radius + pen.thickness / 2;
    let inner = if filled { -1 } else { outer - pen.thickness };
    for row in (y - outer).max(0)..(y + outer + 1).min(pix.h) {
        let far = half_chord(outer, row - y);
        let near = if inner >= 0 { half_chord(inner, row - y) } else { -1 };
        span(pix, row, x - far, x - near - 1, pen.color);
        span(pix, row, x + near + 1, x + far, pen.color);
        if near < 0 {
            span(pix, row, x - far, x + far, pen.color);
        }
        cx.spend(16 + pix.w as usize / 8)?;
    }
    Ok(())
}

/// How far a disc of this radius reaches to either side in a row this far from its centre; -1 for not at all.
fn half_chord(radius: i32, row: i32) -> i32 {
    // places count that are less than half a pixel outside
    let left = radius * radius + radius - row * row;
    if left < 0 { -1 } else { left.isqrt() }
}

/// Fills a row from one column to another, both included, as far as they lie in the picture.
fn span(pix: Pix<'_>, y: i32, from: i32, to: i32, color: u16) {
    let (from, to) = (from.max(0), to.min(pix.w - 1));
    if from <= to && y >= 0 && y < pix.h {
        pix.fill(y, from, to - from + 1, color);
    }
}

/// `draw_ellipse(cx, cy, rx, ry, rotation=0, color=None, thickness=1, fill=False)`
pub(super) fn ellipse<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    // the rotation may be left out only where the numbers come one by one
    let is_short = items(cx, args.or_none(1))?.is_some_and(|len| len < 5) || args.len() < 6;
    let ([x, y, rx, ry, rotation], rest) = if is_short {
        let ([x, y, rx, ry], rest) = numbers(cx, args)?;
        ([x, y, rx, ry, 0], rest)
    } else {
        numbers(cx, args)?
    };
    let (pen, filled) = figure(cx, this, rest)?;
    let ellipse = [x, y, rx, ry].map(near);
    with(cx, this, |cx, pix| draw_ellipse(cx, pix, ellipse, rotation, pen, filled))
}

/// Draws an ellipse: centre and both radii, and its rotation in degrees.
pub(super) fn draw_ellipse(
    cx: Leaf<'_>,
    pix: Pix<'_>,
    [x, y, rx, ry]: [i32; 4],
    rotation: i32,
    pen: Pen,
    filled: bool,
) -> Result<(), Leave> {
    if rx <= 0 || ry <= 0 {
        return Ok(());
    }
    let angle = (rotation % 360) as f32 * (core::f32::consts::PI / 180.0);
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let half = pen.thickness as f32 / 2.0;
    let (outer_x, outer_y) = (rx as f32 + half, ry as f32 + half);
    let (inner_x, inner_y) = (rx as f32 - half, ry as f32 - half);
    let reach = rx.max(ry) + pen.thickness;
    let box_around = Rect { x: x - reach, y: y - reach, w: 2 * reach + 1, h: 2 * reach + 1 };
    let Some(part) = box_around.clipped(pix.rect()) else { return Ok(()) };
    for row in part.rows() {
        for column in part.columns() {
            let (dx, dy) = ((column - x) as f32, (row - y) as f32);
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let within =
                |a: f32, b: f32| a > 0.0 && b > 0.0 && (u / a) * (u / a) + (v / b) * (v / b) <= 1.0;
            if within(outer_x, outer_y) && (filled || !within(inner_x, inner_y)) {
                pix.set(column, row, pen.color);
            }
        }
        cx.spend(2 * part.w as usize)?;
    }
    Ok(())
}

/// `draw_cross(x, y, color=None, size=5, thickness=1)`
pub(super) fn cross<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("color")),
        Param::optional(name!("size")),
        Param::optional(name!("thickness")),
    ];
    let this = args.or_none(0);
    let ([x, y], rest) = numbers(cx, args)?;
    let [color, size, thickness] = rest.parse(cx, &PARAMETERS)?;
    let pen = pen(cx, this, color, thickness)?;
    let size = near(int32_or(cx, size, 5)?.max(0));
    with(cx, this, |cx, pix| draw_cross(cx, pix, [near(x), near(y)], size, pen))
}

/// Draws a cross that reaches so far to each side.
pub(super) fn draw_cross(
    cx: Leaf<'_>,
    pix: Pix<'_>,
    [x, y]: [i32; 2],
    size: i32,
    pen: Pen,
) -> Result<(), Leave> {
    draw_line(cx, pix, [x - size, y, x + size, y], pen)?;
    draw_line(cx, pix, [x, y - size, x, y + size], pen)
}

/// `draw_arrow(x0, y0, x1, y1, color=None, size=10, thickness=1)`
pub(super) fn arrow<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("color")),
        Param::optional(name!("size")),
        Param::optional(name!("thickness")),
    ];
    let this = args.or_none(0);
    let (ends, rest) = numbers::<4>(cx, args)?;
    let [color, size, thickness] = rest.parse(cx, &PARAMETERS)?;
    let pen = pen(cx, this, color, thickness)?;
    let size = near(int32_or(cx, size, 10)?) as f32;
    let [x0, y0, x1, y1] = ends.map(near);
    let (dx, dy) = ((x1 - x0) as f32, (y1 - y0) as f32);
    let length = libm::sqrtf(dx * dx + dy * dy);
    with(cx, this, |cx, pix| {
        draw_line(cx, pix, ends, pen)?;
        if length == 0.0 {
            return Ok(());
        }
        let (ux, uy) = (dx / length, dy / length);
        // the two sides of the head go back from the tip, and out by half as much
        for side in [0.5, -0.5] {
            let x = x1 as f32 - size * (ux - side * uy);
            let y = y1 as f32 - size * (uy + side * ux);
            draw_line(cx, pix, [libm::roundf(x) as i32, libm::roundf(y) as i32, x1, y1], pen)?;
        }
        Ok(())
    })
}

/// `draw_edges(corners, color=None, size=0, thickness=1, fill=False)`: lines between four corners, with circles
/// around them.
pub(super) fn edges<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = [
        Param::required(name!("corners")),
        Param::optional(name!("color")),
        Param::optional(name!("size")),
        Param::optional(name!("thickness")),
        Param::optional(name!("fill")),
    ];
    let this = args.or_none(0);
    let [corners, color, size, thickness, fill] = args.skip(1).parse(cx, &PARAMETERS)?;
    let corners = corners.unwrap_or(Held::NONE);
    let pen = pen(cx, this, color, thickness)?;
    let (size, fill) = (int32_or(cx, size, 0)?, bool_or(cx, fill, false)?);
    if items(cx, corners)?.is_none_or(|len| len < 4) {
        return Err(cx.raise(&VALUE_ERROR, "expected 4 corners"));
    }
    let mut places = [[0; 2]; 4];
    for (i, place) in places.iter_mut().enumerate() {
        let item = cx.item_at(corners, i)?;
        match tuple(cx, item)? {
            Some(found) => *place = found,
            None => return Err(cx.raise(&VALUE_ERROR, "expected corners of 2 numbers")),
        }
    }
    with(cx, this, |cx, pix| {
        let next = places.iter().cycle().skip(1);
        for ([x0, y0], [x1, y1]) in places.iter().zip(next) {
            draw_line(cx, pix, [*x0, *y0, *x1, *y1], pen)?;
            if size > 0 {
                draw_circle(cx, pix, [*x0, *y0, size], pen, fill)?;
            }
        }
        Ok(())
    })
}
