//! Memory of the desktop that stands in for the memories of a board.

use std::mem::MaybeUninit;
use std::path::Path;
use std::sync::Mutex;

use snakelet::{Builder, Interpreter};
use snakelet_camera::Camera;
use snakelet_camera::link::Viewer;
use snakelet_pool::presets::{Board, BoardMemory, PoolPart};
use snakelet_pool::{
    Frames, MemoryPool, Pattern, PoolConfig, Pools, SegregatedPool, Sensor, Slot, SoftSensor,
    StreamBuffer, StreamReader, StreamWriter,
};

use crate::sensors::{Folder, Numbered};

/// Slots of a sensor.
const SLOTS: usize = 16;

/// What the second sensor is known by.
pub(crate) const SECOND_ID: u32 = 0x50F8;

/// A sensor, with its name and its slots.
struct Wired {
    name: &'static str,
    frames: &'static Frames<'static>,
    sensor: Option<&'static mut dyn Sensor<'static>>,
}

/// What the memories of a board are used for. They live as long as the program, and an interpreter has them for a
/// while.
pub(crate) struct Memories {
    pub(crate) board: &'static Board,
    heap: Vec<&'static mut [MaybeUninit<u8>]>,
    pools: Pools<'static>,
    parts: Vec<(&'static PoolPart, &'static dyn MemoryPool)>,
    sensors: [Wired; 2],
    writer: Option<StreamWriter<'static>>,
    viewer: &'static Viewer,
}

impl Memories {
    /// Makes pools of a board's memories, and sensors: the first one shows a pattern, or the pictures of a folder,
    /// and the second one a bar that moves. Also gives the viewer's side of the preview.
    pub(crate) fn new(
        board: &'static Board,
        pictures: Option<&Path>,
        viewer: &'static Viewer,
    ) -> Result<(Self, StreamReader<'static>), String> {
        let memory = Box::leak(Box::new(BoardMemory::new(board))).split();
        let mut pools = Pools::new();
        let mut parts = Vec::new();
        for (part, memory) in memory.pools {
            let config =
                PoolConfig::new(part.name).attributes(part.attributes).reach(part.reach).line(32);
            let pool = SegregatedPool::new(memory, config, Mutex::new(()))
                .map_err(|error| error.to_string())?;
            let pool: &'static dyn MemoryPool = Box::leak(Box::new(pool));
            pools.add(pool).map_err(|error| error.to_string())?;
            parts.push((part, pool));
        }
        let stream = StreamBuffer::new(memory.stream).map_err(|error| error.to_string())?;
        let (writer, reader) = Box::leak(Box::new(stream)).split();
        let frames =
            || -> &'static Frames<'static> { Box::leak(Box::new(Frames::<[Slot; SLOTS]>::new())) };
        let wired = |name, sensor| Wired { name, frames: frames(), sensor: Some(sensor) };
        let first: &'static mut dyn Sensor<'static> = match pictures {
            Some(folder) => Box::leak(Box::new(SoftSensor::new(Folder::read(folder)?))),
            None => Box::leak(Box::new(SoftSensor::new(Pattern::Checkers))),
        };
        let second = Numbered { id: SECOND_ID, sensor: SoftSensor::new(Pattern::MovingBar) };
        let memories = Memories {
            board,
            heap: memory.heap,
            pools,
            parts,
            sensors: [wired("main", first), wired("second", Box::leak(Box::new(second)))],
            writer: Some(writer),
            viewer,
        };
        Ok((memories, reader))
    }

    /// The slots of all sensors.
    pub(crate) fn frames(&self) -> Vec<&'static Frames<'static>> {
        self.sensors.iter().map(|wired| wired.frames).collect()
    }

    /// The pools, with what they are on the board.
    pub(crate) fn pools(&self) -> Vec<(&'static PoolPart, &'static dyn MemoryPool)> {
        self.parts.clone()
    }

    /// Bytes of the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.heap.iter().map(|region| region.len()).sum()
    }

    /// A builder of an interpreter with everything; [`Returned`] is what comes back.
    pub(crate) fn builder(&mut self) -> Option<Builder<'_>> {
        let (first, rest) = self.heap.split_first_mut()?;
        let mut builder = Interpreter::builder(first).pools(&self.pools);
        for region in rest {
            builder = builder.region(region);
        }
        if let Some(writer) = self.writer.take() {
            builder = builder.preview(writer, self.viewer);
        }
        for wired in &mut self.sensors {
            if let Some(sensor) = wired.sensor.take() {
                builder = builder.sensor(wired.name, wired.frames, sensor);
            }
        }
        Some(builder)
    }

    /// Bytes in use in all pools.
    pub(crate) fn used(&self) -> usize {
        self.pools.stats(None).used
    }
}

/// What an interpreter gives back, for the next one.
#[derive(Default)]
pub(crate) struct Returned {
    sensors: Vec<(&'static str, &'static mut dyn Sensor<'static>)>,
    writer: Option<StreamWriter<'static>>,
}

impl Returned {
    /// Stops the sensors of an interpreter and takes them, and its side of the preview.
    pub(crate) fn take(python: &mut Interpreter<'_>) -> Returned {
        let taken = python.with_state(|camera: &mut Camera| {
            let names = ["main", "second"];
            let sensor = |name| Some((name, camera.take_sensor(name)?));
            let sensors = names.into_iter().filter_map(sensor).collect();
            Returned { sensors, writer: camera.take_preview() }
        });
        taken.unwrap_or_default()
    }

    /// Puts it back.
    pub(crate) fn put(self, memories: &mut Memories) {
        for (name, sensor) in self.sensors {
            if let Some(wired) = memories.sensors.iter_mut().find(|wired| wired.name == name) {
                wired.sensor = Some(sensor);
            }
        }
        memories.writer = self.writer;
    }
}
