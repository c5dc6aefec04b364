//! Statistics and the block map.

use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use super::{Vm, heap, leaf};
use crate::{BLOCK, BLOCK_WORDS, Heap, Place, header};

fn lines(heap: &mut Heap) -> Vec<String> {
    let mut lines = Vec::new();
    heap.block_map(
        // SAFETY: the map asks for heads only.
        &mut |object| if unsafe { *object } & header::PINNED != 0 { b'P' } else { b'h' },
        &mut |line| lines.push(String::from_utf8(line.to_vec()).unwrap()),
    );
    lines
}

#[test]
fn the_map_shows_heads_tails_and_counts_free_lines() {
    let mut heap = heap(8192);
    let blocks = heap.total_bytes() / BLOCK;
    let first = leaf(&mut heap, 1).unwrap();
    leaf(&mut heap, 3 * BLOCK_WORDS).unwrap();
    leaf(&mut heap, 1).unwrap();
    heap.allocate(header::PINNED, 2 * BLOCK_WORDS, Place::High).unwrap();
    let shown = lines(&mut heap);
    assert_eq!(shown[0], format!("GC memory layout; from {first:x}:"));
    assert_eq!(shown[1], format!("00000000: hh==h{}", ".".repeat(59)));
    assert_eq!(shown[2], format!("       ({} lines all free)", (blocks - 64 - 2) / 64));
    let rest = blocks % 64;
    let last = format!("{:08x}: {}P=", (blocks - rest) * BLOCK, ".".repeat(rest - 2));
    assert_eq!(shown[3..], [last]);
}

#[test]
fn one_free_line_is_drawn() {
    let mut heap = heap(2200);
    let blocks = heap.total_bytes() / BLOCK;
    assert!((128..192).contains(&blocks));
    leaf(&mut heap, 64 * BLOCK_WORDS).unwrap();
    let shown = lines(&mut heap);
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[2], format!("00000400: {}", ".".repeat(64)));
}

#[test]
fn statistics_count_what_is_there() {
    let mut heap = heap(8192);
    let sizes = [1, 2, 2, 5, 1, 1, 9];
    let objects: Vec<_> =
        sizes.iter().map(|size| leaf(&mut heap, size * BLOCK_WORDS).unwrap()).collect();
    let mut vm = Vm { roots: objects, ..Vm::default() };
    vm.roots.remove(3);
    heap.collect(&mut vm);
    let stats = heap.stats();
    assert_eq!((stats.one_block_count, stats.two_block_count, stats.max_block), (3, 2, 9));
    assert_eq!((stats.used, stats.total), (16 * BLOCK, heap.total_bytes()));
    assert_eq!(stats.free, stats.total - stats.used);
    assert_eq!(stats.largest_free_run, stats.free - 5 * BLOCK);
    assert_eq!(heap.objects().count(), 6);
    assert_eq!(heap.objects().map(|object| object.addr()).collect::<Vec<_>>(), vm.roots);
    assert_eq!(vec![heap.free_bytes(), heap.used_bytes()], [stats.free, stats.used]);
}
