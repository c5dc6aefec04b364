//! Whole runs.

use snakelet_camera::link::Viewer;
use snakelet_pool::presets;

use crate::board::Memories;
use crate::host::{Steps, Time};
use crate::map::{Map, Range};
use crate::run::{self, Ended, Job};
use crate::shared::Shared;

/// Runs a script on a board for so many frames.
fn run(board: &str, source: &str, frames: u32) -> (Ended, String) {
    let board = presets::board(board).expect("a board");
    let viewer = Box::leak(Box::new(Viewer::new()));
    let (mut memories, _) = Memories::new(board, None, viewer).expect("memories");
    let shared = Shared::new(&memories);
    let job = Job {
        source: source.as_bytes(),
        name: "test",
        path: Vec::new(),
        frames: Some(frames),
        echoes: false,
    };
    let mut time = Time::Virtual(Steps::default());
    let ended = run::run(&mut memories, &shared, &mut time, &job).expect("it runs");
    assert_eq!(ended.result, Ok(()));
    assert_eq!(memories.used(), 0);
    (ended, shared.shown())
}

fn find<'a>(map: &'a Map, what: &str) -> &'a Range {
    map.ranges().find(|range| range.what == what).expect(what)
}

/// Ranges follow each other without gaps, from the first byte of a pool to its last.
fn check(map: &Map) {
    for pool in &map.pools {
        let part = presets::board("openmv-n6").expect("a board").pools;
        let part = part.iter().find(|part| part.name == pool.report.info.name).expect("a part");
        let mut next = presets::OPENMV_N6.address(&part.part, 0);
        let end = next + u64::from(part.part.length);
        for range in &pool.ranges {
            assert_eq!(range.start, next, "{}: {range:?}", pool.report.info.name);
            next += range.size;
        }
        assert_eq!(next, end, "{}", pool.report.info.name);
        let free = pool.ranges.iter().filter(|range| range.what == "free");
        assert_eq!(free.map(|range| range.size).sum::<u64>(), pool.report.stats.free as u64);
    }
}

#[test]
fn five_megapixels_fit_three_times_and_the_bar_is_found_beside_them() {
    let (ended, shown) = run("openmv-n6", crate::BAR, 60);
    assert!(ended.frames >= 60);
    check(&ended.map);
    let frames = |name: &str| -> Vec<&Range> {
        ended.map.ranges().filter(|range| range.what.starts_with(name)).collect()
    };
    let first = frames("main, frame");
    assert_eq!(first.len(), 3);
    assert_eq!(first.iter().map(|range| range.size).sum::<u64>(), 30_233_088);
    let second = frames("second, frame");
    assert_eq!(second.iter().map(|range| range.size).sum::<u64>(), 3 * 320 * 240);
    // all of them in the bulk memory, which begins 25 MiB into the DRAM
    for range in first.iter().chain(&second) {
        assert!((0x9190_0000..0x9190_0000 + (31 << 20)).contains(&range.start), "{range:?}");
    }
    assert!(find(&ended.map, "main, frame 0").size == 2 * 2592 * 1944);
    let text = ended.map.to_string();
    for line in [
        "pool 'dram' bulk: size ",
        "Python heap, part 2",
        "stream buffer",
        "pool 'npu' FAST|DTCM|TRANSIENT",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(
        shown.starts_with("3 frames of 2592 x 1944\n3 frames of 320 x 240\nbar at "),
        "{shown}"
    );
    assert!(shown.lines().count() >= 4, "{shown}");
}

#[test]
fn a_small_board_has_fewer_frames_of_colour() {
    let script = "
import csi
cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.VGA)
print(cam.framebuffers())
try:
    cam.pixformat(csi.RGB565)
except MemoryError as error:
    print(error)
";
    let (_, shown) = run("openmv4", script, 10);
    assert_eq!(shown, "1\npool 'sram0': asked 614400, free 490208, largest 490208\n");
}
