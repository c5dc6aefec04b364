//! The terminal that the command line is used on.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, tcgetattr,
    tcgetwinsize, tcsetattr,
};

use crate::prompt::Wire;

/// Whether somebody looks at an output: it is a terminal that has a size. One without is a program's, which reads
/// what is shown.
pub(crate) fn has_screen(output: &impl AsFd) -> bool {
    tcgetwinsize(output).is_ok_and(|size| size.ws_col > 0)
}

/// Whether the output and the error output are one file or pipe.
pub(crate) fn is_one_output() -> bool {
    let (out, error) = (rustix::fs::fstat(io::stdout()), rustix::fs::fstat(io::stderr()));
    matches!((out, error), (Ok(a), Ok(b)) if (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino))
}

/// The standard streams: keys come as they are pressed, and lines as usual while a script runs.
pub(crate) struct Terminal {
    /// How the terminal was, and how it is for keys; `None` if the input is none.
    modes: Option<(Termios, Termios)>,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let mut modes = None;
        if io::stdin().is_terminal()
            && let Ok(before) = tcgetattr(io::stdin())
        {
            let mut keys = before.clone();
            keys.input_modes -= InputModes::BRKINT
                | InputModes::ICRNL
                | InputModes::INLCR
                | InputModes::INPCK
                | InputModes::ISTRIP
                | InputModes::IXON;
            keys.output_modes -= OutputModes::OPOST;
            keys.local_modes -=
                LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ISIG;
            keys.special_codes[SpecialCodeIndex::VMIN] = 1;
            keys.special_codes[SpecialCodeIndex::VTIME] = 0;
            modes = Some((before, keys));
        }
        let mut terminal = Self { modes };
        terminal.set_running(false);
        terminal
    }

    fn set(&self, keys: bool) {
        if let Some((before, with_keys)) = &self.modes {
            let modes = if keys { with_keys } else { before };
            // what was typed ahead is kept
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, modes);
        }
    }
}

impl Wire for Terminal {
    fn read(&mut self) -> Option<u8> {
        let mut byte = [0];
        loop {
            // by way of the buffer that the script's input comes from, too
            match io::stdin().lock().read(&mut byte) {
                Ok(0) => return None,
                Ok(_) => return Some(byte[0]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut out = io::stdout();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    fn set_running(&mut self, running: bool) {
        self.set(!running);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.set(false);
    }
}
