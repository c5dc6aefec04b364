//! What we make of a source is what the official cross compiler makes of it, and is sound.
//!
//! The modules beside the sources are made by `fixtures/regenerate.py`, here and in
//! `snakelet-bytecode`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "part of the tests")]

mod support;

use std::path::{Path, PathBuf};

use snakelet_cross::{Settings, compile};
use support::{listing, verify_all};

fn sources(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "py"))
        .filter(|path| path.file_name().is_some_and(|name| name != "regenerate.py"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn ours(path: &Path, small_int_bits: u8) -> Vec<u8> {
    let source = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let settings = Settings { name, small_int_bits, ..Settings::default() };
    compile(&source, &settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Compares with the official module beside each source.
fn compare(folder: &str, small_int_bits: u8) {
    for path in sources(folder) {
        let Ok(official) = std::fs::read(path.with_extension("mpy")) else { continue };
        let ours = ours(&path, small_int_bits);
        assert_eq!(listing(&official), listing(&ours), "{}", path.display());
    }
}

#[test]
fn every_instruction_is_emitted_as_the_official_compiler_does() {
    compare("../snakelet-bytecode/tests/fixtures", 63);
}

#[test]
fn statements_of_all_kinds_compile_as_the_official_compiler_does() {
    compare("tests/fixtures", 31);
}

#[test]
fn what_is_compiled_passes_the_verifier() {
    for folder in ["tests/fixtures", "../snakelet-bytecode/tests/fixtures"] {
        for path in sources(folder) {
            verify_all(&ours(&path, 31));
        }
    }
}
