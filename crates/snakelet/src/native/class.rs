//! The description of a class of the host, and how it is made.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::any::TypeId;
use core::marker::PhantomData;

use snakelet_vm::Local;

use crate::engine::Engine;
use crate::native::function::{init, method};
use crate::native::object::Shell;
use crate::native::{
    Call, Callable, Failure, Function, Initializer, Method, short_name, type_error, typed,
};
use crate::{Context, Error, Exception, Handle, ToPython};

/// What a class has under a name.
pub(super) enum Part<'m> {
    /// A method, or the getter of a property.
    Method(Box<dyn Callable + 'm>),
    /// A function without receiver.
    Static(Box<dyn Callable + 'm>),
    /// What is read and perhaps written as an attribute.
    Property(Box<dyn Callable + 'm>, Option<Box<dyn Callable + 'm>>),
    /// A value.
    Constant(Box<dyn ToPython + 'm>),
}

/// Describes a class whose objects hold a Rust value of type `T`; lent by
/// [`Interpreter::class`](crate::Interpreter::class).
///
/// Methods are functions of `&T` or `&mut T` and of parameters as in [`register`](crate::Interpreter::register); see
/// [`Method`]. Setters such as [`add`](Class::add), [`len`](Class::len) and [`iter`](Class::iter) say what operators and built-in
/// functions do with an object. Operators whose argument does not convert decline (`NotImplemented`), so that
/// Python asks the other operand.
///
/// A setter that is used twice keeps what it was given last.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, Object, Ref};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// struct Point(i64, i64);
/// python.class::<Point>("Point", |c| {
///     c.init(|x: i64, y: i64| Point(x, y))
///         .add(|a: &Point, b: Ref<Point>| Object::new(Point(a.0 + b.0, a.1 + b.1)))
///         .eq(|a: &Point, b: Ref<Point>| (a.0, a.1) == (b.0, b.1))
///         .iter(|p: &Point| [p.0, p.1])
///         .repr(|p: &Point| format!("Point({}, {})", p.0, p.1))
/// })?;
/// python.exec("x, y = p = Point(1, 2) + Point(3, 4)\nassert (x, y) == (4, 6) and p != 5")?;
/// assert_eq!(python.eval::<String>("repr(p)")?, "Point(4, 6)");
/// # Ok(())
/// # }
/// ```
///
/// The value must be `Send`, as the interpreter is:
///
/// ```compile_fail,E0277
/// # use std::rc::Rc;
/// # fn wrong(python: &mut snakelet::Interpreter<'_>) -> Result<(), snakelet::Error> {
/// python.class::<Rc<u8>>("Shared", |c| c.init(|| Rc::new(0)))?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Class<'m, T> {
    parts: Vec<(String, Part<'m>)>,
    of: PhantomData<fn(T)>,
}

impl<'m, T: Send + 'static> Class<'m, T> {
    pub(crate) fn new() -> Self {
        Class { parts: Vec::new(), of: PhantomData }
    }

    pub(super) fn set(mut self, name: &str, part: Part<'m>) -> Self {
        self.parts.push((name.into(), part));
        self
    }

    /// Sets what makes the value of a new object, `__init__`: a function of the class's arguments. Without it, only
    /// the host makes objects of the class: [`Object`](crate::Object).
    ///
    /// A class of Python that derives from this one calls it with `super().__init__(..)`. An object for which it was not
    /// called, or failed, has no value: its methods raise `TypeError`.
    pub fn init<P: 'm>(self, function: impl Initializer<T, P> + 'm) -> Self {
        self.set("__init__", Part::Method(init(function)))
    }

    /// Adds a method. The name may be that of a special method, too.
    pub fn method<P: 'm>(self, name: &str, function: impl Method<T, P> + 'm) -> Self {
        self.set(name, Part::Method(method(function)))
    }

    /// Adds a function that is called through the class and has no receiver.
    pub fn static_method<P: 'm>(self, name: &str, function: impl Function<P> + 'm) -> Self {
        self.set(name, Part::Static(typed(function)))
    }

    /// Adds an attribute that one function reads, and another one, of the new value, writes.
    pub fn property<P: 'm, Q: 'm>(
        self,
        name: &str,
        get: impl Method<T, P> + 'm,
        set: impl Method<T, Q> + 'm,
    ) -> Self {
        self.set(name, Part::Property(method(get), Some(method(set))))
    }

    /// Adds an attribute that can only be read.
    pub fn getter<P: 'm>(self, name: &str, get: impl Method<T, P> + 'm) -> Self {
        self.set(name, Part::Property(method(get), None))
    }

    /// Adds an attribute of the class.
    pub fn constant(self, name: &str, value: impl ToPython + 'm) -> Self {
        self.set(name, Part::Constant(Box::new(value)))
    }
}

