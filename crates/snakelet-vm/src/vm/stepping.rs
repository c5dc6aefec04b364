//! The state of a run that the host makes a step at a time; see [`crate::run::step`].

use crate::Args;

/// The state of a run.
#[derive(Default)]
pub(crate) struct Stepping {
    /// The run while the host has control.
    pub(crate) run: Option<Standing>,
    /// Steps left of the one that is being made, if one is.
    pub(crate) left: Option<u64>,
    /// Why the run's loop is being left.
    pub(crate) leave: Option<Leave>,
    /// What a native function is to be left for if it passes the error on that it was told so by. Other crates may
    /// forget to: then nothing is left.
    #[cfg(any(feature = "idle", feature = "thread"))]
    pub(crate) wish: Option<LeaveWish>,
    /// A function of the host said that its answer comes later.
    pub(crate) later: bool,
    /// What the script of the run has set in the heap, while the host has control.
    pub(crate) held: Option<HeapSettings>,
}

/// What scripts set in the heap.
#[derive(Copy, Clone)]
pub(crate) struct HeapSettings {
    pub(crate) locked: u16,
    pub(crate) enabled: bool,
    pub(crate) threshold: Option<usize>,
}

/// Why the loop of a run is left before its end.
#[derive(Copy, Clone)]
pub(crate) enum Leave {
    /// The budget is used up.
    Due,
    /// A call of the host with these arguments waits for its answer.
    Call(Args),
    /// There is nothing to do until that moment of the host's clock, in microseconds; `None`: until the host does
    /// something.
    #[cfg(feature = "idle")]
    Idle(Option<u64>),
    /// Another thread is to run.
    #[cfg(feature = "thread")]
    Switch,
    /// No thread can run until that moment.
    #[cfg(feature = "thread")]
    Threads(Option<u64>),
}

/// What a native function asks for, as the last thing that it does.
#[cfg(any(feature = "idle", feature = "thread"))]
#[derive(Copy, Clone)]
pub(crate) enum LeaveWish {
    /// As [`Leave::Idle`].
    #[cfg(feature = "idle")]
    Idle(Option<u64>),
    /// That other threads run for so many microseconds.
    #[cfg(feature = "thread")]
    Sleep(u64),
}

/// A run while the host has control.
#[derive(Copy, Clone)]
pub(crate) struct Standing {
    /// Top of the stack, and number of frame records, below the run.
    pub(crate) base: usize,
    pub(crate) floor: usize,
    /// Slot of what it calls.
    pub(crate) callable: usize,
    /// Top of the stack where it stands.
    pub(crate) top: usize,
    pub(crate) next: Next,
}

/// How a run goes on.
#[derive(Copy, Clone)]
pub(crate) enum Next {
    /// By the call that it consists in: so many arguments lie behind the callable.
    Begin(usize),
    /// Where its newest frame stands.
    Frame,
    /// It cannot: a call of the host waits for its answer.
    Answer(Args),
    /// By `None` as the result of the call that found nothing to do.
    #[cfg(feature = "idle")]
    Idle,
    /// By the thread that can run then.
    #[cfg(feature = "thread")]
    Threads,
    /// By raising the exception on top of the stack.
    Raise,
}

impl Stepping {
    /// Takes steps made from the budget.
    #[inline]
    pub(crate) fn spend(&mut self, steps: u64) {
        self.left = self.left.map(|left| left.saturating_sub(steps));
    }

    /// Steps left of the one that is being made.
    #[inline]
    pub(crate) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Whether the loop of the run is being left.
    pub(crate) fn is_left(&self) -> bool {
        self.leave.is_some()
    }
}
