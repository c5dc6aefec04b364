//! Big integers over limb slices, exact float parsing and printing.
#![no_std]

#[cfg(test)]
extern crate std;

pub mod bigint;
pub mod float;
pub mod sink;
