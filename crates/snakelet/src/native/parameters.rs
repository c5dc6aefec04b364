//! How the arguments of a call become those of a Rust function: by place, by name, by default, and the rest.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Deref;

use snakelet_vm::{Local, Vm};

use crate::convert::{Bound, Call, MOST, Role};
use crate::native::type_error;
use crate::{Context, Error, FromPython, Handle, Place, ToPython};

/// The positional arguments of a call that no other parameter takes, as `*args` in Python.
///
/// Parameters behind it can only be given by name.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, Rest};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// python.register("total", |first: i64, more: Rest<i64>| first + more.iter().sum::<i64>())?;
/// assert_eq!(python.eval::<i64>("total(1, 2, 3)")?, 6);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest<T>(pub Vec<T>);

impl<T> Deref for Rest<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: FromPython> FromPython for Rest<T> {
    const ROLE: Role = Role::Rest;
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        crate::convert::items(context, value).map(Rest)
    }
}

/// The keyword arguments of a call that no other parameter takes, as `**kwargs` in Python, in their order.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, Kwargs};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// python.register("setting", |name: &str, all: Kwargs<i64>| all.get(name).copied())?;
/// assert_eq!(python.eval::<i64>("setting('gain', gain=3, width=7)")?, 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kwargs<T = Handle>(pub Vec<(String, T)>);

impl<T> Kwargs<T> {
    /// The value given for a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<T> Deref for Kwargs<T> {
    type Target = [(String, T)];
    fn deref(&self) -> &[(String, T)] {
        &self.0
    }
}

impl<T: FromPython> FromPython for Kwargs<T> {
    const ROLE: Role = Role::Keywords;
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        crate::convert::entries(context, value).map(Kwargs)
    }
}

/// In the parameters of a method: the object whose method is called, which may be of a class that derives from
/// the one that is described.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, This};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// struct Path(Vec<i64>);
/// python.class::<Path>("Path", |c| {
///     c.init(|| Path(Vec::new()))
///         .method("to", |path: &mut Path, x: i64, this: This| {
///             path.0.push(x);
///             this
///         })
///         .len(|path: &Path| path.0.len())
/// })?;
/// assert_eq!(python.eval::<i64>("len(Path().to(1).to(2))")?, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct This(pub Handle);

impl FromPython for This {
    const ROLE: Role = Role::Receiver;
    fn from_python(context: &mut Context<'_>, value: Place) -> Result<Self, Error> {
        let value = context.local_at(value);
        context.keep(value).map(This)
    }
}

impl ToPython for This {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        self.0.to_python(context)
    }
}

/// A function with names and defaults for its parameters; made by [`signature`].
pub struct Signature<F> {
    pub(crate) function: F,
    pub(crate) names: Names,
}

/// Gives the parameters of a function names, by which scripts may set them, and defaults.
///
/// The parameters are named in their order; those that have no name can only be given by place. The receiver
/// of a method, [`This`], [`Rest`] and [`Kwargs`] are not named. What this gives can stand wherever a function can:
/// [`register`](crate::Interpreter::register), [`Class::method`](crate::Class::method), [`Class::init`](crate::Class::init).
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, signature};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// python.register(
///     "scale",
///     signature(|x: i64, by: i64, plus: i64| x * by + plus).arg("x").default("by", 10).default("plus", 0),
/// )?;
/// assert_eq!(python.eval::<i64>("scale(2)")?, 20);
/// assert_eq!(python.eval::<i64>("scale(2, plus=1)")?, 21);
/// assert_eq!(python.eval::<i64>("scale(by=3, x=5)")?, 15);
/// let error = python.exec("scale(2, speed=1)").unwrap_err();
/// assert_eq!(error.to_string(), "TypeError: scale() got an unexpected keyword argument 'speed'");
/// # Ok(())
/// # }
/// ```
pub fn signature<F>(function: F) -> Signature<F> {
    Signature { function, names: Names::default() }
}

