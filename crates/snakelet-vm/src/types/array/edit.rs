//! Changing arrays: all that moves items or changes the length.

use core::cell::Cell;

use crate::exception::classes::{INDEX_ERROR, NOT_IMPLEMENTED_ERROR, VALUE_ERROR};
use crate::object::{ArrayObj, Kind, ViewObj};
use crate::protocol::buffer::Bytes;
use crate::types::slice::Bounds;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

use super::{item_size, len, new_array_sized, push_item, set_item, storage};

fn code_of(vm: &Vm, array: Local) -> u8 {
    vm.get(array).cast::<ArrayObj>().map_or(b'B', ArrayObj::typecode)
}

fn kind_of(vm: &Vm, array: Local) -> Kind {
    vm.get(array).ref_kind().unwrap_or(Kind::ByteArray)
}

fn byte_len(vm: &Vm, array: Local) -> usize {
    vm.get(array).cast::<ArrayObj>().map_or(0, |a| a.len.get())
}

/// The array whose bytes an object shows, if it is an array or a view of one.
fn owner(vm: &Vm, object: Local) -> Option<&ArrayObj> {
    let value = vm.get(object);
    match value.cast::<ViewObj>() {
        Some(view) => view.base.get().cast::<ArrayObj>(),
        None => value.cast::<ArrayObj>(),
    }
}

/// Whether two objects show bytes of the same array.
fn overlap(vm: &Vm, a: Local, b: Local) -> bool {
    match (owner(vm, a), owner(vm, b)) {
        (Some(a), Some(b)) => core::ptr::eq(a, b),
        _ => false,
    }
}

/// Moves `len` bytes inside a storage.
fn move_bytes(cells: &[Cell<u8>], from: usize, to: usize, len: usize) {
    let (Some(source), Some(target)) = (cells.get(from..from + len), cells.get(to..to + len))
    else {
        return;
    };
    let copy = |(to, from): (&Cell<u8>, &Cell<u8>)| to.set(from.get());
    if from < to {
        target.iter().zip(source).rev().for_each(copy);
    } else {
        target.iter().zip(source).for_each(copy);
    }
}

/// Replaces bytes `start..end` of an array by those of another buffer (none if it is null).
pub(super) fn replace_bytes(
    vm: &mut Vm,
    array: Local,
    start: usize,
    end: usize,
    source: Local,
) -> Result<(), Raised> {
    let source = if overlap(vm, array, source) { copy_bytes(vm, source)? } else { source };
    let more = vm.buffer_bytes(source).len();
    let old = byte_len(vm, array);
    let (start, end) = (start.min(old), end.min(old));
    vm.charge_bytes(old - start + more)?;
    let cut = end.saturating_sub(start);
    if more > cut {
        vm.reserve(array, more - cut)?;
    }
    if let Some(a) = vm.get(array).cast::<ArrayObj>() {
        let cells = storage(a);
        move_bytes(cells, start + cut, start + more, old - start - cut);
        if let Some(to) = cells.get(start..start + more) {
            vm.buffer_bytes(source).copy_to_cells(to);
        }
        a.len.set(old - cut + more);
    }
    Ok(())
}

/// `bytes` of an object's buffer, always new.
fn copy_bytes(vm: &mut Vm, object: Local) -> Res {
    vm.bytes_from_buffer(object)
}

/// Appends a number.
pub(crate) fn append_item(vm: &mut Vm, array: Local, item: Local) -> Result<(), Raised> {
    let size = item_size(vm, vm.get(array));
    // the number goes first: it may be refused, and converting it may run code
    let code = code_of(vm, array);
    let raw = vm.pack_number(code, item)?;
    vm.reserve(array, size)?;
    if let Some(a) = vm.get(array).cast::<ArrayObj>() {
        let n = a.len.get();
        let bytes = crate::types::pack::Order::NATIVE.split(raw, size);
        if let Some(to) = storage(a).get(n..n + size) {
            Bytes::Fixed(&bytes).part(0, size).copy_to_cells(to);
            a.len.set(n + size);
        }
    }
    Ok(())
}

