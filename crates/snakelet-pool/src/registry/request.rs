//! What is asked of a registry.

use crate::{Attributes, Flags, Reach};

/// A request for memory: how much, and what it must and should be like.
///
/// ```
/// use snakelet_pool::{Attributes, Flags, Reach, Request};
///
/// let scratch = Request::new(4096).want(Attributes::FAST).owner("line buffer");
/// let frames = Request::new(614_400)
///     .reach(Reach::CPU | Reach::DMA)
///     .flags(Flags::ENOUGH | Flags::CACHE | Flags::PERSIST);
/// assert_eq!((scratch.align, frames.size), (1, 614_400));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Bytes; not 0.
    pub size: usize,
    /// What the address is a multiple of: a power of two.
    pub align: usize,
    /// What the memory should be like; empty for bulk memory.
    pub want: Attributes,
    /// Who must be able to reach the memory.
    pub reach: Reach,
    /// How to choose between pools.
    pub flags: Flags,
    /// Who asks, for messages.
    pub owner: &'static str,
}

impl Request {
    /// A request for bulk memory that the processor can reach, without alignment.
    pub const fn new(size: usize) -> Self {
        Request {
            size,
            align: 1,
            want: Attributes::empty(),
            reach: Reach::CPU,
            flags: Flags::empty(),
            owner: "",
        }
    }

    /// Sets what the address is to be a multiple of.
    #[must_use]
    pub const fn align(self, align: usize) -> Self {
        Request { align, ..self }
    }

    /// Sets what the memory should be like.
    #[must_use]
    pub const fn want(self, want: Attributes) -> Self {
        Request { want, ..self }
    }

    /// Sets who must be able to reach the memory.
    #[must_use]
    pub const fn reach(self, reach: Reach) -> Self {
        Request { reach, ..self }
    }

    /// Sets how to choose between pools.
    #[must_use]
    pub const fn flags(self, flags: Flags) -> Self {
        Request { flags, ..self }
    }

    /// Sets who asks.
    #[must_use]
    pub const fn owner(self, owner: &'static str) -> Self {
        Request { owner, ..self }
    }
}
