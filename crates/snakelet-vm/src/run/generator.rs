//! Generators and coroutines: what scripts do with them. How they run is told in
//! `run::generate`.

use core::cell::Cell;

use crate::exception::classes::{
    GENERATOR_EXIT, RUNTIME_ERROR, STOP_ITERATION, TYPE_ERROR, VALUE_ERROR,
};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::{Value, raw};
use crate::object::{FunctionObj, Generator, Kind, count_word, words_of};
use crate::run::chain::{self, FINISHED, RUNNING};
use crate::run::generate;
use crate::run::resume::{self, Begun, Place};
use crate::vm::Sink;
use crate::vm::frame;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `generator`.
pub(crate) static GENERATOR: NativeType = NativeType::new(name!("generator"), Kind::Generator)
    .slots(slots!(
        Behaviour::NONE.print(print).iter(|_, generator| Ok(generator)).next(Vm::generator_next)
    ))
    .methods(methods![
        method!("send", 2, 2, send).resuming(2),
        method!("throw", 2, 4, throw),
        method!("close", 1, 1, close),
        method!("__next__", 1, 1, next_method).resuming(1),
        method!("pend_throw", 2, 2, pend_throw),
    ])
    .sealed();

impl Vm {
    /// Makes a generator of a function whose locals lie at `base`.
    pub(crate) fn make_generator(&mut self, function: Local, base: usize, used: usize) -> Res {
        let Some(code) = self.get(function).cast::<FunctionObj>().and_then(|f| f.code()) else {
            return Err(self.bad_code());
        };
        let start = code.start();
        let Some(slots) = generate::generator_slots(code) else {
            return Err(self.recursion_error());
        };
        let new = self.allocate(Kind::Generator, slots, words_of::<Generator>(slots))?;
        new.set_word(1, self.get(function).word());
        new.set_word(2, count_word(start));
        new.set_word(3, Generator::counts(used, false, 0));
        new.set_word(4, raw::NULL);
        new.set_word(5, raw::NULL);
        for i in 0..used {
            new.set_word(6 + i, self.rt.stack.read(base + i));
        }
        Ok(new.local)
    }
}

/// What resuming a generator gave.
enum Resumed {
    Yielded(Local),
    Returned(Local),
}

/// Runs a generator to its next `yield` or its end, or, with a sink, until that has enough of
/// what it yields. With `raised` the pending exception is raised in it.
fn resume(
    vm: &mut Vm,
    generator: Local,
    send: Local,
    raised: bool,
    sink: Option<&mut Sink<'_>>,
) -> Result<Resumed, Raised> {
    vm.charge(1)?;
    let top = vm.rt.stack.top();
    if !vm.may_nest() || !vm.rt.stack.has_room(top, 1) {
        return Err(vm.recursion_error());
    }
    let ret = vm.push(Value::NONE);
    let flags = if sink.is_some() { frame::ENTRY | frame::SINK } else { frame::ENTRY };
    let place = Place { flags, ret: ret.index(), base: ret.index() + 1 };
    let raised = match resume::begin(vm, generator, send, place, raised)? {
        Begun::Runs => false,
        Begun::Raises => true,
        Begun::Ended => return Ok(Resumed::Returned(Local::NONE)),
    };
    vm.rt.native_depth += 1;
    let result = vm.execute(raised, sink);
    vm.rt.native_depth -= 1;
    let value = result?;
    Ok(if is_finished(vm, generator) { Resumed::Returned(value) } else { Resumed::Yielded(value) })
}

fn is_finished(vm: &Vm, generator: Local) -> bool {
    vm.get(generator).cast::<Generator>().is_none_or(|g| g.state() == FINISHED)
}

impl Vm {
    /// The next value of a generator; `None` at its end.
    pub(crate) fn generator_next(&mut self, generator: Local) -> Result<Option<Local>, Raised> {
        match resume(self, generator, Local::NONE, false, None)? {
            Resumed::Yielded(value) => Ok(Some(value)),
            Resumed::Returned(_) => Ok(None),
        }
    }

    /// Calls `each` with everything that a generator yields, until it returns false; whether it
    /// never did.
    pub(crate) fn drain_generator(
        &mut self,
        generator: Local,
        each: &mut Sink<'_>,
    ) -> Result<bool, Raised> {
        drain(self, generator, each)
    }
}

fn drain(vm: &mut Vm, generator: Local, each: &mut Sink<'_>) -> Result<bool, Raised> {
    let enough = Cell::new(false);
    let mut sink = |vm: &mut Vm, value: Local| {
        enough.set(!each(vm, value)?);
        vm.charge(1)?;
        Ok(!enough.get())
    };
    loop {
        let scope = vm.scope();
        resume(vm, generator, Local::NONE, false, Some(&mut sink))?;
        vm.end_scope(scope);
        if enough.get() {
            return Ok(false);
        }
        // it may be suspended, for `each` may have resumed it
        if is_finished(vm, generator) {
            return Ok(true);
        }
    }
}

