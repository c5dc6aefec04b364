//! A global allocator over memory that is lent to it.
//!
//! The compiler takes what it needs while it works from the global allocator and gives all of it
//! back. On bare metal this one serves it: without memory at first, it is lent a part of the
//! interpreter's heap for each compilation (see
//! [`snakelet_vm::host::CompileMemory`]), or a region of its own for good.
//!
//! Free memory is a list of blocks in the order of their addresses; neighbours are joined when
//! memory comes back. There are no headers, since the caller knows the size of what it returns.

#![allow(unsafe_code)] // an allocator: it hands out raw memory

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

use snakelet_vm::host::CompileMemory;

use crate::sync::{AtomicBool, Ordering};

/// The first words of a free block.
#[repr(C)]
struct Free {
    size: usize,
    next: *mut Free,
}

/// Sizes and addresses of all blocks are multiples of this.
const UNIT: usize = size_of::<Free>();

struct State {
    /// The free block at the lowest address; null if there is none.
    first: *mut Free,
    used: usize,
    peak: usize,
}

/// A first-fit allocator, to be declared with `#[global_allocator]`.
///
/// It must not be used from interrupt handlers: an allocation there fails while another one is
/// under way, and a release waits for ever.
pub struct RegionAlloc {
    busy: AtomicBool,
    state: UnsafeCell<State>,
}

// SAFETY: `state` is used by one caller at a time, who holds `busy`; the memory it points to
// belongs to the allocator.
unsafe impl Sync for RegionAlloc {}

impl RegionAlloc {
    /// Makes an allocator without memory.
    pub const fn new() -> Self {
        let state = State { first: ptr::null_mut(), used: 0, peak: 0 };
        Self { busy: AtomicBool::new(false), state: UnsafeCell::new(state) }
    }

    /// Adds a region for good.
    pub fn add_region(&self, memory: &'static mut [MaybeUninit<u8>]) {
        // SAFETY: the exclusive borrow never ends.
        unsafe { self.lend(NonNull::from(memory)) };
    }

    /// Bytes in use, and the most that were at one time.
    pub fn usage(&self) -> (usize, usize) {
        self.with(|state| (state.used, state.peak)).unwrap_or_default()
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Option<T> {
        if self.busy.swap(true, Ordering::Acquire) {
            return None;
        }
        // SAFETY: `busy` was false, so nobody else refers to the state.
        let result = work(unsafe { &mut *self.state.get() });
        self.busy.store(false, Ordering::Release);
        Some(result)
    }

    fn with_wait<T>(&self, mut work: impl FnMut(&mut State) -> T) -> T {
        loop {
            if let Some(result) = self.with(&mut work) {
                return result;
            }
            core::hint::spin_loop();
        }
    }
}

impl Default for RegionAlloc {
    fn default() -> Self {
        Self::new()
    }
}

/// The part of some memory that blocks may use: its start and size.
fn inner(memory: NonNull<[MaybeUninit<u8>]>) -> Option<(*mut u8, usize)> {
    let start = memory.cast::<u8>().as_ptr();
    let skip = start.align_offset(UNIT);
    let size = memory.len().checked_sub(skip)? / UNIT * UNIT;
    if size == 0 { None } else { Some((start.wrapping_add(skip), size)) }
}

// SAFETY: memory that was taken back is no longer in the list of free blocks, and none of it was
// in use.
unsafe impl CompileMemory for RegionAlloc {
    unsafe fn lend(&self, memory: NonNull<[MaybeUninit<u8>]>) {
        if let Some((start, size)) = inner(memory) {
            // SAFETY: the memory is the allocator's until it is taken back.
            self.with_wait(|state| unsafe { state.insert(start, size) });
        }
    }

    fn take_back(&self, memory: NonNull<[MaybeUninit<u8>]>) -> bool {
        let Some((start, size)) = inner(memory) else { return true };
        self.with_wait(|state| state.remove(start, size))
    }
}

// SAFETY: blocks come from memory of the allocator, do not overlap, and have size and alignment
// asked for.
unsafe impl GlobalAlloc for RegionAlloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.with(|state| state.allocate(layout)).unwrap_or(ptr::null_mut())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let size = rounded(layout.size());
        self.with_wait(|state| {
            state.used = state.used.saturating_sub(size);
            // SAFETY: the block was given out with this size.
            unsafe { state.insert(block, size) };
        });
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let (old, new) = (rounded(layout.size()), rounded(new_size));
        // SAFETY: the block was given out with this size.
        if self.with(|state| unsafe { state.resize(block, old, new) }) == Some(true) {
            return block;
        }
        let Ok(wanted) = Layout::from_size_align(new_size, layout.align()) else {
            return ptr::null_mut();
        };
        // SAFETY: contract of this function.
        let moved = unsafe { self.alloc(wanted) };
        if !moved.is_null() {
            // SAFETY: both blocks have at least the smaller size and are distinct.
            unsafe {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
        }
        moved
    }
}

