//! The three devices of QEMU's `virt` that a script needs: serial port, timer, and the one that ends the emulation.

use core::{fmt, ptr};

use snakelet::host::{Clock, Console};

/// Registers of a 16550: data, and the state of the line.
const UART: *mut u8 = 0x1000_0000 as *mut u8;
const UART_LINE: *mut u8 = 0x1000_0005 as *mut u8;
/// There is a byte to read.
const RECEIVED: u8 = 1;
/// A byte may be written.
const READY: u8 = 1 << 5;

/// The core-local interruptor's counter since the start, which counts at 10 MHz: its lower and its upper half.
const TIME: *mut u32 = 0x0200_BFF8 as *mut u32;
const TIME_HIGH: *mut u32 = 0x0200_BFFC as *mut u32;
const TICKS_IN_US: u64 = 10;

/// What is written here ends the emulation.
const FINISHER: *mut u32 = 0x0010_0000 as *mut u32;
const PASS: u32 = 0x5555;
/// With the exit code 1 above it.
const FAIL: u32 = 0x1_3333;

/// The serial port as a console, with `\r\n` at the ends of lines as terminals want it.
pub struct Uart;

impl Uart {
    fn send(&mut self, byte: u8) {
        // SAFETY: registers of the serial port, which only this type uses.
        unsafe {
            while ptr::read_volatile(UART_LINE) & READY == 0 {}
            ptr::write_volatile(UART, byte);
        }
    }
}

impl Console for Uart {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == b'\n' {
                self.send(b'\r');
            }
            self.send(byte);
        }
    }

    fn read(&mut self, buf: &mut [u8]) -> usize {
        let Some(first) = buf.first_mut() else { return 0 };
        // SAFETY: registers of the serial port, which only this type uses.
        let byte = unsafe {
            while ptr::read_volatile(UART_LINE) & RECEIVED == 0 {}
            ptr::read_volatile(UART)
        };
        *first = if byte == b'\r' { b'\n' } else { byte };
        1
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text.as_bytes());
        Ok(())
    }
}

/// The timer of the machine as a clock.
pub struct MachineTimer;

impl Clock for MachineTimer {
    fn ticks_us(&mut self) -> u64 {
        loop {
            // SAFETY: registers that may be read at any time.
            let (high, low, again) = unsafe {
                let high = ptr::read_volatile(TIME_HIGH);
                (high, ptr::read_volatile(TIME), ptr::read_volatile(TIME_HIGH))
            };
            // the upper half has changed while the lower one was read
            if high == again {
                return (u64::from(high) << 32 | u64::from(low)) / TICKS_IN_US;
            }
        }
    }

    fn sleep_us(&mut self, us: u64) {
        let end = self.ticks_us().saturating_add(us);
        while self.ticks_us() < end {}
    }
}

/// Ends the emulation.
pub fn exit(success: bool) -> ! {
    // SAFETY: the register of the device that ends the emulation.
    unsafe { ptr::write_volatile(FINISHER, if success { PASS } else { FAIL }) };
    loop {
        core::hint::spin_loop();
    }
}
