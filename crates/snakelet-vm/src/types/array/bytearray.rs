//! `bytearray`.

use crate::native::leaf::{Gc, Whole};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeFn, NativeType, slots};
use crate::object::{ArrayObj, Kind, ListObj, TupleObj};
use crate::types::bytes::Source;
use crate::types::str::{self, Family, over, render};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

use super::{binary, edit, len};

/// `bytearray`.
pub static BYTEARRAY: NativeType = NativeType::new(name!("bytearray"), Kind::ByteArray)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(edit::change)
            .binary(binary)
            .len(len)
            .subscripts(edit::SUBSCRIPTS)
            .membership(&str::MEMBERSHIP)
            .iter(over)
    ))
    .contents(&str::METHODS)
    .methods(methods![
        NativeFn::method::<ArrayObj, 1>(name!("append"), 0, edit::append),
        NativeFn::method::<ArrayObj, 1>(name!("extend"), 0, edit::extend),
        NativeFn::method::<ArrayObj, 2>(name!("insert"), 0, edit::insert),
        NativeFn::method::<ArrayObj, 0>(name!("pop"), 1, edit::pop),
        NativeFn::method::<ArrayObj, 1>(name!("remove"), 0, edit::remove),
        NativeFn::method::<ArrayObj, 0>(name!("reverse"), 0, edit::reverse),
        NativeFn::method::<ArrayObj, 0>(name!("clear"), 0, edit::clear),
        NativeFn::method::<Whole<ArrayObj>, 0>(name!("copy"), 0, edit::copy),
        str::DECODE,
        str::HEX,
        method!("fromhex", 2, 2, fromhex).class_method(),
    ])
    .unhashable();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    match Source::of(vm, args)? {
        Source::Zeros(len) => new_array(vm, len),
        Source::Buffer(buffer) => of_buffer(vm, buffer),
        Source::Iterable(source) => from_iterable(vm, source),
    }
}

/// A `bytearray` of `len` zero bytes.
fn new_array(vm: &mut Vm, len: usize) -> Res {
    vm.leaf_local(|cx| cx.new_array(Kind::ByteArray, b'B', len).map(Gc::obj))
}

/// A `bytearray` of a buffer's bytes.
fn of_buffer(vm: &mut Vm, source: Local) -> Res {
    let array = new_array(vm, 0)?;
    edit::extend_bytes(vm, array, source)?;
    Ok(array)
}

/// A `bytearray` of an iterable's numbers.
pub(super) fn from_iterable(vm: &mut Vm, source: Local) -> Res {
    let array = new_array(vm, 0)?;
    edit::extend_items(vm, array, source)?;
    Ok(array)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"bytearray(")?;
    render::quoted(vm, object, out, Family::Bytes)?;
    vm.emit(out, b")")
}

fn fromhex(vm: &mut Vm, args: Args) -> Res {
    let bytes = vm.call_native_with(&str::FROM_HEX, &[args.get(0), args.get(1)])?;
    of_buffer(vm, bytes)
}

/// Makes a `bytearray` of what a method of `bytes` made, alone or in a list or tuple; other objects are
/// left as they are.
pub(crate) fn as_bytearrays(vm: &mut Vm, made: Local) -> Res {
    if vm.get(made).is_kind(Kind::Bytes) {
        return of_buffer(vm, made);
    }
    for i in 0..vm.sequence_len(made) {
        let scope = vm.scope();
        let item = vm.push_sequence_item(made, i);
        let item = of_buffer(vm, item)?;
        let value = vm.get(made);
        let slots = match value.cast::<TupleObj>() {
            Some(tuple) => tuple.items(),
            None => value.cast::<ListObj>().map_or(&[][..], ListObj::items),
        };
        if let Some(slot) = slots.get(i) {
            slot.set(vm.get(item));
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(made)
}
