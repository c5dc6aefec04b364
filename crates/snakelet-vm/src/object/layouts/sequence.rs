//! Tuples, lists, ranges, slices and iterators over any of them.

use core::cell::Cell;

use super::{Header, Kind, Link, Slot, StaticHeader, trailing};
use crate::object::value::{Value, Word};

/// Values owned by another object; aux is the capacity in slots.
#[repr(C)]
pub struct Storage {
    header: Header,
}

impl Storage {
    /// The slots.
    #[inline(always)]
    pub fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// Notes that it was made larger.
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.header.set_aux(capacity);
    }
}

/// `range`.
#[repr(C)]
pub struct RangeObj {
    header: Header,
    /// First number.
    pub start: isize,
    /// Bound, not included.
    pub stop: isize,
    /// Distance of two numbers; not 0.
    pub step: isize,
}

/// `slice`.
#[repr(C)]
pub struct SliceObj {
    header: Header,
    /// As given; `None` where absent.
    pub start: Slot,
    /// As given; `None` where absent.
    pub stop: Slot,
    /// As given; `None` where absent.
    pub step: Slot,
}

/// A tuple; aux is its length. A named tuple's first item slot holds its class and is not
/// counted.
#[repr(C)]
pub struct TupleObj {
    header: Header,
}

impl TupleObj {
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Slot] {
        let n = self.header.aux();
        if self.header.kind() == Kind::NamedTuple {
            trailing(self, n + 1).get(1..).unwrap_or(&[])
        } else {
            trailing(self, n)
        }
    }
    /// The number of items.
    pub fn len(&self) -> usize {
        self.header.aux()
    }
    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The class of a named tuple.
    pub fn class(&self) -> Option<&Slot> {
        if self.header.kind() == Kind::NamedTuple { trailing(self, 1).first() } else { None }
    }
}

/// A tuple without items, for flash.
#[repr(C, align(16))]
pub(crate) struct StaticTuple(StaticHeader);

impl StaticTuple {
    pub(crate) const EMPTY: Self = Self(StaticHeader::new(Kind::Tuple, 0));
}

/// A list. Its length is never more than its storage has room for.
#[repr(C)]
pub struct ListObj {
    header: Header,
    /// Null while nothing was ever stored.
    storage: Link<Storage>,
    len: Cell<usize>,
}

impl ListObj {
    /// The number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }
    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Where items lie, those in use and those to come.
    #[inline(always)]
    pub(crate) fn places(&self) -> &[Slot] {
        self.storage.get().map_or(&[], Storage::slots)
    }
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Slot] {
        self.places().get(..self.len()).unwrap_or(&[])
    }
    /// How many items fit without a new allocation.
    pub fn capacity(&self) -> usize {
        self.storage.get().map_or(0, |s| s.header.aux())
    }
    /// Lets the list have `len` items, as many as there is room for at most. Those that are new are what
    /// lies in their places: null where nothing was stored.
    #[inline(always)]
    pub(crate) fn set_len(&self, len: usize) {
        debug_assert!(len <= self.capacity());
        self.len.set(len.min(self.capacity()));
    }
    /// Removes the items from number `len` on.
    pub(crate) fn truncate(&self, len: usize) {
        for slot in self.items().get(len..).unwrap_or(&[]) {
            slot.set(Value::NULL);
        }
        self.len.set(len.min(self.len()));
    }
    /// Removes all items, and the storage.
    pub(crate) fn clear(&self) {
        self.len.set(0);
        self.storage.clear();
    }
    /// The storage.
    #[inline(always)]
    pub(crate) fn storage(&self) -> Option<&Storage> {
        self.storage.get()
    }
    /// The word that refers to the storage.
    #[inline(always)]
    pub(crate) fn storage_word(&self) -> Word {
        self.storage.word()
    }
    /// Uses another storage, which has room for all items and holds them.
    pub(crate) fn set_storage(&self, storage: &Storage) {
        debug_assert!(self.len() <= storage.header.aux());
        self.len.set(self.len().min(storage.header.aux()));
        self.storage.set(storage);
    }
}

/// An iterator; aux is its sort.
#[repr(C)]
pub struct IterObj {
    pub(crate) header: Header,
    /// What is iterated over.
    pub(crate) source: Slot,
    /// Small int: position.
    pub(crate) position: Slot,
    /// By sort: a function, a bound, a version.
    pub(crate) extra: Slot,
}

/// The empty tuple: there is one, in flash.
pub(crate) fn empty_tuple() -> Value<'static> {
    static EMPTY: StaticTuple = StaticTuple::EMPTY;
    Value::from_ref(&EMPTY)
}
