//! Snakelet on a Cortex-M7: QEMU's `mps2-an500`.
//!
//! With a script built in (`SNAKELET_SCRIPT=file.py` or `file.mpy`) it runs that and ends the emulation;
//! otherwise it offers MicroPython's raw REPL on UART0 to tools, and with the feature `prompt` the one for people. The interpreter's memory is one static
//! region of `SNAKELET_HEAP` bytes (default 143,360), of which the VM's stack takes 8 KiB; what a
//! compilation needs is lent from the heap meanwhile. The machine's stack lies beside it. Without
//! the feature `compiler` there is neither text nor allocator: the script is a `.mpy` file.
//!
//! With the feature `pools` a camera fills frames in the board's PSRAM meanwhile; see [`pools`].
#![no_std]
#![no_main]

#[cfg(feature = "camera")]
mod camera;
mod console;
#[cfg(feature = "gaps")]
mod gaps;
#[cfg(feature = "pools")]
mod pools;
#[cfg(all(feature = "compiler", not(feature = "camera")))]
mod repl;
mod routines;
mod run;
mod semihosting;
#[cfg(any(feature = "pools", feature = "camera"))]
mod shared;
#[cfg(feature = "stack")]
mod stack;
mod ticks;
mod uart;
mod vectors;

use core::mem::MaybeUninit;
use core::panic::PanicInfo;
use core::ptr::{NonNull, addr_of_mut};

use cortex_m_rt::entry;
#[cfg(feature = "compiler")]
use snakelet::region_alloc::RegionAlloc;
use snakelet_vm::{CacheTable, Config, Heap, Hosts, Vm};

use console::{BoardClock, CtrlC, UartConsole};

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// Slots of the VM's stack: 8 KiB. Where the machine's stack is to end first, 64 KiB.
const STACK_SLOTS: usize = if cfg!(feature = "stack") { 16384 } else { 2048 };

#[cfg(feature = "compiler")]
#[global_allocator]
static COMPILE_MEMORY: RegionAlloc = RegionAlloc::new();

/// The interpreter's memory.
#[repr(align(16))]
struct Memory([MaybeUninit<u8>; HEAP]);

static mut MEMORY: Memory = Memory([MaybeUninit::uninit(); HEAP]);

/// The interpreter's caches, beside its memory.
static mut CACHES: CacheTable = CacheTable::new();

static mut CONSOLE: UartConsole = UartConsole;
static mut CLOCK: BoardClock = BoardClock::new();
static mut CTRL_C: CtrlC = CtrlC;

/// Makes an interpreter in `MEMORY`.
///
/// # Safety
/// No other interpreter exists.
unsafe fn interpreter() -> Option<Vm> {
    // SAFETY: the interpreter is the only user of these statics, and there is only one.
    let (memory, caches, hosts) = unsafe {
        let hosts = Hosts {
            console: Some(&mut *addr_of_mut!(CONSOLE)),
            clock: Some(&mut *addr_of_mut!(CLOCK)),
            interrupt: Some(&mut *addr_of_mut!(CTRL_C)),
            #[cfg(feature = "compiler")]
            compile_memory: Some(&COMPILE_MEMORY),
            ..Hosts::default()
        };
        // what an interpreter before this one has left in them is of no use to it; zeros are caches without
        // entries, and need no copy of them on the machine's stack
        addr_of_mut!(CACHES).write_bytes(0, 1);
        let caches = NonNull::new(addr_of_mut!(CACHES));
        (NonNull::new(addr_of_mut!(MEMORY.0))?.cast::<MaybeUninit<u8>>(), caches, hosts)
    };
    #[cfg(feature = "gaps")]
    let modules = gaps::MODULES;
    #[cfg(all(feature = "camera", not(feature = "gaps")))]
    let modules = camera::MODULES;
    #[cfg(not(any(feature = "camera", feature = "gaps")))]
    let modules = &[];
    #[cfg(feature = "trusted")]
    // SAFETY: the only bytecode is the file that is built in, which is the cross compiler's own; there are no files.
    let trust = unsafe { snakelet_vm::Trust::in_all_bytecode() };
    #[cfg(not(feature = "trusted"))]
    let trust = snakelet_vm::Trust::default();
    let config =
        Config { stack_slots: STACK_SLOTS, modules, caches, hosts, trust, ..Config::default() };
    #[cfg(feature = "camera")]
    let config = camera::configure(config, SCRIPT.is_none());
    // the number of calls inside one another is not what ends first, either
    #[cfg(feature = "stack")]
    let config = Config { native_limit: u16::MAX, ..config };
    let memory = NonNull::slice_from_raw_parts(memory, HEAP);
    // SAFETY: memory, caches and services are statics that nobody else uses while this interpreter exists,
    // and the caches were just emptied.
    let mut vm = unsafe { snakelet::new_vm(memory, config) }?;
    vm.limit_machine_stack(Some(stack_left()));
    Some(vm)
}

