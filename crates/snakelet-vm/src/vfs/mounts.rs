//! The table of mounted file systems.

use super::{Place, VFS_POSIX};
use crate::exception::errno;
use crate::object::value::Value;
use crate::object::{NativeObj, copy};
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// The place of a mounted object: the host's file system has an object too.
fn place_of(vm: &Vm, object: Local) -> Place {
    match vm.get(object).cast::<NativeObj>() {
        Some(o)
            if o.get(0).is_none()
                && core::ptr::eq(vm.native_type_of(vm.get(object)), &VFS_POSIX) =>
        {
            Place::Host
        }
        _ => Place::Mounted(object),
    }
}

/// Whether scripts have mounted anything.
fn is_plain(vm: &Vm) -> bool {
    vm.root(RootSlot::Mounts).is_null()
}

/// The table as a list; made when it is first changed.
fn table(vm: &mut Vm) -> Res {
    if is_plain(vm) {
        let list = vm.new_list_empty()?;
        let host = if vm.rt.hosts.files.is_some() {
            vm.new_native(&VFS_POSIX, &[Local::NONE, Local::FALSE])?
        } else {
            Local::NONE
        };
        vm.list_append(list, host)?;
        if host != Local::NONE {
            let slash = vm.push(Value::qstr(qstr!("/")));
            vm.list_append(list, host)?;
            vm.list_append(list, slash)?;
        }
        vm.set_root(RootSlot::Mounts, list);
    }
    Ok(vm.push_root(RootSlot::Mounts))
}

/// Number of entries in the table.
fn count(vm: &Vm, table: Local) -> usize {
    vm.list_len(table).saturating_sub(1) / 2
}

fn object(vm: &Vm, table: Local, i: usize) -> Local {
    vm.push(vm.list_item(table, 1 + 2 * i))
}

fn point(vm: &Vm, table: Local, i: usize) -> &str {
    vm.utf8_of(vm.list_item(table, 2 + 2 * i)).unwrap_or("")
}

/// Bytes `start..` of a path, as a path.
pub(super) fn tail(vm: &mut Vm, path: Local, start: usize) -> Res {
    let len = vm.path_text(path).len().saturating_sub(start);
    vm.new_str_with(len, |vm, out| {
        if let Some(bytes) = vm.path_text(path).as_bytes().get(start..) {
            copy(bytes, out);
        }
    })
}

/// Finds the file system of a path, and the path inside it.
pub(crate) fn lookup(vm: &mut Vm, path: Local) -> Result<(Place, Local), Raised> {
    if is_plain(vm) {
        let place = if vm.rt.hosts.files.is_some() { Place::Host } else { Place::Nowhere };
        let root = matches!(vm.path_text(path), "/") && vm.rt.hosts.files.is_none();
        return Ok((if root { Place::Root } else { place }, path));
    }
    let table = table(vm)?;
    let text = vm.path_text(path);
    let is_absolute = text.starts_with('/');
    if !is_absolute && !vm.list_item(table, 0).is_none() {
        let current = vm.push(vm.list_item(table, 0));
        return Ok((place_of(vm, current), path));
    }
    let rest = text.strip_prefix('/').unwrap_or(text);
    if rest.is_empty() {
        return Ok((Place::Root, path));
    }
    for i in 0..count(vm, table) {
        let point = point(vm, table, i).strip_prefix('/').unwrap_or("");
        if point.is_empty() {
            // mounted on the root: gets the path as it is
            let object = object(vm, table, i);
            return Ok((place_of(vm, object), path));
        }
        match rest.strip_prefix(point) {
            Some("") => {
                let object = object(vm, table, i);
                return Ok((place_of(vm, object), vm.push(Value::qstr(qstr!("/")))));
            }
            Some(inner) if inner.starts_with('/') => {
                let start = text.len() - inner.len();
                let object = object(vm, table, i);
                let inner = tail(vm, path, start)?;
                return Ok((place_of(vm, object), inner));
            }
            _ => {}
        }
    }
    Ok((Place::Nowhere, path))
}

/// Whether a file system is mounted on `/`; it is the last in the table.
fn has_root(vm: &Vm, table: Local) -> bool {
    let n = count(vm, table);
    n > 0 && point(vm, table, n - 1) == "/"
}

/// `vfs.mount(object, path)`
pub(crate) fn mount(
    vm: &mut Vm,
    object: Local,
    path: Local,
    readonly: Local,
    make: Local,
) -> Result<(), Raised> {
    super::check_path(vm, path)?;
    vm.call_method(object, qstr!("mount"), &[readonly, make])?;
    let table = table(vm)?;
    let n = count(vm, table);
    let taken = (0..n).any(|i| point(vm, table, i) == vm.path_text(path));
    if taken {
        return Err(vm.os_error(errno::EPERM));
    }
    let rooted = has_root(vm, table);
    vm.list_append(table, object)?;
    vm.list_append(table, path)?;
    if rooted {
        // what is mounted on the root stays last
        let (a, b) = (1 + 2 * (n - 1), 1 + 2 * n);
        for k in 0..2 {
            let moved = vm.push(vm.list_item(table, a + k));
            vm.list_set(table, a + k, vm.list_item(table, b + k));
            vm.list_set(table, b + k, vm.get(moved));
        }
    }
    Ok(())
}

