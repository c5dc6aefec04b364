//! Setting and removing entries.

use crate::native::leaf::{Gc, Leaf, Leave, Obj};
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

impl<'h> Gc<'h, HashObj> {
    /// Stores a value under a key, which is argument `i`, or adds it to a set.
    pub(crate) fn set(
        self,
        cx: Leaf<'h>,
        key: Obj<'h>,
        value: Obj<'h>,
        i: usize,
    ) -> Result<(), Leave> {
        let found = self.find(cx, key, i)?;
        match found.place {
            Some(n) => {
                if let Some(slot) = self.value_slot(n) {
                    slot.set(value.value());
                }
                Ok(())
            }
            None => self.add(cx, key.value(), value.value(), found.hash, found.complex),
        }
    }

    /// Adds a key that is not there; `complex` tells that its hash cannot be had without Python code.
    pub(crate) fn add(
        self,
        cx: Leaf<'h>,
        key: Value<'h>,
        value: Value<'h>,
        hash: u32,
        complex: bool,
    ) -> Result<(), Leave> {
        self.make_room(cx, complex)?;
        let Some(t) = self.table() else { return Ok(()) };
        let n = t.header.aux();
        let stride = self.stride();
        t.header.set_aux(n + 1);
        let words = self.words();
        if let Some(entry) = words.get(n * stride..) {
            for (word, part) in entry.iter().zip([key, value]) {
                word.set(part);
            }
        }
        t.live.set_immediate(count_word(self.len() + 1));
        if key.is_kind(Kind::Str) {
            self.note_text_key();
        }
        if let Some(index) = Index::of(t, self.capacity(), self.keeps_hashes()) {
            let is_removed =
                |n: usize| words.get(n * stride).is_some_and(|key| key.get().is_null());
            cx.vm().insert(index, n, hash, is_removed);
        }
        self.changed();
        self.forget_key(cx, key);
        Ok(())
    }

    /// Removes a key, which is argument `i`; gives its value, or `None` if it is not there.
    pub(crate) fn remove(
        self,
        cx: Leaf<'h>,
        key: Obj<'h>,
        i: usize,
    ) -> Result<Option<Obj<'h>>, Leave> {
        let Some(n) = self.find(cx, key, i)?.place else { return Ok(None) };
        let value = self.value_at(n);
        self.remove_entry(n);
        self.forget_key(cx, key.value());
        Ok(Some(value))
    }

    /// The value of entry `n`; `None` for sets.
    pub(crate) fn value_at(self, n: usize) -> Obj<'h> {
        self.object().value_slot(n).map_or(Obj::NONE, |slot| Obj::or_none(slot.get()))
    }

    /// Removes the entry at place `n`.
    pub(crate) fn remove_at(self, cx: Leaf<'h>, n: usize) {
        self.remove_entry(n);
        self.forget_keys(cx);
    }

    /// Removes all entries.
    pub(crate) fn remove_all(self, cx: Leaf<'h>) {
        self.object().clear();
        self.forget_keys(cx);
    }

    /// Lets caches forget what they know of keys.
    fn forget_keys(self, cx: Leaf<'h>) {
        if self.is_cached() {
            cx.vm().rt.caches.forget_globals();
        }
    }

    /// Lets caches forget what they know of a key that the table gained or lost.
    fn forget_key(self, cx: Leaf<'h>, key: Value<'h>) {
        if !self.is_cached() {
            return;
        }
        match key.as_qstr() {
            Some(_) => cx.vm().rt.caches.forget_global(self.obj().word(), key.word()),
            // a string that is not interned is the same key as an interned one
            None => cx.vm().rt.caches.forget_globals(),
        }
    }
}

impl Vm {
    /// Runs a leaf with a dict or set.
    #[inline(always)]
    fn with_table<T: Default>(
        &mut self,
        table: Local,
        run: impl for<'h> Fn(Leaf<'h>, Gc<'h, HashObj>) -> Result<T, Leave>,
    ) -> Result<T, Raised> {
        self.leaf(|cx| match cx.vm().hash_obj(table) {
            Some(table) => run(cx, Gc::new(table)),
            None => Ok(T::default()),
        })
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
        self.with_table(table, |cx, table| {
            let (key, value) = (cx.vm().get(key), cx.vm().get(value));
            table.add(cx, key, value, hash, simple.is_none())
        })?;
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
        let h = Gc::new(h);
        let value = self.push_here(h.value_at(n).value());
        h.remove_entry(n);
        h.forget_key(Leaf::new(self), self.get(key));
        Ok(Some(value))
    }

    /// Removes the entry at place `n`.
    pub(crate) fn table_remove_at(&mut self, table: Local, n: usize) {
        if let Some(h) = self.hash_obj(table) {
            Gc::new(h).remove_at(Leaf::new(self), n);
        }
    }

    /// Removes all entries.
    pub(crate) fn table_clear(&mut self, table: Local) {
        if let Some(h) = self.hash_obj(table) {
            Gc::new(h).remove_all(Leaf::new(self));
        }
    }

    /// Gives `table` the entries of `from`, a new table of the same sort that is not used again.
    pub(crate) fn table_take(&mut self, table: Local, from: Local) {
        if let (Some(to), Some(from)) = (self.hash_obj(table), self.hash_obj(from)) {
            to.borrow_table(from);
            to.changed();
        }
    }

    /// The place of the first or last entry of a dict or set, `None` if it is empty. Taking all
    /// entries off an end takes time in proportion to their number.
    pub(crate) fn table_end(&self, table: &HashObj, last: bool) -> Option<usize> {
        if last { table.last_live() } else { self.next_live(table, 0) }
    }
}
