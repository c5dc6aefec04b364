//! Memory that is counted: the budget, growing buffers and the arena of trees.
//!
//! Everything that a compilation allocates goes through here, fails instead of aborting, and is
//! given back when its owner is dropped.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::{Deref, DerefMut, Range};

use bumpalo::Bump;

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

/// How much a compilation may allocate, does and did at most; the work that it does; and whether it
/// has failed.
///
/// Nothing returns early when something goes wrong. It is noted here, and from then on the text is
/// at its end, see [`Lexer::advance`](crate::lexer::Lexer::advance), no code is made, and what has
/// found no room is missing: so the walk comes to its end by itself.
pub(crate) struct Budget {
    limit: usize,
    meter: Option<Rc<Meter>>,
    used: Cell<usize>,
    peak: Cell<usize>,
    failed: Cell<bool>,
    failure: Cell<Fail>,
    watch: Option<Rc<dyn Watch>>,
    /// Work that was not reported yet.
    owed: Cell<u32>,
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
            failed: Cell::new(false),
            failure: Cell::new(Fail::Overflow),
            watch,
            owed: Cell::new(0),
        }
    }

    /// Tells of work that was done, which may end the compilation.
    #[inline]
    pub(crate) fn work(&self, steps: usize) {
        let owed = self.owed.get().saturating_add(u32::try_from(steps).unwrap_or(u32::MAX));
        self.owed.set(owed);
        if owed >= REPORTED {
            self.end_work();
        }
    }

    /// Counts the copy of a piece of something long, or of all that is short; answers whether to go on.
    pub(crate) fn passed(&self, items: usize) -> bool {
        self.work(items / BYTES_A_STEP);
        !self.failed()
    }

    /// Reports the work that was not reported yet.
    #[cold]
    #[inline(never)]
    pub(crate) fn end_work(&self) {
        let owed = self.owed.take();
        // when the compilation is to end nobody is asked about it any more
        if !self.failed() && self.watch.as_ref().is_some_and(|watch| !watch.work(owed)) {
            self.fail(Fail::Stopped);
        }
    }

    /// Ends the compilation, unless it has failed before.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&self, failure: Fail) {
        if !self.failed.replace(true) {
            self.failure.set(failure);
        }
    }

    /// Ends the compilation: something does not fit the format.
    #[cold]
    #[inline(never)]
    pub(crate) fn overflow(&self) {
        self.fail(Fail::Overflow);
    }

    /// Whether something went wrong.
    pub(crate) fn failed(&self) -> bool {
        self.failed.get()
    }

    /// What went wrong first.
    pub(crate) fn failure(&self) -> Fail {
        self.failure.get()
    }

    /// The most that was in use at one time.
    pub(crate) fn peak(&self) -> usize {
        self.peak.get()
    }

    fn free(&self) -> usize {
        let limit = self.meter.as_ref().map_or(self.limit, |m| m.limit.get().min(self.limit));
        limit.saturating_sub(self.used.get())
    }

    /// Counts what is allocated next; answers whether it may be.
    #[inline(never)]
    pub(crate) fn charge(&self, bytes: usize) -> bool {
        if bytes > self.free() {
            self.fail(Fail::Memory);
            return false;
        }
        self.set_used(self.used.get() + bytes);
        self.peak.set(self.peak.get().max(self.used.get()));
        true
    }

    #[inline(never)]
    pub(crate) fn release(&self, bytes: usize) {
        self.set_used(self.used.get().saturating_sub(bytes));
    }

    /// Counts what an array of so many items of a size takes when it grows: by an eighth, so that
    /// little is wasted. Returns its new capacity, unless there is too little room.
    #[inline(never)]
    fn grow(&self, len: usize, capacity: usize, extra: usize, size: usize) -> Option<usize> {
        let least = (16 / size.max(1)).max(2);
        let wanted = len.saturating_add(extra).max(capacity + capacity / 8).max(least);
        let more = (wanted - capacity).saturating_mul(size);
        self.charge(more).then_some(wanted)
    }

    /// Corrects the count by what such an array has got: nothing if not `done`, or more than asked
    /// for. Answers whether it can go on.
    #[inline(never)]
    fn grown(&self, done: bool, old: usize, wanted: usize, now: usize, size: usize) -> bool {
        if !done {
            self.release((wanted - old).saturating_mul(size));
            self.fail(Fail::Memory);
            return false;
        }
        now <= wanted || self.charge((now - wanted).saturating_mul(size))
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

    /// Makes room for `extra` more items; answers whether there is.
    pub(crate) fn reserve(&mut self, extra: usize) -> bool {
        let len = self.items.len();
        let capacity = self.items.capacity();
        if extra <= capacity.saturating_sub(len) {
            return true;
        }
        let size = size_of::<T>();
        let Some(wanted) = self.budget.grow(len, capacity, extra, size) else { return false };
        let done = self.items.try_reserve_exact(wanted.saturating_sub(len)).is_ok();
        self.budget.grown(done, capacity, wanted, self.items.capacity(), size)
    }

    /// Appends an item, if there is room.
    #[inline(never)]
    pub(crate) fn push(&mut self, item: T) {
        // That there is room says the second condition; it spares code that would make some.
        if self.reserve(1) && self.items.len() < self.items.capacity() {
            self.items.push(item);
        }
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
    /// Appends items, if there is room.
    #[inline(never)]
    pub(crate) fn extend(&mut self, items: &[T]) {
        if !self.reserve(items.len()) {
            return;
        }
        for piece in items.chunks(PIECE) {
            self.items.extend_from_slice(piece);
            if !self.budget.passed(piece.len()) {
                break;
            }
        }
    }

    /// Moves what is long to where it can grow by `least` items and half as many again as it has, a piece at a time: an
    /// allocator would move it at once.
    #[cold]
    #[inline(never)]
    pub(crate) fn move_on(&mut self, least: usize) {
        const LONG: usize = 1 << 20;
        let (len, capacity) = (self.items.len(), self.items.capacity());
        if len < LONG || capacity - len >= least {
            return;
        }
        let mut larger = Buf::new(self.budget);
        if !larger.reserve((len + len / 2).saturating_add(least)) {
            return;
        }
        larger.extend(&self.items);
        // what did not get through remains as it was
        if larger.len() == len {
            core::mem::swap(self, &mut larger);
        }
    }

    /// Makes it `len` zeros, or nothing if there is no room.
    #[inline(never)]
    pub(crate) fn zero(&mut self, len: usize)
    where
        T: Default,
    {
        self.items.clear();
        if !self.reserve(len) {
            return;
        }
        while self.items.len() < len {
            let piece = PIECE.min(len - self.items.len());
            self.items.resize(self.items.len() + piece, T::default());
            if !self.budget.passed(piece) {
                self.items.clear();
                break;
            }
        }
    }

    /// Drops the first `n` items.
    pub(crate) fn drop_front(&mut self, n: usize) {
        let n = n.min(self.items.len());
        let len = self.items.len() - n;
        self.move_down(n..n + len, 0);
        self.items.truncate(len);
    }

    /// Copies items to a place before them.
    pub(crate) fn move_down(&mut self, from: Range<usize>, to: usize) {
        let items = Cell::from_mut(self.items.as_mut_slice()).as_slice_of_cells();
        let from = items.get(from).unwrap_or_default();
        let to = items.get(to..).unwrap_or_default();
        to.iter().zip(from).for_each(|(to, from)| to.set(from.get()));
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

/// Items of something long that are copied before that is reported.
pub(crate) const PIECE: usize = 32 << 10;

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

    /// Allocates through `make`, which answers whether it could, at first with little more memory
    /// than is needed: left to itself the arena would double with each chunk. Nothing is made when the
    /// compilation is to end.
    fn grow(&self, bytes: usize, make: &mut dyn FnMut() -> bool) {
        if self.budget.failed() {
            return;
        }
        self.budget.work(bytes / BYTES_A_STEP);
        if self.bump.chunk_capacity() >= bytes + align_of::<u64>() && make() {
            return;
        }
        let held = self.counted.get();
        // A large arena grows in larger pieces, since each piece has a record of its own. What the arena tries
        // is twice the last piece, halved as long as that is enough, and rounded up to a power of two: with the
        // last step there is one that fits.
        let steps =
            [512.max(held / 16), 1024 + bytes.saturating_mul(2), 4096 + bytes.saturating_mul(4)];
        for step in steps {
            // of the record the arena's limit knows nothing
            let step = step.min(self.budget.free().saturating_sub(RECORD));
            let limit = self.bump.allocated_bytes().saturating_add(step);
            self.bump.set_allocation_limit(Some(limit));
            if make() {
                let now = self.bump.allocated_bytes_including_metadata();
                if self.budget.charge(now.saturating_sub(held)) {
                    self.counted.set(now);
                }
                return;
            }
        }
        self.budget.fail(Fail::Memory);
    }

    /// Allocates a value, if there is room.
    #[inline(never)]
    pub(crate) fn alloc<T: Clone>(&self, value: T) -> Option<&T> {
        let mut made = None;
        self.grow(size_of::<T>(), &mut || {
            made = self.bump.try_alloc_with(|| value.clone()).ok().map(|made| &*made);
            made.is_some()
        });
        made
    }

    /// Allocates a copy of a text; it is empty if there is no room.
    #[inline(never)]
    pub(crate) fn slice(&self, items: &[u8]) -> &[u8] {
        if items.len() > PIECE {
            return self.long_slice(items);
        }
        let mut made: &[u8] = &[];
        self.grow(size_of_val(items), &mut || match self.bump.try_alloc_slice_copy(items) {
            Ok(copy) => {
                made = copy;
                true
            }
            Err(_) => false,
        });
        made
    }

    /// The copy in groups of bytes, so that it can be reported meanwhile.
    #[cold]
    #[inline(never)]
    fn long_slice(&self, items: &[u8]) -> &[u8] {
        const GROUP: usize = 64;
        let (groups, rest) = items.as_chunks::<GROUP>();
        let mut last = [0; GROUP];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let len = groups.len() + 1;
        let mut made: &[[u8; GROUP]] = &[];
        self.grow(len.saturating_mul(GROUP), &mut || {
            let copy = self.bump.try_alloc_slice_fill_with(len, |at| {
                let goes_on = match at % (PIECE / GROUP) {
                    0 => self.budget.passed(PIECE),
                    _ => !self.budget.failed(),
                };
                // when the compilation is to end nobody looks at the rest
                *groups.get(at).filter(|_| goes_on).unwrap_or(&last)
            });
            match copy {
                Ok(copy) => {
                    made = copy;
                    true
                }
                Err(_) => false,
            }
        });
        made.as_flattened().get(..items.len()).unwrap_or_default()
    }
}

impl Arena<'_> {
    /// Allocates `len` copies of a value, to be changed before they are shared; none if there is no
    /// room.
    #[inline(never)]
    pub(crate) fn fill<T: Copy>(&self, len: usize, value: T) -> &mut [T] {
        let mut made: &mut [T] = &mut [];
        let bytes = len.saturating_mul(size_of::<T>());
        self.grow(bytes, &mut || match self.bump.try_alloc_slice_fill_copy(len, value) {
            Ok(slice) => {
                made = slice;
                true
            }
            Err(_) => false,
        });
        made
    }

    /// Allocates a copy of numbers; none if there is no room.
    pub(crate) fn copy<T: Copy + Default>(&self, items: &[T]) -> &[T] {
        let made = self.fill(items.len(), T::default());
        for (at, (to, from)) in made.iter_mut().zip(items).enumerate() {
            // when the compilation is to end nobody looks at the rest
            if at % PIECE == PIECE - 1 && !self.budget.passed(PIECE) {
                break;
            }
            *to = *from;
        }
        made
    }
}

impl Drop for Arena<'_> {
    fn drop(&mut self) {
        self.budget.release(self.counted.get());
    }
}
