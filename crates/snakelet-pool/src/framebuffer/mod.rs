//! The memory that a sensor's frames lie in, and the way from a change of shape to the next frame.
//!
//! ```text
//!   one block of a pool, in whole cache lines
//!   +-----------------+-----------------+-----------------+
//!   | slot 0: HELD    | slot 1: READY   | slot 2: FILL    |
//!   +-----------------+-----------------+-----------------+
//!     a script looks    the next frame    the sensor writes
//! ```
//!
//! The states of the slots are in [`Frames`], which sensor and reader share. A [`FrameBuffer`] is the
//! reader's side. It alone changes the memory, and only when the sensor is stopped and no slot is
//! being filled.

#[cfg(test)]
mod tests;
mod view;

use thiserror::Error;
pub use view::{Frame, View};

use crate::frames::{Counters, FrameInfo, FrameRef, Frames, Full, Mode};
use crate::{
    Clock, Flags, Lease, NoRoom, Pools, Reach, Request, Sensor, SensorError, Setup, Shape,
    ShapeError,
};

/// How many frames a frame buffer has room for.
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Full, Pattern, PixelFormat};
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
/// let mut configure = |count| camera.configure(&pools, &mut sensor, &shape, count).ok();
/// assert_eq!(configure(Count::Auto), Some(3));
/// assert_eq!(configure(Count::Exactly(1)), Some(1));
/// assert_eq!(configure(Count::Fifo(2, Full::Stop)), Some(2));
/// assert_eq!(configure(Count::Exactly(4)), None); // no room for so many
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Count {
    /// Three if there is room, otherwise two, otherwise one.
    #[default]
    Auto,
    /// So many: one, two or three of which the newest is delivered, or more that are delivered in order,
    /// all of which are dropped when they are full.
    Exactly(u16),
    /// So many that are delivered in order, and what happens when all are full.
    Fifo(u16, Full),
}

/// Why a frame buffer was not configured.
///
/// ```
/// use snakelet_pool::{ConfigureError, Count, FrameBuffer, Frames, Pattern, PixelFormat};
/// use snakelet_pool::{PoolConfig, Pools, SegregatedPool, Shape, SingleThread, Slot, SoftSensor};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 4]> = Frames::new();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
/// let shape = Shape::new(PixelFormat::Rgb565, 320, 240);
/// match camera.configure(&pools, &mut sensor, &shape, Count::Auto) {
///     Err(ConfigureError::NoRoom(error)) => assert_eq!((error.pool, error.asked), ("sram", 153_600)),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigureError<'p> {
    /// The sensor does not make such frames. The frame buffer goes on as before.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// There cannot be so many frames. The frame buffer goes on as before.
    #[error("there can be 1 to {most} frames, not {asked}")]
    Count {
        /// How many were asked for.
        asked: u16,
        /// How many slots there are.
        most: usize,
    },
    /// The sensor was stopped and did not let go of its frames. The frame buffer is not set; it keeps the
    /// old memory until the sensor has let go, which the next call looks at again.
    #[error("the sensor still fills {slots} of its frames")]
    StillFilling {
        /// How many slots are being filled.
        slots: usize,
    },
    /// No pool has room. The frame buffer is not set, and holds no memory.
    #[error(transparent)]
    NoRoom(NoRoom<'p>),
    /// The sensor failed. The frame buffer is not set, and holds no memory.
    #[error(transparent)]
    Sensor(#[from] SensorError),
}

/// How many slots a sensor still fills that was stopped.
struct StillFilling {
    slots: usize,
}

impl From<StillFilling> for ConfigureError<'_> {
    fn from(StillFilling { slots }: StillFilling) -> Self {
        ConfigureError::StillFilling { slots }
    }
}

