//! Direct-mapped caches for global names and attributes.
//!
//! An entry is keyed by addresses, or by a kind of objects, and says what a lookup found. Entries become invalid, all at
//! once, when objects move or are freed, when a class changes, and, for globals, when a dict gets
//! another table. When a dict gains or loses a name, the entry for that one does; a value that only
//! changes is read anew each time.

#![allow(unsafe_code)] // the table lies in memory that the host lends

use core::cell::Cell;
use core::ptr::NonNull;

use crate::object::value::raw::QSTR_SHIFT;
use crate::object::value::{Value, Word};
use crate::object::{Shape, Slot};

/// log2 of the number of entries: a microcontroller cannot spare more.
const BITS: u32 = if cfg!(target_pointer_width = "64") { 9 } else { 7 };
const SIZE: usize = 1 << BITS;

/// A global name in one dict of globals.
#[derive(Copy, Clone)]
pub(crate) struct GlobalEntry {
    pub(crate) globals: Word,
    pub(crate) name: Word,
    /// Address of the slot that holds the value, in the dict's table; null for a built-in one.
    pub(crate) slot: *const Slot,
    /// The value of a built-in name: an object in flash.
    pub(crate) value: Word,
}

/// What an attribute lookup found.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Found {
    /// An attribute of the instance itself: its number.
    Slot,
    /// A function of the class, to be called with the receiver.
    Method,
    /// A value of the class or module, to be used as it is.
    Value,
    /// Nothing, and a store adds it: the shape with the attribute.
    Add,
    /// For a class and `__init__`: a plain function, and nothing else has a say in how instances
    /// are made.
    Init,
}

/// An attribute name for objects of one shape or native type.
#[derive(Copy, Clone)]
pub(crate) struct AttrEntry {
    /// The word of the shape, class or native module, or what stands for the native type: a number of the
    /// kind of objects, or the type's address.
    pub(crate) key: Word,
    pub(crate) name: Word,
    pub(crate) found: Found,
    /// By `found`: a slot number, or a value.
    pub(crate) what: Word,
}

/// The memory of an interpreter's caches: 32 KiB where words have 64 bits, 4 KiB otherwise. All zeros is
/// a table without entries.
pub struct CacheTable {
    globals: [Cell<GlobalEntry>; SIZE],
    attrs: [Cell<AttrEntry>; SIZE],
}

impl CacheTable {
    /// A table without entries.
    pub const fn new() -> Self {
        Self {
            globals: [const { Cell::new(NO_GLOBAL) }; SIZE],
            attrs: [const { Cell::new(NO_ATTR) }; SIZE],
        }
    }
}

impl Default for CacheTable {
    fn default() -> Self {
        Self::new()
    }
}

impl AttrEntry {
    /// The shape that a store leads to.
    pub(crate) fn added<'h>(&self, _caches: &'h Caches) -> Option<&'h Shape> {
        if self.found != Found::Add {
            return None;
        }
        // SAFETY: the word of an entry like this is that of a shape. Entries are forgotten when objects move or are
        // freed, for which the interpreter, and so its caches, are borrowed exclusively.
        unsafe { Value::from_word(self.what) }.cast()
    }
}

pub(crate) struct Caches {
    table: NonNull<CacheTable>,
    /// Lies in the low bits of the keys of valid entries for globals, which addresses leave free.
    epoch: Cell<Word>,
}

const NO_GLOBAL: GlobalEntry =
    GlobalEntry { globals: 0, name: 0, slot: core::ptr::null(), value: 0 };
const NO_ATTR: AttrEntry = AttrEntry { key: 0, name: 0, found: Found::Slot, what: 0 };

/// Where a global name is kept. There are few dicts of globals: their names hardly get in each
/// other's way.
#[inline(always)]
const fn global_place(globals: Word, name: Word) -> usize {
    ((globals >> 4) ^ (name >> QSTR_SHIFT)) & (SIZE - 1)
}

/// Places that an attribute may have: those that differ from its first one in the last bits only.
const WAYS: usize = 4;

