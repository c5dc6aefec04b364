//! The runs of a pool: which lines are used, which are free, and the search for a free one.
//!
//! Runs cover the pool without gaps. Each has a record; records of neighbours in memory are linked, so
//! that a run that becomes free is joined with free neighbours at once: no two free runs touch.
//! Free runs of one class are linked as well. Everything is counted in lines.

use super::class::{Classes, class_of, class_of_all};
use super::record::{NONE, Record, State};
use crate::BlockId;

/// How many runs of a request's own class are looked at.
const LOOKS: u32 = 8;

/// The records of a pool and what they add up to.
pub(super) struct Runs<'m> {
    records: &'m mut [Record],
    classes: Classes,
    /// The first unused record; the others follow by `behind`.
    spare: u16,
    spares: u16,
    /// Lines in front of the pool, so that alignments of addresses can be told from line numbers.
    base: usize,
    pub(super) lent: bool,
    pub(super) lines: u32,
    pub(super) used: u32,
    pub(super) persistent: u32,
    pub(super) peak: u32,
    pub(super) used_runs: u16,
    pub(super) free_runs: u16,
    pub(super) persistent_runs: u16,
}

/// A run that was taken.
pub(super) struct Taken {
    pub(super) id: BlockId,
    pub(super) start: u32,
}

impl<'m> Runs<'m> {
    /// Describes `lines` free lines, the first of which is line number `base` of the address space.
    /// There is at least one record and at most [`super::record::MOST`].
    pub(super) fn new(records: &'m mut [Record], lines: u32, base: usize) -> Self {
        let count = records.len() as u16;
        for (index, record) in records.iter_mut().enumerate() {
            let behind = if index + 1 < usize::from(count) { index as u16 + 1 } else { NONE };
            *record = Record { behind, ..Record::UNUSED };
        }
        let mut runs = Runs {
            records,
            classes: Classes::new(),
            spare: 0,
            spares: count,
            base,
            lent: false,
            lines,
            used: 0,
            persistent: 0,
            peak: 0,
            used_runs: 0,
            free_runs: 0,
            persistent_runs: 0,
        };
        if let Some(whole) = runs.take_record() {
            runs.insert_free(whole, 0, lines);
        }
        runs
    }

    /// Names of records come from records or from the classes, and are those of existing ones.
    fn at(&self, run: u16) -> &Record {
        &self.records[usize::from(run)]
    }

    fn at_mut(&mut self, run: u16) -> &mut Record {
        &mut self.records[usize::from(run)]
    }

    pub(super) fn spares(&self) -> u16 {
        self.spares
    }

    /// The record of a block that is in use, if `id` names one that starts there.
    pub(super) fn find(&self, id: BlockId, start: u32) -> Option<&Record> {
        let record = self.records.get(usize::from(id.index))?;
        let used = matches!(record.state, State::Used | State::Persistent);
        (used && record.generation == id.generation && record.start == start).then_some(record)
    }

    /// Takes `len` lines whose start is a multiple of `align` lines, a power of two.
    pub(super) fn take(&mut self, len: u32, align: usize, persist: bool) -> Option<Taken> {
        let (run, gap) = if self.lent { None } else { self.search(len, align) }?;
        let Record { start, len: whole, behind, .. } = *self.at(run);
        self.unlink(run);
        let mut block = run;
        if gap > 0 {
            // the run keeps its record, the block gets another
            block = self.take_record()?;
            self.relink(run, start, gap);
            self.at_mut(run).behind = block;
            let record = self.at_mut(block);
            record.before = run;
            record.behind = behind;
            self.set_before(behind, block);
        } else {
            self.free_runs -= 1;
        }
        let rest = whole - gap - len;
        if rest > 0 {
            let tail = self.take_record()?;
            self.insert_behind(block, behind, tail);
            self.insert_free(tail, start + gap + len, rest);
        }
        let record = self.at_mut(block);
        record.start = start + gap;
        record.len = len;
        record.state = if persist { State::Persistent } else { State::Used };
        record.generation = record.generation.wrapping_add(1);
        let id = BlockId { index: block, generation: record.generation };
        self.count(len, persist, true);
        Some(Taken { id, start: start + gap })
    }

