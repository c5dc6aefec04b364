//! Atomics and counted references: the core library's, or those of `portable-atomic` on targets that have no
//! compare-and-swap, such as a Cortex-M0. There they are critical sections, whose implementation the program
//! provides (`critical-section`), because two cores may share them.

#[cfg(target_has_atomic = "ptr")]
pub(crate) use alloc::sync::{Arc, Weak};
#[cfg(target_has_atomic = "ptr")]
pub(crate) use core::sync::atomic::AtomicBool;
pub(crate) use core::sync::atomic::Ordering;

#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic::AtomicBool;
#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic_util::{Arc, Weak};
