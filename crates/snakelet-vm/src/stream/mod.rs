//! Streams: open files, buffers that act like files, and objects of scripts that do.
//!
//! All of them are read and written through the functions of this file; the methods that scripts
//! call (`methods`) are built on these. An instance of a Python class is a stream if it has
//! `readinto`, `write` or `ioctl`.

mod buffered;
mod file;
mod memory;
mod methods;
mod ring;

pub(crate) use buffered::BUFFERED_WRITER;
pub(crate) use file::{FILE_IO, TEXT_IO, from_descriptor, new_file, out_to, standard};
pub(crate) use memory::{BYTES_IO, STRING_IO};
#[cfg(feature = "streams")]
pub use methods::FILE as METHODS;
#[cfg(feature = "streams")]
pub(crate) use methods::next as next_line;
pub(crate) use methods::{read_all, read_on, reading_room};
pub(crate) use ring::RING_IO;

use core::cell::Cell;

use crate::exception::errno;
#[cfg(feature = "streams")]
use crate::native::full::{Full, Held};
#[cfg(feature = "streams")]
use crate::native::stream::StreamFns;
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{Kind, NativeObj, copy_cells, write_cells};
use crate::vm::host::SeekFrom;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, name, qstr};

/// `io.IOBase`: says that instances of derived classes are streams.
pub(crate) static IO_BASE: NativeType =
    NativeType::new(name!("IOBase"), Kind::Native).slots(slots!(Behaviour::NONE.make(make_base)));

fn make_base(vm: &mut Vm, _class: Local, _args: Args) -> Res {
    vm.new_native(&IO_BASE, &[])
}

/// Requests of `ioctl`, with MicroPython's numbers.
pub(crate) mod request {
    pub(crate) const FLUSH: isize = 1;
    pub(crate) const POLL: isize = 3;
    pub(crate) const CLOSE: isize = 4;
    pub(crate) const BUFFER_SIZE: isize = 11;
}

/// What stands behind a stream.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Backend {
    /// A file of the host, or one of its standard streams.
    File,
    /// `StringIO` or `BytesIO`.
    Memory,
    /// `RingIO`.
    Ring,
    /// `BufferedWriter`.
    Buffered,
    /// An instance of a Python class.
    Python,
    /// An object of a type that another crate has declared.
    #[cfg(feature = "streams")]
    Native,
    /// Nothing: the object is no stream.
    None,
}

