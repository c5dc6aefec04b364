//! Full natives: native functions that may run Python code.
//!
//! A full native has the interpreter to itself ([`Full`]), and whatever it calls may collect and move objects. So
//! it holds values by their places ([`Held`]), which the collector keeps up to date. Such a place belongs to
//! one *scope*, whose lifetime `'s` is invariant: it cannot be kept beyond the scope, nor be used with another
//! interpreter. A native function is a scope; a loop gives each round one of its own.
//!
//! For a stretch without Python code, [`Full::look`] and [`Full::make`] give a [`Leaf`], with plain references.

#![allow(unsafe_code)] // one context is the other with a lifetime more

mod lend;
mod make;
mod operate;
mod services;

#[cfg(feature = "streams")]
pub(crate) use services::WATCH;

use core::marker::PhantomData;
use core::ops::Deref;

use snakelet_qstr::Qstr;

pub use self::lend::{Lent, MOST_LENT};
use crate::native::args::Param;
use crate::native::data::conjure;
use crate::native::leaf::{Answer, Brand, Leaf, Leave, Obj};
use crate::native::{AttrOp, Binding, Constant, Maybe, Name, NativeFn, TypeSlots};
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

/// The context of a full native or of a scope inside of it.
#[repr(transparent)]
pub struct Full<'s>(Vm, Brand<'s>);

/// The place of a value in scope `'s`.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Held<'s>(Local, Brand<'s>);

/// The place of a value in scope `'s` that may be changed: [`Full::variable`] makes one.
#[derive(Copy, Clone)]
pub struct Variable<'s>(Local, Brand<'s>);

/// The arguments of a full native.
#[derive(Copy, Clone)]
pub struct FullArgs<'s>(Args, Brand<'s>);

/// Turns places of scope `'s` into places of scope `'t` that lies inside of it.
#[derive(Copy, Clone)]
pub struct Outer<'s, 't>(Brand<'s>, Brand<'t>);

/// What a full native gives.
pub type Given<'s> = Result<Held<'s>, Raised>;

impl<'s> Held<'s> {
    /// `None`.
    pub const NONE: Self = Held(Local::NONE, PhantomData);
    /// `NotImplemented`, by which an operator declines.
    pub const NOT_IMPLEMENTED: Self = Held(Local::NOT_IMPLEMENTED, PhantomData);

    /// `True` or `False`.
    pub const fn bool(b: bool) -> Self {
        Held(Local::bool(b), PhantomData)
    }
    /// The place of a local of this scope.
    pub(crate) fn of(local: Local) -> Self {
        Held(local, PhantomData)
    }
    /// The local of this place.
    #[cfg(feature = "files")]
    fn local(self) -> Local {
        self.0
    }
    /// The locals of places.
    fn locals(held: &[Self]) -> &[Local] {
        // SAFETY: a `Held` is transparent over a `Local`, so slices of both have one layout; the elements are
        // copied out of a shared slice, and so nothing is written to it.
        unsafe { core::slice::from_raw_parts(held.as_ptr().cast(), held.len()) }
    }
}

impl<'s> Variable<'s> {
    /// The value that it has now, as long as it is not changed.
    pub fn held(self) -> Held<'s> {
        Held(self.0, PhantomData)
    }
}

