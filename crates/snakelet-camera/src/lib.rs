//! Cameras and images for scripts: the modules `csi`, `image` and `umalloc`, and `time.clock`.
//!
//! A host makes a [`Camera`] of its memory pools and sensors and gives it to an interpreter; scripts then take
//! frames and work on them. An image of a script is a small object: its pixels lie in a slot of the frame
//! buffer, in a block of a pool, or, where they are few, in the heap. What became invalid raises an
//! exception, and never shows the pixels of something else.
//!
//! | | |
//! |---|---|
//! | [`Camera`] | what an interpreter has of the host: pools and sensors |
//! | [`CSI`], [`IMAGE`], [`UMALLOC`] | the modules |
//! | [`CLOCK`] | `clock`, for the host to put into its module `time` |
//! | [`PoolReport`] | the figures of a pool, as `micropython.mem_info()` shows them |
//! | [`link`] | the protocol of OpenMV's tools |
//!
//! The crate stands on `snakelet-pool` and on the interface for native modules of `snakelet-vm`, without unsafe
//! code, allocator or `std`. The facade's feature `camera` joins it to the builder of interpreters.
//!
//! # How memory is given back
//!
//! The camera is the state of a native module, and an image has the data of an object, both exclusive: to
//! change or to release them takes the interpreter exclusively, so that no leaf and no buffer can refer to
//! pixels meanwhile. The compiler checks that; no borrows are counted. The collector drops the data of an image
//! that died in its sweep: a block goes back to its pool there, and a frame is disowned, and given back when the
//! sensor's next frame is asked for.
#![no_std]
#![warn(missing_debug_implementations)]
#[cfg(any(feature = "testing", test))]
extern crate std;

mod args;
mod camera;
mod clock;
mod csi;
mod formats;
mod image;
pub mod link;
mod preview;
mod report;
mod text;
mod umalloc;

pub use camera::{Camera, FrameMemory, MOST_SENSORS, SensorError};
pub use clock::CLOCK;
pub use csi::CSI_MODULE as CSI;
pub use image::IMAGE_MODULE as IMAGE;
pub use report::PoolReport;
pub use umalloc::UMALLOC;

/// The programs in the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/camera.md")]
struct Guide;
