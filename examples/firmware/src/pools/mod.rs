//! Pools in the board's PSRAM, and a camera whose frames an interrupt fills while a script runs.
//!
//! [`start`] sets the pools up and starts the camera. [`finish`] takes frames in several shapes,
//! compares each with the picture that it should show, asks for more than there is, prints where
//! everything lies and what became of the frames, and checks that nothing is in use in the end.

#[cfg(feature = "pools-bench")]
mod bench;
mod memory;
mod report;
mod sensor;

use core::ffi::CStr;
use core::ops::Range;

use snakelet_pool::{
    Attributes, Clock, ConfigureError, Count, FrameBuffer, Frames, Pattern, PixelFormat, Pools,
    Request, Shape, Slot,
};

pub use memory::Memory;
use sensor::SharedSensor;
pub use sensor::tick;

use crate::{semihosting, ticks};

/// What is given, or what went wrong.
type Outcome<T = ()> = Result<T, &'static CStr>;

/// How long a frame may take.
const TIMEOUT_US: u64 = 200_000;

const QQVGA: Shape = Shape::new(PixelFormat::Grayscale, 160, 120);
const QVGA: Shape = Shape::new(PixelFormat::Rgb565, 320, 240);
const VGA: Shape = Shape::new(PixelFormat::Grayscale, 640, 480);
/// Three such frames are more than the largest pool has.
const LARGE: Shape = Shape::new(PixelFormat::Rgb565, 2048, 1536);

static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();

/// The camera with the memory that it uses.
pub struct Camera {
    pools: Pools<'static>,
    buffer: FrameBuffer<'static>,
    sensor: SharedSensor,
}

/// The time for those who wait for a frame. It wraps after 71 minutes, when none waits any more.
struct Ticks;

impl Clock for Ticks {
    fn now_us(&self) -> u64 {
        ticks::ticks_us().into()
    }

    fn idle(&self) {
        // SAFETY: the processor sleeps until the next interrupt, at most a millisecond.
        unsafe { core::arch::asm!("wfi", options(nomem, nostack, preserves_flags)) };
    }
}

/// Sets up the pools and lets small frames come.
pub fn start(memory: &'static mut Memory, heap: Range<usize>) -> Camera {
    match Camera::new(memory, heap) {
        Ok(camera) => camera,
        Err(message) => fail(message),
    }
}

/// Takes and checks frames, reports, and gives the memory back. Ends the run if something is wrong.
pub fn finish(camera: Camera) {
    match camera.finish() {
        Ok(()) => semihosting::print(c"PASS\n"),
        Err(message) => fail(message),
    }
}

fn fail(message: &CStr) -> ! {
    semihosting::print(c"FAIL: ");
    semihosting::print(message);
    semihosting::exit(false);
}

impl Camera {
    fn new(memory: &'static mut Memory, heap: Range<usize>) -> Outcome<Self> {
        let pools = memory.register(heap)?;
        let buffer = FrameBuffer::new(&FRAMES).ok_or(c"the slots are in use\n")?;
        let sensor = SharedSensor::new().ok_or(c"the sensor is in use\n")?;
        let mut camera = Camera { pools, buffer, sensor };
        camera.configure(&QQVGA, Count::Auto, 3)?;
        sensor::init();
        Ok(camera)
    }

    /// Sets the shape of frames.
    fn configure(&mut self, shape: &Shape, count: Count, expected: u16) -> Outcome {
        match self.buffer.configure(&self.pools, &mut self.sensor, shape, count) {
            Ok(count) if count == expected => Ok(()),
            Ok(_) => Err(c"another number of frames\n"),
            Err(_) => Err(c"the camera cannot be configured\n"),
        }
    }

    /// Takes frames and compares each with the picture of its number.
    fn check(&mut self, frames: u32) -> Outcome {
        let bytes = self.buffer.setup().map_or(0, |setup| setup.frame_bytes());
        let request = Request::new(bytes).want(Attributes::FAST).owner("expected picture");
        let mut expected = self.pools.place(&request).map_err(|_| c"no room for a picture\n")?;
        for _ in 0..frames {
            let frame = self
                .buffer
                .wait(&mut self.sensor, &Ticks, TIMEOUT_US)
                .map_err(|_| c"no frame came\n")?;
            let view = self.buffer.view(frame).ok_or(c"the frame is gone\n")?;
            Pattern::Checkers.draw(view.setup(), view.info().sequence, expected.as_mut_slice());
            // the expected picture ends before the lease, which has whole lines
            let mut pixels = view.captured().iter().zip(expected.as_cells());
            if view.captured().len() != bytes || pixels.any(|(pixel, other)| pixel != other) {
                return Err(c"a frame shows another picture\n");
            }
            self.buffer.release(frame);
        }
        Ok(())
    }

    fn finish(mut self) -> Outcome {
        let counters = self.buffer.counters();
        semihosting::print_number(c"frames up to now: ", counters.captured);
        self.check(4)?;
        self.configure(&QVGA, Count::Auto, 3)?;
        self.check(4)?;
        match self.buffer.configure(&self.pools, &mut self.sensor, &LARGE, Count::Exactly(3)) {
            Err(ConfigureError::NoRoom(error)) => report::refusal(&error),
            _ => return Err(c"there was room for too much\n"),
        }
        self.configure(&VGA, Count::Exactly(2), 2)?;
        self.check(4)?;
        report::map(&self.pools);

        self.buffer.unset(&mut self.sensor).map_err(|_| c"the sensor does not stop\n")?;
        let counters = self.buffer.counters();
        report::counters(counters);
        if counters.captured != counters.delivered + counters.dropped || counters.delivered != 12 {
            return Err(c"the counters do not add up\n");
        }
        #[cfg(feature = "pools-bench")]
        bench::run(&self.pools)?;
        drop(self.buffer);
        let used = self.pools.stats(None).used;
        semihosting::print_number(c"used in the end: ", used as u32);
        if used == 0 { Ok(()) } else { Err(c"memory is still in use\n") }
    }
}
