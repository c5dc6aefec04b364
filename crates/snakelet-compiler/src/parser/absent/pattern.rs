//! Without `match`: it is a name like others.

use super::Parser;

impl Parser<'_, '_> {
    /// Whether a statement that begins with the name `match` is one: never.
    #[inline(always)]
    pub(crate) fn begins_match(&mut self) -> bool {
        false
    }
}
