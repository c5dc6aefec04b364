//! Allocation: bumping through a free run, and finding the next one.
//!
//! Small objects are taken from the current [`Run`] one after the other. When it is too short,
//! the table is searched for the next free run that is long enough. [`Hints`] remember for each
//! class of sizes up to where such a search was in vain, so that between two collections every
//! hole is looked at about once a class, and a request that failed fails again at once.
#![allow(unsafe_code, reason = "writes fresh objects into free blocks")]

use core::ptr::NonNull;

use crate::table::{BITS, Chunk};
use crate::{BLOCK, BLOCK_WORDS, Heap, REGIONS, Word, header, table};

/// Where an object goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// From the low end up: ordinary objects.
    Low,
    /// From the high end down: objects that never move, so that they are not in the way of those
    /// that do. Their header must have [`header::PINNED`].
    High,
}

/// A free run is not followed further than this, so that opening one costs little.
const LONGEST_RUN: usize = 1024;

/// Blocks of a large object that are cleared between two polls.
const CLEARED: usize = if cfg!(test) { 4 } else { 16 << 10 };

/// The free run that is being filled.
///
/// The table has an object of one block at each block of what is left of it: such an object is
/// made by moving `memory` alone. Nothing looks for objects in the table while a run is open, but
/// the size of one: whatever does, gives the run back first.
#[repr(C)]
pub(crate) struct Run {
    /// The first block left.
    memory: *mut Word,
    /// The end of the last one; the same when nothing is left, which sends every request the long
    /// way. No collection becomes due before that.
    end: *mut Word,
    /// Block 0 of the region, and its table.
    base: *mut Word,
    chunks: NonNull<Chunk>,
    region: usize,
    /// Where the run began.
    start: usize,
}

impl Run {
    pub(crate) const NONE: Self = Self {
        memory: core::ptr::null_mut(),
        end: core::ptr::null_mut(),
        base: core::ptr::null_mut(),
        chunks: NonNull::dangling(),
        region: 0,
        start: 0,
    };

    /// The number of the first block left.
    #[inline(always)]
    fn block(&self) -> usize {
        self.memory.addr().wrapping_sub(self.base.addr()) / BLOCK
    }

    /// Blocks left.
    #[inline(always)]
    fn left(&self) -> usize {
        self.end.addr().wrapping_sub(self.memory.addr()) / BLOCK
    }

    /// Blocks taken from it.
    pub(crate) fn taken(&self) -> usize {
        self.block() - self.start
    }
}

/// A place in the order of search: the region in the upper two bits, the block below.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot(usize);

/// Four regions, and a region's blocks stay far below the rest of a word.
const REGION_SHIFT: u32 = usize::BITS - 2;
const _: () = assert!(REGIONS <= 4);

impl Spot {
    const START: Self = Self(0);
    /// After every block.
    const END: Self = Self(usize::MAX);

    fn new(region: usize, block: usize) -> Self {
        Self(region << REGION_SHIFT | block)
    }

    fn region(self) -> usize {
        self.0 >> REGION_SHIFT
    }

    fn block(self) -> usize {
        self.0 & (usize::MAX >> 2)
    }
}

/// No run of `blocks` or more blocks begins before `spot`; for the search from the high end: none
/// ends after it.
#[derive(Clone, Copy)]
struct Hint {
    blocks: usize,
    spot: Spot,
}

/// Size classes: 1, 2, 3, 4, 5..=8, 9..=16, 17..=32, 33 and more blocks.
const CLASSES: usize = 8;

/// What earlier searches have found out.
pub(crate) struct Hints {
    low: [Hint; CLASSES],
    /// For the search from the high end.
    high: [Hint; CLASSES],
    /// Blocks were freed since the last collection, so that a run may lie across a hint.
    stale: bool,
    /// The same for the search from the high end, which passes by the run that is being filled.
    stale_high: bool,
}

impl Hints {
    pub(crate) const NEW: Self = Self {
        low: [Hint { blocks: 0, spot: Spot::START }; CLASSES],
        high: [Hint { blocks: 0, spot: Spot::END }; CLASSES],
        stale: false,
        stale_high: false,
    };

    fn class(blocks: usize) -> usize {
        if blocks <= 4 {
            return blocks.saturating_sub(1);
        }
        let log = usize::BITS - (blocks - 1).leading_zeros();
        (log as usize + 1).min(CLASSES - 1)
    }

