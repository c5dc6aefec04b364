//! What a software sensor shows.

use super::pattern::checker;
use crate::{Formats, PixelFormat, Setup, Window};

/// Something that a [`SoftSensor`](crate::SoftSensor) draws.
///
/// [`Pattern`](crate::Pattern) chooses among several pictures while the program runs, in every format.
/// A program that has room for less links a type that draws less, such as [`Checkers`].
///
/// ```
/// use snakelet_pool::{Formats, Picture, PixelFormat, Setup, SoftSensor};
///
/// /// Shows the number of the frame as a brightness.
/// struct Fade;
///
/// impl Picture for Fade {
///     const FORMATS: Formats = Formats::NONE.with(PixelFormat::Grayscale);
///
///     fn draw(&self, _setup: &Setup, number: u32, bytes: &mut [u8]) {
///         bytes.fill(number as u8);
///     }
/// }
///
/// let sensor = SoftSensor::new(Fade);
/// assert_eq!(sensor.number(), 0);
/// ```
pub trait Picture: Sized + Send {
    /// The formats that it can be drawn in.
    const FORMATS: Formats;

    /// Colour bars to be shown instead when they are asked for, if there are any.
    const BARS: Option<Self> = None;

    /// Draws frame `number` of this shape, rows from the start of `bytes` without gaps, as many as fit.
    fn draw(&self, setup: &Setup, number: u32, bytes: &mut [u8]);
}

/// [`Pattern::Checkers`](crate::Pattern::Checkers) in grey alone.
///
/// ```
/// use snakelet_pool::{Checkers, Pattern, Picture, PixelFormat, SensorInfo, Shape};
///
/// let sensor = SensorInfo::new("test", Checkers::FORMATS, 640, 480);
/// let setup = sensor.setup(&Shape::new(PixelFormat::Grayscale, 32, 16))?;
/// let mut frames = [[0; 512]; 2];
/// Checkers.draw(&setup, 9, &mut frames[0]);
/// Pattern::Checkers.draw(&setup, 9, &mut frames[1]);
/// assert_eq!(frames[0], frames[1]);
/// # Ok::<(), snakelet_pool::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Checkers;

impl Picture for Checkers {
    const FORMATS: Formats = Formats::NONE.with(PixelFormat::Grayscale);

    fn draw(&self, setup: &Setup, number: u32, bytes: &mut [u8]) {
        for_each_row(setup, bytes, |y, left, row| {
            for (pixel, x) in row.iter_mut().zip(left..) {
                *pixel = checker(number, x, y);
            }
        });
    }
}

/// Gives each row of a frame, with its number and that of its first column in the sensor's picture.
#[inline]
pub(super) fn for_each_row(
    setup: &Setup,
    bytes: &mut [u8],
    mut draw: impl FnMut(u16, u16, &mut [u8]),
) {
    let whole = Window { x: 0, y: 0, width: setup.width, height: setup.height };
    let window = setup.cropped.unwrap_or(whole);
    let mut y = window.y;
    for row in bytes.chunks_exact_mut(setup.row_bytes().max(1)).take(window.height.into()) {
        draw(y, window.x, row);
        y = y.wrapping_add(1);
    }
}
