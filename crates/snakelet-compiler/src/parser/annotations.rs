//! The annotations of a function's parameters, which are no part of the tree: only functions with Viper's types ask.

use crate::ast::{Ex, Kind};
use crate::memory::{Budget, Buf};
use crate::token::Span;

/// Where the parameters with annotations begin, and what those name if they are names.
pub(crate) struct Annotations<'b>(Buf<'b, (u32, Option<Span>)>);

impl<'b> Annotations<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Annotations(Buf::new(budget))
    }

    /// Forgets those of the function before.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Remembers that of the parameter whose name begins at `start`.
    pub(super) fn note(&mut self, start: u32, annotation: Ex<'_>) {
        let name = match *annotation.kind() {
            Kind::Name(span) => Some(span),
            _ => None,
        };
        self.0.push((start, name));
    }

    /// The annotation of a parameter: none, or what it names if it is a name.
    pub(crate) fn of(&self, start: u32) -> Option<Option<Span>> {
        self.0.iter().find(|(at, _)| *at == start).map(|(_, name)| *name)
    }
}
