//! Images drawn on images: places, scales, mirrors, channels, palettes, opacity and masks.

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{NOT_IMPLEMENTED_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Leave;

use super::arguments::{self, near};
use super::color::{self, grey};
use super::make::{self, Place, pix};
use super::math::mix;
use super::palette::{self, Palette};
use super::pix::{Pix, Rect};
use super::recolor::Recolor;
use super::sample::{self, Kind};
use super::{convert, file};
use crate::args::{float_or, given, int32_or, items, numbers};

/// Bits of `hint`.
pub(super) const AREA: i32 = 1 << 0;
pub(super) const BILINEAR: i32 = 1 << 1;
pub(super) const BICUBIC: i32 = 1 << 2;
pub(super) const TRANSPOSE: i32 = 1 << 3;
pub(super) const CENTER: i32 = 1 << 7;
pub(super) const HMIRROR: i32 = 1 << 8;
pub(super) const VFLIP: i32 = 1 << 9;
pub(super) const CHANNEL_FIRST: i32 = 1 << 10;
pub(super) const PALETTE_FIRST: i32 = 1 << 11;
pub(super) const ASPECT_KEEP: i32 = 1 << 12;
pub(super) const ASPECT_EXPAND: i32 = 1 << 13;
pub(super) const ASPECT_IGNORE: i32 = 1 << 14;
pub(super) const BLACK_BACKGROUND: i32 = 1 << 15;

/// How an image is drawn on another one.
#[derive(Clone, Copy)]
pub(crate) struct Paint<'s> {
    /// The part of it that is drawn.
    part: Rect,
    /// Where it goes: its corner, and its size there.
    to: Rect,
    /// How much of 256 it covers.
    alpha: u32,
    hint: i32,
    /// The channel of red, green and blue that is drawn as brightness, if only one is.
    channel: Option<usize>,
    palette: Option<Palette<'s>>,
    alphas: Option<Held<'s>>,
    /// Pixels of the other image that are drawn on.
    mask: Option<Held<'s>>,
}

/// Arguments that say how an image is drawn, in the order that methods have them in.
pub(super) type Wishes<'s> = [Option<Held<'s>>; 9];

impl<'s> Paint<'s> {
    /// All of an image of this size, as it is.
    pub(super) fn plain(part: Rect) -> Self {
        let to = Rect { x: 0, y: 0, ..part };
        let (palette, alphas, mask, channel) = (None, None, None, None);
        Paint { part, to, alpha: 256, hint: 0, channel, palette, alphas, mask }
    }

