//! `Task`: a coroutine that the loop runs, what it waits for, and what it has given in the end.

use core::cell::Cell;

use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::heap::{Node, Owner};
use super::{EventLoop, current, main_queue, running};

// what a task refers to
pub(super) const CORO: usize = 0;
/// The exception with which the coroutine ended: `StopIteration` has the value that it returned.
pub(super) const RESULT: usize = 1;
/// Called with the task and its result when it ends.
pub(super) const WATCHER: usize = 2;
/// The first of the tasks that wait for this one.
pub(super) const WAITING: usize = 3;
// its place in a queue: see there
pub(super) const OWNER: usize = 4;
pub(super) const CHILD: usize = 5;
pub(super) const NEXT: usize = 6;
pub(super) const BEFORE: usize = 7;
const VALUES: usize = 8;

/// How far a task is.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum State {
    Running,
    /// It has ended, and nobody has asked for its result yet.
    Ended,
    /// Somebody has.
    Retrieved,
}

/// A task.
pub(super) struct Task {
    pub(super) state: Cell<State>,
    /// When it is due, in milliseconds, and its number in the order of queuing.
    pub(super) place: Cell<(i64, u32)>,
    /// Whether it was queued by what it waits for, which ends when it is resumed.
    pub(super) waits: Cell<bool>,
    /// Whether `CancelledError` is to be raised in the coroutine when it runs next.
    pub(super) is_cancelled: Cell<bool>,
}

impl NativeData for Task {
    const TYPE: &'static NativeType = &TASK;
}

/// `Task`.
pub(super) static TASK: NativeType = NativeType::of(
    name!("Task"),
    const {
        &TypeSlots::of::<Task>()
            .construct(const { &NativeFn::leaf::<1>(name!("Task"), 1, new) })
            .next(next)
    },
)
.sealed()
.methods(methods![
    NativeFn::on::<Task, 0, _>(name!("done"), 0, |_, task, _| {
        Ok(Obj::bool(task.state.get() != State::Running))
    }),
    NativeFn::on::<Task, 0, _>(name!("cancel"), 0, cancel),
    NativeFn::on::<Task, 0, _>(name!("_hurry"), 0, hurry),
    NativeFn::on::<Task, 1, _>(name!("_watch"), 0, watch),
    NativeFn::on::<Task, 1, _>(name!("_finish"), 0, finish),
    NativeFn::on::<Task, 0, _>(name!("_result"), 0, result),
    NativeFn::on::<Task, 0, _>(name!("_coro"), 0, |_, task, _| Ok(task.value(CORO))),
]);

/// `Task(coroutine)`; MicroPython's second argument is of no use here.
fn new<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let mut values = [Obj::NONE; VALUES];
    values[CORO] = args.get::<0>();
    let task = Task {
        state: Cell::new(State::Running),
        place: Cell::new((0, 0)),
        waits: Cell::new(false),
        is_cancelled: Cell::new(false),
    };
    Ok(cx.new_data(&values, task)?.obj())
}

/// The queue that a task is in.
fn owner<'h>(task: Node<'h>) -> Option<Owner<'h>> {
    Owner::of(task.value(OWNER))
}

/// Takes a task out of the queue that it is in.
pub(super) fn take_out<'h>(cx: Leaf<'h>, task: Node<'h>) {
    if let Some(owner) = owner(task) {
        owner.remove(cx, task);
    }
}

/// `cancel()`: lets `CancelledError` be raised in the task, or in the one that it waits for, when that runs next;
/// whether it has not ended yet.
fn cancel<'h>(cx: Leaf<'h>, given: Node<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    if given.state.get() != State::Running {
        return Ok(Obj::FALSE);
    }
    if current(cx).is(given.obj()) {
        return Err(cx.raise(&RUNTIME_ERROR, "can't cancel self"));
    }
    let task = last_awaited(cx, given)?;
    make_due(cx, task)?;
    task.is_cancelled.set(true);
    Ok(Obj::TRUE)
}

/// Lets a task run, whatever it waits for, unless it is about to.
fn make_due<'h>(cx: Leaf<'h>, task: Node<'h>) -> Result<(), Leave> {
    let state = EventLoop::of(cx)?;
    let queue = main_queue(cx)?;
    let now = state.now.get();
    let is_due = owner(task).is_some_and(|owner| match owner {
        Owner::Queue(own) => own.obj().is(queue.obj()) && task.place.get().0 <= now,
        Owner::Task(_) => false,
    });
    if !is_due {
        take_out(cx, task);
        Owner::Queue(queue).push(task, now, state.next_order());
    }
    Ok(())
}

