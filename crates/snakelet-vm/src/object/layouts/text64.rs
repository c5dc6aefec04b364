//! The head of strings where a header has room for their length.

use super::{Header, Kind, new_header};
use crate::value::Word;

/// A string or byte string. Aux: bit 0 tells whether all is ASCII, bits 1 to 20 are the hash (0: not
/// computed yet), the others the length in bytes.
#[repr(C)]
pub struct StrObj {
    pub(super) header: Header,
}

const LEN_SHIFT: u32 = 21;

impl StrObj {
    /// The longest string.
    pub(crate) const MAX_LEN: usize = u32::MAX as usize;

    /// Number of bytes.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.header.aux() >> LEN_SHIFT
    }

    /// The words before the bytes of a new string.
    pub(crate) fn head(kind: Kind, ascii: bool, len: usize) -> [Word; 1] {
        [new_header(kind, usize::from(ascii) | len << LEN_SHIFT)]
    }
}