/// Appends the numbers of an iterable.
pub(crate) fn extend_items(vm: &mut Vm, array: Local, source: Local) -> Result<(), Raised> {
    vm.for_each(source, |vm, item| append_item(vm, array, item))
}

/// Appends the bytes of a buffer, as many as form whole items.
pub(crate) fn extend_bytes(vm: &mut Vm, array: Local, source: Local) -> Result<(), Raised> {
    let size = item_size(vm, vm.get(array));
    let given = vm.check_buffer(source)?;
    let n = byte_len(vm, array);
    let source = if given % size == 0 {
        source
    } else {
        let whole = given - given % size;
        vm.new_bytes_with(whole, |vm, out| {
            vm.buffer_bytes(source).copy_to(out);
        })?
    };
    replace_bytes(vm, array, n, n, source)
}

/// Appends a buffer's bytes or an iterable's numbers.
pub(crate) fn extend_any(vm: &mut Vm, array: Local, source: Local) -> Result<(), Raised> {
    if vm.buffer(vm.get(source)).is_some() {
        extend_bytes(vm, array, source)
    } else {
        extend_items(vm, array, source)
    }
}

/// Makes an array of the same type with the same items.
pub(crate) fn copy_of(vm: &mut Vm, array: Local) -> Res {
    let (kind, code, n) = (kind_of(vm, array), code_of(vm, array), byte_len(vm, array));
    let new = new_array_sized(vm, kind, code, n)?;
    if let Some(a) = vm.get(new).cast::<ArrayObj>() {
        vm.buffer_bytes(array).copy_to_cells(a.cells());
    }
    vm.charge_bytes(n)?;
    Ok(new)
}

/// An array of the items repeated.
pub(super) fn repeat(vm: &mut Vm, array: Local, times: usize, in_place: bool) -> Res {
    let n = byte_len(vm, array);
    let Some(all) = n.checked_mul(times) else { return Err(vm.memory_error()) };
    let (kind, code) = (kind_of(vm, array), code_of(vm, array));
    let new = new_array_sized(vm, kind, code, all)?;
    if let Some(a) = vm.get(new).cast::<ArrayObj>()
        && n > 0
    {
        for part in a.cells().chunks(n) {
            vm.buffer_bytes(array).copy_to_cells(part);
            vm.charge_later(1 + n / 32);
        }
    }
    if !in_place {
        return Ok(new);
    }
    if let (Some(a), Some(b)) = (vm.get(array).cast::<ArrayObj>(), vm.get(new).cast::<ArrayObj>()) {
        a.data.copy(&b.data);
        a.len.set(b.len.get());
    }
    Ok(array)
}

/// The items of a slice as a new array.
pub(super) fn slice(vm: &mut Vm, array: Local, span: Bounds) -> Res {
    let size = item_size(vm, vm.get(array));
    let (kind, code) = (kind_of(vm, array), code_of(vm, array));
    let bytes = span.len * size;
    let new = new_array_sized(vm, kind, code, bytes)?;
    vm.charge_bytes(bytes)?;
    let source = vm.buffer_bytes(array);
    if let Some(a) = vm.get(new).cast::<ArrayObj>() {
        if span.step == 1 {
            source.part(span.at(0) * size, span.at(span.len) * size).copy_to_cells(a.cells());
            return Ok(new);
        }
        let mut at = span.at(0);
        for to in a.cells().chunks(size) {
            source.part(at * size, (at + 1) * size).copy_to_cells(to);
            at = at.wrapping_add_signed(span.step);
        }
    }
    Ok(new)
}

