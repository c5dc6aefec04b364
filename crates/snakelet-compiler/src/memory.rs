//! Memory that is counted: the budget, growing buffers and the arena of trees.
//!
//! Everything that a compilation allocates goes through here, fails instead of aborting, and is
//! given back when its owner is dropped.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::{Deref, DerefMut};

use bumpalo::Bump;

use crate::error::Halt;
use crate::{Fail, Watch};

/// What a compilation has allocated, and how much that may be at this point: for hosts whose limit
/// changes while code is emitted, because both come out of one memory.
#[derive(Debug, Default)]
pub struct Meter {
    limit: Cell<usize>,
    used: Cell<usize>,
}

impl Meter {
    /// Makes a meter with a limit in bytes.
    pub const fn new(limit: usize) -> Self {
        Meter { limit: Cell::new(limit), used: Cell::new(0) }
    }

    /// Changes the limit.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.set(bytes);
    }

    /// Bytes that the compilation has allocated.
    pub fn used(&self) -> usize {
        self.used.get()
    }
}

/// Steps after which the work is reported.
const REPORTED: u32 = 256;

/// How much a compilation may allocate, does and did at most; and the work that it does.
pub(crate) struct Budget {
    limit: usize,
    meter: Option<Rc<Meter>>,
    used: Cell<usize>,
    peak: Cell<usize>,
    failure: Cell<Option<Fail>>,
    watch: Option<Rc<dyn Watch>>,
    /// Work that was not reported yet.
    owed: Cell<u32>,
    stopped: Cell<bool>,
}

impl Budget {
    pub(crate) fn new(
        limit: usize,
        meter: Option<Rc<Meter>>,
        watch: Option<Rc<dyn Watch>>,
    ) -> Self {
        Budget {
            limit,
            meter,
            used: Cell::new(0),
            peak: Cell::new(0),
            failure: Cell::new(None),
            watch,
            owed: Cell::new(0),
            stopped: Cell::new(false),
        }
    }

    /// Tells of work that was done; whether the compilation is to stop, [`Budget::check`] says.
    #[inline]
    pub(crate) fn work(&self, steps: usize) {
        let owed = self.owed.get().saturating_add(u32::try_from(steps).unwrap_or(u32::MAX));
        self.owed.set(owed);
        if owed >= REPORTED {
            self.end_work();
        }
    }

    /// Reports the work that was not reported yet.
    #[cold]
    #[inline(never)]
    pub(crate) fn end_work(&self) {
        let owed = self.owed.take();
        if self.watch.as_ref().is_some_and(|watch| !watch.work(owed)) {
            self.stopped.set(true);
        }
    }

    /// Ends the compilation if it is to stop.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), Halt> {
        if self.stopped.get() { Err(self.fail(Fail::Stopped)) } else { Ok(()) }
    }

    /// Tells of work that was done, and ends the compilation if it is to stop.
    #[inline]
    pub(crate) fn step(&self, steps: usize) -> Result<(), Halt> {
        self.work(steps);
        self.check()
    }

    /// Remembers why the compilation ends.
    #[cold]
    pub(crate) fn fail(&self, failure: Fail) -> Halt {
        self.failure.set(Some(failure));
        Halt
    }

    /// Why the compilation ended; where nothing was said something did not fit the format.
    pub(crate) fn failure(&self) -> Fail {
        self.failure.get().unwrap_or(Fail::Overflow)
    }

    /// The most that was in use at one time.
    pub(crate) fn peak(&self) -> usize {
        self.peak.get()
    }

    fn free(&self) -> usize {
        let limit = self.meter.as_ref().map_or(self.limit, |m| m.limit.get().min(self.limit));
        limit.saturating_sub(self.used.get())
    }

    pub(crate) fn charge(&self, bytes: usize) -> Result<(), Halt> {
        if bytes > self.free() {
            return Err(self.fail(Fail::Memory));
        }
        self.set_used(self.used.get() + bytes);
        self.peak.set(self.peak.get().max(self.used.get()));
        Ok(())
    }

    pub(crate) fn release(&self, bytes: usize) {
        self.set_used(self.used.get().saturating_sub(bytes));
    }

    fn set_used(&self, bytes: usize) {
        self.used.set(bytes);
        if let Some(meter) = &self.meter {
            meter.used.set(bytes);
        }
    }
}

/// A growing array whose memory counts towards the budget.
pub(crate) struct Buf<'b, T> {
    items: Vec<T>,
    budget: &'b Budget,
}

