//! Running the code of a module that was found.

use super::find::{self, Found};
use crate::stack::Local;
use crate::{Raised, Vm, qstr};

/// Runs a module, or the `__init__` of a package, with its dict as global variables.
pub(super) fn run(vm: &mut Vm, globals: Local, found: Found) -> Result<(), Raised> {
    let path = if found.package {
        vm.dict_set_name(globals, qstr!("__path__"), found.path)?;
        match find::file(vm, found.path, qstr!("__init__"))? {
            Some(path) => path,
            // a directory without `__init__` is a package too
            None => return Ok(()),
        }
    } else {
        found.path
    };
    let file = match vm.str_of(vm.get(path)).and_then(|p| p.strip_prefix(find::FROZEN)) {
        Some(name) => {
            let (skip, len) = (find::FROZEN.len(), name.len());
            vm.new_str_with(len, |vm, out| {
                if let Some(name) = vm.bytes_of(vm.get(path)).and_then(|p| p.get(skip..)) {
                    out.copy_from_slice(name);
                }
            })?
        }
        None => path,
    };
    vm.dict_set_name(globals, qstr!("__file__"), file)?;
    let name = vm.intern_local(file)?;
    let _ = (name, find::frozen(vm, path));
    Err(vm.raise_text(&crate::types::exception::IMPORT_ERROR, "script compilation not supported"))
}
