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

/// What channels of 5 and 6 bits stand for in sRGB, 0 to 1: the curve of the standard (IEC 61966-2-1) at each value.
static LINEAR_5: [f32; 32] = [
    0.0,
    0.002_428_216,
    0.005_181_517,
    0.009_134_057,
    0.015_208_514,
    0.022_173_883,
    0.030_713_44,
    0.040_915_2,
    0.054_480_284,
    0.068_478_18,
    0.084_376_216,
    0.102_241_75,
    0.124_771_84,
    0.147_027_28,
    0.171_441_1,
    0.198_069_3,
    0.230_740_07,
    0.262_250_72,
    0.296_138_32,
    0.332_451_58,
    0.376_262_22,
    0.417_885_15,
    0.462_077_05,
    0.508_881_45,
    0.564_711_63,
    0.617_206_63,
    0.672_443_2,
    0.730_460_9,
    0.799_102_84,
    0.863_157_3,
    0.930_110_9,
    1.0,
];
static LINEAR_6: [f32; 64] = [
    0.0,
    0.001_214_108,
    0.002_428_216,
    0.003_676_507,
    0.005_181_517,
    0.006_995_41,
    0.009_134_057,
    0.011_612_244,
    0.014_443_844,
    0.017_641_952,
    0.021_219_01,
    0.025_186_857,
    0.029_556_833,
    0.034_339_808,
    0.039_546_236,
    0.045_186_203,
    0.052_860_655,
    0.059_511_24,
    0.066_625_95,
    0.074_213_58,
    0.082_282_715,
    0.090_841_725,
    0.099_898_74,
    0.109_461_72,
    0.119_538_434,
    0.130_136_49,
    0.141_263_3,
    0.152_926_16,
    0.165_132_22,
    0.177_888_41,
    0.191_201_66,
    0.205_078_72,
    0.223_227_98,
    0.238_397_66,
    0.254_152_18,
    0.270_497_86,
    0.287_440_9,
    0.304_987_37,
    0.323_143_24,
    0.341_914_45,
    0.361_306_88,
    0.381_326_1,
    0.401_977_87,
    0.423_267_72,
    0.445_201_25,
    0.467_783_84,
    0.491_020_9,
    0.514_917_8,
    0.545_724_6,
    0.571_124_9,
    0.597_201_9,
    0.623_960_5,
    0.651_405_7,
    0.679_542_54,
    0.708_375_93,
    0.737_910_5,
    0.768_151_3,
    0.799_102_84,
    0.830_769_96,
    0.863_157_3,
    0.896_269_44,
    0.930_110_9,
    0.964_686_3,
    1.0,
];

/// White of the light D65.
const WHITE: [f32; 3] = [0.950_47, 1.0, 1.088_83];
/// Where the curve of L*a*b* begins, and the slope of the line before.
const KNEE: f32 = 0.008_856;
const SLOPE: f32 = 7.787;

/// The curve of L*a*b*. Cube roots are found by two steps of Halley's method from a third of the exponent, which is
/// right but for the last places.
#[inline]
fn curve(t: f32) -> f32 {
    if t <= KNEE {
        return SLOPE * t + 16.0 / 116.0;
    }
    let mut root = f32::from_bits(t.to_bits() / 3 + 0x2A52_0000);
    for _ in 0..2 {
        let cube = root * root * root;
        root = root * (t + t + cube) / (cube + cube + t);
    }
    root
}

/// Lightness, green to red, blue to yellow of a pixel of 16 bits: 0 to 100, and -128 to 127 twice.
pub(crate) fn lab(pixel: u16) -> [i8; 3] {
    let (r, g) = (LINEAR_5[usize::from(pixel >> 11)], LINEAR_6[usize::from(pixel >> 5 & 63)]);
    let b = LINEAR_5[usize::from(pixel & 31)];
    let [wx, wy, wz] = WHITE;
    let x = curve(r * (0.4124 / wx) + g * (0.3576 / wx) + b * (0.1805 / wx));
    let y = curve(r * (0.2126 / wy) + g * (0.7152 / wy) + b * (0.0722 / wy));
    let z = curve(r * (0.0193 / wz) + g * (0.1192 / wz) + b * (0.9505 / wz));
    // halves go away from zero
    let round = |value: f32| (if value < 0.0 { value - 0.5 } else { value + 0.5 }) as i32 as i8;
    [round(116.0 * y - 16.0), round(500.0 * (x - y)), round(200.0 * (y - z))]
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

/// How many colours something is remembered of at a time.
pub(crate) const REMEMBERED: usize = 512;

/// Where something about a colour is remembered. Colours that differ little have different places: a step of blue is
/// one, of green 32 or 33, and of red 44.
#[inline(always)]
pub(crate) const fn place(pixel: u16) -> usize {
    ((pixel as usize * 523) >> 9) % REMEMBERED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_values() {
        let lab = |[r, g, b]: [u8; 3]| lab(rgb565(r, g, b));
        assert_eq!(lab([255, 255, 255]), [100, 0, 0]);
        assert_eq!(lab([0, 0, 0]), [0, 0, 0]);
        assert_eq!(lab([255, 0, 0]), [53, 80, 67]);
        assert_eq!(lab([0, 0, 255]), [32, 79, -108]);
        assert_eq!(grey(255, 255, 255), 255);
        assert_eq!(rgb565(255, 0, 255), 0xF81F);
        assert_eq!(rgb888(0xFFFF), [255; 3]);
        for rgb in [[255; 3], [0; 3], [200, 30, 90], [10, 200, 250]] {
            let back = rgb_of_lab(lab(rgb).map(f32::from));
            assert!(rgb.into_iter().zip(back).all(|(a, b)| a.abs_diff(b) < 12), "{rgb:?} {back:?}");
        }
    }

    /// L*a*b* by the formulas, for all that there are.
    #[test]
    fn all_colours_have_the_values_of_the_formulas() {
        let linear = |channel: u8| {
            let c = f32::from(channel) / 255.0;
            if c > 0.04045 { libm::powf((c + 0.055) / 1.055, 2.4) } else { c / 12.92 }
        };
        let curve = |t: f32| if t > KNEE { libm::cbrtf(t) } else { SLOPE * t + 16.0 / 116.0 };
        for pixel in 0..=u16::MAX {
            let [r, g, b] = rgb888(pixel).map(linear);
            let x = curve((r * 0.4124 + g * 0.3576 + b * 0.1805) / WHITE[0]);
            let y = curve((r * 0.2126 + g * 0.7152 + b * 0.0722) / WHITE[1]);
            let z = curve((r * 0.0193 + g * 0.1192 + b * 0.9505) / WHITE[2]);
            let exact = [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)];
            let expected = exact.map(|value| libm::roundf(value) as i8);
            assert_eq!(lab(pixel), expected, "{pixel:#x} {exact:?}");
        }
    }

    #[test]
    fn neighbours_have_places_of_their_own() {
        // eight steps of green with all of blue
        for start in (0..=u16::MAX - 255).step_by(32) {
            let mut taken = [false; REMEMBERED];
            for pixel in start..=start + 255 {
                assert!(!core::mem::replace(&mut taken[place(pixel)], true), "{pixel:#x}");
            }
        }
    }
}
