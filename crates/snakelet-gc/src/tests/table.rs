//! The scans over the table, against plain loops.

use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use crate::table::{self, BITS, Chunk};

/// A table in which each object is `(free blocks before it, its blocks)`, and its plain form.
fn build(objects: &[(usize, usize)]) -> (Vec<Chunk>, Vec<u8>) {
    let mut plain = Vec::new();
    for &(free, blocks) in objects {
        plain.extend(core::iter::repeat_n(b'.', free));
        plain.push(b'h');
        plain.extend(core::iter::repeat_n(b'=', blocks - 1));
    }
    let mut chunks = vec![Chunk::default(); plain.len().div_ceil(BITS)];
    for head in (0..plain.len()).filter(|&block| plain[block] == b'h') {
        let blocks = 1 + plain[head + 1..].iter().take_while(|&&block| block == b'=').count();
        table::set_object(&mut chunks, head, blocks);
    }
    (chunks, plain)
}

proptest! {
    #[test]
    fn scans_agree_with_loops(
        objects in proptest::collection::vec((0_usize..80, 1_usize..150), 1..12),
        from in 0_usize..1500,
        least in 1_usize..70,
    ) {
        let (chunks, plain) = build(&objects);
        let end = plain.len();
        let from = from % end;
        let used = (from..end).find(|&block| plain[block] != b'.').unwrap_or(end);
        prop_assert_eq!(table::scan(&chunks, from, end, Chunk::used), used);
        let back = (0..from).rev().find(|&block| plain[block] == b'h');
        prop_assert_eq!(table::scan_back(&chunks, from, |chunk| chunk.lo), back);
        let runs: Vec<(usize, usize)> = (0..end)
            .filter(|&start| plain[start] == b'.' && (start == 0 || plain[start - 1] != b'.'))
            .map(|start| {
                let stop = (start..end).find(|&block| plain[block] != b'.').unwrap_or(end);
                (start, stop)
            })
            .collect();
        let fits = |run: &&(usize, usize)| run.1 - run.0 >= least;
        let first = runs.iter().find(fits).copied();
        prop_assert_eq!(table::find_run(&chunks, 0, end, least), first);
        let last = runs.iter().rev().find(fits).map(|run| (run.1 - least, run.1));
        prop_assert_eq!(table::find_run_back(&chunks, end, least), last);
        let count = plain[from..].iter().filter(|&&block| block != b'.').count();
        prop_assert_eq!(table::count_used(&chunks, from, end), count);
        for head in (0..end).filter(|&block| plain[block] == b'h') {
            let stop = (head + 1..end).find(|&block| plain[block] != b'=').unwrap_or(end);
            prop_assert_eq!(table::object_end(&chunks, head, end), stop);
        }
    }

    #[test]
    fn clearing_leaves_the_neighbours(from in 0_usize..200, len in 0_usize..200) {
        let mut chunks = vec![Chunk { lo: usize::MAX, hi: usize::MAX }; 400 / BITS + 1];
        let size = chunks.len() * BITS;
        table::clear(&mut chunks, from, from + len);
        prop_assert_eq!(table::count_used(&chunks, from, from + len), 0);
        prop_assert_eq!(table::count_used(&chunks, 0, size), size - len);
    }
}

#[test]
fn indices_past_the_end_are_harmless() {
    let mut chunks = [Chunk::default(); 1];
    table::set_object(&mut chunks, 5 * BITS, 3);
    table::clear(&mut chunks, BITS - 1, 4 * BITS);
    assert_eq!(table::scan(&chunks, 9 * BITS, 10 * BITS, Chunk::used), 10 * BITS);
    assert_eq!(table::scan_back(&chunks, 9 * BITS, Chunk::used), None);
    assert_eq!(table::find_run(&[], 0, 0, 1), None);
    assert_eq!(table::find_run_back(&[], 0, 1), None);
}
