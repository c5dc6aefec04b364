//! Types of streams that other crates declare, such as the files of a file system.
//!
//! A type is a stream if its slots have a table of functions ([`StreamFns`]). Everything that reads or writes streams
//! then takes its objects: methods, `print(.., file=..)`, `import`, `json.load`.

use crate::Raised;
use crate::native::full::{Full, Held};
use crate::vm::host::SeekFrom;

#[cfg(feature = "streams")]
pub use crate::stream::METHODS;

/// Requests of `ioctl`, with MicroPython's numbers.
pub mod request {
    /// Writes what was written so far to where it stays.
    pub const FLUSH: isize = 1;
    /// Asks which events have come.
    pub const POLL: isize = 3;
    /// Closes the stream; a closed one is left as it is.
    pub const CLOSE: isize = 4;
}

/// Reads from a stream: at most as many bytes as there is room for; 0 at the end, `None` if there is nothing to read yet.
pub type ReadFn = for<'s> fn(&mut Full<'s>, Held<'s>, &mut [u8]) -> Result<Option<usize>, Raised>;

/// Writes bytes to a stream: how many were taken, `None` if there is no room yet.
pub type WriteFn = for<'s> fn(&mut Full<'s>, Held<'s>, &[u8]) -> Result<Option<usize>, Raised>;

/// What the streams of a type do. Each function gets the object, and may run Python code.
pub struct StreamFns {
    /// Whether they give and take text.
    pub is_text: bool,
    /// Reads.
    pub read: ReadFn,
    /// Writes.
    pub write: WriteFn,
    /// Moves the position and gives the new one, in bytes from the beginning.
    pub seek: for<'s> fn(&mut Full<'s>, Held<'s>, i64, SeekFrom) -> Result<u64, Raised>,
    /// Does what is asked for by a number of [`request`] with an argument; a negative result is an error number.
    pub control: for<'s> fn(&mut Full<'s>, Held<'s>, isize, isize) -> Result<isize, Raised>,
}

#[cfg(feature = "streams")]
impl crate::native::TypeSlots {
    /// Makes the objects streams. Iterated over, they give their lines. The methods of streams are
    /// [`METHODS`], to be named as the type's.
    pub const fn stream(self, functions: &'static StreamFns) -> Self {
        self.streaming(functions, crate::stream::next_line)
    }
}
