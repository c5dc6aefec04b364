//! What can be done with any object of an interpreter: attributes, items, iteration, types, bytes.

use snakelet_vm::Local;
#[cfg(feature = "alloc")]
use snakelet_vm::Res;
use snakelet_vm::native::Subscr;
#[cfg(feature = "alloc")]
use snakelet_vm::print::PrintKind;

use crate::context::Callee;
#[cfg(feature = "alloc")]
use crate::native::Argument;
#[cfg(feature = "alloc")]
use crate::native::lend::{Claims, Lent};
use crate::{Arguments, Context, Error, FromPython, ToPython};

impl Context<'_> {
    /// An attribute of an object.
    ///
    /// # Errors
    /// `AttributeError`, whatever a property raises; `TypeError` if it does not convert to `T`.
    pub fn attribute<T: FromPython>(
        &mut self,
        object: impl Callee,
        name: &str,
    ) -> Result<T, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let value = cx.vm.intern(name.as_bytes()).and_then(|name| cx.vm.get_attr(object, name));
            let value = cx.check(value)?;
            T::from_python(cx, value.into())
        })
    }

    /// Sets an attribute of an object.
    ///
    /// # Errors
    /// `AttributeError`, or whatever the object raises.
    pub fn set_attribute(
        &mut self,
        object: impl Callee,
        name: &str,
        value: impl ToPython,
    ) -> Result<(), Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let value = cx.made(&value)?;
            let done =
                cx.vm.intern(name.as_bytes()).and_then(|name| cx.vm.set_attr(object, name, value));
            cx.check(done)
        })
    }

    /// Calls a method of an object.
    ///
    /// # Errors
    /// As for [`Context::call`]; `AttributeError`.
    pub fn call_method<T: FromPython>(
        &mut self,
        object: impl Callee,
        name: &str,
        args: impl Arguments,
    ) -> Result<T, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let args = args.to_locals(cx)?;
            let result = cx
                .vm
                .intern(name.as_bytes())
                .and_then(|name| cx.vm.call_method(object, name, args.as_slice()));
            cx.vm.flush();
            let value = cx.check(result)?;
            T::from_python(cx, value.into())
        })
    }

    /// Whether an object has an attribute.
    ///
    /// # Errors
    /// What a property or `__getattr__` raises other than `AttributeError`.
    pub fn has_attribute(&mut self, object: impl Callee, name: &str) -> Result<bool, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let found =
                cx.vm.intern(name.as_bytes()).and_then(|name| cx.vm.find_attr(object, name));
            Ok(cx.check(found)?.is_some())
        })
    }

    /// `object[key]`, converted.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::{Error, Interpreter};
    /// # fn main() -> Result<(), Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.exec("settings = {'gain': 3}")?;
    /// let mut context = python.context();
    /// context.set_item("settings", "width", 640)?;
    /// assert_eq!(context.get_item::<i64>("settings", "gain")?, 3);
    /// assert_eq!(context.len("settings")?, 2);
    /// assert!(context.contains("settings", "width")?);
    /// let mut names = Vec::new();
    /// context.for_each("settings", |_, name: String| {
    ///     names.push(name);
    ///     Ok::<(), Error>(())
    /// })?;
    /// assert_eq!(names, ["gain", "width"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `KeyError`, `IndexError`, whatever `__getitem__` raises; `TypeError` if the item does not convert to `T`.
    pub fn get_item<T: FromPython>(
        &mut self,
        object: impl Callee,
        key: impl ToPython,
    ) -> Result<T, Error> {
        self.scoped(|cx| {
            let item = cx.subscript(object, key, Subscr::Load)?;
            T::from_python(cx, item.into())
        })
    }

    /// `object[key] = value`.
    ///
    /// # Errors
    /// `TypeError`, `IndexError`, `MemoryError`, whatever `__setitem__` raises.
    pub fn set_item(
        &mut self,
        object: impl Callee,
        key: impl ToPython,
        value: impl ToPython,
    ) -> Result<(), Error> {
        self.scoped(|cx| {
            let value = cx.made(&value)?;
            cx.subscript(object, key, Subscr::Store(value)).map(drop)
        })
    }

    /// `del object[key]`.
    ///
    /// # Errors
    /// As for [`get_item`](Context::get_item).
    pub fn del_item(&mut self, object: impl Callee, key: impl ToPython) -> Result<(), Error> {
        self.scoped(|cx| cx.subscript(object, key, Subscr::Delete).map(drop))
    }

    fn subscript(
        &mut self,
        object: impl Callee,
        key: impl ToPython,
        op: Subscr,
    ) -> Result<Local, Error> {
        let object = object.find(self)?;
        let key = self.made(&key)?;
        let done = self.vm.subscr(object, key, op);
        self.check(done)
    }

    /// `len(object)`.
    ///
    /// # Errors
    /// `TypeError` if it has no length; whatever `__len__` raises.
    pub fn len(&mut self, object: impl Callee) -> Result<usize, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let n = cx.vm.len(object);
            cx.check(n)
        })
    }

    /// `item in object`.
    ///
    /// # Errors
    /// `TypeError` if it is no container; whatever `__contains__` or `__eq__` raises.
    pub fn contains(&mut self, object: impl Callee, item: impl ToPython) -> Result<bool, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let item = cx.made(&item)?;
            let found = cx.vm.contains(object, item);
            cx.check(found)
        })
    }

    /// Calls `each` with the items of an object, converted, until it returns an error.
    ///
    /// # Errors
    /// `TypeError` if it cannot be iterated over or an item does not convert; whatever iterating or `each` raises.
    pub fn for_each<T: FromPython, E: Into<Error>>(
        &mut self,
        object: impl Callee,
        mut each: impl FnMut(&mut Context<'_>, T) -> Result<(), E>,
    ) -> Result<(), Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let iterator = cx.vm.get_iter(object);
            let iterator = cx.check(iterator)?;
            loop {
                let more = cx.scoped(|cx| {
                    let charged = cx.vm.charge(1);
                    cx.check(charged)?;
                    let next = cx.vm.iter_next(iterator);
                    let Some(item) = cx.check(next)? else { return Ok::<bool, Error>(false) };
                    let item = T::from_python(cx, item.into())?;
                    each(cx, item).map_err(Into::into)?;
                    Ok(true)
                })?;
                if !more {
                    return Ok(());
                }
            }
        })
    }

    /// `isinstance(object, class)`.
    ///
    /// # Errors
    /// `TypeError` if `class` is no class.
    pub fn is_instance(&mut self, object: impl Callee, class: impl Callee) -> Result<bool, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let class = class.find(cx)?;
            if !cx.vm.is_class(class) {
                return Err(Error::type_error("a class"));
            }
            let own = cx.vm.type_of(cx.vm.value(object));
            Ok(cx.vm.is_subclass(own, cx.vm.value(class)))
        })
    }

    /// Whether two objects are the same one, as `is` tells it.
    ///
    /// # Errors
    /// [`Error::ForeignHandle`].
    pub fn is_same(&mut self, one: impl Callee, other: impl Callee) -> Result<bool, Error> {
        self.scoped(|cx| {
            let (one, other) = (one.find(cx)?, other.find(cx)?);
            Ok(cx.vm.value(one).is(cx.vm.value(other)))
        })
    }

    /// The truth of an object.
    ///
    /// # Errors
    /// Whatever `__bool__` or `__len__` raises.
    pub fn truth(&mut self, object: impl Callee) -> Result<bool, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let truth = cx.vm.truth(object);
            cx.check(truth)
        })
    }

    /// Calls `work` with the bytes of a buffer: `bytes`, `bytearray`, `memoryview`, `array` or another one.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::Interpreter;
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.exec("image = bytearray(8)")?;
    /// python.context().with_bytes_mut("image", |image| image.fill(7))?;
    /// let sum: u32 = python.context().with_bytes("image", |image| image.iter().map(|b| u32::from(*b)).sum())?;
    /// assert_eq!(sum, 56);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `TypeError` if it has no buffer.
    #[cfg(feature = "alloc")]
    pub fn with_bytes<R>(
        &mut self,
        object: impl Callee,
        work: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let held = <&[u8]>::hold(cx, object)?;
            Ok(work(<&[u8]>::read(held, Lent::new(cx.vm, &mut Claims::default()))?))
        })
    }

    /// Calls `work` with the bytes of a buffer that may be written.
    ///
    /// # Errors
    /// `TypeError` if it has no such buffer.
    #[cfg(feature = "alloc")]
    pub fn with_bytes_mut<R>(
        &mut self,
        object: impl Callee,
        work: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let held = <&mut [u8]>::hold(cx, object)?;
            Ok(work(<&mut [u8]>::read(held, Lent::new(cx.vm, &mut Claims::default()))?))
        })
    }

    /// The `repr()` of an object.
    ///
    /// # Errors
    /// What its `__repr__` raises.
    #[cfg(feature = "alloc")]
    pub fn repr(&mut self, object: impl Callee) -> Result<alloc::string::String, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let text = cx.vm.to_text(object, PrintKind::Repr);
            cx.owned_text(text)
        })
    }

    /// The `str()` of an object.
    ///
    /// # Errors
    /// What its `__str__` raises.
    #[cfg(feature = "alloc")]
    pub fn text(&mut self, object: impl Callee) -> Result<alloc::string::String, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let text = cx.vm.to_text(object, PrintKind::Str);
            cx.owned_text(text)
        })
    }

    /// The name of the type of an object.
    ///
    /// # Errors
    /// [`Error::ForeignHandle`].
    #[cfg(feature = "alloc")]
    pub fn type_name(&mut self, object: impl Callee) -> Result<alloc::string::String, Error> {
        self.scoped(|cx| {
            let object = object.find(cx)?;
            let name = cx.vm.type_name_of(object);
            Ok(cx.vm.name_text(name).into())
        })
    }

    #[cfg(feature = "alloc")]
    fn owned_text(&mut self, text: Res) -> Result<alloc::string::String, Error> {
        let text = self.check(text)?;
        FromPython::from_python(self, text.into())
    }
}