fn backend_of_type(ty: &'static NativeType) -> Backend {
    let table: [(&'static NativeType, Backend); 7] = [
        (&TEXT_IO, Backend::File),
        (&FILE_IO, Backend::File),
        (&file::STANDARD, Backend::File),
        (&STRING_IO, Backend::Memory),
        (&BYTES_IO, Backend::Memory),
        (&RING_IO, Backend::Ring),
        (&BUFFERED_WRITER, Backend::Buffered),
    ];
    table.iter().find(|(t, _)| core::ptr::eq(*t, ty)).map_or(Backend::None, |(_, b)| *b)
}

impl Vm {
    /// What stands behind a stream, and the object that holds its state.
    fn backend(&self, stream: Local) -> (Backend, Local) {
        let value = self.get(stream);
        if value.is_kind(Kind::Instance) {
            let part = self.native_part(stream);
            let backend = backend_of_type(self.native_type_of(self.get(part)));
            return if part != stream && backend != Backend::None {
                (backend, part)
            } else {
                (Backend::Python, stream)
            };
        }
        let ty = self.native_type_of(value);
        #[cfg(feature = "streams")]
        if ty.slots.stream().is_some() {
            return (Backend::Native, stream);
        }
        // a type with Rust data has its methods where a script's stream has its own
        if value.is_kind(Kind::Data) {
            return (Backend::Python, stream);
        }
        (backend_of_type(ty), stream)
    }

    /// What a stream of another crate does, and the object as that crate has it.
    #[cfg(feature = "streams")]
    fn native_stream(
        &mut self,
        stream: Local,
    ) -> Result<(&'static StreamFns, &mut Full<'_>, Held<'_>), Raised> {
        match self.native_type_of(self.get(stream)).slots.stream() {
            Some(functions) => Ok((functions, Full::new(self), Held::of(stream))),
            None => Err(self.no_stream()),
        }
    }

    fn no_stream(&mut self) -> Raised {
        self.os_error(errno::EOPNOTSUPP)
    }

    /// Number `i` that a native stream keeps.
    fn stream_number(&self, stream: Local, i: usize) -> isize {
        self.get(stream).cast::<NativeObj>().and_then(|o| o.get(i).as_small_int()).unwrap_or(0)
    }

    fn set_stream_number(&self, stream: Local, i: usize, number: usize) {
        if let Some(o) = self.get(stream).cast::<NativeObj>() {
            o.set(i, Value::small_int(number as isize).unwrap_or(Value::NONE));
        }
    }

    /// Reads at most `buf.len()` bytes; 0 at the end, `None` if there is nothing to read yet.
    ///
    /// # Errors
    /// `OSError`, `ValueError` if it is closed, what an object of a script raises.
    pub fn stream_read(&mut self, stream: Local, buf: &mut [u8]) -> Result<Option<usize>, Raised> {
        let scope = self.scope();
        let (backend, part) = self.backend(stream);
        let n = match backend {
            Backend::File => file::read(self, part, buf)?,
            Backend::Memory => memory::read(self, part, buf)?,
            Backend::Ring => Some(ring::read(self, part, buf)),
            Backend::Python => {
                let room = self.new_byte_array(buf.len())?;
                let n = self.python_readinto(stream, room, buf.len())?;
                let cells = self.get(room).cast::<crate::object::ArrayObj>();
                let cells = cells.map_or(&[][..], |a| a.cells());
                copy_cells(cells, Cell::from_mut(&mut *buf).as_slice_of_cells());
                n
            }
            #[cfg(feature = "streams")]
            Backend::Native => {
                let (functions, cx, stream) = self.native_stream(part)?;
                (functions.read)(cx, stream, buf)?.map(|n| n.min(buf.len()))
            }
            Backend::Buffered | Backend::None => return Err(self.no_stream()),
        };
        self.end_scope(scope);
        Ok(n)
    }

    /// Lets a script's stream fill a `bytearray` of `len` bytes.
    fn python_readinto(
        &mut self,
        stream: Local,
        room: Local,
        len: usize,
    ) -> Result<Option<usize>, Raised> {
        let result = self.call_stream(stream, qstr!("readinto"), &[room])?;
        self.transferred(result, len)
    }

    /// Calls a method of a script's stream.
    fn call_stream(&mut self, stream: Local, name: snakelet_qstr::Qstr, args: &[Local]) -> Res {
        match self.call_method_if(stream, name, args)? {
            Some(result) => Ok(result),
            None => Err(self.no_stream()),
        }
    }

    /// The number of bytes that a script's stream says it took of `len`.
    fn transferred(&mut self, result: Local, len: usize) -> Result<Option<usize>, Raised> {
        if self.get(result).is_none() {
            return Ok(None);
        }
        let n = self.index_of(result)?;
        match usize::try_from(n) {
            Ok(n) if n <= len => Ok(Some(n)),
            Ok(_) => Err(self.os_error(errno::EIO)),
            Err(_) => Err(self.os_error(n.saturating_neg() as i32)),
        }
    }

    /// Writes bytes; returns how many were taken, `None` if there is no room yet.
    ///
    /// # Errors
    /// As for [`Vm::stream_read`].
    pub fn stream_write(&mut self, stream: Local, bytes: &[u8]) -> Result<Option<usize>, Raised> {
        let scope = self.scope();
        let (backend, part) = self.backend(stream);
        let n = match backend {
            Backend::File => Some(file::write(self, part, bytes)?),
            Backend::Memory => Some(memory::write(self, part, bytes)?),
            Backend::Ring => Some(ring::write(self, part, bytes)),
            Backend::Buffered => buffered::write(self, part, bytes)?,
            Backend::Python => {
                let data = if self.is_instance_of(self.get(stream), &IO_BASE) {
                    let data = self.new_byte_array(bytes.len())?;
                    let array = self.get(data).cast::<crate::object::ArrayObj>();
                    write_cells(bytes, array.map_or(&[][..], |a| a.cells()));
                    data
                } else {
                    self.new_str(bytes)?
                };
                let result = self.call_stream(stream, qstr!("write"), &[data])?;
                self.transferred(result, bytes.len())?
            }
            #[cfg(feature = "streams")]
            Backend::Native => {
                let (functions, cx, stream) = self.native_stream(part)?;
                (functions.write)(cx, stream, bytes)?.map(|n| n.min(bytes.len()))
            }
            Backend::None => return Err(self.no_stream()),
        };
        self.end_scope(scope);
        Ok(n)
    }

    /// Writes all bytes, unless the stream takes no more.
    ///
    /// # Errors
    /// As for [`Vm::stream_read`].
    pub fn write_to_stream(&mut self, stream: Local, bytes: &[u8]) -> Result<(), Raised> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream_write(stream, rest)? {
                None | Some(0) => return Ok(()),
                Some(n) => rest = rest.get(n..).unwrap_or(&[]),
            }
        }
        Ok(())
    }

    /// A `bytearray` of `len` zero bytes.
    pub(crate) fn new_byte_array(&mut self, len: usize) -> Res {
        let array = self.allocate(
            Kind::ByteArray,
            0,
            crate::object::words_of::<crate::object::ArrayObj>(0),
        )?;
        self.resize_data(array.local, len)?;
        if let Some(a) = self.get(array.local).cast::<crate::object::ArrayObj>() {
            a.len.set(len);
        }
        Ok(array.local)
    }
}

