//! Looking keys up.

use core::cell::Cell;

use crate::native::leaf::{Gc, Leaf, Leave, Obj};
use crate::object::value::Value;
use crate::object::{HashObj, Kind, Slot};
use crate::protocol::hash::fold;
use crate::types::table::FREE_LOOKS;
use crate::types::table::index::{Element, Index, upper};
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Where a search stands: the next place to look at, of the index or of the entries if there is none.
#[derive(Copy, Clone)]
struct Cursor(usize);

/// Steps of a search in a table that is larger than the processor's caches.
const FAR: usize = 3;

enum Probe {
    Found(usize),
    Missing,
    /// The key of the entry before the cursor must be compared by Python's rules.
    Compare(Cursor),
}

/// A key that is searched in a table.
struct Wanted<'a> {
    vm: &'a Vm,
    key: Value<'a>,
    words: &'a [Slot],
    stride: usize,
}

impl Wanted<'_> {
    /// Charges for the places that a search has looked at.
    #[inline(always)]
    fn charge(&self, places: usize) {
        if places > FREE_LOOKS {
            self.charge_for(places);
        }
    }

    #[cold]
    #[inline(never)]
    fn charge_for(&self, places: usize) {
        self.vm.charge_later(2 * places);
    }

    /// Whether it is the key of an entry; `None` if Python code decides.
    #[inline(always)]
    fn is_at(&self, n: usize) -> Option<bool> {
        match self.words.get(n * self.stride).map(Slot::get) {
            // the same object is the same key, whatever its `__eq__` says
            Some(k) if k.is(self.key) => Some(true),
            Some(k) if !k.is_null() => self.vm.simple_eq(k, self.key),
            _ => Some(false),
        }
    }
}

/// Follows an index from a place on, to a key with these bits of its hash.
#[inline(always)]
fn search<E: Element>(places: &[Cell<E>], from: usize, hash: u32, wanted: &Wanted<'_>) -> Probe {
    let mask = places.len().wrapping_sub(1);
    let mut place = from & mask;
    let start = place;
    while let Some(element) = places.get(place)
        && let Some((n, bits)) = element.get().split()
    {
        place = (place + 1) & mask;
        if bits == hash {
            match wanted.is_at(n) {
                Some(true) => {
                    wanted.charge(place.wrapping_sub(start) & mask);
                    return Probe::Found(n);
                }
                Some(false) => {}
                None => return Probe::Compare(Cursor(place)),
            }
        }
    }
    wanted.charge(place.wrapping_sub(start) & mask);
    Probe::Missing
}