    /// Reads `x_scale`, `y_scale`, `roi`, `rgb_channel`, `alpha`, `color_palette`, `alpha_palette`, `hint` and
    /// `transform`. `within` is the size that hints about proportions fit an image into.
    pub(super) fn read(
        cx: &mut Full<'s>,
        image: Held<'s>,
        wishes: Wishes<'s>,
        most_alpha: i32,
        within: Option<(i32, i32)>,
    ) -> Result<Self, Raised> {
        let [x_scale, y_scale, roi, channel, alpha, palette, alphas, hint, transform] = wishes;
        if given(cx, transform).is_some() {
            let text = "transforms need arrays of numbers, which are not there";
            return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, text));
        }
        let part = arguments::roi(cx, image, roi)?;
        let mut paint = Paint::plain(part);
        paint.hint = int32_or(cx, hint, 0)?;
        let x_scale = float_or(cx, x_scale, 1.0)?;
        // proportions are kept by default
        let mut scales = [x_scale, float_or(cx, y_scale, x_scale.abs())?];
        if !scales.iter().all(|scale| scale.is_finite()) {
            return Err(cx.raise(&VALUE_ERROR, "a scale must be a finite number"));
        }
        if let Some((w, h)) = within {
            let fits = [w as f32 / part.w as f32, h as f32 / part.h as f32];
            let least = fits[0].min(fits[1]);
            let most = fits[0].max(fits[1]);
            match paint.hint {
                hint if hint & ASPECT_KEEP != 0 => scales = [least; 2],
                hint if hint & ASPECT_EXPAND != 0 => scales = [most; 2],
                hint if hint & ASPECT_IGNORE != 0 => scales = fits,
                _ => {}
            }
        }
        // a negative scale mirrors
        for (scale, bit) in scales.iter().zip([HMIRROR, VFLIP]) {
            if *scale < 0.0 {
                paint.hint ^= bit;
            }
        }
        // what is a whole number of pixels but for an error in rounding is that number
        let scaled = |len: i32, scale: f32| near((len as f32 * scale.abs() + 1e-3) as i32);
        let (w, h) = (scaled(part.w, scales[0]), scaled(part.h, scales[1]));
        paint.to = match paint.hint & TRANSPOSE {
            0 => Rect { x: 0, y: 0, w, h },
            _ => Rect { x: 0, y: 0, w: h, h: w },
        };
        paint.channel = usize::try_from(int32_or(cx, channel, -1)?).ok();
        if paint.channel.is_some_and(|channel| channel > 2) {
            return Err(cx.raise(&VALUE_ERROR, "rgb_channel must be 0, 1, 2 or -1"));
        }
        let alpha = int32_or(cx, alpha, most_alpha)?.clamp(0, 256) as u32;
        // 255 covers all, as 256 does
        paint.alpha = if alpha == 255 { 256 } else { alpha };
        paint.palette = palette::palette(cx, palette)?;
        paint.alphas = palette::alphas(cx, alphas)?;
        Ok(paint)
    }

    /// The size that the image is drawn in.
    pub(super) const fn size(&self) -> (i32, i32) {
        (self.to.w, self.to.h)
    }

    /// Whether nothing but format and part of the image change.
    pub(super) fn is_plain(&self) -> bool {
        let mirrors = HMIRROR | VFLIP | TRANSPOSE;
        self.size() == (self.part.w, self.part.h)
            && self.hint & mirrors == 0
            && self.alpha == 256
            && self.is_opaque()
            && self.palette.is_none()
    }

    fn is_opaque(&self) -> bool {
        self.channel.is_none() && self.alphas.is_none()
    }

    /// Whether it is drawn as brightness or by a palette.
    pub(super) const fn has_palette(&self) -> bool {
        self.palette.is_some()
    }

    /// Sets the palette, if none was given.
    pub(super) fn default_palette(&mut self, number: i32) {
        if self.palette.is_none() {
            self.palette = palette::known(number).map(Palette::Known);
        }
    }

    /// The part that is drawn.
    pub(super) const fn part(&self) -> Rect {
        self.part
    }
}

/// `draw_image(image, x=0, y=0, x_scale=1, y_scale=1, roi=None, rgb_channel=-1, alpha=255, color_palette=None,
/// alpha_palette=None, hint=0, mask=None)`
pub(super) fn draw_image<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    draw_over(cx, args, 255)
}

/// `blend(image, x=0, y=0, ..., alpha=128)`: the same, half of it.
pub(super) fn blend<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    draw_over(cx, args, 128)
}

/// Draws an image that is given as one or by the name of a file, with this opacity by default. Without one, the
/// image is drawn on itself.
fn draw_over<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, alpha: i32) -> Given<'s> {
    static PARAMETERS: [Param; 12] = [
        Param::optional(name!("x_scale")),
        Param::optional(name!("y_scale")),
        Param::optional(name!("roi")),
        Param::optional(name!("rgb_channel")),
        Param::optional(name!("alpha")),
        Param::optional(name!("color_palette")),
        Param::optional(name!("alpha_palette")),
        Param::optional(name!("hint")),
        Param::optional(name!("transform")),
        Param::keyword(name!("x")),
        Param::keyword(name!("y")),
        Param::keyword(name!("mask")),
    ];
    let this = args.or_none(0);
    let (mut image, mut rest) = (this, args.skip(1));
    if let Some(given) = rest.get(0) {
        image = file::picture(cx, given)?;
        rest = rest.skip(1);
    } else if let Some(given) = args.keyword(cx, name!("image")) {
        image = file::picture(cx, given)?;
    }
    // the place comes as a tuple or as two numbers
    let mut place = [0, 0];
    if let Some(first) = rest.get(0) {
        if items(cx, first)?.is_some() || rest.len() >= 2 {
            (place, rest) = pair(cx, args, 2)?;
        } else {
            place[0] = int32_or(cx, Some(first), 0)?;
            rest = rest.skip(1);
        }
    }
    let parsed = rest.parse(cx, &PARAMETERS)?;
    let [x_scale, y_scale, roi, channel, over, palette, alphas, hint, transform, x, y, mask] =
        parsed;
    let wishes = [x_scale, y_scale, roi, channel, over, palette, alphas, hint, transform];
    let all = arguments::whole(cx, this)?;
    let mut paint = Paint::read(cx, image, wishes, alpha, Some((all.w, all.h)))?;
    paint.mask = given(cx, mask);
    let (x, y) = (int32_or(cx, x, place[0])?, int32_or(cx, y, place[1])?);
    (paint.to.x, paint.to.y) = (near(x), near(y));
    if paint.hint & CENTER != 0 {
        paint.to.x += (all.w - paint.to.w) / 2;
        paint.to.y += (all.h - paint.to.h) / 2;
    }
    draw(cx, this, image, &paint)?;
    Ok(this)
}

