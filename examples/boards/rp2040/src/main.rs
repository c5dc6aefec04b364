//! Blinks the LED of a Raspberry Pi Pico (RP2040) as a script in flash says.
//!
//! The lines between the two marks are all that Snakelet takes; the rest is a firmware as any other.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec;
use core::cell::RefCell;
use core::mem::MaybeUninit;

use critical_section::Mutex;
use embassy_rp::gpio::{Level, Output};
use embassy_time::{Duration, block_for};
use panic_halt as _;
use snakelet::region_alloc::RegionAlloc;
use snakelet::{Error, Interpreter};
use static_cell::ConstStaticCell;

#[cortex_m_rt::entry]
fn main() -> ! {
    let board = embassy_rp::init(Default::default());
    let led = Output::new(board.PIN_25, Level::Low);
    let led = Mutex::new(RefCell::new(led));
    // the script does not end; what it raises ends here
    let _ = run(|on| critical_section::with(|cs| led.borrow_ref_mut(cs).set_level(on.into())));
    loop {
        cortex_m::asm::wfi();
    }
}

// Snakelet begins here
#[global_allocator]
static ALLOCATOR: RegionAlloc = RegionAlloc::new();
static RAM: ConstStaticCell<[MaybeUninit<u8>; 76 << 10]> =
    ConstStaticCell::new([MaybeUninit::uninit(); 76 << 10]);

fn run(led: impl Fn(bool) + Send) -> Result<(), Error> {
    ALLOCATOR.add_region(RAM.take());
    let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
    let builder = Interpreter::builder(&mut memory).compile_memory(&ALLOCATOR);
    let mut python = builder.machine_stack(64 << 10).build()?;
    python.register("led", move |on: bool| led(on))?;
    python.register("wait_ms", |ms: u64| block_for(Duration::from_millis(ms)))?;
    python.exec(include_str!("blink.py"))
}
// Snakelet ends here
