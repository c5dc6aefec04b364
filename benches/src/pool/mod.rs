//! Allocators side by side: the pool of `snakelet-pool` and rlsf's TLSF, with operations that both
//! replay.
//!
//! A recording is made by both at once. A block that only one of them has room for is released at
//! once, so that they have blocks of the same sizes at any time, in the same order, and a step means
//! the same to each of them.

mod figures;
mod measured;

use std::alloc::Layout;
use std::fmt;
use std::str::FromStr;

pub use figures::{largest, refused_holes};
pub use measured::{Allocator, Rlsf, Snakelet};
use snakelet_pool::testing::shadow::Op;

/// One step of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Takes a block, which becomes the last one of the list.
    Allocate(Layout),
    /// Asks for a block that not both allocators have room for, and releases it if it is served.
    Try(Layout),
    /// Releases a block of the list; the last one takes its place.
    Release(usize),
}

impl Step {
    /// Does the step, and gives whether it was served.
    pub fn replay(self, allocator: &mut impl Allocator) -> bool {
        match self {
            Step::Allocate(layout) => allocator.allocate(layout),
            Step::Try(layout) => {
                allocator.allocate(layout) && allocator.release(allocator.len() - 1)
            }
            Step::Release(block) => allocator.release(block),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Allocate(layout) => write!(f, "allocate {} {}", layout.size(), layout.align()),
            Step::Try(layout) => write!(f, "try {} {}", layout.size(), layout.align()),
            Step::Release(block) => write!(f, "release {block}"),
        }
    }
}

impl FromStr for Step {
    /// The text, which is no step.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse().ok();
        let layout = |size, align| Layout::from_size_align(number(size)?, number(align)?).ok();
        let parts: Vec<&str> = text.split(' ').collect();
        let step = match *parts {
            ["allocate", size, align] => layout(size, align).map(Step::Allocate),
            ["try", size, align] => layout(size, align).map(Step::Try),
            ["release", block] => number(block).map(Step::Release),
            _ => None,
        };
        step.ok_or_else(|| text.into())
    }
}

/// Both allocators while steps are recorded.
pub struct Recorder {
    snakelet: Snakelet,
    rlsf: Rlsf,
    numbers: Numbers,
    steps: Vec<Step>,
}

impl Recorder {
    /// Two fresh allocators with so many bytes each, and a seed for what follows.
    #[must_use]
    pub fn new(bytes: usize, seed: u64) -> Self {
        let (snakelet, rlsf) = (Snakelet::with(bytes), Rlsf::with(bytes));
        Recorder { snakelet, rlsf, numbers: Numbers(seed), steps: Vec::new() }
    }

    /// Records so many steps of the generator that the property tests of the pool use.
    pub fn mix(&mut self, steps: usize) {
        let end = self.steps.len() + steps;
        while self.steps.len() < end {
            match Op::from_bits(self.numbers.next()) {
                Op::Allocate { size, align, .. } => self.allocate(size, align),
                Op::Release { block, .. } => self.release(block),
                _ => {}
            }
        }
    }

    /// Records allocations until less than a part of the memory is free, or a thousand in a row are
    /// refused.
    pub fn fill(&mut self, part: usize) {
        let size = self.snakelet.stats().size;
        let mut refused = 0;
        while self.snakelet.stats().free > size / part && refused < 1000 {
            if let Op::Allocate { size, align, .. } = Op::from_bits(self.numbers.next()) {
                let blocks = self.snakelet.len();
                self.allocate(size, align);
                refused = if self.snakelet.len() > blocks { 0 } else { refused + 1 };
            }
        }
    }

    /// The steps so far.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    fn allocate(&mut self, size: usize, align: u32) {
        let Ok(layout) = Layout::from_size_align(size.max(1), 1 << align) else { return };
        let served = (self.snakelet.allocate(layout), self.rlsf.allocate(layout));
        self.steps.push(if served == (true, true) {
            Step::Allocate(layout)
        } else {
            if served.0 {
                self.snakelet.release(self.snakelet.len() - 1);
            }
            if served.1 {
                self.rlsf.release(self.rlsf.len() - 1);
            }
            Step::Try(layout)
        });
    }

    fn release(&mut self, block: usize) {
        let Some(block) = block.checked_rem(self.snakelet.len()) else { return };
        if self.snakelet.release(block) && self.rlsf.release(block) {
            self.steps.push(Step::Release(block));
        }
    }
}

/// Steps that leave memory as it is after some hundreds of requests, about half of it in use.
#[must_use]
pub fn fragmented(bytes: usize, seed: u64) -> Vec<Step> {
    let mut recorder = Recorder::new(bytes, seed);
    recorder.mix(600);
    recorder.into_steps()
}

/// The same with less than a twentieth of the memory free.
#[must_use]
pub fn full(bytes: usize, seed: u64) -> Vec<Step> {
    let mut recorder = Recorder::new(bytes, seed);
    recorder.mix(600);
    recorder.fill(20);
    recorder.into_steps()
}

/// Seeded numbers (SplitMix64 by Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "there is no end")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }
}
