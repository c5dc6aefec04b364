//! What `sleep_ms` gives: it lets the task that awaits it be due later. It can also be made a task itself.

use core::cell::Cell;

use snakelet_vm::exception::classes::STOP_ITERATION;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, Leave};
use snakelet_vm::native::{Data, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::{EventLoop, SLEEPER, main_queue, running, wait};

/// When the task that awaits it is due, in milliseconds; `None` when it was awaited.
pub(super) struct Sleeper(Cell<Option<i64>>);

impl Sleeper {
    pub(super) fn new(until: Option<i64>) -> Self {
        Sleeper(Cell::new(until))
    }
}

impl NativeData for Sleeper {
    const TYPE: &'static NativeType = &SLEEP;
}

static SLEEP: NativeType =
    NativeType::of(name!("sleep"), const { &TypeSlots::of::<Sleeper>().next(next) })
        .sealed()
        .methods(methods![
            NativeFn::full_method(name!("send"), 2, 2, send),
            NativeFn::full_method(name!("throw"), 2, 2, throw),
        ]);

/// One that waits until a moment: that which is there already, if it is free.
pub(super) fn make(cx: Leaf<'_>, until: i64) -> Answer<'_> {
    if let Some(sleeper) = Data::<Sleeper>::of(cx.state_value::<EventLoop>(SLEEPER))
        && sleeper.0.get().is_none()
    {
        sleeper.0.set(Some(until));
        return Ok(sleeper.obj());
    }
    Ok(cx.new_data(&[], Sleeper::new(Some(until)))?.obj())
}

/// Whether the current task goes on: it has waited, or is not to.
fn resume(cx: Leaf<'_>, sleeper: &Sleeper) -> Result<bool, Leave> {
    // what a task that has waited awaits next is not this
    if running(cx)?.waits.get() {
        return wait(cx, main_queue(cx)?, 0);
    }
    match sleeper.0.take() {
        Some(until) => wait(cx, main_queue(cx)?, until),
        None => Ok(true),
    }
}

fn next<'s>(cx: &mut Full<'s>, sleeper: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
    let goes_on = cx.look(|cx| match Data::<Sleeper>::of(cx.get(sleeper)) {
        Some(sleeper) => resume(*cx, &sleeper),
        None => Ok(true),
    })?;
    Ok((!goes_on).then_some(Held::NONE))
}

/// `send(value)`, of a task that consists in sleeping.
fn send<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    match next(cx, args.or_none(0))? {
        Some(item) => Ok(item),
        None => Err(cx.raise_no_args(&STOP_ITERATION)),
    }
}

/// `throw(exception)`, the same.
fn throw<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let given = args.or_none(1);
    cx.with_data::<Sleeper, _>(args.or_none(0), |sleeper| sleeper.0.set(None))?;
    Err(cx.raise_object(given))
}
