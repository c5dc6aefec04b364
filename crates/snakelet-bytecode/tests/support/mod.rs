//! The fixtures: scripts compiled by the official cross compiler, see `fixtures/regenerate.py`.

#![expect(clippy::unwrap_used, reason = "part of the tests")]

use std::path::PathBuf;

/// Returns name and contents of all fixtures with an extension.
pub(crate) fn fixtures(extension: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "there are fixtures");
    found
}
