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
#[cfg(feature = "pools-check")]
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
    let pools = memory.register(heap);
    let buffer = FrameBuffer::new(&FRAMES).unwrap_or_else(|| fail(c"slots in use\n"));
    let mut camera = Camera { pools, buffer, sensor: SharedSensor };
    camera.configure(&QQVGA, Count::Auto);
    sensor::init();
    camera
}

/// Takes a frame and gives the memory back. Ends the run if something is wrong.
pub fn finish(camera: &mut Camera) {
    let frame =
        or_fail(camera.buffer.wait(&mut camera.sensor, &Ticks, TIMEOUT_US), c"no frame came\n");
    camera.buffer.release(frame);

    #[cfg(feature = "pools-check")]
    camera.check().unwrap_or_else(|message| fail(message));
    or_fail(camera.buffer.unset(&mut camera.sensor), c"no stop\n");
    #[cfg(feature = "pools-bench")]
    bench::run(camera.pools).unwrap_or_else(|message| fail(message));
    semihosting::print(c"PASS\n");
}

impl Camera {
    /// Sets the shape of frames, and gives how many there is room for.
    fn configure(&mut self, shape: &Shape, count: Count) -> u16 {
        let configured = self.buffer.configure(self.pools, &mut self.sensor, shape, count);
        or_fail(configured, c"not configured\n")
    }
}

/// What is given, or the end of the run.
fn or_fail<T, E>(result: Result<T, E>, message: &CStr) -> T {
    result.unwrap_or_else(|_| fail(message))
}

fn fail(message: &CStr) -> ! {
    semihosting::print(c"FAIL: ");
    semihosting::print(message);
    semihosting::exit(false);
}
