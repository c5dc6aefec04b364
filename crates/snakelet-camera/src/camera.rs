//! What an interpreter has of the host: pools and sensors.

use core::fmt;
use core::ops::Range;

use snakelet_pool::{
    AddError, ConfigureError, Count, FrameBuffer, FrameRef, Frames, Full, Lease, MemoryPool,
    NoRoom, PixelFormat, Pools, Request, Sensor, Shape, StreamWriter, Window,
};
use snakelet_vm::name;
use snakelet_vm::native::{NativeData, NativeType, Serve, TypeSlots};

use crate::csi::callbacks::{self, Told};
use crate::link::Viewer;
use crate::preview::Preview;
use crate::report::PoolReport;
use crate::text::Text;

/// Sensors that a camera may have.
pub const MOST_SENSORS: usize = 4;

/// Images of at most so many bytes lie in the heap of Python, unless the host says otherwise.
const SMALL: usize = 4096;

/// The pools and sensors that the scripts of an interpreter use.
///
/// Pools, slots and sensors are statics, or leaked: objects of scripts refer to them, and an interpreter may be
/// anywhere. `Interpreter::set_state` gives a camera to an interpreter. It is dropped with it, which stops the
/// sensors and gives all memory back.
///
/// ```
/// use snakelet_camera::Camera;
/// use snakelet_pool::{Frames, Pattern, PoolConfig, Pools, SegregatedPool, SingleThread, Slot, SoftSensor};
///
/// static FRAMES: Frames<'static, [Slot; 3]> = Frames::new();
///
/// let pool: &'static _ = {
///     let memory = Box::leak(vec![0; 1 << 20].into_boxed_slice());
///     let pool = SegregatedPool::new(memory, PoolConfig::new("dram"), std::sync::Mutex::new(()))?;
///     Box::leak(Box::new(pool))
/// };
/// let mut pools = Pools::new();
/// pools.add(pool).map_err(|error| error.to_string())?;
/// let sensor = Box::leak(Box::new(SoftSensor::new(Pattern::Checkers)));
/// let mut camera = Camera::new(pools);
/// camera.add_sensor("main", &FRAMES, sensor).map_err(|error| error.to_string())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Camera {
    pools: Pools<'static>,
    sources: [Option<Source>; MOST_SENSORS],
    small: usize,
    preview: Option<Preview>,
}

/// The memory of a sensor's frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameMemory {
    /// The name of the sensor.
    pub name: &'static str,
    /// Where the first frame begins.
    pub address: usize,
    /// Bytes from one frame to the next.
    pub stride: usize,
    /// Frames.
    pub count: u16,
}

/// Why a sensor was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorError {
    /// There are [`MOST_SENSORS`] already.
    Full,
    /// Another frame buffer has the slots.
    SlotsInUse,
}

impl fmt::Display for SensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SensorError::Full => write!(f, "there can be {MOST_SENSORS} sensors"),
            SensorError::SlotsInUse => f.write_str("the slots are in use"),
        }
    }
}

impl core::error::Error for SensorError {}

impl NativeData for Camera {
    const TYPE: &'static NativeType = &CAMERA;
    const EXCLUSIVE: bool = true;
    const STATE_VALUES: usize = callbacks::CALLBACKS;
    const SERVE: Option<Serve> = Some(callbacks::serve);

    fn report(&self, write: &mut dyn FnMut(&str)) {
        for (_, pool) in self.pools.iter() {
            write(Text::<256>::of(format_args!("{}\n", PoolReport::of(pool))).as_str());
        }
    }
}

static CAMERA: NativeType =
    NativeType::of(name!("Camera"), const { &TypeSlots::of::<Camera>() }).sealed();

impl Camera {
    /// A camera without sensors, over these pools.
    pub const fn new(pools: Pools<'static>) -> Self {
        Camera { pools, sources: [const { None }; MOST_SENSORS], small: SMALL, preview: None }
    }