/// The two numbers behind the receiver and the image.
fn pair<'s>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    start: usize,
) -> Result<([i32; 2], FullArgs<'s>), Raised> {
    // `numbers` expects a receiver before them
    numbers(cx, args.skip(start - 1))
}

/// Draws all of an image over all of another one.
pub(crate) fn fit<'s>(cx: &mut Full<'s>, this: Held<'s>, image: Held<'s>) -> Result<(), Raised> {
    let (to, part) = (arguments::whole(cx, this)?, arguments::whole(cx, image)?);
    draw(cx, this, image, &Paint { to, ..Paint::plain(part) })
}

/// Draws an image on another one. They may be the same.
pub(super) fn draw<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    image: Held<'s>,
    paint: &Paint<'s>,
) -> Result<(), Raised> {
    let given = image;
    let mut image = file::raw(cx, image)?;
    if cx.look(|cx| Ok(cx.get(this).is(cx.get(image))))? {
        let (w, h, format, _) = make::shape(cx, image)?;
        let copy = make::new(cx, w.into(), h.into(), format, Place::Auto)?;
        convert::copy_bytes(cx, image, copy)?;
        image = copy;
    }
    cx.look(|cx| {
        let (on, from) = (pix(*cx, cx.get(this))?, pix(*cx, cx.get(image))?);
        let Some(seen) = paint.to.clipped(on.rect()) else { return Ok(()) };
        let mask = paint.mask.map(|mask| pix(*cx, cx.get(mask))).transpose()?;
        let colors = match paint.palette {
            None => None,
            Some(Palette::Known(table)) => Some(*table),
            Some(Palette::Image(image)) => Some(palette::read(*cx, cx.get(image))?),
        };
        let alphas = paint.alphas.map(|image| palette::read(*cx, cx.get(image))).transpose()?;
        let kind = Kind::of(paint.hint, paint.is_scaled());
        let recolor = if paint.is_copied() { Recolor::new(from.format, on.format) } else { None };
        let simple = kind == Kind::Nearest && colors.is_none() && paint.channel.is_none();
        for y in seen.rows() {
            if let Some(recolor) = &recolor {
                let (_, from_y) = paint.nearest(paint.to.x, y);
                Pix::stretches(mask.as_ref(), y, seen.x, seen.w, |x, w| {
                    let source = from.span(from_y, paint.part.x + x - paint.to.x, w);
                    recolor.row(on.span(y, x, w), source);
                });
                let is_masked = paint.mask.is_some();
                cx.spend(seen.w as usize / if is_masked { 1 } else { 4 })?;
            } else if simple && alphas.is_none() {
                nearest_row(paint, &on, &from, y, seen, mask);
                cx.spend(3 * seen.w as usize)?;
            } else {
                let tables = Tables { colors: colors.as_ref(), alphas: alphas.as_ref() };
                mapped_row(paint, &on, &from, y, seen, mask, kind, &tables);
                cx.spend((seen.w as usize).saturating_mul(kind.work(paint.part, paint.to)))?;
            }
        }
        Ok::<(), Leave>(())
    })?;
    // what was made for this alone is given back at once
    if cx.look(|cx| Ok(cx.get(given).is(cx.get(image))))? { Ok(()) } else { make::close(cx, image) }
}

/// What brightness is turned into.
struct Tables<'t> {
    colors: Option<&'t [u16; 256]>,
    alphas: Option<&'t [u16; 256]>,
}

