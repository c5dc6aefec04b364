//! A shadow model of the heap: byte strings become operations on a heap and on plain maps, and
//! after each operation both have to agree.
//!
//! [`run_ops`] panics where they do not; a fuzz target hands it whatever it likes.
#![allow(unsafe_code, reason = "reads and writes words of objects")]

use core::mem::MaybeUninit;
use core::ptr::NonNull;
use std::collections::{BTreeMap, BTreeSet};
use std::vec::Vec;
use std::{format, vec};

use crate::{BLOCK, BLOCK_WORDS, Freed, Heap, Layout, Model, Place, Word, header};

/// Kind of an object with [`links`](Shadow::links); word 1 is its number, the links follow.
const NODE: Word = 1;
/// Kind of an object with a pattern after its number.
const LEAF: Word = 2;
/// Words before the links.
const FIRST: usize = 2;
/// The most operations of one run.
const MOST: usize = 4096;

/// What a traced word holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Link {
    Null,
    Watched(u8),
    Object(usize),
}

impl Link {
    /// The word of a link that is no reference.
    fn immediate(self) -> Word {
        match self {
            Self::Watched(value) => Word::from(value) << 4 | 2,
            _ => 0,
        }
    }
}

/// What an object should be.
struct Shadow {
    leaf: bool,
    words: usize,
    links: Vec<Link>,
    /// Address of a pinned object.
    pinned: Option<Word>,
    finaliser: bool,
}

/// The embedder: roots and what the collector has told.
#[derive(Default)]
struct Vm {
    roots: Vec<(Word, Link)>,
    weak: Vec<(Option<Word>, usize)>,
    finalised: Vec<Word>,
    shown: BTreeSet<Word>,
    /// Polls until marking is abandoned.
    patience: usize,
}

// SAFETY: layouts depend on the header only, roots are in `Vec`s and visited once.
unsafe impl Model for Vm {
    const WATCH_MASK: Word = 15;
    const WATCH_VALUE: Word = 2;

    fn layout(&self, object: *const Word, _blocks: impl FnOnce() -> usize) -> Layout {
        // SAFETY: the collector gives the head of an object.
        let head = unsafe { object.read() };
        match head & header::KIND_MASK {
            NODE => Layout { first: FIRST as u32, count: (head >> header::AUX_SHIFT) as u32 },
            _ => Layout::LEAF,
        }
    }

    fn immediate(&mut self, word: Word) -> Word {
        self.shown.insert(word);
        0
    }

    fn visit_roots(&mut self, visit: &mut dyn FnMut(&mut Word)) {
        self.roots.iter_mut().for_each(|root| visit(&mut root.0));
        self.finalised.iter_mut().for_each(visit);
    }

    fn visit_weak(&mut self, alive: &mut dyn FnMut(Word) -> Option<Word>) {
        for weak in &mut self.weak {
            weak.0 = weak.0.and_then(&mut *alive);
        }
    }

    fn finalise(&mut self, object: Word) {
        self.finalised.push(object);
    }

    fn moved(&mut self) {}

    fn poll(&mut self) -> bool {
        self.patience = self.patience.saturating_sub(1);
        self.patience == 0
    }
}

fn get(object: Word, index: usize) -> Word {
    // SAFETY: callers stay inside the object, whose blocks are initialised.
    unsafe { core::ptr::with_exposed_provenance::<Word>(object).add(index).read() }
}

fn set(object: Word, index: usize, word: Word) {
    // SAFETY: callers stay inside the object.
    unsafe { core::ptr::with_exposed_provenance_mut::<Word>(object).add(index).write(word) }
}

/// What word `index` of a leaf holds.
fn pattern(id: usize, index: usize) -> Word {
    (id * 251 + index) << 4 | 5
}

/// The operations that are still to be read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(first))
    }

    fn below(&mut self, limit: usize) -> Option<usize> {
        let byte = self.byte()?;
        (limit > 0).then(|| byte % limit)
    }
}

