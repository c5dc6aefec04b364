//! The board's services for the interpreter: console and CTRL-C on the UART, and the clock.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use snakelet::host::{Clock, Console, Interrupt, Wish};

use crate::{ticks, uart};

const CTRL_C: u8 = 0x03;

/// Bytes that came while the interpreter looked for CTRL-C: a script on its way into the raw REPL, or what is
/// typed ahead. Only the program itself uses it, no interrupt.
struct Ahead {
    bytes: [AtomicU8; AHEAD],
    read: AtomicUsize,
    written: AtomicUsize,
}

/// A power of two.
const AHEAD: usize = 64;

static AHEAD_OF_READER: Ahead = Ahead {
    bytes: [const { AtomicU8::new(0) }; AHEAD],
    read: AtomicUsize::new(0),
    written: AtomicUsize::new(0),
};

impl Ahead {
    fn is_full(&self) -> bool {
        let (read, written) =
            (self.read.load(Ordering::Relaxed), self.written.load(Ordering::Relaxed));
        written.wrapping_sub(read) >= AHEAD
    }
    /// Keeps a byte, for which there is room.
    fn put(&self, byte: u8) {
        let at = self.written.load(Ordering::Relaxed);
        self.bytes[at % AHEAD].store(byte, Ordering::Relaxed);
        self.written.store(at.wrapping_add(1), Ordering::Relaxed);
    }
    fn take(&self) -> Option<u8> {
        let at = self.read.load(Ordering::Relaxed);
        if at == self.written.load(Ordering::Relaxed) {
            return None;
        }
        self.read.store(at.wrapping_add(1), Ordering::Relaxed);
        Some(self.bytes[at % AHEAD].load(Ordering::Relaxed))
    }
}

/// Waits for a byte from the UART.
pub fn read_byte() -> u8 {
    loop {
        if let Some(byte) = AHEAD_OF_READER.take().or_else(uart::poll) {
            return byte;
        }
    }
}

/// Output and input on the UART.
pub struct UartConsole;

impl Console for UartConsole {
    fn write(&mut self, bytes: &[u8]) {
        uart::write_text(bytes);
    }

    fn read(&mut self, buf: &mut [u8]) -> usize {
        let Some(first) = buf.first_mut() else { return 0 };
        *first = match read_byte() {
            b'\r' => b'\n',
            byte => byte,
        };
        1
    }
}

/// Time since the start. It is looked at more often than every half an hour.
pub struct BoardClock {
    /// The timer's count at the last look, of 32 bits, and the time then.
    last: u32,
    time: u64,
}

impl BoardClock {
    /// Makes a clock at zero.
    pub const fn new() -> Self {
        BoardClock { last: 0, time: 0 }
    }
}

impl Clock for BoardClock {
    fn ticks_us(&mut self) -> u64 {
        let now = ticks::ticks_us();
        let passed = now.wrapping_sub(self.last);
        // an emulator may show the counter of the next millisecond before its interrupt: then the clock stands still
        if passed.cast_signed() > 0 {
            self.last = now;
            self.time = self.time.wrapping_add(u64::from(passed));
        }
        self.time
    }

    fn sleep_us(&mut self, us: u64) {
        let end = self.ticks_us().saturating_add(us);
        while self.ticks_us() < end {}
    }
}

/// Interrupts a script when CTRL-C arrives.
pub struct CtrlC;

impl Interrupt for CtrlC {
    fn poll(&mut self) -> Wish {
        #[cfg(feature = "gaps")]
        crate::gaps::note();
        // a script that does not read its input loses what is typed beyond that
        match uart::poll() {
            Some(CTRL_C) => return Wish::Interrupt,
            Some(byte) if !AHEAD_OF_READER.is_full() => AHEAD_OF_READER.put(byte),
            _ => {}
        }
        Wish::Continue
    }
}
