//! UART0, a CMSDK UART, as a console.

use core::{fmt, ptr};

use snakelet::host::Console;

const DATA: *mut u32 = 0x4000_4000 as *mut u32;
const STATE: *mut u32 = 0x4000_4004 as *mut u32;
const CTRL: *mut u32 = 0x4000_4008 as *mut u32;
const BAUDDIV: *mut u32 = 0x4000_4010 as *mut u32;

const TX_FULL: u32 = 1;
const TX_ENABLE: u32 = 1;
/// The smallest divisor that the UART takes.
const FASTEST: u32 = 16;

/// The UART, for output alone. All tasks run in one thread, so that each text is written as a whole.
pub struct Uart;

impl Uart {
    /// Switches the UART on.
    pub fn start() {
        // SAFETY: registers of the UART, which only this module uses.
        unsafe {
            ptr::write_volatile(BAUDDIV, FASTEST);
            ptr::write_volatile(CTRL, TX_ENABLE);
        }
    }
}

impl Console for Uart {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // SAFETY: registers of the UART, which only this module uses.
            unsafe {
                while ptr::read_volatile(STATE) & TX_FULL != 0 {}
                ptr::write_volatile(DATA, u32::from(*byte));
            }
        }
    }
}

impl fmt::Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text.as_bytes());
        Ok(())
    }
}
