//! A registry of pools, and the ranges that no pool may overlap.

mod lease;
mod place;
mod request;
#[cfg(test)]
mod tests;

use core::fmt;
use core::ops::Range;

pub use lease::Lease;
pub use request::Request;

use crate::{AddError, MemoryPool, NoRoom, RemoveError, Stats};

/// Pools that a registry has room for.
pub const MOST_POOLS: usize = 8;
/// Ranges that a registry keeps pools out of.
pub const MOST_KEEP_OUTS: usize = 8;

/// Names a pool in its registry. The numbers count from 0 in the order in which pools were added.
///
/// ```
/// use snakelet_pool::{PoolConfig, Pools, Request, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// let id = pools.add(&pool).map_err(|_| "overlap")?;
/// let lease = pools.reserve(id, &Request::new(100)).map_err(|_| "full")?;
/// assert_eq!((id.index(), pools.stats(Some(id)).used), (0, 128));
/// # drop(lease);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolId(u8);

impl PoolId {
    /// The number of the pool.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The pools of a system, where each request is placed by what it needs.
///
/// See [`Pools::place`] for how a pool is chosen. A registry only borrows its pools, which others may
/// use directly as well.
///
/// ```
/// use snakelet_pool::{Attributes, Flags, MemoryPool, PoolConfig, Pools, Reach, Request};
/// use snakelet_pool::{SegregatedPool, SingleThread};
///
/// let (mut dram, mut sram) = (vec![0; 256 << 10], vec![0; 32 << 10]);
/// let dram = SegregatedPool::new(&mut dram, PoolConfig::new("dram"), SingleThread::new())?;
/// let fast = PoolConfig::new("sram").attributes(Attributes::FAST | Attributes::DTCM);
/// let sram = SegregatedPool::new(&mut sram, fast, SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&dram).map_err(|_| "overlap")?;
/// pools.add(&sram).map_err(|_| "overlap")?;
///
/// let place = |request: Request| pools.place(&request).map_err(|error| error.to_string());
/// assert_eq!(place(Request::new(1000).want(Attributes::FAST))?.pool().name, "sram");
/// // too long for the fast pool: a wish is not insisted on
/// assert_eq!(place(Request::new(100_000).want(Attributes::FAST))?.pool().name, "dram");
/// let strict = Request::new(100_000).want(Attributes::FAST).flags(Flags::STRICT);
/// assert!(place(strict).is_err());
/// // nobody but the processor and DMA reaches these
/// assert!(place(Request::new(100).reach(Reach::NPU)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The pools outlive the registry:
///
/// ```compile_fail,E0505
/// use snakelet_pool::{PoolConfig, Pools, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new()).unwrap();
/// let mut pools = Pools::new();
/// pools.add(&pool).unwrap();
/// drop(pool);
/// assert_eq!(pools.iter().count(), 1);
/// ```
pub struct Pools<'p> {
    pools: [Option<&'p dyn MemoryPool>; MOST_POOLS],
    keep_outs: [Option<(&'p str, usize, usize)>; MOST_KEEP_OUTS],
    /// Bytes of the longest line of all pools that were added.
    line: usize,
}

impl fmt::Debug for Pools<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (_, pool) in self.pools() {
            map.entry(&pool.info().name, &pool.stats());
        }
        for (name, range) in self.keep_outs() {
            map.entry(&name, &range);
        }
        map.finish()
    }
}

impl Default for Pools<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'p> Pools<'p> {
    /// Makes a registry without pools.
    pub const fn new() -> Self {
        Pools { pools: [None; MOST_POOLS], keep_outs: [None; MOST_KEEP_OUTS], line: 1 }
    }

