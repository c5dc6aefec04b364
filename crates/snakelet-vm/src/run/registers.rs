//! The registers of a frame while it runs, and what instructions do with them alone.
//!
//! They are made by [`Run::load`] and changed by the interpreter loop, whose rules say why what
//! they point to may be read and written. All of this is part of the loop once it is compiled.

#![allow(unsafe_code)] // rules 1 and 2 of the interpreter loop

use snakelet_bytecode::opcode::op;

use crate::object::Context;
use crate::object::value::{Word, raw};
use crate::vm::stack::Frame;

use super::words::word_of;

/// Keeps the compiler from computing later addresses from what the pointer was before: both would
/// occupy machine registers, of which ARM has few, and be copied at each instruction.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block, reason = "the address is passed on, not used")]
pub(super) fn settled<T>(pointer: *const T) -> *const T {
    #[cfg(all(
        not(miri),
        any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86_64")
    ))]
    {
        let mut pointer = pointer;
        // SAFETY: it holds no instruction and changes nothing.
        unsafe {
            core::arch::asm!(
                "/* {0} */", inout(reg) pointer, options(pure, nomem, nostack, preserves_flags)
            );
        }
        pointer
    }
    #[cfg(any(
        miri,
        not(any(target_arch = "arm", target_arch = "aarch64", target_arch = "x86_64"))
    ))]
    pointer
}

/// Keeps the compiler from loading a word together with its neighbour. Both would come by one
/// instruction, which waits until the memory has what was stored just before: words of the stack are
/// stored one by one, and a processor hands on only what a single store has written.
#[inline(always)]
pub(super) fn apart(word: Word) -> Word {
    #[cfg(all(not(miri), target_arch = "x86_64"))]
    {
        let mut word = word;
        // SAFETY: it holds no instruction and changes nothing.
        unsafe {
            core::arch::asm!(
                "/* {0} */", inout(reg) word, options(pure, nomem, nostack, preserves_flags)
            );
        }
        word
    }
    #[cfg(any(miri, not(target_arch = "x86_64")))]
    word
}

/// The registers of a frame.
#[derive(Copy, Clone)]
pub(super) struct Regs {
    /// The next byte of the code.
    pub(super) ip: *const u8,
    /// The first free slot.
    pub(super) sp: *mut Word,
    /// The slot of local 0.
    pub(super) locals: *mut Word,
    /// The words behind the header of the function's context.
    pub(super) names: *const Word,
    /// The frame's record.
    pub(super) frame: *mut Frame,
}

impl Regs {
    #[inline(always)]
    pub(super) fn push(&mut self, word: Word) {
        // SAFETY: the frame was made with as many slots as the verifier has counted for the function at its
        // deepest, so that the slot at `sp` is one of them.
        unsafe {
            *self.sp = word;
            self.sp = settled(self.sp.add(1)).cast_mut();
        }
    }
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Word {
        self.drop(1);
        // SAFETY: the verifier lets code pop only what it has pushed, so the slot was the top just now and holds
        // the value still.
        unsafe { *self.sp }
    }
    /// The `n`-th word from the top, counted from 1.
    #[inline(always)]
    pub(super) fn top(&self, n: usize) -> Word {
        // SAFETY: the verifier has checked that at least `n` words of this frame lie on the stack here, and each
        // word below `sp` is a live value.
        unsafe { *self.sp.sub(n) }
    }
    #[inline(always)]
    pub(super) fn set_top(&mut self, n: usize, word: Word) {
        // SAFETY: the verifier has checked that at least `n` words of this frame lie on the stack here.
        unsafe { *self.sp.sub(n) = word }
    }
    #[inline(always)]
    pub(super) fn drop(&mut self, n: usize) {
        // SAFETY: the verifier has checked that at least `n` words of this frame lie on the stack here, so the
        // pointer stays in the frame's slots.
        unsafe { self.sp = settled(self.sp.sub(n)).cast_mut() }
    }
    /// The slots from the `n`-th on are of no use any more, but for the first, which gets the result.
    #[inline(always)]
    pub(super) fn replace(&mut self, n: usize, word: Word) {
        // ARM stores and counts in one instruction, others store at a distance in one
        if cfg!(target_arch = "arm") {
            self.drop(n);
            self.push(word);
            return;
        }
        // SAFETY: the verifier has checked that at least `n` words of this frame lie on the stack here, and has
        // counted one more for what is pushed if there are none.
        unsafe {
            let place = self.sp.sub(n);
            *place = word;
            self.sp = settled(place.add(1)).cast_mut();
        }
    }

