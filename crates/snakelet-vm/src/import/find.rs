//! Where a module's code lies: a file, a directory of files, or bytes in the program.

use snakelet_qstr::Qstr;

use crate::object::copy;
use crate::object::value::Value;
use crate::vfs::{self, PathKind};
use crate::vm::FrozenModule;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// Paths that begin so name modules in the program.
pub(super) const FROZEN: &str = ".frozen/";

/// What a module's name leads to.
#[derive(Copy, Clone)]
pub(super) struct Found {
    /// The file or directory; of a package that several directories form, a list of them.
    pub(super) path: Local,
    /// Whether it is a directory: a package.
    pub(super) package: bool,
}

/// Looks for a top-level module in the entries of `sys.path`.
pub(super) fn along_path(vm: &mut Vm, path: Local, name: Qstr) -> Result<Option<Found>, Raised> {
    #[cfg(feature = "cpython")]
    let directories = vm.new_list_empty()?;
    let mut i = 0;
    while i < vm.sequence_len(path) {
        let scope = vm.scope();
        let entry = vm.push_sequence_item(path, i);
        if vm.str_of(vm.get(entry)).is_some()
            && let Some(found) = below(vm, entry, name)?
        {
            // directories that say nothing of themselves are one package, unless there is another one, or a file
            #[cfg(feature = "cpython")]
            if found.package && file(vm, found.path, qstr!("__init__"))?.is_none() {
                vm.list_append(directories, found.path)?;
                vm.end_scope(scope);
                i += 1;
                continue;
            }
            return Ok(Some(found));
        }
        vm.end_scope(scope);
        i += 1;
    }
    #[cfg(feature = "cpython")]
    if vm.list_len(directories) > 0 {
        return Ok(Some(Found { path: directories, package: true }));
    }
    Ok(None)
}

/// Looks for a module in a directory; the empty path is the current one.
pub(super) fn below(vm: &mut Vm, directory: Local, name: Qstr) -> Result<Option<Found>, Raised> {
    let base = join(vm, directory, name, b"")?;
    let package = Found { path: base, package: true };
    let is_directory = stat(vm, base)? == PathKind::Directory;
    if is_directory && file(vm, base, qstr!("__init__"))?.is_some() {
        return Ok(Some(package));
    }
    // a directory that says nothing of itself is a package if there is no file of the name
    match file(vm, directory, name)? {
        Some(path) => Ok(Some(Found { path, package: false })),
        None => Ok(is_directory.then_some(package)),
    }
}

/// Looks for `name.py` and `name.mpy` in a directory.
pub(super) fn file(vm: &mut Vm, directory: Local, name: Qstr) -> Result<Option<Local>, Raised> {
    for suffix in [&b".py"[..], b".mpy"] {
        let path = join(vm, directory, name, suffix)?;
        if stat(vm, path)? == PathKind::File {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn join(vm: &mut Vm, directory: Local, name: Qstr, suffix: &[u8]) -> Res {
    let name = vm.push(Value::qstr(name));
    let len = |local| vm.bytes_of(vm.get(local)).map_or(0, <[u8]>::len);
    let (before, name_len) = (len(directory), len(name));
    let slash = usize::from(before > 0);
    vm.new_str_with(before + slash + name_len + suffix.len(), |vm, out| {
        let bytes = |local| vm.bytes_of(vm.get(local)).unwrap_or(&[]);
        let mut at = 0;
        for part in [bytes(directory), &b"/"[..slash], bytes(name), suffix] {
            if let Some(to) = out.get_mut(at..at + part.len()) {
                copy(part, to);
            }
            at += part.len();
        }
    })
}

fn stat(vm: &mut Vm, path: Local) -> Result<PathKind, Raised> {
    if let Some(name) = vm.utf8_of(vm.get(path)).and_then(|p| p.strip_prefix(FROZEN)) {
        return Ok(stat_frozen(vm, name));
    }
    vfs::kind_of(vm, path)
}

fn stat_frozen(vm: &Vm, name: &str) -> PathKind {
    for module in vm.frozen_modules() {
        match module.name.strip_prefix(name) {
            Some("") => return PathKind::File,
            Some(rest) if rest.starts_with('/') => return PathKind::Directory,
            _ => {}
        }
    }
    PathKind::Absent
}

impl Vm {
    /// The modules in the program: first those of the host, then those of a library.
    #[cfg(feature = "frozen")]
    fn frozen_modules(&self) -> impl Iterator<Item = &'static FrozenModule> + use<> {
        self.rt.frozen.iter().chain(self.rt.frozen_library)
    }
    #[cfg(not(feature = "frozen"))]
    fn frozen_modules(&self) -> impl Iterator<Item = &'static FrozenModule> + use<> {
        self.rt.frozen.iter()
    }
}

/// The module in the program that a path names.
pub(super) fn frozen(vm: &Vm, path: Local) -> Option<FrozenModule> {
    let name = vm.utf8_of(vm.get(path))?.strip_prefix(FROZEN)?;
    vm.frozen_modules().find(|m| m.name == name).copied()
}

/// Looks for a top-level module in a library, whatever `sys.path` says: it is found like a native one.
#[cfg(feature = "frozen")]
pub(super) fn in_library(vm: &mut Vm, name: Qstr) -> Result<Option<Found>, Raised> {
    let directory = vm.push(Value::qstr(qstr!(".frozen")));
    below(vm, directory, name)
}

#[cfg(not(feature = "frozen"))]
pub(super) fn in_library(_: &mut Vm, _: Qstr) -> Result<Option<Found>, Raised> {
    Ok(None)
}
