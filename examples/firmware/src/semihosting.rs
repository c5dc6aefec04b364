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
    let mut text = [0; 12];
    let (mut at, mut rest) = (text.len() - 1, number);
    let mut put = |byte| {
        at -= 1;
        if let Some(place) = text.get_mut(at) {
            *place = byte;
        }
    };
    put(b'\n');
    while {
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
        rest > 0
    } {}
    if let Ok(text) = CStr::from_bytes_with_nul(text.get(at..).unwrap_or_default()) {
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
