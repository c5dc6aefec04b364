//! Bytes of Python's buffers, lent as slices to code that has nothing else of the interpreter: a driver of the host.

#![allow(unsafe_code)] // makes slices of cells

use core::ops::Range;
use core::slice;

use crate::Raised;
use crate::exception::classes::VALUE_ERROR;
use crate::native::full::{Full, Held};
use crate::protocol::buffer::Bytes;

/// Bytes to be read and bytes to be written, of two buffers.
#[derive(Debug)]
pub enum Lent<'a> {
    /// They are different ones.
    Apart(&'a [u8], &'a mut [u8]),
    /// They are the same.
    Same(&'a mut [u8]),
}

/// Most buffers that [`Full::lend_all`] lends at once.
pub const MOST_LENT: usize = 8;

fn place(bytes: Bytes<'_>) -> Range<usize> {
    let start = bytes.as_ptr().addr();
    start..start.saturating_add(bytes.len())
}

impl<'s> Full<'s> {
    /// Lends the bytes of a buffer to `work`, which may write them.
    ///
    /// # Errors
    /// `TypeError` if it is no buffer that may be written.
    pub fn lend_mut<R>(
        &mut self,
        buffer: Held<'s>,
        work: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, Raised> {
        self.look(|cx| cx.writable(cx.get(buffer)).map(drop))?;
        let vm = &mut self.0;
        let cells = vm.writable_buffer(vm.get(buffer.0)).unwrap_or(&[]);
        // SAFETY: cells may be written through a shared reference. The interpreter is borrowed exclusively until
        // `work` has returned, which gets nothing of it, so that these are the only references to them.
        Ok(work(unsafe {
            slice::from_raw_parts_mut(cells.as_ptr().cast_mut().cast(), cells.len())
        }))
    }

    /// Lends the bytes of several buffers, to be read: of `str`, `bytes`, `bytearray`, arrays and so on, at most
    /// [`MOST_LENT`] of them.
    ///
    /// # Errors
    /// `TypeError` if one is no buffer; `ValueError` if there are too many.
    pub fn lend_all<R>(
        &mut self,
        buffers: &[Held<'s>],
        work: impl FnOnce(&[&[u8]]) -> R,
    ) -> Result<R, Raised> {
        for buffer in buffers {
            self.0.check_buffer(buffer.0)?;
        }
        let mut slices: [&[u8]; MOST_LENT] = [&[]; MOST_LENT];
        let Some(slices) = slices.get_mut(..buffers.len()) else {
            return Err(self.raise(&VALUE_ERROR, "too many buffers"));
        };
        let vm = &mut self.0;
        for (slice, buffer) in slices.iter_mut().zip(buffers) {
            let bytes = vm.buffer(vm.get(buffer.0)).map_or(Bytes::NONE, |buffer| buffer.bytes);
            // SAFETY: so many bytes lie there. The interpreter is borrowed exclusively until `work` has returned,
            // which gets nothing of it, so that nobody writes them.
            *slice = unsafe { slice::from_raw_parts(bytes.as_ptr(), bytes.len()) };
        }
        Ok(work(slices))
    }

    /// Lends the bytes of two buffers, those of the first to be read and those of the second to be written.
    ///
    /// # Errors
    /// `TypeError` if one is no such buffer; `ValueError` if they have some bytes in common and some not.
    pub fn lend<R>(
        &mut self,
        read: Held<'s>,
        write: Held<'s>,
        work: impl FnOnce(Lent<'_>) -> R,
    ) -> Result<R, Raised> {
        self.0.check_buffer(read.0)?;
        self.look(|cx| cx.writable(cx.get(write)).map(drop))?;
        let vm = &mut self.0;
        let bytes = vm.buffer(vm.get(read.0)).map_or(Bytes::NONE, |buffer| buffer.bytes);
        let cells = vm.writable_buffer(vm.get(write.0)).unwrap_or(&[]);
        let (from, to) = (place(bytes), place(cells.into()));
        let is_same = from == to;
        if !is_same && !from.is_empty() && from.start < to.end && to.start < from.end {
            return Err(self.raise(&VALUE_ERROR, "buffers overlap"));
        }
        let first = cells.as_ptr().cast_mut().cast::<u8>();
        // SAFETY: cells may be written through a shared reference, and so many lie there. The interpreter is borrowed
        // exclusively until `work` has returned, which gets nothing of it, so that this is the only reference to them.
        let to = unsafe { slice::from_raw_parts_mut(first, cells.len()) };
        Ok(work(if is_same {
            Lent::Same(to)
        } else {
            // SAFETY: so many bytes lie there. Nobody writes them until `work` has returned: not the interpreter, which
            // is borrowed exclusively, and not `work`, since the range that it may write is apart from theirs.
            Lent::Apart(unsafe { slice::from_raw_parts(bytes.as_ptr(), bytes.len()) }, to)
        }))
    }
}
