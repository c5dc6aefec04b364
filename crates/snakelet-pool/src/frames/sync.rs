//! The atomic types of this crate: the processor's own, or those of `portable-atomic` for targets
//! that have no compare-and-swap.

#[cfg(not(feature = "portable-atomic"))]
pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize};
#[cfg(feature = "portable-atomic")]
pub(crate) use portable_atomic::{AtomicPtr, AtomicU32, AtomicUsize};
