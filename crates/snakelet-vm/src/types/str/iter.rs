//! Iteration over texts and buffers.

use snakelet_num::utf8;

use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{Kind, NativeObj, StrObj};
use crate::types::array::push_item;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, name};

use super::ascii_char;

/// Iterates over a `str` by character and over a buffer by item. Slots: the object, the position
/// (in bytes for a `str`, else in items).
static BUFFER_ITERATOR: NativeType = NativeType::new(name!("iterator"), Kind::Native)
    .slots(slots!(Behaviour::NONE.iter(|_, i| Ok(i)).next(next)))
    .sealed();

/// Makes an iterator.
pub(crate) fn over(vm: &mut Vm, object: Local) -> Res {
    let zero = vm.push(Value::tiny_int(0));
    vm.new_native(&BUFFER_ITERATOR, &[object, zero])
}

fn next(vm: &mut Vm, iterator: Local) -> Result<Option<Local>, Raised> {
    let Some(i) = vm.get(iterator).cast::<NativeObj>() else { return Err(vm.wrong_receiver()) };
    let (source, position) = (vm.push_here(i.get(0)), i.get(1).as_small_int().unwrap_or(0));
    let Ok(at) = usize::try_from(position) else { return Ok(None) };
    let found = next_of(vm, source, at)?;
    // an array that grows later does not revive its iterator
    let after = found.map_or(-1, |(_, after)| after as isize);
    if let Some(i) = vm.get(iterator).cast::<NativeObj>() {
        i.set(1, Value::small_int(after).unwrap_or(Value::NULL));
    }
    Ok(found.map(|(item, _)| item))
}

/// The item at a position of a text (in bytes) or buffer (in items), and the position after it;
/// `None` at the end.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn next_of(
    vm: &mut Vm,
    source: Local,
    at: usize,
) -> Result<Option<(Local, usize)>, Raised> {
    let value = vm.get(source);
    let text = match value.cast::<StrObj>() {
        Some(text) if text.is_str() => Some(text.bytes()),
        _ => vm.str_of(value),
    };
    if let Some(text) = text {
        let rest = text.get(at..).unwrap_or(&[]);
        if let Some(ascii) = rest.first().and_then(|byte| ascii_char(*byte)) {
            return Ok(Some((vm.push_here(ascii.value()), at + 1)));
        }
        return match utf8::decode(rest) {
            Some((c, len)) => Ok(Some((vm.new_char(c)?, at + len))),
            None => Ok(None),
        };
    }
    Ok(push_item(vm, source, at)?.map(|item| (item, at + 1)))
}