    /// Adds a pool.
    ///
    /// # Errors
    /// If its memory overlaps another pool's or a range that was kept out, or there are
    /// [`MOST_POOLS`] already.
    pub fn add(&mut self, pool: &'p dyn MemoryPool) -> Result<PoolId, AddError<'p>> {
        let info = pool.info();
        self.check(info.range())?;
        let free = self.pools.iter().position(Option::is_none);
        let index = free.ok_or(AddError::Full { most: MOST_POOLS })?;
        self.pools[index] = Some(pool);
        self.line = self.line.max(info.line);
        Ok(PoolId(index as u8))
    }

    /// Notes that a range of addresses is used otherwise, such as for a Python heap or a stream buffer:
    /// a pool that overlaps it is refused.
    ///
    /// # Errors
    /// If the range is empty, overlaps a pool or another range, or there are [`MOST_KEEP_OUTS`] already.
    pub fn keep_out(&mut self, name: &'p str, range: Range<usize>) -> Result<(), AddError<'p>> {
        self.check(range.clone())?;
        let free = self.keep_outs.iter().position(Option::is_none);
        let index = free.ok_or(AddError::Full { most: MOST_KEEP_OUTS })?;
        self.keep_outs[index] = Some((name, range.start, range.end));
        Ok(())
    }

    /// Removes a pool, whose number the next pool that is added may have.
    ///
    /// # Errors
    /// If there are blocks in it, it is lent, or there is no such pool.
    pub fn remove(&mut self, id: PoolId) -> Result<(), RemoveError> {
        let place = self.pools.get_mut(id.index()).ok_or(RemoveError::Unknown)?;
        let stats = place.ok_or(RemoveError::Unknown)?.stats();
        if stats.used_blocks > 0 || stats.lent {
            let bytes = if stats.lent { stats.size } else { stats.used };
            return Err(RemoveError::InUse { blocks: stats.used_blocks, bytes });
        }
        *place = None;
        Ok(())
    }

    /// Places a request in one pool and no other, if the pool is one that may serve it: to reserve
    /// memory before others ask.
    ///
    /// # Errors
    /// As for [`Pools::place`].
    pub fn reserve(&self, id: PoolId, request: &Request) -> Result<Lease<'p>, NoRoom<'p>> {
        self.place_among(request, 1u32.checked_shl(id.0.into()).unwrap_or(0))
    }

    /// One of the pools.
    pub fn get(&self, id: PoolId) -> Option<&'p dyn MemoryPool> {
        self.pools.get(id.index()).copied().flatten()
    }

    /// The pools with their names.
    pub fn iter(&self) -> impl Iterator<Item = (PoolId, &'p dyn MemoryPool)> {
        self.pools().map(|(index, pool)| (PoolId(index as u8), pool))
    }

    /// The ranges that pools are kept out of, with their names.
    pub fn keep_outs(&self) -> impl Iterator<Item = (&'p str, Range<usize>)> {
        self.keep_outs.iter().flatten().map(|(name, start, end)| (*name, *start..*end))
    }

    /// The statistics of one pool, or the sum over all of them; all 0 if there is no such pool.
    pub fn stats(&self, id: Option<PoolId>) -> Stats {
        match id {
            Some(id) => self.get(id).map(|pool| pool.stats()).unwrap_or_default(),
            None => self.pools().fold(Stats::default(), |sum, (_, pool)| sum.plus(pool.stats())),
        }
    }

    /// Bytes of the longest cache line of all pools that were added; 1 without pools.
    pub const fn line(&self) -> usize {
        self.line
    }

    fn pools(&self) -> impl Iterator<Item = (usize, &'p dyn MemoryPool)> {
        self.pools.iter().enumerate().filter_map(|(index, pool)| Some((index, (*pool)?)))
    }

    /// Checks that a range is not empty and overlaps nothing.
    fn check(&self, Range { start, end }: Range<usize>) -> Result<(), AddError<'p>> {
        if start >= end {
            return Err(AddError::Empty { start, end });
        }
        let overlaps = |other: &Range<usize>| start < other.end && other.start < end;
        for (_, pool) in self.pools() {
            let info = pool.info();
            if overlaps(&info.range()) {
                return Err(AddError::Overlap { with: info.name, start, end });
            }
        }
        for (with, other) in self.keep_outs() {
            if overlaps(&other) {
                return Err(AddError::Overlap { with, start, end });
            }
        }
        Ok(())
    }
}
