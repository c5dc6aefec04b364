//! One region of memory: its allocation table, then its blocks.
//!
//! ```text
//! given memory  |pad| Chunk, Chunk, ..  | u32, u32, ..      |pad| block 0 | block 1 | ..
//!                     2 bits a block      1 word of 32 bits       16 bytes each, 16-aligned
//!                                         for 64 blocks
//! ```
//!
//! The 32-bit words are used by compaction only (see `compact`); the cost of both tables
//! together is 2 % of the region.
#![allow(unsafe_code, reason = "turns host memory into tables and block addresses")]

use core::mem::{align_of, size_of};
use core::ptr::NonNull;

use crate::table::{BITS, Chunk};
use crate::{BLOCK, Word};

/// Blocks that share one entry of the forwarding table.
pub(crate) const GROUP: usize = 64;

/// More blocks than a forwarding entry can address are never used (a region of 16 GiB).
const MOST_BLOCKS: usize = 1 << 30;

/// A region: tables and blocks in memory that the heap owns.
pub(crate) struct Region {
    /// Address of block 0.
    start: usize,
    /// Bytes of all blocks: an address lies in the region iff `address - start < bytes`.
    bytes: usize,
    memory: NonNull<u8>,
    chunks: NonNull<Chunk>,
    forward: NonNull<u32>,
    /// No block in `low_end..high_start` is used, except in the run that is being filled.
    pub(crate) low_end: usize,
    /// See `low_end`.
    pub(crate) high_start: usize,
}

impl Region {
    /// A region without blocks.
    pub(crate) const EMPTY: Self = Self {
        start: 0,
        bytes: 0,
        memory: NonNull::dangling(),
        chunks: NonNull::dangling(),
        forward: NonNull::dangling(),
        low_end: 0,
        high_start: 0,
    };

    /// Lays the tables out at the start of the memory, all blocks free.
    ///
    /// None when not even one block fits.
    ///
    /// # Safety
    ///
    /// `len` bytes at `ptr` are valid for reads and writes, and nothing else uses them, for as
    /// long as the region or an object in it is used.
    pub(crate) unsafe fn lay_out(ptr: NonNull<u8>, len: usize) -> Option<Self> {
        let address = ptr.as_ptr().expose_provenance();
        let plan = Plan::of(address, len)?;
        // SAFETY: `Plan::of` keeps all three offsets inside `len`.
        let (chunks, forward, memory) =
            unsafe { (ptr.add(plan.chunks), ptr.add(plan.forward), ptr.add(plan.memory)) };
        let mut region = Self {
            start: address + plan.memory,
            bytes: plan.blocks * BLOCK,
            memory,
            chunks: chunks.cast(),
            forward: forward.cast(),
            low_end: 0,
            high_start: plan.blocks,
        };
        for index in 0..plan.blocks.div_ceil(BITS) {
            // SAFETY: the table has this many chunks, is aligned and is ours.
            unsafe { region.chunks.add(index).write(Chunk::default()) };
        }
        for index in 0..plan.blocks.div_ceil(GROUP) {
            // SAFETY: the plan has room for a number a group, aligned, in the memory that the region owns.
            unsafe { region.forward.add(index).write(0) };
        }
        region.low_end = 0;
        Some(region)
    }

    /// The blocks of the region.
    #[inline]
    pub(crate) fn blocks(&self) -> usize {
        self.bytes / BLOCK
    }

    /// The number of the block at `address`, if it lies in this region.
    #[inline]
    pub(crate) fn block(&self, address: Word) -> Option<usize> {
        let offset = address.wrapping_sub(self.start);
        if offset < self.bytes { Some(offset / BLOCK) } else { None }
    }

    /// The memory of a block of this region.
    #[inline]
    pub(crate) fn address(&self, block: usize) -> *mut Word {
        self.memory.as_ptr().wrapping_add(block * BLOCK).cast()
    }

    /// The header of the object headed at `block`.
    #[inline]
    pub(crate) fn header(&self, block: usize) -> Word {
        if block >= self.blocks() {
            return 0;
        }
        // SAFETY: a block of the region; its first word was written when it was allocated.
        unsafe { self.address(block).read() }
    }

    /// Writes the header of the object headed at `block`.
    #[inline]
    pub(crate) fn set_header(&mut self, block: usize, header: Word) {
        if block < self.blocks() {
            // SAFETY: a block of the region, 16-aligned.
            unsafe { self.address(block).write(header) };
        }
    }

    #[inline]
    pub(crate) fn table(&self) -> &[Chunk] {
        // SAFETY: `lay_out` wrote this many chunks; only `&mut self` changes them.
        unsafe { core::slice::from_raw_parts(self.chunks.as_ptr(), self.blocks().div_ceil(BITS)) }
    }

