//! Runs each script of `tests/scripts` as it is, in stress mode, and with each allocation failing in turn.
//! Whatever happens, nothing is left in the pools when the interpreter is dropped.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::Board;

fn scripts() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let files = fs::read_dir(folder).expect("the scripts");
    let paths = files.map(|file| file.expect("a file").path());
    let mut scripts: Vec<_> = paths
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a script"))
        })
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 4, "{}", scripts.len());
    scripts
}

#[test]
fn scripts_come_to_their_end() {
    let mut board = Board::new(256 << 10);
    for (name, script) in scripts() {
        board.exec(&script).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn scripts_come_to_their_end_in_stress_mode() {
    let mut board = Board::new(128 << 10);
    for (name, script) in scripts() {
        let done = board.run(|python| {
            python.set_stress(true);
            python.exec(&script)
        });
        done.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn each_allocation_may_fail() {
    let mut board = Board::new(256 << 10);
    for (name, script) in scripts() {
        let (mut nth, mut failed) = (0, 0);
        loop {
            board.printed();
            let (done, reached) = board.run(|python| {
                python.fail_after(Some(nth));
                let done = python.exec(&script).map_err(|error| error.to_string());
                (done, !python.fails_later())
            });
            match done {
                Err(error) => {
                    // what a callback raises is printed
                    let told =
                        error.contains("MemoryError") || board.printed().contains("MemoryError");
                    assert!(reached && told, "{name} at {nth}: {error}");
                    failed += 1;
                }
                Ok(()) if !reached => break,
                // what is tried again after a collection
                Ok(()) => {}
            }
            nth += 1 + nth / 8;
        }
        assert!(failed > 0, "{name}");
    }
}