    /// Adds a pool.
    ///
    /// # Errors
    /// If it overlaps another one or a range that is kept out, or there are too many.
    pub fn add_pool(&mut self, pool: &'static dyn MemoryPool) -> Result<(), AddError<'static>> {
        self.pools.add(pool).map(drop)
    }

    /// Adds a sensor with the slots for its frames; the first one is what scripts get when they do not say
    /// which.
    ///
    /// # Errors
    /// If there are too many, or the slots are in use.
    pub fn add_sensor(
        &mut self,
        name: &'static str,
        frames: &'static Frames<'static>,
        sensor: &'static mut dyn Sensor<'static>,
    ) -> Result<(), SensorError> {
        let place = self.sources.iter_mut().find(|place| place.is_none());
        let place = place.ok_or(SensorError::Full)?;
        let buffer = FrameBuffer::new(frames).ok_or(SensorError::SlotsInUse)?;
        *place = Some(Source {
            name,
            buffer,
            sensor,
            settings: Settings::default(),
            current: None,
            uses: 0,
            told: Told::default(),
        });
        Ok(())
    }

    /// Stops a sensor and takes it back; scripts find it no more.
    pub fn take_sensor(&mut self, name: &str) -> Option<&'static mut dyn Sensor<'static>> {
        let named = |place: &&mut Option<Source>| place.as_ref().is_some_and(|s| s.name == name);
        let mut source = self.sources.iter_mut().find(named)?.take()?;
        // memory that the sensor does not let go of stays with the frame buffer
        let _ = source.buffer.unset(source.sensor);
        Some(source.sensor)
    }

    /// Shows frames to a viewer, through a stream buffer that no pool may overlap. Its region may be kept out already.
    ///
    /// # Errors
    /// If a pool overlaps its region.
    pub fn set_preview(
        &mut self,
        writer: StreamWriter<'static>,
        viewer: &'static Viewer,
    ) -> Result<(), AddError<'static>> {
        let range = writer.range();
        let holds = |kept: &Range<usize>| kept.start <= range.start && range.end <= kept.end;
        if !self.pools.keep_outs().any(|(_, kept)| holds(&kept)) {
            self.pools.keep_out("stream buffer", range)?;
        }
        self.preview = Some(Preview::new(writer, viewer));
        Ok(())
    }

    /// Takes the writing side of the preview back, for the next camera.
    pub fn take_preview(&mut self) -> Option<StreamWriter<'static>> {
        self.preview.take().map(|preview| preview.writer)
    }

    pub(crate) const fn preview_mut(&mut self) -> Option<&mut Preview> {
        self.preview.as_mut()
    }

    /// Notes that a range of addresses is used otherwise, such as for the heap of Python.
    ///
    /// # Errors
    /// If a pool overlaps it.
    pub fn keep_out(
        &mut self,
        name: &'static str,
        range: Range<usize>,
    ) -> Result<(), AddError<'static>> {
        self.pools.keep_out(name, range)
    }

    /// Sets up to how many bytes of pixels an image lies in the heap of Python.
    pub const fn set_small(&mut self, bytes: usize) {
        self.small = bytes;
    }

    /// The pools.
    pub const fn pools(&self) -> &Pools<'static> {
        &self.pools
    }

    /// The memory that the frames of each sensor have, for reports.
    pub fn frame_memory(&self) -> impl Iterator<Item = FrameMemory> {
        self.sources.iter().flatten().filter_map(|source| {
            let buffer = &source.buffer;
            let address = buffer.lease()?.address();
            let (stride, count) = (buffer.stride(), buffer.count());
            Some(FrameMemory { name: source.name, address, stride, count })
        })
    }

    pub(crate) const fn small(&self) -> usize {
        self.small
    }

    pub(crate) fn source(&self, i: usize) -> Option<&Source> {
        self.sources.get(i)?.as_ref()
    }

    /// A sensor, and the pools that its frame buffer is placed in.
    pub(crate) fn source_mut(&mut self, i: usize) -> Option<(&mut Source, &Pools<'static>)> {
        Some((self.sources.get_mut(i)?.as_mut()?, &self.pools))
    }

    /// The number of the sensor with this id.
    pub(crate) fn find(&self, id: Option<u32>) -> Option<usize> {
        self.sources.iter().position(|source| {
            let is = |source: &Source| id.is_none_or(|id| source.sensor.info().id == id);
            source.as_ref().is_some_and(is)
        })
    }

    /// The ids of all sensors.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> {
        self.sources.iter().flatten().map(|source| source.sensor.info().id)
    }

    /// Gives back the frames whose images were collected.
    pub(crate) fn reclaim(&mut self) {
        for source in self.sources.iter_mut().flatten() {
            source.buffer.reclaim();
        }
    }

    /// Places a block.
    pub(crate) fn place(&self, request: &Request) -> Result<Lease<'static>, NoRoom<'static>> {
        self.pools.place(request)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for source in self.sources.iter_mut().flatten() {
            // a frame buffer keeps, for good, what the sensor does not let go of
            let _ = source.buffer.unset(source.sensor);
        }
    }
}

