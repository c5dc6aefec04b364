//! Compaction of a part of a large heap, for one request.
//!
//! To update every reference and to move every object takes milliseconds where there are megabytes of them, and
//! cannot be left in the middle. For one free run it is enough to move the objects of a *window* together:
//! neighbouring groups without pinned objects that have as many free blocks as are wanted.
//!
//! 1. Choose the window.
//! 2. Look through the heap for references into the window, and note the groups that hold some of them, by the number
//!    that they have in the forwarding table.
//! 3. Update the references in these groups and in the window, and move its objects.
//!
//! The first two only read, so the model may end them. The third is not polled: the groups noted are few, and so are
//! those of the window unless more is wanted. When they would be too many the whole heap is compacted instead.
#![allow(unsafe_code, reason = "rewrites the references in objects")]

use core::ops::Range;

use crate::compact::{STAYS, carry, forward, is_pinned, redirect};
use crate::mark::{PACE, SMALL};
use crate::region::{GROUP, Region};
use crate::table::{BITS, Chunk};
use crate::{BLOCK, BLOCK_WORDS, Heap, Model, stress, table};

/// Heaps with at most so many blocks are compacted as a whole, which takes as long as the third step.
const WHOLE: usize = if SMALL { 256 } else { (4 << 20) / BLOCK };
/// Groups of a window, if that is enough: the more, the longer it is until the next compaction.
const GROUPS: usize = if SMALL { 3 } else { (1 << 20) / BLOCK / GROUP };
/// Groups outside of the window that may hold references into it.
const MOST_NOTED: usize = if SMALL { 6 } else { 2048 };
/// The number of a group that stays, and holds references to objects that do not.
pub(crate) const NOTED: u32 = STAYS | 1;

/// Where objects are moved together.
struct Window {
    region: usize,
    groups: Range<usize>,
}

/// Why there is no window, or nothing was done with it.
enum Left {
    /// The model has ended it.
    Abandoned,
    /// The whole heap is to be compacted.
    Unfit,
}

impl Heap {
    /// Compacts for a free run of `words` words, as [`Heap::compact`] does. In a large heap only as much is moved
    /// as that takes, where possible.
    pub fn compact_for<M: Model>(&mut self, model: &mut M, words: usize) {
        if cfg!(all(feature = "compact", not(target_os = "none")))
            && self.live_regions().iter().map(Region::blocks).sum::<usize>() > WHOLE
        {
            match self.compact_window(model, words.div_ceil(BLOCK_WORDS).max(1)) {
                Ok(()) | Err(Left::Abandoned) => return,
                Err(Left::Unfit) => {}
            }
        }
        self.compact(model);
    }

    fn compact_window<M: Model>(&mut self, model: &mut M, blocks: usize) -> Result<(), Left> {
        self.restart_search();
        let poison = self.torture.poison();
        let regions = self.regions.get_mut(..self.count).unwrap_or_default();
        let window = choose(regions, blocks, &mut || model.poll())?;
        plan(regions, &window);
        note(regions, &window, model)?;
        update(regions, &window, model);
        if let Some(region) = regions.get_mut(window.region) {
            close_up(region, &window.groups);
            if let Some(value) = poison {
                stress::fill_free(region, value);
            }
        }
        model.moved();
        Ok(())
    }
}

/// The blocks of a group.
fn blocks_of(region: &Region, group: usize) -> Range<usize> {
    let end = region.blocks();
    (group * GROUP).min(end)..((group + 1) * GROUP).min(end)
}

/// The free blocks of a group.
fn free_in(region: &Region, group: usize) -> usize {
    let blocks = blocks_of(region, group);
    blocks.len() - table::count_used(region.table(), blocks.start, blocks.end)
}

/// Chooses the window: of those with [`GROUPS`] groups the one with the most free blocks, or the shortest
/// longer one that has enough.
fn choose(
    regions: &[Region],
    wanted: usize,
    poll: &mut dyn FnMut() -> bool,
) -> Result<Window, Left> {
    let mut best: Option<(Window, usize)> = None;
    for (index, region) in regions.iter().enumerate() {
        // the groups that the window may begin with, those known to have no pinned object, and the free blocks
        let (mut from, mut known, mut free) = (0, 0, 0);
        for last in 0..region.forward().len() {
            if last % PACE == PACE - 1 && poll() {
                return Err(Left::Abandoned);
            }
            free += free_in(region, last);
            while last + 1 - from > GROUPS {
                let without = free - free_in(region, from);
                if without < wanted {
                    break;
                }
                (free, from) = (without, from + 1);
            }
            let groups = from..last + 1;
            let is_better = match &best {
                Some((window, most)) => {
                    let (old, new) = (window.groups.len().max(GROUPS), groups.len().max(GROUPS));
                    new < old || new == old && free > *most
                }
                None => true,
            };
            if free < wanted || !is_better {
                continue;
            }
            let unknown = known.max(from)..last + 1;
            known = last + 1;
            if let Some(pinned) = unknown.rev().find(|group| is_pinned(region, *group)) {
                from = pinned + 1;
                free = (from..last + 1).map(|group| free_in(region, group)).sum();
                continue;
            }
            best = Some((Window { region: index, groups }, free));
        }
    }
    best.map(|(window, _)| window).ok_or(Left::Unfit)
}

/// The first block behind what an object of an earlier group has of these.
fn begin(region: &Region, groups: &Range<usize>) -> usize {
    table::scan(region.table(), groups.start * GROUP, region.blocks(), |chunk| !chunk.tails())
}

