//! What a leaf allocates.

#![allow(unsafe_code)] // makes references to fresh objects

use core::ptr::NonNull;

use snakelet_gc::Heap;

use crate::native::leaf::{Gc, Leaf, Leave, Obj, Request};
use crate::object::value::{SWord, Word};
use crate::object::{
    HeapObject, Kind, ListObj, RawBuf, Storage, TupleObj, empty_tuple, header, new_header,
    words_of, words_with_bytes,
};
use crate::vm::host::Wish;
use crate::vm::{HUGE, LARGE, WORDS_A_STEP};

/// In stress mode, a leaf is called again so often, each time with one allocation more that succeeds.
const DENIALS: u8 = 12;

impl<'h> Leaf<'h> {
    /// Asks for free memory for an object of so many words.
    #[cold]
    #[inline(never)]
    pub fn no_room(self, words: usize) -> Leave {
        self.ask(Request::Room(words))
    }

    /// Allocates `words` zeroed words with a header.
    ///
    /// # Errors
    /// There is no room, or it is time to collect.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    pub(in crate::native) fn words(
        self,
        header: Word,
        words: usize,
    ) -> Result<NonNull<Word>, Leave> {
        let object = match self.vm().heap.allocate_quick(header, words) {
            Some(object) => object,
            None => self.words_slowly(header, words)?,
        };
        if words >= LARGE {
            self.charge(words / WORDS_A_STEP);
        }
        object.as_ptr().expose_provenance();
        Ok(object)
    }

    #[cold]
    #[inline(never)]
    fn words_slowly(self, header: Word, words: usize) -> Result<NonNull<Word>, Leave> {
        let vm = self.vm();
        let again = vm.rt.leaf.attempt.get() != 0;
        // a wish to collect counts as want of room the first time
        if !vm.heap.ask(Heap::wants_collect) || again && !self.is_denied() {
            let is_huge = words >= HUGE && header & (header::FINALISER | header::PINNED) == 0;
            let object = if is_huge {
                vm.heap.allocate_large(header, words, &vm.rt.poller)
            } else {
                vm.heap.allocate(header, words)
            };
            if let Some(object) = object {
                return Ok(object);
            }
            if is_huge && vm.rt.poller.wish.get() == Wish::Stop {
                return Err(self.ask(Request::Poll));
            }
        }
        Err(self.no_room(words))
    }

    /// Whether an allocation has to fail in stress mode, so that every one does once in each leaf.
    #[cold]
    #[inline(never)]
    fn is_denied(self) -> bool {
        if !self.vm().heap.ask(Heap::is_stressed) {
            return false;
        }
        let state = &self.vm().rt.leaf;
        state.made.set(state.made.get().saturating_add(1));
        let attempt = state.attempt.get();
        attempt < DENIALS && state.made.get() > attempt
    }

    /// Allocates a zeroed object of layout `T`, whose fields are cells that may be zero.
    ///
    /// # Errors
    /// As for all functions here: room is asked for.
    #[inline(always)]
    pub(crate) fn allocate<T: HeapObject>(
        self,
        kind: Kind,
        aux: usize,
        words: usize,
    ) -> Result<Gc<'h, T>, Leave> {
        debug_assert!(T::is_kind(kind) && words >= words_of::<T>(0));
        if aux > header::AUX_MOST {
            return Err(self.no_room(usize::MAX));
        }
        let at = self.words(new_header(kind, aux), words)?;
        // SAFETY: the object has the header and the size of a `T` and is zeroed, which all layouts may
        // be. It lives until something is collected, which takes the interpreter exclusively, but it is
        // shared through `'h`.
        Ok(Gc::new(unsafe { at.cast::<T>().as_ref() }))
    }

    /// Grows an object to so many words where it lies; false if there is no room behind it, or the script is to stop.
    pub(crate) fn grow<T: HeapObject>(self, object: Gc<'h, T>, words: usize) -> bool {
        let vm = self.vm();
        vm.heap.grow_in_place(NonNull::from(object.object()).cast(), words, &vm.rt.poller)
    }

    /// Makes a buffer of zero bytes that belongs to another object.
    pub(crate) fn new_raw_buf(self, len: usize) -> Result<Gc<'h, RawBuf>, Leave> {
        let at = self.words(new_header(Kind::RawBuf, 0), words_with_bytes::<RawBuf>(len))?;
        // SAFETY: the object has that many words and nothing refers to it yet; the length is its second
        // word, and behind that lie `len` bytes.
        unsafe {
            at.add(1).write(len);
            Ok(Gc::new(at.cast::<RawBuf>().as_ref()))
        }
    }

    /// Makes a list of `n` items, each null until it is set.
    pub(crate) fn new_list(self, n: usize) -> Result<Gc<'h, ListObj>, Leave> {
        let list = self.allocate::<ListObj>(Kind::List, 0, words_of::<ListObj>(0))?;
        if n > 0 {
            let storage = self.allocate::<Storage>(Kind::Storage, n, words_of::<Storage>(n))?;
            list.set_storage(&storage);
            list.set_len(n);
        }
        Ok(list)
    }

    /// Makes an int of a count of things in memory, which is never too large for a word.
    #[inline(always)]
    pub fn count(self, n: usize) -> Obj<'h> {
        SWord::try_from(n).ok().and_then(Obj::small_int).unwrap_or(Obj::NONE)
    }

    /// Makes a tuple of `n` items, each null until it is set.
    pub(crate) fn new_tuple(self, n: usize) -> Result<Gc<'h, TupleObj>, Leave> {
        match empty_tuple().cast::<TupleObj>() {
            Some(empty) if n == 0 => Ok(Gc::new(empty)),
            _ => self.allocate::<TupleObj>(Kind::Tuple, n, words_of::<TupleObj>(n)),
        }
    }
}
