//! Iteration over texts and buffers.

use crate::native::NativeType;
use crate::object::{Kind, NativeObj};
use crate::stack::Local;
use crate::types::array::push_item;
use crate::value::Value;
use crate::{Raised, Res, Vm, qstr};

use super::first_char;

/// Iterates over a `str` by character and over a buffer by item. Slots: the object, the position
/// (in bytes for a `str`, else in items).
static BUFFER_ITERATOR: NativeType =
    NativeType::new(qstr!("iterator"), Kind::Native).iter(|_, i| Ok(i)).next(next).sealed();

/// Makes an iterator.
pub(crate) fn over(vm: &mut Vm, object: Local) -> Res {
    let zero = vm.push(Value::tiny_int(0));
    vm.new_native(&BUFFER_ITERATOR, &[object, zero])
}

fn next(vm: &mut Vm, iterator: Local) -> Result<Option<Local>, Raised> {
    let Some(i) = vm.get(iterator).cast::<NativeObj>() else { return Err(vm.wrong_receiver()) };
    let (source, position) = (i.get(0), i.get(1).as_small_int().unwrap_or(0));
    let Ok(at) = usize::try_from(position) else { return Ok(None) };
    let (item, after) = match vm.str_of(source) {
        Some(text) => match first_char(text.as_bytes().get(at..).unwrap_or(&[])) {
            Some((c, len)) => (vm.new_char(c)?, at + len),
            None => return Ok(None),
        },
        None => {
            let source = vm.push(source);
            match push_item(vm, source, at)? {
                Some(item) => (item, at + 1),
                None => {
                    // an array that grows later does not revive its iterator
                    set_position(vm, iterator, -1);
                    return Ok(None);
                }
            }
        }
    };
    set_position(vm, iterator, after as isize);
    Ok(Some(item))
}

fn set_position(vm: &Vm, iterator: Local, position: isize) {
    if let Some(i) = vm.get(iterator).cast::<NativeObj>() {
        i.set(1, Value::small_int(position).unwrap_or(Value::NULL));
    }
}
