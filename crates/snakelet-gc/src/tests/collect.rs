//! Marking, finalisers, weak references and sweeping.

use std::vec;
use std::vec::Vec;

use super::{NODE, OWNER, Vm, get, heap, leaf, node, object, set};
use crate::{BLOCK, BLOCK_WORDS, Freed, Heap, Place, Word, header};

#[test]
fn reachable_objects_survive_and_others_are_counted() {
    let mut heap = heap(8192);
    let mut vm = Vm::default();
    let leaf = node(&mut heap, &[]);
    let top = node(&mut heap, &[1, leaf, 0]);
    node(&mut heap, &[top, leaf, 5, 7, 9]);
    node(&mut heap, &[]);
    vm.roots.push(top);
    heap.check(&mut vm).unwrap();
    let before = heap.used_bytes();
    let freed = heap.collect(&mut vm);
    assert_eq!(freed.heads, 2);
    assert_eq!(before - heap.used_bytes(), freed.blocks * crate::BLOCK);
    assert_eq!(heap.objects().map(|o| o.addr()).collect::<Vec<_>>(), [leaf, top]);
    assert_eq!([get(top, 0), get(top, 1), get(top, 2)], [1, leaf, 0]);
    heap.check(&mut vm).unwrap();
}

/// A chain of `count` nodes of two links, `via` leading on and the other one to a node of its own.
fn chain(bytes: usize, count: usize, via: usize) -> (crate::Heap, Vm) {
    let mut heap = heap(bytes);
    let mut front = 0;
    for _ in 0..count {
        let side = node(&mut heap, &[0, 0]);
        let links = if via == 0 { [front, side] } else { [side, front] };
        front = node(&mut heap, &links);
    }
    (heap, Vm { roots: vec![front], ..Vm::default() })
}

#[test]
fn chains_deeper_than_the_mark_stack_survive() {
    for via in [0, 1] {
        let (mut heap, mut vm) = chain(1 << 19, 5000, via);
        assert_eq!(heap.collect(&mut vm), Freed::default());
        assert_eq!(heap.check(&mut vm), Ok(()));
    }
}

#[test]
fn several_interleaved_deep_chains_survive() {
    let mut heap = heap(1 << 20);
    let mut fronts = [0; 100];
    for _ in 0..100 {
        for front in &mut fronts {
            let side = node(&mut heap, &[0, 0]);
            *front = node(&mut heap, &[*front, side]);
        }
    }
    let mut vm = Vm { roots: fronts.to_vec(), ..Vm::default() };
    assert_eq!(heap.collect(&mut vm), Freed::default());
    assert_eq!(heap.check(&mut vm), Ok(()));
    vm.roots.truncate(50);
    assert_eq!(heap.collect(&mut vm).heads, 50 * 200);
}

#[test]
fn cycles_are_freed_when_nothing_else_refers_to_them() {
    let mut heap = heap(4096);
    let one = node(&mut heap, &[0]);
    let two = node(&mut heap, &[one]);
    set(one, 0, two);
    let mut vm = Vm { roots: vec![one], ..Vm::default() };
    assert_eq!(heap.collect(&mut vm).heads, 0);
    vm.roots.clear();
    assert_eq!(heap.collect(&mut vm).heads, 2);
    assert_eq!(heap.used_bytes(), 0);
}

#[test]
fn tails_of_dead_objects_are_freed_across_chunks() {
    let mut heap = heap(1 << 16);
    let mut vm = Vm::default();
    let mut kept = 0;
    // Sizes around the blocks of a chunk, so that objects end before, at and after its end.
    for blocks in (1..200).chain([31, 32, 33, 63, 64, 65, 127, 128, 129]) {
        let Some(object) = leaf(&mut heap, blocks * BLOCK_WORDS) else { break };
        if blocks % 3 == 0 {
            vm.roots.push(object);
            kept += blocks;
        }
    }
    heap.collect(&mut vm);
    assert_eq!(heap.used_bytes(), kept * BLOCK);
    assert_eq!(heap.check(&mut vm), Ok(()));
}

#[test]
fn watched_immediates_of_objects_are_shown() {
    let mut heap = heap(4096);
    let top = node(&mut heap, &[0x12, 0x21, 0x22]);
    let mut vm = Vm { roots: vec![top, 0x32, 0x41], ..Vm::default() };
    heap.collect(&mut vm);
    vm.seen.sort_unstable();
    assert_eq!(vm.seen, [0x12, 0x22]);
    // roots are many: they are visited once, however many immediates are among them
    vm.roots.extend((0..500).map(|index| index << 4 | 2));
    vm.visits = 0;
    heap.collect(&mut vm);
    assert_eq!(vm.visits, 1);
}

#[test]
fn watched_immediates_keep_what_they_stand_for_alive() {
    let mut heap = heap(4096);
    let inner = leaf(&mut heap, 1).unwrap();
    let meant = (0..4).map(|_| node(&mut heap, &[inner])).collect::<Vec<_>>();
    let holder = node(&mut heap, &[1 << 4 | 2]);
    let mut vm = Vm { roots: vec![holder, 3 << 4 | 2], meant, ..Vm::default() };
    assert_eq!(heap.collect(&mut vm).heads, 2);
    let kept = [inner, vm.meant[1], vm.meant[3], holder];
    assert_eq!(heap.objects().map(|object| object.addr()).collect::<Vec<_>>(), kept);
}

