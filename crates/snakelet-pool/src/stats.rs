//! Statistics of one pool or of several.

/// How much of a pool is used, in bytes and blocks.
///
/// Bytes are those that blocks have, which may be more than was asked for. `used` and `used_blocks`
/// include what is persistent.
///
/// ```
/// use snakelet_pool::{MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 4096];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let stats = pool.stats();
/// assert_eq!((stats.used, stats.free), (0, stats.size));
/// assert_eq!(stats.largest_run, stats.size);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bytes of the pool: `used + free`.
    pub size: usize,
    /// Bytes in blocks.
    pub used: usize,
    /// Bytes in no block.
    pub free: usize,
    /// Bytes in persistent blocks.
    pub persistent: usize,
    /// The most that `used` has been.
    pub peak: usize,
    /// The length of the longest free run.
    pub largest_run: usize,
    /// Blocks in use.
    pub used_blocks: usize,
    /// Free runs.
    pub free_runs: usize,
    /// Persistent blocks in use.
    pub persistent_blocks: usize,
    /// Records that are left, each for one more block or free run; 0 where a pool has no such limit.
    pub spare_records: usize,
    /// Whether the memory is lent to another owner.
    pub lent: bool,
}

impl Stats {
    /// The sum over two pools. The sum's `peak` is the sum of the peaks, which need not have been
    /// reached at the same time, and `largest_run` is the longer of the two.
    #[must_use]
    pub fn plus(self, other: Stats) -> Stats {
        Stats {
            size: self.size.saturating_add(other.size),
            used: self.used.saturating_add(other.used),
            free: self.free.saturating_add(other.free),
            persistent: self.persistent.saturating_add(other.persistent),
            peak: self.peak.saturating_add(other.peak),
            largest_run: self.largest_run.max(other.largest_run),
            used_blocks: self.used_blocks.saturating_add(other.used_blocks),
            free_runs: self.free_runs.saturating_add(other.free_runs),
            persistent_blocks: self.persistent_blocks.saturating_add(other.persistent_blocks),
            spare_records: self.spare_records.saturating_add(other.spare_records),
            lent: self.lent || other.lent,
        }
    }
}
