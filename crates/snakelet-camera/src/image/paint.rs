//! Images drawn on images.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{NOT_IMPLEMENTED_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::arguments::{self, near};
use super::color;
use super::make::pix;
use super::math::mix;
use super::pix::Rect;
use crate::args::{float_or, given, int32_or};

/// Bits of `hint`: the others ask for kinds of interpolation, of which there is the nearest pixel alone.
pub(super) const CENTER: i32 = 1 << 7;
pub(super) const HMIRROR: i32 = 1 << 8;
pub(super) const VFLIP: i32 = 1 << 9;

/// How an image is drawn on another one.
#[derive(Clone, Copy)]
pub(crate) struct Paint<'s> {
    /// The part of it that is drawn.
    pub(crate) part: Rect,
    /// Where it goes: its corner, and its size there.
    pub(crate) to: Rect,
    /// How much of 256 it covers.
    pub(crate) alpha: u32,
    pub(crate) hint: i32,
    /// Pixels of the other image that are drawn on.
    pub(crate) mask: Option<Held<'s>>,
}

/// `draw_image(image, x=0, y=0, x_scale=1, y_scale=1, roi=None, rgb_channel=-1, alpha=255, color_palette=None,
/// alpha_palette=None, hint=0, mask=None)`
pub(super) fn draw_image<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 13] = [
        Param::required(name!("image")),
        Param::optional(name!("x")),
        Param::optional(name!("y")),
        Param::optional(name!("x_scale")),
        Param::optional(name!("y_scale")),
        Param::optional(name!("roi")),
        Param::optional(name!("rgb_channel")),
        Param::optional(name!("alpha")),
        Param::optional(name!("color_palette")),
        Param::optional(name!("alpha_palette")),
        Param::optional(name!("hint")),
        Param::keyword(name!("transform")),
        Param::keyword(name!("mask")),
    ];
    let this = args.or_none(0);
    let given_args = args.skip(1).parse(cx, &PARAMETERS)?;
    let [
        image,
        x,
        y,
        x_scale,
        y_scale,
        roi,
        channel,
        alpha,
        palette,
        alphas,
        hint,
        transform,
        mask,
    ] = given_args;
    let image = image.unwrap_or(this);
    for missing in [palette, alphas, transform] {
        if given(cx, missing).is_some() {
            let text = "palettes and transforms are not there yet";
            return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, text));
        }
    }
    if int32_or(cx, channel, -1)? >= 0 {
        return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "channels are not there yet"));
    }
    let (x, y) = (near(int32_or(cx, x, 0)?), near(int32_or(cx, y, 0)?));
    let scales = [float_or(cx, x_scale, 1.0)?, float_or(cx, y_scale, 1.0)?];
    if !scales.iter().all(|scale| scale.is_finite()) {
        return Err(cx.raise(&VALUE_ERROR, "a scale must be a finite number"));
    }
    let part = arguments::roi(cx, image, roi)?;
    let alpha = int32_or(cx, alpha, 255)?.clamp(0, 255) as u32;
    let mut hint = int32_or(cx, hint, 0)?;
    // a negative scale mirrors
    for (scale, bit) in scales.iter().zip([HMIRROR, VFLIP]) {
        if *scale < 0.0 {
            hint ^= bit;
        }
    }
    let scaled = |len: i32, scale: f32| near((len as f32 * scale.abs()) as i32);
    let (w, h) = (scaled(part.w, scales[0]), scaled(part.h, scales[1]));
    let mut to = Rect { x, y, w, h };
    if hint & CENTER != 0 {
        let all = arguments::whole(cx, this)?;
        to = Rect { x: x + (all.w - w) / 2, y: y + (all.h - h) / 2, ..to };
    }
    let mask = given(cx, mask);
    let paint = Paint { part, to, alpha: alpha + alpha / 128, hint, mask };
    draw(cx, this, image, paint)?;
    Ok(this)
}

/// Draws all of an image over all of another one.
pub(crate) fn fit<'s>(cx: &mut Full<'s>, this: Held<'s>, image: Held<'s>) -> Result<(), Raised> {
    let (to, part) = (arguments::whole(cx, this)?, arguments::whole(cx, image)?);
    draw(cx, this, image, Paint { part, to, alpha: 256, hint: 0, mask: None })
}

/// Draws an image on another one, the nearest pixel at each place. They may be the same.
fn draw<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    image: Held<'s>,
    paint: Paint<'s>,
) -> Result<(), Raised> {
    let Paint { part, to, alpha, hint, mask } = paint;
    cx.look(|cx| {
        let (on, from) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(image))?);
        let mask = mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let Some(seen) = to.clipped(on.rect()) else { return Ok(()) };
        let plain = part.w == to.w && hint & HMIRROR == 0 && alpha == 256 && mask.is_none();
        // sides are below 2^15, so that products fit
        let place = |at: i32, start: i32, len: i32, part: i32, mirrored: bool| {
            let offset = (at - start) * part / len;
            if mirrored { part - 1 - offset } else { offset }
        };
        for y in seen.rows() {
            let from_y = part.y + place(y, to.y, to.h, part.h, hint & VFLIP != 0);
            if plain && on.format == from.format && on.format != PixelFormat::Binary {
                let source = from.span(from_y, part.x + seen.x - to.x, seen.w);
                let target = on.span(y, seen.x, seen.w);
                target.iter().zip(source).for_each(|(to, from)| to.set(from.get()));
                cx.spend(seen.w as usize / 8)?;
                continue;
            }
            for x in seen.columns() {
                if mask.is_some_and(|mask| mask.get(x, y) == 0) {
                    continue;
                }
                let from_x = part.x + place(x, to.x, to.w, part.w, hint & HMIRROR != 0);
                let pixel = color::convert(from.format, on.format, from.get(from_x, from_y));
                let pixel = match alpha {
                    256 => pixel,
                    _ => mix(on.format, on.get(x, y), pixel, alpha),
                };
                on.set(x, y, pixel);
            }
            cx.spend(3 * seen.w as usize)?;
        }
        Ok(())
    })
}