/// Where the loop looks for an attribute.
#[inline(always)]
const fn attr_place(key: Word, name: Word) -> usize {
    // a multiplication spreads neighbouring objects and names over the table
    let mixed = ((key >> 4) as u32 ^ (name as u32).rotate_left(15)).wrapping_mul(0x9e37_79b1);
    (mixed >> (u32::BITS - BITS)) as usize
}

impl Caches {
    /// Makes caches of a table without entries.
    ///
    /// # Safety
    /// The table is these caches' alone, and lives as long.
    pub(crate) const unsafe fn new(table: NonNull<CacheTable>) -> Self {
        Self { table, epoch: Cell::new(0) }
    }
    #[inline(always)]
    fn table(&self) -> &CacheTable {
        // SAFETY: the table is these caches' alone (contract of `new`), and only ever shared.
        unsafe { self.table.as_ref() }
    }
    #[inline(always)]
    fn global_entry(&self, globals: Word, name: Word) -> &Cell<GlobalEntry> {
        &self.table().globals[global_place(globals, name)]
    }
    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.clear_globals();
        self.forget_attrs();
    }
    fn clear_globals(&self) {
        for entry in &self.table().globals {
            entry.set(NO_GLOBAL);
        }
    }
    /// A dict of globals gained or lost a name.
    pub(crate) fn forget_global(&self, globals: Word, name: Word) {
        self.global_entry(globals, name).set(NO_GLOBAL);
    }
    /// A dict of globals gained or lost a key that is no interned name, or its table was made anew.
    pub(crate) fn forget_globals(&self) {
        self.epoch.set((self.epoch.get() + 1) & 15);
        if self.epoch.get() == 0 {
            self.clear_globals();
        }
    }
    /// A class or native module changed.
    pub(crate) fn forget_attrs(&self) {
        for entry in &self.table().attrs {
            entry.set(NO_ATTR);
        }
    }
    #[inline(always)]
    pub(crate) fn global(&self, globals: Word, name: Word) -> Option<GlobalEntry> {
        let e = self.global_entry(globals, name).get();
        if e.globals == globals | self.epoch.get() && e.name == name { Some(e) } else { None }
    }
    pub(crate) fn set_global(&self, globals: Word, name: Word, slot: *const Slot) {
        let key = globals | self.epoch.get();
        let entry = GlobalEntry { globals: key, name, slot, value: 0 };
        self.global_entry(globals, name).set(entry);
    }
    /// Notes that a name is not a global, and what it is in `builtins`.
    pub(crate) fn set_builtin(&self, globals: Word, name: Word, value: Word) {
        let slot = core::ptr::null();
        let key = globals | self.epoch.get();
        self.global_entry(globals, name).set(GlobalEntry { globals: key, name, slot, value });
    }
    #[inline(always)]
    pub(crate) fn attr(&self, key: Word, name: Word) -> Option<AttrEntry> {
        let e = self.table().attrs[attr_place(key, name)].get();
        if e.key == key && e.name == name { Some(e) } else { None }
    }
    /// The same wherever the entry is. It is moved to where the loop looks.
    // not torn into pieces that other functions have, too: see `Run::dispatch`
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    pub(crate) fn attr_anywhere(&self, key: Word, name: Word) -> Option<&Cell<AttrEntry>> {
        let place = attr_place(key, name);
        let first = &self.table().attrs[place];
        let mut way = 0;
        while way < WAYS {
            let cell = &self.table().attrs[place ^ way];
            let e = cell.get();
            if e.key == key && e.name == name {
                if way != 0 {
                    cell.set(first.replace(e));
                }
                return Some(first);
            }
            way += 1;
        }
        None
    }
    /// Enters what a lookup has found. What was in the entry's places moves on by one; the last is lost.
    pub(crate) fn set_attr(&self, key: Word, name: Word, found: Found, what: Word) {
        let place = attr_place(key, name);
        let mut entry = AttrEntry { key, name, found, what };
        for way in 0..WAYS {
            let old = self.table().attrs[place ^ way].replace(entry);
            if old.key == 0 || old.key == key && old.name == name {
                return;
            }
            entry = old;
        }
    }
}
