//! Changing arrays: all that moves items or changes the length.

use core::cell::Cell;

use crate::exception::classes::{INDEX_ERROR, NOT_IMPLEMENTED_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj, Whole};
use crate::native::pack::{Order, code_size};
use crate::native::{BinaryOp, NativeFn, Subscr};
use crate::object::{ArrayObj, Kind, RawBuf, SliceObj, ViewObj};
use crate::protocol::buffer::{Bytes, PIECE};
use crate::types::sequence;
use crate::types::slice::Bounds;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name};

use super::{APART_A_STEP, bytearray, compare, item, size_of_item, store};

/// Subscription of arrays.
pub(super) const SUBSCRIPTS: &[NativeFn] = methods![
    NativeFn::method::<Whole<ArrayObj>, 1>(name!("__getitem__"), 0, sequence::load),
    NativeFn::method::<Whole<ArrayObj>, 2>(name!("__setitem__"), 0, store),
    NativeFn::method::<ArrayObj, 1>(name!("__delitem__"), 0, delete),
];

/// Bytes of the first storage.
const FIRST_CAPACITY: usize = 16;

/// The kind of an array.
pub(super) fn kind_of(array: Obj<'_>) -> Kind {
    array.value().ref_kind().unwrap_or(Kind::ByteArray)
}

/// Whether two objects show bytes of the same array.
fn overlap<'h>(a: Obj<'h>, b: Obj<'h>) -> bool {
    let owner = |object: Obj<'h>| match object.cast::<ViewObj>() {
        Some(view) => view.object().base.get(),
        None => object.value(),
    };
    owner(a).is(owner(b))
}

/// The bytes of an object, and those of a copy if they are bytes of `array`.
fn apart<'h>(
    cx: Leaf<'h>,
    array: Obj<'h>,
    source: Obj<'h>,
    bytes: Bytes<'h>,
) -> Result<Bytes<'h>, Leave> {
    if !overlap(array, source) {
        return Ok(bytes);
    }
    let copy = cx.new_raw_buf(bytes.len())?;
    cx.copy(bytes, copy.cells())?;
    Ok(copy.object().cells().into())
}

impl<'h> Gc<'h, ArrayObj> {
    /// Bytes of an item.
    fn size(self) -> usize {
        code_size(self.typecode(), true).unwrap_or(1)
    }

    /// Where bytes lie, those in use and those to come.
    fn storage(self) -> &'h [Cell<u8>] {
        self.object().data.get().map_or(&[], RawBuf::cells)
    }

    /// Makes room for `wanted` bytes, and for some more.
    fn reserve(self, cx: Leaf<'h>, wanted: usize) -> Result<(), Leave> {
        let capacity = self.storage().len();
        if wanted > capacity {
            let grown = wanted.max(capacity + capacity / 2).max(FIRST_CAPACITY);
            let new = cx.new_raw_buf(grown)?;
            cx.copy(self.cells().into(), new.cells())?;
            self.data.set(&new);
        }
        Ok(())
    }

    /// Replaces bytes `start..end` by others, which are not bytes of this array.
    #[inline(never)]
    fn replace(
        self,
        cx: Leaf<'h>,
        start: usize,
        end: usize,
        bytes: Bytes<'_>,
    ) -> Result<(), Leave> {
        let (old, new_end) = (self.len.get(), start + bytes.len());
        let rest = old.saturating_sub(end);
        self.reserve(cx, new_end + rest)?;
        let cells = self.storage();
        let part = |from: usize, len| cells.get(from..from + len).unwrap_or(&[]);
        cx.vm().move_bytes(part(end, rest).into(), part(new_end, rest));
        cx.vm().move_bytes(bytes, part(start, bytes.len()));
        self.len.set(new_end + rest);
        Ok(())
    }

    /// Inserts a number at place `at`, which is argument `i`.
    fn put_number(self, cx: Leaf<'h>, at: usize, number: Obj<'h>, i: usize) -> Result<(), Leave> {
        let size = self.size();
        let raw = cx.pack(self.typecode(), number, i)?;
        let bytes = Order::NATIVE.split(raw, size);
        self.replace(cx, at * size, at * size, Bytes::from(&bytes[..]).part(0, size))
    }

    /// Appends the bytes of a buffer, as many as form whole items; false if it has no buffer.
    fn extend(self, cx: Leaf<'h>, source: Obj<'h>) -> Result<bool, Leave> {
        let Some(buffer) = cx.vm().buffer(source.value()) else { return Ok(false) };
        let given = buffer.bytes.len();
        let whole = buffer.bytes.part(0, given - given % self.size());
        let bytes = apart(cx, self.obj(), source, whole)?;
        let n = self.len.get();
        self.replace(cx, n, n, bytes)?;
        Ok(true)
    }

    /// How many items there are.
    fn items(self) -> usize {
        self.len.get() / self.size()
    }

    /// Removes item `at`.
    fn remove(self, cx: Leaf<'h>, at: usize) -> Answer<'h> {
        let size = self.size();
        self.replace(cx, at * size, (at + 1) * size, Bytes::NONE)?;
        Ok(Obj::NONE)
    }
}

