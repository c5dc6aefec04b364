//! Where text goes while it is made: to the console, or to a growing buffer in the heap.

use core::cell::Cell;

use snakelet_num::bigint::Stop;
use snakelet_qstr::Qstr;

use crate::native::print::{CHUNK, Out};
use crate::object::copy;
use crate::object::value::{SWord, Value};
use crate::object::{ArrayObj, Kind, RawBuf, words_of};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

const FIRST_CAPACITY: usize = 32;

impl Vm {
    /// Makes an empty buffer that grows as text is emitted to it.
    ///
    /// # Errors
    /// `MemoryError`, as for all functions here.
    pub fn new_text(&mut self) -> Result<Out, Raised> {
        let buffer = self.allocate(Kind::ByteArray, 0, words_of::<ArrayObj>(0))?.local;
        Ok(Out::Buffer(buffer))
    }

    /// Emits bytes that do not lie in the heap.
    pub fn emit(&mut self, out: Out, bytes: &[u8]) -> Result<(), Raised> {
        match out {
            Out::Console => {
                if let Some(console) = &mut self.rt.hosts.console {
                    console.write(bytes);
                }
                Ok(())
            }
            Out::Error => {
                if let Some(console) = &mut self.rt.hosts.console {
                    console.write_error(bytes);
                }
                Ok(())
            }
            Out::Stream(stream) => self.write_to_stream(stream, bytes),
            Out::Buffer(buffer) => {
                self.reserve(buffer, bytes.len())?;
                if let Some(b) = self.get(buffer).cast::<ArrayObj>() {
                    let done = append(self, b, bytes);
                    if done.is_err() {
                        return self.end_calculation();
                    }
                }
                Ok(())
            }
        }
    }

    /// Makes visible what was written to the console.
    ///
    /// # Errors
    /// `OSError` if something of it is lost.
    pub(crate) fn flush_console(&mut self) -> Result<(), Raised> {
        match self.rt.hosts.console.as_mut().map(|console| console.flush()) {
            Some(Err(error)) => Err(self.os_error(error.0)),
            _ => Ok(()),
        }
    }

    /// Emits the text of an interned string.
    pub fn emit_qstr(&mut self, out: Out, q: Qstr) -> Result<(), Raised> {
        match snakelet_qstr::static_str(q) {
            Some(text) => self.emit(out, text.as_bytes()),
            None => {
                let scope = self.scope();
                let text = self.push(Value::qstr(q));
                let done = self.emit_bytes_of(out, text, 0, usize::MAX);
                self.end_scope(scope);
                done
            }
        }
    }

    /// Emits the first `len` bytes of an object's buffer to another buffer.
    pub(crate) fn emit_buffer(&mut self, out: Out, from: Local, len: usize) -> Result<(), Raised> {
        let Out::Buffer(buffer) = out else { return Ok(()) };
        self.reserve(buffer, len)?;
        if let Some(b) = self.get(buffer).cast::<ArrayObj>() {
            let old = b.len.get();
            b.len.set(old + len);
            let room = b.cells().get(old..).unwrap_or(&[]);
            let done = self.copy_bytes(self.buffer_bytes(from).part(0, len), room);
            if done.is_err() {
                b.len.set(old);
                return self.end_calculation();
            }
        }
        Ok(())
    }

    /// Emits bytes `start..end` (cut to its length) of the `str` or `bytes` in a local.
    pub fn emit_bytes_of(
        &mut self,
        out: Out,
        text: Local,
        start: usize,
        end: usize,
    ) -> Result<(), Raised> {
        if let Out::Buffer(buffer) = out {
            let len = self.bytes_of(self.get(text)).map_or(0, |b| cut(b, start, end).len());
            self.reserve(buffer, len)?;
            if let (Some(b), Some(bytes)) =
                (self.get(buffer).cast::<ArrayObj>(), self.bytes_of(self.get(text)))
            {
                let done = append(self, b, cut(bytes, start, end));
                return if done.is_ok() { Ok(()) } else { self.end_calculation() };
            }
            return Ok(());
        }
        let mut chunk = [0; CHUNK];
        let mut at = start;
        loop {
            let n = match self.bytes_of(self.get(text)) {
                Some(bytes) => {
                    let part = cut(bytes, at, end.min(at + chunk.len()));
                    if let Some(to) = chunk.get_mut(..part.len()) {
                        copy(part, to);
                    }
                    part.len()
                }
                None => 0,
            };
            if n == 0 {
                return Ok(());
            }
            self.emit(out, chunk.get(..n).unwrap_or(&[]))?;
            at += n;
        }
    }

