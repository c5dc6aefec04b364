//! The native library modules of Snakelet that are no part of the interpreter itself: `array`, `cmath`,
//! `collections`, `math`, `random`, `struct` and `time`.
//!
//! They are written against the native interface that every other crate has, `snakelet_vm::native`, without unsafe
//! code, each behind a feature of its name. The crate `snakelet` adds [`MODULES`] to its interpreters with its feature `stdlib`.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "array")]
mod array;
#[cfg(feature = "cmath")]
mod cmath;
#[cfg(feature = "collections")]
mod collections;
#[cfg(feature = "math")]
mod math;
#[cfg(feature = "random")]
mod random;
#[cfg(feature = "struct")]
mod structs;
#[cfg(feature = "time")]
mod time;

use snakelet_vm::native::NativeModule;

#[cfg(feature = "array")]
pub use array::ARRAY;
#[cfg(feature = "cmath")]
pub use cmath::CMATH;
#[cfg(feature = "collections")]
pub use collections::COLLECTIONS;
#[cfg(feature = "math")]
pub use math::MATH;
#[cfg(feature = "random")]
pub use random::RANDOM;
#[cfg(feature = "struct")]
pub use structs::STRUCT;
#[cfg(feature = "time")]
pub use time::TIME;

/// All modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    #[cfg(feature = "array")]
    &ARRAY,
    #[cfg(feature = "cmath")]
    &CMATH,
    #[cfg(feature = "collections")]
    &COLLECTIONS,
    #[cfg(feature = "math")]
    &MATH,
    #[cfg(feature = "random")]
    &RANDOM,
    #[cfg(feature = "struct")]
    &STRUCT,
    #[cfg(feature = "time")]
    &TIME,
];
