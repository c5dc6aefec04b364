//! A precise, compacting mark-sweep heap over 16-byte blocks.
//!
//! The host hands over regions of memory; each holds its own allocation table, two bits a block,
//! and no other memory is used. What the objects mean is told by the embedder's [`Model`]: which
//! words of an object are references, and where the roots are. Nothing is guessed, so objects
//! can move, and a request fails only when memory is used up.
//!
//! | module    | holds |
//! |-----------|-------|
//! | `region`  | a region's layout and the way to its memory |
//! | `table`   | the two bits a block, and the scans over them |
//! | `heap`    | [`Heap`]: regions, switches, what is asked about an object |
//! | `alloc`   | finding free runs, growing, shrinking, releasing |
//! | `mark`    | tracing with a bounded stack |
//! | `sweep`   | [`Heap::collect`] |
//! | `compact` | [`Heap::compact`] |
//! | `stress`  | test switches: collect and move at each allocation, poison, failing allocations |
//! | `map`     | statistics and the block map for `micropython.mem_info` |
//! | `verify`  | [`Heap::check`], which asserts every invariant |
//!
//! The embedder's allocation goes: if [`Heap::wants_collect`], collect; [`Heap::allocate`]; when
//! that gives none and not [`Heap::refused`], [`Heap::collect`] and try again; then, if
//! [`Heap::free_bytes`] would do, [`Heap::compact`] and try once more.
#![no_std]

#[cfg(any(test, feature = "testing"))]
extern crate std;

mod alloc;
mod compact;
mod heap;
mod map;
mod mark;
mod model;
mod region;
mod stress;
mod sweep;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod verify;

pub use alloc::Place;
pub use heap::{Heap, Objects};
pub use map::Stats;
pub use model::{Layout, Model, header};
pub use sweep::Freed;
pub use verify::CheckError;

/// Bytes in a block, on every target.
pub const BLOCK: usize = 16;

/// A machine word: what an object consists of.
pub type Word = usize;

/// Words in a block.
pub const BLOCK_WORDS: usize = BLOCK / size_of::<Word>();

/// Regions that a heap can have.
pub const REGIONS: usize = 4;
