//! The errors of pools and of placement. They are small, and carry the figures that a person needs to
//! see why a request failed.

use core::fmt;

use thiserror::Error;

use crate::Reach;

/// Why a pool could not be made.
///
/// ```
/// use snakelet_pool::{PoolConfig, PoolError, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let config = PoolConfig::new("sram").line(48);
/// let error = SegregatedPool::new(&mut memory, config, SingleThread::new()).unwrap_err();
/// assert_eq!(error, PoolError::Line { line: 48 });
/// assert_eq!(error.to_string(), "a line has a power of two of bytes up to 65536, not 48");
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PoolError {
    /// The region has no room for a line beside the records.
    #[error("a pool needs one line of {line} bytes, the region has {size} for blocks")]
    TooSmall {
        /// Bytes that are left for blocks.
        size: usize,
        /// Bytes of a line.
        line: usize,
    },
    /// The region has more lines than records can describe.
    #[error("a pool has at most {most} bytes with lines of this size, the region has {size}")]
    TooLarge {
        /// Bytes of the region.
        size: usize,
        /// Bytes that a pool can have.
        most: usize,
    },
    /// The line size is not a power of two, or more than 65,536.
    #[error("a line has a power of two of bytes up to 65536, not {line}")]
    Line {
        /// The line size that was given.
        line: usize,
    },
    /// There are no records.
    #[error("a pool needs at least one record")]
    NoRecords,
}

/// Why a pool could not be lent.
///
/// ```
/// use core::alloc::Layout;
/// use snakelet_pool::{Attributes, LendError, MemoryPool, PoolConfig, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let config = PoolConfig::new("npu").attributes(Attributes::TRANSIENT);
/// let pool = SegregatedPool::new(&mut memory, config, SingleThread::new())?;
/// let block = pool.allocate(Layout::new::<[u8; 100]>(), false).ok_or("full")?;
/// let error = pool.lend().unwrap_err();
/// assert_eq!(error, LendError::InUse { blocks: 1, bytes: 128 });
/// assert_eq!(error.to_string(), "the pool has 1 blocks of 128 bytes in use");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LendError {
    /// The pool does not have the attribute `TRANSIENT`.
    #[error("the pool is not transient")]
    NotTransient,
    /// The memory is lent to another owner already.
    #[error("the pool is lent already")]
    Lent,
    /// There are blocks in the pool.
    #[error("the pool has {blocks} blocks of {bytes} bytes in use")]
    InUse {
        /// Blocks in use.
        blocks: usize,
        /// Bytes in use.
        bytes: usize,
    },
    /// The pool's lock could not be had.
    #[error("the pool is busy")]
    Busy,
}

/// Why a pool or a range could not be added to a registry.
///
/// ```
/// use snakelet_pool::Pools;
///
/// let mut pools = Pools::new();
/// pools.keep_out("python heap", 0x2000_0000..0x2001_0000)?;
/// let error = pools.keep_out("stream", 0x2000_8000..0x2002_0000).unwrap_err();
/// assert_eq!(error.to_string(), "0x20008000..0x20020000 overlaps 'python heap'");
/// # Ok::<(), snakelet_pool::AddError<'_>>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddError<'p> {
    /// The range overlaps a pool or a range that was added before.
    #[error("{start:#x}..{end:#x} overlaps '{with}'")]
    Overlap {
        /// The name of what was there before.
        with: &'p str,
        /// The first address of the new range.
        start: usize,
        /// The address behind the new range.
        end: usize,
    },
    /// The range is empty, or ends before it starts.
    #[error("{start:#x}..{end:#x} is empty")]
    Empty {
        /// The first address.
        start: usize,
        /// The address behind the range.
        end: usize,
    },
    /// The registry has no place for one more.
    #[error("a registry has room for {most}")]
    Full {
        /// How many it has room for.
        most: usize,
    },
}

