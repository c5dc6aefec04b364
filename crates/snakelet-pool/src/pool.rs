//! The contract between a pool and those who place blocks in it.
#![expect(
    unsafe_code,
    reason = "implementing the trait is a promise that callers' memory rests on"
)]

use core::alloc::Layout;
use core::ops::Range;

use crate::{Attributes, Block, BlockInfo, LendError, Reach, Stats};

/// A pool of memory that a host supplies.
///
/// [`SegregatedPool`](crate::SegregatedPool) is an implementation over any region; a host implements the
/// trait itself where its memory has an allocator already.
///
/// # Contract
///
/// 1. **M1** A block is initialised memory, valid, and disjoint from all other blocks and from the
///    pool's own records until it is released; its address does not change.
/// 2. **M2** A block's address is a multiple of the alignment asked for, and its length is at least
///    the size asked for. No two blocks share a line of [`PoolInfo::line`] bytes.
/// 3. **M3** The contents of a new block are unspecified, but initialised. `release` does not touch
///    them, since a device may still read.
/// 4. **M4** All methods may be called from any thread, none from an interrupt handler.
/// 5. **M5** `release` and `resize` refuse a block that is not the pool's own, or of an earlier use, and
///    change nothing. Addresses alone do not tell whose a block is, because a pool may lie in a block of
///    another one: see [`Block::is_of`].
/// 6. **M6** Where `largest(align)` is not 0, a request of that size and alignment succeeds, if no
///    other comes before it; the figure is at least 15/16 of the longest run that the alignment
///    leaves. Releasing a block and asking for the same size and alignment again succeeds.
/// 7. **M7** `allocate`, `release` and `resize` take a bounded time, whatever the blocks. `stats` does
///    not look at each block; `walk` does.
/// 8. **M8** `used + free = size` in [`Stats`], `used` includes what is persistent, `peak` is the most
///    that was used, and the counts are those that `walk` shows.
///
/// # Safety
///
/// Implementations must satisfy M1, M2, M3 and M5. The rest is what callers may rely on for results, but
/// not for soundness.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let pool: &dyn MemoryPool = &pool;
/// let size = pool.largest(32);
/// let block = pool.allocate(Layout::from_size_align(size, 32)?, false).ok_or("M6 is broken")?;
/// assert_eq!(pool.stats().free, 0);
/// pool.release(block).map_err(|_| "M5 is broken")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub unsafe trait MemoryPool: Sync {
    /// What kind of memory this is and where it lies.
    fn info(&self) -> PoolInfo<'_>;

    /// Takes a block, or gives none if no room is found. A `persist` block outlives a soft reset, which
    /// only the statistics tell apart.
    ///
    /// A search of bounded time may overlook room for a large alignment. What `largest` has found can be
    /// had, see M6.
    fn allocate(&self, layout: Layout, persist: bool) -> Option<Block<'_>>;

    /// Takes a block back.
    ///
    /// # Errors
    /// Gives the block back if it is not one of this pool that is in use.
    fn release<'b>(&self, block: Block<'b>) -> Result<(), Block<'b>>;

    /// Makes a block shorter or longer without moving it, so that it has at least `len` bytes. Gives
    /// `false`, and changes nothing, if `len` is 0, there is no room behind the block, or the block is
    /// not of this pool.
    fn resize(&self, block: &mut Block<'_>, len: usize) -> bool;

    /// The largest size that `allocate` would give now with this alignment; 0 if there is none, or if
    /// the alignment is not a power of two.
    fn largest(&self, align: usize) -> usize;

    /// How much is used and how much is free.
    fn stats(&self) -> Stats;

    /// Shows each run of memory, used or free, in the order of addresses. The pool may be used
    /// meanwhile, by `each` as well; what is shown then is each run as it was when it was reached.
    fn walk(&self, each: &mut dyn FnMut(BlockInfo));

    /// Hands the pool's memory to another owner, such as a neural accelerator. Until
    /// [`MemoryPool::reclaim`] nothing is placed in it.
    ///
    /// # Errors
    /// If the pool is not transient, is lent already, or has blocks in use.
    fn lend(&self) -> Result<Range<usize>, LendError> {
        Err(LendError::NotTransient)
    }

    /// Takes the memory back after `lend`; gives `false` if it was not lent, or another thread takes it
    /// back just now. Its contents are lost.
    ///
    /// Only whoever has lent the memory knows when its new owner is done with it. A host that tells a
    /// device about the range answers for it that nobody reclaims the pool while the device writes.
    fn reclaim(&self) -> bool {
        false
    }

    /// Writes lines that the processor's cache holds back to memory, before a device reads it.
    fn clean(&self, range: Range<usize>) {
        let _ = range;
    }

    /// Drops what the processor's cache holds of lines that a device has written.
    ///
    /// # Safety
    /// The range consists of whole lines that belong to the caller's block, and what the processor
    /// has written to them may be lost.
    unsafe fn invalidate(&self, range: Range<usize>) {
        let _ = range;
    }
}

/// What kind of memory a pool has and where it lies.
///
/// ```
/// use snakelet_pool::{MemoryPool, PoolConfig, Reach, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let info = pool.info();
/// assert_eq!((info.name, info.line), ("sram", 32));
/// assert!(info.reach.contains(Reach::DMA));
/// assert_eq!(info.range().len(), info.size);
/// # Ok::<(), snakelet_pool::PoolError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolInfo<'a> {
    /// The name, as it appears in errors and maps.
    pub name: &'a str,
    /// What the memory is good at.
    pub attributes: Attributes,
    /// Who can reach it.
    pub reach: Reach,
    /// The address of the first byte that blocks may have.
    pub start: usize,
    /// Bytes from there on.
    pub size: usize,
    /// Bytes of a cache line, a power of two: no two blocks share one.
    pub line: usize,
}

impl PoolInfo<'_> {
    /// The addresses of the pool's memory.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.start.saturating_add(self.size)
    }
}
