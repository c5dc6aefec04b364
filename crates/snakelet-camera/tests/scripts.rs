//! Runs each script of `tests/scripts` as it is, in stress mode, and with each allocation failing in turn.
//! Whatever happens, nothing is left in the pools when the interpreter is dropped.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::env;
use std::fs;
use std::path::PathBuf;

use snakelet::Error;
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
    // all of them, or fewer the later they come
    let all = env::var("SNAKELET_FAIL_NTH").is_ok_and(|which| which == "all");
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
            nth += if all { 1 } else { 1 + nth / 8 };
        }
        assert!(failed > 0, "{name}");
    }
}

#[test]
fn scripts_may_be_stopped_anywhere() {
    let mut board = Board::new(256 << 10);
    for (name, script) in scripts() {
        let (mut fuel, mut stopped) = (10, 0);
        loop {
            let done = board.run(|python| {
                python.set_fuel(Some(fuel));
                let done = python.exec(&script);
                // a file that the script itself has open is closed when it is collected
                python.remove("file");
                python.collect();
                done
            });
            match done {
                Ok(()) => break,
                Err(Error::Stopped) => stopped += 1,
                Err(error) => panic!("{name} after {fuel}: {error}"),
            }
            fuel += 10 + fuel / 40;
        }
        assert!(stopped > 20, "{name}: {stopped}");
    }
}

#[test]
fn pools_may_be_of_any_size() {
    for bytes in (12..=20).flat_map(|log| [1 << log, 3 << (log - 1)]) {
        let mut board = Board::with_pools(256 << 10, bytes, bytes.min(32 << 10));
        for (name, script) in scripts() {
            if let Err(error) = board.exec(&script) {
                let told = error.to_string();
                let expected = ["MemoryError", "RuntimeError", "AssertionError"];
                assert!(
                    expected.iter().any(|kind| told.contains(kind)),
                    "{name} with {bytes} bytes: {told}"
                );
            }
        }
    }
}
