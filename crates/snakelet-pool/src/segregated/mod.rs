//! A pool over any region of memory: classes of sizes on two levels, as in TLSF, with records that lie
//! outside of the memory they describe.
//!
//! ```text
//!   records (20 bytes each)       the pool's memory, in lines of 32 bytes
//!   +--------------------+       +-----------+------+-----------------+------+
//!   | start len ..  Used |------>| block     | free | block           | free |
//!   | start len ..  Free |---+   +-----------+------+-----------------+------+
//!   | start len ..  Used |   +-->            ^
//!   +--------------------+
//! ```
//!
//! Allocators that keep a header before each block, TLSF among them, share cache lines between a header
//! and a buffer that a device writes: dropping such a line from the cache drops the header with it. Here
//! nothing but blocks lies in the pool's memory. A device cannot damage the records, memory that was lent to
//! another owner needs no repair, and a block that is not the pool's, or was given back before, is told
//! by its record.
//!
//! A search looks at up to eight runs of the request's own class before it takes one of the next class. So a
//! run that was just freed serves the same size again, which TLSF's rounding up to the next class refuses
//! for most sizes.
//!
//! Where speed counts more than flash, blocks of less than 32 lines are cut from a designated victim, as in
//! Lea's allocator: what is left of the run that one was cut from last is in no list, so that the next one
//! moves no list entry. A run of just the right length goes before it, and the victim serves larger requests when
//! nothing else does.
//!
//! An alignment of more than a line is served from a run that is long enough wherever it starts. Where
//! there is none, a search looks at the run that was released last, and at the one that `largest` has found
//! for this alignment: it takes a bounded time, gives back what was just released, and keeps what `largest`
//! promises, but it may refuse what would fit elsewhere. Whoever asks `largest` first, as
//! [`Pools::place`](crate::Pools::place) does, gets what there is.
//!
//! What is bounded by the number of records only, not by a constant: `largest` for such an alignment, and the
//! longest run in the statistics, which is looked for in the whole highest class.

#![expect(unsafe_code, reason = "hands out memory of a region it owns")]

mod class;
mod debug;
mod quick;
mod record;
mod records;
mod remember;
mod runs;
mod search;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "testing"))]
mod verify;

use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;
use core::slice;

pub use record::Record;
use record::{PERSISTENT, USED};
use runs::{Runs, Taken};

use crate::lock::{Lock, SingleThread};
use crate::pool::{MemoryPool, PoolInfo};
use crate::{Attributes, Block, BlockInfo, BlockState, LendError, PoolError, Reach, Stats};

/// Whether the common cases have ways of their own, in the module `quick`. A microcontroller's flash is
/// better used otherwise. With `--cfg snakelet_pool_small` the tests of other machines run without them.
const QUICK: bool = cfg!(not(any(target_os = "none", snakelet_pool_small)));

/// What a host does to make a cache and memory agree.
///
/// ```
/// use core::ops::Range;
/// use snakelet_pool::{Cache, PoolConfig};
///
/// /// The data cache of a Cortex-M7, by the address registers of its system control block.
/// struct DataCache;
///
/// impl Cache for DataCache {
///     fn clean(&self, range: Range<usize>) {
///         for line in range.step_by(32) {
///             # let _ = line;
///             // write the line's address to DCCMVAC; after the last one: DSB, ISB
///         }
///     }
///
///     unsafe fn invalidate(&self, range: Range<usize>) {
///         for line in range.step_by(32) {
///             # let _ = line;
///             // write the line's address to DCIMVAC; after the last one: DSB, ISB
///         }
///     }
/// }
///
/// let config = PoolConfig::new("dram").line(32).cache(&DataCache);
/// # let _ = config;
/// ```
pub trait Cache: Sync {
    /// Writes what the cache holds back of the range to memory.
    fn clean(&self, range: Range<usize>);

    /// Drops what the cache holds of the range.
    ///
    /// # Safety
    /// The range consists of whole lines, and what the processor has written there may be lost.
    unsafe fn invalidate(&self, range: Range<usize>);
}

/// What a [`SegregatedPool`] is called and what its memory is like.
///
/// ```
/// use snakelet_pool::{Attributes, PoolConfig, Reach};
///
/// let config = PoolConfig::new("dtcm").attributes(Attributes::DTCM).reach(Reach::CPU).line(8);
/// # let _ = config;
/// ```
#[derive(Clone, Copy)]
pub struct PoolConfig<'m> {
    name: &'m str,
    attributes: Attributes,
    reach: Reach,
    line: usize,
    cache: Option<&'m dyn Cache>,
}

