//! The viewer's side of the preview.

use super::buffer::{Exclusive, StreamBuffer};
use super::header::{HEADER_BYTES, StreamHeader};

/// The side of a [`StreamBuffer`] that takes frames out.
///
/// ```
/// use snakelet_pool::stream::StreamBuffer;
///
/// let mut region = [0; 200];
/// let mut buffer = StreamBuffer::new(&mut region)?;
/// let (_, mut reader) = buffer.split();
/// assert_eq!(reader.size(), None);
/// assert!(reader.begin().is_none(), "there is no frame yet");
/// # Ok::<(), snakelet_pool::stream::StreamError>(())
/// ```
pub struct StreamReader<'a> {
    pub(super) buffer: &'a StreamBuffer<'a>,
}

impl<'a> StreamReader<'a> {
    /// Gives the frame that waits, if there is one. It stays the reader's until it is dropped.
    #[must_use]
    pub fn begin(&mut self) -> Option<StreamReading<'a>> {
        Exclusive::to_read(self.buffer).map(|(access, size)| StreamReading { access, size })
    }

    /// The bytes of the frame that waits, with its header; None if there is none.
    ///
    /// The writer may still withdraw that frame before [`begin`](Self::begin) takes it.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.buffer.state.size().map(|size| size as usize)
    }
}

/// A frame that is being read. Dropping it makes room for the next one.
///
/// If it is forgotten, the stream stays busy until the buffer is split again.
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamData, StreamError, StreamHeader};
///
/// let mut region = [0; 96];
/// let mut buffer = StreamBuffer::new(&mut region)?;
/// let (mut writer, mut reader) = buffer.split();
/// let mut filling = writer.begin().expect("there is no frame");
/// filling.bytes()[..4].copy_from_slice(b"jpeg");
/// let data = StreamData::Compressed { bytes: 4 };
/// let header = StreamHeader { width: 64, height: 48, format: 0x0606_0000, data, fps: 10.0 };
/// filling.complete(header)?;
///
/// let reading = reader.begin().expect("there is a frame");
/// assert_eq!(reading.header(), header);
/// assert_eq!(reading.bytes()[..4], 64_u32.to_le_bytes());
/// assert_eq!(&reading.bytes()[32..], b"jpeg");
/// # Ok::<(), StreamError>(())
/// ```
pub struct StreamReading<'a> {
    access: Exclusive<'a>,
    size: usize,
}

impl StreamReading<'_> {
    /// What is known about the frame.
    #[must_use]
    pub fn header(&self) -> StreamHeader {
        self.access.header()
    }

    /// The pixels, or the compressed data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        self.bytes().get(HEADER_BYTES..).unwrap_or_default()
    }

    /// Header and data, as they go over the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.access.bytes().get(..self.size).unwrap_or_default()
    }
}
