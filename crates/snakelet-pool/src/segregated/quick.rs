//! Quicker ways to take and to give back, for targets that have room for more code.
//!
//! Each of them does for the common case what the plain way in `runs` does for all cases, with fewer
//! instructions: no list is touched where a run stays in its class, and small blocks are cut from the
//! victim, which is in no list. What they cannot do they leave to the plain way.

use super::class::{EXACT, VICTIM, class_of};
use super::record::Record;
use super::records::{Link, Name};
use super::runs::{Found, Runs, Taken};

impl Runs<'_> {
    /// Takes less than [`EXACT`] lines from a run of just that length, or from the victim; gives none if
    /// that cannot be.
    #[inline(always)]
    pub(super) fn take_small(&mut self, len: u32, persist: bool) -> Option<Taken> {
        // the same number, of which the compiler knows now that it is a class of the first word
        let class = len % EXACT;
        let block = match self.classes.head(class) {
            Some(run) => {
                let next = self.records.at(run).next.name();
                self.classes.pop(class, next);
                if let Some(next) = next {
                    self.records.at_mut(next).previous = Link::NONE;
                }
                self.free_runs -= 1;
                run
            }
            None => {
                let victim = self.classes.head(VICTIM)?;
                if self.records.at(victim).len <= len {
                    return None;
                }
                self.split_front(victim, len)?
            }
        };
        Some(self.use_block(block, len, persist))
    }

    /// Takes at least [`EXACT`] lines wherever they start, if a record is left.
    #[inline(always)]
    pub(super) fn take_anywhere(&mut self, len: u32, persist: bool) -> Option<Taken> {
        let run = self.search_anywhere(len)?;
        let block = self.take_front(run, len)?;
        Some(self.use_block(block, len, persist))
    }

    /// Takes `len` lines whose start is a multiple of `mask + 1` lines, a power of two and more than one, if
    /// there are records for what is left.
    #[inline(always)]
    pub(super) fn take_aligned(&mut self, len: u32, mask: u32, persist: bool) -> Option<Taken> {
        let Found { run, gap } = self.search_aligned(len, mask)?;
        let block = if gap == 0 {
            self.take_front(run, len)?
        } else if self.records.at(run).len == gap + len {
            let block = self.split(run, gap)?;
            self.relink(run);
            block
        } else {
            let [front, block] = self.split_twice(run, gap, len)?;
            self.add(front);
            // most likely it is of another class now
            if VICTIM > self.records.at(run).kind.into() {
                self.unlink(run);
                self.link(run);
            }
            block
        };
        Some(self.use_block(block, len, persist))
    }

    /// Takes the first lines of a free run.
    #[inline(always)]
    fn take_front(&mut self, run: Name, len: u32) -> Option<Name> {
        if self.records.at(run).len == len {
            self.remove(run);
            return Some(run);
        }
        let block = self.split_front(run, len)?;
        if self.classes.head(VICTIM).is_none() {
            self.offer_victim(run)
        } else {
            self.relink(run)
        }
        Some(block)
    }

    /// Takes less than [`EXACT`] lines from a listed run, if a record is left.
    #[inline(always)]
    pub(super) fn take_small_elsewhere(&mut self, len: u32, persist: bool) -> Option<Taken> {
        let run = self.classes.first(len % EXACT)?;
        let block = if self.records.at(run).len == len {
            // released since `take_small` has looked
            self.remove(run);
            run
        } else {
            let block = self.split_front(run, len)?;
            self.offer_victim(run);
            block
        };
        Some(self.use_block(block, len, persist))
    }

    /// Makes a free run that was cut from the victim, if it is longer than the victim is.
    #[inline(always)]
    fn offer_victim(&mut self, run: Name) {
        let old = self.classes.head(VICTIM);
        if old.is_some_and(|old| self.records.at(old).len >= self.records.at(run).len) {
            return self.relink(run);
        }
        self.unlink(run);
        if let Some(old) = old {
            self.link(old);
        }
        let record = self.records.at_mut(run);
        record.kind = VICTIM as u16;
        record.previous = Link::NONE;
        record.next = Link::NONE;
        self.classes.set_victim(run);
    }

    /// Gives back the block of a record that [`Runs::find`] has found, unless what is promised would have to
    /// be kept track of; gives whether it has.
    #[inline(always)]
    pub(super) fn give_back_quickly(&mut self, run: Name) -> bool {
        let Record { before, behind, .. } = *self.records.at(run);
        if let Some(last) = self.if_free(before) {
            if let Some(next) = self.if_free(behind) {
                if self.remembered.is_promised() {
                    return false;
                }
                self.unuse_block(run);
                self.remove(next);
                self.join(run, next);
            } else {
                self.unuse_block(run);
            }
            self.join(last, run);
            self.relink(last);
            self.remembered.released(last);
        } else if let Some(next) = self.if_free(behind) {
            self.unuse_block(run);
            self.lengthen(next, run);
            self.remembered.released(next);
        } else {
            self.unuse_block(run);
            self.add(run);
            self.remembered.released(run);
        }
        true
    }

    /// Adds a block to the free run behind, which keeps its record, and its place if it stays in its class.
    #[inline(always)]
    fn lengthen(&mut self, run: Name, block: Name) {
        let Record { start, len, before, .. } = *self.records.at(block);
        if let Some(before) = before.name() {
            self.records.at_mut(before).behind = run.into();
        }
        self.records.give(block);
        let record = self.records.at_mut(run);
        record.start = start;
        record.before = before;
        record.len += len;
        self.relink(run);
    }

    /// Makes the first `len` lines of a run a run of their own, which has a new record.
    #[inline(always)]
    fn split_front(&mut self, run: Name, len: u32) -> Option<Name> {
        let front = self.records.take()?;
        let Record { start, before, .. } = *self.records.at(run);
        let record = self.records.at_mut(front);
        record.start = start;
        record.len = len;
        record.before = before;
        record.behind = run.into();
        if let Some(before) = before.name() {
            self.records.at_mut(before).behind = front.into();
        }
        let record = self.records.at_mut(run);
        record.before = front.into();
        record.start = start + len;
        record.len -= len;
        Some(front)
    }

    /// Makes the first `gap` lines of a run, and the `len` lines behind them, runs of their own, which have
    /// new records.
    #[inline(always)]
    fn split_twice(&mut self, run: Name, gap: u32, len: u32) -> Option<[Name; 2]> {
        let [front, middle] = self.records.take_two()?;
        let Record { start, len: all, before, .. } = *self.records.at(run);
        let record = self.records.at_mut(run);
        record.start = start + gap + len;
        record.len = all - gap - len;
        record.before = middle.into();
        let record = self.records.at_mut(middle);
        record.start = start + gap;
        record.len = len;
        record.before = front.into();
        record.behind = run.into();
        let record = self.records.at_mut(front);
        record.start = start;
        record.len = gap;
        record.before = before;
        record.behind = middle.into();
        if let Some(before) = before.name() {
            self.records.at_mut(before).behind = front.into();
        }
        Some([front, middle])
    }

    /// Moves a free run whose length has changed to the list of its class. The victim stays what it is.
    #[inline(always)]
    fn relink(&mut self, run: Name) {
        if u32::from(self.records.at(run).kind) >= VICTIM {
            return;
        }
        let Record { len, kind, .. } = *self.records.at(run);
        let class = class_of(len);
        if class != kind.into() {
            self.unlink(run);
            self.link_in(run, class);
        }
    }
}
