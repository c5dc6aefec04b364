//! `frames/{begin_complete,acquire_release,hand_over}/{single,double,triple,queue8}`: time of the steps of
//! a frame from a sensor to a reader, without its pixels; `frames/configure`: a change of shape.

use criterion::{BatchSize, Criterion};
use snakelet_pool::{
    Count, FrameBuffer, FrameMeta, Frames, Pattern, PixelFormat, PoolConfig, Pools, SegregatedPool,
    Sensor, SensorError, SensorInfo, Setup, Shape, SingleThread, Slot, SoftSensor,
};

const BYTES: usize = 64 << 10;
const SHAPE: Shape = Shape::new(PixelFormat::Grayscale, 64, 48);

/// A sensor that leaves the slots to whoever drives it.
struct Driven(SensorInfo);

impl<'m> Sensor<'m> for Driven {
    fn info(&self) -> SensorInfo {
        self.0
    }
    fn configure(&mut self, _: &Setup) -> Result<(), SensorError> {
        Ok(())
    }
    fn start(&mut self, _: &'m Frames<'m>) -> Result<(), SensorError> {
        Ok(())
    }
    fn stop(&mut self) {}
}

/// Fills the next slot, as an interrupt handler would.
fn capture(frames: &Frames<'_>) -> bool {
    let filling = frames.begin();
    filling
        .map(|filling| filling.complete(FrameMeta { bytes: 1, ..FrameMeta::default() }))
        .is_some()
}

pub(crate) fn frames(c: &mut Criterion) {
    for (name, count) in [("single", 1), ("double", 2), ("triple", 3), ("queue8", 8)] {
        with_camera(count, |frames, camera| {
            c.benchmark_group("frames/begin_complete").bench_function(name, |b| {
                b.iter(|| assert!(capture(frames)));
            });
            c.benchmark_group("frames/acquire_release").bench_function(name, |b| {
                b.iter_batched(
                    || assert!(capture(frames)),
                    |()| {
                        let frame = camera.acquire();
                        assert!(frame.is_some_and(|frame| camera.release(frame)));
                    },
                    BatchSize::NumIterations(1),
                );
            });
            c.benchmark_group("frames/hand_over").bench_function(name, |b| {
                b.iter(|| {
                    assert!(capture(frames));
                    let frame = camera.acquire();
                    assert!(frame.is_some_and(|frame| camera.release(frame)));
                });
            });
        });
    }
    configure(c);
}

/// Runs a bench with a frame buffer of `count` slots; a queue delivers all there is before.
fn with_camera(count: u16, bench: impl FnOnce(&Frames<'_>, &mut FrameBuffer<'_>)) {
    with_pools(|pools| {
        let frames: Frames<'_, [Slot; 8]> = Frames::new();
        let mut sensor = Driven(SoftSensor::new(Pattern::Checkers).info());
        let Some(mut camera) = FrameBuffer::new(&frames) else { return };
        let set = camera.configure(pools, &mut sensor, &SHAPE, Count::Exactly(count));
        assert_eq!(set, Ok(count));
        bench(&frames, &mut camera);
    });
}

fn with_pools(bench: impl FnOnce(&Pools<'_>)) {
    let mut memory = vec![0; BYTES];
    let config = PoolConfig::new("sram");
    let Ok(pool) = SegregatedPool::new(&mut memory, config, SingleThread::new()) else { return };
    let mut pools = Pools::new();
    assert!(pools.add(&pool).is_ok());
    bench(&pools);
}

fn configure(c: &mut Criterion) {
    with_pools(|pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        let Some(mut camera) = FrameBuffer::new(&frames) else { return };
        c.bench_function("frames/configure", |b| {
            b.iter(|| {
                assert_eq!(camera.configure(pools, &mut sensor, &SHAPE, Count::Auto), Ok(3));
            });
        });
    });
}
