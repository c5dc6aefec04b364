//! The search for a free run.

use super::QUICK;
use super::class::{MOST_LINES, VICTIM, class_of, class_of_all};
use super::records::Name;
use super::runs::{Found, Runs};

/// How many runs of a request's own class are looked at.
const LOOKS: usize = 8;

impl Runs<'_> {
    /// Finds a free run for a block of at least [`EXACT`](super::class::EXACT) lines wherever it starts.
    #[inline(always)]
    pub(super) fn search_anywhere(&self, len: u32) -> Option<Name> {
        let own = class_of(len);
        let victim = || self.classes.head(VICTIM).filter(|run| self.records.at(*run).len >= len);
        let Some(mut run) = self.classes.first(own) else { return victim() };
        // runs of this class may be shorter than the block
        let mut looks = LOOKS;
        while self.records.at(run).len < len {
            looks -= 1;
            match self.records.at(run).next.name() {
                Some(next) if looks > 0 => run = next,
                _ => return self.classes.first(own + 1).or_else(victim),
            }
        }
        Some(run)
    }

    /// Finds a free run for a block whose start is a multiple of `mask + 1` lines, more than one and at
    /// most [`MOST_LINES`], if two records are left.
    #[inline(always)]
    pub(super) fn search_aligned(&self, len: u32, mask: u32) -> Option<Found> {
        let gap = |run: Name| self.gap(self.records.at(run).start, mask as usize) as u32;
        if let Some(run) = self.classes.first(class_of_all(mask + len)) {
            return Some(Found { run, gap: gap(run) });
        }
        // one after the other rather than in a loop, which takes twice as long
        let free = |run: &Name| self.records.at(*run).is_free();
        let fit = |run: Name| {
            let gap = gap(run);
            (gap + len <= self.records.at(run).len).then_some(Found { run, gap })
        };
        let best = self.remembered.best(mask as usize).filter(free).and_then(fit);
        best.or_else(|| self.remembered.last().filter(free).and_then(fit))
            .or_else(|| self.classes.head(VICTIM).and_then(fit))
    }

    /// Finds a free run for a block of `len` lines whose start is a multiple of `mask + 1` lines, a power
    /// of two, also where there are few records for what is left.
    pub(super) fn search(&self, len: u32, mask: usize) -> Option<Found> {
        let own = self.list(class_of(len)).take(LOOKS).map(Some);
        let victim = if QUICK { self.classes.head(VICTIM) } else { None };
        let before = mask.min(MOST_LINES as usize) as u32;
        let others = [
            self.classes.first(class_of_all(before + len)),
            self.remembered.best(mask),
            self.remembered.last(),
            victim,
        ];
        own.chain(others).flatten().find_map(|run| self.fit(run, len, mask))
    }

    /// The longest block that can be taken with a start at a multiple of `mask + 1` lines.
    pub(super) fn largest(&mut self, mask: usize) -> u32 {
        if mask == 0 {
            // among the runs that a request of the top class looks at
            return self.longest(mask, LOOKS).0;
        }
        let (longest, run) = self.longest(mask, usize::MAX);
        self.remembered.promise(mask, run);
        longest
    }

    /// The same among so many runs of each class, and the run that gives it.
    pub(super) fn longest(&self, mask: usize, looks: usize) -> (u32, Option<Name>) {
        let victim = if QUICK { self.classes.head(VICTIM) } else { None };
        let (mut longest, mut best) = (victim.map_or(0, |run| self.usable(run, mask)), victim);
        let mut class = self.classes.top();
        // no run of a class is longer than the shortest of the next one
        while let Some(this) = class.filter(|class| *class >= class_of(longest)) {
            for run in self.list(this).take(looks) {
                let usable = self.usable(run, mask);
                if usable > longest {
                    (longest, best) = (usable, Some(run));
                }
            }
            class = self.classes.below(this);
        }
        (longest, best)
    }

    /// Whether a block can be cut from a run with the records that are left, and where.
    #[cfg_attr(target_os = "none", inline(never))]
    fn fit(&self, run: Name, len: u32, mask: usize) -> Option<Found> {
        let record = self.records.at(run);
        let most = record.len.checked_sub(len).filter(|_| record.is_free())?;
        let gap = self.gap(record.start, mask);
        if gap > most as usize {
            return None;
        }
        let gap = gap as u32;
        let spares = self.records.spares();
        if spares >= u16::from(gap > 0) + u16::from(gap < most) {
            return Some(Found { run, gap });
        }
        // one record is enough for a block at the run's end
        (spares == 1 && self.gap(record.start + most, mask) == 0)
            .then_some(Found { run, gap: most })
    }

    /// The longest block that a free run can give with this alignment.
    fn usable(&self, run: Name, mask: usize) -> u32 {
        let record = self.records.at(run);
        let gap = self.gap(record.start, mask);
        if gap > 0 && self.records.spares() == 0 || gap > record.len as usize {
            0
        } else {
            record.len - gap as u32
        }
    }

    /// Lines from `start` to the next multiple of `mask + 1` lines.
    #[inline]
    fn gap(&self, start: u32, mask: usize) -> usize {
        self.base.wrapping_add(start as usize).wrapping_neg() & mask
    }

    /// The free runs of a class, the last that was inserted first.
    fn list(&self, class: u32) -> impl Iterator<Item = Name> {
        core::iter::successors(self.classes.head(class), |run| self.records.at(*run).next.name())
    }
}
