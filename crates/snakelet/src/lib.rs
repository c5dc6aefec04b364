//! An embeddable MicroPython-compatible interpreter.
#![no_std]

#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "std")]
pub mod desktop;
#[cfg(feature = "compiler")]
pub mod region_alloc;

/// Reading program text.
#[cfg(feature = "compiler")]
pub mod source {
    pub use snakelet_compiler::{Source, SourceError, needs_more_input};
}

pub use snakelet_vm as vm;
pub use snakelet_vm::host;
