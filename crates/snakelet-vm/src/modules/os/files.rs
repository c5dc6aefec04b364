//! What `os` does with files and directories.

use snakelet_qstr::Qstr;

use crate::exception::errno;
use crate::native::{Constant, Contents};
use crate::object::copy;
use crate::object::value::Value;
use crate::vfs::{self, DIRECTORY, Place, VFS_POSIX, posix};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("chdir", 1, 1, chdir),
        function!("getcwd", 0, 0, getcwd),
        function!("ilistdir", 0, 1, ilistdir),
        function!("listdir", 0, 1, listdir),
        function!("mkdir", 1, 1, mkdir),
        function!("remove", 1, 1, remove),
        function!("rename", 2, 2, rename),
        function!("rmdir", 1, 1, rmdir),
        function!("stat", 1, 1, stat),
        function!("statvfs", 1, 1, statvfs),
        function!("unlink", 1, 1, remove),
    ],
    constants: &[
        (name!("VfsPosix"), Constant::Type(&VFS_POSIX)),
        (name!("sep"), Constant::Name(qstr!("/"))),
    ],
};

/// Finds the file system of a path that a script gives.
fn place(vm: &mut Vm, path: Local) -> Result<(Place, Local), Raised> {
    vfs::check_path(vm, path)?;
    vfs::lookup(vm, path)
}

/// Does what one method of a file system does.
fn dispatch(
    vm: &mut Vm,
    path: Local,
    method: Qstr,
    host: fn(&mut Vm, Local) -> Res,
    absent: i32,
) -> Res {
    match place(vm, path)? {
        (Place::Host, inner) => host(vm, inner),
        (Place::Mounted(object), inner) => vm.call_method(object, method, &[inner]),
        (Place::Root, _) => Err(vm.os_error(absent)),
        (Place::Nowhere, _) => Err(vm.os_error(errno::ENODEV)),
    }
}

fn chdir(vm: &mut Vm, args: Args) -> Res {
    vfs::change_dir(vm, args.get(0))?;
    Ok(Local::NONE)
}

fn getcwd(vm: &mut Vm, _args: Args) -> Res {
    vfs::current_dir(vm)
}

fn mkdir(vm: &mut Vm, args: Args) -> Res {
    let (place, inner) = place(vm, args.get(0))?;
    if matches!(place, Place::Mounted(_)) && vm.path_text(inner) == "/" {
        return Err(vm.os_error(errno::EEXIST));
    }
    dispatch(vm, args.get(0), qstr!("mkdir"), posix::make_dir, errno::EEXIST)
}

fn remove(vm: &mut Vm, args: Args) -> Res {
    dispatch(vm, args.get(0), qstr!("remove"), posix::remove_file, errno::EPERM)
}

fn rmdir(vm: &mut Vm, args: Args) -> Res {
    dispatch(vm, args.get(0), qstr!("rmdir"), posix::remove_dir, errno::EPERM)
}

fn rename(vm: &mut Vm, args: Args) -> Res {
    let (from_place, from) = place(vm, args.get(0))?;
    let (to_place, to) = place(vm, args.get(1))?;
    match (from_place, to_place) {
        (Place::Host, Place::Host) => posix::rename_file(vm, from, to),
        (Place::Mounted(a), Place::Mounted(b)) if vm.get(a).is(vm.get(b)) => {
            vm.call_method(a, qstr!("rename"), &[from, to])
        }
        // nothing is moved between file systems
        _ => Err(vm.os_error(errno::EPERM)),
    }
}

fn stat(vm: &mut Vm, args: Args) -> Res {
    match place(vm, args.get(0))? {
        (Place::Root, _) => posix::ten(vm, [DIRECTORY as u64, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        _ => dispatch(vm, args.get(0), qstr!("stat"), posix::stat, errno::ENOENT),
    }
}

fn statvfs(vm: &mut Vm, args: Args) -> Res {
    /// Longest name of a file, where nothing says otherwise.
    const NAME_MAX: u64 = 255;
    match place(vm, args.get(0))? {
        (Place::Root, _) => match vfs::points(vm)?.1 {
            Some(root) => {
                let slash = vm.push(Value::qstr(qstr!("/")));
                vm.call_method(root, qstr!("statvfs"), &[slash])
            }
            None => posix::ten(vm, [0, 0, 0, 0, 0, 0, 0, 0, 0, NAME_MAX]),
        },
        _ => dispatch(vm, args.get(0), qstr!("statvfs"), posix::statvfs, errno::ENOENT),
    }
}

fn ilistdir(vm: &mut Vm, args: Args) -> Res {
    let path = match args.opt(0) {
        Some(path) => path,
        None => vm.push(Value::qstr(Qstr::EMPTY)),
    };
    if vm.bytes_of(vm.get(path)).is_some() && vm.str_of(vm.get(path)).is_none() {
        // names as `bytes` are asked for
        let text = vm.bytes_of(vm.get(path)).and_then(|bytes| core::str::from_utf8(bytes).ok());
        let Some(len) = text.map(str::len) else { return Err(vm.os_error(errno::ENOENT)) };
        let text = vm.new_str_with(len, |vm, out| {
            copy(vm.bytes_of(vm.get(path)).unwrap_or(&[]), out);
        })?;
        if let (Place::Mounted(object), inner) = place(vm, text)? {
            let len = vm.path_text(inner).len();
            let inner = vm.new_bytes_with(len, |vm, out| {
                copy(vm.path_text(inner).as_bytes(), out);
            })?;
            return vm.call_method(object, qstr!("ilistdir"), &[inner]);
        }
        return posix::list(vm, path);
    }
    match place(vm, path)? {
        (Place::Root, _) => list_points(vm),
        _ => dispatch(vm, path, qstr!("ilistdir"), posix::list, errno::ENOENT),
    }
}

/// The directory above all mounts: their names, and what the file system mounted there has.
fn list_points(vm: &mut Vm) -> Res {
    let (points, root) = vfs::points(vm)?;
    for i in 0..vm.list_len(points) {
        let scope = vm.scope();
        let first = vm.push(vm.list_item(points, i));
        vm.new_int(DIRECTORY as isize)?;
        vm.push(Value::tiny_int(0));
        let entry = vm.new_tuple(first, 3)?;
        vm.list_set(points, i, vm.get(entry));
        vm.end_scope(scope);
    }
    if let Some(root) = root {
        let slash = vm.push(Value::qstr(qstr!("/")));
        let inner = vm.call_method(root, qstr!("ilistdir"), &[slash])?;
        vm.list_extend(points, inner)?;
    }
    vm.get_iter(points)
}

fn listdir(vm: &mut Vm, args: Args) -> Res {
    let entries = ilistdir(vm, args)?;
    let list = vm.new_list_empty()?;
    vm.for_each(entries, |vm, entry| {
        let zero = vm.push(Value::tiny_int(0));
        let name = vm.subscr(entry, zero, crate::native::Subscr::Load)?;
        vm.list_append(list, name)
    })?;
    Ok(list)
}
