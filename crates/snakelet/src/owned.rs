//! Memory and services that an interpreter owns instead of borrowing them, so that it can be a field of a struct.

#![allow(unsafe_code)] // keeps by address what the interpreter refers to

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use snakelet_vm::host::{Clock, Console, Entropy, Environment, FileSystem, Interrupt};

use crate::{Builder, Interpreter};

/// Values that are dropped last, when nothing refers to them any more.
#[derive(Default)]
pub(crate) struct Owned(Vec<One>);

/// A value of a type that is not known any more.
struct One {
    place: NonNull<()>,
    drop: unsafe fn(NonNull<()>),
}

// SAFETY: the values are `Send` (a bound of `Owned::keep`), and only dropped through this.
unsafe impl Send for Owned {}

impl Owned {
    /// Keeps a value, and lends it.
    ///
    /// # Safety
    /// The reference is not used any more when this is dropped.
    unsafe fn keep<'m, T: Send + 'm>(&mut self, value: T) -> &'m mut T {
        /// Drops a value of type `T`.
        ///
        /// # Safety
        /// It was made by `keep` of this type, and is not used any more.
        unsafe fn drop_one<T>(place: NonNull<()>) {
            // SAFETY: the caller promises that this is the box that `keep` has given up.
            drop(unsafe { Box::from_raw(place.cast::<T>().as_ptr()) });
        }
        let mut place = NonNull::from(Box::leak(Box::new(value)));
        self.0.push(One { place: place.cast(), drop: drop_one::<T> });
        // SAFETY: it was just made, lies still until this is dropped, and only the caller has a reference to it,
        // which the caller does not use after that.
        unsafe { place.as_mut() }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        for one in &self.0 {
            // SAFETY: `keep` has noted the place with the function for its type; whoever had the reference has
            // promised not to use it any more.
            unsafe { (one.drop)(one.place) };
        }
    }
}

/// Methods that take a service by value, each beside the one that borrows it.
macro_rules! services {
    ($($(#[$doc:meta])* $name:ident: $service:ident = $kind:ident;)*) => {
        impl<'m> Builder<'m> {$(
            $(#[$doc])*
            pub fn $name(mut self, $service: impl $kind + 'm) -> Self {
                // SAFETY: the builder and the interpreter made by it drop what they own after all that
                // refers to it.
                let lent = unsafe { self.owned.keep($service) };
                self.$service(lent)
            }
        )*}
    };
}

services! {
    /// As [`console`](Builder::console), of a console that the interpreter owns.
    own_console: console = Console;
    /// As [`clock`](Builder::clock), of a clock that the interpreter owns.
    own_clock: clock = Clock;
    /// As [`files`](Builder::files), of a file system that the interpreter owns.
    own_files: files = FileSystem;
    /// As [`environment`](Builder::environment), of variables that the interpreter owns.
    own_environment: environment = Environment;
    /// As [`entropy`](Builder::entropy), of a source that the interpreter owns.
    own_entropy: entropy = Entropy;
    /// As [`interrupt`](Builder::interrupt), of a hook that the interpreter owns.
    own_interrupt: interrupt = Interrupt;
}

impl<'m> Interpreter<'m> {
    /// Begins to set an interpreter up in so many bytes of the global allocator's, which it owns. It borrows nothing
    /// then, and can be a field of a struct, or be sent to a thread or task that outlives the caller.
    ///
    /// ```
    /// use snakelet::{Error, Interpreter};
    ///
    /// struct Robot {
    ///     python: Interpreter<'static>,
    /// }
    ///
    /// impl Robot {
    ///     fn new() -> Result<Self, Error> {
    ///         Ok(Robot { python: Interpreter::owned(64 << 10).fuel(100_000).build()? })
    ///     }
    /// }
    ///
    /// let mut robot = Robot::new()?;
    /// assert_eq!(robot.python.eval::<i64>("6 * 7")?, 42);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn owned(bytes: usize) -> Builder<'m> {
        let mut memory = Vec::new();
        // what cannot be had is no memory, of which `build` complains
        if memory.try_reserve_exact(bytes).is_ok() {
            memory.resize(bytes, MaybeUninit::uninit());
        }
        let mut owned = Owned::default();
        // SAFETY: the builder and the interpreter made by it drop what they own after all that refers to it.
        let lent = unsafe { owned.keep(memory.into_boxed_slice()) };
        let mut builder = Builder::new(lent);
        builder.owned = owned;
        builder
    }
}
