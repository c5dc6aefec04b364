//! The token that says that an exception was raised, and what messages are made of.

use crate::native::Name;
use crate::object::value::SWord;
use crate::vm::stack::Local;

/// Says that an exception was raised; the exception itself is kept by the interpreter.
///
/// It can only be made by raising, so a function that returns it has raised.
#[derive(Debug)]
#[must_use]
pub struct Raised(());

/// What a native function returns: the local of its result.
pub type Res = Result<Local, Raised>;

/// A piece of an error message.
#[derive(Copy, Clone)]
pub enum Part<'a> {
    /// Literal text.
    Text(&'a str),
    /// A name.
    Name(Name),
    /// A number.
    Int(SWord),
    /// The `str()` of an object.
    Str(Local),
    /// The `repr()` of an object.
    Repr(Local),
    /// The name of an object's type.
    TypeOf(Local),
}

impl Raised {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}
