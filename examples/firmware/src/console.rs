//! The board's services for the interpreter: console and CTRL-C on the UART, and the clock.

use snakelet::host::{Clock, Console, Interrupt, Wish};

use crate::{ticks, uart};

const CTRL_C: u8 = 0x03;

/// Waits for a byte from the UART.
pub fn read_byte() -> u8 {
    loop {
        if let Some(byte) = uart::poll() {
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

/// Time since the start.
pub struct BoardClock {
    last: u32,
    wraps: u32,
}

impl BoardClock {
    /// Makes a clock at zero.
    pub const fn new() -> Self {
        BoardClock { last: 0, wraps: 0 }
    }
}

impl Clock for BoardClock {
    fn ticks_us(&mut self) -> u64 {
        let now = ticks::ticks_us();
        if now < self.last {
            self.wraps = self.wraps.wrapping_add(1);
        }
        self.last = now;
        u64::from(self.wraps) << 32 | u64::from(now)
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
        // A running script that does not read its input loses what is typed meanwhile.
        if uart::poll() == Some(CTRL_C) {
            return Wish::Interrupt;
        }
        Wish::Continue
    }
}
