//! Tests of the heap as a whole.
#![allow(unsafe_code, reason = "reads and writes words of objects")]

use core::mem::MaybeUninit;
use core::ptr::NonNull;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use crate::{BLOCK_WORDS, Heap, Layout, Model, Place, Word, header};

/// An object whose words after the header are all traced; without it, a leaf.
const NODE: Word = 1;

#[derive(Default)]
struct Vm {
    roots: Vec<Word>,
    weak: Vec<Option<Word>>,
    dead: Vec<Word>,
    seen: Vec<Word>,
    moves: usize,
}

// SAFETY: layouts depend on the header only, roots are in `Vec`s.
unsafe impl Model for Vm {
    const WATCH_MASK: Word = 15;
    const WATCH_VALUE: Word = 2;

    fn layout(&self, object: *const Word, _blocks: usize) -> Layout {
        // SAFETY: the collector gives the head of an object.
        let head = unsafe { object.read() };
        match head & header::KIND_MASK {
            NODE => Layout { first: 1, count: (head >> header::AUX_SHIFT) as u32 },
            _ => Layout::LEAF,
        }
    }

    fn immediate(&mut self, word: Word) -> Word {
        self.seen.push(word);
        0
    }

    fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word)) {
        self.roots.iter_mut().for_each(&mut *visit);
        self.dead.iter_mut().for_each(&mut *visit);
    }

    fn visit_weak(&mut self, alive: &mut dyn FnMut(Word) -> Option<Word>) {
        for weak in &mut self.weak {
            *weak = weak.and_then(&mut *alive);
        }
    }

    fn finalise(&mut self, object: Word) {
        self.dead.push(object);
    }

    fn moved(&mut self) {
        self.moves += 1;
    }
}

fn heap(bytes: usize) -> Heap {
    let mut heap = Heap::new();
    let memory: &'static mut [MaybeUninit<u8>] =
        Box::leak(vec![MaybeUninit::new(0xee); bytes].into_boxed_slice());
    assert!(heap.add_static_region(memory));
    heap
}

fn node(heap: &mut Heap, words: &[Word]) -> Word {
    let head = NODE | words.len() << header::AUX_SHIFT;
    let object = heap.allocate(head, 1 + words.len(), Place::Low).unwrap();
    for (index, &word) in words.iter().enumerate() {
        set(object.as_ptr().addr(), index, word);
    }
    object.as_ptr().addr()
}

fn get(object: Word, index: usize) -> Word {
    // SAFETY: tests stay inside their objects.
    unsafe { core::ptr::with_exposed_provenance::<Word>(object).add(1 + index).read() }
}

fn set(object: Word, index: usize, word: Word) {
    // SAFETY: tests stay inside their objects.
    unsafe { core::ptr::with_exposed_provenance_mut::<Word>(object).add(1 + index).write(word) }
}

fn object(word: Word) -> NonNull<Word> {
    NonNull::new(core::ptr::with_exposed_provenance_mut(word)).unwrap()
}

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

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 200, max_shrink_iters: 400,
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    })]

    #[test]
    fn heap_agrees_with_its_shadow(ops in proptest::collection::vec(0_u8.., 0..300)) {
        crate::testing::run_ops(&ops);
    }
}