    /// Emits the text of the `str` in a local; where it is encoded, surrogates are refused.
    pub fn emit_str(&mut self, out: Out, text: Local) -> Result<(), Raised> {
        let is_encoded = match out {
            Out::Console => true,
            Out::Stream(stream) => crate::stream::encodes(self, stream),
            Out::Error | Out::Buffer(_) => false,
        };
        if is_encoded {
            self.check_utf8(text)?;
        }
        self.emit_bytes_of(out, text, 0, usize::MAX)
    }

    /// Emits a number in decimal.
    pub fn emit_int(&mut self, out: Out, i: SWord) -> Result<(), Raised> {
        let mut digits = [0; 24];
        let text = decimal(i, &mut digits);
        self.emit(out, text)
    }

    /// Makes a `str` of what was emitted to a buffer, in the buffer's local.
    ///
    /// # Errors
    /// `MemoryError`; `UnicodeError` if bytes were emitted that are not UTF-8.
    pub fn finish_text(&mut self, out: Out) -> Res {
        self.finish(out, Kind::Str)
    }

    /// Makes `bytes` of what was emitted to a buffer, in the buffer's local.
    pub fn finish_bytes(&mut self, out: Out) -> Res {
        self.finish(out, Kind::Bytes)
    }

    fn finish(&mut self, out: Out, kind: Kind) -> Res {
        let Out::Buffer(buffer) = out else { return Ok(Local::NONE) };
        let len = self.get(buffer).cast::<ArrayObj>().map_or(0, |b| b.len.get());
        let text = self.new_text_object(kind, len, |vm, bytes| {
            if let Some(b) = vm.get(buffer).cast::<ArrayObj>() {
                // a text that is not complete is dropped
                let _ = vm.copy_bytes(b.cells().into(), Cell::from_mut(bytes).as_slice_of_cells());
            }
        })?;
        self.set(buffer, self.get(text));
        Ok(self.keep_only(buffer))
    }

    /// Makes room for `more` bytes in a `bytearray`, which doubles as it grows.
    pub(crate) fn reserve(&mut self, array: Local, more: usize) -> Result<(), Raised> {
        let (len, capacity) = match self.get(array).cast::<ArrayObj>() {
            Some(b) => {
                let c = b.data.get().map_or(0, RawBuf::capacity);
                (b.len.get(), c)
            }
            None => return Ok(()),
        };
        let wanted = match len.checked_add(more) {
            Some(n) => n,
            None => return Err(self.memory_error()),
        };
        if wanted <= capacity {
            return Ok(());
        }
        let grown = wanted.max((capacity + capacity / 2).max(FIRST_CAPACITY));
        self.resize_data(array, grown)
    }

    /// Gives a `bytearray` or `array` storage of `capacity` bytes, keeping its contents.
    pub(crate) fn resize_data(&mut self, array: Local, capacity: usize) -> Result<(), Raised> {
        let scope = self.scope();
        let data = self.new_raw_buf(capacity)?;
        if let (Some(a), Some(new)) =
            (self.get(array).cast::<ArrayObj>(), self.get(data).cast::<RawBuf>())
        {
            if self.copy_bytes(a.cells().into(), new.cells()).is_err() {
                return self.end_calculation();
            }
            a.data.set(new);
        }
        self.end_scope(scope);
        Ok(())
    }
}

fn cut(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    let end = end.min(bytes.len());
    bytes.get(start.min(end)..end).unwrap_or(&[])
}

/// Appends to an array that has room.
fn append(vm: &Vm, array: &ArrayObj, bytes: &[u8]) -> Result<(), Stop> {
    let len = array.len.get();
    if let Some(data) = array.data.get()
        && let Some(room) = data.cells().get(len..len + bytes.len())
    {
        vm.copy_bytes(bytes.into(), room)?;
        array.len.set(len + bytes.len());
    }
    Ok(())
}

/// Writes a number in decimal into `buf`, from its end.
pub(crate) fn decimal(i: SWord, buf: &mut [u8; 24]) -> &[u8] {
    let mut n = i.unsigned_abs();
    let mut at = buf.len();
    loop {
        at -= 1;
        if let Some(digit) = buf.get_mut(at) {
            *digit = b'0' + (n % 10) as u8;
        }
        n /= 10;
        if n == 0 || at <= 1 {
            break;
        }
    }
    if i < 0 {
        at -= 1;
        if let Some(sign) = buf.get_mut(at) {
            *sign = b'-';
        }
    }
    buf.get(at..).unwrap_or(&[])
}
