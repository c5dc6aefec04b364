//! Making text and bytes, and reading them.

#![allow(unsafe_code)] // fills fresh objects

use core::cell::Cell;

use snakelet_num::bigint::Limb;
use snakelet_num::utf8;
use snakelet_qstr::{LONGEST_HASHED, Qstr};

use crate::object::value::{Value, Word};
use crate::object::*;
use crate::protocol::buffer::{PAUSE, PIECE};
use crate::vm::intern::hash_str;
use crate::vm::{NewObject, Vm};
use crate::{Raised, Res};

/// Why no text may be made of some bytes.
pub(crate) enum Flaw {
    /// They are not UTF-8.
    Unicode,
    /// The script is to end: perhaps not all of them are there, or were looked at.
    Ending,
}

impl Vm {
    /// Makes a string that is not interned, of UTF-8 text that does not lie in the heap.
    pub fn new_str(&mut self, text: &[u8]) -> Res {
        self.new_copy(Kind::Str, text)
    }

    /// Makes bytes.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Res {
        self.new_copy(Kind::Bytes, bytes)
    }

    fn new_copy(&mut self, kind: Kind, bytes: &[u8]) -> Res {
        self.new_text_object(kind, bytes.len(), |vm, out| {
            // a text that is not complete is dropped
            let _ = vm.copy_bytes(bytes.into(), Cell::from_mut(out).as_slice_of_cells());
        })
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
        let bytes = new.bytes_mut(words_of::<StrObj>(0), len);
        let ascii = match self.check_text(kind, bytes) {
            Ok(ascii) => ascii,
            Err(flaw) => {
                // never shown
                self.set(new.local, Value::NONE);
                self.heap.get_mut().release(new.at);
                return Err(self.flawed_text(flaw));
            }
        };
        new.set_head(StrObj::head(kind, ascii, len, false));
        Ok(new.local)
    }

    /// Whether the bytes of a new text are noted to be ASCII; long ones are looked through with polls, and are no
    /// text if the script is to end: what was to write them may have left off.
    #[inline]
    pub(crate) fn check_text(&self, kind: Kind, bytes: &[u8]) -> Result<bool, Flaw> {
        if bytes.len() < PAUSE {
            // `fill` broke its contract, or the bytes come from a script
            return ascii_flag(kind, bytes).ok_or(Flaw::Unicode);
        }
        self.check_long_text(kind, bytes)
    }

    #[cold]
    #[inline(never)]
    fn check_long_text(&self, kind: Kind, bytes: &[u8]) -> Result<bool, Flaw> {
        let (mut rest, mut ascii) = (bytes, true);
        loop {
            if self.is_ending() {
                return Err(Flaw::Ending);
            }
            if kind != Kind::Str || rest.is_empty() {
                return Ok(ascii && kind == Kind::Str);
            }
            let piece = rest.get(..PIECE).unwrap_or(rest);
            let mut read = piece.len();
            if !piece.is_ascii() {
                ascii = false;
                if let Some((valid, wrong)) = utf8::flaw(piece) {
                    // a character may go on in the next piece
                    read = valid;
                    if wrong.is_some() || read == 0 || piece.len() < PIECE {
                        return Err(Flaw::Unicode);
                    }
                }
            }
            // ASCII is recognised by words
            self.charge_bytes_later(if piece.is_ascii() { read / 8 } else { read });
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    /// Raises for bytes that no text may be made of.
    #[cold]
    #[inline(never)]
    fn flawed_text(&mut self, flaw: Flaw) -> Raised {
        match flaw {
            Flaw::Unicode => self.unicode_error(),
            Flaw::Ending => self.ending(),
        }
    }

    /// Computes the hash of a string object or interned string; `None` for other values.
    pub(crate) fn hash_of_str(&self, value: Value<'_>) -> Option<u32> {
        if let Some(q) = value.as_qstr() {
            return Some(self.qstr_hash(q));
        }
        let s = value.cast::<StrObj>()?;
        Some(if s.hash() == 0 { self.set_text_hash(s) } else { s.hash() })
    }

    #[inline(never)]
    fn set_text_hash(&self, text: &StrObj) -> u32 {
        self.charge_bytes_later(2 * text.bytes().len().min(LONGEST_HASHED));
        text.set_hash(hash_str(text.bytes()));
        text.hash()
    }

    /// The text of a `str`, interned or not; `None` for other values. It is UTF-8 in which surrogates may stand.
    pub fn str_of<'h>(&'h self, value: Value<'h>) -> Option<&'h [u8]> {
        if let Some(q) = value.as_qstr() {
            return Some(self.qstr_bytes(q));
        }
        match value.cast::<StrObj>() {
            Some(s) if s.is_str() => Some(s.bytes()),
            _ => None,
        }
    }

    /// The text of a `str` without surrogates; `None` for one that has some, and for other values.
    pub fn utf8_of<'h>(&'h self, value: Value<'h>) -> Option<&'h str> {
        core::str::from_utf8(self.str_of(value)?).ok()
    }

    /// The text of an interned string; empty for one with surrogates.
    pub fn qstr_text(&self, q: Qstr) -> &str {
        core::str::from_utf8(self.qstr_bytes(q)).unwrap_or_default()
    }

    /// The text of an interned string, in which surrogates may stand.
    #[inline(always)]
    pub fn qstr_bytes(&self, q: Qstr) -> &[u8] {
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

impl NewObject {
    fn set_head<const N: usize>(&self, words: [Word; N]) {
        for (i, word) in words.iter().enumerate() {
            self.set_word(i, *word);
        }
    }
}

/// Whether the bytes of a text are noted to be ASCII; `None` if a `str` must not be made of them.
pub(crate) fn ascii_flag(kind: Kind, bytes: &[u8]) -> Option<bool> {
    if kind != Kind::Str {
        return Some(false);
    }
    let ascii = bytes.is_ascii();
    (ascii || utf8::flaw(bytes).is_none()).then_some(ascii)
}
