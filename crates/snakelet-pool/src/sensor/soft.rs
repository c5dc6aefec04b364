//! A sensor that computes its pictures.

use super::{Pattern, Picture, Sensor, SensorError, SensorInfo, Setup};
use crate::frames::{FrameMeta, Frames};
use crate::{Control, ControlValue, PixelFormat, Reach};

/// A sensor that computes its pictures, where somebody calls it: [`SoftSensor::tick`] from a timer
/// interrupt, or [`Sensor::poll`] while somebody waits for a frame.
///
/// ```
/// use snakelet_pool::{Count, FrameBuffer, Frames, Pattern, PixelFormat, Pools, PoolConfig};
/// use snakelet_pool::{SegregatedPool, Sensor, Shape, SingleThread, Slot, SoftSensor};
///
/// let mut memory = vec![0; 64 << 10];
/// let pool = SegregatedPool::new(&mut memory, PoolConfig::new("sram"), SingleThread::new())?;
/// let mut pools = Pools::new();
/// pools.add(&pool).map_err(|error| error.to_string())?;
/// let frames: Frames<'_, [Slot; 3]> = Frames::new();
/// let mut sensor = SoftSensor::new(Pattern::Checkers);
/// let mut camera = FrameBuffer::new(&frames).ok_or("frames are in use")?;
/// let shape = Shape::new(PixelFormat::Grayscale, 160, 120);
/// let count = camera.configure(&pools, &mut sensor, &shape, Count::Auto);
/// assert_eq!(count.map_err(|error| error.to_string())?, 3);
///
/// sensor.poll();
/// let frame = camera.snapshot().ok_or("no frame")?;
/// assert_eq!(frame.bytes().len(), 160 * 120);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SoftSensor<'m, P = Pattern> {
    info: SensorInfo,
    picture: P,
    bars: bool,
    number: u32,
    polled: bool,
    settings: Settings,
    setup: Option<Setup>,
    frames: Option<&'m Frames<'m>>,
}

/// What a sensor was told. The picture is turned as it says; of the others it only keeps account, as a sensor does
/// whose scene is always bright enough.
#[derive(Clone, Copy, Debug)]
struct Settings {
    mirror: bool,
    flip: bool,
    gain_db: f32,
    exposure_us: u32,
    white_db: [f32; 3],
}

impl Settings {
    const DEFAULT: Settings = Settings {
        mirror: false,
        flip: false,
        gain_db: 0.0,
        exposure_us: 10_000,
        white_db: [0.0; 3],
    };
}

impl Settings {
    /// Turns a frame of pixels of whole bytes.
    fn turn(&self, setup: &Setup, bytes: &mut [u8]) {
        let size = match setup.format {
            PixelFormat::Grayscale => 1,
            PixelFormat::Rgb565 => 2,
            _ => return,
        };
        if self.flip {
            let row = setup.format.row_bytes(setup.frame_width);
            let mut left = &mut *bytes;
            while left.len() >= 2 * row && row > 0 {
                let (first, rest) = left.split_at_mut(row);
                let (rest, last) = rest.split_at_mut(rest.len() - row);
                first.swap_with_slice(last);
                left = rest;
            }
        }
        if self.mirror {
            for row in bytes.chunks_mut(setup.format.row_bytes(setup.frame_width).max(1)) {
                // all bytes, and then those of each pixel
                row.reverse();
                row.chunks_exact_mut(size).for_each(<[u8]>::reverse);
            }
        }
    }
}

impl SoftSensor<'_> {
    /// The number by which scripts know a software sensor.
    pub const ID: u32 = 0x50F7;
}

