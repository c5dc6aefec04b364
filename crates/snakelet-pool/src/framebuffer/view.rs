//! The pixels of frames that are held.
#![expect(unsafe_code, reason = "frames lie in memory that is shared with a sensor, slot by slot")]

use core::cell::Cell;
use core::slice;

use super::FrameBuffer;
use crate::frames::{FrameInfo, FrameRef, Frames, Mode};
use crate::{Lease, Setup};

/// Gives a lease's memory to the slots, `capacity` bytes a frame. All slots are parked.
pub(super) fn publish<'m>(
    frames: &'m Frames<'m>,
    lease: &Lease<'m>,
    capacity: usize,
    stride: usize,
    count: u16,
    mode: Mode,
) {
    // SAFETY: the lease has `count * stride` bytes that live for 'm, of which each frame has `capacity`,
    // at most `stride`. The frame buffer keeps the lease until all slots are parked, or forgets it,
    // and until then it only looks at slots that are held.
    unsafe { frames.publish(lease.start(), stride, capacity, usize::from(count), mode) };
}

/// Drops what the processor's cache holds of a slot that is open.
pub(super) fn invalidate(lease: &Lease<'_>, stride: usize, frame: FrameRef) {
    let offset = usize::from(frame.slot()).wrapping_mul(stride);
    // SAFETY: the slot lies in the lease's memory, since it is open. It consists of whole lines: the
    // memory was placed with `Flags::CACHE`, so it starts with a line, and `stride` is a multiple of
    // the longest line of all pools. A sensor has written the slot or will write it, and what the
    // processor has written there is of no use any more.
    unsafe { lease.invalidate_lines(offset, stride) };
}

/// Drops what the processor's cache holds of memory that was just placed with `Flags::CACHE`.
pub(super) fn invalidate_all(lease: &Lease<'_>) {
    // SAFETY: a block that was placed like that consists of whole lines, and nobody has written to it yet.
    unsafe { lease.invalidate_lines(0, lease.len()) };
}

/// A look at a frame that is held.
///
/// Several looks at one frame may exist, so pixels are cells. See [`FrameBuffer::view`].
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat};
/// use snakelet_pool::{PoolConfig, Pools, SegregatedPool, Sensor, Shape, SingleThread, Slot, SoftSensor};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 4]> = Frames::new();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
/// let shape = Shape::new(PixelFormat::Grayscale, 160, 120);
/// camera.configure(&pools, &mut sensor, &shape, Count::Auto).map_err(|error| error.to_string())?;
/// sensor.poll();
/// let frame = camera.acquire().ok_or("no frame")?;
/// let view = camera.view(frame).ok_or("the frame is gone")?;
/// assert_eq!((view.captured().len(), view.info().sequence), (160 * 120, 0));
/// view.cells()[0].set(255); // others who look at the frame see it
/// assert!(camera.release(frame));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    cells: &'a [Cell<u8>],
    info: FrameInfo,
    setup: &'a Setup,
}

impl<'a> View<'a> {
    /// Looks at a frame of an open slot in the lease's memory.
    pub(super) fn new(
        frames: &Frames<'_>,
        _lease: &'a Lease<'_>,
        setup: &'a Setup,
        frame: FrameRef,
    ) -> Option<Self> {
        let info = frames.meta(frame)?;
        let start = frames.address(frame)?;
        // SAFETY: the slot lies in the lease's memory, which stays while the frame buffer, and so the
        // lease, is borrowed. It is held, so no sensor writes to it, and to release it takes the frame
        // buffer exclusively. Others who look at it do so through cells in the same thread, since a
        // frame buffer is not `Sync`.
        let cells =
            unsafe { slice::from_raw_parts(start.as_ptr().cast::<Cell<u8>>(), frames.capacity()) };
        Some(View { cells, info, setup })
    }

    /// The pixels, row by row: as many bytes as a frame of this shape has, whatever was captured.
    pub fn cells(&self) -> &'a [Cell<u8>] {
        self.cells
    }

    /// The bytes that were captured.
    pub fn captured(&self) -> &'a [Cell<u8>] {
        self.cells.get(..self.info.bytes as usize).unwrap_or(self.cells)
    }

    /// What is known of the frame.
    pub fn info(&self) -> &FrameInfo {
        &self.info
    }

    /// What the frame is like.
    pub fn setup(&self) -> &'a Setup {
        self.setup
    }
}

/// A frame on loan from a [`FrameBuffer`], given back when it is dropped. If it is forgotten, its slot
/// stays out of use until the frame buffer is set anew.
///
/// See [`FrameBuffer::snapshot`].
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat};
/// use snakelet_pool::{PoolConfig, Pools, SegregatedPool, Sensor, Shape, SingleThread, Slot, SoftSensor};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 4]> = Frames::new();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
/// let shape = Shape::new(PixelFormat::Grayscale, 160, 120);
/// camera.configure(&pools, &mut sensor, &shape, Count::Auto).map_err(|error| error.to_string())?;
/// sensor.poll();
/// let mut frame = camera.snapshot().ok_or("no frame")?;
/// frame.bytes_mut()[0] = 255;
/// assert_eq!(frame.bytes().len(), 160 * 120);
/// drop(frame); // the sensor may fill the slot again
/// assert_eq!(camera.counters().delivered, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Frame<'a, 'm> {
    owner: &'a mut FrameBuffer<'m>,
    frame: FrameRef,
}

impl<'a, 'm> Frame<'a, 'm> {
    pub(super) fn new(owner: &'a mut FrameBuffer<'m>, frame: FrameRef) -> Self {
        Frame { owner, frame }
    }

    /// The pixels, row by row.
    pub fn bytes(&self) -> &[u8] {
        let cells = self.owner.view(self.frame).map_or(&[][..], |view| view.cells());
        // SAFETY: the frame is the only access to the frame buffer, so nobody writes these cells while
        // it is borrowed, and a cell is laid out as its content.
        unsafe { slice::from_raw_parts(cells.as_ptr().cast(), cells.len()) }
    }

    /// The pixels, row by row, to be drawn on.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let cells = self.owner.view(self.frame).map_or(&[][..], |view| view.cells());
        // SAFETY: the frame is the only access to the frame buffer and is borrowed exclusively; cells
        // may be written, and a cell is laid out as its content.
        unsafe { slice::from_raw_parts_mut(cells.as_ptr().cast::<u8>().cast_mut(), cells.len()) }
    }

    /// What is known of the frame.
    pub fn info(&self) -> Option<FrameInfo> {
        self.owner.info(self.frame)
    }

    /// What the frame is like.
    pub fn setup(&self) -> Option<&Setup> {
        self.owner.setup()
    }

    /// Keeps the frame by its name, to be given back with [`FrameBuffer::release`].
    pub fn keep(self) -> FrameRef {
        let frame = self.frame;
        core::mem::forget(self);
        frame
    }
}

impl Drop for Frame<'_, '_> {
    fn drop(&mut self) {
        self.owner.release(self.frame);
    }
}
