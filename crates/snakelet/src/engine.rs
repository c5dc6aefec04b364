//! The one place where the lifetime of what the host lends is given up for the interpreter's, and
//! kept by hand: memory, services and functions outlive the [`Engine`], which cannot outlive `'m`.

#![allow(unsafe_code)] // lifetimes that the interpreter's types do not carry

use core::marker::PhantomData;
use core::mem::MaybeUninit;
#[cfg(feature = "alloc")]
use core::mem::transmute;
use core::ptr::NonNull;

#[cfg(feature = "alloc")]
use snakelet_vm::CacheTable;
use snakelet_vm::host::{
    Clock, CompileMemory, Console, Entropy, Environment, FileSystem, Interrupt,
};
use snakelet_vm::{Config, Hosts, Vm};

use crate::Error;
use crate::context::Context;
use crate::machine_stack::MachineStack;
#[cfg(feature = "alloc")]
use crate::native::{Callable, Host};

/// What is borrowed exclusively for `'m`. It is kept as an address, since the builder may own it as well: a reference
/// in a value that a function was given must not become invalid before the function returns, not even when it drops the value.
pub(crate) struct Lent<'m, T: ?Sized>(NonNull<T>, PhantomData<&'m mut T>);

// SAFETY: it stands for an exclusive reference.
unsafe impl<T: ?Sized + Send> Send for Lent<'_, T> {}

impl<'m, T: ?Sized> Lent<'m, T> {
    pub(crate) fn new(lent: &'m mut T) -> Self {
        Lent(NonNull::from(lent), PhantomData)
    }
}

impl Lent<'_, [MaybeUninit<u8>]> {
    /// The addresses of the memory.
    #[cfg(feature = "camera")]
    pub(crate) fn range(&self) -> core::ops::Range<usize> {
        let start = self.0.cast::<u8>().addr().get();
        start..start + self.0.len()
    }
}

/// What a builder was given.
#[derive(Default)]
pub(crate) struct Services<'m> {
    pub(crate) console: Option<Lent<'m, dyn Console + 'm>>,
    pub(crate) clock: Option<Lent<'m, dyn Clock + 'm>>,
    pub(crate) files: Option<Lent<'m, dyn FileSystem + 'm>>,
    pub(crate) environment: Option<Lent<'m, dyn Environment + 'm>>,
    pub(crate) entropy: Option<Lent<'m, dyn Entropy + 'm>>,
    pub(crate) interrupt: Option<Lent<'m, dyn Interrupt + 'm>>,
    pub(crate) compile_memory: Option<&'static dyn CompileMemory>,
}

/// Lengthens the lifetime of a service.
macro_rules! lengthen {
    ($service:expr, $kind:ident) => {
        $service.map(|service| {
            // SAFETY: it is borrowed for `'m`, and nobody else uses it; the interpreter that does is dropped, or
            // forgotten and never used again, before `'m` ends: it is only reached through `Engine<'m>`.
            unsafe {
                let lent: *mut (dyn $kind + 'm) = service.0.as_ptr();
                &mut *core::mem::transmute::<*mut (dyn $kind + 'm), *mut (dyn $kind + 'static)>(lent)
            }
        })
    };
}

/// Makes an interpreter without this crate's safe interface, as [`Vm::new`] does. With the feature `stdlib` and an
/// empty [`Config::library`] it has the modules of `snakelet-stdlib`.
///
/// The interpreter loop is compiled with the crate that calls `Vm::new`. Through this function that
/// is this one, so that a program can have it built for speed and all the rest for size; see
/// `docs/size.md`.
///
/// # Safety
/// As for [`Vm::new`].
#[inline(never)]
pub unsafe fn new_vm(memory: NonNull<[MaybeUninit<u8>]>, config: Config) -> Option<Vm> {
    #[cfg(feature = "library")]
    let config = match config.library {
        #[cfg(feature = "machine")]
        [] => Config { library: &crate::machine::LIBRARY, ..config },
        #[cfg(not(feature = "machine"))]
        [] => Config { library: snakelet_stdlib::MODULES, ..config },
        _ => config,
    };
    #[cfg(feature = "frozen")]
    let config = match config.frozen_library {
        [] => Config { frozen_library: snakelet_stdlib::FROZEN, ..config },
        _ => config,
    };
    // SAFETY: contract of this function.
    unsafe { Vm::new(memory, config) }
}

/// An interpreter, with what it borrows.
pub(crate) struct Engine<'m> {
    /// Elsewhere if that is possible, so that an interpreter is cheap to move.
    #[cfg(feature = "alloc")]
    vm: alloc::boxed::Box<Vm>,
    #[cfg(not(feature = "alloc"))]
    vm: Vm,
    #[cfg(feature = "alloc")]
    host: NonNull<Host>,
    /// The memory of the interpreter's caches.
    #[cfg(feature = "alloc")]
    caches: NonNull<[u128]>,
    #[cfg(feature = "std")]
    desktop: Option<NonNull<crate::desktop::Desktop>>,
    machine_stack: MachineStack,
    /// What it owns instead of borrowing it. It is dropped after `vm`, which refers to it: fields are dropped in order.
    #[cfg(feature = "alloc")]
    #[expect(dead_code, reason = "it is kept until the interpreter is dropped")]
    owned: crate::owned::Owned,
    /// Invariant in `'m`: what is lent for it must not be taken for something shorter or longer.
    lent: PhantomData<&'m mut &'m ()>,
}

