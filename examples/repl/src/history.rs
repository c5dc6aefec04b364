//! The file that keeps what was typed at the prompt for another time.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The variable that names another file, or none if it is empty.
const VARIABLE: &str = "SNAKELET_HISTORY";
const FILE: &str = ".snakelet_history";

/// Where the file is, if there is to be one.
fn path() -> Option<PathBuf> {
    match env::var_os(VARIABLE) {
        Some(path) => (!path.is_empty()).then(|| path.into()),
        None => env::var_os("HOME").map(|home| Path::new(&home).join(FILE)),
    }
}

/// The lines that are kept, oldest first.
pub(crate) fn load() -> Vec<u8> {
    path().and_then(|path| fs::read(path).ok()).unwrap_or_default()
}

/// Keeps lines in place of those that were kept. Nobody is told if they cannot be: they are of no account to a script.
pub(crate) fn save(lines: &[u8]) {
    if let Some(path) = path().filter(|_| !lines.is_empty()) {
        let _ = replace(&path, lines);
    }
}

/// Writes beside the file first, so that one or the other is there whatever happens. Only the owner may read it.
fn replace(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&beside)?.write_all(lines)?;
    fs::rename(beside, path)
}
