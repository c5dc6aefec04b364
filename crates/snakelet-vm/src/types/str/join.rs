//! `join`.

use crate::object::copy;
use crate::object::value::Value;
use crate::object::{ListObj, Slot, TupleObj};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm};

use super::Family;

/// `join(iterable)`
pub(crate) fn join(vm: &mut Vm, args: Args) -> Res {
    let sep = vm.text_receiver(args.get(0))?;
    let items = args.get(1);
    let value = vm.get(items);
    let items = if value.cast::<TupleObj>().is_some() || value.cast::<ListObj>().is_some() {
        items
    } else {
        let list = vm.new_list_empty()?;
        vm.list_extend(list, items)?;
        list
    };
    let n = vm.sequence_len(items);
    let mut len = vm.text(sep.local).len().checked_mul(n.saturating_sub(1));
    for i in 0..n {
        if i % 16 == 0 {
            vm.charge_later(1);
        }
        let item = item(vm, items, i);
        let item = vm.native_part_of(item).unwrap_or(item);
        let part = match (vm.family_of(item), sep.family) {
            (Some(family), own) if family == own => vm.bytes_of(item).map(<[u8]>::len),
            (None, Family::Bytes) => vm.buffer(item).map(|b| b.bytes.len()),
            _ => None,
        };
        let Some(part) = part else {
            return Err(vm.type_error(
                "join expects a list of str/bytes objects consistent with self object",
            ));
        };
        len = len.and_then(|len| len.checked_add(part));
    }
    let Some(len) = len else { return Err(vm.memory_error()) };
    if n == 1 && vm.family_of(item(vm, items, 0)) == Some(sep.family) {
        return Ok(vm.push_sequence_item(items, 0));
    }
    vm.new_text_object(sep.family.kind(), len, |vm, out| {
        let mut rest = out;
        for i in 0..n {
            if i > 0 {
                rest = put(rest, |to| {
                    let sep = vm.text(sep.local);
                    to.get_mut(..sep.len()).map_or(0, |to| {
                        copy(sep, to);
                        to.len()
                    })
                });
            }
            let part = vm.buffer(item(vm, items, i));
            rest = put(rest, |to| part.map_or(0, |b| b.bytes.copy_to(to)));
            vm.charge_later(1 + part.map_or(0, |b| b.bytes.len()) / 32);
        }
    })
}

/// Lets `fill` write to the front of a slice; returns the rest.
fn put(out: &mut [u8], fill: impl FnOnce(&mut [u8]) -> usize) -> &mut [u8] {
    let n = fill(out).min(out.len());
    out.split_at_mut(n).1
}

/// Item `i` of a list or tuple.
fn item(vm: &Vm, items: Local, i: usize) -> Value<'_> {
    let value = vm.get(items);
    let slots = match value.cast::<TupleObj>() {
        Some(t) => t.items(),
        None => value.cast::<ListObj>().map_or(&[][..], ListObj::items),
    };
    slots.get(i).map_or(Value::NULL, Slot::get)
}
