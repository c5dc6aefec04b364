//! Tests of the heap as a whole.
#![allow(unsafe_code, reason = "reads and writes words of objects")]

use core::mem::MaybeUninit;
use core::ptr::NonNull;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use crate::{Heap, Layout, Model, Place, Word, header};

mod abandon;
mod alloc;
mod collect;
mod compact;
mod map;
mod table;
mod verify;
mod window;

/// An object whose words after the header are all traced; without it, a leaf.
const NODE: Word = 1;
/// The kind of objects that own something outside of the heap.
const OWNER: Word = 77;

#[derive(Default)]
struct Vm {
    /// What was released.
    released: Vec<Word>,
    roots: Vec<Word>,
    weak: Vec<Option<Word>>,
    dead: Vec<Word>,
    seen: Vec<Word>,
    /// The objects that watched immediates stand for.
    meant: Vec<Word>,
    moves: usize,
    visits: usize,
    /// Polls until marking is abandoned, or the model panics.
    patience: Option<usize>,
    panics: bool,
}

// SAFETY: layouts depend on the header only, roots are in `Vec`s.
unsafe impl Model for Vm {
    const WATCH_MASK: Word = 15;
    const WATCH_VALUE: Word = 2;

    fn layout(&self, object: *const Word, _blocks: impl FnOnce() -> usize) -> Layout {
        // SAFETY: the collector gives the head of an object.
        let head = unsafe { object.read() };
        match head & header::KIND_MASK {
            NODE => Layout { first: 1, count: (head >> header::AUX_SHIFT) as u32 },
            _ => Layout::LEAF,
        }
    }

    fn immediate(&mut self, word: Word) -> Word {
        self.seen.push(word);
        self.meant.get(word >> 4).copied().unwrap_or(0)
    }

    fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word)) {
        self.visits += 1;
        for root in &mut self.roots {
            if *root & Self::WATCH_MASK == Self::WATCH_VALUE {
                let mut meant = self.meant.get(*root >> 4).copied().unwrap_or(0);
                visit(&mut meant);
            }
            visit(root);
        }
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

    fn is_released(&self, header: Word) -> bool {
        header & header::KIND_MASK == OWNER
    }

    fn release(&mut self, object: *mut Word) {
        self.released.push(object.addr());
        assert!(!self.panics, "on purpose");
    }

    fn moved(&mut self) {
        self.moves += 1;
    }

    fn poll(&mut self) -> bool {
        let Some(left) = self.patience else { return false };
        assert!(left > 0 || !self.panics, "on purpose");
        self.patience = Some(left.saturating_sub(1));
        left == 0
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

/// Allocates an object without references.
fn leaf(heap: &mut Heap, words: usize) -> Option<Word> {
    Some(heap.allocate(0, words, Place::Low)?.as_ptr().addr())
}

/// Fills the heap with objects of one block and keeps every second one.
fn holes(heap: &mut Heap, vm: &mut Vm) {
    let mut keep = true;
    while let Some(object) = leaf(heap, 1) {
        if keep {
            vm.roots.push(object);
        }
        keep = !keep;
    }
    heap.collect(vm);
}

#[test]
fn a_few_operations_of_each_kind_agree_with_the_shadow() {
    // Miri takes seconds for what is over at once otherwise.
    let (seeds, length) = if cfg!(miri) { (1, 40) } else { (4, 120) };
    for seed in 0..seeds {
        let mut state = 2_654_435_761_u32.wrapping_mul(seed) | 1;
        let ops: Vec<u8> = (0..length)
            .map(|index| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Small regions, first of all.
                if index < 2 { seed as u8 } else { (state >> 24) as u8 % 40 }
            })
            .collect();
        crate::testing::run_ops(&ops);
    }
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
