//! The table of `docs/language.md` that compares CPython, MicroPython and Snakelet: each row names a script, which
//! `tests/scripts.rs` runs like the others.

#![allow(clippy::expect_used, reason = "a test says what is wrong and stops")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What precedes the name of a script in a row.
const LINK: &str = "](../crates/snakelet/tests/scripts/differences/";
/// The differences that MicroPython documents.
const DOCUMENTED: usize = 82;

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str) -> PathBuf {
    manifest().join("tests/scripts/differences").join(name)
}

/// The rows: name of the script, and what CPython, MicroPython and Snakelet do.
fn rows() -> Vec<(String, [String; 3])> {
    let text = fs::read_to_string(manifest().join("../../docs/language.md")).expect("it is there");
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.contains(LINK)) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "not four columns: {line}");
        let [link, cpython, micropython, snakelet] = [0, 1, 2, 3].map(|n| cells[n]);
        let (shown, path) = link.split_once(LINK).expect("a link");
        let name = path.strip_suffix(".py)").expect("the link of a script");
        assert_eq!(shown.trim_start_matches('['), name, "a link says where it goes");
        rows.push((name.to_owned(), [cpython, micropython, snakelet].map(str::to_owned)));
    }
    rows
}

#[test]
fn each_row_has_a_script_and_each_script_a_row() {
    let rows = rows();
    assert_eq!(rows.len(), DOCUMENTED);
    let named: BTreeSet<String> = rows.iter().map(|(name, _)| format!("{name}.py")).collect();
    assert_eq!(named.len(), rows.len(), "a script is named twice");
    let there: BTreeSet<String> = fs::read_dir(script(""))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".py"))
        .collect();
    assert_eq!(named, there);
    for name in &there {
        assert!(script(name).with_extension("exp").is_file(), "{name} has no expected output");
    }
}

#[test]
fn what_is_said_of_snakelet_is_what_the_script_shows() {
    for (name, [.., snakelet]) in rows() {
        let source = fs::read_to_string(script(&format!("{name}.py"))).expect("it is there");
        // the expected output of the others is CPython's, which `verify_scripts.py` checks
        let differs = source.lines().any(|line| line.starts_with("# differs:"));
        let as_cpython = snakelet.starts_with("CPython's way");
        let as_micropython = snakelet.starts_with("MicroPython's way");
        if as_cpython || as_micropython {
            assert_eq!(differs, as_micropython, "{name}: {snakelet}");
        }
        assert!(!snakelet.is_empty(), "{name}");
    }
}
