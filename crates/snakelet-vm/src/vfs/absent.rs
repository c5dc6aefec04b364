//! Without `files`: scripts neither open nor mount anything, and modules come from the host's files or from the
//! program.

use super::Place;
use crate::exception::errno;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Finds the file system of a path: the host's, if there is one.
pub(crate) fn lookup(vm: &mut Vm, path: Local) -> Result<(Place, Local), Raised> {
    let place = if vm.rt.hosts.files.is_some() { Place::Host } else { Place::Nowhere };
    Ok((place, path))
}

/// Reads a file that is not the host's, of which there are none.
pub(crate) fn read_whole(vm: &mut Vm, _path: Local) -> Res {
    Err(vm.os_error(errno::ENODEV))
}
