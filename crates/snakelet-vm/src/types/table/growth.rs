//! How tables grow, shrink, and are copied.

use crate::object::header::AUX_SHIFT;
use crate::object::value::Value;
use crate::object::{Kind, RawBuf, Slot, Table, count_word, words_of};
use crate::types::table::index::{Index, MIDDLE, Width};
use crate::types::table::{FLAGS, FREE_LOOKS, LINEAR, stride};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Entries that are copied in a step.
const ENTRIES_A_STEP: usize = 4;

impl Vm {
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
    pub(super) fn set_root_table(&mut self, new: Local, from: Local) {
        if let (Some(n), Some(f)) = (self.hash_obj(new), self.hash_obj(from)) {
            n.table.copy(&f.table);
            n.set_capacity(f.capacity(), f.keeps_hashes());
            if f.has_text_keys() {
                n.note_text_key();
            }
        }
    }

    /// Makes room for one entry more.
    pub(super) fn make_room(&mut self, table: Local, complex: bool) -> Result<(), Raised> {
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

    pub(super) fn resize_table(
        &mut self,
        table: Local,
        capacity: usize,
        keep: bool,
    ) -> Result<(), Raised> {
        self.rebuild(table, capacity, keep)
    }

    /// Gives a dict or set a new table of `capacity` entries with its live entries in order.
    pub(super) fn rebuild(
        &mut self,
        local: Local,
        capacity: usize,
        keep: bool,
    ) -> Result<(), Raised> {
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
        new.set_word(3, count_word(0));
        let table = new.local;
        let indexed = keep || capacity > LINEAR;
        let index = if indexed {
            let width = Width::of(capacity, keep);
            self.new_raw_buf(Width::places(capacity.max(2)) * width.bytes())?
        } else {
            Local::NULL
        };
        // where the entries come to lie whose hashes are only known by the index
        let places = match self.hash_obj(local) {
            Some(h) if h.keeps_hashes() => self.new_raw_buf(h.used() * size_of::<u32>())?,
            _ => Local::NULL,
        };
        self.forget_slots(local);
        if let (Some(h), Some(t)) = (self.hash_obj(local), self.get(table).cast::<Table>()) {
            if let Some(index) = self.get(index).cast::<RawBuf>() {
                t.index.set(index);
            }
            let mut n = 0;
            t.header.set_aux(capacity);
            let room = t.words(words);
            let old = h.words();
            let mut at = 0;
            let places = self.get(places).cast::<RawBuf>().map_or(&[][..], RawBuf::numbers::<u32>);
            let new_index = Index::of(t, capacity, keep);
            while let Some(entry) = old.get(at * stride..(at + 1) * stride) {
                let key = entry.first().map_or(Value::NULL, Slot::get);
                if at.is_multiple_of(ENTRIES_A_STEP) {
                    self.charge_later(1);
                }
                if !key.is_null() {
                    if let Some(to) = room.get(n * stride..(n + 1) * stride) {
                        for (to, from) in to.iter().zip(entry) {
                            to.set(from.get());
                        }
                    }
                    match (new_index, self.simple_hash(key)) {
                        (Some(index), Some(hash)) => self.insert(index, n, hash, |_| false),
                        (Some(_), None) => {
                            if let Some(place) = places.get(at) {
                                place.set(n as u32 + 1);
                            }
                        }
                        (None, _) => {}
                    }
                    n += 1;
                }
                at += 1;
            }
            if let (Some(old), Some(new)) = (h.table(), new_index)
                && let Some(old) = Index::of(old, h.capacity(), true).filter(|_| !places.is_empty())
            {
                for place in self.paced(0..=old.mask()) {
                    if let Some((entry, hash)) = old.read(place)
                        && let Some(n) = places.get(entry).and_then(|n| n.get().checked_sub(1))
                    {
                        self.insert(new, n as usize, hash, |_| false);
                    }
                }
            }
            t.header.set_aux(n);
            t.live.set_immediate(count_word(n));
            h.table.set(t);
            h.set_capacity(capacity, keep);
            h.changed();
        }
        self.end_scope(scope);
        Ok(())
    }

    /// Enters an entry in an index, and charges where many others lie in the way.
    pub(super) fn insert(
        &self,
        index: Index<'_>,
        entry: usize,
        hash: u32,
        is_removed: impl Fn(usize) -> bool,
    ) {
        let looked = index.insert(entry, hash, is_removed);
        if looked > FREE_LOOKS {
            self.charge_later(looked / 8);
        }
    }

    /// Lets caches forget where the values of a table are.
    fn forget_slots(&mut self, table: Local) {
        let mut at = 0;
        while let Some(h) = self.hash_obj(table).filter(|h| h.is_cached())
            && let Some((key, _)) = h.entry(at)
        {
            let key = key.as_qstr().map(|_| key.word());
            let table = self.get(table).word();
            match key {
                Some(key) => self.rt.caches.forget_global(table, key),
                None => return self.rt.caches.forget_globals(),
            }
            at += 1;
        }
    }
}
