//! Rust functions that scripts call, with and without receiver.
//!
//! A function is known by its type alone. `P` in the traits here tells the compiler which of the implementations
//! it is: what the parameters are, and whether it takes the interpreter.

use alloc::boxed::Box;
use alloc::format;
use core::marker::PhantomData;

use snakelet_vm::Local;

use crate::native::lend::{Claims, Lent};
use crate::native::object::{Shell, shell};
use crate::native::parameters::{Names, bind};
use crate::native::{
    Argument, Bound, Call, Callable, Failure, Returned, Role, Signature, of_method, short_name,
    type_error,
};
use crate::{Context, Error, FromArguments, FromPython};

/// A Rust function that scripts can call: of up to twelve parameters, each an [`Argument`], or of a
/// `&mut Context` and up to twelve parameters that convert from Python ([`FromPython`]).
pub trait Function<P>: Send {
    #[doc(hidden)]
    const ROLES: &'static [Role];
    #[doc(hidden)]
    fn names(&self) -> &Names {
        Names::NONE
    }
    /// Calls it.
    ///
    /// # Errors
    /// What is to be raised.
    #[doc(hidden)]
    fn invoke(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Local, Failure>;
}

/// A Rust function that is a method of objects that hold a `T`: of `&T` or `&mut T`, perhaps a `&mut Context`, and
/// up to twelve parameters as of a [`Function`].
///
/// The receiver is checked before it runs. It is borrowed while it runs: if it takes `&mut T`, a method of the
/// same object that it calls by way of Python raises `RuntimeError`.
pub trait Method<T, P>: Send {
    #[doc(hidden)]
    const ROLES: &'static [Role];
    #[doc(hidden)]
    fn names(&self) -> &Names {
        Names::NONE
    }
    /// Calls it.
    ///
    /// # Errors
    /// What is to be raised.
    #[doc(hidden)]
    fn invoke(
        &self,
        context: &mut Context<'_>,
        receiver: Local,
        bound: &Bound,
    ) -> Result<Local, Failure>;
}

/// A Rust function that makes the value of a new object: a [`Function`] whose result is a `T`, or a `Result` of one.
pub trait Initializer<T, P>: Send {
    #[doc(hidden)]
    const ROLES: &'static [Role];
    #[doc(hidden)]
    fn names(&self) -> &Names {
        Names::NONE
    }
    /// Calls it.
    ///
    /// # Errors
    /// What is to be raised.
    #[doc(hidden)]
    fn make(&self, context: &mut Context<'_>, bound: &Bound) -> Result<T, Failure>;
}

/// A value, or a result of one.
#[doc(hidden)]
pub trait Made<T> {
    fn made(self) -> Result<T, Error>;
}

impl<T> Made<T> for T {
    fn made(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T, E: Into<Error>> Made<T> for Result<T, E> {
    fn made(self) -> Result<T, Error> {
        self.map_err(Into::into)
    }
}

impl<F: Function<P>, P> Function<P> for Signature<F> {
    const ROLES: &'static [Role] = F::ROLES;
    fn names(&self) -> &Names {
        &self.names
    }
    fn invoke(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Local, Failure> {
        self.function.invoke(context, bound)
    }
}

impl<T, F: Method<T, P>, P> Method<T, P> for Signature<F> {
    const ROLES: &'static [Role] = F::ROLES;
    fn names(&self) -> &Names {
        &self.names
    }
    fn invoke(
        &self,
        context: &mut Context<'_>,
        receiver: Local,
        bound: &Bound,
    ) -> Result<Local, Failure> {
        self.function.invoke(context, receiver, bound)
    }
}

impl<T, F: Initializer<T, P>, P> Initializer<T, P> for Signature<F> {
    const ROLES: &'static [Role] = F::ROLES;
    fn names(&self) -> &Names {
        &self.names
    }
    fn make(&self, context: &mut Context<'_>, bound: &Bound) -> Result<T, Failure> {
        self.function.make(context, bound)
    }
}

/// A function with its parameters' types.
struct Typed<F, P> {
    function: F,
    parameters: PhantomData<fn(P)>,
}

impl<F: Function<P>, P> Callable for Typed<F, P> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let bound = bind(context, &call, F::ROLES, self.function.names())?;
        self.function.invoke(context, &bound)
    }
    fn fault(&self) -> Option<&'static str> {
        self.function.names().fault(F::ROLES)
    }
}

pub(crate) fn typed<'m, P: 'm, F: Function<P> + 'm>(function: F) -> Box<dyn Callable + 'm> {
    Box::new(Typed { function, parameters: PhantomData })
}

/// A method of objects that hold a `T`.
struct OfObject<F, T, P> {
    function: F,
    parameters: PhantomData<fn(T, P)>,
}

impl<F: Method<T, P>, T: Send + 'static, P> Callable for OfObject<F, T, P> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let call = of_method(call);
        let receiver = receiver(&call)?;
        context.check_object::<T>(receiver)?;
        let bound = bind(context, &call, F::ROLES, self.function.names())?;
        self.function.invoke(context, receiver, &bound)
    }
    fn fault(&self) -> Option<&'static str> {
        self.function.names().fault(F::ROLES)
    }
}

