//! Calls that leave no more than a frame for the loop to run.

#![allow(unsafe_code)] // pushes frames

use crate::object::value::{Word, raw};
use crate::object::{BoundMethod, ClosureObj, CodeObj, FunctionObj, Kind};
use crate::protocol::call::Call;
use crate::vm::cache::Found;
use crate::vm::frame;
use crate::vm::stack::{Frame, Local};
use crate::{Args, Raised};

use super::Run;
use super::registers::apart;
use super::words::{native_of, native_type_of, object};

/// Whether a class could be called the short way.
pub(super) enum MadeInstance {
    No,
    /// The frame of its `__init__` is to be run.
    Frame,
}

impl Run<'_, '_> {
    /// Makes an instance of a class whose `__init__` is known to be a plain function, and pushes
    /// that one's frame.
    pub(super) fn quick_instance(
        &mut self,
        class: Word,
        ret: usize,
        first: usize,
        positional: usize,
    ) -> Result<MadeInstance, Raised> {
        let name = raw::qstr(crate::qstr!("__init__"));
        if self.vm.rt.caches.attr_anywhere(class, name).is_none_or(|e| e.get().found != Found::Init)
        {
            return Ok(MadeInstance::No);
        }
        let instance = self.vm.new_instance(Local::at(ret))?;
        let stack = &self.vm.rt.stack;
        // the allocation may have moved the class, and emptied the cache
        let init = match self.vm.rt.caches.attr(stack.read(ret), name) {
            Some(e) if e.found == Found::Init => e.what,
            _ => {
                stack.set_top(first + positional);
                return Ok(MadeInstance::No);
            }
        };
        let word = stack.read(instance.index());
        // SAFETY: the arguments lie below the top, where the instance's own slot is one more.
        unsafe {
            stack.set_top_slot(stack.slot(first + positional + 1));
            core::ptr::copy(stack.slot(first), stack.slot(first + 1), positional);
            *stack.slot(first) = word;
            (*stack.frame()).top = ret as u32;
        }
        stack.write(ret, init);
        let (to, from) = (stack.slot(ret), stack.slot(first));
        if self.quick_frame(stack.frame(), init, to, from, positional + 1) {
            // SAFETY: the record was just pushed.
            unsafe {
                let frame = self.vm.rt.stack.frame();
                (*frame).extra = word;
                (*frame).flags = frame::INSTANCE;
            }
            return Ok(MadeInstance::Frame);
        }
        self.vm.enter_init(ret, first, positional + 1, 0, 0)?;
        Ok(MadeInstance::Frame)
    }

    /// Pushes the frame of a plain function whose arguments, from `first` on, are just right, and
    /// gives its first registers; `None` if the call needs more than that. `fp` and `ip` are the
    /// caller's.
    #[inline(always)]
    pub(super) fn quick_call(
        &self,
        fp: *mut Frame,
        ip: *const u8,
        callable: Word,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
    ) -> Option<(*const u8, *mut Word)> {
        // SAFETY: the callable is a function, its code is live and never moves; the slots written
        // lie below the frame records, which was checked.
        unsafe {
            let f = object::<FunctionObj>(callable);
            let code = object::<CodeObj>(f.code.word());
            if positional != code.quick_args as usize {
                return None;
            }
            let stack = &self.vm.rt.stack;
            if !stack.slot_has_room(first, code.frame_slots()) {
                return None;
            }
            let result = stack.index(ret) as u32;
            (*fp).ip = ip;
            (*fp).top = result;
            let end = first.add(code.fixed as usize);
            let mut at = first.add(positional);
            while at < end {
                // one by one: there are few, and a call that fills them takes longer
                *at = apart(raw::NULL);
                at = at.add(1);
            }
            let start = code.entry();
            stack.push_frame(Frame {
                function: callable,
                extra: raw::NULL,
                ip: start,
                base: stack.index(first) as u32,
                ret: result,
                top: 0,
                exc: 0,
                flags: 0,
            });
            Some((start, end))
        }
    }

