//! What a frame buffer asks of an image sensor, and sensors that need no hardware.

mod control;
#[cfg(any(feature = "std", test))]
mod faulty;
mod pattern;
mod picture;
mod soft;
#[cfg(any(feature = "std", test))]
mod thread;

pub use control::{Control, ControlValue};
#[cfg(any(feature = "std", test))]
pub use faulty::{Fault, FaultySensor};
pub use pattern::Pattern;
pub use picture::{Checkers, Picture};
pub use soft::SoftSensor;
use thiserror::Error;
#[cfg(any(feature = "std", test))]
pub use thread::ThreadSensor;

use crate::frames::Frames;
use crate::{Formats, PixelFormat, Reach, Shape, ShapeError, Window};

/// A source of frames.
///
/// `'m` is the life of the memory that frames lie in: `'static` where slots and pools are statics, as
/// they are when an interrupt handler fills them.
///
/// A [`FrameBuffer`](crate::FrameBuffer) calls `stop`, `configure` and `start` in this order whenever
/// the shape of frames changes. A sensor takes a slot with [`Frames::begin`], fills it, and completes it.
///
/// # Contract
///
/// 1. **S1** After `start` the sensor takes slots of these frames and of no others.
/// 2. **S2** When `stop` returns, the sensor has completed or dropped what it was filling, and takes no
///    more. A frame buffer notices if it has not, and keeps the memory until it has.
/// 3. **S3** Frames have the format and the size of the last `configure`, and no more bytes than their slot.
/// 4. **S4** A sensor that leaves memory to a device in `start` makes sure that the device has stopped
///    writing when `stop` returns, also if that means resetting it. Handing the address to a device
///    is `unsafe` on the sensor's side, and this is its obligation.
///
/// ```
/// use snakelet_pool::{FrameMeta, Frames, Reach, Sensor, SensorError, SensorInfo, Setup};
/// use snakelet_pool::{Formats, PixelFormat};
///
/// /// Fills a frame with zeros at each poll.
/// struct Dark<'m>(Option<&'m Frames<'m>>);
///
/// impl<'m> Sensor<'m> for Dark<'m> {
///     fn info(&self) -> SensorInfo {
///         SensorInfo::new("dark", Formats::NONE.with(PixelFormat::Grayscale), 640, 480)
///     }
///     fn configure(&mut self, _setup: &Setup) -> Result<(), SensorError> {
///         Ok(())
///     }
///     fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError> {
///         self.0 = Some(frames);
///         Ok(())
///     }
///     fn stop(&mut self) {
///         self.0 = None;
///     }
///     fn poll(&mut self) {
///         if let Some(mut frame) = self.0.and_then(Frames::begin) {
///             frame.bytes().fill(0);
///             let bytes = frame.len() as u32;
///             frame.complete(FrameMeta { bytes, ..FrameMeta::default() });
///         }
///     }
/// }
/// ```
pub trait Sensor<'m>: Send {
    /// What the sensor can do.
    fn info(&self) -> SensorInfo;

    /// Prepares for frames of a shape, while the sensor is stopped.
    ///
    /// # Errors
    /// If the sensor does not answer or cannot do it; frames stop then.
    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError>;

    /// Starts to fill slots.
    ///
    /// # Errors
    /// If the sensor does not answer.
    fn start(&mut self, frames: &'m Frames<'m>) -> Result<(), SensorError>;

    /// Stops filling slots: when it returns no byte is written any more (S2, S4).
    fn stop(&mut self);

    /// Sets or asks for something, such as the exposure time.
    ///
    /// # Errors
    /// `Unsupported` unless the sensor has it.
    fn control(&mut self, control: Control<'_>) -> Result<ControlValue, SensorError> {
        let _ = control;
        Err(SensorError::Unsupported)
    }

    /// Called again and again while somebody waits for a frame: sensors without an interrupt or a
    /// thread fill theirs here.
    fn poll(&mut self) {}
}

/// What a sensor can do.
///
/// ```
/// use snakelet_pool::{Formats, PixelFormat, Reach, SensorInfo};
///
/// // a sensor whose rows a DMA controller moves in words
/// let info = SensorInfo {
///     id: 0x2640,
///     reach: Reach::CPU | Reach::DMA,
///     row_bytes: 4,
///     ..SensorInfo::new("ov2640", Formats::NONE.with(PixelFormat::Rgb565), 1600, 1200)
/// };
/// assert!(!info.crops);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SensorInfo {
    /// Its name.
    pub name: &'static str,
    /// The number that tells the chip, as scripts see it.
    pub id: u32,
    /// Formats that it makes.
    pub formats: Formats,
    /// Columns of its largest picture.
    pub max_width: u16,
    /// Rows of its largest picture.
    pub max_height: u16,
    /// Who writes its frames, and so must reach their memory.
    pub reach: Reach,
    /// A row's pixels are a multiple of this.
    pub row_pixels: u16,
    /// A row's bytes are a multiple of this.
    pub row_bytes: u16,
    /// Whether it captures a window of its picture alone.
    pub crops: bool,
}

