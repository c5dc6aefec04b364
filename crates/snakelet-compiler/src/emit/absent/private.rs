//! Without the feature `cpython` no names are private.

use core::marker::PhantomData;

use crate::memory::Budget;

/// Nothing.
pub(super) struct Private<'b>(PhantomData<&'b Budget>);

impl<'b> Private<'b> {
    pub(super) fn new(_budget: &'b Budget, _wanted: bool) -> Self {
        Private(PhantomData)
    }
    pub(super) fn enter(&mut self, _class: &[u8]) {}
    pub(super) fn leave(&mut self) {}
    #[inline(always)]
    pub(super) fn name<'t>(&'t mut self, text: &'t [u8]) -> &'t [u8] {
        text
    }
}