impl<'m> PoolConfig<'m> {
    /// A pool of bulk memory that the processor and DMA controllers reach, with lines of 32 bytes.
    pub const fn new(name: &'m str) -> Self {
        let reach = Reach::CPU.union(Reach::DMA);
        PoolConfig { name, attributes: Attributes::empty(), reach, line: 32, cache: None }
    }

    /// Sets what the memory is good at.
    #[must_use]
    pub const fn attributes(self, attributes: Attributes) -> Self {
        PoolConfig { attributes, ..self }
    }

    /// Sets who can reach the memory.
    #[must_use]
    pub const fn reach(self, reach: Reach) -> Self {
        PoolConfig { reach, ..self }
    }

    /// Sets the bytes of a line, a power of two up to 65,536: all blocks consist of whole lines.
    #[must_use]
    pub const fn line(self, line: usize) -> Self {
        PoolConfig { line, ..self }
    }

    /// Sets what makes the processor's cache and the memory agree.
    #[must_use]
    pub const fn cache(self, cache: &'m dyn Cache) -> Self {
        PoolConfig { cache: Some(cache), ..self }
    }
}

/// A pool over a region of memory.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{Attributes, MemoryPool, PoolConfig, Record, SegregatedPool, SingleThread};
///
/// let mut memory = vec![0; 64 << 10];
/// let mut records = [Record::UNUSED; 16];
/// let config = PoolConfig::new("sram1").attributes(Attributes::FAST);
/// let pool = SegregatedPool::with_records(&mut memory, &mut records, config, SingleThread::new())?;
/// let mut block = pool.allocate(Layout::from_size_align(1000, 64)?, false).ok_or("full")?;
/// assert_eq!(block.address() % 64, 0);
/// assert!(pool.resize(&mut block, 2000)); // in place
/// block.as_mut_slice().fill(7);
/// assert_eq!(pool.stats().used, 2016);
/// pool.release(block).map_err(|_| "foreign")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[repr(C)]
pub struct SegregatedPool<'m, L> {
    start: NonNull<u8>,
    /// The pool's lines are `1 << shift` bytes.
    shift: u32,
    lines: u32,
    lock: L,
    /// Held by the one that takes the memory back after it was lent.
    reclaiming: SingleThread,
    config: PoolConfig<'m>,
    /// Only accessed under the lock. It comes last because of its size, as the largest fields in it do.
    runs: UnsafeCell<Runs<'m>>,
    memory: PhantomData<&'m mut [u8]>,
}

// SAFETY: the region belongs to the pool alone and its parts to the blocks; the records are only
// accessed under the lock, which is `Sync`; the rest does not change.
unsafe impl<L: Lock> Sync for SegregatedPool<'_, L> {}
// SAFETY: a pool owns what it points to, or borrows it exclusively; `Cache` is `Sync`.
unsafe impl<L: Lock + Send> Send for SegregatedPool<'_, L> {}

impl<'m, L: Lock> SegregatedPool<'m, L> {
    /// Makes a pool over a region, with the records in its head: one for each 16 KiB, but at least 64 and
    /// at most 256.
    ///
    /// # Errors
    /// If the region has no room for a line beside the records, or the line size is not a power of two.
    pub fn new(region: &'m mut [u8], config: PoolConfig<'m>, lock: L) -> Result<Self, PoolError> {
        let count = (region.len() >> 14).clamp(64, 256);
        let (head, rest) = region
            .split_at_mut(region.len().min(count * size_of::<Record>() + align_of::<Record>()));
        // SAFETY: any bytes may become records: each is overwritten before it is read, here. The
        // records become bytes again when the pool is gone, and have no padding.
        let (_, records, _) = unsafe { head.align_to_mut::<core::mem::MaybeUninit<Record>>() };
        let records: &mut [Record] = {
            records.fill(core::mem::MaybeUninit::new(Record::UNUSED));
            // SAFETY: all of them were just initialised.
            unsafe { slice::from_raw_parts_mut(records.as_mut_ptr().cast(), records.len()) }
        };
        Self::with_records(rest, records, config, lock)
    }

