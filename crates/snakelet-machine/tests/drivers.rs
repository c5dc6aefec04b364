//! Drivers of other people, unchanged, at work on simulated devices. `SNAKELET_DRIVERS` names folders, separated by colons,
//! in which their files are found: a checkout of micropython-lib, and of the repositories that `tests/drivers`
//! names. Without it there is nothing to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use support::Bench;

/// A file of this name in a folder or below.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    entries.sort();
    let here = entries.iter().find(|path| path.is_file() && path.ends_with(name));
    here.cloned()
        .or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| find(path, name)))
}

#[test]
fn drivers_of_others_do_their_work() {
    let Ok(folders) = env::var("SNAKELET_DRIVERS") else { return };
    let folders: Vec<_> = folders.split(':').map(PathBuf::from).collect();
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/drivers");
    let mut scripts: Vec<_> =
        fs::read_dir(scripts).unwrap().map(|entry| entry.unwrap().path()).collect();
    scripts.sort();
    let (mut done, mut failed) = (0, Vec::new());
    for script in scripts {
        let text = fs::read_to_string(&script).unwrap();
        let name = script.file_stem().unwrap().to_string_lossy().into_owned();
        // the first line names the files
        let files = text.lines().next().unwrap_or_default().trim_start_matches("# ");
        let files: Option<Vec<_>> = files
            .split_whitespace()
            .map(|file| folders.iter().find_map(|folder| find(folder, file)))
            .collect();
        let Some(files) = files else {
            println!("{name:<12} no file");
            continue;
        };
        let mut path = String::from("import sys\n");
        for file in files {
            path += &format!("sys.path.insert(0, {:?})\n", file.parent().unwrap().display());
        }
        let mut bench = Bench::new(256 << 10);
        if text.contains("# on an esp8266") {
            bench.platform("esp8266");
        }
        match bench.exec(&(path + &text)) {
            Ok(()) => {
                println!("{name:<12} {}", bench.printed().trim());
                done += 1;
            }
            Err(error) => failed.push(format!("{name}: {error:?}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(done >= 10, "{done} drivers");
}
