//! What the rest of the interpreter sees of frames.

#![allow(unsafe_code)] // reads and writes the records of live frames

use crate::Vm;
use crate::object::value::{Value, raw};
use crate::object::{EXC_WORDS, FunctionObj, Generator};
use crate::vm::RootSlot;
use crate::vm::frame;
use crate::vm::stack::{Frame, Local};

impl Vm {
    /// The function of a frame record.
    pub(crate) fn frame_function<'h>(&'h self, frame: &Frame) -> Option<&'h FunctionObj> {
        // SAFETY: a frame's function is a root.
        unsafe { Value::from_word(frame.function) }.cast::<FunctionObj>()
    }

    /// Marks the newest frame as entered by native code.
    pub(crate) fn mark_entry(&mut self) {
        // SAFETY: a record was just pushed.
        unsafe { (*self.rt.stack.frame()).flags |= frame::ENTRY };
    }

    /// Takes the newest frame record away, in whatever state it is; a generator ends by it, and
    /// those that delegate to it.
    pub(crate) fn abandon_frame(&mut self) {
        // SAFETY: `extra` of a frame record is a root.
        let extra = self.rt.stack.frame_at(0).map(|f| unsafe { Value::from_word(f.extra) });
        if let Some(g) = extra.and_then(Value::cast::<Generator>) {
            super::chain::finish_all(g);
        }
        if let Some(f) = self.rt.stack.frame_at(0)
            && f.flags & frame::IMPORT != 0
        {
            let module = self.rt.stack.push(f.extra);
            crate::import::failed(self, module);
        }
        self.rt.stack.pop_frame();
    }

    /// Takes the newest frame record away without running it.
    pub(crate) fn drop_frame(&mut self) {
        self.rt.stack.pop_frame();
    }

    /// Address of the first instruction of the function in a local.
    pub(crate) fn entry_of(&self, function: Local) -> Option<*const u8> {
        let code = self.get(function).cast::<FunctionObj>()?.code()?;
        Some(code.entry())
    }

    /// The innermost exception that is being handled.
    pub(crate) fn handled_exception(&self) -> Option<Value<'_>> {
        for n in 0..self.rt.stack.depth() {
            let frame = self.rt.stack.frame_at(n)?;
            let code = self.frame_function(&frame)?.code()?;
            let base = frame.base as usize + code.n_locals();
            for i in (0..frame.exc as usize).rev() {
                let value = self.rt.stack.value(base + EXC_WORDS * i + 2);
                if !value.is_null() {
                    return Some(value);
                }
            }
            if frame.flags & frame::GENERATOR != 0 {
                // SAFETY: `extra` is a root.
                let generator = unsafe { Value::from_word(frame.extra) }.cast::<Generator>();
                let handled = generator.and_then(Generator::handled_outside);
                if handled.is_some() {
                    return handled;
                }
            }
        }
        None
    }

    /// Gives the newest frame a dict for its local names.
    pub(crate) fn set_frame_names(&mut self, names: Local) {
        self.set_frame_extra(names);
        // SAFETY: a record was just pushed.
        unsafe { (*self.rt.stack.frame()).flags |= frame::NAMES };
    }

    /// Gives the newest frame the object that its flags tell of.
    pub(crate) fn set_frame_extra(&mut self, extra: Local) {
        let word = self.get(extra).word();
        // SAFETY: a record was just pushed.
        unsafe { (*self.rt.stack.frame()).extra = word };
    }

    /// The dict of local names of the running frame, if it has one.
    pub(crate) fn frame_names(&self) -> Option<Value<'_>> {
        let frame = self.rt.stack.frame_at(0)?;
        if frame.flags & frame::NAMES == 0 {
            return None;
        }
        // SAFETY: `extra` is a root.
        Some(unsafe { Value::from_word(frame.extra) })
    }

    /// Notes the height of the stack in the newest frame's record.
    pub(crate) fn set_frame_top(&mut self, top: usize) {
        // SAFETY: a frame runs.
        unsafe { (*self.rt.stack.frame()).top = top as u32 };
    }

    /// Forgets the pending exception.
    pub(crate) fn forget_raised(&mut self) {
        if !self.is_stopped() {
            self.set_root_word(RootSlot::Pending, raw::NULL);
        }
    }

    /// Lets the newest frame execute its `with` statement again, behind whose instruction it stands.
    #[cfg(feature = "thread")]
    pub(crate) fn go_back_to_with(&mut self) {
        use snakelet_bytecode::opcode::op;

        const { assert!(op::SETUP_WITH & 0x80 == 0) };
        // SAFETY: the frame was synchronised behind a verified `SETUP_WITH`, whose operand has one byte, or two of which
        // bit 7 of the first is set.
        unsafe {
            let frame = self.rt.stack.frame();
            let ip = (*frame).ip;
            let operand = if *ip.sub(2) & 0x80 == 0 { 1 } else { 2 };
            (*frame).ip = ip.sub(1 + operand);
        }
    }
}