impl HashObj {
    /// Entry place of an interned name; needs no Python code, whatever the other keys are, if all
    /// other keys are strings; other keys are passed over.
    #[inline]
    pub(crate) fn find_name(&self, vm: &Vm, name: Value<'_>) -> Option<usize> {
        let t = self.table()?;
        if t.index.get().is_none() {
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
        match self.probe(vm, name, hash) {
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

    /// Searches for a key.
    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", allow(unsafe_code, reason = "a section of its own"))]
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    fn probe(&self, vm: &Vm, key: Value<'_>, hash: u32) -> Probe {
        match self.at_home(key, hash) {
            Some(probe) => probe,
            None => self.probe_from(vm, key, hash, None),
        }
    }

    /// What the index of a table of few entries tells where a search begins, if it ends there: mostly
    /// it does.
    #[inline(always)]
    fn at_home(&self, key: Value<'_>, hash: u32) -> Option<Probe> {
        let t = self.table()?;
        let Index::Narrow(places) = Index::of(t, self.capacity(), self.keeps_hashes())? else {
            return None;
        };
        let place = hash as usize & places.len().wrapping_sub(1);
        let Some((n, _)) = places.get(place)?.get().split() else { return Some(Probe::Missing) };
        let stride = self.stride();
        let words = t.words(t.header.aux() * stride);
        words.get(n * stride).filter(|other| other.get().is(key)).map(|_| Probe::Found(n))
    }

    #[cfg_attr(target_os = "none", allow(unsafe_code, reason = "a section of its own"))]
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    fn probe_from(&self, vm: &Vm, key: Value<'_>, hash: u32, from: Option<Cursor>) -> Probe {
        let Some(t) = self.table() else { return Probe::Missing };
        let stride = self.stride();
        let wanted = Wanted { vm, key, words: t.words(t.header.aux() * stride), stride };
        let place = from.map_or(hash as usize, |c| c.0);
        match Index::of(t, self.capacity(), self.keeps_hashes()) {
            Some(Index::Narrow(places)) => search(places, place, upper(hash), &wanted),
            Some(Index::Middle(places)) => search(places, place, hash, &wanted),
            Some(Index::Wide(places)) => {
                vm.charge_later(FAR);
                search(places, place, hash, &wanted)
            }
            None => {
                for n in from.map_or(0, |c| c.0)..t.header.aux() {
                    match wanted.is_at(n) {
                        Some(true) => return Probe::Found(n),
                        Some(false) => {}
                        None => return Probe::Compare(Cursor(n + 1)),
                    }
                }
                Probe::Missing
            }
        }
    }

    /// Number of the entry that a search compared last.
    fn entry_before(&self, cursor: Cursor) -> Option<usize> {
        match Index::of(self.table()?, self.capacity(), self.keeps_hashes()) {
            Some(index) => index.read(cursor.0.wrapping_sub(1) & index.mask()).map(|(n, _)| n),
            None => cursor.0.checked_sub(1),
        }
    }
}

/// What a search of a leaf has found.
pub(crate) struct Found {
    /// The entry's place, if there is one.
    pub(crate) place: Option<usize>,
    /// The key's hash.
    pub(crate) hash: u32,
    /// Whether that cannot be had without Python code.
    pub(crate) complex: bool,
}

impl<'h> Gc<'h, HashObj> {
    /// The place of a key, which is argument `i`.
    #[inline(always)]
    pub(crate) fn place(
        self,
        cx: Leaf<'h>,
        key: Obj<'h>,
        i: usize,
    ) -> Result<Option<usize>, Leave> {
        if let Some(hash) = cx.vm().simple_hash(key.value()) {
            match self.probe(cx.vm(), key.value(), hash) {
                Probe::Found(n) => return Ok(Some(n)),
                Probe::Missing => return Ok(None),
                Probe::Compare(..) => {}
            }
        }
        cx.searched(i)
    }

    /// Finds a key, which is argument `i`.
    #[inline]
    pub(crate) fn find(self, cx: Leaf<'h>, key: Obj<'h>, i: usize) -> Result<Found, Leave> {
        if let Some(hash) = cx.vm().simple_hash(key.value()) {
            match self.probe(cx.vm(), key.value(), hash) {
                Probe::Found(n) => return Ok(Found { place: Some(n), hash, complex: false }),
                Probe::Missing => return Ok(Found { place: None, hash, complex: false }),
                Probe::Compare(..) => {}
            }
        }
        let place = cx.searched(i)?;
        let search = &cx.vm().rt.leaf.search;
        Ok(Found { place, hash: search.hash.get(), complex: search.complex.get() })
    }
}

impl Vm {
    /// Finds the entry place of a key in a dict or set.
    ///
    /// # Errors
    /// `TypeError` for an unhashable key; what `__hash__` and `__eq__` raise.
    #[inline]
    pub(crate) fn table_find(&mut self, table: Local, key: Local) -> Result<Option<usize>, Raised> {
        if let Some(h) = self.hash_obj(table)
            && let Some(hash) = self.simple_hash(self.get(key))
        {
            match h.probe(self, self.get(key), hash) {
                Probe::Found(n) => return Ok(Some(n)),
                Probe::Missing => return Ok(None),
                Probe::Compare(..) => {}
            }
        }
        self.table_find_slowly(table, key)
    }

    #[inline(never)]
    fn table_find_slowly(&mut self, table: Local, key: Local) -> Result<Option<usize>, Raised> {
        let hash = self.key_hash(table, key)?;
        self.table_find_hash(table, key, hash)
    }

    /// The hash of a key. A slice is none for a dict, but MicroPython finds it missing in an empty
    /// dict and lets an `OrderedDict` hold it.
    pub(crate) fn key_hash(&mut self, table: Local, key: Local) -> Result<u32, Raised> {
        if self.get(key).is_kind(Kind::Slice)
            && self.hash_obj(table).is_some_and(|h| h.header.kind() == Kind::OrderedDict)
        {
            return Ok(fold(crate::types::slice::hash(self, key)?));
        }
        self.table_hash(key)
    }

    pub(crate) fn table_find_hash(
        &mut self,
        table: Local,
        key: Local,
        hash: u32,
    ) -> Result<Option<usize>, Raised> {
        let mut from = None;
        loop {
            let Some(h) = self.hash_obj(table) else { return Ok(None) };
            let cursor = match h.probe_from(self, self.get(key), hash, from) {
                Probe::Found(n) => return Ok(Some(n)),
                Probe::Missing => return Ok(None),
                Probe::Compare(cursor) => cursor,
            };
            self.charge(2)?;
            let Some(h) = self.hash_obj(table) else { return Ok(None) };
            let Some(n) = h.entry_before(cursor) else { return Ok(None) };
            let version = h.version.get();
            let Some((other, _)) = h.entry(n) else { return Ok(None) };
            // an index keeps too few bits of the hashes of simple keys, and there may be none
            if self.simple_hash(other).is_some_and(|other| other != hash) {
                from = Some(cursor);
                continue;
            }
            let scope = self.scope();
            let other = self.push(other);
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
        Ok(value.map(|v| self.push_here(v)))
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
        match h.probe(self, key, hash) {
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
}
