//! Pixel formats and the size of frames.

use thiserror::Error;

/// How the pixels of a frame are stored.
///
/// ```
/// use snakelet_pool::PixelFormat;
///
/// assert_eq!(PixelFormat::Rgb565.frame_bytes(320, 240), 153_600);
/// assert_eq!(PixelFormat::Grayscale.frame_bytes(640, 480), 307_200);
/// assert_eq!(PixelFormat::Binary.row_bytes(33), 8); // rows of whole words
/// assert_eq!(PixelFormat::from_code(0x0C03_0002), Some(PixelFormat::Rgb565));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PixelFormat {
    /// One bit a pixel, the lowest bit first, in rows of whole 32-bit words.
    Binary,
    /// One byte a pixel.
    Grayscale,
    /// Two bytes a pixel: five bits of red, six of green, five of blue.
    Rgb565,
    /// One byte a pixel, behind a mosaic of colour filters.
    Bayer,
    /// Two bytes a pixel: brightness, and one of the two colour differences in turn.
    Yuv422,
    /// Compressed. How long a frame is depends on what it shows; a buffer has a byte a pixel, and a
    /// frame that is longer is marked as overflown.
    Jpeg,
    /// Compressed without loss; as for JPEG, a buffer has a byte a pixel.
    Png,
}

impl PixelFormat {
    /// All formats.
    pub const ALL: [PixelFormat; 7] = [
        PixelFormat::Binary,
        PixelFormat::Grayscale,
        PixelFormat::Rgb565,
        PixelFormat::Bayer,
        PixelFormat::Yuv422,
        PixelFormat::Jpeg,
        PixelFormat::Png,
    ];

    /// The number that stands for the format in OpenMV's protocol and in its Python constants.
    pub const fn code(self) -> u32 {
        match self {
            PixelFormat::Binary => 0x0801_0000,
            PixelFormat::Grayscale => 0x0802_0001,
            PixelFormat::Rgb565 => 0x0C03_0002,
            PixelFormat::Bayer => 0x0504_0001,
            PixelFormat::Yuv422 => 0x1405_0002,
            PixelFormat::Jpeg => 0x0606_0000,
            PixelFormat::Png => 0x0607_0000,
        }
    }

    /// The format that a number stands for.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Bytes of a row of `width` pixels.
    pub const fn row_bytes(self, width: u16) -> usize {
        let width = width as usize;
        match self {
            PixelFormat::Binary => width.div_ceil(32) * 4,
            PixelFormat::Grayscale | PixelFormat::Bayer => width,
            PixelFormat::Jpeg | PixelFormat::Png => width,
            PixelFormat::Rgb565 | PixelFormat::Yuv422 => 2 * width,
        }
    }

    /// Bytes of a frame; the most that a frame may have if the format is compressed.
    pub const fn frame_bytes(self, width: u16, height: u16) -> usize {
        self.row_bytes(width).saturating_mul(height as usize)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of pixel formats.
///
/// ```
/// use snakelet_pool::{Formats, PixelFormat};
///
/// let formats = Formats::NONE.with(PixelFormat::Grayscale).with(PixelFormat::Jpeg);
/// assert!(formats.contains(PixelFormat::Jpeg) && !formats.contains(PixelFormat::Bayer));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Formats(u8);

impl Formats {
    /// No format.
    pub const NONE: Formats = Formats(0);

    /// Adds a format.
    #[must_use]
    pub const fn with(self, format: PixelFormat) -> Self {
        Formats(self.0 | format.bit())
    }

    /// Whether a format is in the set.
    pub const fn contains(self, format: PixelFormat) -> bool {
        self.0 & format.bit() != 0
    }
}

/// A part of a frame, in pixels.
///
/// ```
/// use snakelet_pool::{PixelFormat, Shape, Window};
///
/// let left = Window { x: 0, y: 0, width: 160, height: 240 };
/// let shape = Shape::new(PixelFormat::Grayscale, 320, 240).window(left);
/// assert_eq!(shape.window, Some(left));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first column.
    pub x: u16,
    /// The first row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// What the frames of a camera are like.
///
/// ```
/// use snakelet_pool::{PixelFormat, Shape, Window};
///
/// let qvga = Shape::new(PixelFormat::Rgb565, 320, 240);
/// let middle = qvga.window(Window { x: 80, y: 60, width: 160, height: 120 });
/// assert_eq!(middle.window.map(|window| window.width), Some(160));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How pixels are stored.
    pub format: PixelFormat,
    /// Columns of the sensor's picture.
    pub width: u16,
    /// Rows of the sensor's picture.
    pub height: u16,
    /// The part of it that is wanted; all of it if there is none. A sensor that cannot crop captures
    /// whole frames, and the window is the reader's matter.
    pub window: Option<Window>,
}

impl Shape {
    /// Whole frames of `width` columns and `height` rows.
    pub const fn new(format: PixelFormat, width: u16, height: u16) -> Self {
        Shape { format, width, height, window: None }
    }

    /// The same with a window.
    #[must_use]
    pub const fn window(self, window: Window) -> Self {
        Shape { window: Some(window), ..self }
    }
}

/// Why a shape is not possible. Nothing was changed.
///
/// ```
/// use snakelet_pool::{Formats, PixelFormat, SensorInfo, Shape, ShapeError};
///
/// let info = SensorInfo::new("grey", Formats::NONE.with(PixelFormat::Grayscale), 640, 480);
/// let error = info.setup(&Shape::new(PixelFormat::Grayscale, 800, 600)).unwrap_err();
/// assert!(matches!(error, ShapeError::Size { width: 800, most_width: 640, .. }));
/// assert_eq!(error.to_string(), "frames of 800x600 are not supported, at most 640x480");
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// The sensor does not make this format.
    #[error("pixel format {:#010x} is not supported by '{sensor}'", format.code())]
    Format {
        /// The format that was asked for.
        format: PixelFormat,
        /// The sensor's name.
        sensor: &'static str,
    },
    /// A side is 0 or longer than the sensor's picture.
    #[error("frames of {width}x{height} are not supported, at most {most_width}x{most_height}")]
    Size {
        /// Columns that were asked for.
        width: u16,
        /// Rows that were asked for.
        height: u16,
        /// Columns of the largest picture.
        most_width: u16,
        /// Rows of the largest picture.
        most_height: u16,
    },
    /// The window is empty or not wholly inside of the frame.
    #[error("the window {}x{} at {},{} is not inside of {width}x{height}",
        window.width, window.height, window.x, window.y)]
    Window {
        /// The window that was asked for.
        window: Window,
        /// Columns of the frame.
        width: u16,
        /// Rows of the frame.
        height: u16,
    },
    /// The sensor's interface moves rows in larger portions.
    #[error(
        "rows of {pixels} pixels, {bytes} bytes, are not multiples of {of_pixels} pixels and \
        {of_bytes} bytes"
    )]
    Row {
        /// Pixels of a row.
        pixels: u16,
        /// Bytes of a row.
        bytes: usize,
        /// What the pixels have to be a multiple of.
        of_pixels: u16,
        /// What the bytes have to be a multiple of.
        of_bytes: u16,
    },
}
