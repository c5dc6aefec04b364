//! File systems: the host's, and those that scripts mount.
//!
//! `RootSlot::Mounts` is null while only the host's file system is there, mounted at `/`. Once a
//! script mounts or unmounts something it is a list: the file system of the current directory
//! first (`None` for the directory above all mounts), then object and mount point of each.

#[cfg(not(feature = "files"))]
mod absent;
#[cfg(feature = "files")]
mod mounts;
#[cfg(feature = "files")]
mod open;
#[cfg(feature = "files")]
pub(crate) mod posix;

#[cfg(not(feature = "files"))]
pub(crate) use absent::{lookup, read_whole};
#[cfg(feature = "files")]
pub(crate) use mounts::{change_dir, current_dir, lookup, mount, mounted, points, umount};
#[cfg(feature = "files")]
pub(crate) use open::{open, parse_mode, read_whole, with_file};
#[cfg(feature = "files")]
pub use posix::VFS_POSIX;

use crate::exception::classes::{EXCEPTION, MEMORY_ERROR};
use crate::exception::errno;
use crate::vm::host::{FileId, FileSystem, FsError, OpenMode, Stat};
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

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
        self.utf8_of(self.get(path)).unwrap_or("")
    }
}

/// Raises unless an object is a path: a `str` without surrogates.
pub(crate) fn check_path(vm: &mut Vm, path: Local) -> Result<(), Raised> {
    if vm.str_of(vm.get(path)).is_none() {
        return Err(vm.type_error("can't convert to str"));
    }
    vm.check_utf8(path)
}

/// Longest path that is copied.
pub(crate) const PATH_MAX: usize = if cfg!(target_pointer_width = "64") { 1024 } else { 256 };

/// Opens a file of the host for the interpreter itself.
pub(crate) fn open_to_read(vm: &mut Vm, path: Local) -> Result<FileId, Raised> {
    let mode = OpenMode { read: true, ..OpenMode::default() };
    vm.with_files(|vm, files| files.open(vm.path_text(path), mode))
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
