//! Puts the linker's memory map, the heap size and the script into the build.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Bytes of the interpreter's memory unless `SNAKELET_HEAP` says otherwise: what MicroPython's
/// firmware for the same machine has.
const HEAP: usize = 143_360;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    fs::copy("memory.x", out.join("memory.x")).expect("memory.x is copied");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");
    // names of interrupt handlers: there are none
    fs::write(out.join("device.x"), "").expect("device.x is written");

    println!("cargo:rerun-if-env-changed=SNAKELET_HEAP");
    let heap = env::var("SNAKELET_HEAP").map_or(HEAP, |v| v.parse().expect("a number of bytes"));

    println!("cargo:rerun-if-env-changed=SNAKELET_SCRIPT");
    let script = match env::var("SNAKELET_SCRIPT") {
        Ok(path) if !path.is_empty() => {
            let path = fs::canonicalize(&path).expect("SNAKELET_SCRIPT is a file");
            println!("cargo:rerun-if-changed={}", path.display());
            let name = Path::new(&path).file_name().unwrap_or_default();
            format!("Some(({name:?}, include_bytes!({path:?})))")
        }
        _ => "None".to_string(),
    };
    let settings = format!(
        "/// Bytes of the interpreter's memory: stack and heap.\n\
         pub const HEAP: usize = {heap};\n\
         /// Name and text or bytecode of the script to run instead of the REPL.\n\
         pub const SCRIPT: Option<(&str, &[u8])> = {script};\n"
    );
    fs::write(out.join("settings.rs"), settings).expect("settings.rs is written");
}