impl<'s, 't> Outer<'s, 't> {
    /// The same place, in the scope inside.
    pub fn held(self, held: Held<'s>) -> Held<'t> {
        Held(held.0, PhantomData)
    }
    /// The same variable, in the scope inside.
    pub fn variable(self, variable: Variable<'s>) -> Variable<'t> {
        Variable(variable.0, PhantomData)
    }
}

impl<'s> FullArgs<'s> {
    /// How many positional arguments there are.
    pub fn len(self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
    /// Positional argument `i`, if there are so many.
    pub fn get(self, i: usize) -> Option<Held<'s>> {
        self.0.opt(i).map(Held::of)
    }
    /// Positional argument `i`, or `None`, Python's, if there are fewer.
    pub fn or_none(self, i: usize) -> Held<'s> {
        self.get(i).unwrap_or(Held::NONE)
    }
    /// All positional arguments.
    pub fn iter(self) -> impl Iterator<Item = Held<'s>> {
        self.0.iter().map(Held::of)
    }
    /// The arguments without the first `n` positional ones.
    pub fn skip(self, n: usize) -> Self {
        FullArgs(self.0.skip(n), PhantomData)
    }
    /// The value of the argument that is given by name, if there is one.
    pub fn keyword(self, cx: &Full<'s>, name: Name) -> Option<Held<'s>> {
        self.0.find_keyword(&cx.0, name).map(Held::of)
    }
    /// How many arguments are given by name.
    pub fn keywords(self) -> usize {
        self.0.keywords()
    }
    /// Distributes the arguments over parameters; those that are not given are `None`, Rust's.
    ///
    /// # Errors
    /// `TypeError` for a missing, unknown or doubly given argument.
    pub fn parse<const N: usize>(
        self,
        cx: &mut Full<'s>,
        parameters: &[Param; N],
    ) -> Result<[Option<Held<'s>>; N], Raised> {
        let places = self.0.parse(&mut cx.0, parameters)?;
        Ok(places.map(|place| (place != Local::NULL).then_some(Held::of(place))))
    }
}

/// A leaf inside a full native: it knows what is held in scope `'s`.
#[derive(Copy, Clone)]
pub struct Inside<'h, 's>(Leaf<'h>, Brand<'s>);

impl<'h, 's> Inside<'h, 's> {
    /// The value in a place, while nothing runs Python code.
    pub fn get(self, held: Held<'s>) -> Obj<'h> {
        self.0.local(held.0)
    }
}

impl<'h> Deref for Inside<'h, '_> {
    type Target = Leaf<'h>;
    fn deref(&self) -> &Leaf<'h> {
        &self.0
    }
}

impl<'s> Full<'s> {
    /// The context with which a native function is called.
    #[inline(always)]
    pub(crate) fn new(vm: &mut Vm) -> &mut Self {
        // SAFETY: the context is transparent over the interpreter. Its scope is one that the function which
        // is called knows nothing of, so that two contexts of one scope never exist.
        unsafe { &mut *core::ptr::from_mut(vm).cast::<Self>() }
    }

    /// Does something without running Python code; what cannot be had at once is asked for, and it is done
    /// again.
    ///
    /// # Errors
    /// What it raises.
    pub fn look<T>(
        &mut self,
        mut work: impl for<'h> FnMut(Inside<'h, 's>) -> Result<T, Leave>,
    ) -> Result<T, Raised> {
        let mut seen = None;
        self.attempt(&mut |cx| {
            seen = Some(work(cx)?);
            Ok(())
        })?;
        match seen {
            Some(seen) => Ok(seen),
            None => Err(self.wrong_receiver()),
        }
    }

    /// One function for all of them.
    #[inline(never)]
    fn attempt(
        &mut self,
        work: &mut dyn for<'h> FnMut(Inside<'h, 's>) -> Result<(), Leave>,
    ) -> Result<(), Raised> {
        self.0.leaf(|cx| work(Inside(cx, PhantomData)))
    }

