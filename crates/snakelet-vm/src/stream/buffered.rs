//! `io.BufferedWriter`: collects what is written until a block is full.

use super::{methods, request};
use crate::exception::errno;
use crate::native::print::CHUNK;
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{ArrayObj, Kind, NativeObj};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// Slot 0 holds the stream behind it, slot 1 a `bytearray` of the block's size, slot 2 how much
/// of it is used.
pub(crate) static BUFFERED_WRITER: NativeType =
    NativeType::new(name!("BufferedWriter"), Kind::Native)
        .slots(slots!(Behaviour::NONE.make(make)))
        .methods(methods![
            method!("write", 2, 4, methods::write),
            method!("flush", 1, 1, methods::flush),
            method!("close", 1, 1, methods::close),
        ])
        .sealed();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 2, 2)?;
    let size = vm.index_of(args.get(1))?;
    let Some(size) = usize::try_from(size).ok().filter(|n| *n > 0) else {
        return Err(vm.value_error("size must be positive"));
    };
    let block = vm.new_byte_array(size)?;
    let zero = vm.push(Value::tiny_int(0));
    vm.new_native(&BUFFERED_WRITER, &[args.get(0), block, zero])
}

/// The stream behind a writer, and its block.
fn parts(vm: &Vm, writer: Local) -> (Local, Local) {
    let slot = |i| vm.push(vm.get(writer).cast::<NativeObj>().map_or(Value::NULL, |o| o.get(i)));
    (slot(0), slot(1))
}

pub(super) fn write(vm: &mut Vm, writer: Local, bytes: &[u8]) -> Result<Option<usize>, Raised> {
    let (_, block) = parts(vm, writer);
    for byte in bytes {
        let used = vm.stream_number(writer, 2) as usize;
        if let Some(cell) = vm.get(block).cast::<ArrayObj>().and_then(|a| a.cells().get(used)) {
            cell.set(*byte);
        }
        vm.set_stream_number(writer, 2, used + 1);
        if used + 1 >= vm.buffer_bytes(block).len() {
            flush(vm, writer)?;
        }
    }
    Ok(Some(bytes.len()))
}

/// Passes the block on; `OSError` if the stream takes nothing.
fn flush(vm: &mut Vm, writer: Local) -> Result<(), Raised> {
    let scope = vm.scope();
    let (stream, block) = parts(vm, writer);
    let used = vm.stream_number(writer, 2) as usize;
    let mut done = 0;
    while done < used {
        let mut chunk = [0; CHUNK];
        let n = vm.read_buffer(block, done, &mut chunk).min(used - done);
        match vm.stream_write(stream, chunk.get(..n).unwrap_or(&[]))? {
            Some(n) if n > 0 => done += n,
            _ => return Err(vm.os_error(errno::EAGAIN)),
        }
    }
    vm.set_stream_number(writer, 2, 0);
    vm.end_scope(scope);
    Ok(())
}

pub(super) fn ioctl(vm: &mut Vm, writer: Local, what: isize) -> Result<isize, Raised> {
    match what {
        request::FLUSH | request::CLOSE => flush(vm, writer).map(|()| 0),
        _ => Ok(-errno::EINVAL as isize),
    }
}
