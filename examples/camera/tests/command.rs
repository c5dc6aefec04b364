//! The program as scripts and tools see it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn run(name: &str, script: &str, options: &[&str]) -> Output {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, script).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_camera"))
        .arg("--script")
        .arg(path)
        .arg("--virtual-time")
        .args(options)
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

const LOOP: &str = "
import csi, time, machine

led = machine.LED('LED_BLUE')
csi0 = csi.CSI()
csi0.reset()
csi0.pixformat(csi.RGB565)
csi0.framesize(csi.WQXGA2)
csi0.snapshot(time=20)
print(csi0.framebuffers())
clock = time.clock()
while True:
    clock.tick()
    img = csi0.snapshot()
    img.draw_line((0, 0, img.width(), img.height()))
    led.toggle()
    assert clock.fps() > 0
";

#[test]
fn a_loop_ends_after_its_frames() {
    let done = run("loop.py", LOOP, &["--frames", "5"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    // three frames of five megapixels in 31 MiB
    assert_eq!(text(&done.stdout), "3\n");
    let told = text(&done.stderr);
    assert!(told.starts_with("frames ") && told.ends_with("bytes left in pools 0\n"), "{told}");
}

#[test]
fn a_name_that_is_misspelt_is_an_error() {
    let done = run("misspelt.py", &LOOP.replace("snapshot()", "snapshto()"), &["--frames", "5"]);
    assert!(!done.status.success());
    assert!(text(&done.stderr).contains("AttributeError"), "{}", text(&done.stderr));
}

#[test]
fn a_script_may_end_by_itself_on_another_board() {
    let script = "import umalloc\numalloc.print_stats()\nraise SystemExit";
    let done = run("ends.py", script, &["--board", "openmv4"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let told = text(&done.stdout);
    assert!(told.starts_with("pool 0: base=0x"), "{told}");
    // what the records of the blocks leave of 480 KiB
    assert!(told.contains(" size=490208 used=0(0) free=490208(1) persist=0(0) peak=0 "), "{told}");
}
