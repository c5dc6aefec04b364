//! Where text goes, and in which form an object is printed.

use crate::vm::stack::Local;

/// Bytes that pass through the machine's stack at a time.
pub(crate) const CHUNK: usize = if cfg!(target_pointer_width = "64") { 512 } else { 64 };

/// A destination of text.
#[derive(Copy, Clone, Debug)]
pub enum Out {
    /// The host's console.
    Console,
    /// The host's error output.
    Error,
    /// A buffer made by [`Vm::new_text`](crate::Vm::new_text).
    Buffer(Local),
    /// An object that is written to.
    Stream(Local),
}

/// In which form an object is printed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PrintKind {
    /// As `str()` gives it.
    Str,
    /// As `repr()` gives it.
    Repr,
}
