//! A naive model of a pool, and a runner that holds pools against it.

use core::alloc::Layout;
use core::array;
use std::vec;
use std::vec::Vec;

use crate::{
    Attributes, Block, BlockInfo, BlockState, LendError, MemoryPool, PoolConfig, Record,
    SegregatedPool, SingleThread, Stats,
};

/// One step of a test. Numbers that are out of range are taken modulo what is possible.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// Takes a block.
    Allocate {
        /// Bytes.
        size: usize,
        /// Which power of two the address is a multiple of.
        align: u32,
        /// Whether the block is persistent.
        persist: bool,
    },
    /// Gives a block back, and now and then takes it again.
    Release {
        /// Which block.
        block: usize,
        /// Whether to ask for the same again, and to give that back.
        again: bool,
    },
    /// Changes a block's length.
    Resize {
        /// Which block.
        block: usize,
        /// The new length.
        size: usize,
    },
    /// Takes all that `largest` promises and gives it back; now and then releases other blocks in between.
    TakeLargest {
        /// Which power of two the address is a multiple of.
        align: u32,
    },
    /// Lends the pool, asks for a block meanwhile, and reclaims it.
    Lend,
    /// Releases a block of another pool, a block of an earlier use, and a block that is in use twice.
    ReleaseForeign {
        /// Which block.
        block: usize,
    },
}

impl Op {
    /// Makes a step from random bits, small blocks more often than large ones.
    pub fn from_bits(bits: u64) -> Op {
        let pick = (bits >> 8) as usize;
        let size = (pick & 0xFFFF) >> ((bits >> 4) % 14);
        let block = pick >> 16;
        // alignments up to 4096, mostly small ones
        let align =
            if bits & 0xC0 == 0 { (bits >> 48) as u32 % 13 } else { (bits >> 48) as u32 % 6 };
        match bits % 16 {
            0..7 => Op::Allocate { size, align, persist: bits >> 63 == 1 },
            7..12 => Op::Release { block, again: bits >> 62 & 1 == 1 },
            12 | 13 => Op::Resize { block, size },
            14 => Op::TakeLargest { align },
            _ if bits & 0x100 == 0 => Op::Lend,
            _ => Op::ReleaseForeign { block },
        }
    }
}

/// What a pool looks like in a test.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Bytes of the region.
    pub size: usize,
    /// By how much the region's start is off a multiple of 4096.
    pub skew: usize,
    /// Records.
    pub records: usize,
    /// Bytes of a line.
    pub line: usize,
    /// Whether the pool can be lent.
    pub transient: bool,
}

/// Three pools that differ in all that matters: the last has few records.
pub const SETUPS: [Setup; 3] = [
    Setup { size: 100_000, skew: 0, records: 256, line: 32, transient: false },
    Setup { size: 40_000, skew: 4072, records: 200, line: 8, transient: true },
    Setup { size: 70_000, skew: 96, records: 12, line: 64, transient: false },
];

/// A block that is held, with where the model says that it lies.
struct Held<'p> {
    block: Block<'p>,
    persist: bool,
    align: usize,
}

/// Runs steps on each of the pools of [`SETUPS`] and holds every result against the model.
///
/// # Panics
/// If a pool does not do what its contract says.
pub fn run(ops: &[Op]) {
    for setup in SETUPS {
        run_on(setup, ops);
    }
}

/// Runs steps on one pool.
///
/// # Panics
/// If the pool does not do what its contract says.
pub fn run_on(setup: Setup, ops: &[Op]) {
    let mut memory = vec![0xEE; setup.size + 3 * 4096];
    let region = setup.skew + 4096 - memory.as_ptr().addr() % 4096;
    let mut records = vec![Record::UNUSED; setup.records];
    let attributes = if setup.transient { Attributes::TRANSIENT } else { Attributes::FAST };
    let config = PoolConfig::new("pool").line(setup.line).attributes(attributes);
    {
        let part = &mut memory[region..][..setup.size];
        let pool = SegregatedPool::with_records(part, &mut records, config, SingleThread::new())
            .expect("a pool");
        let mut other_memory = [0; 4096];
        let other_config = PoolConfig::new("other");
        let other = SegregatedPool::new(&mut other_memory, other_config, SingleThread::new())
            .expect("another pool");
        let mut model = Model { setup, held: Vec::new(), peak: 0, pool: &pool, other: &other };
        for op in ops {
            model.step(*op);
            model.check();
        }
        for held in model.held.drain(..) {
            pool.release(held.block).expect("a block of the pool");
        }
        let stats = pool.stats();
        assert_eq!((stats.used, stats.largest_run), (0, stats.size), "memory is lost");
    }
    // nothing was written around the pool
    let outside = memory[..region].iter().chain(&memory[region + setup.size..]);
    assert!(
        outside.into_iter().all(|byte| *byte == 0xEE),
        "a byte outside of the pool was written"
    );
}

struct Model<'p, 'm> {
    setup: Setup,
    held: Vec<Held<'p>>,
    peak: usize,
    pool: &'p SegregatedPool<'m, SingleThread>,
    other: &'p SegregatedPool<'m, SingleThread>,
}