/// Operators that run no Python code.
pub(super) fn change<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    let Some(array) = left.cast::<ArrayObj>() else { return Ok(None) };
    let n = array.len.get();
    let new = |cx: Leaf<'h>, len| cx.new_array(kind_of(left), array.typecode(), len);
    match op {
        BinaryOp::InplaceAdd => Ok(array.extend(cx, right)?.then_some(left)),
        BinaryOp::Add => {
            let buffer = match cx.vm().buffer(right.value()) {
                None if right.is_kind(Kind::Instance) => return Ok(None),
                _ => cx.readable_buffer(right)?,
            };
            let more = buffer.bytes.len() - buffer.bytes.len() % array.size();
            let sum = new(cx, n + more)?;
            let (front, rest) = sum.cells().split_at_checked(n).unwrap_or_default();
            cx.copy(array.cells().into(), front)?;
            cx.copy(buffer.bytes, rest)?;
            Ok(Some(sum.obj()))
        }
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => {
            let Some(len) = sequence::repeated_len(cx, n, right)? else { return Ok(None) };
            let target = if op == BinaryOp::Multiply {
                new(cx, len)?
            } else {
                array.reserve(cx, len)?;
                array.len.set(len);
                array
            };
            let source = array.storage().get(..n).unwrap_or(&[]);
            let cells = target.cells();
            cx.vm().move_bytes(source.into(), cells);
            // what is there is copied behind itself, which doubles it as long as it is short
            let (mut part, mut done) = (n, n);
            while let (Some(there), Some(rest @ [_, ..])) = (cells.get(..part), cells.get(done..)) {
                cx.vm().move_bytes(there.into(), rest);
                done += part;
                if part < PIECE {
                    part = done;
                }
                if let Err(leave) = cx.spend(0) {
                    target.len.set(n);
                    return Err(leave);
                }
            }
            Ok(Some(target.obj()))
        }
        _ => compare(cx, op, left, right),
    }
}