    /// The next byte.
    #[inline(always)]
    pub(super) fn byte(&mut self) -> u8 {
        let byte = self.peek();
        self.skip(1);
        byte
    }
    /// The next byte, which is left where it is.
    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        // SAFETY: verified code ends with an instruction that leaves the function or jumps, so `ip` points into
        // the code wherever another byte is read.
        unsafe { *self.ip }
    }
    /// The distance of the next byte from an opcode, wrapping.
    // of a whole word, since a byte would be extended before it is compared
    #[inline(always)]
    pub(super) fn peek_from(&self, opcode: u8) -> usize {
        usize::from(self.peek()).wrapping_sub(opcode as usize)
    }
    /// The byte behind that, which belongs to the same instruction.
    #[inline(always)]
    pub(super) fn peek_operand(&self) -> u8 {
        // SAFETY: the verifier has checked that the whole instruction with its operand lies in the code.
        unsafe { *self.ip.add(1) }
    }
    #[inline(always)]
    pub(super) fn skip(&mut self, bytes: usize) {
        self.ip = self.ip.wrapping_add(bytes);
    }
    #[inline(always)]
    pub(super) fn jump(&mut self, offset: isize) {
        self.ip = self.ip.wrapping_offset(offset);
    }
    /// An operand of seven bits a byte, the most significant first.
    #[inline(always)]
    pub(super) fn uint(&mut self) -> usize {
        let mut byte = self.byte();
        let mut n = (byte & 0x7f) as usize;
        while byte & 0x80 != 0 {
            byte = self.byte();
            n = n << 7 | (byte & 0x7f) as usize;
        }
        n
    }
    /// The word of a small int with sign whose operand has at most four bytes; `None` leaves a longer one
    /// where it is.
    #[inline(always)]
    pub(super) fn short_int(&mut self) -> Option<Word> {
        const { assert!(raw::INT_MAX >= 1 << 27) };
        let mut after = *self;
        let mut byte = after.byte();
        let mut n = isize::from((byte << 1) as i8 >> 1);
        let mut left = 3;
        while byte & 0x80 != 0 {
            if left == 0 {
                return None;
            }
            left -= 1;
            byte = after.byte();
            n = n << 7 | isize::from(byte & 0x7f);
        }
        *self = after;
        Some(raw::int(n))
    }
    /// The same of any length.
    #[inline(always)]
    pub(super) fn int(&mut self) -> i64 {
        let mut byte = self.byte();
        let mut n: i64 = if byte & 0x40 != 0 { -1 } else { 0 };
        n = n << 7 | i64::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.byte();
            n = n << 7 | i64::from(byte & 0x7f);
        }
        n
    }
    /// The offset of a jump that may go back.
    #[inline(always)]
    pub(super) fn jump_offset(&mut self) -> isize {
        let byte = self.byte();
        if byte & 0x80 == 0 {
            byte as isize - 0x40
        } else {
            ((byte & 0x7f) as isize | (self.byte() as isize) << 7) - 0x4000
        }
    }
    /// Jumps forward, or drops the top.
    #[inline(always)]
    pub(super) fn jump_or_drop(&mut self, jumps: bool) {
        let offset = self.forward_offset();
        if jumps {
            self.jump(offset);
        } else {
            self.drop(1);
        }
    }
    /// The offset of a jump that goes forward.
    #[inline(always)]
    pub(super) fn forward_offset(&mut self) -> isize {
        let byte = self.byte();
        if byte & 0x80 == 0 {
            byte as isize
        } else {
            (byte & 0x7f) as isize | (self.byte() as isize) << 7
        }
    }
    /// Positional and keyword arguments of a call.
    #[inline(always)]
    pub(super) fn argument_counts(&mut self) -> (usize, usize) {
        let n = self.uint();
        (n & 0xff, n >> 8 & 0xff)
    }

    /// The name that an operand numbers.
    #[inline(always)]
    pub(super) fn name(&mut self) -> Word {
        let n = self.uint();
        // SAFETY: the verifier has checked that the operand is less than the number of the context's names,
        // which lie behind the globals and their count.
        unsafe { *self.names.add(n + 2) }
    }
    /// The constant that an operand numbers.
    #[inline(always)]
    pub(super) fn constant(&mut self) -> Word {
        let n = self.uint();
        // SAFETY: the constants follow the names, which the context's header counts.
        unsafe {
            let context = &*self.names.sub(1).cast::<Context>();
            *self.names.add(2 + context.header.aux() + n)
        }
    }
    /// The dict of globals.
    #[inline(always)]
    pub(super) fn globals(&self) -> Word {
        // SAFETY: it is the first word behind the context's header.
        unsafe { *self.names }
    }

    /// Local `n`, which may be null.
    #[inline(always)]
    pub(super) fn local(&self, n: usize) -> Word {
        // SAFETY: the verifier has checked that the function has more than `n` locals; they are words of the
        // frame, values or null, and the VM stack never moves.
        unsafe { *self.locals.add(n) }
    }
    #[inline(always)]
    pub(super) fn set_local(&mut self, n: usize, word: Word) {
        // SAFETY: the verifier has checked that the function has more than `n` locals; they are words of the
        // frame, and no reference to them is kept.
        unsafe { *self.locals.add(n) = word }
    }

    /// Goes on at once with what most often follows a value: another local.
    #[inline(always)]
    pub(super) fn next_local(&mut self) {
        let next = self.peek_from(op::LOAD_FAST_MULTI);
        if next < 16 {
            let word = self.local(next);
            if word != raw::NULL {
                self.skip(1);
                self.push(word);
            }
        }
    }
    /// Pushes an item, or stores it at once in the local that is to receive it.
    #[inline(always)]
    pub(super) fn push_item(&mut self, word: Word) {
        let next = self.peek_from(op::STORE_FAST_MULTI);
        if next < 16 {
            self.skip(1);
            self.set_local(next, word);
            self.next_local();
        } else {
            self.push(word);
        }
    }
    /// Goes on behind the loop of the iterator at the top.
    #[inline(always)]
    pub(super) fn end_loop(&mut self, offset: isize) {
        self.drop(4);
        self.jump(offset);
    }
    /// The next of the items behind the header of `items`, of a list or tuple with `len` of them.
    ///
    /// # Safety
    /// `items` is the tuple, or the list's storage.
    #[inline(always)]
    pub(super) unsafe fn next_item(&mut self, offset: isize, items: Word, len: usize) {
        let at = raw::to_int(self.top(2)) as usize;
        if at < len {
            self.set_top(2, raw::int(at as isize + 1));
            // SAFETY: a tuple has as many items, and a list's storage at least as many.
            self.push_item(unsafe { *word_of(items, 1 + at) });
        } else {
            self.end_loop(offset);
        }
    }
}