// SAFETY: the interpreter, the services (a supertrait of each) and the functions (a bound of
// `Callable`) are `Send`, and the pointers refer to what the engine alone owns.
unsafe impl Send for Engine<'_> {}

impl<'m> Engine<'m> {
    /// Makes an interpreter in the first region; false of it if the memory is too small.
    pub(crate) fn new(
        memory: Lent<'m, [MaybeUninit<u8>]>,
        services: Services<'m>,
        #[cfg(feature = "std")] desktop: bool,
        machine_stack: Option<usize>,
        config: Config,
        #[cfg(feature = "alloc")] owned: crate::owned::Owned,
    ) -> Option<Self> {
        #[cfg_attr(not(feature = "std"), expect(unused_mut, reason = "for the desktop"))]
        let mut hosts = Hosts {
            console: lengthen!(services.console, Console),
            clock: lengthen!(services.clock, Clock),
            files: lengthen!(services.files, FileSystem),
            environment: lengthen!(services.environment, Environment),
            entropy: lengthen!(services.entropy, Entropy),
            interrupt: lengthen!(services.interrupt, Interrupt),
            compile_memory: services.compile_memory,
        };
        #[cfg(feature = "std")]
        let desktop = desktop.then(|| {
            let desktop = NonNull::from(std::boxed::Box::leak(std::boxed::Box::default()));
            // SAFETY: owned by the engine, which drops it after the interpreter's last use; the
            // services are different fields.
            unsafe { crate::desktop::Desktop::lend(desktop, &mut hosts) };
            desktop
        });
        // zeroed memory of the allocator's, which does not pass through the machine's stack
        #[cfg(feature = "alloc")]
        let caches = {
            let words = size_of::<CacheTable>().div_ceil(size_of::<u128>());
            NonNull::from(alloc::boxed::Box::leak(alloc::vec![0u128; words].into_boxed_slice()))
        };
        #[cfg(feature = "alloc")]
        let config = Config { caches: Some(caches.cast::<CacheTable>()), ..config };
        // SAFETY: the memory is borrowed for `'m` and handed to this interpreter alone; so are the
        // services. The caches are zeros, owned by the engine.
        let vm = unsafe { new_vm(memory.0, Config { hosts, ..config }) };
        #[cfg(feature = "alloc")]
        let host = NonNull::from(alloc::boxed::Box::leak(alloc::boxed::Box::new(Host::new())));
        let Some(vm) = vm else {
            #[cfg(feature = "alloc")]
            // SAFETY: both made above; the interpreter that would have used them does not exist.
            unsafe {
                drop(alloc::boxed::Box::from_raw(host.as_ptr()));
                drop(alloc::boxed::Box::from_raw(caches.as_ptr()));
            }
            #[cfg(feature = "std")]
            if let Some(desktop) = desktop {
                // SAFETY: made above; the interpreter that would have used it does not exist.
                drop(unsafe { std::boxed::Box::from_raw(desktop.as_ptr()) });
            }
            return None;
        };
        #[cfg_attr(not(feature = "alloc"), expect(unused_mut, reason = "for the functions"))]
        let mut engine = Self {
            #[cfg(feature = "alloc")]
            vm: alloc::boxed::Box::new(vm),
            #[cfg(not(feature = "alloc"))]
            vm,
            #[cfg(feature = "alloc")]
            host,
            #[cfg(feature = "alloc")]
            caches,
            #[cfg(feature = "std")]
            desktop,
            machine_stack: MachineStack::new(machine_stack),
            #[cfg(feature = "alloc")]
            owned,
            lent: PhantomData,
        };
        #[cfg(feature = "alloc")]
        // SAFETY: the table lives until the engine is dropped, and is only shared until then.
        unsafe {
            engine.vm.set_host_functions(host);
        }
        Some(engine)
    }

