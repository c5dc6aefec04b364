//! The heap: its regions, its switches, and what can be asked about an object.
#![allow(unsafe_code, reason = "takes over host memory")]

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::alloc::{Hints, Run};
use crate::region::Region;
use crate::stress::Torture;
use crate::{BLOCK, BLOCK_WORDS, REGIONS, Word, header, table};

/// A heap over up to [`REGIONS`] regions of memory.
///
/// It has no destructor: the memory is the host's again when the heap is no longer used.
// the run comes first, where the machine's instructions reach it with a short offset
#[repr(C)]
pub struct Heap {
    /// The free run that small objects are taken from.
    pub(crate) run: Run,
    /// The first `count` are in use.
    pub(crate) regions: [Region; REGIONS],
    pub(crate) count: usize,
    pub(crate) hints: Hints,
    /// Blocks allocated since the last collection, without those taken from the run.
    pub(crate) allocated: usize,
    /// With those allocated since the last collection, wrapping, the number of used blocks.
    pub(crate) settled: usize,
    /// Blocks allocated before the last collection, wrapping.
    pub(crate) before: usize,
    /// Most blocks that were used when a collection began.
    pub(crate) peak: usize,
    /// The same since an account was begun.
    pub(crate) account_peak: usize,
    /// What was allocated in all, in blocks, wrapping, then.
    account: usize,
    /// Blocks that may be allocated, counted from the last collection; the most that there is for any
    /// number.
    pub(crate) budget: usize,
    /// Live objects with [`header::FINALISER`].
    pub(crate) finalisers: usize,
    pub(crate) torture: Torture,
    lock: u16,
    enabled: bool,
    /// In blocks.
    threshold: usize,
    /// A collection is due, or the budget spent, when so many blocks were allocated: what the threshold,
    /// the switches, the lock and the budget come to.
    pub(crate) due: usize,
    memory: PhantomData<*mut u8>,
}

// SAFETY: the heap is the only owner of its memory; nothing in it is bound to a thread.
unsafe impl Send for Heap {}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

impl Heap {
    /// A heap without memory.
    pub const fn new() -> Self {
        Self {
            regions: [Region::EMPTY; REGIONS],
            count: 0,
            run: Run::NONE,
            hints: Hints::NEW,
            allocated: 0,
            settled: 0,
            before: 0,
            peak: 0,
            account_peak: 0,
            account: 0,
            budget: usize::MAX,
            finalisers: 0,
            torture: Torture::OFF,
            lock: 0,
            enabled: true,
            threshold: usize::MAX,
            due: usize::MAX,
            memory: PhantomData,
        }
    }

    /// Adds memory that is never given back. False when it is too small for its tables and one
    /// block, or when there are [`REGIONS`] regions already.
    pub fn add_static_region(&mut self, memory: &'static mut [MaybeUninit<u8>]) -> bool {
        let len = memory.len();
        let Some(start) = NonNull::new(memory.as_mut_ptr().cast()) else { return false };
        // SAFETY: an exclusive borrow that never ends.
        unsafe { self.add_region(start, len) }
    }

    /// Adds `len` bytes at `memory`. False when it is too small for its tables and one block, or
    /// when there are [`REGIONS`] regions already.
    ///
    /// # Safety
    ///
    /// The memory is valid for reads and writes, and used by nothing else, for as long as the
    /// heap or an object in it is used.
    pub unsafe fn add_region(&mut self, memory: NonNull<u8>, len: usize) -> bool {
        let Some(slot) = self.regions.get_mut(self.count) else { return false };
        // SAFETY: the caller's promise.
        let Some(region) = (unsafe { Region::lay_out(memory, len) }) else { return false };
        *slot = region;
        self.count += 1;
        self.restart_search();
        true
    }

    /// The regions in use.
    #[inline]
    pub(crate) fn live_regions(&self) -> &[Region] {
        self.regions.get(..self.count).unwrap_or_default()
    }

