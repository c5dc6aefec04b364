//! The host's file system, as scripts see it.

use crate::exception::errno;
use crate::native::{Behaviour, NativeType, slots};
use crate::object::copy;
use crate::object::value::Value;
use crate::object::{Kind, NativeObj};
use crate::vm::host::Stat;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

use super::{DIRECTORY, PATH_MAX, REGULAR, check_path};

/// `vfs.VfsPosix`: slot 0 is `None`, or the directory that its paths begin at; slot 1 tells whether
/// it was mounted to be read only.
pub static VFS_POSIX: NativeType = NativeType::new(name!("VfsPosix"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make)))
    .methods(methods![
        method!("mount", 3, 3, mount),
        method!("umount", 1, 1, nothing),
        method!("open", 3, 3, open_method),
        method!("chdir", 2, 2, chdir),
        method!("getcwd", 1, 1, getcwd),
        method!("ilistdir", 1, 2, ilistdir),
        method!("mkdir", 2, 2, mkdir),
        method!("remove", 2, 2, remove),
        method!("rename", 3, 3, rename),
        method!("rmdir", 2, 2, rmdir),
        method!("stat", 2, 2, stat_method),
        method!("statvfs", 2, 2, statvfs_method),
    ])
    .sealed();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    let root = match args.opt(0) {
        Some(root) => {
            check_path(vm, root)?;
            let out = vm.new_text()?;
            if !vm.path_text(root).starts_with('/') {
                let current = super::mounts::host_dir(vm)?;
                vm.emit_str(out, current)?;
                vm.emit(out, b"/")?;
            }
            vm.emit_str(out, root)?;
            vm.finish_text(out)?
        }
        None => Local::NONE,
    };
    vm.new_native(&VFS_POSIX, &[root, Local::FALSE])
}

fn mount(vm: &mut Vm, args: Args) -> Res {
    let readonly = vm.truth(args.get(1))?;
    if let Some(o) = vm.get(args.get(0)).cast::<NativeObj>() {
        o.set(1, Value::bool(readonly));
    }
    Ok(Local::NONE)
}

/// Raises if nothing may be changed in the file system.
fn check_writable(vm: &mut Vm, object: Local) -> Result<(), Raised> {
    match vm.get(object).cast::<NativeObj>() {
        Some(o) if o.get(1).is(Value::TRUE) => Err(vm.os_error(errno::EROFS)),
        _ => Ok(()),
    }
}

fn nothing(_vm: &mut Vm, _args: Args) -> Res {
    Ok(Local::NONE)
}

/// `open` of a file that is open already.
pub(super) fn open_number(vm: &mut Vm, number: isize, mode: Local) -> Res {
    let parsed = vm.utf8_of(vm.get(mode)).and_then(super::parse_mode);
    let Some((_, binary)) = parsed else { return Err(vm.value_error("invalid mode")) };
    crate::stream::from_descriptor(vm, number, binary)
}

/// The path that the host is given: absolute ones begin at the object's root.
fn full(vm: &mut Vm, object: Local, path: Local) -> Res {
    check_path(vm, path)?;
    let Some(o) = vm.get(object).cast::<NativeObj>() else { return Err(vm.wrong_receiver()) };
    if o.get(0).is_none() || !vm.path_text(path).starts_with('/') {
        return Ok(path);
    }
    let root = vm.push(o.get(0));
    let out = vm.new_text()?;
    vm.emit_str(out, root)?;
    vm.emit_str(out, path)?;
    vm.finish_text(out)
}

/// Opens a file of the host. `mode` is as for `open`.
pub(super) fn open(vm: &mut Vm, path: Local, mode: Local) -> Res {
    check_path(vm, path)?;
    let parsed = vm.utf8_of(vm.get(mode)).and_then(super::parse_mode);
    let Some((mode, binary)) = parsed else { return Err(vm.value_error("invalid mode")) };
    crate::stream::new_file(vm, binary, |vm| {
        vm.with_files(|vm, files| files.open(vm.path_text(path), mode))
    })
}

fn open_method(vm: &mut Vm, args: Args) -> Res {
    let path = full(vm, args.get(0), args.get(1))?;
    let parsed = vm.utf8_of(vm.get(args.get(2))).and_then(super::parse_mode);
    if parsed.is_some_and(|(mode, _)| mode.write) {
        check_writable(vm, args.get(0))?;
    }
    open(vm, path, args.get(2))
}

fn chdir(vm: &mut Vm, args: Args) -> Res {
    let path = full(vm, args.get(0), args.get(1))?;
    vm.with_files(|vm, files| files.change_dir(vm.path_text(path)))?;
    Ok(Local::NONE)
}

fn getcwd(vm: &mut Vm, args: Args) -> Res {
    let current = super::mounts::host_dir(vm)?;
    let root = match vm.get(args.get(0)).cast::<NativeObj>() {
        Some(o) => vm.push(o.get(0)),
        None => return Err(vm.wrong_receiver()),
    };
    // inside the root, its own part of the path is not shown
    let skip = vm.path_text(root).len();
    if !vm.path_text(current).starts_with(vm.path_text(root)) {
        return Ok(current);
    }
    let inner = super::mounts::tail(vm, current, skip)?;
    if vm.path_text(inner).is_empty() {
        return Ok(vm.push(Value::qstr(qstr!("/"))));
    }
    Ok(inner)
}

fn ilistdir(vm: &mut Vm, args: Args) -> Res {
    let path = match args.opt(1) {
        Some(path) if vm.str_of(vm.get(path)).is_some() => full(vm, args.get(0), path)?,
        Some(path) => path,
        None => vm.push(Value::qstr(qstr!("."))),
    };
    list(vm, path)
}

