//! The state machine as a whole: which mode is on, and what follows a program.

use crate::control;
use crate::edit::{Prompt, Typed};
use crate::host::Host;
use crate::raw::{END, Raw, Step};

/// What is to be done after a byte.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Action {
    /// Wait for the next byte.
    Wait,
    /// Run a program, then call [`Repl::ran`], report the error if there was one, and call [`Repl::reported`].
    Run(Program),
    /// Start afresh: end the program, or make a new interpreter and call [`Repl::start`]. A firmware writes
    /// `MPY: soft reboot\r\n` before, for which tools wait.
    Restart,
}

/// Where the program is that is to be run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// [`Repl::typed`] gives it: a statement, whose value is to be shown.
    Typed,
    /// The host has received it: the text of a module.
    Received,
    /// It was longer than the host has room for: that is the error to report.
    TooLong,
    /// The tool has cancelled it: report `KeyboardInterrupt`.
    Cancelled,
}

/// The mode.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Mode {
    Friendly,
    Paste,
    PasteTooLong,
    Raw,
}

/// MicroPython's prompt. See the [crate's documentation](crate).
#[derive(Debug)]
pub struct Repl<'m> {
    mode: Mode,
    raw: Raw,
    prompt: Prompt<'m>,
    /// In paste mode: whether the last byte was `\r`, which makes one line's end with a `\n`.
    after_return: bool,
}

impl<'m> Repl<'m> {
    /// Makes a prompt with memory for the statement that is typed, and for lines typed before. What is longer than
    /// the first can only be pasted; of the second, the oldest lines are forgotten.
    pub const fn new(line: &'m mut [u8], history: &'m mut [u8]) -> Self {
        Self {
            mode: Mode::Friendly,
            raw: Raw::new(),
            prompt: Prompt::new(line, history),
            after_return: false,
        }
    }

    /// Writes the banner and the prompt of the mode that is on: at the beginning, and after [`Action::Restart`].
    pub fn start<H: Host + ?Sized>(&mut self, host: &mut H) {
        if self.mode == Mode::Raw {
            self.raw.begin(host);
            return;
        }
        host.banner();
        self.begin(host);
    }

    /// Goes on with a byte that came.
    pub fn push<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Action {
        match self.mode {
            Mode::Raw => match self.raw.push(byte, host) {
                Step::Act(action) => action,
                Step::Leave => {
                    self.mode = Mode::Friendly;
                    host.write(b"\r\n");
                    self.start(host);
                    Action::Wait
                }
            },
            Mode::Paste | Mode::PasteTooLong => self.push_paste(byte, host),
            Mode::Friendly => match self.prompt.push(byte, host) {
                Typed::Nothing => Action::Wait,
                Typed::Control(byte) => self.control(byte, host),
                Typed::Statement => Action::Run(Program::Typed),
            },
        }
    }

    /// A control character at an empty line.
    fn control<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Action {
        host.write(b"\r\n");
        match byte {
            control::A => {
                self.mode = Mode::Raw;
                self.raw.begin(host);
            }
            control::B => self.start(host),
            control::D => return Action::Restart,
            control::E => {
                self.mode = Mode::Paste;
                self.after_return = false;
                host.forget();
                host.write(b"paste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ");
            }
            _ => self.begin(host),
        }
        Action::Wait
    }

    fn push_paste<H: Host + ?Sized>(&mut self, byte: u8, host: &mut H) -> Action {
        let after_return = core::mem::replace(&mut self.after_return, byte == b'\r');
        match byte {
            control::C => {
                host.write(b"\r\n");
                host.forget();
                self.begin(host);
            }
            control::D => {
                host.write(b"\r\n");
                let fits = self.mode == Mode::Paste;
                self.mode = Mode::Friendly;
                return Action::Run(if fits { Program::Received } else { Program::TooLong });
            }
            b'\n' if after_return => {}
            byte => {
                let byte = if byte == b'\r' { b'\n' } else { byte };
                if self.mode == Mode::Paste && !host.receive(byte) {
                    self.mode = Mode::PasteTooLong;
                }
                if byte == b'\n' {
                    host.write(b"\r\n=== ");
                } else {
                    host.write(&[byte]);
                }
            }
        }
        Action::Wait
    }

    /// The program to run for [`Program::Typed`]. It is there until [`Repl::reported`].
    pub fn typed(&self) -> &[u8] {
        self.prompt.text()
    }

    /// Tells that a program has ended, before its error is reported.
    pub fn ran<H: Host + ?Sized>(&mut self, host: &mut H) {
        if self.mode == Mode::Raw {
            host.write(END);
        }
    }

    /// Tells that all is said of a program; writes the prompt for the next one.
    pub fn reported<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.raw.clear(host);
        if self.mode == Mode::Raw {
            host.write(END);
            host.write(b">");
        } else {
            self.begin(host);
        }
    }

    /// As [`Repl::reported`], where a start afresh follows: there is no prompt before [`Repl::start`].
    pub fn exited<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.raw.clear(host);
        if self.mode == Mode::Raw {
            host.write(END);
        } else {
            self.mode = Mode::Friendly;
        }
    }

    /// Whether a tool has the line: nothing but what the protocol wants may be written between programs.
    pub fn is_raw(&self) -> bool {
        self.mode == Mode::Raw
    }

    fn begin<H: Host + ?Sized>(&mut self, host: &mut H) {
        self.mode = Mode::Friendly;
        self.prompt.begin(host);
    }

    /// The lines typed before, oldest first, each ended by `\n`: what a host keeps in a file.
    #[cfg(feature = "edit")]
    pub fn history(&self) -> &[u8] {
        self.prompt.history()
    }

    /// Adds lines that were typed in another session, oldest first. Lines that are not UTF-8 text, or hold control
    /// characters, are left out.
    #[cfg(feature = "edit")]
    pub fn load_history(&mut self, lines: &[u8]) {
        self.prompt.load_history(lines);
    }

    /// Sets whether what is typed is shown in the colours of its syntax, which terminals of ECMA-48 have.
    #[cfg(feature = "colour")]
    pub fn set_colour(&mut self, colour: bool) {
        self.prompt.set_colour(colour);
    }
}
