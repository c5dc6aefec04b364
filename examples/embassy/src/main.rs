//! Snakelet in a task of embassy, on QEMU's `mps2-an500`.
//!
//! The task [`script`] runs a script a thousand steps at a time. It waits with `await` for what the script waits for:
//! for the sensor, which is another task's, and for the moment at which one of the script's own tasks is due. The
//! task [`heartbeat`] goes on meanwhile, also while the script computes. The processor sleeps when nobody has work.
#![no_std]
#![no_main]

extern crate alloc;

mod time_driver;
mod uart;

use alloc::string::String;
use core::fmt::Write;
use core::future::pending;
use core::mem::MaybeUninit;
use core::panic::PanicInfo;

use cortex_m_semihosting::debug::{EXIT_FAILURE, EXIT_SUCCESS, exit};
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embassy_sync::blocking_mutex::raw::ThreadModeRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Instant, Ticker, Timer, block_for};
use snakelet::host::Clock;
use snakelet::region_alloc::RegionAlloc;
use snakelet::{Error, Interpreter, Step};
use static_cell::ConstStaticCell;

use uart::Uart;

/// Bytes of the interpreter's memory: its stack and its heap.
const MEMORY: usize = 128 << 10;
/// Bytes of the host's side: the interpreter's caches, its state, texts of errors.
const HOST_MEMORY: usize = 12 << 10;
/// Bytes of the machine's stack that scripts may take.
const MACHINE_STACK: usize = 32 << 10;
/// How deep source text may nest: each level is half a kilobyte of that stack.
const SOURCE_DEPTH: u16 = 40;

#[global_allocator]
static ALLOCATOR: RegionAlloc = RegionAlloc::new();

/// What the script asks the sensor for, and what it answers.
static REQUEST: Signal<ThreadModeRawMutex, usize> = Signal::new();
static ANSWER: Signal<ThreadModeRawMutex, i32> = Signal::new();

/// Embassy's time as the script's.
struct EmbassyClock;

impl Clock for EmbassyClock {
    fn ticks_us(&mut self) -> u64 {
        Instant::now().as_micros()
    }
    fn sleep_us(&mut self, us: u64) {
        block_for(Duration::from_micros(us));
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static HOST: ConstStaticCell<[MaybeUninit<u8>; HOST_MEMORY]> =
        ConstStaticCell::new([MaybeUninit::uninit(); HOST_MEMORY]);

    Uart::start();
    if let Some(core) = cortex_m::Peripherals::take() {
        time_driver::start(core.SYST);
    }
    ALLOCATOR.add_region(HOST.take());
    // each task is there once, and is not running yet
    if let (Ok(heartbeat), Ok(sensor), Ok(script)) = (heartbeat(), sensor(), script()) {
        spawner.spawn(heartbeat);
        spawner.spawn(sensor);
        spawner.spawn(script);
    }
}

/// Shows that the board is alive, whatever the script does.
#[embassy_executor::task]
async fn heartbeat() {
    Timer::after_millis(50).await;
    let mut ticker = Ticker::every(Duration::from_millis(100));
    for beat in 1.. {
        let _ = writeln!(Uart, "  heartbeat {beat}");
        ticker.next().await;
    }
}

/// A sensor that takes five milliseconds for a conversion.
#[embassy_executor::task]
async fn sensor() {
    let mut levels = [(3, 2), (10, 5)];
    loop {
        let channel = REQUEST.wait().await;
        Timer::after_millis(5).await;
        let (level, change) = &mut levels[channel];
        *level += *change;
        ANSWER.signal(*level);
    }
}

/// Runs the script, and ends the emulation.
#[embassy_executor::task]
async fn script() {
    static MEMORY_OF_SCRIPT: ConstStaticCell<[MaybeUninit<u8>; MEMORY]> =
        ConstStaticCell::new([MaybeUninit::uninit(); MEMORY]);

    let result = run(MEMORY_OF_SCRIPT.take(), include_str!("station.py")).await;
    let _ = match &result {
        Ok(slept) => {
            writeln!(Uart, "the script has slept: {}", *slept > Duration::from_millis(200))
        }
        Err(Error::Exception(exception)) => writeln!(Uart, "{}", exception.report()),
        Err(other) => writeln!(Uart, "{other}"),
    };
    exit(if result.is_ok() { EXIT_SUCCESS } else { EXIT_FAILURE });
}

/// Runs a script between other tasks; gives how long it has waited for its own tasks.
async fn run(memory: &mut [MaybeUninit<u8>], text: &str) -> Result<Duration, Error> {
    let (mut console, mut clock) = (Uart, EmbassyClock);
    let mut python = Interpreter::builder(memory)
        .console(&mut console)
        .clock(&mut clock)
        .compile_memory(&ALLOCATOR)
        .machine_stack(MACHINE_STACK)
        .source_depth(SOURCE_DEPTH)
        .build()?;
    python.register_pending("level")?;

    let mut slept = Duration::MIN;
    let mut run = python.start(text)?;
    loop {
        run = match run.step(1000)? {
            Step::Done(()) => return Ok(slept),
            Step::Suspended(run) => {
                yield_now().await;
                run
            }
            Step::Pending(mut call) => {
                let (name,) = call.arguments::<(String,)>()?;
                match ["wind", "rain"].iter().position(|known| *known == name) {
                    Some(channel) => {
                        REQUEST.signal(channel);
                        call.resume(ANSWER.wait().await)
                    }
                    None => call.raise("no such sensor"),
                }
            }
            Step::Idle { run, until } => {
                let begin = Instant::now();
                match until {
                    Some(moment) => {
                        Timer::at(Instant::from_micros(moment.as_micros() as u64)).await
                    }
                    // nothing that happens here would wake one of the script's tasks
                    None => pending().await,
                }
                slept += begin.elapsed();
                run
            }
        };
    }
}

/// No input makes the interpreter panic; should it happen, the run ends.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Uart, "{info}");
    exit(EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
