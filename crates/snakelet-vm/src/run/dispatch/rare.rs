//! Instructions that are executed seldom. They find the frame's registers where
//! [`sync`](Run::sync) stored them, and store them there again.

#![allow(unsafe_code)] // rules 1 and 2 of the interpreter loop

use snakelet_bytecode::opcode::{UnaryOp, op};

use crate::run::registers::Regs;
use crate::run::words::{names_of, no_such_opcode};
use crate::run::{Run, slow};
use crate::vm::stack::Local;
use crate::{Raised, Res};

use super::opcodes::operator as o;

impl Run<'_, '_> {
    /// The registers of the newest frame, which was synchronised.
    #[inline(always)]
    pub(super) fn saved(&self) -> Regs {
        let stack = &self.vm.rt.stack;
        let frame = stack.frame();
        // SAFETY: a frame runs, so its record is there, and its function is live.
        unsafe {
            Regs {
                ip: (*frame).ip,
                sp: stack.top_slot(),
                locals: stack.slot((*frame).base as usize),
                names: names_of((*frame).function),
                frame,
            }
        }
    }

    /// Executes the instruction whose opcode was just read. The result is that of the loop if it
    /// is to be left.
    #[inline(never)]
    pub(super) fn rare(&mut self, opcode: u32) -> Result<Option<Local>, Raised> {
        let r = &mut self.saved();
        match opcode as u8 {
            op::DELETE_FAST | op::DELETE_DEREF => self.delete_local(r, opcode as u8)?,
            op::LOAD_NAME
            | op::STORE_NAME
            | op::DELETE_NAME
            | op::DELETE_GLOBAL
            | op::LOAD_SUPER_METHOD
            | op::LOAD_BUILD_CLASS => self.name(r, opcode as u8)?,
            op::IMPORT_NAME | op::IMPORT_FROM | op::IMPORT_STAR => self.import(r, opcode as u8)?,
            op::MAKE_FUNCTION
            | op::MAKE_FUNCTION_DEFARGS
            | op::MAKE_CLOSURE
            | op::MAKE_CLOSURE_DEFARGS => self.make_function(r, opcode as u8)?,
            op::BUILD_MAP | op::STORE_MAP | op::BUILD_SET | op::STORE_COMP | op::UNPACK_EX => {
                self.fill(r, opcode as u8)?;
            }
            op::GET_ITER => self.get_iter(r)?,
            op::CALL_FUNCTION_VAR_KW | op::CALL_METHOD_VAR_KW => {
                self.call_spread(r, opcode as u8)?
            }
            op::SETUP_WITH | op::SETUP_EXCEPT | op::SETUP_FINALLY => {
                self.set_up(r, opcode as u8)?
            }
            op::WITH_CLEANUP | op::POP_EXCEPT_JUMP | op::UNWIND_JUMP => {
                self.leave(r, opcode as u8)?
            }
            op::END_FINALLY => {
                let result = self.end_finally(r)?;
                if result.is_some() {
                    return Ok(result);
                }
            }
            op::YIELD_FROM => {
                let result = self.yield_from(r)?;
                if result.is_some() {
                    return Ok(result);
                }
            }
            #[cfg(feature = "viper")]
            snakelet_bytecode::viper::OPCODE => self.viper(r)?,
            op::RAISE_LAST | op::RAISE_OBJ | op::RAISE_FROM => {
                return Err(self.raise(r, opcode as u8));
            }
            o::EXCEPTION_MATCH => self.match_exception(r)?,
            o::POSITIVE | o::INVERT => {
                self.sync(r);
                let operator =
                    if opcode as u8 == o::POSITIVE { UnaryOp::Positive } else { UnaryOp::Invert };
                let result = slow::unary(self.vm, operator, self.local(r, 1));
                self.finish(r, 1, result)?;
            }
            o::INPLACE_MAT_MULTIPLY | o::MAT_MULTIPLY | o::INPLACE_POWER | o::POWER => {
                self.operate(r, opcode)?;
            }
            // SAFETY: the loop calls this only for the opcodes of `rare!`, and each of them has an arm.
            _ => unsafe { no_such_opcode() },
        }
        let r = *r;
        self.sync(&r);
        Ok(None)
    }

    /// An instruction of Viper's types.
    #[cfg(feature = "viper")]
    fn viper(&mut self, r: &mut Regs) -> Result<(), Raised> {
        use snakelet_bytecode::viper::ViperOp;

        let Some(op) = ViperOp::ALL.get(r.uint()).copied() else {
            return Err(slow::no_such_opcode(self.vm));
        };
        let (takes, leaves) = match op.height() {
            0 => (1, true),
            -1 => (2, true),
            _ => (3, false),
        };
        self.sync(r);
        let result = slow::viper::make(self.vm, op, self.local(r, takes))?;
        if leaves {
            let word = self.word(result);
            r.replace(takes, word);
        } else {
            r.drop(takes);
        }
        Ok(())
    }

    /// Replaces the top `n` words by the result of safe code.
    pub(super) fn finish(&mut self, r: &mut Regs, n: usize, result: Res) -> Result<(), Raised> {
        let word = self.word(result?);
        r.replace(n, word);
        Ok(())
    }
}