impl Model<'_, '_> {
    fn step(&mut self, op: Op) {
        match op {
            Op::Allocate { size, align, persist } => {
                let free = self.gaps();
                let align = 1 << align;
                let layout = Layout::from_size_align(size, align).expect("a small size");
                let promised = self.pool.largest(align);
                match self.pool.allocate(layout, persist) {
                    Some(block) => self.take(block, &free, layout, persist),
                    None if size == 0 => {}
                    None => {
                        let spare = self.pool.stats().spare_records;
                        assert!(
                            promised < size || spare < 2,
                            "{size} of {promised} bytes are refused, {spare} records are left"
                        );
                    }
                }
            }
            Op::Release { block, again } => {
                let Some(index) = self.pick(block) else { return };
                let Held { block, persist, align } = self.held.swap_remove(index);
                let layout = Layout::from_size_align(block.len(), align).expect("as before");
                self.check_mark(&block);
                self.pool.release(block).expect("a block of the pool");
                if again {
                    let free = self.gaps();
                    let block = self.pool.allocate(layout, persist).expect("the same again");
                    self.take(block, &free, layout, persist);
                }
            }
            Op::Resize { block, size } => {
                let Some(index) = self.pick(block) else { return };
                let free = self.gaps();
                let line = self.setup.line;
                let spare = self.pool.stats().spare_records;
                let held = &mut self.held[index];
                let (start, old) = (held.block.address(), held.block.len());
                let room = free.iter().find(|(gap, _)| *gap == start + old).map_or(0, |gap| gap.1);
                let resized = self.pool.resize(&mut held.block, size);
                assert_eq!(held.block.address(), start, "a block moved");
                assert_eq!(resized, (1..=old + room).contains(&size), "{old} + {room} -> {size}");
                let wanted = size.next_multiple_of(line);
                let kept = wanted < old && room == 0 && spare == 0;
                let len = if resized && !kept { wanted } else { old };
                assert_eq!(held.block.len(), len);
                mark(&mut held.block);
                self.peak = self.peak.max(self.used());
            }
            Op::TakeLargest { align } => {
                // what is promised for one alignment is not forgotten for another
                let promises: [usize; 13] = array::from_fn(|align| self.promise(1 << align));
                let largest = promises[align as usize % promises.len()];
                let align = 1 << (align as usize % promises.len());
                // and it can be had after other blocks were released, too
                if align > self.setup.line && self.held.len().is_multiple_of(3) {
                    for _ in 0..3 {
                        let Some(index) = self.pick(largest / self.setup.line) else { break };
                        let block = self.held.swap_remove(index).block;
                        self.pool.release(block).expect("a block of the pool");
                    }
                }
                if largest > 0 {
                    let layout = Layout::from_size_align(largest, align).expect("a small size");
                    let block = self.pool.allocate(layout, false).expect("what is promised");
                    self.peak = self.peak.max(self.used() + block.len());
                    self.pool.release(block).expect("a block of the pool");
                }
            }
            Op::Lend => {
                let (blocks, bytes) = (self.held.len(), self.used());
                let aligned = Layout::new::<[u64; 8]>().align_to(64).expect("a small size");
                self.promise(aligned.align());
                match self.pool.lend() {
                    Err(LendError::NotTransient) => assert!(!self.setup.transient),
                    Err(error) => {
                        assert!(blocks > 0);
                        assert_eq!(error, LendError::InUse { blocks, bytes });
                    }
                    Ok(range) => {
                        assert!(self.setup.transient && blocks == 0);
                        assert_eq!(range, self.pool.info().range());
                        assert_eq!(self.pool.largest(1), 0);
                        assert!(self.pool.allocate(Layout::new::<u64>(), false).is_none());
                        assert!(self.pool.allocate(aligned, false).is_none());
                        assert_eq!(self.pool.lend(), Err(LendError::Lent));
                        assert!(self.pool.reclaim());
                    }
                }
                assert!(!self.pool.reclaim());
            }
            Op::ReleaseForeign { block } => self.release_foreign(block),
        }
    }

    /// The largest block that the pool promises with this alignment.
    fn promise(&self, align: usize) -> usize {
        let largest = self.pool.largest(align);
        let spare = self.pool.stats().spare_records;
        let longest = (self.gaps().iter())
            .map(|(start, len)| {
                let gap = start.next_multiple_of(align) - start;
                if gap > 0 && spare == 0 { 0 } else { len.saturating_sub(gap) }
            })
            .max()
            .unwrap_or(0);
        assert!(largest <= longest, "{largest} of {longest} bytes are promised");
        assert!(largest * 16 >= longest * 15, "{largest} of {longest} bytes are offered");
        largest
    }

