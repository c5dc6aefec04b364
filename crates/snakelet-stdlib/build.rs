//! Compiles the modules that are written in Python to bytecode, and lists them.
//!
//! `python/NAME.py` and all of `python/NAME/` become part of the crate with the feature NAME. They are compiled by our
//! own compiler, which is a dependency of the build: so what is loaded is always what the sources say.

#![allow(clippy::expect_used, clippy::panic, reason = "a build that fails says why and stops")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=python");
    #[cfg(feature = "frozen")]
    frozen::build();
}

#[cfg(feature = "frozen")]
mod frozen {
    use std::fmt::Write;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    /// Leaves out the line numbers, which take a fifth of the bytes.
    const OPTIMISATION: u8 = 3;

    /// Writes the bytecode of all modules whose features are on, and `frozen.rs`, a list of [`FrozenModule`]s.
    pub(crate) fn build() {
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
        let mut list = String::from("&[\n");
        for path in sorted(Path::new("python")) {
            let name = path.file_stem().expect("entries have names").to_string_lossy().into_owned();
            // `uasyncio` is an old name of `asyncio`, and `_environ` none that scripts import
            let old = name.strip_prefix(['u', '_']).unwrap_or(&name);
            if has_feature(&name) || has_feature(old) {
                add(&path, Path::new("python"), &out, &mut list);
            }
        }
        list.push(']');
        fs::write(out.join("frozen.rs"), list).expect("the list can be written");
    }

    fn has_feature(name: &str) -> bool {
        env::var_os(format!("CARGO_FEATURE_{}", name.to_uppercase())).is_some()
    }

    fn sorted(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).expect("the folder is there");
        let mut paths: Vec<_> =
            entries.map(|entry| entry.expect("it can be read").path()).collect();
        paths.sort();
        paths
    }

    fn add(path: &Path, root: &Path, out: &Path, list: &mut String) {
        if path.is_dir() {
            sorted(path).iter().for_each(|inner| add(inner, root, out, list));
            return;
        }
        let relative = path.strip_prefix(root).expect("it was found there");
        // import looks for the names with slashes, wherever it is built
        let name = relative.components().map(|c| c.as_os_str().to_string_lossy());
        let name = name.collect::<Vec<_>>().join("/");
        let source = fs::read(path).expect("a source can be read");
        let settings = snakelet_cross::Settings {
            name: &name,
            optimisation: OPTIMISATION,
            small_int_bits: 31,
            cpython: false,
        };
        let bytes = snakelet_cross::compile(&source, &settings)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let target = out.join(relative).with_extension("mpy");
        fs::create_dir_all(target.parent().expect("it lies in OUT_DIR"))
            .expect("a folder can be made");
        fs::write(&target, bytes).expect("bytecode can be written");
        let compiled = Path::new(&name).with_extension("mpy").to_string_lossy().replace('\\', "/");
        writeln!(
            list,
            "    FrozenModule {{ name: {compiled:?}, data: include_bytes!({:?}) }},",
            target.to_string_lossy(),
        )
        .expect("a text takes all");
    }
}
