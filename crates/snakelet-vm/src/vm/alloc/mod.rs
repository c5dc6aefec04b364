//! Making objects: numbers, containers and the small ones here, [`text`] and [`code`] apart. Each function
//! returns a local that refers to the new object.
//!
//! Text and numbers come from outside the heap or through a closure that reads the heap once the
//! object is there, since an allocation may move what they would be read from.
//!
//! Pinning objects, arming their finalisers and growing them is here as well.

#![allow(unsafe_code)] // fills fresh objects

mod code;
mod text;

#[cfg(feature = "compiler")]
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use snakelet_num::bigint::Int;

use crate::native::leaf::Wide;
use crate::object::value::{SWord, Value, Word, raw};
use crate::object::*;
use crate::vm::Vm;
use crate::vm::stack::Local;
use crate::{Raised, Res};

pub(crate) use code::CodeHead;
pub(crate) use text::Flaw;

impl Vm {
    /// Makes an int.
    ///
    /// # Errors
    /// `MemoryError`, as for all functions here.
    pub fn new_int(&mut self, i: SWord) -> Res {
        match Value::small_int(i) {
            Some(v) => Ok(self.push_here(v)),
            None => self.new_int_64(i as i64),
        }
    }

    /// Makes an int.
    pub fn new_int_64(&mut self, i: i64) -> Res {
        if let Ok(small) = SWord::try_from(i)
            && let Some(v) = Value::small_int(small)
        {
            return Ok(self.push_here(v));
        }
        self.leaf_local(|cx| cx.wide(i as Wide))
    }

    /// Makes an int.
    pub fn new_uint_64(&mut self, i: u64) -> Res {
        match i64::try_from(i) {
            Ok(i) => self.new_int_64(i),
            Err(_) => self.leaf_local(|cx| cx.uint(i)),
        }
    }

    /// Makes an int of one that does not lie in the heap.
    pub fn new_big(&mut self, int: Int<'_>) -> Res {
        self.leaf_local(|cx| cx.int_of(int))
    }

