//! What memory is like, who can reach it, and what a request insists on.

use bitflags::bitflags;

bitflags! {
    /// What a pool's memory is good at, and what a request would like. No bit set means *bulk*: large
    /// and slow memory without distinction.
    ///
    /// The values are those of OpenMV's `umalloc`, because they go over the wire in reports about memory.
    ///
    /// ```
    /// use snakelet_pool::Attributes;
    ///
    /// let pool = Attributes::FAST | Attributes::DTCM;
    /// assert!(pool.contains(Attributes::DTCM));
    /// assert_eq!(pool.bits(), 5);
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Attributes: u8 {
        /// On-chip memory without wait states.
        const FAST = 1;
        /// Tightly coupled instruction memory.
        const ITCM = 2;
        /// Tightly coupled data memory.
        const DTCM = 4;
        /// Reached by the bus masters of the first power domain.
        const DMA_D1 = 8;
        /// Reached by the bus masters of the second power domain.
        const DMA_D2 = 16;
        /// Reached by the bus masters of the third power domain.
        const DMA_D3 = 32;
        /// Memory that is lent to another owner, such as a neural accelerator, from time to time.
        /// Nothing persistent is placed in it.
        const TRANSIENT = 64;
    }
}

bitflags! {
    /// Who can read and write a pool's memory, or must be able to. Unlike [`Attributes`] this is never
    /// relaxed: a buffer that a DMA controller fills is not placed where the controller cannot reach.
    ///
    /// The bits name the bus masters that most chips have; a host may give the others a meaning of
    /// its own with [`Reach::from_bits_retain`].
    ///
    /// ```
    /// use snakelet_pool::Reach;
    ///
    /// let needs = Reach::CPU | Reach::NPU;
    /// assert!(!(Reach::CPU | Reach::DMA).contains(needs));
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Reach: u16 {
        /// The processor core that runs the program.
        const CPU = 1;
        /// The general DMA controllers and the camera interface.
        const DMA = 2;
        /// A neural accelerator.
        const NPU = 4;
        /// A graphics accelerator.
        const GPU = 8;
        /// A second processor core.
        const CORE1 = 16;
    }
}

bitflags! {
    /// How a [`Request`](crate::Request) is to be placed.
    ///
    /// ```
    /// use snakelet_pool::Flags;
    ///
    /// let frame_buffer = Flags::ENOUGH | Flags::CACHE | Flags::PERSIST;
    /// assert!(!frame_buffer.contains(Flags::STRICT));
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Flags: u8 {
        /// Only pools that have all wanted attributes; otherwise the request fails.
        const STRICT = 1;
        /// Start and length are multiples of the pool's cache line.
        const CACHE = 2;
        /// The block outlives a soft reset: it is never placed in a transient pool.
        const PERSIST = 4;
        /// Room counts and speed does not: bulk memory first, then whatever has the longest free run.
        const ENOUGH = 8;
    }
}
