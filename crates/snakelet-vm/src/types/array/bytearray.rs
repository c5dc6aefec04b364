//! `bytearray`.

use crate::native::print::{Out, PrintKind};
use crate::native::{Native, NativeType, TypeSlots};
use crate::object::{Kind, ListObj, TupleObj};
use crate::types::str::{self, Family, over, render, text_methods};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, name};

use super::{binary, edit, len, new_array, new_array_sized, subscr};

/// A method of `bytes` that makes `bytearray` objects instead.
macro_rules! as_bytearrays {
    ($method:expr) => {
        |vm, args| bytearrays(vm, args, $method)
    };
}

/// `bytearray`.
pub static BYTEARRAY: NativeType = NativeType::new(name!("bytearray"), Kind::ByteArray)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .len(len)
                .subscr(subscr)
                .contains(str::contains)
                .iter(over)
        },
    )
    .methods(text_methods![
        as_bytearrays;
        method!("append", 2, 2, edit::append),
        method!("extend", 2, 2, edit::extend),
        method!("insert", 3, 3, edit::insert),
        method!("pop", 1, 2, edit::pop),
        method!("remove", 2, 2, edit::remove),
        method!("reverse", 1, 1, edit::reverse),
        method!("clear", 1, 1, edit::clear),
        method!("copy", 1, 1, edit::copy),
        method!("decode", 1, 3, str::decode).keywords(),
        method!("hex", 1, 2, str::hex),
        method!("fromhex", 2, 2, fromhex).class_method(),
    ])
    .unhashable();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 3)?;
    let Some(source) = args.opt(0) else { return new_array(vm, Kind::ByteArray, b'B') };
    let part = vm.native_part(source);
    if vm.str_of(vm.get(part)).is_some() {
        if args.len() == 1 {
            return Err(vm.type_error("string argument without an encoding"));
        }
        let bytes = str::encode_with(vm, part, args.get(1), args.get(2))?;
        return of_buffer(vm, bytes);
    }
    if args.len() > 1 {
        return Err(vm.type_error("wrong number of arguments"));
    }
    let value = vm.get(part);
    if value.as_small_int().is_some() || value.as_bool().is_some() || value.is_kind(Kind::BigInt) {
        let Ok(len) = usize::try_from(vm.index_of(part)?) else {
            return Err(vm.value_error("negative count"));
        };
        return new_array_sized(vm, Kind::ByteArray, b'B', len);
    }
    if vm.buffer(value).is_some() {
        return of_buffer(vm, part);
    }
    from_iterable(vm, source)
}

/// A `bytearray` of a buffer's bytes.
fn of_buffer(vm: &mut Vm, source: Local) -> Res {
    let array = new_array(vm, Kind::ByteArray, b'B')?;
    edit::extend_bytes(vm, array, source)?;
    Ok(array)
}

/// A `bytearray` of an iterable's numbers.
pub(super) fn from_iterable(vm: &mut Vm, source: Local) -> Res {
    let array = new_array(vm, Kind::ByteArray, b'B')?;
    edit::extend_items(vm, array, source)?;
    Ok(array)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"bytearray(")?;
    render::quoted(vm, object, out, Family::Bytes)?;
    vm.emit(out, b")")
}

fn fromhex(vm: &mut Vm, args: Args) -> Res {
    let bytes = str::fromhex(vm, args.get(1))?;
    of_buffer(vm, bytes)
}

/// Calls a method of `bytes`; what it makes, alone or in a list or tuple, becomes a `bytearray`.
fn bytearrays(vm: &mut Vm, args: Args, method: Native) -> Res {
    let made = method(vm, args)?;
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
