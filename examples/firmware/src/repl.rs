//! The prompt on UART0: the raw and raw-paste modes for MicroPython's tools, and, with the feature `prompt`, that
//! for people.

use core::ptr::addr_of_mut;

use snakelet_repl::{Action, Host, Program, Repl};
#[cfg(feature = "prompt")]
use snakelet_vm::NamesOf;
use snakelet_vm::exception::classes::KEYBOARD_INTERRUPT;
use snakelet_vm::print::Out;
use snakelet_vm::{Raised, Scope, Vm};

use crate::{console, run, uart};

/// Bytes of a statement that is typed, and of those typed before; tools need none.
const TYPED: usize = if cfg!(feature = "prompt") { 512 } else { 0 };
const HISTORY: usize = TYPED;

/// Makes the prompt, which outlives interpreters.
///
/// # Safety
/// It is called once.
pub unsafe fn make() -> Repl<'static> {
    static mut LINE: [u8; TYPED] = [0; TYPED];
    static mut OLD: [u8; HISTORY] = [0; HISTORY];
    // SAFETY: contract of this function: these are the only references to the statics.
    unsafe { Repl::new(&mut *addr_of_mut!(LINE), &mut *addr_of_mut!(OLD)) }
}

/// Serves until a fresh start is asked for.
pub fn serve(vm: &mut Vm, repl: &mut Repl<'_>) {
    let scope = vm.scope();
    let mut board = Board { vm, scope, program: None, refused: None };
    repl.start(&mut board);
    loop {
        match repl.push(console::read_byte(), &mut board) {
            Action::Wait => {}
            Action::Restart => break,
            Action::Run(program) => {
                if board.run(program, repl) {
                    repl.exited(&mut board);
                    break;
                }
                repl.reported(&mut board);
            }
        }
    }
    // tools wait for these words
    uart::write(b"MPY: soft reboot\r\n");
}

/// The board, as the prompt sees it.
struct Board<'v> {
    vm: &'v mut Vm,
    /// What lies on the interpreter's stack without a program.
    scope: Scope,
    /// The text of a program on its way into the heap.
    program: Option<Out>,
    /// Why there was no room for it.
    refused: Option<Raised>,
}

impl Board<'_> {
    /// Runs a program and reports its error; whether it asked for an end.
    fn run(&mut self, program: Program, repl: &mut Repl<'_>) -> bool {
        let result = match program {
            Program::Received => self.run_received(),
            #[cfg(feature = "prompt")]
            Program::Typed => run::statement(self.vm, repl.typed()),
            #[cfg(not(feature = "prompt"))]
            Program::Typed => Ok(()),
            Program::TooLong => match self.refused.take() {
                Some(raised) => Err(raised),
                None => Err(self.vm.memory_error()),
            },
            Program::Cancelled => Err(self.vm.raise_no_args(&KEYBOARD_INTERRUPT)),
        };
        repl.ran(self);
        match result {
            Ok(()) => false,
            Err(raised) => run::report(self.vm, raised),
        }
    }

    fn run_received(&mut self) -> Result<(), Raised> {
        let Some(out) = self.program.take() else { return Ok(()) };
        let text = self.vm.finish_bytes(out)?;
        run::program(self.vm, text, b"<stdin>")
    }
}

impl Host for Board<'_> {
    fn write(&mut self, bytes: &[u8]) {
        uart::write(bytes);
    }

    fn banner(&mut self) {
        self.write(b"MicroPython; Snakelet on mps2-an500");
        self.write(match cfg!(feature = "prompt") {
            true => b"\r\nType \"help()\" for more information.\r\n",
            false => b"; CTRL-A enters the raw REPL\r\n",
        });
    }

    fn receive(&mut self, byte: u8) -> bool {
        let vm = &mut *self.vm;
        let out = match self.program {
            Some(out) => Ok(out),
            None => vm.new_text(),
        };
        match out.and_then(|out| vm.emit(out, &[byte]).map(|()| out)) {
            Ok(out) => {
                self.program = Some(out);
                true
            }
            Err(raised) => {
                self.refused = Some(raised);
                false
            }
        }
    }

    fn forget(&mut self) {
        self.program = None;
        if let Some(raised) = self.refused.take() {
            let _ = self.vm.take_raised(raised);
        }
        self.vm.end_scope(self.scope);
    }

    #[cfg(feature = "prompt")]
    fn goes_on(&mut self, text: &[u8]) -> bool {
        snakelet::source::needs_more_input(text)
    }

    #[cfg(feature = "prompt")]
    fn names(&mut self, which: snakelet_repl::Names<'_>, each: snakelet_repl::EachName<'_>) {
        let of = match which {
            snakelet_repl::Names::Globals => NamesOf::Globals,
            snakelet_repl::Names::Modules => NamesOf::Modules,
            snakelet_repl::Names::Attributes(chain) => NamesOf::Attributes(chain),
        };
        let scope = self.vm.scope();
        if let Err(raised) = self.vm.for_names(of, &mut |name| each(name, &mut uart::write)) {
            let _ = self.vm.take_raised(raised);
        }
        self.vm.end_scope(scope);
    }
}
