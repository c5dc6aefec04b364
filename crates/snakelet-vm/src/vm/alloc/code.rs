//! Making code objects and contexts.

#![allow(unsafe_code)] // fills fresh objects

use core::mem::offset_of;
use core::ptr::NonNull;

use snakelet_gc::Place;

use crate::Res;
use crate::object::value::Word;
use crate::object::*;
use crate::vm::stack::Local;
use crate::vm::{NewObject, Vm};

/// The decoded prelude of a function.
#[derive(Copy, Clone)]
pub(crate) struct CodeHead {
    /// Offset of the first instruction, not 0.
    pub(crate) start: u16,
    /// Slots of the stack.
    pub(crate) n_stack: u16,
    /// Slots of locals and exception entries.
    pub(crate) fixed: u16,
    pub(crate) n_exc: u8,
    pub(crate) n_cells: u8,
    pub(crate) n_free: u8,
    pub(crate) flags: u8,
    pub(crate) n_pos: u8,
    pub(crate) n_kwonly: u8,
    pub(crate) n_defaults: u8,
}

impl CodeHead {
    /// Of a function that was not verified yet.
    pub(crate) const UNKNOWN: Self = Self {
        start: u16::MAX,
        n_stack: 0,
        fixed: 0,
        n_exc: 0,
        n_cells: 0,
        n_free: 0,
        flags: 0,
        n_pos: 0,
        n_kwonly: 0,
        n_defaults: 0,
    };
}

impl Vm {
    /// Makes a code object of `len` bytes, which `fill` writes.
    pub(crate) fn new_code(
        &mut self,
        head: CodeHead,
        len: usize,
        fill: impl FnOnce(&Vm, &mut [u8]),
    ) -> Res {
        if len > header::AUX_MAX {
            return Err(self.memory_error());
        }
        let words = words_with_bytes::<CodeObj>(len);
        let mut new = self.allocate_in(Kind::Code, len, words, Place::High)?;
        new.write_head(head, false);
        fill(self, new.bytes_mut(words_of::<CodeObj>(0), len));
        Ok(new.local)
    }

    /// Makes code of a function whose bytes stay outside of the heap. Its head is still to be set.
    pub(crate) fn new_code_outside(&mut self, bytes: &'static [u8]) -> Res {
        if bytes.len() > header::AUX_MAX {
            return Err(self.memory_error());
        }
        let words = words_of::<CodeObj>(size_of::<Outside>() / size_of::<Word>());
        let new = self.allocate_in(Kind::Code, bytes.len(), words, Place::High)?;
        // SAFETY: there is room for it behind the fixed part.
        unsafe {
            new.write(size_of::<CodeObj>() + offset_of!(Outside, bytes), bytes.as_ptr());
        }
        new.write_head(CodeHead::UNKNOWN, true);
        Ok(new.local)
    }

    /// Changes what a code object's head says. Nothing runs it yet.
    pub(crate) fn set_code_head(&mut self, code: Local, head: CodeHead) {
        let Some(object) = self.get(code).cast::<CodeObj>() else { return };
        let outside = object.outside().is_some();
        let word = self.get(code).word();
        let Some(at) = NonNull::new(core::ptr::with_exposed_provenance_mut(word)) else { return };
        NewObject { local: code, at }.write_head(head, outside);
    }

    /// Makes the context of a module: `names` interned strings and `objects` constants, all null.
    pub(crate) fn new_context(&mut self, globals: Local, names: usize, objects: usize) -> Res {
        let words = words_of::<Context>(names + objects);
        let new = self.allocate_in(Kind::Context, names, words, Place::High)?;
        new.set_word(1, self.get(globals).word());
        new.set_word(2, count_word(objects));
        Ok(new.local)
    }
}

impl NewObject {
    /// Writes the head of a code object, whose bytes may lie outside of the heap.
    fn write_head(&self, head: CodeHead, outside: bool) {
        let simple = head.n_kwonly == 0 && head.flags & 7 == 0 && head.n_cells == 0;
        let quick_args = if simple { u16::from(head.n_pos) } else { u16::MAX };
        // SAFETY: all fields lie inside the object, at their own offsets.
        unsafe {
            if outside {
                let start = size_of::<CodeObj>() + offset_of!(Outside, start);
                self.write(start, usize::from(head.start));
            }
            self.write(CodeObj::START, if outside { 0 } else { head.start });
            self.write(offset_of!(CodeObj, n_slots), head.fixed.saturating_add(head.n_stack));
            self.write(offset_of!(CodeObj, fixed), head.fixed);
            self.write(offset_of!(CodeObj, quick_args), quick_args);
            self.write(offset_of!(CodeObj, n_exc), head.n_exc);
            self.write(offset_of!(CodeObj, n_cells), head.n_cells);
            self.write(offset_of!(CodeObj, n_free), head.n_free);
            self.write(offset_of!(CodeObj, flags), head.flags);
            self.write(offset_of!(CodeObj, n_pos), head.n_pos);
            self.write(offset_of!(CodeObj, n_kwonly), head.n_kwonly);
            self.write(offset_of!(CodeObj, n_defaults), head.n_defaults);
        }
    }
}
