//! What is told of the pools.

use core::fmt;

use snakelet_pool::{Attributes, MemoryPool, PoolInfo, Stats};

/// The figures of a pool, as a line of text: its attributes, and how much is used, free, persistent, was used at
/// most, and is free in one run.
///
/// ```
/// use snakelet_camera::PoolReport;
/// use snakelet_pool::{Attributes, MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 4096];
/// let config = PoolConfig::new("sram").attributes(Attributes::FAST);
/// let pool = SegregatedPool::new(&mut memory, config, SingleThread::new())?;
/// let text = PoolReport::of(&pool).to_string();
/// assert!(text.starts_with("pool 'sram' FAST: size "), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PoolReport<'p> {
    /// What the pool is.
    pub info: PoolInfo<'p>,
    /// How much of it is used.
    pub stats: Stats,
}

impl<'p> PoolReport<'p> {
    /// The report of a pool, as it is now.
    pub fn of(pool: &'p dyn MemoryPool) -> Self {
        PoolReport { info: pool.info(), stats: pool.stats() }
    }
}

impl fmt::Display for PoolReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stats { size, used, free, persistent, peak, largest_run, .. } = self.stats;
        write!(f, "pool '{}' ", self.info.name)?;
        let names = [
            (Attributes::FAST, "FAST"),
            (Attributes::ITCM, "ITCM"),
            (Attributes::DTCM, "DTCM"),
            (Attributes::DMA_D1, "DMA_D1"),
            (Attributes::DMA_D2, "DMA_D2"),
            (Attributes::DMA_D3, "DMA_D3"),
            (Attributes::TRANSIENT, "TRANSIENT"),
        ];
        let mut first = true;
        for (attribute, name) in names {
            if self.info.attributes.contains(attribute) {
                f.write_str(if first { "" } else { "|" })?;
                f.write_str(name)?;
                first = false;
            }
        }
        f.write_str(if first { "bulk" } else { "" })?;
        write!(
            f,
            ": size {size}, used {used}, free {free}, persistent {persistent}, peak {peak}, largest {largest_run}"
        )
    }
}
