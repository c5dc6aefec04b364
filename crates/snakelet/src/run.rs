//! Scripts that run a step at a time, between which the host does other things.

use core::marker::PhantomData;
use core::time::Duration;

use snakelet_vm::{Args, Scope, Stepped, TimeSource, Usage};

use crate::convert::Call;
use crate::{
    Arguments, Callee, Context, Error, FromArguments, FromPython, Interpreter, Memory, ToPython,
};

/// A script or call that was begun and is suspended.
///
/// Its frames stay on the interpreter's stack until it goes on. Dropping it gives it up: its frames
/// are taken away and none of its handlers (`except`, `finally`, `__exit__`) runs; the interpreter
/// may be used again at once.
///
/// Meanwhile the interpreter can be used through [`Run::context`] alone:
///
/// ```compile_fail
/// # fn wrong(python: &mut snakelet::Interpreter<'_>) -> Result<(), snakelet::Error> {
/// let run = python.start("x = 1")?;
/// python.exec("x = 2")?; // `run` has borrowed it
/// run.step(10)?;
/// # Ok(())
/// # }
/// ```
///
/// A script to its end, a hundred steps at a time:
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, Step};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// let mut turns = 0;
/// let mut run = python.start("total = 0\nfor i in range(1000): total += i")?;
/// loop {
///     match run.step(100)? {
///         Step::Done(()) => break,
///         Step::Suspended(next) => {
///             turns += 1; // the host's main loop
///             run = next;
///         }
///         Step::Pending(call) => run = call.raise("nothing answers here"),
///         Step::Idle { run: next, .. } => run = next, // when there is something to do again
///     }
/// }
/// assert_eq!(python.get::<i64>("total")?, 499_500);
/// assert_eq!(turns, 10);
/// # Ok(())
/// # }
/// ```
#[must_use = "a run that is dropped is given up"]
pub struct Run<'i, 'm, T = ()> {
    hold: Hold<'i, 'm>,
    result: PhantomData<fn() -> T>,
}

/// What a step of a [`Run`] led to.
pub enum Step<'i, 'm, T = ()> {
    /// The script has ended, or the call has returned this.
    Done(T),
    /// The budget is used up.
    Suspended(Run<'i, 'm, T>),
    /// A function of the host was called that does not answer at once.
    Pending(PendingCall<'i, 'm, T>),
    /// All tasks of `asyncio` wait: the host does the waiting. To make the next step earlier does no harm.
    Idle {
        /// The run, which goes on when the time has come, or when something has happened: an interrupt has noted
        /// something, a flag was set or a call was answered between the steps.
        run: Run<'i, 'm, T>,
        /// When there is something to do at the latest, by the interpreter's [`Clock`](crate::host::Clock); `None` if
        /// no task waits for a time.
        until: Option<Duration>,
    },
}

/// A [`Run`] that waits for the answer to a call of the host.
///
/// Dropping it gives the run up.
#[must_use = "a run that is dropped is given up"]
pub struct PendingCall<'i, 'm, T = ()> {
    run: Run<'i, 'm, T>,
}

/// How a step ended.
pub(crate) enum After<T> {
    Done(T),
    Suspended,
    Pending,
    Idle(Option<Duration>),
}

/// Keeps the interpreter for a run, and gives the run up when it is dropped.
struct Hold<'i, 'm> {
    interpreter: &'i mut Interpreter<'m>,
}

impl Drop for Hold<'_, '_> {
    fn drop(&mut self) {
        self.interpreter.vm().abandon_run();
    }
}

impl<'m> Interpreter<'m> {
    /// Begins to run statements in `__main__`: compiles them, and makes no step yet.
    ///
    /// # Errors
    /// `SyntaxError`, `MemoryError`.
    #[cfg(feature = "compiler")]
    pub fn start(&mut self, source: &str) -> Result<Run<'_, 'm>, Error> {
        self.start_named(source.as_bytes(), "<string>")
    }

