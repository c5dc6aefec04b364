//! Generators and coroutines: a frame that is copied to the stack when it runs, and back when it
//! yields.

use crate::call::frame;
use crate::error::Part;
use crate::native::NativeType;
use crate::object::{FunctionObj, Generator, Kind, Slot, count_word, words_of};
use crate::print::{Out, PrintKind};
use crate::stack::{Frame, Local};
use crate::types::exception::{
    GENERATOR_EXIT, RUNTIME_ERROR, STOP_ITERATION, TYPE_ERROR, VALUE_ERROR,
};
use crate::value::{Value, raw};
use crate::{Args, Raised, Res, Vm, method, methods, qstr};

/// `generator`.
pub static GENERATOR: NativeType = NativeType::new(qstr!("generator"), Kind::Generator)
    .print(print)
    .iter(|_, generator| Ok(generator))
    .next(next)
    .methods(methods![
        method!("send", 2, 2, send),
        method!("throw", 2, 4, throw),
        method!("close", 1, 1, close),
        method!("__next__", 1, 1, next_method),
        method!("pend_throw", 2, 2, pend_throw),
    ])
    .sealed();

/// Value of `ip` of a generator that ended.
const FINISHED: isize = -1;
/// Value of `ip` while it runs.
const RUNNING: isize = -2;

impl Generator {
    fn state(&self) -> isize {
        self.ip.get().as_small_int().unwrap_or(FINISHED)
    }
    fn used(&self) -> usize {
        self.used.get().as_small_int().unwrap_or(0) as usize
    }
}

/// Marks a generator as ended and lets go of what it held.
pub(crate) fn finish(g: &Generator) {
    g.ip.set_immediate(raw::int(FINISHED));
    for slot in g.slots() {
        slot.set(Value::NULL);
    }
}

impl Vm {
    /// Makes a generator of a function whose locals lie at `base`.
    pub(crate) fn make_generator(&mut self, function: Local, base: usize, used: usize) -> Res {
        let (slots, start) = match self.get(function).cast::<FunctionObj>().and_then(|f| f.code()) {
            Some(code) => (code.frame_slots() + 1, code.start),
            None => return Err(self.bad_code()),
        };
        let new = self.allocate(Kind::Generator, slots, words_of::<Generator>(slots))?;
        new.set_word(1, self.get(function).word());
        new.set_word(2, raw::int(start as isize));
        new.set_word(3, count_word(used));
        new.set_word(4, count_word(0));
        for i in 0..used {
            new.set_word(5 + i, self.rt.stack.read(base + i));
        }
        Ok(new.local)
    }
}

/// Puts a generator's frame on the stack, to be run next; its result goes to slot `ret`. False if
/// it has ended already.
///
/// # Errors
/// `ValueError` while it runs, `TypeError` for a value sent to one that has not begun.
pub(crate) fn enter(
    vm: &mut Vm,
    generator: Local,
    send: Local,
    flag: u16,
    ret: usize,
) -> Result<bool, Raised> {
    let Some(g) = vm.get(generator).cast::<Generator>() else {
        return Err(vm.wrong_receiver());
    };
    let state = g.state();
    if state == FINISHED {
        return Ok(false);
    }
    if state == RUNNING {
        return Err(vm.raise_text(&VALUE_ERROR, "generator already executing"));
    }
    let Some(f) = g.function.get().cast::<FunctionObj>() else { return Err(vm.bad_code()) };
    let Some(code) = f.code() else { return Err(vm.bad_code()) };
    let begun = state as usize != code.start as usize;
    if !begun && !vm.get(send).is_none() {
        return Err(vm.type_error("can't send non-None value to a just-started generator"));
    }
    let base = vm.rt.stack.top().max(ret + 1);
    if !vm.rt.stack.has_room(base, code.frame_slots() + 1) {
        return Err(vm.recursion_error());
    }
    let Some(ip) = code.bytes().get(state as usize..).map(<[u8]>::as_ptr) else {
        return Err(vm.bad_code());
    };
    let used = g.used();
    let exc = g.exc_depth.get().as_small_int().unwrap_or(0) as u16;
    while vm.rt.stack.top() < base {
        vm.rt.stack.push(raw::NULL);
    }
    vm.rt.stack.push_slots(g.slots().get(..used).unwrap_or(&[]));
    if begun {
        let word = vm.get(send).word();
        vm.rt.stack.push(word);
    }
    g.ip.set_immediate(raw::int(RUNNING));
    vm.rt.stack.push_frame(Frame {
        function: g.function.word(),
        extra: vm.get(generator).word(),
        ip,
        base: base as u32,
        ret: ret as u32,
        top: vm.rt.stack.top() as u32,
        exc,
        flags: frame::GENERATOR | flag,
    });
    Ok(true)
}

/// What resuming a generator gave.
pub(crate) enum Resumed {
    Yielded(Local),
    Returned(Local),
}

