//! `micropython.RingIO`: a queue of bytes of fixed size.

use super::{methods, request};
use crate::exception::errno;
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{Kind, NativeObj};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// Slot 0 holds a `bytearray`, slots 1 and 2 where the next byte is read and written. One byte
/// of the array stays free, so that an empty queue differs from a full one.
pub(crate) static RING_IO: NativeType = NativeType::new(name!("RingIO"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make).print(print)))
    .methods(methods![
        method!("any", 1, 1, any),
        method!("read", 1, 2, methods::read),
        method!("readinto", 2, 3, methods::readinto),
        method!("readline", 1, 2, methods::readline),
        method!("write", 2, 4, methods::write),
        method!("close", 1, 1, methods::close),
        method!("ioctl", 2, 3, methods::ioctl_method),
    ])
    .sealed();

/// Most bytes of the array, as in MicroPython.
const LARGEST: usize = 65_535;

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    let source = args.get(0);
    let array = if vm.writable_buffer(vm.get(source)).is_some() {
        source
    } else {
        let size = vm.index_of(source)?;
        match usize::try_from(size).ok().filter(|n| (1..LARGEST).contains(n)) {
            Some(size) => vm.new_byte_array(size + 1)?,
            None => return Err(vm.value_error("size out of range")),
        }
    };
    if !(2..=LARGEST).contains(&vm.buffer_bytes(array).len()) {
        return Err(vm.value_error("buffer size out of range"));
    }
    let zero = vm.push(Value::tiny_int(0));
    vm.new_native(&RING_IO, &[array, zero, zero])
}

fn print(vm: &mut Vm, _object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"<RingIO>")
}

/// Size of the array, and where reading and writing go on.
fn state(vm: &Vm, ring: Local) -> (usize, usize, usize) {
    let size = vm
        .get(ring)
        .cast::<NativeObj>()
        .and_then(|o| vm.buffer(o.get(0)))
        .map_or(1, |b| b.bytes.len().max(1));
    let at = |i| (vm.stream_number(ring, i) as usize).checked_rem(size).unwrap_or(0);
    (size, at(1), at(2))
}

fn ready(vm: &Vm, ring: Local) -> usize {
    let (size, get, put) = state(vm, ring);
    (put + size - get).checked_rem(size).unwrap_or(0)
}

/// The place behind another one.
fn after(at: usize, size: usize) -> usize {
    if at + 1 < size { at + 1 } else { 0 }
}

fn any(vm: &mut Vm, args: Args) -> Res {
    let n = ready(vm, args.get(0));
    vm.new_int(n as isize)
}

pub(super) fn read(vm: &mut Vm, ring: Local, buf: &mut [u8]) -> usize {
    let (size, mut get, _) = state(vm, ring);
    let n = ready(vm, ring).min(buf.len());
    let Some(o) = vm.get(ring).cast::<NativeObj>() else { return 0 };
    let Some(cells) = vm.writable_buffer(o.get(0)) else { return 0 };
    for to in buf.iter_mut().take(n) {
        *to = cells.get(get).map_or(0, core::cell::Cell::get);
        get = after(get, size);
    }
    vm.set_stream_number(ring, 1, get);
    n
}

pub(super) fn write(vm: &mut Vm, ring: Local, bytes: &[u8]) -> usize {
    let (size, _, mut put) = state(vm, ring);
    let n = (size - 1 - ready(vm, ring)).min(bytes.len());
    let Some(o) = vm.get(ring).cast::<NativeObj>() else { return 0 };
    let Some(cells) = vm.writable_buffer(o.get(0)) else { return 0 };
    for from in bytes.iter().take(n) {
        if let Some(cell) = cells.get(put) {
            cell.set(*from);
        }
        put = after(put, size);
    }
    vm.set_stream_number(ring, 2, put);
    n
}

pub(super) fn ioctl(vm: &mut Vm, ring: Local, what: isize, arg: isize) -> isize {
    const READABLE: isize = 1;
    const WRITABLE: isize = 4;
    match what {
        request::POLL => {
            let n = ready(vm, ring);
            let (size, _, _) = state(vm, ring);
            let mut flags = 0;
            if n > 0 {
                flags |= READABLE;
            }
            if n + 1 < size {
                flags |= WRITABLE;
            }
            flags & arg
        }
        request::CLOSE => 0,
        _ => -errno::EINVAL as isize,
    }
}
