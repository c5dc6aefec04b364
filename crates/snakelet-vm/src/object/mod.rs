//! Heap objects: header, kinds, slots and what the collector looks at in each kind.
//!
//! Every object begins with a header word:
//!
//! ```text
//!  bit 0..8   8        9          10    11 ..
//!  kind       PINNED   FINALISER  GREY  aux: a length, flags or a small number, by kind
//! ```
//!
//! Static objects (native types, functions and modules, in flash) have the same header and are
//! referred to in the same way; they lie outside the heap's regions, so the collector passes
//! them by.

#![allow(unsafe_code)] // reads and writes the memory of heap objects

mod kinds;
mod layouts;
pub(crate) mod value;

pub use kinds::Kind;
pub(crate) use layouts::*;
pub(crate) use layouts::{copy, empty_tuple};

use core::cell::Cell;
use core::marker::PhantomData;

use crate::object::value::{Value, Word};

/// The bits of a header word.
pub(crate) mod header {
    pub(crate) use snakelet_gc::header::{AUX_SHIFT, FINALISER, KIND_MASK, PINNED};
    /// The largest number that fits the aux field of a header on every target.
    pub(crate) const AUX_MAX: usize = (1 << 20) - 1;
    /// The largest number that fits it on this target.
    pub(crate) const AUX_MOST: usize = usize::MAX >> AUX_SHIFT;
}

/// The first word of every object.
#[repr(transparent)]
pub(crate) struct Header(Cell<Word>);

impl Header {
    /// The kind of the object.
    #[inline(always)]
    pub(crate) fn kind(&self) -> Kind {
        Kind::of_header(self.0.get())
    }
    /// The number kept beside the kind.
    #[inline(always)]
    pub(crate) fn aux(&self) -> usize {
        self.0.get() >> header::AUX_SHIFT
    }
    #[inline(always)]
    pub(crate) fn set_aux(&self, aux: usize) {
        let low = self.0.get() & ((1 << header::AUX_SHIFT) - 1);
        self.0.set(low | aux << header::AUX_SHIFT);
    }
    /// Keeps the object where it is from now on.
    pub(crate) fn pin(&self) {
        self.0.set(self.0.get() | header::PINNED);
    }
}

/// The header of an object in flash: never written.
#[repr(transparent)]
pub(crate) struct StaticHeader(Word);

impl StaticHeader {
    pub(crate) const fn new(kind: Kind, aux: usize) -> Self {
        Self(kind as Word | aux << header::AUX_SHIFT)
    }
    #[inline(always)]
    pub(crate) fn aux(&self) -> usize {
        self.0 >> header::AUX_SHIFT
    }
}

/// A word of a heap object that holds a value.
///
/// All stores of values into heap objects go through [`Slot::set`], the one place for a write
/// barrier.
#[derive(Default)]
#[repr(transparent)]
pub(crate) struct Slot(Cell<Word>);

impl Slot {
    /// The value held; null if none.
    #[inline(always)]
    pub(crate) fn get(&self) -> Value<'_> {
        // SAFETY: the slot is part of a live object, so what it refers to is live as long as
        // the heap is borrowed.
        unsafe { Value::from_word(self.0.get()) }
    }
    /// Stores a value.
    #[inline(always)]
    pub(crate) fn set(&self, value: Value<'_>) {
        self.0.set(value.word());
    }
    #[inline(always)]
    pub(crate) fn word(&self) -> Word {
        self.0.get()
    }
    /// Stores an encoded word that is no reference.
    #[inline(always)]
    pub(crate) fn set_immediate(&self, word: Word) {
        debug_assert!(word & 15 != 0 || word == 0);
        self.0.set(word);
    }
}

/// A word of a heap object that is null or refers to an object of layout `T`: it needs no look at the
/// other object's header.
#[repr(transparent)]
pub(crate) struct Link<T>(Slot, PhantomData<Cell<T>>);

impl<T: HeapObject> Link<T> {
    /// The object referred to.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<&T> {
        let word = self.0.word();
        // SAFETY: the word is null or refers to an object of this layout, since only `set` writes it and
        // fresh objects are zeroed. The object is part of a live one, so that it lives as long.
        unsafe { core::ptr::with_exposed_provenance::<T>(word).as_ref() }
    }
    /// Refers to another object.
    #[inline(always)]
    pub(crate) fn set(&self, object: &T) {
        self.0.set(Value::from_ref(object));
    }
    /// Refers to what another link refers to.
    pub(crate) fn copy(&self, other: &Link<T>) {
        self.0.set(other.0.get());
    }
    /// Refers to nothing.
    pub(crate) fn clear(&self) {
        self.0.set(Value::NULL);
    }
    /// The word.
    #[inline(always)]
    pub(crate) fn word(&self) -> Word {
        self.0.word()
    }
}

/// A type whose memory layout is that of heap objects of certain kinds.
///
/// # Safety
/// The type is `repr(C)`, begins with a [`Header`], has no padding that matters and only fields
/// that are cells or never written while shared; an object of a kind from `FIRST` to `LAST` has at
/// least its size.
pub(crate) unsafe trait HeapObject {
    /// The first kind of objects with this layout.
    const FIRST: Kind;
    /// The last one: all between have it, too.
    const LAST: Kind;

    /// Whether objects of `kind` have this layout.
    #[inline(always)]
    fn is_kind(kind: Kind) -> bool {
        (kind as u8).wrapping_sub(Self::FIRST as u8) <= Self::LAST as u8 - Self::FIRST as u8
    }
}

/// The words that follow the fixed part of an object.
#[inline(always)]
pub(crate) fn trailing<T: HeapObject>(object: &T, count: usize) -> &[Slot] {
    // SAFETY: callers pass a count that was fixed when the object was allocated with that many
    // words behind the fixed part.
    unsafe { core::slice::from_raw_parts(core::ptr::from_ref(object).add(1).cast::<Slot>(), count) }
}
