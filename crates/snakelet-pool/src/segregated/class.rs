//! The two levels of size classes, after TLSF (Masmano, Ripoll, Crespo, Real: "TLSF: a new dynamic
//! memory allocator for real-time systems", 2004): a power of two, divided into sixteen.
//!
//! Classes have one number, `16 * first + second`. Lengths below 32 lines have a class each; above
//! that, the longest run of a class is less than 17/16 of its shortest one.

use super::record::NONE;

/// Bits of the second level.
const SECOND_BITS: u32 = 4;
/// Classes of the second level in one of the first.
const SECOND: u32 = 1 << SECOND_BITS;
/// Classes of the first level.
const FIRST: u32 = 25;

/// The most lines that a run can have.
pub(super) const MOST_LINES: u32 = (1 << (FIRST + SECOND_BITS - 1)) - 1;

/// Lengths below this have a class each.
const EXACT: u32 = 2 * SECOND;

/// The class of runs of `len` lines.
pub(super) const fn class_of(len: u32) -> u32 {
    if len < SECOND {
        return len;
    }
    let shift = len.ilog2() - SECOND_BITS;
    // the leading bit of `len >> shift` is 16: it counts as one more on the first level
    (shift << SECOND_BITS) + (len >> shift)
}

/// The lowest class of which every run has at least `len` lines.
pub(super) const fn class_of_all(len: u32) -> u32 {
    if len < EXACT {
        return class_of(len);
    }
    let shift = len.ilog2() - SECOND_BITS;
    class_of(len.saturating_add((1 << shift) - 1))
}

/// The lists of free runs, one a class, by the name of the first one.
#[derive(Debug)]
pub(super) struct Classes {
    heads: [[u16; SECOND as usize]; FIRST as usize],
    /// A bit for each class of the first level that has a run.
    first: u32,
    /// A bit for each class of the second level that has a run.
    second: [u16; FIRST as usize],
}

impl Classes {
    pub(super) const fn new() -> Self {
        Classes {
            heads: [[NONE; SECOND as usize]; FIRST as usize],
            first: 0,
            second: [0; FIRST as usize],
        }
    }

    /// The first run of a class, or `NONE`.
    pub(super) fn head(&self, class: u32) -> u16 {
        let (first, second) = split(class);
        self.heads.get(first).map_or(NONE, |heads| heads[second])
    }

    /// Makes a run the first one of its class, or none, with `NONE`.
    pub(super) fn set_head(&mut self, class: u32, run: u16) {
        let (first, second) = split(class);
        let (Some(heads), Some(bits)) = (self.heads.get_mut(first), self.second.get_mut(first))
        else {
            return;
        };
        heads[second] = run;
        if run != NONE {
            *bits |= 1 << second;
            self.first |= 1 << first;
        } else {
            *bits &= !(1 << second);
            if *bits == 0 {
                self.first &= !(1 << first);
            }
        }
    }

    /// The lowest class from `class` on that has a run.
    pub(super) fn at_least(&self, class: u32) -> Option<u32> {
        let (first, second) = split(class);
        let bits = *self.second.get(first)? & (u16::MAX << second);
        if bits != 0 {
            return Some(join(first as u32, bits.trailing_zeros()));
        }
        let above = self.first & u32::MAX.checked_shl(first as u32 + 1).unwrap_or(0);
        if above == 0 {
            return None;
        }
        let first = above.trailing_zeros();
        Some(join(first, self.second.get(first as usize)?.trailing_zeros()))
    }

    /// The highest class that has a run.
    pub(super) fn top(&self) -> Option<u32> {
        let first = self.first.checked_ilog2()?;
        Some(join(first, self.second.get(first as usize)?.checked_ilog2()?))
    }
}

fn split(class: u32) -> (usize, usize) {
    ((class >> SECOND_BITS) as usize, (class & (SECOND - 1)) as usize)
}

fn join(first: u32, second: u32) -> u32 {
    (first << SECOND_BITS) + second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_rise_with_lengths_and_are_narrow() {
        let mut last = 0;
        let around = (12..28).flat_map(|bit: u32| [(1 << bit) - 1, 1 << bit, 5 << (bit - 2)]);
        for len in (1..4095).chain(around) {
            if !(1..=MOST_LINES).contains(&len) {
                continue;
            }
            let class = class_of(len);
            assert!(class < FIRST * SECOND, "{len}");
            assert!(class >= last, "{len}");
            last = class;
            let all = class_of_all(len);
            assert!(all == class || all == class + 1, "{len}");
            assert!(all > class_of(len - 1), "a shorter run is in the class of all, {len}");
        }
        assert_eq!(class_of(MOST_LINES), FIRST * SECOND - 1);
    }

    #[test]
    fn the_shortest_run_of_a_class_is_at_least_16_17ths_of_the_longest() {
        let mut shortest = 1;
        for len in 2..if cfg!(miri) { 2000 } else { 100_000u32 } {
            if class_of(len) != class_of(len - 1) {
                shortest = len;
            }
            assert!(u64::from(shortest) * 17 >= u64::from(len) * 16, "{shortest} {len}");
        }
    }

    #[test]
    fn searches_find_the_nearest_class() {
        let mut classes = Classes::new();
        assert_eq!((classes.at_least(0), classes.top()), (None, None));
        for (run, class) in [(7, 3), (8, 40), (9, FIRST * SECOND - 1)] {
            classes.set_head(class, run);
        }
        assert_eq!(classes.at_least(0), Some(3));
        assert_eq!(classes.at_least(3), Some(3));
        assert_eq!(classes.at_least(4), Some(40));
        assert_eq!(classes.at_least(41), Some(FIRST * SECOND - 1));
        assert_eq!(classes.at_least(FIRST * SECOND), None);
        assert_eq!(classes.top(), Some(FIRST * SECOND - 1));
        classes.set_head(FIRST * SECOND - 1, NONE);
        assert_eq!(classes.top(), Some(40));
        assert_eq!(classes.head(40), 8);
    }
}
