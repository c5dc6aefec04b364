//! Images in other formats.

use snakelet_pool::PixelFormat;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given};

use super::color;
use super::make::{self, Place, pix};

macro_rules! conversions {
    ($($name:ident: $format:ident;)*) => {$(
        /// An image in another format, or the image itself if it is of this one.
        pub(super) fn $name<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
            to_format(cx, args, PixelFormat::$format)
        }
    )*};
}

conversions! {
    to_bitmap: Binary;
    to_grayscale: Grayscale;
    to_rgb565: Rgb565;
}

/// The image in another format. A new one is made, so that frames stay what the sensor's slots have room for.
fn to_format<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, format: PixelFormat) -> Given<'s> {
    static PARAMETERS: [Param; 6] = [
        Param::optional(name!("x_scale")),
        Param::optional(name!("y_scale")),
        Param::optional(name!("roi")),
        Param::keyword(name!("copy")),
        Param::keyword(name!("copy_to_fb")),
        Param::keyword(name!("hint")),
    ];
    let this = args.or_none(0);
    args.skip(1).parse(cx, &PARAMETERS)?;
    let (w, h, from_format, _) = make::shape(cx, this)?;
    if from_format == format {
        return Ok(this);
    }
    let new = make::new(cx, w.into(), h.into(), format, Place::Auto)?;
    cx.look(|cx| {
        let (from, to) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(new))?);
        for y in 0..from.h {
            for x in 0..from.w {
                to.set(x, y, color::convert(from.format, format, from.get(x, y)));
            }
            cx.spend(from.w as usize)?;
        }
        Ok(())
    })?;
    Ok(new)
}
