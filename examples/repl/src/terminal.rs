//! The terminal that the command line is used on.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
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

/// Bytes of the standard input that were read, and are for the prompt or a script, whichever asks next.
static AHEAD: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());
/// How often it is looked whether who waits for input was interrupted.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Takes bytes of the standard input, and waits for them if there are none; 0 at its end, or if the flag is set, which
/// is left to who asked.
pub(crate) fn read(buf: &mut [u8], pressed: &AtomicBool) -> usize {
    let mut ahead = AHEAD.lock().unwrap_or_else(PoisonError::into_inner);
    while ahead.is_empty() {
        if pressed.load(Ordering::Relaxed) {
            return 0;
        }
        let input = io::stdin();
        let mut waiting = [PollFd::new(&input, PollFlags::IN)];
        match poll(&mut waiting, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => return 0,
        }
        let mut bytes = [0; 4096];
        match rustix::io::read(&input, &mut bytes) {
            Ok(n) if n > 0 => ahead.extend(bytes.iter().take(n)),
            Err(rustix::io::Errno::INTR) => {}
            _ => return 0,
        }
    }
    let n = buf.len().min(ahead.len());
    for (place, byte) in buf.iter_mut().zip(ahead.drain(..n)) {
        *place = byte;
    }
    n
}

/// The standard streams: keys come as they are pressed, and lines as usual while a script runs.
pub(crate) struct Terminal {
    /// How the terminal was, and how it is for keys; `None` if the input is none.
    modes: Option<(Termios, Termios)>,
    pressed: Arc<AtomicBool>,
}

impl Terminal {
    /// Opens the terminal; the flag is set by CTRL-C while a script runs, and by a signal at any time.
    pub(crate) fn open(pressed: Arc<AtomicBool>) -> Self {
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
        let mut terminal = Self { modes, pressed };
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
        const CTRL_C: u8 = 0x03;
        let mut byte = [0];
        if read(&mut byte, &self.pressed) == 1 {
            return Some(byte[0]);
        }
        self.pressed.swap(false, Ordering::Relaxed).then_some(CTRL_C)
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
