//! The hash table of dicts and sets: entries in the order of insertion, and an index into them.
//!
//! ```text
//!  HashObj: header(capacity)  table  version
//!              Table: header(used)  index  live  | key value | key value | null null | ..
//!                         RawBuf: an open-addressing index of entry numbers and hash bits
//! ```
//!
//! A removed entry has a null key until the table is rebuilt. Those at the ends are remembered, so
//! that they are not gone over again and again where entries are taken off an end. A table of at most [`LINEAR`]
//! entries whose keys all have simple hashes has no index and is searched through. An index
//! element is 0 when free, else the entry's number plus one in its low bits and the hash in the
//! others: 16 bits (8 of the hash), 32 bits (all 20), or 64 bits, by capacity.
//!
//! A lookup may run Python code (`__hash__`, `__eq__`), which may change the table; the version
//! tells, and the lookup starts anew.

mod change;
mod find;
pub(crate) mod growth;
mod index;

use crate::native::leaf::Gc;
use crate::object::value::Value;
use crate::object::{HashObj, Kind, Slot, Table, count_word};
use crate::vm::stack::Local;
use crate::{Res, Vm};

/// Most entries of a table without index.
pub(crate) const LINEAR: usize = 8;

/// Bits of the aux field of a dict or set below its capacity.
const FLAGS: u32 = 4;

/// Places, or removed entries, that are passed over without charging: more are rare but for keys that
/// were chosen to collide.
const FREE_LOOKS: usize = 16;

/// Words of an entry.
#[inline(always)]
const fn stride(kind: Kind) -> usize {
    match kind {
        Kind::Set | Kind::FrozenSet => 1,
        _ => 2,
    }
}

impl HashObj {
    #[inline(always)]
    pub(crate) fn stride(&self) -> usize {
        stride(self.header.kind())
    }

    /// Aux: capacity shifted left by `FLAGS`; bit 0 is set when hashes cannot be computed anew, bit
    /// 1 when the global-name cache may refer to the table, bit 2 when a key may be a string that
    /// is not interned, bit 3 when scripts may not change it.
    fn capacity(&self) -> usize {
        self.header.aux() >> FLAGS
    }

    /// Whether scripts may not change it.
    pub(crate) fn is_fixed(&self) -> bool {
        self.header.aux() & 8 != 0
    }

    /// Forbids scripts to change it.
    pub(crate) fn set_fixed(&self) {
        self.header.set_aux(self.header.aux() | 8);
    }

    fn has_text_keys(&self) -> bool {
        self.header.aux() & 4 != 0
    }

    fn note_text_key(&self) {
        self.header.set_aux(self.header.aux() | 4);
    }

    fn is_cached(&self) -> bool {
        self.header.aux() & 2 != 0
    }

    /// Lets the cache of global names refer to this dict.
    pub(crate) fn set_cached(&self) {
        self.header.set_aux(self.header.aux() | 2);
    }

    fn keeps_hashes(&self) -> bool {
        self.header.aux() & 1 != 0
    }

    fn set_capacity(&self, capacity: usize, keep_hashes: bool) {
        let kept = self.header.aux() & 14;
        self.header.set_aux(capacity << FLAGS | kept | usize::from(keep_hashes));
    }

    #[inline(always)]
    pub(crate) fn table(&self) -> Option<&Table> {
        self.table.get()
    }

    /// Number of entries.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.table().and_then(|t| t.live.get().as_small_int()).unwrap_or(0) as usize
    }

    /// Whether there are no entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of entry places used, removed ones included.
    pub(crate) fn used(&self) -> usize {
        self.table().map_or(0, |t| t.header.aux())
    }

    /// The words of entries in use.
    #[inline(always)]
    pub(crate) fn words(&self) -> &[Slot] {
        match self.table() {
            Some(t) => t.words(t.header.aux() * self.stride()),
            None => &[],
        }
    }

    /// Key and value (null for a set) of entry place `n`; `None` beyond the last, a null key for
    /// a removed one.
    #[inline]
    pub(crate) fn entry(&self, n: usize) -> Option<(Value<'_>, Value<'_>)> {
        let words = self.words();
        if self.stride() == 1 {
            words.get(n).map(|k| (k.get(), Value::NULL))
        } else {
            match words.get(2 * n..2 * n + 2) {
                Some([k, v]) => Some((k.get(), v.get())),
                _ => None,
            }
        }
    }

    /// The place of the next live entry at or behind place `from`, and how many removed ones lie
    /// before it.
    #[inline]
    pub(crate) fn find_live(&self, from: usize) -> Option<(usize, usize)> {
        let t = self.table()?;
        let known = t.first.get().as_small_int().unwrap_or(0) as usize;
        let (mut at, stride) = (from.max(known), self.stride());
        let start = at;
        let words = self.words();
        while words.get(at * stride)?.get().is_null() {
            at += 1;
        }
        if at > start && start == known {
            t.first.set_immediate(count_word(at));
        }
        Some((at, at - start))
    }

    #[inline(always)]
    pub(crate) fn value_slot(&self, n: usize) -> Option<&Slot> {
        if self.stride() == 1 { None } else { self.words().get(2 * n + 1) }
    }
}

impl Vm {
    /// The place of the next live entry at or behind place `from`; charges for removed ones.
    pub(crate) fn next_live(&self, table: &HashObj, from: usize) -> Option<usize> {
        let (at, passed) = table.find_live(from)?;
        if passed > FREE_LOOKS {
            self.charge_later(passed / 4);
        }
        Some(at)
    }

    /// The dict or set in a local.
    #[inline(always)]
    pub(crate) fn hash_obj(&self, table: Local) -> Option<&HashObj> {
        self.get(table).cast::<HashObj>()
    }

    fn new_hash_obj(&mut self, kind: Kind, capacity: usize) -> Res {
        self.leaf_local(|cx| cx.new_table(kind, capacity).map(Gc::obj))
    }

    /// Makes a dict with room for `capacity` entries.
    pub fn new_dict(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::Dict, capacity)
    }

    /// Makes an `OrderedDict`.
    pub fn new_ordered_dict(&mut self) -> Res {
        self.new_hash_obj(Kind::OrderedDict, 0)
    }

    /// Makes a set.
    pub fn new_set(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::Set, capacity)
    }

    /// Makes a frozenset, to be filled before anyone sees it.
    pub fn new_frozenset(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::FrozenSet, capacity)
    }
}
