//! The checker: walks the whole heap and asserts every invariant.
#![allow(unsafe_code, reason = "reads the words of objects")]

use crate::region::Region;
use crate::table::{self, BITS, Chunk};
use crate::{BLOCK, BLOCK_WORDS, Heap, Model, Word, header};

/// What [`Heap::check`] found wrong first. The words are addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CheckError {
    /// A tail follows a free block or begins the region.
    StrayTail(Word),
    /// A block is marked although no collection runs.
    Marked(Word),
    /// A block past the end of the region is not free.
    PastEnd(Word),
    /// A used block lies where the sweep does not look.
    Uncovered(Word),
    /// An object's header has the collector's own bit.
    Grey(Word),
    /// An object's layout goes beyond its blocks.
    Layout(Word),
    /// An object has a traced word that refers to no head.
    Dangling {
        /// The object.
        object: Word,
        /// The index of the word in it.
        index: usize,
        /// The word.
        word: Word,
    },
    /// A root refers to no head.
    DanglingRoot(Word),
    /// The number of used blocks is kept wrongly: what it should be.
    Used(usize),
    /// The number of objects with finalisers is kept wrongly: what it should be.
    Finalisers(usize),
    /// The table has something else than objects of one block where the run is that is being filled.
    Run,
}

impl Heap {
    /// Checks table, counts, objects, references and roots.
    ///
    /// # Errors
    ///
    /// The first thing found wrong: a bug of this crate or of the model, or overwritten memory.
    pub fn check<M: Model>(&mut self, model: &mut M) -> Result<(), CheckError> {
        if !self.run_is_marked() {
            return Err(CheckError::Run);
        }
        self.retire_run();
        let (mut used, mut finalisers) = (0, 0);
        for region in self.live_regions() {
            check_table(region)?;
            used += table::count_used(region.table(), 0, region.blocks());
        }
        if used != self.used_blocks() {
            return Err(CheckError::Used(used));
        }
        for object in self.walk() {
            finalisers += usize::from(self.check_object(model, object)?);
        }
        if finalisers != self.finalisers {
            return Err(CheckError::Finalisers(finalisers));
        }
        let mut wrong = None;
        model.visit_roots(&mut |word| {
            if self.dangles(*word) {
                wrong = Some(*word);
            }
        });
        wrong.map_or(Ok(()), |word| Err(CheckError::DanglingRoot(word)))
    }

    /// Checks one object; true when it has a finaliser.
    fn check_object<M: Model>(&self, model: &M, object: *const Word) -> Result<bool, CheckError> {
        let address = object.addr();
        let blocks = self.blocks_of(address);
        // SAFETY: the address of a head; the header was written when it was allocated.
        let head = unsafe { object.read() };
        if head & header::GREY != 0 {
            return Err(CheckError::Grey(address));
        }
        let layout = model.layout(object, || blocks);
        let (first, count) = (layout.first as usize, layout.count as usize);
        if count > 0 && (first == 0 || first + count > blocks * BLOCK_WORDS) {
            return Err(CheckError::Layout(address));
        }
        for index in first..first + count {
            // SAFETY: inside the object, as was just tested.
            let word = unsafe { object.add(index).read() };
            if self.dangles(word) {
                return Err(CheckError::Dangling { object: address, index, word });
            }
        }
        Ok(head & header::FINALISER != 0)
    }

    fn dangles(&self, word: Word) -> bool {
        if !word.is_multiple_of(BLOCK) {
            return false;
        }
        self.live_regions()
            .iter()
            .any(|region| region.block(word).is_some_and(|block| !is_head(region, block)))
    }
}

fn check_table(region: &Region) -> Result<(), CheckError> {
    let (table, end) = (region.table(), region.blocks());
    let at = |block: usize| region.address(block).addr();
    let marked = table::scan(table, 0, end, |chunk| chunk.marked());
    if marked < end {
        return Err(CheckError::Marked(at(marked)));
    }
    let past = table::scan(table, end, table.len() * BITS, Chunk::used);
    if past < table.len() * BITS {
        return Err(CheckError::PastEnd(at(past)));
    }
    let mut from = 0;
    while let Some((_, stop)) = table::find_run(table, from, end, 1) {
        if stop < end && !is_head(region, stop) {
            return Err(CheckError::StrayTail(at(stop)));
        }
        from = stop;
    }
    if table::scan(table, 0, 1, |chunk| chunk.tails()) == 0 {
        return Err(CheckError::StrayTail(at(0)));
    }
    let (low, high) = (region.low_end, region.high_start);
    let uncovered = table::scan(table, low, high, Chunk::used);
    if uncovered < high {
        return Err(CheckError::Uncovered(at(uncovered)));
    }
    Ok(())
}

fn is_head(region: &Region, block: usize) -> bool {
    table::chunk(region.table(), block / BITS).lo >> (block % BITS) & 1 == 1
}
