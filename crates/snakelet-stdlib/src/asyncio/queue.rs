//! `TaskQueue`: tasks in the order in which they are due. To await it lets the current task wait in it.

use snakelet_vm::exception::classes::{INDEX_ERROR, TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{Data, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::heap::{Node, Owner};
use super::{EventLoop, LATER, main_queue, task, wait};

/// The value that is the first task.
pub(super) const ROOT: usize = 0;

/// A queue; all of it is in its value.
pub(super) struct TaskQueue;

impl NativeData for TaskQueue {
    const TYPE: &'static NativeType = &TASK_QUEUE;
}

/// `TaskQueue`.
pub(super) static TASK_QUEUE: NativeType = NativeType::of(
    name!("TaskQueue"),
    const {
        &TypeSlots::of::<TaskQueue>()
            .construct(
                const { &NativeFn::leaf::<0>(name!("TaskQueue"), 1, |cx, _| Ok(new(cx)?.obj())) },
            )
            .next(next)
    },
)
.sealed()
.methods(methods![
    NativeFn::on::<TaskQueue, 0, _>(name!("peek"), 0, |_, queue, _| {
        Ok(Owner::Queue(queue).first().map_or(Obj::NONE, Data::obj))
    }),
    NativeFn::on::<TaskQueue, 1, _>(name!("push"), 1, push),
    NativeFn::on::<TaskQueue, 0, _>(name!("pop"), 0, pop),
    NativeFn::on::<TaskQueue, 1, _>(name!("remove"), 0, remove),
    NativeFn::on::<TaskQueue, 0, _>(name!("_wake"), 1, wake),
]);

/// A queue without tasks.
pub(super) fn new(cx: Leaf<'_>) -> Result<Data<'_, TaskQueue>, Leave> {
    cx.new_data(&[Obj::NONE], TaskQueue)
}

fn task_of<'h>(cx: Leaf<'h>, obj: Obj<'h>) -> Result<Node<'h>, Leave> {
    Node::of(obj).ok_or_else(|| cx.raise(&TYPE_ERROR, "a Task is expected"))
}

/// `push(task, ticks=now)`.
fn push<'h>(cx: Leaf<'h>, queue: Data<'h, TaskQueue>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let pushed = task_of(cx, args.get::<0>())?;
    let state = EventLoop::of(cx)?;
    let now = state.now.get();
    let at = match args.opt(1) {
        Some(ticks) => now.wrapping_add(super::ticks_between(now, cx.i64(ticks, 1)?)),
        None => now,
    };
    if !pushed.value(task::OWNER).is_none() {
        return Err(cx.raise(&VALUE_ERROR, "the task is in a queue already"));
    }
    Owner::Queue(queue).push(pushed, at, state.next_order());
    Ok(Obj::NONE)
}

fn pop<'h>(cx: Leaf<'h>, queue: Data<'h, TaskQueue>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    match Owner::Queue(queue).pop(cx) {
        Some(task) => Ok(task.obj()),
        None => Err(cx.raise(&INDEX_ERROR, "empty heap")),
    }
}

fn remove<'h>(cx: Leaf<'h>, queue: Data<'h, TaskQueue>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let removed = task_of(cx, args.get::<0>())?;
    if !removed.value(task::OWNER).is(queue.obj()) {
        return Err(cx.raise(&VALUE_ERROR, "the task isn't in this queue"));
    }
    Owner::Queue(queue).remove(cx, removed);
    Ok(Obj::NONE)
}

/// `_wake(later=False)`: lets the first of the tasks that wait here run; gives it, or `None`. With `later` it comes
/// behind those that are due when the loop looks for one.
fn wake<'h>(cx: Leaf<'h>, queue: Data<'h, TaskQueue>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let state = EventLoop::of(cx)?;
    let to = match args.opt(0) {
        Some(_) => Data::of(cx.state_value::<EventLoop>(LATER)).unwrap_or(queue),
        None => main_queue(cx)?,
    };
    let Some(task) = Owner::Queue(queue).pop(cx) else { return Ok(Obj::NONE) };
    Owner::Queue(to).push(task, state.now.get(), state.next_order());
    Ok(task.obj())
}

/// Lets the current task wait here once.
fn next<'s>(cx: &mut Full<'s>, queue: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
    let goes_on = cx.look(|cx| match Data::of(cx.get(queue)) {
        Some(queue) => wait(*cx, queue, EventLoop::of(*cx)?.now.get()),
        None => Ok(true),
    })?;
    Ok((!goes_on).then_some(Held::NONE))
}