pub(crate) fn method<'m, T: Send + 'static, P: 'm>(
    function: impl Method<T, P> + 'm,
) -> Box<dyn Callable + 'm> {
    Box::new(OfObject { function, parameters: PhantomData::<fn(T, P)> })
}

/// The `__init__` of a class.
struct Init<F, T, P> {
    function: F,
    parameters: PhantomData<fn(T, P)>,
}

impl<F: Initializer<T, P>, T: Send + 'static, P> Callable for Init<F, T, P> {
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let call = Call { name: short_name::<T>(), ..of_method(call) };
        let receiver = receiver(&call)?;
        context.check_object::<T>(receiver)?;
        let bound = bind(context, &call, F::ROLES, self.function.names())?;
        let value = self.function.make(context, &bound)?;
        context.fill(receiver, value)?;
        Ok(Local::NONE)
    }
    fn fault(&self) -> Option<&'static str> {
        self.function.names().fault(F::ROLES)
    }
}

pub(crate) fn init<'m, T: Send + 'static, P: 'm>(
    function: impl Initializer<T, P> + 'm,
) -> Box<dyn Callable + 'm> {
    Box::new(Init { function, parameters: PhantomData::<fn(T, P)> })
}

fn receiver(call: &Call<'_>) -> Result<Local, Error> {
    call.receiver.ok_or_else(|| type_error(format!("{}() needs a receiver", call.name)))
}

/// A function that is lent the interpreter and takes its parameters as a tuple.
struct WithContext<F, P> {
    function: F,
    parameters: PhantomData<fn(P)>,
}

