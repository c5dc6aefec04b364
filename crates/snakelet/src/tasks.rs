//! Calls of the host that one task waits for while the others go on.

use crate::{Context, Error, FromPython, Handle, PendingCall, Run, ToPython};

/// A call of the host whose answer comes later, and for which a task of the script waits meanwhile. It is given back with
/// the answer, by [`Run::answer`] or [`Context::answer`]. One that is dropped is never answered.
#[derive(Debug)]
#[must_use = "a task waits for the answer"]
pub struct Ticket(Handle);

impl Ticket {
    /// Notes that no task of `asyncio` runs: a run that was given up may have left one.
    pub(crate) fn forget_task(cx: &mut Context<'_>) {
        if cx.vm().is_imported(b"asyncio") {
            // what cannot be looked at is not there
            let tasks = cx.import::<Handle>("_asyncio");
            let _ = tasks.and_then(|tasks| cx.call_method::<()>(&tasks, "_resume", (None::<()>,)));
        }
    }

    /// A ticket for the task of `asyncio` that runs, if one does.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn of_task(cx: &mut Context<'_>) -> Result<Option<Self>, Error> {
        let tasks = cx.import::<Handle>("_asyncio")?;
        let current = cx.call_method::<Option<Handle>>(&tasks, "_current", ())?;
        current.map(|_| Ticket::new(cx)).transpose()
    }

    fn new(cx: &mut Context<'_>) -> Result<Self, Error> {
        let module = cx.import::<Handle>("asyncio")?;
        cx.call_method::<Handle>(&module, "Future", ()).map(Ticket)
    }

    /// What the task waits for.
    pub(crate) fn future(&self) -> &Handle {
        &self.0
    }
}

impl<'i, 'm, T> PendingCall<'i, 'm, T> {
    /// Lets the script go on: the call gives it something to `await`, for which the task waits that made the call, and
    /// no other one. So each task of a script can wait for a call of its own.
    ///
    /// There is no ticket if that cannot be made; why is raised from the call.
    pub fn later(mut self) -> (Option<Ticket>, Run<'i, 'm, T>) {
        let mut cx = self.context();
        match Ticket::new(&mut cx) {
            Ok(ticket) => {
                let run = self.resume(ticket.future());
                (Some(ticket), run)
            }
            Err(error) => (None, self.raise(error)),
        }
    }
}

impl<T> Run<'_, '_, T> {
    /// As [`Context::answer`].
    ///
    /// # Errors
    /// As there.
    pub fn answer(
        &mut self,
        ticket: Ticket,
        result: Result<impl ToPython, Error>,
    ) -> Result<(), Error> {
        self.context().answer(ticket, result)
    }
}

impl Context<'_> {
    /// Gives a call the result for which a task waits, or raises an error there. A task that has been cancelled meanwhile
    /// does not learn of it.
    ///
    /// # Errors
    /// The value does not convert; `MemoryError`; [`Error::ForeignHandle`]. Then the task waits forever.
    pub fn answer(
        &mut self,
        ticket: Ticket,
        result: Result<impl ToPython, Error>,
    ) -> Result<(), Error> {
        match result {
            Ok(value) => self.call_method(&ticket.0, "set_result", (value,)),
            Err(error) => {
                let exception = self.scoped(|cx| {
                    let raised = cx.raise(error);
                    let taken = cx.vm().take_raised(raised);
                    let exception = cx.check(taken)?;
                    Handle::from_python(cx, exception.into())
                })?;
                self.call_method(&ticket.0, "set_exception", (exception,))
            }
        }
    }
}
