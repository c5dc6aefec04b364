//! MicroPython's module `machine` over the traits of `embedded-hal`.
//!
//! A host makes a [`Board`] of the values of its HAL and gives it to an interpreter; scripts then have its pins, buses,
//! timers and so on by the names that MicroPython gives them.
//!
//! | | |
//! |---|---|
//! | [`Board`], [`Part`] | the table of devices, and an entry of it |
//! | [`hal`] | devices over `embedded-hal` and `embedded-io` |
//! | [`device`] | what devices do, for those that a HAL has beyond its traits |
//! | [`MACHINE`], [`ONEWIRE`] | the modules |
//!
//! The crate stands on the interface for native modules of `snakelet-vm`, without allocator or `std`. The facade's
//! feature `machine` joins it to the builder of interpreters.
//!
//! # What a device may do
//!
//! The board is the state of a native module that functions have exclusively. While a device works, nothing runs
//! Python code: neither callbacks of pins and timers, which wait for the next instruction of the script, nor a finaliser. So
//! no device is entered twice, and the bytes of a buffer that it is lent are its own meanwhile.
#![no_std]
#![warn(missing_debug_implementations)]
#[cfg(test)]
extern crate std;

mod board;
pub mod device;
pub mod hal;
mod module;
mod soft;

pub use board::{Board, Device, Id, Part};
pub use module::{MACHINE, ONEWIRE};

/// The programs in the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/machine.md")]
struct Guide;
