//! Runs that the host makes a step at a time.
//!
//! A run's frames stay on the VM stack between two steps; so does what the host calls meanwhile,
//! on top of them. A run can be left where its own interpreter loop polls: there the frame records
//! and the stack hold all there is. Native code that calls back into Python runs a loop of its
//! own, deeper in the machine's stack, which cannot be left; it goes on until the native code is
//! done (the fuel bounds that).
//!
//! A function of the host that cannot answer yet leaves the run at the call. Its answer is put
//! where the call's result goes, and the run goes on behind the call.
//!
//! There is one run at a time, and only the host itself, when no native code runs, makes steps: so
//! the newest frame record between steps is always the run's.

use crate::exception::classes::RUNTIME_ERROR;
use crate::object::value::{Word, raw};
use crate::protocol::call::Call;
use crate::vm::RootSlot;
use crate::vm::Scope;
use crate::vm::stack::{FIRST, Local};
#[cfg(any(feature = "idle", feature = "thread"))]
use crate::vm::stepping::LeaveWish;
use crate::vm::stepping::{Leave, Next, Standing, Stepping};
use crate::{Args, Raised, Res, Vm};

/// `native_depth` in the loop of a run.
pub(super) const DEPTH: u16 = 1;

/// How a run stands after a step.
#[must_use]
pub enum Stepped {
    /// It is over; its result, which lives until the scope is ended.
    Done(Local, Scope),
    /// The step's budget is used up.
    Suspended,
    /// It waits for the answer to a call of the host.
    Pending,
    /// It has nothing to do until that moment of the host's clock, in microseconds, or until the host does something.
    Idle(Option<u64>),
}

impl Vm {
    /// Begins a run that calls a function; the steps are made by [`Vm::step`]. The locals made since
    /// `scope` belong to the run and are released when it is over.
    ///
    /// # Errors
    /// `RuntimeError` from inside of native code, while there is another run, or if the stack is
    /// full.
    pub fn start_call(
        &mut self,
        scope: Scope,
        function: Local,
        args: &[Local],
    ) -> Result<(), Raised> {
        self.check_outside()?;
        if self.rt.stepping.run.is_some() {
            return Err(self.raise_text(&RUNTIME_ERROR, "another run is suspended"));
        }
        let callable = self.rt.stack.top();
        if !self.rt.stack.has_room(callable, args.len() + 1) {
            return Err(self.recursion_error());
        }
        self.push_copy(function);
        for arg in args {
            self.push_copy(*arg);
        }
        self.rt.stepping.run = Some(Standing {
            base: scope.top().min(callable),
            floor: self.rt.stack.depth(),
            callable,
            top: self.rt.stack.top(),
            next: Next::Begin(args.len()),
        });
        Ok(())
    }

    /// Begins a run of the function of a module in a dict of globals, as
    /// [`run_module`](Vm::run_module) runs it.
    ///
    /// # Errors
    /// As for [`Vm::start_call`]; `MemoryError`.
    pub fn start_module(
        &mut self,
        scope: Scope,
        function: Local,
        globals: Local,
    ) -> Result<(), Raised> {
        let function = self.with_globals(function, globals)?;
        self.start_call(scope, function, &[])
    }

    /// Lets the run make about so many steps: at least one, and as many more as it takes until it
    /// can be left. What lies on the stack above the run is released.
    ///
    /// # Errors
    /// What the code raises, a stop; the run is over then. `RuntimeError` without a run, or from
    /// inside of native code.
    pub fn step(&mut self, budget: u64) -> Result<Stepped, Raised> {
        self.check_outside()?;
        let Some(run) = self.rt.stepping.run else {
            return Err(self.raise_text(&RUNTIME_ERROR, "no run is suspended"));
        };
        if let Next::Answer(_) = run.next {
            return Ok(Stepped::Pending);
        }
        self.rt.stepping.run = None;
        self.rt.stack.set_top(run.top);
        #[cfg(feature = "idle")]
        if let Next::Idle = run.next {
            self.put_answer(raw::NONE);
        }
        self.rt.stepping.left = Some(budget);
        self.settle();
        self.rt.native_depth = DEPTH;
        let result = match run.next {
            Next::Begin(arguments) => self.begin(run.callable, arguments),
            Next::Raise => {
                let _ = self.raise(Local::at(run.top - 1));
                self.execute(true, None)
            }
            #[cfg(feature = "thread")]
            Next::Threads => {
                // the loop begins with the choice of a thread
                self.rt.stepping.leave = Some(Leave::Switch);
                self.execute(true, None)
            }
            // what is to be put on the stack before was put there
            _ => self.execute(false, None),
        };
        self.rt.native_depth = 0;
        self.rt.stepping.left = None;
        self.settle();
        let (next, stepped) = match self.rt.stepping.leave.take() {
            None => {
                let scope = Scope::from(run.base);
                if result.is_err() {
                    self.end_scope(scope);
                }
                return result.map(|value| Stepped::Done(value, scope));
            }
            Some(Leave::Due) => (Next::Frame, Stepped::Suspended),
            Some(Leave::Call(args)) => (Next::Answer(args), Stepped::Pending),
            #[cfg(feature = "idle")]
            Some(Leave::Idle(until)) => (Next::Idle, Stepped::Idle(until)),
            #[cfg(feature = "thread")]
            Some(Leave::Threads(until)) => (Next::Threads, Stepped::Idle(until)),
            #[cfg(feature = "thread")]
            Some(Leave::Switch) => (Next::Threads, Stepped::Suspended),
        };
        self.rt.stepping.run = Some(Standing { top: self.rt.stack.top(), next, ..run });
        Ok(stepped)
    }

