//! What tells objects apart although their addresses change: a number for each that was asked for one.
//!
//! The number is the object's place in a table that does not keep it alive ([`Weak::Numbered`]). So `hash()` and
//! `id()` cost a word and a few bytes for as long as the object lives, and nothing stands in the way of compaction.

use snakelet_gc::BLOCK;

use crate::Raised;
use crate::object::value::{SWord, Word, raw};
use crate::protocol::hash::fold;
use crate::vm::Vm;
use crate::vm::stack::Local;
use crate::vm::weak::Weak;

/// Tells numbers from the addresses of objects in flash, and from the words of other values.
const IN_HEAP: usize = BLOCK / 2;

/// What an object is found by.
pub(crate) fn address_hash(word: Word) -> u32 {
    fold((word / BLOCK) as SWord)
}

impl Vm {
    /// The hash of an object by identity.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn identity_hash(&mut self, object: Local) -> Result<SWord, Raised> {
        Ok((self.identity(object)? / BLOCK) as SWord)
    }

    /// What `id()` gives: no other object has it as long as this one lives.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn identity(&mut self, object: Local) -> Result<usize, Raised> {
        let word = self.get(object).word();
        if !raw::is_ref(word) || !self.heap.contains(word) {
            return Ok(word);
        }
        let found = self.find_weak(Weak::Numbered, address_hash(word), |slot| slot.word() == word);
        let place = match found {
            Some(place) => place,
            None => self.add_weak(Weak::Numbered, object)?,
        };
        // hashes begin with 1: some programs take 0 for none
        Ok((place + 1) * BLOCK + IN_HEAP)
    }
}