struct World {
    heap: Heap,
    vm: Vm,
    shadows: BTreeMap<usize, Shadow>,
    next_id: usize,
    regions: usize,
    /// No object was ever pinned, and no memory switched: compaction must be perfect.
    movable: bool,
}

/// Runs the operations that `bytes` spell.
///
/// # Panics
///
/// When the heap does not do what it should.
pub fn run_ops(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mut heap = Heap::new();
    let regions = 1 + input.below(3).unwrap_or(0);
    let mut memory = Vec::new();
    for _ in 0..regions {
        let size = 700 + 97 * input.byte().unwrap_or(0);
        memory.push(vec![MaybeUninit::<u8>::new(0xee); size]);
    }
    for region in &mut memory {
        let len = region.len();
        if let Some(start) = NonNull::new(region.as_mut_ptr().cast()) {
            // SAFETY: `memory` outlives the heap and is not used otherwise.
            assert!(unsafe { heap.add_region(start, len) }, "a region fits");
        }
    }
    let mut world = World {
        heap,
        vm: Vm::default(),
        shadows: BTreeMap::new(),
        next_id: 1,
        regions,
        movable: true,
    };
    for _ in 0..MOST {
        if world.step(&mut input).is_none() && input.0.is_empty() {
            break;
        }
        world.verify();
    }
    world.vm.roots.clear();
    for _ in 0..2 {
        // The second time round what was finalised goes as well.
        world.vm.finalised.clear();
        world.collect();
    }
    world.vm.finalised.clear();
    world.collect();
    assert_eq!(world.heap.used_bytes(), 0, "everything is freed in the end");
}

impl World {
    /// One operation; None when there was nothing to do.
    fn step(&mut self, input: &mut Input<'_>) -> Option<()> {
        let op = input.byte()?;
        let roots = self.vm.roots.len();
        match op % 21 {
            0 | 1 => self.allocate(LEAF, FIRST + input.byte()? / 8, 0),
            2..=4 => self.allocate(NODE, FIRST + input.byte()? % 12, 0),
            5 => self.allocate(NODE, FIRST + 1 + input.byte()? % 12, header::FINALISER),
            6 => self.allocate(LEAF, FIRST + input.byte()?, header::PINNED),
            7 => self.chain(input.byte()? / 2),
            8..=10 => {
                let from = input.below(roots)?;
                let slot = input.byte()?;
                let to = input.byte()?;
                self.link(from, slot, to);
            }
            11 | 12 => {
                self.vm.roots.swap_remove(input.below(roots)?);
            }
            13 => {
                self.collect();
            }
            14 => {
                self.collect();
                self.heap.compact(&mut self.vm);
                let stats = self.heap.stats();
                if self.movable && self.regions == 1 {
                    assert_eq!(stats.free, stats.largest_free_run, "compaction leaves one run");
                }
            }
            15 => self.grow(input.below(roots)?, input.byte()?),
            16 => self.shrink(input.below(roots)?, input.byte()?),
            17 => self.release(input.below(roots)?),
            18 => {
                let (_, link) = *self.vm.roots.get(input.below(roots)?)?;
                if let Link::Object(id) = link {
                    let word = self.vm.roots.iter().find(|root| root.1 == link)?.0;
                    self.vm.weak.push((Some(word), id));
                }
            }
            19 => {
                let words = 1 + 4 * input.byte()?;
                self.collect();
                self.heap.compact_for(&mut self.vm, words);
                let enough = self.heap.free_bytes() >= words.div_ceil(BLOCK_WORDS) * BLOCK;
                if self.movable && self.regions == 1 && enough {
                    let longest = self.heap.stats().largest_free_run;
                    assert!(
                        longest >= words * size_of::<Word>(),
                        "compaction makes what is wanted"
                    );
                }
            }
            _ => self.switch(input.byte()?),
        }
        Some(())
    }

