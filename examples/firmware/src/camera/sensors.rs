//! The sensors: one whose pictures an interrupt computes, and one that makes frames without any work.

use snakelet_pool::{
    Formats, FrameMeta, Frames, PixelFormat, Sensor, SensorError, SensorInfo, Setup,
};

use super::sensor::{self, SharedSensor};

/// What scripts know the blank sensor by.
const BLANK_ID: u32 = 0x50F9;

/// Both sensors. It is called once.
pub fn take() -> [&'static mut dyn Sensor<'static>; 2] {
    static mut SHARED: SharedSensor = SharedSensor;
    static mut BLANK: Blank = Blank { frames: None };
    sensor::init();
    // SAFETY: the statics are named here only, and `camera::start` calls this once.
    unsafe { [&mut *&raw mut SHARED, &mut *&raw mut BLANK] }
}

/// A sensor whose frames are what their memory was before: all that a snapshot of it costs is the snapshot.
struct Blank {
    frames: Option<&'static Frames<'static>>,
}

impl Sensor<'static> for Blank {
    fn info(&self) -> SensorInfo {
        let formats = Formats::NONE.with(PixelFormat::Grayscale).with(PixelFormat::Rgb565);
        let mut info = SensorInfo::new("blank", formats, 4096, 4096);
        info.id = BLANK_ID;
        info
    }

    fn configure(&mut self, _: &Setup) -> Result<(), SensorError> {
        Ok(())
    }

    fn start(&mut self, frames: &'static Frames<'static>) -> Result<(), SensorError> {
        self.frames = Some(frames);
        Ok(())
    }

    fn stop(&mut self) {
        self.frames = None;
    }

    fn poll(&mut self) {
        if let Some(filling) = self.frames.and_then(Frames::begin) {
            let bytes = filling.len() as u32;
            filling.complete(FrameMeta { time_us: 0, bytes, overflow: false });
        }
    }
}
