use std::string::ToString;
use std::sync::Mutex;
use std::vec;
use std::vec::Vec;

use super::*;
use crate::{
    Attributes, Fault, FaultySensor, Frames, MemoryPool, Pattern, PixelFormat, PoolConfig, Record,
    SegregatedPool, SingleThread, Slot, SoftSensor, Stats, ThreadSensor, VirtualClock, Window,
};

type Pool<'m> = SegregatedPool<'m, SingleThread>;

/// Runs a test with a pool of `size` bytes between two canaries, and checks that they live and that
/// no memory is lost.
fn with_pool(size: usize, test: impl FnOnce(&Pool<'_>, &Pools<'_>)) {
    let mut memory = vec![0xC5; size + 3 * 64];
    let start = 64 + memory.as_ptr().addr().wrapping_neg() % 64;
    {
        let mut records = [Record::UNUSED; 32];
        let (region, config) = (&mut memory[start..][..size], PoolConfig::new("dram"));
        let pool = SegregatedPool::with_records(region, &mut records, config, SingleThread::new())
            .expect("a pool");
        let mut pools = Pools::new();
        pools.add(&pool).expect("the first pool");
        test(&pool, &pools);
        pool.verify().expect("consistent records");
        assert_eq!(pool.stats().used, 0, "memory is lost");
    }
    let outside = memory[..start].iter().chain(&memory[start + size..]);
    assert!(outside.into_iter().all(|byte| *byte == 0xC5), "a canary died");
}

const GREY: Shape = Shape::new(PixelFormat::Grayscale, 64, 48);
const COLOUR: Shape = Shape::new(PixelFormat::Rgb565, 64, 48);
const GREY_BYTES: usize = 64 * 48;

/// How often something is repeated: an interpreter that looks for undefined behaviour is slow.
const fn rounds(rounds: u32) -> u32 {
    if cfg!(miri) { 3 } else { rounds }
}

/// The bytes that a frame of a pattern has.
fn drawn(pattern: Pattern, setup: &Setup, number: u32) -> Vec<u8> {
    let mut bytes = vec![0; setup.frame_bytes()];
    pattern.draw(setup, number, &mut bytes);
    bytes
}

fn look(camera: &FrameBuffer<'_>, frame: FrameRef) -> Vec<u8> {
    camera.view(frame).expect("a frame").cells().iter().map(|cell| cell.get()).collect()
}

#[test]
fn frames_arrive_as_they_were_drawn() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        assert_eq!(camera.configure(pools, &mut sensor, &COLOUR, Count::Auto), Ok(3));
        let setup = *camera.setup().expect("it is set");
        for number in 0..rounds(20) {
            sensor.poll();
            let frame = camera.snapshot().expect("a frame");
            assert_eq!(frame.bytes(), drawn(Pattern::Checkers, &setup, number));
            assert_eq!(frame.info().expect("held").bytes as usize, setup.frame_bytes());
        }
        let counters = camera.counters();
        let all = rounds(20);
        assert_eq!((counters.captured, counters.delivered, counters.dropped), (all, all, 0));
        assert_eq!(camera.unset(&mut sensor), Ok(()));
    });
}

#[test]
fn a_frame_that_is_held_is_never_overwritten() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Noise { seed: 3 });
        let small = Shape::new(PixelFormat::Grayscale, 16, 12);
        camera.configure(pools, &mut sensor, &small, Count::Auto).expect("room for three");
        let setup = *camera.setup().expect("it is set");
        sensor.poll();
        let held = camera.acquire().expect("a frame");
        for _ in 0..rounds(50) {
            sensor.poll();
            let newer = camera.acquire().expect("a newer frame");
            assert!(camera.release(newer));
            assert!(!camera.is_current(newer));
            assert!(!camera.release(newer), "it was given back twice");
        }
        assert_eq!(look(&camera, held), drawn(Pattern::Noise { seed: 3 }, &setup, 0));
        assert!(camera.release(held));
        assert!(camera.view(held).is_none());
    });
}

