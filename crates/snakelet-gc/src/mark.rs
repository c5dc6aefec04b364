//! Marking: depth-first tracing from the roots, in memory of a fixed size.
//!
//! The mark bit is set when an object is first met. An object with references is then traced at
//! once; what is left of the object it was met in waits on a stack, unless that was its last
//! word, so that a chain linked by its last word needs no stack at all. When the stack is full
//! the new object is put off instead: into a short queue, and when that is full too, by a bit in
//! its header, [`header::GREY`], for which the heap is searched later. The search is confined to
//! the part of the table where such objects were made.
//!
//! The search makes passes: an object put off behind the current position, or ahead of the
//! pass's end, waits for the next one. A deep structure laid out in address order, whichever way,
//! is so traced with every pass going over just what the pass before has put off.
#![allow(unsafe_code, reason = "reads the words of objects")]

use core::ptr::NonNull;

use crate::region::Region;
use crate::table::{BITS, Chunk};
use crate::{BLOCK, Model, REGIONS, Word, header, table};

/// Objects that wait on the stack.
const DEPTH: usize = 48;
/// Objects that wait in the queue.
const QUEUE: usize = 32;
/// Words of an object that are traced in one go.
const PIECE: usize = if SMALL { 8 } else { 1024 };
/// Words of an object from which on it counts as several.
const LARGE: usize = if SMALL { 4 } else { 64 };
/// Objects traced, headers looked at, and references updated, between two polls of the model.
pub(crate) const PACE: usize = if SMALL { 12 } else { 512 };
/// The heaps of tests are small: pieces and polls are to be met in them, too.
pub(crate) const SMALL: bool = cfg!(any(test, feature = "testing"));

/// The rest of an object that is being traced, at least one word.
#[derive(Clone, Copy)]
struct Rest {
    next: *const Word,
    end: *const Word,
}

/// A range of blocks.
#[derive(Clone, Copy)]
struct Span {
    from: usize,
    to: usize,
}

impl Span {
    const EMPTY: Self = Self { from: usize::MAX, to: 0 };
}

/// The state of one marking.
pub(crate) struct Marker<'h> {
    regions: &'h mut [Region],
    stack: [Rest; DEPTH],
    queue: [Word; QUEUE],
    queued: usize,
    /// Where objects with the grey bit are, by region.
    grey: [Span; REGIONS],
    /// The region that is being searched for grey objects, and what is still to be searched.
    search: (usize, Span),
    /// Objects with the grey bit.
    greys: usize,
    /// Work until the next poll.
    pace: usize,
    /// The model wants no more of it.
    abandoned: bool,
    /// All marks are there, and the sweep is to take them.
    complete: bool,
}

/// A marking that does not come to its end, because it is abandoned or the model panics, leaves no trace.
impl Drop for Marker<'_> {
    fn drop(&mut self) {
        if !self.complete {
            self.clear_grey();
            for region in self.regions.iter_mut() {
                for chunk in region.table_mut() {
                    chunk.hi = chunk.tails();
                }
            }
        }
    }
}

impl<'h> Marker<'h> {
    pub(crate) fn new(regions: &'h mut [Region]) -> Self {
        Self {
            regions,
            stack: [Rest { next: core::ptr::null(), end: core::ptr::null() }; DEPTH],
            queue: [0; QUEUE],
            queued: 0,
            grey: [Span::EMPTY; REGIONS],
            search: (0, Span::EMPTY),
            greys: 0,
            pace: PACE,
            abandoned: false,
            complete: false,
        }
    }

    /// Whether all that lives is marked; then the marks are left to the sweep.
    pub(crate) fn complete(&mut self) -> bool {
        self.complete = !self.abandoned;
        self.complete
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned
    }

