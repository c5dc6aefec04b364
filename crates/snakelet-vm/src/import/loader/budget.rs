//! The memory that a compilation may take: from the host, or lent out of the heap.

use snakelet_gc::Heap;

use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::object::value::Word;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

/// Quarters of the largest free piece of the heap that a compilation may take; the others are for
/// the code that it makes.
pub(super) const MAX_SHARE: usize = 3;
/// With a free piece of this size, memory is lent without tidying the heap first.
const ENOUGH_ROOM: usize = 32 << 10;

/// What a compilation may take from the host if that does not say: a share of the heap's size, but enough
/// for a statement.
const BUDGET_SHARE: usize = 4;
const LEAST_BUDGET: usize = 16 << 10;

/// What was lent: the pinned object, and the memory inside.
pub(super) type Loan = (Local, NonNull<[MaybeUninit<u8>]>);

impl Vm {
    /// Bytes that a compilation may take from the host.
    pub(super) fn compile_budget(&self) -> usize {
        match self.rt.compile_budget {
            // what it takes is bounded by what the heap has left
            0 if self.rt.compile_in_heap || self.rt.hosts.compile_memory.is_some() => usize::MAX,
            0 => (self.heap.ask(Heap::total_bytes) / BUDGET_SHARE).max(LEAST_BUDGET),
            bytes => bytes,
        }
    }

    /// Lends the host's allocator `share` quarters of the largest free piece of the heap, if it
    /// has no memory of its own.
    #[expect(unsafe_code, reason = "lends memory of the heap")]
    pub(super) fn lend_compile_memory(&mut self, share: usize) -> Result<Option<Loan>, Raised> {
        let Some(memory) = self.rt.hosts.compile_memory else { return Ok(None) };
        let mut room = self.heap.get_mut().stats().largest_free_run;
        if room < ENOUGH_ROOM {
            self.compact();
            room = self.heap.get_mut().stats().largest_free_run;
        }
        let words = room / 4 * share / size_of::<Word>();
        let block = self.new_raw_block(words)?;
        // SAFETY: the object is pinned and a root until the loan ends, and nothing else uses it.
        unsafe { memory.lend(block.1) };
        Ok(Some(block))
    }

    /// Takes the memory back; false if the compiler kept some of it.
    pub(super) fn end_loan(&mut self, loan: Option<Loan>) -> bool {
        let Some((block, lent)) = loan else { return true };
        match self.rt.hosts.compile_memory {
            Some(memory) if memory.take_back(lent) => {
                self.release_raw_block(block);
                true
            }
            _ => false,
        }
    }
}
