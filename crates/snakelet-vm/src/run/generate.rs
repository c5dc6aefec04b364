//! Resuming and suspending generators: a frame is copied to the stack when it runs, and back when
//! it yields. In a chain of `yield from` only the innermost generator, the leaf, is copied; see
//! [`chain`](super::chain).

#![allow(unsafe_code)] // moves frames between the stack and generators

use crate::object::value::{Value, Word, raw};
use crate::object::{
    ClosureObj, CodeObj, Context, FunctionObj, Generator, Kind, count_word, words_of,
};
use crate::protocol::call::function::{flags, function_of};
use crate::run::generator::stop_iteration;
use crate::vm::frame;
use crate::vm::stack::{Frame, Local, Stack};
use crate::{Raised, Res};

use super::chain::{FINISHED, RUNNING, finish, recount};
use super::resume::{Begun, Place, already_executing, begin, not_begun};
use super::{Regs, Run, object};

/// Who goes on after a `yield`.
pub(super) enum Suspended {
    /// Native code, with this result.
    Native(Local),
    /// The newest frame, as its record says.
    Below,
    /// The generator itself: it was sent `None`.
    Fed,
}

/// What a `yield from` of a generator does next.
pub(super) enum Delegated {
    /// The newest frame is now that of the inner one's leaf.
    Frame,
    /// The inner one had ended before.
    Ended,
}

/// Words of a generator before its slots.
const GENERATOR_WORDS: usize = words_of::<Generator>(0);

/// How many slots generators of a function have; `None` if it needs too many.
pub(crate) fn generator_slots(code: &CodeObj) -> Option<usize> {
    let slots = code.frame_slots().max(1).next_multiple_of(4);
    (slots <= Generator::MOST_SLOTS).then_some(slots)
}

/// Copies `n` words, rounded up to a multiple of four, and at least four.
///
/// # Safety
/// As many words may be read and written, and those written belong to nobody else.
#[inline(always)]
unsafe fn copy_fours(from: *const Word, to: *mut Word, n: usize) {
    // SAFETY: contract of this function.
    unsafe {
        let end = to.add(n);
        let (mut from, mut to) = (from.cast::<[Word; 4]>(), to.cast::<[Word; 4]>());
        loop {
            *to = *from;
            (from, to) = (from.add(1), to.add(1));
            if to.cast::<Word>() >= end {
                break;
            }
        }
    }
}

/// The slots of a generator.
#[inline(always)]
fn slots_of(g: &Generator) -> *mut Word {
    core::ptr::from_ref(g).wrapping_add(1).cast::<Word>().cast_mut()
}

/// Copies a suspended generator's slots to the stack from `base` on; gives the registers to go on
/// with, except for the frame. Null if there is no room.
///
/// # Safety
/// The slots from `base` up to the frame records are free, and the generator is suspended.
#[inline(always)]
pub(super) unsafe fn unpack(stack: &Stack, g: &Generator, base: *mut Word) -> Regs {
    let mut regs = Regs {
        ip: core::ptr::null(),
        sp: base,
        locals: base,
        names: core::ptr::null(),
        frame: core::ptr::null_mut(),
    };
    if !stack.slot_has_room(base, g.header.aux()) {
        return regs;
    }
    // SAFETY: contract of this function; there is room for all slots. A generator's function,
    // its code and context are live, and the latter two never move.
    unsafe {
        let used = g.used();
        copy_fours(slots_of(g), base, used);
        regs.sp = base.add(used);
        let f = object::<FunctionObj>(g.function.word());
        let code = object::<CodeObj>(f.code.word());
        regs.ip = code.first_byte().wrapping_offset(g.state());
        let context = core::ptr::with_exposed_provenance::<Context>(f.context.word());
        regs.names = context.cast::<Word>().add(1);
    }
    regs
}

/// Copies the frame of a running generator back into it, whose stack ends at `sp` and whose next
/// instruction is at `ip`.
///
/// # Safety
/// `fp` is the generator's frame, `locals` its first slot; three words from `sp` on may be written.
#[inline(always)]
unsafe fn pack(fp: *mut Frame, ip: *const u8, locals: *mut Word, sp: *mut Word) {
    // SAFETY: contract of this function; a generator has room for all of its frame's slots.
    unsafe {
        let g = object::<Generator>((*fp).extra);
        let used = (sp.addr() - locals.addr()) / size_of::<Word>();
        // what is copied along must be values
        *sp = raw::NULL;
        *sp.add(1) = raw::NULL;
        *sp.add(2) = raw::NULL;
        copy_fours(locals, slots_of(g), used);
        let counts = Generator::counts(used, true, (*fp).exc);
        if g.counts.word() != counts {
            recount(g, counts);
        }
        let f = object::<FunctionObj>(g.function.word());
        let code = object::<CodeObj>(f.code.word());
        g.ip.set_immediate(raw::int((ip.addr() - code.first_byte().addr()) as isize));
    }
}

