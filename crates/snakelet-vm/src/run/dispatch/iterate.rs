//! `FOR_ITER`, part of the loop.

#![allow(unsafe_code)] // rules 1 to 3 of the interpreter loop

use snakelet_bytecode::opcode::op;

use crate::Raised;
use crate::object::value::{Word, raw};
use crate::object::{Kind, ListObj, TupleObj};
use crate::run::Run;
use crate::run::items::{deferred_iterator, inline_iter, quick_next, quick_pair};
use crate::run::registers::Regs;
use crate::run::resume::{self, Begun, Place};
use crate::run::words::object;
use crate::types::iter;
use crate::vm::frame;
use crate::vm::stack::Local;

impl Run<'_, '_> {
    #[inline(always)]
    pub(super) fn for_iter(&mut self, r: &mut Regs) -> Result<(), Raised> {
        let start = r.ip.wrapping_sub(1);
        let offset = r.forward_offset();
        match r.top(4) {
            inline_iter::RANGE => {
                let (next, end) = (r.top(2) as isize, r.top(1) as isize);
                let step = r.top(3) as isize;
                if if step > 0 { next < end } else { next > end } {
                    // the sum was checked when the iterator was made
                    let after = next.wrapping_add(step - raw::INT_TAG as isize);
                    r.set_top(2, after as Word);
                    r.push_item(next as Word);
                } else {
                    r.end_loop(offset);
                }
            }
            inline_iter::LIST => {
                // SAFETY: GET_ITER_STACK put a list there.
                unsafe {
                    let list = object::<ListObj>(r.top(3));
                    r.next_item(offset, list.storage_word(), list.len());
                }
            }
            inline_iter::TUPLE => {
                let container = r.top(3);
                // SAFETY: GET_ITER_STACK put a tuple there.
                unsafe { r.next_item(offset, container, object::<TupleObj>(container).len()) };
            }
            inline_iter::PLACES => {
                let at = raw::to_int(r.top(2)) as usize;
                let version = raw::to_int(r.top(1));
                self.sync(r);
                match iter::next_inline(self.vm, self.local(r, 3), at, version)? {
                    Some((item, after)) => {
                        let word = self.word(item);
                        r.set_top(2, raw::int(after as isize));
                        r.push(word);
                    }
                    None => r.end_loop(offset),
                }
            }
            inline_iter::GENERATOR => self.resume_in_loop(r, offset)?,
            tag => {
                let iterator = r.top(3);
                if r.peek() == op::UNPACK_SEQUENCE
                    && r.peek_operand() == 2
                    && let Some((first, second)) = quick_pair(iterator)
                {
                    // unpacked at once: no tuple is made
                    r.skip(2);
                    r.push(second);
                    r.push(first);
                } else if let Some(word) = quick_next(iterator) {
                    r.push(word);
                } else if raw::has_kind(iterator, Kind::Generator) {
                    r.set_top(4, inline_iter::GENERATOR);
                    r.ip = start;
                } else if tag == raw::NULL
                    && let Some((tag, a, b, c)) = deferred_iterator(iterator)
                {
                    r.set_top(4, tag);
                    r.set_top(3, a);
                    r.set_top(2, b);
                    r.set_top(1, c);
                    r.ip = start;
                } else {
                    self.sync(r);
                    match self.vm.iter_next(self.local(r, 3))? {
                        Some(next) => r.push(self.word(next)),
                        None => r.end_loop(offset),
                    }
                }
            }
        }
        Ok(())
    }

    /// Runs the generator that is iterated over in this loop; what it yields goes on behind this
    /// instruction.
    #[inline(always)]
    fn resume_in_loop(&mut self, r: &mut Regs, offset: isize) -> Result<(), Raised> {
        let (none, flag) = (raw::NONE, frame::FOR);
        // SAFETY: the iterator is a generator.
        let quick = unsafe { self.quick_resume(r.top(3), none, r.frame, r.ip, flag, r.sp, r.sp) };
        if let Some(begun) = quick {
            *r = begun;
            return Ok(());
        }
        self.sync(r);
        let ret = self.vm.rt.stack.index(r.sp);
        let place = Place { flags: frame::FOR, ret, base: ret };
        match resume::begin(self.vm, self.local(r, 3), Local::NONE, place, false)? {
            Begun::Runs => *r = self.load(),
            Begun::Raises => return Err(Raised::new()),
            Begun::Ended => r.end_loop(offset),
        }
        Ok(())
    }
}
