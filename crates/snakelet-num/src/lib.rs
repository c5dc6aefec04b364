//! Numbers: big integers over limb slices, floats from and to text, Python's number formatting.
//!
//! Nothing here allocates: results go into slices or sinks that the caller hands over. Long
//! operations take a callback that is told the work done and may end them.
//!
//! - [`bigint`]: arithmetic on integers of any size
//! - [`float`](mod@float): correctly rounded parsing, shortest and exact printing of `f64` and `f32`, and some
//!   functions of floats
//! - [`spec`]: the format specifications of `str.format`; [`percent`]: the directives of `%`
//! - [`sink`]: where formatted text goes
//! - [`utf8`]: code points from and to the bytes of a `str`
#![no_std]
#![cfg_attr(
    not(feature = "bigint"),
    allow(dead_code, unreachable_pub, reason = "what is for larger integers")
)]

#[cfg(test)]
extern crate std;

pub mod bigint;
pub mod float;
pub mod percent;
mod scan;
pub mod sink;
pub mod spec;
pub mod utf8;