    #[inline]
    pub(crate) fn table_mut(&mut self) -> &mut [Chunk] {
        // SAFETY: as in `table`, and the borrow is exclusive.
        unsafe {
            core::slice::from_raw_parts_mut(self.chunks.as_ptr(), self.blocks().div_ceil(BITS))
        }
    }

    /// What marking needs of the region, small enough for registers.
    #[inline]
    pub(crate) fn handle(&self) -> Handle {
        Handle { start: self.start, bytes: self.bytes, chunks: self.chunks }
    }

    /// The table for the allocator's short way.
    #[inline]
    pub(crate) fn chunks(&self) -> NonNull<Chunk> {
        self.chunks
    }

    #[inline]
    pub(crate) fn forward(&self) -> &[u32] {
        // SAFETY: `lay_out` wrote this many entries; only `&mut self` changes them.
        unsafe { core::slice::from_raw_parts(self.forward.as_ptr(), self.blocks().div_ceil(GROUP)) }
    }

    #[inline]
    pub(crate) fn forward_mut(&mut self) -> &mut [u32] {
        // SAFETY: as in `forward`, and the borrow is exclusive.
        unsafe {
            core::slice::from_raw_parts_mut(self.forward.as_ptr(), self.blocks().div_ceil(GROUP))
        }
    }

    /// Notes that blocks of `from..to` are used.
    pub(crate) fn cover(&mut self, from: usize, to: usize) {
        (self.low_end, self.high_start) = self.covering(from, to);
    }

    /// What `low_end` and `high_start` become when blocks of `from..to` are used.
    pub(crate) fn covering(&self, from: usize, to: usize) -> (usize, usize) {
        let (low, high) = (self.low_end, self.high_start);
        if to <= low || from >= high {
            (low, high)
        } else if from - low.min(from) <= high.max(to) - to {
            (to, high.max(to))
        } else {
            (low.min(from), from)
        }
    }

    /// Fills the blocks `from..to` with the byte `value`.
    pub(crate) fn fill(&mut self, from: usize, to: usize, value: u8) {
        let to = to.min(self.blocks());
        if from < to {
            let bytes = (to - from) * BLOCK;
            // SAFETY: blocks of the region, which the heap owns.
            unsafe { self.address(from).cast::<u8>().write_bytes(value, bytes) };
        }
    }

    /// Copies `blocks` blocks, which may overlap.
    pub(crate) fn slide(&mut self, from: usize, to: usize, blocks: usize) {
        let fits = |at: usize| at.checked_add(blocks).is_some_and(|end| end <= self.blocks());
        if from != to && fits(from) && fits(to) {
            let (source, target) = (self.address(from), self.address(to));
            // SAFETY: both ranges lie in the region, as was just tested.
            unsafe { core::ptr::copy(source.cast::<u8>(), target.cast(), blocks * BLOCK) };
        }
    }
}

/// Where the parts of a region go, as offsets into the given memory.
struct Plan {
    chunks: usize,
    forward: usize,
    memory: usize,
    blocks: usize,
}

impl Plan {
    /// The plan with the most blocks for `len` bytes at `address`.
    fn of(address: usize, len: usize) -> Option<Self> {
        let end = address.checked_add(len)?;
        let most = (len / BLOCK).min(MOST_BLOCKS);
        let over = Self::with(address, most)?.end(address).saturating_sub(end);
        // Dropping the excess in whole blocks shrinks the tables as well: give that back.
        let mut blocks = most.saturating_sub(over.div_ceil(BLOCK));
        while blocks < most
            && Self::with(address, blocks + 1).is_some_and(|plan| plan.end(address) <= end)
        {
            blocks += 1;
        }
        let plan = Self::with(address, blocks)?;
        (blocks > 0 && plan.end(address) <= end).then_some(plan)
    }

    fn with(address: usize, blocks: usize) -> Option<Self> {
        let chunks = address.checked_next_multiple_of(align_of::<Chunk>())?;
        let forward = chunks.checked_add(blocks.div_ceil(BITS) * size_of::<Chunk>())?;
        let memory = forward
            .checked_add(blocks.div_ceil(GROUP) * size_of::<u32>())?
            .checked_next_multiple_of(BLOCK)?;
        memory.checked_add(blocks * BLOCK)?;
        Some(Self {
            chunks: chunks - address,
            forward: forward - address,
            memory: memory - address,
            blocks,
        })
    }

    fn end(&self, address: usize) -> usize {
        address + self.memory + self.blocks * BLOCK
    }
}

/// See [`Region::handle`].
pub(crate) struct Handle {
    /// Address of block 0.
    pub(crate) start: usize,
    /// Bytes of all blocks.
    pub(crate) bytes: usize,
    /// The table.
    pub(crate) chunks: NonNull<Chunk>,
}

impl Handle {
    /// How far an address lies behind the region's start, if it lies in it.
    #[inline]
    pub(crate) fn offset(&self, address: Word) -> Option<usize> {
        let offset = address.wrapping_sub(self.start);
        (offset < self.bytes).then_some(offset)
    }
}
