//! Rows of bytes, worked on four at a time.
//!
//! Loads of four neighbouring bytes become one load of a word, and stores likewise, where a target may access words at
//! any address. So most of what is done with whole rows takes a few instructions a pixel.

use core::cell::Cell;

/// Bytes of a row that are worked on together.
pub(super) type Four = [Cell<u8>; 4];

/// Four bytes as a word, the first lowest.
#[inline(always)]
pub(super) fn get(four: &Four) -> u32 {
    let [a, b, c, d] = four;
    u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()])
}

/// Stores a word.
#[inline(always)]
pub(super) fn put(four: &Four, word: u32) {
    let [a, b, c, d] = four;
    let bytes = word.to_le_bytes();
    a.set(bytes[0]);
    b.set(bytes[1]);
    c.set(bytes[2]);
    d.set(bytes[3]);
}

/// Up to four bytes as the low ones of a word.
#[inline(never)]
pub(super) fn get_some(some: &[Cell<u8>]) -> u32 {
    some.iter().rev().fold(0, |word, cell| word << 8 | u32::from(cell.get()))
}

/// Stores as many of the low bytes of a word as there is room for.
#[inline(never)]
pub(super) fn put_some(some: &[Cell<u8>], word: u32) {
    some.iter().zip(word.to_le_bytes()).for_each(|(cell, byte)| cell.set(byte));
}

/// Makes a row of another one of its length, or of itself, word by word. Of a word at the end, only the low bytes
/// may be there.
#[inline(always)]
pub(super) fn map(to: &[Cell<u8>], from: &[Cell<u8>], work: impl Fn(u32) -> u32) {
    let ((words, end), (from, from_end)) = (to.as_chunks(), from.as_chunks());
    for (to, from) in words.iter().zip(from) {
        put(to, work(get(from)));
    }
    if !end.is_empty() {
        put_some(end, work(get_some(from_end)));
    }
}

/// Copies a row to one of its length.
pub(super) fn copy(to: &[Cell<u8>], from: &[Cell<u8>]) {
    let ((words, end), (from, from_end)) = (to.as_chunks::<4>(), from.as_chunks::<4>());
    let ((blocks, rest), (from, from_rest)) = (words.as_chunks(), from.as_chunks());
    for ([a, b, c, d], [e, f, g, h]) in blocks.iter().zip(from) {
        let (first, second, third, fourth) = (get(e), get(f), get(g), get(h));
        put(a, first);
        put(b, second);
        put(c, third);
        put(d, fourth);
    }
    rest.iter().zip(from_rest).for_each(|(to, from)| put(to, get(from)));
    put_some(end, get_some(from_end));
}

/// Makes each byte of a row what a table says.
pub(super) fn look_up(to: &[Cell<u8>], from: &[Cell<u8>], table: &[u8; 256]) {
    let entry = |byte: u8| table[usize::from(byte)];
    map(to, from, |word| {
        let [a, b, c, d] = word.to_le_bytes();
        u32::from_le_bytes([entry(a), entry(b), entry(c), entry(d)])
    });
}

/// Counts how often each byte occurs in a row.
pub(super) fn count(row: &[Cell<u8>], bins: &mut [u32; 256]) {
    let (words, end) = row.as_chunks();
    let mut one_more = |byte: u8| bins[usize::from(byte)] += 1;
    for word in words {
        let [a, b, c, d] = get(word).to_le_bytes();
        one_more(a);
        one_more(b);
        one_more(c);
        one_more(d);
    }
    end.iter().for_each(|cell| one_more(cell.get()));
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::vec::Vec;

    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Cell<u8>> {
        bytes.iter().copied().map(Cell::new).collect()
    }

    fn bytes(cells: &[Cell<u8>]) -> Vec<u8> {
        cells.iter().map(Cell::get).collect()
    }

    proptest! {
        #[test]
        fn rows_are_what_single_bytes_make(pairs in vec(any::<(u8, u8)>(), 0..90), skip in 0usize..5) {
            let (row, other): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let skip = skip.min(row.len());
            let (before, others) = (row[skip..].to_vec(), cells(&other));
            let others = &others[skip..];
            // what lies before and behind stays
            let (all, expected) = (cells(&row), |each: &dyn Fn(u8, u8) -> u8| {
                let changed = before.iter().zip(others).map(|(a, b)| each(*a, b.get()));
                row[..skip].iter().copied().chain(changed).collect::<Vec<_>>()
            });
            let part = &all[skip..];
            let reset = || part.iter().zip(&before).for_each(|(cell, byte)| cell.set(*byte));

            map(part, others, |word| !word);
            prop_assert_eq!(bytes(&all), expected(&|_, b| !b));
            reset();
            copy(part, others);
            prop_assert_eq!(bytes(&all), expected(&|_, b| b));
            reset();
            let table = core::array::from_fn(|i| (i as u8).wrapping_mul(7) ^ 0x5A);
            look_up(part, part, &table);
            prop_assert_eq!(bytes(&all), expected(&|a, _| table[usize::from(a)]));
            let mut bins = [0; 256];
            count(others, &mut bins);
            for (value, count) in (0..=255u8).zip(bins) {
                let expected = others.iter().filter(|cell| cell.get() == value).count();
                prop_assert_eq!(count as usize, expected);
            }
        }
    }
}