/// `array[bounds] = value` for an array or view with these bytes.
pub(super) fn store_slice<'h>(
    cx: Leaf<'h>,
    object: Obj<'h>,
    cells: &'h [Cell<u8>],
    size: usize,
    bounds: Bounds,
    value: Obj<'h>,
) -> Answer<'h> {
    let given = cx.vm().native_part_of(value.value()).and_then(Obj::of_value).unwrap_or(value);
    let is_text = cx.vm().str_of(given.value()).is_some();
    let buffer = match cx.vm().buffer(given.value()) {
        Some(buffer) if !is_text => buffer,
        None if object.is_kind(Kind::ByteArray) && given.as_small_int().is_none() => {
            return Err(cx.full(store_items));
        }
        _ => {
            let text = "array/bytes required on right side";
            return Err(cx.raise(&NOT_IMPLEMENTED_ERROR, text));
        }
    };
    let n = buffer.bytes.len();
    let array = object.cast::<ArrayObj>();
    let is_fixed = array.is_none() || bounds.step != 1;
    if size_of_item(&buffer) != size || is_fixed && n != bounds.len * size {
        return Err(cx.raise(&VALUE_ERROR, "lhs and rhs should be compatible"));
    }
    if bounds.step != 1 {
        let from = apart(cx, object, given, buffer.bytes)?;
        cx.charge(bounds.len / APART_A_STEP);
        for k in cx.vm().paced_to_end(0..bounds.len) {
            let at = bounds.at(k) * size;
            let to = cells.get(at..at + size).unwrap_or(&[]);
            from.part(k * size, (k + 1) * size).copy_to_cells(to);
        }
        cx.spend(0)?;
        return Ok(Obj::NONE);
    }
    let (start, end) = (bounds.at(0) * size, bounds.at(bounds.len) * size);
    match (cells.get(start..end), array) {
        // parts of the same array may overlap
        (Some(to), _) if to.len() == n => {
            cx.vm().move_bytes(buffer.bytes, to);
        }
        (_, Some(array)) => {
            let from = apart(cx, object, given, buffer.bytes)?;
            array.replace(cx, start, end, from)?;
        }
        _ => {}
    }
    Ok(Obj::NONE)
}

/// The same where the value is an iterable of numbers.
fn store_items(vm: &mut Vm, args: Args) -> Res {
    let part = vm.native_part(args.get(2));
    let bytes = bytearray::from_iterable(vm, part)?;
    vm.subscr(args.get(0), args.get(1), Subscr::Store(bytes))
}

/// `del array[index]`
fn delete<'h>(cx: Leaf<'h>, array: Gc<'h, ArrayObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let (index, size) = (args.get::<0>(), array.size());
    let n = array.items();
    let Some(slice) = index.cast::<SliceObj>() else {
        let at = sequence::place(cx, array.obj(), index, n, 0)?;
        return array.remove(cx, at);
    };
    let bounds = slice.bounds(cx, n, 0)?.ascending();
    if bounds.len == 0 {
        return Ok(Obj::NONE);
    }
    // from low to high, moving what stays between two deleted items
    let cells = array.cells();
    cx.charge(bounds.len / APART_A_STEP);
    let mut to = bounds.at(0) * size;
    let mut seen = to;
    for k in cx.vm().paced_to_end(0..bounds.len) {
        let from = (bounds.at(k) + 1) * size;
        seen = if k + 1 == bounds.len { cells.len() } else { bounds.at(k + 1) * size };
        let part = cells.get(from..seen).unwrap_or(&[]);
        cx.vm().move_bytes(part.into(), cells.get(to..to + part.len()).unwrap_or(&[]));
        to += part.len();
    }
    // some are left if the script is to end
    if let (Some(rest @ [_, ..]), Some(places)) = (cells.get(seen..), cells.get(to..)) {
        cx.vm().move_bytes(rest.into(), places);
        to += rest.len();
    }
    array.len.set(to);
    cx.spend(0)?;
    Ok(Obj::NONE)
}

/// Runs a leaf with an array and an item, in whose place numbers may be asked for.
fn with_array(
    vm: &mut Vm,
    array: Local,
    item: Local,
    run: impl for<'h> Fn(Leaf<'h>, Gc<'h, ArrayObj>, Obj<'h>) -> Result<(), Leave>,
) -> Result<(), Raised> {
    vm.leaf_with(array, item, |cx| match cx.local(array).cast::<ArrayObj>() {
        Some(array) => run(cx, array, cx.local(item)),
        None => Err(cx.wrong_receiver()),
    })
}

/// Appends the numbers of an iterable.
pub(crate) fn extend_items(vm: &mut Vm, array: Local, source: Local) -> Result<(), Raised> {
    vm.for_each(source, |vm, item| {
        with_array(vm, array, item, |cx, array, item| array.put_number(cx, array.items(), item, 0))
    })
}

