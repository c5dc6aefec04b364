//! Pictures that are computed.

use super::picture::{Picture, for_each_row};
use crate::{Formats, PixelFormat, Setup};

/// A picture that is computed from the number of the frame.
///
/// ```
/// use snakelet_pool::{Formats, Pattern, PixelFormat, SensorInfo, Shape};
///
/// let sensor = SensorInfo::new("test", Formats::NONE.with(PixelFormat::Grayscale), 640, 480);
/// let setup = sensor.setup(&Shape::new(PixelFormat::Grayscale, 32, 16))?;
/// let mut frame = [0; 512];
/// Pattern::Checkers.draw(&setup, 0, &mut frame);
/// assert_eq!((frame[0], frame[16]), (0, 255));
/// # Ok::<(), snakelet_pool::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pattern {
    /// Moving squares of 16 pixels in grey, moving gradients in colour, a step every fourth frame. With
    /// `o = number / 4` a grey pixel is 255 where `((x + o) / 16 + y / 16) % 2` is 1, and a coloured
    /// one has `r = ((x + o) % w) * 31 / (w - 1)`, `g = y * 63 / (h - 1)` and
    /// `b = (((x + o) % w) ^ y) * 31 / (w + h - 2)`: what OpenMV's software sensor shows.
    Checkers,
    /// Eight bars: white, yellow, cyan, green, magenta, red, blue, black.
    ColorBars,
    /// Noise, the same for the same seed and frame number.
    Noise {
        /// The seed.
        seed: u32,
    },
    /// A white upright bar of a sixteenth of the width on black, which moves on by a column a frame.
    MovingBar,
    /// One colour: red, green and blue.
    Plain(u8, u8, u8),
}

/// Red, green and blue, a byte each.
type Rgb = [u8; 3];

impl Pattern {
    /// Draws frame `number` of this shape: rows from the start of `bytes`, as many as fit. Formats that
    /// are compressed are filled with the bytes of a grey picture, which is no valid file.
    pub fn draw(self, setup: &Setup, number: u32, bytes: &mut [u8]) {
        for_each_row(setup, bytes, |y, left, row| self.draw_row(setup, number, y, left, row));
    }

    fn draw_row(self, setup: &Setup, number: u32, y: u16, left: u16, row: &mut [u8]) {
        let columns = (0..setup.frame_width).map(|column| left.saturating_add(column));
        let grey = |x| self.grey(setup, number, x, y);
        match setup.format {
            PixelFormat::Grayscale | PixelFormat::Jpeg | PixelFormat::Png => {
                for (pixel, x) in row.iter_mut().zip(columns) {
                    *pixel = grey(x);
                }
            }
            PixelFormat::Rgb565 => {
                for (pixel, x) in row.chunks_exact_mut(2).zip(columns) {
                    pixel.copy_from_slice(&self.rgb565(setup, number, x, y).to_le_bytes());
                }
            }
            PixelFormat::Bayer => {
                // rows of blue and green, rows of green and red
                for (pixel, x) in row.iter_mut().zip(columns) {
                    let [red, green, blue] = self.rgb(setup, number, x, y);
                    *pixel = match (x % 2, y % 2) {
                        (0, 0) => blue,
                        (1, 1) => red,
                        _ => green,
                    };
                }
            }
            PixelFormat::Yuv422 => {
                for (pixel, x) in row.chunks_exact_mut(2).zip(columns) {
                    let [luma, blue, red] = yuv(self.rgb(setup, number, x, y));
                    pixel.copy_from_slice(&[luma, if x % 2 == 0 { blue } else { red }]);
                }
            }
            PixelFormat::Binary => {
                for (pixels, start) in row.iter_mut().zip((0u16..).step_by(8)) {
                    *pixels = (0..8).fold(0, |bits, bit| {
                        let column = start.saturating_add(bit);
                        let white =
                            column < setup.frame_width && grey(left.saturating_add(column)) >= 128;
                        bits | u8::from(white) << bit
                    });
                }
            }
        }
    }

