//! Values of Rust as values of Python, and back.

#[cfg(feature = "alloc")]
use alloc::string::{String, ToString};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

#[cfg(feature = "alloc")]
use smallvec::SmallVec;
use snakelet_vm::{Args, Local, Vm};

#[cfg(feature = "alloc")]
use crate::Handle;
use crate::{Context, Error};

/// A type that values of Python convert to.
///
/// | Rust | Python |
/// |---|---|
/// | `()` | anything: it is dropped |
/// | `bool` | `bool` |
/// | `i8` .. `u64`, `usize` | `int` in range, `bool` |
/// | `f32`, `f64` | `float`, `int` |
/// | `String` | `str` |
/// | `Vec<u8>` | `bytes`, `bytearray`, any buffer |
/// | `Vec<T>` | any iterable |
/// | `Option<T>` | `None` or `T` |
/// | tuples | a tuple or list of that length |
/// | [`Handle`] | any object |
pub trait FromPython: Sized {
    /// Converts the value of a local.
    ///
    /// # Errors
    /// `TypeError` or `OverflowError`.
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error>;

    /// Converts to several of them: items of an iterable, except for bytes.
    ///
    /// # Errors
    /// As for one.
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    fn many_from_python(context: &mut Context<'_>, value: Local) -> Result<Vec<Self>, Error> {
        let list = context.vm().list_from(value);
        let list = context.check(list)?;
        let n = context.vm().list_len(list);
        let mut items = Vec::with_capacity(n);
        for i in 0..n {
            let item = context.scoped(|cx| {
                let vm = cx.vm();
                let item = vm.push(vm.list_item(list, i));
                Self::from_python(cx, item)
            })?;
            items.push(item);
        }
        Ok(items)
    }
}

/// A type that converts to a value of Python.
///
/// | Rust | Python |
/// |---|---|
/// | `()` | `None` |
/// | `bool` | `bool` |
/// | integers | `int` |
/// | `f32`, `f64` | `float` |
/// | `str`, `String` | `str` |
/// | `[u8]`, `Vec<u8>` | `bytes` |
/// | slices and vectors of `T` | `list` |
/// | `Option<T>` | `None` or `T` |
/// | tuples | `tuple` |
/// | [`Handle`] | its object |
pub trait ToPython {
    /// Makes a local that holds the value.
    ///
    /// # Errors
    /// `MemoryError`, or a handle of another interpreter.
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error>;

    /// Makes a local that holds several of them: a list, except for bytes.
    ///
    /// # Errors
    /// As for one.
    #[doc(hidden)]
    fn many_to_python(items: &[Self], context: &mut Context<'_>) -> Result<Local, Error>
    where
        Self: Sized,
    {
        let list = context.vm().new_list_empty();
        let list = context.check(list)?;
        for item in items {
            context.scoped(|cx| {
                let item = item.to_python(cx)?;
                let done = cx.vm().list_append(list, item);
                cx.check(done)
            })?;
        }
        Ok(list)
    }
}

fn integer(context: &mut Context<'_>, value: Local) -> Result<i64, Error> {
    let int = context.vm().i64_of(value);
    context.check(int)
}

fn out_of_range() -> Error {
    crate::Exception::new("OverflowError", "int out of range").into()
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl FromPython for $int {
            fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
                Self::try_from(integer(context, value)?).map_err(|_| out_of_range())
            }
        }
        impl ToPython for $int {
            fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
                let int = context.vm().new_int_64(i64::from(*self));
                context.check(int)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u16 u32);

impl FromPython for u8 {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        Self::try_from(integer(context, value)?).map_err(|_| out_of_range())
    }
    #[cfg(feature = "alloc")]
    fn many_from_python(context: &mut Context<'_>, value: Local) -> Result<Vec<Self>, Error> {
        let len = context.vm().check_buffer(value);
        let mut bytes = alloc::vec![0; context.check(len)?];
        let n = context.vm().read_buffer(value, 0, &mut bytes);
        bytes.truncate(n);
        Ok(bytes)
    }
}

impl ToPython for u8 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        i64::from(*self).to_python(context)
    }
    fn many_to_python(items: &[Self], context: &mut Context<'_>) -> Result<Local, Error> {
        let bytes = context.vm().new_bytes(items);
        context.check(bytes)
    }
}

impl FromPython for u64 {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        let low = context.vm().u64_wrapping_of(value);
        let low = context.check(low)?;
        // the low bits are all of it if they make the same int again
        let again = low.to_python(context)?;
        let same = context.vm().equal(again, value);
        if context.check(same)? { Ok(low) } else { Err(out_of_range()) }
    }
}

impl ToPython for u64 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        let int = context.vm().new_uint_64(*self);
        context.check(int)
    }
}

impl FromPython for usize {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        Self::try_from(u64::from_python(context, value)?).map_err(|_| out_of_range())
    }
}

impl ToPython for usize {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        (*self as u64).to_python(context)
    }
}

impl FromPython for f64 {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        let vm = context.vm();
        if let Some(float) = vm.value(value).as_float() {
            return Ok(float);
        }
        let float = vm.float_of(value);
        context.check(float)
    }
}

impl ToPython for f64 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        let float = context.vm().new_float(*self);
        context.check(float)
    }
}

impl FromPython for f32 {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        f64::from_python(context, value).map(|f| f as f32)
    }
}

impl ToPython for f32 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        f64::from(*self).to_python(context)
    }
}

impl FromPython for bool {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        let vm = context.vm();
        vm.value(value).as_bool().ok_or_else(|| Error::type_error("bool"))
    }
}

