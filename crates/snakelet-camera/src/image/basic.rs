//! Images as objects: how they are made, what they are like, and their pixels one by one.

use snakelet_pool::{Attributes, PixelFormat};
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{INDEX_ERROR, RUNTIME_ERROR, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::convert::is_raw;
use super::make::{self, Image, Pixels, Place, image, pix};
use super::{arguments, color, file};
use crate::Camera;
use crate::args::{bool_or, given, int32, numbers, raise};
use crate::text::Text;

/// `Image(width, height, format, *, buffer=None, pool=None, copy_to_fb=False)`, or `Image(path)`
pub(super) fn construct<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 6] = [
        Param::required(name!("width")),
        Param::optional(name!("height")),
        Param::optional(name!("format")),
        Param::optional(name!("buffer")),
        Param::keyword(name!("copy_to_fb")),
        Param::keyword(name!("pool")),
    ];
    let [width, height, format, buffer, _, pool] = args.parse(cx, &PARAMETERS)?;
    if let Some(path) = width
        && file::is_path(cx, path)?
    {
        let place = place(cx, pool)?;
        return file::load(cx, path, place);
    }
    let (Some(width), Some(height)) = (width, height) else {
        return Err(cx.raise(&TYPE_ERROR, "expected width, height and format"));
    };
    let format = match given(cx, format) {
        Some(format) => arguments::format(cx, format)?,
        None => PixelFormat::Grayscale,
    };
    let (width, height) = (int32(cx, width)?, int32(cx, height)?);
    let Some(buffer) = given(cx, buffer) else {
        let place = place(cx, pool)?;
        return make::new(cx, width, height, format, place);
    };
    let (width, height, bytes) = make::size_of(cx, width, height, format)?;
    let len = cx.look(|cx| {
        let array = snakelet_vm::native::Seen::new(*cx).array(cx.get(buffer));
        Ok(array.map(<[_]>::len))
    })?;
    match len {
        None => Err(cx.raise(&TYPE_ERROR, "buffer must be a bytearray or an array")),
        Some(len) if len < bytes as usize => {
            Err(raise(cx, &VALUE_ERROR, format_args!("buffer has {len} bytes of {bytes}")))
        }
        Some(_) => {
            cx.new_data(&[buffer], Image { width, height, format, bytes, pixels: Pixels::Array })
        }
    }
}

/// Where `pool=` says that pixels go: `'heap'`, the name of a pool, or an attribute.
pub(super) fn place<'s>(cx: &mut Full<'s>, pool: Option<Held<'s>>) -> Result<Place, Raised> {
    let Some(pool) = given(cx, pool) else { return Ok(Place::Auto) };
    enum Named {
        Place(Place),
        Other,
    }
    let named = cx.look(|cx| {
        let Some(name) = cx.as_str(cx.get(pool)) else { return Ok(None) };
        let place = match name {
            "heap" => Some(Place::Heap),
            "fast" => Some(Place::Wish(Attributes::FAST)),
            "dtcm" => Some(Place::Wish(Attributes::DTCM)),
            _ => cx.state::<Camera>().and_then(|camera| {
                let known = camera.pools().iter().position(|(_, pool)| pool.info().name == name);
                known.map(Place::Pool)
            }),
        };
        Ok(Some(place.map_or(Named::Other, Named::Place)))
    })?;
    match named {
        Some(Named::Place(place)) => Ok(place),
        Some(Named::Other) => Err(cx.raise_about(&VALUE_ERROR, "no pool is called %r", &[pool])),
        None => Err(cx.raise(&TYPE_ERROR, "pool must be a str")),
    }
}

/// `repr(image)`, the form that OpenMV's tools know.
pub(super) fn repr<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (w, h, format, bytes) = make::shape(cx, args.or_none(0))?;
    let name = match format {
        PixelFormat::Binary => "binary",
        PixelFormat::Grayscale => "grayscale",
        PixelFormat::Rgb565 => "rgb565",
        PixelFormat::Bayer => "bayer",
        PixelFormat::Yuv422 => "yuv422",
        PixelFormat::Png => "png",
        _ => "jpeg",
    };
    cx.str(
        Text::<96>::of(format_args!(
            "{{\"w\":{w}, \"h\":{h}, \"type\":\"{name}\", \"size\":{bytes}}}"
        ))
        .as_str(),
    )
}

pub(super) fn width<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (width, ..) = make::shape(cx, args.or_none(0))?;
    cx.int(width.into())
}

pub(super) fn height<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (_, height, ..) = make::shape(cx, args.or_none(0))?;
    cx.int(height.into())
}

pub(super) fn format<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (_, _, format, _) = make::shape(cx, args.or_none(0))?;
    cx.int(format.code().into())
}

pub(super) fn size<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (.., bytes) = make::shape(cx, args.or_none(0))?;
    cx.int(bytes.into())
}

