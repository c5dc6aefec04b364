//! The pool of interned strings: the static table, and what scripts add, kept in the heap.
//!
//! A dynamic string's number is an index into a table of `Str` objects that does not keep them
//! alive: the collector marks the `Str` of each interned string it meets, and clears the entries
//! of those that it met nowhere. Their numbers are used again.

use core::cell::Cell;

use snakelet_qstr::{self as names, Qstr};

use crate::exception::classes::RUNTIME_ERROR;
use crate::object::value::{Value, Word, raw};
use crate::object::{Kind, RawBuf, Storage, StrObj};
use crate::vm::{RootSlot, Vm};
use crate::{Local, Raised};

/// The hash of a string's bytes: 20 bits, never 0, alike for interned and other strings.
pub(crate) const fn hash_str(bytes: &[u8]) -> u32 {
    fold(names::hash_bytes(bytes))
}

/// Bits of a string's hash, as objects keep it.
const HASH_BITS: u32 = 20;

const fn fold(hash: u32) -> u32 {
    let h = hash & ((1 << HASH_BITS) - 1);
    if h == 0 { 1 } else { h }
}

/// Places that a search looks at without charging: more are rare but for texts that were chosen to
/// collide.
const FREE_LOOKS: usize = 16;

/// Places in the index for `capacity` strings: three in eight stay free.
const fn index_len(capacity: usize) -> usize {
    capacity + capacity / 5 * 3 + 4
}

/// Where a string with this hash is looked for first in an index of `len` places.
#[inline]
const fn first_place(hash: u32, len: usize) -> usize {
    ((hash as u64 * len as u64) >> HASH_BITS) as usize
}

/// Bytes of a place in the index for `capacity` strings: it holds a string's number plus one.
const fn index_width(capacity: usize) -> usize {
    if capacity < u16::MAX as usize { 2 } else { 4 }
}

/// Counts of the dynamic pool.
#[derive(Default)]
pub(crate) struct Pool {
    /// Entries ever used; those above are free.
    pub(crate) used: usize,
    /// Entries given back below `used`.
    pub(crate) free: usize,
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
        self.root(RootSlot::QstrTable).cast::<Storage>()?.slots().get(i)?.get().cast::<StrObj>()
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
        let table = self.root(RootSlot::QstrTable).cast::<Storage>()?.slots();
        let index = self.root(RootSlot::QstrIndex).cast::<RawBuf>()?.cells();
        let width = index_width(table.len());
        let len = index.len() / width;
        let mut at = first_place(hash, len);
        for looked in 0..len {
            if looked > FREE_LOOKS {
                self.charge_later(1);
            }
            let n = read(index, at, width).checked_sub(1)?;
            if let Some(s) = table.get(n).and_then(|slot| slot.get().cast::<StrObj>())
                && s.hash() == hash
                && s.bytes() == bytes
            {
                return Some(Qstr::from_id(names::static_count() + n as u32));
            }
            at = if at + 1 < len { at + 1 } else { 0 };
        }
        None
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
            Some(s) => match self.find_qstr(s.as_bytes()) {
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
        let capacity =
            self.root(RootSlot::QstrTable).cast::<Storage>().map_or(0, |t| t.slots().len());
        self.charge_later(2);
        let free = self.rt.pool.free;
        let mut place = self.rt.pool.used;
        if free > 0 || place < capacity {
            if free > 0 {
                place = self.free_entry().unwrap_or(place);
            }
        } else {
            self.grow_pool(capacity)?;
            // the collection that growing may have caused can have freed entries; that is no
            // harm, the new ones are used first
        }
        self.set_entry(place, text);
        Ok(Qstr::from_id(names::static_count() + place as u32))
    }

    fn free_entry(&mut self) -> Option<usize> {
        let table = self.root(RootSlot::QstrTable).cast::<Storage>()?;
        let place = table.slots().iter().take(self.rt.pool.used).position(|s| s.get().is_null())?;
        self.charge_later(place / 16);
        self.rt.pool.free -= 1;
        Some(place)
    }

    fn set_entry(&mut self, place: usize, text: Local) {
        self.hash_of_str_object(text);
        if let Some(table) = self.root(RootSlot::QstrTable).cast::<Storage>()
            && let Some(slot) = table.slots().get(place)
        {
            slot.set(self.get(text));
            self.insert_index(place);
        }
        self.rt.pool.used = self.rt.pool.used.max(place + 1);
    }

    fn hash_of_str_object(&self, text: Local) {
        if let Some(s) = self.get(text).cast::<StrObj>()
            && s.hash() == 0
        {
            s.set_hash(hash_str(s.bytes()));
        }
    }

