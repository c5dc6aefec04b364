//! What can be wrong with a region or a frame for the preview.

/// Why a region cannot be a stream buffer, or a frame cannot go into it.
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamError};
///
/// let mut region = [0; 20];
/// let error = StreamBuffer::new(&mut region).err();
/// assert_eq!(error, Some(StreamError::TooSmall { bytes: 20 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The region has too little room for a header and some data.
    #[error("stream region of {bytes} bytes has less than 64 behind a multiple of 32")]
    TooSmall {
        /// The bytes of the region.
        bytes: usize,
    },
    /// The frame's data is more than the buffer can hold.
    #[error("frame of {asked} bytes does not fit a stream buffer with room for {room}")]
    NoRoom {
        /// The bytes of the frame's data; `u64::MAX` stands for that many and more.
        asked: u64,
        /// The bytes that the buffer can hold.
        room: usize,
    },
    /// The header says that the frame has no data.
    #[error("frame without data")]
    NoData,
}
