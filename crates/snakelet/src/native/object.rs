//! Rust values in objects: how they are kept, borrowed, and given to Python.
//!
//! Each class of the host is a Python class whose instances carry a [`Shell`]. It is empty until `__init__` has
//! run, and stays so if a class that derives from it does not call that. Borrows are counted in it, as those of
//! a `RefCell` are: a method may be called while another one of the same object runs, below Python code that the
//! first one calls. What counts them is dropped when the method returns, or panics.

use alloc::format;
use core::any::TypeId;
use core::cell::{Cell, RefCell};
use core::ops::{Deref, DerefMut};

use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots, VARIADIC};
use snakelet_vm::{Local, Vm, name};

use crate::native::{short_name, type_error};
use crate::{Callee, Context, Error, Exception, Place, ToPython};

/// What an object of a class of the host carries.
pub(crate) struct Shell<T>(RefCell<Option<T>>);

impl<T> Shell<T> {
    pub(crate) const fn empty() -> Self {
        Shell(RefCell::new(None))
    }
}

impl<T: Send + 'static> NativeData for Shell<T> {
    const TYPE: &'static NativeType = &NativeType::of(
        name!("host_object"),
        const { &TypeSlots::of::<Self>().construct(Self::MAKE) },
    );
}

impl<T: Send + 'static> Shell<T> {
    /// Makes an empty one when a class is called, before its `__init__`.
    const MAKE: &'static NativeFn =
        &NativeFn::leaf::<0>(name!("host_object"), VARIADIC, make_empty::<T>);
}

fn make_empty<'h, T: Send + 'static>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.new_data(&[], Shell::<T>::empty()).map(snakelet_vm::native::Data::obj)
}

/// A Rust value in an object, borrowed as a parameter of a function of the host.
pub struct Ref<'a, T>(core::cell::Ref<'a, T>);

/// A Rust value in an object, borrowed mutably as a parameter of a function of the host.
pub struct RefMut<'a, T>(core::cell::RefMut<'a, T>);

impl<T> Deref for Ref<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for RefMut<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for RefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Shell<T> {
    /// Borrows the value.
    ///
    /// # Errors
    /// `RuntimeError` while it is borrowed mutably, `TypeError` if there is none.
    pub(crate) fn borrow(&self) -> Result<Ref<'_, T>, Error> {
        let value = self.0.try_borrow().map_err(|_| in_use::<T>())?;
        core::cell::Ref::filter_map(value, Option::as_ref).map(Ref).map_err(|_| half_built::<T>())
    }

    /// Borrows the value mutably.
    ///
    /// # Errors
    /// `RuntimeError` while it is borrowed, `TypeError` if there is none.
    pub(crate) fn borrow_mut(&self) -> Result<RefMut<'_, T>, Error> {
        let value = self.0.try_borrow_mut().map_err(|_| in_use::<T>())?;
        core::cell::RefMut::filter_map(value, Option::as_mut)
            .map(RefMut)
            .map_err(|_| half_built::<T>())
    }

    /// Puts a value in place of what was there, if anything was.
    ///
    /// # Errors
    /// `RuntimeError` while that is borrowed.
    fn replace(&self, value: T) -> Result<Option<T>, Error> {
        let mut place = self.0.try_borrow_mut().map_err(|_| in_use::<T>())?;
        Ok(place.replace(value))
    }
}

#[cold]
fn in_use<T>() -> Error {
    let name = short_name::<T>();
    Exception::new("RuntimeError", format!("'{name}' object is already in use")).into()
}

#[cold]
fn half_built<T>() -> Error {
    type_error(format!("{}.__init__() wasn't called", short_name::<T>()))
}

/// The shell of an object.
///
/// # Errors
/// `TypeError` if it is of another type.
pub(crate) fn shell<T: Send + 'static>(vm: &Vm, object: Local) -> Result<&Shell<T>, Error> {
    vm.data::<Shell<T>>(object).ok_or_else(|| {
        let (wanted, name) = (short_name::<T>(), vm.name_text(vm.type_name_of(object)));
        type_error(format!("argument should be a '{wanted}' not a '{name}'"))
    })
}

/// Borrows the value of an object.
///
/// # Errors
/// `TypeError` if it is of another type or has no value, `RuntimeError` if that is borrowed.
pub(crate) fn borrow<T: Send + 'static>(vm: &Vm, object: Local) -> Result<Ref<'_, T>, Error> {
    shell(vm, object)?.borrow()
}

