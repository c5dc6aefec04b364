//! The atomic words: the core library's, or those of `portable-atomic` for targets that have no
//! compare-and-swap.

#[cfg(not(feature = "portable-atomic"))]
pub(crate) use core::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "portable-atomic")]
pub(crate) use portable_atomic::{AtomicBool, Ordering};
