//! All records of a pool, and their names.

use core::num::NonZeroU16;

use super::record::{Record, State};

/// The most records that a pool can have.
pub(super) const MOST: usize = u16::MAX as usize;

/// The name of a record: one more than its index, so that no name takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name(NonZeroU16);

impl Name {
    /// The index of the record.
    pub(super) fn index(self) -> u16 {
        self.0.get() - 1
    }
}

/// The records of a pool.
pub(super) struct Records<'m> {
    records: &'m mut [Record],
    /// The first unused record; the others follow by `behind`.
    spare: Option<Name>,
    spares: u16,
}

impl<'m> Records<'m> {
    /// Makes all records unused, or the first [`MOST`] of them.
    pub(super) fn new(records: &'m mut [Record]) -> Self {
        let count = records.len().min(MOST) as u16;
        let mut spare = None;
        for (number, record) in (1..=count).zip(&mut *records).rev() {
            *record = Record { behind: spare, ..Record::UNUSED };
            spare = NonZeroU16::new(number).map(Name);
        }
        let (records, _) = records.split_at_mut(usize::from(count));
        Records { records, spare, spares: count }
    }

    /// The name of the record with this index.
    #[inline]
    pub(super) fn name(&self, index: u16) -> Option<Name> {
        (index < self.count()).then_some(())?;
        NonZeroU16::new(index.wrapping_add(1)).map(Name)
    }

    /// The record with this name.
    #[inline]
    pub(super) fn at(&self, name: Name) -> &Record {
        &self.records[usize::from(name.index())]
    }

    /// The record with this name, to be changed.
    #[inline]
    pub(super) fn at_mut(&mut self, name: Name) -> &mut Record {
        &mut self.records[usize::from(name.index())]
    }

    /// All records, used or not.
    pub(super) fn all(&self) -> &[Record] {
        self.records
    }

    /// How many records there are.
    pub(super) fn count(&self) -> u16 {
        self.records.len() as u16
    }

    /// How many records are unused.
    pub(super) fn spares(&self) -> u16 {
        self.spares
    }

    /// Takes an unused record.
    pub(super) fn take(&mut self) -> Option<Name> {
        let name = self.spare?;
        self.spare = self.at(name).behind;
        self.spares -= 1;
        Some(name)
    }

    /// Makes a record unused.
    pub(super) fn give(&mut self, name: Name) {
        let spare = self.spare.replace(name);
        let record = self.at_mut(name);
        record.state = State::Unused;
        record.behind = spare;
        self.spares += 1;
    }
}
