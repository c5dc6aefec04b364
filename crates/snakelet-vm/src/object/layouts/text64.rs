//! The head of strings where a header has room for their length.

use super::{Header, Kind, new_header};
use crate::object::value::Word;

/// A string or byte string. Aux: bit 0 tells whether all is ASCII, bits 1 to 20 are the hash (0: not
/// computed yet), the highest one whether the bytes lie outside of the heap, the others the length in
/// bytes.
#[repr(C)]
pub(crate) struct StrObj {
    pub(super) header: Header,
}

const LEN_SHIFT: u32 = 21;
const LEN_BITS: u32 = 31;
const OUTSIDE: usize = 1 << (LEN_SHIFT + LEN_BITS);

impl StrObj {
    /// The longest string.
    pub(crate) const MAX_LEN: usize = (1 << LEN_BITS) - 1;

    /// Number of bytes.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.header.aux() >> LEN_SHIFT & Self::MAX_LEN
    }

    /// Whether the bytes do not follow, but their address.
    #[inline(always)]
    pub(super) fn is_outside(&self) -> bool {
        self.header.aux() & OUTSIDE != 0
    }

    /// The words before the bytes of a new string, or before their address.
    pub(crate) fn head(kind: Kind, ascii: bool, len: usize, outside: bool) -> [Word; 1] {
        let outside = if outside { OUTSIDE } else { 0 };
        [new_header(kind, usize::from(ascii) | len << LEN_SHIFT | outside)]
    }
}