impl<F> Signature<F> {
    /// Names the next parameter, which must be given.
    pub fn arg(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.parameter(name.into(), None)
    }
    /// Names the next parameter, and says what it is if it is not given.
    pub fn default(
        self,
        name: impl Into<Cow<'static, str>>,
        value: impl ToPython + Send + 'static,
    ) -> Self {
        self.parameter(name.into(), Some(Box::new(value)))
    }
    /// Says that the parameters that are named from here on can only be given by name.
    pub fn keyword_only(mut self) -> Self {
        self.names.keyword_only = Some(self.names.list.len());
        self
    }
    fn parameter(mut self, name: Cow<'static, str>, default: Option<Default>) -> Self {
        self.names.list.push(Parameter { name, default });
        self
    }
}

/// The value of a parameter that is not given; it is converted anew for each call.
type Default = Box<dyn ToPython + Send>;

struct Parameter {
    name: Cow<'static, str>,
    default: Option<Default>,
}

/// The names of parameters.
#[doc(hidden)]
#[derive(core::default::Default)]
pub struct Names {
    list: Vec<Parameter>,
    /// The number of the first that can only be given by name.
    keyword_only: Option<usize>,
}

impl Names {
    /// No names.
    pub(crate) const NONE: &'static Names = &Names { list: Vec::new(), keyword_only: None };

    fn name(&self, i: usize) -> Option<&str> {
        self.list.get(i).map(|parameter| &*parameter.name)
    }

    /// What is wrong with them for parameters of these roles.
    pub(crate) fn fault(&self, roles: &[Role]) -> Option<&'static str> {
        let values = roles.iter().filter(|role| **role == Role::Value).count();
        if self.list.len() > values {
            return Some("more names than parameters");
        }
        let doubled = |i: usize| self.list.iter().take(i).any(|p| Some(&*p.name) == self.name(i));
        if (0..self.list.len()).any(doubled) {
            return Some("two parameters of the same name");
        }
        // a parameter behind `Rest` needs a name, and only one of each kind makes sense
        let rest = roles.iter().position(|role| *role == Role::Rest).unwrap_or(roles.len());
        let before = roles.iter().take(rest).filter(|role| **role == Role::Value).count();
        let more = |role| roles.iter().filter(|r| **r == role).count() > 1;
        if values > before && self.list.len() < values {
            return Some("a parameter behind Rest without a name");
        }
        (more(Role::Rest) || more(Role::Keywords)).then_some("Rest or Kwargs twice")
    }
}

/// The number of the keyword argument of a name.
fn keyword(vm: &Vm, call: &Call<'_>, name: &str) -> Option<usize> {
    (0..call.args.keywords())
        .find(|i| vm.str_of(vm.value(call.args.keyword(*i).0)) == Some(name.as_bytes()))
}

/// Finds the argument of each parameter.
///
/// # Errors
/// `TypeError` if there are too many, too few, or such of unknown names.
pub(crate) fn bind(
    context: &mut Context<'_>,
    call: &Call<'_>,
    roles: &[Role],
    names: &Names,
) -> Result<Bound, Error> {
    let mut bound = Bound([Local::NULL; MOST]);
    // the common case: each parameter has an argument, by place
    if call.args.len() == roles.len()
        && call.args.keywords() == 0
        && names.keyword_only.is_none()
        && roles.iter().all(|role| *role == Role::Value)
    {
        for (place, arg) in bound.0.iter_mut().zip(call.args.iter()) {
            *place = arg;
        }
        return Ok(bound);
    }
    bind_all(context, call, roles, names, bound)
}