/// Why no frame came.
///
/// ```
/// use snakelet_pool::{Clock, FrameBuffer, Frames, Pattern, Slot, SoftSensor, WaitError};
///
/// /// On a board, a timer.
/// struct Timer;
///
/// impl Clock for Timer {
///     fn now_us(&self) -> u64 {
///         0
///     }
/// }
///
/// let frames: Frames<'_, [Slot; 3]> = Frames::new();
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// // there is no memory before the first `configure`
/// let frame = camera.wait(&mut sensor, &Timer, 1000);
/// assert_eq!(frame, Err(WaitError::Unset));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitError {
    /// The frame buffer is not set.
    #[error("frame size is not supported or is not set")]
    Unset,
    /// No frame came in time. The sensor was stopped and started again.
    #[error("frame capture has timed out after {after_us} microseconds")]
    TimedOut {
        /// How long was waited.
        after_us: u64,
    },
    /// No frame came in time, and the sensor could not be started again.
    #[error(transparent)]
    Sensor(#[from] SensorError),
}

/// The frame buffer of one sensor.
///
/// A frame is taken in one of two ways. [`FrameBuffer::snapshot`] lends a [`Frame`] that is given back
/// when it is dropped; it borrows the frame buffer, so that the compiler sees to it that nobody
/// reconfigures under it. [`FrameBuffer::acquire`] gives a name, a [`FrameRef`], that may be kept
/// anywhere, and is given back by [`FrameBuffer::release`]; each look at its pixels asks whether the
/// frame is still there, and the pixels of another frame are never shown in its place.
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat, Pools, PoolConfig};
/// use snakelet_pool::{SegregatedPool, Sensor, Shape, SingleThread, Slot, SoftSensor};
///
/// let mut memory = vec![0; 1 << 20];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("dram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 3]> = Frames::new();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
///
/// let qvga = Shape::new(PixelFormat::Rgb565, 320, 240);
/// camera.configure(&pools, &mut sensor, &qvga, Count::Auto).map_err(|e| e.to_string())?;
/// sensor.poll();
/// let frame = camera.acquire().ok_or("no frame")?;
/// assert!(camera.view(frame).is_some());
///
/// // another shape: the memory is given back before it is asked for anew
/// let vga = Shape::new(PixelFormat::Grayscale, 640, 480);
/// camera.configure(&pools, &mut sensor, &vga, Count::Exactly(2)).map_err(|e| e.to_string())?;
/// assert!(camera.view(frame).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What a frame buffer's slots are given must live as long as they do. A frame buffer whose slots are a
/// static takes no memory from a pool that is not:
///
/// ```compile_fail,E0597
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat, Pools, PoolConfig};
/// use snakelet_pool::{SegregatedPool, Shape, SingleThread, Slot, SoftSensor};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
/// let mut memory = vec![0; 1 << 20];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("dram"), SingleThread::new()).unwrap();
/// let mut pools = Pools::new();
/// pools.add(&pool).unwrap();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&FRAMES).unwrap();
/// let shape = Shape::new(PixelFormat::Rgb565, 320, 240);
/// camera.configure(&pools, &mut sensor, &shape, Count::Auto).unwrap();
/// ```
#[derive(Debug)]
pub struct FrameBuffer<'m> {
    frames: &'m Frames<'m>,
    /// The memory of the slots. It is kept while `set` is none if the sensor did not let go of it.
    lease: Option<Lease<'m>>,
    set: Option<Set>,
}

/// What a frame buffer is set to.
#[derive(Clone, Copy, Debug)]
struct Set {
    setup: Setup,
    count: u16,
    stride: usize,
}

impl<'m> FrameBuffer<'m> {
    /// Makes a frame buffer over slots, which is not set. Gives none if another one has them.
    pub fn new(frames: &'m Frames<'m>) -> Option<Self> {
        frames.claim().then_some(FrameBuffer { frames, lease: None, set: None })
    }

