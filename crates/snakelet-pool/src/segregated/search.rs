//! The search for a free run.

use super::QUICK;
use super::class::{EXACT, MOST_LINES, VICTIM, class_of, class_of_all};
use super::records::Name;
use super::runs::{Found, Runs};

/// How many runs of a request's own class are looked at.
const LOOKS: usize = 8;

impl Runs<'_> {
    /// Finds a free run for a block of at least [`EXACT`] lines wherever it starts.
    #[inline]
    pub(super) fn search_anywhere(&self, len: u32) -> Option<Name> {
        let own = class_of(len);
        let mut run = self.at_least(own, len)?;
        // runs of this class may be shorter than the block
        let mut looks = LOOKS;
        while self.records.at(run).len < len {
            looks -= 1;
            match self.records.at(run).next.name() {
                Some(next) if looks > 0 => run = next,
                _ => return self.at_least(own + 1, len),
            }
        }
        Some(run)
    }

    /// The first run of the lowest class from `class` on that has one, or the victim if it is long enough.
    #[inline]
    fn at_least(&self, class: u32, len: u32) -> Option<Name> {
        match self.classes.at_least(class) {
            Some(class) => self.classes.head(class),
            None => self.classes.head(VICTIM).filter(|run| self.records.at(*run).len >= len),
        }
    }

    /// Finds a free run for a block of `len` lines whose start is a multiple of `mask + 1` lines, a power
    /// of two.
    #[inline]
    pub(super) fn search(&self, len: u32, mask: usize) -> Option<Found> {
        // the first class whose runs are long enough wherever they start
        let before = mask.min(MOST_LINES as usize) as u32;
        let all = class_of_all(before + len);
        if (mask > 0 || QUICK && len < EXACT) && self.records.spares() >= 2 {
            let class = self.classes.at_least(all);
            if let Some(run) = class.and_then(|class| self.classes.head(class)) {
                let gap = self.gap(self.records.at(run).start, mask) as u32;
                return Some(Found { run, gap });
            }
        }
        self.search_all(len, mask, all)
    }

    /// The same where not every run that is long enough will do: because of the alignment, or because
    /// there is no record for what is left.
    #[inline(never)]
    fn search_all(&self, len: u32, mask: usize, all: u32) -> Option<Found> {
        let own = class_of(len);
        let fits = |run: Name| self.fits(run, len, mask).map(|gap| Found { run, gap });
        let enough = self.records.spares() >= 2;
        if mask == 0 || !enough {
            if let Some(found) = self.list(own).take(LOOKS).find_map(fits) {
                return Some(found);
            }
            let class = self.classes.at_least(all);
            let run = class.and_then(|class| self.classes.head(class));
            if let Some(found) = run.and_then(fits) {
                return Some(found);
            }
        }
        if let Some(found) = self.classes.head(VICTIM).and_then(fits) {
            return Some(found);
        }
        if mask == 0 && enough {
            return None;
        }
        // All that may be long enough, longer ones first, since more of them are. With two records to
        // spare there are none in the classes from `all` on, or the first one would have done.
        let mut class = if enough { self.classes.below(all) } else { self.classes.top() };
        while let Some(this) = class.filter(|class| *class >= own) {
            if let Some(found) = self.list(this).find_map(fits) {
                return Some(found);
            }
            class = self.classes.below(this);
        }
        None
    }

    /// The longest block that can be taken with a start at a multiple of `mask + 1` lines.
    pub(super) fn largest(&self, mask: usize) -> u32 {
        let victim = self.classes.head(VICTIM);
        let mut largest = victim.map_or(0, |run| self.usable(run, mask));
        // the runs that a request of the top class looks at
        let looks = if mask > 0 { usize::MAX } else { LOOKS };
        let mut class = self.classes.top();
        // no run of a class is longer than the shortest of the next one
        while let Some(this) = class.filter(|class| *class >= class_of(largest)) {
            let usable = self.list(this).take(looks).map(|run| self.usable(run, mask)).max();
            largest = largest.max(usable.unwrap_or(0));
            class = self.classes.below(this);
        }
        largest
    }

    /// The longest free run.
    pub(super) fn longest(&self) -> u32 {
        if self.lent.is_some() {
            return self.lines;
        }
        let top = self.classes.top().into_iter().flat_map(|top| self.list(top));
        let runs = self.classes.head(VICTIM).into_iter().chain(top);
        runs.map(|run| self.records.at(run).len).max().unwrap_or(0)
    }

    /// How many lines of a free run come before a block that is cut from it with the records that are
    /// left; none if it cannot be cut.
    #[inline]
    fn fits(&self, run: Name, len: u32, mask: usize) -> Option<u32> {
        let record = self.records.at(run);
        let most = record.len.checked_sub(len)?;
        let gap = self.gap(record.start, mask);
        if gap > most as usize {
            return None;
        }
        let spares = self.records.spares();
        if spares >= 2 || spares >= u16::from(gap > 0) + u16::from(gap < most as usize) {
            return Some(gap as u32);
        }
        // one record is enough for a block at the run's end
        (spares == 1 && self.gap(record.start + most, mask) == 0).then_some(most)
    }

    /// The longest block that a free run can give with this alignment.
    fn usable(&self, run: Name, mask: usize) -> u32 {
        let record = self.records.at(run);
        let gap = self.gap(record.start, mask);
        if gap > 0 && self.records.spares() == 0 {
            return 0;
        }
        u32::try_from(gap).map_or(0, |gap| record.len.saturating_sub(gap))
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
