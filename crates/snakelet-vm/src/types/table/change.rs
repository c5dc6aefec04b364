//! Setting and removing entries.

use crate::object::value::Value;
use crate::object::{HashObj, Kind, count_word};
use crate::types::table::index::Index;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

impl HashObj {
    pub(super) fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }

    /// Removes every entry.
    pub(crate) fn clear(&self) {
        self.table.clear();
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
            if t.index.get().is_none() && n + 1 == t.header.aux() {
                t.header.set_aux(n);
            }
            self.changed();
        }
    }
}

impl HashObj {
    /// The place of a dict's last live entry.
    ///
    /// The value of a removed entry may be the place up to which all before it are removed: the last
    /// entry gets it when they were gone over.
    fn last_live(&self) -> Option<usize> {
        let end = self.used().checked_sub(1).filter(|_| !self.is_empty())?;
        let mut n = end;
        while self.entry(n).is_some_and(|(key, _)| key.is_null()) {
            let link = self.value_slot(n).and_then(|slot| slot.get().as_small_int());
            n = match link {
                Some(place) => place as usize,
                None => n.checked_sub(1)?,
            };
        }
        if n < end
            && let Some(slot) = self.value_slot(end)
        {
            slot.set(Value::small_int(n as isize).unwrap_or(Value::NULL));
        }
        Some(n)
    }
}

impl Vm {
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
            let words = h.words();
            let is_removed =
                |n: usize| words.get(n * stride).is_some_and(|key| key.get().is_null());
            self.insert(index, n, hash, is_removed);
        }
        h.changed();
        self.forget_key(table, key);
        Ok(true)
    }

    /// Lets caches forget what they know of a key that a table gained or lost.
    fn forget_key(&mut self, table: Local, key: Local) {
        if !self.hash_obj(table).is_some_and(HashObj::is_cached) {
            return;
        }
        let (table, key) = (self.get(table).word(), self.get(key));
        match key.as_qstr() {
            Some(_) => {
                let key = key.word();
                self.rt.caches.forget_global(table, key);
            }
            // a string that is not interned is the same key as an interned one
            None => self.rt.caches.forget_globals(),
        }
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
        self.forget_key(table, key);
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

    /// The place of the first or last entry of a dict or set, `None` if it is empty. Taking all
    /// entries off an end takes time in proportion to their number.
    pub(crate) fn table_end(&self, table: Local, last: bool) -> Option<usize> {
        let h = self.hash_obj(table)?;
        if last { h.last_live() } else { self.next_live(h, 0) }
    }
}
