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
        if QUICK && (mask > 0 || len < EXACT) && self.records.spares() >= 2 {
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
        let in_class = |class: u32, looks: usize| self.first_fit(class, looks, len, mask);
        let enough = self.records.spares() >= 2;
        let anywhere = mask == 0 && enough;
        let found = if mask == 0 || !enough { in_class(own, LOOKS) } else { None };
        let found = found.or_else(|| in_class(self.classes.at_least(all)?, 1));
        let found = if QUICK { found.or_else(|| in_class(VICTIM, 1)) } else { found };
        if found.is_some() || anywhere {
            return found;
        }
        // All that may be long enough, longer ones first, since more of them are. With two records to
        // spare there are none in the classes from `all` on, or the first one would have done.
        let mut class = if enough { self.classes.below(all) } else { self.classes.top() };
        while let Some(this) = class.filter(|class| *class >= own) {
            let found = in_class(this, usize::MAX);
            if found.is_some() {
                return found;
            }
            class = self.classes.below(this);
        }
        None
    }

    /// The first of so many runs of a class that a block can be cut from.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn first_fit(&self, class: u32, looks: usize, len: u32, mask: usize) -> Option<Found> {
        let mut runs = self.list(class).take(looks);
        runs.find_map(|run| Some(Found { run, gap: self.fits(run, len, mask)? }))
    }

    /// The longest block that can be taken with a start at a multiple of `mask + 1` lines.
    pub(super) fn largest(&self, mask: usize) -> u32 {
        // the runs that a request of the top class looks at
        self.longest(mask, if mask > 0 { usize::MAX } else { LOOKS })
    }

    /// The same among so many runs of each class.
    pub(super) fn longest(&self, mask: usize, looks: usize) -> u32 {
        let victim = if QUICK { self.classes.head(VICTIM) } else { None };
        let mut longest = victim.map_or(0, |run| self.usable(run, mask));
        let mut class = self.classes.top();
        // no run of a class is longer than the shortest of the next one
        while let Some(this) = class.filter(|class| *class >= class_of(longest)) {
            for run in self.list(this).take(looks) {
                longest = longest.max(self.usable(run, mask));
            }
            class = self.classes.below(this);
        }
        longest
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