/// Does what `ioctl` asks for; a negative result is an error number.
pub(crate) fn ioctl(vm: &mut Vm, stream: Local, what: isize, arg: isize) -> Result<isize, Raised> {
    let scope = vm.scope();
    let (backend, part) = vm.backend(stream);
    let result = match backend {
        Backend::File => file::ioctl(vm, part, what, arg)?,
        Backend::Memory => memory::ioctl(vm, part, what),
        Backend::Ring => ring::ioctl(vm, part, what, arg),
        Backend::Buffered => buffered::ioctl(vm, part, what)?,
        Backend::Python => {
            let what = vm.new_int(what)?;
            let arg = vm.new_int(arg)?;
            let result = vm.call_stream(stream, qstr!("ioctl"), &[what, arg])?;
            vm.index_of(result)?
        }
        #[cfg(feature = "streams")]
        Backend::Native => {
            let (functions, cx, stream) = vm.native_stream(part)?;
            (functions.control)(cx, stream, what, arg)?
        }
        Backend::None => return Err(vm.no_stream()),
    };
    vm.end_scope(scope);
    Ok(result)
}

/// As [`ioctl`], but raises `OSError` for a negative result.
pub(crate) fn ioctl_or_raise(
    vm: &mut Vm,
    stream: Local,
    what: isize,
    arg: isize,
) -> Result<isize, Raised> {
    match ioctl(vm, stream, what, arg)? {
        n if n < 0 => Err(vm.os_error(n.saturating_neg() as i32)),
        n => Ok(n),
    }
}

/// Which of some events have come for a stream.
pub(crate) fn ready(vm: &mut Vm, stream: Local, events: u16) -> Result<u16, Raised> {
    let ready = ioctl_or_raise(vm, stream, request::POLL, isize::from(events as i16))?;
    Ok(ready as u16)
}

/// Moves the position of a stream; gives the new one.
pub(crate) fn seek(
    vm: &mut Vm,
    stream: Local,
    offset: isize,
    from: SeekFrom,
) -> Result<u64, Raised> {
    let (backend, part) = vm.backend(stream);
    match backend {
        Backend::File => file::seek(vm, part, offset, from),
        Backend::Memory => memory::seek(vm, part, offset, from),
        #[cfg(feature = "streams")]
        Backend::Native => {
            let scope = vm.scope();
            let (functions, cx, stream) = vm.native_stream(part)?;
            let at = (functions.seek)(cx, stream, offset as i64, from)?;
            vm.end_scope(scope);
            Ok(at)
        }
        _ => Err(vm.no_stream()),
    }
}

/// Closes a stream.
pub(crate) fn close(vm: &mut Vm, stream: Local) -> Res {
    if vm.backend(stream).0 == Backend::Python {
        ioctl_or_raise(vm, stream, request::CLOSE, 0)?;
    } else {
        ioctl(vm, stream, request::CLOSE, 0)?;
    }
    Ok(Local::NONE)
}

/// Whether a stream takes text and makes bytes of it.
pub(crate) fn encodes(vm: &Vm, stream: Local) -> bool {
    let part = vm.native_part(stream);
    let ty = vm.native_type_of(vm.get(part));
    core::ptr::eq(ty, &TEXT_IO) || core::ptr::eq(ty, &file::STANDARD)
}

/// Whether a stream gives and takes text.
fn is_text(vm: &Vm, stream: Local) -> bool {
    let part = vm.native_part(stream);
    let ty = vm.native_type_of(vm.get(part));
    #[cfg(feature = "streams")]
    if let Some(functions) = ty.slots.stream() {
        return functions.is_text;
    }
    encodes(vm, stream) || core::ptr::eq(ty, &STRING_IO)
}

fn closed(vm: &mut Vm) -> Raised {
    vm.value_error("I/O operation on closed file")
}
