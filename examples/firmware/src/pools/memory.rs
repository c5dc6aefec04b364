//! The board's pools: where they lie, and the registry that keeps them apart from all else.

use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ops::Range;
use core::ptr::{self, NonNull};

use snakelet_pool::presets::{Board, MPS2_AN500, PoolPart};
use snakelet_pool::{PoolConfig, Pools, Record, SegregatedPool, SingleThread};

use super::{fail, or_fail};

const BOARD: Board = MPS2_AN500;
/// Pools of the board.
const POOLS: usize = BOARD.pools.len();
/// The pools with their addresses.
const PARTS: [(usize, PoolPart); POOLS] = {
    let mut parts = [(0, BOARD.pools[0]); POOLS];
    let mut index = 0;
    while index < POOLS {
        let pool = BOARD.pools[index];
        parts[index] = (BOARD.address(&pool.part, 0) as usize, pool);
        index += 1;
    }
    parts
};
/// The stream buffer, which no pool may overlap.
pub(crate) const STREAM: Range<usize> = {
    let start = BOARD.address(&BOARD.stream, 0) as usize;
    start..start + BOARD.stream.length as usize
};
/// Blocks and free runs that a pool has at most.
const RECORDS: usize = 64;

const OVERLAP: &CStr = c"memories overlap\n";
const IMPOSSIBLE: &CStr = c"a pool is impossible\n";

/// The interrupt handlers take no blocks, so one thread uses a pool.
type Pool = SegregatedPool<'static, SingleThread>;

/// What exists as long as the program: pools, and their records in the board's fast RAM. It is
/// uninitialised at first, so that flash has no copy of it.
pub struct Memory {
    records: [MaybeUninit<[Record; RECORDS]>; POOLS],
    pools: [MaybeUninit<Pool>; POOLS],
    registry: MaybeUninit<Pools<'static>>,
}

impl Memory {
    /// Makes the memory of pools that are not set up.
    pub const fn new() -> Self {
        Memory {
            records: [const { MaybeUninit::uninit() }; POOLS],
            pools: [const { MaybeUninit::uninit() }; POOLS],
            registry: MaybeUninit::uninit(),
        }
    }

    /// Sets the pools up and registers them. The memory of the interpreter and that of the stream
    /// buffer are kept out: a pool that overlapped them would be refused.
    pub fn register(&'static mut self, heap: Range<usize>) -> &'static Pools<'static> {
        let registry = self.registry.write(Pools::new());
        for (name, range) in [("python heap", heap), ("stream", STREAM)] {
            or_fail(registry.keep_out(name, range), OVERLAP);
        }
        let places = self.pools.iter_mut().zip(&mut self.records);
        for ((place, records), (start, pool)) in places.zip(PARTS) {
            let records = records.write([Record::UNUSED; RECORDS]);
            let start = NonNull::new(ptr::with_exposed_provenance_mut(start));
            let start = start.unwrap_or_else(|| fail(IMPOSSIBLE));
            let config = PoolConfig::new(pool.name)
                .attributes(pool.attributes)
                .reach(pool.reach)
                .line(BOARD.line);
            // SAFETY: the part lies in the PSRAM, which is RAM in which the linker places nothing
            // (memory.x). No other pool uses it: parts of a preset do not overlap, and there is
            // one `Memory`, which is borrowed for good.
            let made = unsafe {
                let length = pool.part.length as usize;
                SegregatedPool::from_raw(start, length, records, config, SingleThread::new())
            };
            let made = place.write(or_fail(made, IMPOSSIBLE));
            or_fail(registry.add(made), OVERLAP);
        }
        registry
    }
}
