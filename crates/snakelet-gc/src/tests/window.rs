//! Moving as much as one request takes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::vec;
use std::vec::Vec;

use super::{Vm, get, heap, leaf, node, object};
use crate::{BLOCK, Heap, Word, header};

/// Objects that a test keeps.
const KEPT: usize = 300;

/// A heap with a hole behind each object that lives: some of a block, and every 50th one longer than a group.
/// `sharers` objects refer to all of them; one refers to the rest.
fn holes(sharers: usize) -> (Heap, Vm) {
    let mut heap = heap(128 << 10);
    let mut words = Vec::new();
    for id in 0..KEPT {
        words.push(node(&mut heap, &vec![id << 4 | 1; if id % 50 == 7 { 150 } else { 3 }]));
        leaf(&mut heap, if id % 2 == 0 { 3 } else { 9 }).expect("room");
    }
    // neighbours refer to each other
    for (id, word) in words.iter().enumerate() {
        super::set(*word, 0, words.get(id + 1).copied().unwrap_or(1));
    }
    let mut roots = vec![node(&mut heap, &words)];
    for _ in 0..sharers {
        roots.push(node(&mut heap, &words));
    }
    for words in [40, 1] {
        while let Some(filler) = leaf(&mut heap, words) {
            roots.push(filler);
        }
    }
    let mut vm = Vm { roots, ..Vm::default() };
    heap.collect(&mut vm);
    assert_eq!(heap.check(&mut vm), Ok(()));
    (heap, vm)
}

/// The objects that were kept, which must be intact.
fn kept(vm: &Vm) -> Vec<Word> {
    let list = vm.roots.first().copied().unwrap_or(0);
    let words: Vec<Word> = (0..KEPT).map(|id| get(list, id)).collect();
    for (id, word) in words.iter().enumerate() {
        let count = if id % 50 == 7 { 150 } else { 3 };
        assert!((1..count).all(|index| get(*word, index) == id << 4 | 1), "object {id}");
        assert_eq!(get(*word, 0), words.get(id + 1).copied().unwrap_or(1), "object {id}");
    }
    words
}

fn moved(before: &[Word], after: &[Word]) -> usize {
    before.iter().zip(after).filter(|(before, after)| before != after).count()
}

#[test]
fn only_a_window_is_moved_where_that_is_enough() {
    for blocks in [6, 20, 60, 120] {
        let (mut heap, mut vm) = holes(0);
        let before = kept(&vm);
        assert!(heap.stats().largest_free_run < 6 * BLOCK);
        heap.compact_for(&mut vm, blocks * crate::BLOCK_WORDS);
        assert_eq!(heap.check(&mut vm), Ok(()));
        assert_eq!(vm.moves, 1);
        let moved = moved(&before, &kept(&vm));
        assert!(moved > 0 && moved < KEPT / 2, "{moved} for {blocks} blocks");
        assert!(heap.stats().largest_free_run >= blocks * BLOCK);
        assert!(leaf(&mut heap, blocks * crate::BLOCK_WORDS).is_some());
        // a collection finds all that is free, wherever the gap is said to be
        let used = heap.used_bytes();
        assert_eq!(heap.collect(&mut vm).heads, 1);
        assert_eq!(heap.used_bytes(), used - blocks * BLOCK);
        assert_eq!(heap.check(&mut vm), Ok(()));
    }
}

#[test]
fn all_is_moved_where_references_are_everywhere_or_much_is_wanted() {
    for (sharers, share) in [(12, 8), (0, 1)] {
        let (mut heap, mut vm) = holes(sharers);
        kept(&vm);
        let free = heap.free_bytes();
        heap.compact_for(&mut vm, free / share / size_of::<Word>());
        assert_eq!(heap.check(&mut vm), Ok(()));
        kept(&vm);
        assert_eq!(heap.stats().largest_free_run, free, "{sharers} sharers");
    }
}

#[test]
fn pinned_objects_are_in_no_window() {
    let (mut heap, mut vm) = holes(0);
    let before = kept(&vm);
    for word in before.iter().step_by(40) {
        // SAFETY: the header of a live object.
        unsafe { *object(*word).as_mut() |= header::PINNED };
    }
    for _ in 0..6 {
        heap.compact_for(&mut vm, 12);
        assert_eq!(heap.check(&mut vm), Ok(()));
        let longest = heap.stats().largest_free_run;
        assert!(longest >= 12 * size_of::<Word>());
        while let Some(filler) = leaf(&mut heap, 12) {
            vm.roots.push(filler);
        }
        heap.collect(&mut vm);
    }
    for (before, after) in before.iter().zip(kept(&vm)).step_by(40) {
        assert_eq!(*before, after);
    }
}

#[test]
fn a_poll_leaves_everything_where_it_is() {
    for panics in [false, true] {
        let mut polls = 0;
        loop {
            let (mut heap, mut vm) = holes(0);
            let before = kept(&vm);
            (vm.patience, vm.panics) = (Some(polls), panics);
            let result = catch_unwind(AssertUnwindSafe(|| heap.compact_for(&mut vm, 40)));
            assert!(result.is_ok() || panics);
            let ended = vm.patience == Some(0);
            assert_eq!(heap.check(&mut vm), Ok(()), "after {polls} polls");
            assert_eq!(moved(&before, &kept(&vm)) > 0, vm.moves > 0);
            if vm.moves > 0 {
                break;
            }
            assert!(ended);
            polls += 1;
        }
        assert!(polls > 10, "{polls}");
    }
}
