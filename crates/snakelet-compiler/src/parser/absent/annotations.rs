//! Annotations that nobody asks for.

use crate::ast::Ex;
use crate::memory::Budget;

/// Where annotations would be.
pub(crate) struct Annotations<'b>(core::marker::PhantomData<&'b ()>);

impl<'b> Annotations<'b> {
    #[inline(always)]
    pub(super) fn new(_: &'b Budget) -> Self {
        Annotations(core::marker::PhantomData)
    }

    #[inline(always)]
    pub(crate) fn clear(&mut self) {}

    #[inline(always)]
    pub(super) fn note(&mut self, _: u32, _: Ex<'_>) {}
}