    /// The same, to make a value.
    ///
    /// # Errors
    /// What it raises.
    pub fn make(
        &mut self,
        mut work: impl for<'h> FnMut(Inside<'h, 's>) -> Answer<'h>,
    ) -> Given<'s> {
        self.0.leaf_local(|cx| work(Inside(cx, PhantomData))).map(Held::of)
    }

    /// Makes a place that can be changed, with a value to begin with.
    pub fn variable(&mut self, held: Held<'s>) -> Variable<'s> {
        Variable(self.0.push_copy(held.0), PhantomData)
    }

    /// Changes a variable.
    pub fn set(&mut self, variable: Variable<'s>, held: Held<'s>) {
        self.0.set(variable.0, self.0.get(held.0));
    }

    /// Replaces the value of a variable by what `work` makes of it.
    ///
    /// # Errors
    /// What it raises.
    pub fn update(
        &mut self,
        variable: Variable<'s>,
        mut work: impl for<'h> FnMut(Inside<'h, 's>, Obj<'h>) -> Answer<'h>,
    ) -> Result<(), Raised> {
        let scope = self.0.scope();
        let new = self.0.leaf_local(|cx| work(Inside(cx, PhantomData), cx.local(variable.0)))?;
        self.0.set(variable.0, self.0.get(new));
        self.0.end_scope(scope);
        Ok(())
    }

    /// Runs `work` in a scope of its own, whose places are free again when it ends.
    ///
    /// # Errors
    /// What it raises.
    pub fn scope<T>(
        &mut self,
        work: impl for<'t> FnOnce(&mut Full<'t>, Outer<'s, 't>) -> Result<T, Raised>,
    ) -> Result<T, Raised> {
        let scope = self.0.scope();
        let result = work(Full::new(&mut self.0), Outer(PhantomData, PhantomData));
        self.0.end_scope(scope);
        result
    }

    /// The same; the value that it gives stays.
    ///
    /// # Errors
    /// What it raises.
    pub fn scope_with(
        &mut self,
        work: impl for<'t> FnOnce(&mut Full<'t>, Outer<'s, 't>) -> Given<'t>,
    ) -> Given<'s> {
        let scope = self.0.scope();
        let result = work(Full::new(&mut self.0), Outer(PhantomData, PhantomData));
        match result {
            Ok(held) => Ok(Held::of(self.0.end_scope_with(scope, held.0))),
            Err(raised) => {
                self.0.end_scope(scope);
                Err(raised)
            }
        }
    }

    /// Calls `each` with every item of an iterable, in a scope for each.
    ///
    /// # Errors
    /// What iterating or `each` raises.
    pub fn for_each(
        &mut self,
        iterable: Held<'s>,
        mut each: impl for<'t> FnMut(&mut Full<'t>, Outer<'s, 't>, Held<'t>) -> Result<(), Raised>,
    ) -> Result<(), Raised> {
        self.for_each_while(iterable, |cx, outer, item| each(cx, outer, item).map(|()| true))
            .map(|_| ())
    }

    /// Calls `each` with the items of an iterable until it gives false; whether it never did.
    ///
    /// # Errors
    /// What iterating or `each` raises.
    pub fn for_each_while(
        &mut self,
        iterable: Held<'s>,
        mut each: impl for<'t> FnMut(&mut Full<'t>, Outer<'s, 't>, Held<'t>) -> Result<bool, Raised>,
    ) -> Result<bool, Raised> {
        self.0.for_each_while(iterable.0, |vm, item| {
            each(Full::new(vm), Outer(PhantomData, PhantomData), Held::of(item))
        })
    }
}

/// Calls the code of a full native.
fn enter<F>(vm: &mut Vm, args: Args) -> Res
where
    F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Given<'s> + Copy + 'static,
{
    // SAFETY: `NativeFn::full` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    match code(Full::new(vm), FullArgs(args, PhantomData)) {
        Ok(held) => Ok(held.0),
        Err(raised) => Err(vm.genuine(raised)),
    }
}

/// The same, for a function whose answer may come later.
fn enter_pending<F>(vm: &mut Vm, args: Args) -> Res
where
    F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Result<Option<Held<'s>>, Raised> + Copy + 'static,
{
    // SAFETY: `NativeFn::pending` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    match code(Full::new(vm), FullArgs(args, PhantomData)) {
        Err(raised) => Err(vm.genuine(raised)),
        Ok(Some(held)) => Ok(held.0),
        Ok(None) => {
            vm.answer_later();
            vm.leave_if_later(args)?;
            Ok(Local::NONE)
        }
    }
}

/// Calls the code that finds a value of a table.
fn find_value<F>(vm: &mut Vm) -> Res
where
    F: for<'s> Fn(&mut Full<'s>) -> Given<'s> + Copy + 'static,
{
    // SAFETY: `Constant::found` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    match code(Full::new(vm)) {
        Ok(held) => Ok(held.0),
        Err(raised) => Err(vm.genuine(raised)),
    }
}

impl Constant {
    /// A value that `code` finds each time it is read, such as one that the state of a module keeps. `code` is a
    /// function, or a closure that captures nothing.
    pub const fn found<F>(code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>) -> Given<'s> + Copy + 'static,
    {
        let _ = code;
        Self::computed(find_value::<F>)
    }
}