    /// Makes a float.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    pub fn new_float(&mut self, f: f64) -> Res {
        if !raw::HAS_FLOATS {
            return self.leaf_local(|cx| cx.float(f));
        }
        if let Some(word) = raw::float_word(f) {
            // SAFETY: a float word is no reference.
            return Ok(self.push(unsafe { Value::from_word(word) }));
        }
        let new = self.allocate_block(Kind::Float, 0, words_of::<FloatBox>(0))?;
        // SAFETY: inside the object, at the field's own offset.
        unsafe { new.write(FloatBox::OFFSET, raw::rounded(f)) };
        Ok(new.local)
    }

    /// Makes a complex number.
    pub fn new_complex(&mut self, re: f64, im: f64) -> Res {
        self.leaf_local(|cx| cx.complex((re, im)))
    }

    /// Makes a buffer of `len` zero bytes that belongs to another object.
    pub(crate) fn new_raw_buf(&mut self, len: usize) -> Res {
        let new = self.allocate(Kind::RawBuf, 0, words_with_bytes::<RawBuf>(len))?;
        new.set_word(1, len);
        Ok(new.local)
    }

    /// Makes `capacity` empty slots that belong to another object.
    pub(crate) fn new_storage(&mut self, capacity: usize) -> Res {
        let new = self.allocate(Kind::Storage, capacity, words_of::<Storage>(capacity))?;
        Ok(new.local)
    }

    /// Makes `capacity` empty slots whose contents are not kept alive.
    pub(crate) fn new_weak_storage(&mut self, capacity: usize) -> Res {
        let new = self.allocate(Kind::WeakStorage, capacity, words_of::<Storage>(capacity))?;
        Ok(new.local)
    }

    /// Makes a tuple of `n` items that lie on the stack from `first` on.
    pub fn new_tuple(&mut self, first: Local, n: usize) -> Res {
        if n == 0 {
            return self.new_tuple_empty();
        }
        let new = self.allocate(Kind::Tuple, n, words_of::<TupleObj>(n))?;
        for i in 0..n {
            new.set_word(1 + i, self.get(first.offset(i)).word());
        }
        Ok(new.local)
    }

    /// Makes a tuple of locals.
    pub fn new_tuple_of(&mut self, items: &[Local]) -> Res {
        if items.is_empty() {
            return self.new_tuple_empty();
        }
        let new = self.allocate(Kind::Tuple, items.len(), words_of::<TupleObj>(items.len()))?;
        for (i, item) in items.iter().enumerate() {
            new.set_word(1 + i, self.get(*item).word());
        }
        Ok(new.local)
    }

    /// Makes a tuple of `n` items that `fill` gives by number.
    pub fn new_tuple_with(&mut self, n: usize, fill: impl Fn(&Vm, usize) -> Detached) -> Res {
        if n == 0 {
            return self.new_tuple_empty();
        }
        let new = self.allocate(Kind::Tuple, n, words_of::<TupleObj>(n))?;
        for i in self.paced(0..n) {
            new.set_word(1 + i, fill(self, i).0);
        }
        Ok(new.local)
    }

    /// Makes a tuple of `n` items, each null until it is set.
    pub(crate) fn new_tuple_sized(&mut self, n: usize) -> Res {
        if n == 0 {
            return self.new_tuple_empty();
        }
        Ok(self.allocate(Kind::Tuple, n, words_of::<TupleObj>(n))?.local)
    }

    pub(crate) fn new_tuple_empty(&mut self) -> Res {
        Ok(self.push(crate::object::empty_tuple()))
    }

    /// Makes a list of `n` items that lie on the stack from `first` on.
    pub fn new_list(&mut self, first: Local, n: usize) -> Res {
        let list = self.allocate(Kind::List, 0, words_of::<ListObj>(0))?;
        if n > 0 {
            let storage = self.allocate(Kind::Storage, n, words_of::<Storage>(n))?;
            for i in 0..n {
                storage.set_word(1 + i, self.get(first.offset(i)).word());
            }
            self.link_list(list.local, storage.local, n);
        }
        Ok(self.keep_only(list.local))
    }

    /// Makes a list of `n` items, each null until it is set.
    pub(crate) fn new_list_sized(&mut self, n: usize) -> Res {
        let list = self.allocate(Kind::List, 0, words_of::<ListObj>(0))?;
        if n > 0 {
            let storage = self.new_storage(n)?;
            self.link_list(list.local, storage, n);
        }
        Ok(self.keep_only(list.local))
    }

    /// Makes an empty list.
    pub fn new_list_empty(&mut self) -> Res {
        self.new_list_sized(0)
    }

    fn link_list(&mut self, list: Local, storage: Local, len: usize) {
        if let (Some(l), Some(storage)) =
            (self.get(list).cast::<ListObj>(), self.get(storage).cast::<Storage>())
        {
            l.set_storage(storage);
            l.set_len(len);
        }
    }

    /// Releases the locals above `local`.
    pub(crate) fn keep_only(&self, local: Local) -> Local {
        self.rt.stack.set_top((local.index() + 1).min(self.rt.stack.top()));
        local
    }

    /// Makes an object with the header and up to five slots.
    pub(crate) fn new_slots(&mut self, kind: Kind, aux: usize, slots: &[Local]) -> Res {
        let words = 1 + slots.len();
        let new = if words <= snakelet_gc::BLOCK / size_of::<Word>() {
            self.allocate_block(kind, aux, words)?
        } else {
            self.allocate(kind, aux, words)?
        };
        for (i, local) in slots.iter().enumerate() {
            new.set_word(1 + i, self.get(*local).word());
        }
        Ok(new.local)
    }

    /// Makes a slice of start, stop and step, each `None` if absent.
    pub fn new_slice(&mut self, start: Local, stop: Local, step: Local) -> Res {
        self.new_slots(Kind::Slice, 0, &[start, stop, step])
    }

    /// Makes a method of a function and its receiver.
    pub fn new_bound_method(&mut self, function: Local, receiver: Local) -> Res {
        self.new_slots(Kind::BoundMethod, 0, &[function, receiver])
    }

    /// Makes a cell.
    pub(crate) fn new_cell(&mut self, value: Local) -> Res {
        self.new_slots(Kind::Cell, 0, &[value])
    }

    /// Makes a range.
    pub fn new_range(&mut self, start: SWord, stop: SWord, step: SWord) -> Res {
        let new = self.allocate(Kind::Range, 0, words_of::<RangeObj>(0))?;
        new.set_word(1, start as Word);
        new.set_word(2, stop as Word);
        new.set_word(3, step as Word);
        Ok(new.local)
    }

    /// Makes an iterator of sort `aux`.
    pub(crate) fn new_iter(&mut self, sort: usize, source: Local, extra: Local) -> Res {
        let zero = self.push(Value::tiny_int(0));
        let new = self.new_slots(Kind::Iter, sort, &[source, zero, extra])?;
        self.set(zero, self.get(new));
        Ok(self.keep_only(zero))
    }

    /// Lends `words` words of zeroed memory of the heap for a computation that allocates nothing.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn with_scratch<T>(
        &mut self,
        words: usize,
        work: impl FnOnce(&Vm, &mut [u32]) -> T,
    ) -> Result<T, Raised> {
        let scope = self.scope();
        let bytes = words.saturating_mul(4);
        let new = self.allocate(Kind::RawBuf, 0, words_with_bytes::<RawBuf>(bytes))?;
        // SAFETY: the object was allocated with that many bytes behind its first two words, is
        // aligned to 16, and nothing else refers to it.
        let scratch =
            unsafe { core::slice::from_raw_parts_mut(new.at.add(2).cast::<u32>().as_ptr(), words) };
        let result = work(self, scratch);
        self.end_scope(scope);
        self.heap.get_mut().release(new.at);
        Ok(result)
    }

    /// Makes an object of `words` words that never moves, for use outside the heap's accounting.
    #[cfg(feature = "compiler")]
    pub(crate) fn new_raw_block(&mut self, words: usize) -> Result<(Local, RawMemory), Raised> {
        let bytes = words.saturating_sub(2) * size_of::<Word>();
        let new = self.allocate(Kind::RawBuf, 0, words_with_bytes::<RawBuf>(bytes))?;
        self.pin(new.local);
        // SAFETY: the object has that many bytes behind its first two words.
        let start = unsafe { new.at.add(2) }.cast::<MaybeUninit<u8>>();
        Ok((new.local, NonNull::slice_from_raw_parts(start, bytes)))
    }

    /// Frees such an object; nothing uses its memory any more.
    #[cfg(feature = "compiler")]
    pub(crate) fn release_raw_block(&mut self, block: Local) {
        let word = self.get(block).word();
        self.set(block, Value::NULL);
        if let Some(at) = NonNull::new(core::ptr::with_exposed_provenance_mut::<Word>(word)) {
            self.heap.get_mut().release(at);
        }
    }

    /// Keeps an object where it is from now on.
    pub(crate) fn pin(&mut self, object: Local) {
        let word = self.get(object).word();
        if raw::is_ref(word) && self.heap.contains(word) {
            // SAFETY: the word refers to a live object in the heap; its header is a cell.
            unsafe { object_header(word) }.pin();
        }
    }

    /// Arms the finaliser of an object.
    pub(crate) fn arm_finaliser(&mut self, object: Local) {
        let word = self.get(object).word();
        if let Some(at) = NonNull::new(core::ptr::with_exposed_provenance_mut(word)) {
            self.heap.get_mut().arm_finaliser(at);
        }
    }
}

/// The encoded word of a value, detached from the heap's lifetime so that a closure can return
/// it to the constructor that called it.
pub struct Detached(Word);

impl From<Value<'_>> for Detached {
    fn from(value: Value<'_>) -> Self {
        Detached(value.word())
    }
}

/// Memory of the heap that is lent out.
#[cfg(feature = "compiler")]
pub(crate) type RawMemory = NonNull<[MaybeUninit<u8>]>;

/// The header of the object at a reference word.
///
/// # Safety
/// The word refers to a live object.
unsafe fn object_header<'a>(word: Word) -> &'a Header {
    // SAFETY: contract of this function.
    unsafe { &*core::ptr::with_exposed_provenance::<Header>(word) }
}