    fn switch(&mut self, which: usize) {
        match which % 8 {
            0 => self.heap.set_stress(true),
            1 | 2 => self.heap.set_stress(false),
            3 => self.heap.fail_after(Some(which as u64 / 8)),
            4 => {
                assert_eq!(self.heap.lock(), 1, "locked once");
                assert!(self.heap.allocate(LEAF, 1, Place::Low).is_none(), "locked");
                assert!(self.heap.refused(), "locked");
                assert_eq!(self.heap.unlock(), 0, "unlocked");
            }
            5 => self.heap.set_threshold(Some(which * 8)),
            6 => self.vm.finalised.clear(),
            _ => self
                .vm
                .roots
                .push((Link::Watched(which as u8).immediate(), Link::Watched(which as u8))),
        }
    }

    /// What an embedder does to get an object.
    fn attempt(&mut self, head: Word, words: usize) -> Option<NonNull<Word>> {
        let place = if head & header::PINNED == 0 { Place::Low } else { Place::High };
        if self.heap.wants_collect() {
            self.collect();
        }
        for round in 0..3 {
            let object = self.heap.allocate(head, words, place);
            if object.is_some() || self.heap.refused() {
                return object;
            }
            match round {
                0 => self.collect(),
                1 => self.heap.compact_for(&mut self.vm, words),
                _ => {}
            }
        }
        if self.movable && self.regions == 1 {
            assert!(self.heap.free_bytes() < words * size_of::<Word>(), "memory is used up");
        }
        None
    }

    /// Allocates an object and makes it a root.
    fn allocate(&mut self, kind: Word, words: usize, flags: Word) {
        let links = if kind == NODE { words - FIRST } else { 0 };
        let head = kind | flags | links << header::AUX_SHIFT;
        self.movable &= flags & header::PINNED == 0;
        let Some(object) = self.attempt(head, words) else { return };
        let (id, word) = (self.next_id, object.as_ptr().expose_provenance());
        self.next_id += 1;
        assert!(self.heap.contains(word), "allocated inside");
        let capacity = self.heap.capacity_words(object);
        assert_eq!(capacity, words.div_ceil(BLOCK_WORDS) * BLOCK_WORDS, "no block too many");
        assert_eq!(get(word, 0), head, "the header is stored");
        assert!((1..capacity).all(|index| get(word, index) == 0), "zero-filled");
        set(word, 1, id << 4 | 1);
        if kind == LEAF {
            (FIRST..words).for_each(|index| set(word, index, pattern(id, index)));
        }
        self.shadows.insert(
            id,
            Shadow {
                leaf: kind == LEAF,
                words,
                links: vec![Link::Null; links],
                pinned: (flags & header::PINNED != 0).then_some(word),
                finaliser: flags & header::FINALISER != 0,
            },
        );
        self.vm.roots.push((word, Link::Object(id)));
    }

    /// Allocates a chain linked through the first of two links; the second has a node each.
    fn chain(&mut self, length: usize) {
        let before = self.vm.roots.len();
        for _ in 0..length {
            self.allocate(NODE, FIRST + 1, 0);
            self.allocate(NODE, FIRST + 2, 0);
            let roots = self.vm.roots.len();
            if roots < before + 2 {
                break;
            }
            self.link(roots - 1, 1, roots - 2);
            if roots > before + 2 {
                self.link(roots - 1, 0, roots - 3);
                self.vm.roots.swap_remove(roots - 3);
                self.vm.roots.pop();
                // The node at the front is now the last but one that was allocated.
                let end = self.vm.roots.len() - 1;
                if self.vm.roots.len() > before + 1 {
                    self.vm.roots.swap_remove(end);
                }
            } else {
                self.vm.roots.swap_remove(roots - 2);
            }
        }
    }

