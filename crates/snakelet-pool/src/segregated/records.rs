//! All records of a pool, and their names.
//!
//! Names stand for indices that need no check: a name is only made here, for a record that exists, and
//! the number of records does not change. Since a pool only meets names of its own records (those in
//! blocks come back by [`Records::named`]), a look-up cannot miss. The checks would take an eighth of
//! all instructions of an allocation and a release.

#![expect(unsafe_code, reason = "looks records up by names, which are known to be right")]

use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::slice;

use super::record::{Record, UNUSED};

/// Words of a record. Names count in words, which processors multiply by while they address memory.
const WORDS: u16 = (size_of::<Record>() / size_of::<u32>()) as u16;

/// The most records that a pool can have.
const MOST: u16 = u16::MAX / WORDS;

/// The name of a record: in words how far it lies behind the place of one before the first record, so
/// that no name takes no room. It has the width of addresses, so that it need not be extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name(NonZeroUsize);

impl Name {
    /// The name of the record that has so many before it.
    fn new(index: u16) -> Option<Self> {
        NonZeroUsize::new((usize::from(index) + 1) * usize::from(WORDS)).map(Name)
    }

    /// The name as a number.
    #[inline]
    pub(super) fn number(self) -> u16 {
        self.0.get() as u16
    }
}

/// A name, or none, as records hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link(u16);

impl Link {
    pub(super) const NONE: Link = Link(0);

    /// The name.
    #[inline]
    pub(super) fn name(self) -> Option<Name> {
        NonZeroUsize::new(self.0.into()).map(Name)
    }
}

impl From<Name> for Link {
    #[inline]
    fn from(name: Name) -> Self {
        Link(name.number())
    }
}

impl From<Option<Name>> for Link {
    #[inline]
    fn from(name: Option<Name>) -> Self {
        name.map_or(Link::NONE, Link::from)
    }
}

/// The records of a pool.
pub(super) struct Records<'m> {
    /// Where a record before the first one would be, so that names count from there.
    base: *mut u32,
    count: u16,
    /// The first unused record; the others follow by `behind`.
    spare: Link,
    spares: u16,
    records: PhantomData<&'m mut [Record]>,
}

impl<'m> Records<'m> {
    /// Makes all records unused, or the first [`MOST`] of them.
    pub(super) fn new(records: &'m mut [Record]) -> Self {
        let count = records.len().min(MOST.into()) as u16;
        let mut spare = Link::NONE;
        for (index, record) in (0..count).zip(&mut *records).rev() {
            *record = Record { behind: spare, ..Record::UNUSED };
            spare = Name::new(index).into();
        }
        let base = records.as_mut_ptr().wrapping_sub(1).cast();
        Records { base, count, spare, spares: count, records: PhantomData }
    }

    /// The name of the record with this index.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn name(&self, index: u16) -> Option<Name> {
        (index < self.count).then_some(())?;
        Name::new(index)
    }

    /// The name that is this number.
    ///
    /// # Safety
    /// [`Name::number`] gave it for a record of this pool.
    #[inline]
    pub(super) unsafe fn named(&self, number: u16) -> Name {
        // SAFETY: the caller promises that it is the number of a name, which is not 0.
        Name(unsafe { NonZeroUsize::new_unchecked(number.into()) })
    }

    /// The record with this name.
    #[inline]
    pub(super) fn at(&self, name: Name) -> &Record {
        // SAFETY: the name is one of a record, as the module says, which is borrowed for `'m` by this
        // object, and shared as long as this object is.
        unsafe { &*self.base.wrapping_add(name.0.get()).cast() }
    }

    /// The record with this name, to be changed.
    #[inline]
    pub(super) fn at_mut(&mut self, name: Name) -> &mut Record {
        // SAFETY: the name is one of a record, as the module says, which is borrowed for `'m` by this
        // object, and exclusively as long as this object is.
        unsafe { &mut *self.base.wrapping_add(name.0.get()).cast() }
    }

    /// All records, used or not.
    pub(super) fn all(&self) -> &[Record] {
        // SAFETY: these are the records that `new` has borrowed for `'m`, shared as long as this
        // object is.
        unsafe {
            slice::from_raw_parts(self.base.cast::<Record>().wrapping_add(1), self.count.into())
        }
    }

    /// How many records there are.
    pub(super) fn count(&self) -> u16 {
        self.count
    }

    /// How many records are unused.
    pub(super) fn spares(&self) -> u16 {
        self.spares
    }

    /// Takes an unused record.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn take(&mut self) -> Option<Name> {
        let name = self.spare.name()?;
        self.spare = self.at(name).behind;
        self.spares -= 1;
        Some(name)
    }

    /// Takes two unused records.
    #[inline(always)]
    pub(super) fn take_two(&mut self) -> Option<[Name; 2]> {
        if self.spares < 2 {
            return None;
        }
        // SAFETY: at least two records are unused, so the first two links of their chain are names.
        let [first, second] = unsafe {
            let first = self.named(self.spare.0);
            [first, self.named(self.at(first).behind.0)]
        };
        self.spare = self.at(second).behind;
        self.spares -= 2;
        Some([first, second])
    }

    /// Makes a record unused.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn give(&mut self, name: Name) {
        let spare = core::mem::replace(&mut self.spare, name.into());
        let record = self.at_mut(name);
        record.kind = UNUSED;
        record.behind = spare;
        self.spares += 1;
    }
}
