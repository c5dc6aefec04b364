//! Snakelet on a RISC-V microcontroller: QEMU's `virt` with a 32-bit core without floating-point unit.
//!
//! Runs the script that was built in (`SNAKELET_SCRIPT=file.py`, by default the tour of the language) by the safe
//! interface, and ends the emulation. The interpreter's memory is one static region; the global allocator has a
//! small one beside it, for what the host's side keeps, and is lent a part of the heap while a compilation lasts.
#![no_std]
#![no_main]

mod board;

use core::fmt::Write;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use riscv_rt::entry;
use snakelet::region_alloc::RegionAlloc;
use snakelet::{Error, Interpreter};
use static_cell::ConstStaticCell;

use board::{MachineTimer, Uart};

/// Bytes of the interpreter's memory: its stack and its heap.
const MEMORY: usize = 128 << 10;
/// Bytes of the host's side: the interpreter's caches, its state, texts of errors.
const HOST_MEMORY: usize = 12 << 10;
/// Bytes of the machine's stack that scripts may take.
const MACHINE_STACK: usize = 64 << 10;

/// Memory that is taken once.
type Region<const N: usize> = ConstStaticCell<[MaybeUninit<u8>; N]>;

const SCRIPT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/script.py"));

#[global_allocator]
static ALLOCATOR: RegionAlloc = RegionAlloc::new();

#[entry]
fn main() -> ! {
    static INTERPRETER: Region<MEMORY> = Region::new([MaybeUninit::uninit(); MEMORY]);
    static HOST: Region<HOST_MEMORY> = Region::new([MaybeUninit::uninit(); HOST_MEMORY]);

    ALLOCATOR.add_region(HOST.take());
    let result = run(INTERPRETER.take());
    if let Err(error) = &result {
        let _ = match error {
            Error::Exception(exception) => writeln!(Uart, "{}", exception.report()),
            other => writeln!(Uart, "{other}"),
        };
    }
    board::exit(result.is_ok())
}

/// Runs the script.
fn run(memory: &mut [MaybeUninit<u8>]) -> Result<(), Error> {
    let (mut console, mut clock) = (Uart, MachineTimer);
    let mut python = Interpreter::builder(memory)
        .console(&mut console)
        .clock(&mut clock)
        .compile_memory(&ALLOCATOR)
        .machine_stack(MACHINE_STACK)
        .platform("riscv")
        .build()?;
    python.exec_named(SCRIPT, "script.py")
}

/// No input makes the interpreter panic; should it happen, the run ends.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Uart, "{info}");
    board::exit(false)
}
