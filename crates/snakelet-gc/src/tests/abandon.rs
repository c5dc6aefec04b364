//! Collections that end before their end leave the heap as it was.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::Freed;

/// Makes objects of many shapes, and gives those that are to be roots.
fn shapes(heap: &mut Heap) -> Vec<Word> {
    // a chain by the first word, which needs more stack than there is
    let mut chain = 0;
    for index in 0..400 {
        let side = leaf(heap, 3).expect("room");
        chain = node(heap, &[chain, side, index << 4 | 2]);
    }
    // a tree in which much waits at a time
    let mut level: Vec<Word> = (0..512).map(|_| node(heap, &[0])).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| node(heap, &[pair[0], pair[1], chain])).collect();
    }
    // large objects in one another
    let mut large = 0;
    for _ in 0..60 {
        let mut words = vec![0; 40];
        words[7] = large;
        words[39] = leaf(heap, 1).expect("room");
        large = node(heap, &words);
    }
    let garbage: Vec<Word> = (0..300).map(|_| node(heap, &[chain, large])).collect();
    node(heap, &garbage);
    vec![chain, level[0], large]
}

fn headers(heap: &mut Heap) -> Vec<(Word, Word)> {
    // SAFETY: the heap gives heads of objects.
    heap.objects().map(|object| (object.addr(), unsafe { object.read() })).collect()
}

#[test]
fn a_collection_that_is_abandoned_changes_nothing() {
    for panics in [false, true] {
        let mut heap = heap(256 << 10);
        let roots = shapes(&mut heap);
        let mut vm = Vm { roots, panics, ..Vm::default() };
        let (before, used) = (headers(&mut heap), heap.used_bytes());
        let mut polls = 0;
        loop {
            vm.patience = Some(polls);
            let result = catch_unwind(AssertUnwindSafe(|| heap.collect(&mut vm)));
            match result {
                Ok(freed) if !freed.abandoned => {
                    assert_eq!(freed.heads, 301);
                    break;
                }
                Ok(freed) => {
                    assert!(!panics);
                    assert_eq!(freed, Freed { abandoned: true, ..Freed::default() });
                }
                Err(_) => assert!(panics),
            }
            assert_eq!(heap.check(&mut vm), Ok(()), "after {polls} polls");
            assert_eq!(headers(&mut heap), before, "after {polls} polls");
            assert_eq!(heap.used_bytes(), used);
            // what is allocated now does not meet what lives
            let new = leaf(&mut heap, 3).expect("room");
            assert!(before.iter().all(|&(object, _)| object != new));
            heap.release(object(new));
            polls += 1;
        }
        assert!(polls > 100, "{polls}");
    }
}

#[test]
fn finalisers_that_were_reported_before_the_end_are_not_reported_again() {
    let mut polls = 0;
    loop {
        let mut heap = heap(64 << 10);
        let mut dying = Vec::new();
        for _ in 0..40 {
            let inner = node(&mut heap, &[0; 20]);
            let head = NODE | header::FINALISER | 1 << header::AUX_SHIFT;
            let outer = heap.allocate(head, 2, Place::Low).expect("room").as_ptr().addr();
            set(outer, 0, inner);
            dying.push(outer);
        }
        let mut vm = Vm { patience: Some(polls), ..Vm::default() };
        let abandoned = heap.collect(&mut vm).abandoned;
        assert_eq!(heap.check(&mut vm), Ok(()), "after {polls} polls");
        vm.patience = None;
        assert_eq!(heap.collect(&mut vm).heads, 0);
        vm.dead.sort_unstable();
        assert_eq!(vm.dead, dying, "after {polls} polls");
        vm.dead.clear();
        assert_eq!(heap.collect(&mut vm).heads, 80);
        assert_eq!(heap.check(&mut vm), Ok(()));
        if !abandoned {
            break;
        }
        polls += 1;
    }
    assert!(polls > 5, "{polls}");
}