/// Refuses to make an object, in a class that has no `__init__`.
struct NoInit<T>(PhantomData<fn(T)>);

impl<T> Callable for NoInit<T> {
    fn call(&self, _: &mut Context<'_>, _: Call<'_>) -> Result<Local, Failure> {
        Err(type_error(format!("cannot create '{}' instances", short_name::<T>())).into())
    }
}

/// Makes a class and notes it as that of its type.
///
/// # Errors
/// `ValueError` if the type has one already, or parameters are named wrongly; `MemoryError`.
pub(crate) fn make<'m, T: Send + 'static>(
    engine: &mut Engine<'m>,
    name: &str,
    class: Class<'m, T>,
) -> Result<Handle, Error> {
    let id = TypeId::of::<T>();
    if engine.host().class(id).is_some() {
        let message = format!("{} is the type of a class already", short_name::<T>());
        return Err(Exception::new("ValueError", message).into());
    }
    let before = engine.host().count();
    let made = build(engine, name, class);
    match &made {
        Ok(handle) => engine.host().set_class(id, handle.clone()),
        // nothing refers to the functions
        Err(_) => engine.host().truncate(before),
    }
    made
}

fn build<'m, T: Send + 'static>(
    engine: &mut Engine<'m>,
    name: &str,
    class: Class<'m, T>,
) -> Result<Handle, Error> {
    let mut parts = class.parts;
    if !parts.iter().any(|(name, _)| name == "__init__") {
        let refuse = NoInit::<T>(PhantomData);
        parts.push(("__init__".into(), Part::Method(Box::new(refuse))));
    }
    let built = build_dict(engine, parts)?;
    engine.enter();
    engine.context().scoped(|cx| {
        let dict = cx.local(&built)?;
        let made = cx.vm().intern(name.as_bytes());
        let made = made.and_then(|name| cx.vm().new_data_class::<Shell<T>>(name, dict));
        let class = cx.check(made)?;
        cx.keep(class)
    })
}

/// Makes the dict of a class; the same for all types.
fn build_dict<'m>(
    engine: &mut Engine<'m>,
    parts: Vec<(String, Part<'m>)>,
) -> Result<Handle, Error> {
    engine.enter();
    let dict = engine.context().scoped(|cx| {
        let dict = cx.vm().new_dict(parts.len());
        let dict = cx.check(dict)?;
        cx.keep(dict)
    })?;
    for (name, part) in parts {
        let mut add = |function| engine.add_function(&name, function);
        let what = match part {
            Part::Method(function) => Built::Method(add(function)?),
            Part::Static(function) => Built::Static(add(function)?),
            Part::Property(get, set) => Built::Property(add(get)?, set.map(add).transpose()?),
            Part::Constant(value) => Built::Constant(value),
        };
        engine.enter();
        engine.context().scoped(|cx| {
            let dict = cx.local(&dict)?;
            let value = what.to_local(cx, &name)?;
            cx.store(dict, &name, value)
        })?;
    }
    Ok(dict)
}

/// A part of a class whose functions are in the interpreter's table.
enum Built<'m> {
    Method(usize),
    Static(usize),
    Property(usize, Option<usize>),
    Constant(Box<dyn ToPython + 'm>),
}

impl Built<'_> {
    fn to_local(&self, context: &mut Context<'_>, name: &str) -> Result<Local, Error> {
        if let Built::Constant(value) = self {
            return context.made(&**value);
        }
        let vm = context.vm();
        let made = vm.intern(name.as_bytes()).and_then(|name| match *self {
            Built::Method(function) => vm.new_host_function(name, function),
            Built::Static(function) => {
                let function = vm.new_host_function(name, function)?;
                vm.new_static_method(function)
            }
            Built::Property(get, set) => {
                let get = vm.new_host_function(name, get)?;
                let set = match set {
                    Some(set) => Some(vm.new_host_function(name, set)?),
                    None => None,
                };
                vm.new_property(get, set)
            }
            Built::Constant(_) => Ok(Local::NONE),
        });
        context.check(made)
    }
}
