//! Figures made of others: detections, points of interest; and parts that are made black.

use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::print::PrintKind;

use super::arguments::{self, near};
use super::draw::{self, Pen};
use super::letters::{self, Style};
use super::make;
use crate::args::{bool_or, given, int32_or, items, numbers, tuple};

/// `draw_detection(detection, color1=None, color2=None, size=5, thickness=1, fill=False, label=None,
/// label_offset=None)`: a rectangle, a cross at a centre, and a text.
pub(super) fn draw_detection<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 8] = [
        Param::required(name!("detection")),
        Param::optional(name!("color1")),
        Param::optional(name!("color2")),
        Param::optional(name!("size")),
        Param::optional(name!("thickness")),
        Param::optional(name!("fill")),
        Param::optional(name!("label")),
        Param::optional(name!("label_offset")),
    ];
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [detection, color1, color2, size, thickness, fill, label, offset] = parsed;
    let Some([x, y, w, h, center_x, center_y]) = tuple(cx, detection.unwrap_or(Held::NONE))? else {
        return Err(cx.raise(&VALUE_ERROR, "expected a detection of 6 numbers"));
    };
    let frame = draw::pen(cx, this, color1, thickness)?;
    // one colour is for both
    let cross = draw::pen(cx, this, given(cx, color2).or(color1), thickness)?;
    let (fill, size) = (bool_or(cx, fill, false)?, near(int32_or(cx, size, 5)?.max(0)));
    draw::with(cx, this, |cx, pix| {
        draw::draw_rectangle(cx, pix, [x, y, w, h], frame, fill)?;
        draw::draw_cross(cx, pix, [near(center_x), near(center_y)], size, cross)
    })?;
    if let Some(label) = given(cx, label) {
        let label = cx.text_of(label, PrintKind::Str)?;
        let [dx, dy] = match given(cx, offset) {
            Some(offset) => tuple(cx, offset)?.unwrap_or([0, 0]),
            None => [0, 0],
        };
        let place = [near(x) + near(dx), near(y) + near(dy)];
        letters::draw(cx, this, place, label, &Style::plain(frame.color()))?;
    }
    Ok(this)
}

/// `draw_keypoints(keypoints, color=None, size=10, thickness=1, fill=False)`: circles with a line in a direction,
/// for tuples of x, y and degrees.
pub(super) fn draw_keypoints<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 5] = [
        Param::required(name!("keypoints")),
        Param::optional(name!("color")),
        Param::optional(name!("size")),
        Param::optional(name!("thickness")),
        Param::optional(name!("fill")),
    ];
    let this = args.or_none(0);
    let [points, color, size, thickness, fill] = args.skip(1).parse(cx, &PARAMETERS)?;
    let points = points.unwrap_or(Held::NONE);
    let pen = draw::pen(cx, this, color, thickness)?;
    let (fill, size) = (bool_or(cx, fill, false)?, near(int32_or(cx, size, 10)?.max(0)));
    let Some(len) = items(cx, points)? else {
        return Err(cx.raise(&VALUE_ERROR, "expected a list of tuples"));
    };
    for i in 0..len {
        let point = cx.scope(|cx, outer| {
            let point = cx.item_at(outer.held(points), i)?;
            tuple::<3>(cx, point)
        })?;
        let Some([x, y, degrees]) = point else {
            return Err(cx.raise(&VALUE_ERROR, "expected tuples of x, y and an angle"));
        };
        let (x, y) = (near(x), near(y));
        let angle = ((degrees % 360) as f32).to_radians();
        let reach = |unit: f32| libm::roundf(size as f32 * unit) as i32;
        let tip = [x + reach(libm::cosf(angle)), y + reach(libm::sinf(angle))];
        draw::with(cx, this, |cx, pix| {
            draw::draw_line(cx, pix, [x, y, tip[0], tip[1]], pen)?;
            draw::draw_circle(cx, pix, [x, y, size], pen, fill)
        })?;
    }
    Ok(this)
}

/// A pen that makes pixels black.
const BLACK: Pen = Pen::of(0, 1);

/// `mask_rectangle([x, y, w, h])`: makes a part black, which is the middle by default.
pub(super) fn mask_rectangle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let all = arguments::whole(cx, this)?;
    let part = match args.len() {
        1 => [all.w / 4, all.h / 4, all.w / 2, all.h / 2],
        _ => numbers(cx, args)?.0,
    };
    draw::with(cx, this, |cx, pix| draw::draw_rectangle(cx, pix, part, BLACK, true))
}

/// `mask_circle([x, y, radius])`
pub(super) fn mask_circle<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let all = arguments::whole(cx, this)?;
    let [x, y, radius] = match args.len() {
        1 => [all.w / 2, all.h / 2, all.w.min(all.h) / 4],
        _ => numbers(cx, args)?.0,
    };
    let circle = [near(x), near(y), near(radius)];
    draw::with(cx, this, |cx, pix| draw::draw_circle(cx, pix, circle, BLACK, true))
}

/// `mask_ellipse([x, y, x_radius, y_radius, rotation])`
pub(super) fn mask_ellipse<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let all = arguments::whole(cx, this)?;
    let [x, y, rx, ry, rotation] = match args.len() {
        1 => [all.w / 2, all.h / 2, all.w / 4, all.h / 4, 0],
        _ => numbers(cx, args)?.0,
    };
    make::shape(cx, this)?;
    draw::with(cx, this, |cx, pix| {
        draw::draw_ellipse(cx, pix, [x, y, rx, ry].map(near), rotation, BLACK, true)
    })
}
