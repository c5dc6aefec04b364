//! The memories of sixteen boards, for their firmware and to try a placement on a desktop.
//!
//! A [`Board`] is a table: which memories it has, and which parts of them the interpreter's heap,
//! the pools and the stream buffer get. Each board is a constant, so that a firmware contains one
//! table only; [`BOARDS`] has all of them and [`board`] finds one by its name.
//! [`Board::address`] tells where a part lies on the board. On a desktop, with the feature `std`,
//! a `BoardMemory` stands in for a board: memory of the same lengths, handed out part by part.
//!
//! ```
//! use snakelet_pool::presets::OPENMV_N6;
//!
//! for pool in OPENMV_N6.pools {
//!     let start = OPENMV_N6.address(&pool.part, 0);
//!     println!("{:6} {start:#010x} {:9}", pool.name, pool.part.length);
//! }
//! ```
//!
//! # Where the figures come from
//!
//! Addresses and lengths are those of OpenMV's firmware of July 2026 (revision `cbbb877ed`): the
//! configuration of each board and the linker scripts of each port. All have this order within one
//! memory: variables of the program, first part of the heap, heap of the C library, stack, stream
//! buffer, memory of the second core, buffers of drivers, further parts of the heap, pools.
//!
//! How long the variables and the buffers of drivers are is only known when a firmware is linked.
//! So each memory is laid out by one of two rules, and the comment at the board tells which:
//!
//! - *From the start*: only what has a known length lies before the parts. Their offsets are
//!   those of the firmware.
//! - *From the end*: something of unknown length lies before them. The last part ends where the
//!   memory ends, and the gap is left at the start, which is where the unknown lies. Offsets can
//!   be higher than the firmware's, never lower.
//!
//! # Who reaches a pool
//!
//! A pool's [`Reach`] has a bus master only where the manual of the chip or the firmware's own use
//! shows that it gets there; a master that is missing by mistake costs memory, one too many costs
//! a frame. Pools that are wished for as `DTCM` often lie in other memory, which DMA does reach:
//! no board here has a pool in the data TCM of an STM32H7, which only its MDMA could reach.

mod arduino;
#[cfg(any(feature = "std", test))]
mod memory;
mod openmv;
mod others;
#[cfg(test)]
mod tests;

pub use arduino::{GIGA, NANO_33_BLE_SENSE, NANO_RP2040_CONNECT, NICLA_VISION, PORTENTA_H7};
#[cfg(any(feature = "std", test))]
pub use memory::{BoardMemory, Parts};
pub use openmv::{
    OPENMV_AE3_HE, OPENMV_AE3_HP, OPENMV_N6, OPENMV_RT1060, OPENMV2, OPENMV3, OPENMV4, OPENMV4P,
    OPENMVPT,
};
pub use others::{MPS2_AN500, RPI_PICO};

use crate::{Attributes, Reach};

/// 1024 bytes: the unit of the tables.
const K: u32 = 1024;

/// 1024 * 1024 bytes.
const M: u32 = 1024 * K;

/// The line of a cache, to which buffers are aligned. Boards without a cache have it too, as the
/// firmware rounds there to the same length.
const LINE: usize = 32;

/// A board: its memories, and what lies where in them.
///
/// ```
/// use snakelet_pool::presets::board;
///
/// let board = board("openmv4").ok_or("no such board")?;
/// let pool = board.pools.first().ok_or("no pool")?;
/// assert_eq!((pool.name, pool.part.length), ("sram0", 480 * 1024));
/// // A 32 KiB stream buffer lies before it.
/// assert_eq!(board.address(&pool.part, 0), 0x2400_8000);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Board {
    /// Name for a command line: lower case, words joined by hyphens.
    pub name: &'static str,
    /// Name that the firmware gives to the board.
    pub title: &'static str,
    /// Memories that some part lies in. None overlaps with another.
    pub memories: &'static [Memory],
    /// Parts of the interpreter's heap, in the firmware's order.
    pub heap: &'static [Part],
    /// Pools, in the order in which they are registered.
    pub pools: &'static [PoolPart],
    /// The stream buffer, which holds the frame that a viewer is shown.
    pub stream: Part,
    /// Length of a cache line in bytes, a power of two.
    pub line: usize,
}

/// A memory of a board: a run of addresses on one bus.
///
/// ```
/// use snakelet_pool::presets::board;
///
/// let pico = board("rpi-pico").ok_or("no such board")?;
/// let ram = pico.memory("RAM").ok_or("no such memory")?;
/// assert_eq!((ram.start, ram.length), (0x2000_0000, 256 * 1024));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Name, unique within the board.
    pub name: &'static str,
    /// Address of the first byte, as the processor that runs the interpreter sees it.
    pub start: u64,
    /// Length in bytes.
    pub length: u32,
}

