//! Iterators over built-in containers.

use crate::native::NativeType;
use crate::object::{IterObj, Kind};
use crate::stack::Local;
use crate::types::exception::{INDEX_ERROR, STOP_ITERATION};
use crate::value::Value;
use crate::{Raised, Res, Vm, native, qstr};

/// `iterator`.
pub static ITERATOR: NativeType =
    NativeType::new(qstr!("iterator"), Kind::Iter).iter(|_, i| Ok(i)).next(next).sealed();

/// What an iterator goes over: the aux field of its header.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Sort {
    /// Whatever `__getitem__` gives from 0 on.
    Items,
}

/// Makes an iterator that calls `__getitem__`.
pub(crate) fn over_items(vm: &mut Vm, object: Local) -> Res {
    vm.new_iter(Sort::Items as usize, object, Local::NULL)
}

fn next(vm: &mut Vm, iterator: Local) -> Result<Option<Local>, Raised> {
    let Some(i) = vm.get(iterator).cast::<IterObj>() else { return Err(vm.wrong_receiver()) };
    let at = i.position.get().as_small_int().unwrap_or(0);
    let source = vm.push(i.source.get());
    let index = vm.new_int(at)?;
    let result = vm.subscr(source, index, native::Subscr::Load);
    if result.is_err() && (vm.raised_is(&INDEX_ERROR) || vm.raised_is(&STOP_ITERATION)) {
        vm.forget_raised();
        return Ok(None);
    }
    if let Some(i) = vm.get(iterator).cast::<IterObj>() {
        i.position.set(Value::small_int(at + 1).unwrap_or(Value::NULL));
    }
    result.map(Some)
}