/// `vfs.umount(path or object)`
pub(crate) fn umount(vm: &mut Vm, which: Local) -> Result<(), Raised> {
    let table = table(vm)?;
    let n = count(vm, table);
    let found = (0..n).find(|i| match vm.utf8_of(vm.get(which)) {
        Some(text) => point(vm, table, *i) == text,
        None => vm.list_item(table, 1 + 2 * i).is(vm.get(which)),
    });
    let Some(i) = found else { return Err(vm.os_error(errno::EINVAL)) };
    let object = object(vm, table, i);
    for k in 1 + 2 * i..1 + 2 * n {
        vm.list_set(table, k, vm.list_item(table, k + 2));
    }
    if let Some(list) = vm.get(table).cast::<crate::object::ListObj>() {
        list.truncate(1 + 2 * (n - 1));
    }
    if vm.list_item(table, 0).is(vm.get(object)) {
        vm.list_set(table, 0, Value::NONE);
    }
    vm.call_method(object, qstr!("umount"), &[])?;
    Ok(())
}

/// `vfs.mount()`: a list of tuples of object and path.
pub(crate) fn mounted(vm: &mut Vm) -> Res {
    let table = table(vm)?;
    let list = vm.new_list_empty()?;
    for i in 0..count(vm, table) {
        let scope = vm.scope();
        let first = object(vm, table, i);
        vm.push(vm.list_item(table, 2 + 2 * i));
        let entry = vm.new_tuple(first, 2)?;
        vm.list_append(list, entry)?;
        vm.end_scope(scope);
    }
    Ok(list)
}

/// Names of the mount points, for the directory that holds them, and what is mounted on it.
pub(crate) fn points(vm: &mut Vm) -> Result<(Local, Option<Local>), Raised> {
    let table = table(vm)?;
    let list = vm.new_list_empty()?;
    let n = count(vm, table);
    let rooted = has_root(vm, table);
    for i in 0..n - usize::from(rooted) {
        let scope = vm.scope();
        let whole = vm.push(vm.list_item(table, 2 + 2 * i));
        let name = tail(vm, whole, 1)?;
        vm.list_append(list, name)?;
        vm.end_scope(scope);
    }
    let root = rooted.then(|| object(vm, table, n - 1));
    Ok((list, root))
}

/// `os.chdir(path)`
pub(crate) fn change_dir(vm: &mut Vm, path: Local) -> Result<(), Raised> {
    super::check_path(vm, path)?;
    let (place, inner) = lookup(vm, path)?;
    match place {
        Place::Host => {
            vm.with_files(|vm, files| files.change_dir(vm.path_text(inner)))?;
            if !is_plain(vm) {
                let table = table(vm)?;
                let host = (0..count(vm, table)).find_map(|i| {
                    let object = object(vm, table, i);
                    matches!(place_of(vm, object), Place::Host).then_some(object)
                });
                if let Some(host) = host {
                    vm.list_set(table, 0, vm.get(host));
                }
            }
            Ok(())
        }
        Place::Mounted(object) => {
            vm.call_method(object, qstr!("chdir"), &[inner])?;
            let table = table(vm)?;
            vm.list_set(table, 0, vm.get(object));
            Ok(())
        }
        Place::Root => {
            let table = table(vm)?;
            if has_root(vm, table) {
                let root = object(vm, table, count(vm, table) - 1);
                let slash = vm.push(Value::qstr(qstr!("/")));
                vm.call_method(root, qstr!("chdir"), &[slash])?;
            }
            vm.list_set(table, 0, Value::NONE);
            Ok(())
        }
        Place::Nowhere => Err(vm.os_error(errno::ENODEV)),
    }
}

/// `os.getcwd()`
pub(crate) fn current_dir(vm: &mut Vm) -> Res {
    if is_plain(vm) {
        return host_dir(vm);
    }
    let table = table(vm)?;
    let current = vm.push(vm.list_item(table, 0));
    if vm.get(current).is_none() {
        return Ok(vm.push(Value::qstr(qstr!("/"))));
    }
    let inner = match place_of(vm, current) {
        Place::Host => return host_dir(vm),
        _ => vm.call_method(current, qstr!("getcwd"), &[])?,
    };
    let Some(i) =
        (0..count(vm, table)).find(|i| vm.list_item(table, 1 + 2 * i).is(vm.get(current)))
    else {
        return Ok(inner);
    };
    let point = vm.push(vm.list_item(table, 2 + 2 * i));
    if vm.path_text(point) == "/" {
        return Ok(inner);
    }
    let out = vm.new_text()?;
    vm.emit_str(out, point)?;
    if vm.path_text(inner) != "/" {
        vm.emit_str(out, inner)?;
    }
    vm.finish_text(out)
}

/// The current directory of the host.
pub(super) fn host_dir(vm: &mut Vm) -> Res {
    if vm.rt.hosts.files.is_none() {
        return Ok(vm.push(Value::qstr(qstr!("/"))));
    }
    let mut buf = [0u8; super::PATH_MAX];
    let mut len = None;
    vm.with_files(|_, files| {
        files.current_dir(&mut |text| {
            if let Some(place) = buf.get_mut(..text.len()) {
                copy(text.as_bytes(), place);
                len = Some(text.len());
            }
        })
    })?;
    match len.and_then(|n| buf.get(..n)) {
        Some(text) => vm.new_str(text),
        None => Err(vm.os_error(errno::ENOENT)),
    }
}