    /// Stores a root, or an immediate, in a link of another root.
    fn link(&mut self, from: usize, slot: usize, to: usize) {
        let Some(&(holder, Link::Object(id))) = self.vm.roots.get(from) else { return };
        let (word, link) = match self.vm.roots.get(to) {
            Some(&root) => root,
            None => {
                let link = if to.is_multiple_of(2) { Link::Null } else { Link::Watched(to as u8) };
                (link.immediate(), link)
            }
        };
        let Some(shadow) = self.shadows.get_mut(&id) else { return };
        let count = shadow.links.len();
        if let Some(old) = slot.checked_rem(count).and_then(|at| shadow.links.get_mut(at)) {
            *old = link;
            set(holder, FIRST + slot % count, word);
        }
    }

    fn grow(&mut self, root: usize, more: usize) {
        let Some(&(word, Link::Object(id))) = self.vm.roots.get(root) else { return };
        let Some(object) = NonNull::new(core::ptr::with_exposed_provenance_mut::<Word>(word))
        else {
            return;
        };
        let Some(shadow) = self.shadows.get_mut(&id) else { return };
        let (old, new) = (shadow.words, shadow.words + more);
        let before = self.heap.capacity_words(object);
        if !self.heap.grow_in_place(object, new, &mut || false) {
            assert_eq!(self.heap.capacity_words(object), before, "unchanged on failure");
            return;
        }
        let after = self.heap.capacity_words(object);
        assert!(after >= new && (before >= new || after < new + BLOCK_WORDS), "grown to fit");
        assert!((before..after).all(|index| get(word, index) == 0), "zero-filled");
        shadow.words = new;
        for index in old..new {
            let fill = if shadow.leaf { pattern(id, index) } else { 0 };
            set(word, index, fill);
        }
        if !shadow.leaf {
            shadow.links.resize(new - FIRST, Link::Null);
            set_links(word, shadow.links.len());
        }
    }

    fn shrink(&mut self, root: usize, less: usize) {
        let Some(&(word, Link::Object(id))) = self.vm.roots.get(root) else { return };
        let Some(object) = NonNull::new(core::ptr::with_exposed_provenance_mut::<Word>(word))
        else {
            return;
        };
        let Some(shadow) = self.shadows.get_mut(&id) else { return };
        shadow.words = shadow.words.saturating_sub(less).max(FIRST);
        if !shadow.leaf {
            shadow.links.truncate(shadow.words - FIRST);
            set_links(word, shadow.links.len());
        }
        self.heap.shrink(object, shadow.words);
        let capacity = self.heap.capacity_words(object);
        assert!((shadow.words..shadow.words + BLOCK_WORDS).contains(&capacity), "shrunk to fit");
    }

    /// Frees an object that only one root refers to.
    fn release(&mut self, root: usize) {
        let Some(&(word, link)) = self.vm.roots.get(root) else { return };
        let Link::Object(id) = link else { return };
        let held = self.vm.roots.iter().filter(|other| other.1 == link).count() > 1
            || self.vm.finalised.contains(&word)
            || self.shadows.values().any(|shadow| shadow.links.contains(&link));
        let Some(object) = NonNull::new(core::ptr::with_exposed_provenance_mut::<Word>(word))
        else {
            return;
        };
        if !held {
            self.vm.roots.swap_remove(root);
            self.vm.weak.retain(|weak| weak.1 != id);
            self.shadows.remove(&id);
            self.heap.release(object);
        }
    }

