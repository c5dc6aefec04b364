//! `_asyncio`: what of `asyncio` is native. Queues and tasks are here, and the choice of the task that runs next; what is
//! longer and colder is the package `asyncio` in `python/`.
//!
//! The loop in Python asks [`next`] for a coroutine and resumes it, in the frame of the loop itself: so a task may be left
//! wherever a script may, and wait for an answer of the host. When no task is due, the waiting is that of the host
//! ([`Full::idle`]).

mod heap;
mod queue;
mod sleeper;
mod task;

use core::cell::Cell;

use snakelet_vm::exception::classes::{OVERFLOW_ERROR, RUNTIME_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use snakelet_vm::native::{
    Constant, Contents, Data, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{Raised, methods, name};

use heap::{Node, Owner};
use queue::TaskQueue;
use sleeper::Sleeper;
use task::State;

/// `_asyncio`.
pub static ASYNCIO: NativeModule = NativeModule::new(
    name!("_asyncio"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<0>(name!("_current"), 0, |cx, _| Ok(current(cx))),
            NativeFn::leaf::<0>(name!("_cancelled"), 0, cancelled),
            NativeFn::full(name!("_next"), 0, 1, next),
            NativeFn::leaf::<0>(name!("_queue"), 0, |cx, _| Ok(main_queue(cx)?.obj())),
            NativeFn::full(name!("_reset"), 0, 0, reset),
            NativeFn::leaf::<1>(name!("_resume"), 0, resume),
            NativeFn::leaf::<0>(name!("_unretrieved"), 0, unretrieved),
            NativeFn::full(name!("sleep_ms"), 1, 1, sleep_ms),
        ],
        constants: &[
            (name!("Task"), Constant::Type(&task::TASK)),
            (name!("TaskQueue"), Constant::Type(&queue::TASK_QUEUE)),
        ],
    }],
)
.init(begin);

// values that the state keeps
const CURRENT: usize = 0;
const QUEUE: usize = 1;
const SLEEPER: usize = 2;
/// A queue of tasks that are woken when the loop looks what to do next: what wakes them may run at any time.
const LATER: usize = 3;
/// A task that has ended by an error for which nobody has asked.
const UNRETRIEVED: usize = 4;

/// The event loop of an interpreter.
struct EventLoop {
    /// The time when it was looked at last, in milliseconds. Tasks that are woken are due then: so tasks that wake each
    /// other do not keep those waiting that sleep.
    now: Cell<i64>,
    order: Cell<u32>,
    /// How far that is ahead of the host's clock, because that stands still.
    ahead: Cell<i64>,
}

impl NativeData for EventLoop {
    const TYPE: &'static NativeType = &STATE;
    const STATE_VALUES: usize = 5;
}

static STATE: NativeType =
    NativeType::of(name!("Loop"), const { &TypeSlots::of::<EventLoop>() }).sealed();

impl EventLoop {
    fn of(cx: Leaf<'_>) -> Result<&Self, Leave> {
        cx.state().ok_or_else(|| cx.raise(&RUNTIME_ERROR, "module is not initialised"))
    }
    fn next_order(&self) -> u32 {
        self.order.replace(self.order.get().wrapping_add(1))
    }
}

/// The task that runs, or `None`.
fn current(cx: Leaf<'_>) -> Obj<'_> {
    cx.state_value::<EventLoop>(CURRENT)
}

/// The queue of the tasks that are to run.
fn main_queue(cx: Leaf<'_>) -> Result<Data<'_, TaskQueue>, Leave> {
    let queue = Data::of(cx.state_value::<EventLoop>(QUEUE));
    queue.ok_or_else(|| cx.raise(&RUNTIME_ERROR, "module is not initialised"))
}

/// Time between two looks at streams, in microseconds.
const ROUND_US: u64 = 1000;

/// Ticks of `time.ticks_ms()` count modulo this.
const PERIOD: i64 = Obj::SMALL_INT_MAX as i64 / 2 + 1;

/// Milliseconds from a moment to ticks, the shorter way round.
fn ticks_between(now: i64, ticks: i64) -> i64 {
    (ticks.wrapping_sub(now).wrapping_add(PERIOD / 2) & (PERIOD - 1)) - PERIOD / 2
}

fn begin(cx: &mut Full<'_>) -> Result<(), Raised> {
    cx.set_state(EventLoop { now: Cell::new(0), order: Cell::new(0), ahead: Cell::new(0) })?;
    let sleeper = cx.new_data(&[], Sleeper::new(None))?;
    cx.set_state_value::<EventLoop>(SLEEPER, sleeper)?;
    empty(cx)
}

/// Begins anew, with no tasks.
fn empty(cx: &mut Full<'_>) -> Result<(), Raised> {
    let queue = cx.make(|cx| Ok(queue::new(*cx)?.obj()))?;
    cx.set_state_value::<EventLoop>(QUEUE, queue)?;
    let later = cx.make(|cx| Ok(queue::new(*cx)?.obj()))?;
    cx.set_state_value::<EventLoop>(LATER, later)?;
    cx.set_state_value::<EventLoop>(UNRETRIEVED, Held::NONE)?;
    cx.set_state_value::<EventLoop>(CURRENT, Held::NONE)
}

/// `_reset()`: begins anew.
fn reset<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    empty(cx)?;
    Ok(Held::NONE)
}

/// Looks at the clock; the time in milliseconds.
fn now(cx: &mut Full<'_>) -> Result<i64, Raised> {
    let ms = (cx.ticks_us() / 1000) as i64;
    cx.look(|cx| {
        let state = EventLoop::of(*cx)?;
        let now = ms.saturating_add(state.ahead.get());
        state.now.set(now);
        Ok(now)
    })
}

/// `_current`'s counterpart: `_resume(task)` makes a task, or `None`, the current one again, behind a loop inside of it.
fn resume<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.set_state_value::<EventLoop>(CURRENT, args.get::<0>());
    Ok(Obj::NONE)
}

