//! A simulated board: pins with devices at them, an I2C bus, an SPI bus, a serial line, and a clock that stands still but
//! for waiting.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub(crate) mod i2c;
pub(crate) mod spi;
pub(crate) mod wires;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::mem::MaybeUninit;
use std::sync::{Arc, Mutex};

use embedded_hal::pwm;
use snakelet::host::{Clock, Console};
use snakelet::{Error, Interpreter};
use snakelet_machine::device::{
    Adc, Chip, Done, Errno, Memory, Mode, Pin, PinSetup, Pull, Watchdog,
};
use snakelet_machine::hal::{I2cBus, PwmChannel, Serial, SpiBus};
use snakelet_machine::{Board, Part};
use wires::{Level, Wire};

/// Number of pins.
pub(crate) const PINS: u16 = 24;

/// A pin of the simulated port.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) mode: Option<Mode>,
    pub(crate) pull: Option<Pull>,
    pub(crate) latch: bool,
    /// What was sent as bits.
    pub(crate) bits: Vec<u8>,
    pub(crate) edges: u8,
    pub(crate) noted: u8,
    last: bool,
}

impl Line {
    /// What the chip does with the wire.
    pub(crate) fn driven(&self) -> Option<bool> {
        match self.mode {
            Some(Mode::Out) => Some(self.latch),
            Some(Mode::OpenDrain) if !self.latch => Some(false),
            _ => None,
        }
    }
}

/// Everything outside of the interpreter.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now_ns: u64,
    pub(crate) lines: Vec<Line>,
    pub(crate) wires: Vec<Box<dyn Wire>>,
    pub(crate) slaves: Vec<Box<dyn i2c::Slave>>,
    pub(crate) chips: Vec<(u16, Box<dyn spi::SpiDevice>)>,
    pub(crate) i2c_log: Vec<String>,
    pub(crate) spi_written: Vec<u8>,
    pub(crate) uart: VecDeque<u8>,
    pub(crate) uart_stuck: bool,
    pub(crate) duty: u16,
    pub(crate) fed: Vec<String>,
    pub(crate) words: Vec<u32>,
    pub(crate) printed: String,
    pub(crate) reset: bool,
}

impl World {
    /// The level at a wire.
    pub(crate) fn level(&mut self, pin: u16) -> bool {
        let mut wires = std::mem::take(&mut self.wires);
        let mut pulled = None;
        for wire in &mut wires {
            pulled = pulled.or(wire.level(pin, self.now_ns));
        }
        self.wires = wires;
        let line = &self.lines[usize::from(pin)];
        match (line.driven(), pulled) {
            (_, Some(Level::Low)) => false,
            (Some(level), _) => level,
            (None, Some(Level::High)) => true,
            (None, None) => line.pull != Some(Pull::Down),
        }
    }
    /// Tells devices what the chip has done.
    pub(crate) fn changed(&mut self) {
        let mut wires = std::mem::take(&mut self.wires);
        let levels: Vec<bool> =
            self.lines.iter().map(|line| line.driven().unwrap_or(true)).collect();
        for wire in &mut wires {
            wire.changed(&levels, self.now_ns);
        }
        self.wires = wires;
        for (pin, chip) in &mut self.chips {
            chip.select(self.lines[usize::from(*pin)].driven() == Some(false));
        }
        for pin in 0..self.lines.len() {
            let level = self.level(pin as u16);
            let line = &mut self.lines[pin];
            if level != line.last {
                line.noted |= if level { 1 } else { 2 };
                line.last = level;
            }
        }
    }
}

pub(crate) type Shared = Arc<Mutex<World>>;

/// A pin of the port.
pub(crate) struct PortPin(Shared, u16, bool);

