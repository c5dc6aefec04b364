//! The native library modules of Snakelet that are no part of the interpreter itself: `array`, `cmath`,
//! `collections`, `math`, `random`, `struct` and `time`.
//!
//! They are written against the native interface that every other crate has, `snakelet_vm::native`, without unsafe
//! code. The crate `snakelet` adds [`MODULES`] to its interpreters with its feature `stdlib`.
#![no_std]
#![forbid(unsafe_code)]

mod array;
mod cmath;
mod collections;
mod math;
mod random;
mod structs;
mod time;

use snakelet_vm::native::NativeModule;

pub use array::ARRAY;
pub use cmath::CMATH;
pub use collections::COLLECTIONS;
pub use math::MATH;
pub use random::RANDOM;
pub use structs::STRUCT;
pub use time::TIME;

/// All modules of this crate.
pub static MODULES: &[&NativeModule] =
    &[&ARRAY, &CMATH, &COLLECTIONS, &MATH, &RANDOM, &STRUCT, &TIME];