/// What a script has set for a sensor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) format: Option<PixelFormat>,
    pub(crate) size: Option<(u16, u16)>,
    pub(crate) window: Option<Window>,
    /// How many frames were asked for; none: as many as there is room for.
    pub(crate) count: Option<u16>,
    /// Whether a queue that is full is flushed, or capture pauses.
    pub(crate) flush: bool,
    pub(crate) rate: u16,
    pub(crate) mirror: bool,
    pub(crate) flip: bool,
    pub(crate) transpose: bool,
    pub(crate) rotation: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            format: None,
            size: None,
            window: None,
            count: None,
            flush: true,
            rate: 0,
            mirror: false,
            flip: false,
            transpose: false,
            rotation: false,
        }
    }
}

/// A sensor and its frames.
pub(crate) struct Source {
    name: &'static str,
    pub(crate) buffer: FrameBuffer<'static>,
    pub(crate) sensor: &'static mut dyn Sensor<'static>,
    pub(crate) settings: Settings,
    /// The frame of the last snapshot, which the next one gives back.
    pub(crate) current: Option<FrameRef>,
    /// How many methods look at one of its frames while they run code of the script.
    pub(crate) uses: u32,
    /// What callbacks were told of.
    pub(crate) told: Told,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Source { name, buffer, settings, .. } = self;
        f.debug_struct("Source")
            .field("name", name)
            .field("buffer", buffer)
            .field("settings", settings)
            .finish()
    }
}

impl Source {
    /// The name that the host has given it.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Forgets what a script has set, and gives the memory of the frames back.
    pub(crate) fn reset(&mut self) -> Result<(), ConfigureError<'static>> {
        self.current = None;
        self.settings = Settings { flush: self.settings.flush, ..Settings::default() };
        self.buffer.unset(self.sensor)
    }

    /// Places memory for what is set, if format and size are.
    pub(crate) fn configure(
        &mut self,
        pools: &Pools<'static>,
    ) -> Result<(), ConfigureError<'static>> {
        let Settings { format, size, window, count, flush, .. } = self.settings;
        let (Some(format), Some((width, height))) = (format, size) else { return Ok(()) };
        let shape = Shape { format, width, height, window };
        let full = if flush { Full::Flush } else { Full::Stop };
        let count = match count {
            None => Count::Auto,
            Some(count @ ..=3) => Count::Exactly(count),
            Some(count) => Count::Fifo(count, full),
        };
        self.buffer.configure(pools, self.sensor, &shape, count)?;
        self.current = None;
        Ok(())
    }

    /// Gives the frame of the last snapshot back, unless a script holds it, and those that were collected.
    pub(crate) fn release_current(&mut self) {
        if let Some(frame) = self.current.take() {
            self.buffer.release(frame);
        }
        self.buffer.reclaim();
    }

    /// Lets the script hold the frame of the last snapshot; false if no slot would be left in the ring.
    pub(crate) fn hold(&mut self, frame: FrameRef) -> bool {
        if self.current != Some(frame) {
            return self.buffer.is_current(frame);
        }
        // the frame that was taken is one of those that are held
        if self.buffer.held() >= usize::from(self.buffer.count()) {
            return false;
        }
        self.current = None;
        true
    }

    /// Gives a frame back that a script has done with.
    pub(crate) fn give_back(&mut self, frame: FrameRef) {
        self.buffer.release(frame);
        self.current = self.current.filter(|current| *current != frame);
    }
}