/// The size of a block of `size` bytes; 0 if there can be none.
fn rounded(size: usize) -> usize {
    size.max(1).checked_next_multiple_of(UNIT).unwrap_or(0)
}

impl State {
    fn count(&mut self, more: usize) {
        self.used += more;
        self.peak = self.peak.max(self.used);
    }

    fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let size = rounded(layout.size());
        let align = layout.align().max(UNIT);
        let mut before: *mut Free = ptr::null_mut();
        let mut at = self.first;
        while !at.is_null() && size > 0 {
            // SAFETY: the list holds free blocks of the allocator.
            let block = unsafe { at.read() };
            // an alignment is a power of two
            let skip = at.addr().wrapping_neg() & (align - 1);
            if let Some(rest) = block.size.checked_sub(skip).and_then(|n| n.checked_sub(size)) {
                let given = at.cast::<u8>().wrapping_add(skip);
                let mut next = block.next;
                if rest > 0 {
                    let behind = given.wrapping_add(size).cast::<Free>();
                    // SAFETY: inside the free block, aligned, and large enough.
                    unsafe { behind.write(Free { size: rest, next }) };
                    next = behind;
                }
                // SAFETY: inside the free block, or a block of the list.
                unsafe {
                    if skip > 0 {
                        at.write(Free { size: skip, next });
                    } else if before.is_null() {
                        self.first = next;
                    } else {
                        (*before).next = next;
                    }
                }
                self.count(size);
                return given;
            }
            before = at;
            at = block.next;
        }
        ptr::null_mut()
    }

    /// Puts a block into the list and joins it with its neighbours.
    ///
    /// # Safety
    /// The memory is the allocator's, not in use, aligned, and at least one unit.
    unsafe fn insert(&mut self, start: *mut u8, size: usize) {
        let (mut start, mut size) = (start.cast::<Free>(), size);
        let mut before: *mut Free = ptr::null_mut();
        let mut before_that: *mut Free = ptr::null_mut();
        let mut at = self.first;
        while !at.is_null() && at < start {
            before_that = before;
            before = at;
            // SAFETY: a block of the list.
            at = unsafe { (*at).next };
        }
        if !at.is_null() && start.cast::<u8>().wrapping_add(size) == at.cast::<u8>() {
            // SAFETY: a block of the list.
            unsafe {
                size += (*at).size;
                at = (*at).next;
            }
        }
        if !before.is_null() {
            // SAFETY: a block of the list.
            let end = unsafe { before.cast::<u8>().wrapping_add((*before).size) };
            if end == start.cast::<u8>() {
                // SAFETY: `before` is not null, so it is a free block of the list, whose head is initialised.
                size += unsafe { (*before).size };
                start = before;
                before = before_that;
            }
        }
        // SAFETY: contract of this function; `before` is a block of the list.
        unsafe {
            start.write(Free { size, next: at });
            if before.is_null() {
                self.first = start;
            } else {
                (*before).next = start;
            }
        }
    }

    /// Takes a region out of the list; false if part of it is in use.
    fn remove(&mut self, start: *mut u8, size: usize) -> bool {
        let mut before: *mut Free = ptr::null_mut();
        let mut at = self.first;
        let end = start.wrapping_add(size);
        while !at.is_null() {
            // SAFETY: a block of the list.
            let block = unsafe { at.read() };
            let block_end = at.cast::<u8>().wrapping_add(block.size);
            if at.cast::<u8>() <= start && end <= block_end {
                let (head, tail) =
                    (start.addr() - at.addr(), block_end.addr().saturating_sub(end.addr()));
                let mut next = block.next;
                // SAFETY: both remainders lie inside the free block; sizes are whole units.
                unsafe {
                    if tail > 0 {
                        let rest = end.cast::<Free>();
                        rest.write(Free { size: tail, next });
                        next = rest;
                    }
                    if head > 0 {
                        at.write(Free { size: head, next });
                    } else if before.is_null() {
                        self.first = next;
                    } else {
                        (*before).next = next;
                    }
                }
                return true;
            }
            before = at;
            at = block.next;
        }
        false
    }

    /// Changes the size of a block where it is, if that can be.
    ///
    /// # Safety
    /// The block is in use and has `old` bytes.
    unsafe fn resize(&mut self, block: *mut u8, old: usize, new: usize) -> bool {
        if new == 0 {
            return false;
        }
        if new <= old {
            if new < old {
                // SAFETY: the end of the block is no longer in use.
                unsafe { self.insert(block.wrapping_add(new), old - new) };
                self.used = self.used.saturating_sub(old - new);
            }
            return true;
        }
        let (end, more) = (block.wrapping_add(old), new - old);
        if self.remove(end, more) {
            self.count(more);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn region(bytes: usize) -> NonNull<[MaybeUninit<u8>]> {
        let words = std::vec![MaybeUninit::<u128>::uninit(); bytes / 16].leak();
        NonNull::slice_from_raw_parts(NonNull::from(words).cast::<MaybeUninit<u8>>(), bytes)
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn without_memory_it_refuses() {
        let heap = RegionAlloc::new();
        // SAFETY: a valid layout.
        assert!(unsafe { heap.alloc(layout(1, 1)) }.is_null());
    }

    #[test]
    fn a_loan_ends_only_when_all_is_returned() {
        let (heap, memory) = (RegionAlloc::new(), region(1024));
        // SAFETY: the memory is leaked and used by this allocator alone.
        unsafe { heap.lend(memory) };
        let l = layout(100, 4);
        // SAFETY: a valid layout; the block is returned once.
        unsafe {
            let block = heap.alloc(l);
            assert!(!block.is_null());
            assert!(!heap.take_back(memory));
            heap.dealloc(block, l);
        }
        assert!(heap.take_back(memory));
        // SAFETY: a valid layout.
        assert!(unsafe { heap.alloc(layout(1, 1)) }.is_null());
    }

    #[test]
    fn blocks_grow_in_place_when_the_memory_behind_is_free() {
        let (heap, memory) = (RegionAlloc::new(), region(1024));
        // SAFETY: the memory is leaked and used by this allocator alone.
        unsafe { heap.lend(memory) };
        // SAFETY: valid layouts; the block is returned once.
        unsafe {
            let block = heap.alloc(layout(16, 1));
            let grown = heap.realloc(block, layout(16, 1), 600);
            assert_eq!(block, grown);
            assert!(heap.alloc(layout(600, 1)).is_null());
            let less = heap.realloc(grown, layout(600, 1), 32);
            assert_eq!(block, less);
            heap.dealloc(less, layout(32, 1));
        }
        assert!(heap.take_back(memory));
    }

    #[test]
    fn random_requests_get_distinct_aligned_memory() {
        let (heap, memory) = (RegionAlloc::new(), region(8192));
        // SAFETY: the memory is leaked and used by this allocator alone.
        unsafe { heap.lend(memory) };
        let mut live: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let mut seed = 1u32;
        let mut random = |n: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % n
        };
        for round in 0..5000u32 {
            let fill = round as u8;
            if random(2) == 0 {
                let l = layout(random(200) as usize + 1, 1 << random(6));
                // SAFETY: a valid layout; the block's bytes are its own.
                unsafe {
                    let block = heap.alloc(l);
                    if !block.is_null() {
                        assert_eq!(block.addr() % l.align(), 0);
                        block.write_bytes(fill, l.size());
                        live.push((block, l, fill));
                    }
                }
            } else if !live.is_empty() {
                let (block, l, fill) = live.swap_remove(random(live.len() as u32) as usize);
                // SAFETY: the block is live and is returned once.
                unsafe {
                    assert!((0..l.size()).all(|i| block.add(i).read() == fill));
                    heap.dealloc(block, l);
                }
            }
        }
        for (block, l, _) in live {
            // SAFETY: the block was allocated with this layout, and is returned once: it is out of `live`.
            unsafe { heap.dealloc(block, l) };
        }
        assert_eq!(heap.usage().0, 0);
        assert!(heap.take_back(memory));
    }
}
