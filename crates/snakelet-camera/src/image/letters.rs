//! Texts: `draw_string`. Letters are those of the font 6x10 of `embedded-graphics`, in cells of 8 by 10 pixels.

use embedded_graphics::geometry::Point;
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::BinaryColor;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Param;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};
use snakelet_vm::native::print::PrintKind;

use super::arguments::{self, near};
use super::make::{self, pix};
use super::pix::{Pix, Rect};
use crate::args::{bool_or, float_or, int32_or, numbers};

/// The size of a cell, and of what the font has of it.
const WIDTH: i32 = 8;
const HEIGHT: i32 = 10;
const GLYPH: i32 = 6;
/// Columns before the letter.
const BEFORE: i32 = 1;
/// Letters are at most so many times as large.
const LARGEST: f32 = 128.0;

/// How letters and lines are turned.
#[derive(Clone, Copy, Default)]
struct Turn {
    /// Quarters of a turn, clockwise.
    quarters: i32,
    mirror: bool,
    flip: bool,
}

impl Turn {
    fn read<'s>(
        cx: &mut Full<'s>,
        rotation: Option<Held<'s>>,
        mirror: Option<Held<'s>>,
        flip: Option<Held<'s>>,
    ) -> Result<Self, Raised> {
        let quarters = int32_or(cx, rotation, 0)?.rem_euclid(360) / 90;
        Ok(Turn { quarters, mirror: bool_or(cx, mirror, false)?, flip: bool_or(cx, flip, false)? })
    }

    /// Turns a step away from a corner.
    const fn step(self, [mut x, mut y]: [i32; 2]) -> [i32; 2] {
        if self.mirror {
            x = -x;
        }
        if self.flip {
            y = -y;
        }
        match self.quarters {
            0 => [x, y],
            1 => [-y, x],
            2 => [-x, -y],
            _ => [y, -x],
        }
    }
}

/// What letters look like.
#[derive(Clone, Copy)]
pub(super) struct Style {
    color: u16,
    scale: f32,
    spacing: [i32; 2],
    mono: bool,
    letter: Turn,
    line: Turn,
}

impl Style {
    /// Plain letters of a colour.
    pub(super) fn plain(color: u16) -> Self {
        let (letter, line) = (Turn::default(), Turn::default());
        Style { color, scale: 1.0, spacing: [0; 2], mono: false, letter, line }
    }
}

/// `draw_string(x, y, text, color=None, scale=1, x_spacing=0, y_spacing=0, mono_space=True, char_rotation=0,
/// char_hmirror=False, char_vflip=False, string_rotation=0, string_hmirror=False, string_vflip=False)`
pub(super) fn draw_string<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 12] = [
        Param::required(name!("text")),
        Param::optional(name!("color")),
        Param::optional(name!("scale")),
        Param::optional(name!("x_spacing")),
        Param::optional(name!("y_spacing")),
        Param::optional(name!("mono_space")),
        Param::optional(name!("char_rotation")),
        Param::optional(name!("char_hmirror")),
        Param::optional(name!("char_vflip")),
        Param::optional(name!("string_rotation")),
        Param::optional(name!("string_hmirror")),
        Param::optional(name!("string_vflip")),
    ];
    let this = args.or_none(0);
    let ([x, y], rest) = numbers(cx, args)?;
    let [text, color, scale, x_spacing, y_spacing, mono, more @ ..] =
        rest.parse(cx, &PARAMETERS)?;
    let [char_turn, char_mirror, char_flip, line_turn, line_mirror, line_flip] = more;
    let text = cx.text_of(text.unwrap_or(Held::NONE), PrintKind::Str)?;
    let (_, _, format, _) = make::shape(cx, this)?;
    let scale = float_or(cx, scale, 1.0)?;
    if scale.is_nan() || scale <= 0.0 {
        return Err(cx.raise(&VALUE_ERROR, "a scale must be above 0"));
    }
    let style = Style {
        color: arguments::color(cx, color, format)?,
        scale: scale.min(LARGEST),
        spacing: [near(int32_or(cx, x_spacing, 0)?), near(int32_or(cx, y_spacing, 0)?)],
        mono: bool_or(cx, mono, true)?,
        letter: Turn::read(cx, char_turn, char_mirror, char_flip)?,
        line: Turn::read(cx, line_turn, line_mirror, line_flip)?,
    };
    draw(cx, this, [x, y], text, &style)?;
    Ok(this)
}

/// Draws a text on an image.
pub(super) fn draw<'s>(
    cx: &mut Full<'s>,
    this: Held<'s>,
    place: [i32; 2],
    text: Held<'s>,
    style: &Style,
) -> Result<(), Raised> {
    cx.look(|cx| {
        let pix = pix(*cx, cx.get(this))?;
        let text = cx.as_str(cx.get(text)).unwrap_or("");
        draw_text(*cx, &pix, place.map(near), text, style)
    })
}

