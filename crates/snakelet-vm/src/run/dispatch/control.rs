//! Instructions that change where control goes, but for jumps, calls and returns: `with`, `try`,
//! exceptions, delegation, and calls with starred arguments.

#![allow(unsafe_code)] // rules 1 and 2 of the interpreter loop

use snakelet_bytecode::opcode::op;

use crate::Raised;
use crate::object::Kind;
use crate::object::value::raw;
use crate::protocol::call::Call;
use crate::run::generate::{Delegated, Suspended};
use crate::run::registers::Regs;
use crate::run::{Run, slow};
use crate::vm::RootSlot;
use crate::vm::stack::Local;

impl Run<'_, '_> {
    pub(super) fn call_spread(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let (positional, keywords) = r.argument_counts();
        let method = opcode == op::CALL_METHOD_VAR_KW;
        self.sync(r);
        let used = positional + 2 * keywords + 2 + usize::from(method);
        let ret = self.local(r, used).index();
        // SAFETY: `frame` points at the record of the running frame on the VM stack, which never moves, and
        // the record is there until the frame is popped.
        unsafe { (*r.frame).top = ret as u32 };
        match slow::call_spread(self.vm, ret, positional, keywords, method)? {
            Call::Done(result) => self.finish(r, used, Ok(result)),
            Call::Frame => {
                *r = self.load();
                self.tick(r)
            }
        }
    }

    pub(super) fn set_up(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let offset = r.forward_offset();
        let handler = r.ip.wrapping_offset(offset);
        if opcode != op::SETUP_WITH {
            self.push_handler(r.frame, handler, r.sp, opcode == op::SETUP_FINALLY);
            return Ok(());
        }
        self.sync(r);
        slow::enter_with(self.vm, self.local(r, 1))?;
        // it left three words, of which the last is what was entered
        r.sp = r.sp.wrapping_add(2);
        let entered = r.pop();
        self.push_handler(r.frame, handler, r.sp, true);
        r.push(entered);
        Ok(())
    }

    pub(super) fn leave(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        match opcode {
            op::WITH_CLEANUP => {
                self.sync(r);
                let top = slow::with_cleanup(self.vm, self.local(r, 1))?;
                r.sp = self.vm.rt.stack.slot(top);
            }
            op::POP_EXCEPT_JUMP => {
                let offset = r.forward_offset();
                self.pop_handler(r.frame);
                r.jump(offset);
            }
            _ => {
                let offset = r.jump_offset();
                let count = r.byte();
                let target = r.ip.wrapping_sub(1).wrapping_offset(offset);
                let word = self.offset_word(r.frame, target);
                r.push(word);
                (r.ip, r.sp) = self.unwind_jump(r.frame, count as usize, r.ip, r.sp);
                self.tick(r)?;
            }
        }
        Ok(())
    }

    /// The result is that of the loop if it is to be left.
    pub(super) fn end_finally(&mut self, r: &mut Regs) -> Result<Option<Local>, Raised> {
        self.pop_handler(r.frame);
        let word = r.pop();
        if word == raw::NONE {
            return Ok(None);
        }
        if !raw::is_int(word) {
            r.push(word);
            self.sync(r);
            self.vm.set_root_word(RootSlot::Pending, word);
            self.mark_reraise(r.frame);
            return Err(Raised::new());
        }
        let cause = raw::to_int(word);
        self.sync(r);
        if cause >= 0 {
            (r.ip, r.sp) = self.unwind_jump(r.frame, cause as usize, r.ip, r.sp);
            return Ok(None);
        }
        if let Some((to, height)) = self.unwind_return(r.frame, r.ip, r.sp) {
            (r.ip, r.sp) = (to, height);
            return Ok(None);
        }
        let value = r.pop();
        let result = self.finish_frame(value);
        if result.is_none() {
            *r = self.load();
        }
        Ok(result)
    }

    #[cold]
    pub(super) fn raise(&mut self, r: &Regs, opcode: u8) -> Raised {
        self.sync(r);
        let (top, second) = (self.local(r, 1), self.local(r, 2));
        match opcode {
            op::RAISE_LAST => {
                self.mark_reraise(r.frame);
                slow::raise_last(self.vm)
            }
            op::RAISE_OBJ => slow::raise(self.vm, top, Local::NULL),
            _ => slow::raise(self.vm, second, top),
        }
    }

    pub(super) fn match_exception(&mut self, r: &mut Regs) -> Result<(), Raised> {
        self.sync(r);
        let (exception, class) = (self.local(r, 2), self.local(r, 1));
        let matches = if self.is_state_probe(r.frame, r.ip) {
            self.vm.is_exception_value(exception)
        } else {
            slow::exception_match(self.vm, exception, class)?
        };
        r.replace(2, raw::bool(matches));
        Ok(())
    }

    /// The result is that of the loop if it is to be left.
    pub(super) fn yield_from(&mut self, r: &mut Regs) -> Result<Option<Local>, Raised> {
        // stack: .. iterator sent-value
        let start = r.ip.wrapping_sub(1);
        self.sync(r);
        if raw::has_kind(r.top(2), Kind::Generator) {
            match self.delegate(r.frame, r.ip, r.sp)? {
                Delegated::Frame => *r = self.load(),
                Delegated::Ended => r.replace(2, raw::NONE),
            }
            return Ok(None);
        }
        match slow::send_to(self.vm, self.local(r, 2), self.local(r, 1))? {
            slow::Sent::Yielded(value) => {
                let word = self.word(value);
                r.set_top(1, word);
                match self.suspend(r.frame, start, r.locals, r.sp) {
                    Suspended::Native(result) => return Ok(Some(result)),
                    Suspended::Below => *r = self.load(),
                    Suspended::Fed => r.ip = start,
                }
            }
            slow::Sent::Finished(value) => {
                let word = self.word(value);
                r.replace(2, word);
            }
        }
        Ok(None)
    }
}
