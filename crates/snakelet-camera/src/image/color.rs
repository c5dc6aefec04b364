//! Colours: red, green and blue, and brightness.

use snakelet_pool::PixelFormat;

/// Brightness of which a pixel counts as white.
const HALF: u8 = 127;

/// A colour of 16 bits of eight bits each of red, green and blue.
#[inline]
pub(crate) const fn rgb565(r: u8, g: u8, b: u8) -> u16 {
    (r as u16 >> 3) << 11 | (g as u16 >> 2) << 5 | b as u16 >> 3
}

/// Red, green and blue of eight bits each.
#[inline]
pub(crate) const fn rgb888(pixel: u16) -> [u8; 3] {
    let (r, g, b) = (pixel >> 11, pixel >> 5 & 63, pixel & 31);
    [(r << 3 | r >> 2) as u8, (g << 2 | g >> 4) as u8, (b << 3 | b >> 2) as u8]
}

/// How bright a colour is: weights of 38, 75 and 15 of 128.
#[inline]
pub(crate) const fn grey(r: u8, g: u8, b: u8) -> u8 {
    ((r as u32 * 38 + g as u32 * 75 + b as u32 * 15) >> 7) as u8
}

/// How bright a pixel is.
#[inline]
pub(crate) const fn grey_of(format: PixelFormat, pixel: u16) -> u8 {
    match format {
        PixelFormat::Binary => {
            if pixel != 0 {
                255
            } else {
                0
            }
        }
        PixelFormat::Rgb565 => {
            let [r, g, b] = rgb888(pixel);
            grey(r, g, b)
        }
        _ => pixel as u8,
    }
}

/// Red, green and blue of a pixel.
#[inline]
pub(crate) const fn rgb_of(format: PixelFormat, pixel: u16) -> [u8; 3] {
    match format {
        PixelFormat::Rgb565 => rgb888(pixel),
        _ => [grey_of(format, pixel); 3],
    }
}

/// The pixel that a colour is in a format.
#[inline]
pub(crate) const fn pixel_of(format: PixelFormat, [r, g, b]: [u8; 3]) -> u16 {
    match format {
        PixelFormat::Rgb565 => rgb565(r, g, b),
        PixelFormat::Binary => (grey(r, g, b) > HALF) as u16,
        _ => grey(r, g, b) as u16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_values() {
        assert_eq!(grey(255, 255, 255), 255);
        assert_eq!(rgb565(255, 0, 255), 0xF81F);
        assert_eq!(rgb888(0xFFFF), [255; 3]);
    }
}
