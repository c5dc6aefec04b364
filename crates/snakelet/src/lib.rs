//! An embeddable MicroPython-compatible interpreter.
//!
//! An [`Interpreter`] is a value that lives in memory which the host lends it; there may be as many
//! as the host likes, and they share nothing.
//!
//! ```
//! use std::mem::MaybeUninit;
//!
//! use snakelet::Interpreter;
//!
//! # fn main() -> Result<(), snakelet::Error> {
//! let mut memory = [MaybeUninit::uninit(); 64 << 10];
//! let mut python = Interpreter::builder(&mut memory).build()?;
//! python.register("clamp", |x: i64, low: i64, high: i64| x.max(low).min(high))?;
//! python.exec("def steer(angle): return clamp(angle * 2, -90, 90)")?;
//! let angle: i64 = python.call("steer", (70,))?;
//! assert_eq!(angle, 90);
//! let error = python.exec("steer('left')").unwrap_err();
//! assert_eq!(error.to_string(), "TypeError: can't convert str to int");
//! # Ok(())
//! # }
//! ```
//!
//! A type of the host becomes a class: see [`Interpreter::class`].
//!
//! # What the host decides
//!
//! - *Memory*: the heap and the interpreter's stack lie in the regions given to the [`Builder`];
//!   when they are full a script gets `MemoryError`, and the interpreter goes on working. The
//!   compiler's own memory comes from the global allocator, up to [`Builder::compile_budget`].
//! - *Time*: [`Interpreter::set_fuel`] limits the steps of a script, built-in functions included;
//!   the [`Interrupt`](host::Interrupt) hook can interrupt or stop it at any time. No script can
//!   catch or delay a stop.
//! - *The world*: console, clock, files, entropy are traits in [`host`]; without them a script can
//!   compute and call the host's functions, and nothing else.
//!
//! # Cargo features
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `compiler` | yes | runs source text; without it, bytecode in `.mpy` format |
//! | `alloc` | yes | functions and classes of the host, [`Handle`], errors with texts and traceback, [futures](Run::drive), [`Interpreter::owned`] |
//! | `std` | yes | the [`desktop`] system's services; brings `stdlib`, `scripting`, `filesystems`, `thread` and the four that follow it |
//! | `full` | yes | all parts that a program can do without, the nineteen that follow; `docs/size.md` says what each costs |
//! | `bigint` | yes | ints of more than 64 bits and a sign |
//! | `bytearray` | yes | `bytearray`, `memoryview`, the type of `array.array` |
//! | `compact` | yes | moves objects together where no free run of the heap is long enough |
//! | `complex` | yes | complex numbers |
//! | `deque` | yes | the type of `collections.deque` |
//! | `errno` | yes | the module, and names of error numbers in messages |
//! | `files` | yes | `open`, the types of files, the module `vfs`, files and directories in `os` |
//! | `float` | yes | `float`, and `/` |
//! | `gc` | yes | the module |
//! | `help` | yes | `help` |
//! | `io` | yes | streams in memory and of scripts, `sys.stdout` and the like |
//! | `match` | yes | the statement |
//! | `micropython` | yes | the module |
//! | `namedtuple` | yes | the function of `collections.namedtuple` |
//! | `names` | yes | optional names in the static table of interned strings |
//! | `os` | yes | the module |
//! | `sys` | yes | the module |
//! | `text` | yes | methods of `str` and `bytes` that few programs use |
//! | `verify` | yes | the verifier; without it `.mpy` files are loaded only where the host has promised that they are sound |
//! | `stdlib` | yes | the modules `array`, `cmath`, `collections`, `math`, `random`, `struct`, `time`, each a feature of its name |
//! | `scripting` | yes | the modules `asyncio`, `binascii`, `cryptolib`, `deflate`, `framebuf`, `hashlib`, `heapq`, `json`, `platform`, `re`, `select`, `uctypes`, `websocket`, each a feature of its name |
//! | `filesystems` | yes | `vfs.VfsFat`, `VfsLfs2` and `VfsRom`: the features `fat`, `littlefs` and `romfs` |
//! | `thread` | yes | the module `_thread`: threads that take turns |
//! | `cpython` | yes | what CPython has and MicroPython leaves out for its size, see `docs/language.md` |
//! | `environ` | yes | `os.environ` |
//! | `unicode-names` | yes | `\N{NAME}` in texts |
//! | `viper` | yes | the types of `@micropython.viper` in source text |
//! | `library`, `frozen` | yes | what library modules, and those of them in Python, bring along; of no use alone |
//! | `camera` | no | the modules `csi`, `image` and `umalloc`, and `Builder::pools` and `Builder::sensor` |
//! | `hashbrown` | no | maps and sets of the crate `hashbrown` convert, too |
//! | `f32` | no | on 32-bit targets: floats of single precision, which take no memory, instead of boxed doubles |
//! | `fpv5-d16` | no | on ARM: the floating-point unit of a Cortex-M7 with double precision computes square roots and rounds; does not compile where the target has none |
//! | `critical-section` | no | on targets without compare-and-swap, such as a Cortex-M0: what threads share is changed in critical sections, whose implementation the program provides |
//! | `machine` | no | hardware: the module `machine`, over a board of devices that the host gives to `Builder::board` |
//! | `listing` | no | bytecode listings, for the command line's `-v -v` |
//! | `fuzzing` | no | the checks that fuzz targets share with the tests; no part of the stable interface |
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod builder;
#[cfg(feature = "camera")]
mod camera;
mod context;
mod convert;
#[cfg(feature = "std")]
pub mod desktop;
#[cfg(feature = "alloc")]
mod drive;
mod engine;
mod error;
#[cfg(any(feature = "fuzzing", all(test, feature = "compiler")))]
pub mod fuzzing;
#[cfg(feature = "alloc")]
mod handle;
mod interpreter;
#[cfg(feature = "machine")]
mod machine;
mod machine_stack;
#[cfg(feature = "alloc")]
mod native;
#[cfg(feature = "alloc")]
mod owned;
#[cfg(feature = "compiler")]
pub mod region_alloc;
mod run;
#[cfg(feature = "alloc")]
mod sync;
#[cfg(all(feature = "asyncio", feature = "alloc"))]
mod tasks;

