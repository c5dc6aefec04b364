//! Calculations with all channels of a word of pixels at once.
//!
//! A word has lanes: four of a byte in grayscale, the six channels of two pixels of 16 bits, or 32 bits. Sums and
//! differences that stay within lanes are those of whole words, so all that is needed beside them is which of two
//! lanes is less.

use core::cell::Cell;

use super::words::{self, Four};

/// How the lanes of a word lie.
pub(super) trait Lanes {
    /// The highest bit of each lane.
    const HIGH: u32;

    /// The lowest bits of those lanes whose highest ones are given.
    fn low(high: u32) -> u32;
}

/// Four bytes.
pub(super) struct Grey;

impl Lanes for Grey {
    const HIGH: u32 = 0x8080_8080;

    #[inline(always)]
    fn low(high: u32) -> u32 {
        high >> 7
    }
}

/// Two pixels of 5, 6 and 5 bits.
pub(super) struct Color;

impl Lanes for Color {
    const HIGH: u32 = 0x8410_8410;

    #[inline(always)]
    fn low(high: u32) -> u32 {
        // green is a bit wider than the others
        (high >> 4).wrapping_sub(high >> 5 & 0x0020_0020)
    }
}

/// Bits.
pub(super) struct Bits;

impl Lanes for Bits {
    const HIGH: u32 = u32::MAX;

    #[inline(always)]
    fn low(high: u32) -> u32 {
        high
    }
}

/// The bits in which words differ, in those lanes where the first is less.
#[inline(always)]
fn less<L: Lanes>(a: u32, b: u32) -> u32 {
    // lanes without their highest bits are subtracted from lanes that have them, so that none borrows of another
    let rest = (a | L::HIGH).wrapping_sub(b & !L::HIGH);
    let apart = a ^ b;
    let less = (b & !a | !(apart | rest)) & L::HIGH;
    apart & (less << 1).wrapping_sub(L::low(less))
}

#[inline(always)]
fn min<L: Lanes>(a: u32, b: u32) -> u32 {
    b ^ less::<L>(a, b)
}

/// What is done with two words of pixels.
pub(super) trait Operation {
    fn word<L: Lanes>(a: u32, b: u32) -> u32;
}

/// Makes words of themselves and of others.
type Work = fn(&[Four], &[Four]);

/// An operation on words of both formats of whole bytes, and on 32 bits.
pub(super) struct Calculation {
    grey: Work,
    color: Work,
    pub(super) bits: fn(u32, u32) -> u32,
}

fn work<O: Operation, L: Lanes>(words: &[Four], others: &[Four]) {
    for (word, other) in words.iter().zip(others) {
        words::put(word, O::word::<L>(words::get(word), words::get(other)));
    }
}

impl Calculation {
    const fn of<O: Operation>() -> Self {
        Calculation { grey: work::<O, Grey>, color: work::<O, Color>, bits: O::word::<Bits> }
    }

    /// Makes a row of itself and of another one of its length, in colours or in grayscale.
    pub(super) fn row(&self, is_color: bool, row: &[Cell<u8>], other: &[Cell<u8>]) {
        let work = if is_color { self.color } else { self.grey };
        let ((words, end), (others, others_end)) = (row.as_chunks(), other.as_chunks());
        work(words, others);
        if !end.is_empty() {
            // a word of which the low bytes are there
            let [word, other] = [end, others_end].map(|end| words::get_some(end).to_le_bytes());
            let [word, other] = [word.map(Cell::new), other.map(Cell::new)];
            let word = [word];
            work(&word, &[other]);
            words::put_some(end, words::get(&word[0]));
        }
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $constant:ident $name:ident = |$a:ident, $b:ident| $code:expr;)*) => {$(
        struct $name;

        impl Operation for $name {
            #[inline(always)]
            fn word<L: Lanes>($a: u32, $b: u32) -> u32 {
                $code
            }
        }

        $(#[$doc])*
        pub(super) static $constant: Calculation = Calculation::of::<$name>();
    )*};
}