impl Pin for PortPin {
    fn setup(&mut self, setup: PinSetup) -> Done {
        let mut world = self.0.lock().unwrap();
        let line = &mut world.lines[usize::from(self.1)];
        line.mode = setup.mode.or(line.mode);
        line.pull = setup.pull.or(line.pull);
        line.latch = setup.value.unwrap_or(line.latch);
        world.changed();
        Ok(())
    }
    fn mode(&self) -> Mode {
        self.0.lock().unwrap().lines[usize::from(self.1)].mode.unwrap_or(Mode::In)
    }
    fn pull(&self) -> Pull {
        self.0.lock().unwrap().lines[usize::from(self.1)].pull.unwrap_or(Pull::Off)
    }
    fn read(&mut self) -> Done<bool> {
        let mut world = self.0.lock().unwrap();
        // looking takes some time, so that loops that look end
        world.now_ns += 500;
        Ok(world.level(self.1))
    }
    fn write(&mut self, high: bool) -> Done {
        let mut world = self.0.lock().unwrap();
        world.lines[usize::from(self.1)].latch = high;
        world.changed();
        Ok(())
    }
    fn watch(&mut self, edges: u8) -> Done<bool> {
        let mut world = self.0.lock().unwrap();
        let line = &mut world.lines[usize::from(self.1)];
        (line.edges, line.noted) = (edges, 0);
        Ok(self.2)
    }
    fn take_edges(&mut self) -> u8 {
        let mut world = self.0.lock().unwrap();
        let line = &mut world.lines[usize::from(self.1)];
        std::mem::take(&mut line.noted) & line.edges
    }
    fn send_bits(&mut self, _: [u32; 4], bytes: &[u8]) -> Done {
        self.0.lock().unwrap().lines[usize::from(self.1)].bits.extend(bytes);
        Ok(())
    }
}

/// The serial line: what is written comes back.
pub(crate) struct Loop(Shared);

impl embedded_io::ErrorType for Loop {
    type Error = Infallible;
}

impl embedded_io::Read for Loop {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        let mut world = self.0.lock().unwrap();
        let n = world.uart.len().min(bytes.len());
        for (place, byte) in bytes.iter_mut().zip(world.uart.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}

impl embedded_io::ReadReady for Loop {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.lock().unwrap().uart.is_empty())
    }
}

impl embedded_io::Write for Loop {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        // as a buffer of a few bytes does
        let n = bytes.len().min(5);
        self.0.lock().unwrap().uart.extend(&bytes[..n]);
        Ok(n)
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl embedded_io::WriteReady for Loop {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.lock().unwrap().uart_stuck)
    }
}

struct Channel(Shared);

impl pwm::ErrorType for Channel {
    type Error = Infallible;
}

impl pwm::SetDutyCycle for Channel {
    fn max_duty_cycle(&self) -> u16 {
        1000
    }
    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        self.0.lock().unwrap().duty = duty;
        Ok(())
    }
}

struct Voltage(u16);

impl Adc for Voltage {
    fn read(&mut self) -> Done<u16> {
        Ok(self.0)
    }
    fn reference_uv(&self) -> u32 {
        3_300_000
    }
}

struct Words(Shared);

/// Where the words lie that scripts may have.
pub(crate) const WORDS: usize = 0x4000_1000;

impl Memory for Words {
    fn read(&mut self, address: usize, width: usize) -> Done<u32> {
        let at = address - WORDS;
        let word = self.0.lock().unwrap().words[at / 4] >> (8 * (at % 4));
        Ok(if width == 4 { word } else { word & ((1 << (8 * width)) - 1) })
    }
    fn write(&mut self, address: usize, width: usize, value: u32) -> Done {
        let at = address - WORDS;
        let word = &mut self.0.lock().unwrap().words[at / 4];
        let mask = if width == 4 { u32::MAX } else { (1 << (8 * width)) - 1 };
        let shift = 8 * (at % 4);
        *word = *word & !(mask << shift) | value << shift;
        Ok(())
    }
}

struct TheChip(Shared);

impl Chip for TheChip {
    fn reset(&mut self) {
        self.0.lock().unwrap().reset = true;
    }
    fn reset_cause(&mut self) -> u8 {
        3
    }
    fn unique_id(&mut self) -> &[u8] {
        b"\x01\x02\x03\x04"
    }
    fn frequency(&mut self) -> u32 {
        48_000_000
    }
    fn set_frequency(&mut self, hertz: u32) -> Done {
        if hertz > 48_000_000 { Err(Errno::INVALID) } else { Ok(()) }
    }
    fn disable_interrupts(&mut self) -> u32 {
        7
    }
    fn delay_ns(&mut self, ns: u32) {
        self.0.lock().unwrap().now_ns += u64::from(ns);
    }
}