    /// Stops the sensor, gives the memory back, places memory for frames of another shape or count, and
    /// starts the sensor again. Gives how many frames there is room for. Names of frames that
    /// were taken before are not current any more.
    ///
    /// The memory is one block of the largest pool that the sensor and the processor reach.
    ///
    /// # Errors
    /// If the sensor does not make such frames, or there cannot be so many, nothing changes. In all
    /// other cases the frame buffer is not set afterwards.
    pub fn configure(
        &mut self,
        pools: &Pools<'m>,
        sensor: &mut dyn Sensor<'m>,
        shape: &Shape,
        count: Count,
    ) -> Result<u16, ConfigureError<'m>> {
        let info = sensor.info();
        let setup = info.setup(shape)?;
        let (most_wanted, least_wanted, full) = self.wanted(count)?;
        self.park(sensor)?;
        sensor.configure(&setup)?;
        let bytes = setup.frame_bytes();
        let stride = bytes.checked_next_multiple_of(pools.line()).unwrap_or(usize::MAX);
        let request = Request::new(0)
            .reach(info.reach | Reach::CPU)
            .flags(Flags::ENOUGH | Flags::CACHE | Flags::PERSIST)
            .owner("frame buffer");
        let mut count = most_wanted;
        let lease = loop {
            let size = stride.saturating_mul(usize::from(count));
            match pools.place(&Request { size, ..request }) {
                Ok(lease) => break lease,
                Err(error) if count == least_wanted => return Err(ConfigureError::NoRoom(error)),
                Err(_) => count -= 1,
            }
        };
        view::invalidate_all(&lease);
        let mode = match count_is_fifo(count, full) {
            Some(full) => Mode::Fifo { full },
            None => Mode::Newest,
        };
        view::publish(self.frames, &lease, bytes, stride, count, mode);
        self.lease = Some(lease);
        self.set = Some(Set { setup, count, stride });
        if let Err(error) = sensor.start(self.frames) {
            self.park(sensor)?;
            return Err(ConfigureError::Sensor(error));
        }
        Ok(count)
    }

    /// The most and the fewest frames that are wanted, and what to do when a queue is full.
    fn wanted(&self, count: Count) -> Result<(u16, u16, Option<Full>), ConfigureError<'m>> {
        let most = self.frames.max_count();
        let (asked, full) = match count {
            Count::Auto => return Ok((most.clamp(1, 3) as u16, 1, None)),
            Count::Exactly(asked) => (asked, None),
            Count::Fifo(asked, full) => (asked, Some(full)),
        };
        if asked == 0 || usize::from(asked) > most {
            return Err(ConfigureError::Count { asked, most });
        }
        Ok((asked, asked, full))
    }

    /// Stops the sensor and gives the memory back.
    ///
    /// # Errors
    /// If the sensor did not let go of its frames.
    pub fn unset(&mut self, sensor: &mut dyn Sensor<'m>) -> Result<(), ConfigureError<'m>> {
        Ok(self.park(sensor)?)
    }

    /// The same with an error that is small.
    fn park(&mut self, sensor: &mut dyn Sensor<'m>) -> Result<(), StillFilling> {
        sensor.stop();
        self.set = None;
        self.frames.park().map_err(|slots| StillFilling { slots })?;
        self.lease = None;
        Ok(())
    }

    /// What frames are like; none if the frame buffer is not set.
    pub fn setup(&self) -> Option<&Setup> {
        self.set.as_ref().map(|set| &set.setup)
    }

    /// How many frames there is room for; 0 if the frame buffer is not set.
    pub fn count(&self) -> u16 {
        self.set.map_or(0, |set| set.count)
    }

    /// Bytes from the start of one frame to the start of the next.
    pub fn stride(&self) -> usize {
        self.set.map_or(0, |set| set.stride)
    }

    /// The memory that frames lie in, if the frame buffer holds any.
    pub fn lease(&self) -> Option<&Lease<'m>> {
        self.lease.as_ref()
    }

    /// How many frames were captured, delivered and lost.
    pub fn counters(&self) -> Counters {
        self.frames.counters()
    }

    /// Takes the newest frame, or the next one in order, if there is one. It is held, and no sensor writes
    /// to it, until it is given to [`FrameBuffer::release`] or the frame buffer is set anew.
    pub fn acquire(&self) -> Option<FrameRef> {
        let frame = self.frames.acquire()?;
        self.invalidate(frame);
        Some(frame)
    }

    /// Gives a frame back. Gives `false` if it is not held any more.
    ///
    /// Looks at frames borrow the frame buffer, so none can be alive:
    ///
    /// ```compile_fail,E0502
    /// # use snakelet_pool::{FrameBuffer, FrameRef};
    /// fn look_after_release(camera: &mut FrameBuffer<'_>, frame: FrameRef) {
    ///     let view = camera.view(frame).unwrap();
    ///     camera.release(frame);
    ///     println!("{}", view.cells().len());
    /// }
    /// ```
    pub fn release(&mut self, frame: FrameRef) -> bool {
        if !self.is_current(frame) {
            return false;
        }
        // what was drawn on the frame must not reach memory after the sensor has written it
        self.invalidate(frame);
        self.frames.release(frame)
    }

    /// Gives back the frames that were [disowned](Frames::disown), and how many they were.
    pub fn reclaim(&mut self) -> usize {
        let mut given = 0;
        while let Some(frame) = self.set.and_then(|_| self.frames.disowned()) {
            if !self.release(frame) {
                break;
            }
            given += 1;
        }
        given
    }

    /// How many frames were taken and not given back.
    pub fn held(&self) -> usize {
        if self.set.is_some() { self.frames.count_held() } else { 0 }
    }

    /// The slots, by which a name that is the last one can be [disowned](Frames::disown).
    pub fn frames(&self) -> &'m Frames<'m> {
        self.frames
    }

    /// Whether a frame is still held, and so its pixels are those that were taken.
    pub fn is_current(&self, frame: FrameRef) -> bool {
        self.frames.is_current(frame)
    }

    /// What is known of a frame that is held.
    pub fn info(&self, frame: FrameRef) -> Option<FrameInfo> {
        self.frames.meta(frame)
    }

    /// Looks at a frame that is held.
    pub fn view(&self, frame: FrameRef) -> Option<View<'_>> {
        let set = self.set.as_ref().filter(|_| self.is_current(frame))?;
        View::new(self.frames, self.lease.as_ref()?, &set.setup, frame)
    }

    /// Takes the newest frame, or the next one in order, if there is one, and lends it.
    pub fn snapshot(&mut self) -> Option<Frame<'_, 'm>> {
        let frame = self.acquire()?;
        Some(Frame::new(self, frame))
    }

    /// Waits for a frame and takes it, as [`FrameBuffer::acquire`] does. The sensor is polled, and the
    /// clock's `idle` called, meanwhile.
    ///
    /// A sensor that makes no frame for `timeout_us` microseconds is stopped and started again, and
    /// what it has captured so far is dropped. So is it with a clock that stands still.
    ///
    /// # Errors
    /// If no frame comes in time.
    pub fn wait(
        &self,
        sensor: &mut dyn Sensor<'m>,
        clock: &dyn Clock,
        timeout_us: u64,
    ) -> Result<FrameRef, WaitError> {
        /// Looks at a clock that stands still, after which nobody believes it.
        const PATIENCE: u32 = 10_000_000;

        self.set.ok_or(WaitError::Unset)?;
        let start = clock.now_us();
        let (mut last, mut looks) = (start, 0);
        loop {
            if let Some(frame) = self.acquire() {
                return Ok(frame);
            }
            sensor.poll();
            if let Some(frame) = self.acquire() {
                return Ok(frame);
            }
            let now = clock.now_us();
            looks = if now == last { looks + 1 } else { 0 };
            last = now;
            let after_us = now.saturating_sub(start);
            if after_us >= timeout_us || looks >= PATIENCE {
                sensor.stop();
                self.frames.flush();
                sensor.start(self.frames)?;
                return Err(WaitError::TimedOut { after_us });
            }
            clock.idle();
        }
    }

    /// Drops what was captured and not taken yet.
    pub fn flush(&self) {
        self.frames.flush();
    }

    /// Drops what the processor's cache holds of the lines of a frame that is current.
    #[inline(always)]
    fn invalidate(&self, frame: FrameRef) {
        if let (Some(lease), Some(set)) = (&self.lease, &self.set) {
            view::invalidate(lease, set.stride, frame);
        }
    }
}

/// Whether so many frames are a queue, and what happens when it is full.
fn count_is_fifo(count: u16, full: Option<Full>) -> Option<Full> {
    if count > 3 { Some(full.unwrap_or(Full::Flush)) } else { full }
}

impl Drop for FrameBuffer<'_> {
    /// Gives the memory back, unless a sensor still fills a frame: then it stays in use as long as
    /// the pool exists, and so do the slots. Call [`FrameBuffer::unset`] before.
    fn drop(&mut self) {
        match self.frames.park() {
            Ok(()) => self.frames.unclaim(),
            Err(_) => core::mem::forget(self.lease.take()),
        }
    }
}
