//! Puts the linker's memory map and the script into the build.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::copy("memory.x", out.join("memory.x")).expect("memory.x is copied");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");

    println!("cargo:rerun-if-env-changed=SNAKELET_SCRIPT");
    let script = env::var("SNAKELET_SCRIPT").unwrap_or("../scripts/tour.py".into());
    println!("cargo:rerun-if-changed={script}");
    fs::copy(script, out.join("script.py")).expect("SNAKELET_SCRIPT is a file");
}