/// Borrows the value of an object mutably.
///
/// # Errors
/// As for `borrow`.
pub(crate) fn borrow_mut<T: Send + 'static>(
    vm: &Vm,
    object: Local,
) -> Result<RefMut<'_, T>, Error> {
    shell(vm, object)?.borrow_mut()
}

/// A Rust value on its way to Python: converting it makes an object of the class that is registered for its type.
///
/// It may stand wherever a value can be given to Python: as a result, in vectors and tuples, as an argument. It can
/// be converted once; the second time is a `TypeError`.
///
/// ```
/// # use std::mem::MaybeUninit;
/// # use snakelet::{Interpreter, Object, Ref};
/// # fn main() -> Result<(), snakelet::Error> {
/// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
/// # let mut python = Interpreter::builder(&mut memory).build()?;
/// struct Blob {
///     area: u32,
/// }
/// python.class::<Blob>("Blob", |c| c.getter("area", |blob: &Blob| blob.area))?;
/// python.register("find_blobs", |n: u32| -> Vec<Object<Blob>> {
///     (1..=n).map(|area| Object::new(Blob { area })).collect()
/// })?;
/// python.register("twice", |blob: Ref<Blob>| blob.area * 2)?;
/// assert_eq!(python.eval::<u32>("sum(twice(blob) for blob in find_blobs(3))")?, 12);
/// # Ok(())
/// # }
/// ```
pub struct Object<T>(Cell<Option<T>>);

impl<T> Object<T> {
    /// A value that is to become an object.
    pub fn new(value: T) -> Self {
        Object(Cell::new(Some(value)))
    }
}

impl<T> From<T> for Object<T> {
    fn from(value: T) -> Self {
        Object::new(value)
    }
}

impl<T: Send + 'static> ToPython for Object<T> {
    fn to_python(&self, context: &mut Context<'_>) -> Result<Place, Error> {
        let name = short_name::<T>();
        let Some(class) = context.host().class(TypeId::of::<T>()) else {
            return Err(type_error(format!("no class is registered for {name}")));
        };
        let class = context.local(&class)?;
        let made = context.vm().new_data_instance(class, Shell::<T>::empty);
        let object = context.check(made)?;
        let Some(value) = self.0.take() else {
            return Err(type_error(format!("this {name} is an object already")));
        };
        shell(context.vm(), object)?.replace(value)?;
        Ok(object.into())
    }
}

impl Context<'_> {
    /// Raises unless an object is of the class of a type.
    pub(crate) fn check_object<T: Send + 'static>(&mut self, object: Local) -> Result<(), Error> {
        shell::<T>(self.vm(), object).map(drop)
    }

    /// Puts a value in an object; what was there is dropped.
    pub(crate) fn fill<T: Send + 'static>(&mut self, object: Local, value: T) -> Result<(), Error> {
        let old = shell(self.vm(), object)?.replace(value)?;
        drop(old);
        Ok(())
    }

    /// Calls `work` with the Rust value in an object of a class of the host.
    ///
    /// # Errors
    /// `TypeError` if it is no such object, `RuntimeError` while a method of it that takes `&mut self` runs.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::{Handle, Interpreter};
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// struct Counter(u32);
    /// python.class::<Counter>("Counter", |c| c.init(|| Counter(0)))?;
    /// python.exec("counter = Counter()")?;
    /// let mut context = python.context();
    /// context.with_object_mut("counter", |counter: &mut Counter| counter.0 += 5)?;
    /// assert_eq!(context.with_object("counter", |counter: &Counter| counter.0)?, 5);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_object<T: Send + 'static, R>(
        &mut self,
        object: impl Callee,
        work: impl FnOnce(&T) -> R,
    ) -> Result<R, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let value = borrow(cx.vm(), object)?;
            Ok(work(&value))
        })
    }

    /// The same, mutably.
    ///
    /// # Errors
    /// `TypeError` if it is no such object, `RuntimeError` while a method of it runs.
    pub fn with_object_mut<T: Send + 'static, R>(
        &mut self,
        object: impl Callee,
        work: impl FnOnce(&mut T) -> R,
    ) -> Result<R, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let mut value = borrow_mut(cx.vm(), object)?;
            Ok(work(&mut value))
        })
    }
}