    /// Calls what is neither a plain function with just its arguments nor a native one. The stack
    /// is as for `call`, and the frame's record is up to date.
    #[inline(never)]
    pub(super) fn call_other(
        &mut self,
        callable: Word,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
        keywords: usize,
    ) -> Result<Call, Raised> {
        let stack = &self.vm.rt.stack;
        let fp = stack.frame();
        if let Some(ty) = native_type_of(callable) {
            let (ret, first) = (stack.index(ret), stack.index(first));
            // SAFETY: the record of the running frame.
            unsafe { (*fp).top = ret as u32 };
            let args = Args::new(Local::at(first), positional, keywords);
            return self.vm.call_native_type(ty, Local::at(ret), args).map(Call::Done);
        }
        if keywords == 0 && raw::is_ref(callable) {
            if let Some(made) = self.quick_generator(ret, first, positional) {
                return made.map(Call::Done);
            }
            let stack = &self.vm.rt.stack;
            match Kind::of_header(raw::header_of(callable)) {
                Kind::BoundMethod => {
                    // SAFETY: the header says so; the receiver takes the place of the method,
                    // which is next to the arguments.
                    let (function, receiver) = unsafe {
                        let method = object::<BoundMethod>(callable);
                        (method.function.word(), method.receiver.word())
                    };
                    let before = first.wrapping_sub(1);
                    // SAFETY: between `ret` and `first` nothing is needed any more.
                    unsafe { *before = receiver };
                    if let Some(f) = native_of(function) {
                        if f.is_leaf() {
                            // SAFETY: the receiver and the arguments lie below the top.
                            let word = unsafe { self.vm.quick_leaf(f, before, positional + 1) }?;
                            return Ok(Call::Done(self.vm.rt.stack.push(word.get())));
                        }
                        if f.resumes(positional + 1)
                            && self.resume_by_call(ret, before, positional + 1)?
                        {
                            return Ok(Call::Frame);
                        }
                        let stack = &self.vm.rt.stack;
                        let at = stack.index(before);
                        return self.vm.call_native(f, at, positional + 1, 0).map(Call::Done);
                    }
                    if self.quick_frame(fp, function, ret, before, positional + 1) {
                        return Ok(Call::Frame);
                    }
                    // SAFETY: both slots are the call's own, below its arguments.
                    unsafe {
                        *before = raw::NULL;
                        *ret = callable;
                    }
                }
                Kind::Closure => {
                    // SAFETY: the header says so.
                    let closure = unsafe { object::<ClosureObj>(callable) };
                    let (function, n) = (closure.function.word(), closure.cells().len());
                    // SAFETY: a closure's function is one.
                    let code =
                        unsafe { object::<CodeObj>(object::<FunctionObj>(function).code.word()) };
                    if positional + n == code.quick_args as usize
                        && stack.slot_has_room(first, code.frame_slots())
                    {
                        // SAFETY: there is room for all locals of the frame.
                        unsafe {
                            core::ptr::copy(first, first.add(n), positional);
                            for (i, cell) in closure.cells().iter().enumerate() {
                                *first.add(i) = cell.word();
                            }
                        }
                        if self.quick_frame(fp, function, ret, first, positional + n) {
                            return Ok(Call::Frame);
                        }
                    }
                }
                Kind::Class => {
                    let (ret, first) = (stack.index(ret), stack.index(first));
                    if let MadeInstance::Frame =
                        self.quick_instance(callable, ret, first, positional)?
                    {
                        return Ok(Call::Frame);
                    }
                }
                _ => {}
            }
        }
        let stack = &self.vm.rt.stack;
        let (ret, first) = (stack.index(ret), stack.index(first));
        // SAFETY: the record of the running frame.
        unsafe { (*fp).top = ret as u32 };
        self.vm.prepare_call(ret, first, positional, keywords, 0)
    }

    /// As `quick_call`, for a function that may be any object; the frame's record has its top.
    pub(super) fn quick_frame(
        &self,
        fp: *mut Frame,
        function: Word,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
    ) -> bool {
        // SAFETY: the record of the running frame, which is up to date.
        let ip = unsafe { (*fp).ip };
        if !raw::has_kind(function, Kind::Function) {
            return false;
        }
        match self.quick_call(fp, ip, function, ret, first, positional) {
            Some((_, end)) => {
                let stack = &self.vm.rt.stack;
                stack.set_top_slot(end);
                // SAFETY: the record was just pushed.
                unsafe { (*stack.frame()).top = stack.index(end) as u32 };
                true
            }
            None => false,
        }
    }
}
