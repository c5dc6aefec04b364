//! Allocation, resizing, locks and limits.

use core::mem::MaybeUninit;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use super::{Vm, get, heap, holes, leaf, object, set};
use crate::{BLOCK, BLOCK_WORDS, Heap, Place, REGIONS, Word, header};

#[test]
fn tables_cost_two_percent() {
    let heap = heap(140 * 1024);
    let cost = 140 * 1024 - heap.total_bytes();
    assert!(cost < 140 * 1024 * 21 / 1000, "{cost} bytes");
}

#[test]
fn regions_of_any_size_and_alignment_are_taken_or_refused() {
    for offset in 0..20 {
        for len in 0..400 {
            let memory = Box::leak(vec![MaybeUninit::new(0xee); offset + len].into_boxed_slice());
            let mut heap = Heap::new();
            let taken = heap.add_static_region(&mut memory[offset..]);
            assert_eq!(taken, heap.total_bytes() > 0);
            assert!(taken || len < 2 * BLOCK + 64);
            let mut count = 0;
            while let Some(object) = leaf(&mut heap, 1) {
                assert_eq!(object % BLOCK, 0);
                count += 1;
            }
            assert_eq!(count * BLOCK, heap.total_bytes());
            assert!(count * BLOCK <= len);
        }
    }
}

#[test]
fn regions_are_filled_one_after_the_other() {
    let mut heap = heap(1024);
    for _ in 1..REGIONS {
        let memory = Box::leak(vec![MaybeUninit::new(0xee); 1024].into_boxed_slice());
        assert!(heap.add_static_region(memory));
    }
    let memory = Box::leak(vec![MaybeUninit::new(0xee); 1024].into_boxed_slice());
    assert!(!heap.add_static_region(memory));
    let total = heap.total_bytes();
    let mut objects: Vec<Word> = Vec::new();
    while let Some(object) = leaf(&mut heap, BLOCK_WORDS + 1) {
        objects.push(object);
    }
    assert!(total - heap.used_bytes() <= REGIONS * BLOCK);
    objects.sort_unstable();
    objects.dedup();
    assert_eq!(objects.len() * 2 * BLOCK, heap.used_bytes());
    assert!(!heap.contains(0));
    assert!(objects.iter().all(|&object| heap.contains(object) && !heap.contains(object + 1)));
}

#[test]
fn fresh_objects_are_zero_and_have_their_header() {
    let mut heap = heap(8192);
    for words in [0, 1, BLOCK_WORDS, BLOCK_WORDS + 1, 300] {
        let object = heap.allocate(0x55, words, Place::Low).unwrap();
        let capacity = heap.capacity_words(object);
        assert_eq!(capacity, words.max(1).div_ceil(BLOCK_WORDS) * BLOCK_WORDS);
        let address = object.as_ptr().addr();
        assert!((0..capacity - 1).all(|index| get(address, index) == 0));
        assert_eq!(get(address - size_of::<Word>(), 0), 0x55);
        (0..capacity - 1).for_each(|index| set(address, index, 3));
    }
    assert_eq!(heap.allocate(0, usize::MAX, Place::Low), None);
    assert_eq!(heap.allocate(header::PINNED, usize::MAX, Place::High), None);
}

#[test]
fn every_hole_is_found() {
    let mut heap = heap(1 << 15);
    let mut vm = Vm::default();
    holes(&mut heap, &mut vm);
    let free = heap.free_bytes() / BLOCK;
    for _ in 0..free {
        // Larger requests in between fail and must not hide the holes.
        assert_eq!(leaf(&mut heap, 2 * BLOCK_WORDS), None);
        assert!(leaf(&mut heap, 1).is_some());
    }
    assert_eq!(heap.free_bytes(), 0);
    assert_eq!(leaf(&mut heap, 1), None);
}

