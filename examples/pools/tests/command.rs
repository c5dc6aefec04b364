//! The program as it is called.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use snakelet_pool::presets::BOARDS;

fn pools(args: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_pools")).args(args).output()
}

#[test]
fn boards_are_listed() {
    let output = pools(&["--list"]).expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success());
    assert_eq!(text.lines().count(), BOARDS.len());
    assert!(BOARDS.iter().all(|board| text.contains(board.name)), "{text}");
}

#[test]
fn a_page_is_written() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("map.html");
    let name = file.to_str().expect("a name");
    let output =
        pools(&["--board", "rpi-pico", "--seconds", "0.05", "--map", name]).expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let page = std::fs::read_to_string(&file).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Memory map of RPI_PICO"));
}

#[test]
fn what_is_wrong_is_told() {
    let output = pools(&["--board", "c64"]).expect("it runs");
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.contains("there is no such board"), "{text}");
    let folder = env!("CARGO_TARGET_TMPDIR");
    let output =
        pools(&["--board", "rpi-pico", "--seconds", "0.05", "--map", folder]).expect("it runs");
    assert!(!output.status.success());
}
