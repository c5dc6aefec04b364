//! A camera: a sensor in a thread, its frames, and a check of every frame that is taken.

use std::io::Write;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use snakelet_pool::{
    ConfigureError, Count, Counters, FrameBuffer, FrameInfo, Frames, Lease, NoRoom, Pattern,
    PixelFormat, Pools, Reach, Sensor, SensorInfo, Setup, Shape, ThreadSensor, Window,
};

use crate::failure::{Result, ensure, failed};
use crate::preview::Preview;

/// Rows of a frame that are compared, beside the last one.
const ROWS: u16 = 16;

/// How long a frame is waited for, which a slow computer may need.
const PATIENCE: Duration = Duration::from_secs(60);

/// A camera, and what it has delivered.
pub(crate) struct Camera<'m> {
    pub(crate) name: &'static str,
    pub(crate) fps: u16,
    pattern: Pattern,
    // dropped before the frame buffer, so that nobody fills frames then
    sensor: ThreadSensor<'m>,
    buffer: FrameBuffer<'m>,
    frames: &'m Frames<'m>,
    /// Frames that were taken and compared.
    pub(crate) taken: u32,
}

impl<'m> Camera<'m> {
    /// Starts a sensor whose frames a DMA controller writes, as far as placement is concerned.
    pub(crate) fn new<'scope>(
        name: &'static str,
        pattern: Pattern,
        fps: u16,
        frames: &'m Frames<'m>,
        scope: &'scope Scope<'scope, '_>,
    ) -> Result<Self>
    where
        'm: 'scope,
    {
        let sensor = ThreadSensor::scoped(scope, pattern, fps).reach(Reach::CPU | Reach::DMA);
        let buffer = FrameBuffer::new(frames).ok_or_else(|| failed("the slots are in use"))?;
        Ok(Camera { name, fps, pattern, sensor, buffer, frames, taken: 0 })
    }

    /// Tries three frames, two, and one, and tells why each count that does not fit is refused. Gives
    /// how many there is room for.
    pub(crate) fn fit(
        &mut self,
        pools: &Pools<'m>,
        shape: &Shape,
        out: &mut dyn Write,
    ) -> Result<Option<u16>> {
        let (Shape { width, height, .. }, format) = (shape, format_name(shape.format));
        let mut fitting = None;
        for count in [3, 2, 1] {
            match self.configure(pools, shape, Count::Exactly(count))? {
                Ok(_) => {
                    fitting = Some(count);
                    break;
                }
                Err(error) => writeln!(
                    out,
                    "{}: {count} x {width}x{height} {format} refused: {error}",
                    self.name
                )
                .map_err(failed)?,
            }
        }
        let chosen = self.configure(pools, shape, Count::Auto)?.ok();
        ensure(chosen == fitting, || format!("of {fitting:?} frames {chosen:?} are chosen"))?;
        Ok(chosen)
    }

    /// Sets the camera up; the inner error is that there is no room.
    fn configure(
        &mut self,
        pools: &Pools<'m>,
        shape: &Shape,
        count: Count,
    ) -> Result<std::result::Result<u16, NoRoom<'m>>> {
        match self.buffer.configure(pools, &mut self.sensor, shape, count) {
            Ok(count) => Ok(Ok(count)),
            Err(ConfigureError::NoRoom(error)) => Ok(Err(error)),
            Err(error) => Err(failed(error)),
        }
    }

    pub(crate) fn setup(&self) -> Result<Setup> {
        self.buffer.setup().copied().ok_or_else(|| failed(format!("{} is not set", self.name)))
    }

    /// The memory of the frames, how many there are, and how far apart.
    pub(crate) fn memory(&self) -> Option<(&Lease<'m>, u16, usize)> {
        Some((self.buffer.lease()?, self.buffer.count(), self.buffer.stride()))
    }

    /// Takes a frame if there is one, compares it with what the sensor draws, and offers it to the
    /// viewer.
    pub(crate) fn look(&mut self, preview: Option<&mut Preview<'_>>) -> Result<bool> {
        let setup = self.setup()?;
        let info = self.sensor.info();
        let Some(frame) = self.buffer.snapshot() else { return Ok(false) };
        let known = frame.info().ok_or_else(|| failed("a frame on loan is known"))?;
        check(&info, &setup, self.pattern, &known, frame.bytes())?;
        self.taken += 1;
        if let Some(preview) = preview {
            preview.show(frame.bytes(), &setup, self.fps)?;
        }
        Ok(true)
    }

    /// Stops the sensor, and checks that every frame is accounted for. The frames' memory stays.
    pub(crate) fn stop(&mut self) -> Result<(Counters, usize)> {
        self.sensor.stop();
        let (counters, queued) = (self.frames.counters(), self.frames.queued());
        let Counters { captured, delivered, dropped, .. } = counters;
        let sum = u64::from(delivered) + u64::from(dropped) + queued as u64;
        ensure(u64::from(captured) == sum, || {
            format!("captured {captured} = delivered {delivered} + dropped {dropped} + {queued}")
        })?;
        ensure(delivered == self.taken, || format!("{delivered} frames were compared"))?;
        Ok((counters, queued))
    }

    /// Gives the memory back.
    pub(crate) fn close(mut self) -> Result<()> {
        self.buffer.unset(&mut self.sensor).map_err(failed)
    }
}

