//! Compaction: sliding objects together, so that what is free becomes one run.
//!
//! The unit is the group, [`GROUP`] consecutive blocks, or rather the objects with their heads in
//! it. A group with a pinned object stays where it is; the objects of any other group move
//! together, closed up, to the next place towards the end that they slide to where they fit
//! between the groups that stay. Order is kept, so nobody moves away from that end, and copying
//! in order never overwrites what is still to be copied.
//!
//! Where an object goes follows from the table and one number a group: the group's new first
//! block, plus the used blocks before the object in its group, less those at the group's start
//! that belong to an object of an earlier group. The number kept is the first less the last.
//!
//! 1. Plan: one number a group.
//! 2. Update every reference while all objects are still in their places.
//! 3. Copy, and rewrite the table.
//!
//! The model is polled in all steps. The first can be abandoned, the others cannot: a reference that was updated
//! must not be updated again, and one that was not is of no use any more. So [`Sliding`] knows at each poll what is
//! still to be done, and does it when the poll panics.
#![allow(unsafe_code, reason = "rewrites the references in objects")]

use core::ptr;

use crate::mark::PACE;
use crate::region::{GROUP, Region};
use crate::window::NOTED;
use crate::{BLOCK, Heap, Model, Word, header, stress, table};

/// Blocks that are copied in the time in which a reference is updated.
const BLOCKS_MOVED_A_STEP: usize = 4;
/// The number of a group that stays. Not a difference of two block numbers (see `MOST_BLOCKS`).
pub(crate) const STAYS: u32 = 1 << 31;

// A group is a whole number of chunks.
const _: () = assert!(GROUP.is_multiple_of(table::BITS));

/// The end that objects slide to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

impl Heap {
    /// Slides objects to the low end of their region, but for pinned ones and their neighbours.
    ///
    /// To be called right after [`Heap::collect`]: what is dead would be moved as well, and its
    /// references must be good.
    pub fn compact<M: Model>(&mut self, model: &mut M) {
        self.slide(model, End::Low);
    }

    /// Slides objects to the low end and the high end in turn.
    pub(crate) fn move_everything<M: Model>(&mut self, model: &mut M) {
        self.torture.high = !self.torture.high;
        self.slide(model, if self.torture.high { End::High } else { End::Low });
    }

    fn slide<M: Model>(&mut self, model: &mut M, end: End) {
        if cfg!(not(feature = "compact")) {
            return;
        }
        self.restart_search();
        let poison = self.torture.poison();
        let regions = self.regions.get_mut(..self.count).unwrap_or_default();
        for region in regions.iter_mut() {
            let complete = plan(region, end, &mut || model.poll());
            // nothing but the plan was made so far
            if !complete {
                return;
            }
        }
        model.visit_roots(&mut |word| *word = forward(regions, *word));
        model.visit_weak(&mut |word| Some(forward(regions, word)));
        let mut sliding = Sliding {
            regions,
            model,
            end,
            poison,
            stage: Stage::Update,
            region: 0,
            block: 0,
            slots: Slots { next: ptr::null_mut(), end: ptr::null_mut() },
            moving: Moving::START,
            pace: PACE,
        };
        sliding.run(true);
    }
}

/// What is done to the regions, one after the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Update,
    Move,
    Done,
}

/// Slots of an object whose references are still to be updated.
#[derive(Clone, Copy)]
struct Slots {
    next: *mut Word,
    end: *mut Word,
}

/// Where a move to the low end has come to.
#[derive(Clone, Copy)]
struct Moving {
    /// The group of the last object.
    group: usize,
    /// Where the next object of the group goes.
    to: usize,
    /// Where the last object ended before it was moved.
    stop: usize,
}

impl Moving {
    const START: Self = Self { group: usize::MAX, to: 0, stop: 0 };
}

/// What is left of a compaction after all objects have been given their places, and all roots updated.
struct Sliding<'h, M: Model> {
    regions: &'h mut [Region],
    model: &'h mut M,
    end: End,
    poison: Option<u8>,
    stage: Stage,
    /// The region that the stage has come to.
    region: usize,
    /// Where the next object to update lies there, or one of its predecessor's blocks.
    block: usize,
    slots: Slots,
    moving: Moving,
    /// Work until the next poll.
    pace: usize,
}

/// A poll that panics leaves the heap as it is after a compaction.
impl<M: Model> Drop for Sliding<'_, M> {
    fn drop(&mut self) {
        self.run(false);
    }
}

