//! The prompt: between the state machine, the terminal or line, and the interpreter.

use std::io;

use snakelet::source::needs_more_input;
use snakelet_repl::{Action, EachName, Host, Names, Program, Repl};
use snakelet_vm::{Input, NamesOf};

use crate::history;
use crate::report::wants_colour;
use crate::session::{End, Session, banner};
use crate::terminal::{Terminal, has_screen};

/// Bytes of a statement that is typed, and of those typed before.
const LINE: usize = 64 << 10;
const HISTORY: usize = 64 << 10;
/// Bytes of a program that is pasted or sent.
const PROGRAM: usize = 64 << 20;

/// What the prompt is shown on.
pub(crate) trait Wire {
    /// Waits for a byte; `None` at the end.
    fn read(&mut self) -> Option<u8>;
    /// Shows bytes.
    fn write(&mut self, bytes: &[u8]);
    /// Tells that a script begins to run, or has ended.
    fn set_running(&mut self, running: bool);
}

/// What the state machine asks for, and what it has written.
struct Desk<'s> {
    session: &'s mut Session,
    out: Vec<u8>,
    program: Vec<u8>,
    colour: bool,
}

impl Host for Desk<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn banner(&mut self) {
        self.write(banner().as_bytes());
        self.write(b"\r\nType \"help()\" for more information.\r\n");
    }

    fn prompt(&mut self, first: bool) {
        let text = self.session.prompt(first).replace('\n', "\r\n");
        if self.colour {
            self.write(b"\x1b[1;35m");
        }
        self.write(text.as_bytes());
        if self.colour {
            self.write(b"\x1b[0m");
        }
    }

    fn receive(&mut self, byte: u8) -> bool {
        let fits = self.program.len() < PROGRAM;
        if fits {
            self.program.push(byte);
        }
        fits
    }

    fn forget(&mut self) {
        self.program.clear();
    }

    fn goes_on(&mut self, text: &[u8]) -> bool {
        needs_more_input(text)
    }

    fn names(&mut self, which: Names<'_>, each: EachName<'_>) {
        let of = match which {
            Names::Globals => NamesOf::Globals,
            Names::Modules => NamesOf::Modules,
            Names::Attributes(chain) => NamesOf::Attributes(chain),
        };
        let out = &mut self.out;
        self.session.names(of, &mut |name| each(name, &mut |bytes| out.extend_from_slice(bytes)));
    }
}

/// Takes what the state machine writes while the interpreter is busy.
struct Bytes(Vec<u8>);

impl Host for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// Reads and runs statements from the standard input until it ends, CTRL-D is pressed or a script exits.
pub(crate) fn run(session: &mut Session) -> End {
    let mut terminal = Terminal::open(session.pressed());
    let has_screen = has_screen(&io::stdout());
    let (mut line, mut memory) = (vec![0; LINE], vec![0; HISTORY]);
    let mut repl = Repl::new(&mut line, &mut memory);
    repl.load_history(&history::load());
    let colour = has_screen && wants_colour();
    repl.set_colour(colour);
    let end = work(session, &mut repl, &mut terminal, colour);
    history::save(repl.history());
    end.unwrap_or(End::Done)
}

/// Serves tools until the line is closed; starts afresh when they ask for it.
pub(crate) fn serve(session: &mut Session) {
    let Some(mut line) = session.line().cloned() else { return };
    let (mut text, mut memory) = (vec![0; LINE], vec![0; HISTORY]);
    let mut repl = Repl::new(&mut text, &mut memory);
    while work(session, &mut repl, &mut line, false).is_some() {
        // tools wait for these words
        line.write(b"MPY: soft reboot\r\n");
        session.restart();
    }
}

/// Shows the prompt and runs what is typed until a fresh start is asked for; `None` at the end of the input.
fn work(
    session: &mut Session,
    repl: &mut Repl<'_>,
    wire: &mut dyn Wire,
    colour: bool,
) -> Option<End> {
    let mut desk = Desk { session, out: Vec::new(), program: Vec::new(), colour };
    repl.start(&mut desk);
    loop {
        wire.write(&std::mem::take(&mut desk.out));
        let Some(byte) = wire.read() else {
            wire.write(b"\r\n");
            return None;
        };
        match repl.push(byte, &mut desk) {
            Action::Wait => {}
            Action::Restart => {
                wire.write(&std::mem::take(&mut desk.out));
                return Some(End::Done);
            }
            Action::Run(program) => {
                wire.write(&std::mem::take(&mut desk.out));
                wire.set_running(true);
                let end = run_program(&mut desk, repl, program, wire);
                wire.set_running(false);
                if let End::Exit(code) = end {
                    repl.exited(&mut desk);
                    wire.write(&std::mem::take(&mut desk.out));
                    return Some(End::Exit(code));
                }
                repl.reported(&mut desk);
            }
        }
    }
}

fn run_program(
    desk: &mut Desk<'_>,
    repl: &mut Repl<'_>,
    program: Program,
    wire: &mut dyn Wire,
) -> End {
    let typed = repl.typed().to_vec();
    let received = std::mem::take(&mut desk.program);
    let mut between = || {
        let mut bytes = Bytes(Vec::new());
        repl.ran(&mut bytes);
        wire.write(&bytes.0);
    };
    let session = &mut *desk.session;
    match program {
        Program::Typed => session.run_typed(&typed, Input::Single, &mut between),
        Program::Received => session.run_typed(&received, Input::File, &mut between),
        Program::TooLong => session.refuse("MemoryError", &mut between),
        Program::Cancelled => session.refuse("KeyboardInterrupt", &mut between),
    }
}
