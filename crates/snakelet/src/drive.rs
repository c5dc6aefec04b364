//! Scripts as futures.

use alloc::boxed::Box;
#[cfg(feature = "asyncio")]
use alloc::vec::Vec;
use core::future::{Ready, ready};
use core::pin::Pin;
use core::task::{self, Poll};
use core::time::Duration;

use crate::native::future::{Given, Later};
use crate::run::After;
use crate::{Error, FromPython, Run};

/// A [`Run`] as a future; made by [`Run::drive`].
///
/// Dropping it gives up the run, and drops the futures of its calls.
#[must_use = "futures do nothing unless they are polled"]
pub struct Drive<'i, 'm, T = (), S = fn(Option<Duration>) -> Ready<()>, F = Ready<()>> {
    /// `None` when it is over.
    run: Option<Run<'i, 'm, T>>,
    budget: u64,
    sleep: S,
    state: State<F>,
    /// The calls for which tasks wait.
    #[cfg(feature = "asyncio")]
    calls: Vec<(crate::Ticket, Later)>,
}

/// What the run waits for.
enum State<F> {
    /// Its turn.
    Turn,
    /// The result of a call.
    Call(Later),
    /// A time, or whatever else tasks wait for.
    Sleep(Pin<Box<F>>),
}

impl<'i, 'm, T: FromPython> Run<'i, 'm, T> {
    /// Makes a future of the run, which ends with it. Each time that it is polled it lets the script make up to about
    /// `budget` steps, and then others have their turn.
    ///
    /// Functions of [`register_async`](crate::Interpreter::register_async) are answered by their futures, and several
    /// scripts can wait side by side. While all tasks of `asyncio` wait for a time, it asks to be polled again and
    /// again, unless [`Drive::sleeping`] says what to wait for. To call a function of
    /// [`register_pending`](crate::Interpreter::register_pending), which only [`Run::step`] can answer, raises
    /// `RuntimeError` in the script.
    ///
    /// ```
    /// # use snakelet::{Error, Interpreter};
    /// # fn main() -> Result<(), Error> {
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    /// let mut python = Interpreter::owned(64 << 10).build()?;
    /// let run = python.start("total = 0\nfor i in range(1000): total += i")?;
    /// runtime.block_on(run.drive(100))?;
    /// assert_eq!(python.get::<i64>("total")?, 499_500);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Its result is that of [`Run::step`]. It may be polled by any executor, and moved between threads meanwhile. When it is
    /// polled again after its end it is pending for ever.
    pub fn drive(mut self, budget: u64) -> Drive<'i, 'm, T> {
        // of a run that was given up
        drop(self.context().host().calls.take());
        Drive {
            run: Some(self),
            budget,
            sleep: |_| ready(()),
            state: State::Turn,
            #[cfg(feature = "asyncio")]
            calls: Vec::new(),
        }
    }
}

impl<'i, 'm, T, S, F> Drive<'i, 'm, T, S, F> {
    /// Says what to wait for while all tasks wait: the future that `sleep` makes of the time when there is something to
    /// do at the latest, by the interpreter's [`Clock`](crate::host::Clock), or of `None` if no task waits for a time.
    /// When it is over too early no harm is done.
    ///
    /// On tokio this is `|until| tokio::time::sleep_until(..)`, on embassy a `Timer`.
    pub fn sleeping<N, G>(self, sleep: N) -> Drive<'i, 'm, T, N, G>
    where
        N: FnMut(Option<Duration>) -> G,
        G: Future<Output = ()>,
    {
        Drive {
            run: self.run,
            budget: self.budget,
            sleep,
            state: State::Turn,
            #[cfg(feature = "asyncio")]
            calls: self.calls,
        }
    }
}

impl<T: FromPython, S, F> Drive<'_, '_, T, S, F> {
    /// Makes a step, and takes the calls that it began.
    fn step(&mut self) -> Option<Result<After<T>, Error>> {
        let run = self.run.as_mut()?;
        run.context().host().calls.driven.set(true);
        let stepped = run.advance(self.budget);
        let calls = &run.context().host().calls;
        calls.driven.set(false);
        for begun in calls.take() {
            #[cfg(feature = "asyncio")]
            if let Some(ticket) = begun.ticket {
                self.calls.push((ticket, begun.later));
                continue;
            }
            self.state = State::Call(begun.later);
        }
        Some(stepped)
    }

    /// Answers the calls whose results are there; whether there are any.
    #[cfg(feature = "asyncio")]
    fn answer_tasks(&mut self, task: &mut task::Context<'_>) -> Result<bool, Error> {
        let Some(run) = &mut self.run else { return Ok(false) };
        let mut answered = false;
        let mut i = 0;
        while let Some((_, later)) = self.calls.get_mut(i) {
            let Poll::Ready(given) = Pin::new(later).poll(task) else {
                i += 1;
                continue;
            };
            let (ticket, _) = self.calls.swap_remove(i);
            let mut cx = run.context();
            let result = cx.scoped(|cx| {
                let value = given.give(cx)?;
                cx.keep(value)
            });
            cx.answer(ticket, result)?;
            answered = true;
        }
        Ok(answered)
    }

    /// Gives the call that the run waits for its result.
    fn answer(&mut self, given: Given) {
        let Some(run) = &mut self.run else { return };
        let mut cx = run.context();
        match given.give(&mut cx) {
            Ok(value) => cx.vm().answer(value),
            Err(error) => cx.raise_answer(error),
        }
    }

    /// Ends it.
    fn end(&mut self) {
        self.run = None;
        self.state = State::Turn;
        #[cfg(feature = "asyncio")]
        self.calls.clear();
    }
}

// it moves what it pins in boxes only
impl<T, S, F> Unpin for Drive<'_, '_, T, S, F> {}

impl<T, S, F> Future for Drive<'_, '_, T, S, F>
where
    T: FromPython,
    S: FnMut(Option<Duration>) -> F,
    F: Future<Output = ()>,
{
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        #[cfg(feature = "asyncio")]
        let answered = match this.answer_tasks(task) {
            Ok(answered) => answered,
            Err(error) => {
                this.end();
                return Poll::Ready(Err(error));
            }
        };
        #[cfg(not(feature = "asyncio"))]
        let answered = false;
        match &mut this.state {
            State::Turn => {}
            State::Call(later) => match Pin::new(later).poll(task) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(given) => this.answer(given),
            },
            State::Sleep(sleep) => {
                if sleep.as_mut().poll(task).is_pending() && !answered {
                    return Poll::Pending;
                }
            }
        }
        this.state = State::Turn;
        let Some(stepped) = this.step() else { return Poll::Pending };
        match stepped {
            Ok(After::Done(value)) => {
                this.end();
                return Poll::Ready(Ok(value));
            }
            Err(error) => {
                this.end();
                return Poll::Ready(Err(error));
            }
            Ok(After::Suspended) => {}
            Ok(After::Pending) => {
                if matches!(this.state, State::Turn) {
                    let error = Error::from("nothing answers this call");
                    if let Some(run) = &mut this.run {
                        run.context().raise_answer(error);
                    }
                }
            }
            Ok(After::Idle(until)) => this.state = State::Sleep(Box::pin((this.sleep)(until))),
        }
        // what it waits for now is polled in the next turn
        task.waker().wake_by_ref();
        Poll::Pending
    }
}
