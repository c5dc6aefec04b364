//! What hosts do: overlapping memories, sensors that fail, interpreters that come and go.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::mem::MaybeUninit;
use std::sync::Mutex;

use snakelet::Interpreter;
use snakelet_camera::Camera;
use snakelet_pool::{
    Fault, FaultySensor, Frames, MemoryPool, Pattern, PoolConfig, Pools, SegregatedPool, Sensor,
    Slot, ThreadSensor,
};
use support::{Board, soft};

const SETUP: &str = "
import csi
cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQVGA)
";

fn faulty(fault: Fault) -> &'static mut dyn Sensor<'static> {
    Box::leak(Box::new(FaultySensor::new(fault)))
}

fn error_of(board: &mut Board, fault: Fault, script: &str) -> String {
    board.run_with([faulty(fault), soft(Pattern::Checkers)], |python| {
        match python.exec(&format!("{SETUP}{script}")) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    })
}

#[test]
fn sensors_may_fail_in_every_way() {
    let mut board = Board::new(128 << 10);
    let failed = "RuntimeError: Sensor control failed.";
    assert_eq!(error_of(&mut board, Fault::Configure, ""), failed);
    assert_eq!(error_of(&mut board, Fault::Start, ""), failed);
    let overflow = "RuntimeError: Frame buffer overflow, try reducing the frame size.";
    assert_eq!(error_of(&mut board, Fault::Overflow, "cam.snapshot()"), overflow);
    assert_eq!(error_of(&mut board, Fault::FailAt(1), "for i in range(9): cam.snapshot()"), "");
    assert_eq!(error_of(&mut board, Fault::Short(5), "cam.snapshot().get_pixel(9, 9)"), "");
    // a stalled sensor is started again, and makes two frames anew
    let script = "
for i in range(3):
    cam.snapshot()
    cam.snapshot()
    try:
        cam.snapshot()
        assert 0
    except RuntimeError as error:
        assert str(error) == 'Frame capture has timed out.', error
";
    assert_eq!(error_of(&mut board, Fault::StallAfter(2), script), "");
}

#[test]
fn callbacks_run_while_the_script_does_something_else() {
    let mut board = Board::new(128 << 10);
    let thread = Box::leak(Box::new(ThreadSensor::spawn(Pattern::Checkers, 500)));
    board.run_with([thread, soft(Pattern::Checkers)], |python| {
        python
            .exec(&format!(
                "{SETUP}
calls = []
def frame():
    calls.append(cam.readable())
    if len(calls) == 5:
        raise KeyError('enough')
cam.frame_callback(frame)
for i in range(1_000_000_000):
    if cam.frame_callback() is None:
        break
assert calls == [True] * 5, calls
cam.framesize((32, 16))
cam.frame_callback(lambda: calls.append(cam.framesize((16, 8))))
for i in range(1_000_000_000):
    # natives make most of the steps
    if calls.count(True) + calls.count(None) >= 8:
        break
cam.frame_callback(None)
assert cam.snapshot().width() == 16
"
            ))
            .expect("it ends");
    });
    let printed = board.printed();
    assert_eq!(printed.matches("Traceback").count(), 1, "{printed}");
    assert!(printed.ends_with("KeyError: 'enough'\n"), "{printed}");
}

#[test]
fn what_a_sensor_does_not_let_go_of_stays() {
    let board = Board::new(0);
    let mut heap = vec![MaybeUninit::uninit(); 128 << 10];
    let mut python = Interpreter::builder(&mut heap)
        .pools(&board.pools)
        .sensor("main", board.frames[0], faulty(Fault::WriteAfterStop))
        .build()
        .expect("an interpreter");
    python.exec(SETUP).expect("it is set up");
    python.exec("cam.snapshot(blocking=False)").expect("it is filling");
    let error = python.exec("cam.framesize(csi.QVGA)").expect_err("it goes on writing");
    assert!(error.to_string().starts_with("RuntimeError: Sensor control failed: the sensor still"));
    assert!(python.exec("cam.snapshot()").is_err());
    drop(python);
    // nobody else gets the memory
    assert!(board.dram.stats().used >= 3 * 19_200);
}

#[test]
fn interpreters_come_and_go() {
    let mut board = Board::new(64 << 10);
    let script = format!(
        "{SETUP}
import image
cam.snapshot().hold()
a = image.Image(200, 100, image.GRAYSCALE)
b = [cam.snapshot().copy() for i in range(4)]
def f():
    with cam.snapshot() as img:
        raise KeyError(img)
f()
"
    );
    for _ in 0..1000 {
        let error = board.exec(&script).expect_err("it raises");
        assert!(error.to_string().starts_with("KeyError"), "{error}");
    }
}