#[test]
fn objects_are_moved_to_the_end_whatever_a_poll_does() {
    for panics in [false, true] {
        let mut polls = 0;
        loop {
            let mut heap = heap(64 << 10);
            let mut words = Vec::new();
            for id in 0..60 {
                let hole = node(&mut heap, &[0; 5]);
                let inner = node(&mut heap, &[id << 4 | 1; 3]);
                words.extend([inner, hole]);
            }
            // more references in an object than are updated between two polls
            let kept: Vec<Word> = words.iter().copied().step_by(2).collect();
            let mut vm = Vm { roots: vec![node(&mut heap, &kept)], panics, ..Vm::default() };
            assert_eq!(heap.collect(&mut vm).heads, 60);
            vm.patience = Some(polls);
            let result = catch_unwind(AssertUnwindSafe(|| heap.compact(&mut vm)));
            assert!(result.is_ok() || panics);
            assert_eq!(heap.check(&mut vm), Ok(()), "after {polls} polls");
            assert_eq!(heap.stats().largest_free_run, heap.free_bytes(), "after {polls} polls");
            assert_eq!(vm.moves, 1);
            for id in 0..60 {
                let inner = get(vm.roots[0], id);
                assert!((0..3).all(|word| get(inner, word) == id << 4 | 1), "after {polls} polls");
            }
            if result.is_ok() && vm.patience != Some(0) {
                break;
            }
            polls += 1;
        }
        assert!(polls > 10, "{polls}");
    }
}

#[test]
fn a_large_object_is_cleared_in_pieces_or_not_made() {
    for panics in [false, true] {
        let mut heap = heap(16 << 10);
        let small = leaf(&mut heap, 1).expect("room");
        let mut vm = Vm { roots: vec![small], panics, ..Vm::default() };
        let used = heap.used_bytes();
        for patience in 0..4 {
            vm.patience = Some(patience);
            let make = AssertUnwindSafe(|| heap.allocate_large(0, 200, &mut || vm.poll()));
            assert!(!matches!(catch_unwind(make), Ok(Some(_))), "{patience}");
            assert_eq!(heap.check(&mut vm), Ok(()));
            assert_eq!(heap.used_bytes(), used);
            leaf(&mut heap, 1).expect("room");
            heap.collect(&mut Vm { roots: vec![small], ..Vm::default() });
        }
        vm.patience = None;
        let made = heap.allocate_large(0, 200, &mut || vm.poll()).expect("room").as_ptr().addr();
        vm.roots.push(made);
        assert!((0..199).all(|index| get(made, index) == 0));
        for _ in 0..20 {
            let next = leaf(&mut heap, 2).expect("room");
            assert!(next + 16 <= made || made + 200 * size_of::<Word>() <= next);
        }
        assert_eq!(heap.check(&mut vm), Ok(()));
        assert!(heap.allocate_large(0, 4000, &mut || vm.poll()).is_none());
        heap.set_lock(1);
        assert!(heap.allocate_large(0, 20, &mut || vm.poll()).is_none());
    }
}

#[test]
fn an_object_grows_in_pieces_or_not_at_all() {
    for panics in [false, true] {
        // into a hole, and into what is free to the end
        for is_last in [false, true] {
            let mut heap = heap(16 << 10);
            let made = leaf(&mut heap, 6).expect("room");
            let object = object(made);
            let hole = leaf(&mut heap, 300).expect("room");
            let last = leaf(&mut heap, 1).expect("room");
            let mut roots = vec![made];
            if !is_last {
                roots.push(last);
            }
            let mut vm = Vm { roots, panics, ..Vm::default() };
            assert_ne!(hole, last);
            heap.collect(&mut vm);
            let used = heap.used_bytes();
            for patience in 0..4 {
                vm.patience = Some(patience);
                let grow = AssertUnwindSafe(|| heap.grow_in_place(object, 200, &mut || vm.poll()));
                assert!(!matches!(catch_unwind(grow), Ok(true)), "{patience}");
                assert_eq!(heap.check(&mut vm), Ok(()));
                assert_eq!(heap.used_bytes(), used);
            }
            vm.patience = None;
            assert!(heap.grow_in_place(object, 200, &mut || vm.poll()));
            assert!((5..199).all(|index| get(made, index) == 0));
            assert_eq!(heap.check(&mut vm), Ok(()));
        }
    }
}