/// Reading program text.
#[cfg(feature = "compiler")]
pub mod source {
    pub use snakelet_compiler::{Source, SourceError, needs_more_input};
}

pub use builder::Builder;
pub use context::{Callee, Context};
pub use convert::{Arguments, FromArguments, FromPython, Place, ToPython};
#[cfg(feature = "alloc")]
pub use drive::Drive;
pub use engine::new_vm;
#[cfg(feature = "alloc")]
pub use error::Frame;
pub use error::{Error, Exception};
#[cfg(feature = "alloc")]
pub use handle::Handle;
pub use interpreter::{Interpreter, Memory};
#[cfg(feature = "alloc")]
pub use native::{
    Argument, AsyncFunction, Class, Function, Initializer, Kwargs, Method, Object, Ref, RefMut,
    Rest, Returned, Signature, This, signature,
};
pub use run::{PendingCall, Run, Step};
pub use snakelet_vm::{FrozenModule, TimeSource, Usage, host};
#[cfg(all(feature = "asyncio", feature = "alloc"))]
pub use tasks::Ticket;

/// What native modules and types of Rust are made of: see `docs/extending.md`. They depend on `snakelet-vm` alone, and are
/// added with [`Builder::modules`].
pub mod extend {
    pub use snakelet_vm::exception::classes;
    pub use snakelet_vm::native::{
        Constant, Contents, Data, Named, NativeData, NativeFn, NativeModule, NativeType, Param,
        TypeSlots, VARIADIC, full, leaf,
    };
    pub use snakelet_vm::{Raised, methods, name};
}

/// The example of the README, as a test.
#[cfg(all(doctest, feature = "std", feature = "compiler"))]
#[doc = include_str!("../../../README.md")]
mod readme {}

/// The example of the crate's own README, as a test.
#[cfg(all(doctest, feature = "std", feature = "compiler"))]
#[doc = include_str!("../README.md")]
mod crate_readme {}

/// The examples of `docs/embedding.md`, as tests.
#[cfg(all(doctest, feature = "std", feature = "compiler"))]
#[doc = include_str!("../../../docs/embedding.md")]
mod embedding {}