    /// Makes the call that a run consists in.
    fn begin(&mut self, callable: usize, arguments: usize) -> Res {
        match self.prepare_call(callable, callable + 1, arguments, 0, 0) {
            Ok(Call::Done(value)) => Ok(value),
            Ok(Call::Frame) => {
                self.mark_entry();
                self.execute(false, None)
            }
            Err(raised) => Err(self.refuse_to_wait(raised)),
        }
    }

    /// Gives up the run, if there is one: its frames are taken away, no handler of theirs sees it.
    pub fn abandon_run(&mut self) {
        if self.rt.native_depth != 0 {
            return;
        }
        let Some(run) = self.rt.stepping.run.take() else { return };
        // with its frames the threads are given up, one of which may be the one that runs
        #[cfg(feature = "thread")]
        self.end_threads();
        while self.rt.stack.depth() > run.floor {
            self.abandon_frame();
        }
        self.rt.stack.set_top(run.base);
    }

    /// Takes everything back that was under way when the host's code panicked and the panic was caught
    /// outside of the interpreter. To be called by the host alone, when no native code runs; does nothing
    /// when nothing was left.
    pub fn recover(&mut self) {
        let suspended = self.rt.stepping.run.is_some();
        if self.rt.native_depth == 0 && (suspended || self.rt.stack.depth() == 0) {
            return;
        }
        self.rt.native_depth = 0;
        self.rt.in_callback = false;
        self.rt.finalising = false;
        self.rt.stepping = Stepping::default();
        #[cfg(feature = "thread")]
        self.end_threads();
        while self.rt.stack.depth() > 0 {
            self.abandon_frame();
        }
        self.rt.stack.set_top(FIRST);
        self.set_root_word(RootSlot::Pending, raw::NULL);
        self.settle();
    }

    /// The function and the arguments of the call that waits for an answer.
    pub fn pending_call(&self) -> Option<(Local, Args)> {
        match self.rt.stepping.run?.next {
            Next::Answer(args) => Some((Local::at(self.newest_top()?), args)),
            _ => None,
        }
    }

    /// Gives the value of the call that waits for one; without such a call it is dropped.
    pub fn answer(&mut self, value: Local) {
        let word = self.get(value).word();
        self.answer_by(word, Next::Frame);
    }

    /// Raises an exception from the call that waits for an answer.
    pub fn answer_raised(&mut self, raised: Raised) {
        if let Ok(exception) = self.take_raised(raised) {
            let word = self.get(exception).word();
            self.answer_by(word, Next::Raise);
        }
    }

    fn answer_by(&mut self, word: Word, next: Next) {
        let Some(run) = self.rt.stepping.run else { return };
        let (Next::Answer(_), Some(top)) = (run.next, self.put_answer(word)) else { return };
        self.rt.stepping.run = Some(Standing { top, next, ..run });
    }

    /// Puts the result of the call that the newest frame was left at in place of callable and arguments; gives the
    /// top of its stack.
    pub(super) fn put_answer(&mut self, word: Word) -> Option<usize> {
        let ret = self.newest_top()?;
        self.rt.stack.set_top(ret);
        self.rt.stack.push(word);
        self.set_frame_top(ret + 1);
        Some(ret + 1)
    }

