//! Memory pools with attributes, placement by need, and frame buffers that an interrupt fills.
#![no_std]
#[cfg(any(feature = "std", test))]
extern crate std;
