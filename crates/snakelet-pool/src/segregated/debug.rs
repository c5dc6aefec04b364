//! How a pool and its configuration show themselves.

use core::fmt;

use super::{PoolConfig, SegregatedPool};
use crate::{Lock, MemoryPool};

impl fmt::Debug for PoolConfig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConfig")
            .field("name", &self.name)
            .field("attributes", &self.attributes)
            .field("reach", &self.reach)
            .field("line", &self.line)
            .field("cache", &self.cache.is_some())
            .finish()
    }
}

impl<L: Lock> fmt::Debug for SegregatedPool<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegregatedPool")
            .field("info", &self.info())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
