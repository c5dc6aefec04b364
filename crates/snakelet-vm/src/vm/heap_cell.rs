//! The heap, from which leaf natives allocate although they share the interpreter.
//!
//! Whoever has the interpreter to itself has the heap to itself ([`HeapCell::get_mut`]). Who shares
//! it can ask the heap for figures, and a leaf can allocate and grow objects: none of these functions
//! lets a reference to the heap out, and none calls code that could get to this cell again.

#![allow(unsafe_code)] // shared allocation

use core::cell::UnsafeCell;
use core::ptr::NonNull;

use snakelet_gc::{Heap, Place};

use crate::object::value::Word;
use crate::vm::poll::Poller;

/// See the module.
pub(crate) struct HeapCell(UnsafeCell<Heap>);

impl HeapCell {
    pub(crate) const fn new(heap: Heap) -> Self {
        Self(UnsafeCell::new(heap))
    }

    /// The heap, for whoever has the interpreter to itself.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self) -> &mut Heap {
        self.0.get_mut()
    }

    /// A figure of the heap. `figure` is a plain function, so that it cannot reach this cell, and its
    /// result borrows nothing.
    #[inline(always)]
    pub(crate) fn ask<T>(&self, figure: fn(&Heap) -> T) -> T {
        // SAFETY: no reference to the heap outlives a function of this module, and this one runs
        // nothing but `figure`, which cannot get to the cell: hence nobody else has one now.
        figure(unsafe { &*self.0.get() })
    }

    /// Whether a word refers to an object of the heap.
    #[inline]
    pub(crate) fn contains(&self, word: Word) -> bool {
        // SAFETY: `contains` runs no code of ours, and no reference outlives a function of this module.
        unsafe { (*self.0.get()).contains(word) }
    }

    /// Whether an object of so many words is more than the budget allows.
    pub(crate) fn exceeds_budget(&self, words: usize) -> bool {
        // SAFETY: `exceeds_budget` runs no code of ours, and no reference outlives a function of this module.
        unsafe { (*self.0.get()).exceeds_budget(words) }
    }

    /// How many words an object has room for.
    pub(crate) fn capacity_words(&self, object: NonNull<Word>) -> usize {
        // SAFETY: `capacity_words` runs no code of ours, and no reference outlives a function of this module.
        unsafe { (*self.0.get()).capacity_words(object) }
    }

    /// Allocates as [`Heap::allocate`] does, for someone who shares the heap.
    #[inline(always)]
    pub(crate) fn allocate(&self, header: Word, words: usize) -> Option<NonNull<Word>> {
        // SAFETY: `allocate` writes tables and free blocks only, to which nobody has references; it runs
        // no code of ours, and no reference to the heap itself outlives a function of this module.
        unsafe { (*self.0.get()).allocate(header, words, Place::Low) }
    }

    /// Allocates as [`Heap::allocate_large`] does, for someone who shares the heap; asks the host whether the script
    /// is to stop meanwhile.
    pub(crate) fn allocate_large(
        &self,
        header: Word,
        words: usize,
        poller: &Poller,
    ) -> Option<NonNull<Word>> {
        let mut poll = || poller.ask_for_stop();
        // SAFETY: `allocate_large` writes tables and free blocks only, to which nobody has references. What it
        // calls is the host's hook and clock: they were given away before the interpreter was made, which has been
        // borrowed exclusively ever since, and so cannot get to this cell. No reference to the heap itself outlives
        // a function of this module.
        unsafe { (*self.0.get()).allocate_large(header, words, &mut poll) }
    }

    /// Allocates as [`Heap::allocate_quick`] does, for someone who shares the heap.
    #[inline(always)]
    pub(crate) fn allocate_quick(&self, header: Word, words: usize) -> Option<NonNull<Word>> {
        // SAFETY: it writes tables and free blocks only, to which nobody has references; it runs no code
        // of ours, and no reference to the heap itself outlives a function of this module.
        unsafe { (*self.0.get()).allocate_quick(header, words) }
    }

    /// Grows an object as [`Heap::grow_in_place`] does, for someone who shares the heap; asks the host whether the
    /// script is to stop meanwhile.
    pub(crate) fn grow_in_place(
        &self,
        object: NonNull<Word>,
        words: usize,
        poller: &Poller,
    ) -> bool {
        let mut poll = || poller.ask_for_stop();
        // SAFETY: the blocks behind the object are free, so that nobody has references to them. The host's hook and
        // clock cannot get to this cell, see `allocate_large`, and no reference to the heap itself outlives a
        // function of this module.
        unsafe { (*self.0.get()).grow_in_place(object, words, &mut poll) }
    }

    /// Shrinks an object as [`Heap::shrink`] does, for someone who shares the heap.
    ///
    /// # Safety
    /// Nobody refers to the object's memory behind the first `words` words.
    pub(crate) unsafe fn shrink(&self, object: NonNull<Word>, words: usize) {
        // SAFETY: nobody has references to what is freed (contract of this function); it runs no code
        // of ours, and no reference to the heap itself outlives a function of this module.
        unsafe { (*self.0.get()).shrink(object, words) }
    }

    /// Frees an object as [`Heap::release`] does, for someone who shares the heap.
    ///
    /// # Safety
    /// Nobody refers to the object.
    pub(crate) unsafe fn release(&self, object: NonNull<Word>) {
        // SAFETY: nobody has references to what is freed (contract of this function); it runs no code
        // of ours, and no reference to the heap itself outlives a function of this module.
        unsafe { (*self.0.get()).release(object) }
    }

    /// Allocates as [`Heap::allocate_block`] does, for someone who shares the heap.
    #[inline(always)]
    pub(crate) fn allocate_block(&self, header: Word) -> Option<NonNull<Word>> {
        // SAFETY: `allocate_block` writes tables and free blocks only, to which nobody has references; it
        // runs no code of ours, and no reference to the heap itself outlives a function of this module.
        unsafe { (*self.0.get()).allocate_block(header) }
    }
}
