//! `io.StringIO` and `io.BytesIO`.

use super::{closed, methods, request};
use core::cell::Cell;

use crate::exception::errno;
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{ArrayObj, Kind, NativeObj, write_cells};
use crate::vm::host::SeekFrom;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `io.StringIO`. Slot 0 holds the contents: an object that is only read until something is
/// written, then a `bytearray`; `None` once closed. Slot 1 is the position.
pub(crate) static STRING_IO: NativeType = NativeType::new(name!("StringIO"), Kind::Native)
    .slots(slots!(
        Behaviour::NONE
            .make(|vm, _, args| make(vm, &STRING_IO, args))
            .print(print)
            .iter(methods::iter)
            .next(methods::next)
    ))
    .methods(MEMORY);

/// `io.BytesIO`.
pub(crate) static BYTES_IO: NativeType = NativeType::new(name!("BytesIO"), Kind::Native)
    .slots(slots!(
        Behaviour::NONE
            .make(|vm, _, args| make(vm, &BYTES_IO, args))
            .print(print)
            .iter(methods::iter)
            .next(methods::next)
    ))
    .methods(MEMORY);

static MEMORY: &[crate::native::NativeFn] = methods![
    method!("getvalue", 1, 1, getvalue),
    method!("read", 1, 2, methods::read),
    method!("readinto", 2, 3, methods::readinto),
    method!("readline", 1, 2, methods::readline),
    method!("readlines", 1, 1, methods::readlines),
    method!("write", 2, 4, methods::write),
    method!("seek", 2, 3, methods::seek),
    method!("tell", 1, 1, methods::tell),
    method!("flush", 1, 1, methods::flush),
    method!("close", 1, 1, methods::close),
    method!("__enter__", 1, 1, methods::enter),
    method!("__exit__", 1, 4, methods::close),
];

fn make(vm: &mut Vm, class: &'static NativeType, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    let zero = vm.push(Value::tiny_int(0));
    let content = match args.opt(0) {
        Some(size) if vm.get(size).as_small_int().is_some() => {
            let size = usize::try_from(vm.index_of(size)?).unwrap_or(0);
            let array = vm.new_byte_array(size)?;
            if let Some(a) = vm.get(array).cast::<ArrayObj>() {
                a.len.set(0);
            }
            array
        }
        Some(source) if !vm.get(source).is_none() => {
            let source = vm.native_part(source);
            if vm.bytes_of(vm.get(source)).is_some() { source } else { copy(vm, source)? }
        }
        _ => vm.push(Value::qstr(qstr!(""))),
    };
    vm.new_native(class, &[content, zero])
}

/// A `bytearray` with the bytes of an object.
fn copy(vm: &mut Vm, source: Local) -> Res {
    let Some(len) = vm.buffer(vm.get(source)).map(|b| b.bytes.len()) else {
        return Err(vm.type_error("object with buffer protocol required"));
    };
    let array = vm.new_byte_array(len)?;
    if let (Some(a), Some(from)) = (vm.get(array).cast::<ArrayObj>(), vm.buffer(vm.get(source))) {
        let _ = vm.copy_bytes(from.bytes, a.cells());
    }
    vm.end_calculation()?;
    Ok(array)
}

fn object(vm: &Vm, stream: Local) -> Option<&NativeObj> {
    vm.get(stream).cast::<NativeObj>()
}

/// The contents, unless the stream is closed.
fn content(vm: &mut Vm, stream: Local) -> Res {
    match object(vm, stream) {
        Some(o) if !o.get(0).is_none() => Ok(vm.push(o.get(0))),
        _ => Err(closed(vm)),
    }
}

fn position(vm: &Vm, stream: Local) -> usize {
    vm.stream_number(stream, 1) as usize
}

pub(super) fn read(vm: &mut Vm, stream: Local, buf: &mut [u8]) -> Result<Option<usize>, Raised> {
    let content = content(vm, stream)?;
    let at = position(vm, stream);
    let n = vm.read_buffer(content, at, buf);
    vm.set_stream_number(stream, 1, at + n);
    Ok(Some(n))
}

pub(super) fn write(vm: &mut Vm, stream: Local, bytes: &[u8]) -> Result<usize, Raised> {
    let mut content = content(vm, stream)?;
    if !vm.get(content).is_kind(Kind::ByteArray) {
        content = copy(vm, content)?;
        if let Some(o) = object(vm, stream) {
            o.set(0, vm.get(content));
        }
    }
    let at = position(vm, stream);
    let len = vm.get(content).cast::<ArrayObj>().map_or(0, |a| a.len.get());
    let Some(end) = at.checked_add(bytes.len()) else { return Err(vm.memory_error()) };
    if end > len {
        vm.reserve(content, end - len)?;
    }
    let Some(array) = vm.get(content).cast::<ArrayObj>() else { return Ok(0) };
    if end > len {
        array.len.set(end);
        // what lies between the old end and the position
        array.cells().get(len..at).unwrap_or(&[]).iter().for_each(|c| c.set(0));
    }
    write_cells(bytes, array.cells().get(at..end).unwrap_or(&[]));
    vm.set_stream_number(stream, 1, end);
    Ok(bytes.len())
}

pub(super) fn seek(
    vm: &mut Vm,
    stream: Local,
    offset: isize,
    from: SeekFrom,
) -> Result<u64, Raised> {
    let content = content(vm, stream)?;
    let base = match from {
        SeekFrom::Start => 0,
        SeekFrom::Current => position(vm, stream),
        SeekFrom::End => vm.buffer_bytes(content).len(),
    };
    match usize::try_from((base as isize).saturating_add(offset)) {
        Ok(at) => {
            vm.set_stream_number(stream, 1, at);
            Ok(at as u64)
        }
        Err(_) => Err(vm.os_error(errno::EINVAL)),
    }
}

pub(super) fn ioctl(vm: &mut Vm, stream: Local, what: isize) -> isize {
    match what {
        request::FLUSH => 0,
        request::CLOSE => {
            if let Some(o) = object(vm, stream) {
                o.set(0, Value::NONE);
            }
            0
        }
        _ => -errno::EINVAL as isize,
    }
}

fn getvalue(vm: &mut Vm, args: Args) -> Res {
    let stream = args.get(0);
    let content = content(vm, stream)?;
    let kind = match core::ptr::eq(vm.native_type_of(vm.get(stream)), &STRING_IO) {
        true => Kind::Str,
        false => Kind::Bytes,
    };
    let len = vm.buffer_bytes(content).len();
    vm.new_text_object(kind, len, |vm, out| {
        let _ = vm.copy_bytes(vm.buffer_bytes(content), Cell::from_mut(out).as_slice_of_cells());
    })
}

fn print(vm: &mut Vm, stream: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"<io.")?;
    let name = vm.type_name_of(stream);
    vm.emit_name(out, name)?;
    vm.emit(out, b" ")?;
    vm.emit_address(stream, out)?;
    vm.emit(out, b">")
}
