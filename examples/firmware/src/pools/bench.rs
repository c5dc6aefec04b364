//! Instructions of pools and frames, counted by the timer.
//!
//! QEMU runs an instruction a nanosecond (`-icount shift=0`), and the timer counts 25 MHz, so a tick
//! is 40 instructions. Each call starts at another moment between two ticks, all of them equally
//! often; so the mean over the calls is finer than a tick, and it is printed to the next number
//! below. Interrupts are off meanwhile.

use core::alloc::Layout;
use core::arch::asm;
use core::hint::black_box;
use core::sync::atomic::{Ordering, compiler_fence};

use snakelet_pool::{
    Attributes, Block, Checkers, Count, FrameBuffer, FrameMeta, FrameRef, Frames, Full, MemoryPool,
    Pools, Request, Slot, SoftSensor,
};

use super::{Outcome, QQVGA};
use crate::{semihosting, ticks};

const INSTRUCTIONS_PER_TICK: u32 = 40;
/// Calls are delayed by twice 1 to 20 instructions.
const DELAYS: u32 = INSTRUCTIONS_PER_TICK / 2;
/// Calls of each kind: each delay 60 times.
const CALLS: u32 = 60 * DELAYS;
/// The most instructions that a call of frames may take with up to three slots, apart from what it
/// takes to drop frames that a reader who is behind has missed.
const LIMIT: u32 = 100;

/// Slots of the frame buffers that are measured.
const SLOTS: usize = 8;
static FRAMES: Frames<'static, [Slot; SLOTS]> = Frames::new();

/// A mean over calls.
#[derive(Clone, Copy, Default)]
struct Meter {
    ticks: u32,
    calls: u32,
}

impl Meter {
    /// Runs a call and counts its instructions.
    fn count<R>(&mut self, call: impl FnOnce() -> R) -> R {
        let start = ticks::count();
        while ticks::count() == start {}
        let delay = self.calls % DELAYS + 1;
        // SAFETY: counts a register down to 0.
        unsafe {
            asm!("2: subs {0}, #1", "bne 2b", inout(reg) delay => _, options(nomem, nostack))
        };
        let before = ticks::count();
        compiler_fence(Ordering::SeqCst);
        let result = call();
        compiler_fence(Ordering::SeqCst);
        self.ticks += ticks::between(before, ticks::count());
        self.calls += 1;
        result
    }

    /// Instructions of a call, less those of an empty one.
    fn mean(&self) -> u32 {
        let mut empty = Meter::default();
        for _ in 0..CALLS {
            empty.count(|| ());
        }
        let per_call = |meter: &Meter| meter.ticks * INSTRUCTIONS_PER_TICK / meter.calls.max(1);
        per_call(self).saturating_sub(per_call(&empty))
    }
}

/// What is measured of one number of slots.
#[derive(Default)]
struct Figures {
    begin: Meter,
    complete: Meter,
    acquire: Meter,
    release: Meter,
    /// While the reader is behind, and the oldest frame or all of them are dropped.
    begin_behind: Meter,
    /// While several frames wait.
    acquire_behind: Meter,
}

/// Prints the figures; gives an error if a call takes more instructions than it may.
pub fn run(pools: &Pools<'static>) -> Outcome {
    ticks::count_long();
    frames(pools)?;
    memory(pools)
}

fn frames(pools: &Pools<'static>) -> Outcome {
    let counts = [
        (c"1 slot\n", Count::Exactly(1), 1),
        (c"2 slots\n", Count::Exactly(2), 2),
        (c"3 slots\n", Count::Exactly(3), 3),
        (c"4 slots, in order\n", Count::Fifo(4, Full::Flush), 4),
        (c"8 slots, in order\n", Count::Fifo(8, Full::Flush), 8),
    ];
    let mut within = true;
    for (label, count, slots) in counts {
        let figures = measure(pools, count, slots)?;
        semihosting::print(label);
        for (label, meter) in [
            (c"  begin: ", figures.begin),
            (c"  complete: ", figures.complete),
            (c"  acquire: ", figures.acquire),
            (c"  release: ", figures.release),
            (c"  begin, reader behind: ", figures.begin_behind),
        ] {
            let mean = meter.mean();
            semihosting::print_number(label, mean);
            within &= slots > 3 || mean <= LIMIT;
        }
        semihosting::print_number(c"  acquire, reader behind: ", figures.acquire_behind.mean());
    }
    if within { Ok(()) } else { Err(c"more instructions than may be\n") }
}

