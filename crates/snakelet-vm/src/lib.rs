//! Values, objects and the bytecode interpreter of Snakelet.
//!
//! # Rooting
//!
//! A [`Value`] borrows the interpreter; whatever may allocate (and so collect, and so move or
//! free objects) takes the interpreter by mutable reference, so the compiler rejects code that
//! keeps a value over it. What must live longer is put in a [`Local`], a slot of the VM stack:
//!
//! ```compile_fail
//! fn wrong(vm: &mut snakelet_vm::Vm, text: snakelet_vm::Local) {
//!     let value = vm.value(text);
//!     let _ = vm.new_list_empty(); // may move what `value` refers to
//!     assert!(!value.is_none());
//! }
//! ```
//!
//! Native functions take and return locals; those that they make are released when they return.
#![no_std]
#![cfg_attr(
    not(feature = "full"),
    allow(
        dead_code,
        unused_imports,
        reason = "what is only used by a part that a feature leaves out"
    )
)]

#[cfg(feature = "compiler")]
extern crate alloc as heap_alloc;

mod boot;
mod builtins;
mod embed;
pub mod exception;
mod import;
pub mod modules;
pub mod native;
pub(crate) mod object;
pub(crate) mod protocol;
mod run;
#[cfg(feature = "io")]
mod stream;
#[cfg(not(feature = "io"))]
#[path = "stream/absent.rs"]
mod stream;
pub mod types;
mod vfs;
mod vm;

pub use snakelet_qstr::{Qstr, qstr};

pub use crate::embed::{ExceptionParts, NamesOf, TracePlace, static_name};
#[cfg(feature = "compiler")]
pub use crate::import::loader::Input;
pub use crate::modules::sys::COMPATIBLE;
#[cfg(feature = "addresses")]
pub use crate::native::address;
pub use crate::native::args::{Args, Param};
pub use crate::native::print;
pub use crate::object::Kind;
pub use crate::object::value::{SWord, Value, Word};
pub use crate::protocol::buffer;
pub use crate::run::step::Stepped;
pub use crate::vm::alloc::Detached;
pub use crate::vm::cache::CacheTable;
pub use crate::vm::fuel::POLL_INTERVAL;
pub use crate::vm::host::{self, Hosts};
pub use crate::vm::poll::{StopReason, TimeSource};
pub use crate::vm::raised::{Part, Raised, Res};
pub use crate::vm::stack::Local;
pub use crate::vm::trust::Trust;
pub use crate::vm::usage::Usage;
pub use crate::vm::{Config, FrozenModule, HostFunctions, Scope, Vm};
pub use snakelet_gc::Heap;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/extending.md")]
struct Extending;
