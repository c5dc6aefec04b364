//! The region with its state, and the access of whoever has it.
#![expect(unsafe_code, reason = "shares one region between two sides by a state word")]

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::mem;
use core::ops::Range;
use core::ptr::NonNull;
use core::slice;

use super::error::StreamError;
use super::header::{HEADER_BYTES, StreamHeader};
use super::reader::StreamReader;
use super::state::{MAX_SIZE, State};
use super::writer::StreamWriter;
use crate::sync::AtomicU32;

/// The least bytes of a region, behind the first multiple of 32.
const LEAST_BYTES: usize = 2 * HEADER_BYTES;

/// A region of memory through which frames go to a viewer, one at a time.
///
/// [`split`](Self::split) gives the two sides, which may be on two threads.
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamData, StreamHeader};
///
/// let mut region = [0; 200];
/// let mut buffer = StreamBuffer::new(&mut region)?;
/// let (mut writer, mut reader) = buffer.split();
///
/// let mut filling = writer.begin().expect("the viewer waits");
/// filling.bytes()[..6].copy_from_slice(b"pixels");
/// let data = StreamData::Raw { bytes_per_pixel: 1 };
/// filling.complete(StreamHeader { width: 3, height: 2, format: 0x0802_0001, data, fps: 30.0 })?;
/// assert!(writer.begin().is_none(), "the viewer has not taken the frame yet");
///
/// assert_eq!(reader.size(), Some(32 + 6));
/// let reading = reader.begin().expect("there is a frame");
/// assert_eq!((reading.header().width, reading.data()), (3, &b"pixels"[..]));
/// drop(reading);
/// assert!(writer.begin().is_some());
/// # Ok::<(), snakelet_pool::stream::StreamError>(())
/// ```
///
/// Two sides that live forever come from a buffer that does:
///
/// ```
/// use snakelet_pool::stream::{StreamBuffer, StreamReader, StreamWriter};
///
/// fn start(
///     buffer: &'static mut StreamBuffer<'static>,
/// ) -> (StreamWriter<'static>, StreamReader<'static>) {
///     buffer.split()
/// }
/// ```
pub struct StreamBuffer<'m> {
    pub(super) state: State<AtomicU32>,
    /// The header of the frame; accessed by who has the memory only.
    header: UnsafeCell<StreamHeader>,
    /// Where the header is in the region, at a multiple of its size.
    start: NonNull<u8>,
    /// Bytes from there on that are used.
    len: usize,
    /// The addresses of the whole region.
    range: Range<usize>,
    region: PhantomData<&'m mut [u8]>,
}

// SAFETY: the buffer owns its region as a `&mut [u8]` does, which is `Send`, and a header is plain
// numbers.
unsafe impl Send for StreamBuffer<'_> {}

// SAFETY: region and header are accessed through an `Exclusive` only, of which the state word lets
// one exist at a time, with acquire and release between two of them.
unsafe impl Sync for StreamBuffer<'_> {}

impl<'m> StreamBuffer<'m> {
    /// Makes a buffer without a frame of a region.
    ///
    /// The header lies at the first multiple of 32 in the region, and the data right behind it. Of
    /// a region of more than 1 GiB, only that much is used.
    ///
    /// # Errors
    ///
    /// [`StreamError::TooSmall`] if there are less than 64 bytes from that multiple on.
    pub fn new(region: &'m mut [u8]) -> Result<Self, StreamError> {
        let addresses = region.as_ptr_range();
        let range = addresses.start.addr()..addresses.end.addr();
        let bytes = region.len();
        let padding = region.as_ptr().align_offset(HEADER_BYTES);
        let used = match region.get_mut(padding..) {
            Some(used) if used.len() >= LEAST_BYTES => used,
            _ => return Err(StreamError::TooSmall { bytes }),
        };
        for byte in used.iter_mut().take(HEADER_BYTES) {
            *byte = 0;
        }
        let buffer = Self {
            state: State(AtomicU32::new(0)),
            header: UnsafeCell::new(StreamHeader::NONE),
            len: used.len().min(MAX_SIZE),
            start: NonNull::from(used).cast(),
            range,
            region: PhantomData,
        };
        Ok(buffer)
    }

