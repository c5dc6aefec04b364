//! Values of Rust as values of Python, and back.

#[cfg(feature = "alloc")]
use alloc::string::{String, ToString};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use snakelet_vm::Local;

#[cfg(feature = "alloc")]
use crate::Handle;
use crate::{Context, Error};

/// Hands a macro the parameters of tuples and functions of one to twelve: names of types, and their places.
macro_rules! each_arity {
    ($callback:ident) => {
        $callback! {
            A 0;
            A 0 B 1;
            A 0 B 1 C 2;
            A 0 B 1 C 2 D 3;
            A 0 B 1 C 2 D 3 E 4;
            A 0 B 1 C 2 D 3 E 4 F 5;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
            A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
        }
    };
}
pub(crate) use each_arity;

mod arguments;
mod containers;
mod place;

#[cfg(feature = "alloc")]
pub(crate) use arguments::Bound;
pub(crate) use arguments::Locals;
#[cfg(feature = "alloc")]
pub(crate) use arguments::MOST;
pub use arguments::{Arguments, FromArguments};
pub(crate) use arguments::{Call, Role};
#[cfg(feature = "alloc")]
pub(crate) use containers::{entries, items};
pub use place::Place;

/// A type that values of Python convert to.
///
/// | Rust | Python |
/// |---|---|
/// | `()` | anything: it is dropped |
/// | `bool` | `bool` |
/// | `i8` .. `u64`, `usize` | `int` in range, `bool` |
/// | `f32`, `f64` | `float`, `int`; out of the range of an `f32` is `OverflowError` |
/// | `char` | a `str` of one character |
/// | `String` | `str` |
/// | `Vec<u8>` | `bytes`, `bytearray`, any buffer |
/// | `Vec<T>` | any iterable |
/// | `Option<T>` | `None` or `T` |
/// | tuples, arrays | a tuple, list or other iterable of that length |
/// | `BTreeMap`, `HashMap` | `dict` |
/// | `BTreeSet`, `HashSet` | `set`, `frozenset` |
/// | [`Handle`] | any object |
///
/// `HashMap` and `HashSet` are those of the standard library with the feature `std`, and those of the crate
/// `hashbrown` with the feature of that name.
pub trait FromPython: Sized {
    /// What the parameter of a function takes of a call.
    #[doc(hidden)]
    const ROLE: Role = Role::Value;

    /// Converts the value in a place.
    ///
    /// # Errors
    /// `TypeError` or `OverflowError`.
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error>;

    /// Converts to several of them: items of an iterable, except for bytes.
    ///
    /// # Errors
    /// As for one.
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    fn many_from_python(context: &mut Context<'_>, value: Place) -> Result<Vec<Self>, Error> {
        let value = context.local_at(value);
        items(context, value)
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
/// | `char` | `str` |
/// | slices, arrays and vectors of `T` | `list` |
/// | `Option<T>` | `None` or `T` |
/// | tuples | `tuple` |
/// | `BTreeMap`, `HashMap` | `dict` |
/// | `BTreeSet`, `HashSet` | `set` |
/// | [`Handle`] | its object |
pub trait ToPython {
    /// Makes a place that holds the value.
    ///
    /// # Errors
    /// `MemoryError`, or a handle of another interpreter.
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error>;

    /// Makes a place that holds several of them: a list, except for bytes.
    ///
    /// # Errors
    /// As for one.
    #[doc(hidden)]
    fn many_to_python(items: &[Self], context: &mut Context<'_>) -> Result<Place, Error>
    where
        Self: Sized,
    {
        let list = context.vm().new_list_empty();
        let list = context.check(list)?;
        for item in items {
            context.scoped(|cx| {
                cx.vm().charge_later(1);
                let item = cx.made(item)?;
                let done = cx.vm().list_append(list, item);
                cx.check(done)
            })?;
        }
        Ok(list.into())
    }
}

/// Bytes that are copied in a step.
#[cfg(feature = "alloc")]
const BYTES_A_STEP: usize = 32;

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
            fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
                let value = context.local_at(value);
                Self::try_from(integer(context, value)?).map_err(|_| out_of_range())
            }
        }
        impl ToPython for $int {
            fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
                let int = context.vm().new_int_64(i64::from(*self));
                context.place(int)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u16 u32);

impl FromPython for u8 {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        Self::try_from(integer(context, value)?).map_err(|_| out_of_range())
    }
    #[cfg(feature = "alloc")]
    fn many_from_python(context: &mut Context<'_>, value: Place) -> Result<Vec<Self>, Error> {
        let value = context.local_at(value);
        let len = context.vm().check_buffer(value);
        let mut bytes = alloc::vec![0; context.check(len)?];
        context.vm().charge_later(bytes.len() / BYTES_A_STEP);
        let n = context.vm().read_buffer(value, 0, &mut bytes);
        bytes.truncate(n);
        Ok(bytes)
    }
}

