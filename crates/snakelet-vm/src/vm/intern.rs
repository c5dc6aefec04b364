//! The pool of interned strings: the static table, and what scripts add, kept in the heap.
//!
//! A dynamic string's number is an index into a table of `Str` objects that does not keep them
//! alive: the collector marks the `Str` of each interned string it meets, and clears the entries
//! of those that it met nowhere. Their numbers are used again.

use snakelet_qstr::{self as names, Qstr};

use crate::exception::classes::RUNTIME_ERROR;
use crate::object::value::{Value, Word, raw};
use crate::object::{Kind, Storage, StrObj};
use crate::vm::Vm;
use crate::vm::weak::{HASH_BITS, Weak};
use crate::{Local, Raised};

/// The hash of a string's bytes: 20 bits, never 0, alike for interned and other strings.
pub(crate) const fn hash_str(bytes: &[u8]) -> u32 {
    fold(names::hash_bytes(bytes))
}

const fn fold(hash: u32) -> u32 {
    let h = hash & ((1 << HASH_BITS) - 1);
    if h == 0 { 1 } else { h }
}

impl Vm {
    /// The hash of an interned string.
    pub(crate) fn qstr_hash(&self, q: Qstr) -> u32 {
        if let Some(hash) = names::static_hash(q) {
            return fold(hash);
        }
        self.dynamic_entry(q).map_or(1, |s| s.hash())
    }

    pub(crate) fn dynamic_entry(&self, q: Qstr) -> Option<&StrObj> {
        let i = (q.id() as usize).checked_sub(names::static_count() as usize)?;
        self.root(Weak::Names.table()).cast::<Storage>()?.slots().get(i)?.get().cast::<StrObj>()
    }

    /// Finds the number of a string that is interned already.
    pub fn find_qstr(&self, bytes: &[u8]) -> Option<Qstr> {
        self.charge_bytes_later(2 * bytes.len().min(names::LONGEST_HASHED));
        self.find_hashed(bytes, names::hash_bytes(bytes))
    }

    fn find_hashed(&self, bytes: &[u8], hash: u32) -> Option<Qstr> {
        names::lookup(bytes, hash).or_else(|| self.find_dynamic(bytes, fold(hash)))
    }

    fn find_dynamic(&self, bytes: &[u8], hash: u32) -> Option<Qstr> {
        let place = self.find_weak(Weak::Names, hash, |slot| {
            slot.get().cast::<StrObj>().is_some_and(|s| s.hash() == hash && s.bytes() == bytes)
        })?;
        Some(Qstr::from_id(names::static_count() + place as u32))
    }

    /// Interns a string that does not lie in the heap.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn intern(&mut self, bytes: &[u8]) -> Result<Qstr, Raised> {
        self.intern_text(bytes, None)
    }

    /// Interns a string that does not lie in the heap, and may also be given as one that stays where
    /// and as it is for good.
    pub(crate) fn intern_text(
        &mut self,
        bytes: &[u8],
        in_place: Option<&'static [u8]>,
    ) -> Result<Qstr, Raised> {
        let hash = names::hash_bytes(bytes);
        if let Some(q) = self.find_hashed(bytes, hash) {
            return Ok(q);
        }
        let scope = self.scope();
        let text = self.new_constant(Kind::Str, bytes, in_place)?;
        if let Some(s) = self.get(text).cast::<StrObj>() {
            s.set_hash(fold(hash));
        }
        let q = self.add_dynamic(text)?;
        self.end_scope(scope);
        Ok(q)
    }

    /// Interns the string in `text`, which is interned already or a `str` object.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if it is no string; `RuntimeError` if it is longer than names may be.
    pub fn intern_local(&mut self, text: Local) -> Result<Qstr, Raised> {
        let value = self.get(text);
        if let Some(q) = value.as_qstr() {
            return Ok(q);
        }
        match self.str_of(value) {
            Some(s) => match self.find_qstr(s) {
                Some(q) => Ok(q),
                None if s.len() > names::LONGEST_NAME => Err(self.name_too_long()),
                None => self.add_dynamic(text),
            },
            None => Err(self.type_error("can't convert to str")),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn name_too_long(&mut self) -> Raised {
        self.raise_text(&RUNTIME_ERROR, "name too long")
    }

    fn add_dynamic(&mut self, text: Local) -> Result<Qstr, Raised> {
        self.hash_of_str_object(text);
        let place = self.add_weak(Weak::Names, text)?;
        Ok(Qstr::from_id(names::static_count() + place as u32))
    }

    fn hash_of_str_object(&self, text: Local) {
        if let Some(s) = self.get(text).cast::<StrObj>()
            && s.hash() == 0
        {
            s.set_hash(hash_str(s.bytes()));
        }
    }

    /// Number of dynamic strings and their bytes, for `micropython.qstr_info`.
    pub(crate) fn qstr_usage(&self) -> (usize, usize) {
        let mut count = 0;
        let mut bytes = 0;
        if let Some(table) = self.root(Weak::Names.table()).cast::<Storage>() {
            for slot in table.slots() {
                if let Some(s) = slot.get().cast::<StrObj>() {
                    count += 1;
                    bytes += s.bytes().len();
                }
            }
        }
        (count, bytes)
    }
}

/// The word of the `Str` object that an interned string's word keeps alive, or null.
#[inline]
pub(crate) fn object_of(word: Word, table: Word) -> Word {
    let Some(i) = (raw::to_qstr(word).id() as usize).checked_sub(names::static_count() as usize)
    else {
        return raw::NULL;
    };
    entry(table, i)
}

#[expect(unsafe_code, reason = "takes the roots as the collector has them")]
fn entry(table: Word, i: usize) -> Word {
    // SAFETY: the table is a root of the interpreter, so it is live; only its slots are read.
    let table = unsafe { Value::from_word(table) };
    table.cast::<Storage>().and_then(|t| t.slots().get(i)).map_or(raw::NULL, |slot| slot.word())
}
