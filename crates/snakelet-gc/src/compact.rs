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
#![allow(unsafe_code, reason = "rewrites the references in objects")]

use crate::region::{GROUP, Region};
use crate::{BLOCK, Heap, Model, Word, header, stress, table};

/// The number of a group that stays. Not a difference of two block numbers (see `MOST_BLOCKS`).
const STAYS: u32 = 1 << 31;

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
        self.restart_search();
        let poison = self.torture.poison();
        let regions = self.regions.get_mut(..self.count).unwrap_or_default();
        for region in regions.iter_mut() {
            plan(region, end);
        }
        model.visit_roots(&mut |word| *word = forward(regions, *word));
        update(regions, model);
        model.visit_weak(&mut |word| Some(forward(regions, word)));
        for region in regions.iter_mut() {
            match end {
                End::Low => move_low(region),
                End::High => move_high(region),
            }
            settle(region);
            if let Some(value) = poison {
                stress::fill_free(region, value);
            }
        }
        model.moved();
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
fn is_pinned(region: &Region, group: usize) -> bool {
    let chunks = GROUP / table::BITS;
    table::heads(region.table(), group * chunks, (group + 1) * chunks)
        .any(|head| region.header(head) & header::PINNED != 0)
}

/// Writes the forwarding table.
fn plan(region: &mut Region, end: End) {
    let groups = region.forward().len();
    // The next block to fill, or one past it; and the group up to which the ones that stay have
    // been taken into account.
    let (mut cursor, mut seen) = match end {
        End::Low => (0, 0),
        End::High => (region.blocks(), groups),
    };
    for step in 0..groups {
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
}

/// The extent of a planned group that stays, if it has objects.
fn staying(region: &Region, group: usize) -> Option<(usize, usize)> {
    if number(region, group) == STAYS { extent(region, group) } else { None }
}

fn number(region: &Region, group: usize) -> u32 {
    region.forward().get(group).copied().unwrap_or(STAYS)
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
fn forward(regions: &[Region], word: Word) -> Word {
    if word.is_multiple_of(BLOCK) {
        for region in regions {
            if let Some(block) = region.block(word) {
                return region.address(target(region, block)).addr();
            }
        }
    }
    word
}

/// Updates the references in all objects.
fn update<M: Model>(regions: &[Region], model: &M) {
    for region in regions {
        let (table, end) = (region.table(), region.blocks());
        for head in table::heads(table, 0, table.len()) {
            let stop = table::object_end(table, head, end);
            let object = region.address(head);
            let layout = model.layout(object, stop - head);
            let first = object.wrapping_add(layout.first as usize);
            for index in 0..layout.count as usize {
                let slot = first.wrapping_add(index);
                // SAFETY: the model's layouts stay inside their objects (`Model`, rule 1).
                let word = unsafe { slot.read() };
                let moved = forward(regions, word);
                if moved != word {
                    // SAFETY: as above; object memory and tables do not overlap.
                    unsafe { slot.write(moved) };
                }
            }
        }
    }
}

/// Moves one object and its bits in the table.
fn carry(region: &mut Region, from: usize, to: usize, blocks: usize) {
    if from != to {
        region.slide(from, to, blocks);
        table::clear(region.table_mut(), from, from + blocks);
        table::set_object(region.table_mut(), to, blocks);
    }
}

/// Moves the objects to the low end, the lowest first.
fn move_low(region: &mut Region) {
    let end = region.blocks();
    let mut group = usize::MAX;
    let (mut to, mut stop) = (0, 0);
    loop {
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
        stop = table::object_end(region.table(), head, end);
        if number(region, group) != STAYS {
            carry(region, head, to, stop - head);
            to += stop - head;
        }
    }
}

/// Moves the objects to the high end, the highest first.
fn move_high(region: &mut Region) {
    let mut below = region.blocks();
    while let Some(head) = table::scan_back(region.table(), below, |chunk| chunk.lo) {
        let stop = table::object_end(region.table(), head, below);
        // Bits below `head` are still the old ones.
        let to = target(region, head);
        carry(region, head, to, stop - head);
        below = head;
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