/// A part of one memory.
///
/// ```
/// use snakelet_pool::presets::{Part, board};
///
/// let pico = board("rpi-pico").ok_or("no such board")?;
/// let second_half = Part { memory: "RAM", offset: 128 * 1024, length: 128 * 1024 };
/// assert_eq!(pico.address(&second_half, 16), 0x2002_0010);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Name of the memory.
    pub memory: &'static str,
    /// Bytes from the start of the memory to the part.
    pub offset: u32,
    /// Length in bytes.
    pub length: u32,
}

/// A pool of a board: where it lies, what it is good for and who reaches it.
///
/// ```
/// use snakelet_pool::presets::board;
/// use snakelet_pool::{Attributes, Reach};
///
/// let n6 = board("openmv-n6").ok_or("no such board")?;
/// let npu = n6.pools.iter().find(|pool| pool.name == "npu").ok_or("no such pool")?;
/// assert!(npu.attributes.contains(Attributes::TRANSIENT));
/// assert!(npu.reach.contains(Reach::NPU));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolPart {
    /// Name, short and unique within the board.
    pub name: &'static str,
    /// Where it lies.
    pub part: Part,
    /// Wishes that it grants; none for bulk memory.
    pub attributes: Attributes,
    /// Bus masters that reach all of it.
    pub reach: Reach,
}

impl Board {
    /// Finds a memory by its name, of which upper and lower case differ.
    pub const fn memory(&self, name: &str) -> Option<&'static Memory> {
        let mut memories = self.memories;
        while let [memory, rest @ ..] = memories {
            if same(memory.name.as_bytes(), name.as_bytes()) {
                return Some(memory);
            }
            memories = rest;
        }
        None
    }

    /// Returns the address on the board of a byte of a part, for maps and messages, and for tables that
    /// a firmware has from its compiler.
    ///
    /// The offset counts from the start of the part and is not checked against its length, so that
    /// the end of a part has an address too. A part of a memory that the board does not have is
    /// taken to lie in a memory at address 0; [`Board::memory`] tells whether there is one.
    pub const fn address(&self, part: &Part, offset: u32) -> u64 {
        let start = match self.memory(part.memory) {
            Some(memory) => memory.start,
            None => 0,
        };
        start.saturating_add(part.offset as u64).saturating_add(offset as u64)
    }
}

/// Whether two texts are the same, also where the compiler asks.
const fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [second, others @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}

/// All boards: fifteen real ones, and the one that QEMU emulates.
pub static BOARDS: [Board; 16] = [
    OPENMV_N6,
    OPENMV_AE3_HP,
    OPENMV_AE3_HE,
    OPENMV_RT1060,
    OPENMV4P,
    OPENMVPT,
    OPENMV4,
    OPENMV3,
    OPENMV2,
    PORTENTA_H7,
    GIGA,
    NICLA_VISION,
    NANO_33_BLE_SENSE,
    NANO_RP2040_CONNECT,
    RPI_PICO,
    MPS2_AN500,
];

/// Finds a board by its name or its title.
///
/// Upper and lower case are alike, and so are hyphens and underscores.
///
/// ```
/// use snakelet_pool::presets::board;
///
/// assert_eq!(board("OPENMV_N6"), board("openmv-n6"));
/// assert!(board("openmv-n7").is_none());
/// ```
pub fn board(name: &str) -> Option<&'static Board> {
    BOARDS.iter().find(|board| alike(board.name, name) || alike(board.title, name))
}

/// Tells whether two names differ at most in case and in hyphens and underscores.
fn alike(a: &str, b: &str) -> bool {
    let fold = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    a.bytes().map(fold).eq(b.bytes().map(fold))
}

/// Makes a row of the table of memories.
const fn memory(name: &'static str, start: u64, length: u32) -> Memory {
    Memory { name, start, length }
}

/// Makes a part; offset and length are in bytes.
const fn part(memory: &'static str, offset: u32, length: u32) -> Part {
    Part { memory, offset, length }
}

/// Makes a row of the table of pools.
const fn pool(name: &'static str, part: Part, attributes: Attributes, reach: Reach) -> PoolPart {
    PoolPart { name, part, attributes, reach }
}

/// Wishes that bulk memory grants.
const BULK: Attributes = Attributes::empty();

/// Wishes of the firmware's fast pools, which stand in for data TCM.
const FAST_DTCM: Attributes = Attributes::FAST.union(Attributes::DTCM);

/// Memory that the processor and DMA controllers share.
const CPU_DMA: Reach = Reach::CPU.union(Reach::DMA);