/// Whether the pixels are there.
pub(super) fn valid<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let valid = cx.look(|cx| {
        let image = image(*cx, cx.get(this))?;
        Ok(make::find(snakelet_vm::native::Seen::new(*cx), image).is_some())
    })?;
    Ok(Held::bool(valid))
}

/// A view of the pixels, which scripts may write.
pub(super) fn bytearray<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    cx.make(|cx| {
        let bytes = make::bytes(*cx, image(*cx, cx.get(this))?)?;
        cx.memoryview(cx.get(this), 0, bytes.len())
    })
}

/// Keeps the frame: its slot leaves the ring until the image is closed or collected.
pub(super) fn hold<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let frame = cx.look(|cx| {
        let image = image(*cx, cx.get(this))?;
        // an image whose pixels are gone cannot be held
        make::bytes(*cx, image)?;
        Ok(match image.pixels {
            Pixels::Frame { source, frame, .. } => Some((source, frame)),
            _ => None,
        })
    })?;
    let Some((source, frame)) = frame else { return Ok(this) };
    for attempt in 0..2 {
        let held = cx.with_state_mut(|camera: &mut Camera| {
            camera.reclaim();
            let source = camera.source_mut(usize::from(source));
            source.is_some_and(|(source, _)| source.hold(frame))
        });
        if held == Some(true) {
            return Ok(this);
        }
        if attempt == 0 {
            // images that nothing refers to may hold the others
            cx.collect()?;
        }
    }
    Err(cx.raise(&RUNTIME_ERROR, "the last frame buffer cannot be held; use copy()"))
}

/// `get_pixel(x, y, rgbtuple=None)`: `None` outside of the image.
pub(super) fn get_pixel<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 1] = [Param::optional(name!("rgbtuple"))];
    let this = args.or_none(0);
    let ([x, y], rest) = numbers(cx, args)?;
    let [rgb] = rest.parse(cx, &PARAMETERS)?;
    let (found, format) = cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        Ok((pix.contains(x, y).then(|| pix.get(x, y)), pix.format))
    })?;
    let Some(pixel) = found else { return Ok(Held::NONE) };
    if !bool_or(cx, rgb, format == PixelFormat::Rgb565)? {
        return cx.int(pixel.into());
    }
    channels(cx, format, pixel)
}

/// `set_pixel(x, y, pixel)`: nothing outside of the image.
pub(super) fn set_pixel<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 1] = [Param::optional(name!("pixel"))];
    let this = args.or_none(0);
    let (place, rest) = numbers(cx, args)?;
    let [pixel] = rest.parse(cx, &PARAMETERS)?;
    let (_, _, format, _) = make::shape(cx, this)?;
    let pixel = arguments::color(cx, pixel, format)?;
    let [x, y] = place;
    cx.look(|cx| {
        pix(*cx, cx.get(this))?.set(x, y, pixel);
        Ok(())
    })?;
    Ok(this)
}

/// `len(image)`: how many pixels there are, or bytes if it is compressed.
pub(super) fn len<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (w, h, format, bytes) = make::shape(cx, args.or_none(0))?;
    cx.int(if is_raw(format) { i64::from(w) * i64::from(h) } else { bytes.into() })
}

/// The place of a pixel that is counted from the first one on; from the last one if the number is below zero.
fn place_of<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    index: Held<'s>,
) -> Result<(i32, i32, PixelFormat), Raised> {
    let (w, h, format, _) = make::shape(cx, this)?;
    let all = i64::from(w) * i64::from(h);
    let index = cx.i64_of(index)?;
    let index = if index < 0 { index.saturating_add(all) } else { index };
    if !(0..all).contains(&index) {
        return Err(cx.raise(&INDEX_ERROR, "there is no such pixel"));
    }
    let w = i64::from(w);
    Ok(((index % w) as i32, (index / w) as i32, format))
}

/// `image[index]`: a number, or red, green and blue.
pub(super) fn item<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let (x, y, format) = place_of(cx, this, args.or_none(1))?;
    let pixel = cx.look(|cx| Ok(pix(*cx, cx.get(this))?.get(x, y)))?;
    if format != PixelFormat::Rgb565 {
        return cx.int(pixel.into());
    }
    channels(cx, format, pixel)
}

/// `image[index] = pixel`
pub(super) fn set_item<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let this = args.or_none(0);
    let (x, y, format) = place_of(cx, this, args.or_none(1))?;
    let pixel = arguments::color(cx, args.get(2), format)?;
    cx.look(|cx| {
        pix(*cx, cx.get(this))?.set(x, y, pixel);
        Ok(())
    })?;
    Ok(Held::NONE)
}

/// A tuple of red, green and blue.
fn channels<'s>(cx: &mut Full<'s>, format: PixelFormat, pixel: u16) -> Given<'s> {
    let mut channels = [Held::NONE; 3];
    for (place, channel) in channels.iter_mut().zip(color::rgb_of(format, pixel)) {
        *place = cx.int(channel.into())?;
    }
    cx.tuple(&channels)
}
