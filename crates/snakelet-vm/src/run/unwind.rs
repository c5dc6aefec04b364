//! Exception entries of frames, and what happens when control leaves a frame other than by its
//! next instruction: exceptions, `return` and jumps through `finally`, yields.

#![expect(
    clippy::while_immutable_condition,
    reason = "the count of open entries changes in the frame record"
)]

use crate::Vm;
use snakelet_bytecode::is_state_probe;
use snakelet_bytecode::opcode::op;

use crate::exception::classes::{RUNTIME_ERROR, STOP_ITERATION, TYPE_ERROR};
use crate::object::value::{Value, Word, raw};
use crate::object::{CodeObj, EXC_WORDS, ExceptionObj, FunctionObj, Kind, count_word};
use crate::protocol::call::function;
use crate::run::generator::stop_iteration;
use crate::vm::RootSlot;
use crate::vm::frame;
use crate::vm::stack::{Frame, Local};

use super::{Run, object};

/// Where an exception ended up.
pub(super) enum Unwound {
    /// In a handler: the newest frame goes on.
    Handler,
    /// It left the frame that native code entered, and is still pending; or it was none, and the
    /// host wants the loop to be left.
    Entry,
}

/// Set in a frame's flags while an exception is raised again: the place was noted before.
const RERAISE: u16 = 1 << 15;

/// Stack-top marker of a `finally` that a `return` runs.
const RETURN: Word = raw::int(-1);

/// An open `try`, `with` or `finally` of a frame.
struct Entry {
    handler: *const u8,
    stack: usize,
    finally: bool,
}

/// Start of a frame's code bytes.
///
/// # Safety
/// `fp` is the record of a live frame.
unsafe fn code_of<'a>(fp: *mut Frame) -> &'a CodeObj {
    // SAFETY: contract of this function; code never moves.
    unsafe {
        let f = object::<FunctionObj>((*fp).function);
        object::<CodeObj>(f.code.word())
    }
}

impl Run<'_, '_> {
    /// Address of exception entry `n` of a frame.
    fn entry_at(&self, fp: *mut Frame, n: usize) -> *mut Word {
        // SAFETY: `fp` is the newest frame's record.
        unsafe {
            let base = (*fp).base as usize + code_of(fp).n_locals();
            self.vm.rt.stack.slot(base + EXC_WORDS * n)
        }
    }

    fn code_start(fp: *mut Frame) -> *const u8 {
        // SAFETY: `fp` is the newest frame's record.
        unsafe { code_of(fp).first_byte() }
    }

    fn entry(&self, fp: *mut Frame, n: usize) -> Entry {
        let at = self.entry_at(fp, n);
        // SAFETY: entry `n` is open, so its words were written.
        let (first, second) = unsafe { (raw::to_int(*at), raw::to_int(*at.add(1))) };
        Entry {
            handler: Self::code_start(fp).wrapping_offset(first >> 1),
            stack: second as usize,
            finally: first & 1 != 0,
        }
    }

    /// Opens an exception entry.
    #[inline]
    pub(super) fn push_handler(
        &mut self,
        fp: *mut Frame,
        handler: *const u8,
        sp: *mut Word,
        finally: bool,
    ) {
        // SAFETY: the verifier checked that entries do not outnumber the frame's places.
        unsafe {
            let n = (*fp).exc as usize;
            let at = self.entry_at(fp, n);
            let offset = handler.addr() - Self::code_start(fp).addr();
            let height = (sp.addr() - self.vm.rt.stack.slot(0).addr()) / size_of::<Word>();
            let relative = height - (*fp).base as usize;
            *at = raw::int((offset << 1 | usize::from(finally)) as isize);
            *at.add(1) = raw::int(relative as isize);
            *at.add(2) = raw::NULL;
            (*fp).exc += 1;
        }
    }