#[test]
fn the_newest_frame_is_delivered_and_the_others_are_counted() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        for count in 1..=3 {
            let set = camera.configure(pools, &mut sensor, &GREY, Count::Exactly(count));
            assert_eq!(set, Ok(count));
            frames.reset_counters();
            sensor.control(crate::Control::Reset { hard: true }).expect("supported");
            for _ in 0..rounds(10) {
                sensor.poll();
            }
            let setup = *camera.setup().expect("it is set");
            let frame = camera.acquire().expect("a frame");
            assert_eq!(
                look(&camera, frame),
                drawn(Pattern::Checkers, &setup, rounds(10) - 1),
                "{count}"
            );
            let counters = camera.counters();
            assert_eq!((counters.captured, counters.delivered), (rounds(10), 1));
            assert_eq!(counters.dropped, rounds(10) - 1);
            camera.release(frame);
        }
    });
}

#[test]
fn a_queue_delivers_in_order_and_does_what_it_is_told_when_full() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 5]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        let sequences = |camera: &mut FrameBuffer<'_>| {
            let mut got = Vec::new();
            while let Some(frame) = camera.acquire() {
                got.push(camera.info(frame).expect("held").sequence);
                camera.release(frame);
            }
            got
        };
        let stop = Count::Fifo(5, Full::Stop);
        camera.configure(pools, &mut sensor, &GREY, stop).expect("room for five");
        (0..8).for_each(|_| sensor.poll());
        let got = sequences(&mut camera);
        assert_eq!(got.len(), 5);
        assert!(got.windows(2).all(|pair| pair[1] == pair[0] + 1));
        assert_eq!(camera.counters().overrun, 3);

        frames.reset_counters();
        camera.configure(pools, &mut sensor, &GREY, Count::Exactly(5)).expect("room for five");
        (0..8).for_each(|_| sensor.poll());
        let got = sequences(&mut camera);
        // the sixth frame found the queue full and dropped the five before it
        assert_eq!(got.len(), 3);
        assert_eq!(camera.counters().dropped, 5);
    });
}

#[test]
fn the_count_falls_to_what_has_room_and_an_explicit_one_fails_with_figures() {
    // room for two grey frames and a half
    with_pool(GREY_BYTES * 5 / 2, |pool, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        assert_eq!(camera.configure(pools, &mut sensor, &GREY, Count::Auto), Ok(2));
        // twice the bytes fit once: the old memory is given back first
        assert_eq!(camera.configure(pools, &mut sensor, &COLOUR, Count::Auto), Ok(1));
        assert_eq!(pool.stats().used, 2 * GREY_BYTES);

        let error = camera.configure(pools, &mut sensor, &GREY, Count::Exactly(3));
        let error = error.expect_err("three do not fit").to_string();
        assert_eq!(error, "pool 'dram': asked 9216, free 7680, largest 7680");
        assert_eq!((camera.count(), camera.setup()), (0, None));
        assert_eq!(pool.stats().used, 0, "nothing is kept after a failure");
        sensor.poll();
        assert!(camera.acquire().is_none());
        let clock = VirtualClock::new(1000);
        assert_eq!(camera.wait(&mut sensor, &clock, 10), Err(WaitError::Unset));
    });
}

#[test]
fn requests_that_cannot_be_change_nothing() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room for three");
        let text = |result: Result<u16, ConfigureError<'_>>| result.expect_err("no").to_string();

        let jpeg = Shape::new(PixelFormat::Jpeg, 64, 48);
        let result = camera.configure(pools, &mut sensor, &jpeg, Count::Auto);
        assert_eq!(text(result), "pixel format 0x06060000 is not supported by 'softcsi'");
        for (width, height) in [(0, 48), (64, 0), (4097, 1), (1, u16::MAX)] {
            let shape = Shape::new(PixelFormat::Grayscale, width, height);
            let result = camera.configure(pools, &mut sensor, &shape, Count::Auto);
            assert!(matches!(result, Err(ConfigureError::Shape(ShapeError::Size { .. }))));
        }
        for (x, y, width, height) in
            [(0, 0, 0, 1), (0, 0, 65, 1), (64, 0, 1, 1), (0, 40, 8, 9), (u16::MAX, 0, u16::MAX, 1)]
        {
            let shape = GREY.window(Window { x, y, width, height });
            let result = camera.configure(pools, &mut sensor, &shape, Count::Auto);
            assert!(matches!(result, Err(ConfigureError::Shape(ShapeError::Window { .. }))));
        }
        for count in [Count::Exactly(0), Count::Exactly(4), Count::Fifo(1000, Full::Stop)] {
            let result = camera.configure(pools, &mut sensor, &GREY, count);
            assert!(matches!(result, Err(ConfigureError::Count { most: 3, .. })));
        }
        let result = camera.configure(pools, &mut sensor, &GREY, Count::Exactly(1000));
        assert_eq!(text(result), "there can be 1 to 3 frames, not 1000");

        assert_eq!(camera.count(), 3);
        sensor.poll();
        assert!(camera.snapshot().is_some());
    });
}

