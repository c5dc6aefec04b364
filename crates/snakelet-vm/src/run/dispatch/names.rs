//! Instructions that look names up, but for those that are part of the loop.

#![allow(unsafe_code)] // rules 1 and 2 of the interpreter loop

use snakelet_bytecode::opcode::op;

use crate::Raised;
use crate::object::value::{Value, raw};
use crate::protocol::call::Call;
use crate::run::registers::Regs;
use crate::run::words::slot_of;
use crate::run::{Run, slow};

impl Run<'_, '_> {
    /// `del` of a local variable.
    pub(super) fn delete_local(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let n = r.uint();
        let word = r.local(n);
        let unbound = if opcode == op::DELETE_FAST {
            r.set_local(n, raw::NULL);
            word == raw::NULL
        } else {
            // SAFETY: the verifier takes this instruction only with a local of the prelude's list of cells, or one that a
            // closure fills with a cell; the first field is a value or null.
            let slot = unsafe { slot_of(word, 1) };
            let unbound = slot.get().is_null();
            slot.set(Value::NULL);
            unbound
        };
        if unbound {
            self.sync(r);
            return Err(slow::unbound(self.vm));
        }
        Ok(())
    }

    pub(super) fn name(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        if opcode == op::LOAD_BUILD_CLASS {
            let word = slow::build_class_word(self.vm);
            r.push(word);
            return Ok(());
        }
        let name = r.name();
        self.sync(r);
        let vm = &mut *self.vm;
        match opcode {
            op::LOAD_NAME => {
                let result = slow::load_name(vm, name);
                return self.finish(r, 0, result);
            }
            op::LOAD_SUPER_METHOD => {
                let top = self.local(r, 3);
                slow::load_super_method(self.vm, top, name)?;
                r.drop(1);
                return Ok(());
            }
            op::DELETE_NAME => return slow::delete_name(vm, name),
            op::DELETE_GLOBAL => return slow::delete_global(vm, name),
            _ => {}
        }
        let value = self.local(r, 1);
        slow::store_name(self.vm, name, value)?;
        r.drop(1);
        Ok(())
    }

    pub(super) fn import(&mut self, r: &mut Regs, opcode: u8) -> Result<(), Raised> {
        let again = r.ip;
        if opcode == op::IMPORT_STAR {
            self.sync(r);
            slow::import_star(self.vm, self.local(r, 1))?;
            r.drop(1);
            return Ok(());
        }
        let name = r.name();
        self.sync(r);
        let (first, second) = (self.local(r, 1), self.local(r, 2));
        let (call, replaced) = if opcode == op::IMPORT_NAME {
            (slow::import_name(self.vm, name, first, second)?, 2)
        } else {
            (slow::import_from(self.vm, first, name)?, 0)
        };
        match call {
            Call::Done(value) => self.finish(r, replaced, Ok(value)),
            Call::Frame => {
                // goes on in the frame of a module's code; the instruction is executed again
                // behind it
                // SAFETY: `frame` points at the record of the frame that imports: the frame of the module's code
                // was pushed behind it, and the VM stack never moves.
                unsafe { (*r.frame).ip = again };
                *r = self.load();
                self.tick(r)
            }
        }
    }
}
