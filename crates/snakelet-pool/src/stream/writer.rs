//! The camera's side of the preview.

use core::ops::Range;

use super::buffer::{Exclusive, StreamBuffer};
use super::error::StreamError;
use super::header::{HEADER_BYTES, StreamHeader};

/// The side of a [`StreamBuffer`] that puts frames in.
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamData, StreamHeader};
///
/// let mut region = [0; 200];
/// let mut buffer = StreamBuffer::new(&mut region)?;
/// let (mut writer, _) = buffer.split();
/// let filling = writer.begin().expect("there is no frame");
/// let data = StreamData::Raw { bytes_per_pixel: 1 };
/// filling.complete(StreamHeader { width: 3, height: 2, format: 0x0802_0001, data, fps: 30.0 })?;
/// assert!(writer.begin().is_none(), "the frame waits for the reader");
/// assert!(writer.withdraw());
/// assert!(writer.begin().is_some());
/// # Ok::<(), snakelet_pool::stream::StreamError>(())
/// ```
pub struct StreamWriter<'a> {
    pub(super) buffer: &'a StreamBuffer<'a>,
}

impl<'a> StreamWriter<'a> {
    /// Gives the memory for the next frame, if the reader is done with the last one.
    ///
    /// So no work goes into frames at more than the viewer's rate.
    #[must_use]
    pub fn begin(&mut self) -> Option<StreamFilling<'a>> {
        Exclusive::to_write(self.buffer).map(|access| StreamFilling { access })
    }

    /// Removes the frame that waits for the reader; false if there is none, or it is being read.
    ///
    /// A script that starts anew calls this, so that the viewer does not get a frame of the script
    /// before.
    pub fn withdraw(&mut self) -> bool {
        Exclusive::to_withdraw(self.buffer).is_some()
    }

    /// The addresses of the region, which no memory pool may contain.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.buffer.range()
    }

    /// The most bytes of data that a frame can have.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

/// A frame that is being written.
///
/// [`complete`](Self::complete) passes it on to the reader, and dropping it abandons the frame. If
/// it is forgotten, the stream stays busy until the buffer is split again.
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamData, StreamError, StreamHeader};
///
/// let mut region = [0; 96];
/// let mut buffer = StreamBuffer::new(&mut region)?;
/// let (mut writer, mut reader) = buffer.split();
/// let filling = writer.begin().expect("there is no frame");
/// let data = StreamData::Compressed { bytes: 1000 };
/// let header = StreamHeader { width: 64, height: 48, format: 0x0606_0000, data, fps: 10.0 };
/// let outcome = filling.complete(header);
/// assert!(matches!(outcome, Err(StreamError::NoRoom { asked: 1000, .. })));
/// assert!(reader.begin().is_none());
/// # Ok::<(), StreamError>(())
/// ```
#[must_use = "a frame that is not completed is abandoned"]
pub struct StreamFilling<'a> {
    access: Exclusive<'a>,
}

impl StreamFilling<'_> {
    /// The bytes for the data, to be written. What they contain at first is left from earlier
    /// frames.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.access.bytes_mut().get_mut(HEADER_BYTES..).unwrap_or_default()
    }

    /// Passes the frame on to the reader.
    ///
    /// # Errors
    ///
    /// [`StreamError::NoData`] or [`StreamError::NoRoom`] if the data that the header tells of is
    /// nothing or more than the buffer can hold. The frame is abandoned then.
    pub fn complete(self, header: StreamHeader) -> Result<(), StreamError> {
        self.access.complete(header)
    }
}
