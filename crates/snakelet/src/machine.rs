//! Hardware: what joins `snakelet-machine` to the builder of interpreters.

use snakelet_machine::{Board, MACHINE, ONEWIRE};
use snakelet_vm::native::NativeModule;

use crate::Builder;

/// The modules of hardware in front of others.
const fn with<const N: usize>(rest: &[&'static NativeModule]) -> [&'static NativeModule; N] {
    let mut all: [&'static NativeModule; N] = [&MACHINE; N];
    all[1] = &ONEWIRE;
    let mut i = 0;
    while i < rest.len() {
        all[i + 2] = rest[i];
        i += 1;
    }
    all
}

/// The library with hardware.
pub(crate) static LIBRARY: [&NativeModule; snakelet_stdlib::MODULES.len() + 2] =
    with(snakelet_stdlib::MODULES);

/// The library with cameras and hardware.
#[cfg(feature = "camera")]
pub(crate) static WITH_CAMERA: [&NativeModule; crate::camera::LIBRARY.len() + 2] =
    with(crate::camera::LIBRARY);

impl Builder<'_> {
    /// Gives scripts the devices of a board, by the module `machine`. What its devices did last they go on doing when the
    /// interpreter is dropped.
    pub fn board(mut self, board: Board) -> Self {
        self.board = Some(board);
        self
    }
}
