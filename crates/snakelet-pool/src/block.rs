//! A block on loan from a pool.
#![expect(unsafe_code, reason = "a block is a claim on memory that its maker vouches for")]

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

/// Names a block within its pool: which record describes it, and how often that record had been
/// used before, so that a block of an earlier use is recognised.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let layout = Layout::new::<[u8; 100]>();
/// let first = pool.allocate(layout, false).ok_or("full")?;
/// let id = first.id();
/// pool.release(first).map_err(|_| "not of this pool")?;
/// // the same memory, and the same record, but another block
/// let second = pool.allocate(layout, false).ok_or("full")?;
/// assert_ne!(second.id(), id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId {
    /// Which record describes the block, by a number that the pool chooses.
    pub record: u16,
    /// How often the record has begun or ceased to describe a block, modulo 65,536.
    pub generation: u16,
}

/// A block of memory on loan from a pool for at most `'p`.
///
/// It is neither `Copy` nor `Clone`, so it can be given back only once, and it borrows the pool, so
/// it cannot outlive it. A block that is forgotten stays in use as long as the pool exists. Most
/// programs hold a [`Lease`](crate::Lease), which gives its block back when it is dropped.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 4096];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let block = pool.allocate(Layout::from_size_align(100, 32)?, false).ok_or("full")?;
/// assert_eq!(block.len(), 128); // whole lines of 32 bytes
/// pool.release(block).map_err(|_| "not of this pool")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A block that was given back is gone:
///
/// ```compile_fail,E0382
/// use snakelet_pool::{Block, MemoryPool};
///
/// fn release_twice(pool: &dyn MemoryPool, block: Block<'_>) {
///     let _ = pool.release(block);
///     let _ = pool.release(block);
/// }
/// ```
#[must_use = "a block that is not released stays in use"]
pub struct Block<'p> {
    start: NonNull<u8>,
    len: usize,
    id: BlockId,
    /// Where the owner lies, to be compared only.
    owner: *const (),
    pool: PhantomData<&'p ()>,
}

// SAFETY: a block is the only claim on its memory, like a boxed slice of bytes, and pools take
// blocks back from any thread that may use them. The owner is not accessed.
unsafe impl Send for Block<'_> {}

impl<'p> Block<'p> {
    /// Makes a block of `owner`; for implementations of [`MemoryPool`](crate::MemoryPool).
    ///
    /// The owner is the pool or a part of it, by which [`Block::is_of`] tells it from all others. So it
    /// has a size, and is not the first field of another pool's owner.
    ///
    /// # Safety
    /// `len` bytes from `start` are initialised memory, valid for reads and writes for `'p`, which
    /// nothing else accesses until the block is released. The owner is the caller's own, and `id` is a name
    /// that it chose.
    pub const unsafe fn new<P: ?Sized>(
        owner: &'p P,
        start: NonNull<u8>,
        len: usize,
        id: BlockId,
    ) -> Self {
        let owner = core::ptr::from_ref(owner).cast();
        Block { start, len, id, owner, pool: PhantomData }
    }

    /// Whether the block was made with this owner, which cannot have moved since.
    ///
    /// Addresses alone do not tell: where a pool was made over a block of another pool, both may
    /// have a block with the same address, length and record.
    pub fn is_of<P: ?Sized>(&self, owner: &P) -> bool {
        core::ptr::addr_eq(self.owner, owner)
    }

    /// Another claim on the same block.
    ///
    /// # Safety
    /// Nobody uses the memory by way of both claims, and it is valid for `'q`.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) const unsafe fn duplicate<'q>(&self) -> Block<'q> {
        let Block { start, len, id, owner, .. } = *self;
        Block { start, len, id, owner, pool: PhantomData }
    }

    /// Where the block starts.
    pub const fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// The address of the first byte.
    pub fn address(&self) -> usize {
        self.start.as_ptr().addr()
    }

    /// Bytes of the block: at least as many as were asked for.
    #[expect(clippy::len_without_is_empty, reason = "no block is empty")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The block's name within its pool.
    pub const fn id(&self) -> BlockId {
        self.id
    }

    /// Changes the length after the pool has resized the block; for implementations of
    /// [`MemoryPool`](crate::MemoryPool).
    ///
    /// # Safety
    /// As for [`Block::new`] with the same start and the new length.
    pub const unsafe fn set_len(&mut self, len: usize) {
        self.len = len;
    }

    /// The bytes of the block.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: a block is the only claim on its bytes, which are initialised (the contract of
        // `new`), and it is borrowed exclusively here.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// The bytes of the block, to be read and written through a shared reference.
    pub(crate) fn as_cells(&self) -> &[core::cell::Cell<u8>] {
        // SAFETY: the block is the only claim on its bytes, which are initialised (the contract of
        // `new`); a `Cell<u8>` is laid out as a byte, and the block is not `Sync`, so that all such
        // references are in one thread.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr().cast(), self.len) }
    }
}

impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.address(), self.address().wrapping_add(self.len));
        write!(f, "Block({start:#x}..{end:#x}, {:?})", self.id)
    }
}

/// A run of memory in a pool, used or free, as [`MemoryPool::walk`](crate::MemoryPool::walk) shows it.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{BlockState, MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let block = pool.allocate(Layout::new::<[u8; 100]>(), false).ok_or("full")?;
/// let mut shown = Vec::new();
/// pool.walk(&mut |run| shown.push(run));
/// assert_eq!((shown[0].start, shown[0].len), (block.address(), 128));
/// assert_eq!((shown[0].state, shown[1].state), (BlockState::Used, BlockState::Free));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockInfo {
    /// The address of the first byte.
    pub start: usize,
    /// Bytes of the run.
    pub len: usize,
    /// What the run is used for.
    pub state: BlockState,
}

/// What a run of memory in a pool is used for.
///
/// ```
/// use snakelet_pool::{BlockState, MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut free = 0;
/// pool.walk(&mut |run| {
///     if run.state == BlockState::Free {
///         free += run.len;
///     }
/// });
/// assert_eq!(free, pool.stats().free);
/// # Ok::<(), snakelet_pool::PoolError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockState {
    /// Nothing.
    Free,
    /// A block.
    Used,
    /// A block that outlives a soft reset.
    Persistent,
}