#[test]
fn released_blocks_are_found_again_without_a_collection() {
    let mut heap = heap(8192);
    let mut objects = Vec::new();
    while let Some(object) = leaf(&mut heap, 1) {
        objects.push(object);
    }
    // The middle one last: the run of all three begins before what is freed last.
    for index in [100, 102, 101] {
        heap.release(object(objects[index]));
    }
    assert_eq!(leaf(&mut heap, 3 * BLOCK_WORDS), Some(objects[100]));
    assert_eq!(heap.check(&mut Vm::default()), Ok(()));
    heap.release(object(objects[200]));
    let pinned = heap.allocate(header::PINNED, 1, Place::High).unwrap();
    assert_eq!(pinned.as_ptr().addr(), objects[200]);
}

#[test]
fn objects_grow_into_free_blocks_only() {
    let mut heap = heap(8192);
    let first = object(leaf(&mut heap, 1).unwrap());
    let second = object(leaf(&mut heap, 1).unwrap());
    assert!(heap.grow_in_place(first, BLOCK_WORDS, &mut || false));
    assert!(!heap.grow_in_place(first, BLOCK_WORDS + 1, &mut || false));
    assert!(heap.grow_in_place(second, 5 * BLOCK_WORDS, &mut || false));
    assert_eq!(heap.capacity_words(second), 5 * BLOCK_WORDS);
    assert!(!heap.grow_in_place(second, usize::MAX, &mut || false));
    assert!(!heap.grow_in_place(second, heap.total_bytes() / size_of::<Word>(), &mut || false));
    // The run that small objects come from has been moved on.
    let third = leaf(&mut heap, 1).unwrap();
    assert_eq!(third, second.as_ptr().addr() + 5 * BLOCK);
    heap.shrink(second, 2 * BLOCK_WORDS);
    heap.shrink(second, 3 * BLOCK_WORDS);
    assert_eq!(heap.capacity_words(second), 2 * BLOCK_WORDS);
    heap.lock();
    assert!(!heap.grow_in_place(second, 3 * BLOCK_WORDS, &mut || false));
    heap.unlock();
    assert!(heap.grow_in_place(second, 5 * BLOCK_WORDS, &mut || false));
    assert_eq!(heap.check(&mut Vm::default()), Ok(()));
}

#[test]
fn a_locked_heap_allocates_nothing() {
    let mut heap = heap(4096);
    assert_eq!((heap.lock(), heap.lock()), (1, 2));
    assert_eq!(leaf(&mut heap, 1), None);
    assert!(heap.refused());
    assert_eq!((heap.unlock(), heap.unlock(), heap.unlock()), (1, 0, 0));
    assert!(leaf(&mut heap, 1).is_some());
    assert!(!heap.refused());
}

#[test]
fn a_collection_is_wanted_when_the_threshold_is_reached() {
    let mut heap = heap(4096);
    assert_eq!(heap.threshold(), None);
    heap.set_threshold(Some(10 * BLOCK));
    assert_eq!(heap.threshold(), Some(10 * BLOCK));
    for _ in 0..10 {
        assert!(!heap.wants_collect());
        leaf(&mut heap, 1);
    }
    assert!(heap.wants_collect());
    heap.set_enabled(false);
    assert!(!heap.wants_collect() && !heap.is_enabled());
    heap.set_enabled(true);
    heap.collect(&mut Vm::default());
    assert!(!heap.wants_collect());
}

#[test]
fn the_allocation_asked_for_fails_and_no_other() {
    let mut heap = heap(4096);
    for count in 0..10 {
        heap.fail_after(Some(count));
        for _ in 0..count {
            assert!(leaf(&mut heap, 1).is_some());
            assert!(!heap.refused());
        }
        assert_eq!(leaf(&mut heap, 1), None);
        assert!(heap.refused());
        assert!(leaf(&mut heap, 1).is_some());
        assert!(!heap.refused());
    }
}

#[test]
fn a_heap_can_go_to_another_thread() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(is_send(Heap::default()).total_bytes(), 0);
    assert_eq!(leaf(&mut Heap::new(), 1), None);
    assert_eq!(Heap::new().allocate(header::PINNED, 1, Place::High), None);
}
