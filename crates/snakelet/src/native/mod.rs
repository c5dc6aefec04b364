//! Functions of the host that scripts call.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::marker::PhantomData;
use core::task::Poll;

use snakelet_vm::{Args, HostFunctions, Local, Res, Vm};

use crate::convert::check_count;
use crate::handle::Roots;
use crate::{Context, Error, Exception, FromArguments, FromPython, ToPython};

/// A function without its types.
pub(crate) trait Callable: Send {
    /// Calls it with the arguments that lie on the stack.
    ///
    /// # Errors
    /// What it raises.
    fn call(&self, context: &mut Context<'_>, args: Args) -> Result<Local, Error>;
}

/// What an interpreter keeps outside its heap.
pub(crate) struct Host {
    functions: RefCell<Vec<Box<dyn Callable>>>,
    pub(crate) roots: Roots,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self { functions: RefCell::default(), roots: Roots::default() }
    }

    /// Adds a function; its number. No function runs meanwhile: that would borrow the interpreter.
    pub(crate) fn add(&self, function: Box<dyn Callable>) -> usize {
        let mut functions = self.functions.borrow_mut();
        functions.push(function);
        functions.len() - 1
    }
}

impl HostFunctions for Host {
    fn call(&self, vm: &mut Vm, index: usize, args: Args) -> Res {
        let mut context = Context::new(vm, self);
        let functions = self.functions.borrow();
        let result = match functions.get(index) {
            Some(_) if args.keywords() > 0 => {
                Err(Exception::new("TypeError", "function doesn't take keyword arguments").into())
            }
            Some(function) => function.call(&mut context, args),
            None => Err("no such function".into()),
        };
        match result {
            Ok(value) => match context.vm().still_stopped() {
                Some(raised) => Err(raised),
                None => Ok(value),
            },
            Err(error) => Err(context.raise(error)),
        }
    }
}

/// What a function of the host may return: a value, a `Result` or a `Poll` of one.
pub trait Returned {
    /// Makes a local of the value.
    ///
    /// # Errors
    /// What is to be raised.
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error>;
}

impl<T: ToPython> Returned for T {
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        self.to_python(context)
    }
}

impl<T: Returned, E: Into<Error>> Returned for Result<T, E> {
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        self.map_err(Into::into)?.give(context)
    }
}

/// Ready, or to be answered by [`PendingCall::resume`](crate::PendingCall::resume): the call then
/// gives [`Step::Pending`](crate::Step::Pending) to the host that steps the script. Where there is
/// none, or a built-in function stands between, it is `RuntimeError` in the script.
impl<T: Returned> Returned for Poll<T> {
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        match self {
            Poll::Ready(value) => value.give(context),
            Poll::Pending => {
                context.vm().answer_later();
                Ok(Local::NONE)
            }
        }
    }
}

/// What a function of the host may take as a parameter: `&str`, `&[u8]`, which are read where they
/// lie, and whatever converts from Python.
pub trait Argument {
    /// What is kept until all arguments are converted.
    type Held;
    /// The parameter.
    type As<'a>;
    /// Converts.
    ///
    /// # Errors
    /// `TypeError` or `OverflowError`.
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Self::Held, Error>;
    /// Hands the parameter over.
    fn read(held: Self::Held, vm: &Vm) -> Self::As<'_>;
}

impl<T: FromPython> Argument for T {
    type Held = T;
    type As<'a> = T;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<T, Error> {
        T::from_python(context, value)
    }
    fn read(held: T, _vm: &Vm) -> T {
        held
    }
}

impl Argument for &str {
    type Held = Local;
    type As<'a> = &'a str;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        let vm = context.vm();
        let is_text = vm.str_of(vm.value(value)).is_some();
        if is_text { Ok(value) } else { Err(Error::type_error("str")) }
    }
    fn read(held: Local, vm: &Vm) -> &str {
        vm.str_of(vm.value(held)).unwrap_or_default()
    }
}

impl Argument for &[u8] {
    type Held = Local;
    type As<'a> = &'a [u8];
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        let vm = context.vm();
        // a `str` has bytes too, but is not meant
        let is_text = vm.str_of(vm.value(value)).is_some();
        let is_bytes = !is_text && vm.bytes_of(vm.value(value)).is_some();
        if is_bytes { Ok(value) } else { Err(Error::type_error("bytes")) }
    }
    fn read(held: Local, vm: &Vm) -> &[u8] {
        vm.bytes_of(vm.value(held)).unwrap_or_default()
    }
}

/// A Rust function of up to six parameters, each an [`Argument`].
pub trait Function<Parameters>: Send {
    /// Calls it.
    ///
    /// # Errors
    /// What is to be raised.
    #[doc(hidden)]
    fn invoke(&self, context: &mut Context<'_>, args: Args) -> Result<Local, Error>;
}

/// A function with its parameters' types.
pub(crate) struct Typed<F, P> {
    function: F,
    parameters: PhantomData<fn(P)>,
}

impl<F: Function<P>, P> Callable for Typed<F, P> {
    fn call(&self, context: &mut Context<'_>, args: Args) -> Result<Local, Error> {
        self.function.invoke(context, args)
    }
}

pub(crate) fn typed<'m, P: 'm, F: Function<P> + 'm>(function: F) -> Box<dyn Callable + 'm> {
    Box::new(Typed { function, parameters: PhantomData })
}

/// A function that is lent the interpreter.
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
    fn call(&self, context: &mut Context<'_>, args: Args) -> Result<Local, Error> {
        let parameters = P::from_arguments(context, args)?;
        (self.function)(context, parameters).give(context)
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

macro_rules! functions {
    ($($n:literal: $($p:ident $i:tt)*;)*) => {$(
        impl<Fun, Ret, $($p),*> Function<(Ret, $($p,)*)> for Fun
        where
            $($p: Argument,)*
            Ret: Returned,
            Fun: Fn($($p),*) -> Ret + Send,
            Fun: for<'a> Fn($($p::As<'a>),*) -> Ret,
        {
            #[allow(non_snake_case)]
            fn invoke(&self, context: &mut Context<'_>, args: Args) -> Result<Local, Error> {
                check_count(context, args, $n)?;
                $(let $p = $p::hold(context, args.get($i))?;)*
                let result = {
                    #[allow(unused_variables)]
                    let vm: &Vm = context.vm();
                    self($($p::read($p, vm)),*)
                };
                result.give(context)
            }
        }
    )*};
}

functions! {
    0: ;
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
}
