//! The runs of a pool: which lines are used and which are free.
//!
//! Runs cover the pool without gaps. Each has a record; records of neighbours in memory are linked, so
//! that a run that becomes free is joined with free neighbours at once: no two free runs touch.
//! Free runs of one class are linked as well. Everything is counted in lines.

use super::class::{Classes, VICTIM, class_of};
use super::record::{LENT, PERSISTENT, Record, UNUSED, USED};
use super::records::{Link, Name, Records};
use super::remember::Remembered;
use crate::BlockId;

/// The records of a pool and what they add up to. The largest fields come last: instructions that access
/// what lies near the start are shorter.
#[repr(C)]
pub(super) struct Runs<'m> {
    pub(super) records: Records<'m>,
    /// Lines in front of the pool, so that alignments of addresses can be told from line numbers.
    pub(super) base: usize,
    /// The run of the whole pool while it is lent, which is in no list then.
    pub(super) lent: Option<Name>,
    pub(super) lines: u32,
    pub(super) used: u32,
    pub(super) persistent: u32,
    pub(super) peak: u32,
    pub(super) free_runs: u16,
    pub(super) persistent_runs: u16,
    /// Runs that searches look at besides those that their classes lead to.
    pub(super) remembered: Remembered,
    pub(super) classes: Classes,
}

/// Marks a way that is taken rarely.
#[cold]
#[inline(always)]
fn rarely() {}

/// A run that was taken.
pub(super) struct Taken {
    pub(super) id: BlockId,
    pub(super) start: u32,
}

/// A free run that a block can be cut from.
pub(super) struct Found {
    pub(super) run: Name,
    /// Lines of the run before the block.
    pub(super) gap: u32,
}

impl<'m> Runs<'m> {
    /// Describes `lines` free lines, the first of which is line number `base` of the address space.
    pub(super) fn new(records: &'m mut [Record], lines: u32, base: usize) -> Self {
        let mut runs = Runs {
            records: Records::new(records),
            classes: Classes::new(lines),
            remembered: Remembered::new(),
            base,
            lent: None,
            lines,
            used: 0,
            persistent: 0,
            peak: 0,
            free_runs: 1,
            persistent_runs: 0,
        };
        if let Some(whole) = runs.records.take() {
            *runs.records.at_mut(whole) = Record { len: lines, ..Record::UNUSED };
            runs.link(whole);
        }
        runs
    }

    /// Takes the whole memory, in which no block is, out of use: no search finds it then.
    pub(super) fn lend(&mut self) {
        // the only free run
        let whole = self.classes.top().unwrap_or(VICTIM);
        self.lent = self.classes.head(whole);
        if let Some(whole) = self.lent {
            self.unlink(whole);
            self.records.at_mut(whole).kind = LENT;
        }
    }

    /// Takes the memory into use again, or gives `false` if it is not lent.
    pub(super) fn reclaim(&mut self) -> bool {
        let Some(whole) = self.lent.take() else { return false };
        self.link(whole);
        true
    }

    /// The longest free run.
    pub(super) fn longest_run(&self) -> u32 {
        if self.lent.is_some() { self.lines } else { self.longest(0, usize::MAX).0 }
    }

    /// How many blocks are in use.
    pub(super) fn used_runs(&self) -> u16 {
        self.records.count() - self.records.spares() - self.free_runs
    }

    /// The record of a block that is in use, if `id` is that of its present use.
    ///
    /// # Safety
    /// This object gave `id`.
    #[inline]
    pub(super) unsafe fn find(&self, id: BlockId) -> Option<Name> {
        // SAFETY: the numbers in what this object gives are those of records.
        let name = unsafe { self.records.named(id.record) };
        (self.records.at(name).generation == id.generation).then_some(name)
    }

    /// Takes `len` lines whose start is a multiple of `mask + 1` lines, a power of two.
    #[cfg_attr(not(target_os = "none"), inline(never))]
    pub(super) fn take(&mut self, len: u32, mask: usize, persist: bool) -> Option<Taken> {
        let Found { run, gap } = self.search(len, mask)?;
        // the search has seen that there are records for what lies before and behind the block
        self.remove(run);
        let block = if gap > 0 {
            let block = self.split(run, gap)?;
            self.add(run);
            block
        } else {
            run
        };
        if self.records.at(block).len > len {
            let rest = self.split(block, len)?;
            self.add(rest);
        }
        Some(self.use_block(block, len, persist))
    }

    /// Makes a run that is in no list a block.
    #[inline]
    pub(super) fn use_block(&mut self, block: Name, len: u32, persist: bool) -> Taken {
        let record = self.records.at_mut(block);
        record.kind = if persist { PERSISTENT } else { USED };
        record.generation = record.generation.wrapping_add(1);
        let id = BlockId { record: block.number(), generation: record.generation };
        let start = record.start;
        self.remembered.taken();
        self.used += len;
        if self.used > self.peak {
            rarely();
            self.peak = self.used;
        }
        if persist {
            self.persistent += len;
            self.persistent_runs += 1;
        }
        Taken { id, start }
    }