#[test]
fn rows_keep_the_rule_of_the_interface() {
    let mut info = SoftSensor::new(Pattern::Checkers).info();
    (info.row_pixels, info.row_bytes) = (8, 16);
    assert!(info.setup(&Shape::new(PixelFormat::Grayscale, 64, 1)).is_ok());
    assert!(info.setup(&Shape::new(PixelFormat::Rgb565, 72, 1)).is_ok());
    let error = info.setup(&Shape::new(PixelFormat::Grayscale, 72, 1)).expect_err("72 bytes");
    let text = "rows of 72 pixels, 72 bytes, are not multiples of 8 pixels and 16 bytes";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_window_takes_only_its_own_memory_where_the_sensor_crops() {
    with_pool(64 << 10, |pool, pools| {
        let frames: Frames<'_, [Slot; 1]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        let shape = GREY.window(Window { x: 8, y: 8, width: 32, height: 16 });
        assert_eq!(camera.configure(pools, &mut sensor, &shape, Count::Auto), Ok(1));
        assert_eq!(pool.stats().used, 32 * 16);
    });
}

#[test]
fn a_change_of_shape_makes_old_names_stale() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        let mut stale = Vec::new();
        for round in 0..rounds(40) as u16 {
            let shape = if round % 2 == 0 { GREY } else { COLOUR };
            let count = Count::Exactly(1 + round % 3);
            camera.configure(pools, &mut sensor, &shape, count).expect("room");
            sensor.poll();
            stale.push(camera.acquire().expect("a frame"));
            let (now, before) = stale.split_last().expect("one was pushed");
            assert!(camera.view(*now).is_some());
            for frame in before {
                assert!(camera.view(*frame).is_none() && camera.info(*frame).is_none());
                assert!(!camera.release(*frame));
            }
        }
    });
}

#[test]
fn names_that_were_made_up_do_no_harm() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        let try_all = |camera: &mut FrameBuffer<'_>| {
            for slot in [0, 1, 2, 3, u16::MAX] {
                for generation in 0..rounds(20) {
                    let frame = FrameRef::from_parts(slot, generation);
                    assert!(camera.view(frame).is_none());
                    assert!(!camera.release(frame));
                }
            }
        };
        try_all(&mut camera);
        camera.configure(pools, &mut sensor, &GREY, Count::Exactly(1)).expect("room");
        try_all(&mut camera);
        sensor.poll();
        assert!(camera.snapshot().is_some());
        camera.unset(&mut sensor).expect("nothing is filled");
        try_all(&mut camera);
    });
}

#[test]
fn two_cameras_share_a_pool_and_do_not_touch_each_other() {
    with_pool(64 << 10, |pool, pools| {
        let first_frames: Frames<'_, [Slot; 3]> = Frames::new();
        let second_frames: Frames<'_, [Slot; 2]> = Frames::new();
        let mut first = FrameBuffer::new(&first_frames).expect("free slots");
        let mut second = FrameBuffer::new(&second_frames).expect("free slots");
        assert!(FrameBuffer::new(&first_frames).is_none(), "slots have one owner");
        let mut one = SoftSensor::new(Pattern::Checkers);
        let mut other = SoftSensor::new(Pattern::Noise { seed: 5 });
        assert_eq!(first.configure(pools, &mut one, &GREY, Count::Auto), Ok(3));
        assert_eq!(second.configure(pools, &mut other, &COLOUR, Count::Auto), Ok(2));
        let setup = *second.setup().expect("it is set");
        other.poll();
        let frame = second.acquire().expect("a frame");
        for round in 0..rounds(10) as u16 {
            first.configure(pools, &mut one, &GREY, Count::Exactly(1 + round % 3)).expect("room");
            one.poll();
            assert!(first.snapshot().is_some());
        }
        assert_eq!(look(&second, frame), drawn(Pattern::Noise { seed: 5 }, &setup, 0));
        drop(first);
        assert_eq!(pool.stats().used, 2 * setup.frame_bytes());
        assert!(FrameBuffer::new(&first_frames).is_some());
    });
}