    /// Gives the two sides of the buffer, with no frame in it.
    pub fn split(&mut self) -> (StreamWriter<'_>, StreamReader<'_>) {
        // a guard that was forgotten left the state as it was; nobody has the memory now
        drop(Exclusive { buffer: self });
        (StreamWriter { buffer: self }, StreamReader { buffer: self })
    }

    /// The addresses of the whole region, which no memory pool may contain.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The most bytes of data that a frame can have.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.len.saturating_sub(HEADER_BYTES)
    }
}

/// The access to region and header of whoever has them.
///
/// Invariant: at most one exists for a buffer. One is made only after the state word went to
/// WRITING or READING, or while the buffer is borrowed mutably. As dropping one removes the frame,
/// none may be made for a moment beforehand either.
pub(super) struct Exclusive<'a> {
    buffer: &'a StreamBuffer<'a>,
}

impl<'a> Exclusive<'a> {
    /// The access for writing a frame, if there is none.
    pub(super) fn to_write(buffer: &'a StreamBuffer<'a>) -> Option<Self> {
        buffer.state.begin_write().then(|| Self { buffer })
    }

    /// The access to a frame that nobody reads.
    pub(super) fn to_withdraw(buffer: &'a StreamBuffer<'a>) -> Option<Self> {
        buffer.state.withdraw().then(|| Self { buffer })
    }

    /// The access for reading a frame, if there is one, and the frame's size with its header.
    pub(super) fn to_read(buffer: &'a StreamBuffer<'a>) -> Option<(Self, usize)> {
        let size = buffer.state.begin_read()?;
        Some((Self { buffer }, size as usize))
    }

    /// Header and data.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes from `start` on lie in the region, which is borrowed mutably for
        // longer than this; this is the one `Exclusive`, and it is borrowed.
        unsafe { slice::from_raw_parts(self.buffer.start.as_ptr(), self.buffer.len) }
    }

    /// Header and data, to be written.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `len` bytes from `start` on lie in the region, which is borrowed mutably for
        // longer than this; this is the one `Exclusive`, and it is borrowed mutably.
        unsafe { slice::from_raw_parts_mut(self.buffer.start.as_ptr(), self.buffer.len) }
    }

    /// The header of the frame.
    pub(super) fn header(&self) -> StreamHeader {
        // SAFETY: the cell is written through the one `Exclusive` while that is borrowed mutably,
        // and this is it, borrowed.
        unsafe { *self.buffer.header.get() }
    }

    /// Sets the header of the frame, in the region too.
    fn set_header(&mut self, header: StreamHeader, bytes: [u8; HEADER_BYTES]) {
        // SAFETY: the cell is accessed through the one `Exclusive` only, and this is it, borrowed
        // mutably.
        unsafe { *self.buffer.header.get() = header };
        for (to, from) in self.bytes_mut().iter_mut().zip(bytes) {
            *to = from;
        }
    }

    /// Passes the frame on to the reader.
    ///
    /// # Errors
    ///
    /// The header tells of no data, or of more than there is room for; the frame is removed.
    pub(super) fn complete(mut self, header: StreamHeader) -> Result<(), StreamError> {
        let room = self.buffer.capacity();
        let asked = header.data_bytes().unwrap_or(u64::MAX);
        if asked == 0 {
            return Err(StreamError::NoData);
        }
        if asked > room as u64 {
            return Err(StreamError::NoRoom { asked, room });
        }
        self.set_header(header, header.to_bytes());
        // both are within `len`, which is not above `MAX_SIZE`
        self.buffer.state.complete((HEADER_BYTES as u32).saturating_add(asked as u32));
        mem::forget(self);
        Ok(())
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.set_header(StreamHeader::NONE, [0; HEADER_BYTES]);
        self.buffer.state.clear();
    }
}
