//! The interpreter loop.
//!
//! Instruction pointer, stack pointer and frame are machine registers here; the loop works on raw
//! words. The rules that make this sound:
//!
//! 1. Code was verified (or made by our compiler): operands are in range, every jump lands on an
//!    instruction, and the stack never leaves the frame's part of the VM stack.
//! 2. Words below `sp` are live values. Before anything that may allocate, [`sync`](Run::sync)
//!    stores `ip` in the frame record and makes `sp` the stack's top, so that the collector sees
//!    them all; after it no reference is kept in a machine register, except code and contexts,
//!    which never move.
//! 3. The VM stack itself never moves.
//!
//! What is not done in the loop is done by safe code on locals, in [`slow`].

#![allow(unsafe_code)] // rules 1 to 3 above

mod caching;
mod calls;
pub(crate) mod chain;
mod clock;
mod dispatch;
mod frames;
pub(crate) mod generate;
pub(crate) mod generator;
mod items;
mod numbers;
mod registers;
pub(crate) mod resume;
pub(crate) mod schedule;
pub(crate) mod slices;
mod slow;
pub(crate) mod step;
#[cfg(feature = "thread")]
mod threads;
mod unwind;
mod words;

use crate::object::value::Word;
use crate::object::{Context, FunctionObj};
use crate::vm::Sink;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

use registers::Regs;
use unwind::Unwound;
use words::object;

/// Runs the newest frame, which must be marked as entered from native code, to its end; the
/// result is in its result slot's local. `raised` says that an exception was raised in it already;
/// `sink` receives what it yields if it is a generator's.
///
/// The rest of the crate gets here through [`Vm::execute`] alone.
#[inline]
pub(crate) fn execute(vm: &mut Vm, raised: bool, sink: Option<&mut Sink<'_>>) -> Res {
    Run { vm, sink }.run(raised)
}

struct Run<'v, 's> {
    vm: &'v mut Vm,
    /// Where the values of the generator go that native code resumed.
    sink: Option<&'v mut Sink<'s>>,
}

impl Run<'_, '_> {
    /// Loads the registers of the newest frame.
    #[inline(always)]
    fn load(&self) -> Regs {
        let stack = &self.vm.rt.stack;
        let frame = stack.frame();
        // SAFETY: a frame runs, so its record is there, its function is live, and its context
        // never moves.
        unsafe {
            let f = &*core::ptr::with_exposed_provenance::<FunctionObj>((*frame).function);
            let context = core::ptr::with_exposed_provenance::<Context>(f.context.word());
            Regs {
                ip: (*frame).ip,
                sp: stack.slot((*frame).top as usize),
                locals: stack.slot((*frame).base as usize),
                names: context.cast::<Word>().add(1),
                frame,
            }
        }
    }

    #[inline]
    fn run(mut self, raised: bool) -> Res {
        let mut r = self.load();
        if raised {
            match self.unwind() {
                Unwound::Handler => r = self.load(),
                Unwound::Entry => match self.end(Err(Raised::new())) {
                    Some(result) => return result,
                    None => r = self.load(),
                },
            }
        }
        loop {
            let ended = match self.dispatch(&r) {
                Ok(Local::SINK) => Err(Raised::new()),
                Ok(local) => Ok(local),
                Err(_) => match self.unwind() {
                    Unwound::Handler => {
                        r = self.load();
                        continue;
                    }
                    Unwound::Entry => Err(Raised::new()),
                },
            };
            match self.end(ended) {
                Some(result) => return result,
                None => r = self.load(),
            }
        }
    }

    /// The loop's result when the frame that native code entered has ended; none if another thread is to run.
    #[cfg(not(feature = "thread"))]
    #[inline(always)]
    fn end(&mut self, ended: Res) -> Option<Res> {
        Some(ended)
    }
}
