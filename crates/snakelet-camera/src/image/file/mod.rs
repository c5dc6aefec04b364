//! Images in files: BMP, PPM, PGM, and, as they are, JPEG and PNG.
//!
//! Files are opened and read with the interpreter's `open`, so whatever a host mounts will do.

mod bmp;
mod pnm;
mod stream;

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{OS_ERROR, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Data, Param};

use super::convert::{self, is_raw};
use super::make::{self, Image, Place, image, pix};
use super::pix::Rect;
use super::{arguments, jpeg, png};
use crate::args::{given, int32_or};
pub(super) use stream::{Reader, Writer};

/// The image that an argument is, or that lies in the file that it names.
pub(super) fn picture<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Given<'s> {
    if is_path(cx, value)? { load(cx, value, Place::Auto) } else { Ok(value) }
}

/// Whether an argument is a text.
pub(super) fn is_path<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<bool, Raised> {
    cx.look(|cx| Ok(cx.is_str(cx.get(value))))
}

/// Whether an argument is an image.
pub(super) fn is_image<'s>(cx: &mut Full<'s>, value: Held<'s>) -> Result<bool, Raised> {
    cx.look(|cx| Ok(Data::<Image>::of(cx.get(value)).is_some()))
}

/// The image itself, or what a compressed one shows.
pub(super) fn raw<'s>(cx: &mut Full<'s>, image: Held<'s>) -> Given<'s> {
    let (_, _, format, _) = make::shape(cx, image)?;
    match format {
        PixelFormat::Jpeg => jpeg::decode(cx, image),
        PixelFormat::Png => png::decode(cx, image),
        _ => Ok(image),
    }
}

/// Loads an image from the file of this name.
pub(super) fn load<'s>(cx: &mut Full<'s>, path: Held<'s>, place: Place) -> Given<'s> {
    let mut reader = Reader::open(cx, path)?;
    let loaded = load_from(cx, &mut reader, place);
    let closed = reader.close(cx);
    let image = loaded?;
    closed?;
    Ok(image)
}

fn load_from<'s>(cx: &mut Full<'s>, reader: &mut Reader<'s>, place: Place) -> Given<'s> {
    let mut start = [0; 2];
    reader.read(cx, &mut start)?;
    match start {
        [b'B', b'M'] => bmp::load(cx, reader, place),
        [b'P', kind @ b'2'..=b'6'] => pnm::load(cx, reader, kind, place),
        [0xFF, 0xD8] => whole(cx, reader, PixelFormat::Jpeg, place),
        [0x89, b'P'] => whole(cx, reader, PixelFormat::Png, place),
        _ => Err(unknown(cx)),
    }
}

/// Raises the error for a file that is no picture.
#[cold]
pub(super) fn unknown(cx: &mut Full<'_>) -> Raised {
    cx.raise(&OS_ERROR, "unsupported or damaged image file")
}

/// Loads all of a file, which stays compressed.
fn whole<'s>(
    cx: &mut Full<'s>,
    reader: &mut Reader<'s>,
    format: PixelFormat,
    place: Place,
) -> Given<'s> {
    let len = reader.len(cx)?;
    let Some(len) = u32::try_from(len).ok().filter(|len| *len < 1 << 30) else {
        return Err(unknown(cx));
    };
    reader.rewind(cx)?;
    // what size the picture has stands in the file
    let new = make::sized(cx, (1, 1, format), len, place)?;
    let mut at = 0;
    while at < len as usize {
        let mut piece = [0; 256];
        let n = (len as usize - at).min(piece.len());
        reader.read(cx, &mut piece[..n])?;
        cx.look(|cx| {
            let cells = make::bytes(*cx, image(*cx, cx.get(new))?)?;
            let cells = cells.get(at..at + n).unwrap_or(&[]);
            cells.iter().zip(piece).for_each(|(cell, byte)| cell.set(byte));
            Ok(())
        })?;
        at += n;
    }
    let size = match format {
        PixelFormat::Jpeg => jpeg::size(cx, new)?,
        _ => png::size(cx, new)?,
    };
    let Some((width, height)) = size else { return Err(unknown(cx)) };
    cx.with_data_mut(new, |image: &mut Image| (image.width, image.height) = (width, height))?;
    Ok(new)
}

/// Kinds of files, by how their names end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bmp,
    Pgm,
    Ppm,
    Jpeg,
    Png,
}