impl ToPython for u8 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        i64::from(*self).to_python(context)
    }
    fn many_to_python(items: &[Self], context: &mut Context<'_>) -> Result<Place, Error> {
        let bytes = context.vm().new_bytes(items);
        context.place(bytes)
    }
}

impl FromPython for u64 {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        let low = context.vm().u64_wrapping_of(value);
        let low = context.check(low)?;
        // the low bits are all of it if they make the same int again
        let again = context.made(&low)?;
        let same = context.vm().equal(again, value);
        if context.check(same)? { Ok(low) } else { Err(out_of_range()) }
    }
}

impl ToPython for u64 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        let int = context.vm().new_uint_64(*self);
        context.place(int)
    }
}

impl FromPython for usize {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        Self::try_from(u64::from_python(context, value)?).map_err(|_| out_of_range())
    }
}

impl ToPython for usize {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        (*self as u64).to_python(context)
    }
}

impl FromPython for f64 {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        let vm = context.vm();
        if let Some(float) = vm.value(value).as_float() {
            return Ok(float);
        }
        let float = vm.float_of(value);
        context.check(float)
    }
}

impl ToPython for f64 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        let float = context.vm().new_float(*self);
        context.place(float)
    }
}

impl FromPython for f32 {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let double = f64::from_python(context, value)?;
        let single = double as f32;
        if single.is_infinite() && double.is_finite() {
            return Err(crate::Exception::new("OverflowError", "float out of range").into());
        }
        Ok(single)
    }
}

impl ToPython for f32 {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        f64::from(*self).to_python(context)
    }
}

impl FromPython for bool {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        let vm = context.vm();
        vm.value(value).as_bool().ok_or_else(|| Error::type_error("bool"))
    }
}

impl ToPython for bool {
    fn to_python(&self, _context: &mut Context<'_>) -> Result<Place, Error> {
        Ok(Local::bool(*self).into())
    }
}

impl FromPython for char {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        let mut chars = context.utf8(value, "a character")?.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(char),
            _ => Err(Error::type_error("a character")),
        }
    }
}

impl ToPython for char {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        let text = context.vm().new_char((*self).into());
        context.place(text)
    }
}

impl FromPython for () {
    fn from_python(_context: &mut Context<'_>, _value: Place) -> Result<Self, Error> {
        Ok(())
    }
}

impl ToPython for () {
    fn to_python(&self, _context: &mut Context<'_>) -> Result<Place, Error> {
        Ok(Place::NONE)
    }
}

impl ToPython for str {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        let text = context.vm().new_str(self.as_bytes());
        context.place(text)
    }
}

impl<T: ToPython> ToPython for [T] {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        T::many_to_python(self, context)
    }
}

impl<T: ToPython, const N: usize> ToPython for [T; N] {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        T::many_to_python(self, context)
    }
}

impl<T: ToPython + ?Sized> ToPython for &T {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        (**self).to_python(context)
    }
}

impl<T: FromPython> FromPython for Option<T> {
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let local = context.local_at(value);
        if context.vm().value(local).is_none() {
            return Ok(None);
        }
        T::from_python(context, value).map(Some)
    }
}

impl<T: ToPython> ToPython for Option<T> {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        match self {
            Some(value) => value.to_python(context),
            None => Ok(Place::NONE),
        }
    }
}

#[cfg(feature = "alloc")]
mod owned {
    use super::{Context, Error, FromPython, Handle, Place, String, ToPython, ToString, Vec};

    impl FromPython for String {
        fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
            let value = context.local_at(value);
            context.utf8(value, "str").map(ToString::to_string)
        }
    }

    impl ToPython for String {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
            self.as_str().to_python(context)
        }
    }

    impl<T: FromPython> FromPython for Vec<T> {
        fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
            T::many_from_python(context, value)
        }
    }

    impl<T: ToPython> ToPython for Vec<T> {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
            T::many_to_python(self, context)
        }
    }

    impl FromPython for Handle {
        fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
            let value = context.local_at(value);
            context.keep(value)
        }
    }

    impl ToPython for Handle {
        fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
            context.local(self).map(Place::from)
        }
    }
}
