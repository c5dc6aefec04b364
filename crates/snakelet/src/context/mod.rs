//! What can be done with an interpreter, from outside and from inside a function of the host.

mod exceptions;
mod objects;

use core::marker::PhantomData;

use snakelet_vm::{Local, Raised, Res, Vm};

#[cfg(feature = "alloc")]
use crate::Handle;
use crate::convert::Locals;
#[cfg(feature = "alloc")]
use crate::native::Host;
use crate::{Arguments, Error, Exception, FromPython, ToPython};

/// An interpreter that may be called, lent by [`Interpreter`](crate::Interpreter) or to a function
/// of the host.
///
/// A function that is lent one cannot put another in its place:
///
/// ```compile_fail,E0521
/// # use snakelet::Context;
/// fn wrong(cx: &mut Context<'_>, mut other: Context<'static>) {
///     std::mem::swap(cx, &mut other);
/// }
/// ```
pub struct Context<'a> {
    vm: &'a mut Vm,
    #[cfg(feature = "alloc")]
    host: &'a Host,
    /// Makes the lifetime invariant, so that it belongs to one interpreter where it is the parameter of a function.
    brand: Brand<'a>,
}

type Brand<'a> = PhantomData<fn(&'a ()) -> &'a ()>;

/// What can be called: a name in `__main__` or a built-in one, or a [`Handle`].
pub trait Callee: sealed::Callee {
    /// Makes a local of the object.
    ///
    /// # Errors
    /// `NameError`, or a handle of another interpreter.
    #[doc(hidden)]
    fn find(&self, context: &mut Context<'_>) -> Result<Local, Error>;
}

mod sealed {
    pub trait Callee {}
}

impl sealed::Callee for &str {}
impl Callee for &str {
    fn find(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        context.global(self)
    }
}

#[cfg(feature = "alloc")]
impl sealed::Callee for &Handle {}
#[cfg(feature = "alloc")]
impl Callee for &Handle {
    fn find(&self, context: &mut Context<'_>) -> Result<Local, Error> {
        context.local(self)
    }
}

impl<'a> Context<'a> {
    #[cfg(feature = "alloc")]
    pub(crate) fn new(vm: &'a mut Vm, host: &'a Host) -> Self {
        host.roots.release(vm);
        Self { vm, host, brand: PhantomData }
    }
    #[cfg(not(feature = "alloc"))]
    pub(crate) fn new(vm: &'a mut Vm) -> Self {
        Self { vm, brand: PhantomData }
    }

    pub(crate) fn vm(&mut self) -> &mut Vm {
        self.vm
    }
    /// The text of a `str`.
    ///
    /// # Errors
    /// `TypeError` for other objects, which tells what was expected; `UnicodeError` for surrogates, which
    /// Rust's strings cannot have.
    pub(crate) fn utf8(&self, object: Local, expected: &'static str) -> Result<&str, Error> {
        let value = self.vm.value(object);
        match self.vm.str_of(value) {
            None => Err(Error::type_error(expected)),
            Some(_) => self.vm.utf8_of(value).ok_or_else(Error::surrogates),
        }
    }
    pub(crate) fn vm_ref(&self) -> &Vm {
        self.vm
    }

    /// Does the work of a call of the host; it leaves neither locals nor anything else behind.
    pub(crate) fn scoped<T>(&mut self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        #[cfg(feature = "alloc")]
        let host = self.host;
        self.vm.host_call(|vm| {
            work(&mut Context {
                vm,
                #[cfg(feature = "alloc")]
                host,
                brand: PhantomData,
            })
        })
    }

    /// As `scoped`, for what the host itself reads and writes.
    pub(crate) fn access<T>(&mut self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        #[cfg(feature = "alloc")]
        let host = self.host;
        self.vm.host_access(|vm| {
            work(&mut Context {
                vm,
                #[cfg(feature = "alloc")]
                host,
                brand: PhantomData,
            })
        })
    }

    /// Begins a run or makes a step of it, which leaves its frames and locals behind.
    pub(crate) fn stepped<T>(&mut self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        #[cfg(feature = "alloc")]
        let host = self.host;
        self.vm.host_step(|vm| {
            work(&mut Context {
                vm,
                #[cfg(feature = "alloc")]
                host,
                brand: PhantomData,
            })
        })
    }

    /// The functions and classes of the host.
    #[cfg(feature = "alloc")]
    pub(crate) fn host(&self) -> &'a Host {
        self.host
    }