/// `array[span] = value`
pub(super) fn set_slice(vm: &mut Vm, object: Local, span: Bounds, value: Local) -> Res {
    let size = item_size(vm, vm.get(object));
    let part = vm.native_part(value);
    let source = match vm.get(part).ref_kind() {
        Some(Kind::ByteArray | Kind::Array | Kind::MemoryView | Kind::Bytes) => part,
        _ if vm.get(object).is_kind(Kind::ByteArray)
            && vm.str_of(vm.get(part)).is_none()
            && vm.get(part).as_small_int().is_none() =>
        {
            super::bytearray::from_iterable(vm, part)?
        }
        _ => {
            return Err(vm.raise_text(&NOT_IMPLEMENTED_ERROR, "array/bytes required on right side"));
        }
    };
    let wrong = item_size(vm, vm.get(source)) != size;
    let given = vm.buffer_bytes(source).len();
    let fixed = vm.get(object).is_kind(Kind::MemoryView) || span.step != 1;
    if wrong || fixed && given != span.len * size {
        return Err(vm.value_error("lhs and rhs should be compatible"));
    }
    if span.step != 1 {
        let source = if overlap(vm, object, source) { copy_bytes(vm, source)? } else { source };
        let Some(cells) = vm.writable_buffer(vm.get(object)) else { return Ok(Local::NONE) };
        let from = vm.buffer_bytes(source);
        let mut at = span.at(0);
        for i in 0..span.len {
            if let Some(to) = cells.get(at * size..(at + 1) * size) {
                from.part(i * size, (i + 1) * size).copy_to_cells(to);
            }
            at = at.wrapping_add_signed(span.step);
        }
        return Ok(Local::NONE);
    }
    let (start, end) = (span.at(0) * size, span.at(span.len) * size);
    if given != end - start {
        replace_bytes(vm, object, start, end, source)?;
        return Ok(Local::NONE);
    }
    vm.charge_bytes(given)?;
    let Some(target) = vm.writable_buffer(vm.get(object)).and_then(|c| c.get(start..end)) else {
        return Ok(Local::NONE);
    };
    match vm.buffer_bytes(source) {
        // two parts of one array may overlap: copy away from where they meet
        Bytes::Cells(source) if source.as_ptr() < target.as_ptr() => {
            for (to, from) in target.iter().zip(source).rev() {
                to.set(from.get());
            }
        }
        source => source.copy_to_cells(target),
    }
    Ok(Local::NONE)
}

/// `del array[span]`
pub(super) fn delete_slice(vm: &mut Vm, array: Local, span: Bounds) -> Res {
    let size = item_size(vm, vm.get(array));
    if span.len == 0 {
        return Ok(Local::NONE);
    }
    if span.step == 1 {
        let (start, end) = (span.at(0) * size, span.at(span.len) * size);
        replace_bytes(vm, array, start, end, Local::NULL)?;
        return Ok(Local::NONE);
    }
    // from low to high, moving what stays between two deleted items
    let span = span.ascending();
    let (first, step) = (span.at(0), span.step.unsigned_abs());
    let n = byte_len(vm, array);
    vm.charge_bytes(n)?;
    if let Some(a) = vm.get(array).cast::<ArrayObj>() {
        let cells = storage(a);
        for i in 0..span.len {
            let from = (first + i * step + 1) * size;
            let to = from - (i + 1) * size;
            let until = if i + 1 == span.len { n } else { (first + (i + 1) * step) * size };
            move_bytes(cells, from, to, until - from);
        }
        a.len.set(n - span.len * size);
    }
    Ok(Local::NONE)
}

/// The place of the first item that equals a value.
pub(super) fn position(vm: &mut Vm, array: Local, item: Local) -> Result<Option<usize>, Raised> {
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(own) = push_item(vm, array, i)? else { return Ok(None) };
        if vm.equal(own, item)? {
            return Ok(Some(i));
        }
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
}

fn receiver(vm: &mut Vm, args: Args) -> Res {
    match vm.get(args.get(0)).cast::<ArrayObj>() {
        Some(_) => Ok(args.get(0)),
        None => Err(vm.wrong_receiver()),
    }
}

