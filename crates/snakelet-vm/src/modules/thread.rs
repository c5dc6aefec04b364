//! `_thread`: threads that take turns, and locks.

use crate::exception::classes::{RUNTIME_ERROR, SYSTEM_EXIT};
use crate::native::{Behaviour, Constant, Contents, NativeModule, NativeType, slots};
use crate::object::value::Value;
use crate::object::{HashObj, Kind, NativeObj};
use crate::vm::stack::Local;
use crate::vm::threads::{DEFAULT_SLOTS, LEAST_SLOTS};
use crate::{Args, Raised, Res, Vm, function, method, methods, name};

/// `_thread`.
pub static THREAD: NativeModule = NativeModule::new(
    name!("_thread"),
    &[Contents {
        functions: methods![
            function!("allocate_lock", 0, 0, allocate_lock),
            function!("exit", 0, 0, exit),
            function!("get_ident", 0, 0, get_ident),
            function!("stack_size", 0, 1, stack_size),
            function!("start_new_thread", 2, 3, start_new_thread),
        ],
        constants: &[(name!("LockType"), Constant::Type(&LOCK))],
    }],
);

/// `_thread.LockType`. Its value is whether it is taken.
static LOCK: NativeType = NativeType::new(name!("lock"), Kind::Native)
    .slots(slots!(Behaviour::NONE))
    .methods(methods![
        method!("acquire", 1, 3, acquire),
        method!("release", 1, 1, release),
        method!("locked", 1, 1, locked),
        method!("__enter__", 1, 1, enter),
        method!("__exit__", 1, 4, release),
    ])
    .sealed();

impl Vm {
    /// Whether an object is a lock that is taken.
    pub(crate) fn is_lock_taken(&self, object: Local) -> bool {
        is_lock(self, object) && is_taken(self, object)
    }
}

fn is_lock(vm: &Vm, object: Local) -> bool {
    vm.get(object).is_kind(Kind::Native)
        && core::ptr::eq(vm.native_type_of(vm.get(object)), &raw const LOCK)
}

fn is_taken(vm: &Vm, lock: Local) -> bool {
    vm.get(lock).cast::<NativeObj>().is_some_and(|lock| lock.get(0).is(Value::TRUE))
}

fn set_taken(vm: &Vm, lock: Local, taken: bool) {
    if let Some(lock) = vm.get(lock).cast::<NativeObj>() {
        lock.set(0, if taken { Value::TRUE } else { Value::FALSE });
    }
}

fn allocate_lock(vm: &mut Vm, _args: Args) -> Res {
    vm.new_native(&LOCK, &[Local::FALSE])
}

/// The lock that is the receiver of a method.
fn receiver(vm: &mut Vm, args: Args) -> Result<Local, Raised> {
    let lock = args.get(0);
    if is_lock(vm, lock) { Ok(lock) } else { Err(vm.wrong_receiver()) }
}

/// `acquire(wait=True, timeout=-1)`: whether it got the lock.
fn acquire(vm: &mut Vm, args: Args) -> Res {
    let lock = receiver(vm, args)?;
    let waits = match args.opt(1) {
        Some(waits) => vm.truth(waits)?,
        None => true,
    };
    let timeout = match args.opt(2) {
        Some(timeout) => seconds(vm, timeout)?,
        None => None,
    };
    if !is_taken(vm, lock) {
        set_taken(vm, lock, true);
        return Ok(Local::TRUE);
    }
    if !waits || timeout == Some(0) {
        return Ok(Local::FALSE);
    }
    let until = timeout.map(|us| vm.clock_us().saturating_add(us));
    Err(vm.wait_for_lock(lock, until))
}

