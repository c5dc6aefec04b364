//! Portable maps of pixels: P5 and P6, and reading their kin of text and bits.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::native::full::{Full, Given, Held};

use super::super::color::{grey_of, rgb_of, rgb565};
use super::super::make::{self, Place, pix};
use super::super::pix::Rect;
use super::{Layout, Reader, Writer, read_rows, unknown, write_row};
use crate::text::Text;

/// Loads what stands behind `P` and the kind.
pub(super) fn load<'s>(
    cx: &mut Full<'s>,
    reader: &mut Reader<'s>,
    kind: u8,
    place: Place,
) -> Given<'s> {
    let (w, h) = (number(cx, reader)?, number(cx, reader)?);
    let most = if kind == b'4' { 1 } else { number(cx, reader)? };
    if !(1..=255).contains(&most) {
        return Err(unknown(cx));
    }
    let most = most as u32;
    let full = |value: u32| (value.min(most) * 255 / most) as u8;
    let (format, bits) = match kind {
        b'4' => (PixelFormat::Binary, 1),
        b'2' | b'5' => (PixelFormat::Grayscale, 8),
        _ => (PixelFormat::Rgb565, 24),
    };
    let image = make::new(cx, w, h, format, place)?;
    let layout = Layout { w, h, bits, align: 1, bottom_up: false };
    match kind {
        // a bit that is set is black
        b'4' => read_rows(cx, reader, image, &layout, |bit| u16::from(bit[0] == 0))?,
        b'5' => read_rows(cx, reader, image, &layout, |grey| full(grey[0].into()).into())?,
        b'6' => read_rows(cx, reader, image, &layout, |rgb| match *rgb {
            [r, g, b] => rgb565(full(r.into()), full(g.into()), full(b.into())),
            _ => 0,
        })?,
        _ => {
            for y in 0..h {
                for x in 0..w {
                    let mut channels = [0; 3];
                    for channel in channels.iter_mut().take(bits / 8) {
                        *channel = full(number(cx, reader)? as u32);
                    }
                    let [r, g, b] = channels;
                    let pixel = if bits == 8 { r.into() } else { rgb565(r, g, b) };
                    cx.look(|cx| {
                        pix(*cx, cx.get(image))?.set(x, y, pixel);
                        cx.spend(8)
                    })?;
                }
            }
        }
    }
    Ok(image)
}

/// The next number of the text; a comment goes to the end of its line. One character behind it is taken as well.
fn number<'s>(cx: &mut Full<'s>, reader: &mut Reader<'s>) -> Result<i32, Raised> {
    let mut byte = reader.byte(cx)?;
    loop {
        cx.charge(1)?;
        match byte {
            b'#' => {
                while byte != b'\n' {
                    byte = reader.byte(cx)?;
                    cx.charge(1)?;
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => break,
        }
        byte = reader.byte(cx)?;
    }
    let (mut value, mut digits) = (0i32, 0);
    while byte.is_ascii_digit() {
        value = value.saturating_mul(10).saturating_add((byte - b'0').into());
        digits += 1;
        // the last number of a text may end with it
        if digits > 9 || reader.is_at_end(cx)? {
            break;
        }
        byte = reader.byte(cx)?;
    }
    if digits == 0 { Err(unknown(cx)) } else { Ok(value) }
}

/// Saves a part of an image, in colours or in grey.
pub(super) fn save<'s>(
    cx: &mut Full<'s>,
    writer: &mut Writer<'s>,
    image: Held<'s>,
    part: Rect,
    color: bool,
) -> Result<(), Raised> {
    let kind = if color { 6 } else { 5 };
    let head = Text::<48>::of(format_args!("P{kind}\n{} {}\n255\n", part.w, part.h));
    writer.write(cx, head.as_str().as_bytes())?;
    for y in part.rows() {
        if color {
            write_row(cx, writer, image, part, y, rgb_of)?;
        } else {
            write_row(cx, writer, image, part, y, |format, pixel| [grey_of(format, pixel)])?;
        }
    }
    Ok(())
}