#[test]
fn many_frames_leave_nothing_behind() {
    let mut board = Board::new(64 << 10);
    let frames = board.run(|python| {
        python
            .exec(&format!(
                "{SETUP}
import gc, umalloc
cam.framesize((32, 16))
def frames(n):
    for i in range(n):
        img = cam.snapshot()
        if i % 50 == 7:
            img.hold()
        if i % 300 == 0:
            cam.framesize((32, 16 + i % 7))
        try:
            if i % 3 == 0:
                raise ValueError
        except ValueError:
            pass
        if i % 97 == 0:
            cam.snapshot().copy(pool='dram')
frames(1000)
img = None
gc.collect()
before = gc.mem_free()
frames(100_000)
gc.collect()
umalloc.collect()
flat = before - gc.mem_free() < 1000
blocks = umalloc.stats()[0]
"
            ))
            .expect("it ends");
        assert!(python.get::<bool>("flat").expect("a bool"));
        assert_eq!(python.get::<i64>("blocks").expect("an int"), 0);
        python.eval::<i64>("cam.counters().delivered").expect("a count")
    });
    assert!(frames > 100_000, "{frames}");
}

#[test]
fn overlapping_memories_are_refused() {
    let board = Board::new(0);
    let fault = |pools: &Pools<'static>, heap: &mut [MaybeUninit<u8>], stream| {
        let built = Interpreter::builder(heap).pools(pools).stream(stream).build();
        built.err().map_or(String::new(), |error| error.to_string())
    };
    let mut heap = vec![MaybeUninit::uninit(); 64 << 10];
    let free = 16..32;
    assert_eq!(fault(&board.pools, &mut heap, free.clone()), "");
    let inside = board.dram.info().range();
    let told = fault(&board.pools, &mut heap, inside.start..inside.start + 100);
    assert_eq!(told, "ValueError: the stream buffer overlaps a pool");
    assert_eq!(fault(&board.pools, &mut heap, 5..5), told);
    let heap_range = heap.as_ptr_range();
    let told = fault(&board.pools, &mut heap, heap_range.start.addr()..heap_range.end.addr());
    assert_eq!(told, "ValueError: the heap overlaps a pool or the stream buffer");
}

#[test]
fn sensors_are_taken_back_and_slots_belong_to_one() {
    let board = Board::new(0);
    let mut heap = vec![MaybeUninit::uninit(); 64 << 10];
    let mut sensor = Some(soft(Pattern::Checkers));
    for _ in 0..3 {
        let mut python = Interpreter::builder(&mut heap)
            .pools(&board.pools)
            .sensor("main", board.frames[0], sensor.take().expect("it came back"))
            .build()
            .expect("an interpreter");
        python.exec(&format!("{SETUP}img = cam.snapshot()")).expect("a frame");
        let mut other = vec![MaybeUninit::uninit(); 64 << 10];
        let second = Interpreter::builder(&mut other)
            .pools(&board.pools)
            .sensor("main", board.frames[0], soft(Pattern::Checkers))
            .build();
        assert!(
            second.is_err_and(|error| error.to_string().contains("the slots of one are in use"))
        );
        sensor = python.with_state(|camera: &mut Camera| camera.take_sensor("main")).flatten();
        let error = python.exec("img.get_pixel(0, 0)").expect_err("its memory is gone");
        assert!(error.to_string().starts_with("ValueError: frame was recycled"), "{error}");
        assert!(python.exec("cam.snapshot()").is_err());
        assert_eq!(board.dram.stats().used, 0);
    }
}

#[test]
fn a_heap_is_enough_for_images() {
    let pool = SegregatedPool::new(
        Box::leak(vec![0; 4096].into_boxed_slice()),
        PoolConfig::new("tiny"),
        Mutex::new(()),
    );
    let pool: &'static dyn MemoryPool = Box::leak(Box::new(pool.expect("a pool")));
    let mut pools = Pools::new();
    pools.add(pool).expect("the first");
    static FRAMES: Frames<'static, [Slot; 1]> = Frames::new();
    let mut heap = vec![MaybeUninit::uninit(); 64 << 10];
    let mut python = Interpreter::builder(&mut heap)
        .pools(&Pools::new())
        .sensor("main", &FRAMES, soft(Pattern::Checkers))
        .build()
        .expect("an interpreter");
    python.exec("import image\nimg = image.Image(100, 100, image.RGB565)").expect("it fits");
    let error = python.exec(SETUP).expect_err("no pool for frames").to_string();
    assert!(error.starts_with("MemoryError: no pool for this"), "{error}");
}

#[test]
fn mem_info_tells_of_each_pool() {
    let mut board = Board::new(128 << 10);
    board.exec(&format!("{SETUP}import micropython\nmicropython.mem_info()")).expect("it runs");
    let printed = board.printed();
    let lines: Vec<&str> = printed.lines().filter(|line| line.starts_with("pool ")).collect();
    // three frames of 19,200 bytes
    let [dram, sram] = lines[..] else { panic!("{printed}") };
    assert!(dram.starts_with("pool 'dram' bulk: size "), "{dram}");
    assert!(
        dram.contains("used 57600, ") && dram.contains("persistent 57600, peak 57600, "),
        "{dram}"
    );
    assert!(sram.starts_with("pool 'sram' FAST: size ") && sram.contains("used 0, "), "{sram}");
}
