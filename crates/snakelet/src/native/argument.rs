//! What functions of the host may take, and what they may return.

use core::task::Poll;

use snakelet_vm::Local;

use crate::native::lend::{Lent, is_buffer};
use crate::native::{Ref, RefMut, Role};
use crate::{Context, Error, FromPython, ToPython};

/// What a function of the host may return: a value, a `Result` or a `Poll` of one.
pub trait Returned: sealed::Returned {
    /// Makes a local of the value.
    ///
    /// # Errors
    /// What is to be raised.
    #[doc(hidden)]
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error>;
}

impl<T: ToPython> sealed::Returned for T {}
impl<T: ToPython> Returned for T {
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        context.made(&self)
    }
}

impl<T: Returned, E: Into<Error>> sealed::Returned for Result<T, E> {}
impl<T: Returned, E: Into<Error>> Returned for Result<T, E> {
    fn give(self, context: &mut Context<'_>) -> Result<Local, Error> {
        self.map_err(Into::into)?.give(context)
    }
}

impl<T: Returned> sealed::Returned for Poll<T> {}
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

mod sealed {
    pub trait Sealed {}
    pub trait Returned {}
}

/// What a function of the host may take as a parameter.
///
/// - whatever converts from Python: [`FromPython`];
/// - `&str`, which is read where it lies;
/// - `&[u8]`: the bytes of `bytes`, `bytearray`, `memoryview`, `array` or another buffer, where they lie;
/// - `&mut [u8]`: the same of a buffer that may be written. No other argument of the call may have the same bytes:
///   that is `ValueError`;
/// - [`Ref`] and [`RefMut`]: a Rust value in an object of a class of the host.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::Interpreter;
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// python.register("invert", |from: &[u8], to: &mut [u8]| {
///     for (to, from) in to.iter_mut().zip(from) {
///         *to = !from;
///     }
/// })?;
/// python.exec("image = bytearray(4)\ninvert(b'\\x0f\\xf0', memoryview(image)[1:])")?;
/// assert_eq!(python.get::<Vec<u8>>("image")?, [0, 0xf0, 0x0f, 0]);
/// assert!(python.exec("invert(image, image)").is_err());
/// # Ok(())
/// # }
/// ```
///
/// What is lent ends with the call:
///
/// ```compile_fail,E0521
/// # fn wrong(python: &mut snakelet::Interpreter<'_>) -> Result<(), snakelet::Error> {
/// static KEPT: std::sync::Mutex<&[u8]> = std::sync::Mutex::new(&[]);
/// python.register("keep", |bytes: &[u8]| *KEPT.lock().unwrap() = bytes)
/// # }
/// ```
pub trait Argument: sealed::Sealed {
    /// What is kept until all arguments are converted.
    #[doc(hidden)]
    type Held;
    /// The parameter.
    #[doc(hidden)]
    type As<'a>;
    #[doc(hidden)]
    const ROLE: Role = Role::Value;
    /// Converts.
    ///
    /// # Errors
    /// `TypeError` or `OverflowError`.
    #[doc(hidden)]
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Self::Held, Error>;
    /// Hands the parameter over.
    ///
    /// # Errors
    /// `RuntimeError` for a value that is borrowed, `ValueError` for bytes that another parameter has, too.
    #[doc(hidden)]
    fn read(held: Self::Held, lent: Lent<'_>) -> Result<Self::As<'_>, Error>;
}

impl<T: FromPython> sealed::Sealed for T {}
impl<T: FromPython> Argument for T {
    type Held = T;
    type As<'a> = T;
    const ROLE: Role = T::ROLE;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<T, Error> {
        T::from_python(context, value.into())
    }
    fn read(held: T, _lent: Lent<'_>) -> Result<T, Error> {
        Ok(held)
    }
}

impl sealed::Sealed for &str {}
impl Argument for &str {
    type Held = Local;
    type As<'a> = &'a str;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        context.utf8(value, "str")?;
        Ok(value)
    }
    fn read(held: Local, lent: Lent<'_>) -> Result<&str, Error> {
        Ok(lent.text(held))
    }
}

impl sealed::Sealed for &[u8] {}
impl Argument for &[u8] {
    type Held = Local;
    type As<'a> = &'a [u8];
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        let is_buffer = is_buffer(context.vm(), value, false);
        if is_buffer { Ok(value) } else { Err(Error::type_error("a buffer of bytes")) }
    }
    fn read(held: Local, lent: Lent<'_>) -> Result<&[u8], Error> {
        lent.bytes(held)
    }
}

impl sealed::Sealed for &mut [u8] {}
impl Argument for &mut [u8] {
    type Held = Local;
    type As<'a> = &'a mut [u8];
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        let is_buffer = is_buffer(context.vm(), value, true);
        if is_buffer { Ok(value) } else { Err(Error::type_error("a buffer that may be written")) }
    }
    fn read(held: Local, lent: Lent<'_>) -> Result<&mut [u8], Error> {
        lent.bytes_mut(held)
    }
}

impl<T: Send + 'static> sealed::Sealed for Ref<'_, T> {}
impl<T: Send + 'static> Argument for Ref<'_, T> {
    type Held = Local;
    type As<'a> = Ref<'a, T>;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        context.check_object::<T>(value).map(|()| value)
    }
    fn read(held: Local, lent: Lent<'_>) -> Result<Ref<'_, T>, Error> {
        lent.borrow(held)
    }
}

impl<T: Send + 'static> sealed::Sealed for RefMut<'_, T> {}
impl<T: Send + 'static> Argument for RefMut<'_, T> {
    type Held = Local;
    type As<'a> = RefMut<'a, T>;
    fn hold(context: &mut Context<'_>, value: Local) -> Result<Local, Error> {
        context.check_object::<T>(value).map(|()| value)
    }
    fn read(held: Local, lent: Lent<'_>) -> Result<RefMut<'_, T>, Error> {
        lent.borrow_mut(held)
    }
}
