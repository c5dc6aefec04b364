//! Statistics, and the block map that `micropython.mem_info(1)` prints.

use crate::region::Region;
use crate::table::{self, BITS, Chunk};
use crate::{BLOCK, Heap, Word};

/// Blocks in a row of the map.
const ROW: usize = 64;

/// What `micropython.mem_info()` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Bytes in all blocks.
    pub total: usize,
    /// Bytes in used blocks.
    pub used: usize,
    /// Bytes in free blocks.
    pub free: usize,
    /// Bytes of the longest run of free blocks.
    pub largest_free_run: usize,
    /// Objects of one block.
    pub one_block_count: usize,
    /// Objects of two blocks.
    pub two_block_count: usize,
    /// Blocks of the largest object.
    pub max_block: usize,
}

impl Heap {
    /// Walks the tables and counts.
    pub fn stats(&mut self) -> Stats {
        self.retire_run();
        let mut stats = Stats {
            total: self.total_bytes(),
            used: self.used_bytes(),
            free: self.free_bytes(),
            ..Stats::default()
        };
        for region in self.live_regions() {
            let (table, end) = (region.table(), region.blocks());
            let mut from = 0;
            while let Some((start, stop)) = table::find_run(table, from, end, 1) {
                stats.largest_free_run = stats.largest_free_run.max((stop - start) * BLOCK);
                from = stop;
            }
            let mut head = table::scan(table, 0, end, |chunk| chunk.lo);
            while head < end {
                let stop = table::object_end(table, head, end);
                match stop - head {
                    1 => stats.one_block_count += 1,
                    2 => stats.two_block_count += 1,
                    _ => {}
                }
                stats.max_block = stats.max_block.max(stop - head);
                head = table::scan(table, stop, end, |chunk| chunk.lo);
            }
        }
        stats
    }

    /// Draws the table: `out` gets each line, without a line end, of each region.
    ///
    /// A head is drawn as `letter` of its object says, a tail as `=`, a free block as `.`. A line
    /// is the offset in hexadecimal and 64 blocks; two or more free lines are only counted.
    pub fn block_map(
        &mut self,
        letter: &mut dyn FnMut(*const Word) -> u8,
        out: &mut dyn FnMut(&[u8]),
    ) {
        self.retire_run();
        for region in self.live_regions() {
            let mut line = Line::new();
            line.text(b"GC memory layout; from ");
            line.hexadecimal(region.address(0).addr(), 1);
            line.text(b":");
            line.end(out);
            draw(region, letter, out);
        }
    }
}

fn draw(region: &Region, letter: &mut dyn FnMut(*const Word) -> u8, out: &mut dyn FnMut(&[u8])) {
    let (table, end) = (region.table(), region.blocks());
    let mut start = 0;
    while start < end {
        let mut line = Line::new();
        let free = table::scan(table, start, end, Chunk::used) - start;
        if free >= 2 * ROW {
            line.text(b"       (");
            line.decimal(free / ROW);
            line.text(b" lines all free)");
            line.end(out);
            start += free / ROW * ROW;
            continue;
        }
        line.hexadecimal(start * BLOCK, 8);
        line.text(b": ");
        for block in start..end.min(start + ROW) {
            let chunk = table::chunk(table, block / BITS);
            let is = |bits: usize| bits >> (block % BITS) & 1 == 1;
            line.byte(if is(chunk.lo) {
                letter(region.address(block))
            } else if is(chunk.hi) {
                b'='
            } else {
                b'.'
            });
        }
        line.end(out);
        start += ROW;
    }
}

/// A line of the map; what does not fit is dropped.
struct Line {
    bytes: [u8; 96],
    len: usize,
}

impl Line {
    const fn new() -> Self {
        Self { bytes: [0; 96], len: 0 }
    }

    fn byte(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn text(&mut self, text: &[u8]) {
        text.iter().for_each(|&byte| self.byte(byte));
    }

    fn hexadecimal(&mut self, value: usize, least: u32) {
        let digits = (usize::BITS - value.leading_zeros()).div_ceil(4).max(least);
        for place in (0..digits).rev() {
            let digit = value.checked_shr(place * 4).unwrap_or(0) as u8 & 15;
            self.byte(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
        }
    }

    fn decimal(&mut self, value: usize) {
        if value >= 10 {
            self.decimal(value / 10);
        }
        self.byte(b'0' + (value % 10) as u8);
    }

    fn end(&self, out: &mut dyn FnMut(&[u8])) {
        out(self.bytes.get(..self.len).unwrap_or_default());
    }
}
