//! `array.array`, and what it has in common with `bytearray` and `memoryview`.

mod bytearray;
mod edit;

use core::cmp::Ordering;

use snakelet_qstr::Qstr;

use crate::exception::classes::NOT_IMPLEMENTED_ERROR;
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, BinaryOp, NativeType, Subscr, TypeSlots};
use crate::object::value::Value;
use crate::object::{ArrayObj, Kind, RawBuf, words_of};
use crate::types::pack::{Order, code_size};
use crate::types::str::over;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

pub use bytearray::BYTEARRAY;
pub(crate) use bytearray::as_bytearrays;

/// `array.array`.
pub static ARRAY: NativeType = NativeType::new(name!("array"), Kind::Array)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .len(len)
                .subscr(subscr)
                .contains(contains)
                .iter(over)
                .attr(attr)
        },
    )
    .methods(methods![
        method!("append", 2, 2, edit::append),
        method!("extend", 2, 2, edit::extend),
        method!("frombytes", 2, 2, edit::frombytes),
        method!("insert", 3, 3, edit::insert),
        method!("pop", 1, 2, edit::pop),
        method!("remove", 2, 2, edit::remove),
        method!("reverse", 1, 1, edit::reverse),
        method!("count", 2, 2, edit::count),
        method!("index", 2, 2, edit::index),
        method!("tobytes", 1, 1, tobytes),
        method!("tolist", 1, 1, tolist),
        crate::types::str::DECODE,
    ])
    .unhashable();

/// Bytes of an item of a buffer.
pub(crate) fn item_size(vm: &Vm, value: Value<'_>) -> usize {
    vm.buffer(value).and_then(|b| code_size(b.typecode, true)).unwrap_or(1)
}

/// Makes an array without items.
pub(crate) fn new_array(vm: &mut Vm, kind: Kind, typecode: u8) -> Res {
    let aux = if kind == Kind::Array { typecode as usize } else { 0 };
    Ok(vm.allocate(kind, aux, words_of::<ArrayObj>(0))?.local)
}

/// Makes an array of `len` zero bytes.
pub(crate) fn new_array_sized(vm: &mut Vm, kind: Kind, typecode: u8, len: usize) -> Res {
    let array = new_array(vm, kind, typecode)?;
    if len > 0 {
        let data = vm.new_raw_buf(len)?;
        if let (Some(a), Some(data)) =
            (vm.get(array).cast::<ArrayObj>(), vm.get(data).cast::<RawBuf>())
        {
            a.data.set(data);
            a.len.set(len);
        }
        vm.keep_only(array);
    }
    Ok(array)
}

/// The bytes of an array's storage, used or not.
fn storage(array: &ArrayObj) -> &[core::cell::Cell<u8>] {
    match array.data.get() {
        Some(data) => data.cells(),
        None => &[],
    }
}

/// Makes a local of item `i` of a buffer; `None` beyond its end.
pub(crate) fn push_item(vm: &mut Vm, object: Local, i: usize) -> Result<Option<Local>, Raised> {
    let Some(buffer) = vm.buffer(vm.get(object)) else { return Ok(None) };
    let (bytes, code) = (buffer.bytes, buffer.typecode);
    if code == b'B' {
        return match bytes.get(i) {
            Some(byte) => Ok(Some(vm.push(Value::tiny_int(byte.into())))),
            None => Ok(None),
        };
    }
    let size = code_size(code, true).unwrap_or(1);
    let start = i.saturating_mul(size);
    let mut raw = [0; 8];
    if bytes.part(start, start.saturating_add(size)).copy_to(&mut raw) < size {
        return Ok(None);
    }
    let raw = Order::NATIVE.join(raw.iter().take(size).copied());
    vm.unpack_number(code, size, raw).map(Some)
}

