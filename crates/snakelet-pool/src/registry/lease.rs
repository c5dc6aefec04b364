//! Memory that is given back when its lease is dropped.

use core::cell::Cell;
use core::fmt;
use core::ops::Range;
use core::ptr::NonNull;

use crate::{Block, MemoryPool, PoolInfo};

/// A block of a pool that is given back when the lease is dropped, exactly once.
///
/// A lease borrows the pool, so it cannot outlive it. If it is forgotten, the block stays in use as long as
/// the pool exists. Leases may be sent to other threads, but not shared between them.
///
/// ```
/// use snakelet_pool::{Attributes, MemoryPool, PoolConfig, Pools, Request, SegregatedPool, SingleThread};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|_| "overlap")?;
///
/// let mut lease = pools.place(&Request::new(1000)).map_err(|_| "full")?;
/// lease.as_mut_slice().fill(1);
/// assert_eq!(lease.as_cells()[999].get(), 1);
/// drop(lease);
/// assert_eq!(pool.stats().used, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A pool cannot be dropped before its leases:
///
/// ```compile_fail,E0505
/// use snakelet_pool::{PoolConfig, Pools, Request, SegregatedPool, SingleThread};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new()).unwrap();
/// let mut pools = Pools::new();
/// pools.add(&pool).unwrap();
/// let lease = pools.place(&Request::new(1000)).unwrap();
/// drop(pool);
/// drop(lease);
/// ```
///
/// So a lease does not leave the function that its pool lives in:
///
/// ```compile_fail,E0515
/// use snakelet_pool::{Lease, MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// fn scratch<'p>(memory: &'p mut [u8]) -> Lease<'p> {
///     let pool = SegregatedPool::new(memory, PoolConfig::new("sram"), SingleThread::new()).unwrap();
///     let block = pool.allocate(core::alloc::Layout::new::<u64>(), false).unwrap();
///     Lease::new(&pool, block)
/// }
/// ```
///
/// Two threads cannot use one lease at a time, since [`Lease::as_cells`] would let both write:
///
/// ```compile_fail,E0277
/// fn write_twice(lease: snakelet_pool::Lease<'_>) {
///     std::thread::scope(|scope| {
///         scope.spawn(|| lease.as_cells()[0].set(1));
///         scope.spawn(|| lease.as_cells()[0].set(2));
///     });
/// }
/// ```
#[must_use = "a lease that is dropped gives its memory back"]
pub struct Lease<'p> {
    pool: &'p dyn MemoryPool,
    block: Option<Block<'p>>,
}

impl<'p> Lease<'p> {
    /// Makes a lease of a block that was taken from `pool`. If it was taken from another pool,
    /// dropping the lease leaves it in use.
    pub fn new(pool: &'p dyn MemoryPool, block: Block<'p>) -> Self {
        Lease { pool, block: Some(block) }
    }

    /// The pool that the memory lies in.
    pub fn pool(&self) -> PoolInfo<'p> {
        self.pool.info()
    }

    /// Where the memory starts.
    pub fn start(&self) -> NonNull<u8> {
        self.block.as_ref().map_or(NonNull::dangling(), Block::start)
    }

    /// The address of the first byte.
    pub fn address(&self) -> usize {
        self.start().as_ptr().addr()
    }

    /// The addresses of the memory.
    pub fn range(&self) -> Range<usize> {
        self.address()..self.address().saturating_add(self.len())
    }

    /// Bytes of the memory: at least as many as were asked for.
    #[expect(clippy::len_without_is_empty, reason = "no lease is empty")]
    pub fn len(&self) -> usize {
        self.block.as_ref().map_or(0, Block::len)
    }

    /// The memory, to be read and written through a shared reference.
    pub fn as_cells(&self) -> &[Cell<u8>] {
        self.block.as_ref().map_or(&[], Block::as_cells)
    }

    /// The memory.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        self.block.as_mut().map_or(&mut [], Block::as_mut_slice)
    }

    /// Makes the memory at least `len` bytes long without moving it. Gives `false`, and changes
    /// nothing, if there is no room behind it or `len` is 0.
    pub fn resize(&mut self, len: usize) -> bool {
        self.block.as_mut().is_some_and(|block| self.pool.resize(block, len))
    }

    /// Writes what the processor's cache holds back of the memory, before a device reads it.
    pub fn clean(&self) {
        self.pool.clean(self.range());
    }

    /// Drops what the processor's cache holds of the memory, after a device has written it. What the
    /// processor has written since the last [`Lease::clean`] may be lost.
    pub fn invalidate(&mut self) {
        self.invalidate_part(0..self.len());
    }

    /// Takes the block out of the lease, which then does not give it back.
    pub fn into_block(mut self) -> Option<Block<'p>> {
        self.block.take()
    }
}

mod cache {
    #![expect(
        unsafe_code,
        reason = "dropping cache lines drops writes, so it must be our own lines"
    )]

    use super::*;

    impl Lease<'_> {
        /// Drops what the processor's cache holds of the lines that lie wholly in a part of the memory,
        /// given by offsets. The caller has no need of what the processor has written there.
        pub(crate) fn invalidate_part(&self, part: Range<usize>) {
            let line = self.pool.info().line.max(1);
            let (address, end) = (self.address(), self.len().min(part.end));
            let first = address.saturating_add(part.start).checked_next_multiple_of(line);
            let last = address.saturating_add(end) / line * line;
            if let Some(first) = first.filter(|first| *first < last) {
                // SAFETY: the range consists of whole lines of the block that this lease owns.
                unsafe { self.pool.invalidate(first..last) };
            }
        }

        /// Drops what the processor's cache holds of `len` bytes from `offset` on, without asking the
        /// pool for its line.
        ///
        /// # Safety
        /// They are whole lines of the memory, and the caller has no need of what the processor has
        /// written there.
        pub(crate) unsafe fn invalidate_lines(&self, offset: usize, len: usize) {
            let start = self.address().wrapping_add(offset);
            // SAFETY: the caller promises that these are whole lines of the block that this lease owns.
            unsafe { self.pool.invalidate(start..start.wrapping_add(len)) };
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some(block) = self.block.take() {
            // a block that is refused is not the pool's: nobody can take it back
            let _ = self.pool.release(block);
        }
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lease").field(&self.pool.info().name).field(&self.block).finish()
    }
}