/// The general case of [`bind`].
fn bind_all(
    context: &mut Context<'_>,
    call: &Call<'_>,
    roles: &[Role],
    names: &Names,
    mut bound: Bound,
) -> Result<Bound, Error> {
    // parameters with an argument of their own; the positional arguments; the keywords that were taken
    let (mut value, mut place, mut taken) = (0, 0, 0);
    let mut only_names = false;
    for (role, local) in roles.iter().zip(&mut bound.0) {
        *local = match role {
            Role::Receiver => match call.receiver {
                Some(receiver) => receiver,
                None => return Err(type_error(format!("{}() has no receiver", call.name))),
            },
            Role::Rest => {
                only_names = true;
                let rest = call.args.skip(place);
                place = call.args.len();
                let list = context.vm().new_list(rest.first(), rest.len());
                context.check(list)?
            }
            Role::Keywords => continue,
            Role::Value => {
                let i = value;
                value += 1;
                only_names |= names.keyword_only.is_some_and(|first| i >= first);
                let name = names.name(i);
                let by_place = if only_names { None } else { call.args.opt(place) };
                let by_name = match name {
                    Some(name) if call.args.keywords() > 0 => keyword(context.vm(), call, name),
                    _ => None,
                };
                match (by_place, by_name) {
                    (Some(_), Some(_)) => return Err(doubled(call, name)),
                    (Some(given), None) => {
                        place += 1;
                        given
                    }
                    (None, Some(k)) => {
                        taken += 1;
                        call.args.keyword(k).1
                    }
                    (None, None) => match names.list.get(i) {
                        Some(Parameter { default: Some(default), .. }) => {
                            context.made(&**default)?
                        }
                        _ => return Err(missing(call, roles, name)),
                    },
                }
            }
        };
    }
    if place < call.args.len() {
        return Err(too_many(call, roles, names));
    }
    let all = roles.iter().position(|role| *role == Role::Keywords);
    if let Some(local) = all.and_then(|i| bound.0.get_mut(i)) {
        *local = other_keywords(context, call, names)?;
    } else if taken < call.args.keywords() {
        return Err(unknown_keyword(context, call, names));
    }
    Ok(bound)
}

/// A dict of the keyword arguments that are no parameters.
fn other_keywords(
    context: &mut Context<'_>,
    call: &Call<'_>,
    names: &Names,
) -> Result<Local, Error> {
    let dict = context.vm().new_dict(0);
    let dict = context.check(dict)?;
    for i in 0..call.args.keywords() {
        let (name, value) = call.args.keyword(i);
        let vm = context.vm();
        let text = vm.str_of(vm.value(name));
        if names.list.iter().any(|known| Some(known.name.as_bytes()) == text) {
            continue;
        }
        let done = vm.table_set(dict, name, value).and_then(|_| vm.charge(1));
        context.check(done)?;
    }
    Ok(dict)
}

#[cold]
fn doubled(call: &Call<'_>, name: Option<&str>) -> Error {
    let name = name.unwrap_or_default();
    type_error(format!("{}() got multiple values for argument '{name}'", call.name))
}

#[cold]
fn missing(call: &Call<'_>, roles: &[Role], name: Option<&str>) -> Error {
    match name {
        Some(name) => type_error(format!("{}() missing argument '{name}'", call.name)),
        None => wrong_count(call, positional(roles)),
    }
}

#[cold]
fn too_many(call: &Call<'_>, roles: &[Role], names: &Names) -> Error {
    let most = names.keyword_only.unwrap_or(usize::MAX).min(positional(roles));
    wrong_count(call, most)
}

/// How many parameters can be given by place, if all can.
fn positional(roles: &[Role]) -> usize {
    let before = roles.iter().take_while(|role| **role != Role::Rest);
    before.filter(|role| **role == Role::Value).count()
}

#[cold]
fn wrong_count(call: &Call<'_>, takes: usize) -> Error {
    let (name, given) = (call.name, call.args.len());
    type_error(format!("{name}() takes {takes} positional arguments but {given} were given"))
}

#[cold]
fn unknown_keyword(context: &mut Context<'_>, call: &Call<'_>, names: &Names) -> Error {
    let name = call.name;
    if names.list.is_empty() {
        return type_error(format!("{name}() doesn't take keyword arguments"));
    }
    let vm = context.vm();
    let mut given = (0..call.args.keywords()).map(|i| call.args.keyword(i).0);
    let other = given.find_map(|keyword| {
        let text = vm.str_of(vm.value(keyword))?;
        let is_known = names.list.iter().any(|known| known.name.as_bytes() == text);
        (!is_known).then(|| String::from_utf8_lossy(text))
    });
    match other {
        Some(text) => type_error(format!("{name}() got an unexpected keyword argument '{text}'")),
        // the same name twice, by a dict that is spread
        None => type_error(format!("{name}() got multiple values for a keyword argument")),
    }
}
