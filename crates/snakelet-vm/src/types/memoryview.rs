//! `memoryview`.
//!
//! A view keeps the object whose bytes it shows and a range in it, and looks the bytes up each
//! time: an array that shrinks or moves its bytes leaves its views shorter, never dangling.

use snakelet_qstr::Qstr;

use crate::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Obj, Whole};
use crate::native::pack::code_size;
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, Maybe, NativeFn, NativeType, slots};
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ViewObj};
use crate::types::array::{self, item_size, tobytes, tolist};
use crate::types::sequence;
use crate::types::str::{HEX, over};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

/// `memoryview`.
pub static MEMORYVIEW: NativeType = NativeType::new(name!("memoryview"), Kind::MemoryView)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(array::compare)
            .binary(array::binary)
            .len(array::len)
            .hash(hash)
            .subscripts(methods![
                NativeFn::method::<Whole<ViewObj>, 1>(name!("__getitem__"), 0, sequence::load),
                NativeFn::method::<Whole<ViewObj>, 2>(name!("__setitem__"), 0, array::store),
            ])
            .iter(over)
            .attr(attr)
    ))
    .methods(methods![
        NativeFn::method::<ViewObj, 1>(name!("cast"), 0, cast),
        HEX,
        NativeFn::method::<ViewObj, 0>(name!("release"), 0, |_, view, _| release(view)),
        NativeFn::method::<Whole<ViewObj>, 0>(name!("tobytes"), 0, tobytes),
        NativeFn::method::<Whole<ViewObj>, 0>(name!("tolist"), 0, tolist),
        NativeFn::method::<ViewObj, 0>(name!("toreadonly"), 0, toreadonly),
        NativeFn::method::<ViewObj, 0>(name!("__enter__"), 0, |_, view, _| Ok(view.obj())),
        NativeFn::method::<ViewObj, 3>(name!("__exit__"), 0, |_, view, _| release(view)),
    ]);

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    let object = vm.native_part(args.get(0));
    vm.leaf_local(|cx| {
        let object = cx.local(object);
        let buffer = cx.readable_buffer(object)?;
        let flags = if buffer.cells.is_some() { 0 } else { ViewObj::READONLY };
        cx.view(object, buffer.typecode as usize | flags, 0, buffer.bytes.len())
    })
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

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Maybe {
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
        let code = view.typecode().into();
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

/// Bytes that a view shows.
fn shown<'h>(cx: Leaf<'h>, view: Gc<'h, ViewObj>) -> usize {
    cx.vm().buffer(view.obj().value()).map_or(0, |buffer| buffer.bytes.len())
}

fn cast<'h>(cx: Leaf<'h>, view: Gc<'h, ViewObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let code = match cx.vm().str_of(args.get::<0>().value()) {
        Some([code] | [b'@', code]) => *code,
        _ => 0,
    };
    let Some(size) = code_size(code, true) else {
        return Err(cx.raise(&VALUE_ERROR, "bad typecode"));
    };
    let len = shown(cx, view);
    if !len.is_multiple_of(size) {
        let text = "memoryview: length is not a multiple of itemsize";
        return Err(cx.raise(&TYPE_ERROR, text));
    }
    let aux = view.header.aux() & ViewObj::READONLY | code as usize;
    cx.view(view.obj(), aux, 0, len)
}

fn toreadonly<'h>(cx: Leaf<'h>, view: Gc<'h, ViewObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.view(view.obj(), view.header.aux() | ViewObj::READONLY, 0, shown(cx, view))
}

/// Lets go of what the view shows: it is empty from now on.
fn release(view: Gc<'_, ViewObj>) -> Answer<'_> {
    view.base.set(Value::NONE);
    view.len.set(0);
    Ok(Obj::NONE)
}