/// Runs a generator to its next `yield` or its end.
fn resume(vm: &mut Vm, generator: Local, send: Local, raised: bool) -> Result<Resumed, Raised> {
    if vm.rt.native_depth >= vm.rt.native_limit {
        return Err(vm.recursion_error());
    }
    let ret = vm.push(Value::NONE);
    if !enter(vm, generator, send, frame::ENTRY, ret.index())? {
        return Ok(Resumed::Returned(Local::NONE));
    }
    vm.rt.native_depth += 1;
    let result = if raised { crate::run::execute_raised(vm) } else { crate::run::execute(vm) };
    vm.rt.native_depth -= 1;
    let value = result?;
    let finished = vm.get(generator).cast::<Generator>().is_none_or(|g| g.state() == FINISHED);
    Ok(if finished { Resumed::Returned(value) } else { Resumed::Yielded(value) })
}

fn stop_iteration(vm: &mut Vm, value: Local) -> Raised {
    if vm.get(value).is_none() {
        return vm.raise_no_args(&STOP_ITERATION);
    }
    match vm.new_exception(&STOP_ITERATION, value) {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

fn next(vm: &mut Vm, generator: Local) -> Result<Option<Local>, Raised> {
    match resume(vm, generator, Local::NONE, false)? {
        Resumed::Yielded(value) => Ok(Some(value)),
        Resumed::Returned(value) if vm.get(value).is_none() => Ok(None),
        Resumed::Returned(_) => Ok(None),
    }
}

fn next_method(vm: &mut Vm, args: Args) -> Res {
    send_value(vm, args.get(0), Local::NONE)
}

fn send(vm: &mut Vm, args: Args) -> Res {
    send_value(vm, args.get(0), args.get(1))
}

/// `next()` and `send()`: the next value, or `StopIteration` with what was returned.
pub(crate) fn send_value(vm: &mut Vm, generator: Local, value: Local) -> Res {
    if !vm.get(generator).is_kind(Kind::Generator) {
        return Err(vm.wrong_receiver());
    }
    match resume(vm, generator, value, false)? {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(stop_iteration(vm, value)),
    }
}

/// The iterator that a suspended generator delegates to by `yield from`.
fn delegate(vm: &Vm, generator: Local) -> Option<Local> {
    let g = vm.get(generator).cast::<Generator>()?;
    let code = g.function.get().cast::<FunctionObj>()?.code()?;
    let state = usize::try_from(g.state()).ok()?;
    let op = *code.bytes().get(state)?;
    if op != snakelet_bytecode::opcode::op::YIELD_FROM || state == code.start as usize {
        return None;
    }
    // the sent value was on top of it
    let top = g.used().checked_sub(1)?;
    g.slots().get(top).map(|s: &Slot| vm.push(s.get()))
}

fn throw(vm: &mut Vm, args: Args) -> Res {
    let generator = args.get(0);
    if !vm.get(generator).is_kind(Kind::Generator) {
        return Err(vm.wrong_receiver());
    }
    if let Some(inner) = delegate(vm, generator)
        && !vm.get(inner).is_kind(Kind::Generator)
        && let Some(method) = vm.find_attr(inner, qstr!("throw"))?
    {
        // an object with a `throw` of its own is given whatever it is
        let result = vm.call_with(method, &[args.get(1)]);
        return match deliver(vm, generator, result)? {
            Resumed::Yielded(value) => Ok(value),
            Resumed::Returned(value) => Err(stop_iteration(vm, value)),
        };
    }
    // throw(type, value, traceback) or throw(instance)
    let given = match args.opt(2) {
        Some(value) if !vm.get(value).is_none() && vm.is_exception_value(value) => value,
        Some(value) if !vm.get(value).is_none() => vm.call_with(args.get(1), &[value])?,
        _ => args.get(1),
    };
    let exception = vm.exception_to_raise(given, Local::NULL)?;
    match throw_into(vm, generator, exception)? {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(stop_iteration(vm, value)),
    }
}

fn throw_into(vm: &mut Vm, generator: Local, exception: Local) -> Result<Resumed, Raised> {
    let state = vm.get(generator).cast::<Generator>().map_or(FINISHED, Generator::state);
    if state == RUNNING {
        return Err(vm.raise_text(&VALUE_ERROR, "generator already executing"));
    }
    if state == FINISHED {
        return Err(vm.raise(exception));
    }
    let start = vm
        .get(generator)
        .cast::<Generator>()
        .and_then(|g| g.function.get().cast::<FunctionObj>()?.code())
        .map_or(0, |c| c.start as usize);
    if state as usize == start {
        // it has not begun, so no handler of its can catch it
        if let Some(g) = vm.get(generator).cast::<Generator>() {
            finish(g);
        }
        return Err(vm.raise(exception));
    }
    if let Some(inner) = delegate(vm, generator) {
        let exit = vm.is_exception_of(vm.get(exception), &GENERATOR_EXIT);
        let result = if vm.get(inner).is_kind(Kind::Generator) {
            throw_into(vm, inner, exception).map(|r| match r {
                Resumed::Yielded(v) => (v, true),
                Resumed::Returned(v) => (v, false),
            })
        } else {
            throw_to_object(vm, inner, exception, exit)
        };
        return match result {
            Ok((value, true)) => Ok(Resumed::Yielded(value)),
            Ok((value, false)) if exit => {
                let _ = value;
                raise_in(vm, generator, exception)
            }
            Ok((value, false)) => continue_after_delegate(vm, generator, value),
            Err(raised) => {
                let exception = vm.take_raised(raised)?;
                raise_in(vm, generator, exception)
            }
        };
    }
    raise_in(vm, generator, exception)
}

/// Goes on with what the `throw` of a delegate gave or raised.
fn deliver(vm: &mut Vm, generator: Local, result: Res) -> Result<Resumed, Raised> {
    match result {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => {
            let exception = vm.take_raised(raised)?;
            if vm.is_exception_of(vm.get(exception), &STOP_ITERATION) {
                let value = vm.stop_value(exception);
                continue_after_delegate(vm, generator, value)
            } else {
                raise_in(vm, generator, exception)
            }
        }
    }
}

/// Calls `throw` (or `close`) of an iterator that is no generator.
fn throw_to_object(
    vm: &mut Vm,
    inner: Local,
    exception: Local,
    exit: bool,
) -> Result<(Local, bool), Raised> {
    if exit {
        if let Some(close) = vm.find_attr(inner, qstr!("close"))? {
            vm.call_with(close, &[])?;
        }
        return Err(vm.raise(exception));
    }
    match vm.find_attr(inner, qstr!("throw"))? {
        None => Err(vm.raise(exception)),
        Some(throw) => match vm.call_with(throw, &[exception]) {
            Ok(value) => Ok((value, true)),
            Err(raised) if vm.raised_is(&STOP_ITERATION) => {
                let stop = vm.take_raised(raised)?;
                Ok((vm.stop_value(stop), false))
            }
            Err(raised) => Err(raised),
        },
    }
}

/// Resumes a generator behind its `yield from`, with the value that the delegate returned.
fn continue_after_delegate(vm: &mut Vm, generator: Local, value: Local) -> Result<Resumed, Raised> {
    if let Some(g) = vm.get(generator).cast::<Generator>() {
        let used = g.used();
        if let Some(slot) = g.slots().get(used.saturating_sub(1)) {
            slot.set(Value::NULL);
        }
        g.used.set_immediate(count_word(used.saturating_sub(1)));
        g.ip.set_immediate(raw::int(g.state() + 1));
    }
    resume(vm, generator, value, false)
}

/// Resumes a generator by raising an exception where it stands.
fn raise_in(vm: &mut Vm, generator: Local, exception: Local) -> Result<Resumed, Raised> {
    // one behind the instruction, as the unwinder expects it; the handler's height makes the
    // stack's contents irrelevant
    if let Some(g) = vm.get(generator).cast::<Generator>() {
        let delegating = delegate(vm, generator).is_some();
        if delegating {
            g.ip.set_immediate(raw::int(g.state() + 1));
        }
    }
    let _ = vm.raise(exception);
    resume(vm, generator, Local::NONE, true)
}

fn close(vm: &mut Vm, args: Args) -> Res {
    let generator = args.get(0);
    let Some(g) = vm.get(generator).cast::<Generator>() else { return Err(vm.wrong_receiver()) };
    if g.state() == FINISHED {
        return Ok(Local::NONE);
    }
    let exit = vm.new_exception_no_args(&GENERATOR_EXIT)?;
    match throw_into(vm, generator, exit) {
        Ok(Resumed::Yielded(_)) => {
            Err(vm.raise_text(&RUNTIME_ERROR, "generator ignored GeneratorExit"))
        }
        Ok(Resumed::Returned(_)) => Ok(Local::NONE),
        Err(_) if vm.raised_is(&GENERATOR_EXIT) || vm.raised_is(&STOP_ITERATION) => {
            vm.forget_raised();
            Ok(Local::NONE)
        }
        Err(raised) => Err(raised),
    }
}

fn pend_throw(vm: &mut Vm, args: Args) -> Res {
    let state = vm.get(args.get(0)).cast::<Generator>().map(Generator::state);
    match state {
        None => Err(vm.wrong_receiver()),
        Some(RUNNING) => Err(vm.raise_text(&VALUE_ERROR, "generator already executing")),
        Some(_) => Err(vm
            .raise_parts(&TYPE_ERROR, &[Part::Text("can't pend throw to just-started generator")])),
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let name = vm
        .get(object)
        .cast::<Generator>()
        .and_then(|g| g.function.get().cast::<FunctionObj>())
        .map_or(qstr!(""), crate::function::name_of);
    vm.emit(out, b"<generator object '")?;
    vm.emit_qstr(out, name)?;
    vm.emit(out, b"' at ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b">")
}
