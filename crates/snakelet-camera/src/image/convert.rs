//! Images of other formats and sizes: `copy`, `crop`, `to_grayscale` and their like.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::make::{self, Place, image};
use super::paint::{self, Paint};
use super::pix::Rect;
use super::{basic, file, jpeg, palette, png, words};
use crate::args::{bool_or, int32_or};

/// What comes of an image.
#[derive(Clone, Copy)]
enum Target {
    /// One of the same format.
    Same,
    Format(PixelFormat),
    /// Colours of a palette, this one if none was given.
    Colors(i32),
    Jpeg,
    Png,
}

macro_rules! conversions {
    ($($(#[$doc:meta])* $name:ident: $target:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
            convert(cx, args, $target, false)
        }
    )*};
}

conversions! {
    /// `crop(x_scale=1, y_scale=1, roi=None, ...)`, which is `scale` as well: the image becomes a part of it,
    /// larger or smaller.
    crop: Target::Same;
    to_bitmap: Target::Format(PixelFormat::Binary);
    to_grayscale: Target::Format(PixelFormat::Grayscale);
    to_rgb565: Target::Format(PixelFormat::Rgb565);
    to_rainbow: Target::Colors(palette::RAINBOW);
    to_ironbow: Target::Colors(palette::IRONBOW);
    /// `to_jpeg(..., quality=90, subsampling=0)`, which is `compress` as well.
    to_jpeg: Target::Jpeg;
    to_png: Target::Png;
}

/// `copy(x_scale=1, y_scale=1, roi=None, ..., pool=None)`: another image.
pub(super) fn copy<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    convert(cx, args, Target::Same, true)
}

/// Makes another image of an image, and puts it in its place unless a copy is wanted.
fn convert<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    target: Target,
    always_copy: bool,
) -> Given<'s> {
    static PARAMETERS: [Param; 14] = [
        Param::optional(name!("x_scale")),
        Param::optional(name!("y_scale")),
        Param::optional(name!("roi")),
        Param::optional(name!("rgb_channel")),
        Param::optional(name!("alpha")),
        Param::optional(name!("color_palette")),
        Param::optional(name!("alpha_palette")),
        Param::optional(name!("hint")),
        Param::optional(name!("transform")),
        Param::keyword(name!("copy")),
        Param::keyword(name!("copy_to_fb")),
        Param::keyword(name!("pool")),
        Param::keyword(name!("quality")),
        Param::keyword(name!("subsampling")),
    ];
    let this = args.or_none(0);
    let parsed = args.skip(1).parse(cx, &PARAMETERS)?;
    let [
        x,
        y,
        roi,
        channel,
        alpha,
        colors,
        alphas,
        hint,
        transform,
        copy,
        to_fb,
        pool,
        quality,
        sub,
    ] = parsed;
    let wishes = [x, y, roi, channel, alpha, colors, alphas, hint, transform];
    let in_place = !always_copy && !bool_or(cx, copy, false)? && !bool_or(cx, to_fb, false)?;
    let place = basic::place(cx, pool)?;
    let (_, _, format, bytes) = make::live_shape(cx, this)?;
    let is_raw = is_raw(format);
    let mut paint = Paint::read(cx, this, wishes, 255, None)?;
    if paint.size().0 <= 0 || paint.size().1 <= 0 {
        return Err(cx.raise(&VALUE_ERROR, "nothing would be left of the image"));
    }
    let all = super::arguments::whole(cx, this)?;
    let unchanged = paint.is_plain() && paint.part() == all;
    let wanted = match target {
        Target::Same if paint.has_palette() => PixelFormat::Rgb565,
        Target::Same => format,
        Target::Format(format) => format,
        Target::Colors(number) => {
            paint.default_palette(number);
            PixelFormat::Rgb565
        }
        Target::Jpeg => PixelFormat::Jpeg,
        Target::Png => PixelFormat::Png,
    };
    if unchanged && wanted == format && !matches!(target, Target::Colors(_)) {
        return if in_place { Ok(this) } else { same(cx, this, bytes, place) };
    }
    if !is_raw && wanted == format && matches!(target, Target::Same) {
        return Err(cx.raise(&VALUE_ERROR, "operation not supported on this image format"));
    }
    let new = match wanted {
        PixelFormat::Jpeg | PixelFormat::Png => {
            let source = if unchanged {
                file::raw(cx, this)?
            } else {
                let (w, h) = paint.size();
                let format =
                    if paint.has_palette() { PixelFormat::Rgb565 } else { working(format) };
                drawn(cx, this, (w, h, format), &paint, Place::Auto)?
            };
            match wanted {
                PixelFormat::Jpeg => {
                    let quality = int32_or(cx, quality, 90)?;
                    let sampling = int32_or(cx, sub, 0)?;
                    jpeg::encode(cx, source, quality, sampling, place)?
                }
                _ => png::encode(cx, source, place)?,
            }
        }
        _ => {
            let (w, h) = paint.size();
            drawn(cx, this, (w, h, wanted), &paint, place)?
        }
    };
    if !in_place {
        return Ok(new);
    }
    make::adopt(cx, this, new)?;
    Ok(this)
}

/// Whether pixels of this format are worked on.
pub(super) const fn is_raw(format: PixelFormat) -> bool {
    matches!(format, PixelFormat::Binary | PixelFormat::Grayscale | PixelFormat::Rgb565)
}

/// The format that an image of this one is worked on in.
pub(super) const fn working(format: PixelFormat) -> PixelFormat {
    if is_raw(format) { format } else { PixelFormat::Rgb565 }
}

/// A new image that an image was drawn into.
fn drawn<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    (w, h, format): (i32, i32, PixelFormat),
    paint: &Paint<'s>,
    place: Place,
) -> Given<'s> {
    let new = make::new(cx, w, h, format, place)?;
    paint::draw(cx, new, this, paint)?;
    Ok(new)
}

/// A new image of a part of one.
pub(super) fn part<'s>(cx: &mut Full<'s>, this: Held<'s>, part: Rect) -> Given<'s> {
    let (_, _, format, _) = make::shape(cx, this)?;
    let paint = Paint::plain(part);
    drawn(cx, this, (part.w, part.h, format), &paint, Place::Auto)
}

/// A copy, byte by byte.
fn same<'s>(cx: &mut Full<'s>, this: Held<'s>, bytes: u32, place: Place) -> Given<'s> {
    let (width, height, format, _) = make::shape(cx, this)?;
    let new = make::sized(cx, (width, height, format), bytes, place)?;
    copy_bytes(cx, this, new)?;
    Ok(new)
}

/// Copies the bytes of an image to another one.
pub(super) fn copy_bytes<'s>(
    cx: &mut Full<'s>,
    from: Held<'s>,
    to: Held<'s>,
) -> Result<(), Raised> {
    cx.look(|cx| {
        let from = make::bytes(*cx, image(*cx, cx.get(from))?)?;
        let to = make::bytes(*cx, image(*cx, cx.get(to))?)?;
        for (to, from) in to.chunks(1 << 12).zip(from.chunks(1 << 12)) {
            words::copy(to, from);
            cx.spend(from.len() / 16)?;
        }
        Ok(())
    })
}