fn mkdir(vm: &mut Vm, args: Args) -> Res {
    check_writable(vm, args.get(0))?;
    let path = full(vm, args.get(0), args.get(1))?;
    make_dir(vm, path)
}

fn remove(vm: &mut Vm, args: Args) -> Res {
    check_writable(vm, args.get(0))?;
    let path = full(vm, args.get(0), args.get(1))?;
    remove_file(vm, path)
}

fn rename(vm: &mut Vm, args: Args) -> Res {
    check_writable(vm, args.get(0))?;
    let from = full(vm, args.get(0), args.get(1))?;
    let to = full(vm, args.get(0), args.get(2))?;
    rename_file(vm, from, to)
}

fn rmdir(vm: &mut Vm, args: Args) -> Res {
    check_writable(vm, args.get(0))?;
    let path = full(vm, args.get(0), args.get(1))?;
    remove_dir(vm, path)
}

fn stat_method(vm: &mut Vm, args: Args) -> Res {
    let path = full(vm, args.get(0), args.get(1))?;
    stat(vm, path)
}

fn statvfs_method(vm: &mut Vm, args: Args) -> Res {
    let path = full(vm, args.get(0), args.get(1))?;
    statvfs(vm, path)
}

/// A tuple of ten numbers.
pub(crate) fn ten(vm: &mut Vm, numbers: [u64; 10]) -> Res {
    let mut items = [Local::NULL; 10];
    for (item, number) in items.iter_mut().zip(numbers) {
        *item = vm.new_uint_64(number)?;
    }
    vm.new_tuple_of(&items)
}

/// `stat` of a path of the host.
pub(crate) fn stat(vm: &mut Vm, path: Local) -> Res {
    check_path(vm, path)?;
    let Stat { is_dir, size, modified } =
        vm.with_files(|vm, files| files.stat(vm.path_text(path)))?;
    let mode = if is_dir { DIRECTORY } else { REGULAR } as u64;
    ten(vm, [mode, 0, 0, 0, 0, 0, size, modified, modified, modified])
}

/// `statvfs` of a path of the host.
pub(crate) fn statvfs(vm: &mut Vm, path: Local) -> Res {
    check_path(vm, path)?;
    let space = vm.with_files(|vm, files| files.space(vm.path_text(path)))?;
    let (size, all, free) = (space.block_size, space.blocks, space.free);
    ten(vm, [size, size, all, free, free, 0, 0, 0, 0, 255])
}

/// An iterator over the entries of a directory of the host: tuples of name, kind, inode and size.
///
/// The names are `bytes` if the path is.
pub(crate) fn list(vm: &mut Vm, path: Local) -> Res {
    let kind = if vm.str_of(vm.get(path)).is_some() { Kind::Str } else { Kind::Bytes };
    let Some(bytes) = vm.bytes_of(vm.get(path)) else {
        check_path(vm, path)?;
        return Ok(Local::NONE);
    };
    let mut buf = [0u8; PATH_MAX];
    let mut len = bytes.len();
    match buf.get_mut(..len) {
        Some(place) => copy(bytes, place),
        None => return Err(vm.os_error(errno::EINVAL)),
    }
    if len == 0 {
        // the current directory
        (buf[0], len) = (b'.', 1);
    }
    let text = buf.get(..len).and_then(|b| core::str::from_utf8(b).ok()).unwrap_or("");
    let entries = vm.new_list_empty()?;
    let mut failed: Result<(), Raised> = Ok(());
    vm.with_files_mut(|vm, files| {
        files.list(text, &mut |name, stat| {
            if failed.is_ok() {
                failed = add_entry(vm, entries, kind, name, stat);
            }
        })
    })?;
    failed?;
    vm.get_iter(entries)
}

fn add_entry(
    vm: &mut Vm,
    entries: Local,
    kind: Kind,
    name: &str,
    stat: Stat,
) -> Result<(), Raised> {
    let scope = vm.scope();
    let name = match kind {
        Kind::Bytes => vm.new_bytes(name.as_bytes())?,
        _ => vm.new_str(name.as_bytes())?,
    };
    let mode = vm.new_int(if stat.is_dir { DIRECTORY } else { REGULAR } as isize)?;
    let inode = vm.push(Value::tiny_int(0));
    let size = vm.new_uint_64(stat.size)?;
    let entry = vm.new_tuple_of(&[name, mode, inode, size])?;
    vm.list_append(entries, entry)?;
    vm.end_scope(scope);
    Ok(())
}

/// `mkdir` on the host.
pub(crate) fn make_dir(vm: &mut Vm, path: Local) -> Res {
    vm.with_files(|vm, files| files.make_dir(vm.path_text(path)))?;
    Ok(Local::NONE)
}

/// `remove` on the host.
pub(crate) fn remove_file(vm: &mut Vm, path: Local) -> Res {
    vm.with_files(|vm, files| files.remove(vm.path_text(path)))?;
    Ok(Local::NONE)
}

/// `rmdir` on the host.
pub(crate) fn remove_dir(vm: &mut Vm, path: Local) -> Res {
    vm.with_files(|vm, files| files.remove_dir(vm.path_text(path)))?;
    Ok(Local::NONE)
}

/// `rename` on the host.
pub(crate) fn rename_file(vm: &mut Vm, from: Local, to: Local) -> Res {
    vm.with_files(|vm, files| files.rename(vm.path_text(from), vm.path_text(to)))?;
    Ok(Local::NONE)
}
