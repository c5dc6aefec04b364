#![allow(clippy::expect_used, reason = "a test fails by panicking")]
//! A small board: two pools, and sensors of software.

#![allow(dead_code, reason = "each test program uses a part")]

mod files;

use std::mem::MaybeUninit;
use std::sync::Mutex;

use snakelet::{Error, Interpreter};
use snakelet_pool::{
    Attributes, Clock, Frames, MemoryPool, Pattern, PoolConfig, Pools, SegregatedPool, Sensor,
    SensorError, SensorInfo, Setup, Slot, SoftSensor, VirtualClock,
};

/// Memories that live as long as the program.
pub(crate) struct Board {
    pub(crate) dram: &'static SegregatedPool<'static, Mutex<()>>,
    pub(crate) sram: &'static SegregatedPool<'static, Mutex<()>>,
    pub(crate) pools: Pools<'static>,
    pub(crate) frames: [&'static Frames<'static>; 2],
    canaries: [[&'static [u8]; 2]; 2],
    heap: Vec<MaybeUninit<u8>>,
    console: Output,
    clock: Time,
    files: files::Shelf,
}

/// A clock that moves on at each look.
struct Time(VirtualClock);

impl snakelet::host::Clock for Time {
    fn ticks_us(&mut self) -> u64 {
        // a sensor may be a thread, which has to get on meanwhile
        std::thread::yield_now();
        self.0.advance(50);
        self.0.now_us()
    }
    fn sleep_us(&mut self, us: u64) {
        self.0.advance(us);
    }
}

/// What scripts print.
#[derive(Default)]
struct Output(Vec<u8>);

impl snakelet::host::Console for Output {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// What nobody writes to, on both sides of a pool.
const CANARIES: usize = 64;
const CANARY: u8 = 0xC5;

type Pool = &'static SegregatedPool<'static, Mutex<()>>;

/// A pool, and what lies on both sides of its memory.
fn pool(bytes: usize, config: PoolConfig<'static>) -> (Pool, [&'static [u8]; 2]) {
    let memory = Box::leak(vec![CANARY; bytes + 2 * CANARIES].into_boxed_slice());
    let (before, rest) = memory.split_at_mut(CANARIES);
    let (memory, behind) = rest.split_at_mut(bytes);
    let pool = SegregatedPool::new(memory, config, Mutex::new(())).expect("a pool");
    (Box::leak(Box::new(pool)), [before, behind])
}

/// A sensor of software.
pub(crate) fn soft(pattern: Pattern) -> &'static mut dyn Sensor<'static> {
    Box::leak(Box::new(SoftSensor::new(pattern)))
}

/// A sensor that goes by another number.
pub(crate) struct Numbered(pub(crate) u32, pub(crate) SoftSensor<'static, Pattern>);

impl Sensor<'static> for Numbered {
    fn info(&self) -> SensorInfo {
        let mut info = self.1.info();
        info.id = self.0;
        info
    }
    fn configure(&mut self, setup: &Setup) -> Result<(), SensorError> {
        self.1.configure(setup)
    }
    fn start(&mut self, frames: &'static Frames<'static>) -> Result<(), SensorError> {
        self.1.start(frames)
    }
    fn stop(&mut self) {
        self.1.stop();
    }
    fn poll(&mut self) {
        self.1.poll();
    }
}

impl Board {
    pub(crate) fn new(heap: usize) -> Self {
        Self::with_pools(heap, 1 << 20, 32 << 10)
    }

    /// The same with pools of these sizes.
    pub(crate) fn with_pools(heap: usize, dram: usize, sram: usize) -> Self {
        let (dram, around_dram) = pool(dram, PoolConfig::new("dram").line(32));
        let fast = PoolConfig::new("sram").attributes(Attributes::FAST).line(32);
        let (sram, around_sram) = pool(sram, fast);
        let canaries = [around_dram, around_sram];
        let mut pools = Pools::new();
        pools.add(dram).expect("the first");
        pools.add(sram).expect("the second");
        let frames: [&'static Frames<'static>; 2] = [
            &**Box::leak(Box::new(Frames::<[Slot; 8]>::new())),
            &**Box::leak(Box::new(Frames::<[Slot; 3]>::new())),
        ];
        let heap = vec![MaybeUninit::uninit(); heap];
        let clock = Time(VirtualClock::new(0));
        let (console, files) = (Output::default(), files::Shelf::default());
        Board { dram, sram, pools, frames, canaries, heap, console, clock, files }
    }

    /// Runs `work` with an interpreter that has two sensors, and checks that nothing is left in the pools.
    pub(crate) fn run<R>(&mut self, work: impl FnOnce(&mut Interpreter<'_>) -> R) -> R {
        let sensors = [soft(Pattern::Checkers), soft(Pattern::MovingBar)];
        self.run_with(sensors, work)
    }

    /// The same with other sensors.
    pub(crate) fn run_with<R>(
        &mut self,
        [first, second]: [&'static mut dyn Sensor<'static>; 2],
        work: impl FnOnce(&mut Interpreter<'_>) -> R,
    ) -> R {
        let mut python = Interpreter::builder(&mut self.heap)
            .console(&mut self.console)
            .clock(&mut self.clock)
            .files(&mut self.files)
            .pools(&self.pools)
            .sensor("main", self.frames[0], first)
            .sensor("second", self.frames[1], second)
            .build()
            .expect("an interpreter");
        let result = work(&mut python);
        python.fail_after(None);
        assert!(python.is_sound());
        drop(python);
        assert_eq!(self.files.open(), 0, "files are closed");
        for pool in [self.dram, self.sram] {
            let stats = pool.stats();
            assert_eq!((stats.used, stats.used_blocks), (0, 0), "{}", pool.info().name);
        }
        let mut canaries = self.canaries.iter().flatten().copied().flatten();
        assert!(canaries.all(|byte| *byte == CANARY), "a canary died");
        result
    }

    /// Runs a script to its end.
    pub(crate) fn exec(&mut self, script: &str) -> Result<(), Error> {
        self.run(|python| python.exec(script))
    }

    /// What was printed since the last call.
    pub(crate) fn printed(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.console.0)).expect("text")
    }
}