    /// Where a search for `blocks` blocks can begin.
    fn from(&self, blocks: usize) -> Spot {
        let class = Self::class(blocks);
        match self.low.get(class) {
            Some(hint) if hint.blocks <= blocks => hint.spot,
            // No smaller run, so no larger one either.
            _ => self.low.iter().take(class).fold(Spot::START, |most, hint| most.max(hint.spot)),
        }
    }

    /// Where a search for `blocks` blocks from the high end can begin.
    fn start_high(&self, blocks: usize) -> Spot {
        let class = Self::class(blocks);
        match self.high.get(class) {
            Some(hint) if hint.blocks <= blocks => hint.spot,
            _ => self.high.iter().take(class).fold(Spot::END, |least, hint| least.min(hint.spot)),
        }
    }

    /// A search for `blocks` blocks from the high end has ended at `spot`.
    fn searched_high(&mut self, blocks: usize, spot: Spot) {
        if let Some(hint) = self.high.get_mut(Self::class(blocks)) {
            *hint = Hint { blocks, spot };
        }
    }

    /// A search for `blocks` blocks has ended at `spot`.
    fn searched(&mut self, blocks: usize, spot: Spot) {
        if let Some(hint) = self.low.get_mut(Self::class(blocks)) {
            *hint = Hint { blocks, spot };
        }
    }

    /// A run of at most `blocks` blocks that ends at `spot` is free again.
    fn freed_high(&mut self, blocks: usize, spot: Spot) {
        for hint in &mut self.high {
            if hint.blocks <= blocks {
                hint.spot = hint.spot.max(spot);
            }
        }
    }

    /// A run of at most `blocks` blocks at `spot` is free (again).
    fn freed(&mut self, blocks: usize, spot: Spot) {
        for hint in &mut self.low {
            if hint.blocks <= blocks {
                hint.spot = hint.spot.min(spot);
            }
        }
    }
}

/// The blocks that `words` words take; even nothing takes one.
#[inline(always)]
fn blocks_for(words: usize) -> usize {
    if words <= BLOCK_WORDS { 1 } else { words.div_ceil(BLOCK_WORDS) }
}

impl Heap {
    /// Allocates an object of `words` words, zero-filled, with `header` as its word 0.
    ///
    /// None when no free run is long enough, the heap is locked, or the budget is spent; nothing is
    /// collected here.
    /// The words up to [`Heap::capacity_words`] are zero as well.
    ///
    /// Amortised constant time for objects of a few blocks.
    pub fn allocate(&mut self, header: Word, words: usize, place: Place) -> Option<NonNull<Word>> {
        self.allocate_slow(header, blocks_for(words), place)
    }

    /// Allocates as [`Heap::allocate`] does at the low end, if that is quick and no collection is due.
    // the short way is part of the one function that calls it, however small that is to be
    #[inline(always)]
    pub fn allocate_quick(&mut self, header: Word, words: usize) -> Option<NonNull<Word>> {
        if header & header::FINALISER != 0 {
            return None;
        }
        self.bump(header, blocks_for(words))
    }

    /// Allocates one block as [`Heap::allocate_quick`] does; the header has no
    /// [`header::FINALISER`].
    #[inline(always)]
    pub fn allocate_block(&mut self, header: Word) -> Option<NonNull<Word>> {
        debug_assert!(header & header::FINALISER == 0);
        self.bump_block(header)
    }

    /// Takes a block from the run, if it has one.
    #[inline(always)]
    fn bump_block(&mut self, header: Word) -> Option<NonNull<Word>> {
        let object = self.run.memory;
        if object == self.run.end {
            return None;
        }
        self.run.memory = object.wrapping_add(BLOCK_WORDS);
        // SAFETY: the first block left of the run, which lies in its region; `&mut self` makes us
        // the only one to use it, and nothing refers to its memory, since it is free.
        unsafe {
            object.cast::<[Word; BLOCK_WORDS]>().write([0; BLOCK_WORDS]);
            object.write(header);
            Some(NonNull::new_unchecked(object))
        }
    }