impl Run<'_, '_> {
    /// The generator that a call of a generator function makes, if the arguments, which lie on the
    /// stack from `first` on, are just its parameters; the function or closure is at `ret`.
    pub(super) fn quick_generator(
        &mut self,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
    ) -> Option<Res> {
        let stack = &self.vm.rt.stack;
        let (callable, first) = (Local::at(stack.index(ret)), Local::at(stack.index(first)));
        let value = self.vm.get(callable);
        let free = value.cast::<ClosureObj>().map_or(0, |closure| closure.cells().len());
        let code = function_of(value)?.code()?;
        let simple = code.flags == flags::GENERATOR && code.n_kwonly == 0 && code.n_cells == 0;
        if !simple || positional + free != code.n_pos as usize {
            return None;
        }
        let (used, start) = (code.fixed as usize, code.start());
        let slots = generator_slots(code)?;
        let new = match self.vm.allocate(Kind::Generator, slots, words_of::<Generator>(slots)) {
            Ok(new) => new,
            Err(raised) => return Some(Err(raised)),
        };
        let value = self.vm.get(callable);
        let (function, cells) = match value.cast::<ClosureObj>() {
            Some(closure) => (closure.function.word(), closure.cells()),
            None => (value.word(), &[][..]),
        };
        new.set_word(1, function);
        new.set_word(2, count_word(start));
        new.set_word(3, Generator::counts(used, false, 0));
        for (i, cell) in cells.iter().enumerate() {
            new.set_word(GENERATOR_WORDS + i, cell.word());
        }
        for i in 0..positional {
            let word = self.vm.get(first.offset(i)).word();
            new.set_word(GENERATOR_WORDS + free + i, word);
        }
        Some(Ok(new.local))
    }

    /// Pushes the frame of a generator's leaf, with its slots from `base` on, and gives its
    /// registers, if that needs no more than this.
    ///
    /// # Safety
    /// `generator` is one; `fp` and `ip` are the registers behind the instruction that resumes it,
    /// and the slots from `base` on are free.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "registers, which are passed as such")]
    pub(super) unsafe fn quick_resume(
        &mut self,
        generator: Word,
        send: Word,
        fp: *mut Frame,
        ip: *const u8,
        flag: u16,
        ret: *mut Word,
        base: *mut Word,
    ) -> Option<Regs> {
        // SAFETY: contract of this function.
        unsafe {
            let g = object::<Generator>(generator).known_leaf()?;
            if g.state() < 0 || (send != raw::NONE && !g.begun()) {
                return None;
            }
            let stack = &self.vm.rt.stack;
            let mut regs = unpack(stack, g, base);
            if regs.ip.is_null() {
                return None;
            }
            // the value sent, if one is awaited
            *regs.sp = send;
            regs.sp = regs.sp.add(usize::from(g.begun()));
            g.ip.set_immediate(raw::int(RUNNING));
            (*fp).ip = ip;
            stack.push_frame(Frame {
                function: g.function.word(),
                extra: g.word(),
                ip: regs.ip,
                base: stack.index(base) as u32,
                ret: stack.index(ret) as u32,
                top: 0,
                exc: g.exc(),
                flags: frame::GENERATOR | flag,
            });
            regs.frame = stack.frame();
            Some(regs)
        }
    }

    /// Resumes a generator by a call of `next` or `send`: the frame of its leaf is the newest one
    /// then. False if the function's first argument is no generator. The record of the running
    /// frame is up to date.
    ///
    /// # Errors
    /// `StopIteration` if it had ended before, and as for [`begin`].
    #[inline(never)]
    pub(super) fn resume_by_call(
        &mut self,
        ret: *mut Word,
        first: *mut Word,
        positional: usize,
    ) -> Result<bool, Raised> {
        let stack = &self.vm.rt.stack;
        // SAFETY: the arguments lie on the stack; the slots behind them are free.
        unsafe {
            let (generator, base) = (*first, first.add(positional));
            let send = if positional > 1 { *first.add(1) } else { raw::NONE };
            if !raw::has_kind(generator, Kind::Generator) {
                return Ok(false);
            }
            let (fp, first) = (stack.frame(), Local::at(stack.index(first)));
            let place =
                Place { flags: frame::NEXT, ret: stack.index(ret), base: stack.index(base) };
            let ip = (*fp).ip;
            if let Some(r) = self.quick_resume(generator, send, fp, ip, frame::NEXT, ret, base) {
                let stack = &self.vm.rt.stack;
                (*r.frame).top = stack.index(r.sp) as u32;
                stack.set_top_slot(r.sp);
                return Ok(true);
            }
            let send = if positional > 1 { first.offset(1) } else { Local::NONE };
            match begin(self.vm, first, send, place, false)? {
                Begun::Runs => Ok(true),
                Begun::Raises => Err(Raised::new()),
                Begun::Ended => Err(stop_iteration(self.vm, Local::NONE)),
            }
        }
    }