/// `StopIteration` with what a generator returned.
pub(crate) fn stop_iteration(vm: &mut Vm, value: Local) -> Raised {
    if vm.get(value).is_none() {
        return vm.raise_no_args(&STOP_ITERATION);
    }
    match vm.new_exception(&STOP_ITERATION, value) {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
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
    let resumed = resume(vm, generator, value, false, None)?;
    give(vm, resumed)
}

/// The value that was yielded, or `StopIteration` with the one returned.
fn give(vm: &mut Vm, resumed: Resumed) -> Res {
    match resumed {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(stop_iteration(vm, value)),
    }
}

fn throw(vm: &mut Vm, args: Args) -> Res {
    let generator = args.get(0);
    if !vm.get(generator).is_kind(Kind::Generator) {
        return Err(vm.wrong_receiver());
    }
    if let Some(inner) = object_of(vm, generator)
        && let Some(method) = vm.find_attr(inner, qstr!("throw"))?
    {
        // an object with a `throw` of its own is given whatever it is
        let result = resume::hold(vm, generator, |vm| vm.call_with(method, &[args.get(1)]));
        let resumed = match stopped_by(vm, result) {
            Ok(Resumed::Yielded(value)) => Resumed::Yielded(value),
            Ok(Resumed::Returned(value)) => go_on(vm, generator, generator, value)?,
            Err(raised) => raise_in(vm, generator, raised)?,
        };
        return give(vm, resumed);
    }
    // throw(type, value, traceback) or throw(instance)
    let given = match args.opt(2) {
        Some(value) if !vm.get(value).is_none() && vm.is_exception_value(value) => value,
        Some(value) if !vm.get(value).is_none() => vm.call_with(args.get(1), &[value])?,
        _ => args.get(1),
    };
    let exception = vm.exception_to_raise(given, Local::NULL)?;
    let resumed = throw_into(vm, generator, exception)?;
    give(vm, resumed)
}

/// Raises an exception in the innermost generator that the given one delegates to.
fn throw_into(vm: &mut Vm, generator: Local, exception: Local) -> Result<Resumed, Raised> {
    let Some(g) = vm.get(generator).cast::<Generator>() else { return Err(vm.wrong_receiver()) };
    if g.state() == FINISHED {
        return Err(vm.raise(exception));
    }
    if g.state() != RUNNING && !g.begun() {
        // it has not begun, so no handler of its can catch it
        chain::finish(g);
        return Err(vm.raise(exception));
    }
    let exit = vm.is_exception_of(vm.get(exception), &GENERATOR_EXIT);
    let given = vm.push_copy(exception);
    loop {
        let scope = vm.scope();
        let leaf = match resume::leaf_of(vm, generator) {
            Ok(leaf) => leaf,
            // raised in the one that delegates to what runs already
            Err(raised) => return raise_in(vm, generator, raised),
        };
        // after a generator that swallowed GeneratorExit that one is raised again in the next: one
        // is resumed at a time
        let resumed = if exit { leaf } else { generator };
        let object = match object_of(vm, leaf) {
            Some(object) => {
                let given = vm.push_copy(given);
                let result = resume::hold(vm, leaf, |vm| throw_to_object(vm, object, given, exit));
                Some(result)
            }
            None => None,
        };
        let result = match object {
            Some(Ok(Resumed::Yielded(value))) => Ok(Resumed::Yielded(value)),
            Some(Ok(Resumed::Returned(value))) => go_on(vm, leaf, resumed, value),
            Some(Err(raised)) => raise_in(vm, resumed, raised),
            None => {
                let raised = vm.raise(given);
                raise_in(vm, resumed, raised)
            }
        };
        let last = vm.get(resumed).is(vm.get(generator)) || !is_finished(vm, resumed);
        match result {
            Ok(Resumed::Returned(_)) if !last => vm.set(given, vm.get(exception)),
            Err(raised) if !last => {
                let exception = vm.take_raised(raised)?;
                vm.set(given, vm.get(exception));
            }
            result => return result,
        }
        vm.end_scope(scope);
    }
}

/// What a suspended generator delegates to, if that is no generator.
fn object_of(vm: &Vm, generator: Local) -> Option<Local> {
    let inner = vm.get(generator).cast::<Generator>()?.delegate()?;
    (!inner.is_kind(Kind::Generator)).then(|| vm.push(inner))
}

/// Takes `StopIteration` for the end of what raised it.
fn stopped_by(vm: &mut Vm, result: Res) -> Result<Resumed, Raised> {
    match result {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) if vm.raised_is(&STOP_ITERATION) => {
            let stop = vm.take_raised(raised)?;
            Ok(Resumed::Returned(vm.stop_value(stop)))
        }
        Err(raised) => Err(raised),
    }
}

/// Calls `throw` (or `close`) of an iterator that is no generator.
fn throw_to_object(
    vm: &mut Vm,
    inner: Local,
    exception: Local,
    exit: bool,
) -> Result<Resumed, Raised> {
    if exit {
        if let Some(close) = vm.find_attr(inner, qstr!("close"))? {
            vm.call_with(close, &[])?;
        }
        return Err(vm.raise(exception));
    }
    match vm.find_attr(inner, qstr!("throw"))? {
        None => Err(vm.raise(exception)),
        Some(throw) => {
            let result = vm.call_with(throw, &[exception]);
            stopped_by(vm, result)
        }
    }
}

/// Resumes a generator by what was raised.
fn raise_in(vm: &mut Vm, generator: Local, raised: Raised) -> Result<Resumed, Raised> {
    if vm.is_stopped() {
        return Err(raised);
    }
    resume(vm, generator, Local::NONE, true, None)
}

/// Resumes a generator whose leaf goes on behind its `yield from` with what the object returned.
fn go_on(vm: &mut Vm, leaf: Local, generator: Local, value: Local) -> Result<Resumed, Raised> {
    if let Some(g) = vm.get(leaf).cast::<Generator>() {
        g.drop_delegate();
    }
    resume(vm, generator, value, false, None)
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
        .map_or(qstr!(""), crate::protocol::call::function::name_of);
    vm.emit(out, b"<generator object '")?;
    vm.emit_qstr(out, name)?;
    vm.emit(out, b"' at ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b">")
}
