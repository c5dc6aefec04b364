//! Dicts and sets; how their table works is told in [`crate::types::table`].

use core::cell::Cell;

use super::{Header, Link, RawBuf, Slot, trailing};

/// A dict or set; aux is the capacity of its table in entries.
#[repr(C)]
pub(crate) struct HashObj {
    pub(crate) header: Header,
    /// Null while empty.
    pub(crate) table: Link<Table>,
    /// Counts insertions of keys and removals, so that a cache or an iterator can tell that the
    /// table changed. Not traced.
    pub(crate) version: Cell<usize>,
}

/// Entries of a dict (key, value) or a set (key), in the order of insertion; aux is the number
/// of entry places used, removed ones included.
#[repr(C)]
pub(crate) struct Table {
    pub(crate) header: Header,
    /// The hash index; null for a small table.
    pub(crate) index: Link<RawBuf>,
    /// Number of live entries, as a small int.
    pub(crate) live: Slot,
    /// So many entries at the front are known to be removed, as a small int.
    pub(crate) first: Slot,
}

impl Table {
    /// `count` words of entries, used or not.
    #[inline(always)]
    pub(crate) fn words(&self, count: usize) -> &[Slot] {
        trailing(self, count)
    }
}

/// A view of a dict; aux tells of what.
#[repr(C)]
pub(crate) struct DictView {
    pub(crate) header: Header,
    /// The dict.
    pub(crate) dict: Slot,
}