impl<'h> Leaf<'h> {
    /// Goes on in code that may run Python code, which is called with the same arguments. `code` is a function, or a
    /// closure that captures nothing.
    pub fn instead<F>(self, code: F) -> Leave
    where
        F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Given<'s> + Copy + 'static,
    {
        let _ = code;
        self.full(enter::<F>)
    }
}

/// Calls the code that knows the attributes of objects of a type.
fn enter_attribute<F>(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Maybe
where
    F: for<'s> Fn(&mut Full<'s>, Attribute<'s>) -> Result<Option<Held<'s>>, Raised>
        + Copy
        + 'static,
{
    let value = match op {
        AttrOp::Load => None,
        AttrOp::Store(value) => Some(Held::of(value)),
        AttrOp::Delete => return Ok(None),
    };
    let name = Held::of(vm.push(Value::qstr(name)));
    // SAFETY: `TypeSlots::attributes` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    match code(Full::new(vm), Attribute { object: Held::of(object), name, value }) {
        Ok(found) => Ok(found.map(|held| held.0)),
        Err(raised) => Err(vm.genuine(raised)),
    }
}

/// Calls the code that gives the next item of an iterator.
fn next_item<F>(vm: &mut Vm, object: Local) -> Maybe
where
    F: for<'s> Fn(&mut Full<'s>, Held<'s>) -> Result<Option<Held<'s>>, Raised> + Copy + 'static,
{
    // SAFETY: `TypeSlots::next` had a value of the function's type.
    let code = unsafe { conjure::<F>() };
    match code(Full::new(vm), Held::of(object)) {
        Ok(item) => Ok(item.map(|held| held.0)),
        Err(raised) => Err(vm.genuine(raised)),
    }
}

/// An attribute that is asked for by its name, or set.
#[derive(Copy, Clone)]
pub struct Attribute<'s> {
    /// Whose it is.
    pub object: Held<'s>,
    /// A `str`.
    pub name: Held<'s>,
    /// What it is set to; `None`, Rust's, where it is read.
    pub value: Option<Held<'s>>,
}

impl TypeSlots {
    /// Lets `code` find attributes before the type's methods are looked at, and set them: it gives the value, and
    /// `None`, Rust's, for a name that is not its own. `code` is a function, or a closure that captures nothing.
    pub const fn attributes<F>(self, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, Attribute<'s>) -> Result<Option<Held<'s>>, Raised>
            + Copy
            + 'static,
    {
        let _ = code;
        self.found_by(enter_attribute::<F>)
    }

    /// Makes the objects their own iterators: `code` gives the next item, or none at the end. Then nothing is
    /// allocated; a `StopIteration` with a value may be raised as well. It is short for the methods `__iter__` and
    /// `__next__`, and excludes subscription. `code` is a function, or a closure that captures nothing.
    pub const fn next<F>(self, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, Held<'s>) -> Result<Option<Held<'s>>, Raised> + Copy + 'static,
    {
        let _ = code;
        self.iterator(next_item::<F>)
    }
}

impl NativeFn {
    /// Describes a function of a module that may run Python code, with `min` to `max` positional arguments
    /// ([`VARIADIC`](crate::native::VARIADIC): any number of them). `code` is a function, or a closure that captures
    /// nothing.
    pub const fn full<F>(name: Name, min: u8, max: u8, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Given<'s> + Copy + 'static,
    {
        let _ = code;
        Self::new(name, min, max, enter::<F>).static_method()
    }

    /// Describes a method that may run Python code; the receiver is the first argument, and counted.
    pub const fn full_method<F>(name: Name, min: u8, max: u8, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Given<'s> + Copy + 'static,
    {
        let mut new = Self::full(name, min, max, code);
        new.binding = Binding::Method;
        new
    }

    /// Describes a function of a module whose answer may come later: where it gives `None`, Rust's, the host
    /// that steps the script gets the call, and answers it. If there is none, or a built-in function stands
    /// between, that is `RuntimeError` in the script.
    pub const fn pending<F>(name: Name, min: u8, max: u8, code: F) -> Self
    where
        F: for<'s> Fn(&mut Full<'s>, FullArgs<'s>) -> Result<Option<Held<'s>>, Raised>
            + Copy
            + 'static,
    {
        let _ = code;
        Self::new(name, min, max, enter_pending::<F>).static_method()
    }
}