/// Stores item `i` of a buffer that can be written.
pub(crate) fn set_item(vm: &mut Vm, object: Local, i: usize, value: Local) -> Result<(), Raised> {
    let code = vm.buffer(vm.get(object)).map_or(b'B', |b| b.typecode);
    let size = code_size(code, true).unwrap_or(1);
    let raw = vm.pack_number(code, value)?;
    let bytes = Order::NATIVE.split(raw, size);
    let start = i.saturating_mul(size);
    // converting the value may have run code that shrank the array
    if let Some(cells) = vm.writable_buffer(vm.get(object))
        && let Some(cells) = cells.get(start..start.saturating_add(size))
    {
        cells.iter().zip(bytes).for_each(|(to, from)| to.set(from));
    }
    Ok(())
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 2)?;
    let code = match vm.str_of(vm.get(args.get(0))).map(str::as_bytes) {
        Some([code]) if code_size(*code, true).is_some() && *code != b'e' => *code,
        Some(_) => return Err(vm.value_error("bad typecode")),
        None => return Err(vm.bad_implicit_conversion(args.get(0))),
    };
    let array = new_array(vm, Kind::Array, code)?;
    if let Some(source) = args.opt(1) {
        let raw = matches!(vm.get(source).ref_kind(), Some(Kind::Bytes | Kind::ByteArray));
        if raw {
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
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(item) = push_item(vm, object, i)? else { break };
        vm.emit(out, if i == 0 { b", [" } else { b", " })?;
        vm.print(item, out, PrintKind::Repr)?;
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
    vm.emit(out, if i == 0 { b")" } else { b"])" })
}

pub(crate) fn len(vm: &Vm, value: Value<'_>) -> usize {
    let size = item_size(vm, value);
    vm.buffer(value).map_or(0, |b| b.bytes.len()) / size
}

/// Whether all items of two buffers are equal, or which is less.
fn compare(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    let (Some(a), Some(b)) = (vm.buffer(vm.get(left)), vm.buffer(vm.get(right))) else {
        return Ok(None);
    };
    if a.typecode == b'B' && b.typecode == b'B' {
        let n = a.bytes.len().min(b.bytes.len());
        let order = a.bytes.compare(b.bytes);
        vm.charge_bytes_later(n);
        return Ok(Vm::compare_result(op, order).map(Local::bool));
    }
    let (n, m) = (len(vm, vm.get(left)), len(vm, vm.get(right)));
    let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
    if equality && n != m {
        return Ok(Some(Local::bool(op == BinaryOp::NotEqual)));
    }
    let mut order = n.cmp(&m);
    for i in 0..n.min(m) {
        let scope = vm.scope();
        let (Some(x), Some(y)) = (push_item(vm, left, i)?, push_item(vm, right, i)?) else { break };
        if !vm.equal(x, y)? {
            let less = !equality && vm.less(x, y)?;
            order = if less { Ordering::Less } else { Ordering::Greater };
            break;
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(Vm::compare_result(op, order).map(Local::bool))
}

pub(crate) fn binary(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    use BinaryOp::{
        Add, Equal, InplaceAdd, InplaceMultiply, Less, LessEqual, More, MoreEqual, Multiply,
    };
    match op {
        Equal | Less | LessEqual | More | MoreEqual => {
            // an array is not compared with buffers of other types, other buffers are
            let is_array = |local| vm.get(local).is_kind(Kind::Array);
            if vm.str_of(vm.get(right)).is_some() || is_array(left) && !is_array(right) {
                return Ok(None);
            }
            compare(vm, op, left, right)
        }
        _ if vm.get(left).is_kind(Kind::MemoryView) => Ok(None),
        Add => {
            if vm.is_python_instance(right) && vm.buffer(vm.get(right)).is_none() {
                return Ok(None);
            }
            vm.check_buffer(right)?;
            let new = edit::copy_of(vm, left)?;
            edit::extend_bytes(vm, new, right)?;
            Ok(Some(new))
        }
        InplaceAdd => {
            edit::extend_any(vm, left, right)?;
            Ok(Some(left))
        }
        Multiply | InplaceMultiply => {
            let v = vm.get(right);
            if v.as_small_int().is_none() && v.as_bool().is_none() && !v.is_kind(Kind::BigInt) {
                return Ok(None);
            }
            let times = usize::try_from(vm.index_of(right)?).unwrap_or(0);
            edit::repeat(vm, left, times, op == InplaceMultiply).map(Some)
        }
        _ => Ok(None),
    }
}

fn contains(vm: &mut Vm, object: Local, item: Local) -> Result<bool, Raised> {
    Ok(edit::position(vm, object, item)?.is_some())
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    if !matches!(op, AttrOp::Load) {
        return Ok(None);
    }
    let value = vm.get(object);
    if name == qstr!("itemsize") {
        let size = item_size(vm, value);
        return vm.new_int(size as isize).map(Some);
    }
    if name == qstr!("typecode")
        && let Some(array) = value.cast::<ArrayObj>()
    {
        let code = char::from(array.typecode());
        return vm.new_char(code).map(Some);
    }
    Ok(None)
}

pub(crate) fn tobytes(vm: &mut Vm, args: Args) -> Res {
    vm.bytes_from_buffer(args.get(0))
}

pub(crate) fn tolist(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    let n = len(vm, vm.get(object));
    let list = vm.new_list_empty()?;
    vm.list_reserve(list, n)?;
    for i in 0..n {
        let scope = vm.scope();
        let Some(item) = push_item(vm, object, i)? else { break };
        vm.list_append(list, item)?;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(list)
}

/// Subscription of `bytearray`, `array` and `memoryview`.
pub(crate) fn subscr(vm: &mut Vm, object: Local, index: Local, op: Subscr) -> Res {
    let n = len(vm, vm.get(object));
    let is_view = vm.get(object).is_kind(Kind::MemoryView);
    let refused = match op {
        Subscr::Load => false,
        Subscr::Store(_) => is_view && vm.writable_buffer(vm.get(object)).is_none(),
        Subscr::Delete => is_view,
    };
    if refused {
        let what = match op {
            Subscr::Store(_) => "' object doesn't support item assignment",
            _ => "' object doesn't support item deletion",
        };
        return Err(vm.raise_parts(
            &crate::exception::classes::TYPE_ERROR,
            &[Part::Text("'"), Part::TypeOf(object), Part::Text(what)],
        ));
    }
    if vm.get(index).is_kind(Kind::Slice) {
        let span = vm.slice_bounds(index, n)?;
        if is_view && span.step != 1 {
            return Err(vm.raise_text(
                &NOT_IMPLEMENTED_ERROR,
                "only slices with step=1 (aka None) are supported",
            ));
        }
        return match op {
            Subscr::Load if is_view => crate::types::memoryview::part(vm, object, span),
            Subscr::Load => edit::slice(vm, object, span),
            Subscr::Store(value) => edit::set_slice(vm, object, span, value),
            Subscr::Delete => edit::delete_slice(vm, object, span),
        };
    }
    let at = vm.sequence_index(object, index, n)?;
    match op {
        Subscr::Load => Ok(push_item(vm, object, at)?.unwrap_or(Local::NONE)),
        Subscr::Store(value) => {
            set_item(vm, object, at, value)?;
            Ok(Local::NONE)
        }
        Subscr::Delete => {
            let size = item_size(vm, vm.get(object));
            edit::replace_bytes(vm, object, at * size, (at + 1) * size, Local::NULL)?;
            Ok(Local::NONE)
        }
    }
}
