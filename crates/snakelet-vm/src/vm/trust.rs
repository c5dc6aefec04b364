//! Whether bytecode is believed.

#![allow(unsafe_code)] // a promise of the host's

/// Says that all bytecode is sound, which allows a program without the feature `verify` to load `.mpy` files.
///
/// With that feature each file is verified, whatever this says.
#[derive(Copy, Clone, Default, Debug)]
pub struct Trust(bool);

impl Trust {
    /// Promises that all bytecode is sound.
    ///
    /// # Safety
    /// Each `.mpy` file that the interpreter ever loads - one that is part of the program, that the host hands over,
    /// that an import finds in the host's files or in a file system that a script mounts, where scripts may have
    /// written it - is one that the verifier passes: made by Snakelet's or MicroPython's cross compiler, and
    /// unchanged since.
    pub const unsafe fn in_all_bytecode() -> Self {
        Trust(true)
    }

    /// Whether the promise was made.
    pub(crate) fn is_given(self) -> bool {
        self.0
    }
}