/// Writes the forwarding table: the objects with their heads in the window close up at its beginning.
fn plan(regions: &mut [Region], window: &Window) {
    for region in regions.iter_mut() {
        region.forward_mut().fill(STAYS);
    }
    let Some(region) = regions.get_mut(window.region) else { return };
    let mut to = begin(region, &window.groups);
    for group in window.groups.clone() {
        let blocks = blocks_of(region, group);
        let end = region.blocks();
        let first = table::scan(region.table(), blocks.start, blocks.end, |chunk| chunk.lo);
        let lead = table::count_used(region.table(), blocks.start, first);
        let last = table::scan_back(region.table(), blocks.end, |chunk| chunk.lo);
        let size = match last.filter(|last| *last >= first) {
            Some(last) => {
                let stop = table::object_end(region.table(), last, end);
                table::count_used(region.table(), first, stop)
            }
            None => 0,
        };
        if let Some(number) = region.forward_mut().get_mut(group) {
            *number = to.wrapping_sub(lead) as u32;
        }
        to += size;
    }
}

/// Notes the groups outside of the window that hold references into it.
fn note<M: Model>(regions: &mut [Region], window: &Window, model: &mut M) -> Result<(), Left> {
    let Some(region) = regions.get(window.region) else { return Err(Left::Unfit) };
    let low = region.address(window.groups.start * GROUP).addr();
    let len = window.groups.len() * GROUP * BLOCK;
    let (mut noted, mut work) = (0, 0);
    for region in regions.iter_mut() {
        let end = region.blocks();
        let start = region.address(0).addr();
        let mut block = 0;
        loop {
            let head = table::scan(region.table(), block, end, |chunk| chunk.lo);
            if head >= end {
                break;
            }
            block = table::object_end(region.table(), head, end);
            let object = region.address(head);
            let layout = model.layout(object, || block - head);
            let mut slot = object.wrapping_add(layout.first as usize);
            let behind = slot.wrapping_add(layout.count as usize);
            loop {
                // objects without references take time as well
                work += 1;
                if work >= PACE {
                    work = 0;
                    if model.poll() {
                        return Err(Left::Abandoned);
                    }
                    if noted > MOST_NOTED {
                        return Err(Left::Unfit);
                    }
                }
                if slot >= behind {
                    break;
                }
                // SAFETY: the model promises that a layout stays inside its object, which lives, and nothing
                // was moved: the slot is an initialised word of it.
                let word = unsafe { slot.read() };
                if word.wrapping_sub(low) < len
                    && word.is_multiple_of(BLOCK)
                    && let group = (slot.addr() - start) / (GROUP * BLOCK)
                    && let Some(number) = region.forward_mut().get_mut(group)
                    && *number == STAYS
                {
                    *number = NOTED;
                    noted += 1;
                }
                slot = slot.wrapping_add(1);
            }
        }
    }
    if noted > MOST_NOTED { Err(Left::Unfit) } else { Ok(()) }
}

/// Updates all references into the window.
fn update<M: Model>(regions: &mut [Region], window: &Window, model: &mut M) {
    model.visit_roots(&mut |word| *word = forward(regions, *word));
    model.visit_weak(&mut |word| Some(forward(regions, word)));
    for (index, region) in regions.iter().enumerate() {
        for (group, number) in region.forward().iter().enumerate() {
            if *number == NOTED || index == window.region && window.groups.contains(&group) {
                update_group(regions, region, group, model);
            }
        }
    }
}

/// Updates the references in the blocks of a group.
fn update_group<M: Model>(regions: &[Region], region: &Region, group: usize, model: &M) {
    let (table, end) = (region.table(), region.blocks());
    let blocks = blocks_of(region, group);
    let within = region.address(blocks.start)..region.address(blocks.end);
    let goes_on =
        table::chunk(table, blocks.start / BITS).tails() >> (blocks.start % BITS) & 1 != 0;
    let mut head = match table::scan_back(table, blocks.start, |chunk| chunk.lo) {
        Some(head) if goes_on => head,
        _ => table::scan(table, blocks.start, blocks.end, |chunk| chunk.lo),
    };
    while head < blocks.end {
        let stop = table::object_end(table, head, end);
        let object = region.address(head);
        let layout = model.layout(object, || stop - head);
        let first = object.wrapping_add(layout.first as usize);
        let behind = first.wrapping_add(layout.count as usize).min(within.end);
        let mut slot = first.max(within.start);
        while slot < behind {
            // SAFETY: the model promises that a layout stays inside its object, and no object is moved before all
            // references are updated: the slot is an initialised word of a live object.
            unsafe { redirect(regions, slot) };
            slot = slot.wrapping_add(1);
        }
        head = table::scan(table, stop, blocks.end, |chunk| chunk.lo);
    }
}

/// Moves the objects of the window together, and notes the gap that is made where it is the longest.
fn close_up(region: &mut Region, groups: &Range<usize>) {
    let end = region.blocks();
    let last = (groups.end * GROUP).min(end);
    let (mut at, mut to) = (groups.start * GROUP, begin(region, groups));
    loop {
        let head = table::scan(region.table(), at, last, |chunk| chunk.lo);
        if head >= last {
            break;
        }
        at = table::object_end(region.table(), head, end);
        carry(region, head, to, at - head);
        to += at - head;
    }
    let stop = table::scan(region.table(), to, end, Chunk::used);
    let (low, high) = (region.low_end, region.high_start);
    let is_touched = low < at.max(last) && groups.start * GROUP < high;
    if is_touched || stop - to > high - low {
        (region.low_end, region.high_start) = (to, stop);
    }
}