    /// Adds a region to the heap; false if there are too many or it is too small.
    pub(crate) fn add_region(&mut self, memory: &'m mut [MaybeUninit<u8>]) -> bool {
        // SAFETY: borrowed for `'m` and handed to this interpreter alone.
        unsafe { self.vm.add_region(NonNull::from(memory)) }
    }

    /// Adds a function; its number in the table.
    ///
    /// # Errors
    /// `ValueError` if its parameters are named wrongly.
    #[cfg(feature = "alloc")]
    pub(crate) fn add_function(
        &mut self,
        name: &str,
        function: alloc::boxed::Box<dyn Callable + 'm>,
    ) -> Result<usize, Error> {
        if let Some(fault) = function.fault() {
            return Err(crate::Exception::new("ValueError", fault).into());
        }
        // SAFETY: the function is called by this interpreter alone, and dropped with the engine,
        // before `'m` ends.
        let function = unsafe {
            transmute::<alloc::boxed::Box<dyn Callable + 'm>, alloc::boxed::Box<dyn Callable>>(
                function,
            )
        };
        Ok(self.host().add(name, function))
    }

    /// Makes the interpreter as it was built.
    pub(crate) fn reset(&mut self) -> Result<(), Error> {
        self.vm.host_call(Vm::reset).map_err(|_| Error::Memory)?;
        #[cfg(feature = "alloc")]
        // SAFETY: the table is the engine's, which is borrowed exclusively: no function in it runs, and no
        // context refers to it. The interpreter has no object left that names one of its functions.
        unsafe {
            *self.host.as_mut() = Host::new();
        }
        Ok(())
    }

    /// The table of functions and classes.
    #[cfg(feature = "alloc")]
    pub(crate) fn host(&self) -> &Host {
        // SAFETY: owned by the engine, and only shared.
        unsafe { self.host.as_ref() }
    }

    /// Lends the interpreter out.
    pub(crate) fn context(&mut self) -> Context<'_> {
        #[cfg(feature = "alloc")]
        // SAFETY: owned by the engine, and only shared; the borrow of the engine lasts as long.
        let host = unsafe { self.host.as_ref() };
        Context::new(
            &mut self.vm,
            #[cfg(feature = "alloc")]
            host,
        )
    }

    /// Makes ready for a call of the host: tells the interpreter how far the machine's stack reaches here, and
    /// takes back what was under way if code of the host has panicked in it.
    pub(crate) fn enter(&mut self) -> &mut Vm {
        let left = self.machine_stack.left();
        self.vm.limit_machine_stack(left);
        self.vm.recover();
        &mut self.vm
    }

    pub(crate) fn vm(&self) -> &Vm {
        &self.vm
    }
    pub(crate) fn vm_mut(&mut self) -> &mut Vm {
        &mut self.vm
    }
}

impl Drop for Engine<'_> {
    fn drop(&mut self) {
        #[cfg(feature = "std")]
        if let Some(desktop) = self.desktop {
            // SAFETY: made in `new`; the interpreter does not use it any more: when it is dropped it only
            // drops the Rust data of its objects.
            drop(unsafe { std::boxed::Box::from_raw(desktop.as_ptr()) });
        }
        #[cfg(feature = "alloc")]
        // SAFETY: both made in `new`; the interpreter does not use them any more: when it is dropped it only
        // drops the Rust data of its objects.
        unsafe {
            drop(alloc::boxed::Box::from_raw(self.host.as_ptr()));
            drop(alloc::boxed::Box::from_raw(self.caches.as_ptr()));
        }
    }
}
