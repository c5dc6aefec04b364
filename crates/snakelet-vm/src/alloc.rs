//! Making objects. Each function returns a local that refers to the new object.
//!
//! Text and numbers come from outside the heap or through a closure that reads the heap once the
//! object is there, since an allocation may move what they would be read from.

#![allow(unsafe_code)] // fills fresh objects

#[cfg(feature = "compiler")]
use core::mem::MaybeUninit;
use core::mem::offset_of;
use core::ptr::NonNull;

use snakelet_gc::Place;
use snakelet_num::bigint::{self, Int, Limb, Small};
use snakelet_qstr::Qstr;

use crate::buffer::copy;
use crate::native::NativeType;
use crate::object::*;
use crate::qstrs::hash_str;
use crate::stack::Local;
use crate::value::{SWord, Value, Word, raw};
use crate::vm::{NewObject, Vm};
use crate::{Raised, Res};

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
        let small = Small::from(i);
        self.new_big(small.int())
    }

    /// Makes an int.
    pub fn new_uint_64(&mut self, i: u64) -> Res {
        match i64::try_from(i) {
            Ok(i) => self.new_int_64(i),
            Err(_) => self.new_big(Small::from(i).int()),
        }
    }

    /// Makes an int of one that does not lie in the heap.
    pub fn new_big(&mut self, int: Int<'_>) -> Res {
        let limbs = int.magnitude();
        self.new_big_with(limbs.len(), |_, out| {
            out.copy_from_slice(limbs);
            (int.is_negative(), limbs.len())
        })
    }

    /// Makes an int of at most `capacity` limbs, which `fill` computes: it gets zeroed limbs and
    /// returns sign and length. The result is a small int if it fits one.
    pub fn new_big_with(
        &mut self,
        capacity: usize,
        fill: impl FnOnce(&Vm, &mut [Limb]) -> (bool, usize),
    ) -> Res {
        if capacity > header::AUX_MAX >> 1 {
            return Err(self.memory_error());
        }
        let bytes = capacity * size_of::<Limb>();
        let mut new = self.allocate(Kind::BigInt, 0, words_with_bytes::<BigInt>(bytes))?;
        let limbs = new.limbs_mut(capacity);
        let (negative, len) = fill(self, limbs);
        let mut len = len.min(capacity);
        while len > 0 && limbs.get(len - 1) == Some(&0) {
            len -= 1;
        }
        let small = limbs.get(..len).and_then(|limbs| {
            let i = bigint::to_i64(Int::new(negative, limbs))?;
            Value::small_int(SWord::try_from(i).ok()?)
        });
        if let Some(v) = small {
            self.heap.release(new.at);
            self.set(new.local, v);
            return Ok(new.local);
        }
        let words = words_with_bytes::<BigInt>(len * size_of::<Limb>());
        self.heap.shrink(new.at, words);
        new.set_word(0, new_header(Kind::BigInt, len << 1 | usize::from(negative)));
        Ok(new.local)
    }

    /// Makes a float.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    pub fn new_float(&mut self, f: f64) -> Res {
        if let Some(word) = raw::float_word(f) {
            // SAFETY: a float word is no reference.
            return Ok(self.push(unsafe { Value::from_word(word) }));
        }
        let new = self.allocate_block(Kind::Float, 0, words_of::<FloatBox>(0))?;
        // SAFETY: inside the object, at the field's own offset.
        unsafe { new.write(offset_float(), raw::rounded(f)) };
        Ok(new.local)
    }

    /// Makes a complex number.
    pub fn new_complex(&mut self, re: f64, im: f64) -> Res {
        let new = self.allocate(Kind::Complex, 0, words_of::<ComplexBox>(0))?;
        // SAFETY: inside the object, at the fields' own offsets.
        unsafe {
            new.write(offset_of!(ComplexBox, re), raw::rounded(re));
            new.write(offset_of!(ComplexBox, im), raw::rounded(im));
        }
        Ok(new.local)
    }

    /// Makes a string that is not interned, of UTF-8 text that does not lie in the heap.
    pub fn new_str(&mut self, text: &[u8]) -> Res {
        self.new_text_object(Kind::Str, text.len(), |_, out| copy(text, out))
    }

    /// Makes bytes.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Res {
        self.new_text_object(Kind::Bytes, bytes.len(), |_, out| copy(bytes, out))
    }

    /// Makes a string of `len` bytes, which `fill` writes; what it writes must be UTF-8.
    pub fn new_str_with(&mut self, len: usize, fill: impl FnOnce(&Vm, &mut [u8])) -> Res {
        self.new_text_object(Kind::Str, len, fill)
    }

    /// Makes a string of `len` bytes, which `fill` writes with the help of `limbs` zeroed limbs.
    pub(crate) fn new_str_with_scratch(
        &mut self,
        len: usize,
        limbs: usize,
        fill: impl FnOnce(&Vm, &mut [u8], &mut [Limb]),
    ) -> Res {
        let Some(bytes) = limbs.checked_mul(size_of::<Limb>()) else {
            return Err(self.memory_error());
        };
        let scratch = self.new_raw_buf(bytes)?;
        let text = self.new_str_with(len, |vm, out| {
            if let Some(scratch) = vm.get(scratch).cast::<RawBuf>() {
                let cells = scratch.cells();
                let n = limbs.min(cells.len() / size_of::<Limb>());
                // SAFETY: the bytes lie behind two words, hence aligned for limbs; they are cells,
                // for which any bits will do, and nothing but this closure knows the buffer.
                let limbs = unsafe {
                    core::slice::from_raw_parts_mut(cells.as_ptr().cast::<Limb>().cast_mut(), n)
                };
                fill(vm, out, limbs);
            }
        })?;
        self.set(scratch, self.get(text));
        Ok(self.keep_only(scratch))
    }

    /// Makes bytes of length `len`, which `fill` writes.
    pub fn new_bytes_with(&mut self, len: usize, fill: impl FnOnce(&Vm, &mut [u8])) -> Res {
        self.new_text_object(Kind::Bytes, len, fill)
    }

    pub(crate) fn new_text_object(
        &mut self,
        kind: Kind,
        len: usize,
        fill: impl FnOnce(&Vm, &mut [u8]),
    ) -> Res {
        if kind == Kind::Str && len == 0 {
            return Ok(self.push(Value::qstr(Qstr::EMPTY)));
        }
        let mut new = self.begin_text(kind, len)?;
        fill(self, new.bytes_mut(words_of::<StrObj>(0), len));
        self.end_text(new, kind, len)
    }

    /// Makes a `str` or `bytes` of these bytes. If they are also given as ones that stay where and
    /// as they are for good, they are not copied, unless the copy is as small as a reference to them.
    pub(crate) fn new_constant(
        &mut self,
        kind: Kind,
        bytes: &[u8],
        in_place: Option<&'static [u8]>,
    ) -> Res {
        const BLOCK: usize = 16;
        match in_place.filter(|b| size_of::<StrObj>() + b.len() > BLOCK) {
            Some(bytes) => self.new_text_outside(kind, bytes),
            None if kind == Kind::Str => self.new_str(bytes),
            None => self.new_bytes(bytes),
        }
    }

    fn new_text_outside(&mut self, kind: Kind, bytes: &'static [u8]) -> Res {
        if bytes.len() > StrObj::MAX_LEN {
            return Err(self.memory_error());
        }
        let Some(ascii) = ascii_flag(kind, bytes) else { return Err(self.unicode_error()) };
        let new = self.allocate(kind, 0, words_of::<StrObj>(1))?;
        // SAFETY: the word behind the fixed part is there for the address.
        unsafe { new.write(size_of::<StrObj>(), bytes.as_ptr()) };
        new.set_head(StrObj::head(kind, ascii, bytes.len(), true));
        Ok(new.local)
    }

    #[inline(never)]
    fn begin_text(&mut self, kind: Kind, len: usize) -> Result<NewObject, Raised> {
        if len > StrObj::MAX_LEN {
            return Err(self.memory_error());
        }
        self.allocate(kind, 0, words_with_bytes::<StrObj>(len))
    }

    /// Writes the head of a text whose bytes are there; refuses a `Str` that is not UTF-8.
    #[inline(never)]
    fn end_text(&mut self, mut new: NewObject, kind: Kind, len: usize) -> Res {
        let Some(ascii) = ascii_flag(kind, new.bytes_mut(words_of::<StrObj>(0), len)) else {
            // never shown: `fill` broke its contract, or the bytes come from a script
            self.end_object(&new);
            return Err(self.unicode_error());
        };
        new.set_head(StrObj::head(kind, ascii, len, false));
        Ok(new.local)
    }

    fn unicode_error(&mut self) -> Raised {
        self.raise_no_args(&crate::types::exception::UNICODE_ERROR)
    }

    fn end_object(&mut self, new: &NewObject) {
        self.set(new.local, Value::NONE);
        self.heap.release(new.at);
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

    /// Makes `capacity` empty slots whose contents are not kept alive. They never move, since the
    /// collector asks for what they refer to while it moves other objects.
    pub(crate) fn new_weak_storage(&mut self, capacity: usize) -> Res {
        let words = words_of::<Storage>(capacity);
        Ok(self.allocate_in(Kind::WeakStorage, capacity, words, Place::High)?.local)
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
        for i in 0..n {
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

    fn new_tuple_empty(&mut self) -> Res {
        Ok(self.push(crate::types::tuple::empty()))
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
        if let Some(l) = self.get(list).cast::<ListObj>() {
            l.storage.set(self.get(storage));
            l.len.set(len);
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

    /// Makes an exception with one argument.
    pub fn new_exception(&mut self, class: &'static NativeType, arg: Local) -> Res {
        let args = self.exception_args(arg, 1)?;
        self.new_exception_args(class, args)
    }

    /// Makes an exception with a tuple of arguments.
    pub fn new_exception_args(&mut self, class: &'static NativeType, args: Local) -> Res {
        let new = match self.allocate(Kind::Exception, 0, words_of::<ExceptionObj>(0)) {
            Ok(new) => new,
            Err(raised) => return self.emergency_exception(class, args, raised),
        };
        new.set_word(1, Value::from_ref(class).word());
        new.set_word(2, self.get(args).word());
        Ok(new.local)
    }

    /// Makes an exception without arguments.
    pub fn new_exception_no_args(&mut self, class: &'static NativeType) -> Res {
        let args = self.new_tuple_empty()?;
        self.new_exception_args(class, args)
    }

    /// Makes an object of a native type with the given slots.
    pub fn new_native(&mut self, class: &'static NativeType, slots: &[Local]) -> Res {
        let new = self.allocate(Kind::Native, slots.len(), words_of::<NativeObj>(slots.len()))?;
        new.set_word(1, Value::from_ref(class).word());
        for (i, local) in slots.iter().enumerate() {
            new.set_word(2 + i, self.get(*local).word());
        }
        if class.slots.finalise.is_some() {
            crate::finalise::register(self, new.local)?;
        }
        Ok(new.local)
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
        self.heap.release(new.at);
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
            self.heap.release(at);
        }
    }

    /// Makes a code object of `len` bytes, which `fill` writes.
    pub(crate) fn new_code(
        &mut self,
        head: CodeHead,
        len: usize,
        fill: impl FnOnce(&Vm, &mut [u8]),
    ) -> Res {
        if len > header::AUX_MAX {
            return Err(self.memory_error());
        }
        let words = words_with_bytes::<CodeObj>(len);
        let mut new = self.allocate_in(Kind::Code, len, words, Place::High)?;
        new.write_head(head, false);
        fill(self, new.bytes_mut(words_of::<CodeObj>(0), len));
        Ok(new.local)
    }

    /// Makes code of a function whose bytes stay outside of the heap. Its head is still to be set.
    pub(crate) fn new_code_outside(&mut self, bytes: &'static [u8]) -> Res {
        if bytes.len() > header::AUX_MAX {
            return Err(self.memory_error());
        }
        let words = words_of::<CodeObj>(size_of::<Outside>() / size_of::<Word>());
        let new = self.allocate_in(Kind::Code, bytes.len(), words, Place::High)?;
        // SAFETY: there is room for it behind the fixed part.
        unsafe {
            new.write(size_of::<CodeObj>() + offset_of!(Outside, bytes), bytes.as_ptr());
        }
        new.write_head(CodeHead::UNKNOWN, true);
        Ok(new.local)
    }

    /// Changes what a code object's head says. Nothing runs it yet.
    pub(crate) fn set_code_head(&mut self, code: Local, head: CodeHead) {
        let Some(object) = self.get(code).cast::<CodeObj>() else { return };
        let outside = object.outside().is_some();
        let word = self.get(code).word();
        let Some(at) = NonNull::new(core::ptr::with_exposed_provenance_mut(word)) else { return };
        NewObject { local: code, at }.write_head(head, outside);
    }

    /// Makes the context of a module: `names` interned strings and `objects` constants, all null.
    pub(crate) fn new_context(&mut self, globals: Local, names: usize, objects: usize) -> Res {
        let words = words_of::<Context>(names + objects);
        let new = self.allocate_in(Kind::Context, names, words, Place::High)?;
        new.set_word(1, self.get(globals).word());
        new.set_word(2, count_word(objects));
        Ok(new.local)
    }

    /// Computes the hash of a string object or interned string; `None` for other values.
    pub(crate) fn hash_of_str(&self, value: Value<'_>) -> Option<u32> {
        if let Some(q) = value.as_qstr() {
            return Some(self.qstr_hash(q));
        }
        let s = value.cast::<StrObj>()?;
        if s.hash() == 0 {
            s.set_hash(hash_str(s.bytes()));
        }
        Some(s.hash())
    }

    /// The text of a `str`, interned or not; `None` for other values.
    pub fn str_of<'h>(&'h self, value: Value<'h>) -> Option<&'h str> {
        if let Some(q) = value.as_qstr() {
            return Some(utf8(self.qstr_bytes(q)));
        }
        match value.cast::<StrObj>() {
            Some(s) if s.is_str() => Some(text_of(s)),
            _ => None,
        }
    }

    /// The text of an interned string.
    pub fn qstr_text(&self, q: Qstr) -> &str {
        utf8(self.qstr_bytes(q))
    }

    #[inline(always)]
    fn qstr_bytes(&self, q: Qstr) -> &[u8] {
        match snakelet_qstr::static_bytes(q) {
            Some(text) => text,
            None => self.dynamic_entry(q).map_or(&[], StrObj::bytes),
        }
    }

    /// The bytes of a `str` or `bytes`; `None` for other values.
    pub fn bytes_of<'h>(&'h self, value: Value<'h>) -> Option<&'h [u8]> {
        if let Some(q) = value.as_qstr() {
            return Some(self.qstr_bytes(q));
        }
        value.cast::<StrObj>().map(StrObj::bytes)
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

/// The decoded prelude of a function.
#[derive(Copy, Clone)]
pub(crate) struct CodeHead {
    /// Offset of the first instruction, not 0.
    pub(crate) start: u16,
    /// Slots of the stack.
    pub(crate) n_stack: u16,
    /// Slots of locals and exception entries.
    pub(crate) fixed: u16,
    pub(crate) n_exc: u8,
    pub(crate) n_cells: u8,
    pub(crate) n_free: u8,
    pub(crate) flags: u8,
    pub(crate) n_pos: u8,
    pub(crate) n_kwonly: u8,
    pub(crate) n_defaults: u8,
}

impl CodeHead {
    /// Of a function that was not verified yet.
    pub(crate) const UNKNOWN: Self = Self {
        start: u16::MAX,
        n_stack: 0,
        fixed: 0,
        n_exc: 0,
        n_cells: 0,
        n_free: 0,
        flags: 0,
        n_pos: 0,
        n_kwonly: 0,
        n_defaults: 0,
    };
}

const fn offset_float() -> usize {
    FloatBox::OFFSET
}

impl NewObject {
    fn set_head<const N: usize>(&self, words: [Word; N]) {
        for (i, word) in words.iter().enumerate() {
            self.set_word(i, *word);
        }
    }

    /// Writes the head of a code object, whose bytes may lie outside of the heap.
    fn write_head(&self, head: CodeHead, outside: bool) {
        let simple = head.n_kwonly == 0 && head.flags & 7 == 0 && head.n_cells == 0;
        let quick_args = if simple { u16::from(head.n_pos) } else { u16::MAX };
        // SAFETY: all fields lie inside the object, at their own offsets.
        unsafe {
            if outside {
                let start = size_of::<CodeObj>() + offset_of!(Outside, start);
                self.write(start, usize::from(head.start));
            }
            self.write(CodeObj::START, if outside { 0 } else { head.start });
            self.write(offset_of!(CodeObj, n_slots), head.fixed.saturating_add(head.n_stack));
            self.write(offset_of!(CodeObj, fixed), head.fixed);
            self.write(offset_of!(CodeObj, quick_args), quick_args);
            self.write(offset_of!(CodeObj, n_exc), head.n_exc);
            self.write(offset_of!(CodeObj, n_cells), head.n_cells);
            self.write(offset_of!(CodeObj, n_free), head.n_free);
            self.write(offset_of!(CodeObj, flags), head.flags);
            self.write(offset_of!(CodeObj, n_pos), head.n_pos);
            self.write(offset_of!(CodeObj, n_kwonly), head.n_kwonly);
            self.write(offset_of!(CodeObj, n_defaults), head.n_defaults);
        }
    }
}

/// Whether the bytes of a text are noted to be ASCII; `None` if a `str` must not be made of them.
fn ascii_flag(kind: Kind, bytes: &[u8]) -> Option<bool> {
    if kind != Kind::Str {
        return Some(false);
    }
    let ascii = bytes.is_ascii();
    (ascii || core::str::from_utf8(bytes).is_ok()).then_some(ascii)
}

/// The text of a `str` object; nothing for `bytes`.
#[inline]
pub(crate) fn text_of(object: &StrObj) -> &str {
    if !object.is_str() {
        return "";
    }
    utf8(object.bytes())
}

/// Text that was checked when its object was made.
#[inline(always)]
fn utf8(bytes: &[u8]) -> &str {
    // SAFETY: `new_text_object` refuses to make a `Str` that is not UTF-8, and no other object is
    // interned; the table of static names is text.
    unsafe { core::str::from_utf8_unchecked(bytes) }
}