    /// Calls `work` with the data of type `T` that an object carries.
    ///
    /// # Errors
    /// `TypeError` if it carries no such data; `RuntimeError` if the stack is full.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_data<T: snakelet_vm::native::NativeData, R>(
        &mut self,
        object: Local,
        work: impl FnOnce(&mut Context<'_>, &T) -> R,
    ) -> Result<R, Error> {
        let host = self.host;
        let done = self.vm.with_data(object, |vm, data| {
            work(&mut Context { vm, host, brand: PhantomData }, data)
        });
        self.check(done)?.ok_or_else(|| Error::type_error("another type of receiver"))
    }

    /// Turns what was raised into an error.
    pub(crate) fn check<T>(&mut self, result: Result<T, Raised>) -> Result<T, Error> {
        result.map_err(|raised| self.error(raised))
    }

    /// Makes a local of the value of a handle.
    #[cfg(feature = "alloc")]
    pub(crate) fn local(&mut self, handle: &Handle) -> Result<Local, Error> {
        self.host.roots.value(self.vm, handle).ok_or(Error::ForeignHandle)
    }

    /// Keeps a value.
    #[cfg(feature = "alloc")]
    pub(crate) fn keep(&mut self, value: Local) -> Result<Handle, Error> {
        let kept = self.host.roots.keep(self.vm, value);
        self.check(kept)
    }

    /// Runs the function of a module with the variables of `__main__`.
    fn run(&mut self, function: Res) -> Result<Local, Error> {
        let result = function.and_then(|function| {
            let main = self.vm.main_dict();
            self.vm.run_module(function, main, Local::NULL)
        });
        self.vm.flush();
        self.check(result)
    }

    /// Begins a run of the function of a module with the variables of `__main__`.
    pub(crate) fn start(&mut self, scope: snakelet_vm::Scope, function: Res) -> Result<(), Error> {
        let started = function.and_then(|function| {
            let main = self.vm.main_dict();
            self.vm.start_module(scope, function, main)
        });
        self.check(started)
    }

    fn global(&mut self, name: &str) -> Result<Local, Error> {
        let main = self.vm.main_dict();
        // a name that is not interned is nobody's; looking takes no memory, of which there may be none
        let found = match self.vm.find_qstr(name.as_bytes()) {
            None => Ok(None),
            Some(q) => {
                let value = self.vm.dict_get_name(self.vm.value(main), snakelet_vm::Value::qstr(q));
                match value.map(|v| self.vm.push(v)) {
                    Some(value) => Ok(Some(value)),
                    None => self.vm.find_builtin(q),
                }
            }
        };
        match self.check(found)? {
            Some(value) => Ok(value),
            #[cfg(feature = "alloc")]
            None => {
                let message = alloc::format!("name '{name}' isn't defined");
                Err(Exception::new("NameError", message).into())
            }
            #[cfg(not(feature = "alloc"))]
            None => Err(Exception::new("NameError", "name isn't defined").into()),
        }
    }

    /// Runs statements in `__main__`.
    ///
    /// # Errors
    /// [`Error::Exception`] or [`Error::Stopped`].
    #[cfg(feature = "compiler")]
    pub fn exec(&mut self, source: &str) -> Result<(), Error> {
        self.exec_named(source.as_bytes(), "<string>")
    }

    /// Runs statements in `__main__`; `name` is what tracebacks call the text.
    ///
    /// # Errors
    /// As for [`Context::exec`].
    #[cfg(feature = "compiler")]
    pub fn exec_named(&mut self, source: &[u8], name: &str) -> Result<(), Error> {
        self.scoped(|cx| {
            let function = cx.vm.compile_text(source, name.as_bytes(), snakelet_vm::Input::File);
            cx.run(function).map(drop)
        })
    }

    /// Runs statements from any source in `__main__`.
    ///
    /// # Errors
    /// As for [`Context::exec`].
    #[cfg(feature = "compiler")]
    pub fn exec_source(
        &mut self,
        source: &mut dyn crate::source::Source,
        name: &str,
    ) -> Result<(), Error> {
        self.scoped(|cx| {
            let function = cx.vm.compile_source(source, name.as_bytes(), snakelet_vm::Input::File);
            cx.run(function).map(drop)
        })
    }

    /// Runs a file of the host's file system, or of one that a script mounted, in `__main__`:
    /// Python source, or bytecode if its name ends in `.mpy`.
    ///
    /// # Errors
    /// As for [`Context::exec`]; `OSError` if it cannot be read.
    pub fn exec_file(&mut self, path: &str) -> Result<(), Error> {
        self.scoped(|cx| {
            let path = cx.vm.new_str(path.as_bytes());
            let function = path.and_then(|path| cx.vm.load_file(path));
            cx.run(function).map(drop)
        })
    }

