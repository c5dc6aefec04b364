//! The allocation table: two bits a block, and the scans over them.
//!
//! The two bits of a block lie in two planes of the same [`Chunk`], so that one word operation
//! looks at as many blocks as a machine word has bits:
//!
//! | `hi` | `lo` | the block is                              |
//! |------|------|-------------------------------------------|
//! | 0    | 0    | free                                      |
//! | 0    | 1    | the head of an object                     |
//! | 1    | 0    | a tail: goes on with the object before it |
//! | 1    | 1    | a marked head (only inside a collection)  |
//!
//! Invariant: a tail follows a head, a marked head or a tail. Bits past a region's last block are
//! zero. Nothing here touches the blocks themselves, and every function accepts any index.

/// Blocks described by one [`Chunk`].
pub(crate) const BITS: usize = usize::BITS as usize;

/// The states of [`BITS`] consecutive blocks.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Chunk {
    /// Heads, marked or not.
    pub(crate) lo: usize,
    /// Tails and marked heads.
    pub(crate) hi: usize,
}

impl Chunk {
    pub(crate) const fn used(self) -> usize {
        self.lo | self.hi
    }

    pub(crate) const fn tails(self) -> usize {
        self.hi & !self.lo
    }

    pub(crate) const fn marked(self) -> usize {
        self.hi & self.lo
    }

    pub(crate) const fn unmarked(self) -> usize {
        self.lo & !self.hi
    }
}

/// The chunk at `index`; past the end everything is free.
#[inline]
pub(crate) fn chunk(table: &[Chunk], index: usize) -> Chunk {
    table.get(index).copied().unwrap_or_default()
}

/// The first block in `from..end` whose bit is set in what `pick` makes of its chunk, or `end`.
#[inline]
pub(crate) fn scan(
    table: &[Chunk],
    from: usize,
    end: usize,
    pick: impl Fn(Chunk) -> usize,
) -> usize {
    if from >= end {
        return end;
    }
    let mut index = from / BITS;
    let mut bits = pick(chunk(table, index)) & (usize::MAX << (from % BITS));
    while bits == 0 {
        index += 1;
        if index * BITS >= end {
            return end;
        }
        bits = pick(chunk(table, index));
    }
    (index * BITS + bits.trailing_zeros() as usize).min(end)
}

/// The last block below `below` whose bit is set in what `pick` makes of its chunk.
pub(crate) fn scan_back(
    table: &[Chunk],
    below: usize,
    pick: impl Fn(Chunk) -> usize,
) -> Option<usize> {
    let last = below.checked_sub(1)?;
    let mut index = last / BITS;
    let mut bits = pick(chunk(table, index)) & (usize::MAX >> (BITS - 1 - last % BITS));
    while bits == 0 {
        index = index.checked_sub(1)?;
        bits = pick(chunk(table, index));
    }
    Some(index * BITS + BITS - 1 - bits.leading_zeros() as usize)
}

/// The heads of the chunks `from..to`, in order.
#[inline]
pub(crate) fn heads(table: &[Chunk], from: usize, to: usize) -> impl Iterator<Item = usize> {
    let chunks = table.get(from..to.min(table.len())).unwrap_or_default();
    chunks.iter().enumerate().flat_map(move |(index, chunk)| {
        let mut bits = chunk.lo;
        core::iter::from_fn(move || {
            let bit = bits.trailing_zeros() as usize;
            if bits == 0 {
                return None;
            }
            bits &= bits - 1;
            Some((from + index) * BITS + bit)
        })
    })
}

/// One past the last block of the object headed at `head`.
#[inline]
pub(crate) fn object_end(table: &[Chunk], head: usize, end: usize) -> usize {
    scan(table, head + 1, end, |c| !c.tails())
}

/// The first free run of at least `blocks` blocks in `from..end`, as `(start, end)`.
pub(crate) fn find_run(
    table: &[Chunk],
    from: usize,
    end: usize,
    blocks: usize,
) -> Option<(usize, usize)> {
    find_run_up_to(table, from, end, blocks, usize::MAX)
}

/// Like [`find_run`], but a run that is longer than `most` blocks (and `blocks`) is cut there.
pub(crate) fn find_run_up_to(
    table: &[Chunk],
    from: usize,
    end: usize,
    blocks: usize,
    most: usize,
) -> Option<(usize, usize)> {
    let mut start = scan(table, from, end, |c| !c.used());
    while end - start >= blocks {
        let limit = end.min(start.saturating_add(blocks.max(most)));
        let stop = scan(table, start, limit, Chunk::used);
        if stop - start >= blocks {
            return Some((start, stop));
        }
        start = scan(table, stop, end, |c| !c.used());
    }
    None
}

/// The last `blocks` free blocks below `below`, as `(start, end)`.
pub(crate) fn find_run_back(
    table: &[Chunk],
    below: usize,
    blocks: usize,
) -> Option<(usize, usize)> {
    let mut top = below;
    loop {
        let end = scan_back(table, top, |c| !c.used())? + 1;
        let start = end.checked_sub(blocks)?;
        let used = scan(table, start, end, Chunk::used);
        if used == end {
            return Some((start, end));
        }
        // a run that ends above this block is too short
        top = used;
    }
}

/// Calls `change` with each chunk that has blocks of `from..to`, and the mask of those blocks.
fn for_range(
    table: &mut [Chunk],
    from: usize,
    to: usize,
    mut change: impl FnMut(&mut Chunk, usize),
) {
    let mut at = from;
    while at < to {
        let bit = at % BITS;
        let many = (BITS - bit).min(to - at);
        let mask = (usize::MAX >> (BITS - many)) << bit;
        if let Some(chunk) = table.get_mut(at / BITS) {
            change(chunk, mask);
        }
        at += many;
    }
}

/// Makes the blocks `from..to` tails.
pub(crate) fn set_tails(table: &mut [Chunk], from: usize, to: usize) {
    for_range(table, from, to, |chunk, mask| {
        chunk.lo &= !mask;
        chunk.hi |= mask;
    });
}

/// Makes each of the blocks `from..to` an object.
pub(crate) fn set_heads(table: &mut [Chunk], from: usize, to: usize) {
    for_range(table, from, to, |chunk, mask| {
        chunk.lo |= mask;
        chunk.hi &= !mask;
    });
}

/// Writes an object of `blocks` blocks, at least one, at `head`.
#[inline]
pub(crate) fn set_object(table: &mut [Chunk], head: usize, blocks: usize) {
    if let Some(chunk) = table.get_mut(head / BITS) {
        let bit = 1 << (head % BITS);
        chunk.lo |= bit;
        chunk.hi &= !bit;
    }
    set_tails(table, head + 1, head + blocks);
}

/// Makes the blocks `from..to` free.
pub(crate) fn clear(table: &mut [Chunk], from: usize, to: usize) {
    for_range(table, from, to, |chunk, mask| {
        chunk.lo &= !mask;
        chunk.hi &= !mask;
    });
}

/// The used blocks in `from..to`.
pub(crate) fn count_used(table: &[Chunk], from: usize, to: usize) -> usize {
    let mut count = 0;
    let mut at = from;
    while at < to {
        let bit = at % BITS;
        let many = (BITS - bit).min(to - at);
        let mask = (usize::MAX >> (BITS - many)) << bit;
        count += (chunk(table, at / BITS).used() & mask).count_ones() as usize;
        at += many;
    }
    count
}