/// `_cancelled()`: whether the current task is to be told that it is cancelled. It is said once.
fn cancelled<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let Some(task) = Node::of(current(cx)) else { return Ok(Obj::FALSE) };
    let is_cancelled = task.is_cancelled.replace(false);
    if is_cancelled {
        // what it waited for is left by the exception
        task.waits.set(false);
    }
    Ok(Obj::bool(is_cancelled))
}

/// `_unretrieved()`: the task that [`next`] has found to have ended by an error for which nobody has asked, or `None`.
fn unretrieved<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let task = cx.state_value::<EventLoop>(UNRETRIEVED);
    cx.set_state_value::<EventLoop>(UNRETRIEVED, Obj::NONE);
    Ok(task)
}

/// What is to be done next.
enum Due {
    /// The current task is resumed.
    Run,
    /// A task is reported.
    Report,
    /// At the earliest then there is something.
    Wait(Option<i64>),
}

/// Chooses the task that runs next and makes it the current one.
fn choose(cx: Leaf<'_>) -> Result<Due, Leave> {
    let state = EventLoop::of(cx)?;
    let now = state.now.get();
    let queue = Owner::Queue(main_queue(cx)?);
    if let Some(later) = Owner::of(cx.state_value::<EventLoop>(LATER)) {
        while let Some(task) = later.pop(cx) {
            queue.push(task, now, state.next_order());
        }
    }
    loop {
        let Some(first) = queue.first() else { return Ok(Due::Wait(None)) };
        let (at, _) = first.place.get();
        if at > now {
            return Ok(Due::Wait(Some(at.saturating_sub(state.ahead.get()))));
        }
        queue.pop(cx);
        match first.state.get() {
            State::Running => {
                cx.set_state_value::<EventLoop>(CURRENT, first.obj());
                return Ok(Due::Run);
            }
            State::Ended => {
                first.state.set(State::Retrieved);
                cx.set_state_value::<EventLoop>(UNRETRIEVED, first.obj());
                return Ok(Due::Report);
            }
            State::Retrieved => cx.charge(1),
        }
    }
}

/// `_next(polling=False)`: the coroutine of the task that is due next, which is the current one then. `None` asks for
/// being called again, after a look at [`unretrieved`]. With `polling` no more time passes than between two looks at
/// streams.
fn next<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let polling = !args.is_empty();
    loop {
        let ms = now(cx)?;
        match cx.look(|cx| choose(*cx))? {
            Due::Run => {
                return cx.make(|cx| {
                    Ok(Node::of(current(*cx)).map_or(Obj::NONE, |task| task.value(task::CORO)))
                });
            }
            Due::Report => return Ok(Held::NONE),
            Due::Wait(at) => {
                let mut until = at.map(|ms| u64::try_from(ms).unwrap_or(0).saturating_mul(1000));
                if polling {
                    let round = cx.ticks_us().saturating_add(ROUND_US);
                    until = Some(until.map_or(round, |until| until.min(round)));
                }
                if !cx.idle(until)?
                    && let Some(at) = at
                {
                    // where time stands still, a task that sleeps is due when no other one is
                    cx.look(|cx| {
                        let state = EventLoop::of(*cx)?;
                        state
                            .ahead
                            .set(at.saturating_add(2 * state.ahead.get()).saturating_sub(ms));
                        Ok(())
                    })?;
                }
                if polling {
                    return Ok(Held::NONE);
                }
            }
        }
    }
}

/// The task that runs.
fn running(cx: Leaf<'_>) -> Result<Node<'_>, Leave> {
    Node::of(current(cx)).ok_or_else(|| cx.raise(&RUNTIME_ERROR, "no running event loop"))
}

/// Lets the current task wait in a queue, when it is asked for the first time; then it has waited, and goes on.
fn wait<'h>(cx: Leaf<'h>, queue: Data<'h, TaskQueue>, at: i64) -> Result<bool, Leave> {
    let state = EventLoop::of(cx)?;
    let task = running(cx)?;
    let has_waited = task.waits.get();
    task.waits.set(!has_waited);
    if !has_waited {
        task::take_out(cx, task);
        Owner::Queue(queue).push(task, at, state.next_order());
    }
    Ok(has_waited)
}

/// `sleep_ms(t)`: what waits so long from now on, when it is awaited. As long as one is awaited before the next is made, it
/// is always the same object.
fn sleep_ms<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let ms = cx.i64_of(args.or_none(0))?.max(0);
    if ms >= PERIOD / 2 {
        return Err(cx.raise(&OVERFLOW_ERROR, "ticks interval overflow"));
    }
    let until = now(cx)?.saturating_add(ms);
    cx.make(|cx| sleeper::make(*cx, until))
}
