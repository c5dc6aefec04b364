//! Instructions that make objects and fill them, but for those that are part of the loop.

use snakelet_bytecode::opcode::op;

use crate::Raised;
use crate::native::leaf::Leaf;
use crate::run::items::{deferred_iterator, is_deferred};
use crate::run::registers::Regs;
use crate::run::{Run, slices, slow};
use crate::vm::stack::Local;

impl Run<'_, '_> {
    pub(super) fn make_function(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let n = r.uint();
        let closure = matches!(opcode, op::MAKE_CLOSURE | op::MAKE_CLOSURE_DEFARGS);
        let cells = if closure { r.byte() as usize } else { 0 };
        let defaults = matches!(opcode, op::MAKE_FUNCTION_DEFARGS | op::MAKE_CLOSURE_DEFARGS);
        self.sync(r);
        let (used, positional, keywords) = if defaults {
            (cells + 2, self.local(r, cells + 2), self.local(r, cells + 1))
        } else {
            (cells, Local::NULL, Local::NULL)
        };
        let result = if closure {
            slow::make_closure(self.vm, n, cells, positional, keywords)
        } else {
            slow::make_function(self.vm, n, positional, keywords)
        };
        self.finish(r, used, result)
    }

    pub(super) fn fill(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let n = if opcode == op::STORE_MAP { 0 } else { r.uint() };
        self.sync(r);
        match opcode {
            op::BUILD_MAP => {
                let result = self.vm.new_dict(n.min(64));
                return self.finish(r, 0, result);
            }
            op::BUILD_SET => {
                let result = slow::build_set(self.vm, n);
                return self.finish(r, n, result);
            }
            op::STORE_MAP => {
                self.vm.table_set(self.local(r, 3), self.local(r, 1), self.local(r, 2))?;
                r.drop(2);
            }
            op::UNPACK_EX => {
                slow::unpack_starred(self.vm, self.local(r, 1), n & 0xff, n >> 8 & 0xff)?;
                r.sp = self.vm.rt.stack.top_slot();
            }
            _ => {
                // an element of a comprehension, whose result lies below
                let result = self.local(r, (n >> 2) + 1);
                let (top, second) = (self.local(r, 1), self.local(r, 2));
                match n & 3 {
                    0 => self.vm.list_append(result, top)?,
                    1 => {
                        self.vm.table_set(result, top, second)?;
                        r.drop(1);
                    }
                    _ => {
                        self.vm.table_set(result, top, Local::NULL)?;
                    }
                }
                r.drop(1);
            }
        }
        Ok(())
    }

    /// As for `rare`, with the frame's registers where `sync` stored them.
    #[inline(never)]
    pub(super) fn build_slice(&mut self) -> Result<(), Raised> {
        let r = &mut self.saved();
        self.slice(r)?;
        let r = *r;
        self.sync(&r);
        Ok(())
    }

    #[inline(always)]
    fn slice(&mut self, r: &mut Regs) -> Result<(), Raised> {
        let with_step = r.uint() == 3;
        let parts = 2 + usize::from(with_step);
        self.sync(r);
        let at = slices::At { first: self.local(r, parts), with_step };
        // a part that is read or replaced needs no slice object
        match r.peek() {
            op::LOAD_SUBSCR => {
                if let Some(part) = slices::load(Leaf::new(self.vm), at) {
                    r.skip(1);
                    r.replace(parts + 1, part.word());
                    return Ok(());
                }
            }
            op::STORE_SUBSCR if slices::store(Leaf::new(self.vm), at).is_some() => {
                r.skip(1);
                r.drop(parts + 2);
                return Ok(());
            }
            _ => {}
        }
        let step = if with_step { self.local(r, 1) } else { Local::NONE };
        let (start, stop) = (self.local(r, parts), self.local(r, parts - 1));
        let result = self.vm.new_slice(start, stop, step);
        self.finish(r, parts, result)
    }

    pub(super) fn get_iter(&mut self, r: &mut Regs) -> Result<(), Raised> {
        if r.peek() == op::CALL_FUNCTION && r.peek_operand() == 1 && is_deferred(r.top(2), r.top(1))
        {
            return Ok(());
        }
        self.sync(r);
        let object = self.local(r, 1);
        // `await` and `yield from` are the same bytecode, which goes on with a value to send
        let result = if r.peek() == op::LOAD_CONST_NONE {
            self.vm.get_awaited(object)
        } else {
            self.vm.get_iter(object)
        };
        self.finish(r, 1, result)?;
        if deferred_iterator(r.top(1)).is_some() {
            // an `__iter__` gave what is no iterator
            self.sync(r);
            self.vm.iter_next(self.local(r, 1))?;
        }
        Ok(())
    }
}
