//! Programs that misuse the interfaces, which the compiler must refuse: `ui/*.rs`.
//!
//! The first line of each says which errors will do, by their codes: compilers differ in which of them they report, and in
//! how they put it. `lifetime` stands for the errors about lifetimes that have no code.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]
#![allow(clippy::panic, reason = "a program that compiles fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The program that shows that the others are refused for what they do.
const CONTROL: &str = "passes";

/// The text behind a key in a line of JSON, if it is a string.
fn field<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{key}\":\""))?;
    rest.split('"').next()
}

/// What the compiler said of each program.
fn check(programs: &BTreeSet<String>, sources: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    fs::create_dir_all(&package).unwrap();
    let mut manifest = format!(
        "[workspace]\n[package]\nname = \"ui\"\nedition = \"2024\"\n[dependencies]\n\
         snakelet = {{ path = '{0}/crates/snakelet' }}\nsnakelet-vm = {{ path = '{0}/crates/snakelet-vm' }}\n",
        root.display()
    );
    for name in programs {
        let path = sources.join(format!("{name}.rs"));
        writeln!(manifest, "[[bin]]\nname = '{name}'\npath = '{}'", path.display()).unwrap();
    }
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // the versions that the workspace has, which are there
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let output = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTFLAGS")
        .args(["build", "--offline", "--bins", "--keep-going", "--message-format=json"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut said = BTreeMap::new();
    for line in text.lines() {
        let Some((_, target)) = line.split_once("\"target\":{") else { continue };
        let Some(name) = field(target, "name").filter(|name| programs.contains(*name)) else {
            continue;
        };
        let said: &mut BTreeSet<String> = said.entry(name.to_owned()).or_default();
        if line.contains("\"level\":\"error\"") {
            let code = line.split_once("\"code\":{").and_then(|(_, rest)| field(rest, "code"));
            said.insert(code.unwrap_or("lifetime").to_owned());
        }
    }
    assert!(said.contains_key(CONTROL), "{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn misuse_does_not_compile() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let programs: BTreeSet<String> = fs::read_dir(&sources)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(programs.len() > 10);
    let said = check(&programs, &sources);
    let mut wrong = String::new();
    for name in &programs {
        let text = fs::read_to_string(sources.join(format!("{name}.rs"))).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let errors = said.get(name).cloned().unwrap_or_default();
        let is_right = match first.strip_prefix("//! expect: ") {
            Some(expected) => expected.split(' ').any(|code| errors.contains(code)),
            None => name == CONTROL && errors.is_empty(),
        };
        if !is_right {
            writeln!(wrong, "{name}: {first}, but the compiler said {errors:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
