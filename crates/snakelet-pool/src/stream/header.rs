//! The header in front of a frame's data.
//!
//! ```text
//! 0       4        8        12                       16       20    24       32
//! | width | height | format | bytes or bytes a pixel | offset | fps | 0      | data ..
//! ```
//!
//! All numbers are little-endian and have 32 bits; `fps` is a float. This is the layout that
//! OpenMV's cameras and their viewers use.

/// The bytes of a header, which is where the data starts.
pub(super) const HEADER_BYTES: usize = 32;

/// How a frame's pixels are stored, which tells how many bytes they take.
///
/// ```
/// use snakelet_pool::stream::StreamData;
///
/// let photo = StreamData::Compressed { bytes: 9_000 };
/// let rgb565 = StreamData::Raw { bytes_per_pixel: 2 };
/// assert_ne!(photo, rgb565);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamData {
    /// Compressed, as JPEG is.
    Compressed {
        /// The bytes of the compressed data.
        bytes: u32,
    },
    /// Pixel by pixel, row by row.
    Raw {
        /// The bytes of one pixel.
        bytes_per_pixel: u32,
    },
}

/// What a viewer must know about a frame.
///
/// ```
/// use snakelet_pool::stream::{StreamData, StreamHeader};
///
/// let header = StreamHeader {
///     width: 320,
///     height: 240,
///     format: 0x0C03_0002, // RGB565
///     data: StreamData::Raw { bytes_per_pixel: 2 },
///     fps: 30.0,
/// };
/// assert_eq!(header.data_bytes(), Some(153_600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamHeader {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The code of the pixel format, as the viewer knows it.
    pub format: u32,
    /// How the pixels are stored.
    pub data: StreamData,
    /// Frames a second that the camera takes.
    pub fps: f32,
}

impl StreamHeader {
    /// The header of no frame, which is all zero.
    pub(super) const NONE: Self = Self {
        width: 0,
        height: 0,
        format: 0,
        data: StreamData::Compressed { bytes: 0 },
        fps: 0.0,
    };

    /// The bytes of the data behind the header; None if the number has more than 64 bits.
    #[must_use]
    pub fn data_bytes(&self) -> Option<u64> {
        match self.data {
            StreamData::Compressed { bytes } => Some(bytes.into()),
            StreamData::Raw { bytes_per_pixel } => u64::from(self.width)
                .checked_mul(self.height.into())?
                .checked_mul(bytes_per_pixel.into()),
        }
    }

    /// The header as it goes over the wire.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let size = match self.data {
            StreamData::Compressed { bytes } => bytes,
            StreamData::Raw { bytes_per_pixel } => bytes_per_pixel,
        };
        let offset = HEADER_BYTES as u32;
        let fields = [self.width, self.height, self.format, size, offset, self.fps.to_bits()];
        let mut bytes = [0; HEADER_BYTES];
        for (place, field) in bytes.as_chunks_mut().0.iter_mut().zip(fields) {
            *place = field.to_le_bytes();
        }
        bytes
    }
}
