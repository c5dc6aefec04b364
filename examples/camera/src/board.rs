//! Memory of the desktop that stands in for the memories of a board.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::Mutex;

use snakelet_pool::presets::{Board, BoardMemory};
use snakelet_pool::{
    Frames, MemoryPool, Pattern, PoolConfig, Pools, SegregatedPool, Sensor, Slot, SoftSensor,
};

/// Slots of a sensor.
const SLOTS: usize = 16;

/// What the memories of a board are used for. They live as long as the program.
pub(crate) struct Memories {
    heap: Option<Vec<&'static mut [MaybeUninit<u8>]>>,
    pools: Pools<'static>,
    stream: Range<usize>,
    frames: [&'static Frames<'static>; 2],
}

/// What an interpreter is built with.
pub(crate) struct Wiring<'a> {
    pub(crate) pools: &'a Pools<'static>,
    pub(crate) stream: Range<usize>,
    pub(crate) sensors: [Wired; 2],
}

/// A sensor, with its name and its slots.
type Wired = (&'static str, &'static Frames<'static>, &'static mut dyn Sensor<'static>);

impl Memories {
    pub(crate) fn new(board: &'static Board) -> Result<Self, String> {
        let parts = Box::leak(Box::new(BoardMemory::new(board))).split();
        let mut pools = Pools::new();
        for (part, memory) in parts.pools {
            let config =
                PoolConfig::new(part.name).attributes(part.attributes).reach(part.reach).line(32);
            let pool = SegregatedPool::new(memory, config, Mutex::new(()))
                .map_err(|error| error.to_string())?;
            let pool: &'static dyn MemoryPool = Box::leak(Box::new(pool));
            pools.add(pool).map_err(|error| error.to_string())?;
        }
        let Range { start, end } = parts.stream.as_ptr_range();
        let frames =
            || -> &'static Frames<'static> { Box::leak(Box::new(Frames::<[Slot; SLOTS]>::new())) };
        Ok(Memories {
            heap: Some(parts.heap),
            pools,
            stream: start.addr()..end.addr(),
            frames: [frames(), frames()],
        })
    }

    /// The slots of all sensors.
    pub(crate) fn frames(&self) -> Vec<&'static Frames<'static>> {
        self.frames.to_vec()
    }

    /// The regions of the heap, which are there once, and the rest.
    pub(crate) fn parts(&mut self) -> (Vec<&'static mut [MaybeUninit<u8>]>, Wiring<'_>) {
        let soft = |pattern| -> &'static mut dyn Sensor<'static> {
            Box::leak(Box::new(SoftSensor::new(pattern)))
        };
        let [first, second] = self.frames;
        let sensors = [
            ("main", first, soft(Pattern::Checkers)),
            ("second", second, soft(Pattern::MovingBar)),
        ];
        let heap = self.heap.take().unwrap_or_default();
        (heap, Wiring { pools: &self.pools, stream: self.stream.clone(), sensors })
    }

    /// Bytes in use in all pools.
    pub(crate) fn used(&self) -> usize {
        self.pools.stats(None).used
    }
}