impl Paint<'_> {
    fn is_scaled(&self) -> bool {
        let size = match self.hint & TRANSPOSE {
            0 => (self.to.w, self.to.h),
            _ => (self.to.h, self.to.w),
        };
        size != (self.part.w, self.part.h)
    }

    /// Whether pixels of a row stay side by side, and change their format alone.
    fn is_copied(&self) -> bool {
        self.part.w == self.to.w
            && self.part.h == self.to.h
            && self.hint & (HMIRROR | TRANSPOSE) == 0
            && self.alpha == 256
            && self.is_opaque()
            && self.palette.is_none()
    }

    /// The place in the scaled image that lies at a place of the other one, and that image's size.
    #[inline]
    fn scaled_place(&self, x: i32, y: i32) -> ([i32; 2], [i32; 2]) {
        let (dx, dy) = (x - self.to.x, y - self.to.y);
        let (mut place, size) = match self.hint & TRANSPOSE {
            0 => ([dx, dy], [self.to.w, self.to.h]),
            _ => ([dy, dx], [self.to.h, self.to.w]),
        };
        if self.hint & HMIRROR != 0 {
            place[0] = size[0] - 1 - place[0];
        }
        if self.hint & VFLIP != 0 {
            place[1] = size[1] - 1 - place[1];
        }
        (place, size)
    }

    /// The nearest pixel of the image. Sides are below 2^15, so that products fit.
    #[inline]
    fn nearest(&self, x: i32, y: i32) -> (i32, i32) {
        let ([x, y], [w, h]) = self.scaled_place(x, y);
        (self.part.x + x * self.part.w / w, self.part.y + y * self.part.h / h)
    }
}

fn nearest_row(
    paint: &Paint<'_>,
    on: &Pix<'_>,
    from: &Pix<'_>,
    y: i32,
    seen: Rect,
    mask: Option<Pix<'_>>,
) {
    for x in seen.columns() {
        if mask.is_some_and(|mask| mask.get(x, y) == 0) {
            continue;
        }
        let (from_x, from_y) = paint.nearest(x, y);
        let pixel = color::convert(from.format, on.format, from.get(from_x, from_y));
        on.set(x, y, blended(paint.alpha, on, x, y, pixel));
    }
}

#[inline]
fn blended(alpha: u32, on: &Pix<'_>, x: i32, y: i32, pixel: u16) -> u16 {
    if alpha == 256 { pixel } else { mix(on.format, on.get(x, y), pixel, alpha) }
}

#[expect(clippy::too_many_arguments, reason = "all of it changes from row to row or call to call")]
fn mapped_row(
    paint: &Paint<'_>,
    on: &Pix<'_>,
    from: &Pix<'_>,
    y: i32,
    seen: Rect,
    mask: Option<Pix<'_>>,
    kind: Kind,
    tables: &Tables<'_>,
) {
    let channel = |rgb: [u8; 3]| match paint.channel.and_then(|channel| rgb.get(channel)) {
        Some(value) => [*value; 3],
        None => rgb,
    };
    let colored = |rgb: [u8; 3]| match tables.colors {
        Some(table) => color::rgb888(table[usize::from(grey(rgb[0], rgb[1], rgb[2]))]),
        None => rgb,
    };
    let channel_first = paint.hint & CHANNEL_FIRST != 0 || paint.hint & PALETTE_FIRST != 0;
    let palette_first = paint.hint & PALETTE_FIRST != 0;
    let fetch = |x: i32, y: i32| {
        let mut rgb = color::rgb_of(from.format, from.get(x, y));
        if channel_first {
            rgb = channel(rgb);
        }
        if palette_first { colored(rgb) } else { rgb }
    };
    for x in seen.columns() {
        if mask.is_some_and(|mask| mask.get(x, y) == 0) {
            continue;
        }
        let (place, size) = paint.scaled_place(x, y);
        let mut rgb = sample::at(kind, place, size, paint.part, &fetch);
        if !channel_first {
            rgb = channel(rgb);
        }
        let mut alpha = paint.alpha;
        if let Some(alphas) = tables.alphas {
            let degree = u32::from(alphas[usize::from(grey(rgb[0], rgb[1], rgb[2]))] & 0xFF);
            alpha = alpha * (degree + degree / 128) / 256;
        }
        if !palette_first {
            rgb = colored(rgb);
        }
        let pixel = color::pixel_of(on.format, rgb);
        on.set(x, y, blended(alpha, on, x, y, pixel));
    }
}
