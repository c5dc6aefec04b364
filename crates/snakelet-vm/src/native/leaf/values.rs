//! What leaves of other crates look at and make.

use core::cell::Cell;

use snakelet_num::bigint::{self, Int};

use crate::exception::classes::TYPE_ERROR;
use crate::native::Name;
use crate::native::leaf::{Answer, Gc, Leaf, Leave, Obj, Wide};
use crate::object::value::{SWord, Value, raw};
use crate::object::{Kind, ListObj, Slot, TupleObj};
use crate::protocol::buffer::{Buffer, Bytes};
use crate::types::int::arith::{IntRef, int_ref};
use crate::types::sequence;

/// The items of a list or tuple, while a leaf runs. They can be fewer later on, if the list is changed.
#[derive(Copy, Clone)]
pub struct Items<'h>(&'h [Slot]);

impl<'h> Items<'h> {
    /// How many there are.
    pub fn len(self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
    /// Item `i`, if there are so many.
    pub fn get(self, i: usize) -> Option<Obj<'h>> {
        self.0.get(i).map(|slot| Obj::or_none(slot.get()))
    }
    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Obj<'h>> {
        self.0.iter().map(|slot| Obj::or_none(slot.get()))
    }
}

/// A list, whose items may be changed while a leaf runs.
#[derive(Copy, Clone)]
pub struct List<'h>(Gc<'h, ListObj>);

impl<'h> List<'h> {
    /// The items.
    #[inline]
    pub fn items(self) -> Items<'h> {
        Items(self.0.object().items())
    }
    /// Exchanges items `i` and `j`, if there are so many.
    #[inline]
    pub fn swap(self, i: usize, j: usize) {
        let items = self.0.object().items();
        if let (Some(a), Some(b)) = (items.get(i), items.get(j)) {
            let item = a.get();
            a.set(b.get());
            b.set(item);
        }
    }
    /// Adds an item.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn append(self, cx: Leaf<'h>, item: Obj<'h>) -> Result<(), Leave> {
        self.0.append(cx, item)
    }
    /// Takes the last item out, if there is one.
    pub fn pop(self) -> Option<Obj<'h>> {
        self.0.object().take_last().map(Obj::or_none)
    }
}

/// An int of any size, while a leaf runs.
pub struct IntObject<'h>(IntRef<'h>);

impl IntObject<'_> {
    /// Its value.
    pub fn int(&self) -> Int<'_> {
        self.0.int()
    }
}

impl<'h> Obj<'h> {
    /// The greatest int that fits a word, so that it takes no memory.
    pub const SMALL_INT_MAX: SWord = raw::INT_MAX;

    /// The items, if this is a list or a tuple.
    pub fn items(self) -> Option<Items<'h>> {
        sequence::slots_of(self.value()).map(Items)
    }
    /// The items, if this is a tuple.
    pub fn tuple_items(self) -> Option<Items<'h>> {
        if self.is_kind(Kind::Tuple) { self.items() } else { None }
    }
    /// The list, if this is one.
    pub fn as_list(self) -> Option<List<'h>> {
        self.cast::<ListObj>().map(List)
    }
    /// The int, if this is an int of any size or a bool.
    pub fn as_int(self) -> Option<IntObject<'h>> {
        int_ref(self.value()).map(IntObject)
    }
    /// The same as an int proper, if this is an int or a bool.
    pub fn proper_int(self) -> Option<Self> {
        self.as_int().map(|_| crate::types::int::proper(self))
    }
    /// The int, if this is one of at most 64 bits or a bool.
    pub fn as_i64(self) -> Option<i64> {
        bigint::to_i64(self.as_int()?.int())
    }
}

/// A tuple whose items are being added.
pub struct NewTuple<'h> {
    tuple: Gc<'h, TupleObj>,
    len: usize,
}

impl<'h> NewTuple<'h> {
    /// Adds an item; what is too many is left out.
    pub fn push(&mut self, item: Obj<'h>) {
        if let Some(slot) = self.tuple.items().get(self.len) {
            slot.set(item.value());
            self.len += 1;
        }
    }
    /// The tuple. Items that were not added are `None`.
    pub fn finish(mut self) -> Obj<'h> {
        while self.len < self.tuple.items().len() {
            self.push(Obj::NONE);
        }
        self.tuple.obj()
    }
}

