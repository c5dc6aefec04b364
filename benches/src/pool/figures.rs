//! What an allocator cannot give although it has it.

use std::alloc::Layout;

use super::{Allocator, Numbers};

/// Releases blocks of random sizes in memory that is full otherwise, and asks for the same size again:
/// gives how many of so many requests are refused.
///
/// # Panics
/// If the allocator refuses a block in empty memory.
#[must_use]
pub fn refused_holes<A: Allocator>(holes: usize, seed: u64) -> usize {
    const BYTES: usize = 8 << 20;
    let mut numbers = Numbers(seed);
    let mut allocator = A::with(BYTES);
    (0..holes).fold(0, |refused, _| {
        let hole = layout(1 + numbers.next() as usize % (BYTES / 4));
        assert!(allocator.allocate(hole) && allocator.allocate(layout(32)), "the hole and a fence");
        let mut rest = BYTES;
        while rest >= 32 {
            if !allocator.allocate(layout(rest)) {
                rest /= 2;
            }
        }
        allocator.release(0);
        let served = allocator.allocate(hole);
        while allocator.release(0) {}
        refused + usize::from(!served)
    })
}

/// The largest block that fresh memory of so many bytes gives, in lines of 32 bytes.
#[must_use]
pub fn largest<A: Allocator>(bytes: usize) -> usize {
    let mut allocator = A::with(bytes);
    let sizes = (1..=bytes / 32).rev().map(|lines| lines * 32);
    sizes.into_iter().find(|size| allocator.allocate(layout(*size))).unwrap_or(0)
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 32).unwrap_or(Layout::new::<u8>())
}
