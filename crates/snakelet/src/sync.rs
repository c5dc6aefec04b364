//! Atomics and counted references: the core library's, or those of `portable-atomic` on targets that have no
//! compare-and-swap, such as a Cortex-M0. How these work is for the program to say by a feature, because only it
//! knows whether there is a second core: in critical sections (`critical-section`), or by masking interrupts.

#[cfg(target_has_atomic = "ptr")]
pub(crate) use alloc::sync::{Arc, Weak};
#[cfg(target_has_atomic = "ptr")]
pub(crate) use core::sync::atomic::AtomicBool;
pub(crate) use core::sync::atomic::Ordering;

#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic::AtomicBool;
#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use portable_atomic_util::{Arc, Weak};