    /// Makes a pool over a region with records elsewhere, for instance in faster memory. There are as many
    /// blocks and free runs together at most as there are records (13,107 of them are used).
    ///
    /// # Errors
    /// If the region is smaller than a line or has 2^28 lines or more, the line size is not a power of
    /// two, or there is no record.
    pub fn with_records(
        region: &'m mut [u8],
        records: &'m mut [Record],
        config: PoolConfig<'m>,
        lock: L,
    ) -> Result<Self, PoolError> {
        let len = region.len();
        // SAFETY: the region is borrowed exclusively for 'm, and its bytes are initialised.
        unsafe { Self::from_raw(NonNull::from(region).cast(), len, records, config, lock) }
    }

    /// Makes a pool over memory that is no Rust object, such as external RAM or a section that the
    /// start-up code does not clear.
    ///
    /// # Errors
    /// As for [`SegregatedPool::with_records`].
    ///
    /// # Safety
    /// `len` bytes from `start` are memory that can be read and written for `'m`, and nothing else
    /// accesses them meanwhile. They count as initialised: their contents are whatever they are.
    pub unsafe fn from_raw(
        start: NonNull<u8>,
        len: usize,
        records: &'m mut [Record],
        config: PoolConfig<'m>,
        lock: L,
    ) -> Result<Self, PoolError> {
        let line = config.line;
        if !line.is_power_of_two() || line > 1 << 16 {
            return Err(PoolError::Line { line });
        }
        let shift = line.ilog2();
        if records.is_empty() {
            return Err(PoolError::NoRecords);
        }
        let skipped = start.as_ptr().addr().wrapping_neg() & (line - 1);
        let size = len.saturating_sub(skipped);
        let lines = match u32::try_from(size >> shift) {
            Ok(0) => return Err(PoolError::TooSmall { size, line }),
            Ok(lines) if lines <= class::MOST_LINES => lines,
            _ => {
                let most = (class::MOST_LINES as usize).saturating_mul(line);
                return Err(PoolError::TooLarge { size, most });
            }
        };
        // SAFETY: fewer than `len` bytes are skipped, since a line is left.
        let start = unsafe { start.add(skipped) };
        let runs = UnsafeCell::new(Runs::new(records, lines, start.as_ptr().addr() >> shift));
        let reclaiming = SingleThread::new();
        let memory = PhantomData;
        Ok(SegregatedPool { start, config, shift, lines, lock, reclaiming, runs, memory })
    }

    /// Runs `work` on the records, which must not call code of a host.
    fn with<R>(&self, work: impl FnOnce(&mut Runs<'m>) -> R) -> Option<R> {
        // SAFETY: no other code has the records, since all of it is under the same lock here, and
        // the closures of this file do not call back.
        self.lock.with(|| work(unsafe { &mut *self.runs.get() }))
    }

    /// The addresses of the pool's memory.
    fn range(&self) -> Range<usize> {
        let start = self.start.as_ptr().addr();
        start..start + ((self.lines as usize) << self.shift)
    }

    /// The block of a run of `len` lines that was just taken.
    #[inline]
    fn block(&self, taken: Taken, len: usize) -> Block<'_> {
        // SAFETY: the run lies in the region.
        let start = unsafe { self.start.add((taken.start as usize) << self.shift) };
        // SAFETY: the run was free, so nothing accesses it, and it belongs to the block from now on; the
        // runs are this pool's, and gave the name.
        unsafe { Block::new(&self.runs, start, len << self.shift, taken.id) }
    }

