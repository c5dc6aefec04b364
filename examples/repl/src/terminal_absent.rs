//! In the place of the terminal, where it is not known how keys are read as they are pressed: lines.

use std::io::{self, IsTerminal, Read, Write};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::prompt::Wire;

/// Whether somebody looks at an output.
pub(crate) fn has_screen(output: &impl IsTerminal) -> bool {
    output.is_terminal()
}

/// Whether the output and the error output are one file or pipe.
pub(crate) fn is_one_output() -> bool {
    false
}

/// Takes bytes of the standard input; 0 at its end.
pub(crate) fn read(buf: &mut [u8], _: &AtomicBool) -> usize {
    io::stdin().lock().read(buf).unwrap_or(0)
}

/// The standard streams.
pub(crate) struct Terminal;

impl Terminal {
    pub(crate) fn open(_: Arc<AtomicBool>) -> Self {
        Self
    }
}

impl Wire for Terminal {
    fn read(&mut self) -> Option<u8> {
        let mut byte = [0];
        match io::stdin().lock().read(&mut byte) {
            Ok(1) => Some(byte[0]),
            _ => None,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut out = io::stdout();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    fn set_running(&mut self, _: bool) {}
}