impl<'b, T> Buf<'b, T> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Buf { items: Vec::new(), budget }
    }

    pub(crate) fn budget(&self) -> &'b Budget {
        self.budget
    }

    /// Makes room for `extra` more items; grows by an eighth so that little is wasted.
    pub(crate) fn reserve(&mut self, extra: usize) -> Result<(), Halt> {
        let need = self.items.len().saturating_add(extra);
        let old = self.items.capacity();
        if need <= old {
            return Ok(());
        }
        let least = (16 / size_of::<T>().max(1)).max(2);
        let capacity = need.max(old + old / 8).max(least);
        let bytes = (capacity - old).saturating_mul(size_of::<T>());
        self.budget.charge(bytes)?;
        if self.items.try_reserve_exact(capacity - self.items.len()).is_err() {
            self.budget.release(bytes);
            return Err(self.budget.fail(Fail::Memory));
        }
        let more = self.items.capacity().saturating_sub(capacity) * size_of::<T>();
        if more > 0 {
            self.budget.charge(more)?;
        }
        Ok(())
    }

    pub(crate) fn push(&mut self, item: T) -> Result<(), Halt> {
        if self.items.len() == self.items.capacity() {
            self.reserve(1)?;
        }
        self.items.push(item);
        Ok(())
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
    }

    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    /// Gives the memory back.
    pub(crate) fn shrink(&mut self) {
        self.budget.release(self.items.capacity() * size_of::<T>());
        self.items = Vec::new();
    }
}

impl<T: Copy> Buf<'_, T> {
    pub(crate) fn extend(&mut self, items: &[T]) -> Result<(), Halt> {
        self.reserve(items.len())?;
        self.items.extend_from_slice(items);
        Ok(())
    }

    /// Drops the first `n` items.
    pub(crate) fn drop_front(&mut self, n: usize) {
        let n = n.min(self.items.len());
        let len = self.items.len() - n;
        self.items.copy_within(n.., 0);
        self.items.truncate(len);
    }
}

impl<T> Deref for Buf<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> DerefMut for Buf<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<T> Drop for Buf<'_, T> {
    fn drop(&mut self) {
        self.budget.release(self.items.capacity() * size_of::<T>());
    }
}

/// Bytes of a tree that are written in a step.
const BYTES_A_STEP: usize = 64;

/// Bytes that a piece of an arena's memory takes beyond what was asked for, at most.
const RECORD: usize = 6 * size_of::<usize>() + 16;

/// Holds the tree of one statement.
///
/// The memory is that of the greatest statement so far; [`Arena::reset`] makes it free for the next.
pub(crate) struct Arena<'b> {
    bump: Bump,
    budget: &'b Budget,
    counted: Cell<usize>,
}

impl<'b> Arena<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Arena { bump: Bump::new(), budget, counted: Cell::new(0) }
    }

    pub(crate) fn reset(&mut self) {
        // Resetting keeps the newest chunk only, which after a great statement may be much more
        // than the next ones need.
        const KEEP: usize = 1024;
        if self.counted.get() > KEEP {
            self.bump = Bump::new();
        } else {
            self.bump.reset();
        }
        self.count_less();
    }

    fn count_less(&self) {
        let now = self.bump.allocated_bytes_including_metadata();
        self.budget.release(self.counted.get().saturating_sub(now));
        self.counted.set(self.counted.get().min(now));
    }

    /// Allocates through `make`, at first with little more memory than is needed: left to itself the
    /// arena would double with each chunk.
    fn grow<'a, T>(
        &'a self,
        bytes: usize,
        make: impl Fn(&'a Bump) -> Option<T>,
    ) -> Result<T, Halt> {
        self.budget.work(bytes / BYTES_A_STEP);
        if self.bump.chunk_capacity() >= bytes + align_of::<u64>()
            && let Some(made) = make(&self.bump)
        {
            return Ok(made);
        }
        let held = self.counted.get();
        // a large arena grows in larger pieces, since each piece has a record of its own
        for step in [512.max(held / 16), 1024 + bytes.saturating_mul(2)] {
            // of the record the arena's limit knows nothing
            let step = step.min(self.budget.free().saturating_sub(RECORD));
            let limit = self.bump.allocated_bytes().saturating_add(step);
            self.bump.set_allocation_limit(Some(limit));
            if let Some(made) = make(&self.bump) {
                let now = self.bump.allocated_bytes_including_metadata();
                self.budget.charge(now.saturating_sub(held))?;
                self.counted.set(now);
                return Ok(made);
            }
        }
        Err(self.budget.fail(Fail::Memory))
    }

    /// Allocates a value.
    pub(crate) fn alloc<T: Clone>(&self, value: T) -> Result<&T, Halt> {
        self.grow(size_of::<T>(), |bump| {
            bump.try_alloc_with(|| value.clone()).ok().map(|made| &*made)
        })
    }

    /// Allocates a copy of a slice.
    pub(crate) fn slice<T: Copy>(&self, items: &[T]) -> Result<&[T], Halt> {
        self.grow(size_of_val(items), |bump| {
            bump.try_alloc_slice_copy(items).ok().map(|made| &*made)
        })
    }
}

impl Arena<'_> {
    /// Allocates `len` copies of a value, to be changed before they are shared.
    pub(crate) fn fill<T: Copy>(&self, len: usize, value: T) -> Result<&mut [T], Halt> {
        let bytes = len.saturating_mul(size_of::<T>());
        self.grow(bytes, |bump| bump.try_alloc_slice_fill_copy(len, value).ok())
    }
}

impl Drop for Arena<'_> {
    fn drop(&mut self) {
        self.budget.release(self.counted.get());
    }
}