/// Bytes of the machine's stack below this function, which has a frame of its own below the caller's.
#[cfg(feature = "stack")]
#[inline(never)]
fn stack_left() -> usize {
    let here = 0u8;
    (&raw const here).addr().saturating_sub(stack::end())
}

/// Bytes of the machine's stack below this function, which has a frame of its own below the caller's: it
/// grows down to where the statics end.
#[cfg(not(feature = "stack"))]
#[inline(never)]
fn stack_left() -> usize {
    unsafe extern "C" {
        /// Placed by cortex-m-rt's linker script behind all statics.
        static __sheap: u8;
    }
    let here = 0u8;
    (&raw const here).addr().saturating_sub((&raw const __sheap).addr())
}

#[entry]
fn main() -> ! {
    #[cfg(feature = "pools")]
    static mut POOLS: pools::Memory = pools::Memory::new();

    uart::init();
    ticks::init();
    #[cfg(feature = "camera")]
    {
        let heap = addr_of_mut!(MEMORY).addr();
        camera::start(heap..heap + HEAP);
    }
    #[cfg(feature = "pools")]
    let heap = addr_of_mut!(MEMORY).addr();
    #[cfg(feature = "pools")]
    let mut camera = pools::start(POOLS, heap..heap + HEAP);
    let result = SCRIPT.map(|(name, program)| run_script(name, program));
    #[cfg(feature = "pools")]
    let result = {
        pools::finish(&mut camera);
        Some(result != Some(false))
    };
    match result {
        Some(success) => semihosting::exit(success),
        None => interact(),
    }
}

/// Runs the script that was built in; gives whether it succeeded.
fn run_script(name: &str, program: &'static [u8]) -> bool {
    // SAFETY: this one is dropped at the end, and `interact`, which makes others, never returns.
    let Some(mut vm) = (unsafe { interpreter() }) else { semihosting::exit(false) };
    #[cfg(feature = "camera")]
    camera::attach(&mut vm);
    #[cfg(feature = "stack")]
    stack::paint();
    let before = ticks::ticks_us();
    let result = run::embedded(&mut vm, program, name);
    let time = ticks::ticks_us().wrapping_sub(before);
    let success = result.is_ok();
    if let Err(raised) = result {
        if run::report(&mut vm, raised) {
            semihosting::print(c"SystemExit\n");
        }
    }
    semihosting::print_number(c"microseconds: ", time);
    #[cfg(feature = "compiler")]
    semihosting::print_number(c"compile memory: ", COMPILE_MEMORY.usage().1 as u32);
    semihosting::print_number(c"heap at most: ", vm.heap_figure(Heap::peak_bytes) as u32);
    #[cfg(feature = "stack")]
    let success = stack::check() && success;
    success
}

/// Runs the scripts of a tool, each in an interpreter of its own.
#[cfg(feature = "camera")]
fn interact() -> ! {
    loop {
        let script = camera::wait_for_script();
        // SAFETY: the one before was dropped.
        let Some(mut vm) = (unsafe { interpreter() }) else { semihosting::exit(false) };
        camera::attach(&mut vm);
        if let Err(raised) = run::embedded(&mut vm, script, "<stdin>") {
            run::report(&mut vm, raised);
        }
        camera::detach(&mut vm);
    }
}

#[cfg(all(feature = "compiler", not(feature = "camera")))]
fn interact() -> ! {
    // SAFETY: this function is called once.
    let mut repl = unsafe { repl::make() };
    loop {
        // SAFETY: the one before was dropped.
        let Some(mut vm) = (unsafe { interpreter() }) else { semihosting::exit(false) };
        repl::serve(&mut vm, &mut repl);
    }
}

#[cfg(not(feature = "compiler"))]
fn interact() -> ! {
    semihosting::print(c"no script was built in\n");
    semihosting::exit(false);
}

/// No input makes the interpreter panic; should it happen, the run ends.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::print(c"panic\n");
    semihosting::exit(false);
}
