//! What a function needs, by its own account: for code that is trusted.

use super::{Facts, Limits, Verified, in_cell, local};
use crate::Instructions;
use crate::prelude::Prelude;

/// Slots by which what a prelude declares for locals and stack together may be too little: the official compiler
/// forgets the local `__class__` of a class that defines one.
const FORGOTTEN: u16 = 2;

/// Returns what a function needs that keeps to the rules which [`verify`](super::verify) checks. Where it does not,
/// or `limits` are not the module's, the numbers mean nothing; `None` if it cannot be right already by its prelude.
pub fn measure(prelude: &Prelude<'_>, limits: &Limits) -> Option<Verified> {
    let facts = Facts::gather(prelude, limits).ok()?;
    let (mut n_locals, mut n_free) = (facts.n_locals, 0);
    for instruction in Instructions::new(prelude.code) {
        let instruction = instruction.ok()?;
        if let Some(local) = local(&instruction) {
            n_locals = n_locals.max(local.checked_add(1)?);
            if in_cell(&instruction) && !facts.is_cell(local) {
                n_free = n_free.max(local as u16 + 1);
            }
        }
    }
    let n_locals = facts.check_locals(n_locals).ok()?;
    let n_state = facts.signature.n_state;
    let n_stack = (n_state - n_locals).saturating_add(FORGOTTEN).min(n_state);
    Some(Verified { n_locals, n_stack, n_exc: facts.signature.n_exc_stack, n_free })
}
