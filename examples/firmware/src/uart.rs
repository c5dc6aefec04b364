//! UART0, a CMSDK UART.

use core::ptr;

const DATA: *mut u32 = 0x4000_4000 as *mut u32;
const STATE: *mut u32 = 0x4000_4004 as *mut u32;
const CTRL: *mut u32 = 0x4000_4008 as *mut u32;
const BAUDDIV: *mut u32 = 0x4000_4010 as *mut u32;

const TX_FULL: u32 = 1;
const RX_FULL: u32 = 2;
const TX_ENABLE: u32 = 1;
const RX_ENABLE: u32 = 2;
/// The smallest divisor that the UART takes.
const FASTEST: u32 = 16;

/// Switches the UART on.
pub fn init() {
    // SAFETY: registers of the UART, which nobody else uses.
    unsafe {
        ptr::write_volatile(BAUDDIV, FASTEST);
        ptr::write_volatile(CTRL, TX_ENABLE | RX_ENABLE);
    }
}

/// Sends bytes.
pub fn write(bytes: &[u8]) {
    for byte in bytes {
        // SAFETY: registers of the UART.
        unsafe {
            while ptr::read_volatile(STATE) & TX_FULL != 0 {}
            ptr::write_volatile(DATA, u32::from(*byte));
        }
    }
}

/// Sends text with `\n` as `\r\n`, as terminals want it.
pub fn write_text(text: &[u8]) {
    let mut lines = text.split(|b| *b == b'\n');
    if let Some(first) = lines.next() {
        write(first);
    }
    for line in lines {
        write(b"\r\n");
        write(line);
    }
}

/// A received byte, if there is one.
pub fn poll() -> Option<u8> {
    // SAFETY: registers of the UART.
    unsafe {
        if ptr::read_volatile(STATE) & RX_FULL == 0 {
            return None;
        }
        Some(ptr::read_volatile(DATA) as u8)
    }
}
