//! Calls and returns, part of the loop.

#![allow(unsafe_code)] // rules 1 to 3 of the interpreter loop

use snakelet_bytecode::opcode::op;

use crate::Raised;
use crate::object::Kind;
use crate::object::value::{Word, raw};
use crate::protocol::call::Call;
use crate::run::Run;
use crate::run::registers::Regs;
use crate::run::words::{kind_of, names_of, object};
use crate::vm::stack::Local;

impl Run<'_, '_> {
    /// Calls what lies at `ret`, to which the result goes; the arguments begin at `first` and end at
    /// the top.
    #[inline(always)]
    pub(super) fn call(
        &mut self,
        r: &mut Regs,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
    ) -> Result<(), Raised> {
        // SAFETY: the verifier has counted the arguments and what is called below them as words of this frame;
        // words below `sp` are live values.
        let callable = unsafe { *ret };
        let kind = kind_of(callable);
        if kind == Kind::Function as Word
            && let Some((start, end)) =
                self.quick_call(r.frame, r.ip, callable, ret, first, positional)
        {
            *r = Regs {
                ip: start,
                sp: end,
                locals: first,
                names: names_of(callable),
                frame: self.vm.rt.stack.frame(),
            };
            return self.tick(r);
        }
        self.sync(r);
        if kind == Kind::NativeFn as Word {
            // SAFETY: objects of this kind are statics.
            let f: &'static crate::native::NativeFn = unsafe { object(callable) };
            if f.is_leaf() {
                // SAFETY: the arguments end at the top, which was stored just now.
                let word = unsafe { self.vm.quick_leaf(f, first, positional) }?;
                r.sp = ret;
                r.push(word.get());
                return Ok(());
            }
            if f.resumes(positional) && self.resume_by_call(ret, first, positional)? {
                *r = self.load();
                return self.tick(r);
            }
            let first = self.vm.rt.stack.index(first);
            let result = match self.vm.call_native(f, first, positional, 0) {
                Ok(result) => result,
                Err(raised) => return Err(self.left_at(ret, raised)),
            };
            let word = self.word(result);
            r.sp = ret;
            r.push(word);
            return Ok(());
        }
        match self.call_other(callable, ret, first, positional, 0)? {
            Call::Done(result) => {
                let word = self.word(result);
                r.sp = ret;
                r.push(word);
                Ok(())
            }
            Call::Frame => {
                *r = self.load();
                self.tick(r)
            }
        }
    }

    /// Executes a call with keyword arguments, or more positional ones than a byte counts. As for `rare`, with
    /// the frame's registers where `sync` stored them.
    #[inline(never)]
    pub(super) fn call_with_keywords(&mut self, opcode: u8) -> Result<(), Raised> {
        let r = &mut self.saved();
        let (positional, keywords) = r.argument_counts();
        let top = r.sp.wrapping_sub(positional + 2 * keywords);
        let (ret, first, positional) = if opcode == op::CALL_FUNCTION {
            (top.wrapping_sub(1), top, positional)
        } else {
            // SAFETY: the verifier has counted the method and the word behind it, a receiver or null, as words of this
            // frame; words below `sp` are live values.
            let receiver = usize::from(unsafe { *top.sub(1) } != raw::NULL);
            (top.wrapping_sub(2), top.wrapping_sub(receiver), positional + receiver)
        };
        self.sync(r);
        // SAFETY: the verifier has counted what is called as a word of this frame.
        let callable = unsafe { *ret };
        match self.call_other(callable, ret, first, positional, keywords)? {
            Call::Done(result) => {
                let word = self.word(result);
                r.sp = ret;
                r.push(word);
            }
            Call::Frame => {
                *r = self.load();
                self.tick(r)?;
            }
        }
        let r = *r;
        self.sync(&r);
        Ok(())
    }

    /// Notes where the answer to a call goes, if the run is being left because it comes later.
    #[cold]
    #[inline(never)]
    fn left_at(&mut self, ret: *mut Word, raised: Raised) -> Raised {
        if self.vm.rt.stepping.leave.is_some() {
            let stack = &self.vm.rt.stack;
            // SAFETY: the record is that of the running frame, which made the call.
            unsafe { (*stack.frame()).top = stack.index(ret) as u32 };
        }
        raised
    }

    /// Returns the top from the running frame; gives the result if the loop is to be left.
    #[inline(always)]
    pub(super) fn return_value(&mut self, r: &mut Regs) -> Option<Local> {
        let word = r.pop();
        // SAFETY: `frame` points at the record of the running frame on the VM stack, which never moves, and
        // the record is there until the frame is popped.
        if unsafe { (*r.frame).is_plain() } {
            // a call from this loop, with no `try` open: back to the caller
            // SAFETY: the result slot lies in the caller's frame.
            let ret = unsafe {
                let ret = self.vm.rt.stack.slot((*r.frame).ret as usize);
                *ret = word;
                ret
            };
            self.vm.rt.stack.pop_frame();
            *r = Regs { sp: ret.wrapping_add(1), ..self.load() };
            return None;
        }
        r.push(word);
        self.sync(r);
        // SAFETY: `frame` points at the record of the running frame on the VM stack, which never moves, and
        // the record is there until the frame is popped.
        if unsafe { (*r.frame).exc } != 0
            && let Some((to, height)) = self.unwind_return(r.frame, r.ip, r.sp)
        {
            (r.ip, r.sp) = (to, height);
            return None;
        }
        r.drop(1);
        self.sync(r);
        let result = self.finish_frame(word);
        if result.is_none() {
            *r = self.load();
        }
        result
    }
}