    /// Finds the region and the block of an address.
    #[inline]
    pub(crate) fn locate(&self, address: Word) -> Option<(usize, usize)> {
        self.regions
            .iter()
            .enumerate()
            .find_map(|(index, region)| Some((index, region.block(address)?)))
    }

    /// Whether the word is the address of a block of this heap.
    #[inline]
    pub fn contains(&self, word: Word) -> bool {
        word.is_multiple_of(BLOCK) && self.locate(word).is_some()
    }

    /// The blocks of an object, or 0 for what is no object.
    pub(crate) fn blocks_of(&self, object: Word) -> usize {
        let Some((region, block)) = self.locate(object) else { return 0 };
        let Some(region) = self.regions.get(region) else { return 0 };
        if table::chunk(region.table(), block / table::BITS).lo >> (block % table::BITS) & 1 == 0 {
            return 0;
        }
        table::object_end(region.table(), block, region.blocks()) - block
    }

    /// The words that the blocks of an object have room for.
    pub fn capacity_words(&self, object: NonNull<Word>) -> usize {
        self.blocks_of(object.as_ptr().addr()) * BLOCK_WORDS
    }

    /// Sets an object's [`header::FINALISER`].
    pub fn arm_finaliser(&mut self, object: NonNull<Word>) {
        self.set_finaliser(object, true);
    }

    /// Clears an object's [`header::FINALISER`].
    pub fn disarm_finaliser(&mut self, object: NonNull<Word>) {
        self.set_finaliser(object, false);
    }

    fn set_finaliser(&mut self, object: NonNull<Word>, armed: bool) {
        let Some((region, block)) = self.locate(object.as_ptr().addr()) else { return };
        let Some(region) = self.regions.get_mut(region) else { return };
        let old = region.header(block);
        if (old & header::FINALISER != 0) != armed {
            region.set_header(block, old ^ header::FINALISER);
            self.finalisers =
                if armed { self.finalisers + 1 } else { self.finalisers.saturating_sub(1) };
        }
    }

    /// Blocks allocated since the last collection.
    #[inline]
    fn allocated_blocks(&self) -> usize {
        self.allocated.wrapping_add(self.run.taken())
    }

    /// Used blocks.
    #[inline]
    pub(crate) fn used_blocks(&self) -> usize {
        self.settled.wrapping_add(self.allocated_blocks())
    }

    /// Bytes in blocks of objects.
    #[inline]
    pub fn used_bytes(&self) -> usize {
        self.used_blocks() * BLOCK
    }

    /// Bytes in free blocks.
    #[inline]
    pub fn free_bytes(&self) -> usize {
        self.total_bytes() - self.used_bytes()
    }

    /// Bytes that were ever allocated, wrapping.
    pub fn allocated_bytes(&self) -> usize {
        self.before.wrapping_add(self.allocated_blocks()).wrapping_mul(BLOCK)
    }

    /// The most bytes that were used at a time: just before a collection, or now.
    pub fn peak_bytes(&self) -> usize {
        self.peak.max(self.used_blocks()) * BLOCK
    }

    /// Bytes in all blocks, without the tables.
    pub fn total_bytes(&self) -> usize {
        self.live_regions().iter().map(Region::blocks).sum::<usize>() * BLOCK
    }

    /// Begins to count anew for [`Heap::account_bytes`] and [`Heap::account_peak_bytes`].
    pub fn begin_account(&mut self) {
        self.account = self.before.wrapping_add(self.allocated_blocks());
        self.account_peak = 0;
    }

    /// Bytes allocated since the account was begun.
    pub fn account_bytes(&self) -> u64 {
        let blocks = self.before.wrapping_add(self.allocated_blocks()).wrapping_sub(self.account);
        (blocks as u64).saturating_mul(BLOCK as u64)
    }

    /// The most bytes that were used at a time since the account was begun: just before objects were
    /// freed, or now.
    pub fn account_peak_bytes(&self) -> usize {
        self.account_peak.max(self.used_blocks()) * BLOCK
    }

