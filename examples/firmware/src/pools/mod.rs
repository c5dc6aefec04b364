//! Pools in the board's PSRAM, and a camera whose frames an interrupt fills while a script runs.
//!
//! [`start`] sets the pools up and starts the camera. [`finish`] takes a frame, and stops the camera.
//! Before that, the module `check` looks closely with the feature `pools-check`.

#[cfg(feature = "pools-bench")]
mod bench;
#[cfg(feature = "pools-check")]
mod check;
mod memory;
#[cfg(feature = "pools-check")]
mod report;
mod sensor;

use core::ffi::CStr;
use core::ops::Range;

use snakelet_pool::{Clock, Count, FrameBuffer, Frames, PixelFormat, Pools, Shape, Slot};

pub use memory::Memory;
use sensor::SharedSensor;
pub use sensor::tick;

use crate::{semihosting, ticks};

/// What is given, or what went wrong.
type Outcome<T = ()> = Result<T, &'static CStr>;

/// How long a frame may take.
const TIMEOUT_US: u64 = 200_000;

const QQVGA: Shape = Shape::new(PixelFormat::Grayscale, 160, 120);

static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();

/// The camera with the memory that it uses.
pub struct Camera {
    pools: &'static Pools<'static>,
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

/// Takes a frame and gives the memory back. Ends the run if something is wrong.
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
        let mut camera = Camera { pools, buffer, sensor: SharedSensor };
        camera.configure(&QQVGA, Count::Auto)?;
        sensor::init();
        Ok(camera)
    }

    /// Sets the shape of frames, and gives how many there is room for.
    fn configure(&mut self, shape: &Shape, count: Count) -> Outcome<u16> {
        let configured = self.buffer.configure(self.pools, &mut self.sensor, shape, count);
        configured.map_err(|_| c"the camera cannot be configured\n")
    }

    fn finish(mut self) -> Outcome {
        let frame = self
            .buffer
            .wait(&mut self.sensor, &Ticks, TIMEOUT_US)
            .map_err(|_| c"no frame came\n")?;
        let view = self.buffer.view(frame).ok_or(c"the frame is gone\n")?;
        semihosting::print_number(c"frames up to now: ", view.info().sequence);
        self.buffer.release(frame);

        #[cfg(feature = "pools-check")]
        self.check()?;
        self.buffer.unset(&mut self.sensor).map_err(|_| c"the sensor does not stop\n")?;
        #[cfg(feature = "pools-bench")]
        bench::run(self.pools)?;
        Ok(())
    }
}
