//! Memory pools with attributes, placement by need, and frame buffers that an interrupt fills.
#![no_std]
#[cfg(any(feature = "std", test))]
extern crate std;

mod attributes;
mod block;
mod error;
mod lock;
mod pool;
#[cfg(feature = "presets")]
pub mod presets;
mod registry;
mod segregated;
mod stats;
mod sync;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use attributes::{Attributes, Flags, Reach};
pub use block::{Block, BlockId, BlockInfo, BlockState};
pub use error::{AddError, LendError, NoRoom, NoRoomReason, PoolError, RemoveError};
#[cfg(feature = "critical-section")]
pub use lock::CriticalSection;
pub use lock::{Lock, SingleThread};
pub use pool::{MemoryPool, PoolInfo};
pub use registry::{Lease, MOST_KEEP_OUTS, MOST_POOLS, PoolId, Pools, Request};
pub use segregated::{Cache, PoolConfig, Record, SegregatedPool};
pub use stats::Stats;
