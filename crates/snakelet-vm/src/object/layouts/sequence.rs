//! Tuples, lists, ranges, slices and iterators over any of them.

use core::cell::Cell;

use super::{Header, Kind, Link, Slot, StaticHeader, trailing};
use crate::object::value::{Value, Word};

/// Values owned by another object; aux is the capacity in slots.
#[repr(C)]
pub(crate) struct Storage {
    header: Header,
}

impl Storage {
    /// The slots.
    #[inline(always)]
    pub(crate) fn slots(&self) -> &[Slot] {
        trailing(self, self.header.aux())
    }
    /// Notes that it was made larger.
    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.header.set_aux(capacity);
    }
}

/// `range`.
#[repr(C)]
pub(crate) struct RangeObj {
    header: Header,
    /// First number.
    pub(crate) start: isize,
    /// Bound, not included.
    pub(crate) stop: isize,
    /// Distance of two numbers; not 0.
    pub(crate) step: isize,
}

/// `slice`.
#[repr(C)]
pub(crate) struct SliceObj {
    header: Header,
    /// As given; `None` where absent.
    pub(crate) start: Slot,
    /// As given; `None` where absent.
    pub(crate) stop: Slot,
    /// As given; `None` where absent.
    pub(crate) step: Slot,
}

/// A tuple; aux is its length. A named tuple's first item slot holds its class and is not
/// counted.
#[repr(C)]
pub(crate) struct TupleObj {
    header: Header,
}

impl TupleObj {
    /// The items.
    #[inline(always)]
    pub(crate) fn items(&self) -> &[Slot] {
        let n = self.header.aux();
        if self.header.kind() == Kind::NamedTuple {
            trailing(self, n + 1).get(1..).unwrap_or(&[])
        } else {
            trailing(self, n)
        }
    }
    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.header.aux()
    }
    /// Whether there are no items.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The class of a named tuple.
    pub(crate) fn class(&self) -> Option<&Slot> {
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
pub(crate) struct ListObj {
    header: Header,
    /// Null while nothing was ever stored.
    storage: Link<Storage>,
    len: Cell<usize>,
}

impl ListObj {
    /// The number of items.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len.get()
    }
    /// Where items lie, those in use and those to come.
    #[inline(always)]
    pub(crate) fn places(&self) -> &[Slot] {
        self.storage.get().map_or(&[], Storage::slots)
    }
    /// The items.
    #[inline(always)]
    pub(crate) fn items(&self) -> &[Slot] {
        self.places().get(..self.len()).unwrap_or(&[])
    }
    /// How many items fit without a new allocation.
    pub(crate) fn capacity(&self) -> usize {
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
    /// Takes the last item out.
    #[inline(always)]
    pub(crate) fn take_last(&self) -> Option<Value<'_>> {
        let last = self.len.get().checked_sub(1)?;
        let place = self.places().get(last)?;
        let item = place.get();
        place.set(Value::NULL);
        self.len.set(last);
        Some(item)
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

/// `deque`: a ring of places; aux tells whether adding to a full one is an error.
///
/// There are never more items than places, and the first one lies in one of the places.
#[repr(C)]
pub(crate) struct DequeObj {
    header: Header,
    /// Null while nothing was ever stored.
    ring: Link<Storage>,
    /// The place of the first item.
    start: Cell<usize>,
    len: Cell<usize>,
    /// The greatest number of items.
    most: Cell<usize>,
}

impl DequeObj {
    /// As greatest number of items: there is none.
    pub(crate) const ENDLESS: usize = usize::MAX;

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.len.get()
    }
    /// The greatest number of items.
    pub(crate) fn most(&self) -> usize {
        self.most.get()
    }
    /// Sets the greatest number of items, before there are any.
    pub(crate) fn set_most(&self, most: usize) {
        self.most.set(most);
    }
    /// Whether adding to a full one is an error.
    pub(crate) fn is_strict(&self) -> bool {
        self.header.aux() != 0
    }
    /// Sets that.
    pub(crate) fn set_strict(&self, strict: bool) {
        self.header.set_aux(usize::from(strict));
    }
    /// Where items lie.
    pub(crate) fn places(&self) -> &[Slot] {
        self.ring.get().map_or(&[], Storage::slots)
    }
    /// The place `n` places behind the first item, in a ring.
    fn place(&self, n: usize) -> usize {
        let at = self.start.get().wrapping_add(n);
        let capacity = self.places().len();
        if at < capacity { at } else { at.wrapping_sub(capacity) }
    }
    /// The slot of item `i`; `None` if there are not so many.
    #[inline(never)]
    pub(crate) fn slot(&self, i: usize) -> Option<&Slot> {
        if i < self.len() { self.places().get(self.place(i)) } else { None }
    }
    /// Adds a place for an item at an end; `None` if there is no room.
    pub(crate) fn add_at(&self, left: bool) -> Option<&Slot> {
        let (n, capacity) = (self.len(), self.places().len());
        if n >= capacity {
            return None;
        }
        if left {
            self.start.set(self.place(capacity - 1));
        }
        self.len.set(n + 1);
        self.slot(if left { 0 } else { n })
    }
    /// Takes the item at an end off.
    pub(crate) fn take(&self, left: bool) -> Option<Value<'_>> {
        let last = self.len().checked_sub(1)?;
        let slot = self.slot(if left { 0 } else { last })?;
        let item = slot.get();
        slot.set(Value::NULL);
        if left {
            self.start.set(self.place(1));
        }
        self.len.set(last);
        Some(item)
    }
    /// Uses another ring, whose first `len` places hold the items.
    pub(crate) fn set_ring(&self, ring: &Storage, len: usize) {
        self.ring.set(ring);
        self.fill(len);
    }
    /// Lets the first `len` places of the ring be the items.
    pub(crate) fn fill(&self, len: usize) {
        self.start.set(0);
        self.len.set(len.min(self.places().len()));
    }
    /// Removes all items, and the ring.
    pub(crate) fn clear(&self) {
        self.len.set(0);
        self.start.set(0);
        self.ring.clear();
    }
}

/// An iterator; aux is its sort.
#[repr(C)]
pub(crate) struct IterObj {
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
