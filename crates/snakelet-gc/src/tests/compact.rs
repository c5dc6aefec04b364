//! Moving.

use std::vec;
use std::vec::Vec;

use super::{NODE, Vm, get, heap, holes, leaf, node, object, set};
use crate::{BLOCK, BLOCK_WORDS, Place, Word, header};

#[test]
fn compaction_makes_one_run_of_all_that_is_free() {
    let mut heap = heap(8192);
    let mut vm = Vm::default();
    let mut link = 0;
    let mut count = 0;
    while let Some(object) = heap.allocate(NODE | 2 << header::AUX_SHIFT, 3, Place::Low) {
        let object = object.as_ptr().addr();
        if count % 2 == 0 {
            set(object, 0, link);
            set(object, 1, count << 4 | 1);
            link = object;
        }
        count += 1;
    }
    vm.roots.push(link);
    heap.collect(&mut vm);
    let free = heap.free_bytes();
    assert!(heap.stats().largest_free_run < 64);
    heap.compact(&mut vm);
    heap.check(&mut vm).unwrap();
    assert_eq!(heap.stats().largest_free_run, free);
    assert_eq!(vm.moves, 1);
    let (mut at, mut expected) = (vm.roots[0], (count - 1) / 2 * 2);
    while at != 0 {
        assert_eq!(get(at, 1), expected << 4 | 1);
        at = get(at, 0);
        expected = expected.wrapping_sub(2);
    }
    assert_eq!(expected, 0_usize.wrapping_sub(2));
    assert!(heap.allocate(0, free / size_of::<Word>(), Place::Low).is_some());
    assert_eq!(heap.free_bytes(), 0);
    assert_eq!(heap.capacity_words(object(vm.roots[0])) % BLOCK_WORDS, 0);
}

/// Objects of growing size, every second one dead.
fn mixed(heap: &mut crate::Heap, vm: &mut Vm) {
    for size in 1..60 {
        let object = node(heap, &vec![size << 4 | 1; size]);
        if size % 2 == 0 {
            vm.roots.push(object);
        }
    }
}

fn assert_intact(vm: &Vm) {
    for (index, &root) in vm.roots.iter().enumerate() {
        let size = 2 * (index + 1);
        assert!((0..size).all(|word| get(root, word) == size << 4 | 1), "object {size}");
    }
}

#[test]
fn pinned_objects_stay_and_others_close_up_around_them() {
    let mut heap = heap(1 << 15);
    let mut vm = Vm::default();
    mixed(&mut heap, &mut vm);
    let pinned = vm.roots[12];
    // SAFETY: the header of a live object.
    unsafe { *object(pinned).as_mut() |= header::PINNED };
    heap.collect(&mut vm);
    heap.compact(&mut vm);
    assert_eq!(heap.check(&mut vm), Ok(()));
    assert_eq!(vm.roots[12], pinned);
    assert_intact(&vm);
    let stats = heap.stats();
    // What is lost is in the pinned object's group, or too short for the group before it.
    assert!(stats.free - stats.largest_free_run < 2 * 64 * BLOCK + 60 * 8);
}

#[test]
fn high_objects_are_out_of_the_way() {
    let mut heap = heap(8192);
    let mut vm = Vm::default();
    for index in 0..20 {
        let place = if index % 2 == 0 { Place::High } else { Place::Low };
        let head = if index % 2 == 0 { header::PINNED } else { 0 };
        let object = heap.allocate(head, BLOCK_WORDS, place).unwrap();
        if index % 4 < 2 {
            vm.roots.push(object.as_ptr().addr());
        }
    }
    let high: Vec<_> = vm.roots.iter().copied().step_by(2).collect();
    assert!(high.is_sorted_by(|one, other| one > other));
    heap.collect(&mut vm);
    heap.compact(&mut vm);
    assert_eq!(high, vm.roots.iter().copied().step_by(2).collect::<Vec<_>>());
    let low: Vec<_> = vm.roots.iter().copied().skip(1).step_by(2).collect();
    assert!(low.windows(2).all(|pair| pair[1] == pair[0] + BLOCK));
    let gap = high.last().unwrap() - low.last().unwrap() - BLOCK;
    assert_eq!(heap.stats().largest_free_run, gap);
    assert_eq!(heap.check(&mut vm), Ok(()));
}

#[test]
fn weak_references_follow() {
    let mut heap = heap(4096);
    leaf(&mut heap, 1).unwrap();
    let kept = leaf(&mut heap, 1).unwrap();
    let mut vm = Vm { roots: vec![kept], weak: vec![Some(kept), Some(6)], ..Vm::default() };
    heap.collect(&mut vm);
    heap.compact(&mut vm);
    assert_eq!(vm.roots, [kept - BLOCK]);
    assert_eq!(vm.weak, [Some(kept - BLOCK), Some(6)]);
}

#[test]
fn a_request_fits_after_compaction_when_free_blocks_do_in_sum() {
    let mut heap = heap(1 << 16);
    let mut vm = Vm::default();
    holes(&mut heap, &mut vm);
    let free = heap.free_bytes();
    assert!(free > (1 << 14));
    assert_eq!(leaf(&mut heap, 2 * BLOCK_WORDS), None);
    heap.collect(&mut vm);
    heap.compact(&mut vm);
    assert!(leaf(&mut heap, free / size_of::<Word>()).is_some());
}

#[test]
fn stress_mode_moves_every_object_each_time() {
    let mut heap = heap(1 << 15);
    let mut vm = Vm::default();
    mixed(&mut heap, &mut vm);
    heap.collect(&mut vm);
    assert!(!heap.wants_collect());
    heap.set_stress(true);
    for _ in 0..4 {
        let before = vm.roots.clone();
        assert!(heap.wants_collect());
        heap.collect(&mut vm);
        assert_eq!(heap.check(&mut vm), Ok(()));
        assert!(before.iter().zip(&vm.roots).all(|(old, new)| old != new));
        assert_intact(&vm);
    }
    heap.set_stress(false);
    assert!(!heap.wants_collect());
}

#[test]
fn stress_mode_overwrites_what_is_freed() {
    let mut heap = heap(8192);
    let mut vm = Vm::default();
    heap.set_stress(true);
    let dead = leaf(&mut heap, BLOCK_WORDS).unwrap();
    let kept = leaf(&mut heap, BLOCK_WORDS).unwrap();
    vm.roots.push(kept);
    heap.collect(&mut vm);
    for old in [dead, kept] {
        let word = get(old, 0);
        assert_eq!(word.to_ne_bytes(), [0xa5; size_of::<Word>()]);
    }
    let shrunk = object(leaf(&mut heap, 4 * BLOCK_WORDS).unwrap());
    heap.shrink(shrunk, BLOCK_WORDS);
    assert_ne!(get(shrunk.as_ptr().addr(), BLOCK_WORDS), 0);
}
