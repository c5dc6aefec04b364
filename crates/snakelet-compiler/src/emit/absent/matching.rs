//! Without `match`.

use super::Compiler;
use crate::memory::Arena;
use crate::{Message, Sink};

impl<'b, S: Sink> Compiler<'_, 'b, '_, S> {
    /// A statement that no text begins.
    #[inline(always)]
    pub(super) fn match_statement(&mut self, _arena: &mut Arena<'b>) {
        self.unexpected(Message::InvalidSyntax)
    }
}
