//! The `.mpy` container: a module's code and constants in a file.
//!
//! ```text
//! header      'M', 6, features, bits of a small int
//! counts      of strings, of constant objects
//! strings     number << 1 | 1 of a fixed string, or length << 1, text, 0
//! objects     a type byte, then what belongs to it
//! function    length << 3 | has-children << 2 | kind, data, count of children, children
//! ```
//!
//! Numbers are of variable length, as in the bytecode. [`read`] takes a file from any source and
//! hands its parts to a [`Builder`], which takes their bytes straight to where they will stay;
//! neither allocates. [`Writer`] is the inverse. [`Module`] keeps a whole
//! file in memory, for tools. The format is described in MicroPython's
//! `docs/reference/mpyfiles.rst`.

mod read;
mod write;

#[cfg(feature = "alloc")]
mod module;

pub use read::{
    Builder, Data, FormatError, InMemory, MAX_DEPTH, Outcome, Piece, Read, ReadError, read,
};
pub use write::Writer;

#[cfg(feature = "alloc")]
pub use module::{Function, Module, ModuleString, Object, ParseError};

/// The version of the container and the bytecode.
pub const VERSION: u8 = 6;

/// The file's first byte.
const MAGIC: u8 = b'M';

/// Constants that need no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Singleton {
    /// `None`
    None,
    /// `False`
    False,
    /// `True`
    True,
    /// `...`
    Ellipsis,
}

/// The type bytes of constant objects.
mod tag {
    pub(super) const NONE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const TRUE: u8 = 3;
    pub(super) const ELLIPSIS: u8 = 4;
    pub(super) const STR: u8 = 5;
    pub(super) const BYTES: u8 = 6;
    pub(super) const INT: u8 = 7;
    pub(super) const FLOAT: u8 = 8;
    pub(super) const COMPLEX: u8 = 9;
    pub(super) const TUPLE: u8 = 10;
}
