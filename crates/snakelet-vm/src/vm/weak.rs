//! Tables whose entries are not kept alive by them, and are found through a hash: interned strings, and objects that
//! were asked for their identity.
//!
//! An entry's place is its number for as long as it lives. The collector empties the places of those that have died,
//! which are used again. An index of open addressing, with a place's number plus one in two or four bytes, leads
//! from the hash to the place; what is found by its address is entered anew when objects have moved.

use core::cell::Cell;

use crate::object::value::{Value, Word, raw};
use crate::object::{RawBuf, Storage, StrObj};
use crate::vm::identity::address_hash;
use crate::vm::{RootSlot, Runtime, Vm};
use crate::{Local, Raised};

/// Bits of the hashes.
pub(crate) const HASH_BITS: u32 = 20;

/// Places that a search looks at without charging: more are rare but for texts that were chosen to
/// collide.
const FREE_LOOKS: usize = 16;

/// Entries that are entered into an index between two polls.
const ENTERED: usize = 1024;

/// One of the tables.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Weak {
    /// Texts of dynamic interned strings: `Str` objects that have their hash.
    Names,
    /// Objects with an identity.
    Numbered,
}

/// Where the tables lay when roots were last visited: their entries are asked for after the roots were updated, and
/// before anything is moved.
pub(crate) type WeakTables = [Word; 2];

/// The place from which on a free one is looked for, by table: there is none before it.
pub(crate) type FreeFrom = [usize; 2];

impl Weak {
    pub(crate) const fn table(self) -> RootSlot {
        match self {
            Self::Names => RootSlot::QstrTable,
            Self::Numbered => RootSlot::Numbered,
        }
    }

    pub(crate) const fn index(self) -> RootSlot {
        match self {
            Self::Names => RootSlot::QstrIndex,
            Self::Numbered => RootSlot::NumberedIndex,
        }
    }

    /// The hash of an entry; `None` of an empty place.
    fn hash(self, word: Word, entry: Value<'_>) -> Option<u32> {
        match self {
            _ if word == raw::NULL => None,
            Self::Names => entry.cast::<StrObj>().map(StrObj::hash),
            Self::Numbered => Some(address_hash(word)),
        }
    }

    /// Enters what is at a place into the index.
    fn enter(self, table: &Storage, index: &RawBuf, place: usize) {
        let Some(slot) = table.slots().get(place) else { return };
        let Some(hash) = self.hash(slot.word(), slot.get()) else { return };
        let cells = index.cells();
        let width = index_width(table.slots().len());
        let len = cells.len() / width;
        let mut at = first_place(hash, len);
        while read(cells, at, width) != 0 {
            at = if at + 1 < len { at + 1 } else { 0 };
        }
        write(cells, at, width, place + 1);
    }

    /// Enters all entries of the table into the index, which is emptied first; `poll` is called in between. Both are
    /// given as the roots that they are.
    #[expect(unsafe_code, reason = "takes the roots as the collector has them")]
    pub(crate) fn rebuild(self, table: Word, index: Word, poll: &mut dyn FnMut()) {
        // SAFETY: both are roots of the interpreter, so they are live.
        let (table, index) = unsafe { (Value::from_word(table), Value::from_word(index)) };
        let (Some(table), Some(index)) = (table.cast::<Storage>(), index.cast::<RawBuf>()) else {
            return;
        };
        for cell in index.cells() {
            cell.set(0);
        }
        let mut entering = Entering { weak: self, table, index, place: 0 };
        while entering.place < table.slots().len() {
            entering.go_on(entering.place + ENTERED);
            poll();
        }
    }
}

/// Places in the index for `capacity` entries: three in eight stay free.
const fn index_len(capacity: usize) -> usize {
    capacity + capacity / 5 * 3 + 4
}

/// Where an entry with this hash is looked for first in an index of `len` places.
#[inline]
const fn first_place(hash: u32, len: usize) -> usize {
    ((hash as u64 * len as u64) >> HASH_BITS) as usize
}

/// Bytes of a place in the index for `capacity` entries.
const fn index_width(capacity: usize) -> usize {
    if capacity < u16::MAX as usize { 2 } else { 4 }
}