impl<M: Model> Sliding<'_, M> {
    /// Does what is left to do, with polls or without.
    fn run(&mut self, polls: bool) {
        if self.stage == Stage::Update {
            self.update(polls);
            (self.stage, self.region) = (Stage::Move, 0);
        }
        if self.stage == Stage::Move {
            while self.region < self.regions.len() {
                match self.end {
                    End::Low => self.move_low(polls),
                    End::High => self.move_high(),
                }
                if let Some(region) = self.regions.get_mut(self.region) {
                    settle(region);
                    if let Some(value) = self.poison {
                        stress::fill_free(region, value);
                    }
                }
                self.region += 1;
                self.moving = Moving::START;
            }
            self.stage = Stage::Done;
            self.model.moved();
        }
    }

    /// Counts work, and polls the model when it is time. What the model wants is asked again when all is done.
    #[inline(always)]
    fn tire(&mut self, polls: bool, work: usize) {
        match self.pace.checked_sub(work) {
            Some(left) => self.pace = left,
            None => {
                self.pace = PACE;
                if polls {
                    let _ = self.model.poll();
                }
            }
        }
    }

    /// Updates the references in all objects.
    fn update(&mut self, polls: bool) {
        loop {
            while self.slots.next < self.slots.end {
                let words = self.update_slots();
                self.tire(polls, 1 + words);
            }
            // objects without references take time as well
            self.tire(polls, 1);
            let Some(region) = self.regions.get(self.region) else { return };
            let (table, end) = (region.table(), region.blocks());
            let head = table::scan(table, self.block, end, |chunk| chunk.lo);
            if head >= end {
                self.region += 1;
                self.block = 0;
                continue;
            }
            let stop = table::object_end(table, head, end);
            let object = region.address(head);
            let layout = self.model.layout(object, || stop - head);
            let first = object.wrapping_add(layout.first as usize);
            self.slots = Slots { next: first, end: first.wrapping_add(layout.count as usize) };
            self.block = stop;
        }
    }

    /// Updates some of the references in an object; returns how many words were looked at.
    fn update_slots(&mut self) -> usize {
        let Slots { next, end } = self.slots;
        let words = ((end.addr() - next.addr()) / size_of::<Word>()).min(PACE);
        for index in 0..words {
            let slot = next.wrapping_add(index);
            // SAFETY: the model promises that a layout stays inside its object, and no object is moved before
            // all references are updated: the slot is an initialised word of a live object.
            unsafe { redirect(self.regions, slot) };
        }
        self.slots.next = next.wrapping_add(words);
        words
    }

    /// Moves the objects of a region to the low end, the lowest first.
    fn move_low(&mut self, polls: bool) {
        while let Some(region) = self.regions.get_mut(self.region) {
            let Moving { mut group, mut to, stop } = self.moving;
            let end = region.blocks();
            // Bits below `stop` are the new ones already.
            let head = table::scan(region.table(), stop, end, |chunk| chunk.lo);
            if head >= end {
                return;
            }
            if head / GROUP != group {
                group = head / GROUP;
                let lead = stop.saturating_sub(group * GROUP);
                to = number(region, group).wrapping_add(lead as u32) as usize;
            }
            let stop = table::object_end(region.table(), head, end);
            if number(region, group) != STAYS {
                carry(region, head, to, stop - head);
                to += stop - head;
            }
            self.moving = Moving { group, to, stop };
            self.tire(polls, 1 + (stop - head) / BLOCKS_MOVED_A_STEP);
        }
    }

    /// Moves the objects of a region to the high end, the highest first.
    fn move_high(&mut self) {
        let Some(region) = self.regions.get_mut(self.region) else { return };
        let mut below = region.blocks();
        while let Some(head) = table::scan_back(region.table(), below, |chunk| chunk.lo) {
            let stop = table::object_end(region.table(), head, below);
            // Bits below `head` are still the old ones.
            let to = target(region, head);
            carry(region, head, to, stop - head);
            below = head;
        }
    }
}

/// The blocks from the first head in the group to the end of its last object.
fn extent(region: &Region, group: usize) -> Option<(usize, usize)> {
    let (table, end) = (region.table(), region.blocks());
    let (from, to) = (group * GROUP, end.min((group + 1) * GROUP));
    let first = table::scan(table, from, to, |chunk| chunk.lo);
    if first >= to {
        return None;
    }
    let last = table::scan_back(table, to, |chunk| chunk.lo)?;
    Some((first, table::object_end(table, last, end)))
}