    /// Closes the newest exception entry.
    #[inline]
    pub(super) fn pop_handler(&mut self, fp: *mut Frame) {
        // SAFETY: an entry is open (the verifier checked it).
        unsafe {
            let n = (*fp).exc.saturating_sub(1);
            (*fp).exc = n;
            *self.entry_at(fp, n as usize).add(2) = raw::NULL;
        }
    }

    /// The word that stands for an instruction on the stack.
    pub(super) fn offset_word(&self, fp: *mut Frame, ip: *const u8) -> Word {
        count_word(ip.addr() - Self::code_start(fp).addr())
    }

    /// Whether the exception match that ends at `ip` asks for the state of an `async with`.
    pub(super) fn is_state_probe(&self, fp: *mut Frame, ip: *const u8) -> bool {
        // SAFETY: the running frame's record.
        let code = unsafe { code_of(fp) };
        let next = ip.addr().saturating_sub(code.entry().addr());
        code.bytes().get(code.start()..).is_some_and(|code| is_state_probe(code, next))
    }

    pub(super) fn mark_reraise(&mut self, fp: *mut Frame) {
        // SAFETY: the running frame's record.
        unsafe { (*fp).flags |= RERAISE };
    }

    /// Runs the `finally` blocks that a `return` leaves. The value is on top of the stack. When
    /// one is to run first: the registers for it.
    pub(super) fn unwind_return(
        &mut self,
        fp: *mut Frame,
        ip: *const u8,
        sp: *mut Word,
    ) -> Option<(*const u8, *mut Word)> {
        // SAFETY: rules of the interpreter loop; entries hold heights inside the frame.
        unsafe {
            while (*fp).exc > 0 {
                let e = self.entry(fp, (*fp).exc as usize - 1);
                // an active one is left as it is: only the value on top counts from here on
                if e.finally && e.handler >= ip {
                    {
                        let value = *sp.sub(1);
                        let at = self.vm.rt.stack.slot((*fp).base as usize + e.stack);
                        *at = value;
                        *at.add(1) = RETURN;
                        return Some((e.handler, at.add(2)));
                    }
                }
                self.pop_handler(fp);
            }
        }
        None
    }

    /// Drops the marker of a `finally` block that is left before its end; keeps the top word.
    ///
    /// # Safety
    /// The stack holds the words that a running `finally` has on it, and one more.
    unsafe fn cancel_finally(sp: *mut Word) -> *mut Word {
        // SAFETY: contract of this function.
        unsafe {
            if raw::is_int(*sp.sub(2)) {
                *sp.sub(3) = *sp.sub(1);
                sp.sub(2)
            } else {
                *sp.sub(2) = *sp.sub(1);
                sp.sub(1)
            }
        }
    }

    /// Leaves `count & 0x7f` entries for a jump out of them; the destination is on top of the
    /// stack. Bit 7 says that a loop's iterator is to be dropped at the end.
    pub(super) fn unwind_jump(
        &mut self,
        fp: *mut Frame,
        count: usize,
        ip: *const u8,
        sp: *mut Word,
    ) -> (*const u8, *mut Word) {
        let mut count = count;
        let mut sp = sp;
        // SAFETY: as for `unwind_return`.
        unsafe {
            while count & 0x7f > 0 {
                count -= 1;
                let e = self.entry(fp, (*fp).exc as usize - 1);
                if e.finally {
                    if e.handler >= ip {
                        *sp = raw::int(count as isize);
                        return (e.handler, sp.add(1));
                    }
                    sp = Self::cancel_finally(sp);
                }
                self.pop_handler(fp);
            }
            sp = sp.sub(1);
            let offset = raw::to_int(*sp);
            let ip = Self::code_start(fp).wrapping_offset(offset);
            (ip, if count != 0 { sp.sub(4) } else { sp })
        }
    }