impl<'h> Leaf<'h> {
    /// Makes an int.
    ///
    /// # Errors
    /// Room is asked for, as in all functions here.
    pub fn int(self, i: i64) -> Answer<'h> {
        self.wide(i as Wide)
    }
    /// The int that argument `i` is, if it fits 64 bits.
    ///
    /// # Errors
    /// Asks for an int in its place; `OverflowError` for one of more bits.
    pub fn i64(self, object: Obj<'h>, i: usize) -> Result<i64, Leave> {
        match object.as_int() {
            Some(int) => bigint::to_i64(int.int()).ok_or_else(|| self.word_overflow()),
            None => Err(self.index(i)),
        }
    }
    /// Makes a `str`.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn str(self, text: &str) -> Answer<'h> {
        self.make_text(Kind::Str, text.len(), |out| out.copy_from_slice(text.as_bytes()))
    }
    /// Makes a `str` of `len` bytes, which `fill` writes.
    ///
    /// # Errors
    /// Room is asked for; `UnicodeError` for what is not UTF-8, in which surrogates may stand.
    pub fn str_of(self, len: usize, fill: impl FnOnce(&mut [u8])) -> Answer<'h> {
        self.make_text(Kind::Str, len, fill)
    }
    /// Makes a `bytes` of `len` bytes, which `fill` writes.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn bytes(self, len: usize, fill: impl FnOnce(&mut [u8])) -> Answer<'h> {
        self.make_text(Kind::Bytes, len, fill)
    }
    /// Makes a `bytearray` of so many zero bytes.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn bytearray(self, len: usize) -> Answer<'h> {
        Ok(self.new_array(Kind::ByteArray, 0, len)?.obj())
    }
    /// Makes a `memoryview` of `len` bytes of an object from `offset` on, which shows them as a buffer.
    ///
    /// # Errors
    /// Room is asked for; `TypeError` if the object has no buffer.
    pub fn memoryview(self, object: Obj<'h>, offset: usize, len: usize) -> Answer<'h> {
        let all = self.readable(object)?.len();
        let offset = offset.min(all);
        self.view(object, b'B'.into(), offset, len.min(all - offset))
    }
    /// Makes a tuple.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn tuple(self, items: &[Obj<'h>]) -> Answer<'h> {
        let tuple = self.new_tuple(items.len())?;
        for (slot, item) in tuple.items().iter().zip(items) {
            slot.set(item.value());
        }
        Ok(tuple.obj())
    }
    /// Begins a tuple of `n` items, to which they are added one by one.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn begin_tuple(self, n: usize) -> Result<NewTuple<'h>, Leave> {
        Ok(NewTuple { tuple: self.new_tuple(n)?, len: 0 })
    }
    /// Makes a list.
    ///
    /// # Errors
    /// Room is asked for.
    pub fn list(self, items: &[Obj<'h>]) -> Answer<'h> {
        let list = self.new_list(items.len())?;
        for (slot, item) in list.items().iter().zip(items) {
            slot.set(item.value());
        }
        Ok(list.obj())
    }
    /// The text, if an object is a `str` without surrogates: of one with some there is no `&str`, but
    /// [`Leaf::as_text`] has its bytes.
    pub fn as_str(self, object: Obj<'h>) -> Option<&'h str> {
        self.vm().utf8_of(object.value())
    }
    /// Whether an object is a `str`.
    pub fn is_str(self, object: Obj<'h>) -> bool {
        self.vm().str_of(object.value()).is_some()
    }
    /// The text as bytes, if an object is a `str` or `bytes`.
    pub fn as_text(self, object: Obj<'h>) -> Option<&'h [u8]> {
        self.vm().bytes_of(object.value())
    }
    /// The bytes that an object shows as a buffer.
    pub fn buffer(self, object: Obj<'h>) -> Option<Buffer<'h>> {
        self.vm().buffer(object.value())
    }
    /// The bytes of an object that may be read as a buffer.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn readable(self, object: Obj<'h>) -> Result<Bytes<'h>, Leave> {
        self.readable_buffer(object).map(|buffer| buffer.bytes)
    }
    /// The same with what the buffer's items are.
    pub(crate) fn readable_buffer(self, object: Obj<'h>) -> Result<Buffer<'h>, Leave> {
        self.buffer(object).ok_or_else(|| self.no_buffer())
    }
    /// The bytes of an object that may be written as a buffer.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn writable(self, object: Obj<'h>) -> Result<&'h [Cell<u8>], Leave> {
        self.vm().writable_buffer(object.value()).ok_or_else(|| self.no_buffer())
    }
    #[cold]
    pub(crate) fn no_buffer(self) -> Leave {
        self.raise(&TYPE_ERROR, "object with buffer protocol required")
    }
    /// Charges for work on so many bytes.
    pub fn charge_bytes(self, n: usize) {
        self.vm().charge_bytes_later(n);
    }
    /// The value of an interned string in a dict, such as the name of an attribute.
    pub fn dict_item(self, dict: Obj<'h>, name: Obj<'h>) -> Option<Obj<'h>> {
        name.value().as_qstr()?;
        self.vm().dict_get_name(dict.value(), name.value()).and_then(Obj::of_value)
    }
    /// The value of a name in a dict.
    pub fn dict_get(self, dict: Obj<'h>, name: Name) -> Option<Obj<'h>> {
        let name = self.vm().known_name(name)?;
        self.vm().dict_get_name(dict.value(), Value::qstr(name)).and_then(Obj::of_value)
    }
}
