//! Cameras: what joins `snakelet-camera` to the builder of interpreters.

use core::fmt;
use core::ops::Range;

use snakelet_camera::Camera;
use snakelet_camera::link::Viewer;
use snakelet_pool::{Frames, Pools, Sensor, StreamWriter};
use snakelet_vm::name;
use snakelet_vm::native::{Contents, NativeModule};

use crate::{Builder, Error, Exception};

/// The library with the modules of cameras.
pub(crate) static LIBRARY: &[&NativeModule] = &[
    &TIME,
    &snakelet_camera::CSI,
    &snakelet_camera::IMAGE,
    &snakelet_camera::UMALLOC,
    &snakelet_stdlib::ARRAY,
    &snakelet_stdlib::CMATH,
    &snakelet_stdlib::COLLECTIONS,
    &snakelet_stdlib::MATH,
    &snakelet_stdlib::RANDOM,
    &snakelet_stdlib::STRUCT,
    #[cfg(feature = "asyncio")]
    &snakelet_stdlib::ASYNCIO,
    #[cfg(feature = "binascii")]
    &snakelet_stdlib::BINASCII,
    #[cfg(feature = "cryptolib")]
    &snakelet_stdlib::CRYPTOLIB,
    #[cfg(feature = "deflate")]
    &snakelet_stdlib::DEFLATE,
    #[cfg(feature = "framebuf")]
    &snakelet_stdlib::FRAMEBUF,
    #[cfg(feature = "hashlib")]
    &snakelet_stdlib::HASHLIB,
    #[cfg(feature = "heapq")]
    &snakelet_stdlib::HEAPQ,
    #[cfg(feature = "json")]
    &snakelet_stdlib::JSON,
    #[cfg(feature = "platform")]
    &snakelet_stdlib::PLATFORM,
    #[cfg(feature = "re")]
    &snakelet_stdlib::RE,
    #[cfg(feature = "select")]
    &snakelet_stdlib::SELECT,
    #[cfg(feature = "uctypes")]
    &snakelet_stdlib::UCTYPES,
    #[cfg(feature = "websocket")]
    &snakelet_stdlib::WEBSOCKET,
];

/// `time` with `clock`.
static TIME: NativeModule = NativeModule::new(name!("time"), &TIME_PARTS);

static TIME_PARTS: [Contents; 2] = [
    Contents {
        functions: snakelet_stdlib::TIME.contents[0].functions,
        constants: snakelet_stdlib::TIME.contents[0].constants,
    },
    Contents { functions: snakelet_camera::CLOCK.functions, constants: &[] },
];

/// What a builder knows of a camera.
pub(crate) struct Parts {
    camera: Camera,
    fault: Option<&'static str>,
}

impl Parts {
    fn new() -> Self {
        Parts { camera: Camera::new(Pools::new()), fault: None }
    }

    /// Notes what went wrong; the first fault is what `build` tells.
    fn note<E: fmt::Display>(&mut self, done: Result<(), E>, fault: &'static str) {
        if done.is_err() {
            self.fault = self.fault.or(Some(fault));
        }
    }

    /// Keeps pools out of the heap's memory.
    pub(crate) fn keep_out_heap(&mut self, addresses: Range<usize>) {
        let done = self.camera.keep_out("python heap", addresses);
        self.note(done, "the heap overlaps a pool or the stream buffer");
    }

    /// The camera.
    pub(crate) fn finish(self) -> Result<Camera, Error> {
        match self.fault {
            None => Ok(self.camera),
            Some(fault) => Err(Exception::new("ValueError", fault).into()),
        }
    }
}

impl Builder<'_> {
    fn camera(&mut self) -> &mut Parts {
        self.camera.get_or_insert_with(Parts::new)
    }

    /// Lets images of scripts and the frames of sensors lie in these pools, and gives scripts the modules `csi`,
    /// `image` and `umalloc`, and `time.clock`. It comes before [`stream`](Builder::stream) and
    /// [`sensor`](Builder::sensor).
    pub fn pools(mut self, pools: &Pools<'static>) -> Self {
        let parts = self.camera();
        for (_, pool) in pools.iter() {
            let done = parts.camera.add_pool(pool);
            parts.note(done, "pools overlap, or there are too many");
        }
        for (name, range) in pools.keep_outs() {
            let done = parts.camera.keep_out(name, range);
            parts.note(done, "a range that is kept out overlaps a pool");
        }
        self
    }

    /// Says where the stream buffer lies, of which a viewer takes the preview: no pool may overlap it.
    pub fn stream(mut self, region: Range<usize>) -> Self {
        let parts = self.camera();
        let done = parts.camera.keep_out("stream buffer", region);
        parts.note(done, "the stream buffer overlaps a pool");
        self
    }

    /// Shows frames to a viewer, through a stream buffer that no pool may overlap.
    ///
    /// What the viewer wishes, a [`Link`](snakelet_camera::link::Link) learns of a tool. To have the writing side back,
    /// take it of the camera: `interpreter.with_state(Camera::take_preview)`.
    pub fn preview(mut self, writer: StreamWriter<'static>, viewer: &'static Viewer) -> Self {
        let parts = self.camera();
        let done = parts.camera.set_preview(writer, viewer);
        parts.note(done, "the stream buffer overlaps a pool");
        self
    }

    /// Adds a sensor, with the slots for its frames. The first one is what `csi.CSI()` gives.
    ///
    /// It is stopped, and what its frames take given back, when the interpreter is dropped. To have it back,
    /// take it of the camera: `interpreter.with_state(|camera: &mut Camera| camera.take_sensor(name))`.
    pub fn sensor(
        mut self,
        name: &'static str,
        frames: &'static Frames<'static>,
        sensor: &'static mut dyn Sensor<'static>,
    ) -> Self {
        let parts = self.camera();
        let done = parts.camera.add_sensor(name, frames, sensor);
        parts.note(done, "there are too many sensors, or the slots of one are in use");
        self
    }
}
