//! The sensor: pictures are computed by an interrupt, which the timer asks for.
//!
//! SysTick, which counts milliseconds, must be quick, and a large picture takes longer than a
//! millisecond. So it only makes PendSV pending, the exception of the lowest priority, whose
//! handler fills a frame. A script or the main program is interrupted for that, SysTick is not.

use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m_rt::exception;
#[cfg(feature = "camera")]
use snakelet_pool::{Control, ControlValue};
use snakelet_pool::{Frames, Picture, Sensor, SensorError, SensorInfo, Setup, SoftSensor};

use crate::shared::Shared;
use crate::ticks;

const ICSR: *mut u32 = 0xE000_ED04 as *mut u32;
const SHPR3: *mut u32 = 0xE000_ED20 as *mut u32;

const ICSR_PENDSVSET: u32 = 1 << 28;
/// The priority of PendSV.
const SHPR3_PENDSV: u32 = 0xFF << 16;

/// Milliseconds from the end of a frame to the start of the next: scripts and a line to tools are to have most of
/// the time.
const REST_MS: u32 = if cfg!(feature = "camera") { 30 } else { 2 };

/// Milliseconds until the next frame starts; 0 before the first one and while one is filled.
static REST: AtomicU32 = AtomicU32::new(0);

/// What the sensor shows: squares in grey, or in every format where scripts choose, or all of them are checked.
#[cfg(not(any(feature = "camera", feature = "pools-check")))]
type Shown = snakelet_pool::Checkers;
#[cfg(not(any(feature = "camera", feature = "pools-check")))]
const PICTURE: Shown = snakelet_pool::Checkers;
#[cfg(any(feature = "camera", feature = "pools-check"))]
type Shown = snakelet_pool::Pattern;
#[cfg(any(feature = "camera", feature = "pools-check"))]
const PICTURE: Shown = snakelet_pool::Pattern::Checkers;

static SENSOR: Shared<SoftSensor<'static, Shown>> = Shared::new(SoftSensor::new(PICTURE).ticked());

/// Lets frames come.
pub fn init() {
    // SAFETY: the register has the priorities of PendSV and SysTick, which nobody else sets.
    unsafe { ptr::write_volatile(SHPR3, SHPR3_PENDSV) };
    REST.store(REST_MS, Ordering::Relaxed);
}

/// Called by SysTick each millisecond.
pub fn tick() {
    let rest = REST.load(Ordering::Relaxed);
    if rest == 1 {
        // SAFETY: a bit that is written as 1 makes PendSV pending, and zeros do nothing.
        unsafe { ptr::write_volatile(ICSR, ICSR_PENDSVSET) };
    }
    REST.store(rest.saturating_sub(1), Ordering::Relaxed);
}

#[exception]
fn PendSV() {
    // the program may be setting the sensor up right now; then this frame is left out
    SENSOR.with(|sensor| sensor.tick(ticks::ticks_us().into()));
    REST.store(REST_MS, Ordering::Relaxed);
}

/// The program's side of the sensor.
pub struct SharedSensor;

impl Sensor<'static> for SharedSensor {
    fn info(&self) -> SensorInfo {
        SensorInfo {
            id: SoftSensor::ID,
            crops: true,
            ..SensorInfo::new("software", Shown::FORMATS, 4096, 4096)
        }
    }

    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        SENSOR.with(|sensor| sensor.configure(setup)).unwrap_or(Err(SensorError::NoAnswer))
    }

    fn start(&mut self, frames: &'static Frames<'static>) -> Result<(), SensorError> {
        SENSOR.with(|sensor| sensor.start(frames)).unwrap_or(Err(SensorError::NoAnswer))
    }

    fn stop(&mut self) {
        SENSOR.with(SoftSensor::stop);
    }

    #[cfg(feature = "camera")]
    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        SENSOR.with(|sensor| sensor.control(control)).unwrap_or(Err(SensorError::NoAnswer))
    }
}
