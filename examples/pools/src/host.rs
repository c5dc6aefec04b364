//! Pools over the parts of a board, and the way from the desktop's addresses to the board's.

use std::ops::Range;
use std::sync::Mutex;

use snakelet_pool::presets::{Board, PoolPart};
use snakelet_pool::{MemoryPool, PoolConfig, Pools, Record, SegregatedPool};

use crate::failure::{Result, failed};

/// Records of each pool, which lie outside of it: a pool has all bytes of its part.
pub(crate) type Records = [Record; 64];

/// A pool, and where it lies on the board.
pub(crate) struct HostPool<'m> {
    pub(crate) part: &'static PoolPart,
    pub(crate) pool: SegregatedPool<'m, Mutex<()>>,
}

/// Makes a pool of each part, with the part's attributes and reach.
pub(crate) fn pools<'m>(
    board: &Board,
    parts: Vec<(&'static PoolPart, &'m mut [u8])>,
    records: &'m mut [Records],
) -> Result<Vec<HostPool<'m>>> {
    let mut pools = Vec::new();
    for ((part, bytes), records) in parts.into_iter().zip(records) {
        let config = PoolConfig::new(part.name)
            .attributes(part.attributes)
            .reach(part.reach)
            .line(board.line);
        let pool = SegregatedPool::with_records(bytes, records, config, Mutex::new(()));
        pools.push(HostPool { part, pool: pool.map_err(failed)? });
    }
    Ok(pools)
}

/// The addresses of a region.
pub(crate) fn range<T>(region: &[T]) -> Range<usize> {
    let Range { start, end } = region.as_ptr_range();
    start.addr()..end.addr()
}

/// A board with its pools in a registry.
#[derive(Clone, Copy)]
pub(crate) struct System<'p, 'm> {
    pub(crate) board: &'static Board,
    pub(crate) pools: &'p [HostPool<'m>],
    pub(crate) registry: &'p Pools<'p>,
}

impl<'p, 'm> System<'p, 'm> {
    /// Where on the board a byte of a pool lies; none if it is in no pool.
    pub(crate) fn address(&self, host: usize) -> Option<u64> {
        self.pools.iter().find_map(|HostPool { part, pool }| {
            let info = pool.info();
            let offset = host.checked_sub(info.start).filter(|offset| *offset < info.size)?;
            Some(self.board.address(&part.part, u32::try_from(offset).ok()?))
        })
    }

    /// A pool by its name.
    pub(crate) fn pool(&self, name: &str) -> Option<&'p HostPool<'m>> {
        self.pools.iter().find(|pool| pool.part.name == name)
    }
}

#[cfg(test)]
mod tests {
    use snakelet_pool::AddError;
    use snakelet_pool::presets::{BoardMemory, board};

    use super::*;

    #[test]
    fn a_pool_over_the_heap_is_refused() {
        let board = board("openmv4").expect("a board");
        let mut memory = BoardMemory::new(board);
        let mut records = [[Record::UNUSED; 64]; 1];
        let pools = pools(board, memory.split().pools, &mut records).expect("pools");
        let range = pools[0].pool.info().range();
        let mut registry = Pools::new();
        let heap = range.end - 4096..range.end + 4096;
        assert_eq!(registry.keep_out("python heap", heap), Ok(()));
        let refused = registry.add(&pools[0].pool);
        assert!(matches!(refused, Err(AddError::Overlap { with: "python heap", .. })));
    }

    #[test]
    fn addresses_are_those_of_the_board() {
        let board = board("openmv-n6").expect("a board");
        let mut memory = BoardMemory::new(board);
        let mut records = [[Record::UNUSED; 64]; 4];
        let pools = pools(board, memory.split().pools, &mut records).expect("pools");
        let system = System { board, pools: &pools, registry: &Pools::new() };
        let npu = system.pool("npu").expect("a pool").pool.info();
        assert_eq!(system.address(npu.start), Some(0x3420_0000));
        assert_eq!(system.address(npu.start + npu.size - 1), Some(0x343B_FFFF));
        assert_eq!(system.address(0), None);
        assert!(system.pool("psram").is_none());
    }
}
