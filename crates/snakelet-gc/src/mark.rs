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

use crate::region::Region;
use crate::table::BITS;
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
    depth: usize,
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
            depth: 0,
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
        let found = self.mark(word).is_some();
        if found {
            self.put_off(word);
        }
        found
    }

    /// Shows a watched immediate to the model, and marks the object that it stands for.
    fn immediate<M: Model>(&mut self, model: &mut M, word: Word) {
        let object = model.immediate(word);
        if object == 0 {
            return;
        }
        if let Some((_, _, blocks)) = self.mark(object) {
            let at = core::ptr::with_exposed_provenance::<Word>(object);
            if model.layout(at, blocks).count > 0 {
                self.put_off(object);
            }
        }
    }

    /// Sets the mark of the object at `word`. If it was not set: region, block, size in blocks.
    fn mark(&mut self, word: Word) -> Option<(usize, usize, usize)> {
        for (index, region) in self.regions.iter_mut().enumerate() {
            let Some(block) = region.block(word) else { continue };
            let blocks = region.mark(block)?;
            return Some((index, block, blocks));
        }
        None
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
        let blocks = table::object_end(region.table(), block, region.blocks()) - block;
        let object = region.address(block).cast_const();
        let layout = model.layout(object, blocks);
        if layout.count > 0 {
            let next = object.wrapping_add(layout.first as usize);
            let end = next.wrapping_add(layout.count as usize);
            self.trace(model, Rest { next, end });
        }
    }

    /// The first piece of a rest; what is left of it waits on the stack, where there is room.
    #[inline(always)]
    fn piece(&mut self, rest: Rest) -> Rest {
        let cut = rest.next.wrapping_add(PIECE);
        if rest.end.addr() - rest.next.addr() > PIECE * size_of::<Word>()
            && let Some(slot) = self.stack.get_mut(self.depth)
        {
            *slot = Rest { next: cut, end: rest.end };
            self.depth += 1;
            return Rest { next: rest.next, end: cut };
        }
        rest
    }

    /// Traces `rest` and all that it leads to, but for what is put off.
    fn trace<M: Model>(&mut self, model: &mut M, rest: Rest) {
        // Most words are immediates or refer to the first region: its bounds stay in registers.
        let Some(home) = self.regions.first().map(Region::handle) else { return };
        let Rest { mut next, mut end } = self.piece(rest);
        // in a register, since it changes with each object
        let mut pace = self.pace;
        loop {
            if next == end {
                let Some(top) = self.depth.checked_sub(1) else { break };
                self.depth = top;
                let Some(&rest) = self.stack.get(top) else { break };
                Rest { next, end } = self.piece(rest);
                if end != rest.end {
                    // the rest of a piece was counted with the piece
                    pace = pace.saturating_sub(PIECE / LARGE);
                    if pace == 0 {
                        pace = PACE;
                        if self.poll(model) {
                            break;
                        }
                    }
                }
            }
            // SAFETY: a rest is never empty, and the model's layouts stay inside their objects
            // (`Model`, rule 1).
            let word = unsafe { next.read() };
            next = next.wrapping_add(1);
            if !word.is_multiple_of(BLOCK) {
                if word & M::WATCH_MASK == M::WATCH_VALUE {
                    self.immediate(model, word);
                }
                continue;
            }
            let blocks = match home.block(word) {
                // SAFETY: just found; the regions are borrowed exclusively, no table is in use.
                Some(block) => unsafe { home.mark(block) },
                None => self.mark(word).map(|found| found.2),
            };
            let Some(blocks) = blocks else { continue };
            let object = core::ptr::with_exposed_provenance::<Word>(word);
            let layout = model.layout(object, blocks);
            if layout.count == 0 {
                continue;
            }
            let count = layout.count as usize;
            if count > LARGE && self.depth + 2 > DEPTH {
                // its second piece might find no place on the stack
                self.put_off(word);
                continue;
            }
            if next != end {
                let Some(slot) = self.stack.get_mut(self.depth) else {
                    self.put_off(word);
                    continue;
                };
                *slot = Rest { next, end };
                self.depth += 1;
            }
            next = object.wrapping_add(layout.first as usize);
            end = next.wrapping_add(count);
            if count > LARGE {
                Rest { next, end } = self.piece(Rest { next, end });
                pace = pace.saturating_sub(count.min(PIECE) / LARGE);
            }
            pace = pace.saturating_sub(1);
            if pace == 0 {
                pace = PACE;
                if self.poll(model) {
                    break;
                }
            }
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
