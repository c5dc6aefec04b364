//! The hash table of dicts and sets: entries in the order of insertion, and an index into them.
//!
//! ```text
//!  HashObj: header(capacity)  table  version
//!              Table: header(used)  index  live  | key value | key value | null null | ..
//!                         RawBuf: an open-addressing index of entry numbers and hash bits
//! ```
//!
//! A removed entry has a null key until the table is rebuilt. A table of at most [`LINEAR`]
//! entries whose keys all have simple hashes has no index and is searched through. An index
//! element is 0 when free, else the entry's number plus one in its low bits and the hash in the
//! others: 16 bits (8 of the hash), 32 bits (all 20), or 64 bits, by capacity.
//!
//! A lookup may run Python code (`__hash__`, `__eq__`), which may change the table; the version
//! tells, and the lookup starts anew.

use core::cell::Cell;

use crate::hash::fold;
use crate::object::header::AUX_SHIFT;
use crate::object::{HashObj, Kind, RawBuf, Slot, Table, count_word, words_of};
use crate::stack::Local;
use crate::value::Value;
use crate::{Raised, Res, Vm};

/// Most entries of a table without index.
pub(crate) const LINEAR: usize = 8;
/// Most entries that 16-bit index elements can number.
const NARROW: usize = 250;
/// Most entries that 32-bit index elements can number.
const MIDDLE: usize = 4000;

/// Bits of the aux field of a dict or set below its capacity.
const FLAGS: u32 = 4;

/// Words of an entry.
#[inline(always)]
const fn stride(kind: Kind) -> usize {
    match kind {
        Kind::Set | Kind::FrozenSet => 1,
        _ => 2,
    }
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Width {
    Narrow,
    Middle,
    Wide,
}

impl Width {
    const fn of(capacity: usize, keep_hashes: bool) -> Self {
        if capacity <= NARROW && !keep_hashes {
            Width::Narrow
        } else if capacity <= MIDDLE {
            Width::Middle
        } else {
            Width::Wide
        }
    }
    const fn bytes(self) -> usize {
        match self {
            Width::Narrow => 2,
            Width::Middle => 4,
            Width::Wide => 8,
        }
    }
    const fn places(capacity: usize) -> usize {
        (capacity + capacity / 2).next_power_of_two()
    }
}

/// An index of a table.
#[derive(Copy, Clone)]
struct Index<'h> {
    cells: &'h [Cell<u8>],
    width: Width,
}

impl<'h> Index<'h> {
    fn of(table: &'h Table, capacity: usize, keep_hashes: bool) -> Option<Self> {
        let buf = table.index.get().cast::<RawBuf>()?;
        Some(Self { cells: buf.cells(), width: Width::of(capacity, keep_hashes) })
    }
    fn mask(self) -> usize {
        self.cells.len() / self.width.bytes() - 1
    }
    /// Entry number and hash bits at a place; `None` when free.
    #[inline]
    fn read(self, place: usize) -> Option<(usize, u32)> {
        match self.width {
            Width::Narrow => match self.cells.get(place * 2..place * 2 + 2) {
                Some([n, h]) if n.get() != 0 => Some((n.get() as usize - 1, u32::from(h.get()))),
                _ => None,
            },
            Width::Middle => match self.cells.get(place * 4..place * 4 + 4) {
                Some([a, b, c, d]) => {
                    let e = u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()]);
                    if e & 0xfff == 0 { None } else { Some(((e & 0xfff) as usize - 1, e >> 12)) }
                }
                _ => None,
            },
            Width::Wide => match self.cells.get(place * 8..place * 8 + 8) {
                Some([a, b, c, d, e, f, g, _]) => {
                    let n = u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()]);
                    let h = u32::from_le_bytes([e.get(), f.get(), g.get(), 0]);
                    if n == 0 { None } else { Some((n as usize - 1, h)) }
                }
                _ => None,
            },
        }
    }
    fn write(self, place: usize, entry: usize, hash: u32) {
        let n = entry as u32 + 1;
        let bytes = match self.width {
            Width::Narrow => u64::from(n) | u64::from(hash & 0xff) << 8,
            Width::Middle => u64::from(n) | u64::from(hash) << 12,
            Width::Wide => u64::from(n) | u64::from(hash) << 32,
        }
        .to_le_bytes();
        let size = self.width.bytes();
        if let Some(cells) = self.cells.get(place * size..(place + 1) * size) {
            for (cell, byte) in cells.iter().zip(bytes) {
                cell.set(byte);
            }
        }
    }
    /// Whether the hash bits kept are those of `hash`.
    #[inline]
    fn matches(self, bits: u32, hash: u32) -> bool {
        if self.width == Width::Narrow { bits == hash & 0xff } else { bits == hash }
    }
    fn insert(self, entry: usize, hash: u32) {
        let mask = self.mask();
        let mut place = hash as usize & mask;
        while self.read(place).is_some() {
            place = (place + 1) & mask;
        }
        self.write(place, entry, hash);
    }
}

