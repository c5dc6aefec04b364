//! Allocation: bumping through a free run, and finding the next one.
//!
//! Small objects are taken from the current [`Run`] one after the other. When it is too short,
//! the table is searched for the next free run that is long enough. [`Hints`] remember for each
//! class of sizes up to where such a search was in vain, so that between two collections every
//! hole is looked at about once a class, and a request that failed fails again at once.
#![allow(unsafe_code, reason = "writes fresh objects into free blocks")]

use core::ptr::NonNull;

use crate::table::{BITS, Chunk};
use crate::{BLOCK_WORDS, Heap, REGIONS, Word, header, table};

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

/// The free run that is being filled. Its blocks are free in the table.
pub(crate) struct Run {
    /// Blocks left: 0 sends every request the long way.
    left: usize,
    /// The first of them.
    block: usize,
    /// Its memory.
    memory: *mut Word,
    /// The region's table.
    chunks: NonNull<Chunk>,
    region: usize,
    /// Where the run began.
    start: usize,
}

impl Run {
    pub(crate) const NONE: Self = Self {
        left: 0,
        block: 0,
        memory: core::ptr::null_mut(),
        chunks: NonNull::dangling(),
        region: 0,
        start: 0,
    };
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
}

impl Hints {
    pub(crate) const NEW: Self = Self {
        low: [Hint { blocks: 0, spot: Spot::START }; CLASSES],
        high: [Hint { blocks: 0, spot: Spot::END }; CLASSES],
        stale: false,
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
    /// None when no free run is long enough, or the heap is locked; nothing is collected here.
    /// The words up to [`Heap::capacity_words`] are zero as well.
    ///
    /// Amortised constant time for objects of a few blocks.
    // the short way is part of the one function that calls it, however small that is to be
    #[inline(always)]
    pub fn allocate(&mut self, header: Word, words: usize, place: Place) -> Option<NonNull<Word>> {
        let blocks = blocks_for(words);
        if blocks <= self.run.left && place == Place::Low && header & header::FINALISER == 0 {
            Some(self.bump(header, blocks))
        } else {
            self.allocate_slow(header, blocks, place)
        }
    }

    /// Allocates one block as [`Heap::allocate`] does, if that is quick and no collection is due.
    #[inline(always)]
    pub fn allocate_block(&mut self, header: Word) -> Option<NonNull<Word>> {
        if self.run.left == 0 || self.wants_collect() {
            return None;
        }
        Some(self.bump(header, 1))
    }

    /// Takes `blocks` blocks, at least one and at most `run.left`, from the run.
    #[inline(always)]
    fn bump(&mut self, header: Word, blocks: usize) -> NonNull<Word> {
        debug_assert!(blocks >= 1 && blocks <= self.run.left);
        let run = &mut self.run;
        let (block, object) = (run.block, run.memory);
        run.block += blocks;
        run.left -= blocks;
        run.memory = object.wrapping_add(blocks * BLOCK_WORDS);
        self.allocated += blocks;
        // SAFETY: the run lies in its region, whose table this is; `&mut self` makes us the only
        // one to use it. The object's blocks are free, so nothing refers to their memory.
        unsafe {
            let chunk = run.chunks.add(block / BITS).as_mut();
            let bit = block % BITS;
            chunk.lo |= 1 << bit;
            if blocks == 1 {
                object.cast::<[Word; BLOCK_WORDS]>().write([0; BLOCK_WORDS]);
            } else {
                if bit + blocks <= BITS {
                    chunk.hi |= (usize::MAX >> (BITS - (blocks - 1))) << (bit + 1);
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
            }
            object.write(header);
            NonNull::new_unchecked(object)
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
        if self.lock_depth() != 0 || self.torture.strikes() {
            return None;
        }
        let object = match place {
            Place::Low if blocks <= self.run.left => self.bump(header, blocks),
            Place::Low => self.allocate_low(header, blocks)?,
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
        let (region, start, end) = self.search(blocks).or_else(|| {
            if !core::mem::take(&mut self.hints.stale) {
                return None;
            }
            self.hints = Hints::NEW;
            self.search(blocks)
        })?;
        let run = &self.run;
        let rest = end - (start + blocks);
        let overlaps = run.region == region && start < run.block + run.left && run.block < end;
        if overlaps || rest >= run.left {
            self.retire_run();
            self.open_run(region, start, end);
            return Some(self.bump(header, blocks));
        }
        self.place(header, region, start, blocks)
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
        let from = self.hints.start_high(blocks);
        for index in (0..self.count).rev().filter(|&index| index <= from.region()) {
            let region = self.regions.get(index)?;
            let end = region.blocks();
            let below = if index == from.region() { end.min(from.block()) } else { end };
            let Some((_, end)) = table::find_run_back(region.table(), below, blocks) else {
                continue;
            };
            let start = end - blocks;
            self.hints.searched_high(blocks, Spot::new(index, start));
            let run = &mut self.run;
            if run.region == index && start < run.block + run.left && run.block < end {
                run.left = start.saturating_sub(run.block);
            }
            return self.place(header, index, start, blocks);
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
        let region = self.regions.get_mut(region)?;
        let end = start + blocks;
        table::set_object(region.table_mut(), start, blocks);
        region.fill(start, end, 0);
        region.set_header(start, header);
        region.cover(start, end);
        self.allocated += blocks;
        NonNull::new(region.address(start))
    }

    fn open_run(&mut self, index: usize, start: usize, end: usize) {
        if let Some(region) = self.regions.get(index) {
            self.run = Run {
                left: end - start,
                block: start,
                memory: region.address(start),
                chunks: region.chunks(),
                region: index,
                start,
            };
        }
    }

    /// Gives the rest of the run back to the search, so that the next request goes the long way.
    pub(crate) fn retire_run(&mut self) {
        let run = core::mem::replace(&mut self.run, Run::NONE);
        if run.block > run.start
            && let Some(region) = self.regions.get_mut(run.region)
        {
            region.cover(run.start, run.block);
        }
        if run.left > 0 {
            self.hints.freed(run.left, Spot::new(run.region, run.block));
        }
    }

    /// The blocks of the run, if it lies in region `index`: for the checker.
    pub(crate) fn run_blocks(&self, index: usize) -> Option<(usize, usize)> {
        let run = &self.run;
        (run.left > 0 && run.region == index).then_some((run.block, run.block + run.left))
    }

    /// The range of blocks of region `index` that is free for certain: for the checker.
    pub(crate) fn covered(&self, index: usize, region: &crate::region::Region) -> (usize, usize) {
        let mut covered = (region.low_end, region.high_start);
        if self.run.start < self.run.block && self.run.region == index {
            covered = region.covering(self.run.start, self.run.block);
        }
        covered
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
    /// they are. False when that is not possible, or the heap is locked; nothing has changed then.
    pub fn grow_in_place(&mut self, object: NonNull<Word>, words: usize) -> bool {
        let Some((index, block)) = self.locate(object.as_ptr().addr()) else { return false };
        let old = self.blocks_of(object.as_ptr().addr());
        let new = blocks_for(words);
        if old == 0 || self.lock_depth() != 0 {
            return false;
        }
        if new <= old {
            return true;
        }
        let Some(region) = self.regions.get_mut(index) else { return false };
        let (end, last) = (block + old, block.saturating_add(new));
        if last > region.blocks() || table::scan(region.table(), end, last, Chunk::used) < last {
            return false;
        }
        let run = &mut self.run;
        if run.region == index && run.block == end && last - end <= run.left {
            // the object was taken last from the run, which goes on behind it
            run.block = last;
            run.left -= last - end;
            run.memory = run.memory.wrapping_add((last - end) * BLOCK_WORDS);
        } else if run.region == index && run.block < last && end < run.block + run.left {
            self.retire_run();
        }
        let Some(region) = self.regions.get_mut(index) else { return false };
        table::set_tails(region.table_mut(), end, last);
        region.fill(end, last, 0);
        region.cover(end, last);
        self.allocated += new - old;
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
        let Some(region) = self.regions.get_mut(index) else { return };
        if keep < blocks {
            let (from, to) = (block + keep, block + blocks);
            table::clear(region.table_mut(), from, to);
            if let Some(poison) = self.torture.poison() {
                region.fill(from, to, poison);
            }
            self.settled = self.settled.wrapping_sub(blocks - keep);
            let run = &mut self.run;
            if run.region == index && to == run.block && from >= run.start && run.left > 0 {
                // what was taken last goes back to the run
                run.block = from;
                run.left += to - from;
                run.memory = run.memory.wrapping_sub((to - from) * BLOCK_WORDS);
            } else {
                self.note_freed(index, from);
            }
        }
    }
}
