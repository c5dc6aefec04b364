//! Which thread runs, and what becomes of one that ends. How threads lie in memory is told in `vm::threads`.

use crate::exception::classes::{KEYBOARD_INTERRUPT, RUNTIME_ERROR, SYSTEM_EXIT};
use crate::native::print::Out;
use crate::native::print::PrintKind;
use crate::object::value::{Value, Word, raw};
use crate::protocol::call::Call;
use crate::vm::stack::{FIRST, Local};
use crate::vm::stepping::Leave;
use crate::vm::threads::{State, THREADS_A_STEP};
use crate::{Raised, Res, Vm};

use super::Run;
use super::step::DEPTH;
use super::unwind::Unwound;

/// Steps that are charged for a look at threads none of which can run.
const LOOK: u32 = 8;

impl Vm {
    /// Whether the loop that is next to the host, so many native calls below, may change threads.
    fn may_change(&self, deeper: u16) -> bool {
        self.rt.threads.are_there()
            && self.rt.native_depth == DEPTH + deeper
            && self.rt.stepping.run.is_none()
            && !self.rt.in_callback
    }

    /// Whether the native function that runs may be left for another thread.
    pub(crate) fn may_switch(&self) -> bool {
        self.may_change(1)
    }

    /// Lets another thread run until this one can go on, by `answer` as the result of the call, if it is not null.
    fn leave_thread(&mut self, state: State, answer: Word, lock: Word) -> Raised {
        let task = self.rt.threads.current_task();
        (task.state, task.answer, task.lock) = (state, answer, lock);
        self.rt.stepping.leave = Some(Leave::Switch);
        Raised::new()
    }

    /// Takes that back, where native code stands between.
    pub(super) fn stay_in_thread(&mut self) {
        let task = self.rt.threads.current_task();
        (task.state, task.answer, task.lock) = (State::Ready, raw::NULL, raw::NULL);
    }

    /// Lets the thread sleep, for a native function of which nothing is left to do.
    pub(super) fn sleep_in_thread(&mut self, us: u64) {
        let state = match us {
            0 => State::Ready,
            us => State::Sleeping(self.clock_us().saturating_add(us)),
        };
        let _ = self.leave_thread(state, raw::NONE, raw::NULL);
    }

    /// Lets the thread wait for a lock that is taken, for a native function that gives whether it got it.
    ///
    /// # Errors
    /// The sign that the thread is left; `RuntimeError` where it cannot be.
    pub(crate) fn wait_for_lock(&mut self, lock: Local, until: Option<u64>) -> Raised {
        if !self.may_switch() {
            return self.raise_text(&RUNTIME_ERROR, "the lock can't be waited for here");
        }
        let lock = self.get(lock).word();
        self.leave_thread(State::Locked(until), raw::TRUE, lock)
    }

    /// Lets the thread wait for the lock of a `with` statement, which is executed again then.
    pub(crate) fn wait_to_enter(&mut self, manager: Local) -> Result<(), Raised> {
        if !self.is_lock_taken(manager) || self.has_lock(manager) || !self.may_change(0) {
            return Ok(());
        }
        self.go_back_to_with();
        self.set_frame_top(self.rt.stack.top());
        let lock = self.get(manager).word();
        Err(self.leave_thread(State::Locked(None), raw::NULL, lock))
    }

    /// Whether the thread was given a lock when it waited in a `with` statement.
    pub(crate) fn has_lock(&mut self, lock: Local) -> bool {
        self.rt.threads.current_task().lock == self.get(lock).word()
    }

    /// Takes such a lock over.
    pub(crate) fn take_given_lock(&mut self) {
        self.rt.threads.current_task().lock = raw::NULL;
    }

    /// Lets another thread have its turn, at a poll.
    pub(crate) fn switch_if_due(&mut self) -> Result<(), Raised> {
        if !self.may_change(0) {
            return Ok(());
        }
        self.set_frame_top(self.rt.stack.top());
        Err(self.leave_thread(State::Ready, raw::NULL, raw::NULL))
    }
}

/// What a thread does that has its turn.
enum Turn {
    Runs,
    Ended(Result<(), Raised>),
}

impl Run<'_, '_> {
    /// The loop's result when the frame that native code entered has ended, or the loop is left; none if another thread,
    /// or a handler of the main one, goes on.
    #[inline(always)]
    pub(super) fn end(&mut self, ended: Res) -> Option<Res> {
        // the last other thread may have ended while the main one waits
        if self.vm.rt.threads.are_there() || self.vm.rt.stepping.is_left() {
            return self.end_with_threads(ended);
        }
        Some(ended)
    }

