//! `array.array`, and what it has in common with `bytearray` and `memoryview`.

mod bytearray;
mod edit;

use core::cell::Cell;

use snakelet_qstr::Qstr;

use crate::exception::classes::{NOT_IMPLEMENTED_ERROR, TYPE_ERROR};
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj, Whole};
use crate::native::pack::{Order, code_size};
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, Maybe, NativeFn, NativeType, slots};
use crate::object::value::Value;
use crate::object::{ArrayObj, Kind, SliceObj, ViewObj};
use crate::protocol::buffer::{Buffer, Bytes};
use crate::types::sequence;
use crate::types::slice::Bounds;
use crate::types::str::over;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

pub use bytearray::BYTEARRAY;
pub(crate) use bytearray::as_bytearrays;

/// `array.array`.
pub static ARRAY: NativeType = NativeType::new(name!("array"), Kind::Array)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(edit::change)
            .binary(binary)
            .len(len)
            .subscripts(edit::SUBSCRIPTS)
            .membership(&CONTAINS)
            .iter(over)
            .attr(attr)
    ))
    .methods(methods![
        NativeFn::method::<ArrayObj, 1>(name!("append"), 0, edit::append),
        NativeFn::method::<ArrayObj, 1>(name!("extend"), 0, edit::extend),
        NativeFn::method::<ArrayObj, 1>(name!("frombytes"), 0, edit::frombytes),
        NativeFn::method::<ArrayObj, 2>(name!("insert"), 0, edit::insert),
        NativeFn::method::<ArrayObj, 0>(name!("pop"), 1, edit::pop),
        NativeFn::method::<ArrayObj, 1>(name!("remove"), 0, edit::remove),
        NativeFn::method::<ArrayObj, 0>(name!("reverse"), 0, edit::reverse),
        NativeFn::method::<Whole<ArrayObj>, 1>(name!("count"), 0, sequence::count),
        NativeFn::method::<Whole<ArrayObj>, 1>(name!("index"), 0, sequence::index),
        NativeFn::method::<Whole<ArrayObj>, 0>(name!("tobytes"), 0, tobytes),
        NativeFn::method::<Whole<ArrayObj>, 0>(name!("tolist"), 0, tolist),
        crate::types::str::DECODE,
    ])
    .unhashable();

static CONTAINS: NativeFn =
    NativeFn::method::<Whole<ArrayObj>, 1>(name!("__contains__"), 0, sequence::contains);

/// Bytes of an item of a buffer.
pub(super) fn size_of_item(buffer: &Buffer<'_>) -> usize {
    code_size(buffer.typecode, true).unwrap_or(1)
}

/// Bytes of an item of a buffer.
pub(crate) fn item_size(vm: &Vm, value: Value<'_>) -> usize {
    vm.buffer(value).map_or(1, |buffer| size_of_item(&buffer))
}

pub(crate) fn len(vm: &Vm, value: Value<'_>) -> usize {
    vm.buffer(value).map_or(0, |buffer| buffer.bytes.len() / size_of_item(&buffer))
}

/// Item `i` of a buffer; `None` beyond its end, and for objects without a buffer.
pub(crate) fn item<'h>(cx: Leaf<'h>, object: Obj<'h>, i: usize) -> Result<Option<Obj<'h>>, Leave> {
    let Some(buffer) = cx.vm().buffer(object.value()) else { return Ok(None) };
    if buffer.typecode == b'B' {
        return Ok(buffer.bytes.get(i).and_then(|byte| Obj::small_int(byte.into())));
    }
    let size = size_of_item(&buffer);
    let start = i.saturating_mul(size);
    let raw = buffer.bytes.part(start, start.saturating_add(size));
    if raw.len() < size {
        return Ok(None);
    }
    cx.unpack(buffer.typecode, size, Order::NATIVE, raw).map(Some)
}

/// Makes a local of item `i` of a buffer; `None` beyond its end.
pub(crate) fn push_item(vm: &mut Vm, object: Local, i: usize) -> Maybe {
    vm.leaf_option(|cx| item(cx, cx.local(object), i))
}

/// Items per step of fuel where items that are not neighbours are moved one by one.
const APART_A_STEP: usize = 16;

/// The items that `bounds` selects: as a new array, or as a view of a part of a view.
pub(crate) fn part<'h>(cx: Leaf<'h>, object: Obj<'h>, bounds: Bounds) -> Answer<'h> {
    let buffer = cx.readable_buffer(object)?;
    let size = size_of_item(&buffer);
    if let Some(view) = object.cast::<ViewObj>() {
        check_step(cx, bounds)?;
        let aux = view.header.aux();
        return cx.view(object, aux, bounds.at(0) * size, bounds.len * size);
    }
    let new = cx.new_array(edit::kind_of(object), buffer.typecode, bounds.len * size)?;
    if bounds.step == 1 {
        let part = buffer.bytes.part(bounds.at(0) * size, bounds.at(bounds.len) * size);
        cx.copy(part, new.cells())?;
        return Ok(new.obj());
    }
    cx.charge(bounds.len / APART_A_STEP);
    for (k, to) in cx.vm().paced_to_end(new.cells().chunks(size).enumerate()) {
        let at = bounds.at(k) * size;
        buffer.bytes.part(at, at + size).copy_to_cells(to);
    }
    cx.spend(0)?;
    Ok(new.obj())
}

