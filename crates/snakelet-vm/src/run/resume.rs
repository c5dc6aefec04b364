//! Resuming generators from safe code: by native functions, and where the loop's short way does
//! not do.

#![allow(unsafe_code)] // moves frames between the stack and generators

use crate::exception::classes::VALUE_ERROR;
use crate::object::value::{Value, raw};
use crate::object::{CodeObj, FunctionObj, Generator, count_word};
use crate::vm::frame;
use crate::vm::stack::{Frame, Local};
use crate::{Raised, Res, Vm};

use super::chain::{FINISHED, RUNNING, recount};
use super::generate::unpack;
use super::object;

/// What became of a request to resume a generator.
pub(crate) enum Begun {
    /// The leaf's frame is the newest one and is to be run.
    Runs,
    /// The same, with an exception raised in it.
    Raises,
    /// It had ended before.
    Ended,
}

/// Where a generator's frame comes to lie, and its result.
#[derive(Copy, Clone)]
pub(crate) struct Place {
    pub(crate) flags: u16,
    pub(crate) ret: usize,
    pub(crate) base: usize,
}

impl Vm {
    /// The generator whose frame is the newest.
    fn running_generator(&self) -> Option<&Generator> {
        let frame = self.rt.stack.frame_at(0)?;
        // SAFETY: `extra` is a root.
        unsafe { Value::from_word(frame.extra) }.cast::<Generator>()
    }
}

/// Puts the frame of a generator's leaf on the stack, to be run next; what it yields, or what the
/// generator returns, goes to slot `ret`. With `raised` it is resumed by the pending exception.
///
/// # Errors
/// `ValueError` while it runs, `TypeError` for a value sent to one that has not begun.
pub(crate) fn begin(
    vm: &mut Vm,
    generator: Local,
    send: Local,
    place: Place,
    raised: bool,
) -> Result<Begun, Raised> {
    let Some(g) = vm.get(generator).cast::<Generator>() else {
        return Err(vm.wrong_receiver());
    };
    if g.state() == FINISHED {
        return Ok(Begun::Ended);
    }
    match g.leaf() {
        Ok(leaf) => {
            if !leaf.begun() && !raised && !vm.get(send).is_none() {
                return Err(not_begun(vm));
            }
            let leaf = vm.push(Value::from_ref(leaf));
            push_leaf(vm, leaf, send, place, raised)?;
            Ok(if raised { Begun::Raises } else { Begun::Runs })
        }
        Err(stuck) => {
            let stuck = stuck.map(|stuck| vm.push(Value::from_ref(stuck)));
            if release(vm, generator) {
                return begin(vm, generator, send, place, raised);
            }
            let error = already_executing(vm);
            let Some(stuck) = stuck else { return Err(error) };
            // the one that runs is not asked: it is raised in the one that delegates to it
            push_leaf(vm, stuck, Local::NONE, place, true)?;
            if let (Some(g), Some(stuck)) =
                (vm.get(generator).cast::<Generator>(), vm.running_generator())
            {
                g.lead(stuck, g.connect(stuck));
            }
            Ok(Begun::Raises)
        }
    }
}

/// Suspends the leaf of a generator's chain if it only waits for what native code does with the
/// value that it yielded.
fn release(vm: &mut Vm, generator: Local) -> bool {
    let Some(mut leaf) = vm.get(generator).cast::<Generator>() else { return false };
    while let Some(inner) = leaf.inner() {
        leaf = inner;
    }
    let word = leaf.word();
    let Some(fp) = vm.rt.stack.find_frame(|f| f.flags & frame::WAITS != 0 && f.extra == word)
    else {
        return false;
    };
    // SAFETY: the record of a frame whose generator waits; the value that it yielded is on top of
    // its part of the stack, as it was when it began to wait, and is kept by whoever works on it.
    unsafe {
        let stack = &vm.rt.stack;
        let g = object::<Generator>((*fp).extra);
        let (base, top) = ((*fp).base as usize, (*fp).top as usize);
        let used = top - 1 - base;
        for (i, slot) in g.slots().iter().take(used).enumerate() {
            slot.set(Value::from_word(stack.read(base + i)));
        }
        recount(g, Generator::counts(used, true, (*fp).exc));
        let f = object::<FunctionObj>(g.function.word());
        let offset = (*fp).ip.addr() - object::<CodeObj>(f.code.word()).first_byte().addr();
        g.ip.set_immediate(count_word(offset));
        (*fp).flags &= !frame::WAITS;
    }
    true
}

/// Pushes the frame of a suspended leaf.
fn push_leaf(
    vm: &mut Vm,
    leaf: Local,
    send: Local,
    place: Place,
    raised: bool,
) -> Result<(), Raised> {
    let Place { flags, ret, base } = place;
    let Some(g) = vm.get(leaf).cast::<Generator>() else { return Err(vm.wrong_receiver()) };
    let stack = &vm.rt.stack;
    if !stack.has_room(base, g.header.aux()) {
        return Err(vm.recursion_error());
    }
    // SAFETY: the slots from `base` on are not used by anything but locals of this function, which
    // are read before; nothing is allocated.
    unsafe {
        let send = vm.get(send).word();
        if raised {
            // one behind the instruction, as the unwinder expects it
            g.leave_delegate(None);
        }
        let regs = unpack(stack, g, stack.slot(base));
        *regs.sp = send;
        let sp = regs.sp.add(usize::from(g.begun() && !raised));
        g.ip.set_immediate(raw::int(RUNNING));
        stack.push_frame(Frame {
            function: g.function.word(),
            extra: g.word(),
            ip: regs.ip,
            base: base as u32,
            ret: ret as u32,
            top: stack.index(sp) as u32,
            exc: g.exc(),
            flags: frame::GENERATOR | flags,
        });
        stack.set_top_slot(sp);
    }
    Ok(())
}

/// The leaf of a generator's chain.
///
/// # Errors
/// `ValueError` if it runs.
pub(crate) fn leaf_of(vm: &mut Vm, generator: Local) -> Res {
    let Some(g) = vm.get(generator).cast::<Generator>() else { return Err(vm.wrong_receiver()) };
    if let Ok(leaf) = g.leaf() {
        return Ok(vm.push(Value::from_ref(leaf)));
    }
    if release(vm, generator) { leaf_of(vm, generator) } else { Err(already_executing(vm)) }
}

/// Keeps a suspended generator from being resumed while `work` is done for it.
pub(crate) fn hold<T>(vm: &mut Vm, generator: Local, work: impl FnOnce(&mut Vm) -> T) -> T {
    let state = vm.get(generator).cast::<Generator>().map(|g| g.ip.word());
    if let Some(g) = vm.get(generator).cast::<Generator>() {
        g.ip.set_immediate(raw::int(RUNNING));
    }
    let result = work(vm);
    if let (Some(state), Some(g)) = (state, vm.get(generator).cast::<Generator>()) {
        g.ip.set_immediate(state);
    }
    result
}

#[cold]
pub(super) fn already_executing(vm: &mut Vm) -> Raised {
    vm.raise_text(&VALUE_ERROR, "generator already executing")
}

#[cold]
pub(super) fn not_begun(vm: &mut Vm) -> Raised {
    vm.type_error("can't send non-None value to a just-started generator")
}
