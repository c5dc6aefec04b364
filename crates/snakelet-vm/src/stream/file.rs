//! Files of the host, and its standard streams.

use super::{Backend, closed, methods, request};
use crate::exception::errno;
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, Name, NativeType, Slots, slots};
use crate::object::value::Value;
use crate::object::{Kind, NativeObj};
use crate::vm::host::{FileId, SeekFrom};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, name, qstr};

/// A file of text. Slot 0 is the host's number of the file, or one of the numbers below.
pub(crate) static TEXT_IO: NativeType = stream(name!("TextIOWrapper"), slots!(OPENED));

/// A file of bytes.
pub(crate) static FILE_IO: NativeType = stream(name!("FileIO"), slots!(OPENED));

/// `sys.stdin` and the others: text, and never closed by the collector.
pub(super) static STANDARD: NativeType =
    stream(name!("TextIOWrapper"), slots!(FILE.attr(standard_attr)));

/// What those of files that scripts open have in common.
#[cfg(feature = "files")]
const OPENED: Behaviour = FILE.make(methods::make_file).finalise(finalise);
/// The same where scripts open none.
#[cfg(not(feature = "files"))]
const OPENED: Behaviour = FILE.finalise(finalise);

/// What the types of files have in common.
const FILE: Behaviour = Behaviour::NONE.print(print).iter(methods::iter).next(methods::next);

const fn stream(name: Name, slots: Slots) -> NativeType {
    NativeType::new(name, Kind::Native).slots(slots).methods(methods::STREAM).sealed()
}

const CLOSED: isize = -1;
/// Standard stream `n` is `STANDARD_0 - n`.
const STANDARD_0: isize = -2;

/// Makes the object of a file that `open` opens. The object comes first: a file is not lost where there is no
/// memory for one.
pub(crate) fn new_file(
    vm: &mut Vm,
    binary: bool,
    open: impl FnOnce(&mut Vm) -> Result<FileId, Raised>,
) -> Res {
    let closed = vm.push(Value::tiny_int(CLOSED as i16));
    let stream = vm.new_native(if binary { &FILE_IO } else { &TEXT_IO }, &[closed])?;
    let file = open(vm)?;
    match (vm.get(stream).cast::<NativeObj>(), Value::small_int(file.0 as isize)) {
        (Some(object), Some(number)) => object.set(0, number),
        _ => {
            let _ = vm.try_files(|_, files| files.close(file));
            return Err(vm.os_error(errno::EBADF));
        }
    }
    Ok(stream)
}

/// Makes the object of standard stream 0, 1 or 2.
pub(crate) fn standard(vm: &mut Vm, n: i16) -> Res {
    let number = vm.push(Value::tiny_int(STANDARD_0 as i16 - n));
    vm.new_native(&STANDARD, &[number])
}

/// Makes an object of a file that is open already, by the descriptor that scripts see.
pub(crate) fn from_descriptor(vm: &mut Vm, descriptor: isize, binary: bool) -> Res {
    match u32::try_from(descriptor) {
        Ok(n @ 0..=2) if !binary => standard(vm, n as i16),
        Ok(n @ 0..=2) => {
            let number = vm.push(Value::tiny_int(STANDARD_0 as i16 - n as i16));
            vm.new_native(&FILE_IO, &[number])
        }
        Ok(n) => new_file(vm, binary, |_| Ok(FileId(n - 3))),
        Err(_) => Err(vm.os_error(errno::EBADF)),
    }
}

fn number(vm: &Vm, stream: Local) -> isize {
    match vm.get(stream).cast::<NativeObj>() {
        Some(o) => o.get(0).as_small_int().unwrap_or(CLOSED),
        None => CLOSED,
    }
}

/// The descriptor that scripts see.
pub(super) fn descriptor(vm: &Vm, stream: Local) -> isize {
    match number(vm, stream) {
        n if n <= STANDARD_0 => STANDARD_0 - n,
        CLOSED => -1,
        // below three are the standard streams
        n => n.saturating_add(3),
    }
}

/// What is written to standard stream `n`.
fn standard_out(n: isize) -> Out {
    if n == STANDARD_0 - 2 { Out::Error } else { Out::Console }
}

/// Where text for a stream goes: straight to the console if it is a standard stream.
pub(crate) fn out_to(vm: &Vm, stream: Local) -> Out {
    if core::ptr::eq(vm.native_type_of(vm.get(stream)), &STANDARD) {
        standard_out(number(vm, stream))
    } else {
        Out::Stream(stream)
    }
}