/// `append(item)`
pub(super) fn append(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    append_item(vm, array, args.get(1))?;
    Ok(Local::NONE)
}

/// `extend(iterable)`
pub(super) fn extend(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    extend_any(vm, array, args.get(1))?;
    Ok(Local::NONE)
}

/// `frombytes(buffer)`
pub(super) fn frombytes(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    if vm.check_buffer(args.get(1))? % item_size(vm, vm.get(array)) != 0 {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    extend_bytes(vm, array, args.get(1))?;
    Ok(Local::NONE)
}

/// `insert(index, item)`
pub(super) fn insert(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    let at = vm.index_of(args.get(1))?;
    append_item(vm, array, args.get(2))?;
    let size = item_size(vm, vm.get(array));
    let n = len(vm, vm.get(array)) - 1;
    let at = if at < 0 { at.saturating_add(n as isize).max(0) as usize } else { at as usize };
    let at = at.min(n);
    vm.charge_bytes((n - at) * size)?;
    let mut last = [0; 8];
    vm.read_buffer(array, n * size, &mut last);
    if let Some(a) = vm.get(array).cast::<ArrayObj>() {
        let cells = storage(a);
        move_bytes(cells, at * size, (at + 1) * size, (n - at) * size);
        if let Some(to) = cells.get(at * size..(at + 1) * size) {
            Bytes::Fixed(&last).part(0, size).copy_to_cells(to);
        }
    }
    Ok(Local::NONE)
}

/// `pop(index=-1)`
pub(super) fn pop(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    let n = len(vm, vm.get(array));
    if n == 0 {
        return Err(
            vm.raise_parts(&INDEX_ERROR, &[Part::Text("pop from empty "), Part::TypeOf(array)])
        );
    }
    let at = match args.opt(1) {
        Some(index) => vm.sequence_index(array, index, n)?,
        None => n - 1,
    };
    let item = push_item(vm, array, at)?.unwrap_or(Local::NONE);
    let size = item_size(vm, vm.get(array));
    replace_bytes(vm, array, at * size, (at + 1) * size, Local::NULL)?;
    Ok(item)
}

/// The place of an item, which must be there.
fn find(vm: &mut Vm, args: Args) -> Result<(Local, usize), Raised> {
    let array = receiver(vm, args)?;
    match position(vm, array, args.get(1))? {
        Some(at) => Ok((array, at)),
        None => Err(vm.raise_text(&VALUE_ERROR, "object not in sequence")),
    }
}

/// `remove(item)`
pub(super) fn remove(vm: &mut Vm, args: Args) -> Res {
    let (array, at) = find(vm, args)?;
    let size = item_size(vm, vm.get(array));
    replace_bytes(vm, array, at * size, (at + 1) * size, Local::NULL)?;
    Ok(Local::NONE)
}

/// `index(item)`
pub(super) fn index(vm: &mut Vm, args: Args) -> Res {
    let (_, at) = find(vm, args)?;
    vm.new_int(at as isize)
}

/// `count(item)`
pub(super) fn count(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    let mut n = 0;
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(own) = push_item(vm, array, i)? else { break };
        n += isize::from(vm.equal(own, args.get(1))?);
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
    vm.new_int(n)
}

/// `reverse()`
pub(super) fn reverse(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    let n = len(vm, vm.get(array));
    for i in 0..n / 2 {
        let scope = vm.scope();
        if let (Some(a), Some(b)) = (push_item(vm, array, i)?, push_item(vm, array, n - 1 - i)?) {
            set_item(vm, array, i, b)?;
            set_item(vm, array, n - 1 - i, a)?;
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(Local::NONE)
}

/// `clear()`
pub(super) fn clear(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    replace_bytes(vm, array, 0, usize::MAX, Local::NULL)?;
    Ok(Local::NONE)
}

/// `copy()`
pub(super) fn copy(vm: &mut Vm, args: Args) -> Res {
    let array = receiver(vm, args)?;
    copy_of(vm, array)
}