fn draw_text(
    cx: Leaf<'_>,
    pix: &Pix<'_>,
    [x, y]: [i32; 2],
    text: &str,
    style: &Style,
) -> Result<(), Leave> {
    let scaled = |len: i32| (len as f32 * style.scale) as i32;
    let (mut right, mut down) = (0i32, 0i32);
    let mut before = ' ';
    for letter in text.chars() {
        cx.spend(1)?;
        if matches!(letter, '\n' | '\r') {
            if (before, letter) != ('\r', '\n') {
                right = 0;
                down = down.saturating_add(scaled(HEIGHT) + style.spacing[1]);
            }
            before = letter;
            continue;
        }
        before = letter;
        let glyph = Glyph::of(letter, style.mono);
        let (w, h) = (scaled(glyph.width).max(1), scaled(HEIGHT).max(1));
        let [dx, dy] = style.line.step([right, down]);
        let corner = [x.saturating_add(dx), y.saturating_add(dy)];
        // the letter lies somewhere within this distance
        let reach = w.max(h);
        let around = Rect {
            x: corner[0].saturating_sub(reach),
            y: corner[1].saturating_sub(reach),
            w: 2 * reach,
            h: 2 * reach,
        };
        if around.clipped(pix.rect()).is_some() {
            draw_letter(pix, corner, &glyph, [w, h], style);
            cx.spend((w as usize).saturating_mul(h as usize))?;
        }
        right = right.saturating_add(w).saturating_add(style.spacing[0]);
    }
    Ok(())
}

fn draw_letter(pix: &Pix<'_>, [x, y]: [i32; 2], glyph: &Glyph, [w, h]: [i32; 2], style: &Style) {
    for dy in 0..h {
        for dx in 0..w {
            // where it comes from, in the letter as it is
            let turn = style.letter;
            let (mut u, mut v) = (2 * dx + 1 - w, 2 * dy + 1 - h);
            // turned back about the middle; a letter that lies is as wide as it is high
            (u, v) = match turn.quarters {
                0 => (u, v),
                1 => (v * w / h, -u * h / w),
                2 => (-u, -v),
                _ => (-v * w / h, u * h / w),
            };
            if turn.mirror {
                u = -u;
            }
            if turn.flip {
                v = -v;
            }
            let column = (u + w - 1).clamp(0, 2 * w - 1) * glyph.width / (2 * w);
            let row = (v + h - 1).clamp(0, 2 * h - 1) * HEIGHT / (2 * h);
            if glyph.is_set(column, row) {
                let [sx, sy] = style.line.step([dx, dy]);
                pix.set(x.saturating_add(sx), y.saturating_add(sy), style.color);
            }
        }
    }
}

/// A letter.
struct Glyph {
    /// Where it lies in the font's picture.
    corner: [i32; 2],
    /// The first column that is shown.
    first: i32,
    width: i32,
}

impl Glyph {
    /// A letter of the whole width of a cell, or of its own with a column behind it. What the font does not
    /// have is a question mark.
    fn of(letter: char, mono: bool) -> Self {
        let index = FONT_6X10.glyph_mapping.index(letter) as i32;
        let across = FONT_6X10.image.size_in_cells();
        let corner = [index % across * GLYPH, index / across * HEIGHT];
        let mut glyph = Glyph { corner, first: -BEFORE, width: WIDTH };
        if !mono {
            let used = |column: &i32| (0..HEIGHT).any(|row| glyph.pixel(*column, row));
            let first = (0..GLYPH).find(used);
            let last = (0..GLYPH).rev().find(used);
            (glyph.first, glyph.width) = match (first, last) {
                (Some(first), Some(last)) => (first, last - first + 2),
                // a space
                _ => (0, GLYPH / 2),
            };
        }
        glyph
    }

    fn is_set(&self, column: i32, row: i32) -> bool {
        self.pixel(column + self.first, row)
    }

    fn pixel(&self, column: i32, row: i32) -> bool {
        let place = Point::new(self.corner[0] + column, self.corner[1] + row);
        (0..GLYPH).contains(&column) && FONT_6X10.image.pixel(place) == Some(BinaryColor::On)
    }
}

/// How many letters lie side by side in a font's picture.
trait Cells {
    fn size_in_cells(&self) -> i32;
}

impl Cells for embedded_graphics::image::ImageRaw<'_, BinaryColor> {
    fn size_in_cells(&self) -> i32 {
        use embedded_graphics::geometry::OriginDimensions;
        (self.size().width as i32 / GLYPH).max(1)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;

    #[test]
    fn letters_have_their_shapes() {
        let shape = |letter, mono| {
            let glyph = Glyph::of(letter, mono);
            let row = |row| {
                let pixels = (0..glyph.width).map(|column| glyph.is_set(column, row));
                pixels.map(|set| if set { '#' } else { '.' }).collect::<String>()
            };
            [row(2), row(4), row(9)]
        };
        assert_eq!(shape('H', true), [".#...#..", ".#####..", "........"].map(String::from));
        assert_eq!(shape('H', false), ["#...#.", "#####.", "......"].map(String::from));
        assert_eq!(Glyph::of('i', false).width, 4);
        assert_eq!(Glyph::of(' ', false).width, 3);
    }
}