    /// Suspends the newest frame, a generator's that was resumed by `FOR_ITER` of the frame below,
    /// to which it yields the word on top; gives the registers of that.
    ///
    /// # Safety
    /// The arguments are the registers behind the instruction that yields.
    #[inline(always)]
    pub(super) unsafe fn quick_yield(
        &mut self,
        fp: *mut Frame,
        ip: *const u8,
        locals: *mut Word,
        sp: *mut Word,
    ) -> Regs {
        // SAFETY: contract of this function. The generator's slots begin where the stack of the
        // frame below ended, which goes on behind its FOR_ITER.
        unsafe {
            let value = *sp.sub(1);
            pack(fp, ip, locals, sp.sub(1));
            let stack = &self.vm.rt.stack;
            stack.pop_frame();
            *locals = value;
            let below = stack.frame();
            let f = object::<FunctionObj>((*below).function);
            let context = core::ptr::with_exposed_provenance::<Context>(f.context.word());
            Regs {
                ip: (*below).ip,
                sp: locals.add(1),
                locals: stack.slot((*below).base as usize),
                names: context.cast::<Word>().add(1),
                frame: below,
            }
        }
    }

    /// Yields the word on top of the stack from the newest frame, a generator's.
    #[inline(never)]
    pub(super) fn suspend(
        &mut self,
        fp: *mut Frame,
        ip: *const u8,
        locals: *mut Word,
        sp: *mut Word,
    ) -> Suspended {
        // SAFETY: rules of the interpreter loop: these are its registers. What is not resumed by
        // native code is resumed by the frame below.
        unsafe {
            let (flags, ret) = ((*fp).flags, (*fp).ret);
            let stack = &self.vm.rt.stack;
            if flags & frame::SINK != 0 {
                (*fp).ip = ip;
                stack.set_top_slot(sp);
                return match self.feed(fp, Local::at(stack.index(sp) - 1)) {
                    Some(result) => Suspended::Native(result),
                    None => Suspended::Fed,
                };
            }
            if flags & frame::ENTRY != 0 {
                return Suspended::Native(self.yield_to_native(fp, ip, locals, sp));
            }
            let value = *sp.sub(1);
            pack(fp, ip, locals, sp.sub(1));
            stack.pop_frame();
            let below = stack.frame();
            *stack.slot(ret as usize) = value;
            (*below).top = ret + 1;
            stack.set_top(ret as usize + 1);
            Suspended::Below
        }
    }

    /// Suspends the newest frame, a generator's that native code resumed; the word on top of the
    /// stack is the result.
    pub(super) fn yield_to_native(
        &mut self,
        fp: *mut Frame,
        ip: *const u8,
        locals: *mut Word,
        sp: *mut Word,
    ) -> Local {
        // SAFETY: rules of the interpreter loop: these are its registers.
        unsafe {
            let value = *sp.sub(1);
            pack(fp, ip, locals, sp.sub(1));
            let stack = &self.vm.rt.stack;
            let ret = (*fp).ret as usize;
            stack.pop_frame();
            stack.set_top(ret + 1);
            stack.write(ret, value);
            Local::at(ret)
        }
    }

    /// Hands the value on top of the stack, which a generator yields, to the native code that
    /// resumed it. `None`: the generator goes on at once. The record and the stack's top are
    /// up to date.
    pub(super) fn feed(&mut self, fp: *mut Frame, value: Local) -> Option<Local> {
        let sink = self.sink.as_mut()?;
        // SAFETY: the running frame's record, which is where it is until it is taken away.
        unsafe {
            let top = value.index() + 1;
            (*fp).flags = frame::GENERATOR | frame::ENTRY | frame::SINK | frame::WAITS;
            (*fp).top = top as u32;
            let result = sink(self.vm, value);
            let stack = &self.vm.rt.stack;
            if (*fp).flags & frame::WAITS == 0 {
                // it was suspended meanwhile, since somebody else resumed it
                let ret = (*fp).ret as usize;
                stack.pop_frame();
                stack.set_top(ret + 1);
                return Some(if result.is_ok() { Local::NULL } else { Local::SINK });
            }
            (*fp).flags = frame::GENERATOR | frame::ENTRY | frame::SINK;
            match result {
                Ok(true) => {
                    *stack.slot(value.index()) = raw::NONE;
                    None
                }
                other => {
                    let (locals, sp) = (stack.slot((*fp).base as usize), stack.slot(top));
                    let result = self.yield_to_native(fp, (*fp).ip, locals, sp);
                    // what a sink raises is not raised in the generator
                    Some(if other.is_ok() { result } else { Local::SINK })
                }
            }
        }
    }

