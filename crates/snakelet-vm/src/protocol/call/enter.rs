//! The frame of a function: its record, its locals and their cells.

use crate::object::value::{Value, raw};
use crate::object::{CellObj, CodeObj, EXC_WORDS, FunctionObj};
use crate::protocol::call::Call;
use crate::protocol::call::function::flags;
use crate::vm::stack::{Frame, Local};
use crate::{Raised, Vm};

impl Vm {
    /// Makes the arguments of a function its locals and pushes its frame record; a generator
    /// function is finished by making the generator.
    #[expect(clippy::too_many_arguments, reason = "the parts of a call, all of them numbers")]
    pub(super) fn enter(
        &mut self,
        ret: usize,
        function: Local,
        base: usize,
        positional: usize,
        keywords: usize,
        frame_flags: u16,
        extra: Local,
    ) -> Result<Call, Raised> {
        let Some(f) = self.get(function).cast::<FunctionObj>() else {
            return Err(self.not_callable(function));
        };
        let Some(code) = f.code() else { return Err(self.not_callable(function)) };
        let n_locals = code.n_locals();
        let slots = code.frame_slots();
        let exc = EXC_WORDS * code.n_exc as usize;
        let simple = keywords == 0
            && code.n_kwonly == 0
            && code.flags & (flags::VAR_ARGS | flags::VAR_KEYWORDS) == 0
            && positional == code.n_pos as usize;
        let (generator, cells) = (code.flags & flags::GENERATOR != 0, code.n_cells != 0);
        if !self.rt.stack.has_room(base.max(self.rt.stack.top()), slots) {
            return Err(self.recursion_error());
        }
        if !simple {
            self.bind_arguments(function, base, positional, keywords)?;
        }
        self.fill_to(base + n_locals + exc, base + positional.min(n_locals), simple);
        if cells {
            self.make_cells(function, base)?;
        }
        if generator {
            return self.make_generator(function, base, n_locals + exc).map(Call::Done);
        }
        let Some(ip) = self.entry_of(function) else { return Err(self.not_callable(function)) };
        // the instance is the first argument, which may have become a cell just now
        let instance = self.get(extra);
        let extra = self.cell_value(instance).unwrap_or(instance).word();
        self.rt.stack.push_frame(Frame {
            function: self.get(function).word(),
            extra,
            ip,
            base: base as u32,
            ret: ret as u32,
            top: (base + n_locals + exc) as u32,
            exc: 0,
            flags: frame_flags,
        });
        Ok(Call::Frame)
    }

    /// Sets the top and clears what lies between the arguments and it.
    fn fill_to(&mut self, top: usize, arguments_end: usize, clear: bool) {
        let old = self.rt.stack.top();
        if clear {
            self.rt.stack.set_top(arguments_end.min(old));
        } else if old > top {
            self.rt.stack.set_top(top);
        }
        while self.rt.stack.top() < top {
            self.rt.stack.push(raw::NULL);
        }
    }

    /// Wraps the locals that inner functions use in cells.
    fn make_cells(&mut self, function: Local, base: usize) -> Result<(), Raised> {
        let mut i = 0;
        loop {
            let local = {
                let code = self.get(function).cast::<FunctionObj>().and_then(FunctionObj::code);
                match code.and_then(|c| cell_local(c, i)) {
                    Some(local) => Local::at(base + local),
                    None => return Ok(()),
                }
            };
            let cell = self.new_cell(local)?;
            self.set(local, self.get(cell));
            self.rt.stack.set_top(cell.index());
            i += 1;
        }
    }

    /// The value in a cell, if this is one.
    pub(crate) fn cell_value<'h>(&'h self, value: Value<'h>) -> Option<Value<'h>> {
        value.cast::<CellObj>().map(|c| c.value.get())
    }
}

/// The local that cell number `i` of a function wraps.
pub(super) fn cell_local(code: &CodeObj, i: usize) -> Option<usize> {
    let n = code.n_cells as usize;
    let start = code.start().checked_sub(n)?;
    if i < n { code.bytes().get(start + i).map(|b| *b as usize) } else { None }
}
