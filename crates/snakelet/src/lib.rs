//! An embeddable MicroPython-compatible interpreter.
#![no_std]

#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "std")]
pub mod desktop;

pub use snakelet_vm as vm;
pub use snakelet_vm::host;