operations! {
    /// Sums, at most the greatest value.
    ADD Add = |a, b| !(!a).wrapping_sub(min::<L>(!a, b));
    /// The first less the second, at least 0.
    SUB Sub = |a, b| a.wrapping_sub(min::<L>(a, b));
    /// The second less the first, at least 0.
    RSUB Rsub = |a, b| b.wrapping_sub(min::<L>(a, b));
    MIN Min = |a, b| min::<L>(a, b);
    MAX Max = |a, b| a ^ less::<L>(a, b);
    /// How far they are apart.
    DIFFERENCE Difference = |a, b| {
        let less = less::<L>(a, b);
        (a ^ less).wrapping_sub(b ^ less)
    };
    AND And = |a, b| a & b;
    NAND Nand = |a, b| !(a & b);
    OR Or = |a, b| a | b;
    NOR Nor = |a, b| !(a | b);
    XOR Xor = |a, b| a ^ b;
    XNOR Xnor = |a, b| !(a ^ b);
    /// The second.
    SET Set = |_a, b| b;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Widths of lanes, from the lowest on.
    const GREY: [u32; 4] = [8; 4];
    const COLOR: [u32; 6] = [5, 6, 5, 5, 6, 5];
    const BITS: [u32; 32] = [1; 32];

    /// What is done with each lane, whose greatest value is given.
    type Each = fn(u32, u32, u32) -> u32;

    const ALL: [(&Calculation, Each); 13] = [
        (&ADD, |a, b, most| (a + b).min(most)),
        (&SUB, |a, b, _| a.saturating_sub(b)),
        (&RSUB, |a, b, _| b.saturating_sub(a)),
        (&MIN, |a, b, _| a.min(b)),
        (&MAX, |a, b, _| a.max(b)),
        (&DIFFERENCE, |a, b, _| a.abs_diff(b)),
        (&AND, |a, b, _| a & b),
        (&NAND, |a, b, most| most ^ a & b),
        (&OR, |a, b, _| a | b),
        (&NOR, |a, b, most| most ^ (a | b)),
        (&XOR, |a, b, _| a ^ b),
        (&XNOR, |a, b, most| most ^ a ^ b),
        (&SET, |_, b, _| b),
    ];

    fn by_lanes(widths: &[u32], a: u32, b: u32, each: Each) -> u32 {
        let (mut result, mut at) = (0, 0);
        for width in widths {
            let most = (1 << width) - 1;
            result |= each(a >> at & most, b >> at & most, most) << at;
            at += width;
        }
        assert_eq!(at, 32);
        result
    }

    /// The words at an odd place, with a byte in front and as many pixels more than whole words as there may be.
    fn by_rows(calculation: &Calculation, is_color: bool, a: u32, b: u32) -> u32 {
        let more = if is_color { 2 } else { 3 };
        let row = |word: u32| {
            let bytes = word.to_le_bytes();
            core::array::from_fn::<_, 8, _>(|i| Cell::new(bytes[(i + 3) % 4]))
        };
        let (row, other) = (row(a), row(b));
        calculation.row(is_color, &row[1..5 + more], &other[1..5 + more]);
        let cells: Four = core::array::from_fn(|i| row[1 + i].clone());
        // the rest is like the beginning, and what lies around stays
        assert!((0..more).all(|i| row[5 + i] == row[1 + i]));
        assert_eq!(row[0].get(), a.to_le_bytes()[3]);
        assert!(
            row[5 + more..]
                .iter()
                .zip(a.to_le_bytes().iter().skip(more))
                .all(|(c, b)| c.get() == *b)
        );
        words::get(&cells)
    }

    fn compare(a: u32, b: u32) {
        for (i, (calculation, each)) in ALL.into_iter().enumerate() {
            let grey = by_rows(calculation, false, a, b);
            assert_eq!(grey, by_lanes(&GREY, a, b, each), "{i} {a:#x} {b:#x}");
            let color = by_rows(calculation, true, a, b);
            assert_eq!(color, by_lanes(&COLOR, a, b, each), "{i} {a:#x} {b:#x}");
            let bits = (calculation.bits)(a, b);
            assert_eq!(bits, by_lanes(&BITS, a, b, each), "{i} {a:#x} {b:#x}");
        }
    }

    proptest! {
        #[test]
        fn words_are_what_lanes_make(a in any::<u32>(), b in any::<u32>(), same in any::<u32>()) {
            compare(a, b);
            // many lanes are equal
            compare(a, a ^ b & same & same.rotate_left(7));
        }
    }

    #[test]
    fn all_pairs_of_bytes() {
        for a in 0..=255u32 {
            for b in 0..=255u32 {
                let all = |byte: u32| byte * 0x0101_0101;
                compare(all(a), all(b));
                compare(a << 8 | (255 - b) << 24, b << 8 | (255 - a) << 24);
            }
        }
    }
}