    /// Begins to run statements in `__main__`; `name` is what tracebacks call the text.
    ///
    /// # Errors
    /// As for [`Interpreter::start`].
    #[cfg(feature = "compiler")]
    pub fn start_named(&mut self, source: &[u8], name: &str) -> Result<Run<'_, 'm>, Error> {
        self.begin(|cx, scope| {
            let input = snakelet_vm::Input::File;
            let function = cx.vm().compile_text(source, name.as_bytes(), input);
            cx.start(scope, function)
        })
    }

    /// Begins to run a file of the host's file system in `__main__`, as
    /// [`exec_file`](Interpreter::exec_file) does.
    ///
    /// # Errors
    /// As for [`Interpreter::start`]; `OSError` if it cannot be read.
    pub fn start_file(&mut self, path: &str) -> Result<Run<'_, 'm>, Error> {
        self.begin(|cx, scope| {
            let path = cx.vm().new_str(path.as_bytes());
            let function = path.and_then(|path| cx.vm().load_file(path));
            cx.start(scope, function)
        })
    }

    /// Begins to run a `.mpy` file that is part of the program in `__main__`, as
    /// [`load_mpy_static`](Interpreter::load_mpy_static) does.
    ///
    /// # Errors
    /// As for [`Interpreter::start_mpy`].
    pub fn start_mpy_static(&mut self, bytes: &'static [u8]) -> Result<Run<'_, 'm>, Error> {
        self.begin(|cx, scope| {
            let function = cx.vm().load_mpy_static(bytes);
            cx.start(scope, function)
        })
    }

    /// Begins to run the bytes of a `.mpy` file in `__main__`.
    ///
    /// # Errors
    /// `ValueError` if they are no valid bytecode, `MemoryError`.
    pub fn start_mpy(&mut self, bytes: &[u8]) -> Result<Run<'_, 'm>, Error> {
        self.begin(|cx, scope| {
            let function = cx.vm().load_mpy_bytes(bytes);
            cx.start(scope, function)
        })
    }

    /// Begins a call of a function of `__main__`, a built-in one, or the object of a handle.
    ///
    /// # Errors
    /// As for converting the arguments; `NameError`; [`Error::ForeignHandle`].
    pub fn start_call<T: FromPython>(
        &mut self,
        callee: impl Callee,
        args: impl Arguments,
    ) -> Result<Run<'_, 'm, T>, Error> {
        self.begin(|cx, scope| {
            let function = callee.find(cx)?;
            let args = args.to_locals(cx)?;
            let started = cx.vm().start_call(scope, function, args.as_slice());
            cx.check(started)
        })
    }

    /// Begins a run. The locals that `start` makes are the run's.
    fn begin<T>(
        &mut self,
        start: impl FnOnce(&mut Context<'_>, Scope) -> Result<(), Error>,
    ) -> Result<Run<'_, 'm, T>, Error> {
        // there is one only if a `Run` was leaked
        self.vm().abandon_run();
        #[cfg(all(feature = "asyncio", feature = "alloc"))]
        self.enter(crate::Ticket::forget_task);
        self.vm().begin_usage();
        self.context().stepped(|cx| {
            let scope = cx.vm().scope();
            let started = start(cx, scope);
            if started.is_err() {
                cx.vm().end_scope(scope);
            }
            started
        })?;
        Ok(Run { hold: Hold { interpreter: self }, result: PhantomData })
    }
}

impl<'i, 'm, T: FromPython> Run<'i, 'm, T> {
    /// Lets it make about `budget` steps (what a step is, [`Interpreter::set_fuel`] tells).
    ///
    /// It makes at least one step. A script can be left at every jump back and every call of its
    /// own; not inside a built-in function that calls it, which goes on until it returns. The fuel bounds that, and is charged for all steps as always.
    ///
    /// # Errors
    /// [`Error::Exception`] or [`Error::Stopped`], and the run is over; `TypeError` if the value
    /// that it gave does not convert to `T`.
    pub fn step(mut self, budget: u64) -> Result<Step<'i, 'm, T>, Error> {
        // nobody drives it, perhaps because the one who did has panicked
        #[cfg(feature = "alloc")]
        self.context().host().calls.driven.set(false);
        Ok(match self.advance(budget)? {
            After::Done(value) => Step::Done(value),
            After::Suspended => Step::Suspended(self),
            After::Pending => Step::Pending(PendingCall { run: self }),
            After::Idle(until) => Step::Idle { run: self, until },
        })
    }

