//! Colours: red, green and blue, brightness, and the colour space L*a*b*.

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

/// The sum of the channels of a pixel of 16 bits with these weights. What its bits add to it does not depend on the
/// others.
pub(crate) const fn weighted(pixel: u16) -> u16 {
    let [r, g, b] = rgb888(pixel);
    r as u16 * 38 + g as u16 * 75 + b as u16 * 15
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

/// The same pixel in another format.
#[inline]
pub(crate) const fn convert(from: PixelFormat, to: PixelFormat, pixel: u16) -> u16 {
    match (from, to) {
        (PixelFormat::Rgb565, PixelFormat::Rgb565) => pixel,
        (PixelFormat::Binary, PixelFormat::Binary) => pixel,
        (_, PixelFormat::Rgb565) => pixel_of(to, rgb_of(from, pixel)),
        (_, PixelFormat::Binary) => (grey_of(from, pixel) > HALF) as u16,
        _ => grey_of(from, pixel) as u16,
    }
}

/// What a channel of sRGB stands for, 0 to 1.
fn linear(channel: u8) -> f32 {
    let c = f32::from(channel) / 255.0;
    if c > 0.04045 { libm::powf((c + 0.055) / 1.055, 2.4) } else { c / 12.92 }
}

/// White of the light D65.
const WHITE: [f32; 3] = [0.950_47, 1.0, 1.088_83];
/// Where the curve of L*a*b* begins, and the slope of the line before.
const KNEE: f32 = 0.008_856;
const SLOPE: f32 = 7.787;

/// Lightness, green to red, blue to yellow of a colour: 0 to 100, and -128 to 127 twice.
pub(crate) fn lab([r, g, b]: [u8; 3]) -> [i8; 3] {
    let [r, g, b] = [linear(r), linear(g), linear(b)];
    let curve = |t: f32| if t > KNEE { libm::cbrtf(t) } else { SLOPE * t + 16.0 / 116.0 };
    let x = curve((r * 0.4124 + g * 0.3576 + b * 0.1805) / WHITE[0]);
    let y = curve((r * 0.2126 + g * 0.7152 + b * 0.0722) / WHITE[1]);
    let z = curve((r * 0.0193 + g * 0.1192 + b * 0.9505) / WHITE[2]);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)].map(|value| libm::roundf(value) as i8)
}

/// The colour that is nearest to a place of L*a*b*.
pub(crate) fn rgb_of_lab([l, a, b]: [f32; 3]) -> [u8; 3] {
    let y = (l + 16.0) / 116.0;
    let (x, z) = (y + a / 500.0, y - b / 200.0);
    let curve = |t: f32| {
        let cube = t * t * t;
        if cube > KNEE { cube } else { (t - 16.0 / 116.0) / SLOPE }
    };
    let (x, y, z) = (curve(x) * WHITE[0], curve(y) * WHITE[1], curve(z) * WHITE[2]);
    let rgb = [
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    ];
    rgb.map(|c| {
        let c = if c > 0.003_130_8 { 1.055 * libm::powf(c, 1.0 / 2.4) - 0.055 } else { 12.92 * c };
        // out of range saturates
        (c * 255.0 + 0.5) as u8
    })
}

/// Remembers the last pixel's L*a*b*: neighbours are often alike, and the calculation takes long.
pub(crate) struct Lab {
    known: [(u16, [i8; 3]); LAB_ENTRIES],
}

/// Pixels that are remembered.
const LAB_ENTRIES: usize = 64;

impl Lab {
    /// Knows black, of which each entry is a copy at first.
    pub(crate) const fn new() -> Self {
        Lab { known: [(0, [0; 3]); LAB_ENTRIES] }
    }

    /// L*a*b* of a pixel of 16 bits.
    #[inline]
    pub(crate) fn of(&mut self, pixel: u16) -> [i8; 3] {
        let place = usize::from(pixel ^ pixel >> 6) % LAB_ENTRIES;
        let Some(entry) = self.known.get_mut(place) else { return lab(rgb888(pixel)) };
        if entry.0 != pixel {
            *entry = (pixel, lab(rgb888(pixel)));
        }
        entry.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_values() {
        assert_eq!(lab([255, 255, 255]), [100, 0, 0]);
        assert_eq!(lab([0, 0, 0]), [0, 0, 0]);
        assert_eq!(lab([255, 0, 0]), [53, 80, 67]);
        assert_eq!(lab([0, 0, 255]), [32, 79, -108]);
        assert_eq!(grey(255, 255, 255), 255);
        assert_eq!(rgb565(255, 0, 255), 0xF81F);
        assert_eq!(rgb888(0xFFFF), [255; 3]);
        for rgb in [[255; 3], [0; 3], [200, 30, 90], [10, 200, 250]] {
            let back = rgb_of_lab(lab(rgb).map(f32::from));
            assert!(rgb.into_iter().zip(back).all(|(a, b)| a.abs_diff(b) < 8), "{rgb:?} {back:?}");
        }
    }

    #[test]
    fn what_is_remembered_is_right() {
        let mut known = Lab::new();
        for pixel in (0..=u16::MAX).step_by(37).chain([0, 0, 1, 1]) {
            assert_eq!(known.of(pixel), lab(rgb888(pixel)));
        }
    }
}
