//! The head of strings where a header has no room for their length.

use super::{Header, Kind, new_header};
use crate::value::Word;

/// A string or byte string. Aux: bit 0 tells whether all is ASCII, bits 1 to 20 are the hash (0: not
/// computed yet).
#[repr(C)]
pub struct StrObj {
    pub(super) header: Header,
    len: usize,
}

impl StrObj {
    /// The longest string.
    pub(crate) const MAX_LEN: usize = isize::MAX as usize;

    /// Number of bytes.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The words before the bytes of a new string.
    pub(crate) fn head(kind: Kind, ascii: bool, len: usize) -> [Word; 2] {
        [new_header(kind, usize::from(ascii)), len]
    }
}