    fn release_foreign(&mut self, block: usize) {
        let foreign = self.other.allocate(Layout::new::<u64>(), false).expect("the other is empty");
        let foreign = self.pool.release(foreign).expect_err("a block of another pool");
        self.other.release(foreign).expect("its own block");
        let Some(index) = self.pick(block) else { return };
        let Held { block, persist, align } = self.held.swap_remove(index);
        let [first, second] = forge::copies(&block);
        let layout = Layout::from_size_align(block.len(), align).expect("as before");
        self.pool.release(block).expect("a block of the pool");
        let _ = self.pool.release(first).expect_err("a block of an earlier use");
        let free = self.gaps();
        let block = self.pool.allocate(layout, persist).expect("the same again");
        if block.id() != second.id() || block.address() != second.address() {
            let _ = self.pool.release(second).expect_err("a block of an earlier use");
        }
        self.take(block, &free, layout, persist);
    }

    /// Notes a block that was taken from one of the gaps.
    fn take(
        &mut self,
        mut block: Block<'_>,
        free: &[(usize, usize)],
        layout: Layout,
        persist: bool,
    ) {
        let (start, end) = (block.address(), block.address() + block.len());
        assert!(free.iter().any(|(gap, len)| *gap <= start && end <= gap + len), "an overlap");
        assert_eq!(start % layout.align(), 0);
        assert_eq!(start % self.setup.line, 0, "two blocks share a line");
        assert_eq!(block.len(), layout.size().next_multiple_of(self.setup.line));
        mark(&mut block);
        let block = forge::prolong(block);
        self.held.push(Held { block, persist, align: layout.align() });
        self.peak = self.peak.max(self.used());
    }

    fn pick(&self, block: usize) -> Option<usize> {
        block.checked_rem(self.held.len())
    }

    fn used(&self) -> usize {
        self.held.iter().map(|held| held.block.len()).sum()
    }

    /// What is between the blocks: start and length of each gap.
    fn gaps(&self) -> Vec<(usize, usize)> {
        let mut blocks: Vec<_> =
            self.held.iter().map(|held| (held.block.address(), held.block.len())).collect();
        blocks.sort_unstable();
        let range = self.pool.info().range();
        let mut gaps = Vec::new();
        let mut end = range.start;
        for (start, len) in blocks.into_iter().chain([(range.end, 0)]) {
            if start > end {
                gaps.push((end, start - end));
            }
            end = start + len;
        }
        gaps
    }

    fn check_mark(&self, block: &Block<'_>) {
        let byte = block.address() as u8 ^ 0x5A;
        let cells = block.as_cells();
        assert!(cells.iter().take(8).chain(cells.iter().rev().take(8)).all(|c| c.get() == byte));
    }

    /// Holds every figure that the pool gives against the model.
    fn check(&self) {
        let gaps = self.gaps();
        let size = self.pool.info().size;
        let used = self.used();
        let persistent = self.held.iter().filter(|held| held.persist);
        let expected = Stats {
            size,
            used,
            free: size - used,
            persistent: persistent.clone().map(|held| held.block.len()).sum(),
            peak: self.peak,
            largest_run: gaps.iter().map(|gap| gap.1).max().unwrap_or(0),
            used_blocks: self.held.len(),
            free_runs: gaps.len(),
            persistent_blocks: persistent.count(),
            spare_records: self.setup.records - self.held.len() - gaps.len(),
            lent: false,
        };
        assert_eq!(self.pool.stats(), expected);
        if self.held.len().is_multiple_of(8) {
            self.pool.verify().expect("consistent records");
            self.check_walk(&gaps);
        }
    }

    fn check_walk(&self, gaps: &[(usize, usize)]) {
        let mut expected: Vec<_> = (self.held.iter())
            .map(|Held { block, persist, .. }| {
                let state = if *persist { BlockState::Persistent } else { BlockState::Used };
                BlockInfo { start: block.address(), len: block.len(), state }
            })
            .chain(gaps.iter().map(|&(start, len)| BlockInfo {
                start,
                len,
                state: BlockState::Free,
            }))
            .collect();
        expected.sort_unstable_by_key(|info| info.start);
        let mut shown = Vec::new();
        self.pool.walk(&mut |info| shown.push(info));
        assert_eq!(shown, expected);
    }
}

/// Writes a pattern to both ends of a block.
fn mark(block: &mut Block<'_>) {
    let byte = block.address() as u8 ^ 0x5A;
    let bytes = block.as_mut_slice();
    let len = bytes.len().min(8);
    bytes[..len].fill(byte);
    let end = bytes.len() - len;
    bytes[end..].fill(byte);
}

mod forge {
    //! Blocks that safe code cannot make.
    #![expect(unsafe_code, reason = "makes blocks that a pool must refuse")]

    use super::Block;

    /// Two more claims on a block.
    pub(super) fn copies<'b>(block: &Block<'b>) -> [Block<'b>; 2] {
        // SAFETY: the copies are only given to a pool, or forgotten; nobody uses their memory.
        [(); 2].map(|()| unsafe { block.duplicate() })
    }

    /// The same block with the life that the pool has.
    pub(super) fn prolong<'p>(block: Block<'_>) -> Block<'p> {
        // SAFETY: the runner's pool lives longer than the model that holds the block.
        unsafe { block.duplicate() }
    }
}