    /// Finds the handler of the pending exception.
    #[cold]
    #[inline(never)]
    pub(super) fn unwind(&mut self) -> Unwound {
        if self.vm.rt.stepping.is_left() {
            // nothing was raised; the frames stay
            return Unwound::Entry;
        }
        loop {
            let stack = &self.vm.rt.stack;
            let fp = stack.frame();
            if !self.vm.is_stopped() {
                // SAFETY: a frame runs.
                let (ip, flags) = unsafe { ((*fp).ip, (*fp).flags) };
                if flags & RERAISE == 0 {
                    add_traceback(self.vm, ip);
                }
                // SAFETY: the frame's record is still there.
                unsafe { (*fp).flags &= !RERAISE };
                let fp = self.vm.rt.stack.frame();
                if self.find_handler(fp) {
                    return Unwound::Handler;
                }
            }
            // SAFETY: the record is read before it is taken away.
            let old = unsafe { *self.vm.rt.stack.frame() };
            if old.flags & frame::GENERATOR != 0 {
                if !self.vm.is_stopped() && self.vm.raised_is(&STOP_ITERATION) {
                    // a `StopIteration` inside must not end the caller's loop (PEP 479)
                    let _ = self.vm.raise_text(&RUNTIME_ERROR, "generator raised StopIteration");
                }
                if self.end_generator(None).unwrap_or(true) {
                    // it goes to the generator that delegated to this one
                    continue;
                }
            }
            if old.flags & frame::IMPORT != 0 {
                let module = self.vm.rt.stack.push(old.extra);
                crate::import::failed(self.vm, module);
            }
            self.vm.rt.stack.pop_frame();
            if old.flags & frame::ENTRY != 0 {
                self.vm.rt.stack.set_top((old.ret as usize).max(crate::vm::stack::FIRST));
                return Unwound::Entry;
            }
            self.vm.rt.stack.set_top(old.ret as usize);
        }
    }

    /// Enters the frame's innermost handler that is not active, if there is one.
    fn find_handler(&mut self, fp: *mut Frame) -> bool {
        // SAFETY: as for `unwind_return`.
        unsafe {
            let at = (*fp).ip.wrapping_sub(1);
            while (*fp).exc > 0 {
                let n = (*fp).exc as usize - 1;
                let e = self.entry(fp, n);
                if e.handler > at {
                    let word = self.vm.root(RootSlot::Pending).word();
                    *self.entry_at(fp, n).add(2) = word;
                    let top = (*fp).base as usize + e.stack;
                    *self.vm.rt.stack.slot(top) = word;
                    (*fp).top = top as u32 + 1;
                    (*fp).ip = e.handler;
                    self.vm.rt.stack.set_top(top + 1);
                    self.vm.set_root_word(RootSlot::Pending, raw::NULL);
                    return true;
                }
                self.pop_handler(fp);
            }
        }
        false
    }

    /// Ends the newest frame, whose flags are not plain, with a result. `Some`: the result goes
    /// to native code. `None`: the frame below goes on; its record says where.
    pub(super) fn finish_frame(&mut self, word: Word) -> Option<Local> {
        let stack = &self.vm.rt.stack;
        // SAFETY: a frame runs; its record is read before it is taken away.
        let old = unsafe { *stack.frame() };
        let mut word = word;
        if old.flags & frame::INSTANCE != 0 {
            if word != raw::NONE {
                // raised in the frame itself, whose handlers are all closed
                let _ = self.vm.raise_text(&TYPE_ERROR, "__init__() should return None");
                return self.raise_below();
            }
            word = old.extra;
        }
        if old.flags & frame::GENERATOR != 0 {
            match self.end_generator(Some(word)) {
                Ok(false) => {}
                Ok(true) => return None,
                Err(_) => return self.raise_below(),
            }
        }
        if old.flags & frame::IMPORT != 0 {
            let module = self.vm.rt.stack.push(old.extra);
            if crate::import::finished(self.vm, module).is_err() {
                return self.raise_below();
            }
        }
        let stack = &self.vm.rt.stack;
        stack.pop_frame();
        let ret = old.ret as usize;
        if old.flags & frame::ENTRY != 0 {
            stack.set_top(ret + 1);
            stack.write(ret, word);
            return Some(Local::at(ret));
        }
        if old.flags & frame::NEXT != 0 {
            stack.set_top(ret);
            // SAFETY: the value was on the stack just now.
            let value = self.vm.push(unsafe { Value::from_word(word) });
            let _ = stop_iteration(self.vm, value);
            return self.raise_below();
        }
        let below = stack.frame();
        // SAFETY: a frame that native code did not enter has one below it.
        unsafe {
            if old.flags & frame::FOR != 0 {
                // the loop ends: its iterator is on top of that frame's stack
                let ip = (*below).ip;
                (*below).ip = ip.wrapping_offset(forward_offset_before(ip));
                (*below).top = ret as u32 - 4;
                stack.set_top(ret - 4);
            } else if old.flags & frame::IMPORT != 0 {
                // its ip is behind the instruction's opcode
                (*below).ip = (*below).ip.wrapping_sub(1);
                stack.set_top((*below).top as usize);
            } else {
                *stack.slot(ret) = word;
                (*below).top = ret as u32 + 1;
                stack.set_top(ret + 1);
            }
        }
        None
    }