/// Why a pool could not be removed from a registry.
///
/// ```
/// use snakelet_pool::{PoolConfig, Pools, RemoveError, Request, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 8192];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// let id = pools.add(&pool).map_err(|_| "overlap")?;
/// let lease = pools.place(&Request::new(100)).map_err(|_| "full")?;
/// assert_eq!(pools.remove(id), Err(RemoveError::InUse { blocks: 1, bytes: 128 }));
/// drop(lease);
/// assert_eq!(pools.remove(id), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoveError {
    /// There are blocks in the pool, or its memory is lent.
    #[error("the pool has {blocks} blocks of {bytes} bytes in use")]
    InUse {
        /// Blocks in use.
        blocks: usize,
        /// Bytes in use, or all bytes of a pool that is lent.
        bytes: usize,
    },
    /// The registry has no such pool.
    #[error("there is no such pool")]
    Unknown,
}

/// A request for memory that could not be placed.
///
/// ```
/// use snakelet_pool::{Pools, PoolConfig, Request, SegregatedPool, SingleThread};
///
/// let mut memory = [0; 4096];
/// let mut records = [snakelet_pool::Record::UNUSED; 8];
/// let config = PoolConfig::new("sram").line(4);
/// let pool = SegregatedPool::with_records(&mut memory, &mut records, config, SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|_| "overlap")?;
/// let error = pools.place(&Request::new(10_000)).err().ok_or("placed")?;
/// assert_eq!(error.to_string(), "pool 'sram': asked 10000, free 4096, largest 4096");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub struct NoRoom<'p> {
    /// Why.
    pub reason: NoRoomReason,
    /// Who asked, as the request says.
    pub owner: &'static str,
    /// Bytes that were asked for.
    pub asked: usize,
    /// Who must be able to reach the memory.
    pub reach: Reach,
    /// The name of the pool that came nearest: of those that may serve the request, the one with the
    /// longest free run. Empty if there is none.
    pub pool: &'p str,
    /// Free bytes of that pool.
    pub free: usize,
    /// The largest request that it could serve with the same alignment.
    pub largest: usize,
    /// How many pools may serve such a request, those that are lent just now included.
    pub candidates: usize,
}

/// What kind of failure a [`NoRoom`] is.
///
/// ```
/// use snakelet_pool::{NoRoomReason, Pools, Request};
///
/// let pools = Pools::new();
/// let reason = |request| pools.place(&request).err().map(|error| error.reason);
/// assert_eq!(reason(Request::new(0)), Some(NoRoomReason::Size));
/// assert_eq!(reason(Request::new(1).align(3)), Some(NoRoomReason::Align { align: 3 }));
/// assert_eq!(reason(Request::new(1)), Some(NoRoomReason::NoPool));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoRoomReason {
    /// The size is 0, or it overflows when it is rounded up.
    Size,
    /// The alignment is not a power of two.
    Align {
        /// The alignment that was asked for.
        align: usize,
    },
    /// No pool can be reached by all who must reach the memory, or has all the attributes that a
    /// strict request insists on, or may hold what is persistent.
    NoPool,
    /// The pools that may serve the request have too little room.
    Full,
    /// There is room, but the pool has no record left to describe one more block.
    NoRecord,
}

impl fmt::Display for NoRoom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            NoRoomReason::Size => write!(f, "a block cannot have {} bytes", self.asked),
            NoRoomReason::Align { align } => {
                write!(f, "an alignment is a power of two, not {align}")
            }
            NoRoomReason::NoPool => {
                write!(f, "no pool for this: asked {}, reach {}", self.asked, Masters(self.reach))
            }
            NoRoomReason::Full | NoRoomReason::NoRecord => {
                let NoRoom { pool, asked, free, largest, .. } = self;
                write!(f, "pool '{pool}': asked {asked}, free {free}, largest {largest}")?;
                match self.reason {
                    NoRoomReason::NoRecord => f.write_str(", no record left"),
                    _ => Ok(()),
                }
            }
        }
    }
}

/// Shows bus masters by name.
struct Masters(Reach);

impl fmt::Display for Masters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bitflags::parser::to_writer(&self.0, f)
    }
}
