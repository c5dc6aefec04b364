//! The runs of a pool: which lines are used and which are free.
//!
//! Runs cover the pool without gaps. Each has a record; records of neighbours in memory are linked, so
//! that a run that becomes free is joined with free neighbours at once: no two free runs touch.
//! Free runs of one class are linked as well. Everything is counted in lines.

use super::class::{Classes, class_of};
use super::record::{Record, State};
use super::records::{Name, Records};
use crate::BlockId;

/// The records of a pool and what they add up to.
pub(super) struct Runs<'m> {
    pub(super) records: Records<'m>,
    pub(super) classes: Classes,
    /// Lines in front of the pool, so that alignments of addresses can be told from line numbers.
    pub(super) base: usize,
    /// The run of the whole pool while it is lent, which is in no list then.
    pub(super) lent: Option<Name>,
    pub(super) lines: u32,
    pub(super) used: u32,
    pub(super) persistent: u32,
    pub(super) peak: u32,
    pub(super) used_runs: u16,
    pub(super) persistent_runs: u16,
}

/// A run that was taken.
pub(super) struct Taken {
    pub(super) id: BlockId,
    pub(super) start: u32,
}

/// A free run that a block can be cut from.
pub(super) struct Found {
    pub(super) run: Name,
    pub(super) class: u32,
    /// Lines of the run before the block.
    pub(super) gap: u32,
}

impl<'m> Runs<'m> {
    /// Describes `lines` free lines, the first of which is line number `base` of the address space.
    pub(super) fn new(records: &'m mut [Record], lines: u32, base: usize) -> Self {
        let mut runs = Runs {
            records: Records::new(records),
            classes: Classes::new(),
            base,
            lent: None,
            lines,
            used: 0,
            persistent: 0,
            peak: 0,
            used_runs: 0,
            persistent_runs: 0,
        };
        if let Some(whole) = runs.records.take() {
            *runs.records.at_mut(whole) = Record { len: lines, ..Record::UNUSED };
            runs.link(whole, class_of(lines));
        }
        runs
    }

    /// Takes the whole memory, in which no block is, out of use: no search finds it then.
    pub(super) fn lend(&mut self) {
        let class = class_of(self.lines);
        self.lent = self.classes.head(class);
        if let Some(whole) = self.lent {
            self.unlink(whole, class);
        }
    }

    /// Takes the memory into use again, or gives `false` if it is not lent.
    pub(super) fn reclaim(&mut self) -> bool {
        let Some(whole) = self.lent.take() else { return false };
        self.link(whole, class_of(self.lines));
        true
    }

    /// How many runs are free.
    pub(super) fn free_runs(&self) -> u16 {
        self.records.count() - self.records.spares() - self.used_runs
    }

    /// The record of a block that is in use, if `id` names one.
    #[inline]
    pub(super) fn find(&self, id: BlockId) -> Option<Name> {
        let name = self.records.name(id.index)?;
        let record = self.records.at(name);
        let used = matches!(record.state, State::Used | State::Persistent);
        (used && record.generation == id.generation).then_some(name)
    }

    /// Takes `len` lines whose start is a multiple of `align` lines, a power of two or 0.
    #[inline]
    pub(super) fn take(&mut self, len: u32, align: usize, persist: bool) -> Option<Taken> {
        let Found { run, class, gap } = self.search(len, align)?;
        if gap > 0 {
            self.cut_gap(run, gap)?;
        }
        let rest = self.records.at(run).len - len;
        let block = if rest > 0 {
            // the free run keeps its record, and its place if it is long enough to stay in its class
            let block = self.split(run, len)?;
            self.move_to(run, class, class_of(rest));
            block
        } else {
            self.unlink(run, class);
            run
        };
        let record = self.records.at_mut(block);
        record.state = if persist { State::Persistent } else { State::Used };
        record.generation = record.generation.wrapping_add(1);
        let id = BlockId { index: block.index(), generation: record.generation };
        let start = record.start;
        self.used += len;
        self.used_runs += 1;
        self.peak = self.peak.max(self.used);
        if persist {
            self.persistent += len;
            self.persistent_runs += 1;
        }
        Some(Taken { id, start })
    }

    /// Makes the first lines of a run that is free, but no longer as long as its class says, a free run.
    #[inline(never)]
    fn cut_gap(&mut self, run: Name, gap: u32) -> Option<()> {
        let front = self.split(run, gap)?;
        self.link(front, class_of(gap));
        Some(())
    }

