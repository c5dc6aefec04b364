//! `memoryview`.
//!
//! A view keeps the object whose bytes it shows and a range in it, and looks the bytes up each
//! time: an array that shrinks or moves its bytes leaves its views shorter, never dangling.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, NativeType, TypeSlots};
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ViewObj, words_of};
use crate::types::array::{self, item_size, tobytes, tolist};
use crate::types::pack::code_size;
use crate::types::slice::Bounds;
use crate::types::str::{HEX, over};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `memoryview`.
pub static MEMORYVIEW: NativeType = NativeType::new(name!("memoryview"), Kind::MemoryView)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(array::binary)
                .len(array::len)
                .hash(hash)
                .subscr(array::subscr)
                .iter(over)
                .attr(attr)
        },
    )
    .methods(methods![
        method!("cast", 2, 2, cast),
        HEX,
        method!("release", 1, 1, release),
        method!("tobytes", 1, 1, tobytes),
        method!("tolist", 1, 1, tolist),
        method!("toreadonly", 1, 1, toreadonly),
        method!("__enter__", 1, 1, |_, args| Ok(args.get(0))),
        method!("__exit__", 4, 4, release),
    ]);

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    let object = vm.native_part(args.get(0));
    let len = vm.check_buffer(object)?;
    let Some(buffer) = vm.buffer(vm.get(object)) else { return Err(vm.wrong_receiver()) };
    let flags = if buffer.writable { 0 } else { ViewObj::READONLY };
    let aux = buffer.typecode as usize | flags;
    new_view(vm, object, aux, 0, len)
}

/// Makes a view of `len` bytes from `offset` on of an object or of what another view shows.
fn new_view(vm: &mut Vm, object: Local, aux: usize, offset: usize, len: usize) -> Res {
    let new = vm.allocate(Kind::MemoryView, aux, words_of::<ViewObj>(0))?.local;
    let (base, first) = match vm.get(object).cast::<ViewObj>() {
        Some(view) => (view.base.get(), view.offset.get()),
        None => (vm.get(object), 0),
    };
    if let Some(view) = vm.get(new).cast::<ViewObj>() {
        view.base.set(base);
        view.offset.set(first.saturating_add(offset));
        view.len.set(len);
    }
    Ok(new)
}

fn aux_of(vm: &Vm, view: Local) -> usize {
    vm.get(view).cast::<ViewObj>().map_or(0, |v| v.header.aux())
}

/// A view of a part of a view.
pub(super) fn part(vm: &mut Vm, view: Local, span: Bounds) -> Res {
    let size = item_size(vm, vm.get(view));
    let aux = aux_of(vm, view);
    new_view(vm, view, aux, span.at(0) * size, span.len * size)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"<memory at ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b">")
}

fn hash(vm: &mut Vm, object: Local) -> Result<SWord, Raised> {
    if vm.writable_buffer(vm.get(object)).is_some() {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    let bytes = vm.bytes_from_buffer(object)?;
    vm.hash(bytes)
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    let value = vm.get(object);
    let (AttrOp::Load, Some(view)) = (op, value.cast::<ViewObj>()) else { return Ok(None) };
    if name == qstr!("itemsize") {
        let size = item_size(vm, value);
        return vm.new_int(size as isize).map(Some);
    }
    if name == qstr!("nbytes") {
        let len = vm.buffer_bytes(object).len();
        return vm.new_int(len as isize).map(Some);
    }
    if name == qstr!("readonly") {
        return Ok(Some(Local::bool(view.is_readonly())));
    }
    if name == qstr!("format") {
        let code = char::from(view.typecode());
        return vm.new_char(code).map(Some);
    }
    if name == qstr!("obj") {
        return Ok(Some(vm.push(view.base.get())));
    }
    if name == qstr!("ndim") {
        return Ok(Some(vm.push(Value::tiny_int(1))));
    }
    Ok(None)
}

fn receiver(vm: &mut Vm, args: Args) -> Res {
    match vm.get(args.get(0)).cast::<ViewObj>() {
        Some(_) => Ok(args.get(0)),
        None => Err(vm.wrong_receiver()),
    }
}

fn cast(vm: &mut Vm, args: Args) -> Res {
    let view = receiver(vm, args)?;
    let code = match vm.str_of(vm.get(args.get(1))).map(str::as_bytes) {
        Some([code] | [b'@', code]) => *code,
        _ => 0,
    };
    let Some(size) = code_size(code, true) else { return Err(vm.value_error("bad typecode")) };
    let len = vm.buffer_bytes(view).len();
    if !len.is_multiple_of(size) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let aux = aux_of(vm, view) & ViewObj::READONLY | code as usize;
    new_view(vm, view, aux, 0, len)
}

fn toreadonly(vm: &mut Vm, args: Args) -> Res {
    let view = receiver(vm, args)?;
    let len = vm.buffer_bytes(view).len();
    let aux = aux_of(vm, view) | ViewObj::READONLY;
    new_view(vm, view, aux, 0, len)
}

/// Lets go of what the view shows: it is empty from now on.
fn release(vm: &mut Vm, args: Args) -> Res {
    let view = receiver(vm, args)?;
    if let Some(v) = vm.get(view).cast::<ViewObj>() {
        v.base.set(Value::NONE);
        v.len.set(0);
    }
    Ok(Local::NONE)
}