#[test]
fn finalised_objects_live_on_once_with_what_they_reach() {
    let mut heap = heap(4096);
    let mut vm = Vm::default();
    let inner = node(&mut heap, &[7]);
    let head = NODE | header::FINALISER | 1 << header::AUX_SHIFT;
    let outer = heap.allocate(head, 2, Place::Low).unwrap().as_ptr().addr();
    set(outer, 0, inner);
    let other = heap.allocate(head, 2, Place::Low).unwrap().as_ptr().addr();
    set(other, 0, outer);
    assert_eq!(heap.check(&mut vm), Ok(()));
    assert_eq!(heap.collect(&mut vm).heads, 0);
    // Both, although one is reachable from the other.
    assert_eq!(vm.dead, [outer, other]);
    assert_eq!(get(inner, 0), 7);
    assert_eq!(heap.check(&mut vm), Ok(()));
    assert_eq!(heap.collect(&mut vm).heads, 0);
    assert_eq!(vm.dead, [outer, other]);
    vm.dead.clear();
    assert_eq!(heap.collect(&mut vm).heads, 3);
    assert_eq!(heap.check(&mut vm), Ok(()));
}

fn owner(heap: &mut Heap) -> Word {
    heap.allocate(OWNER | header::FINALISER, 2, Place::Low).unwrap().as_ptr().addr()
}

#[test]
fn what_owns_something_is_released_once_and_freed_at_once() {
    let mut heap = heap(4096);
    let (one, two) = (owner(&mut heap), owner(&mut heap));
    let mut vm = Vm { roots: vec![two], ..Vm::default() };
    assert_eq!(heap.collect(&mut vm).heads, 1);
    assert_eq!(vm.released, [one]);
    assert_eq!(heap.check(&mut vm), Ok(()));
    vm.roots.clear();
    assert_eq!(heap.collect(&mut vm).heads, 1);
    assert_eq!(vm.released, [one, two]);
    assert_eq!(heap.collect(&mut vm).heads, 0);
    assert_eq!(heap.check(&mut vm), Ok(()));
}

#[test]
fn what_a_finalised_object_reaches_is_not_released_yet() {
    let mut heap = heap(4096);
    let mut vm = Vm::default();
    let owned = owner(&mut heap);
    let head = NODE | header::FINALISER | 1 << header::AUX_SHIFT;
    let outer = heap.allocate(head, 2, Place::Low).unwrap().as_ptr().addr();
    set(outer, 0, owned);
    assert_eq!(heap.collect(&mut vm).heads, 0);
    assert_eq!((&vm.dead[..], &vm.released[..]), (&[outer][..], &[][..]));
    vm.dead.clear();
    assert_eq!(heap.collect(&mut vm).heads, 2);
    assert_eq!(vm.released, [owned]);
}

#[test]
fn a_release_that_panics_leaves_a_sound_heap() {
    let mut heap = heap(4096);
    let (one, kept, two) = (owner(&mut heap), node(&mut heap, &[7]), owner(&mut heap));
    let mut vm = Vm { roots: vec![kept], panics: true, ..Vm::default() };
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| heap.collect(&mut vm)));
    assert!(caught.is_err());
    vm.panics = false;
    assert_eq!(vm.released, [one]);
    assert_eq!(heap.objects().map(|object| object.addr()).collect::<Vec<_>>(), [kept]);
    assert_eq!(heap.check(&mut vm), Ok(()));
    let _ = two;
}

#[test]
fn all_that_owns_something_can_be_released() {
    let mut heap = heap(4096);
    let (one, two) = (owner(&mut heap), owner(&mut heap));
    let mut vm = Vm { roots: vec![two], ..Vm::default() };
    heap.release_all(&mut vm);
    assert_eq!(vm.released, [one, two]);
}

#[test]
fn finalisers_can_be_disarmed_and_armed() {
    let mut heap = heap(4096);
    let mut vm = Vm::default();
    let one = object(leaf(&mut heap, 1).unwrap());
    heap.arm_finaliser(one);
    heap.arm_finaliser(one);
    heap.disarm_finaliser(one);
    let two = object(leaf(&mut heap, 1).unwrap());
    heap.arm_finaliser(two);
    assert_eq!(heap.check(&mut vm), Ok(()));
    heap.collect(&mut vm);
    assert_eq!(vm.dead, [two.as_ptr().addr()]);
    let three = object(leaf(&mut heap, 1).unwrap());
    heap.arm_finaliser(three);
    heap.release(three);
    assert_eq!(heap.check(&mut vm), Ok(()));
}

#[test]
fn weak_references_to_the_dead_are_cleared() {
    let mut heap = heap(4096);
    let (live, dead) = (leaf(&mut heap, 1).unwrap(), leaf(&mut heap, 1).unwrap());
    let weak = vec![Some(dead), Some(live), Some(6)];
    let mut vm = Vm { roots: vec![live], weak, ..Vm::default() };
    heap.collect(&mut vm);
    assert_eq!(vm.weak, [None, Some(live), Some(6)]);
}
