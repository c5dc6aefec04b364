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
//! | `window`  | [`Heap::compact_for`]: a part of a large heap |
//! | `stress`  | test switches: collect and move at each allocation, poison, failing allocations |
//! | `map`     | statistics and the block map for `micropython.mem_info` |
//! | `verify`  | [`Heap::check`], which asserts every invariant |
//!
//! The embedder's allocation goes: if [`Heap::wants_collect`], collect; [`Heap::allocate`]; when
//! that gives none and not [`Heap::refused`], [`Heap::collect`] and try again; then, if
//! [`Heap::free_bytes`] would do, [`Heap::compact_for`] it and try once more.
//!
//! ```
//! use core::mem::MaybeUninit;
//! use snakelet_gc::{Heap, Layout, Model, Place, Word, header};
//!
//! /// Lists of references: as many as the header says.
//! struct Lists {
//!     root: Word,
//! }
//!
//! // SAFETY: a layout depends on the header only; the root is visited once.
//! unsafe impl Model for Lists {
//!     const WATCH_MASK: Word = 0;
//!     const WATCH_VALUE: Word = 1;
//!
//!     fn layout(&self, object: *const Word, _blocks: impl FnOnce() -> usize) -> Layout {
//!         // SAFETY: the heap asks about heads of objects.
//!         Layout { first: 1, count: (unsafe { *object } >> header::AUX_SHIFT) as u32 }
//!     }
//!     fn immediate(&mut self, _word: Word) -> Word {
//!         0
//!     }
//!     fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word)) {
//!         visit(&mut self.root);
//!     }
//!     fn visit_weak(&mut self, _alive: &mut dyn FnMut(Word) -> Option<Word>) {}
//!     fn finalise(&mut self, _object: Word) {}
//!     fn moved(&mut self) {}
//! }
//!
//! let memory = Box::leak(Box::new([MaybeUninit::uninit(); 4096]));
//! let mut heap = Heap::new();
//! assert!(heap.add_static_region(memory));
//! let list = heap.allocate(3 << header::AUX_SHIFT, 4, Place::Low).expect("an empty heap");
//! heap.allocate(0, 1, Place::Low).expect("room for another one");
//! let mut lists = Lists { root: list.as_ptr().expose_provenance() };
//! assert_eq!(heap.collect(&mut lists).heads, 1);
//! ```
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
mod window;

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
