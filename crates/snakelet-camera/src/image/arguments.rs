//! Arguments that methods of images have in common.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, Held};

use super::color;
use super::make::shape;
use super::pix::Rect;
use crate::args::{given, int32, items, raise, tuple};

/// Coordinates are cut to this, so that sums and squares of a few fit 32 bits and loops end.
const FAR: i32 = 1 << 14;

/// A coordinate.
pub(super) fn near(coordinate: i32) -> i32 {
    coordinate.clamp(-FAR, FAR)
}

/// The whole of an image as a rectangle.
pub(super) fn whole<'s>(cx: &mut Full<'s>, image: Held<'s>) -> Result<Rect, Raised> {
    let (w, h, ..) = shape(cx, image)?;
    Ok(Rect { x: 0, y: 0, w: w.into(), h: h.into() })
}

/// The part of an image that `roi` means, which is all of it if that is not given.
pub(super) fn roi<'s>(
    cx: &mut Full<'s>,
    image: Held<'s>,
    roi: Option<Held<'s>>,
) -> Result<Rect, Raised> {
    let all = whole(cx, image)?;
    let Some(roi) = given(cx, roi) else { return Ok(all) };
    let Some([x, y, w, h]) = tuple(cx, roi)? else {
        return Err(cx.raise(&VALUE_ERROR, "expected a roi of 4 numbers"));
    };
    let found = Rect { x, y, w, h }.clipped(all);
    found.ok_or_else(|| cx.raise(&VALUE_ERROR, "roi does not overlap the image"))
}

/// The pixel that a colour stands for: a tuple of red, green and blue, or the pixel itself. White if it is not
/// given.
pub(super) fn color<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
    format: PixelFormat,
) -> Result<u16, Raised> {
    let Some(value) = given(cx, value) else {
        return Ok(color::pixel_of(format, [255; 3]));
    };
    if items(cx, value)?.is_some() {
        let Some(rgb) = tuple::<3>(cx, value)? else {
            return Err(cx.raise(&VALUE_ERROR, "expected a color of 3 numbers"));
        };
        return Ok(color::pixel_of(format, rgb.map(|channel| channel.clamp(0, 255) as u8)));
    }
    let value = int32(cx, value)?;
    Ok(match format {
        PixelFormat::Binary => (value != 0).into(),
        PixelFormat::Rgb565 => value as u16,
        _ => (value & 0xFF) as u16,
    })
}

/// The format that a number of the module means.
pub(super) fn format<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<PixelFormat, Raised> {
    let code = cx.i64_of(value)?;
    let found = u32::try_from(code).ok().and_then(PixelFormat::from_code);
    found.ok_or_else(|| raise(cx, &VALUE_ERROR, format_args!("unknown pixel format {code}")))
}

/// Most thresholds that can be given.
const MOST_THRESHOLDS: usize = 32;

/// Least and greatest values of three channels: of brightness alone, or of L*a*b*.
pub(super) type Threshold = [(i16, i16); 3];

/// Thresholds.
#[derive(Clone, Copy)]
pub(super) struct Thresholds {
    all: [Threshold; MOST_THRESHOLDS],
    len: usize,
}

impl Thresholds {
    /// Those that were given.
    pub(super) fn all(&self) -> &[Threshold] {
        self.all.get(..self.len).unwrap_or(&[])
    }

    /// Number `i` of them alone.
    pub(super) fn one(&self, i: usize) -> Thresholds {
        let mut one = Thresholds::default();
        if let (Some(place), Some(threshold)) = (one.all.first_mut(), self.all().get(i)) {
            *place = *threshold;
            one.len = 1;
        }
        one
    }
}

impl Default for Thresholds {
    /// None.
    fn default() -> Self {
        Thresholds { all: [[(i16::MIN, i16::MAX); 3]; MOST_THRESHOLDS], len: 0 }
    }
}

/// Reads thresholds: a list of tuples of 2 numbers for brightness, or up to 6 for L*a*b*.
pub(super) fn thresholds<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
) -> Result<Thresholds, Raised> {
    let mut found = Thresholds::default();
    let Some(value) = given(cx, value) else { return Ok(found) };
    let Some(len) = items(cx, value)? else {
        return Err(cx.raise(&TYPE_ERROR, "expected a list of thresholds"));
    };
    if len > MOST_THRESHOLDS {
        return Err(raise(cx, &VALUE_ERROR, format_args!("at most {MOST_THRESHOLDS} thresholds")));
    }
    for i in 0..len {
        let threshold = cx.scope(|cx, outer| {
            let item = cx.item_at(outer.held(value), i)?;
            read_threshold(cx, item)
        })?;
        if let Some(place) = found.all.get_mut(i) {
            *place = threshold;
        }
    }
    found.len = len;
    Ok(found)
}

fn read_threshold<'s>(cx: &mut Full<'s>, item: Held<'s>) -> Result<Threshold, Raised> {
    let mut threshold = [(i16::MIN, i16::MAX); 3];
    let Some(len) = items(cx, item)? else {
        return Err(cx.raise(&TYPE_ERROR, "expected a tuple of numbers as threshold"));
    };
    for i in 0..len.min(6) {
        let number = cx.item_at(item, i)?;
        let number = int32(cx, number)?.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        if let Some(bounds) = threshold.get_mut(i / 2) {
            if i % 2 == 0 { bounds.0 = number } else { bounds.1 = number }
        }
    }
    // either order is right
    for bounds in &mut threshold {
        *bounds = (bounds.0.min(bounds.1), bounds.0.max(bounds.1));
    }
    Ok(threshold)
}