fn measure(pools: &Pools<'static>, count: Count, slots: u32) -> Outcome<Figures> {
    let mut sensor = SoftSensor::new(Checkers).ticked();
    let mut buffer = FrameBuffer::new(&FRAMES).ok_or(c"the slots are in use\n")?;
    buffer
        .configure(pools, &mut sensor, &QQVGA, count)
        .map_err(|_| c"the camera cannot be configured\n")?;
    let mut figures = Figures::default();
    let Figures { begin, complete, acquire, release, begin_behind, acquire_behind } = &mut figures;
    for _ in 0..CALLS {
        fill(begin, complete)?;
        take(&mut buffer, acquire, release)?;
    }
    for _ in 0..CALLS {
        // more frames than there are slots
        for _ in 0..slots + 1 {
            fill(begin_behind, complete)?;
        }
        take(&mut buffer, acquire_behind, release)?;
    }
    buffer.unset(&mut sensor).map_err(|_| c"the sensor does not stop\n")?;
    Ok(figures)
}

fn fill(begin: &mut Meter, complete: &mut Meter) -> Outcome {
    let filling = begin.count(begin_frame).ok_or(c"no slot\n")?;
    let meta = black_box(FrameMeta { time_us: 1, bytes: 2, overflow: false });
    complete.count(|| filling.complete(meta));
    Ok(())
}

#[inline(never)]
fn begin_frame() -> Option<snakelet_pool::Filling<'static>> {
    FRAMES.begin()
}

fn take(
    buffer: &mut FrameBuffer<'static>,
    acquire: &mut Meter,
    release: &mut Meter,
) -> Outcome<FrameRef> {
    let frame = acquire.count(|| buffer.acquire()).ok_or(c"no frame\n")?;
    release.count(|| buffer.release(frame));
    Ok(frame)
}

fn memory(pools: &Pools<'static>) -> Outcome {
    let (_, pool) = pools.iter().next().ok_or(c"no pool\n")?;
    semihosting::print(c"fresh pool\n");
    blocks(pool)?;
    placement(pools)?;

    // fifty blocks of 1 to 60 lines, of which every second one is released
    let mut blocks_in_use = [const { None::<Block<'static>> }; 50];
    for (index, place) in blocks_in_use.iter_mut().enumerate() {
        *place = pool.allocate(layout(32 * (1 + index * 37 % 60))?, false);
    }
    for place in blocks_in_use.iter_mut().step_by(2) {
        place.take().and_then(|block| pool.release(block).err());
    }
    semihosting::print(c"fragmented pool\n");
    blocks(pool)?;
    placement(pools)?;
    for block in blocks_in_use.into_iter().flatten() {
        pool.release(block).map_err(|_| c"a block is refused\n")?;
    }
    Ok(())
}

fn layout(size: usize) -> Outcome<Layout> {
    Layout::from_size_align(size, 32).map_err(|_| c"an impossible layout\n")
}

/// Takes and releases blocks of many sizes.
fn blocks(pool: &'static dyn MemoryPool) -> Outcome {
    let (mut worst_allocate, mut worst_release) = (0, 0);
    let (mut all_allocate, mut all_release) = (Meter::default(), Meter::default());
    for lines in (1..64).chain([100, 1000, 10_000, 100_000]) {
        let layout = layout(32 * lines)?;
        let (mut allocate, mut release) = (Meter::default(), Meter::default());
        for _ in 0..DELAYS {
            let block = allocate.count(|| pool.allocate(layout, false)).ok_or(c"no block\n")?;
            release.count(|| pool.release(block)).map_err(|_| c"a block is refused\n")?;
        }
        worst_allocate = worst_allocate.max(allocate.mean());
        worst_release = worst_release.max(release.mean());
        for (all, one) in [(&mut all_allocate, allocate), (&mut all_release, release)] {
            all.ticks += one.ticks;
            all.calls += one.calls;
        }
    }
    semihosting::print_number(c"  allocate, mean over sizes: ", all_allocate.mean());
    semihosting::print_number(c"  allocate, worst size: ", worst_allocate);
    semihosting::print_number(c"  release, mean over sizes: ", all_release.mean());
    semihosting::print_number(c"  release, worst size: ", worst_release);
    Ok(())
}

/// Places requests among all pools.
fn placement(pools: &Pools<'static>) -> Outcome {
    let bulk = Request::new(1000);
    let fast = Request::new(1000).want(Attributes::FAST);
    let dtcm = Request::new(1000).want(Attributes::DTCM).align(64);
    for (label, request) in [
        (c"  place, bulk: ", bulk),
        (c"  place, FAST: ", fast),
        (c"  place, DTCM, aligned: ", dtcm),
    ] {
        let mut place = Meter::default();
        let mut release = Meter::default();
        for _ in 0..CALLS {
            let lease = place.count(|| pools.place(&request)).map_err(|_| c"no room\n")?;
            release.count(|| drop(lease));
        }
        semihosting::print_number(label, place.mean());
        semihosting::print_number(c"    lease dropped: ", release.mean());
    }
    Ok(())
}