struct Dog(Shared);

impl Watchdog for Dog {
    fn start(&mut self, timeout_ms: u32) -> Done {
        self.0.lock().unwrap().fed.push(format!("start {timeout_ms}"));
        Ok(())
    }
    fn feed(&mut self) {
        self.0.lock().unwrap().fed.push("feed".into());
    }
}

struct Time(Shared);

impl Clock for Time {
    fn ticks_us(&mut self) -> u64 {
        let mut world = self.0.lock().unwrap();
        world.now_ns += 200;
        world.now_ns / 1000
    }
    fn epoch_ns(&mut self) -> Option<u64> {
        Some(1_700_000_000_000_000_000)
    }
    fn sleep_us(&mut self, us: u64) {
        self.0.lock().unwrap().now_ns += us * 1000;
    }
}

struct Printed(Shared);

impl Console for Printed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.lock().unwrap().printed.push_str(&String::from_utf8_lossy(bytes));
    }
}

/// Something that lives as long as the program.
fn part<D: snakelet_machine::Device + ?Sized, T>(device: T) -> &'static mut Part<D, T> {
    Box::leak(Box::new(Part::new(device)))
}

/// A simulated board and its interpreters.
pub(crate) struct Bench {
    pub(crate) world: Shared,
    memory: Vec<MaybeUninit<u8>>,
    platform: &'static str,
}

impl Bench {
    pub(crate) fn new(heap: usize) -> Self {
        let mut world = World { words: vec![0; 4], ..World::default() };
        world.lines.resize_with(PINS.into(), Line::default);
        for line in &mut world.lines {
            line.last = true;
        }
        spi::attach(&mut world);
        i2c::attach(&mut world);
        wires::attach(&mut world);
        Self {
            world: Arc::new(Mutex::new(world)),
            memory: vec![MaybeUninit::uninit(); heap],
            platform: "bench",
        }
    }

    pub(crate) fn board(&self) -> Board {
        let world = || self.world.clone();
        let mut board = Board::new();
        for pin in 0..PINS {
            // odd ones have interrupts
            board = board.pin(pin, part(PortPin(world(), pin, pin % 2 == 1)));
        }
        board = board.pin("LED", part(PortPin(world(), 0, false)));
        board
            .i2c(0, part(I2cBus::new(i2c::Bus(world()))))
            .spi(0, part(SpiBus::new(spi::Bus(world()))))
            .spi((1, "flash"), part(SpiBus::new(spi::Bus(world()))))
            .uart(1, part(Serial::<_, 16>::new(Loop(world()))))
            .pwm(
                (4, "SERVO"),
                part(PwmChannel::with_frequency(Channel(world()), 50, |_, hertz| {
                    if hertz > 1_000_000 { Err(Errno::INVALID) } else { Ok(hertz) }
                })),
            )
            .adc(5, part(Voltage(32_768)))
            .memory(WORDS..WORDS + 16, part(Words(world())))
            .chip(Box::leak(Box::new(TheChip(world()))))
            .watchdog(Box::leak(Box::new(Dog(world()))))
    }

    /// Says that the board is another one.
    pub(crate) fn platform(&mut self, platform: &'static str) {
        self.platform = platform;
    }

    /// Lends an interpreter with this board.
    pub(crate) fn run<R>(&mut self, work: impl FnOnce(&mut Interpreter<'_>) -> R) -> R {
        let board = self.board();
        let mut console = Printed(self.world.clone());
        let mut clock = Time(self.world.clone());
        let mut python = Interpreter::builder(&mut self.memory)
            .console(&mut console)
            .clock(&mut clock)
            .board(board)
            .desktop()
            .platform(self.platform)
            .build()
            .expect("an interpreter");
        work(&mut python)
    }

    pub(crate) fn exec(&mut self, script: &str) -> Result<(), Error> {
        self.run(|python| python.exec(script))
    }

    pub(crate) fn printed(&self) -> String {
        std::mem::take(&mut self.world.lock().unwrap().printed)
    }
}
