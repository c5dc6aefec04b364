//! MicroPython's raw REPL, so that its tools can drive the board.
//!
//! CTRL-A enters it. Then a program is sent, ended by CTRL-D; the answer is `OK`, what the
//! program prints, 0x04, the traceback if it failed, 0x04, and the prompt `>`. CTRL-C forgets what
//! was sent, CTRL-B leaves, and CTRL-D without a program starts afresh.

use snakelet_vm::{Raised, Vm};

use crate::{console, run, uart};

const CTRL_A: u8 = 0x01;
const CTRL_B: u8 = 0x02;
const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;

const BANNER: &[u8] = b"Snakelet on mps2-an500; CTRL-A enters the raw REPL\r\n";
const RAW_BANNER: &[u8] = b"raw REPL; CTRL-B to exit\r\n>";

/// Bytes of a program that are put into the heap at a time.
const CHUNK: usize = 64;

/// Which prompt is on.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Waiting for CTRL-A.
    Idle,
    /// The raw REPL.
    Raw,
}

/// Serves until a fresh start is asked for; returns the mode to go on in.
pub fn serve(vm: &mut Vm, mut mode: Mode) -> Mode {
    uart::write(if mode == Mode::Raw { RAW_BANNER } else { BANNER });
    loop {
        if mode == Mode::Idle {
            match console::read_byte() {
                CTRL_A => {
                    mode = Mode::Raw;
                    uart::write(RAW_BANNER);
                }
                CTRL_D => return mode,
                _ => {}
            }
            continue;
        }
        let scope = vm.scope();
        match receive(vm) {
            Ok(Request::Run(program)) => {
                uart::write(b"OK");
                let result = run::program(vm, program, b"<stdin>");
                uart::write(b"\x04");
                if let Err(raised) = result {
                    run::report(vm, raised);
                }
                uart::write(b"\x04>");
            }
            Ok(Request::Prompt) => uart::write(RAW_BANNER),
            Ok(Request::Nothing) => uart::write(b"OK\x04\x04>"),
            Ok(Request::Restart) => {
                uart::write(b"OK\r\nsoft reboot\r\n");
                return mode;
            }
            Ok(Request::Leave) => {
                mode = Mode::Idle;
                uart::write(b"\r\n");
                uart::write(BANNER);
            }
            Err(raised) => {
                // the program does not fit the heap; the rest of it is not for running
                while console::read_byte() != CTRL_D {}
                uart::write(b"OK\x04");
                run::report(vm, raised);
                uart::write(b"\x04>");
            }
        }
        vm.end_scope(scope);
    }
}

enum Request {
    Run(snakelet_vm::Local),
    Nothing,
    Prompt,
    Leave,
    Restart,
}

/// Receives a program into the heap.
fn receive(vm: &mut Vm) -> Result<Request, Raised> {
    let text = vm.new_text()?;
    let (mut chunk, mut len, mut any) = ([0; CHUNK], 0, false);
    loop {
        match console::read_byte() {
            CTRL_A => return Ok(Request::Prompt),
            CTRL_B => return Ok(Request::Leave),
            CTRL_C => (len, any) = (0, false),
            CTRL_D if !any => return Ok(Request::Restart),
            CTRL_D => break,
            byte => {
                any = true;
                if let Some(place) = chunk.get_mut(len) {
                    *place = byte;
                    len += 1;
                }
                if len == CHUNK {
                    vm.emit(text, &chunk)?;
                    len = 0;
                }
            }
        }
    }
    vm.emit(text, chunk.get(..len).unwrap_or_default())?;
    let program = vm.finish_bytes(text)?;
    Ok(if any { Request::Run(program) } else { Request::Nothing })
}
