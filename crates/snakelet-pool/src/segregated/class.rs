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
#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(super) const fn class_of(len: u32) -> u32 {
    // lengths below 16 are not shifted
    let shift = (len | SECOND).ilog2() - SECOND_BITS;
    // the leading bit of `len >> shift` is 16: it counts as one more on the first level
    let class = (shift << SECOND_BITS) + (len >> shift);
    // SAFETY: `shift` is at most 27, and `len >> shift` below 32, since bit `shift + 4` is the leading
    // one of `len`, or `len` is below 16. That is 463 at most.
    unsafe { core::hint::assert_unchecked((class as usize) < CLASSES - 1) };
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
#[repr(C)]
pub(super) struct Classes {
    heads: [Link; CLASSES],
    /// A bit for each class that has a run. There are so few words that a search through them is
    /// cheaper than a second map of those that are not 0.
    ///
    /// Above the class `most` there is a bit in each word for a class without a run, where searches end.
    /// It is not the bit of the victim.
    bits: [usize; WORDS],
    /// The class of the longest run that there can be.
    most: u16,
}

/// The bit that ends a search.
const END: usize = 1 << (WORD - 2);

impl Classes {
    /// Classes of runs of at most so many lines.
    pub(super) fn new(lines: u32) -> Self {
        let most = class_of(lines);
        let mut bits = [END; WORDS];
        // the bit of `END` in the word of `most` is free if it stands for a higher class
        bits[..split(most + 2).0].fill(0);
        Classes { heads: [Link::NONE; CLASSES], bits, most: most as u16 }
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

    /// The first run of the lowest class from `class` on that has one.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(super) fn first(&self, class: u32) -> Option<Name> {
        let (mut word, bit) = split(class);
        let mut bits = self.bits[word] & (usize::MAX << bit);
        while bits == 0 {
            word = (word + 1) % WORDS;
            bits = self.bits[word];
        }
        self.head(word as u32 * WORD + bits.trailing_zeros())
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
        self.below(u32::from(self.most) + 1)
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
        let mut classes = Classes::new(MOST_LINES);
        assert_eq!((classes.first(0), classes.top(), classes.below(9)), (None, None, None));
        let names = [3, 40, 399].map(|class| {
            let name = records.take().expect("a spare one");
            assert_eq!(classes.push(class, name), None);
            assert_eq!(classes.head(class), Some(name));
            name
        });
        for (class, index) in [(0, 0), (3, 0), (4, 1), (40, 1), (41, 2), (399, 2)] {
            assert_eq!(classes.first(class), Some(names[index]), "{class}");
        }
        assert_eq!(classes.first(400), None);
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

    #[test]
    fn searches_end_whatever_the_length_of_the_pool() {
        let mut spare = [Record::UNUSED; 1];
        let run = Records::new(&mut spare).take().expect("a spare one");
        for lines in (0..28).flat_map(|bit| [1 << bit, (2 << bit) - 1]) {
            let mut classes = Classes::new(lines);
            let most = class_of(lines);
            for class in 0..VICTIM {
                assert_eq!(classes.first(class), None, "{lines} {class}");
            }
            assert_eq!(classes.top(), None);
            classes.push(most, run);
            assert_eq!((classes.first(0), classes.top()), (Some(run), Some(most)), "{lines}");
            assert_eq!(classes.first(most + 1), None);
        }
    }
}