    /// Takes a block of less than [`class::EXACT`] lines wherever it starts.
    #[inline(never)]
    fn allocate_small(&self, len: usize, persist: bool) -> Option<Block<'_>> {
        match self.with(|runs| runs.take_small(len as u32, persist))? {
            Some(taken) => Some(self.block(taken, len)),
            None => self.allocate_small_elsewhere(len, persist),
        }
    }

    /// Takes such a block where neither a run of that length nor the victim will do.
    #[inline(never)]
    fn allocate_small_elsewhere(&self, len: usize, persist: bool) -> Option<Block<'_>> {
        match self.with(|runs| runs.take_small_elsewhere(len as u32, persist))? {
            Some(taken) => Some(self.block(taken, len)),
            None => self.allocate_any(len, 0, persist),
        }
    }

    /// Takes a block of at least [`class::EXACT`] lines wherever it starts.
    #[inline(never)]
    fn allocate_anywhere(&self, len: usize, persist: bool) -> Option<Block<'_>> {
        let (taken, records) =
            self.with(|runs| (runs.take_anywhere(len as u32, persist), runs.records.spares()))?;
        match taken {
            Some(taken) => Some(self.block(taken, len)),
            None if records == 0 => self.allocate_any(len, 0, persist),
            None => None,
        }
    }

    /// Takes a block of `len` lines whose start is a multiple of `mask + 1` lines, more than one.
    #[inline(never)]
    fn allocate_aligned(&self, len: usize, mask: usize, persist: bool) -> Option<Block<'_>> {
        if mask > class::MOST_LINES as usize {
            return self.allocate_any(len, mask, persist);
        }
        let (taken, records) = self.with(|runs| {
            (runs.take_aligned(len as u32, mask as u32, persist), runs.records.spares())
        })?;
        match taken {
            Some(taken) => Some(self.block(taken, len)),
            None if records < 2 => self.allocate_any(len, mask, persist),
            None => None,
        }
    }

    /// Takes a block of `len` lines whose start is a multiple of `mask + 1` lines.
    #[inline(never)]
    fn allocate_any(&self, len: usize, mask: usize, persist: bool) -> Option<Block<'_>> {
        let taken = self.with(|runs| runs.take(len as u32, mask, persist))??;
        Some(self.block(taken, len))
    }

    /// Releases a block of this pool while a promise is open.
    #[cold]
    #[inline(never)]
    fn release_promised<'b>(&self, block: Block<'b>) -> Result<(), Block<'b>> {
        let id = block.id();
        let released = self.with(|runs| {
            // SAFETY: the caller has seen that the block is of this pool, so its runs gave the name.
            unsafe { runs.find(id) }.map(|run| runs.give_back(run))
        });
        if released == Some(Some(())) { Ok(()) } else { Err(block) }
    }

    /// Lines that `size` bytes need, at most those of the pool; none for 0 and for more.
    fn lines(&self, size: usize) -> Option<usize> {
        // the last line, which for 0 is behind all that a pool can have
        // SAFETY: lines have 65,536 bytes at most.
        unsafe { core::hint::assert_unchecked(self.shift <= 16) };
        let last = size.wrapping_sub(1) >> self.shift;
        (last < self.lines as usize).then(|| last + 1)
    }

    #[cfg(any(test, feature = "testing"))]
    /// Checks every invariant of the records; for tests.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self) -> Result<(), std::string::String> {
        self.with(|runs| verify::verify(runs)).unwrap_or(Ok(()))
    }
}

