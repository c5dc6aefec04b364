//! The two allocators. Each operation that is measured is a function of its own, which is never
//! inlined, so that a profiler can tell one operation from the next.
#![expect(unsafe_code, reason = "rlsf takes back pointers")]

use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use snakelet_pool::{Block, MemoryPool, PoolConfig, Record, SegregatedPool, SingleThread, Stats};

/// An allocator with the list of its blocks. Memory is never freed, since benches end soon.
pub trait Allocator {
    /// What benchmark ids and tables call it.
    const NAME: &'static str;

    /// Makes an allocator with so many bytes of memory.
    fn with(bytes: usize) -> Self;

    /// Adds a block to the list; gives `false` if there is no room.
    fn allocate(&mut self, layout: Layout) -> bool;

    /// Releases a block of the list, and puts the last one in its place; gives `false` if there is
    /// no such block.
    fn release(&mut self, block: usize) -> bool;

    /// How many blocks are in the list.
    fn len(&self) -> usize;

    /// Whether there is no block.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The pool of `snakelet-pool`, with lines of 32 bytes and 1024 records.
pub struct Snakelet {
    pool: &'static SegregatedPool<'static, SingleThread>,
    blocks: Vec<Block<'static>>,
}

impl Snakelet {
    /// How much is used and how much is free.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.pool.stats()
    }

    /// Changes the length of a block in place; gives `false` if there is no room.
    pub fn resize(&mut self, block: usize, len: usize) -> bool {
        self.blocks.get_mut(block).is_some_and(|block| self.pool.resize(block, len))
    }

    /// The length of a block.
    #[must_use]
    pub fn block_len(&self, block: usize) -> usize {
        self.blocks.get(block).map_or(0, Block::len)
    }

    /// The pool, to be placed in by others as well.
    #[must_use]
    pub fn pool(&self) -> &'static dyn MemoryPool {
        self.pool
    }
}

impl Allocator for Snakelet {
    const NAME: &'static str = "snakelet";

    #[expect(clippy::expect_used, reason = "all sizes here suffice")]
    fn with(bytes: usize) -> Self {
        let (config, records) = (PoolConfig::new("bench"), vec![Record::UNUSED; 1024].leak());
        let lock = SingleThread::new();
        let pool = SegregatedPool::with_records(memory(bytes, 0), records, config, lock);
        Snakelet { pool: Box::leak(Box::new(pool.expect("a pool"))), blocks: Vec::new() }
    }

    fn allocate(&mut self, layout: Layout) -> bool {
        let block = snakelet_allocate(self.pool, layout);
        block.map(|block| self.blocks.push(block)).is_some()
    }

    fn release(&mut self, block: usize) -> bool {
        block < self.blocks.len()
            && snakelet_release(self.pool, self.blocks.swap_remove(block)).is_ok()
    }

    fn len(&self) -> usize {
        self.blocks.len()
    }
}

/// TLSF with 28 times 32 classes, as rlsf has it.
type Tlsf = rlsf::Tlsf<'static, u32, u32, 28, 32>;

/// rlsf's TLSF, with blocks as close as they can be.
pub struct Rlsf {
    tlsf: Box<Tlsf>,
    /// Blocks of `tlsf` with their alignments, each once.
    blocks: Vec<(NonNull<u8>, usize)>,
}

impl Allocator for Rlsf {
    const NAME: &'static str = "rlsf";

    fn with(bytes: usize) -> Self {
        let mut tlsf = Box::new(Tlsf::new());
        tlsf.insert_free_block(memory(bytes, MaybeUninit::new(0)));
        Rlsf { tlsf, blocks: Vec::new() }
    }

    fn allocate(&mut self, layout: Layout) -> bool {
        let start = rlsf_allocate(&mut self.tlsf, layout);
        start.map(|start| self.blocks.push((start, layout.align()))).is_some()
    }

    fn release(&mut self, block: usize) -> bool {
        if block >= self.blocks.len() {
            return false;
        }
        let (start, align) = self.blocks.swap_remove(block);
        // SAFETY: the list holds what `tlsf` has given with these alignments, and this one left it.
        unsafe { rlsf_release(&mut self.tlsf, start, align) };
        true
    }

    fn len(&self) -> usize {
        self.blocks.len()
    }
}

#[inline(never)]
fn snakelet_allocate<'p>(
    pool: &'p SegregatedPool<'_, SingleThread>,
    layout: Layout,
) -> Option<Block<'p>> {
    pool.allocate(layout, false)
}

#[inline(never)]
fn snakelet_release<'b>(
    pool: &SegregatedPool<'_, SingleThread>,
    block: Block<'b>,
) -> Result<(), Block<'b>> {
    pool.release(block)
}

#[inline(never)]
fn rlsf_allocate(tlsf: &mut Tlsf, layout: Layout) -> Option<NonNull<u8>> {
    tlsf.allocate(layout)
}

/// # Safety
/// As for [`Tlsf::deallocate`].
#[inline(never)]
unsafe fn rlsf_release(tlsf: &mut Tlsf, start: NonNull<u8>, align: usize) {
    // SAFETY: the caller promises the same.
    unsafe { tlsf.deallocate(start, align) };
}

/// Memory that starts at a multiple of 4096, so that counts do not depend on where it happens to lie.
fn memory<T: Clone>(bytes: usize, byte: T) -> &'static mut [T] {
    let memory = vec![byte; bytes + 4096].leak();
    let skipped = memory.as_ptr().addr().wrapping_neg() % 4096;
    &mut memory[skipped..][..bytes]
}
