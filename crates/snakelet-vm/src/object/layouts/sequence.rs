//! Tuples, lists, ranges, slices and iterators over any of them.

use crate::object::value::Value;
use core::cell::Cell;

use super::{Header, Kind, Slot, StaticHeader, trailing};

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

/// A list.
#[repr(C)]
pub struct ListObj {
    header: Header,
    /// A `Storage`, or null while nothing was ever stored.
    pub(crate) storage: Slot,
    pub(crate) len: Cell<usize>,
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
    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Slot] {
        match self.storage.get().cast::<Storage>() {
            Some(s) => s.slots().get(..self.len.get()).unwrap_or(&[]),
            None => &[],
        }
    }
    /// How many items fit without a new allocation.
    pub fn capacity(&self) -> usize {
        self.storage.get().cast::<Storage>().map_or(0, |s| s.header.aux())
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
