//! The two levels of size classes, after TLSF (Masmano, Ripoll, Crespo, Real: "TLSF: a new dynamic
//! memory allocator for real-time systems", 2004): a power of two, divided into sixteen.
//!
//! Classes have one number, `16 * first + second`, below 512. Lengths below 32 lines have a class each;
//! above that, the longest run of a class is less than 17/16 of its shortest one.

#![expect(unsafe_code, reason = "tells the compiler how many classes there are at most")]

use super::records::{Link, Name};

/// Bits of the second level.
const SECOND_BITS: u32 = 4;
/// Classes of the second level in one of the first.
const SECOND: u32 = 1 << SECOND_BITS;

/// The most lines that a run can have.
pub(super) const MOST_LINES: u32 = (1 << 28) - 1;

/// Lengths below this have a class each.
pub(super) const EXACT: u32 = 2 * SECOND;

/// The class of runs of `len` lines.
#[inline]
pub(super) const fn class_of(len: u32) -> u32 {
    // lengths below 16 are not shifted
    let shift = (len | SECOND).ilog2() - SECOND_BITS;
    // the leading bit of `len >> shift` is 16: it counts as one more on the first level
    let class = (shift << SECOND_BITS) + (len >> shift);
    // SAFETY: `shift` is at most 27, and `len >> shift` below 32, since bit `shift + 4` is the leading
    // one of `len`, or `len` is below 16. That is 463 at most.
    unsafe { core::hint::assert_unchecked((class as usize) < CLASSES) };
    class
}

/// The lowest class of which every run has at least `len` lines, which are not 0.
#[inline]
pub(super) const fn class_of_all(len: u32) -> u32 {
    class_of(len - 1) + 1
}

/// How many classes there are, with some that no run is in: a power of two.
pub(super) const CLASSES: usize = 512;

/// Stands for a class of one run at most, which no search meets: the designated victim of Lea's
/// allocator, what is left of the run that a small block was cut from last. The next ones are cut from it.
pub(super) const VICTIM: u32 = CLASSES as u32 - 1;
/// Bits of a word.
const WORD: u32 = usize::BITS;
/// Words that have a bit for each class.
const WORDS: usize = CLASSES / WORD as usize;

/// The lists of free runs, one a class, by the name of the first one.
#[derive(Debug)]
pub(super) struct Classes {
    heads: [Link; CLASSES],
    /// A bit for each class that has a run. There are so few words that a search through them is
    /// cheaper than a second map of those that are not 0.
    bits: [usize; WORDS],
}

impl Classes {
    pub(super) const fn new() -> Self {
        Classes { heads: [Link::NONE; CLASSES], bits: [0; WORDS] }
    }

    /// The first run of a class.
    #[inline]
    pub(super) fn head(&self, class: u32) -> Option<Name> {
        self.heads[class as usize % CLASSES].name()
    }

    /// Puts a run before the first one of its class, which is returned.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn push(&mut self, class: u32, run: Name) -> Option<Name> {
        let head = &mut self.heads[class as usize % CLASSES];
        let first = core::mem::replace(head, run.into()).name();
        if first.is_none() {
            let (word, bit) = split(class);
            self.bits[word] |= 1 << bit;
        }
        first
    }

    /// Makes a run the victim, of which there is none.
    #[inline]
    pub(super) fn set_victim(&mut self, run: Name) {
        self.heads[VICTIM as usize] = run.into();
    }

    /// Makes what follows the first run of a class the first one.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn pop(&mut self, class: u32, next: Option<Name>) {
        self.heads[class as usize % CLASSES] = next.into();
        if next.is_none() {
            let (word, bit) = split(class);
            self.bits[word] &= !(1 << bit);
        }
    }

    /// The lowest class from `class` on that has a run.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(super) fn at_least(&self, class: u32) -> Option<u32> {
        let (mut word, bit) = split(class);
        let mut bits = self.bits[word] & (usize::MAX << bit);
        while bits == 0 {
            word += 1;
            bits = *self.bits.get(word)?;
        }
        Some(word as u32 * WORD + bits.trailing_zeros())
    }

    /// The highest class below `class` that has a run.
    pub(super) fn below(&self, class: u32) -> Option<u32> {
        let (mut word, bit) = split(class);
        let mut bits = self.bits[word] & !(usize::MAX << bit);
        while bits == 0 {
            word = word.checked_sub(1)?;
            bits = self.bits[word];
        }
        Some(word as u32 * WORD + bits.ilog2())
    }

    /// The highest class that has a run.
    pub(super) fn top(&self) -> Option<u32> {
        self.below(VICTIM)
    }
}

/// The word and the bit of a class.
fn split(class: u32) -> (usize, u32) {
    ((class / WORD) as usize % WORDS, class % WORD)
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::super::records::Records;
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
            assert!(class < 25 * SECOND, "{len}");
            assert!(class >= last, "{len}");
            last = class;
            let all = class_of_all(len);
            assert!(all == class || all == class + 1, "{len}");
            assert!(all > class_of(len - 1), "a shorter run is in the class of all, {len}");
        }
        assert_eq!(class_of(MOST_LINES), 25 * SECOND - 1);
        assert!(class_of_all(u32::MAX) < VICTIM);
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
        let mut spare = [Record::UNUSED; 4];
        let mut records = Records::new(&mut spare);
        let mut classes = Classes::new();
        assert_eq!((classes.at_least(0), classes.top(), classes.below(9)), (None, None, None));
        for class in [3, 40, 399] {
            let name = records.take().expect("a spare one");
            assert_eq!(classes.push(class, name), None);
            assert_eq!(classes.head(class), Some(name));
        }
        assert_eq!(classes.at_least(0), Some(3));
        assert_eq!(classes.at_least(3), Some(3));
        assert_eq!(classes.at_least(4), Some(40));
        assert_eq!(classes.at_least(41), Some(399));
        assert_eq!(classes.at_least(400), None);
        assert_eq!(classes.below(399), Some(40));
        assert_eq!(classes.below(41), Some(40));
        assert_eq!(classes.below(40), Some(3));
        assert_eq!(classes.below(3), None);
        assert_eq!(classes.top(), Some(399));
        let second = records.take().expect("a spare one");
        let first = classes.push(399, second);
        classes.pop(399, first);
        assert_eq!((classes.top(), classes.head(399)), (Some(399), first));
        classes.pop(399, None);
        assert_eq!(classes.top(), Some(40));
    }
}