/// Whether one of the objects headed in the group is pinned.
pub(crate) fn is_pinned(region: &Region, group: usize) -> bool {
    let chunks = GROUP / table::BITS;
    table::heads(region.table(), group * chunks, (group + 1) * chunks)
        .any(|head| region.header(head) & header::PINNED != 0)
}

/// Groups that are planned between two polls.
const PLANNED: usize = 256;

/// Writes the forwarding table; false if the poll has ended that.
fn plan(region: &mut Region, end: End, poll: &mut dyn FnMut() -> bool) -> bool {
    let groups = region.forward().len();
    // The next block to fill, or one past it; and the group up to which the ones that stay have
    // been taken into account.
    let (mut cursor, mut seen) = match end {
        End::Low => (0, 0),
        End::High => (region.blocks(), groups),
    };
    for step in 0..groups {
        if step % PLANNED == PLANNED - 1 && poll() {
            return false;
        }
        let group = if end == End::Low { step } else { groups - 1 - step };
        let number = match extent(region, group) {
            Some((first, last)) if !is_pinned(region, group) => {
                let table = region.table();
                let size = table::count_used(table, first, last);
                let target = match end {
                    End::Low => {
                        while seen < group {
                            if let Some((start, stop)) = staying(region, seen) {
                                if cursor + size <= start {
                                    break;
                                }
                                cursor = cursor.max(stop);
                            }
                            seen += 1;
                        }
                        cursor += size;
                        cursor - size
                    }
                    End::High => {
                        while seen > group + 1 {
                            if let Some((start, stop)) = staying(region, seen - 1) {
                                if stop + size <= cursor {
                                    break;
                                }
                                cursor = cursor.min(start);
                            }
                            seen -= 1;
                        }
                        cursor = cursor.saturating_sub(size);
                        cursor
                    }
                };
                let lead = table::count_used(table, group * GROUP, first);
                target.wrapping_sub(lead) as u32
            }
            _ => STAYS,
        };
        if let Some(slot) = region.forward_mut().get_mut(group) {
            *slot = number;
        }
    }
    true
}

/// The extent of a planned group that stays, if it has objects.
fn staying(region: &Region, group: usize) -> Option<(usize, usize)> {
    if number(region, group) == STAYS { extent(region, group) } else { None }
}

pub(crate) fn number(region: &Region, group: usize) -> u32 {
    match region.forward().get(group).copied() {
        Some(NOTED) | None => STAYS,
        Some(number) => number,
    }
}

/// The new block of the object headed at `block`.
#[inline]
fn target(region: &Region, block: usize) -> usize {
    let group = block / GROUP;
    match number(region, group) {
        STAYS => block,
        number => {
            let before = table::count_used(region.table(), group * GROUP, block);
            number.wrapping_add(before as u32) as usize
        }
    }
}

/// The new address of an object; any other word is left as it is.
pub(crate) fn forward(regions: &[Region], word: Word) -> Word {
    if word.is_multiple_of(BLOCK) {
        for region in regions {
            if let Some(block) = region.block(word) {
                return region.address(target(region, block)).addr();
            }
        }
    }
    word
}

/// Lets a word of an object refer to where what it refers to goes.
///
/// # Safety
/// The slot is an initialised word of an object in a region, and was not yet redirected.
#[inline]
pub(crate) unsafe fn redirect(regions: &[Region], slot: *mut Word) {
    // SAFETY: the caller promises an initialised word.
    let word = unsafe { slot.read() };
    let moved = forward(regions, word);
    if moved != word {
        // SAFETY: the slot was just read; it lies in an object's blocks, which no table overlaps and nothing
        // borrows.
        unsafe { slot.write(moved) };
    }
}

/// Moves one object and its bits in the table.
pub(crate) fn carry(region: &mut Region, from: usize, to: usize, blocks: usize) {
    if from != to {
        region.slide(from, to, blocks);
        table::clear(region.table_mut(), from, from + blocks);
        table::set_object(region.table_mut(), to, blocks);
    }
}

/// Finds out anew where the gap between the low and the high objects is.
fn settle(region: &mut Region) {
    let (table, end) = (region.table(), region.blocks());
    let mut gap = (end, end);
    let mut from = 0;
    while let Some((start, stop)) = table::find_run(table, from, end, 1) {
        if stop - start > gap.1 - gap.0 {
            gap = (start, stop);
        }
        from = stop;
    }
    (region.low_end, region.high_start) = gap;
}
