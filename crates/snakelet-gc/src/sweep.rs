//! Collection: mark, finalise, clear weak references, sweep.

use crate::mark::Marker;
use crate::region::Region;
use crate::table::{BITS, Chunk};
use crate::{Heap, Model, header, stress, table};

/// What a collection has freed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Freed {
    /// Objects.
    pub heads: usize,
    /// Blocks of them.
    pub blocks: usize,
    /// [`Model::poll`] wanted no more of it: nothing was freed, and all is as it was before.
    pub abandoned: bool,
}

impl Heap {
    /// Frees every object that cannot be reached from the model's roots.
    ///
    /// The model is polled while objects are marked, and may abandon the collection.
    ///
    /// In stress mode the objects that are left are moved. Works whether or not the heap is
    /// locked or collections are enabled: the caller asked for it.
    pub fn collect<M: Model>(&mut self, model: &mut M) -> Freed {
        self.retire_run();
        let regions = self.regions.get_mut(..self.count).unwrap_or_default();
        let mut marker = Marker::new(regions);
        marker.mark_roots(model);
        if self.finalisers > 0 && !marker.is_abandoned() {
            marker.mark_finalised(model, &mut self.finalisers);
        }
        if !marker.complete() {
            return Freed { abandoned: true, ..Freed::default() };
        }
        model.visit_weak(&mut |word| marker.alive(word));
        drop(marker);
        let mut freed = Freed::default();
        let mut sweeping = Sweeping { heap: self, freed: &mut freed, complete: false };
        sweeping.heap.release_objects(model, Chunk::unmarked);
        sweeping.complete = true;
        drop(sweeping);
        if self.torture.stress {
            self.move_everything(model);
        }
        freed
    }

    /// Releases all objects that are to be, alive or dead: neither they nor the heap are used again.
    pub fn release_all<M: Model>(&mut self, model: &mut M) {
        self.retire_run();
        self.release_objects(model, |chunk| chunk.marked() | chunk.unmarked());
    }

    /// Releases those objects with a finaliser that a chunk's word tells of.
    fn release_objects<M: Model>(&mut self, model: &mut M, which: fn(Chunk) -> usize) {
        for index in 0..self.count {
            let mut block = 0;
            while self.finalisers > 0
                && let Some(region) = self.regions.get_mut(index)
            {
                let end = region.blocks();
                block = table::scan(region.table(), block, end, which);
                if block >= end {
                    break;
                }
                let old = region.header(block);
                if old & header::FINALISER != 0 && model.is_released(old) {
                    region.set_header(block, old & !header::FINALISER);
                    self.finalisers -= 1;
                    model.release(region.address(block));
                }
                block += 1;
            }
        }
    }

    /// Forgets the finalisers of dead objects.
    #[cold]
    fn disarm_dead(&mut self) {
        for region in self.regions.iter_mut().take(self.count) {
            let (mut block, end) = (0, region.blocks());
            loop {
                block = table::scan(region.table(), block, end, Chunk::unmarked);
                if block >= end {
                    break;
                }
                if region.header(block) & header::FINALISER != 0 {
                    self.finalisers = self.finalisers.saturating_sub(1);
                }
                block += 1;
            }
        }
    }

    fn sweep(&mut self, freed: &mut Freed) {
        let poison = self.torture.poison();
        for region in self.regions.iter_mut().take(self.count) {
            sweep(region, freed);
            if let Some(value) = poison {
                stress::fill_free(region, value);
            }
        }
        self.peak = self.peak.max(self.used_blocks());
        self.account_peak = self.account_peak.max(self.used_blocks());
        if self.budget != usize::MAX {
            self.budget = self.budget.saturating_sub(self.allocated);
        }
        self.before = self.before.wrapping_add(self.allocated);
        self.settled = self.used_blocks().wrapping_sub(freed.blocks);
        self.allocated = 0;
        self.set_due();
        self.restart_search();
    }
}

/// A collection that has marked all that lives: it sweeps at its end, and where the model panics.
struct Sweeping<'h> {
    heap: &'h mut Heap,
    freed: &'h mut Freed,
    /// All dead objects that own something were released.
    complete: bool,
}

impl Drop for Sweeping<'_> {
    fn drop(&mut self) {
        if !self.complete {
            self.heap.disarm_dead();
        }
        self.heap.sweep(self.freed);
    }
}

/// Frees unmarked objects and clears the marks of the others.
fn sweep(region: &mut Region, freed: &mut Freed) {
    let low = region.low_end.div_ceil(BITS);
    let high = region.high_start / BITS;
    let count = region.table().len();
    let (mut low_used, mut high_used) = (0, count);
    let table = region.table_mut();
    let carry = sweep_chunks(table, (0, low), 0, freed, |index| low_used = index + 1);
    let high = (high.max(low), count);
    sweep_chunks(table, high, carry, freed, |index| high_used = high_used.min(index));
    region.low_end = (low_used * BITS).min(region.blocks());
    region.high_start = (high_used * BITS).min(region.blocks()).max(region.low_end);
}

/// Sweeps the chunks `from..to`, and reports those that are not empty.
///
/// `carry` and the result are 1 when the object at the end of the chunk before is dead, else 0.
fn sweep_chunks(
    table: &mut [Chunk],
    (from, to): (usize, usize),
    mut carry: usize,
    freed: &mut Freed,
    mut left: impl FnMut(usize),
) -> usize {
    let Some(chunks) = table.get_mut(from..to) else { return 0 };
    for (index, chunk) in chunks.iter_mut().enumerate() {
        let used = chunk.used();
        if used == 0 {
            carry = 0;
            continue;
        }
        let (live, dead, tails) = (chunk.marked(), chunk.unmarked(), chunk.tails());
        if dead == 0 && carry == 0 {
            chunk.hi = tails;
            left(from + index);
            continue;
        }
        // A one added to the first bit of a run of tails clears the run: the sum has lost the
        // tails of dead objects, whose runs begin right after a dead head, and kept the others.
        let starts = (dead << 1 | carry) & tails;
        let (sum, over) = tails.overflowing_add(starts);
        let kept = tails & sum;
        carry = usize::from(over) | dead >> (BITS - 1);
        chunk.lo = live;
        chunk.hi = kept;
        freed.heads += dead.count_ones() as usize;
        freed.blocks += (used & !(live | kept)).count_ones() as usize;
        if live | kept != 0 {
            left(from + index);
        }
    }
    carry
}
