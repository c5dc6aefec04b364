//! Images of file systems that go to MicroPython and come back: each program works with what the other one has left.
//!
//! `SNAKELET` and `MICROPYTHON` name the programs: our command line, and a `micropython` of the unix port. They are run by
//! `cargo test -p snakelet --test interchange -- --ignored`.

#![cfg(all(feature = "compiler", feature = "std", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Runs the script with one of the programs, and gives what it printed.
fn work(program: &str, class: &str, image: &Path, seed: usize, size: &str, blocks: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interchange/work.py");
    let output = Command::new(program)
        .arg(script)
        .arg(class)
        .arg(image)
        .args([&seed.to_string(), size, blocks])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {class} {size} {blocks} {seed}: {text}{errors}");
    text
}

#[test]
#[ignore = "needs the programs that the environment names: SNAKELET and MICROPYTHON"]
fn images_go_to_and_fro() {
    let (Ok(own), Ok(other)) = (env::var("SNAKELET"), env::var("MICROPYTHON")) else { return };
    for (class, size, blocks) in [
        ("VfsFat", "512", "200"),
        ("VfsFat", "1024", "600"),
        ("VfsLfs2", "4096", "40"),
        ("VfsLfs2", "1024", "300"),
    ] {
        for seed in 1..4 {
            let image = env::temp_dir().join(format!("snakelet-{class}-{size}-{seed}.img"));
            let _ = fs::remove_file(&image);
            for round in 0..3 {
                assert!(!work(&own, class, &image, seed + 20 * round, size, blocks).is_empty());
                assert!(
                    !work(&other, class, &image, seed + 20 * round + 10, size, blocks).is_empty()
                );
            }
            let _ = fs::remove_file(&image);
        }
    }
}