    /// `yield from` of a generator in the newest frame, a generator's: suspends this one and puts
    /// the frame of the inner one's leaf in its place.
    ///
    /// # Errors
    /// `ValueError` if the inner one runs, `TypeError` for a value sent to one that has not begun,
    /// `RuntimeError` if the chain is too long.
    pub(super) fn delegate(
        &mut self,
        fp: *mut Frame,
        ip: *const u8,
        sp: *mut Word,
    ) -> Result<Delegated, Raised> {
        // SAFETY: rules of the interpreter loop: these are its registers; behind the iterator
        // lies the value to be sent. Nothing is allocated unless something is raised.
        unsafe {
            let send = *sp.sub(1);
            let inner = object::<Generator>(*sp.sub(2));
            if inner.state() == FINISHED {
                return Ok(Delegated::Ended);
            }
            let leaf = match inner.known_leaf() {
                Some(leaf) if leaf.state() != RUNNING => leaf,
                _ => match inner.walk() {
                    Ok(leaf) => leaf,
                    Err(_) => return Err(already_executing(self.vm)),
                },
            };
            if !leaf.begun() && send != raw::NONE {
                return Err(not_begun(self.vm));
            }
            let outer = object::<Generator>((*fp).extra);
            let root = outer.link.get().cast::<Generator>().unwrap_or(outer);
            let stack = &self.vm.rt.stack;
            let base = stack.slot((*fp).base as usize);
            let limit = (stack.slots() / 8).min(raw::INT_MAX as usize);
            let depth = root.depth() + 1;
            if depth > limit || !stack.slot_has_room(base, leaf.header.aux()) {
                return Err(self.vm.recursion_error());
            }
            let ip = ip.wrapping_sub(1);
            pack(fp, ip, base, sp.sub(1));
            let n = inner.connect(leaf);
            inner.outer.set(Value::from_ref(outer));
            root.lead(leaf, depth + n);
            let regs = unpack(stack, leaf, base);
            *regs.sp = send;
            let sp = regs.sp.add(usize::from(leaf.begun()));
            self.replace_frame(fp, leaf, regs.ip, sp);
            Ok(Delegated::Frame)
        }
    }

    /// Makes the record of the newest frame that of another generator, whose slots are on the
    /// stack already.
    fn replace_frame(&self, fp: *mut Frame, g: &Generator, ip: *const u8, sp: *mut Word) {
        g.ip.set_immediate(raw::int(RUNNING));
        let stack = &self.vm.rt.stack;
        // SAFETY: the running frame's record.
        unsafe {
            (*fp).function = g.function.word();
            (*fp).extra = g.word();
            (*fp).ip = ip;
            (*fp).top = stack.index(sp) as u32;
            (*fp).exc = g.exc();
        }
        stack.set_top_slot(sp);
    }

    /// Ends the generator whose frame is the newest. If it was delegated to, the frame of the one
    /// that did so takes its place, to go on with `value`, or with the pending exception if that
    /// is `None`. False if there is no such frame: the record is still there.
    ///
    /// # Errors
    /// `RuntimeError`, in that frame, if there is no room for it.
    pub(super) fn end_generator(&mut self, value: Option<Word>) -> Result<bool, Raised> {
        let stack = &self.vm.rt.stack;
        let fp = stack.frame();
        // SAFETY: the newest frame is a generator's, of which nothing but the value is used any
        // more; nothing is allocated while that is in a register.
        unsafe {
            let g = object::<Generator>((*fp).extra);
            let root = g.link.get().cast::<Generator>();
            let outer = g.outer.get().cast::<Generator>();
            finish(g);
            let (Some(root), Some(outer)) = (root, outer) else { return Ok(false) };
            root.lead(outer, root.depth().saturating_sub(1));
            outer.leave_delegate(value.map(|word| Value::from_word(word)));
            let regs = unpack(stack, outer, stack.slot((*fp).base as usize));
            if regs.ip.is_null() {
                // no handler of its can run
                let ip = core::ptr::from_ref(outer).cast::<u8>();
                let ip = outer.code().map_or(ip, |code| code.first_byte());
                self.replace_frame(fp, outer, ip.wrapping_offset(outer.state()), regs.sp);
                (*fp).exc = 0;
                return Err(self.vm.recursion_error());
            }
            self.replace_frame(fp, outer, regs.ip, regs.sp);
        }
        Ok(true)
    }
}
