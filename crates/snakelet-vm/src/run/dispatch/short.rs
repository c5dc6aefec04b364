//! The short ways of the loop: jumps, comparisons, operators, and instructions that do the work of the
//! next one as well. All of it is compiled into the loop.

use crate::Raised;
use crate::object::value::{Word, raw};
use crate::run::registers::Regs;
use crate::run::{Run, slow};
use crate::vm::stack::Local;

use super::opcodes::operator as o;

impl Run<'_, '_> {
    /// Stores what the collector and the unwinder must know.
    #[inline(always)]
    #[expect(unsafe_code, reason = "rule 2 of the interpreter loop")]
    pub(in crate::run) fn sync(&self, r: &Regs) {
        // SAFETY: the record of the running frame.
        unsafe { (*r.frame).ip = r.ip };
        self.vm.rt.stack.set_top_slot(r.sp);
    }
    /// The local of the n-th word from the top.
    #[inline(always)]
    pub(in crate::run) fn local(&self, r: &Regs, n: usize) -> Local {
        Local::at(self.vm.rt.stack.index(r.sp) - n)
    }
    /// The word in a local.
    #[inline(always)]
    pub(in crate::run) fn word(&self, local: Local) -> Word {
        self.vm.rt.stack.read(local.index())
    }
    /// A step that may be the last one for now: all of the frame's state is in place, so that an
    /// exception can be raised here, or the loop be left and entered again.
    #[inline(always)]
    pub(in crate::run) fn tick(&mut self, r: &Regs) -> Result<(), Raised> {
        let ticks = self.vm.rt.ticks.get() - 1;
        self.vm.rt.ticks.set(ticks);
        if ticks == 0 {
            self.sync(r);
            self.vm.poll_in_loop()?;
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn jump(&mut self, r: &mut Regs, offset: isize) -> Result<(), Raised> {
        r.jump(offset);
        if offset < 0 { self.tick(r) } else { Ok(()) }
    }
    /// The truth of the word at the top.
    #[inline(always)]
    pub(super) fn truth(&mut self, r: &Regs) -> Result<bool, Raised> {
        match r.top(1) {
            raw::TRUE => Ok(true),
            raw::FALSE | raw::NONE => Ok(false),
            w if raw::is_int(w) => Ok(w != raw::int(0)),
            _ => {
                self.sync(r);
                self.vm.truth(self.local(r, 1))
            }
        }
    }
    /// Pushes a small number, or does at once what most often follows with an int below it. What it gives is the outcome
    /// of a comparison that it made.
    #[inline(always)]
    pub(super) fn small_int(&mut self, r: &mut Regs, n: isize) -> Option<bool> {
        let (n, top) = (raw::int(n), r.top(1));
        if !raw::is_int(top) {
            r.push(n);
            return None;
        }
        let (x, y) = (top as isize, n as isize);
        let next = r.peek();
        match next {
            o::INPLACE_ADD | o::ADD => {
                if let Some(result) = x.checked_add(y - raw::INT_TAG as isize) {
                    r.skip(1);
                    r.set_top(1, result as Word);
                    return None;
                }
            }
            o::INPLACE_SUBTRACT | o::SUBTRACT => {
                if let Some(result) = x.checked_sub(y - raw::INT_TAG as isize) {
                    r.skip(1);
                    r.set_top(1, result as Word);
                    return None;
                }
            }
            o::LESS | o::MORE | o::EQUAL => {
                let truth = match next {
                    o::LESS => x < y,
                    o::MORE => x > y,
                    _ => x == y,
                };
                r.skip(1);
                r.drop(1);
                return Some(truth);
            }
            _ => {}
        }
        r.push(n);
        None
    }
    /// Replaces the operands of a binary operator by what safe code gives.
    #[inline(always)]
    pub(super) fn operate(&mut self, r: &mut Regs, opcode: u32) -> Result<(), Raised> {
        self.sync(r);
        let (left, right) = (self.local(r, 2), self.local(r, 1));
        let result = slow::binary(self.vm, opcode, left, right)?;
        let word = self.word(result);
        r.replace(2, word);
        Ok(())
    }
}