impl SensorInfo {
    /// A sensor with these formats and this largest picture, whose frames the processor writes, and
    /// which has no further rules and does not crop.
    pub const fn new(
        name: &'static str,
        formats: Formats,
        max_width: u16,
        max_height: u16,
    ) -> Self {
        SensorInfo {
            name,
            id: 0,
            formats,
            max_width,
            max_height,
            reach: Reach::CPU,
            row_pixels: 1,
            row_bytes: 1,
            crops: false,
        }
    }

    /// What frames of this shape are like when they come from this sensor.
    ///
    /// # Errors
    /// If the sensor does not make them.
    pub fn setup(&self, shape: &Shape) -> Result<Setup, ShapeError> {
        let Shape { format, width, height, window } = *shape;
        if !self.formats.contains(format) {
            return Err(ShapeError::Format { format, sensor: self.name });
        }
        let (most_width, most_height) = (self.max_width, self.max_height);
        if !(1..=most_width).contains(&width) || !(1..=most_height).contains(&height) {
            return Err(ShapeError::Size { width, height, most_width, most_height });
        }
        if let Some(window) = window {
            let fits = |start: u16, len: u16, whole: u16| {
                len > 0 && start.checked_add(len).is_some_and(|end| end <= whole)
            };
            if !fits(window.x, window.width, width) || !fits(window.y, window.height, height) {
                return Err(ShapeError::Window { window, width, height });
            }
        }
        let cropped = window.filter(|_| self.crops);
        let (frame_width, frame_height) =
            cropped.map_or((width, height), |window| (window.width, window.height));
        let bytes = format.row_bytes(frame_width);
        let (of_pixels, of_bytes) = (self.row_pixels.max(1), self.row_bytes.max(1));
        if frame_width % of_pixels != 0 || bytes % usize::from(of_bytes) != 0 {
            return Err(ShapeError::Row { pixels: frame_width, bytes, of_pixels, of_bytes });
        }
        Ok(Setup { format, width, height, window, cropped, frame_width, frame_height })
    }
}

/// What frames are to be like, in a sensor's terms.
///
/// ```
/// use snakelet_pool::{Formats, PixelFormat, SensorInfo, Shape, Window};
///
/// let mut info = SensorInfo::new("grey", Formats::NONE.with(PixelFormat::Grayscale), 640, 480);
/// info.crops = true;
/// let window = Window { x: 160, y: 120, width: 320, height: 240 };
/// let setup = info.setup(&Shape::new(PixelFormat::Grayscale, 640, 480).window(window))?;
/// // the sensor captures the window alone
/// assert_eq!((setup.frame_width, setup.frame_height, setup.frame_bytes()), (320, 240, 76_800));
/// # Ok::<(), snakelet_pool::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// How pixels are stored.
    pub format: PixelFormat,
    /// Columns of the sensor's picture.
    pub width: u16,
    /// Rows of the sensor's picture.
    pub height: u16,
    /// The part of it that was asked for.
    pub window: Option<Window>,
    /// The part of it that the sensor captures alone; none if it captures all.
    pub cropped: Option<Window>,
    /// Columns of a frame in memory.
    pub frame_width: u16,
    /// Rows of a frame in memory.
    pub frame_height: u16,
}

impl Setup {
    /// Bytes of a row of a frame in memory; rows follow each other without gaps.
    pub const fn row_bytes(&self) -> usize {
        self.format.row_bytes(self.frame_width)
    }

    /// Bytes of a frame; the most that a frame may have if it is compressed.
    pub const fn frame_bytes(&self) -> usize {
        self.format.frame_bytes(self.frame_width, self.frame_height)
    }
}

/// Why a sensor did not do something.
///
/// ```
/// use snakelet_pool::{Control, Pattern, Sensor, SensorError, SoftSensor};
///
/// let error = SoftSensor::new(Pattern::Checkers).control(Control::ReadRegister(1)).unwrap_err();
/// assert_eq!(error, SensorError::Unsupported);
/// assert_eq!(error.to_string(), "the sensor does not support this");
/// ```
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SensorError {
    /// The sensor does not have this.
    #[error("the sensor does not support this")]
    Unsupported,
    /// A value is not possible.
    #[error("the sensor does not take this value")]
    Value,
    /// The sensor does not answer.
    #[error("the sensor does not answer")]
    NoAnswer,
    /// The sensor refuses, with a number that its driver explains.
    #[error("the sensor reports error {0}")]
    Failed(i32),
}