/// `save(path, roi=None, quality=50)`
pub(super) fn save<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    static PARAMETERS: [Param; 3] = [
        Param::required(name!("path")),
        Param::optional(name!("roi")),
        Param::optional(name!("quality")),
    ];
    let this = args.or_none(0);
    let [path, roi, quality] = args.skip(1).parse(cx, &PARAMETERS)?;
    let path = path.unwrap_or(Held::NONE);
    let (_, _, format, _) = make::shape(cx, this)?;
    let kind = cx.look(|cx| {
        let Some(name) = cx.as_str(cx.get(path)) else { return Ok(None) };
        let is = |end: &str| {
            let start = name.len().saturating_sub(end.len());
            name.as_bytes()
                .get(start..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
        };
        Ok(Some(match format {
            _ if is(".bmp") => Kind::Bmp,
            _ if is(".pgm") => Kind::Pgm,
            _ if is(".ppm") => Kind::Ppm,
            _ if is(".jpg") || is(".jpeg") => Kind::Jpeg,
            _ if is(".png") => Kind::Png,
            PixelFormat::Jpeg => Kind::Jpeg,
            PixelFormat::Png => Kind::Png,
            _ => Kind::Bmp,
        }))
    })?;
    let Some(kind) = kind else { return Err(cx.raise(&TYPE_ERROR, "path must be a str")) };
    let target = match kind {
        Kind::Jpeg => Some(PixelFormat::Jpeg),
        Kind::Png => Some(PixelFormat::Png),
        _ => None,
    };
    let mut source = this;
    match target {
        // as it is
        Some(target) if target == format => {}
        Some(target) => {
            source = raw(cx, this)?;
            let part = arguments::roi(cx, source, roi)?;
            if part != arguments::whole(cx, source)? {
                source = convert::part(cx, source, part)?;
            }
            source = match target {
                PixelFormat::Jpeg => {
                    let quality = int32_or(cx, quality, 50)?;
                    jpeg::encode(cx, source, quality, 0, Place::Auto)?
                }
                _ => png::encode(cx, source, Place::Auto)?,
            };
        }
        None if !is_raw(format) => {
            let text = "a compressed image cannot be saved in this format";
            return Err(cx.raise(&VALUE_ERROR, text));
        }
        None => {}
    }
    let part = match target {
        Some(_) => None,
        None => Some(arguments::roi(cx, this, given(cx, roi))?),
    };
    let mut writer = Writer::open(cx, path)?;
    let saved = match (kind, part) {
        (Kind::Bmp, Some(part)) => bmp::save(cx, &mut writer, source, part),
        (_, Some(part)) => pnm::save(cx, &mut writer, source, part, kind == Kind::Ppm),
        (_, None) => writer.image(cx, source),
    };
    let closed = writer.close(cx);
    saved?;
    closed?;
    Ok(this)
}

/// The pixels of a file's rows, which come in this order.
struct Layout {
    w: i32,
    h: i32,
    /// Bits of a pixel: 1, or a multiple of 8.
    bits: usize,
    /// Rows take a multiple of so many bytes.
    align: usize,
    bottom_up: bool,
}

/// Reads all rows into an image.
fn read_rows<'s>(
    cx: &mut Full<'s>,
    reader: &mut Reader<'s>,
    target: Held<'s>,
    layout: &Layout,
    pixel: impl Fn(&[u8]) -> u16,
) -> Result<(), Raised> {
    const MOST: usize = 64;
    let size = (layout.bits / 8).clamp(1, 4);
    let row_bytes = (layout.w as usize).saturating_mul(layout.bits).div_ceil(8);
    let padding = row_bytes.next_multiple_of(layout.align.max(1)) - row_bytes;
    for row in 0..layout.h {
        let y = if layout.bottom_up { layout.h - 1 - row } else { row };
        let (mut x, mut left) = (0, row_bytes);
        while left > 0 {
            let mut bytes = [0; 4 * MOST];
            let n = left.min(MOST * size);
            reader.read(cx, &mut bytes[..n])?;
            left -= n;
            let bytes = &bytes[..n];
            x = cx.look(|cx| {
                let pix = pix(*cx, cx.get(target))?;
                let mut x = x;
                if layout.bits == 1 {
                    // the leftmost pixel is the highest bit
                    for i in 0..8 * n {
                        let bit = bytes[i / 8] >> (7 - i % 8) & 1;
                        pix.set(x, y, pixel(&[bit]));
                        x += 1;
                    }
                } else {
                    for bytes in bytes.chunks_exact(size) {
                        pix.set(x, y, pixel(bytes));
                        x += 1;
                    }
                }
                cx.spend(n)?;
                Ok(x)
            })?;
        }
        let mut rest = [0; 4];
        reader.read(cx, &mut rest[..padding.min(4)])?;
    }
    Ok(())
}

/// Writes a row of an image, so many bytes a pixel.
fn write_row<'s, const N: usize>(
    cx: &mut Full<'s>,
    writer: &mut Writer<'s>,
    source: Held<'s>,
    part: Rect,
    y: i32,
    bytes: impl Fn(PixelFormat, u16) -> [u8; N],
) -> Result<(), Raised> {
    const MOST: i32 = 64;
    let mut x = part.x;
    while x < part.x + part.w {
        let n = (part.x + part.w - x).min(MOST);
        let mut row = [[0; N]; MOST as usize];
        cx.look(|cx| {
            let pix = pix(*cx, cx.get(source))?;
            for (x, place) in (x..x + n).zip(&mut row) {
                *place = bytes(pix.format, pix.get(x, y));
            }
            cx.spend(n as usize)
        })?;
        writer.write(cx, row.get(..n as usize).unwrap_or(&[]).as_flattened())?;
        x += n;
    }
    Ok(())
}
