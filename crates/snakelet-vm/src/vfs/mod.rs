//! File systems: the host's, and those that scripts mount.
//!
//! `RootSlot::Mounts` is null while only the host's file system is there, mounted at `/`. Once a
//! script mounts or unmounts something it is a list: the file system of the current directory
//! first (`None` for the directory above all mounts), then object and mount point of each.

mod mounts;
pub(crate) mod posix;

pub(crate) use mounts::{change_dir, current_dir, mount, mounted, points, umount};
pub(crate) use posix::{PATH_MAX, VFS_POSIX, open_to_read};

use crate::exception::classes::{EXCEPTION, MEMORY_ERROR};
use crate::exception::errno;
use crate::object::NativeObj;
use crate::object::value::Value;
use crate::vm::host::{FileSystem, FsError, OpenMode, Stat};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// What an import finds at a path.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum PathKind {
    Absent,
    File,
    Directory,
}

/// In which file system a path lies.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Place {
    /// The host's.
    Host,
    /// One that a script mounted.
    Mounted(Local),
    /// The directory that holds the mount points.
    Root,
    /// None.
    Nowhere,
}

/// Bit of a file mode that says "directory".
pub(crate) const DIRECTORY: i32 = 0x4000;
/// Bit of a file mode that says "file".
pub(crate) const REGULAR: i32 = 0x8000;

impl Vm {
    /// Calls the host's file system, if there is one, and raises `OSError` for its errors.
    pub(crate) fn with_files<T>(
        &mut self,
        call: impl FnOnce(&Vm, &mut dyn FileSystem) -> Result<T, FsError>,
    ) -> Result<T, Raised> {
        match self.try_files(call) {
            Ok(value) => Ok(value),
            Err(FsError(number)) => Err(self.os_error(number)),
        }
    }

    /// As [`Vm::with_files`], for calls that make objects meanwhile.
    pub(crate) fn with_files_mut<T>(
        &mut self,
        call: impl FnOnce(&mut Vm, &mut dyn FileSystem) -> Result<T, FsError>,
    ) -> Result<T, Raised> {
        let Some(files) = self.rt.hosts.files.take() else {
            return Err(self.os_error(errno::ENODEV));
        };
        let result = call(self, files);
        self.rt.hosts.files = Some(files);
        result.map_err(|FsError(number)| self.os_error(number))
    }

    /// Calls the host's file system, if there is one.
    pub(crate) fn try_files<T>(
        &mut self,
        call: impl FnOnce(&Vm, &mut dyn FileSystem) -> Result<T, FsError>,
    ) -> Result<T, FsError> {
        // taken out for the call, so that it may read arguments that lie in the heap
        let Some(files) = self.rt.hosts.files.take() else { return Err(FsError(errno::ENODEV)) };
        let result = call(self, files);
        self.rt.hosts.files = Some(files);
        result
    }

    /// The text of a path for the host.
    pub(crate) fn path_text(&self, path: Local) -> &str {
        self.str_of(self.get(path)).unwrap_or("")
    }
}

/// Raises unless an object is a path: a `str`.
pub(crate) fn check_path(vm: &mut Vm, path: Local) -> Result<(), Raised> {
    if vm.str_of(vm.get(path)).is_none() {
        return Err(vm.type_error("can't convert to str"));
    }
    Ok(())
}

/// Finds the file system of a path, and the path inside it.
pub(crate) fn lookup(vm: &mut Vm, path: Local) -> Result<(Place, Local), Raised> {
    mounts::lookup(vm, path)
}

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

/// What a path is, for import.
pub(crate) fn kind_of(vm: &mut Vm, path: Local) -> Result<PathKind, Raised> {
    let scope = vm.scope();
    let (place, inner) = lookup(vm, path)?;
    let kind = match place {
        Place::Host => match vm.try_files(|vm, files| files.stat(vm.path_text(inner))) {
            Ok(Stat { is_dir: true, .. }) => PathKind::Directory,
            Ok(_) => PathKind::File,
            Err(_) => PathKind::Absent,
        },
        Place::Mounted(object) => {
            let result = vm.call_method(object, qstr!("stat"), &[inner]);
            if result.is_err() && vm.raised_is(&MEMORY_ERROR) {
                // says nothing about the file
                return result.map(|_| PathKind::Absent);
            }
            match vm.catch(result, &EXCEPTION)? {
                Some(stat) => {
                    let mode = vm.push_sequence_item(stat, 0);
                    let mode = vm.get(mode).as_small_int().unwrap_or(0);
                    if mode & DIRECTORY as isize != 0 {
                        PathKind::Directory
                    } else {
                        PathKind::File
                    }
                }
                None => PathKind::Absent,
            }
        }
        Place::Root | Place::Nowhere => PathKind::Absent,
    };
    vm.end_scope(scope);
    Ok(kind)
}

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
    let mut mode = OpenMode::default();
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
