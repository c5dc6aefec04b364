//! The interpreter as the host holds it.

use core::mem::MaybeUninit;
use core::time::Duration;
use snakelet_vm::Heap;

use snakelet_vm::{TimeSource, Usage};

use crate::engine::Engine;
#[cfg(feature = "alloc")]
use crate::native::{self, Class, Function, Returned};
use crate::{Arguments, Builder, Callee, Context, Error, FromPython, ToPython};
#[cfg(feature = "alloc")]
use crate::{FromArguments, Handle};

/// A Python interpreter in memory that the host lends for `'m`.
///
/// It may be sent to another thread. Dropping it gives the memory back at once: values in it are
/// not finalised, functions of the host are dropped.
///
/// If a function or a service of the host panics and the panic is caught, the script that called it is
/// given up, without `except` or `finally`, and the interpreter is usable.
pub struct Interpreter<'m> {
    engine: Engine<'m>,
}

/// How the memory of an interpreter is used, in bytes.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// Size of the heap.
    pub total: usize,
    /// Objects, those included that the next collection frees.
    pub used: usize,
    /// The rest.
    pub free: usize,
    /// Most that a compilation took beside the heap.
    pub compile_peak: usize,
}

impl<'m> Interpreter<'m> {
    /// Begins to set an interpreter up in a region of memory.
    pub fn builder(memory: &'m mut [MaybeUninit<u8>]) -> Builder<'m> {
        Builder::new(memory)
    }

    pub(crate) fn new(engine: Engine<'m>) -> Self {
        Self { engine }
    }

    /// The interpreter as functions of the host are lent it.
    pub fn context(&mut self) -> Context<'_> {
        self.vm();
        self.engine.context()
    }

    /// The virtual machine, ready for a call of the host.
    pub(crate) fn vm(&mut self) -> &mut snakelet_vm::Vm {
        self.engine.enter()
    }

    pub(crate) fn vm_ref(&self) -> &snakelet_vm::Vm {
        self.engine.vm()
    }

    /// Enters the interpreter to read or write, which takes no fuel; nothing of the call is left behind when it is
    /// left.
    pub(crate) fn enter<T>(&mut self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.vm();
        self.engine.context().access(work)
    }

    /// Enters the interpreter to run scripts, and counts what is used from nothing.
    fn measure<T>(&mut self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.vm();
        self.engine.vm_mut().begin_usage();
        self.engine.context().scoped(work)
    }

    /// Runs statements in `__main__`.
    ///
    /// # Errors
    /// [`Error::Exception`] or [`Error::Stopped`].
    #[cfg(feature = "compiler")]
    pub fn exec(&mut self, source: &str) -> Result<(), Error> {
        self.measure(|cx| cx.exec(source))
    }

    /// Runs statements in `__main__`; `name` is what tracebacks call the text. Text that is not
    /// UTF-8 is a `UnicodeError`.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`].
    #[cfg(feature = "compiler")]
    pub fn exec_named(&mut self, source: &[u8], name: &str) -> Result<(), Error> {
        self.measure(|cx| cx.exec_named(source, name))
    }

    /// Runs statements from any source, which is read as it is compiled, in `__main__`.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`].
    #[cfg(feature = "compiler")]
    pub fn exec_source(
        &mut self,
        source: &mut dyn crate::source::Source,
        name: &str,
    ) -> Result<(), Error> {
        self.measure(|cx| cx.exec_source(source, name))
    }

    /// Runs a file of the host's file system in `__main__`: Python source, or bytecode if its name
    /// ends in `.mpy`.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`]; `OSError` if it cannot be read.
    pub fn exec_file(&mut self, path: &str) -> Result<(), Error> {
        self.measure(|cx| cx.exec_file(path))
    }

    /// Runs a `.mpy` file that is part of the program in `__main__`. Its functions stay where they
    /// are, as `include_bytes!` puts them into flash; only names and constants take heap.
    ///
    /// # Errors
    /// As for [`Interpreter::load_mpy`].
    pub fn load_mpy_static(&mut self, bytes: &'static [u8]) -> Result<(), Error> {
        self.measure(|cx| cx.load_mpy_static(bytes))
    }

    /// Runs the bytes of a `.mpy` file in `__main__`.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`]; `ValueError` if they are no valid bytecode.
    pub fn load_mpy(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.measure(|cx| cx.load_mpy(bytes))
    }

    /// Computes an expression in `__main__`.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`]; `TypeError` if the value does not convert to `T`.
    #[cfg(feature = "compiler")]
    pub fn eval<T: FromPython>(&mut self, source: &str) -> Result<T, Error> {
        self.measure(|cx| cx.eval(source))
    }