/// Microseconds of a timeout in seconds; none if it is negative.
fn seconds(vm: &mut Vm, timeout: Local) -> Result<Option<u64>, Raised> {
    #[cfg(feature = "float")]
    if let Some(seconds) = vm.get(timeout).as_float() {
        return Ok((seconds >= 0.0).then_some((seconds * 1e6) as u64));
    }
    let seconds = vm.index_of(timeout)?;
    Ok(u64::try_from(seconds).ok().map(|seconds| seconds.saturating_mul(1_000_000)))
}

/// `__enter__()`: the lock is free, or was given to the thread that has waited for it.
fn enter(vm: &mut Vm, args: Args) -> Res {
    let lock = receiver(vm, args)?;
    if vm.has_lock(lock) {
        vm.take_given_lock();
    } else if is_taken(vm, lock) {
        return Err(vm.wait_for_lock(lock, None));
    }
    set_taken(vm, lock, true);
    Ok(Local::TRUE)
}

/// `release()`: the lock goes to a thread that waits for it, or is free.
fn release(vm: &mut Vm, args: Args) -> Res {
    let lock = receiver(vm, args)?;
    if !is_taken(vm, lock) {
        return Err(vm.raise_text(&RUNTIME_ERROR, "release unlocked lock"));
    }
    let word = vm.get(lock).word();
    if !vm.rt.threads.hand_over(word) {
        set_taken(vm, lock, false);
    }
    Ok(Local::FALSE)
}

fn locked(vm: &mut Vm, args: Args) -> Res {
    let lock = receiver(vm, args)?;
    Ok(Local::bool(is_taken(vm, lock)))
}

/// `exit()`: ends the thread.
fn exit(vm: &mut Vm, _args: Args) -> Res {
    Err(vm.raise_no_args(&SYSTEM_EXIT))
}

fn get_ident(vm: &mut Vm, _args: Args) -> Res {
    vm.new_int(vm.rt.threads.ident() as isize)
}

/// `stack_size(bytes=0)`: sets the size of the stacks of threads that are made from now on, 0 for the default; gives what
/// was set before.
fn stack_size(vm: &mut Vm, args: Args) -> Res {
    let given = match args.opt(0) {
        Some(bytes) => vm.index_of(bytes)?,
        None => 0,
    };
    let before = match vm.rt.threads.slots {
        DEFAULT_SLOTS => 0,
        slots => slots * size_of::<usize>(),
    };
    vm.rt.threads.slots = match usize::try_from(given) {
        Ok(0) | Err(_) => DEFAULT_SLOTS,
        Ok(bytes) => (bytes / size_of::<usize>()).max(LEAST_SLOTS),
    };
    vm.new_int(before as isize)
}

/// `start_new_thread(function, args, kwargs={})`: the identity of the new thread.
fn start_new_thread(vm: &mut Vm, args: Args) -> Res {
    let (function, given) = (args.get(0), args.get(1));
    if !matches!(vm.get(given).ref_kind(), Some(Kind::Tuple | Kind::List | Kind::NamedTuple)) {
        return Err(vm.type_error("object isn't a tuple or list"));
    }
    let callable = vm.push_copy(function);
    let positional = vm.sequence_len(given);
    for i in 0..positional {
        vm.push_sequence_item(given, i);
        vm.charge(1)?;
    }
    let mut named = 0;
    if let Some(keywords) = args.opt(2) {
        if !vm.get(keywords).is_kind(Kind::Dict) {
            return Err(vm.type_error("expecting a dict for keyword args"));
        }
        let mut at = 0;
        while let Some((key, value)) = vm.get(keywords).cast::<HashObj>().and_then(|h| h.entry(at))
        {
            at += 1;
            if !key.is_null() {
                let (is_name, value) = (key.as_qstr().is_some(), value);
                vm.push(key);
                vm.push(value);
                if !is_name {
                    return Err(vm.type_error("keywords must be strings"));
                }
                named += 1;
            }
        }
    }
    if vm.rt.stack.overflowed.get() {
        return Err(vm.recursion_error());
    }
    let ident = vm.new_thread(callable, positional, named)?;
    vm.new_int(ident as isize)
}