    /// Collects, and checks that exactly the unreachable objects have gone.
    fn collect(&mut self) {
        let mut live = BTreeSet::new();
        for &(_, link) in &self.vm.roots {
            self.reach(link, &mut live);
        }
        for &word in &self.vm.finalised {
            self.reach(Link::Object(get(word, 1) >> 4), &mut live);
        }
        let mut dying: Vec<usize> = self
            .shadows
            .iter()
            .filter(|(id, shadow)| shadow.finaliser && !live.contains(*id))
            .map(|(&id, _)| id)
            .collect();
        for &id in &dying {
            self.reach(Link::Object(id), &mut live);
        }
        let mut watched: BTreeSet<Word> = BTreeSet::new();
        let links = live.iter().filter_map(|id| self.shadows.get(id)).flat_map(|s| &s.links);
        for link in links {
            if let Link::Watched(_) = link {
                watched.insert(link.immediate());
            }
        }
        let (finalised, used) = (self.vm.finalised.len(), self.heap.used_bytes());
        self.vm.shown.clear();
        // a collection that is abandoned at one of its polls changes nothing, but for dead objects that were
        // reported already
        self.vm.patience = 1 + self.shadows.len() % 7;
        let mut freed = self.heap.collect(&mut self.vm);
        if freed.abandoned {
            assert_eq!(self.heap.used_bytes(), used, "nothing is freed");
            assert_eq!(self.heap.check(&mut self.vm), Ok(()));
            // those that were reported are roots by now: what they refer to is not reported yet
            let early: Vec<usize> =
                self.vm.finalised.iter().skip(finalised).map(|&word| get(word, 1) >> 4).collect();
            let mut kept = BTreeSet::new();
            for &id in &early {
                self.reach(Link::Object(id), &mut kept);
            }
            dying.retain(|id| early.contains(id) || !kept.contains(id));
            self.vm.patience = usize::MAX;
            freed = self.heap.collect(&mut self.vm);
        }
        let Freed { heads, blocks, .. } = freed;
        assert_eq!(self.vm.shown, watched, "the watched immediates are shown");
        assert_eq!(heads, self.shadows.len() - live.len(), "the dead are freed");
        assert_eq!(used - self.heap.used_bytes(), blocks * BLOCK, "their blocks are free");
        let mut reported: Vec<usize> =
            self.vm.finalised.iter().skip(finalised).map(|&word| get(word, 1) >> 4).collect();
        reported.sort_unstable();
        assert_eq!(reported, dying, "each dead finaliser is reported once");
        for id in dying {
            if let Some(shadow) = self.shadows.get_mut(&id) {
                shadow.finaliser = false;
            }
        }
        for weak in &self.vm.weak {
            assert_eq!(weak.0.is_some(), live.contains(&weak.1), "weak references follow life");
        }
        self.vm.weak.retain(|weak| weak.0.is_some());
        self.shadows.retain(|id, _| live.contains(id));
        self.verify();
    }

    fn reach(&self, link: Link, live: &mut BTreeSet<usize>) {
        let mut todo = vec![link];
        while let Some(link) = todo.pop() {
            if let Link::Object(id) = link
                && live.insert(id)
                && let Some(shadow) = self.shadows.get(&id)
            {
                todo.extend(&shadow.links);
            }
        }
    }

    /// Checks the heap's invariants, and every object against its shadow.
    fn verify(&mut self) {
        assert_eq!(self.heap.check(&mut self.vm), Ok(()), "the heap is sound");
        let mut place = BTreeMap::new();
        for object in self.heap.objects() {
            let word = object.expose_provenance();
            place.insert(get(word, 1) >> 4, word);
        }
        assert_eq!(place.len(), self.shadows.len(), "as many objects as there should be");
        let at = |link: Link| match link {
            Link::Object(id) => place.get(&id).copied().unwrap_or(1),
            other => other.immediate(),
        };
        for (id, shadow) in &self.shadows {
            let word = at(Link::Object(*id));
            let what = || format!("object {id}");
            assert!(shadow.pinned.is_none_or(|pinned| pinned == word), "pinned {}", what());
            let expected = |index: usize| match shadow.links.get(index - FIRST) {
                Some(&link) => at(link),
                None => pattern(*id, index),
            };
            for index in FIRST..shadow.words {
                assert_eq!(get(word, index), expected(index), "word {index} of {}", what());
            }
        }
        for &(word, link) in &self.vm.roots {
            assert_eq!(word, at(link), "root");
        }
        for &(word, id) in &self.vm.weak {
            assert_eq!(word, Some(at(Link::Object(id))), "weak reference");
        }
    }
}

/// Writes the number of links to the header.
fn set_links(word: Word, count: usize) {
    let below = (1 << header::AUX_SHIFT) - 1;
    set(word, 0, get(word, 0) & below | count << header::AUX_SHIFT);
}
