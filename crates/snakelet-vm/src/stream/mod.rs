//! Streams: what `open` returns, buffers that act like files, and objects of scripts.

use crate::host::FileId;
use crate::stack::Local;
use crate::{Raised, Res, Vm, qstr};

/// Makes the object of an open file of the host.
pub(crate) fn new_file(vm: &mut Vm, file: FileId, binary: bool) -> Res {
    let _ = (file, binary);
    Err(vm.type_error("no files"))
}

/// Reads a stream of bytes to its end, into a `bytes` object.
pub(crate) fn read_all(vm: &mut Vm, stream: Local) -> Res {
    vm.call_method(stream, qstr!("read"), &[])
}

/// Closes a stream.
pub(crate) fn close(vm: &mut Vm, stream: Local) -> Res {
    vm.call_method(stream, qstr!("close"), &[])
}

impl Vm {
    /// Writes bytes to a stream.
    pub(crate) fn write_to_stream(&mut self, stream: Local, bytes: &[u8]) -> Result<(), Raised> {
        let scope = self.scope();
        let text = self.new_str(bytes)?;
        self.call_method(stream, qstr!("write"), &[text])?;
        self.end_scope(scope);
        Ok(())
    }
}