    /// Gives back the block of a record that [`Runs::find`] has found, and joins it with its free neighbours.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn give_back(&mut self, mut run: Name) {
        let Record { before, behind, .. } = *self.records.at(run);
        self.unuse_block(run);
        let next = self.if_free(behind);
        if let Some(next) = next {
            self.remove(next);
            self.join(run, next);
        }
        if let Some(last) = self.if_free(before) {
            self.remove(last);
            self.join(last, run);
            run = last;
        }
        self.add(run);
        if let Some(next) = next {
            self.remembered.joined(next, run);
        }
        self.remembered.released(run);
    }

    /// Makes a block a run that is in no list yet.
    #[inline(always)]
    pub(super) fn unuse_block(&mut self, block: Name) {
        let record = self.records.at_mut(block);
        record.generation = record.generation.wrapping_add(1);
        let Record { len, kind, .. } = *record;
        self.used -= len;
        if kind == PERSISTENT {
            self.persistent -= len;
            self.persistent_runs -= 1;
        }
    }

    /// Makes a block that [`Runs::find`] has found `len` lines long, or gives none; gives how many lines
    /// it has then.
    pub(super) fn resize(&mut self, run: Name, len: u32) -> Option<u32> {
        let Record { len: old, behind, kind, .. } = *self.records.at(run);
        let next = self.if_free(behind);
        let all = old + next.map_or(0, |next| self.records.at(next).len);
        if len > all {
            return None;
        }
        if next.is_none() && (len == old || self.records.spares() == 0) {
            // without a record for the tail the block keeps it
            return Some(old);
        }
        if let Some(next) = next {
            self.remove(next);
            self.join(run, next);
        }
        if len < all {
            let tail = self.split(run, len)?;
            self.add(tail);
        }
        // one change of the sums, so that the peak does not see the block twice
        let more = len.wrapping_sub(old);
        self.used = self.used.wrapping_add(more);
        self.peak = self.peak.max(self.used);
        if kind == PERSISTENT {
            self.persistent = self.persistent.wrapping_add(more);
        }
        Some(len)
    }

    /// The record of the run that line `line` lies in; looked for at `hint` first.
    pub(super) fn run_at(&self, line: u32, hint: Option<Name>) -> Option<Record> {
        let here =
            |record: &Record| record.kind != UNUSED && line.wrapping_sub(record.start) < record.len;
        let hint = hint.map(|run| self.records.at(run)).filter(|record| here(record));
        hint.or_else(|| self.records.all().iter().find(|record| here(record))).copied()
    }

    /// The name of a neighbour, if it is free.
    #[inline]
    pub(super) fn if_free(&self, run: Link) -> Option<Name> {
        run.name().filter(|run| self.records.at(*run).is_free())
    }

    /// Cuts a run after `len` lines; gives what is behind, which has a new record and is in no list.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn split(&mut self, run: Name, len: u32) -> Option<Name> {
        let rest = self.records.take()?;
        let record = self.records.at_mut(run);
        let behind = core::mem::replace(&mut record.behind, rest.into());
        let all = core::mem::replace(&mut record.len, len);
        let start = record.start + len;
        let record = self.records.at_mut(rest);
        record.start = start;
        record.len = all - len;
        record.before = run.into();
        record.behind = behind;
        self.set_before(behind, rest);
        Some(rest)
    }

    /// Adds the run behind to a run, and makes the record of the former unused.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn join(&mut self, run: Name, next: Name) {
        let Record { len, behind, .. } = *self.records.at(next);
        self.set_before(behind, run);
        self.records.give(next);
        // the length last, since it is what is needed next
        let record = self.records.at_mut(run);
        record.behind = behind;
        record.len += len;
    }

    #[inline]
    pub(super) fn set_before(&mut self, run: Link, before: Name) {
        if let Some(run) = run.name() {
            self.records.at_mut(run).before = before.into();
        }
    }

    /// Makes a run free.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn add(&mut self, run: Name) {
        self.link(run);
        self.free_runs += 1;
    }

    /// Makes a free run one that is not.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn remove(&mut self, run: Name) {
        self.unlink(run);
        self.free_runs -= 1;
    }

    /// Makes a run free, and the first one of its class.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn link(&mut self, run: Name) {
        self.link_in(run, class_of(self.records.at(run).len));
    }

    /// Makes a run free, and the first one of this class, which is its own.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn link_in(&mut self, run: Name, class: u32) {
        let next = self.classes.push(class, run);
        let record = self.records.at_mut(run);
        record.kind = class as u16;
        record.previous = Link::NONE;
        record.next = next.into();
        if let Some(next) = next {
            self.records.at_mut(next).previous = run.into();
        }
    }

    /// Takes a free run from the list that it is in.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn unlink(&mut self, run: Name) {
        let Record { previous, next, kind, .. } = *self.records.at(run);
        if let Some(next) = next.name() {
            self.records.at_mut(next).previous = previous;
        }
        match previous.name() {
            Some(previous) => self.records.at_mut(previous).next = next,
            None => self.classes.pop(kind.into(), next.name()),
        }
    }
}