    /// Says for a function of the host that it will be answered by [`Vm::answer`]; what it returns
    /// does not count.
    pub fn answer_later(&mut self) {
        self.rt.stepping.later = true;
    }

    /// Leaves the run if the function of the host that just returned said that its answer comes
    /// later.
    ///
    /// # Errors
    /// `RuntimeError` where a run cannot be left; else the sign that it is being left.
    pub(crate) fn leave_if_later(&mut self, args: Args) -> Result<(), Raised> {
        if !core::mem::take(&mut self.rt.stepping.later) {
            return Ok(());
        }
        if self.may_leave() {
            self.rt.stepping.leave = Some(Leave::Call(args));
            return Err(Raised::new());
        }
        Err(self.cannot_wait())
    }

    /// Whether the native function that runs was called by a loop that can be left, so that it may say
    /// [`Vm::answer_later`].
    pub fn may_leave(&self) -> bool {
        // one deeper than the loop is the function itself
        let is_next_to_loop = self.rt.native_depth == DEPTH + 1 && !self.rt.in_callback;
        self.rt.stepping.left.is_some() && is_next_to_loop
    }

    /// Waits, for a native function that has nothing to do until that moment of the clock, in microseconds, or until
    /// something happens. A run in steps is left, and the function's result is `None` when it goes on. Otherwise some
    /// time passes; false without a clock.
    ///
    /// # Errors
    /// The sign that the run is being left; a stop, what the host wishes.
    #[cfg(feature = "idle")]
    pub(crate) fn idle(&mut self, until: Option<u64>) -> Result<bool, Raised> {
        self.charge(1)?;
        // other threads may do what is waited for
        #[cfg(feature = "thread")]
        if self.may_switch() {
            let left = until.map_or(u64::MAX, |until| until.saturating_sub(self.clock_us()));
            self.rt.stepping.wish = Some(LeaveWish::Sleep(left.min(super::clock::LOOK_US)));
            return Err(Raised::new());
        }
        if self.may_leave() {
            let until = match (until, self.rt.serve_by) {
                (until, u64::MAX) => until,
                (until, by) => Some(until.map_or(by, |until| until.min(by))),
            };
            self.rt.stepping.wish = Some(LeaveWish::Idle(until));
            return Err(Raised::new());
        }
        self.nap(until)
    }

    /// Leaves the native function that ends by such an error for what it has asked for; whether it has.
    #[cfg(any(feature = "idle", feature = "thread"))]
    pub(crate) fn leave_as_wished(&mut self) -> bool {
        match self.rt.stepping.wish.take() {
            #[cfg(feature = "idle")]
            Some(LeaveWish::Idle(until)) if self.may_leave() => {
                self.rt.stepping.leave = Some(Leave::Idle(until));
                true
            }
            #[cfg(feature = "thread")]
            Some(LeaveWish::Sleep(us)) if self.may_switch() => {
                self.sleep_in_thread(us);
                true
            }
            _ => false,
        }
    }

    /// Turns the sign that a call of the host waits into an exception, for native code that made
    /// the call: it cannot be left.
    #[cold]
    pub(crate) fn refuse_to_wait(&mut self, raised: Raised) -> Raised {
        match self.rt.stepping.leave.take() {
            #[cfg(feature = "thread")]
            Some(Leave::Switch) => {
                self.stay_in_thread();
                self.cannot_wait()
            }
            Some(_) => self.cannot_wait(),
            None => raised,
        }
    }

    /// Leaves the run's loop if the step's budget is used up. All that the frame needs to go on is
    /// in its record and on the stack.
    pub(crate) fn leave_if_due(&mut self) -> Result<(), Raised> {
        if self.rt.stepping.left == Some(0) && self.rt.native_depth == DEPTH {
            self.set_frame_top(self.rt.stack.top());
            self.rt.stepping.leave = Some(Leave::Due);
            return Err(Raised::new());
        }
        Ok(())
    }

    /// Where the newest frame's stack ends.
    fn newest_top(&self) -> Option<usize> {
        self.rt.stack.frame_at(0).map(|frame| frame.top as usize)
    }

    fn check_outside(&mut self) -> Result<(), Raised> {
        if self.rt.native_depth == 0 {
            return Ok(());
        }
        Err(self.raise_text(&RUNTIME_ERROR, "a run can only be made from outside"))
    }

    /// Raises that there is nobody who waits for the answer of a call.
    #[cold]
    pub fn cannot_wait(&mut self) -> Raised {
        self.raise_text(&RUNTIME_ERROR, "the host's answer can't be waited for here")
    }
}
