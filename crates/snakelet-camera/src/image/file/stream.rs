//! Reading and writing files of the interpreter, a piece at a time.

use core::cell::Cell;

use snakelet_vm::Raised;
use snakelet_vm::exception::classes::OS_ERROR;
use snakelet_vm::name;
use snakelet_vm::native::Seen;
use snakelet_vm::native::full::{Full, Held};

use super::super::make::{self, image};

/// Bytes that are read or written at once.
const PIECE: usize = 1024;

/// Opens a file with the interpreter's `open`, and makes a buffer for it.
fn open<'s>(cx: &mut Full<'s>, path: Held<'s>, mode: &str) -> Result<(Held<'s>, Held<'s>), Raised> {
    let buffer = cx.make(|cx| cx.bytearray(PIECE))?;
    let mode = cx.str(mode)?;
    let Some(open) = cx.builtin(name!("open"))? else {
        return Err(cx.raise(&OS_ERROR, "there are no files"));
    };
    Ok((cx.call(open, &[path, mode])?, buffer))
}

fn close<'s>(cx: &mut Full<'s>, file: Held<'s>) -> Result<(), Raised> {
    cx.scope(|cx, outer| cx.call_method(outer.held(file), name!("close"), &[]).map(drop))
}

/// Shows the buffer to `work`.
fn with_buffer<'s, T>(
    cx: &mut Full<'s>,
    buffer: Held<'s>,
    mut work: impl FnMut(&[Cell<u8>]) -> T,
) -> Result<T, Raised> {
    cx.look(|cx| Ok(work(Seen::new(*cx).array(cx.get(buffer)).unwrap_or(&[]))))
}

/// A file that is read.
pub(in crate::image) struct Reader<'s> {
    file: Held<'s>,
    buffer: Held<'s>,
    /// The part of the buffer that was not taken yet.
    at: usize,
    end: usize,
}

impl<'s> Reader<'s> {
    pub(in crate::image) fn open(cx: &mut Full<'s>, path: Held<'s>) -> Result<Self, Raised> {
        let (file, buffer) = open(cx, path, "rb")?;
        Ok(Reader { file, buffer, at: 0, end: 0 })
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// If there are not as many.
    pub(in crate::image) fn read(
        &mut self,
        cx: &mut Full<'s>,
        mut out: &mut [u8],
    ) -> Result<(), Raised> {
        while !out.is_empty() {
            if self.at == self.end && !self.fill(cx)? {
                return Err(super::unknown(cx));
            }
            let n = out.len().min(self.end - self.at);
            let (now, later) = out.split_at_mut(n);
            let start = self.at;
            with_buffer(cx, self.buffer, |cells| {
                let cells = cells.get(start..start + n).unwrap_or(&[]);
                now.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.get());
            })?;
            self.at += n;
            out = later;
        }
        Ok(())
    }

    /// One byte.
    pub(in crate::image) fn byte(&mut self, cx: &mut Full<'s>) -> Result<u8, Raised> {
        let mut byte = [0];
        self.read(cx, &mut byte)?;
        Ok(byte[0])
    }

    /// Whether the file is at its end.
    pub(in crate::image) fn is_at_end(&mut self, cx: &mut Full<'s>) -> Result<bool, Raised> {
        Ok(self.at == self.end && !self.fill(cx)?)
    }

    /// Reads a piece into the buffer, which is empty; false at the end of the file.
    fn fill(&mut self, cx: &mut Full<'s>) -> Result<bool, Raised> {
        let (file, buffer) = (self.file, self.buffer);
        let n = cx.scope(|cx, outer| {
            let (file, buffer) = (outer.held(file), outer.held(buffer));
            let n = cx.call_method(file, name!("readinto"), &[buffer])?;
            cx.i64_of(n)
        })?;
        // an `open` of the script's may say anything
        self.end = usize::try_from(n).unwrap_or(0).min(PIECE);
        self.at = 0;
        Ok(self.end > 0)
    }

    /// Goes to a place in the file; gives the place that it then is at.
    pub(in crate::image) fn seek(
        &mut self,
        cx: &mut Full<'s>,
        place: i64,
        whence: i64,
    ) -> Result<i64, Raised> {
        let file = self.file;
        (self.at, self.end) = (0, 0);
        cx.scope(|cx, outer| {
            let (place, whence) = (cx.int(place)?, cx.int(whence)?);
            let now = cx.call_method(outer.held(file), name!("seek"), &[place, whence])?;
            cx.i64_of(now)
        })
    }

    /// How long the file is.
    pub(super) fn len(&mut self, cx: &mut Full<'s>) -> Result<i64, Raised> {
        self.seek(cx, 0, 2)
    }

    /// Goes to the start.
    pub(super) fn rewind(&mut self, cx: &mut Full<'s>) -> Result<(), Raised> {
        self.seek(cx, 0, 0).map(drop)
    }

    pub(in crate::image) fn close(self, cx: &mut Full<'s>) -> Result<(), Raised> {
        close(cx, self.file)
    }
}

/// A file that is written.
pub(in crate::image) struct Writer<'s> {
    file: Held<'s>,
    buffer: Held<'s>,
    len: usize,
}

impl<'s> Writer<'s> {
    pub(in crate::image) fn open(cx: &mut Full<'s>, path: Held<'s>) -> Result<Self, Raised> {
        let (file, buffer) = open(cx, path, "wb")?;
        Ok(Writer { file, buffer, len: 0 })
    }

    pub(in crate::image) fn write(
        &mut self,
        cx: &mut Full<'s>,
        mut bytes: &[u8],
    ) -> Result<(), Raised> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.len));
            let start = self.len;
            with_buffer(cx, self.buffer, |cells| {
                let cells = cells.get(start..).unwrap_or(&[]);
                cells.iter().zip(now).for_each(|(cell, byte)| cell.set(*byte));
            })?;
            self.len += now.len();
            bytes = later;
            if self.len == PIECE {
                self.flush(cx)?;
            }
        }
        Ok(())
    }

    /// Writes all bytes of an image.
    pub(in crate::image) fn image(
        &mut self,
        cx: &mut Full<'s>,
        source: Held<'s>,
    ) -> Result<(), Raised> {
        let (_, _, _, len) = make::shape(cx, source)?;
        let mut at = 0;
        while at < len as usize {
            let mut piece = [0; 256];
            let n = piece.len().min(len as usize - at);
            cx.look(|cx| {
                let cells = make::bytes(*cx, image(*cx, cx.get(source))?)?;
                let cells = cells.get(at..at + n).unwrap_or(&[]);
                piece.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.get());
                cx.spend(n / 16)
            })?;
            self.write(cx, &piece[..n])?;
            at += n;
        }
        Ok(())
    }

    fn flush(&mut self, cx: &mut Full<'s>) -> Result<(), Raised> {
        let (file, buffer, len) = (self.file, self.buffer, self.len);
        self.len = 0;
        cx.scope(|cx, outer| {
            let view = cx.make(|cx| cx.memoryview(cx.get(outer.held(buffer)), 0, len))?;
            cx.call_method(outer.held(file), name!("write"), &[view]).map(drop)
        })
    }

    pub(in crate::image) fn close(mut self, cx: &mut Full<'s>) -> Result<(), Raised> {
        let flushed = if self.len > 0 { self.flush(cx) } else { Ok(()) };
        let closed = close(cx, self.file);
        flushed.and(closed)
    }
}
