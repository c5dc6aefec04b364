//! What a slice selects of a sequence.

use crate::stack::Local;
use crate::value::SWord;
use crate::{Raised, Vm};

/// The items that a slice selects: `start`, `start + step`, ..; `count` of them.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) step: SWord,
    pub(crate) count: usize,
}

impl Span {
    /// Behind the last item, for a step of 1.
    pub(crate) fn end(&self) -> usize {
        self.start + self.count
    }
}

impl Vm {
    /// What a slice object selects of `len` items.
    ///
    /// # Errors
    /// `ValueError` for a step of 0; `TypeError` for parts that are no indices.
    pub(crate) fn slice_span(&mut self, slice: Local, len: usize) -> Result<Span, Raised> {
        let bounds = self.slice_bounds(slice, len)?;
        let start = usize::try_from(bounds.start).unwrap_or(0);
        Ok(Span { start, step: bounds.step, count: bounds.len })
    }
}
