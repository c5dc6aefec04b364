//! The index of a table: numbers of entries with bits of their hashes, open addressing.

use core::cell::Cell;

use crate::object::Table;

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
    #[inline(always)]
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

/// An element of an index.
pub(super) trait Element: Copy {
    /// Entry number and hash bits; `None` when free.
    fn split(self) -> Option<(usize, u32)>;
}

macro_rules! elements {
    ($($number:ty: $n_bits:literal;)*) => {$(
        impl Element for $number {
            #[inline(always)]
            fn split(self) -> Option<(usize, u32)> {
                let n = (self & ((1 << $n_bits) - 1)) as usize;
                Some((n.checked_sub(1)?, (self >> $n_bits) as u32))
            }
        }
    )*};
}

elements! {
    u16: 8;
    u32: 12;
    u64: 32;
}

/// An index of a table.
#[derive(Copy, Clone)]
pub(super) enum Index<'h> {
    /// Entry number in the lower byte, 8 bits of the hash in the upper.
    Narrow(&'h [Cell<u16>]),
    /// 12 bits of the entry number, all 20 of the hash.
    Middle(&'h [Cell<u32>]),
    /// 32 bits of the entry number, then the hash.
    Wide(&'h [Cell<u64>]),
}

/// The bits of a hash that a narrow index keeps: those that have no say in where a search begins.
#[inline(always)]
pub(super) const fn upper(hash: u32) -> u32 {
    hash >> 12 & 0xff
}

impl<'h> Index<'h> {
    #[inline(always)]
    pub(super) fn of(table: &'h Table, capacity: usize, keep_hashes: bool) -> Option<Self> {
        let buf = table.index.get()?;
        Some(match Width::of(capacity, keep_hashes) {
            Width::Narrow => Self::Narrow(buf.numbers()),
            Width::Middle => Self::Middle(buf.numbers()),
            Width::Wide => Self::Wide(buf.numbers()),
        })
    }
    #[inline(always)]
    pub(super) fn mask(self) -> usize {
        let places = match self {
            Self::Narrow(cells) => cells.len(),
            Self::Middle(cells) => cells.len(),
            Self::Wide(cells) => cells.len(),
        };
        places.wrapping_sub(1)
    }
    /// Entry number and hash bits at a place; `None` when free.
    #[inline(always)]
    pub(super) fn read(self, place: usize) -> Option<(usize, u32)> {
        match self {
            Self::Narrow(places) => places.get(place)?.get().split(),
            Self::Middle(places) => places.get(place)?.get().split(),
            Self::Wide(places) => places.get(place)?.get().split(),
        }
    }
    fn write(self, place: usize, entry: usize, hash: u32) {
        let n = entry as u32 + 1;
        match self {
            Self::Narrow(cells) => {
                if let Some(cell) = cells.get(place) {
                    cell.set((n | upper(hash) << 8) as u16);
                }
            }
            Self::Middle(cells) => {
                if let Some(cell) = cells.get(place) {
                    cell.set(n | hash << 12);
                }
            }
            Self::Wide(cells) => {
                if let Some(cell) = cells.get(place) {
                    cell.set(u64::from(n) | u64::from(hash) << 32);
                }
            }
        }
    }
    /// Enters an entry at the first place that is free or belongs to a removed entry; returns how many
    /// others were in the way.
    pub(super) fn insert(
        self,
        entry: usize,
        hash: u32,
        is_removed: impl Fn(usize) -> bool,
    ) -> usize {
        let mask = self.mask();
        let start = hash as usize & mask;
        let mut place = start;
        while self.read(place).is_some_and(|(other, _)| !is_removed(other)) {
            place = (place + 1) & mask;
        }
        self.write(place, entry, hash);
        place.wrapping_sub(start) & mask
    }
}