    fn insert_index(&self, place: usize) {
        let table = self.root(RootSlot::QstrTable).cast::<Storage>();
        let index = self.root(RootSlot::QstrIndex).cast::<RawBuf>();
        if let (Some(table), Some(index)) = (table, index) {
            insert(table, index, place);
        }
    }

    fn grow_pool(&mut self, capacity: usize) -> Result<(), Raised> {
        let wanted = capacity + capacity / 4 + 4;
        let scope = self.scope();
        let table = self.new_weak_storage(wanted)?;
        let index = self.new_raw_buf(index_len(wanted) * index_width(wanted))?;
        if let (Some(old), Some(new)) =
            (self.root(RootSlot::QstrTable).cast::<Storage>(), self.get(table).cast::<Storage>())
        {
            for (from, to) in old.slots().iter().zip(new.slots()) {
                to.set(from.get());
            }
        }
        self.set_root(RootSlot::QstrTable, table);
        self.set_root(RootSlot::QstrIndex, index);
        self.end_scope(scope);
        for place in 0..capacity {
            if place % ENTERED == 0 {
                self.charge_later(2 * ENTERED);
            }
            self.insert_index(place);
        }
        Ok(())
    }

    /// Number of dynamic strings and their bytes, for `micropython.qstr_info`.
    pub(crate) fn qstr_usage(&self) -> (usize, usize) {
        let mut count = 0;
        let mut bytes = 0;
        if let Some(table) = self.root(RootSlot::QstrTable).cast::<Storage>() {
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

/// Strings that are entered into an index between two polls.
const ENTERED: usize = 1024;

/// What is left of the work to enter all strings of a table into its index.
struct Entering<'t> {
    table: &'t Storage,
    index: &'t RawBuf,
    place: usize,
}

impl Entering<'_> {
    /// Enters strings up to number `end`.
    fn go_on(&mut self, end: usize) {
        while self.place < end.min(self.table.slots().len()) {
            insert(self.table, self.index, self.place);
            self.place += 1;
        }
    }
}

/// A poll that panics leaves an index as it is to be.
impl Drop for Entering<'_> {
    fn drop(&mut self) {
        self.go_on(usize::MAX);
    }
}

/// Enters all strings of a table into its index, which is emptied first; `poll` is called in between.
#[expect(unsafe_code, reason = "takes the roots as the collector has them")]
pub(crate) fn rebuild_index(table: Word, index: Word, poll: &mut dyn FnMut()) {
    // SAFETY: both are roots of the interpreter, so they are live.
    let (table, index) = unsafe { (Value::from_word(table), Value::from_word(index)) };
    let (Some(table), Some(index)) = (table.cast::<Storage>(), index.cast::<RawBuf>()) else {
        return;
    };
    for cell in index.cells() {
        cell.set(0);
    }
    let mut entering = Entering { table, index, place: 0 };
    while entering.place < table.slots().len() {
        entering.go_on(entering.place + ENTERED);
        poll();
    }
}

/// Enters string number `place` into the index.
fn insert(table: &Storage, index: &RawBuf, place: usize) {
    let Some(s) = table.slots().get(place).and_then(|s| s.get().cast::<StrObj>()) else { return };
    let cells = index.cells();
    let width = index_width(table.slots().len());
    let len = cells.len() / width;
    let mut at = first_place(s.hash(), len);
    while read(cells, at, width) != 0 {
        at = if at + 1 < len { at + 1 } else { 0 };
    }
    write(cells, at, width, place + 1);
}

#[expect(unsafe_code, reason = "takes the roots as the collector has them")]
fn entry(table: Word, i: usize) -> Word {
    // SAFETY: the table is a root of the interpreter, so it is live; only its slots are read.
    let table = unsafe { Value::from_word(table) };
    table.cast::<Storage>().and_then(|t| t.slots().get(i)).map_or(raw::NULL, |slot| slot.word())
}

#[inline]
fn read(cells: &[Cell<u8>], at: usize, width: usize) -> usize {
    if width == 2 {
        return match cells.get(at * 2..at * 2 + 2) {
            Some([a, b]) => usize::from(u16::from_ne_bytes([a.get(), b.get()])),
            _ => 0,
        };
    }
    match cells.get(at * 4..at * 4 + 4) {
        Some([a, b, c, d]) => u32::from_ne_bytes([a.get(), b.get(), c.get(), d.get()]) as usize,
        _ => 0,
    }
}

fn write(cells: &[Cell<u8>], at: usize, width: usize, n: usize) {
    let (short, long) = ((n as u16).to_ne_bytes(), (n as u32).to_ne_bytes());
    let bytes = if width == 2 { &short[..] } else { &long[..] };
    if let Some(part) = cells.get(at * width..(at + 1) * width) {
        for (cell, byte) in part.iter().zip(bytes) {
            cell.set(*byte);
        }
    }
}
