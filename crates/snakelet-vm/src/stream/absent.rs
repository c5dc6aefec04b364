//! Without `io`: no object is a stream.

use crate::exception::errno;
use crate::native::print::Out;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Where text for an object goes that `print(.., file=..)` names: nowhere.
pub(crate) fn out_to(_vm: &Vm, object: Local) -> Out {
    Out::Stream(object)
}

impl Vm {
    /// Reads from a stream, of which there are none.
    pub(crate) fn stream_read(
        &mut self,
        _stream: Local,
        _buf: &mut [u8],
    ) -> Result<Option<usize>, Raised> {
        Err(self.os_error(errno::EOPNOTSUPP))
    }
    /// Writes to a stream, of which there are none.
    pub(crate) fn write_to_stream(&mut self, _stream: Local, _bytes: &[u8]) -> Result<(), Raised> {
        Err(self.os_error(errno::EOPNOTSUPP))
    }
}

/// Whether a stream takes text and makes bytes of it: there is none.
pub(crate) fn encodes(_vm: &Vm, _stream: Local) -> bool {
    false
}
