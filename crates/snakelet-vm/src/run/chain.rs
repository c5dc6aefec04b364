//! Chains of generators that delegate to each other by `yield from`; see [`Generator`] for how one
//! finds the other.

#![allow(unsafe_code)] // follows links that are known to be generators

use snakelet_bytecode::opcode::op;

use crate::object::value::{Value, Word, raw};
use crate::object::{CodeObj, EXC_WORDS, FunctionObj, Generator, Slot, count_word};

use super::object;

/// Value of `ip` of a generator that ended.
pub(crate) const FINISHED: isize = -1;
/// Value of `ip` while it runs.
pub(crate) const RUNNING: isize = -2;

impl Generator {
    #[inline(always)]
    pub(crate) fn state(&self) -> isize {
        raw::to_int(self.ip.word())
    }
    pub(super) fn word(&self) -> Word {
        Value::from_ref(self).word()
    }
    pub(super) fn code(&self) -> Option<&CodeObj> {
        self.function.get().cast::<FunctionObj>()?.code()
    }
    /// Whether it is suspended at a `yield from`.
    pub(super) fn is_delegating(&self) -> bool {
        let op = usize::try_from(self.state())
            .ok()
            .filter(|_| self.begun())
            .and_then(|at| self.code()?.bytes().get(at));
        op == Some(&op::YIELD_FROM)
    }
    /// What it delegates to, if it is suspended at a `yield from`.
    pub(crate) fn delegate(&self) -> Option<Value<'_>> {
        let top = self.used().checked_sub(1)?;
        self.slots().get(top).filter(|_| self.is_delegating()).map(Slot::get)
    }
    /// The generator that it delegates to, unless that has not begun or has ended.
    pub(super) fn inner(&self) -> Option<&Generator> {
        let inner = self.delegate()?.cast::<Generator>()?;
        let state = inner.state();
        // whether it has begun is noted when it is suspended
        (state == RUNNING || inner.begun() && state != FINISHED).then_some(inner)
    }
    /// Whether it is part of the chain whose leaf is `leaf`, which runs.
    pub(super) fn is_above(&self, leaf: &Generator) -> bool {
        let root = leaf.link.get().cast::<Generator>().unwrap_or(leaf);
        let mut at = leaf;
        loop {
            if core::ptr::eq(at, self) {
                return true;
            }
            if core::ptr::eq(at, root) {
                return false;
            }
            match at.outer.get().cast::<Generator>() {
                Some(outer) => at = outer,
                None => return false,
            }
        }
    }
    /// The innermost exception that is being handled by those that delegate to it while it runs.
    pub(super) fn handled_outside(&self) -> Option<Value<'_>> {
        let root = self.link.get().cast::<Generator>()?;
        let mut at = self;
        while !core::ptr::eq(at, root) {
            at = at.outer.get().cast::<Generator>()?;
            let base = at.code()?.n_locals();
            for i in (0..at.exc() as usize).rev() {
                let value = at.slots().get(base + EXC_WORDS * i + 2)?.get();
                if !value.is_null() {
                    return Some(value);
                }
            }
        }
        None
    }
    /// Follows the chain to its end. `Err`: the leaf runs; with the generator that it must not
    /// be resumed from, if that does not run itself.
    pub(super) fn walk(&self) -> Result<&Generator, Option<&Generator>> {
        let mut leaf = self;
        while let Some(inner) = leaf.inner() {
            leaf = inner;
        }
        if leaf.state() != RUNNING {
            return Ok(leaf);
        }
        let mut stuck = None;
        let mut at = self;
        while !at.is_above(leaf) {
            stuck = Some(at);
            match at.inner() {
                Some(inner) => at = inner,
                None => break,
            }
        }
        Err(stuck)
    }
    /// Notes in a chain from `self` to `leaf` how it hangs together; the number of generators
    /// behind the first.
    pub(super) fn connect(&self, leaf: &Generator) -> usize {
        let mut at = self;
        let mut n = 0;
        while !core::ptr::eq(at, leaf)
            && let Some(inner) = at.inner()
        {
            inner.outer.set(Value::from_ref(at));
            at = inner;
            n += 1;
        }
        n
    }
    /// Makes `self` the root of the chain that ends with `leaf`, with `n` generators behind it.
    pub(super) fn lead(&self, leaf: &Generator, n: usize) {
        if core::ptr::eq(self, leaf) {
            self.link.set(Value::NULL);
            self.outer.set(Value::NULL);
        } else {
            self.link.set(Value::from_ref(leaf));
            leaf.link.set(Value::from_ref(self));
            self.outer.set_immediate(count_word(n));
        }
    }
    /// How many generators are behind a root.
    pub(super) fn depth(&self) -> usize {
        self.outer.get().as_small_int().unwrap_or(0) as usize
    }
    /// The leaf, if it is known.
    #[inline(always)]
    pub(super) fn known_leaf(&self) -> Option<&Generator> {
        let link = self.link.word();
        if link == raw::NULL {
            return Some(self);
        }
        // SAFETY: what is neither null nor anything else is a generator.
        let leaf = unsafe { object::<Generator>(link) };
        let known = raw::is_int(self.outer.word()) && leaf.link.word() == self.word();
        known.then_some(leaf)
    }
    /// The leaf, with which the chain is connected; errors as for `walk`.
    pub(super) fn leaf(&self) -> Result<&Generator, Option<&Generator>> {
        if let Some(leaf) = self.known_leaf()
            && leaf.state() != RUNNING
        {
            return Ok(leaf);
        }
        let leaf = self.walk()?;
        self.lead(leaf, self.connect(leaf));
        Ok(leaf)
    }
    /// Goes on behind the `yield from` at which it is suspended, with the next value sent as the
    /// result of that.
    pub(crate) fn drop_delegate(&self) {
        if self.is_delegating() {
            self.ip.set_immediate(count_word(self.state() as usize + 1));
            recount(self, Generator::counts(self.used().saturating_sub(1), true, self.exc()));
        }
    }
    /// Goes on behind the `yield from` at which it is suspended; what it delegated to is replaced
    /// by `value`, or left where it is, for an exception is to be raised.
    pub(crate) fn leave_delegate(&self, value: Option<Value<'_>>) {
        if !self.is_delegating() {
            return;
        }
        self.ip.set_immediate(count_word(self.state() as usize + 1));
        let Some(value) = value else { return };
        if let Some(slot) = self.slots().get(self.used().wrapping_sub(1)) {
            slot.set(value);
        }
    }
}

/// Marks a generator as ended and lets go of what it held.
pub(crate) fn finish(g: &Generator) {
    g.ip.set_immediate(raw::int(FINISHED));
    g.link.set(Value::NULL);
    g.outer.set(Value::NULL);
    for slot in g.slots() {
        slot.set(Value::NULL);
    }
}

/// Ends a leaf that runs, and all of its chain.
pub(super) fn finish_all(leaf: &Generator) {
    let root = leaf.link.get().cast::<Generator>().unwrap_or(leaf);
    let mut at = leaf;
    while !core::ptr::eq(at, root)
        && let Some(outer) = at.outer.get().cast::<Generator>()
    {
        finish(at);
        at = outer;
    }
    finish(at);
}

/// Notes how much of a generator is in use, and clears the rest.
#[cold]
#[inline(never)]
pub(super) fn recount(g: &Generator, counts: Word) {
    let before = g.used();
    g.counts.set_immediate(counts);
    for slot in g.slots().get(g.used()..before).unwrap_or(&[]) {
        slot.set(Value::NULL);
    }
}