impl<P: Picture> SoftSensor<'_, P> {
    /// A sensor that makes frames of up to 4096 x 4096 pixels in the picture's formats, and crops. It makes
    /// a frame at each poll.
    pub const fn new(picture: P) -> Self {
        let mut info = SensorInfo::new("softcsi", P::FORMATS, 4096, 4096);
        info.id = SoftSensor::ID;
        info.crops = true;
        SoftSensor {
            info,
            picture,
            bars: false,
            number: 0,
            polled: true,
            settings: Settings::DEFAULT,
            setup: None,
            frames: None,
        }
    }

    /// Sets who is to reach the frames, as if a device wrote them.
    #[must_use]
    pub const fn reach(mut self, reach: Reach) -> Self {
        self.info.reach = reach;
        self
    }

    /// Makes frames only when [`SoftSensor::tick`] is called, and none at polls.
    #[must_use]
    pub const fn ticked(mut self) -> Self {
        self.polled = false;
        self
    }

    /// Makes a frame, if the sensor runs and a slot can be had. Gives whether it did.
    pub fn tick(&mut self, now_us: u64) -> bool {
        let (Some(frames), Some(setup)) = (self.frames, &self.setup) else { return false };
        let Some(mut filling) = frames.begin() else { return false };
        match &P::BARS {
            Some(bars) if self.bars => bars.draw(setup, self.number, filling.bytes()),
            _ => self.picture.draw(setup, self.number, filling.bytes()),
        }
        self.settings.turn(setup, filling.bytes());
        self.number = self.number.wrapping_add(1);
        // a slot is as long as a frame of this shape
        let bytes = u32::try_from(filling.len()).unwrap_or(u32::MAX);
        filling.complete(FrameMeta { time_us: now_us, bytes, overflow: false });
        true
    }

    /// How many frames it has made since the last `reset`.
    pub const fn number(&self) -> u32 {
        self.number
    }

    #[cfg(any(feature = "std", test))]
    pub(super) fn info_mut(&mut self) -> &mut SensorInfo {
        &mut self.info
    }
}

impl<'m, P: Picture> Sensor<'m> for SoftSensor<'m, P> {
    fn info(&self) -> SensorInfo {
        self.info
    }

    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        self.setup = Some(*setup);
        Ok(())
    }

    fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError> {
        self.frames = Some(frames);
        Ok(())
    }

    fn stop(&mut self) {
        self.frames = None;
    }

    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        match control {
            Control::Reset { .. } => (self.number, self.settings) = (0, Settings::DEFAULT),
            Control::HorizontalMirror(on) => self.settings.mirror = on,
            Control::VerticalFlip(on) => self.settings.flip = on,
            Control::AutoGain { gain_db, .. } => {
                self.settings.gain_db = gain_db.unwrap_or(self.settings.gain_db);
            }
            Control::AutoExposure { exposure_us, .. } => {
                self.settings.exposure_us = exposure_us.unwrap_or(self.settings.exposure_us);
            }
            Control::AutoWhiteBalance { gains_db, .. } => {
                self.settings.white_db = gains_db.unwrap_or(self.settings.white_db);
            }
            Control::GainDb => return Ok(ControlValue::Float(self.settings.gain_db)),
            Control::ExposureUs => {
                let us = i32::try_from(self.settings.exposure_us).unwrap_or(i32::MAX);
                return Ok(ControlValue::Int(us));
            }
            Control::WhiteBalanceGainsDb => {
                return Ok(ControlValue::Floats(self.settings.white_db));
            }
            Control::ColorBar(bars) if P::BARS.is_some() => self.bars = bars,
            _ => return Err(SensorError::Unsupported),
        }
        Ok(ControlValue::None)
    }

    fn poll(&mut self) {
        if self.polled {
            self.tick(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Formats, Shape};

    #[test]
    fn frames_are_turned() {
        let formats = Formats::NONE.with(PixelFormat::Rgb565).with(PixelFormat::Grayscale);
        let info = SensorInfo::new("test", formats, 64, 64);
        let turned = |format, mirror, flip| {
            let setup = info.setup(&Shape::new(format, 3, 2))?;
            let mut bytes: [u8; 12] = core::array::from_fn(|i| i as u8);
            let bytes = &mut bytes[..format.frame_bytes(3, 2)];
            Settings { mirror, flip, ..Settings::DEFAULT }.turn(&setup, bytes);
            Ok::<_, crate::ShapeError>((bytes[0], bytes[1], bytes[bytes.len() - 1]))
        };
        assert_eq!(turned(PixelFormat::Grayscale, true, false), Ok((2, 1, 3)));
        assert_eq!(turned(PixelFormat::Grayscale, false, true), Ok((3, 4, 2)));
        assert_eq!(turned(PixelFormat::Rgb565, true, true), Ok((10, 11, 1)));
    }
}
