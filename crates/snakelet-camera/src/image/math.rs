//! Calculations with the pixels of two images, or of an image and a colour.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::color::{rgb565, rgb888};
use super::make::{self, pix};
use super::{arguments, file, paint};
use crate::args::given;

/// What is done with a channel of both.
type Channel = fn(u8, u8) -> u8;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $code:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
            with_other(cx, args, $code)
        }
    )*};
}

operations! {
    /// `add(image, mask=None)`: sums, at most white.
    add = u8::saturating_add;
    /// `sub(image, mask=None)`: this less the other, at least black.
    sub = u8::saturating_sub;
    /// `rsub(image, mask=None)`: the other less this.
    rsub = |a, b| b.saturating_sub(a);
    /// `min(image, mask=None)`: the darker.
    min = |a, b| a.min(b);
    /// `max(image, mask=None)`: the brighter.
    max = |a, b| a.max(b);
    /// `difference(image, mask=None)`: how far they are apart.
    difference = u8::abs_diff;
    /// `b_and(image, mask=None)`
    b_and = |a, b| a & b;
    /// `b_nand(image, mask=None)`
    b_nand = |a, b| !(a & b);
    /// `b_or(image, mask=None)`
    b_or = |a, b| a | b;
    /// `b_nor(image, mask=None)`
    b_nor = |a, b| !(a | b);
    /// `b_xor(image, mask=None)`
    b_xor = |a, b| a ^ b;
    /// `b_xnor(image, mask=None)`
    b_xnor = |a, b| !(a ^ b);
}

/// `set(image, ...)`, which is `replace` and `assign` as well: a colour, or what `draw_image` draws.
pub(super) fn set<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = args.get(1).or_else(|| args.keyword(cx, name!("image")));
    let is_color = match first {
        Some(first) => !file::is_image(cx, first)? && !file::is_path(cx, first)?,
        None => false,
    };
    if is_color { with_other(cx, args, |_, b| b) } else { paint::draw_image(cx, args) }
}

/// Works on each channel of an image and of another one of its size and format, or of a colour.
fn with_other<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, channel: Channel) -> Given<'s> {
    static PARAMETERS: [Param; 2] =
        [Param::required(name!("image")), Param::optional(name!("mask"))];
    let this = args.or_none(0);
    let [other, mask] = args.skip(1).parse(cx, &PARAMETERS)?;
    let mask = given(cx, mask);
    let (_, _, format, _) = make::shape(cx, this)?;
    // an image, the name of a file with one, or a colour
    let mut other = other;
    let mut is_image = false;
    if let Some(given) = other {
        let picture = file::picture(cx, given)?;
        is_image = file::is_image(cx, picture)?;
        other = Some(picture);
    }
    let color = if is_image { 0 } else { arguments::color(cx, other, format)? };
    let other = other.filter(|_| is_image);
    apply(cx, this, other.ok_or(color), mask, channel)?;
    Ok(this)
}

/// Makes an image how far it is from another one.
pub(super) fn difference_of<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    other: Held<'s>,
    mask: Option<Held<'s>>,
) -> Result<(), Raised> {
    apply(cx, this, Ok(other), mask, u8::abs_diff)
}

/// Works on each channel of an image and of another one, or of a colour.
fn apply<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    other: Result<Held<'s>, u16>,
    mask: Option<Held<'s>>,
    channel: Channel,
) -> Result<(), Raised> {
    let (other, color) = match other {
        Ok(other) => (Some(other), 0),
        Err(color) => (None, color),
    };
    cx.look(|cx| {
        let this = pix(*cx, cx.get(this))?;
        let other = other.map(|other| pix(*cx, cx.get(other))).transpose()?;
        let mask = mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let alike = |o: &super::pix::Pix<'_>| (o.w, o.h, o.format) == (this.w, this.h, this.format);
        if other.as_ref().is_some_and(|other| !alike(other)) {
            return Err(cx.raise(&VALUE_ERROR, "images are not of one size and format"));
        }
        for y in 0..this.h {
            match other {
                // whole bytes, where a byte is a channel
                Some(other) if this.format == PixelFormat::Grayscale && mask.is_none() => {
                    for (this, other) in this.row(y).iter().zip(other.row(y)) {
                        this.set(channel(this.get(), other.get()));
                    }
                    cx.spend(this.w as usize / 4)?;
                }
                _ => {
                    for x in 0..this.w {
                        if mask.is_some_and(|mask| mask.get(x, y) == 0) {
                            continue;
                        }
                        let b = other.map_or(color, |other| other.get(x, y));
                        this.set(x, y, combine(this.format, this.get(x, y), b, channel));
                    }
                    cx.spend(2 * this.w as usize)?;
                }
            }
        }
        Ok(())
    })
}

/// Works on each channel of two pixels.
fn combine(format: PixelFormat, a: u16, b: u16, channel: Channel) -> u16 {
    match format {
        PixelFormat::Rgb565 => {
            let each = |shift: u16, mask: u16| {
                // a channel is at the top of its byte, so that sums stop at white
                let up = mask.leading_zeros() - 8;
                let top = |pixel: u16| ((pixel >> shift & mask) as u8) << up;
                u16::from(channel(top(a), top(b)) >> up) << shift
            };
            each(11, 31) | each(5, 63) | each(0, 31)
        }
        PixelFormat::Binary => {
            let spread = |pixel: u16| if pixel != 0 { 0xFF } else { 0 };
            u16::from(channel(spread(a), spread(b)) & 1)
        }
        _ => channel(a as u8, b as u8).into(),
    }
}

/// A pixel between two, so much of 256 towards the second.
pub(super) fn mix(format: PixelFormat, a: u16, b: u16, alpha: u32) -> u16 {
    let mix = |a: u8, b: u8| ((u32::from(a) * (256 - alpha) + u32::from(b) * alpha) >> 8) as u8;
    match format {
        PixelFormat::Rgb565 => {
            let ([r, g, b], [r2, g2, b2]) = (rgb888(a), rgb888(b));
            rgb565(mix(r, r2), mix(g, g2), mix(b, b2))
        }
        PixelFormat::Binary => {
            if alpha < 128 {
                a
            } else {
                b
            }
        }
        _ => mix(a as u8, b as u8).into(),
    }
}
