//! Blinks a LED at pin 8 of an ESP32-C3 as a script in flash says.
//!
//! The lines between the two marks are all that Snakelet takes; the rest is a firmware as any other.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec;
use core::cell::RefCell;
use core::mem::MaybeUninit;

use critical_section::Mutex;
use esp_hal::delay::Delay;
use esp_hal::gpio::{Level, Output, OutputConfig};
use panic_halt as _;
use snakelet::region_alloc::RegionAlloc;
use snakelet::{Error, Interpreter};
use static_cell::ConstStaticCell;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    let board = esp_hal::init(esp_hal::Config::default());
    let led = Output::new(board.GPIO8, Level::Low, OutputConfig::default());
    let led = Mutex::new(RefCell::new(led));
    // the script does not end; what it raises ends here
    let _ = run(|on| critical_section::with(|cs| led.borrow_ref_mut(cs).set_level(on.into())));
    loop {
        core::hint::spin_loop();
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
    python.register("wait_ms", |ms: u32| Delay::new().delay_millis(ms))?;
    python.exec(include_str!("blink.py"))
}
// Snakelet ends here