/// Leaves unless a slice of a view selects neighbours.
fn check_step(cx: Leaf<'_>, bounds: Bounds) -> Result<(), Leave> {
    if bounds.step == 1 {
        return Ok(());
    }
    Err(cx.raise(&NOT_IMPLEMENTED_ERROR, "only slices with step=1 (aka None) are supported"))
}

/// `buffer[index] = value` for arrays and views.
pub(crate) fn store<'h>(cx: Leaf<'h>, object: Obj<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let (index, value) = (args.get::<0>(), args.get::<1>());
    let Some(Buffer { cells: Some(cells), typecode, .. }) = cx.vm().buffer(object.value()) else {
        let text = "'%t' object doesn't support item assignment";
        return Err(cx.raise_about(&TYPE_ERROR, text, [object; 2]));
    };
    let size = code_size(typecode, true).unwrap_or(1);
    let n = cells.len() / size;
    if let Some(slice) = index.cast::<SliceObj>() {
        let bounds = slice.bounds(cx, n, 0)?;
        if object.is_kind(Kind::MemoryView) {
            check_step(cx, bounds)?;
        }
        return edit::store_slice(cx, object, cells, size, bounds, value);
    }
    let at = sequence::place(cx, object, index, n, 0)? * size;
    let raw = cx.pack(typecode, value, 1)?;
    put(cells, at, &Order::NATIVE.split(raw, size), size);
    Ok(Obj::NONE)
}

/// Writes `size` bytes, if they fit.
fn put(cells: &[Cell<u8>], at: usize, bytes: &[u8], size: usize) {
    if let Some(to) = cells.get(at..at.saturating_add(size)) {
        Bytes::from(bytes).copy_to_cells(to);
    }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 2)?;
    let code = match vm.str_of(vm.get(args.get(0))) {
        Some([code]) if code_size(*code, true).is_some() && *code != b'e' => *code,
        Some(_) => return Err(vm.value_error("bad typecode")),
        None => return Err(vm.bad_implicit_conversion(args.get(0))),
    };
    let array = vm.leaf_local(|cx| cx.new_array(Kind::Array, code, 0).map(Gc::obj))?;
    if let Some(source) = args.opt(1) {
        if matches!(vm.get(source).ref_kind(), Some(Kind::Bytes | Kind::ByteArray)) {
            edit::extend_bytes(vm, array, source)?;
        } else {
            edit::extend_items(vm, array, source)?;
        }
    }
    Ok(array)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let code = vm.get(object).cast::<ArrayObj>().map_or(b'B', ArrayObj::typecode);
    vm.emit(out, b"array('")?;
    vm.emit(out, &[code, b'\''])?;
    if vm.len_of(vm.get(object)) == 0 {
        return vm.emit(out, b")");
    }
    vm.emit(out, b", [")?;
    sequence::print_items(vm, object, out)?;
    vm.emit(out, b"])")
}

/// The buffers of two objects that can be compared: arrays with arrays only, other buffers with all.
fn comparable<'h>(
    vm: &'h Vm,
    left: Value<'h>,
    right: Value<'h>,
) -> Option<(Buffer<'h>, Buffer<'h>)> {
    if vm.str_of(right).is_some() || left.is_kind(Kind::Array) && !right.is_kind(Kind::Array) {
        return None;
    }
    Some((vm.buffer(left)?, vm.buffer(right)?))
}

/// Compares buffers of bytes.
pub(crate) fn compare<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    Ok(match comparable(cx.vm(), left.value(), right.value()) {
        Some((a, b)) if a.typecode == b'B' && b.typecode == b'B' => {
            cx.vm().charge_bytes_later(a.bytes.len().min(b.bytes.len()));
            Vm::compare_result(op, a.bytes.compare(b.bytes)).map(Obj::bool)
        }
        _ => None,
    })
}

/// What operators do that may run Python code.
pub(crate) fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    match op {
        BinaryOp::InplaceAdd if !vm.get(left).is_kind(Kind::MemoryView) => {
            edit::extend_items(vm, left, right)?;
            Ok(Some(left))
        }
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => sequence::repeat_by(vm, op, left, right),
        _ if comparable(vm, vm.get(left), vm.get(right)).is_some() => {
            sequence::compare(vm, op, left, right)
        }
        _ => Ok(None),
    }
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Maybe {
    let value = vm.get(object);
    let (AttrOp::Load, Some(array)) = (op, value.cast::<ArrayObj>()) else { return Ok(None) };
    if name == qstr!("itemsize") {
        let size = item_size(vm, value);
        return vm.new_int(size as isize).map(Some);
    }
    if name == qstr!("typecode") {
        let code = array.typecode().into();
        return vm.new_char(code).map(Some);
    }
    Ok(None)
}

/// `bytes` of an object's buffer.
pub(crate) fn tobytes<'h>(cx: Leaf<'h>, object: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let bytes = cx.readable(object)?;
    cx.make_text(Kind::Bytes, bytes.len(), |out| {
        let _ = cx.vm().copy_bytes(bytes, Cell::from_mut(out).as_slice_of_cells());
    })
}

pub(crate) fn tolist<'h>(cx: Leaf<'h>, object: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let list = cx.new_list(len(cx.vm(), object.value()))?;
    cx.charge(list.len() / 16);
    for (i, slot) in cx.vm().paced_to_end(list.items().iter().enumerate()) {
        if let Some(item) = item(cx, object, i)? {
            slot.set(item.value());
        }
    }
    cx.spend(0)?;
    Ok(list.obj())
}
