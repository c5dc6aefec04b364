//! Calculations with the pixels of two images, or of an image and a colour.

use core::cell::Cell;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};

use super::color::{rgb565, rgb888};
use super::lanes::{self, Calculation};
use super::make::{self, pix};
use super::pix::Pix;
use super::{arguments, file, paint, words};
use crate::args::given;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $calculation:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
            with_other(cx, args, &$calculation)
        }
    )*};
}

operations! {
    /// `add(image, mask=None)`: sums, at most white.
    add = lanes::ADD;
    /// `sub(image, mask=None)`: this less the other, at least black.
    sub = lanes::SUB;
    /// `rsub(image, mask=None)`: the other less this.
    rsub = lanes::RSUB;
    /// `min(image, mask=None)`: the darker.
    min = lanes::MIN;
    /// `max(image, mask=None)`: the brighter.
    max = lanes::MAX;
    /// `difference(image, mask=None)`: how far they are apart.
    difference = lanes::DIFFERENCE;
    /// `b_and(image, mask=None)`
    b_and = lanes::AND;
    /// `b_nand(image, mask=None)`
    b_nand = lanes::NAND;
    /// `b_or(image, mask=None)`
    b_or = lanes::OR;
    /// `b_nor(image, mask=None)`
    b_nor = lanes::NOR;
    /// `b_xor(image, mask=None)`
    b_xor = lanes::XOR;
    /// `b_xnor(image, mask=None)`
    b_xnor = lanes::XNOR;
}

/// `set(image, ...)`, which is `replace` and `assign` as well: a colour, or what `draw_image` draws.
pub(super) fn set<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let first = args.get(1).or_else(|| args.keyword(cx, name!("image")));
    let is_color = match first {
        Some(first) => !file::is_image(cx, first)? && !file::is_path(cx, first)?,
        None => false,
    };
    if is_color { with_other(cx, args, &lanes::SET) } else { paint::draw_image(cx, args) }
}

/// Works on each channel of an image and of another one of its size and format, or of a colour.
fn with_other<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, calculation: &Calculation) -> Given<'s> {
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
    apply(cx, this, other.ok_or(color), mask, calculation)?;
    Ok(this)
}

/// Makes an image how far it is from another one.
pub(super) fn difference_of<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    other: Held<'s>,
    mask: Option<Held<'s>>,
) -> Result<(), Raised> {
    apply(cx, this, Ok(other), mask, &lanes::DIFFERENCE)
}

/// Works on each channel of an image and of another one, or of a colour.
fn apply<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    other: Result<Held<'s>, u16>,
    mask: Option<Held<'s>>,
    calculation: &Calculation,
) -> Result<(), Raised> {
    let (other, color) = match other {
        Ok(other) => (Some(other), 0),
        Err(color) => (None, color),
    };
    cx.look(|cx| {
        let this = pix(*cx, cx.get(this))?;
        let other = other.map(|other| pix(*cx, cx.get(other))).transpose()?;
        let mask = mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let alike = |o: &Pix<'_>| (o.w, o.h, o.format) == (this.w, this.h, this.format);
        if other.as_ref().is_some_and(|other| !alike(other)) {
            return Err(cx.raise(&VALUE_ERROR, "images are not of one size and format"));
        }
        let (this, other) = match mask {
            Some(_) => (this, other),
            None => (this.joined(), other.map(Pix::joined)),
        };
        // a colour is a row of it
        let [low, high] = color.to_le_bytes();
        let high = if this.is_color() { high } else { low };
        let even: [Cell<u8>; PIECE] =
            core::array::from_fn(|i| Cell::new(if i % 2 == 0 { low } else { high }));
        for y in 0..this.h {
            if this.is_binary() {
                let white = if color == 0 { 0 } else { u32::MAX };
                bits(&this, other.ok_or(white), mask.as_ref(), y, calculation.bits);
            } else {
                Pix::stretches(mask.as_ref(), y, 0, this.w, |x, w| {
                    let part = this.span(y, x, w);
                    match other {
                        Some(other) => calculation.row(this.is_color(), part, other.span(y, x, w)),
                        None => part.chunks(PIECE).for_each(|piece| {
                            let even = even.get(..piece.len()).unwrap_or(&[]);
                            calculation.row(this.is_color(), piece, even);
                        }),
                    }
                });
            }
            let w = this.w as usize;
            cx.spend(if mask.is_some() { w } else { w / 4 })?;
        }
        Ok(())
    })
}

/// Bytes of a row of a colour.
const PIECE: usize = 64;

/// Works on the bits of a row and of that of another image, or on a word.
fn bits(
    this: &Pix<'_>,
    other: Result<Pix<'_>, u32>,
    mask: Option<&Pix<'_>>,
    y: i32,
    work: fn(u32, u32) -> u32,
) {
    let (row, _) = this.row(y).as_chunks();
    let (others, white) = match other {
        Ok(other) => (other.row(y).as_chunks().0, 0),
        Err(white) => (&[][..], white),
    };
    let mut others = others.iter();
    for (x, word) in (0..).step_by(32).zip(row) {
        let mut changed = 0;
        // what lies behind the last pixel stays
        Pix::stretches(mask, y, x, (this.w - x).min(32), |start, len| {
            changed |= u32::MAX >> (32 - len) << (start - x);
        });
        let (a, b) = (words::get(word), others.next().map_or(white, words::get));
        words::put(word, a & !changed | work(a, b) & changed);
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