    /// Passes an exception to the frame below, as if the newest frame had raised it at its end.
    fn raise_below(&mut self) -> Option<Local> {
        match self.unwind() {
            Unwound::Handler => None,
            Unwound::Entry => Some(Local::SINK),
        }
    }
}

/// Decodes the operand of the forward jump that ends at `ip`.
///
/// # Safety
/// `ip` is behind a verified `FOR_ITER`.
unsafe fn forward_offset_before(ip: *const u8) -> isize {
    const { assert!(op::FOR_ITER & 0x80 == 0) };
    // SAFETY: contract of this function. What stands before a last byte is the opcode, or a first
    // byte, of which bit 7 is set.
    unsafe {
        let (first, last) = (*ip.sub(2), *ip.sub(1));
        if first & 0x80 == 0 {
            last as isize
        } else {
            (first & 0x7f) as isize | (last as isize) << 7
        }
    }
}

/// Notes in the pending exception where the newest frame is. Needs no memory if there is none.
fn add_traceback(vm: &mut Vm, ip: *const u8) {
    let scope = vm.scope();
    let exception = vm.push_root(RootSlot::Pending);
    let part = vm.native_part(exception);
    if !vm.get(part).is_kind(Kind::Exception) {
        vm.end_scope(scope);
        return;
    }
    let place = vm.rt.stack.frame_at(0).and_then(|f| {
        let f = vm.frame_function(&f)?;
        let start = f.code()?.first_byte().addr();
        Some(function::place_of(f, ip.addr().wrapping_sub(start)))
    });
    if let Some((file, line, name)) = place {
        let is_memory_error = vm.root(RootSlot::MemoryError).is(vm.get(part));
        let pending = vm.get(exception).word();
        let noted = !is_memory_error && note(vm, part, file, line, name).is_ok();
        // a failure to note the place must not hide the exception itself
        if !noted || vm.root(RootSlot::Pending).word() != pending {
            let word = vm.get(exception).word();
            vm.set_root_word(RootSlot::Pending, word);
        }
    }
    vm.end_scope(scope);
}

fn note(
    vm: &mut Vm,
    exception: Local,
    file: snakelet_qstr::Qstr,
    line: u32,
    name: snakelet_qstr::Qstr,
) -> Result<(), crate::Raised> {
    let list = match vm.get(exception).cast::<ExceptionObj>() {
        Some(e) if !e.traceback.get().is_null() => vm.push(e.traceback.get()),
        _ => {
            let list = vm.new_list_empty()?;
            if let Some(e) = vm.get(exception).cast::<ExceptionObj>() {
                e.traceback.set(vm.get(list));
            }
            list
        }
    };
    let file = vm.push(Value::qstr(file));
    let line = vm.new_int(line as isize)?;
    let name = vm.push(Value::qstr(name));
    for item in [file, line, name] {
        vm.list_append(list, item)?;
    }
    Ok(())
}