    /// Takes `blocks` blocks, at least one, from the run, if it has as many.
    #[inline(always)]
    fn bump(&mut self, header: Word, blocks: usize) -> Option<NonNull<Word>> {
        debug_assert!(blocks >= 1);
        if blocks == 1 {
            return self.bump_block(header);
        }
        let run = &mut self.run;
        if blocks > run.left() {
            return None;
        }
        let (block, object) = (run.block(), run.memory);
        run.memory = object.wrapping_add(blocks * BLOCK_WORDS);
        // SAFETY: the blocks are the first ones left of the run, which lies in its region, whose
        // table this is; `&mut self` makes us the only one to use both, and nothing refers to the
        // memory, since it is free.
        unsafe {
            let bit = block % BITS;
            if bit + blocks <= BITS {
                let tails = (usize::MAX >> (BITS - (blocks - 1))) << (bit + 1);
                let chunk = run.chunks.add(block / BITS).as_mut();
                chunk.lo &= !tails;
                chunk.hi |= tails;
            } else if let Some(region) = self.regions.get_mut(run.region) {
                table::set_tails(region.table_mut(), block + 1, block + blocks);
            }
            // most objects are small: a loop is shorter than a call that asks how to fill
            let mut at = object.cast::<[Word; BLOCK_WORDS]>();
            let end = at.add(blocks);
            if blocks <= 3 {
                while at < end {
                    at.write([0; BLOCK_WORDS]);
                    at = at.add(1);
                }
            } else {
                at.write_bytes(0, blocks);
            }
            object.write(header);
            Some(NonNull::new_unchecked(object))
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_slow(
        &mut self,
        header: Word,
        blocks: usize,
        place: Place,
    ) -> Option<NonNull<Word>> {
        debug_assert!(place == Place::Low || header & header::PINNED != 0);
        if self.lock_depth() != 0 || self.torture.strikes() || self.exceeds(blocks) {
            return None;
        }
        let object = match place {
            Place::Low => match self.bump(header, blocks) {
                Some(object) => object,
                None => self.allocate_low(header, blocks)?,
            },
            Place::High => self.allocate_high(header, blocks)?,
        };
        if header & header::FINALISER != 0 {
            self.finalisers += 1;
        }
        if self.torture.is_on() {
            self.retire_run();
        }
        Some(object)
    }

    fn allocate_low(&mut self, header: Word, blocks: usize) -> Option<NonNull<Word>> {
        let (old, block, stop) =
            (self.run.region, self.run.block(), self.run.block() + self.run.left());
        self.retire_run();
        let (region, start, end) = self.search_again(blocks)?;
        let overlaps = old == region && start < stop && block < end;
        if !overlaps && end - (start + blocks) < stop - block {
            // the run that was open before has more left
            let object = self.place(header, region, start, blocks);
            self.open_run(old, block, stop, 0);
            return object;
        }
        self.open_run(region, start, end, blocks);
        self.bump(header, blocks)
    }

    /// Allocates a large ordinary object as [`Heap::allocate`] does, and calls `poll` while its memory is
    /// cleared. None, too, if that answers that it is not wanted any more.
    #[cold]
    #[inline(never)]
    pub fn allocate_large(
        &mut self,
        header: Word,
        words: usize,
        poll: &mut dyn FnMut() -> bool,
    ) -> Option<NonNull<Word>> {
        debug_assert!(header & (header::FINALISER | header::PINNED) == 0);
        let blocks = blocks_for(words);
        if self.lock_depth() != 0 || self.torture.strikes() || self.exceeds(blocks) {
            return None;
        }
        self.retire_run();
        let (index, start, _) = self.search_again(blocks)?;
        if !self.clear(index, start, start + blocks, poll) {
            return None;
        }
        self.place_cleared(header, index, start, blocks)
    }

    /// Fills free blocks with zeros in pieces; false if `poll` was true after one of them. The blocks are free before
    /// and after, so that nothing is left to do when `poll` panics.
    fn clear(
        &mut self,
        index: usize,
        start: usize,
        end: usize,
        poll: &mut dyn FnMut() -> bool,
    ) -> bool {
        let mut from = start;
        while from < end {
            let to = end.min(from + CLEARED);
            let Some(region) = self.regions.get_mut(index) else { return false };
            region.fill(from, to, 0);
            if to < end && poll() {
                return false;
            }
            from = to;
        }
        true
    }

    /// As `search`, and once more from the start if that may help.
    fn search_again(&mut self, blocks: usize) -> Option<(usize, usize, usize)> {
        self.search(blocks).or_else(|| {
            if !core::mem::take(&mut self.hints.stale) {
                return None;
            }
            self.hints = Hints::NEW;
            self.search(blocks)
        })
    }

    /// The first free run of at least `blocks` blocks, as region, start and end.
    fn search(&mut self, blocks: usize) -> Option<(usize, usize, usize)> {
        let from = self.hints.from(blocks);
        let mut first = from.block();
        for index in from.region()..self.count {
            let region = self.regions.get(index)?;
            let (table, end) = (region.table(), region.blocks());
            let found = table::find_run_up_to(table, first, end, blocks, LONGEST_RUN);
            if let Some((start, end)) = found {
                self.hints.searched(blocks, Spot::new(index, start));
                return Some((index, start, end));
            }
            first = 0;
        }
        self.hints.searched(blocks, Spot::END);
        None
    }

    fn allocate_high(&mut self, header: Word, blocks: usize) -> Option<NonNull<Word>> {
        if let Some(object) = self.search_high(header, blocks) {
            return Some(object);
        }
        self.retire_run();
        if !core::mem::take(&mut self.hints.stale_high) {
            return None;
        }
        self.hints.high = Hints::NEW.high;
        self.search_high(header, blocks)
    }

    fn search_high(&mut self, header: Word, blocks: usize) -> Option<NonNull<Word>> {
        let from = self.hints.start_high(blocks);
        for index in (0..self.count).rev().filter(|&index| index <= from.region()) {
            let region = self.regions.get(index)?;
            let end = region.blocks();
            let below = if index == from.region() { end.min(from.block()) } else { end };
            let Some((_, end)) = table::find_run_back(region.table(), below, blocks) else {
                continue;
            };
            self.hints.searched_high(blocks, Spot::new(index, end));
            return self.place(header, index, end - blocks, blocks);
        }
        None
    }

    /// Writes an object into free blocks outside of the run.
    fn place(
        &mut self,
        header: Word,
        region: usize,
        start: usize,
        blocks: usize,
    ) -> Option<NonNull<Word>> {
        self.regions.get_mut(region)?.fill(start, start + blocks, 0);
        self.place_cleared(header, region, start, blocks)
    }

    /// As `place`, for blocks that are filled with zeros.
    fn place_cleared(
        &mut self,
        header: Word,
        region: usize,
        start: usize,
        blocks: usize,
    ) -> Option<NonNull<Word>> {
        let region = self.regions.get_mut(region)?;
        let end = start + blocks;
        table::set_object(region.table_mut(), start, blocks);
        region.set_header(start, header);
        region.cover(start, end);
        self.allocated += blocks;
        NonNull::new(region.address(start))
    }

    /// Opens the free run `start..end`, but no more of it than until a collection is due, and at
    /// least `blocks` blocks.
    fn open_run(&mut self, index: usize, start: usize, end: usize, blocks: usize) {
        let until_due = self.due.saturating_sub(self.allocated).max(blocks);
        let end = end.min(start.saturating_add(until_due));
        if let Some(region) = self.regions.get_mut(index) {
            table::set_heads(region.table_mut(), start, end);
            self.run = Run {
                memory: region.address(start),
                end: region.address(end),
                base: region.address(0),
                chunks: region.chunks(),
                region: index,
                start,
            };
        }
    }

    /// Gives the rest of the run back to the search, so that the next request goes the long way.
    pub(crate) fn retire_run(&mut self) {
        let run = core::mem::replace(&mut self.run, Run::NONE);
        let (block, left) = (run.block(), run.left());
        let Some(region) = self.regions.get_mut(run.region) else { return };
        if block > run.start {
            region.cover(run.start, block);
            self.allocated += block - run.start;
        }
        if left > 0 {
            table::clear(region.table_mut(), block, block + left);
            self.hints.freed(left, Spot::new(run.region, block));
            self.hints.stale_high = true;
        }
    }

    /// Whether the table has an object at each block that is left of the run: for the checker.
    pub(crate) fn run_is_marked(&self) -> bool {
        let run = &self.run;
        let (block, stop) = (run.block(), run.block() + run.left());
        self.regions.get(run.region).is_none_or(|region| {
            let other = |chunk: Chunk| chunk.hi | !chunk.lo;
            stop <= region.blocks() && table::scan(region.table(), block, stop, other) == stop
        })
    }

    /// Forgets run and hints: the blocks are no longer what they were.
    pub(crate) fn restart_search(&mut self) {
        self.retire_run();
        self.hints = Hints::NEW;
    }

    /// Blocks from `block` on were freed outside of a collection.
    fn note_freed(&mut self, index: usize, block: usize) {
        let Some(region) = self.regions.get(index) else { return };
        let table = region.table();
        let start = table::scan_back(table, block, Chunk::used).map_or(0, |used| used + 1);
        let stop = table::scan(table, block, region.blocks(), Chunk::used);
        // Only requests that the run is long enough for are to look here again.
        self.hints.freed(stop - start, Spot::new(index, start));
        self.hints.freed_high(stop - start, Spot::new(index, stop));
        self.hints.stale = true;
    }

    /// Makes an object larger where it lies, if the blocks after it are free.
    ///
    /// The added blocks are zero-filled; words that the object had room for already are left as
    /// they are. False when that is not possible, the heap is locked, the budget is spent, or `poll` is
    /// true, which is asked between pieces of the memory to fill; nothing has changed then.
    pub fn grow_in_place(
        &mut self,
        object: NonNull<Word>,
        words: usize,
        poll: &mut dyn FnMut() -> bool,
    ) -> bool {
        let Some((index, block)) = self.locate(object.as_ptr().addr()) else { return false };
        let old = self.blocks_of(object.as_ptr().addr());
        let new = blocks_for(words);
        if old == 0 || self.lock_depth() != 0 {
            return false;
        }
        if new <= old {
            return true;
        }
        if self.exceeds(new - old) {
            return false;
        }
        let (end, last) = (block + old, block.saturating_add(new));
        let run = &mut self.run;
        let from_run = run.region == index && run.block() == end && last - end <= run.left();
        if !from_run {
            if run.region == index && run.block() < last && end < run.block() + run.left() {
                self.retire_run();
            }
            let Some(region) = self.regions.get(index) else { return false };
            let (table, blocks) = (region.table(), region.blocks());
            if last > blocks || table::scan(table, end, last, Chunk::used) < last {
                return false;
            }
        }
        if !self.clear(index, end, last, poll) {
            return false;
        }
        let Some(region) = self.regions.get_mut(index) else { return false };
        if from_run {
            // the object was taken last from the run, which goes on behind it
            self.run.memory = self.run.memory.wrapping_add((last - end) * BLOCK_WORDS);
        } else {
            region.cover(end, last);
            self.allocated += new - old;
        }
        table::set_tails(region.table_mut(), end, last);
        true
    }

    /// Frees the blocks of an object beyond those that `words` words take.
    pub fn shrink(&mut self, object: NonNull<Word>, words: usize) {
        let blocks = self.blocks_of(object.as_ptr().addr());
        self.free_tail(object, blocks_for(words), blocks);
    }

    /// Frees an object that nothing refers to any more.
    pub fn release(&mut self, object: NonNull<Word>) {
        self.disarm_finaliser(object);
        let blocks = self.blocks_of(object.as_ptr().addr());
        self.free_tail(object, 0, blocks);
    }

    /// Frees the blocks `keep..blocks` of an object.
    fn free_tail(&mut self, object: NonNull<Word>, keep: usize, blocks: usize) {
        let Some((index, block)) = self.locate(object.as_ptr().addr()) else { return };
        self.account_peak = self.account_peak.max(self.used_blocks());
        let Some(region) = self.regions.get_mut(index) else { return };
        if keep < blocks {
            let (from, to) = (block + keep, block + blocks);
            table::clear(region.table_mut(), from, to);
            if let Some(poison) = self.torture.poison() {
                region.fill(from, to, poison);
            }
            let run = &mut self.run;
            let is_last = run.region == index && to == run.block() && from >= run.start;
            // a budget counts what is allocated, which a run that is taken from again and again hides
            if is_last && self.budget == usize::MAX {
                // what was taken last goes back to the run
                table::set_heads(region.table_mut(), from, to);
                run.memory = run.memory.wrapping_sub((to - from) * BLOCK_WORDS);
                self.before = self.before.wrapping_add(to - from);
            } else {
                self.settled = self.settled.wrapping_sub(to - from);
                self.note_freed(index, from);
            }
        }
    }
}
