//! Sequences that a leaf makes.

#![allow(unsafe_code)] // fills fresh objects

use snakelet_gc::Heap;

use crate::native::data::shown_view;
use crate::native::leaf::{Answer, Gc, Leaf, Leave, Obj};
use crate::object::value::SWord;
use crate::object::{ArrayObj, DequeObj, Kind, RangeObj, Storage, ViewObj, new_header, words_of};

impl<'h> Leaf<'h> {
    /// Makes an int of a figure of the heap.
    pub(crate) fn figure(self, figure: fn(&Heap) -> usize) -> Answer<'h> {
        Ok(self.count(self.vm().heap.ask(figure)))
    }

    /// Makes a range. The step is not 0.
    pub(crate) fn range(self, start: SWord, stop: SWord, step: SWord) -> Answer<'h> {
        let at = self.words(new_header(Kind::Range, 0), words_of::<RangeObj>(0))?;
        for (i, number) in [start, stop, step].into_iter().enumerate() {
            // SAFETY: the three numbers lie behind the header, and nothing refers to the object yet.
            unsafe { at.add(1 + i).cast::<SWord>().write(number) };
        }
        // SAFETY: the object is complete now; it lives until something is collected, which takes the
        // interpreter exclusively, but it is shared through `'h`.
        Ok(Gc::new(unsafe { at.cast::<RangeObj>().as_ref() }).obj())
    }

    /// Makes `n` slots that belong to another object.
    pub(crate) fn new_storage(self, n: usize) -> Result<Gc<'h, Storage>, Leave> {
        self.allocate::<Storage>(Kind::Storage, n, words_of::<Storage>(n))
    }

    /// Makes a deque of at most so many items, with room for some.
    pub(crate) fn new_deque(self, most: usize, room: usize) -> Result<Gc<'h, DequeObj>, Leave> {
        let deque = self.allocate::<DequeObj>(Kind::Deque, 0, words_of::<DequeObj>(0))?;
        deque.set_most(most);
        if room > 0 {
            deque.set_ring(&*self.new_storage(room)?, 0);
        }
        Ok(deque)
    }

    /// Makes a view of `len` bytes from `offset` on of an object, or of what another view shows.
    pub(crate) fn view(self, object: Obj<'h>, aux: usize, offset: usize, len: usize) -> Answer<'h> {
        let new = self.allocate::<ViewObj>(Kind::MemoryView, aux, words_of::<ViewObj>(0))?;
        let value = shown_view(object.value()).unwrap_or(object.value());
        let (base, first) = match value.cast::<ViewObj>() {
            Some(view) => (view.base.get(), view.offset.get()),
            None => (value, 0),
        };
        new.base.set(base);
        new.offset.set(first.saturating_add(offset));
        new.len.set(len);
        Ok(new.obj())
    }

    /// Makes a `bytearray` or `array` of `len` zero bytes.
    pub(crate) fn new_array(
        self,
        kind: Kind,
        typecode: u8,
        len: usize,
    ) -> Result<Gc<'h, ArrayObj>, Leave> {
        let aux = if kind == Kind::Array { typecode as usize } else { 0 };
        let array = self.allocate::<ArrayObj>(kind, aux, words_of::<ArrayObj>(0))?;
        if len > 0 {
            array.data.set(self.new_raw_buf(len)?.object());
            array.len.set(len);
        }
        Ok(array)
    }
}
