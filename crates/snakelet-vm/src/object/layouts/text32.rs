//! The head of strings where a header has no room for their length.

use super::{Header, Kind, new_header};
use crate::object::value::Word;

/// A string or byte string. Aux: bit 0 tells whether all is ASCII, bits 1 to 20 are the hash (0: not
/// computed yet).
#[repr(C)]
pub(crate) struct StrObj {
    pub(super) header: Header,
    /// The length in bytes; the highest bit tells whether they lie outside of the heap.
    len: usize,
}

const OUTSIDE: usize = 1 << (usize::BITS - 1);

impl StrObj {
    /// The longest string.
    pub(crate) const MAX_LEN: usize = isize::MAX as usize;

    /// Number of bytes.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len & !OUTSIDE
    }

    /// Whether the bytes do not follow, but their address.
    #[inline(always)]
    pub(super) fn is_outside(&self) -> bool {
        self.len & OUTSIDE != 0
    }

    /// The words before the bytes of a new string, or before their address.
    pub(crate) fn head(kind: Kind, ascii: bool, len: usize, outside: bool) -> [Word; 2] {
        [new_header(kind, usize::from(ascii)), len | if outside { OUTSIDE } else { 0 }]
    }
}
