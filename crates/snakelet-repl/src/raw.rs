//! The modes for tools: a program comes, then `OK`, what it prints, 0x04, its error, 0x04.
//!
//! In raw mode the tool sends at its own speed. In raw-paste mode it may send a window more whenever 0x01 comes, and the
//! program's end is answered by 0x04 in place of `OK`.

use crate::control;
use crate::host::Host;
use crate::repl::{Action, Program};

const BANNER: &[u8] = b"raw REPL; CTRL-B to exit\r\n>";
const OK: &[u8] = b"OK";
/// Ends what a program has printed, and what is said of its error.
pub(crate) const END: &[u8] = b"\x04";
/// Lets the tool send a window more.
const MORE: &[u8] = b"\x01";
/// Bytes that a tool may send in raw-paste mode for each [`MORE`]. Two windows may be on their way at a time.
const WINDOW: u8 = 128;
/// What follows CTRL-E where raw-paste mode is asked for.
const RAW_PASTE: u8 = b'A';

/// What was received since the last prompt.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum State {
    /// Nothing.
    Empty,
    /// CTRL-E, which may begin a command to the line itself.
    Asking,
    /// CTRL-E and this byte; CTRL-A makes them a command.
    Asked(u8),
    /// A program's bytes, which the host has.
    Program,
    /// A program's bytes, for some of which the host had no room.
    TooLong,
    /// The same in raw-paste mode, where the tool may send this number of bytes before another window.
    Paste(u8),
    /// In raw-paste mode there was no room: what comes before the end is for nobody.
    PasteTooLong,
}

/// The state of raw mode.
#[derive(Debug)]
pub(crate) struct Raw {
    state: State,
}

/// What a byte leads to.
pub(crate) enum Step {
    Act(Action),
    /// Raw mode is left.
    Leave,
}

impl Raw {
    pub(crate) const fn new() -> Self {
        Self { state: State::Empty }
    }

    /// Writes the banner and begins anew.
    pub(crate) fn begin<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.clear(host);
        host.write(BANNER);
    }

    /// Forgets what was received.
    pub(crate) fn clear<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.state = State::Empty;
        host.forget();
    }

    pub(crate) fn push<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Step {
        if let State::Paste(_) | State::PasteTooLong = self.state {
            return Step::Act(self.push_paste(byte, host));
        }
        match byte {
            control::A => match self.state {
                State::Asked(RAW_PASTE) => {
                    host.write(&[b'R', 1, WINDOW, 0, 1]);
                    self.state = State::Paste(WINDOW);
                }
                State::Asked(_) => {
                    host.write(b"R\x00>");
                    self.state = State::Empty;
                }
                _ => self.begin(host),
            },
            control::B => {
                self.clear(host);
                return Step::Leave;
            }
            control::C => self.clear(host),
            control::D => return Step::Act(self.end(host)),
            control::E if self.state == State::Empty => self.state = State::Asking,
            byte => match self.state {
                State::Asking => self.state = State::Asked(byte),
                _ => {
                    self.flush(host);
                    self.keep(byte, host);
                }
            },
        }
        Step::Act(Action::Wait)
    }

    /// The program is complete.
    fn end<H: Host + ?Sized>(&mut self, host: &mut H) -> Action {
        host.write(OK);
        self.flush(host);
        match core::mem::replace(&mut self.state, State::Empty) {
            State::Program => Action::Run(Program::Received),
            State::TooLong => Action::Run(Program::TooLong),
            _ => {
                host.write(b"\r\n");
                Action::Restart
            }
        }
    }

    /// What looked like a command is the beginning of a program.
    fn flush<H: Host + ?Sized>(&mut self, host: &mut H) {
        let (State::Asking | State::Asked(_)) = self.state else { return };
        let second = if let State::Asked(byte) = self.state { Some(byte) } else { None };
        self.keep(control::E, host);
        if let Some(byte) = second {
            self.keep(byte, host);
        }
    }

    fn keep<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) {
        if self.state == State::TooLong {
            return;
        }
        self.state = if host.receive(byte) { State::Program } else { State::TooLong };
    }

    fn push_paste<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Action {
        if let control::C | control::D = byte {
            // where there was no room, the end was announced already
            let too_long = self.state == State::PasteTooLong;
            self.state = State::Empty;
            if !too_long {
                host.write(END);
            }
            return Action::Run(match byte {
                _ if too_long => Program::TooLong,
                control::C => Program::Cancelled,
                _ => Program::Received,
            });
        }
        let State::Paste(left) = self.state else { return Action::Wait };
        if !host.receive(byte) {
            host.write(END);
            self.state = State::PasteTooLong;
            return Action::Wait;
        }
        self.state = State::Paste(match left {
            0 | 1 => {
                host.write(MORE);
                WINDOW
            }
            _ => left - 1,
        });
        Action::Wait
    }
}
