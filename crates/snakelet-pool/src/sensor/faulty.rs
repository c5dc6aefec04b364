//! A sensor that fails in a chosen way, to test what depends on sensors.

use super::{Pattern, Sensor, SensorError, SensorInfo, Setup, SoftSensor};
use crate::frames::{Filling, FrameMeta, Frames};
use crate::{Control, ControlValue};

/// How a [`FaultySensor`] fails.
///
/// ```
/// use snakelet_pool::{Fault, FaultySensor, Frames, Sensor, SensorError, Slot};
///
/// let frames: Frames<'_, [Slot; 1]> = Frames::new();
/// let mut sensor = FaultySensor::new(Fault::Start);
/// assert_eq!(sensor.start(&frames), Err(SensorError::NoAnswer));
/// sensor.set_fault(Fault::None);
/// assert_eq!(sensor.start(&frames), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Does not fail.
    None,
    /// Does not take a configuration.
    Configure,
    /// Does not start, and makes no frames.
    Start,
    /// Makes so many frames since the start, and then none until it is started again.
    StallAfter(u32),
    /// Gives up the frame of this number, counted from 0, half-way.
    FailAt(u32),
    /// Completes frames of so many bytes.
    Short(u32),
    /// Completes frames that are marked as too long.
    Overflow,
    /// Does not complete the frame that it is filling when it is stopped, and goes on writing to it
    /// at every poll until [`FaultySensor::let_go`].
    WriteAfterStop,
}

/// A software sensor with a [`Fault`].
///
/// ```
/// use snakelet_pool::{Fault, FaultySensor, Sensor, SensorError, Shape, PixelFormat};
///
/// let mut sensor = FaultySensor::new(Fault::Configure);
/// let setup = sensor.info().setup(&Shape::new(PixelFormat::Grayscale, 64, 64))?;
/// assert_eq!(sensor.configure(&setup), Err(SensorError::NoAnswer));
/// # Ok::<(), snakelet_pool::ShapeError>(())
/// ```
#[derive(Debug)]
pub struct FaultySensor<'m> {
    sensor: SoftSensor<'m>,
    fault: Fault,
    frames: Option<&'m Frames<'m>>,
    made: u32,
    kept: Option<Filling<'m>>,
}

impl FaultySensor<'_> {
    /// A sensor with a fault.
    pub const fn new(fault: Fault) -> Self {
        let sensor = SoftSensor::new(Pattern::Checkers);
        FaultySensor { sensor, fault, frames: None, made: 0, kept: None }
    }

    /// Changes the fault.
    pub const fn set_fault(&mut self, fault: Fault) {
        self.fault = fault;
    }

    /// Gives up the frame that it went on writing to after `stop`.
    pub fn let_go(&mut self) {
        self.kept = None;
    }
}

impl<'m> Sensor<'m> for FaultySensor<'m> {
    fn info(&self) -> SensorInfo {
        self.sensor.info()
    }

    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        match self.fault {
            Fault::Configure => Err(SensorError::NoAnswer),
            _ => self.sensor.configure(setup),
        }
    }

    fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError> {
        if self.fault == Fault::Start {
            return Err(SensorError::NoAnswer);
        }
        self.made = 0;
        self.frames = Some(frames);
        self.sensor.start(frames)
    }

    fn stop(&mut self) {
        self.frames = None;
        self.sensor.stop();
    }

    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        self.sensor.control(control)
    }

    fn poll(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.bytes().fill(0xFA);
        }
        let Some(frames) = self.frames else { return };
        let number = self.made;
        self.made = self.made.wrapping_add(1);
        match self.fault {
            Fault::Start => {}
            Fault::StallAfter(frames) if number >= frames => {}
            Fault::FailAt(at) if number == at => {
                if let Some(mut filling) = frames.begin() {
                    let half = filling.len() / 2;
                    filling.bytes().iter_mut().take(half).for_each(|byte| *byte = 0xFA);
                }
            }
            Fault::Short(bytes) => {
                if let Some(filling) = frames.begin() {
                    filling.complete(FrameMeta { time_us: 0, bytes, overflow: false });
                }
            }
            Fault::Overflow => {
                if let Some(filling) = frames.begin() {
                    let bytes = u32::MAX;
                    filling.complete(FrameMeta { time_us: 0, bytes, overflow: true });
                }
            }
            Fault::WriteAfterStop => {
                self.kept = self.kept.take().or_else(|| frames.begin());
            }
            _ => self.sensor.poll(),
        }
    }
}
