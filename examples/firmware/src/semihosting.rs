//! The two calls to the debugger (here: QEMU) that a run without a terminal needs.

use core::arch::asm;
use core::ffi::CStr;

const SYS_WRITE0: usize = 0x04;
const SYS_EXIT: usize = 0x18;
const STOPPED_APPLICATION_EXIT: usize = 0x2_0026;
const STOPPED_INTERNAL_ERROR: usize = 0x2_0024;

fn call(operation: usize, argument: usize) {
    // SAFETY: the debugger reads memory that the argument names, and changes r0 alone.
    unsafe {
        asm!("bkpt 0xab", inout("r0") operation => _, in("r1") argument, options(nostack));
    }
}

/// Prints on the debugger's console.
pub fn print(text: &CStr) {
    call(SYS_WRITE0, text.as_ptr() as usize);
}

/// Prints a number on the debugger's console.
pub fn print_number(label: &CStr, number: u32) {
    print(label);
    // digits, line end and the zero that ends the text
    print_digits::<10>(number, b"\n\0");
}

/// Prints a number in base 16 and no line end.
#[cfg(feature = "pools-check")]
pub fn print_address(label: &CStr, address: usize) {
    print(label);
    print_digits::<16>(address as u32, b"\0\0");
}

/// Prints a text that has no zero at its end.
#[cfg(feature = "pools-check")]
pub fn print_text(text: &str) {
    const SYS_WRITEC: usize = 0x03;
    for byte in text.bytes() {
        call(SYS_WRITEC, (&raw const byte) as usize);
    }
}

fn print_digits<const BASE: u32>(number: u32, end: &[u8; 2]) {
    let mut text = [0; 12];
    let (mut at, mut rest) = (text.len() - end.len(), number);
    if let Some(place) = text.get_mut(at..) {
        place.copy_from_slice(end);
    }
    while {
        at -= 1;
        if let (Some(place), Some(digit)) =
            (text.get_mut(at), b"0123456789abcdef".get((rest % BASE) as usize))
        {
            *place = *digit;
        }
        rest /= BASE;
        rest > 0
    } {}
    if let Ok(text) = CStr::from_bytes_until_nul(text.get(at..).unwrap_or_default()) {
        print(text);
    }
}

/// Ends the run.
pub fn exit(success: bool) -> ! {
    call(SYS_EXIT, if success { STOPPED_APPLICATION_EXIT } else { STOPPED_INTERNAL_ERROR });
    loop {
        core::hint::spin_loop();
    }
}