    /// Lets so many bytes be allocated from now on, and no more; None sets no limit.
    pub fn set_budget(&mut self, bytes: Option<u64>) {
        self.budget = match bytes.map(|bytes| usize::try_from(bytes / BLOCK as u64)) {
            Some(Ok(blocks)) => self.allocated_blocks().saturating_add(blocks),
            _ => usize::MAX,
        };
        self.set_due();
    }

    /// The bytes that may still be allocated, if they are limited.
    pub fn budget(&self) -> Option<u64> {
        let left = self.budget.saturating_sub(self.allocated_blocks());
        (self.budget != usize::MAX).then(|| (left as u64).saturating_mul(BLOCK as u64))
    }

    /// Whether an object of `words` words is more than the budget allows, so that its allocation fails.
    pub fn exceeds_budget(&self, words: usize) -> bool {
        self.exceeds(words.div_ceil(BLOCK_WORDS).max(1))
    }

    #[inline]
    pub(crate) fn exceeds(&self, blocks: usize) -> bool {
        self.budget != usize::MAX && self.budget.saturating_sub(self.allocated_blocks()) < blocks
    }

    /// Forbids allocation until it is unlocked as often. Returns the new depth.
    pub fn lock(&mut self) -> u16 {
        self.set_lock(self.lock.saturating_add(1));
        self.lock
    }

    /// Takes back one [`Heap::lock`]. Returns the new depth.
    pub fn unlock(&mut self) -> u16 {
        self.set_lock(self.lock.saturating_sub(1));
        self.lock
    }

    /// How often the heap is locked.
    pub fn lock_depth(&self) -> u16 {
        self.lock
    }

    /// Sets the lock depth; allocation fails while it is not 0.
    pub fn set_lock(&mut self, depth: u16) {
        self.lock = depth;
        self.set_due();
    }

    /// Whether collections may start by themselves.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Allows or forbids that [`Heap::wants_collect`] asks for collections.
    pub fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        self.set_due();
    }

    /// The bytes after whose allocation a collection is asked for, None for never.
    pub fn threshold(&self) -> Option<usize> {
        (self.threshold != usize::MAX).then(|| self.threshold.saturating_mul(BLOCK))
    }

    /// Asks for a collection when this many bytes were allocated since the last one.
    pub fn set_threshold(&mut self, bytes: Option<usize>) {
        self.threshold = bytes.map_or(usize::MAX, |bytes| bytes / BLOCK);
        self.set_due();
    }

    pub(crate) fn set_due(&mut self) {
        let due = match self.enabled && self.lock == 0 {
            false => usize::MAX,
            true if self.torture.stress => 0,
            true => self.threshold,
        };
        self.due = due.min(self.budget);
        // which ends where a collection is due
        self.retire_run();
    }

    /// Whether a collection is due before the next allocation: the threshold is reached, or
    /// stress mode is on. Or the budget is spent: [`Heap::exceeds_budget`].
    pub fn wants_collect(&self) -> bool {
        self.allocated_blocks() >= self.due
    }

    /// Whether the last allocation failed on purpose, so that collecting would not help: the heap
    /// is locked, or [`Heap::fail_after`] struck.
    pub fn refused(&self) -> bool {
        self.lock != 0 || self.torture.struck
    }

    /// The heads of all objects, by region and address.
    pub fn objects(&mut self) -> Objects<'_> {
        self.retire_run();
        self.walk()
    }

    /// The same while no run is open.
    pub(crate) fn walk(&self) -> Objects<'_> {
        Objects { heap: self, region: 0, block: 0 }
    }
}

/// See [`Heap::objects`].
pub struct Objects<'h> {
    heap: &'h Heap,
    region: usize,
    block: usize,
}

impl Iterator for Objects<'_> {
    type Item = *const Word;

    fn next(&mut self) -> Option<*const Word> {
        loop {
            let region = self.heap.live_regions().get(self.region)?;
            let end = region.blocks();
            let block = table::scan(region.table(), self.block, end, |chunk| chunk.lo);
            if block < end {
                self.block = block + 1;
                return Some(region.address(block));
            }
            self.region += 1;
            self.block = 0;
        }
    }
}
