//! Memory pools with attributes, placement by need, and frame buffers that an interrupt fills.
//!
//! A camera has several kinds of memory: much that is slow, little that is fast, some that a DMA
//! controller or a neural accelerator cannot reach, some that is lent to it from time to time. This crate
//! says which buffer lies where, and hands frames from a sensor to those who look at them. It needs
//! no allocator and no operating system, and nothing of a Python interpreter.
//!
//! From the bottom up:
//!
//! | | |
//! |---|---|
//! | [`MemoryPool`] | the contract of a pool, which a host may implement over an allocator of its own |
//! | [`SegregatedPool`] | a pool over any region, with its records outside of the memory |
//! | [`Pools`] | a registry: what lies where, what must not be touched, and where a [`Request`] goes |
//! | [`Lease`] | memory that is given back when it is dropped, exactly once |
//! | [`Frames`] | slots that an interrupt handler fills and a script reads, without locks |
//! | [`FrameBuffer`] | the memory of one sensor's frames, and every change of their shape |
//! | [`Sensor`] | what a driver implements; [`SoftSensor`] and others need no hardware |
//! | [`StreamBuffer`] | the fixed region in which a viewer finds the last picture |
//!
//! ```
//! use snakelet_pool::{Attributes, Count, FrameBuffer, Frames, Pattern, PixelFormat, PoolConfig};
//! use snakelet_pool::{Pools, Request, SegregatedPool, Sensor, Shape, SingleThread, Slot, SoftSensor};
//!
//! // the memories of a small board, as its linker script would give them
//! let (mut dram, mut sram) = (vec![0; 1 << 20], vec![0; 64 << 10]);
//! let dram = SegregatedPool::new(&mut dram, PoolConfig::new("dram"), SingleThread::new())?;
//! let fast = PoolConfig::new("sram").attributes(Attributes::FAST);
//! let sram = SegregatedPool::new(&mut sram, fast, SingleThread::new())?;
//! let mut pools = Pools::new();
//! pools.add(&dram).map_err(|error| error.to_string())?;
//! pools.add(&sram).map_err(|error| error.to_string())?;
//!
//! // three frames in the largest memory, a line buffer in the fast one
//! let frames: Frames<'_, [Slot; 3]> = Frames::new();
//! let mut sensor = SoftSensor::new(Pattern::Checkers);
//! let mut camera = FrameBuffer::new(&frames).ok_or("the slots are in use")?;
//! let shape = Shape::new(PixelFormat::Rgb565, 320, 240);
//! let count = camera.configure(&pools, &mut sensor, &shape, Count::Auto);
//! assert_eq!(count.map_err(|error| error.to_string())?, 3);
//! let line = Request::new(640).want(Attributes::FAST);
//! let line = pools.place(&line).map_err(|error| error.to_string())?;
//! assert_eq!((camera.lease().unwrap().pool().name, line.pool().name), ("dram", "sram"));
//!
//! // frames come from an interrupt, or where the sensor is polled
//! sensor.poll();
//! let frame = camera.snapshot().ok_or("no frame")?;
//! assert_eq!(frame.bytes().len(), 153_600);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `critical-section` | [`Lock`] by a critical section, for several cores or threads of an RTOS |
//! | `portable-atomic` | for targets without compare-and-swap, such as `thumbv6m` |
//! | `std` | `std::sync::Mutex` as a lock; clocks and sensors of a desktop |
//! | `presets` | the memories of sixteen camera boards |
//! | `testing` | the model and the generator of this crate's tests, for fuzzing and benches |
//!
//! # Safety
//!
//! No sequence of safe calls corrupts memory, panics or hangs, whatever sensors do and whatever is
//! forgotten. Unsafe code is in the modules `block`, `lock`, `segregated`, `registry::lease`, `frames`,
//! `stream` and `framebuffer::view`, each block with the reason why it is sound.
#![no_std]
#![warn(missing_debug_implementations)]
#[cfg(any(feature = "std", test))]
extern crate std;

mod attributes;
mod block;
mod clock;
mod error;
mod format;
mod framebuffer;
pub mod frames;
mod lock;
mod pool;
#[cfg(feature = "presets")]
pub mod presets;
mod registry;
mod segregated;
mod sensor;
mod stats;
pub mod stream;
mod sync;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use attributes::{Attributes, Flags, Reach};
pub use block::{Block, BlockId, BlockInfo, BlockState};
pub use clock::Clock;
#[cfg(any(feature = "std", test))]
pub use clock::{SystemClock, VirtualClock};
pub use error::{AddError, LendError, NoRoom, NoRoomReason, PoolError, RemoveError};
pub use format::{Formats, PixelFormat, Shape, ShapeError, Window};
pub use framebuffer::{ConfigureError, Count, Frame, FrameBuffer, View, WaitError};
pub use frames::{
    Counters, Filling, FrameInfo, FrameMeta, FrameRef, Frames, Full, Mode, RawFilling, Slot,
};
#[cfg(feature = "critical-section")]
pub use lock::CriticalSection;
pub use lock::{Lock, SingleThread};
pub use pool::{MemoryPool, PoolInfo};
pub use registry::{Lease, MOST_KEEP_OUTS, MOST_POOLS, PoolId, Pools, Request};
pub use segregated::{Cache, PoolConfig, Record, SegregatedPool};
pub use sensor::{
    Checkers, Control, ControlValue, Pattern, Picture, Sensor, SensorError, SensorInfo, Setup,
    SoftSensor,
};
#[cfg(any(feature = "std", test))]
pub use sensor::{Fault, FaultySensor, ThreadSensor};
pub use stats::Stats;
pub use stream::{StreamBuffer, StreamData, StreamError, StreamHeader, StreamReader, StreamWriter};

/// The programs in the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/pools.md")]
struct Guide;
