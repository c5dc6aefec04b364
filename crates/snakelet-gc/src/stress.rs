//! Switches that make memory errors come to light, for tests.
//!
//! Both cost nothing while they are off: an allocation under either goes the long way, because
//! no free run is kept for the short one.

use crate::region::Region;
use crate::{Heap, table};

/// What freed blocks are filled with: no reference, since its low four bits are not zero.
const POISON: u8 = 0xa5;

/// State of the switches.
pub(crate) struct Torture {
    pub(crate) stress: bool,
    /// In stress mode: objects slid to the high end last time.
    pub(crate) high: bool,
    /// Allocations that succeed before one fails.
    fail_after: Option<u64>,
    /// The last allocation failed because of `fail_after`.
    pub(crate) struck: bool,
}

impl Torture {
    pub(crate) const OFF: Self =
        Self { stress: false, high: false, fail_after: None, struck: false };

    pub(crate) fn is_on(&self) -> bool {
        self.stress || self.fail_after.is_some()
    }

    /// Counts an allocation; true when it has to fail.
    pub(crate) fn strikes(&mut self) -> bool {
        self.struck = self.fail_after == Some(0);
        self.fail_after = match self.fail_after {
            Some(left) => left.checked_sub(1),
            None => None,
        };
        self.struck
    }

    /// The byte that freed blocks are filled with.
    pub(crate) fn poison(&self) -> Option<u8> {
        self.stress.then_some(POISON)
    }
}

impl Heap {
    /// Turns stress mode on or off.
    ///
    /// In it [`Heap::wants_collect`] is true before each allocation, each collection moves what
    /// can be moved, to the high end and the low end in turn, and freed memory is overwritten.
    pub fn set_stress(&mut self, on: bool) {
        self.torture.stress = on;
        self.set_due();
    }

    /// Whether stress mode is on.
    pub fn is_stressed(&self) -> bool {
        self.torture.stress
    }

    /// Whether an allocation is still to fail.
    pub fn fails_later(&self) -> bool {
        self.torture.fail_after.is_some()
    }

    /// Lets `count` more allocations succeed and the next one fail; None switches that off.
    ///
    /// After the failure the switch is off, and [`Heap::refused`] tells it from a full heap until
    /// the next allocation.
    pub fn fail_after(&mut self, count: Option<u64>) {
        self.torture.fail_after = count;
        self.torture.struck = false;
        self.retire_run();
    }
}

/// Overwrites all free blocks.
pub(crate) fn fill_free(region: &mut Region, value: u8) {
    let end = region.blocks();
    let mut from = 0;
    while let Some((start, stop)) = table::find_run(region.table(), from, end, 1) {
        region.fill(start, stop, value);
        from = stop;
    }
}