    /// Runs a `.mpy` file that is part of the program in `__main__`. Its functions stay where they
    /// are, as `include_bytes!` puts them into flash; only names and constants take heap.
    ///
    /// # Errors
    /// As for [`Context::load_mpy`].
    pub fn load_mpy_static(&mut self, bytes: &'static [u8]) -> Result<(), Error> {
        self.scoped(|cx| {
            let function = cx.vm.load_mpy_static(bytes);
            cx.run(function).map(drop)
        })
    }

    /// Runs the bytes of a `.mpy` file in `__main__`.
    ///
    /// # Errors
    /// As for [`Context::exec`]; `ValueError` if they are no valid bytecode.
    pub fn load_mpy(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.scoped(|cx| {
            let function = cx.vm.load_mpy_bytes(bytes);
            cx.run(function).map(drop)
        })
    }

    /// Computes an expression in `__main__`.
    ///
    /// # Errors
    /// As for [`Context::exec`]; `TypeError` if the value does not convert to `T`.
    #[cfg(feature = "compiler")]
    pub fn eval<T: FromPython>(&mut self, source: &str) -> Result<T, Error> {
        self.scoped(|cx| {
            let text = source.as_bytes();
            let function = cx.vm.compile_text(text, b"<string>", snakelet_vm::Input::Eval);
            let value = cx.run(function)?;
            T::from_python(cx, value.into())
        })
    }

    /// Calls a function of `__main__`, a built-in one, or the object of a handle.
    ///
    /// # Errors
    /// As for [`Context::eval`]; `NameError`; [`Error::ForeignHandle`].
    pub fn call<T: FromPython>(
        &mut self,
        callee: impl Callee,
        args: impl Arguments,
    ) -> Result<T, Error> {
        self.scoped(|cx| {
            let function = callee.find(cx)?;
            let args: Locals = args.to_locals(cx)?;
            let result = cx.vm.call_with(function, args.as_slice());
            cx.vm.flush();
            let value = cx.check(result)?;
            T::from_python(cx, value.into())
        })
    }

    /// Imports a module; of a dotted name, gives the innermost one.
    ///
    /// # Errors
    /// As for [`Context::exec`]; `ImportError`.
    pub fn import<T: FromPython>(&mut self, name: &str) -> Result<T, Error> {
        self.scoped(|cx| {
            let module = cx.vm.import_module(name.as_bytes());
            cx.vm.flush();
            let module = cx.check(module)?;
            T::from_python(cx, module.into())
        })
    }

    /// The value of a variable of `__main__`, or of a built-in name.
    ///
    /// # Errors
    /// `NameError`; `TypeError` if the value does not convert to `T`.
    pub fn get<T: FromPython>(&mut self, name: &str) -> Result<T, Error> {
        self.scoped(|cx| {
            let value = cx.global(name)?;
            T::from_python(cx, value.into())
        })
    }

    /// Sets a variable of `__main__`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set(&mut self, name: &str, value: impl ToPython) -> Result<(), Error> {
        self.scoped(|cx| {
            let value = cx.made(&value)?;
            let main = cx.vm.main_dict();
            cx.store(main, name, value)
        })
    }

    /// Removes a variable of `__main__`; whether there was one. This takes no memory, so it can make room in a
    /// heap that is full.
    pub fn remove(&mut self, name: &str) -> bool {
        self.scoped(|cx| cx.vm.remove_global(name))
    }

    /// Calls `each` with the names of the variables of `__main__`. This takes no memory.
    pub fn names(&mut self, mut each: impl FnMut(&str)) {
        self.scoped(|cx| cx.vm.global_names(&mut each));
    }

    /// Puts a value in a dict under a name.
    pub(crate) fn store(&mut self, dict: Local, name: &str, value: Local) -> Result<(), Error> {
        let done = self
            .vm
            .intern(name.as_bytes())
            .and_then(|name| self.vm.dict_set_name(dict, name, value));
        self.check(done)
    }

    /// The value of a handle, converted.
    ///
    /// # Errors
    /// `TypeError` if it does not convert; [`Error::ForeignHandle`].
    #[cfg(feature = "alloc")]
    pub fn value<T: FromPython>(&mut self, handle: &Handle) -> Result<T, Error> {
        self.scoped(|cx| {
            let value = cx.local(handle)?;
            T::from_python(cx, value.into())
        })
    }
}
