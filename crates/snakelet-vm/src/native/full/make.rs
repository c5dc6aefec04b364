//! The values that a full native makes.

use crate::native::Name;
use crate::native::full::{Full, Given, Held};
use crate::object::value::SWord;

impl<'s> Full<'s> {
    /// Makes an int.
    ///
    /// # Errors
    /// `MemoryError`, as for all functions here.
    pub fn int(&mut self, i: i64) -> Given<'s> {
        self.0.new_int_64(i).map(Held::of)
    }
    /// Makes an int.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn uint(&mut self, i: u64) -> Given<'s> {
        self.0.new_uint_64(i).map(Held::of)
    }
    /// Makes an int of a size or a place in memory.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn count(&mut self, n: usize) -> Given<'s> {
        self.0.new_int(SWord::try_from(n).unwrap_or(SWord::MAX)).map(Held::of)
    }
    /// Makes a float.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn float(&mut self, f: f64) -> Given<'s> {
        self.0.new_float(f).map(Held::of)
    }
    /// Makes a `str`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn str(&mut self, text: &str) -> Given<'s> {
        self.0.new_str(text.as_bytes()).map(Held::of)
    }
    /// Makes a `bytes`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn bytes(&mut self, bytes: &[u8]) -> Given<'s> {
        self.0.new_bytes(bytes).map(Held::of)
    }
    /// Makes a tuple.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn tuple(&mut self, items: &[Held<'s>]) -> Given<'s> {
        self.0.new_tuple_of(Held::locals(items)).map(Held::of)
    }
    /// Makes a tuple whose items can also be read as attributes of these names, one for each.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn named_tuple(&mut self, names: &[Name], items: &[Held<'s>]) -> Given<'s> {
        self.0.new_named_tuple(names, Held::locals(items)).map(Held::of)
    }
    /// Makes a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list(&mut self, items: &[Held<'s>]) -> Given<'s> {
        let list = self.0.new_list_empty()?;
        for item in items {
            self.0.list_append(list, item.0)?;
        }
        Ok(Held::of(list))
    }
    /// Makes a dict with room for so many entries.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn dict(&mut self, capacity: usize) -> Given<'s> {
        self.0.new_dict(capacity).map(Held::of)
    }
    /// `list(iterable)`.
    ///
    /// # Errors
    /// What iterating raises.
    pub fn list_from(&mut self, iterable: Held<'s>) -> Given<'s> {
        self.0.list_from(iterable.0).map(Held::of)
    }
    /// `tuple(iterable)`.
    ///
    /// # Errors
    /// What iterating raises.
    pub fn tuple_from(&mut self, iterable: Held<'s>) -> Given<'s> {
        self.0.tuple_from(iterable.0).map(Held::of)
    }
    /// A list or tuple with the items of an iterable: the iterable itself if it is one.
    ///
    /// # Errors
    /// What iterating raises.
    pub fn sequence_from(&mut self, iterable: Held<'s>) -> Given<'s> {
        self.0.sequence_from(iterable.0).map(Held::of)
    }
}