    /// Gives back the block of a record that [`Runs::find`] has found.
    pub(super) fn give_back(&mut self, run: u16) {
        let Record { mut start, mut len, before, behind, state, .. } = *self.at(run);
        self.count(len, state == State::Persistent, false);
        let mut keep = run;
        if behind != NONE && self.at(behind).state == State::Free {
            let next = *self.at(behind);
            self.unlink(behind);
            self.free_runs -= 1;
            len += next.len;
            self.at_mut(keep).behind = next.behind;
            self.set_before(next.behind, keep);
            self.give_record(behind);
        }
        if before != NONE && self.at(before).state == State::Free {
            let last = *self.at(before);
            self.unlink(before);
            self.free_runs -= 1;
            start = last.start;
            len += last.len;
            let behind = self.at(keep).behind;
            self.at_mut(before).behind = behind;
            self.set_before(behind, before);
            self.give_record(keep);
            keep = before;
        }
        self.insert_free(keep, start, len);
    }

    /// Makes a block that [`Runs::find`] has found `len` lines long, or gives `false`.
    pub(super) fn resize(&mut self, run: u16, len: u32) -> bool {
        let Record { start, len: old, behind, state, .. } = *self.at(run);
        let neighbour = match behind {
            NONE => None,
            _ => Some(*self.at(behind)).filter(|next| next.state == State::Free),
        };
        let whole = old + neighbour.map_or(0, |next| next.len);
        if len > whole {
            return false;
        }
        match neighbour {
            Some(_) if len == old => {}
            Some(next) if len == whole => {
                self.unlink(behind);
                self.free_runs -= 1;
                self.at_mut(run).behind = next.behind;
                self.set_before(next.behind, run);
                self.give_record(behind);
            }
            Some(_) => {
                self.unlink(behind);
                self.relink(behind, start + len, whole - len);
            }
            None if len == old => {}
            None => {
                // without a record for the tail the block keeps it
                let Some(tail) = self.take_record() else { return true };
                self.insert_behind(run, behind, tail);
                self.insert_free(tail, start + len, old - len);
            }
        }
        self.at_mut(run).len = len;
        let persist = state == State::Persistent;
        // one change of the sums, so that the peak does not see the block twice
        self.used = self.used - old + len;
        self.peak = self.peak.max(self.used);
        if persist {
            self.persistent = self.persistent - old + len;
        }
        true
    }

    /// The longest block that can be taken with a start at a multiple of `align` lines.
    pub(super) fn largest(&self, align: usize) -> u32 {
        if self.lent {
            return 0;
        }
        if align > 1 {
            return self.free().map(|run| self.usable(run, align)).max().unwrap_or(0);
        }
        // the runs that a request of the top class looks at
        let Some(top) = self.classes.top() else { return 0 };
        self.list(top).take(LOOKS as usize).map(|run| self.at(run).len).max().unwrap_or(0)
    }

    /// The longest free run.
    pub(super) fn longest(&self) -> u32 {
        let Some(top) = self.classes.top() else { return 0 };
        self.list(top).map(|run| self.at(run).len).max().unwrap_or(0)
    }

    /// The record of the run that line `line` lies in; looked for at `hint` first.
    pub(super) fn run_at(&self, line: u32, hint: u16) -> Option<(u16, Record)> {
        let here = |record: &Record| {
            record.state != State::Unused
                && (record.start..record.start + record.len).contains(&line)
        };
        if let Some(record) = self.records.get(usize::from(hint)).filter(|record| here(record)) {
            return Some((hint, *record));
        }
        let index = self.records.iter().position(here)?;
        Some((index as u16, self.records[index]))
    }

    /// Finds a free run, and how many of its lines come before the block.
    fn search(&self, len: u32, align: usize) -> Option<(u16, u32)> {
        let own = class_of(len);
        let fits = |run: u16| Some((run, self.fits(run, len, align)?));
        if let Some(found) = self.list(own).take(LOOKS as usize).find_map(fits) {
            return Some(found);
        }
        if align == 1 {
            return fits(self.classes.head(self.classes.at_least(own + 1)?));
        }
        // the first class whose runs are long enough wherever they start, then all
        let most = u32::try_from(align - 1).ok().and_then(|before| before.checked_add(len));
        most.and_then(|most| self.classes.at_least(class_of_all(most)))
            .and_then(|class| fits(self.classes.head(class)))
            .or_else(|| self.free().find_map(fits))
    }