#[test]
fn a_sensor_that_fails_leaves_the_frame_buffer_unset_and_empty() {
    with_pool(64 << 10, |pool, pools| {
        for fault in [Fault::Configure, Fault::Start] {
            let frames: Frames<'_, [Slot; 3]> = Frames::new();
            let mut camera = FrameBuffer::new(&frames).expect("free slots");
            let mut sensor = FaultySensor::new(Fault::None);
            camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
            sensor.set_fault(fault);
            let result = camera.configure(pools, &mut sensor, &COLOUR, Count::Auto);
            assert_eq!(result, Err(ConfigureError::Sensor(SensorError::NoAnswer)));
            assert_eq!((camera.count(), pool.stats().used), (0, 0));
            sensor.set_fault(Fault::None);
            assert_eq!(camera.configure(pools, &mut sensor, &COLOUR, Count::Auto), Ok(3));
        }
    });
}

#[test]
fn a_sensor_that_stalls_is_started_again() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = FaultySensor::new(Fault::StallAfter(1));
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        let clock = VirtualClock::new(100_000);
        for _ in 0..3 {
            let frame = camera.wait(&mut sensor, &clock, 3_000_000).expect("the first frame");
            camera.release(frame);
            let error = camera.wait(&mut sensor, &clock, 3_000_000).expect_err("it stalls");
            assert_eq!(error, WaitError::TimedOut { after_us: 3_000_000 });
        }
        sensor.set_fault(Fault::StallAfter(0));
        camera.wait(&mut sensor, &clock, 1000).expect_err("it stalls");
        sensor.set_fault(Fault::Start);
        let error = camera.wait(&mut sensor, &clock, 1000).expect_err("it does not start");
        assert_eq!(error, WaitError::Sensor(SensorError::NoAnswer));
    });
}

#[test]
#[cfg_attr(miri, ignore = "ten million looks at a clock")]
fn a_clock_that_stands_still_does_not_hang() {
    struct Still;
    impl Clock for Still {
        fn now_us(&self) -> u64 {
            7
        }
    }
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = FaultySensor::new(Fault::StallAfter(0));
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        let error = camera.wait(&mut sensor, &Still, 3_000_000).expect_err("no frame");
        assert_eq!(error, WaitError::TimedOut { after_us: 0 });
    });
}

#[test]
fn a_frame_that_fails_is_counted_and_does_not_spoil_the_next() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 1]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = FaultySensor::new(Fault::FailAt(0));
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        sensor.poll();
        assert!(camera.acquire().is_none());
        sensor.poll();
        let setup = *camera.setup().expect("it is set");
        let frame = camera.snapshot().expect("the next frame");
        assert_eq!(frame.bytes(), drawn(Pattern::Checkers, &setup, 0));
        drop(frame);
        assert_eq!(camera.counters().errors, 1);

        sensor.set_fault(Fault::Short(100));
        sensor.poll();
        let frame = camera.acquire().expect("a short frame");
        assert_eq!(camera.view(frame).expect("held").captured().len(), 100);
        camera.release(frame);

        sensor.set_fault(Fault::Overflow);
        sensor.poll();
        let frame = camera.acquire().expect("a frame that was too long");
        let info = camera.info(frame).expect("held");
        assert!(info.overflow);
        assert_eq!(info.bytes as usize, GREY_BYTES, "no more than the slot has");
    });
}