fn open_file(vm: &mut Vm, stream: Local) -> Result<FileId, Raised> {
    match u32::try_from(number(vm, stream)) {
        Ok(n) => Ok(FileId(n)),
        Err(_) => Err(closed(vm)),
    }
}

pub(super) fn read(vm: &mut Vm, stream: Local, buf: &mut [u8]) -> Result<Option<usize>, Raised> {
    if number(vm, stream) <= STANDARD_0 {
        let n = match &mut vm.rt.hosts.console {
            Some(console) => {
                let _ = console.flush();
                console.read(buf)
            }
            None => 0,
        };
        if n == 0 {
            // the wait may have ended because the script is to be interrupted
            vm.poll(0)?;
        }
        return Ok(Some(n.min(buf.len())));
    }
    let file = open_file(vm, stream)?;
    match vm.try_files(|_, files| files.read(file, buf)) {
        Ok(n) => Ok(Some(n.min(buf.len()))),
        Err(e) if e.0 == errno::EAGAIN => Ok(None),
        Err(e) => Err(vm.os_error(e.0)),
    }
}

pub(super) fn write(vm: &mut Vm, stream: Local, bytes: &[u8]) -> Result<usize, Raised> {
    let n = number(vm, stream);
    if n <= STANDARD_0 {
        vm.emit(standard_out(n), bytes)?;
        vm.flush_console()?;
        return Ok(bytes.len());
    }
    let file = open_file(vm, stream)?;
    vm.with_files(|_, files| files.write(file, bytes)).map(|n| n.min(bytes.len()))
}

pub(super) fn seek(
    vm: &mut Vm,
    stream: Local,
    offset: isize,
    from: SeekFrom,
) -> Result<u64, Raised> {
    let file = open_file(vm, stream)?;
    vm.with_files(|_, files| files.seek(file, offset as i64, from))
}

pub(super) fn ioctl(vm: &mut Vm, stream: Local, what: isize, arg: isize) -> Result<isize, Raised> {
    let n = number(vm, stream);
    match what {
        request::FLUSH if n <= STANDARD_0 => {
            vm.flush_console()?;
            Ok(0)
        }
        request::FLUSH => {
            let file = open_file(vm, stream)?;
            vm.with_files(|_, files| files.flush(file))?;
            Ok(0)
        }
        request::CLOSE if n < 0 => Ok(0),
        request::CLOSE => {
            let file = open_file(vm, stream)?;
            if let Some(o) = vm.get(stream).cast::<NativeObj>() {
                o.set(0, Value::tiny_int(CLOSED as i16));
            }
            vm.with_files(|_, files| files.close(file))?;
            Ok(0)
        }
        // a file is always ready
        request::POLL => Ok(arg & 5),
        _ => Ok(-errno::EINVAL as isize),
    }
}

fn finalise(vm: &mut Vm, stream: Local) {
    if let Ok(n) = u32::try_from(number(vm, stream)) {
        // nobody is left to hear of an error
        let _ = vm.try_files(|_, files| files.close(FileId(n)));
    }
}

fn print(vm: &mut Vm, stream: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"<io.")?;
    let name = vm.type_name_of(stream);
    vm.emit_name(out, name)?;
    vm.emit(out, b" ")?;
    let n = descriptor(vm, stream);
    vm.emit_int(out, n)?;
    vm.emit(out, b">")
}

/// `sys.stdout.buffer`: the same stream, of bytes.
fn standard_attr(
    vm: &mut Vm,
    stream: Local,
    name: snakelet_qstr::Qstr,
    op: AttrOp,
) -> Result<Option<Local>, Raised> {
    if name != qstr!("buffer") || !matches!(op, AttrOp::Load) {
        return Ok(None);
    }
    let number = vm.new_int(number(vm, stream))?;
    vm.new_native(&FILE_IO, &[number]).map(Some)
}

/// Whether bytes that were read too many can be given back by moving the position.
pub(super) fn can_seek(vm: &mut Vm, stream: Local) -> bool {
    let (backend, part) = vm.backend(stream);
    #[cfg(feature = "streams")]
    if backend == Backend::Native {
        let result = super::seek(vm, stream, 0, SeekFrom::Current);
        return matches!(vm.catch(result, &crate::exception::classes::EXCEPTION), Ok(Some(_)));
    }
    if backend != Backend::File {
        return false;
    }
    match u32::try_from(number(vm, part)) {
        Ok(n) => vm.try_files(|_, files| files.seek(FileId(n), 0, SeekFrom::Current)).is_ok(),
        Err(_) => false,
    }
}