/// Where a search stands: the next place to look at.
#[derive(Copy, Clone)]
struct Cursor(usize);

enum Probe {
    Found(usize),
    Missing,
    /// Entry number; the keys must be compared by Python's rules.
    Compare(usize, Cursor),
}

impl HashObj {
    pub(crate) fn stride(&self) -> usize {
        stride(self.header.kind())
    }
    /// Aux: capacity shifted left by `FLAGS`; bit 0 is set when hashes cannot be computed anew, bit
    /// 1 when the global-name cache may refer to the table, bit 2 when a key may be a string that
    /// is not interned, bit 3 when scripts may not change it.
    fn capacity(&self) -> usize {
        self.header.aux() >> FLAGS
    }
    /// Whether scripts may not change it.
    pub(crate) fn is_fixed(&self) -> bool {
        self.header.aux() & 8 != 0
    }
    /// Forbids scripts to change it.
    pub(crate) fn set_fixed(&self) {
        self.header.set_aux(self.header.aux() | 8);
    }
    fn has_text_keys(&self) -> bool {
        self.header.aux() & 4 != 0
    }
    fn note_text_key(&self) {
        self.header.set_aux(self.header.aux() | 4);
    }
    fn is_cached(&self) -> bool {
        self.header.aux() & 2 != 0
    }
    /// Lets the cache of global names refer to this dict.
    pub(crate) fn set_cached(&self) {
        self.header.set_aux(self.header.aux() | 2);
    }
    fn keeps_hashes(&self) -> bool {
        self.header.aux() & 1 != 0
    }
    fn set_capacity(&self, capacity: usize, keep_hashes: bool) {
        let kept = self.header.aux() & 14;
        self.header.set_aux(capacity << FLAGS | kept | usize::from(keep_hashes));
    }
    pub(crate) fn table(&self) -> Option<&Table> {
        self.table.get().cast::<Table>()
    }
    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.table().and_then(|t| t.live.get().as_small_int()).unwrap_or(0) as usize
    }
    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Number of entry places used, removed ones included.
    pub(crate) fn used(&self) -> usize {
        self.table().map_or(0, |t| t.header.aux())
    }
    /// The words of entries in use.
    #[inline]
    pub(crate) fn words(&self) -> &[Slot] {
        match self.table() {
            Some(t) => t.words(t.header.aux() * self.stride()),
            None => &[],
        }
    }
    /// Key and value (null for a set) of entry place `n`; `None` beyond the last, a null key for
    /// a removed one.
    #[inline]
    pub(crate) fn entry(&self, n: usize) -> Option<(Value<'_>, Value<'_>)> {
        let words = self.words();
        if self.stride() == 1 {
            words.get(n).map(|k| (k.get(), Value::NULL))
        } else {
            match words.get(2 * n..2 * n + 2) {
                Some([k, v]) => Some((k.get(), v.get())),
                _ => None,
            }
        }
    }
    /// Live entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
        (0..self.used()).filter_map(|n| self.entry(n)).filter(|(k, _)| !k.is_null())
    }
    pub(crate) fn value_slot(&self, n: usize) -> Option<&Slot> {
        if self.stride() == 1 { None } else { self.words().get(2 * n + 1) }
    }
    fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }
    /// Removes every entry.
    pub(crate) fn clear(&self) {
        self.table.set(Value::NULL);
        self.set_capacity(0, false);
        self.changed();
    }
    /// Removes entry place `n`.
    pub(crate) fn remove_entry(&self, n: usize) {
        let stride = self.stride();
        if let Some(t) = self.table()
            && let Some(words) = self.words().get(n * stride..(n + 1) * stride)
        {
            for word in words {
                word.set(Value::NULL);
            }
            let live = self.len().saturating_sub(1);
            t.live.set_immediate(count_word(live));
            // entries at the end can be used again at once when there is no index to them
            if t.index.get().is_null() && n + 1 == t.header.aux() {
                t.header.set_aux(n);
            }
            self.changed();
        }
    }
    /// Entry place of an interned name; needs no Python code, whatever the other keys are, if all
    /// other keys are strings; other keys are passed over.
    #[inline]
    pub(crate) fn find_name(&self, vm: &Vm, name: Value<'_>) -> Option<usize> {
        let t = self.table()?;
        if t.index.get().is_null() {
            let words = t.words(t.header.aux() * self.stride());
            let stride = self.stride();
            let mut at = 0;
            let mut n = 0;
            while let Some(key) = words.get(at) {
                if key.get().is(name) {
                    return Some(n);
                }
                at += stride;
                n += 1;
            }
            if !self.has_text_keys() {
                return None;
            }
            // a string key that is not interned may have the same text
            return self.find_text(vm, name);
        }
        let hash = vm.hash_of_str(name)?;
        match self.probe(vm, name, hash, None) {
            Probe::Found(n) => Some(n),
            _ => None,
        }
    }

    #[inline(never)]
    fn find_text(&self, vm: &Vm, name: Value<'_>) -> Option<usize> {
        (0..self.used()).find(|n| {
            self.entry(*n)
                .is_some_and(|(k, _)| k.is_kind(Kind::Str) && vm.simple_eq(k, name) == Some(true))
        })
    }

    fn probe(&self, vm: &Vm, key: Value<'_>, hash: u32, from: Option<Cursor>) -> Probe {
        let Some(t) = self.table() else { return Probe::Missing };
        match Index::of(t, self.capacity(), self.keeps_hashes()) {
            None => {
                let mut n = from.map_or(0, |c| c.0);
                let words = self.words();
                let stride = self.stride();
                while let Some(k) = words.get(n * stride) {
                    let k = k.get();
                    if !k.is_null() {
                        match vm.simple_eq(k, key) {
                            Some(true) => return Probe::Found(n),
                            Some(false) => {}
                            None => return Probe::Compare(n, Cursor(n + 1)),
                        }
                    }
                    n += 1;
                }
                Probe::Missing
            }
            Some(index) => {
                let mask = index.mask();
                let mut place = from.map_or(hash as usize, |c| c.0) & mask;
                while let Some((n, bits)) = index.read(place) {
                    place = (place + 1) & mask;
                    if index.matches(bits, hash)
                        && let Some((k, _)) = self.entry(n)
                        && !k.is_null()
                    {
                        match vm.simple_eq(k, key) {
                            Some(true) => return Probe::Found(n),
                            Some(false) => {}
                            None => return Probe::Compare(n, Cursor(place)),
                        }
                    }
                }
                Probe::Missing
            }
        }
    }
}