    /// Gives back the block of a record that [`Runs::find`] has found.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn give_back(&mut self, run: Name) {
        let Record { len, before, behind, state, .. } = *self.records.at(run);
        self.used -= len;
        self.used_runs -= 1;
        if state == State::Persistent {
            self.persistent -= len;
            self.persistent_runs -= 1;
        }
        let mut free = run;
        if let Some((next, len)) = self.free_len(behind) {
            self.unlink(next, class_of(len));
            self.join(free, next);
        }
        if let Some((last, len)) = self.free_len(before) {
            self.unlink(last, class_of(len));
            self.join(last, free);
            free = last;
        }
        self.link(free, class_of(self.records.at(free).len));
    }

    /// Makes a block that [`Runs::find`] has found `len` lines long, or gives none; gives how many lines
    /// it has then.
    pub(super) fn resize(&mut self, run: Name, len: u32) -> Option<u32> {
        let Record { start, len: old, behind, state, .. } = *self.records.at(run);
        match self.free_len(behind) {
            Some((_, room)) if len > old + room => return None,
            Some((next, room)) if len == old + room => {
                self.unlink(next, class_of(room));
                self.join(run, next);
            }
            Some((next, room)) => {
                let record = self.records.at_mut(next);
                record.start = start + len;
                record.len = old + room - len;
                let class = class_of(record.len);
                self.move_to(next, class_of(room), class);
            }
            None if len > old => return None,
            None if len == old => {}
            None => {
                // without a record for the tail the block keeps it
                let Some(tail) = self.records.take() else { return Some(old) };
                let record = self.records.at_mut(tail);
                record.start = start + len;
                record.len = old - len;
                record.before = Some(run);
                record.behind = behind;
                self.set_before(behind, tail);
                self.records.at_mut(run).behind = Some(tail);
                self.link(tail, class_of(old - len));
            }
        }
        self.records.at_mut(run).len = len;
        // one change of the sums, so that the peak does not see the block twice
        self.used = self.used - old + len;
        self.peak = self.peak.max(self.used);
        if state == State::Persistent {
            self.persistent = self.persistent - old + len;
        }
        Some(len)
    }

    /// The record of the run that line `line` lies in; looked for at `hint` first.
    pub(super) fn run_at(&self, line: u32, hint: Option<Name>) -> Option<Record> {
        let here = |record: &Record| {
            record.state != State::Unused
                && (record.start..record.start + record.len).contains(&line)
        };
        let hint = hint.map(|run| self.records.at(run)).filter(|record| here(record));
        hint.or_else(|| self.records.all().iter().find(|record| here(record))).copied()
    }

    /// Name and length of a neighbour, if it is free.
    #[inline]
    fn free_len(&self, run: Option<Name>) -> Option<(Name, u32)> {
        let run = run?;
        let record = self.records.at(run);
        (record.state == State::Free).then_some((run, record.len))
    }

    /// Makes the first `len` lines of a run a run of their own, which has a new record.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn split(&mut self, run: Name, len: u32) -> Option<Name> {
        let front = self.records.take()?;
        let record = self.records.at_mut(run);
        let (start, before) = (record.start, record.before.replace(front));
        record.start += len;
        record.len -= len;
        let record = self.records.at_mut(front);
        record.start = start;
        record.len = len;
        record.before = before;
        record.behind = Some(run);
        if let Some(before) = before {
            self.records.at_mut(before).behind = Some(front);
        }
        Some(front)
    }

    /// Adds the run behind to a run, and makes the record of the former unused.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn join(&mut self, run: Name, next: Name) {
        let Record { len, behind, .. } = *self.records.at(next);
        let record = self.records.at_mut(run);
        record.len += len;
        record.behind = behind;
        self.set_before(behind, run);
        self.records.give(next);
    }

    #[inline]
    fn set_before(&mut self, run: Option<Name>, before: Name) {
        if let Some(run) = run {
            self.records.at_mut(run).before = Some(before);
        }
    }

    /// Makes a run free, and the first one of its class.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn link(&mut self, run: Name, class: u32) {
        let next = self.classes.push(class, run);
        let record = self.records.at_mut(run);
        record.state = State::Free;
        record.previous = None;
        record.next = next;
        if let Some(next) = next {
            self.records.at_mut(next).previous = Some(run);
        }
    }

    /// Takes a free run from the list of its class.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    fn unlink(&mut self, run: Name, class: u32) {
        let Record { previous, next, .. } = *self.records.at(run);
        if let Some(next) = next {
            self.records.at_mut(next).previous = previous;
        }
        match previous {
            Some(previous) => self.records.at_mut(previous).next = next,
            None => self.classes.pop(class, next),
        }
    }

    /// Moves a free run to the list of another class, if it is another one.
    #[inline]
    fn move_to(&mut self, run: Name, old: u32, new: u32) {
        if old != new {
            self.unlink(run, old);
            self.link(run, new);
        }
    }
}
