//! The index of a table: numbers of entries with bits of their hashes, open addressing.

use core::cell::Cell;

use crate::object::{RawBuf, Table};

/// Most entries that 16-bit index elements can number.
const NARROW: usize = 250;

/// Most entries that 32-bit index elements can number.
pub(super) const MIDDLE: usize = 4000;

#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Width {
    Narrow,
    Middle,
    Wide,
}

impl Width {
    pub(super) const fn of(capacity: usize, keep_hashes: bool) -> Self {
        if capacity <= NARROW && !keep_hashes {
            Width::Narrow
        } else if capacity <= MIDDLE {
            Width::Middle
        } else {
            Width::Wide
        }
    }
    pub(super) const fn bytes(self) -> usize {
        match self {
            Width::Narrow => 2,
            Width::Middle => 4,
            Width::Wide => 8,
        }
    }
    pub(super) const fn places(capacity: usize) -> usize {
        (capacity + capacity / 2).next_power_of_two()
    }
}

/// An index of a table.
#[derive(Copy, Clone)]
pub(super) struct Index<'h> {
    cells: &'h [Cell<u8>],
    width: Width,
}

impl<'h> Index<'h> {
    pub(super) fn of(table: &'h Table, capacity: usize, keep_hashes: bool) -> Option<Self> {
        let buf = table.index.get().cast::<RawBuf>()?;
        Some(Self { cells: buf.cells(), width: Width::of(capacity, keep_hashes) })
    }
    pub(super) fn mask(self) -> usize {
        self.cells.len() / self.width.bytes() - 1
    }
    /// Entry number and hash bits at a place; `None` when free.
    #[inline]
    pub(super) fn read(self, place: usize) -> Option<(usize, u32)> {
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
    pub(super) fn matches(self, bits: u32, hash: u32) -> bool {
        if self.width == Width::Narrow { bits == hash & 0xff } else { bits == hash }
    }
    pub(super) fn insert(self, entry: usize, hash: u32) {
        let mask = self.mask();
        let mut place = hash as usize & mask;
        while self.read(place).is_some() {
            place = (place + 1) & mask;
        }
        self.write(place, entry, hash);
    }
}

/// The hash kept for an entry; a search through the index, needed only for keys with a `__hash__`
/// of their own.
pub(super) fn hash_of_entry(index: Index<'_>, entry: usize) -> u32 {
    (0..=index.mask())
        .find_map(|p| index.read(p).filter(|(n, _)| *n == entry))
        .map_or(1, |(_, h)| h)
}
