//! A line to tools: a pseudo-terminal, which they open as they would a board's serial port.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use snakelet::host::Console;

use crate::prompt::Wire;

const CTRL_C: u8 = 0x03;
/// Bytes that are kept for who reads later.
const MOST: usize = 64 << 10;
/// How often a script that waits for bytes looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(20);

/// The end of the pseudo-terminal that tools do not have. A thread reads it, so that CTRL-C is seen while a script runs.
pub(crate) struct Line {
    ours: OwnedFd,
    /// Keeps the line open when no tool has it.
    _theirs: OwnedFd,
    state: Mutex<State>,
    /// Something has changed in the state.
    changed: Condvar,
    pressed: Arc<AtomicBool>,
    link: Option<PathBuf>,
}

#[derive(Default)]
struct State {
    arrived: VecDeque<u8>,
    /// Whether CTRL-C interrupts, in place of being a byte as any other.
    running: bool,
    closed: bool,
}

impl Line {
    /// Opens a pseudo-terminal, prints its path, and puts a link to it where asked.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn open(link: Option<&Path>) -> io::Result<Arc<Self>> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let theirs = rustix::fs::open(
            name.as_c_str(),
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        // what we write is no input of ours, and no byte means anything to the terminal
        let mut modes = tcgetattr(&theirs)?;
        modes.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &modes)?;
        let path = name.to_string_lossy().into_owned();
        if let Some(link) = link {
            // a link that an earlier process has left is of no use to anybody
            if fs::symlink_metadata(link).is_ok_and(|m| m.is_symlink()) {
                fs::remove_file(link)?;
            }
            std::os::unix::fs::symlink(&path, link)?;
        }
        // on the error output, in a line of its own: MicroPython's tools read the path there
        eprintln!("snakelet: tools may connect to {path}");
        let line = Arc::new(Self {
            ours,
            _theirs: theirs,
            state: Mutex::default(),
            changed: Condvar::new(),
            pressed: Arc::default(),
            link: link.map(Path::to_path_buf),
        });
        let reader = Arc::clone(&line);
        std::thread::Builder::new().name("line".to_string()).spawn(move || reader.receive())?;
        Ok(line)
    }

    /// The flag that interrupts a script.
    pub(crate) fn pressed(&self) -> &Arc<AtomicBool> {
        &self.pressed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what tools send until the line is closed.
    fn receive(&self) {
        let mut bytes = [0; 4096];
        loop {
            let n = match rustix::io::read(&self.ours, &mut bytes) {
                Ok(n) if n > 0 => n,
                Err(rustix::io::Errno::INTR) => continue,
                _ => break,
            };
            for byte in bytes.iter().take(n) {
                self.take(*byte);
            }
        }
        self.state().closed = true;
        self.changed.notify_all();
    }

    fn take(&self, byte: u8) {
        let mut state = self.state();
        // what a script does not read is lost; a prompt reads all
        while !state.running && state.arrived.len() >= MOST {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.running && byte == CTRL_C {
            state.arrived.clear();
            self.pressed.store(true, Ordering::Relaxed);
        } else if state.arrived.len() < MOST {
            state.arrived.push_back(byte);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for a byte; `None` if a script is interrupted meanwhile, or the line closed.
    fn next(&self) -> Option<u8> {
        let mut state = self.state();
        loop {
            if let Some(byte) = state.arrived.pop_front() {
                self.changed.notify_all();
                return Some(byte);
            }
            if state.closed || (state.running && self.pressed.load(Ordering::Relaxed)) {
                return None;
            }
            let waited = self.changed.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn send(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(&self.ours, rest) {
                Ok(n) => rest = rest.get(n..).unwrap_or_default(),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(link) = &self.link {
            let _ = fs::remove_file(link);
        }
    }
}

impl Wire for Arc<Line> {
    fn read(&mut self) -> Option<u8> {
        self.next()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.send(bytes);
    }

    fn set_running(&mut self, running: bool) {
        let mut state = self.state();
        state.running = running;
        // it may have come right behind the program
        if running && let Some(at) = state.arrived.iter().rposition(|byte| *byte == CTRL_C) {
            state.arrived.drain(..=at);
            self.pressed.store(true, Ordering::Relaxed);
        }
        drop(state);
        self.changed.notify_all();
    }
}

/// Output and input of scripts over a line.
pub(crate) struct LineConsole(pub(crate) Arc<Line>);

impl Console for LineConsole {
    fn write(&mut self, bytes: &[u8]) {
        let mut text = Vec::with_capacity(bytes.len() + 16);
        for byte in bytes {
            if *byte == b'\n' {
                text.push(b'\r');
            }
            text.push(*byte);
        }
        self.0.send(&text);
    }

    fn read(&mut self, buf: &mut [u8]) -> usize {
        let Some(first) = buf.first_mut() else { return 0 };
        let Some(byte) = self.0.next() else { return 0 };
        *first = if byte == b'\r' { b'\n' } else { byte };
        1
    }
}
