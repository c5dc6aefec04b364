//! Opening files for scripts, and reading them for the interpreter.

use super::{Place, check_path, lookup, posix};
use crate::exception::errno;
use crate::object::value::Value;
use crate::vm::host::OpenMode;
use crate::vm::stack::Local;
use crate::{Res, Vm, qstr};

/// Reads a whole file into a `bytes` object.
pub(crate) fn read_whole(vm: &mut Vm, path: Local) -> Res {
    with_file(vm, path, crate::stream::read_all)
}

/// Opens a file to be read, works with it, and closes it.
pub(crate) fn with_file(vm: &mut Vm, path: Local, work: impl FnOnce(&mut Vm, Local) -> Res) -> Res {
    let mode = vm.push(Value::qstr(qstr!("rb")));
    let stream = open(vm, path, mode)?;
    let result = work(vm, stream);
    if vm.is_stopped() {
        return result;
    }
    let pending = vm.push_root(crate::vm::RootSlot::Pending);
    let closed = crate::stream::close(vm, stream);
    if result.is_err() {
        vm.set_root(crate::vm::RootSlot::Pending, pending);
        return result;
    }
    closed.and(result)
}

/// `open(path, mode)`; a number instead of a path is that of an open file.
pub(crate) fn open(vm: &mut Vm, path: Local, mode: Local) -> Res {
    if let Some(number) = vm.get(path).as_small_int() {
        return posix::open_number(vm, number, mode);
    }
    check_path(vm, path)?;
    let (place, inner) = lookup(vm, path)?;
    match place {
        Place::Host => posix::open(vm, inner, mode),
        Place::Mounted(object) => vm.call_method(object, qstr!("open"), &[inner, mode]),
        Place::Root => Err(vm.os_error(errno::EPERM)),
        Place::Nowhere => Err(vm.os_error(errno::ENODEV)),
    }
}

/// The modes that `open` understands.
pub(crate) fn parse_mode(text: &str) -> Option<(OpenMode, bool)> {
    OpenMode::parse(text)
}

impl OpenMode {
    /// The mode that `open` of a script understands by a text, and whether it is one of bytes.
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let mut mode = Self::default();
        let mut binary = false;
        for c in text.bytes() {
            match c {
                b'r' => mode.read = true,
                b'w' => (mode.write, mode.create, mode.truncate) = (true, true, true),
                b'a' => (mode.write, mode.create, mode.append) = (true, true, true),
                b'x' => (mode.write, mode.create, mode.exclusive) = (true, true, true),
                b'+' => (mode.read, mode.write) = (true, true),
                b'b' => binary = true,
                b't' => binary = false,
                _ => return None,
            }
        }
        if !mode.read && !mode.write {
            mode.read = true;
        }
        Some((mode, binary))
    }
}
