//! Functions and classes of the host that scripts use.
//!
//! | module | holds |
//! |---|---|
//! | `argument` | what a function may take, and what it may return |
//! | `parameters` | how the arguments of a call become those of a Rust function |
//! | `function` | Rust functions, with and without receiver |
//! | `future` | Rust functions whose results come later |
//! | `class` | the description of a class |
//! | `operator` | the special methods by name |
//! | `object` | the Rust values in objects, and how they are borrowed |
//! | `lend` | what lies in the interpreter, for the time of a call |

pub(crate) mod argument;
mod class;
mod function;
pub(crate) mod future;
pub(crate) mod lend;
mod object;
mod operator;
pub(crate) mod parameters;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::any::TypeId;
use core::cell::RefCell;

use snakelet_vm::{Args, HostFunctions, Local, Res, Vm};

use crate::convert::{Bound, Call, Role};
use crate::handle::Roots;
use crate::{Context, Error, Handle};

pub use argument::{Argument, Returned};
pub use class::Class;
pub(crate) use class::make as make_class;
pub use function::{Function, Initializer, Method};
pub(crate) use function::{typed, with_context};
pub use future::AsyncFunction;
pub use object::{Object, Ref, RefMut};
pub use parameters::{Kwargs, Rest, Signature, This, signature};

/// The call of a method whose receiver is the first argument.
fn of_method<'c>(call: Call<'c>) -> Call<'c> {
    Call { receiver: call.args.opt(0), args: call.args.skip(1), ..call }
}

/// Why a function of the host gave no result.
#[doc(hidden)]
#[derive(Debug)]
pub enum Failure {
    /// An argument does not convert.
    Argument(Error),
    /// Whatever else it raises.
    Raised(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Raised(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Argument(error) | Failure::Raised(error) => error,
        }
    }
}

/// A function without its types.
pub(crate) trait Callable: Send {
    /// Calls it with the arguments that lie on the stack.
    ///
    /// # Errors
    /// What it raises.
    fn call(&self, context: &mut Context<'_>, call: Call<'_>) -> Result<Local, Failure>;

    /// What is wrong with the names of its parameters, if anything is.
    fn fault(&self) -> Option<&'static str> {
        None
    }
}

/// A function in the interpreter's table.
struct Entry {
    name: Box<str>,
    function: Box<dyn Callable>,
}

/// What an interpreter keeps outside its heap.
pub(crate) struct Host {
    functions: RefCell<Vec<Entry>>,
    /// The class of each type whose values are objects.
    classes: RefCell<Vec<(TypeId, Handle)>>,
    pub(crate) roots: Roots,
    /// The calls whose results come later.
    pub(crate) calls: future::Calls,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self {
            functions: RefCell::default(),
            classes: RefCell::default(),
            roots: Roots::default(),
            calls: future::Calls::default(),
        }
    }

    /// Adds a function; its number. No function runs meanwhile: that would borrow the interpreter.
    pub(crate) fn add(&self, name: &str, function: Box<dyn Callable>) -> usize {
        let mut functions = self.functions.borrow_mut();
        functions.push(Entry { name: name.into(), function });
        functions.len() - 1
    }

    /// How many functions there are.
    pub(crate) fn count(&self) -> usize {
        self.functions.borrow().len()
    }

    /// Gives up all functions but so many. As for [`Host::add`], none runs.
    pub(crate) fn truncate(&self, count: usize) {
        // what functions own may do anything when it is dropped
        let rest = self.functions.borrow_mut().split_off(count);
        drop(rest);
    }

    /// Notes the class of a type.
    pub(crate) fn set_class(&self, id: TypeId, class: Handle) {
        self.classes.borrow_mut().push((id, class));
    }

    /// The class of a type, if it is registered.
    pub(crate) fn class(&self, id: TypeId) -> Option<Handle> {
        let classes = self.classes.borrow();
        classes.iter().find(|(known, _)| *known == id).map(|(_, class)| class.clone())
    }
}

impl HostFunctions for Host {
    fn call(&self, vm: &mut Vm, index: usize, args: Args) -> Res {
        let mut context = Context::new(vm, self);
        let functions = self.functions.borrow();
        let result = match functions.get(index) {
            Some(entry) => {
                let call = Call { name: &entry.name, receiver: None, args };
                entry.function.call(&mut context, call).map_err(Error::from)
            }
            None => Err(Error::from("no such function")),
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

/// The name of a type without its path.
fn short_name<T>() -> &'static str {
    let name = core::any::type_name::<T>();
    let plain = name.split('<').next().unwrap_or(name);
    plain.rsplit("::").next().unwrap_or(name)
}

/// A `TypeError` with a message.
fn type_error(message: impl Into<String>) -> Error {
    crate::Exception::new("TypeError", message).into()
}
