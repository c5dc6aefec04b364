//! Rust functions whose results come later.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::marker::PhantomData;
use core::pin::Pin;

use snakelet_vm::Local;

use crate::convert::each_arity;
use crate::native::parameters::{Names, bind};
use crate::native::{Bound, Call, Callable, Failure, Returned, Role};
use crate::{Context, Error, FromPython};

/// Makes a local of a result.
type Give = Box<dyn FnOnce(&mut Context<'_>) -> Result<Local, Error> + Send>;

/// What a call waits for.
#[doc(hidden)]
pub struct Later(Pin<Box<dyn Future<Output = Given> + Send>>);

/// A result that is there, of any type.
#[doc(hidden)]
pub struct Given(Give);

impl Given {
    pub(crate) fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        (self.0)(context)
    }
}

impl Future for Later {
    type Output = Given;
    fn poll(
        mut self: Pin<&mut Self>,
        task: &mut core::task::Context<'_>,
    ) -> core::task::Poll<Given> {
        self.0.as_mut().poll(task)
    }
}

/// A Rust function that scripts can call and whose result comes later: of up to twelve parameters that convert from Python,
/// which returns a future of a value, or of a `Result` of one.
///
/// An `async fn` is such a function. Its future is kept with the run while the script waits, and may be polled on any
/// thread, so it is `Send` and borrows nothing.
pub trait AsyncFunction<P>: Send {
    #[doc(hidden)]
    const ROLES: &'static [Role];
    /// Begins a call.
    ///
    /// # Errors
    /// An argument does not convert.
    #[doc(hidden)]
    fn begin(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Later, Error>;
}

macro_rules! functions {
    ($($($p:ident $i:tt)*;)*) => {$(
        impl<Fun, Fut, $($p),*> AsyncFunction<(Fut, ($($p,)*))> for Fun
        where
            Fun: Fn($($p),*) -> Fut + Send,
            Fut: Future + Send + 'static,
            Fut::Output: Returned + Send + 'static,
            $($p: FromPython,)*
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables)]
            fn begin(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Later, Error> {
                $(let $p = $p::from_python(context, bound.get($i).into())?;)*
                let future = self($($p),*);
                Ok(Later(Box::pin(async move {
                    let result = future.await;
                    Given(Box::new(move |context| result.give(context)))
                })))
            }
        }
    )*};
}

functions! { ; }
each_arity!(functions);

/// A call whose result comes later.
pub(crate) struct Begun {
    pub(crate) later: Later,
    /// What a task waits for. Without it the run stands still.
    #[cfg(feature = "asyncio")]
    pub(crate) ticket: Option<crate::Ticket>,
}

/// The calls that scripts have begun, until the one who drives the run takes them.
#[derive(Default)]
pub(crate) struct Calls {
    /// Whether the step that is made is one of a run that is driven.
    pub(crate) driven: Cell<bool>,
    begun: RefCell<Vec<Begun>>,
}

impl Calls {
    /// Takes the calls that were begun.
    pub(crate) fn take(&self) -> Vec<Begun> {
        self.begun.take()
    }
}

/// A function with its parameters' types.
struct Async<F, P> {
    function: F,
    parameters: PhantomData<fn(P)>,
}

impl<F: AsyncFunction<P>, P> Callable for Async<F, P> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let calls = &context.host().calls;
        if !calls.driven.get() || !context.vm().may_leave() {
            let refused = Err(context.vm().cannot_wait());
            return context.check(refused).map_err(Failure::Raised);
        }
        let bound = bind(context, &call, F::ROLES, Names::NONE)?;
        #[cfg(feature = "asyncio")]
        let ticket = crate::Ticket::of_task(context)?;
        let later = self.function.begin(context, &bound).map_err(Failure::Argument)?;
        #[cfg(feature = "asyncio")]
        if let Some(ticket) = ticket {
            let future = context.local(ticket.future())?;
            calls.begun.borrow_mut().push(Begun { later, ticket: Some(ticket) });
            return Ok(future);
        }
        calls.begun.borrow_mut().push(Begun {
            later,
            #[cfg(feature = "asyncio")]
            ticket: None,
        });
        context.vm().answer_later();
        Ok(Local::NONE)
    }
}

pub(crate) fn later<'m, P: 'm>(function: impl AsyncFunction<P> + 'm) -> Box<dyn Callable + 'm> {
    Box::new(Async { function, parameters: PhantomData::<fn(P)> })
}
