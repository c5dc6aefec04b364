//! Bitmaps: of 8 bits with a palette, 16 bits, 24 and 32 bits, without compression.

use snakelet_pool::PixelFormat;
use snakelet_vm::Raised;
use snakelet_vm::native::full::{Full, Given, Held};

use super::super::color::{grey_of, rgb565};
use super::super::make::{self, Place};
use super::super::pix::Rect;
use super::{Layout, Reader, Writer, read_rows, unknown, write_row};

/// Bytes of the file's head, and of the picture's with three masks.
const FILE_HEAD: u32 = 14;
const HEAD: u32 = 40;
const MASKS: u32 = 12;

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..) {
        Some([low, high, ..]) => u16::from_le_bytes([*low, *high]),
        _ => 0,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// Loads what stands behind `BM`.
pub(super) fn load<'s>(cx: &mut Full<'s>, reader: &mut Reader<'s>, place: Place) -> Given<'s> {
    // behind the first two bytes; the masks begin at 52
    let mut head = [0; 56];
    reader.read(cx, &mut head)?;
    let (start, head_len) = (u32_at(&head, 8), u32_at(&head, 12));
    let (w, h) = (u32_at(&head, 16) as i32, u32_at(&head, 20) as i32);
    let (bits, compression, colors) = (u16_at(&head, 26), u32_at(&head, 28), u32_at(&head, 44));
    let red_mask = u32_at(&head, 52);
    let is_565 = compression == 3;
    if head_len < HEAD || !matches!(compression, 0 | 3) || h == i32::MIN {
        return Err(unknown(cx));
    }
    let layout = Layout { w, h: h.abs(), bits: bits.into(), align: 4, bottom_up: h > 0 };
    let mut table = [0; 256];
    let mut is_grey = bits == 8;
    if bits == 8 {
        let count = if colors == 0 { 256 } else { colors.min(256) };
        reader.seek(cx, i64::from(FILE_HEAD + head_len), 0)?;
        for (i, entry) in (0..count).zip(&mut table) {
            let mut bgr = [0; 4];
            reader.read(cx, &mut bgr)?;
            let [b, g, r, _] = bgr;
            is_grey &= [r, g, b] == [i as u8; 3];
            *entry = rgb565(r, g, b);
        }
    }
    reader.seek(cx, start.into(), 0)?;
    let format = if is_grey { PixelFormat::Grayscale } else { PixelFormat::Rgb565 };
    let image = make::new(cx, w, layout.h, format, place)?;
    match bits {
        8 if is_grey => read_rows(cx, reader, image, &layout, |grey| grey[0].into())?,
        8 => read_rows(cx, reader, image, &layout, |i| table[usize::from(i[0])])?,
        // five bits of each, unless masks say that green has six
        16 if is_565 && red_mask == 0xF800 => {
            read_rows(cx, reader, image, &layout, |bytes| u16_at(bytes, 0))?;
        }
        16 => read_rows(cx, reader, image, &layout, |bytes| {
            let pixel = u16_at(bytes, 0);
            (pixel & 0x7FE0) << 1 | (pixel & 0x0200) >> 4 | pixel & 0x1F
        })?,
        24 | 32 => read_rows(cx, reader, image, &layout, |bytes| match *bytes {
            [b, g, r, ..] => rgb565(r, g, b),
            _ => 0,
        })?,
        _ => return Err(unknown(cx)),
    }
    Ok(image)
}

/// Saves a part of an image: grey with a palette, or the 16 bits of its pixels.
pub(super) fn save<'s>(
    cx: &mut Full<'s>,
    writer: &mut Writer<'s>,
    image: Held<'s>,
    part: Rect,
) -> Result<(), Raised> {
    let (_, _, format, _) = make::shape(cx, image)?;
    let is_color = format == PixelFormat::Rgb565;
    let (w, h) = (part.w as u32, part.h as u32);
    let row = if is_color { 2 * w } else { w };
    let padding = row.next_multiple_of(4) - row;
    let bytes = (row + padding).saturating_mul(h);
    let start = FILE_HEAD + HEAD + if is_color { MASKS } else { 4 * 256 };
    writer.write(cx, b"BM")?;
    let bits = if is_color { 16 } else { 8 };
    let compression = if is_color { 3 } else { 0 };
    for word in [
        start.saturating_add(bytes),
        0,
        start,
        HEAD,
        w,
        h,
        1 | bits << 16,
        compression,
        bytes,
        0,
        0,
        if is_color { 0 } else { 256 },
        0,
    ] {
        writer.write(cx, &word.to_le_bytes())?;
    }
    if is_color {
        for mask in [0xF800u32, 0x07E0, 0x001F] {
            writer.write(cx, &mask.to_le_bytes())?;
        }
    } else {
        for grey in 0..=255 {
            writer.write(cx, &[grey, grey, grey, 0])?;
        }
    }
    for y in part.rows().rev() {
        if is_color {
            write_row(cx, writer, image, part, y, |_, pixel| pixel.to_le_bytes())?;
        } else {
            write_row(cx, writer, image, part, y, |format, pixel| [grey_of(format, pixel)])?;
        }
        writer.write(cx, [0; 4].get(..padding as usize).unwrap_or(&[]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_the_lowest_byte_on() {
        let bytes = [1, 2, 3, 4, 5];
        assert_eq!(u16_at(&bytes, 1), 0x0302);
        assert_eq!(u32_at(&bytes, 1), 0x0504_0302);
        assert_eq!(u32_at(&bytes, 4), 0);
    }
}