/// The name of a format as scripts know it.
pub(crate) fn format_name(format: PixelFormat) -> String {
    format!("{format:?}").to_uppercase()
}

/// Compares some rows of a frame with the pattern, different ones from frame to frame.
fn check(
    info: &SensorInfo,
    setup: &Setup,
    pattern: Pattern,
    frame: &FrameInfo,
    bytes: &[u8],
) -> Result<()> {
    let number = frame.sequence;
    ensure(frame.bytes as usize == bytes.len() && !frame.overflow, || {
        format!("frame {number} has {} bytes of {}", frame.bytes, bytes.len())
    })?;
    let (width, height) = (setup.frame_width, setup.frame_height);
    let step = (height / ROWS).max(1);
    let first = (number % u32::from(step)) as u16;
    let mut expected = vec![0; setup.row_bytes()];
    for y in (first..height).step_by(step.into()).chain([height - 1]) {
        // the sensor would draw this row alone if it were the window
        let row = Window { x: 0, y, width, height: 1 };
        let row = Shape::new(setup.format, width, height).window(row);
        pattern.draw(&info.setup(&row).map_err(failed)?, number, &mut expected);
        let start = usize::from(y) * setup.row_bytes();
        ensure(bytes.get(start..).is_some_and(|rest| rest.starts_with(&expected)), || {
            format!("row {y} of frame {number} is as it was drawn")
        })?;
    }
    Ok(())
}

/// Takes frames of all cameras for a time, and at least one of each. The first camera's are shown.
pub(crate) fn capture(
    cameras: &mut [Camera<'_>],
    time: Duration,
    preview: &mut Preview<'_>,
) -> Result<()> {
    let start = Instant::now();
    loop {
        let mut any = false;
        let mut preview = Some(&mut *preview);
        for camera in cameras.iter_mut() {
            any |= camera.look(preview.take())?;
        }
        let waited = start.elapsed();
        let all = cameras.iter().all(|camera| camera.taken > 0);
        if waited >= time && all {
            return Ok(());
        }
        ensure(waited < time + PATIENCE, || "every sensor delivers a frame".to_string())?;
        if !any {
            thread::sleep(Duration::from_micros(200));
        }
    }
}

#[cfg(test)]
mod tests {
    use snakelet_pool::Formats;

    use super::*;

    #[test]
    fn a_frame_that_differs_is_noticed() {
        let info = SensorInfo { crops: true, ..SensorInfo::new("test", Formats::NONE, 64, 32) };
        let info = SensorInfo { formats: Formats::NONE.with(PixelFormat::Rgb565), ..info };
        let setup = info.setup(&Shape::new(PixelFormat::Rgb565, 64, 32)).expect("a setup");
        let mut bytes = vec![0; setup.frame_bytes()];
        Pattern::Checkers.draw(&setup, 9, &mut bytes);
        let frame = FrameInfo { sequence: 9, time_us: 0, bytes: 4096, overflow: false };
        let check =
            |frame: &FrameInfo, bytes: &[u8]| check(&info, &setup, Pattern::Checkers, frame, bytes);
        assert!(check(&frame, &bytes).is_ok());
        assert!(check(&FrameInfo { sequence: 40, ..frame }, &bytes).is_err());
        assert!(check(&FrameInfo { bytes: 4095, ..frame }, &bytes).is_err());
        *bytes.last_mut().expect("a byte") ^= 1;
        assert!(check(&frame, &bytes).is_err());
    }
}