impl Vm {
    /// The dict or set in a local.
    pub(crate) fn hash_obj(&self, table: Local) -> Option<&HashObj> {
        self.get(table).cast::<HashObj>()
    }

    fn new_hash_obj(&mut self, kind: Kind, capacity: usize) -> Res {
        let new = self.allocate(kind, 0, words_of::<HashObj>(0))?.local;
        if capacity > 0 {
            self.resize_table(new, capacity, false)?;
        }
        Ok(new)
    }

    /// Makes a dict with room for `capacity` entries.
    pub fn new_dict(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::Dict, capacity)
    }
    /// Makes an `OrderedDict`.
    pub fn new_ordered_dict(&mut self) -> Res {
        self.new_hash_obj(Kind::OrderedDict, 0)
    }
    /// Makes a set.
    pub fn new_set(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::Set, capacity)
    }
    /// Makes a frozenset, to be filled before anyone sees it.
    pub fn new_frozenset(&mut self, capacity: usize) -> Res {
        self.new_hash_obj(Kind::FrozenSet, capacity)
    }

    /// Finds the entry place of a key in a dict or set.
    ///
    /// # Errors
    /// `TypeError` for an unhashable key; what `__hash__` and `__eq__` raise.
    pub(crate) fn table_find(&mut self, table: Local, key: Local) -> Result<Option<usize>, Raised> {
        let hash = self.key_hash(table, key)?;
        self.table_find_hash(table, key, hash)
    }

    /// The hash of a key. A slice is none for a dict, but MicroPython finds it missing in an empty
    /// dict and lets an `OrderedDict` hold it.
    fn key_hash(&mut self, table: Local, key: Local) -> Result<u32, Raised> {
        if self.get(key).is_kind(Kind::Slice)
            && self.hash_obj(table).is_some_and(|h| h.header.kind() == Kind::OrderedDict)
        {
            return Ok(fold(crate::types::slice::hash(self, key)?));
        }
        self.table_hash(key)
    }

    fn table_find_hash(
        &mut self,
        table: Local,
        key: Local,
        hash: u32,
    ) -> Result<Option<usize>, Raised> {
        let mut from = None;
        loop {
            let Some(h) = self.hash_obj(table) else { return Ok(None) };
            let (n, cursor) = match h.probe(self, self.get(key), hash, from) {
                Probe::Found(n) => return Ok(Some(n)),
                Probe::Missing => return Ok(None),
                Probe::Compare(n, cursor) => (n, cursor),
            };
            let version = h.version.get();
            let scope = self.scope();
            let other = match h.entry(n) {
                Some((k, _)) => self.push(k),
                None => return Ok(None),
            };
            let equal = self.get(other).is(self.get(key)) || self.equal(other, key)?;
            self.end_scope(scope);
            let changed = self.hash_obj(table).is_none_or(|h| h.version.get() != version);
            if changed {
                self.charge(16)?;
                from = None;
            } else if equal {
                return Ok(Some(n));
            } else {
                from = Some(cursor);
            }
        }
    }

    /// Reads a dict: the value of a key, or `None`.
    ///
    /// # Errors
    /// As for `table_find`.
    pub fn dict_get(&mut self, dict: Local, key: Local) -> Result<Option<Local>, Raised> {
        let Some(n) = self.table_find(dict, key)? else { return Ok(None) };
        let value = self.hash_obj(dict).and_then(|h| h.value_slot(n)).map(Slot::get);
        Ok(value.map(|v| self.push(v)))
    }

    /// The slot of a key's value, if the key is there and finding it needs no Python code.
    #[inline]
    pub(crate) fn quick_dict_slot<'h>(
        &'h self,
        dict: Value<'h>,
        key: Value<'_>,
    ) -> Option<&'h Slot> {
        let h = dict.cast::<HashObj>()?;
        let hash = self.simple_hash(key)?;
        match h.probe(self, key, hash, None) {
            Probe::Found(n) => h.value_slot(n),
            _ => None,
        }
    }

    /// Reads a dict by an interned name.
    #[inline]
    pub fn dict_get_name<'h>(&'h self, dict: Value<'h>, name: Value<'_>) -> Option<Value<'h>> {
        let h = dict.cast::<HashObj>()?;
        let n = h.find_name(self, name)?;
        h.value_slot(n).map(Slot::get)
    }

    /// Stores a value in a dict under a key, or adds a key to a set (`value` is not used then).
    /// Returns whether the key is new.
    ///
    /// # Errors
    /// As for `table_find`, and `MemoryError`.
    pub fn table_set(&mut self, table: Local, key: Local, value: Local) -> Result<bool, Raised> {
        let simple = self.simple_hash(self.get(key));
        let hash = match simple {
            Some(h) => h,
            None => self.key_hash(table, key)?,
        };
        if let Some(n) = self.table_find_hash(table, key, hash)? {
            if let Some(slot) = self.hash_obj(table).and_then(|h| h.value_slot(n)) {
                slot.set(self.get(value));
            }
            return Ok(false);
        }
        self.make_room(table, simple.is_none())?;
        let Some(h) = self.hash_obj(table) else { return Ok(false) };
        let Some(t) = h.table() else { return Ok(false) };
        let n = t.header.aux();
        let stride = h.stride();
        t.header.set_aux(n + 1);
        if let Some(words) = h.words().get(n * stride..(n + 1) * stride) {
            for (word, local) in words.iter().zip([key, value]) {
                word.set(self.get(local));
            }
        }
        t.live.set_immediate(count_word(h.len() + 1));
        if self.get(key).is_kind(Kind::Str) {
            h.note_text_key();
        }
        if let Some(index) = Index::of(t, h.capacity(), h.keeps_hashes()) {
            index.insert(n, hash);
        }
        h.changed();
        if h.is_cached() {
            self.rt.caches.forget_globals();
        }
        Ok(true)
    }

    /// Stores a value in a dict under an interned name.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn dict_set_name(
        &mut self,
        dict: Local,
        name: snakelet_qstr::Qstr,
        value: Local,
    ) -> Result<(), Raised> {
        let v = Value::qstr(name);
        if let Some(h) = self.hash_obj(dict)
            && let Some(n) = h.find_name(self, v)
            && let Some(slot) = h.value_slot(n)
        {
            slot.set(self.get(value));
            return Ok(());
        }
        let scope = self.scope();
        let key = self.push(v);
        let done = self.table_set(dict, key, value);
        self.end_scope(scope);
        done.map(|_| ())
    }

    /// Removes a key; returns its value (`Local::NONE` for a set), or `None` if it is absent.
    ///
    /// # Errors
    /// As for `table_find`.
    pub fn table_remove(&mut self, table: Local, key: Local) -> Result<Option<Local>, Raised> {
        let Some(n) = self.table_find(table, key)? else { return Ok(None) };
        let Some(h) = self.hash_obj(table) else { return Ok(None) };
        let value = match h.value_slot(n) {
            Some(slot) => self.push(slot.get()),
            None => Local::NONE,
        };
        h.remove_entry(n);
        if h.is_cached() {
            self.rt.caches.forget_globals();
        }
        Ok(Some(value))
    }

    /// Removes the entry at place `n`.
    pub(crate) fn table_remove_at(&mut self, table: Local, n: usize) {
        let Some(h) = self.hash_obj(table) else { return };
        h.remove_entry(n);
        if h.is_cached() {
            self.rt.caches.forget_globals();
        }
    }

    /// Removes all entries.
    pub(crate) fn table_clear(&mut self, table: Local) {
        let Some(h) = self.hash_obj(table) else { return };
        h.clear();
        if h.is_cached() {
            self.rt.caches.forget_globals();
        }
    }

    /// Gives `table` the entries of `from`, a new table of the same sort that is not used again.
    pub(crate) fn table_take(&mut self, table: Local, from: Local) {
        self.set_root_table(table, from);
        if let Some(h) = self.hash_obj(table) {
            h.changed();
        }
    }

    /// The place of the first or last entry of a dict or set, `None` if it is empty. Removed
    /// entries are cleared out when there are many of them in the way.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn table_end(&mut self, table: Local, last: bool) -> Result<Option<usize>, Raised> {
        for _ in 0..2 {
            let Some(h) = self.hash_obj(table) else { return Ok(None) };
            let (used, live) = (h.used(), h.len());
            let place = |k: usize| if last { used - 1 - k } else { k };
            let is_live = |n: usize| h.entry(n).is_some_and(|(key, _)| !key.is_null());
            let Some(k) = (0..used).find(|k| is_live(place(*k))) else { return Ok(None) };
            if k <= 8 + live {
                return Ok(Some(place(k)));
            }
            let keep = h.keeps_hashes();
            self.rebuild(table, live, keep)?;
        }
        Ok(None)
    }

    /// Copies all entries of a dict or set into a new one of `kind`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn copy_table(&mut self, from: Local, kind: Kind) -> Res {
        let (len, complex, same) = match self.hash_obj(from) {
            Some(h) => (h.len(), h.keeps_hashes(), stride(kind) == h.stride()),
            None => (0, false, false),
        };
        let new = self.new_hash_obj(kind, 0)?;
        if same && len > 0 {
            self.set_root_table(new, from);
            self.rebuild(new, len, complex)?;
        }
        Ok(new)
    }

    /// Lets `new` refer to the table of `from` until it is rebuilt.
    fn set_root_table(&mut self, new: Local, from: Local) {
        if let (Some(n), Some(f)) = (self.hash_obj(new), self.hash_obj(from)) {
            n.table.set(f.table.get());
            n.set_capacity(f.capacity(), f.keeps_hashes());
            if f.has_text_keys() {
                n.note_text_key();
            }
        }
    }

    /// Makes room for one entry more.
    fn make_room(&mut self, table: Local, complex: bool) -> Result<(), Raised> {
        let Some(h) = self.hash_obj(table) else { return Ok(()) };
        let (used, live, capacity) = (h.used(), h.len(), h.capacity());
        let keeps = h.keeps_hashes();
        if used < capacity && (!complex || keeps) {
            return Ok(());
        }
        // the same size does if there is room, or if enough entries were removed
        let wanted = if used < capacity || live < used - used / 4 {
            capacity
        } else {
            match capacity {
                0 => 1,
                1 => 4,
                4 => LINEAR,
                n if n < MIDDLE => n * 2,
                n => n + n / 2,
            }
        };
        self.rebuild(table, wanted.max(live + 1), keeps || complex)
    }

    fn resize_table(&mut self, table: Local, capacity: usize, keep: bool) -> Result<(), Raised> {
        self.rebuild(table, capacity, keep)
    }

    /// Gives a dict or set a new table of `capacity` entries with its live entries in order.
    fn rebuild(&mut self, local: Local, capacity: usize, keep: bool) -> Result<(), Raised> {
        let Some(h) = self.hash_obj(local) else { return Ok(()) };
        let stride = h.stride();
        // what is left of a header, and what can be addressed at all
        let most = (isize::MAX as usize >> (AUX_SHIFT + FLAGS)).min(isize::MAX as usize / 64);
        let Some(words) = capacity.checked_mul(stride).filter(|_| capacity <= most) else {
            return Err(self.memory_error());
        };
        let scope = self.scope();
        let new = self.allocate(Kind::Table, 0, words_of::<Table>(words))?;
        new.set_word(2, count_word(0));
        let table = new.local;
        let indexed = keep || capacity > LINEAR;
        let index = if indexed {
            let width = Width::of(capacity, keep);
            self.new_raw_buf(Width::places(capacity.max(2)) * width.bytes())?
        } else {
            Local::NULL
        };
        if let (Some(h), Some(t)) = (self.hash_obj(local), self.get(table).cast::<Table>()) {
            if indexed {
                t.index.set(self.get(index));
            }
            let mut n = 0;
            t.header.set_aux(capacity);
            let places = t.words(words);
            let old = h.words();
            let mut at = 0;
            // hashes that cannot be computed anew are taken from the old index
            let old_index = match h.table() {
                Some(o) if h.keeps_hashes() => Index::of(o, h.capacity(), true),
                _ => None,
            };
            let new_index = Index::of(t, capacity, keep);
            while let Some(entry) = old.get(at * stride..(at + 1) * stride) {
                let key = entry.first().map_or(Value::NULL, Slot::get);
                if !key.is_null() {
                    if let Some(to) = places.get(n * stride..(n + 1) * stride) {
                        for (to, from) in to.iter().zip(entry) {
                            to.set(from.get());
                        }
                    }
                    if let Some(index) = new_index {
                        let hash = match self.simple_hash(key) {
                            Some(hash) => hash,
                            None => old_index.map_or(1, |i| hash_of_entry(i, at)),
                        };
                        index.insert(n, hash);
                    }
                    n += 1;
                }
                at += 1;
            }
            t.header.set_aux(n);
            t.live.set_immediate(count_word(n));
            h.table.set(self.get(table));
            h.set_capacity(capacity, keep);
            h.changed();
            if h.is_cached() {
                self.rt.caches.forget_globals();
            }
        }
        self.end_scope(scope);
        Ok(())
    }
}

/// The hash kept for an entry; a search through the index, needed only for keys with a `__hash__`
/// of their own.
fn hash_of_entry(index: Index<'_>, entry: usize) -> u32 {
    (0..=index.mask())
        .find_map(|p| index.read(p).filter(|(n, _)| *n == entry))
        .map_or(1, |(_, h)| h)
}