/// `_hurry()`: ends what a task waits for, if it is in a queue.
fn hurry<'h>(cx: Leaf<'h>, task: Node<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    if owner(task).is_some() {
        make_due(cx, task)?;
    }
    Ok(Obj::NONE)
}

/// The task for which a task waits, by way of others; itself if it waits for none, or if they wait for each other.
fn last_awaited<'h>(cx: Leaf<'h>, given: Node<'h>) -> Result<Node<'h>, Leave> {
    let (mut task, mut seen) = (given, given);
    let (mut steps, mut limit) = (0u32, 1u32);
    while let Some(Owner::Task(awaited)) = owner(task) {
        if awaited.obj().is(seen.obj()) {
            return Ok(given);
        }
        task = awaited;
        steps += 1;
        if steps == limit {
            // a ring is noticed when it was walked once from here
            (seen, steps, limit) = (task, 0, limit.saturating_mul(2));
        }
        cx.spend(1)?;
    }
    Ok(task)
}

/// `_watch(function)`: lets it be called with the task and its result when it ends. `None` ends that. Nobody can wait
/// for the task meanwhile.
fn watch<'h>(cx: Leaf<'h>, task: Node<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let watcher = args.get::<0>();
    let is_awaited = Owner::Task(task).first().is_some() || !task.value(WATCHER).is_none();
    if is_awaited && !watcher.is_none() {
        return Err(cx.raise(&RUNTIME_ERROR, "can't gather"));
    }
    task.set_value(WATCHER, watcher);
    Ok(Obj::NONE)
}

/// `_finish(exception)`: the coroutine has ended with it. The tasks that wait for it are due. One that ended by an error
/// and for which nobody waits is queued once more, so that the error is reported if that stays so. Gives the watcher.
fn finish<'h>(cx: Leaf<'h>, task: Node<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let state = EventLoop::of(cx)?;
    let queue = Owner::Queue(main_queue(cx)?);
    let watcher = task.value(WATCHER);
    take_out(cx, task);
    task.set_value(RESULT, args.get::<0>());
    task.set_value(CORO, Obj::NONE);
    task.set_value(WATCHER, Obj::NONE);
    let mut ended = State::Ended;
    while let Some(waiting) = Owner::Task(task).pop(cx) {
        queue.push(waiting, state.now.get(), state.next_order());
        ended = State::Retrieved;
        cx.charge(1);
    }
    if ended == State::Ended {
        if watcher.is_none() {
            queue.push(task, state.now.get(), state.next_order());
        } else {
            ended = State::Retrieved;
        }
    }
    task.state.set(ended);
    Ok(watcher)
}

/// `_result()`: the exception with which it ended.
fn result<'h>(_: Leaf<'h>, task: Node<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    if task.state.get() != State::Running {
        task.state.set(State::Retrieved);
    }
    Ok(task.value(RESULT))
}

/// Lets the current task wait until this one ends, and gives what it has returned then.
fn next<'s>(cx: &mut Full<'s>, task: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
    let result = cx.make(|cx| match Node::of(cx.get(task)) {
        Some(task) => ask(*cx, task),
        None => Ok(Obj::NONE),
    })?;
    if cx.is_none(result) { Ok(Some(result)) } else { Err(cx.raise_object(result)) }
}

/// The result of a task that has ended; `None` if the current task is to wait for it.
fn ask<'h>(cx: Leaf<'h>, task: Node<'h>) -> Answer<'h> {
    if task.state.get() != State::Running {
        task.state.set(State::Retrieved);
        return Ok(task.value(RESULT));
    }
    if !task.value(WATCHER).is_none() {
        return Err(cx.raise(&RUNTIME_ERROR, "can't wait"));
    }
    let state = EventLoop::of(cx)?;
    let current = running(cx)?;
    if current.obj().is(task.obj()) {
        return Err(cx.raise(&RUNTIME_ERROR, "a task can't await itself"));
    }
    take_out(cx, current);
    Owner::Task(task).push(current, state.now.get(), state.next_order());
    Ok(Obj::NONE)
}