    /// Calls a function of `__main__`, a built-in one, or the object of a handle.
    ///
    /// # Errors
    /// As for [`Interpreter::eval`]; `NameError`; [`Error::ForeignHandle`].
    pub fn call<T: FromPython>(
        &mut self,
        callee: impl Callee,
        args: impl Arguments,
    ) -> Result<T, Error> {
        self.measure(|cx| cx.call(callee, args))
    }

    /// Imports a module; of a dotted name, gives the innermost one.
    ///
    /// # Errors
    /// As for [`Interpreter::exec`]; `ImportError`.
    pub fn import<T: FromPython>(&mut self, name: &str) -> Result<T, Error> {
        self.measure(|cx| cx.import(name))
    }

    /// The value of a variable of `__main__`, or of a built-in name.
    ///
    /// # Errors
    /// `NameError`; `TypeError` if the value does not convert to `T`.
    pub fn get<T: FromPython>(&mut self, name: &str) -> Result<T, Error> {
        self.enter(|cx| cx.get(name))
    }

    /// Sets a variable of `__main__`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set(&mut self, name: &str, value: impl ToPython) -> Result<(), Error> {
        self.enter(|cx| cx.set(name, value))
    }

    /// Removes a variable of `__main__`; whether there was one. This takes no memory, so it can make room in a
    /// heap that is full.
    pub fn remove(&mut self, name: &str) -> bool {
        self.enter(|cx| cx.remove(name))
    }

    /// Calls `each` with the names of the variables of `__main__`. This takes no memory.
    pub fn names(&mut self, each: impl FnMut(&str)) {
        self.enter(|cx| cx.names(each));
    }

    /// Makes a Rust function a variable of `__main__`.
    ///
    /// What it may take, [`Argument`](crate::Argument) tells; what it may return, [`Returned`]: what converts to
    /// Python, or a `Result`, whose error is raised. If its first parameter is a `&mut Context`, it is lent the interpreter, and
    /// may call Python; the others are then values that convert. [`signature`](crate::signature) gives parameters names and
    /// defaults, [`Rest`](crate::Rest) and [`Kwargs`](crate::Kwargs) take any number of arguments.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::{Context, Error, Handle, Interpreter};
    /// # fn main() -> Result<(), Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.register("shout", |text: &str| text.to_uppercase())?;
    /// python.register("twice", |cx: &mut Context, f: Handle, x: i64| -> Result<i64, Error> {
    ///     let once: i64 = cx.call(&f, (x,))?;
    ///     cx.call(&f, (once,))
    /// })?;
    /// assert_eq!(python.eval::<String>("shout('hi')")?, "HI");
    /// assert_eq!(python.eval::<i64>("twice(lambda x: x * 10, 7)")?, 700);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `MemoryError`; `ValueError` if parameters are named wrongly.
    #[cfg(feature = "alloc")]
    pub fn register<P: 'm>(
        &mut self,
        name: &str,
        function: impl Function<P> + 'm,
    ) -> Result<(), Error> {
        self.add_function(None, name, native::typed(function))
    }

    /// Makes a Rust function a part of a module.
    ///
    /// A built-in module, and one of the host's in flash, is extended: the function is there beside what was there before, or in
    /// place of what had its name. Otherwise a module is made if there is none of that name.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::Interpreter;
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.register_in("math", "double", |x: f64| x * 2.0)?;
    /// python.register_in("robot", "distance", || 12)?;
    /// python.exec("import math, robot\nx = math.double(math.floor(2.5)) + robot.distance()")?;
    /// assert_eq!(python.get::<f64>("x")?, 16.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Interpreter::register`]; `TypeError` if `sys.modules` has no module of that name but something else.
    #[cfg(feature = "alloc")]
    pub fn register_in<P: 'm>(
        &mut self,
        module: &str,
        name: &str,
        function: impl Function<P> + 'm,
    ) -> Result<(), Error> {
        self.add_function(Some(module), name, native::typed(function))
    }

    /// Makes a class whose objects hold a Rust value of type `T` a variable of `__main__`; a handle of the class.
    ///
    /// The value of an object is dropped when the object is collected, or with the interpreter; no Python code runs then. It
    /// lies in the interpreter's memory. Scripts may derive from the class.
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use snakelet::Interpreter;
    /// # fn main() -> Result<(), snakelet::Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// struct Motor {
    ///     speed: i32,
    ///     turns: i32,
    /// }
    ///
    /// impl Motor {
    ///     fn new(speed: i32) -> Self {
    ///         Motor { speed, turns: 0 }
    ///     }
    ///     fn run(&mut self, seconds: i32) -> i32 {
    ///         self.turns += self.speed * seconds;
    ///         self.turns
    ///     }
    ///     fn speed(&self) -> i32 {
    ///         self.speed
    ///     }
    ///     fn set_speed(&mut self, speed: i32) -> Result<(), &'static str> {
    ///         if speed > 100 {
    ///             return Err("too fast");
    ///         }
    ///         self.speed = speed;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// python.class::<Motor>("Motor", |c| {
    ///     c.init(Motor::new)
    ///         .method("run", Motor::run)
    ///         .property("speed", Motor::speed, Motor::set_speed)
    ///         .constant("MAX", 100)
    /// })?;
    /// python.exec("m = Motor(10)\nm.speed = Motor.MAX\nturns = m.run(3)")?;
    /// assert_eq!(python.get::<i32>("turns")?, 300);
    /// assert_eq!(python.exec("m.speed = 101").unwrap_err().to_string(), "RuntimeError: too fast");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `MemoryError`; `ValueError` if the type has a class in this interpreter already, or parameters are named wrongly.
    #[cfg(feature = "alloc")]
    pub fn class<T: Send + 'static>(
        &mut self,
        name: &str,
        describe: impl FnOnce(Class<'m, T>) -> Class<'m, T>,
    ) -> Result<Handle, Error> {
        let class = native::make_class(&mut self.engine, name, describe(Class::new()))?;
        self.set(name, &class)?;
        Ok(class)
    }

    /// The same as a part of a module, as by [`register_in`](Interpreter::register_in).
    ///
    /// # Errors
    /// As for [`Interpreter::class`] and [`Interpreter::register_in`].
    #[cfg(feature = "alloc")]
    pub fn class_in<T: Send + 'static>(
        &mut self,
        module: &str,
        name: &str,
        describe: impl FnOnce(Class<'m, T>) -> Class<'m, T>,
    ) -> Result<Handle, Error> {
        let class = native::make_class(&mut self.engine, name, describe(Class::new()))?;
        self.set_in(module, name, &class)?;
        Ok(class)
    }

    /// Sets a variable of a module, as [`register_in`](Interpreter::register_in) does.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if `sys.modules` has no module of that name but something else.
    pub fn set_in(&mut self, module: &str, name: &str, value: impl ToPython) -> Result<(), Error> {
        self.enter(|cx| {
            let value = cx.made(&value)?;
            let vm = cx.vm();
            let done = vm
                .intern(name.as_bytes())
                .and_then(|name| vm.set_in_module(module.as_bytes(), name, value));
            cx.check(done)
        })
    }

    /// Makes a Rust function that calls into Python a variable of `__main__`: it is lent the
    /// interpreter and takes its parameters as a tuple. ([`register`](Interpreter::register) takes such a function with
    /// separate parameters.)
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg(feature = "alloc")]
    pub fn register_with<P: FromArguments + 'm, R: Returned + 'm>(
        &mut self,
        name: &str,
        function: impl Fn(&mut Context<'_>, P) -> R + Send + 'm,
    ) -> Result<(), Error> {
        self.add_function(None, name, native::with_context(function))
    }

    /// Makes a Rust function whose result comes later a variable of `__main__`: an `async fn`, or another one that returns a
    /// future. Who runs the script drives it by [`Run::drive`](crate::Run::drive), and with it the futures of its calls.
    ///
    /// To a script it is a function like others: the script stands still until the result is there, and the host does other
    /// things. In a task of `asyncio` the call gives something to `await`, and other tasks go on meanwhile. Where nothing can
    /// wait - the script runs by [`exec`](Interpreter::exec), or a built-in function stands between - it is `RuntimeError`.
    ///
    /// What a call waits for is dropped when the [`Drive`](crate::Drive) is.
    ///
    /// ```
    /// # use snakelet::{Error, Interpreter};
    /// # async fn example() -> Result<(), Error> {
    /// let mut python = Interpreter::owned(64 << 10).build()?;
    /// python.register_async("read", |channel: i64| async move {
    ///     // a sensor, a socket, a timer
    ///     channel * 10
    /// })?;
    /// python.start("x = read(1) + read(2)")?.drive(1000).await?;
    /// assert_eq!(python.get::<i64>("x")?, 30);
    /// # Ok(())
    /// # }
    /// # let mut future = std::pin::pin!(example());
    /// # let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    /// # while future.as_mut().poll(&mut task).map(Result::unwrap).is_pending() {}
    /// ```
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg(feature = "alloc")]
    pub fn register_async<P: 'm>(
        &mut self,
        name: &str,
        function: impl native::AsyncFunction<P> + 'm,
    ) -> Result<(), Error> {
        self.add_function(None, name, native::future::later(function))
    }

    /// The same as a part of a module, as by [`register_in`](Interpreter::register_in).
    ///
    /// # Errors
    /// As for [`Interpreter::register_in`].
    #[cfg(feature = "alloc")]
    pub fn register_async_in<P: 'm>(
        &mut self,
        module: &str,
        name: &str,
        function: impl native::AsyncFunction<P> + 'm,
    ) -> Result<(), Error> {
        self.add_function(Some(module), name, native::future::later(function))
    }

    #[cfg(feature = "alloc")]
    fn add_function(
        &mut self,
        module: Option<&str>,
        name: &str,
        function: alloc::boxed::Box<dyn native::Callable + 'm>,
    ) -> Result<(), Error> {
        let number = self.engine.add_function(name, function)?;
        self.add(module, name, |vm, name| vm.new_host_function(name, number))
    }

    /// Makes a function that the host answers between two steps of a [`Run`](crate::Run) a variable
    /// of `__main__`: a call of it gives [`Step::Pending`](crate::Step::Pending).
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn register_pending(&mut self, name: &str) -> Result<(), Error> {
        self.add(None, name, snakelet_vm::Vm::new_pending_function)
    }

    /// The same as a part of a module, as by `register_in`.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if `sys.modules` has no module of that name but something else.
    pub fn register_pending_in(&mut self, module: &str, name: &str) -> Result<(), Error> {
        self.add(Some(module), name, snakelet_vm::Vm::new_pending_function)
    }

    /// Makes a function a part of a module, or of `__main__`.
    fn add(
        &mut self,
        module: Option<&str>,
        name: &str,
        make: impl FnOnce(&mut snakelet_vm::Vm, snakelet_vm::Qstr) -> snakelet_vm::Res,
    ) -> Result<(), Error> {
        self.enter(|cx| {
            cx.scoped(|cx| {
                let vm = cx.vm();
                let made = vm.intern(name.as_bytes()).and_then(|name| {
                    let function = make(vm, name)?;
                    match module {
                        Some(module) => vm.set_in_module(module.as_bytes(), name, function),
                        None => {
                            let dict = vm.main_dict();
                            vm.dict_set_name(dict, name, function)
                        }
                    }
                });
                cx.check(made)
            })
        })
    }

    /// Makes a function in flash, written against [`extend`](crate::extend), a variable of `__main__`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn register_static(
        &mut self,
        name: &str,
        function: &'static snakelet_vm::native::NativeFn,
    ) -> Result<(), Error> {
        self.enter(|cx| {
            cx.scoped(|cx| {
                let vm = cx.vm();
                let function = vm.push_function(function);
                let dict = vm.main_dict();
                cx.store(dict, name, function)
            })
        })
    }

    /// Sets `sys.argv`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_argv<T: AsRef<str>>(
        &mut self,
        argv: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        self.enter(|cx| {
            let done = cx.vm().set_argv(argv);
            cx.check(done)
        })
    }

    /// Sets `sys.path`, where imports are looked for.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn set_path<T: AsRef<str>>(
        &mut self,
        path: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        self.enter(|cx| {
            let done = cx.vm().set_path(path);
            cx.check(done)
        })
    }

    /// Gives a native module the state that it keeps in this interpreter, before a script imports it: what the host
    /// has for it, such as a device. It takes the place of a state of the same type, and is dropped with the
    /// interpreter or by `reset`. Leaves find it by its type.
    ///
    /// # Errors
    /// `MemoryError`; `TypeError` if it is not described rightly.
    pub fn set_state<T: snakelet_vm::native::NativeData>(&mut self, state: T) -> Result<(), Error> {
        self.enter(|cx| {
            let done = cx.vm().set_module_state(state);
            cx.check(done)
        })
    }

    /// Lends the host the state that a native module keeps, if its type is
    /// [exclusive](snakelet_vm::native::NativeData::EXCLUSIVE); `None` if it keeps none.
    pub fn with_state<T: snakelet_vm::native::NativeData, R>(
        &mut self,
        work: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        self.vm().module_state_mut().map(work)
    }

    /// Grants scripts so many steps from now on; `None` sets no limit.
    ///
    /// A step is an instruction, or work of a built-in function that takes about as long. When they
    /// are used up the script stops with [`Error::Stopped`]; neither `except` nor `finally` sees
    /// it.
    pub fn set_fuel(&mut self, steps: Option<u64>) {
        self.engine.vm_mut().set_fuel(steps);
    }

    /// The steps left, if they are limited.
    pub fn fuel(&self) -> Option<u64> {
        self.engine.vm().fuel()
    }

    /// Lets scripts run until `duration` has passed from now by `clock`, which tells the time since any fixed
    /// moment; each poll looks at it. A script that still runs then, or is called later, stops with
    /// [`Error::Deadline`]; neither `except` nor `finally` sees it. On a desktop system the clock is
    /// [`desktop::monotonic`](crate::desktop::monotonic).
    ///
    /// ```
    /// # use std::mem::MaybeUninit;
    /// # use std::time::Duration;
    /// # use snakelet::{Error, Interpreter, desktop};
    /// # fn main() -> Result<(), Error> {
    /// # let mut memory = [MaybeUninit::uninit(); 64 << 10];
    /// # let mut python = Interpreter::builder(&mut memory).build()?;
    /// python.set_deadline(desktop::monotonic, Duration::from_millis(20));
    /// let forever = "while True:\n    try:\n        while True: pass\n    except: pass";
    /// assert!(matches!(python.exec(forever), Err(Error::Deadline)));
    /// python.clear_deadline();
    /// python.exec("x = 1")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_deadline(&mut self, clock: TimeSource, duration: Duration) {
        self.engine.vm_mut().set_deadline(Some((clock, duration)));
    }

    /// Lets scripts run for as long as they like.
    pub fn clear_deadline(&mut self) {
        self.engine.vm_mut().set_deadline(None);
    }

    /// Lets scripts allocate so many bytes from now on, all objects taken together, those that were freed
    /// again too; `None` sets no limit. A script that would allocate more stops with
    /// [`Error::AllocationBudget`]; neither `except` nor `finally` sees it. Small objects may take up to 16 KiB
    /// beyond it.
    pub fn set_allocation_budget(&mut self, bytes: Option<u64>) {
        self.engine.vm_mut().set_allocation_budget(bytes);
    }

    /// The bytes that scripts may still allocate, if they are limited.
    pub fn allocation_budget(&self) -> Option<u64> {
        self.engine.vm().allocation_budget()
    }

    /// What was used since the last call of the interpreter that runs code began: [`exec`](Interpreter::exec),
    /// [`call`](Interpreter::call) and the like, or the steps of a [`Run`](crate::Run) together with what the host
    /// has called between them.
    pub fn usage(&self) -> Usage {
        self.engine.vm().usage()
    }

    /// Frees what no script and no handle refers to; the number of objects freed.
    pub fn collect(&mut self) -> usize {
        // the context gives up the values of dropped handles; all else that can be freed is counted here
        self.context().stepped(|cx| cx.vm().collect_undisturbed())
    }

    /// Gives up all that scripts have made, and all that was added to the interpreter since it was built:
    /// variables, modules, functions of the host, `sys.argv` and `sys.path`. It goes on in the same memory, with the
    /// same services and limits. Files that scripts have opened are closed; no code of a script runs. Handles are
    /// of no use any more.
    ///
    /// # Errors
    /// [`Error::Memory`] if what an interpreter begins with finds no place, which cannot be where it was built.
    pub fn reset(&mut self) -> Result<(), Error> {
        self.engine.enter();
        self.engine.reset()
    }

    /// How the memory is used.
    pub fn memory(&self) -> Memory {
        let vm = self.engine.vm();
        Memory {
            total: vm.heap_figure(Heap::total_bytes),
            used: vm.heap_figure(Heap::used_bytes),
            free: vm.heap_figure(Heap::free_bytes),
            compile_peak: vm.compile_peak(),
        }
    }

    /// Test switches: collects and moves at every allocation.
    #[doc(hidden)]
    pub fn set_stress(&mut self, on: bool) {
        self.engine.vm_mut().heap_mut().set_stress(on);
    }

    /// Test switches: lets an allocation fail, so many behind the next one; `None` lets none fail.
    #[doc(hidden)]
    pub fn fail_after(&mut self, allocations: Option<u64>) {
        self.engine.vm_mut().heap_mut().fail_after(allocations);
    }

    /// Test switches: whether an allocation is yet to fail.
    #[doc(hidden)]
    pub fn fails_later(&self) -> bool {
        self.engine.vm().heap_figure(Heap::fails_later)
    }

    /// Test switches: walks the heap and checks every invariant.
    #[doc(hidden)]
    pub fn is_sound(&mut self) -> bool {
        self.engine.vm_mut().check_heap().is_ok()
    }
}