impl ToPython for bool {
    fn to_python(&self, _context: &mut Context<'_>) -> Result<Local, Error> {
        Ok(Local::bool(*self))
    }
}

impl FromPython for () {
    fn from_python(_context: &mut Context<'_>, _value: Local) -> Result<Self, Error> {
        Ok(())
    }
}

impl ToPython for () {
    fn to_python(&self, _context: &mut Context<'_>) -> Result<Local, Error> {
        Ok(Local::NONE)
    }
}

impl ToPython for str {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        let text = context.vm().new_str(self.as_bytes());
        context.check(text)
    }
}

impl<T: ToPython> ToPython for [T] {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        T::many_to_python(self, context)
    }
}

impl<T: ToPython, const N: usize> ToPython for [T; N] {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        T::many_to_python(self, context)
    }
}

impl<T: ToPython + ?Sized> ToPython for &T {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        (**self).to_python(context)
    }
}

impl<T: FromPython> FromPython for Option<T> {
    fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
        let vm = context.vm();
        if vm.value(value).is_none() {
            return Ok(None);
        }
        T::from_python(context, value).map(Some)
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        match self {
            Some(value) => value.to_python(context),
            None => Ok(Local::NONE),
        }
    }
}

#[cfg(feature = "alloc")]
mod owned {
    use super::{Context, Error, FromPython, Handle, Local, String, ToPython, ToString, Vec};

    impl FromPython for String {
        fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
            let vm = context.vm();
            let text = vm.str_of(vm.value(value)).map(ToString::to_string);
            text.ok_or_else(|| Error::type_error("str"))
        }
    }

    impl ToPython for String {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
            self.as_str().to_python(context)
        }
    }

    impl<T: FromPython> FromPython for Vec<T> {
        fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
            T::many_from_python(context, value)
        }
    }

    impl<T: ToPython> ToPython for Vec<T> {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
            T::many_to_python(self, context)
        }
    }

    impl FromPython for Handle {
        fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
            context.keep(value)
        }
    }

    impl ToPython for Handle {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
            context.local(self)
        }
    }
}

/// Arguments for which no memory is needed besides the interpreter's, and the most in a tuple.
const FEW: usize = 8;

/// The locals of arguments.
#[doc(hidden)]
#[cfg_attr(feature = "alloc", derive(Default))]
pub struct Locals {
    #[cfg(feature = "alloc")]
    locals: SmallVec<[Local; FEW]>,
    #[cfg(not(feature = "alloc"))]
    locals: ([Local; FEW], usize),
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
        Self { locals: ([Local::NONE; FEW], 0) }
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

/// The arguments of a call: a tuple of up to eight values that convert to Python, or a slice of any
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
            locals.push(value.to_python(context)?);
        }
        Ok(locals)
    }
}

/// Items of a tuple or list of that length.
fn items_of(context: &mut Context<'_>, value: Local, n: usize) -> Result<Local, Error> {
    let vm = context.vm();
    let list = vm.list_from(value);
    let list = context.check(list)?;
    if context.vm().list_len(list) == n {
        Ok(list)
    } else {
        Err(crate::Exception::new("ValueError", "wrong number of items").into())
    }
}

fn item(vm: &mut Vm, list: Local, i: usize) -> Local {
    vm.push(vm.list_item(list, i))
}

macro_rules! tuples {
    ($($n:literal: $($t:ident $i:tt)*;)*) => {$(
        impl<$($t: ToPython),*> Arguments for ($($t,)*) {
            fn to_locals(&self, context: &mut Context<'_>) -> Result<Locals, Error> {
                let mut locals = Locals::default();
                $(locals.push(self.$i.to_python(context)?);)*
                Ok(locals)
            }
        }

        impl<$($t: ToPython),*> ToPython for ($($t,)*) {
            fn to_python(&self, context: &mut Context<'_>) -> Result<Local, Error> {
                let items = self.to_locals(context)?;
                let tuple = context.vm().new_tuple_of(items.as_slice());
                context.check(tuple)
            }
        }
        impl<$($t: FromPython),*> FromPython for ($($t,)*) {
            fn from_python(context: &mut Context<'_>, value: Local) -> Result<Self, Error> {
                let list = items_of(context, value, $n)?;
                Ok(($({
                    let item = item(context.vm(), list, $i);
                    $t::from_python(context, item)?
                },)*))
            }
        }
    )*};
}

impl Arguments for () {
    fn to_locals(&self, _context: &mut Context<'_>) -> Result<Locals, Error> {
        Ok(Locals::default())
    }
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

/// The arguments of a call from Python: a tuple of up to six values.
pub trait FromArguments: Sized {
    /// Converts the arguments of a call.
    ///
    /// # Errors
    /// `TypeError` for their number or types; `OverflowError`.
    #[doc(hidden)]
    fn from_arguments(context: &mut Context<'_>, args: Args) -> Result<Self, Error>;
}

pub(crate) fn check_count(context: &mut Context<'_>, args: Args, n: usize) -> Result<(), Error> {
    let checked = args.check(context.vm(), n, n);
    context.check(checked)
}

macro_rules! from_arguments {
    ($($n:literal: $($p:ident $i:tt)*;)*) => {$(
        impl<$($p: FromPython),*> FromArguments for ($($p,)*) {
            fn from_arguments(context: &mut Context<'_>, args: Args) -> Result<Self, Error> {
                check_count(context, args, $n)?;
                Ok(($($p::from_python(context, args.get($i))?,)*))
            }
        }
    )*};
}

from_arguments! {
    0: ;
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
}
