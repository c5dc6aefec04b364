//! How tables grow, shrink, and are copied.

use core::ptr::NonNull;

use snakelet_gc::BLOCK_WORDS;

use crate::native::leaf::{Gc, Leaf, Leave};
use crate::object::header::AUX_SHIFT;
use crate::object::value::Value;
use crate::object::{HashObj, Kind, Slot, Table, count_word, words_of};
use crate::types::table::index::{Index, MIDDLE, Width};
use crate::types::table::{FLAGS, FREE_LOOKS, LINEAR, stride};
use crate::vm::stack::Local;
use crate::{Res, Vm};

/// Entries that are copied in a step.
const ENTRIES_A_STEP: usize = 2;
/// Entries after which it is looked whether the script is to end.
const PAUSE: usize = 256;

impl<'h> Leaf<'h> {
    /// Makes a dict or set with room for `capacity` entries.
    pub(crate) fn new_table(self, kind: Kind, capacity: usize) -> Result<Gc<'h, HashObj>, Leave> {
        let new = self.allocate::<HashObj>(kind, 0, words_of::<HashObj>(0))?;
        if capacity > 0 {
            new.rebuild(self, capacity, false)?;
        }
        Ok(new)
    }
}

impl<'h> Gc<'h, HashObj> {
    /// Copies all entries into a new dict or set of `kind`; none if entries of that kind are others.
    pub(crate) fn copy(self, cx: Leaf<'h>, kind: Kind) -> Result<Self, Leave> {
        let new = cx.new_table(kind, 0)?;
        if stride(kind) == self.stride() && !self.is_empty() {
            new.borrow_table(&self);
            new.rebuild(cx, self.len(), self.keeps_hashes())?;
        }
        Ok(new)
    }

    /// Makes room for one entry more.
    pub(super) fn make_room(self, cx: Leaf<'h>, complex: bool) -> Result<(), Leave> {
        let (used, live, capacity) = (self.used(), self.len(), self.capacity());
        let keeps = self.keeps_hashes();
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
                n if n < MIDDLE && n.is_power_of_two() => n * 2,
                // one that was trimmed gets a few entries more at most
                n if n < MIDDLE => n + n / 4 + 1,
                n => n + n / 2,
            }
        };
        self.rebuild(cx, wanted.max(live + 1), keeps || complex)
    }

    /// Gives it a new table of `capacity` entries with its live entries in order.
    fn rebuild(self, cx: Leaf<'h>, capacity: usize, keep: bool) -> Result<(), Leave> {
        let (vm, stride) = (cx.vm(), self.stride());
        // what is left of a header, and what can be addressed at all
        let most = (isize::MAX as usize >> (AUX_SHIFT + FLAGS)).min(isize::MAX as usize / 64);
        let words = if capacity <= most { capacity * stride } else { usize::MAX };
        let table = cx.allocate::<Table>(Kind::Table, 0, words_of::<Table>(words))?;
        table.live.set_immediate(count_word(0));
        table.first.set_immediate(count_word(0));
        if keep || capacity > LINEAR {
            let width = Width::of(capacity, keep);
            let bytes = Width::places(capacity.max(2)) * width.bytes();
            table.index.set(cx.new_raw_buf(bytes)?.object());
        }
        // where the entries come to lie whose hashes are only known by the index
        let places = if self.keeps_hashes() {
            cx.new_raw_buf(self.used() * size_of::<u32>())?.object().numbers::<u32>()
        } else {
            &[]
        };
        self.forget_slots(cx);
        table.header.set_aux(capacity);
        let (room, old) = (table.words(words), self.words());
        let index = Index::of(&table, capacity, keep);
        let (mut n, mut at) = (0, 0);
        while let Some(entry) = old.get(at * stride..(at + 1) * stride) {
            let key = entry.first().map_or(Value::NULL, Slot::get);
            if at.is_multiple_of(ENTRIES_A_STEP) {
                cx.charge(1);
            }
            // nothing refers to the new table yet
            if at % PAUSE == PAUSE - 1 {
                cx.spend(0)?;
            }
            if !key.is_null() {
                if let Some(to) = room.get(n * stride..(n + 1) * stride) {
                    for (to, from) in to.iter().zip(entry) {
                        to.set(from.get());
                    }
                }
                if let Some(index) = index {
                    if let Some(hash) = vm.simple_hash(key) {
                        vm.insert(index, n, hash, |_| false);
                    } else if let Some(place) = places.get(at) {
                        place.set(n as u32 + 1);
                    }
                }
                n += 1;
            }
            at += 1;
        }
        if let (Some(old), Some(new)) = (self.table(), index)
            && let Some(old) = Index::of(old, self.capacity(), true).filter(|_| !places.is_empty())
        {
            for place in vm.paced(0..=old.mask()) {
                if place % PAUSE == PAUSE - 1 {
                    cx.spend(0)?;
                }
                if let Some((entry, hash)) = old.read(place)
                    && let Some(n) = places.get(entry).and_then(|n| n.get().checked_sub(1))
                {
                    vm.insert(new, n as usize, hash, |_| false);
                }
            }
        }
        table.header.set_aux(n);
        table.live.set_immediate(count_word(n));
        self.table.set(table.object());
        self.set_capacity(capacity, keep);
        self.changed();
        Ok(())
    }

    /// Lets caches forget where the values of the table are.
    fn forget_slots(self, cx: Leaf<'h>) {
        let mut at = 0;
        while self.is_cached()
            && let Some((key, _)) = self.entry(at)
        {
            let caches = &cx.vm().rt.caches;
            match key.as_qstr() {
                Some(_) => caches.forget_global(self.obj().word(), key.word()),
                None => return caches.forget_globals(),
            }
            at += 1;
        }
    }
}

impl HashObj {
    /// Refers to the table of another one until it is rebuilt.
    pub(super) fn borrow_table(&self, from: &HashObj) {
        self.table.copy(&from.table);
        self.set_capacity(from.capacity(), from.keeps_hashes());
        if from.has_text_keys() {
            self.note_text_key();
        }
    }
}

impl Vm {
    /// Copies all entries of a dict or set into a new one of `kind`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn copy_table(&mut self, from: Local, kind: Kind) -> Res {
        self.leaf_local(|cx| match cx.vm().hash_obj(from) {
            Some(from) => Gc::new(from).copy(cx, kind).map(Gc::obj),
            None => cx.new_table(kind, 0).map(Gc::obj),
        })
    }

    /// Gives back what a dict has room for beyond its entries: when a module was imported, and of a class, since few of
    /// them get more names. Nothing is allocated, and nothing moved.
    pub(crate) fn trim_table(&mut self, dict: Local) {
        let Some(dict) = self.hash_obj(dict) else { return };
        let (capacity, keep, stride) = (dict.capacity(), dict.keeps_hashes(), dict.stride());
        let Some(table) = dict.table() else { return };
        let words = words_of::<Table>(dict.used().max(1) * stride).next_multiple_of(BLOCK_WORDS);
        let room = (words - words_of::<Table>(0)) / stride;
        if room < capacity && Width::of(room, keep) == Width::of(capacity, keep) {
            let object = NonNull::from(table).cast();
            dict.set_capacity(room, keep);
            self.heap.get_mut().shrink(object, words);
        }
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
}
