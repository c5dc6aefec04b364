//! What lies where, with the addresses of the board.

use std::fmt;

use snakelet_camera::{Camera, PoolReport};
use snakelet_pool::presets::{Board, Part, PoolPart};
use snakelet_pool::{BlockInfo, BlockState, MemoryPool};

/// A range of addresses that has one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: u64,
    pub(crate) size: u64,
    pub(crate) what: String,
}

/// A pool, and what lies in it, from its first byte to its last.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) report: PoolReport<'static>,
    pub(crate) ranges: Vec<Range>,
}

/// The parts of a board's memories.
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) title: &'static str,
    /// Heap and stream buffer.
    pub(crate) parts: Vec<Range>,
    pub(crate) pools: Vec<Pool>,
}

impl Map {
    /// Draws up the map of a camera that scripts have used.
    pub(crate) fn new(
        board: &'static Board,
        pools: &[(&'static PoolPart, &'static dyn MemoryPool)],
        camera: &Camera,
    ) -> Map {
        let part = |part: &Part, what: String| Range {
            start: board.address(part, 0),
            size: part.length.into(),
            what,
        };
        let heap = board.heap.iter().enumerate();
        let mut parts: Vec<Range> =
            heap.map(|(i, heap)| part(heap, format!("Python heap, part {}", i + 1))).collect();
        parts.push(part(&board.stream, "stream buffer".to_string()));
        let pools = pools.iter().map(|(part, pool)| pool_map(board, part, *pool, camera)).collect();
        Map { title: board.title, parts, pools }
    }

    /// The ranges of all pools.
    #[cfg(test)]
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &Range> {
        self.pools.iter().flat_map(|pool| &pool.ranges)
    }
}

fn pool_map(
    board: &'static Board,
    part: &'static PoolPart,
    pool: &'static dyn MemoryPool,
    camera: &Camera,
) -> Pool {
    let info = pool.info();
    // the pool's records take the first bytes of its part
    let part_bytes = u64::from(part.part.length);
    let records = part_bytes.saturating_sub(info.size as u64);
    let first = board.address(&part.part, 0);
    let mut ranges = Vec::new();
    if records > 0 {
        ranges.push(Range { start: first, size: records, what: "records".to_string() });
    }
    let address = |host: usize| first + records + host.saturating_sub(info.start) as u64;
    pool.walk(&mut |block: BlockInfo| {
        let BlockInfo { start, len, state } = block;
        let (mut start, end) = (address(start), address(start + len));
        if state == BlockState::Free {
            ranges.push(Range { start, size: end - start, what: "free".to_string() });
            return;
        }
        let owner = camera.frame_memory().find(|memory| address(memory.address) == start);
        let Some(memory) = owner else {
            ranges.push(Range { start, size: end - start, what: "image or scratch".to_string() });
            return;
        };
        for i in 0..memory.count {
            let last = i + 1 == memory.count;
            let size = if last { end - start } else { memory.stride as u64 };
            ranges.push(Range { start, size, what: format!("{}, frame {i}", memory.name) });
            start += size;
        }
    });
    Pool { report: PoolReport::of(pool), ranges }
}

impl fmt::Display for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "memories of {}", self.title)?;
        for range in &self.parts {
            write_range(f, range)?;
        }
        for pool in &self.pools {
            writeln!(f, "{}", pool.report)?;
            pool.ranges.iter().try_for_each(|range| write_range(f, range))?;
        }
        Ok(())
    }
}

fn write_range(f: &mut fmt::Formatter<'_>, range: &Range) -> fmt::Result {
    let Range { start, size, what } = range;
    writeln!(f, "  {start:#010x} .. {:#010x} {size:>10}  {what}", start + size)
}
