//! The arguments of calls, in both directions.

use snakelet_vm::{Args, Local};

#[cfg(feature = "alloc")]
use smallvec::SmallVec;

use crate::{Context, Error, FromPython, ToPython};

/// Most parameters of a function of the host, and arguments in a tuple.
pub(crate) const MOST: usize = 12;

/// Where the value of a parameter comes from.
#[doc(hidden)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// An argument of its own.
    Value,
    /// The positional arguments that are left.
    Rest,
    /// The keyword arguments that are left.
    Keywords,
    /// The object whose method is called.
    Receiver,
}

/// The call of a function of the host.
#[doc(hidden)]
#[derive(Copy, Clone)]
#[cfg_attr(
    not(feature = "alloc"),
    allow(dead_code, reason = "messages name it where they can be made")
)]
pub struct Call<'c> {
    pub(crate) name: &'c str,
    /// The object whose method is called; it is not among the arguments.
    pub(crate) receiver: Option<Local>,
    pub(crate) args: Args,
}

/// The locals of the arguments of a Rust function.
#[doc(hidden)]
#[cfg_attr(not(feature = "alloc"), allow(unreachable_pub, reason = "part of traits that need it"))]
pub struct Bound(pub(crate) [Local; MOST]);

impl Bound {
    pub(crate) fn get(&self, i: usize) -> Local {
        self.0.get(i).copied().unwrap_or(Local::NULL)
    }
}

/// Finds the arguments of parameters without names.
#[cfg(feature = "alloc")]
fn bind(context: &mut Context<'_>, call: &Call<'_>, roles: &[Role]) -> Result<Bound, Error> {
    use crate::native::parameters::{Names, bind};
    bind(context, call, roles, Names::NONE)
}

/// The same without allocator: each parameter has an argument of its own.
#[cfg(not(feature = "alloc"))]
fn bind(context: &mut Context<'_>, call: &Call<'_>, roles: &[Role]) -> Result<Bound, Error> {
    let checked = call.args.check(context.vm(), roles.len(), roles.len());
    context.check(checked)?;
    let mut bound = Bound([Local::NULL; MOST]);
    for (place, arg) in bound.0.iter_mut().zip(call.args.iter()) {
        *place = arg;
    }
    Ok(bound)
}

/// The locals of arguments.
#[doc(hidden)]
#[cfg_attr(feature = "alloc", derive(Default))]
pub struct Locals {
    #[cfg(feature = "alloc")]
    locals: SmallVec<[Local; MOST]>,
    #[cfg(not(feature = "alloc"))]
    locals: ([Local; MOST], usize),
}

#[cfg(feature = "alloc")]
impl Locals {
    fn push(&mut self, local: Local) {
        self.locals.push(local);
    }
    pub(crate) fn as_slice(&self) -> &[Local] {
        &self.locals
    }
}

#[cfg(not(feature = "alloc"))]
impl Default for Locals {
    fn default() -> Self {
        Self { locals: ([Local::NONE; MOST], 0) }
    }
}

#[cfg(not(feature = "alloc"))]
impl Locals {
    fn push(&mut self, local: Local) {
        let (locals, len) = &mut self.locals;
        if let Some(place) = locals.get_mut(*len) {
            *place = local;
            *len += 1;
        }
    }
    pub(crate) fn as_slice(&self) -> &[Local] {
        self.locals.0.get(..self.locals.1).unwrap_or(&[])
    }
}

/// The arguments of a call: a tuple of up to twelve values that convert to Python, or a slice of any
/// number of values of one type.
pub trait Arguments {
    /// Makes locals of them.
    ///
    /// # Errors
    /// As for [`ToPython::to_python`].
    #[doc(hidden)]
    fn to_locals(&self, context: &mut Context<'_>) -> Result<Locals, Error>;
}

#[cfg(feature = "alloc")]
impl<T: ToPython> Arguments for &[T] {
    fn to_locals(&self, context: &mut Context<'_>) -> Result<Locals, Error> {
        // each is on the stack twice, the second time as an argument
        if self.len() > context.vm().locals_left() / 4 {
            return Err(
                crate::Exception::new("RuntimeError", "maximum recursion depth exceeded").into()
            );
        }
        let mut locals = Locals::default();
        for value in *self {
            locals.push(context.made(value)?);
        }
        Ok(locals)
    }
}

impl Arguments for () {
    fn to_locals(&self, _context: &mut Context<'_>) -> Result<Locals, Error> {
        Ok(Locals::default())
    }
}

/// The arguments of a call from Python: a tuple of up to twelve values.
pub trait FromArguments: Sized {
    /// Converts the arguments of a call.
    ///
    /// # Errors
    /// `TypeError` for their number or types; `OverflowError`.
    #[doc(hidden)]
    fn from_arguments(context: &mut Context<'_>, call: &Call<'_>) -> Result<Self, Error>;
}

impl FromArguments for () {
    fn from_arguments(context: &mut Context<'_>, call: &Call<'_>) -> Result<Self, Error> {
        bind(context, call, &[]).map(drop)
    }
}

macro_rules! tuples {
    ($($($t:ident $i:tt)*;)*) => {$(
        impl<$($t: ToPython),*> Arguments for ($($t,)*) {
            fn to_locals(&self, context: &mut Context<'_>) -> Result<Locals, Error> {
                let mut locals = Locals::default();
                $(locals.push(context.made(&self.$i)?);)*
                Ok(locals)
            }
        }
        impl<$($t: FromPython),*> FromArguments for ($($t,)*) {
            fn from_arguments(context: &mut Context<'_>, call: &Call<'_>) -> Result<Self, Error> {
                let bound = bind(context, call, &[$($t::ROLE),*])?;
                Ok(($($t::from_python(context, bound.get($i).into())?,)*))
            }
        }
    )*};
}

crate::convert::each_arity!(tuples);
