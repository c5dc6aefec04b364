//! The snakelet command line.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::process::ExitCode;
use std::ptr::NonNull;

use snakelet::desktop::{StdClock, StdConsole, StdEntropy, StdFiles};
use snakelet::vm::print::Out;
use snakelet::vm::{Config, Hosts, Input, Local, Vm};

fn main() -> ExitCode {
    let mut heap = 2 << 20;
    let mut args = std::env::args().skip(1).peekable();
    while let Some(a) = args.peek() {
        if a == "-X" {
            args.next();
            if let Some(v) = args.next().and_then(|v| v.strip_prefix("heapsize=").map(str::to_string)) {
                let (n, m) = match v.as_bytes().last() {
                    Some(b'K') => (&v[..v.len() - 1], 1024),
                    Some(b'M') => (&v[..v.len() - 1], 1 << 20),
                    _ => (&v[..], 1),
                };
                heap = n.parse::<usize>().unwrap_or(heap) * m;
            }
        } else {
            break;
        }
    }
    let stack_slots = 32 << 10;
    let memory: &'static mut [MaybeUninit<u8>] =
        Box::leak(vec![MaybeUninit::uninit(); heap + stack_slots * 8].into_boxed_slice());
    let console: &'static mut StdConsole = Box::leak(Box::default());
    let console_again: *mut StdConsole = console;
    let config = Config {
        stack_slots,
        hosts: Hosts {
            console: Some(console),
            clock: Some(Box::leak(Box::<StdClock>::default())),
            files: Some(Box::leak(Box::<StdFiles>::default())),
            entropy: Some(Box::leak(Box::<StdEntropy>::default())),
            interrupt: None,
        },
        ..Config::default()
    };
    // SAFETY: memory and services are leaked and used by this interpreter alone.
    let Some(mut vm) = (unsafe { Vm::new(NonNull::from(memory), config) }) else {
        eprintln!("heap too small");
        return ExitCode::FAILURE;
    };
    let (text, name) = match args.next() {
        Some(a) if a == "-c" => (args.next().unwrap_or_default().into_bytes(), "<string>".to_string()),
        Some(file) => match std::fs::read(&file) {
            Ok(text) => (text, file),
            Err(e) => {
                eprintln!("{file}: {e}");
                return ExitCode::FAILURE;
            }
        },
        None => return ExitCode::FAILURE,
    };
    let result = vm
        .compile_text(&text, name.as_bytes(), Input::File)
        .and_then(|f| { let main = vm.main_dict(); vm.run_module(f, main, Local::NULL) });
    let code = match result {
        Ok(_) => ExitCode::SUCCESS,
        Err(raised) => {
            match vm.take_raised(raised) {
                Ok(e) => {
                    let _ = vm.print_exception(e, Out::Error);
                }
                Err(_) => eprintln!("stopped"),
            }
            ExitCode::FAILURE
        }
    };
    // SAFETY: the interpreter is done with the console.
    snakelet::host::Console::flush(unsafe { &mut *console_again });
    code
}