    /// Makes a step. After an error or the end nothing is left of the run.
    pub(crate) fn advance(&mut self, budget: u64) -> Result<After<T>, Error> {
        self.context().stepped(|cx| {
            let stepped = cx.vm().step(budget);
            cx.vm().flush();
            match stepped {
                Ok(Stepped::Suspended) => Ok(After::Suspended),
                Ok(Stepped::Pending) => Ok(After::Pending),
                Ok(Stepped::Idle(until)) => Ok(After::Idle(until.map(Duration::from_micros))),
                Ok(Stepped::Done(value, scope)) => {
                    let result = T::from_python(cx, value.into());
                    cx.vm().end_scope(scope);
                    result.map(After::Done)
                }
                Err(raised) => {
                    let scope = cx.vm().scope();
                    let error = cx.check(Err(raised));
                    cx.vm().end_scope(scope);
                    error
                }
            }
        })
    }
}

impl<T> Run<'_, '_, T> {
    /// The interpreter, for use between two steps: calls run on top of the suspended frames, and
    /// see what the script has done so far.
    pub fn context(&mut self) -> Context<'_> {
        self.hold.interpreter.context()
    }

    /// How the memory is used.
    pub fn memory(&self) -> Memory {
        self.hold.interpreter.memory()
    }

    /// Frees what no script and no handle refers to; the number of objects freed.
    pub fn collect(&mut self) -> usize {
        self.hold.interpreter.collect()
    }

    /// Grants scripts so many steps from now on, over all steps of the run; `None` sets no limit.
    pub fn set_fuel(&mut self, steps: Option<u64>) {
        self.hold.interpreter.set_fuel(steps);
    }

    /// The fuel left, if it is limited.
    pub fn fuel(&self) -> Option<u64> {
        self.hold.interpreter.fuel()
    }
}

impl<T> Run<'_, '_, T> {
    /// As [`Interpreter::set_deadline`].
    pub fn set_deadline(&mut self, clock: TimeSource, duration: Duration) {
        self.hold.interpreter.set_deadline(clock, duration);
    }

    /// What the run has used so far, and what the host has called between its steps.
    pub fn usage(&self) -> Usage {
        self.hold.interpreter.usage()
    }
}

impl<'i, 'm, T> PendingCall<'i, 'm, T> {
    /// The name of the function that was called.
    pub fn function(&self) -> &str {
        let vm = self.run.hold.interpreter.vm_ref();
        match vm.pending_call() {
            Some((function, _)) => vm.host_function_name(function),
            None => "",
        }
    }

    /// The arguments of the call, as a tuple.
    ///
    /// # Errors
    /// `TypeError` for their number or types; `OverflowError`.
    pub fn arguments<P: FromArguments>(&mut self) -> Result<P, Error> {
        let mut cx = self.run.context();
        let args = cx.vm().pending_call().map_or(Args::none(), |(_, args)| args);
        let call = Call { name: "function", receiver: None, args };
        cx.scoped(|cx| P::from_arguments(cx, &call))
    }

    /// The interpreter, as for [`Run::context`].
    pub fn context(&mut self) -> Context<'_> {
        self.run.context()
    }

    /// Gives the call its result. A value that does not convert is raised as an error there.
    pub fn resume(mut self, value: impl ToPython) -> Run<'i, 'm, T> {
        let mut cx = self.run.context();
        match cx.made(&value) {
            Ok(value) => cx.vm().answer(value),
            Err(error) => cx.raise_answer(error),
        }
        self.run
    }

    /// Raises an error from the call.
    pub fn raise(mut self, error: impl Into<Error>) -> Run<'i, 'm, T> {
        self.run.context().raise_answer(error.into());
        self.run
    }
}
