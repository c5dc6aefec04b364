//! Runs that a search looks at although their class says nothing about them.
//!
//! Whether a block that starts at a multiple of some lines fits into a run depends on where the run lies.
//! No class tells that, and a look at each run takes time. So a search for an alignment of more than a
//! line looks at two runs besides those that fit wherever they start: the one that was released last, so
//! that what was just given back can be had again, and the one that [`Runs::largest`] has found for this
//! alignment, so that what it promises can be had. A promise ends when a block is taken.
//!
//! [`Runs::largest`]: super::runs::Runs::largest

use super::records::{Link, Name};

/// Alignments that runs are remembered for: all of them, in lines.
const PLACES: usize = usize::BITS as usize;

/// The names of runs. They may have been used for other runs since, or for none: whoever looks at
/// such a run sees whether it is free, and long enough.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Remembered {
    last: Link,
    /// Whether a promise is open.
    promised: bool,
    best: [Link; PLACES],
}

/// The place for an alignment of `mask + 1` lines, more than one.
#[inline]
fn place(mask: usize) -> usize {
    // for a mask of 0, which nothing is promised for, some place
    (mask | 1).ilog2() as usize
}

impl Remembered {
    pub(super) const fn new() -> Self {
        Remembered { last: Link::NONE, best: [Link::NONE; PLACES], promised: false }
    }

    /// The run that was released last, or became part of this one.
    #[inline]
    pub(super) fn last(&self) -> Option<Name> {
        self.last.name()
    }

    /// The run that is promised for an alignment of `mask + 1` lines.
    #[inline]
    pub(super) fn best(&self, mask: usize) -> Option<Name> {
        if self.promised { self.best[place(mask)].name() } else { None }
    }

    /// Whether there is a promise that joining runs must keep.
    #[inline]
    pub(super) fn is_promised(&self) -> bool {
        self.promised
    }

    /// Promises a run for an alignment of `mask + 1` lines, more than one.
    pub(super) fn promise(&mut self, mask: usize, run: Option<Name>) {
        self.best[place(mask)] = run.into();
        self.promised = true;
    }

    /// Notes that a block was taken, so that nothing is promised any more.
    #[inline]
    pub(super) fn taken(&mut self) {
        self.promised = false;
    }

    /// Notes the free run that a block has become, or a part of.
    #[inline]
    pub(super) fn released(&mut self, run: Name) {
        self.last = run.into();
    }

    /// Notes that a free run has become a part of another one.
    #[inline]
    pub(super) fn joined(&mut self, part: Name, run: Name) {
        if self.promised {
            for place in &mut self.best {
                if *place == part.into() {
                    *place = run.into();
                }
            }
        }
    }
}