    fn grey(self, setup: &Setup, number: u32, x: u16, y: u16) -> u8 {
        match self {
            Pattern::Checkers => checker(number, x, y),
            _ => yuv(self.rgb(setup, number, x, y))[0],
        }
    }

    fn rgb565(self, setup: &Setup, number: u32, x: u16, y: u16) -> u16 {
        let [red, green, blue] = match self {
            Pattern::Checkers => gradient(setup, number, x, y),
            _ => {
                let [red, green, blue] = self.rgb(setup, number, x, y);
                [red >> 3, green >> 2, blue >> 3].map(u16::from)
            }
        };
        red << 11 | green << 5 | blue
    }

    fn rgb(self, setup: &Setup, number: u32, x: u16, y: u16) -> Rgb {
        match self {
            Pattern::Checkers => {
                let [red, green, blue] = gradient(setup, number, x, y).map(|value| value as u8);
                [red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2]
            }
            Pattern::ColorBars => {
                let bar = u32::from(x) * 8 / u32::from(setup.width.max(1));
                [bar & 2, bar & 4, bar & 1].map(|off| if off == 0 { 255 } else { 0 })
            }
            Pattern::Noise { seed } => {
                let place = u32::from(y) << 16 | u32::from(x);
                let value = mix(mix(seed ^ number.wrapping_mul(0x9E37_79B9)) ^ place);
                [value as u8, (value >> 8) as u8, (value >> 16) as u8]
            }
            Pattern::MovingBar => {
                let width = u32::from(setup.width.max(1));
                let from_bar = (u32::from(x) + width - number % width) % width;
                if from_bar < (width / 16).max(1) { [255; 3] } else { [0; 3] }
            }
            Pattern::Plain(red, green, blue) => [red, green, blue],
        }
    }
}

impl Picture for Pattern {
    const FORMATS: Formats = Formats::NONE
        .with(PixelFormat::Binary)
        .with(PixelFormat::Grayscale)
        .with(PixelFormat::Rgb565)
        .with(PixelFormat::Bayer)
        .with(PixelFormat::Yuv422);
    const BARS: Option<Self> = Some(Pattern::ColorBars);

    fn draw(&self, setup: &Setup, number: u32, bytes: &mut [u8]) {
        Pattern::draw(*self, setup, number, bytes);
    }
}

/// A pixel of moving squares: black or white.
#[inline]
pub(super) fn checker(number: u32, x: u16, y: u16) -> u8 {
    let x = u32::from(x).wrapping_add(number / 4);
    if (x / 16).wrapping_add(u32::from(y) / 16) % 2 == 1 { 255 } else { 0 }
}

/// Five bits of red, six of green, five of blue.
fn gradient(setup: &Setup, number: u32, x: u16, y: u16) -> [u16; 3] {
    let (width, height) = (u32::from(setup.width.max(1)), u32::from(setup.height));
    let (x, y) = (u32::from(x).wrapping_add(number / 4) % width, u32::from(y));
    let share = |value: u32, of: u32, most: u32| (value * most / of.max(1)).min(most) as u16;
    let sum = (width + height).saturating_sub(2);
    [share(x, width - 1, 31), share(y, height.saturating_sub(1), 63), share(x ^ y, sum, 31)]
}

