//! What went wrong, as a text.

use std::fmt;

/// Why the program ends early.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes a failure of whatever can be shown. Errors of pools borrow the pools, so only their text
/// can leave.
pub(crate) fn failed(error: impl fmt::Display) -> Failure {
    Failure(error.to_string())
}

/// Checks what this program promises.
pub(crate) fn ensure(holds: bool, promise: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Failure(format!("this does not hold: {}", promise()))) }
}