    /// How many lines of a free run come before a block that is cut from it with the records that are
    /// left; none if it cannot be cut.
    fn fits(&self, run: u16, len: u32, align: usize) -> Option<u32> {
        let record = self.at(run);
        let most = record.len.checked_sub(len)?;
        let gap = self.gap(record.start, align);
        let records = u16::from(gap > 0) + u16::from(gap < most);
        if gap <= most && records <= self.spares {
            return Some(gap);
        }
        // one record is enough for a block at the run's end
        (self.spares == 1 && gap <= most && self.gap(record.start + most, align) == 0)
            .then_some(most)
    }

    /// The longest block that a free run can give with this alignment.
    fn usable(&self, run: u16, align: usize) -> u32 {
        let record = self.at(run);
        let gap = self.gap(record.start, align);
        if gap > 0 && self.spares == 0 { 0 } else { record.len.saturating_sub(gap) }
    }

    /// Lines from `start` to the next multiple of `align` lines; `u32::MAX` if that is too far.
    fn gap(&self, start: u32, align: usize) -> u32 {
        if align == 1 {
            return 0;
        }
        let line = self.base.wrapping_add(start as usize);
        u32::try_from(line.wrapping_neg() & (align - 1)).unwrap_or(u32::MAX)
    }

    /// The free runs of a class, the last that was inserted first.
    fn list(&self, class: u32) -> impl Iterator<Item = u16> {
        let first = self.classes.head(class);
        core::iter::successors((first != NONE).then_some(first), |run| {
            let next = self.at(*run).next;
            (next != NONE).then_some(next)
        })
    }

    /// All free runs, shorter classes first.
    fn free(&self) -> impl Iterator<Item = u16> {
        let first = self.classes.at_least(0);
        core::iter::successors(first, |class| self.classes.at_least(class + 1))
            .flat_map(|class| self.list(class))
    }

    fn count(&mut self, len: u32, persist: bool, taken: bool) {
        if taken {
            self.used += len;
            self.used_runs += 1;
            self.peak = self.peak.max(self.used);
            if persist {
                self.persistent += len;
                self.persistent_runs += 1;
            }
        } else {
            self.used -= len;
            self.used_runs -= 1;
            if persist {
                self.persistent -= len;
                self.persistent_runs -= 1;
            }
        }
    }

    fn take_record(&mut self) -> Option<u16> {
        let index = self.spare;
        self.spare = self.records.get(usize::from(index))?.behind;
        self.spares -= 1;
        let record = self.at_mut(index);
        record.before = NONE;
        record.behind = NONE;
        Some(index)
    }

    fn give_record(&mut self, index: u16) {
        let spare = self.spare;
        let record = self.at_mut(index);
        record.state = State::Unused;
        record.behind = spare;
        self.spare = index;
        self.spares += 1;
    }

    /// Makes the record a free run that the sums do not know yet.
    fn insert_free(&mut self, run: u16, start: u32, len: u32) {
        self.free_runs += 1;
        self.relink(run, start, len);
    }

    /// Puts a run in front of the list of its class.
    fn relink(&mut self, run: u16, start: u32, len: u32) {
        let class = class_of(len);
        let next = self.classes.head(class);
        let record = self.at_mut(run);
        record.start = start;
        record.len = len;
        record.state = State::Free;
        record.previous = NONE;
        record.next = next;
        if next != NONE {
            self.at_mut(next).previous = run;
        }
        self.classes.set_head(class, run);
    }

    /// Takes a free run from the list of its class.
    fn unlink(&mut self, run: u16) {
        let Record { len, previous, next, .. } = *self.at(run);
        if next != NONE {
            self.at_mut(next).previous = previous;
        }
        if previous == NONE {
            self.classes.set_head(class_of(len), next);
        } else {
            self.at_mut(previous).next = next;
        }
    }

    /// Puts `new` between two neighbours in memory.
    fn insert_behind(&mut self, run: u16, behind: u16, new: u16) {
        self.at_mut(run).behind = new;
        let record = self.at_mut(new);
        record.before = run;
        record.behind = behind;
        self.set_before(behind, new);
    }

    fn set_before(&mut self, run: u16, before: u16) {
        if run != NONE {
            self.at_mut(run).before = before;
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn records(&self) -> &[Record] {
        self.records
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn classes(&self) -> &Classes {
        &self.classes
    }
}