// SAFETY: M1: runs of lines do not overlap, and a run that is used is not given again before its
// block, which exists once, is released; the region does not move while the pool is borrowed by
// blocks, and its bytes are initialised. M2: runs consist of whole lines, of which the first one is
// aligned as asked. M3: only records are written. M5: `Block::is_of` tells whose block it is, and
// `Runs::find` compares record and generation.
unsafe impl<L: Lock> MemoryPool for SegregatedPool<'_, L> {
    fn info(&self) -> PoolInfo<'_> {
        let PoolConfig { name, attributes, reach, line, .. } = self.config;
        let size = (self.lines as usize) << self.shift;
        PoolInfo { name, attributes, reach, start: self.start.as_ptr().addr(), size, line }
    }

    #[inline]
    fn allocate(&self, layout: Layout, persist: bool) -> Option<Block<'_>> {
        let len = self.lines(layout.size())?;
        if !QUICK || layout.align() > self.config.line {
            let mask = (layout.align() - 1) >> self.shift;
            if QUICK {
                self.allocate_aligned(len, mask, persist)
            } else {
                self.allocate_any(len, mask, persist)
            }
        } else if len >= class::EXACT as usize {
            self.allocate_anywhere(len, persist)
        } else {
            self.allocate_small(len, persist)
        }
    }

    fn release<'b>(&self, block: Block<'b>) -> Result<(), Block<'b>> {
        // no two pools that exist have their runs in one place, and this one has not moved since
        if !block.is_of(&self.runs) {
            return Err(block);
        }
        let id = block.id();
        let released = self.with(|runs| {
            // SAFETY: the block is of this pool, so its runs gave the name.
            let run = unsafe { runs.find(id) }?;
            if QUICK {
                return Some(runs.give_back_quickly(run));
            }
            runs.give_back(run);
            Some(true)
        });
        match released {
            Some(Some(true)) => Ok(()),
            Some(Some(false)) => self.release_promised(block),
            _ => Err(block),
        }
    }

    fn resize(&self, block: &mut Block<'_>, len: usize) -> bool {
        let Some(lines) = self.lines(len).filter(|_| block.is_of(&self.runs)) else { return false };
        let id = block.id();
        let resized = self.with(|runs| {
            // SAFETY: the block is of this pool, so its runs gave the name.
            let run = unsafe { runs.find(id) }?;
            runs.resize(run, lines as u32)
        });
        let Some(Some(lines)) = resized else { return false };
        // SAFETY: the block's run has that length now, and what was added was free before.
        unsafe { block.set_len((lines as usize) << self.shift) };
        true
    }

    fn largest(&self, align: usize) -> usize {
        if !align.is_power_of_two() {
            return 0;
        }
        let lines = self.with(|runs| runs.largest((align - 1) >> self.shift));
        (lines.unwrap_or(0) as usize) << self.shift
    }

    fn stats(&self) -> Stats {
        let bytes = |lines: u32| (lines as usize) << self.shift;
        let stats = self.with(|runs| Stats {
            size: bytes(runs.lines),
            used: bytes(runs.used),
            free: bytes(runs.lines - runs.used),
            persistent: bytes(runs.persistent),
            peak: bytes(runs.peak),
            largest_run: bytes(runs.longest_run()),
            used_blocks: usize::from(runs.used_runs()),
            free_runs: usize::from(runs.free_runs),
            persistent_blocks: usize::from(runs.persistent_runs),
            spare_records: usize::from(runs.records.spares()),
            lent: runs.lent.is_some(),
        });
        stats.unwrap_or_default()
    }

    fn walk(&self, each: &mut dyn FnMut(BlockInfo)) {
        let (mut line, mut hint) = (0, None);
        while line < self.lines {
            let Some(Some(record)) = self.with(|runs| runs.run_at(line, hint)) else { return };
            let end = record.start + record.len;
            let state = match record.kind {
                USED => BlockState::Used,
                PERSISTENT => BlockState::Persistent,
                _ => BlockState::Free,
            };
            // the run may begin before the line if blocks were released meanwhile
            let start = self.start.as_ptr().addr() + ((line as usize) << self.shift);
            each(BlockInfo { start, len: ((end - line) as usize) << self.shift, state });
            (line, hint) = (end, record.behind.name());
        }
    }

    fn lend(&self) -> Result<Range<usize>, LendError> {
        if !self.config.attributes.contains(Attributes::TRANSIENT) {
            return Err(LendError::NotTransient);
        }
        let lent = self.with(|runs| {
            if runs.lent.is_some() {
                Err(LendError::Lent)
            } else if runs.used_runs() > 0 {
                let bytes = (runs.used as usize) << self.shift;
                Err(LendError::InUse { blocks: usize::from(runs.used_runs()), bytes })
            } else {
                runs.lend();
                Ok(())
            }
        });
        lent.unwrap_or(Err(LendError::Busy))?;
        let range = self.range();
        self.clean(range.clone());
        Ok(range)
    }

    fn reclaim(&self) -> bool {
        // One at a time: a second one that is late would drop from the cache what the owners of new
        // blocks have written.
        let reclaimed = self.reclaiming.with(|| {
            let was_lent = self.with(|runs| runs.lent.is_some()) == Some(true);
            if was_lent {
                // SAFETY: nobody else ends the loan meanwhile, and no block is in a pool that is
                // lent, so nobody's writes are lost.
                unsafe { self.invalidate(self.range()) };
            }
            was_lent && self.with(|runs| runs.reclaim()) == Some(true)
        });
        reclaimed == Some(true)
    }

    fn clean(&self, range: Range<usize>) {
        if let Some(cache) = self.config.cache {
            cache.clean(range);
        }
    }

    unsafe fn invalidate(&self, range: Range<usize>) {
        if let Some(cache) = self.config.cache {
            // SAFETY: the caller promises the same.
            unsafe { cache.invalidate(range) };
        }
    }
}
