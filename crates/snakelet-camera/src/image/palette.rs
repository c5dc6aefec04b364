//! Tables of colours for brightness.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::VALUE_ERROR;
use snakelet_vm::native::Data;
use snakelet_vm::native::full::{Full, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};

use super::color::rgb565;
use super::make::{self, Image, pix};
use crate::args::{given, int32};

/// A colour for each brightness.
type Table = [u16; 256];

/// The number of a palette in scripts is its place here.
static PALETTES: [Table; 5] = [
    gradient(&[
        (0, [0, 0, 255]),
        (64, [0, 255, 255]),
        (128, [0, 255, 0]),
        (192, [255, 255, 0]),
        (255, [255, 0, 0]),
    ]),
    gradient(&[
        (0, [0, 0, 0]),
        (32, [32, 0, 120]),
        (80, [136, 0, 160]),
        (128, [208, 40, 96]),
        (168, [240, 104, 16]),
        (216, [255, 200, 24]),
        (255, [255, 255, 240]),
    ]),
    gradient(&[
        (0, [160, 0, 0]),
        (64, [255, 160, 0]),
        (128, [96, 224, 128]),
        (192, [0, 128, 255]),
        (255, [0, 0, 96]),
    ]),
    gradient(&[(0, [0, 160, 255]), (127, [0, 0, 0]), (128, [0, 0, 0]), (255, [255, 255, 255])]),
    gradient(&[
        (0, [0, 64, 160]),
        (127, [255, 255, 255]),
        (128, [255, 255, 255]),
        (255, [0, 0, 0]),
    ]),
];

/// Numbers of palettes.
pub(super) const RAINBOW: i32 = 0;
pub(super) const IRONBOW: i32 = 1;
pub(super) const DEPTH: i32 = 2;
pub(super) const EVENTS_DARK: i32 = 3;
pub(super) const EVENTS_LIGHT: i32 = 4;

/// Colours that go evenly from one stop to the next; the first is at 0 and the last at 255.
const fn gradient(stops: &[(usize, [u8; 3])]) -> Table {
    let mut table = [0; 256];
    let mut stop = 0;
    while stop + 1 < stops.len() {
        let ((start, from), (end, to)) = (stops[stop], stops[stop + 1]);
        let mut place = start;
        while place <= end {
            let (at, all) = ((place - start) as i32, (end - start) as i32);
            let mut channels = [0; 3];
            let mut i = 0;
            while i < 3 {
                let (a, b) = (from[i] as i32, to[i] as i32);
                channels[i] = (a + (b - a) * at / all) as u8;
                i += 1;
            }
            table[place] = rgb565(channels[0], channels[1], channels[2]);
            place += 1;
        }
        stop += 1;
    }
    table
}

/// A palette that a script has named.
#[derive(Clone, Copy)]
pub(super) enum Palette<'s> {
    /// One of the module's.
    Known(&'static Table),
    /// An image of 256 pixels.
    Image(Held<'s>),
}

/// The palette of the module with this number.
pub(super) fn known(number: i32) -> Option<&'static Table> {
    PALETTES.get(usize::try_from(number).ok()?)
}

/// The palette that an argument means: a number, or an image of 256 pixels.
pub(super) fn palette<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
) -> Result<Option<Palette<'s>>, Raised> {
    let Some(value) = given(cx, value) else { return Ok(None) };
    if cx.look(|cx| Ok(Data::<Image>::of(cx.get(value)).is_some()))? {
        check(cx, value, PixelFormat::Rgb565)?;
        return Ok(Some(Palette::Image(value)));
    }
    let number = int32(cx, value)?;
    match known(number) {
        Some(table) => Ok(Some(Palette::Known(table))),
        None => Err(cx.raise(&VALUE_ERROR, "there is no such palette")),
    }
}

/// The image of 256 degrees of opacity that an argument means.
pub(super) fn alphas<'s>(
    cx: &mut Full<'s>,
    value: Option<Held<'s>>,
) -> Result<Option<Held<'s>>, Raised> {
    let Some(value) = given(cx, value) else { return Ok(None) };
    check(cx, value, PixelFormat::Grayscale)?;
    Ok(Some(value))
}

/// Raises an exception if an image cannot be a table.
fn check<'s>(cx: &mut Full<'s>, image: Held<'s>, wanted: PixelFormat) -> Result<(), Raised> {
    let (w, h, format, _) = make::shape(cx, image)?;
    if format == wanted && u32::from(w) * u32::from(h) == 256 {
        return Ok(());
    }
    let text = match wanted {
        PixelFormat::Rgb565 => "a color palette is an RGB565 image of 256 pixels",
        _ => "an alpha palette is a GRAYSCALE image of 256 pixels",
    };
    Err(cx.raise(&VALUE_ERROR, text))
}

/// Copies the 256 pixels of an image.
pub(super) fn read<'h>(
    cx: Leaf<'h>,
    image: snakelet_vm::native::leaf::Obj<'h>,
) -> Result<Table, Leave> {
    let pix = pix(cx, image)?;
    let mut table = [0; 256];
    for (at, entry) in (0..).zip(&mut table) {
        *entry = pix.get(at % pix.w, at / pix.w);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn palettes_begin_and_end_with_their_stops() {
        let ends = |number: i32| known(number).map(|table| (table[0], table[255]));
        assert_eq!(ends(RAINBOW), Some((rgb565(0, 0, 255), rgb565(255, 0, 0))));
        assert_eq!(ends(IRONBOW), Some((0, rgb565(255, 255, 240))));
        assert!(known(5).is_none() && known(-1).is_none());
        // brightness rises along the ironbow
        let table = known(IRONBOW).map_or([0; 256], |table| *table);
        let grey = |pixel| super::super::color::grey_of(PixelFormat::Rgb565, pixel);
        assert!(table.windows(2).all(|two| grey(two[0]) <= grey(two[1]).saturating_add(4)));
    }
}