#[test]
fn a_sensor_that_writes_after_stop_keeps_the_memory_and_nothing_else() {
    with_pool(64 << 10, |pool, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = FaultySensor::new(Fault::WriteAfterStop);
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        sensor.poll();
        for _ in 0..3 {
            let error = camera.configure(pools, &mut sensor, &COLOUR, Count::Auto);
            assert_eq!(error, Err(ConfigureError::StillFilling { slots: 1 }));
            assert_eq!((camera.count(), pool.stats().used), (0, 3 * GREY_BYTES));
            // others get other memory, which the late writes do not reach
            let mut other = pools.place(&Request::new(pool.largest(32))).expect("the rest");
            other.as_mut_slice().fill(1);
            sensor.poll();
            assert!(other.as_mut_slice().iter().all(|byte| *byte == 1));
        }
        sensor.let_go();
        sensor.set_fault(Fault::None);
        assert_eq!(camera.configure(pools, &mut sensor, &COLOUR, Count::Auto), Ok(3));
        assert_eq!(pool.stats().used, 3 * 2 * GREY_BYTES);
    });
}

#[test]
fn a_frame_buffer_that_is_dropped_while_a_frame_fills_leaves_its_memory_in_use() {
    let mut memory = vec![0; 64 << 10];
    let pool = SegregatedPool::new(&mut memory, PoolConfig::new("dram"), SingleThread::new())
        .expect("a pool");
    let mut pools = Pools::new();
    pools.add(&pool).expect("the first pool");
    let frames: Frames<'_, [Slot; 3]> = Frames::new();
    let mut sensor = FaultySensor::new(Fault::WriteAfterStop);
    let mut camera = FrameBuffer::new(&frames).expect("free slots");
    camera.configure(&pools, &mut sensor, &GREY, Count::Auto).expect("room");
    sensor.poll();
    drop(camera);
    sensor.poll();
    let Stats { used, used_blocks, .. } = pool.stats();
    assert_eq!((used, used_blocks), (3 * GREY_BYTES, 1));
    assert!(FrameBuffer::new(&frames).is_none());
}

#[test]
fn frames_that_are_forgotten_come_back_with_the_next_configuration() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 2]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers);
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        for _ in 0..2 {
            sensor.poll();
            core::mem::forget(camera.snapshot().expect("a frame"));
        }
        sensor.poll();
        assert!(camera.snapshot().is_none());
        assert_eq!(camera.counters().overrun, 1);
        camera.configure(pools, &mut sensor, &GREY, Count::Auto).expect("room");
        sensor.poll();
        assert!(camera.snapshot().is_some());
    });
}

#[test]
fn a_sensor_whose_writer_reaches_no_pool_is_told_so() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 2]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = SoftSensor::new(Pattern::Checkers).reach(Reach::GPU);
        let error = camera.configure(pools, &mut sensor, &GREY, Count::Auto);
        let text = error.expect_err("no pool").to_string();
        assert_eq!(text, "no pool for this: asked 3072, reach CPU | GPU");
    });
}

#[test]
fn frames_lie_in_the_largest_pool_whatever_else_it_is_good_at() {
    let (mut small, mut large) = (vec![0; 32 << 10], vec![0; 64 << 10]);
    let config = PoolConfig::new("dtcm").attributes(Attributes::DTCM);
    let small = SegregatedPool::new(&mut small, config, SingleThread::new()).expect("a pool");
    let config = PoolConfig::new("sram").attributes(Attributes::FAST);
    let large = SegregatedPool::new(&mut large, config, SingleThread::new()).expect("a pool");
    let mut pools = Pools::new();
    pools.add(&small).expect("the first pool");
    pools.add(&large).expect("the second pool");
    let frames: Frames<'_, [Slot; 3]> = Frames::new();
    let mut camera = FrameBuffer::new(&frames).expect("free slots");
    let mut sensor = SoftSensor::new(Pattern::Checkers);
    camera.configure(&pools, &mut sensor, &GREY, Count::Auto).expect("room");
    assert_eq!(camera.lease().map(|lease| lease.pool().name), Some("sram"));
}

