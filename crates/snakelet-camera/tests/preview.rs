//! What a viewer sees.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use snakelet::Interpreter;
use snakelet_camera::Camera;
use snakelet_camera::link::Viewer;
use snakelet_pool::{Pattern, SoftSensor, StreamBuffer, StreamData, StreamHeader, StreamReader};
use support::{Board, Numbered, soft};

const GREY: u32 = 0x0802_0001;
const RGB565: u32 = 0x0C03_0002;
const JPEG: u32 = 0x0606_0000;

struct Watched {
    board: Board,
    viewer: &'static Viewer,
    buffer: &'static mut StreamBuffer<'static>,
}

impl Watched {
    fn new(region: usize) -> Self {
        let region = Box::leak(vec![0; region].into_boxed_slice());
        let buffer = StreamBuffer::new(region).expect("a stream buffer");
        let viewer = Box::leak(Box::new(Viewer::new()));
        viewer.show(true);
        viewer.raw(true);
        Watched { board: Board::new(128 << 10), viewer, buffer: Box::leak(Box::new(buffer)) }
    }

    /// Runs `work` with an interpreter that has a preview.
    fn run(
        self,
        work: impl FnOnce(&mut Interpreter<'_>, &mut StreamReader<'static>, &'static Viewer),
    ) {
        let Watched { mut board, viewer, buffer } = self;
        let (writer, mut reader) = buffer.split();
        board.run(|python| {
            let done = python.with_state(|camera: &mut Camera| camera.set_preview(writer, viewer));
            done.expect("a camera").expect("no pool is there");
            python.exec(SETUP).expect("a sensor");
            work(python, &mut reader, viewer);
        });
    }
}

const SETUP: &str = "
import csi, image
cam = csi.CSI()
cam.reset()
cam.pixformat(csi.GRAYSCALE)
cam.framesize(csi.QQVGA)
";

fn frame(reader: &mut StreamReader<'_>) -> Option<(StreamHeader, Vec<u8>)> {
    let reading = reader.begin()?;
    Some((reading.header(), reading.data().to_vec()))
}

#[test]
fn frames_are_shown_with_what_was_drawn_on_them() {
    Watched::new(100_000).run(|python, reader, _| {
        python.exec("img = cam.snapshot()").expect("a frame");
        assert!(reader.begin().is_none(), "it may still be drawn on");
        python.exec("img.set_pixel(3, 2, 77)\ncam.snapshot()").expect("a frame");
        let (header, pixels) = frame(reader).expect("a frame");
        let data = StreamData::Raw { bytes_per_pixel: 1 };
        assert_eq!(
            (header.width, header.height, header.format, header.data),
            (160, 120, GREY, data)
        );
        let drawn = (0..160 * 120).map(|i| {
            let (x, y) = (i % 160, i / 160);
            let square = if (x / 16 + y / 16) % 2 == 1 { 255 } else { 0 };
            if (x, y) == (3, 2) { 77 } else { square }
        });
        assert!(drawn.eq(pixels));
        assert!(reader.begin().is_none());
        // an image is shown at once, whatever it is
        python.exec("image.Image(9, 5, image.RGB565).flush()").expect("an image");
        let (header, pixels) = frame(reader).expect("an image");
        assert_eq!((header.width, header.height, header.format), (9, 5, RGB565));
        assert_eq!(pixels, [0; 90]);
        python.exec("image.Image(9, 5, image.BINARY).flush()").expect("an image");
        assert_eq!(frame(reader).map(|(header, _)| header.format), Some(GREY));
    });
}

#[test]
fn frames_wait_for_the_viewer_and_fit_its_window() {
    Watched::new(3000).run(|python, reader, viewer| {
        python.exec("for i in range(5): cam.snapshot()").expect("frames");
        // the first one, made as small as the region
        let (header, pixels) = frame(reader).expect("a frame");
        assert_eq!((header.width, header.height), (62, 46));
        assert_eq!(pixels.len(), 62 * 46);
        viewer.fit(40, 40);
        python.exec("cam.snapshot()").expect("a frame");
        assert_eq!(frame(reader).map(|(header, _)| header.width), Some(40));
        viewer.show(false);
        python.exec("cam.snapshot(); cam.snapshot()").expect("frames");
        assert!(reader.begin().is_none());
        viewer.show(true);
        python
            .exec("cam.snapshot(); cam.pixformat(csi.RGB565); cam.snapshot(); cam.snapshot()")
            .expect("frames");
        assert_eq!(frame(reader).map(|(header, _)| header.format), Some(GREY));
        // another sensor's frames are not shown, nor those of one that is not there
        viewer.look_at(99);
        python.exec("cam.snapshot(); cam.snapshot()").expect("frames");
        assert!(reader.begin().is_none());
    });
}

/// What `to_jpeg` makes of the same picture.
fn compressed(python: &mut Interpreter<'_>, quality: u32) -> Vec<u8> {
    let script = format!("bytes(same.to_jpeg(quality={quality}, copy=True).bytearray())");
    python.eval(&script).expect("bytes")
}

#[test]
fn frames_are_compressed_unless_the_viewer_wishes_pixels() {
    Watched::new(100_000).run(|python, reader, viewer| {
        viewer.raw(false);
        for format in ["GRAYSCALE", "RGB565"] {
            python.exec(&format!("cam.pixformat(csi.{format})")).expect("a format");
            python
                .exec("img = cam.snapshot(); img.draw_line(9, 9, 70, 50)\nsame = img.copy(); cam.snapshot()")
                .expect("a frame");
            let (header, bytes) = frame(reader).expect("a frame");
            let data = StreamData::Compressed { bytes: bytes.len() as u32 };
            assert_eq!((header.width, header.height), (160, 120));
            assert_eq!((header.format, header.data), (JPEG, data));
            assert!(bytes == compressed(python, 90), "{format}");
        }
        // a picture that is compressed already is passed on as it is
        python.exec("same.to_jpeg(quality=30); same.flush()").expect("an image");
        let passed = frame(reader).map(|(header, bytes)| (header.format, bytes));
        let own = python.eval::<Vec<u8>>("bytes(same.bytearray())").expect("bytes");
        assert!(passed == Some((JPEG, own)));
        // larger frames begin at a lower quality
        let larger = "same = None; cam.pixformat(csi.GRAYSCALE); cam.framebuffers(1)
cam.framesize(csi.VGA); img = cam.snapshot()";
        python.exec(larger).expect("a frame");
        python.exec("same = img.copy(); cam.snapshot()").expect("a frame");
        let (_, bytes) = frame(reader).expect("a frame");
        assert!(bytes == compressed(python, 50));
    });
}

#[test]
fn the_quality_follows_the_room() {
    Watched::new(2600).run(|python, reader, viewer| {
        viewer.raw(false);
        python.exec("cam.pixformat(csi.RGB565); same = cam.snapshot().copy()").expect("a frame");
        python.exec("cam.snapshot()").expect("a frame");
        let (_, bytes) = frame(reader).expect("a frame that has room");
        let quality = viewer.quality();
        assert!(quality < 90 && bytes.len() <= 2600 - 32, "{quality} {}", bytes.len());
        assert!(bytes == compressed(python, quality));
        // it stays for sixty frames, and then rises as long as there is room
        for _ in 1..60 {
            assert_eq!(viewer.quality(), quality);
            python.exec("cam.snapshot()").expect("a frame");
            frame(reader).expect("a frame");
        }
        python.exec("cam.snapshot()").expect("a frame");
        frame(reader).expect("a frame");
        assert_eq!(viewer.quality(), quality + 1);
    });
    // there is room for no picture at all
    Watched::new(300).run(|python, reader, viewer| {
        viewer.raw(false);
        python.exec("cam.snapshot(); cam.snapshot()").expect("frames");
        assert!(reader.begin().is_none() && viewer.quality() == 1);
    });
}

#[test]
fn full_pools_leave_the_preview_out() {
    Watched::new(100_000).run(|python, reader, viewer| {
        viewer.raw(false);
        python.exec("cam.snapshot(); cam.snapshot()").expect("frames");
        frame(reader).expect("a frame");
        // the tables lay in the fast pool
        python.exec("import umalloc\nassert umalloc.stats(1)[6] > 2000").expect("a peak");
        let fill = "
def fill(pool):
    size = 200
    while size:
        try:
            kept.append(image.Image(size, size, image.GRAYSCALE, pool=pool))
        except MemoryError:
            size //= 2
kept = []
fill('sram')
cam.snapshot(); cam.snapshot()
";
        python.exec(fill).expect("frames");
        frame(reader).expect("a frame: the tables lay in the other pool");
        python.exec("fill('dram')\ncam.snapshot(); cam.snapshot()").expect("frames");
        assert!(frame(reader).is_none());
        python
            .exec("kept = None\nimport gc; gc.collect()\ncam.snapshot(); cam.snapshot()")
            .expect("frames");
        frame(reader).expect("a frame");
    });
}

#[test]
fn headers_tell_how_often_frames_come() {
    Watched::new(100_000).run(|python, reader, _| {
        python.exec("for i in range(20):\n  cam.snapshot()").expect("frames");
        assert_eq!(frame(reader).map(|(header, _)| header.fps), Some(0.0));
        python
            .exec("import time\nfor i in range(40):\n  cam.snapshot(); time.sleep_ms(20)")
            .expect("frames");
        frame(reader).expect("a frame");
        python.exec("cam.snapshot(); cam.snapshot()").expect("frames");
        let fps = frame(reader).expect("a frame").0.fps;
        assert!((40.0..55.0).contains(&fps), "{fps}");
    });
}

#[test]
fn scripts_say_whose_frames_are_shown() {
    let watched = Watched::new(100_000);
    let (mut board, viewer) = (watched.board, watched.viewer);
    let (writer, mut reader) = watched.buffer.split();
    let second = Box::leak(Box::new(Numbered(0x50F8, SoftSensor::new(Pattern::ColorBars))));
    board.run_with([soft(Pattern::Checkers), second], |python| {
        python.with_state(|camera: &mut Camera| camera.set_preview(writer, viewer));
        python.exec(SETUP).expect("a sensor");
        let other = "
def other(**options):
    global second
    second = csi.CSI(cid=0x50F8, **options)
    second.reset()
    second.pixformat(csi.GRAYSCALE)
    second.framesize((64, 48))
def frames():
    for i in range(2):
        cam.snapshot()
        second.snapshot()
";
        python.exec(other).expect("functions");
        for (options, width) in [
            ("", 160),
            ("stream=False", 160),
            ("stream=True", 64),
            // what is shown stays
            ("stream=False", 64),
        ] {
            python.exec(&format!("other({options}); frames()")).expect("frames");
            let shown = frame(&mut reader).map(|(header, _)| header.width);
            assert_eq!(shown, Some(width), "{options}");
            python.exec("cam.snapshot(); second.snapshot()").expect("frames");
            frame(&mut reader);
        }
        // the first sensor is shown unless it says otherwise
        python.exec("csi.CSI(stream=False); frames()").expect("frames");
        assert_eq!(frame(&mut reader).map(|(header, _)| header.width), Some(64));
        python.exec("csi.CSI(); frames()").expect("frames");
        frame(&mut reader);
        python.exec("frames()").expect("frames");
        assert_eq!(frame(&mut reader).map(|(header, _)| header.width), Some(160));
    });
}

#[test]
fn the_writing_side_goes_from_camera_to_camera() {
    let watched = Watched::new(3000);
    let (mut board, viewer) = (watched.board, watched.viewer);
    let (writer, mut reader) = watched.buffer.split();
    let mut writer = Some(writer);
    for _ in 0..3 {
        board.run(|python| {
            let given = writer.take().expect("it came back");
            python.with_state(|camera: &mut Camera| camera.set_preview(given, viewer));
            python.exec(SETUP).expect("a sensor");
            python.exec("for i in range(3): cam.snapshot()").expect("frames");
            writer = python.with_state(Camera::take_preview).flatten();
        });
    }
    assert!(reader.begin().is_some());
}

#[test]
fn a_region_in_a_pool_is_refused() {
    let board = Board::new(128 << 10);
    let info = snakelet_pool::MemoryPool::info(board.dram);
    let mut camera = Camera::new(board.pools);
    assert!(camera.keep_out("stream buffer", info.start..info.start + 64).is_err());
    let region = Box::leak(vec![0; 3000].into_boxed_slice());
    let kept = Box::leak(Box::new(StreamBuffer::new(region).expect("a stream buffer")));
    camera.keep_out("known", kept.range()).expect("no pool is there");
    let viewer: &'static Viewer = Box::leak(Box::new(Viewer::new()));
    camera.set_preview(kept.split().0, viewer).expect("it is kept out already");
    let region = Box::leak(vec![0; 3000].into_boxed_slice());
    let buffer = Box::leak(Box::new(StreamBuffer::new(region).expect("a stream buffer")));
    let range = buffer.range();
    camera.set_preview(buffer.split().0, viewer).expect("no pool is there");
    let found =
        camera.pools().keep_outs().any(|(name, kept)| name == "stream buffer" && kept == range);
    assert!(found);
}