impl Vm {
    /// The place of the entry with this hash that is the one looked for.
    pub(crate) fn find_weak(
        &self,
        weak: Weak,
        hash: u32,
        is_it: impl Fn(&crate::object::Slot) -> bool,
    ) -> Option<usize> {
        let table = self.root(weak.table()).cast::<Storage>()?.slots();
        let index = self.root(weak.index()).cast::<RawBuf>()?.cells();
        let width = index_width(table.len());
        let len = index.len() / width;
        let mut at = first_place(hash, len);
        for looked in 0..len {
            if looked > FREE_LOOKS {
                self.charge_later(1);
            }
            let place = read(index, at, width).checked_sub(1)?;
            if table.get(place).is_some_and(&is_it) {
                return Some(place);
            }
            at = if at + 1 < len { at + 1 } else { 0 };
        }
        None
    }

    /// Adds an object, and returns its place.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn add_weak(&mut self, weak: Weak, object: Local) -> Result<usize, Raised> {
        self.charge_later(2);
        // growing may collect, which may free places
        let place = loop {
            match self.free_place(weak) {
                Some(place) => break place,
                None => self.grow_weak(weak)?,
            }
        };
        let (table, index) = (self.root(weak.table()), self.root(weak.index()));
        if let (Some(table), Some(index)) = (table.cast::<Storage>(), index.cast::<RawBuf>())
            && let Some(slot) = table.slots().get(place)
        {
            slot.set(self.get(object));
            weak.enter(table, index, place);
        }
        Ok(place)
    }

    /// A free place of the table, which is the caller's.
    fn free_place(&mut self, weak: Weak) -> Option<usize> {
        let from = self.rt.free_from.get(weak as usize).copied()?;
        let table = self.root(weak.table()).cast::<Storage>()?.slots();
        let free = table.iter().skip(from).position(|slot| slot.get().is_null());
        let place = free.map_or(table.len(), |free| from + free);
        self.charge_later((place - from.min(place)) / 16);
        if let Some(from) = self.rt.free_from.get_mut(weak as usize) {
            *from = place + usize::from(free.is_some());
        }
        free.and(Some(place))
    }

    fn grow_weak(&mut self, weak: Weak) -> Result<(), Raised> {
        let capacity = self.root(weak.table()).cast::<Storage>().map_or(0, |t| t.slots().len());
        let wanted = capacity + capacity / 4 + 4;
        let scope = self.scope();
        let table = self.new_weak_storage(wanted)?;
        let index = self.new_raw_buf(index_len(wanted) * index_width(wanted))?;
        if let (Some(old), Some(new)) =
            (self.root(weak.table()).cast::<Storage>(), self.get(table).cast::<Storage>())
        {
            for (from, to) in old.slots().iter().zip(new.slots()) {
                to.set(from.get());
            }
        }
        self.set_root(weak.table(), table);
        self.set_root(weak.index(), index);
        self.end_scope(scope);
        self.charge_later(2 * capacity);
        let (table, index) = (self.root(weak.table()).word(), self.root(weak.index()).word());
        weak.rebuild(table, index, &mut || {});
        Ok(())
    }
}

impl Runtime {
    /// Asks the collector about the entries of a table. Returns how many have died.
    #[expect(unsafe_code, reason = "takes the roots as the collector has them")]
    pub(crate) fn visit_entries(
        &mut self,
        weak: Weak,
        alive: &mut dyn FnMut(Word) -> Option<Word>,
    ) -> usize {
        // SAFETY: the table is a root that was visited, and lies where it lay then until all is updated.
        let table =
            unsafe { Value::from_word(self.weak_tables.get(weak as usize).copied().unwrap_or(0)) };
        let Some(table) = table.cast::<Storage>() else { return 0 };
        let mut died = 0;
        for (place, slot) in table.slots().iter().enumerate() {
            let word = slot.word();
            if word != raw::NULL {
                match alive(word) {
                    // SAFETY: the collector says that the object lives, here.
                    Some(now) => slot.set(unsafe { Value::from_word(now) }),
                    None => {
                        slot.set(Value::NULL);
                        died += 1;
                        if let Some(from) = self.free_from.get_mut(weak as usize) {
                            *from = place.min(*from);
                        }
                    }
                }
            }
        }
        died
    }
}

/// What is left of the work to enter all entries of a table into its index.
struct Entering<'t> {
    weak: Weak,
    table: &'t Storage,
    index: &'t RawBuf,
    place: usize,
}

impl Entering<'_> {
    /// Enters those up to place `end`.
    fn go_on(&mut self, end: usize) {
        while self.place < end.min(self.table.slots().len()) {
            self.weak.enter(self.table, self.index, self.place);
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
