//! Pixels that go elsewhere: lenses, perspectives, polar coordinates.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::convert;
use super::make::{self, Place, pix};
use crate::args::{bool_or, float_or, given, items, tuple};

/// Moves pixels: `from` tells where the pixel of a place comes from; nothing, or what lies outside, is black.
fn remap<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    from: impl Fn(f32, f32) -> Option<(f32, f32)>,
) -> Given<'s> {
    let (w, h, format, _) = make::shape(cx, this)?;
    let before = make::new(cx, w.into(), h.into(), format, Place::Auto)?;
    convert::copy_bytes(cx, this, before)?;
    cx.look(|cx| {
        let (to, source) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(before))?);
        for y in 0..to.h {
            for x in 0..to.w {
                let pixel = match from(x as f32, y as f32) {
                    // out of range saturates, and lies outside
                    Some((x, y)) => source.get(libm::roundf(x) as i32, libm::roundf(y) as i32),
                    None => 0,
                };
                to.set(x, y, pixel);
            }
            cx.spend(8 * to.w as usize)?;
        }
        Ok(())
    })?;
    make::close(cx, before)?;
    Ok(this)
}

/// The centre of an image.
fn centre<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<[f32; 2], Raised> {
    let (w, h, ..) = make::shape(cx, this)?;
    Ok([f32::from(w), f32::from(h)].map(|side| side / 2.0))
}

/// `lens_corr(strength=1.8, zoom=1, x_corr=0, y_corr=0)`: straightens what a lens has bent.
pub(super) fn lens_corr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 4] = [
        Param::optional(name!("strength")),
        Param::optional(name!("zoom")),
        Param::optional(name!("x_corr")),
        Param::optional(name!("y_corr")),
    ];
    let this = args.or_none(0);
    let [strength, zoom, x_corr, y_corr] = args.skip(1).parse(cx, &PARAMETERS)?;
    let (strength, zoom) = (float_or(cx, strength, 1.8)?, float_or(cx, zoom, 1.0)?);
    if strength.is_nan() || strength <= 0.0 || zoom.is_nan() || zoom <= 0.0 {
        return Err(cx.raise(&VALUE_ERROR, "strength and zoom must be above 0"));
    }
    let [half_w, half_h] = centre(cx, this)?;
    let (mx, my) = (half_w + float_or(cx, x_corr, 0.0)?, half_h + float_or(cx, y_corr, 0.0)?);
    let diagonal = 2.0 * libm::hypotf(half_w, half_h) / strength;
    remap(cx, this, |x, y| {
        let (dx, dy) = ((x - mx) / zoom, (y - my) / zoom);
        // a place of the plane is seen at the arc of its tangent
        let far = libm::hypotf(dx, dy) / diagonal;
        let part = if far > 0.0 { libm::atanf(far) / far } else { 1.0 };
        Some((mx + part * dx, my + part * dy))
    })
}

/// Three rows of three numbers.
type Matrix = [[f32; 3]; 3];

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let cell = |i: usize, j: usize| (0..3).map(|k| a[i][k] * b[k][j]).sum();
    core::array::from_fn(|i| core::array::from_fn(|j| cell(i, j)))
}

/// The inverse, but for a factor.
fn adjugate(m: &Matrix) -> Matrix {
    let minor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    core::array::from_fn(|i| core::array::from_fn(|j| minor(j, i)))
}

fn apply(m: &Matrix, x: f32, y: f32) -> Option<(f32, f32)> {
    let [u, v, s] = [0, 1, 2].map(|i| m[i][0] * x + m[i][1] * y + m[i][2]);
    (s.abs() > 1e-6).then(|| (u / s, v / s))
}

