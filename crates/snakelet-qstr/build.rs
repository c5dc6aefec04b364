//! Writes the static table of interned strings as Rust constants.
//!
//! The fixed list keeps its order, because `.mpy` files refer to its entries by number; the
//! other names follow: those that the interpreter itself uses, and with the feature
//! `library` those of modules and types that a program can do without. Per name the table holds its hash and the length of its text
//! in one long string. Look-ups go by buckets of hashes: the other names are numbered by bucket, so that
//! a bucket is a range of numbers; those of the fixed list are listed bucket by bucket.

#![expect(clippy::panic, clippy::expect_used, reason = "a build script reports by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[expect(unreachable_pub, reason = "public in the library that shares this file")]
#[path = "src/hash.rs"]
mod hash;

/// Buckets of the names that are not in the fixed list; a power of two, so that there are two or three in each.
const BUCKETS: usize = 256;
/// Buckets of the fixed list, likewise.
const FIXED_BUCKETS: usize = 64;
/// Names of which the place of the first is known; those of the others are sums of lengths.
const RUN: usize = 8;

fn main() {
    println!("cargo::rerun-if-changed=src/fixed.txt");
    println!("cargo::rerun-if-changed=src/names.txt");
    println!("cargo::rerun-if-changed=src/library.txt");
    println!("cargo::rerun-if-changed=src/hash.rs");
    println!("cargo::rerun-if-changed=build.rs");

    let fixed: Vec<String> = read("src/fixed.txt").lines().map(unescape).collect();
    let known: BTreeSet<&str> = fixed.iter().map(String::as_str).collect();
    assert_eq!(known.len(), fixed.len(), "src/fixed.txt names a string twice");
    let mut lists = read("src/names.txt");
    if env::var_os("CARGO_FEATURE_LIBRARY").is_some() {
        lists += &read("src/library.txt");
    }
    let others: BTreeSet<String> = lists
        .lines()
        .filter(|line| !line.is_empty())
        .map(unescape)
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    let mut others: Vec<String> = others.into_iter().collect();
    others.sort_by_key(|name| bucket_of(name, BUCKETS));

    // Entry 0 is the null qstr: it has no text and no look-up finds it.
    let mut names: Vec<&str> = vec![""];
    names.extend(fixed.iter().map(String::as_str));
    names.extend(others.iter().map(String::as_str));

    let mut text = String::new();
    let mut starts = Vec::new();
    let mut lengths = Vec::new();
    for (id, name) in names.iter().enumerate() {
        if id % RUN == 0 {
            starts.push(text.len());
        }
        lengths.push(name.len());
        text.push_str(name);
    }
    assert!(lengths.iter().all(|len| *len <= 0xff), "lengths are bytes");
    assert!(text.len() <= 0xffff, "the text offsets are 16 bits wide");

    let hashes: Vec<u32> = names.iter().map(|name| hash::hash_bytes(name.as_bytes())).collect();
    // Of the names that are not in the fixed list, those of bucket i have the numbers starts[i]..starts[i + 1].
    let first = names.len() - others.len();
    let bucket_starts = (0..=BUCKETS)
        .map(|bucket| first + others.partition_point(|name| bucket_of(name, BUCKETS) < bucket))
        .collect::<Vec<_>>();
    let mut fixed_ids: Vec<usize> = (1..first).collect();
    assert!(first <= 0x100, "the numbers of the fixed list are bytes");
    fixed_ids.sort_by_key(|&id| bucket_of(names[id], FIXED_BUCKETS));
    let fixed_starts = (0..=FIXED_BUCKETS)
        .map(|bucket| fixed_ids.partition_point(|&id| bucket_of(names[id], FIXED_BUCKETS) < bucket))
        .collect::<Vec<_>>();

    let mut out = String::new();
    let _ = writeln!(out, "pub(crate) const FIXED: usize = {};", fixed.len());
    let _ = writeln!(out, "pub(crate) const BUCKETS: usize = {BUCKETS};");
    let _ = writeln!(out, "pub(crate) const FIXED_BUCKETS: usize = {FIXED_BUCKETS};");
    let _ = writeln!(out, "pub(crate) static TEXT: &str = {text:?};");
    let _ = writeln!(out, "pub(crate) const RUN: usize = {RUN};");
    write_array(&mut out, "STARTS", "u16", &starts);
    write_array(&mut out, "LENGTHS", "u8", &lengths);
    write_array(&mut out, "HASHES", "u32", &hashes);
    write_array(&mut out, "BUCKET_STARTS", "u16", &bucket_starts);
    write_array(&mut out, "FIXED_STARTS", "u8", &fixed_starts);
    write_array(&mut out, "FIXED_IDS", "u8", &fixed_ids);
    let path = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("table.rs");
    fs::write(path, out).expect("the output directory is writable");
}

/// The bucket of a name where there are so many.
fn bucket_of(name: &str, buckets: usize) -> usize {
    hash::hash_bytes(name.as_bytes()) as usize % buckets
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn write_array<T: std::fmt::Debug>(out: &mut String, name: &str, item: &str, values: &[T]) {
    let _ = writeln!(out, "pub(crate) static {name}: [{item}; {}] = {values:?};", values.len());
}

/// Resolves `\n`, `\\` and `\xNN`, by which the lists write what would not survive as a line.
fn unescape(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('\\') => out.push('\\'),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                let code = u8::from_str_radix(&digits, 16).ok().filter(u8::is_ascii);
                out.push(
                    code.unwrap_or_else(|| panic!("{line}: \\x wants two ASCII digits")).into(),
                );
            }
            _ => panic!("{line}: unknown escape"),
        }
    }
    out
}