/// Appends the bytes of a buffer.
pub(crate) fn extend_bytes(vm: &mut Vm, array: Local, source: Local) -> Result<(), Raised> {
    with_array(vm, array, source, |cx, array, source| array.extend(cx, source).map(|_| ()))
}

/// `append(item)`
pub(super) fn append<'h>(
    cx: Leaf<'h>,
    array: Gc<'h, ArrayObj>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    array.put_number(cx, array.items(), args.get::<0>(), 0)?;
    Ok(Obj::NONE)
}

/// `extend(iterable)`
pub(super) fn extend<'h>(
    cx: Leaf<'h>,
    array: Gc<'h, ArrayObj>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    if array.extend(cx, args.get::<0>())? { Ok(Obj::NONE) } else { Err(cx.full(extend_by)) }
}

fn extend_by(vm: &mut Vm, args: Args) -> Res {
    extend_items(vm, args.get(0), args.get(1))?;
    Ok(Local::NONE)
}

/// `frombytes(buffer)`
pub(super) fn frombytes<'h>(
    cx: Leaf<'h>,
    array: Gc<'h, ArrayObj>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    let source = args.get::<0>();
    if !cx.readable(source)?.len().is_multiple_of(array.size()) {
        return Err(cx.raise(&VALUE_ERROR, "bytes length not a multiple of item size"));
    }
    array.extend(cx, source)?;
    Ok(Obj::NONE)
}

/// `insert(index, item)`
pub(super) fn insert<'h>(
    cx: Leaf<'h>,
    array: Gc<'h, ArrayObj>,
    args: LeafArgs<'h, 2>,
) -> Answer<'h> {
    let Some(i) = args.get::<0>().as_small_int() else { return Err(cx.index(0)) };
    let n = array.items();
    let at = if i < 0 { n.saturating_add_signed(i) } else { (i as usize).min(n) };
    array.put_number(cx, at, args.get::<1>(), 1)?;
    Ok(Obj::NONE)
}

/// `pop(index=-1)`
pub(super) fn pop<'h>(cx: Leaf<'h>, array: Gc<'h, ArrayObj>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let Some(last) = array.items().checked_sub(1) else {
        return Err(cx.raise_about(&INDEX_ERROR, "pop from empty %t", [array.obj(); 2]));
    };
    let at = match args.opt(0) {
        Some(index) => sequence::place(cx, array.obj(), index, last + 1, 0)?,
        None => last,
    };
    let item = item(cx, array.obj(), at)?.unwrap_or(Obj::NONE);
    array.remove(cx, at)?;
    Ok(item)
}

/// `remove(item)`
pub(super) fn remove<'h>(
    cx: Leaf<'h>,
    array: Gc<'h, ArrayObj>,
    args: LeafArgs<'h, 1>,
) -> Answer<'h> {
    let at = sequence::known_place(cx, array.obj(), args.get::<0>(), sequence::EVERYWHERE)?;
    array.remove(cx, at)
}

/// `reverse()`
pub(super) fn reverse<'h>(cx: Leaf<'h>, array: Gc<'h, ArrayObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let (cells, size) = (array.cells(), array.size());
    let items = cells.chunks_exact(size).zip(cells.rchunks_exact(size));
    for (front, back) in cx.vm().paced_to_end(items.take(array.items() / 2)) {
        for (a, b) in front.iter().zip(back) {
            a.swap(b);
        }
    }
    cx.spend(0)?;
    Ok(Obj::NONE)
}

/// `clear()`
pub(super) fn clear<'h>(_: Leaf<'h>, array: Gc<'h, ArrayObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    array.len.set(0);
    Ok(Obj::NONE)
}

/// `copy()`
pub(super) fn copy<'h>(cx: Leaf<'h>, array: Obj<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    super::part(cx, array, Bounds::all(super::len(cx.vm(), array.value())))
}