/// What turns the corners of the unit square into these.
fn from_square(corners: [[f32; 2]; 4]) -> Matrix {
    let [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners;
    let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
    let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
    let all = dx1 * dy2 - dx2 * dy1;
    let all = if all == 0.0 { 1e-6 } else { all };
    let (g, h) = ((sx * dy2 - dx2 * sy) / all, (dx1 * sy - sx * dy1) / all);
    [
        [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
        [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
        [g, h, 1.0],
    ]
}

/// `rotation_corr(x_rotation=0, y_rotation=0, z_rotation=0, x_translation=0, y_translation=0, zoom=1, fov=60,
/// corners=None)`: turns the picture in space.
pub(super) fn rotation_corr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 8] = [
        Param::optional(name!("x_rotation")),
        Param::optional(name!("y_rotation")),
        Param::optional(name!("z_rotation")),
        Param::optional(name!("x_translation")),
        Param::optional(name!("y_translation")),
        Param::optional(name!("zoom")),
        Param::optional(name!("fov")),
        Param::optional(name!("corners")),
    ];
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [x_turn, y_turn, z_turn, x_shift, y_shift, zoom, fov, corners] = parsed;
    let turns = [x_turn, y_turn, z_turn];
    let mut angles = [0.0; 3];
    for (angle, turn) in angles.iter_mut().zip(turns) {
        *angle = float_or(cx, turn, 0.0)?.to_radians();
    }
    let shift = [float_or(cx, x_shift, 0.0)?, float_or(cx, y_shift, 0.0)?];
    let (zoom, fov) = (float_or(cx, zoom, 1.0)?, float_or(cx, fov, 60.0)?);
    if zoom.is_nan() || zoom <= 0.0 || !(fov > 0.0 && fov < 180.0) {
        return Err(cx.raise(&VALUE_ERROR, "zoom must be above 0, and fov between 0 and 180"));
    }
    let [mx, my] = centre(cx, this)?;
    let [(sx, cx_), (sy, cy_), (sz, cz)] =
        angles.map(|angle| (libm::sinf(angle), libm::cosf(angle)));
    let about_x = [[1.0, 0.0, 0.0], [0.0, cx_, -sx], [0.0, sx, cx_]];
    let about_y = [[cy_, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy_]];
    let about_z = [[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]];
    let turn = product(&product(&about_z, &about_y), &about_x);
    // the picture stands as far away as fills the field of view, and turns about its middle
    let distance = mx / libm::tanf(fov.to_radians() / 2.0);
    let far = distance / zoom;
    let place = [
        [turn[0][0], turn[0][1], shift[0]],
        [turn[1][0], turn[1][1], shift[1]],
        [turn[2][0], turn[2][1], far],
    ];
    let into_middle = [[1.0, 0.0, -(mx - 0.5)], [0.0, 1.0, -(my - 0.5)], [0.0, 0.0, 1.0]];
    let out_of_middle = [[distance, 0.0, mx - 0.5], [0.0, distance, my - 0.5], [0.0, 0.0, 1.0]];
    let mut forward = product(&out_of_middle, &product(&place, &into_middle));
    if let Some(corners) = given(cx, corners) {
        let mut found = [[0.0; 2]; 4];
        if items(cx, corners)?.is_none_or(|len| len < 4) {
            return Err(cx.raise(&VALUE_ERROR, "expected 4 corners"));
        }
        for (i, corner) in found.iter_mut().enumerate() {
            let item = cx.item_at(corners, i)?;
            match tuple(cx, item)? {
                Some(place) => *corner = place.map(|place: i32| place as f32),
                None => return Err(cx.raise(&VALUE_ERROR, "expected corners of 2 numbers")),
            }
        }
        let (right, bottom) = (2.0 * mx - 1.0, 2.0 * my - 1.0);
        let scale = [[right, 0.0, 0.0], [0.0, bottom, 0.0], [0.0, 0.0, 1.0]];
        let square = product(&scale, &adjugate(&from_square(found)));
        forward = product(&forward, &square);
    }
    let back = adjugate(&forward);
    remap(cx, this, |x, y| apply(&back, x, y))
}

/// Arguments of both polar projections.
fn polar<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, logarithmic: bool) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::optional(name!("reverse")),
        Param::optional(name!("x")),
        Param::optional(name!("y")),
    ];
    let this = args.or_none(0);
    let [reverse, x, y] = args.skip(1).parse(cx, &PARAMETERS)?;
    let reverse = bool_or(cx, reverse, false)?;
    let [half_w, half_h] = centre(cx, this)?;
    let (mx, my) = (float_or(cx, x, half_w)?, float_or(cx, y, half_h)?);
    let (w, h) = (2.0 * half_w, 2.0 * half_h);
    // the farthest corner is at the end
    let most = libm::hypotf(mx.max(w - mx), my.max(h - my)).max(1.0);
    let turn = core::f32::consts::TAU;
    let log = libm::logf(most + 1.0);
    remap(cx, this, |x, y| {
        if reverse {
            let (dx, dy) = (x - mx, y - my);
            let (far, angle) = (libm::hypotf(dx, dy), libm::atan2f(dy, dx));
            let angle = if angle < 0.0 { angle + turn } else { angle };
            let far = if logarithmic { libm::logf(far + 1.0) / log } else { far / most };
            return Some((angle / turn * (w - 1.0), far * (h - 1.0)));
        }
        let (angle, far) = (x / w * turn, y / h);
        let far = if logarithmic { libm::expf(far * log) - 1.0 } else { far * most };
        Some((mx + far * libm::cosf(angle), my + far * libm::sinf(angle)))
    })
}

/// `linpolar(reverse=False, x=None, y=None)`: columns become angles, rows distances.
pub(super) fn linpolar<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    polar(cx, args, false)
}

/// `logpolar(reverse=False, x=None, y=None)`: the same, of the logarithm of distances.
pub(super) fn logpolar<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    polar(cx, args, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_go_to_corners_and_back() {
        let corners = [[1.0, 2.0], [30.0, 4.0], [28.0, 40.0], [3.0, 35.0]];
        let there = from_square(corners);
        let back = adjugate(&there);
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        for ([x, y], [u, v]) in corners.into_iter().zip(square) {
            let close = |a: Option<(f32, f32)>, (x, y): (f32, f32)| {
                a.is_some_and(|a| (a.0 - x).abs() < 1e-3 && (a.1 - y).abs() < 1e-3)
            };
            assert!(close(apply(&there, u, v), (x, y)));
            assert!(close(apply(&back, x, y), (u, v)));
        }
    }
}