#[test]
fn a_thread_fills_frames_and_is_reconfigured_meanwhile() {
    let mut memory = vec![0; 64 << 10];
    let config = PoolConfig::new("dram");
    let pool = SegregatedPool::new(&mut memory, config, Mutex::new(())).expect("a pool");
    let mut pools = Pools::new();
    pools.add(&pool).expect("the first pool");
    let frames: Frames<'_, [Slot; 4]> = Frames::new();
    let clock = crate::SystemClock::new();
    let (rounds, shots) = if cfg!(miri) { (3, 2) } else { (100, 20) };
    let small = |format| Shape::new(format, 16, 12);
    std::thread::scope(|scope| {
        let mut sensor = ThreadSensor::scoped(scope, Pattern::Checkers, 0);
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        for round in 0..rounds {
            let format = if round % 2 == 0 { PixelFormat::Grayscale } else { PixelFormat::Rgb565 };
            let count = Count::Exactly(1 + round % 4);
            camera.configure(&pools, &mut sensor, &small(format), count).expect("room");
            let setup = *camera.setup().expect("it is set");
            let mut last = None;
            for _ in 0..shots {
                let frame = camera.wait(&mut sensor, &clock, 60_000_000).expect("a frame");
                let sequence = camera.info(frame).expect("held").sequence;
                assert!(last.is_none_or(|last| last < sequence), "frames went back");
                last = Some(sequence);
                // a torn frame is none of those that the pattern has
                let bytes = look(&camera, frame);
                let period = 4 * 32;
                assert!((0..period).any(|n| bytes == drawn(Pattern::Checkers, &setup, n)));
                camera.release(frame);
            }
        }
        camera.unset(&mut sensor).expect("the thread has stopped");
    });
    assert_eq!(pool.stats().used, 0);
    let counters = frames.counters();
    assert_eq!(counters.errors, 0);
    assert_eq!(counters.captured, counters.delivered + counters.dropped);
}

#[test]
fn leases_and_frame_buffers_move_between_threads() {
    fn assert_send<T: Send>() {}
    assert_send::<FrameBuffer<'static>>();
    assert_send::<Lease<'static>>();
    assert_send::<ThreadSensor<'static>>();
}

#[test]
fn disowned_frames_are_given_back_when_they_are_reclaimed() {
    with_pool(64 << 10, |_, pools| {
        let frames: Frames<'_, [Slot; 3]> = Frames::new();
        let mut camera = FrameBuffer::new(&frames).expect("free slots");
        let mut sensor = FaultySensor::new(Fault::Overflow);
        assert_eq!((camera.reclaim(), camera.held()), (0, 0));
        assert_eq!(camera.configure(pools, &mut sensor, &GREY, Count::Auto), Ok(3));
        fn take<'m>(camera: &FrameBuffer<'m>, sensor: &mut FaultySensor<'m>) -> Option<FrameRef> {
            sensor.poll();
            camera.acquire()
        }
        let names = [0; 3].map(|_| take(&camera, &mut sensor).expect("a frame"));
        assert_eq!(take(&camera, &mut sensor), None);
        frames.disown(names[1]);
        // it is as it was until then
        assert!(camera.view(names[1]).is_some_and(|view| view.info().overflow));
        assert_eq!((camera.held(), camera.reclaim(), camera.reclaim()), (3, 1, 0));
        assert_eq!(camera.held(), 2);
        assert_eq!(names.map(|name| camera.is_current(name)), [true, false, true]);
        let next = take(&camera, &mut sensor).expect("a frame");
        assert_eq!(next.slot(), names[1].slot());
        assert!(camera.info(next).is_some_and(|info| info.overflow));
        // an old name disowns nothing
        frames.disown(names[1]);
        assert_eq!(camera.reclaim(), 0);
        names.iter().for_each(|name| frames.disown(*name));
        frames.disown(next);
        assert_eq!(camera.reclaim(), 3);
        // what was disowned before a change of shape does not count after it
        let held = take(&camera, &mut sensor).expect("a frame");
        frames.disown(held);
        assert_eq!(camera.configure(pools, &mut sensor, &COLOUR, Count::Auto), Ok(3));
        let held = take(&camera, &mut sensor).expect("a frame");
        assert_eq!(camera.reclaim(), 0);
        assert!(camera.is_current(held));
        assert_eq!(camera.unset(&mut sensor), Ok(()));
        assert_eq!(camera.reclaim(), 0);
    });
}