    #[inline(never)]
    fn end_with_threads(&mut self, ended: Res) -> Option<Res> {
        let vm = &mut *self.vm;
        if vm.rt.native_depth != DEPTH || vm.rt.stepping.run.is_some() {
            return Some(ended);
        }
        if let Some(Leave::Switch) = vm.rt.stepping.leave {
            vm.rt.stepping.leave = None;
            return self.choose();
        }
        if vm.rt.stepping.is_left() {
            return Some(ended);
        }
        if vm.is_stopped() {
            return Some(self.stop(ended));
        }
        if !vm.rt.threads.is_away() {
            return Some(ended);
        }
        match self.finish_thread(ended.map(drop)) {
            Some(raised) => self.raise_in_main(raised),
            None => self.choose(),
        }
    }

    /// Ends all threads, the main one included, by the stop that is pending.
    fn stop(&mut self, ended: Res) -> Res {
        let was_away = self.vm.rt.threads.is_away();
        self.vm.end_threads();
        if was_away {
            // no handler sees it
            let _ = self.unwind();
            return Err(Raised::new());
        }
        ended
    }

    /// Ends the thread that runs. What it raised is printed, unless that is for the main thread.
    fn finish_thread(&mut self, ended: Result<(), Raised>) -> Option<Raised> {
        let vm = &mut *self.vm;
        let mut for_main = None;
        if let Err(raised) = ended {
            if vm.raised_is(&KEYBOARD_INTERRUPT) {
                for_main = Some(raised);
            } else if vm.raised_is(&SYSTEM_EXIT) || report(vm, raised).is_err() {
                vm.forget_raised();
            }
        }
        vm.end_thread();
        for_main
    }

    /// Raises what is pending in the main thread, wherever that waits.
    fn raise_in_main(&mut self, raised: Raised) -> Option<Res> {
        self.vm.switch_to(None);
        self.vm.stay_in_thread();
        match self.unwind() {
            Unwound::Handler => None,
            Unwound::Entry => Some(Err(raised)),
        }
    }

    /// Lets the next thread run that can. If there is none, some time passes, or the run is left.
    fn choose(&mut self) -> Option<Res> {
        let mut now = self.vm.clock_us();
        loop {
            self.vm.charge_later(self.vm.rt.threads.count / THREADS_A_STEP);
            match self.vm.rt.threads.next_ready(now) {
                Ok(thread) => {
                    self.vm.switch_to(thread);
                    match self.begin_turn() {
                        Turn::Runs => return None,
                        Turn::Ended(_) if self.vm.is_stopped() => {
                            return Some(self.stop(Err(Raised::new())));
                        }
                        Turn::Ended(ended) => {
                            if let Some(raised) = self.finish_thread(ended) {
                                return self.raise_in_main(raised);
                            }
                        }
                    }
                }
                Err(until) if self.vm.rt.stepping.left().is_some() => {
                    self.vm.rt.stepping.leave = Some(Leave::Threads(until));
                    return Some(Err(Raised::new()));
                }
                Err(until) => match self.wait(until) {
                    // time stands still: it is as late as it has to be
                    Ok(false) => now = until.unwrap_or(now),
                    Ok(true) => now = self.vm.clock_us(),
                    Err(raised) if self.vm.is_stopped() => {
                        return Some(self.stop(Err(raised)));
                    }
                    Err(raised) => return self.raise_in_main(raised),
                },
            }
        }
    }

    fn wait(&mut self, until: Option<u64>) -> Result<bool, Raised> {
        self.vm.charge(LOOK)?;
        self.vm.nap(until)
    }

    /// Lets the thread go on whose stack is the interpreter's now, or begin.
    fn begin_turn(&mut self) -> Turn {
        let vm = &mut *self.vm;
        let task = vm.rt.threads.current_task();
        if let State::New(positional, named) = task.state {
            task.state = State::Ready;
            return match vm.prepare_call(FIRST, FIRST + 1, positional, named, 0) {
                Ok(Call::Done(_)) => Turn::Ended(Ok(())),
                Ok(Call::Frame) => {
                    vm.mark_entry();
                    Turn::Runs
                }
                Err(raised) => Turn::Ended(Err(vm.refuse_to_wait(raised))),
            };
        }
        let answer = core::mem::replace(&mut task.answer, raw::NULL);
        if answer != raw::NULL {
            vm.put_answer(answer);
        }
        Turn::Runs
    }
}

/// Prints what a thread has raised, and what it ran.
fn report(vm: &mut Vm, raised: Raised) -> Result<(), Raised> {
    let exception = vm.take_raised(raised)?;
    let function = vm.thread_function().unwrap_or(raw::NONE);
    // SAFETY: the function is a root.
    let function = vm.push(unsafe { Value::from_word(function) });
    vm.emit(Out::Error, b"Unhandled exception in thread started by ")?;
    vm.print(function, Out::Error, PrintKind::Repr)?;
    vm.emit(Out::Error, b"\n")?;
    vm.print_exception(exception, Out::Error)
}