impl<F, P, R> Callable for WithContext<F, (P, R)>
where
    F: Fn(&mut Context<'_>, P) -> R + Send,
    P: FromArguments,
    R: Returned,
{
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure> {
        let parameters = P::from_arguments(context, &call)?;
        Ok((self.function)(context, parameters).give(context)?)
    }
}

pub(crate) fn with_context<'m, F, P, R>(function: F) -> Box<dyn Callable + 'm>
where
    F: Fn(&mut Context<'_>, P) -> R + Send + 'm,
    P: FromArguments + 'm,
    R: Returned + 'm,
{
    Box::new(WithContext { function, parameters: PhantomData::<fn((P, R))> })
}

/// Tells functions that take the interpreter from others.
#[doc(hidden)]
pub struct TakesContext;

/// Tells methods that take `&T` from those that take `&mut T`.
#[doc(hidden)]
pub struct Shared;

/// See [`Shared`].
#[doc(hidden)]
pub struct Exclusive;

/// Converts an argument of its own.
fn hold<A: Argument>(
    context: &mut Context<'_>,
    bound: &Bound,
    i: usize,
) -> Result<A::Held, Failure> {
    A::hold(context, bound.get(i)).map_err(Failure::Argument)
}

/// Makes what functions take that do not take the interpreter: the parameters, and what they are lent by.
macro_rules! arguments {
    ($context:ident $bound:ident $lent:ident: $($p:ident $i:tt)*) => {
        $(let $p = hold::<$p>($context, $bound, $i)?;)*
        let mut claims = Claims::default();
        let $lent = Lent::new($context.vm(), &mut claims);
        $(let $p = $p::read($p, $lent)?;)*
    };
}

/// Makes what functions take that take the interpreter.
macro_rules! values {
    ($context:ident $bound:ident: $($p:ident $i:tt)*) => {
        $(let $p = $p::from_python($context, $bound.get($i).into()).map_err(Failure::Argument)?;)*
    };
}

macro_rules! functions {
    ($($($p:ident $i:tt)*;)*) => {$(
        impl<Fun, Ret, $($p),*> Function<(Ret, ($($p,)*))> for Fun
        where
            Fun: Fn($($p),*) -> Ret + Send,
            $($p: Argument,)*
            Ret: Returned,
            Fun: for<'a> Fn($($p::As<'a>),*) -> Ret,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables)]
            fn invoke(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Local, Failure> {
                let result = {
                    arguments!(context bound lent: $($p $i)*);
                    self($($p),*)
                };
                Ok(result.give(context)?)
            }
        }

        impl<Fun, Ret, $($p),*> Function<(TakesContext, Ret, ($($p,)*))> for Fun
        where
            Fun: Fn(&mut Context<'_>, $($p),*) -> Ret + Send,
            $($p: FromPython,)*
            Ret: Returned,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables)]
            fn invoke(&self, context: &mut Context<'_>, bound: &Bound) -> Result<Local, Failure> {
                values!(context bound: $($p $i)*);
                Ok(self(context, $($p),*).give(context)?)
            }
        }

        impl<T, Fun, Ret, $($p),*> Initializer<T, (Ret, ($($p,)*))> for Fun
        where
            Fun: Fn($($p),*) -> Ret + Send,
            $($p: Argument,)*
            Ret: Made<T>,
            Fun: for<'a> Fn($($p::As<'a>),*) -> Ret,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables)]
            fn make(&self, context: &mut Context<'_>, bound: &Bound) -> Result<T, Failure> {
                arguments!(context bound lent: $($p $i)*);
                Ok(self($($p),*).made()?)
            }
        }

        impl<T, Fun, Ret, $($p),*> Initializer<T, (TakesContext, Ret, ($($p,)*))> for Fun
        where
            Fun: Fn(&mut Context<'_>, $($p),*) -> Ret + Send,
            $($p: FromPython,)*
            Ret: Made<T>,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables)]
            fn make(&self, context: &mut Context<'_>, bound: &Bound) -> Result<T, Failure> {
                values!(context bound: $($p $i)*);
                Ok(self(context, $($p),*).made()?)
            }
        }

        methods!(Shared [&] borrow: $($p $i)*);
        methods!(Exclusive [&mut] borrow_mut: $($p $i)*);
    )*};
}

macro_rules! methods {
    ($kind:ident [$($reference:tt)*] $borrow:ident: $($p:ident $i:tt)*) => {
        impl<T, Fun, Ret, $($p),*> Method<T, ($kind, Ret, ($($p,)*))> for Fun
        where
            T: Send + 'static,
            Fun: Fn($($reference)* T, $($p),*) -> Ret + Send,
            $($p: Argument,)*
            Ret: Returned,
            Fun: for<'a> Fn($($reference)* T, $($p::As<'a>),*) -> Ret,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables, unused_mut)]
            fn invoke(
                &self,
                context: &mut Context<'_>,
                receiver: Local,
                bound: &Bound,
            ) -> Result<Local, Failure> {
                let result = {
                    arguments!(context bound lent: $($p $i)*);
                    let mut value = lent.$borrow(receiver)?;
                    self($($reference)* *value, $($p),*)
                };
                Ok(result.give(context)?)
            }
        }

        impl<T, Fun, Ret, $($p),*> Method<T, (TakesContext, $kind, Ret, ($($p,)*))> for Fun
        where
            T: Send + 'static,
            Fun: Fn($($reference)* T, &mut Context<'_>, $($p),*) -> Ret + Send,
            $($p: FromPython,)*
            Ret: Returned,
        {
            const ROLES: &'static [Role] = &[$($p::ROLE),*];
            #[allow(non_snake_case, unused_variables, unused_mut)]
            fn invoke(
                &self,
                context: &mut Context<'_>,
                receiver: Local,
                bound: &Bound,
            ) -> Result<Local, Failure> {
                values!(context bound: $($p $i)*);
                shell::<T>(context.vm(), receiver)?;
                let result = context.with_data(receiver, |context, shell: &Shell<T>| {
                    let mut value = shell.$borrow()?;
                    Ok::<Ret, Error>(self($($reference)* *value, context, $($p),*))
                })??;
                Ok(result.give(context)?)
            }
        }
    };
}

functions! { ; }
crate::convert::each_arity!(functions);
