//! Raising, `with`, and delegating to an iterator that is no generator.

use crate::exception::classes::{RUNTIME_ERROR, STOP_ITERATION};
use crate::native::args::Args;
use crate::object::value::{Value, raw};
use crate::protocol::attr::Attr;
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

pub(in crate::run) fn raise_last(vm: &mut Vm) -> Raised {
    match vm.handled_exception().map(Value::word) {
        Some(word) => {
            vm.set_root_word(RootSlot::Pending, word);
            Raised::new()
        }
        None => vm.raise_text(&RUNTIME_ERROR, "no active exception to reraise"),
    }
}

/// Raises an exception, or an instance of an exception class.
pub(in crate::run) fn raise(vm: &mut Vm, object: Local, cause: Local) -> Raised {
    match vm.exception_to_raise(object, cause) {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

/// Stack top: a context manager; leaves `__exit__`, its receiver (or null), and what `__enter__`
/// gave, of which the last two lie above the operands.
pub(in crate::run) fn enter_with(vm: &mut Vm, manager: Local) -> Result<(), Raised> {
    #[cfg(feature = "thread")]
    vm.wait_to_enter(manager)?;
    let copy = vm.push_copy(manager);
    let exit = vm.lookup_attr(copy, qstr!("__exit__"))?;
    let (function, receiver) = match exit {
        Attr::Absent => return Err(vm.no_attribute(copy, qstr!("__exit__"))),
        Attr::Value(value) => (value, Local::NULL),
        Attr::Method(function, receiver) => (function, receiver),
    };
    let entered = vm.call_method(copy, qstr!("__enter__"), &[])?;
    let words = [function, receiver, entered].map(|l| vm.get(l).word());
    vm.rt.stack.set_top(manager.index());
    for word in words {
        vm.rt.stack.push(word);
    }
    Ok(())
}

/// Calls `__exit__` at the end of a `with` block, whichever way it ends; returns the new height
/// of the stack. Stack: `__exit__`, receiver, then by case `None`; or a value and an int; or an
/// exception.
pub(in crate::run) fn with_cleanup(vm: &mut Vm, top: Local) -> Result<usize, Raised> {
    let at = top.index();
    let value = vm.get(top);
    if value.is_none() {
        call_exit(vm, Local::at(at - 2), [Local::NONE; 3])?;
        vm.rt.stack.write(at - 2, raw::NONE);
        return Ok(at - 1);
    }
    if value.as_small_int().is_some() {
        call_exit(vm, Local::at(at - 3), [Local::NONE; 3])?;
        let (data, cause) = (vm.rt.stack.read(at - 1), vm.rt.stack.read(at));
        vm.rt.stack.write(at - 3, data);
        vm.rt.stack.write(at - 2, cause);
        return Ok(at - 1);
    }
    let class = vm.push_type_of(top);
    let handled = call_exit(vm, Local::at(at - 2), [class, top, Local::NONE])?;
    let word = if vm.truth(handled)? { raw::NONE } else { vm.rt.stack.read(at) };
    vm.rt.stack.write(at - 2, word);
    Ok(at - 1)
}

/// Calls the `__exit__` whose function and receiver lie at `exit`.
fn call_exit(vm: &mut Vm, exit: Local, args: [Local; 3]) -> Res {
    let receiver = exit.offset(1);
    let first = vm.push_copy(exit);
    let mut n = 3;
    if !vm.get(receiver).is_null() {
        vm.push_copy(receiver);
        n += 1;
    }
    for arg in args {
        vm.push_copy(arg);
    }
    vm.call(first, Args::new(first.offset(1), n, 0))
}

/// What sending a value to an iterator gave.
pub(in crate::run) enum Sent {
    Yielded(Local),
    Finished(Local),
}

pub(in crate::run) fn send_to(vm: &mut Vm, iterator: Local, value: Local) -> Result<Sent, Raised> {
    let result = if !vm.get(value).is_none() {
        vm.call_method(iterator, qstr!("send"), &[value])
    } else if vm.is_python_instance(iterator) {
        vm.call_method(iterator, qstr!("__next__"), &[])
    } else {
        let Some(next) = vm.native_type_of(vm.get(iterator)).slots.next() else {
            return Ok(match vm.iter_next(iterator)? {
                Some(item) => Sent::Yielded(item),
                None => Sent::Finished(Local::NONE),
            });
        };
        match next(vm, iterator) {
            Ok(None) => return Ok(Sent::Finished(Local::NONE)),
            Ok(Some(item)) => Ok(item),
            Err(raised) => Err(raised),
        }
    };
    match result {
        Ok(item) => Ok(Sent::Yielded(item)),
        Err(raised) if vm.raised_is(&STOP_ITERATION) => {
            let exception = vm.take_raised(raised)?;
            Ok(Sent::Finished(vm.stop_value(exception)))
        }
        Err(raised) => Err(raised),
    }
}