/// Brightness and the two colour differences, as ITU-R BT.601 weighs them.
fn yuv([red, green, blue]: Rgb) -> [u8; 3] {
    let [red, green, blue] = [red, green, blue].map(i32::from);
    let luma = (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
    let blue_difference = (((blue - luma) * 36_962) >> 16) + 128;
    let red_difference = (((red - luma) * 46_727) >> 16) + 128;
    [luma, blue_difference, red_difference].map(|value| value.clamp(0, 255) as u8)
}

/// A hash of 32 bits, the finaliser of MurmurHash3.
fn mix(mut value: u32) -> u32 {
    value = (value ^ value >> 16).wrapping_mul(0x85EB_CA6B);
    value = (value ^ value >> 13).wrapping_mul(0xC2B2_AE35);
    value ^ value >> 16
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;
    use crate::{SensorInfo, Shape, Window};

    fn frame(pattern: Pattern, shape: Shape, number: u32) -> (Setup, Vec<u8>) {
        let all = PixelFormat::ALL.into_iter().fold(Formats::NONE, Formats::with);
        let sensor = SensorInfo { crops: true, ..SensorInfo::new("test", all, u16::MAX, u16::MAX) };
        let setup = sensor.setup(&shape).expect("a possible shape");
        let mut bytes = vec![0xAA; setup.frame_bytes()];
        pattern.draw(&setup, number, &mut bytes);
        (setup, bytes)
    }

    #[test]
    #[cfg_attr(miri, ignore = "many pixels, and no unsafe code")]
    fn checkers_follow_the_formulas() {
        let (w, h, number) = (160, 120, 41);
        let (_, grey) =
            frame(Pattern::Checkers, Shape::new(PixelFormat::Grayscale, 160, 120), number);
        let (_, colour) =
            frame(Pattern::Checkers, Shape::new(PixelFormat::Rgb565, 160, 120), number);
        for y in 0..h {
            for x in 0..w {
                let (o, index) = (number as usize / 4, y * w + x);
                let white = ((x + o) / 16 + y / 16) % 2 == 1;
                assert_eq!(grey[index] == 255, white);
                let red = ((x + o) % w) * 31 / (w - 1);
                let green = y * 63 / (h - 1);
                let blue = (((x + o) % w) ^ y) * 31 / (w + h - 2);
                let pixel = u16::from_le_bytes([colour[2 * index], colour[2 * index + 1]]);
                assert_eq!(usize::from(pixel), red << 11 | green << 5 | blue, "{x} {y}");
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "many pixels, and no unsafe code")]
    fn every_pattern_fills_frames_of_every_format_and_size() {
        let noise = Pattern::Noise { seed: 1 };
        for pattern in [Pattern::Checkers, Pattern::ColorBars, noise, Pattern::MovingBar] {
            for format in PixelFormat::ALL {
                for (width, height) in [(1, 1), (1, 7), (33, 2), (64, 48)] {
                    let (setup, bytes) =
                        frame(pattern, Shape::new(format, width, height), u32::MAX);
                    let (_, again) = frame(pattern, Shape::new(format, width, height), u32::MAX);
                    assert_eq!(bytes, again);
                    assert_eq!(bytes.len(), setup.frame_bytes());
                }
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "many pixels, and no unsafe code")]
    fn a_cropped_frame_is_the_window_of_the_whole_one() {
        for format in [PixelFormat::Grayscale, PixelFormat::Rgb565, PixelFormat::Bayer] {
            let whole_shape = Shape::new(format, 64, 48);
            let window = Window { x: 20, y: 10, width: 30, height: 25 };
            let (whole_setup, whole) = frame(Pattern::Checkers, whole_shape, 9);
            let (setup, part) = frame(Pattern::Checkers, whole_shape.window(window), 9);
            let pixel = setup.row_bytes() / 30;
            for (y, row) in part.chunks_exact(setup.row_bytes()).enumerate() {
                let start = (y + 10) * whole_setup.row_bytes() + 20 * pixel;
                assert_eq!(row, &whole[start..][..30 * pixel]);
            }
        }
    }

    #[test]
    fn bars_move_and_noise_depends_on_seed_and_number() {
        let shape = Shape::new(PixelFormat::Grayscale, 64, 2);
        let (_, first) = frame(Pattern::MovingBar, shape, 0);
        let (_, fifth) = frame(Pattern::MovingBar, shape, 5);
        let start = |bytes: &[u8]| bytes.iter().position(|pixel| *pixel == 255);
        assert_eq!((start(&first), start(&fifth)), (Some(0), Some(5)));
        let noise = |seed, number| frame(Pattern::Noise { seed }, shape, number).1;
        assert_ne!(noise(1, 0), noise(2, 0));
        assert_ne!(noise(1, 0), noise(1, 1));
    }
}