    /// Counts work, and polls the model when it is time. True when there is to be no more.
    #[inline(always)]
    fn tire<M: Model>(&mut self, model: &mut M, work: usize) -> bool {
        match self.pace.checked_sub(work) {
            Some(left) => {
                self.pace = left;
                false
            }
            None => {
                self.pace = PACE;
                self.poll(model)
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn poll<M: Model>(&mut self, model: &mut M) -> bool {
        self.abandoned = self.abandoned || model.poll();
        self.abandoned
    }

    /// Clears all grey bits.
    fn clear_grey(&mut self) {
        for index in 0..self.regions.len() {
            for span in [self.grey.get(index).copied(), Some(self.search.1)].into_iter().flatten() {
                let Some(region) = self.regions.get_mut(index) else { return };
                let mut block = span.from;
                while self.greys > 0 && block < span.to {
                    block = table::scan(region.table(), block, span.to, |chunk| chunk.marked());
                    let old = region.header(block);
                    if block < span.to && old & header::GREY != 0 {
                        region.set_header(block, old & !header::GREY);
                        self.greys -= 1;
                    }
                    block += 1;
                }
            }
        }
    }

    /// Marks all that is reachable from the roots.
    pub(crate) fn mark_roots<M: Model>(&mut self, model: &mut M) {
        model.visit_roots(&mut |word| {
            if word.is_multiple_of(BLOCK) {
                self.put_off_unmarked(*word);
            }
        });
        self.drain(model);
    }

    /// Marks an object and puts off tracing it. False when it was marked already.
    pub(crate) fn put_off_unmarked(&mut self, word: Word) -> bool {
        let found = self.mark(word);
        if found {
            self.put_off(word);
        }
        found
    }

    /// Shows a watched immediate to the model, and marks the object that it stands for.
    #[cold]
    #[inline(never)]
    fn immediate<M: Model>(&mut self, model: &mut M, word: Word) {
        let object = model.immediate(word);
        if object != 0 && self.mark(object) {
            let at = core::ptr::with_exposed_provenance::<Word>(object);
            if model.layout(at, || self.blocks_of(object)).count > 0 {
                self.put_off(object);
            }
        }
    }

    /// Sets the mark of the object at `word`. True if it was not set.
    fn mark(&mut self, word: Word) -> bool {
        // SAFETY: the regions are borrowed exclusively, and no table is in use.
        self.find(word).is_some_and(|(chunks, offset)| unsafe { mark(chunks, offset) })
    }

    /// The table of the region that a word refers to, and the offset in bytes there.
    #[inline(never)]
    fn find(&self, word: Word) -> Option<(NonNull<Chunk>, usize)> {
        self.regions.iter().find_map(|region| {
            let home = region.handle();
            home.offset(word).map(|offset| (home.chunks, offset))
        })
    }

    /// The size of an object in blocks.
    #[cold]
    #[inline(never)]
    fn blocks_of(&self, word: Word) -> usize {
        let Some((region, block)) = self.locate(word) else { return 1 };
        let Some(region) = self.regions.get(region) else { return 1 };
        table::object_end(region.table(), block, region.blocks()) - block
    }

    /// Leaves the tracing of a marked object for later.
    #[cold]
    #[inline(never)]
    fn put_off(&mut self, word: Word) {
        if let Some(slot) = self.queue.get_mut(self.queued) {
            *slot = word;
            self.queued += 1;
            return;
        }
        let Some((region, block)) = self.locate(word) else { return };
        if let Some(region) = self.regions.get_mut(region) {
            let old = region.header(block);
            region.set_header(block, old | header::GREY);
            self.greys += 1;
        }
        let (searched, ahead) = self.search;
        if searched == region && ahead.from <= block && block < ahead.to {
            return;
        }
        if let Some(span) = self.grey.get_mut(region) {
            span.from = span.from.min(block);
            span.to = span.to.max(block + 1);
        }
    }

    /// Traces everything that was put off.
    pub(crate) fn drain<M: Model>(&mut self, model: &mut M) {
        self.drain_queue(model);
        while self.grey.iter().any(|span| span.from < span.to) {
            for index in 0..self.regions.len() {
                let Some(span) = self.grey.get_mut(index) else { break };
                self.search = (index, core::mem::replace(span, Span::EMPTY));
                while let Some(block) = self.next_grey(model) {
                    self.trace_block(model, index, block);
                    self.drain_queue(model);
                }
                if self.abandoned {
                    return;
                }
            }
        }
        self.search = (0, Span::EMPTY);
    }

    fn locate(&self, word: Word) -> Option<(usize, usize)> {
        self.regions
            .iter()
            .enumerate()
            .find_map(|(index, region)| Some((index, region.block(word)?)))
    }

    fn drain_queue<M: Model>(&mut self, model: &mut M) {
        while let Some(last) = self.queued.checked_sub(1)
            && !self.abandoned
        {
            self.queued = last;
            let word = self.queue.get(last).copied().unwrap_or(0);
            if let Some((region, block)) = self.locate(word) {
                self.trace_block(model, region, block);
            }
        }
    }

    /// The next grey object of the current search, no longer grey.
    fn next_grey<M: Model>(&mut self, model: &mut M) -> Option<usize> {
        while self.search.1.from < self.search.1.to && !self.tire(model, 1) && !self.abandoned {
            let (index, span) = &mut self.search;
            let region = self.regions.get_mut(*index)?;
            let block = table::scan(region.table(), span.from, span.to, |chunk| chunk.marked());
            if block >= span.to {
                span.from = span.to;
                break;
            }
            span.from = block + 1;
            let old = region.header(block);
            if old & header::GREY != 0 {
                region.set_header(block, old & !header::GREY);
                self.greys = self.greys.saturating_sub(1);
                return Some(block);
            }
        }
        None
    }

    fn trace_block<M: Model>(&mut self, model: &mut M, region: usize, block: usize) {
        let Some(region) = self.regions.get(region) else { return };
        let object = region.address(block).cast_const();
        let layout = model
            .layout(object, || table::object_end(region.table(), block, region.blocks()) - block);
        if layout.count > 0 {
            let next = object.wrapping_add(layout.first as usize);
            let end = next.wrapping_add(layout.count as usize);
            self.trace(model, Rest { next, end });
        }
    }

    /// Counts a long rest as the work that it is, and polls the model when it is time. Returns the end of its first
    /// piece, how many rests wait on the stack, where what is left of it is put if there is room, and the work until
    /// the next poll, which is 0 if the model wants no more of it.
    #[cold]
    #[inline(never)]
    fn piece<M: Model>(
        &mut self,
        model: &mut M,
        mut depth: usize,
        pace: usize,
        rest: Rest,
    ) -> (*const Word, usize, usize) {
        let Rest { next, mut end } = rest;
        let words = (end.addr() - next.addr()) / size_of::<Word>();
        if words > PIECE
            && let Some(slot) = self.stack.get_mut(depth)
        {
            let cut = next.wrapping_add(PIECE);
            *slot = Rest { next: cut, end };
            depth += 1;
            end = cut;
        }
        let work = words.min(PIECE) / LARGE;
        let pace = match pace.checked_sub(work) {
            Some(left) if left > 0 => left,
            _ if self.poll(model) => 0,
            _ => PACE,
        };
        (end, depth, pace)
    }

    /// Traces `rest` and all that it leads to, but for what is put off.
    ///
    /// Nearly all time of a collection is spent here, a few dozen instructions an object: the size of an object
    /// is not asked for unless its layout needs it, and one that has only immediates, or none but in front of its
    /// last reference, is done with on the way.
    #[cfg_attr(target_os = "none", unsafe(link_section = ".text.hot"))]
    #[inline(never)]
    fn trace<M: Model>(&mut self, model: &mut M, rest: Rest) {
        let watched = |word: Word| word & M::WATCH_MASK == M::WATCH_VALUE;
        // Most words are immediates or refer to the first region: its bounds stay in registers.
        let Some(home) = self.regions.first().map(Region::handle) else { return };
        let is_alone = self.regions.len() == 1;
        let Rest { mut next, mut end } = rest;
        // The stack is empty before and after, and these change with each object: they stay in registers, too.
        let (mut depth, mut pace) = (0, self.pace.max(1));
        if end.addr() - next.addr() > LARGE * size_of::<Word>() {
            (end, depth, pace) = self.piece(model, depth, pace, Rest { next, end });
            if pace == 0 {
                return;
            }
        }
        // SAFETY: a rest is never empty, and the model's layouts stay inside their objects
        // (`Model`, rule 1).
        let mut word = unsafe { next.read() };
        next = next.wrapping_add(1);
        'trace: loop {
            'word: {
                if !word.is_multiple_of(BLOCK) {
                    if watched(word) {
                        self.immediate(model, word);
                    }
                    break 'word;
                }
                let (mut chunks, mut offset) = (home.chunks, word.wrapping_sub(home.start));
                if offset >= home.bytes {
                    if is_alone {
                        break 'word;
                    }
                    let Some(found) = self.find(word) else { break 'word };
                    (chunks, offset) = found;
                }
                // SAFETY: the offset lies in the region whose table this is; the regions are borrowed
                // exclusively, and no table is in use.
                if !unsafe { mark(chunks, offset) } {
                    break 'word;
                }
                let object = core::ptr::with_exposed_provenance::<Word>(word);
                let layout = model.layout(object, || {
                    // SAFETY: the offset lies in the region whose table this is, and the call that uses the table has
                    // returned; the regions are borrowed exclusively.
                    unsafe { size(chunks, offset) }.unwrap_or_else(|| self.blocks_of(word))
                });
                let count = layout.count as usize;
                pace -= 1;
                if pace == 0 {
                    pace = PACE;
                    if self.poll(model) {
                        return;
                    }
                }
                let mut first = object.wrapping_add(layout.first as usize);
                let last = first.wrapping_add(count);
                if count > LARGE && depth + 2 > DEPTH {
                    // its second piece might find no place on the stack
                    self.put_off(word);
                    break 'word;
                }
                let inner = loop {
                    if first == last {
                        break 'word;
                    }
                    // SAFETY: it lies before `last`, and the model's layouts stay inside their objects; this one is
                    // live, since a traced word refers to it, and its words are initialised.
                    let inner = unsafe { first.read() };
                    if inner.is_multiple_of(BLOCK) || watched(inner) || count > LARGE {
                        break inner;
                    }
                    first = first.wrapping_add(1);
                };
                if next != end {
                    let Some(slot) = self.stack.get_mut(depth) else {
                        self.put_off(word);
                        break 'word;
                    };
                    *slot = Rest { next, end };
                    depth += 1;
                }
                (next, end) = (first, last);
                if count > LARGE {
                    (end, depth, pace) = self.piece(model, depth, pace, Rest { next, end });
                    if pace == 0 {
                        return;
                    }
                }
                word = inner;
                next = next.wrapping_add(1);
                continue 'trace;
            }
            if next == end {
                let Some(top) = depth.checked_sub(1) else { break };
                depth = top;
                let Some(&rest) = self.stack.get(top) else { break };
                Rest { next, end } = rest;
                if end.addr() - next.addr() > LARGE * size_of::<Word>() {
                    (end, depth, pace) = self.piece(model, depth, pace, rest);
                    if pace == 0 {
                        return;
                    }
                }
            }
            // SAFETY: `next` lies before `end`, in the part of a live object that its layout says is traced: the
            // model's layouts stay inside their objects, whose words are initialised.
            word = unsafe { next.read() };
            next = next.wrapping_add(1);
        }
        self.pace = pace;
    }

    /// Hands dead objects with finalisers to the model and marks what they reach. `armed` is the number of
    /// objects whose finaliser is still to come.
    pub(crate) fn mark_finalised<M: Model>(&mut self, model: &mut M, armed: &mut usize) {
        for index in 0..self.regions.len() {
            let mut block = 0;
            while let Some(region) = self.regions.get_mut(index) {
                let end = region.blocks();
                block = table::scan(region.table(), block, end, |chunk| chunk.unmarked());
                if block >= end {
                    break;
                }
                let old = region.header(block);
                if old & header::FINALISER != 0 && !model.is_released(old) {
                    region.set_header(block, old & !header::FINALISER);
                    let word = region.address(block).expose_provenance();
                    *armed = armed.saturating_sub(1);
                    model.finalise(word);
                    self.put_off_unmarked(word);
                }
                block += 1;
                if self.tire(model, 1) {
                    return;
                }
            }
        }
        self.drain(model);
    }

    /// Answers a weak reference: the word, unless it refers to an object that is not marked.
    pub(crate) fn alive(&self, word: Word) -> Option<Word> {
        if word.is_multiple_of(BLOCK) {
            for region in self.regions.iter() {
                let Some(block) = region.block(word) else { continue };
                let marked = table::chunk(region.table(), block / BITS).marked();
                return (marked >> (block % BITS) & 1 == 1).then_some(word);
            }
        }
        Some(word)
    }
}

/// Sets the mark of the object at an offset in a region. False when it is marked already, or no object.
///
/// # Safety
///
/// The region is the one of the table, and nothing refers to the table.
#[inline(always)]
unsafe fn mark(chunks: NonNull<Chunk>, offset: usize) -> bool {
    let block = offset / BLOCK;
    // SAFETY: the table has a chunk for each block of the region; nobody else looks at it.
    let chunk = unsafe { chunks.add(block / BITS).as_mut() };
    let is_unmarked = chunk.unmarked() >> (block % BITS) & 1 == 1;
    if is_unmarked {
        chunk.hi |= 1 << (block % BITS);
    }
    is_unmarked
}

/// The size in blocks of the object at an offset in a region, unless it may go on in the table's next chunk.
///
/// # Safety
///
/// The region is the one of the table, and nothing refers to the table.
#[inline(always)]
unsafe fn size(chunks: NonNull<Chunk>, offset: usize) -> Option<usize> {
    let (block, bit) = (offset / BLOCK, offset / BLOCK % BITS);
    // SAFETY: the table has a chunk for each block of the region; nobody changes it meanwhile.
    let chunk = unsafe { chunks.add(block / BITS).read() };
    let tails = (chunk.tails() >> bit >> 1).trailing_ones() as usize;
    (bit + tails < BITS - 1).then_some(1 + tails)
}
