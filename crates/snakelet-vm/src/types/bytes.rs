//! `bytes`.

use crate::native::print::{Out, PrintKind};
use crate::native::{NativeType, Subscr, TypeSlots};
use crate::object::Kind;
use crate::object::value::{SWord, Value};
use crate::types::array::push_item;
use crate::types::str::{self, Family, Unit, as_made, over, render, text_methods};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, name, qstr};

/// `bytes`.
pub static BYTES: NativeType = NativeType::new(name!("bytes"), Kind::Bytes)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(str::binary)
                .len(|vm, value| vm.bytes_of(value).map_or(0, <[u8]>::len))
                .hash(|vm, value| Ok(vm.hash_of_str(vm.get(value)).unwrap_or(0) as SWord))
                .subscr(subscr)
                .contains(str::contains)
                .iter(over)
        },
    )
    .methods(text_methods![
        as_made;
        method!("decode", 1, 3, str::decode).keywords(),
        method!("hex", 1, 2, str::hex),
        method!("fromhex", 2, 2, fromhex).class_method(),
    ]);

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 3)?;
    let Some(source) = args.opt(0) else { return vm.new_bytes(b"") };
    let part = vm.native_part(source);
    if vm.str_of(vm.get(part)).is_some() {
        if args.len() == 1 {
            return Err(vm.type_error("string argument without an encoding"));
        }
        return str::encode_with(vm, part, args.get(1), args.get(2));
    }
    if args.len() > 1 {
        return Err(vm.type_error("wrong number of arguments"));
    }
    if let Some(method) = vm.special(source, qstr!("__bytes__")) {
        return vm.call_with(method, &[source]);
    }
    let value = vm.get(part);
    if value.as_small_int().is_some() || value.as_bool().is_some() || value.is_kind(Kind::BigInt) {
        let Ok(len) = usize::try_from(vm.index_of(part)?) else {
            return Err(vm.value_error("negative count"));
        };
        return vm.new_bytes_with(len, |_, _| {});
    }
    if vm.buffer(value).is_some() {
        return vm.bytes_from_buffer(part);
    }
    let out = vm.new_text()?;
    vm.for_each(source, |vm, item| {
        let Ok(byte) = u8::try_from(vm.index_of(item)?) else {
            return Err(vm.value_error("bytes value out of range"));
        };
        vm.emit(out, &[byte])
    })?;
    vm.finish_bytes(out)
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    render::quoted(vm, object, out, Family::Bytes)
}

fn subscr(vm: &mut Vm, object: Local, index: Local, op: Subscr) -> Res {
    if !matches!(op, Subscr::Load) {
        return str::refuse_change(vm, object, op);
    }
    let len = vm.text(object).len();
    if vm.get(index).is_kind(Kind::Slice) {
        let span = vm.slice_bounds(index, len)?;
        return str::slice(vm, object, Unit::Byte, span);
    }
    let at = vm.sequence_index(object, index, len)?;
    Ok(push_item(vm, object, at)?.unwrap_or_else(|| vm.push(Value::NULL)))
}

fn fromhex(vm: &mut Vm, args: Args) -> Res {
    str::fromhex(vm, args.get(1))
}
